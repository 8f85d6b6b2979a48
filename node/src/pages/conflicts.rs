//! `/conflicts`: what waits for a decision, the values side by side; of persons too, for those who read them.

use super::control;
use super::form::{PREFIX, Values};
use super::layout::{Ctx, Place};
use super::offers::{self, Offers};
use super::{Pairs, people, show, value};
use crate::api::limits::PAGE_ROWS;
use crate::api::{
    Answer, Conflicted, Form, Problem, RecordWritten, Resolve, address, edit_record, parse_key, read_conflicts,
    read_conflicts_of, read_version, resolve_conflict,
};
use crate::views::{Conflict, Reader, Titles, Version, field_label_in, kind_label};
use crate::views::{known_kind, scalar_text};
use crate::work::interest;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::record::{FieldChange, FieldOp, Row, RowVersion, Scalar};
use comin_protocol::schema::{self, Field, FieldType};
use maud::{Markup, html};
use serde_json::json;

/// Where a conflict stands on the page.
pub fn anchor(version: &Version, conflict: &Conflict) -> String {
    let key = format!("{}-{}", version.row.key, conflict.field);
    let plain = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("{}-{}", plain.collect::<String>(), version.row.doc.register.short())
}

/// Where the conflicts of one record are decided.
pub fn path_of(version: &Version, conflict: &Conflict) -> String {
    format!("/conflicts?record={}#{}", version.row.key, anchor(version, conflict))
}

/// `GET /conflicts?record=&after=`: all, or those of one record.
///
/// # Errors
/// 400 for a place or record that cannot be read.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    inbox(&ctx, None).await
}

async fn inbox(ctx: &Ctx, refused: Option<&Problem>) -> Answer<Response> {
    let found = found(ctx).await?;
    let rows: Vec<Row> = found.versions.iter().map(|(_, version)| version.row.clone()).collect();
    let (roster, own, lang) = (ctx.status.roster.clone(), (ctx.status.partner, ctx.status.device), ctx.lang);
    let titles = ctx
        .app
        .node()
        .read(move |store| Reader::new(store, &roster, own, lang).titles(&rows.iter().collect::<Vec<_>>()));
    let titles = titles.await?;
    let offers = offered(ctx, &found.versions).await?;
    let main = html! {
        h1 { (ctx.t("nav-conflicts")) }
        p.lead { (ctx.t("conflicts-lead")) }
        @if let Some(problem) = refused { (refusal(ctx, problem)) }
        div #inbox data-live {
            @if ctx.query("record").is_some() { p { a href="/conflicts" { (ctx.t("conflicts-all")) } } }
            @if found.versions.is_empty() { div.empty { p { (show::icon("good")) " " (ctx.t("conflicts-none")) } } }
            @for (title, version) in &found.versions {
                @for conflict in &version.conflicts { (card(ctx, title, version, conflict, (&titles, &offers))) }
            }
            @if let Some(next) = &found.next {
                nav.pager aria-label=(ctx.t("pager")) { a rel="next" href=(ctx.here_with("after", next)) { (ctx.t("pager-next")) " →" } }
            }
        }
    };
    let mut response = ctx.page(Place::Conflicts, &ctx.t("nav-conflicts"), main);
    if let Some(problem) = refused {
        *response.status_mut() = problem.status;
    }
    Ok(response)
}

/// The conflicts that the address asks for.
async fn found(ctx: &Ctx) -> Answer<Conflicted> {
    match ctx.query("record").map(parse_key).transpose()? {
        Some(key) => read_conflicts_of(&ctx.app, key, ctx.lang).await,
        None => read_conflicts(&ctx.app, ctx.query("after"), PAGE_ROWS, ctx.lang).await,
    }
}

/// The records that references in conflict may name instead, by field.
async fn offered(ctx: &Ctx, versions: &[(String, Version)]) -> Answer<Offers> {
    let mut out = Offers::new();
    let mut kinds: Vec<&str> = Vec::new();
    for (_, version) in versions {
        let kind = version.row.key.kind.as_str();
        let is_reference = |conflict: &Conflict| {
            matches!(show::field_of_key(kind, &conflict.field).map(|f| f.field_type), Some(FieldType::Reference(_)))
        };
        if version.conflicts.iter().any(is_reference) && !kinds.contains(&kind) {
            kinds.push(kind);
            out.extend(offers::read(ctx, known_kind(kind)?, &Values::default()).await?);
        }
    }
    Ok(out)
}

fn refusal(ctx: &Ctx, problem: &Problem) -> Markup {
    html! {
        div.callout.error-summary role="alert" {
            (show::icon("act"))
            div {
                @if problem.status == StatusCode::PRECONDITION_FAILED { p { (ctx.t("conflict-changed")) } }
                @else { (super::refusal_words(ctx.lang, problem)) }
            }
        }
    }
}

fn card(
    ctx: &Ctx,
    title: &str,
    version: &Version,
    conflict: &Conflict,
    (titles, offers): (&Titles, &Offers),
) -> Markup {
    let id = anchor(version, conflict);
    let row = &version.row;
    let action = format!("/conflicts/{}?register={}", row.key, row.doc.register);
    html! {
        section.card id=(id) aria-labelledby={ (id) "-t" } {
            h2 id={ (id) "-t" } {
                a href={ "/records/" (row.key) } { (if row.doc.is_person() { people::name(row) } else { title.to_owned() }) } (ctx.lang.colon())
                @if conflict.field == "deleted" { (ctx.t("conflict-keep-or-delete")) }
                @else { (field_label_in(ctx.lang, &row.key.kind, &conflict.field)) }
            }
            p.muted { (kind_label(ctx.lang, &row.key.kind)) " · " (version.register_name) }
            @if conflict.field == "deleted" { p { (ctx.t("conflict-about-deletion")) } }
            ul.sides {
                @for (n, value) in conflict.values.iter().enumerate() {
                    li {
                        div.value { (show::conflict_value(ctx, row, &conflict.field, value, titles)) }
                        (show::origin(ctx, value))
                        @if version.writable { (keep(ctx, &action, version, conflict, n)) (as_other_name(ctx, &action, version, conflict, n)) }
                    }
                }
            }
            @if version.writable { @if conflict.field != "deleted" { (another(ctx, &action, &id, version, conflict, offers)) } }
            @else { p.muted { (ctx.t("conflict-not-yours")) } }
        }
    }
}

fn hidden(version: &Version, conflict: &Conflict) -> Markup {
    html! {
        input type="hidden" name="field" value=(conflict.field);
        input type="hidden" name="version" value=(version.row.version().to_text());
    }
}

fn keep(ctx: &Ctx, action: &str, version: &Version, conflict: &Conflict, n: usize) -> Markup {
    let number = (n as u64) + 1;
    // INVARIANT: `n` counts the values of this conflict; without one the words of an ordinary value fit.
    let deletion = conflict.values.get(n).is_some_and(|v| v.edited.is_none() && v.value == Scalar::Bool(true));
    let words = match (conflict.field == "deleted", deletion) {
        (false, _) => "conflict-keep",
        (true, true) => "conflict-take-deletion",
        (true, false) => "conflict-take-record",
    };
    html! {
        form method="post" action=(action) {
            (hidden(version, conflict))
            input type="hidden" name="take" value=(number);
            button type="submit" {
                (ctx.t(words)) span.vh { " " (ctx.tw("conflict-number", &[("n", number.into())])) }
            }
        }
    }
}

/// Whether the other values of a conflict can stand as other names: the field is the one by which the record is called,
/// in one language for all, and there is a field for other names.
fn has_other_names(kind: &str, field: &str) -> bool {
    let titled = schema::kind(kind).filter(|kind| kind.title == field);
    titled.is_some_and(|kind| kind.field(OTHER_NAMES).is_some())
}

/// The field of other names.
const OTHER_NAMES: &str = "other_names";

/// Keeps one value, and the others as other names of the record.
fn as_other_name(ctx: &Ctx, action: &str, version: &Version, conflict: &Conflict, n: usize) -> Markup {
    html! {
        @if has_other_names(&version.row.key.kind, &conflict.field) {
            form method="post" action=(action) {
                (hidden(version, conflict))
                input type="hidden" name="take" value=(n + 1);
                button.quiet type="submit" name="others" value="names" {
                    (ctx.t("conflict-keep-both")) span.vh { " " (ctx.tw("conflict-number", &[("n", (n + 1).into())])) }
                }
            }
        }
    }
}

/// A control for another value, of the type of the field.
fn another(ctx: &Ctx, action: &str, id: &str, version: &Version, conflict: &Conflict, offers: &Offers) -> Markup {
    let row = &version.row;
    let Some(field) = show::field_of_key(&row.key.kind, &conflict.field) else { return html! {} };
    let first = conflict.values.iter().map(|v| &v.value).find(|v| **v != Scalar::Null);
    let text = first.map(scalar_text).unwrap_or_default();
    let control = format!("{id}-v");
    html! {
        details id={ (id) "-other" } {
            summary { (ctx.t("conflict-another")) }
            form method="post" action=(action) {
                (hidden(version, conflict))
                @match field.field_type {
                    FieldType::MomentRange | FieldType::Reference(_) => {
                        // These have several controls, as in the form of the record.
                        (control::one(ctx, field, &Values::of_pairs(&[(format!("{PREFIX}{}", field.name), text.clone())]), offers, id))
                    },
                    FieldType::Log(list) => {
                        label for=(control) { (field_label_in(ctx.lang, &row.key.kind, &conflict.field)) }
                        select id=(control) name="value" {
                            @for to in interest::ways(row) { option value=(to) { (list.term(to).map_or(to, |term| term.label(ctx.lang.code()))) } }
                        }
                    },
                    _ => {
                        label for=(control) { (field_label_in(ctx.lang, &row.key.kind, &conflict.field)) }
                        (control::single(ctx, field, "value", &control, &text))
                    },
                }
                button type="submit" { (ctx.t("form-save")) }
            }
        }
    }
}

/// The value that a form for another one was sent with.
fn other_value(pairs: &[(String, String)], field: Option<&Field>) -> String {
    let Some(field) = field else { return value(pairs, "value").to_owned() };
    match field.field_type {
        FieldType::MomentRange | FieldType::Reference(_) => Values::of_pairs(pairs).one(field.name).to_owned(),
        _ => value(pairs, "value").to_owned(),
    }
}

/// Takes one value and adds the others to the other names, in one change.
async fn keep_both(ctx: &Ctx, row: &Row, field: &str, take: usize, seen: &str) -> Answer<()> {
    let seen = RowVersion::parse(seen);
    let seen = seen.ok_or_else(|| Problem::bad_request("the form came without the version it was made for"))?;
    let version = read_version(&ctx.app, row.clone(), ctx.lang).await?;
    let conflict = version.conflicts.iter().find(|conflict| conflict.field == field);
    let conflict = conflict.filter(|_| has_other_names(&row.key.kind, field));
    let values = &conflict.ok_or_else(|| Problem::not_found(format!("a conflict of {field}")))?.values;
    let chosen = take.checked_sub(1).and_then(|n| values.get(n));
    let chosen = chosen.ok_or_else(|| Problem::invalid(format!("take is 1 to {}", values.len())))?;
    let others: Vec<&str> =
        values.iter().filter(|v| v.value != chosen.value).filter_map(|v| v.value.as_str()).collect();
    let kind = known_kind(&row.key.kind)?;
    let mut changes = schema::parse_field(kind, OTHER_NAMES, &json!({"add": others}), Some(row))
        .map_err(crate::views::FieldError::from)?;
    changes.push(FieldChange { key: field.to_owned(), op: FieldOp::Put(chosen.value.clone()) });
    match edit_record(&ctx.app, row, changes, Some(seen)).await? {
        RecordWritten::Done(_) => Ok(()),
        RecordWritten::Stale(_) => Err(comin_protocol::engine::CommandError::Stale.into()),
    }
}

/// `POST /conflicts/{id}?register=`.
///
/// # Errors
/// 404; a refused value shows the inbox again with the reason.
pub async fn resolve(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let key = parse_key(&id)?;
    let register = ctx.register().await?;
    let ctx = ctx.standing_for("/conflicts".to_owned(), &[("record", id.as_str())]);
    let take = value(&pairs, "take").parse().ok();
    let field = value(&pairs, "field").to_owned();
    if let (Some(take), "names") = (take, value(&pairs, "others")) {
        let row = address(&ctx.app, &key, register).await?;
        return match keep_both(&ctx, &row, &field, take, value(&pairs, "version")).await {
            Ok(()) => Ok(Redirect::to("/conflicts").into_response()),
            Err(problem) => inbox(&ctx, Some(&problem)).await,
        };
    }
    let other = || other_value(&pairs, show::field_of_key(&key.kind, &field));
    let body = Resolve {
        take,
        value: take.is_none().then(|| json!(other())),
        version: Some(value(&pairs, "version").to_owned()),
        field: field.clone(),
    };
    match resolve_conflict(&ctx.app, &key, register, &body, ctx.lang).await {
        Ok(_) => Ok(Redirect::to("/conflicts").into_response()),
        Err(problem) => inbox(&ctx, Some(&problem)).await,
    }
}
