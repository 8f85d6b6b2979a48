//! Forms for new records and for changes, and what happens when they are sent.

use super::control::{self, control_id};
use super::form::{self, Values};
use super::layout::{Ctx, Place, escape};
use super::lists::path as list_path;
use super::offers::{self, Offers};
use super::{Pairs, show, value};
use crate::api::{
    Answer, Form, NewRecord, Problem, Propose, RecordWritten, address, create_records, deletion, edit_record, only_row,
    parse_key, propose_change, read_version,
};
use crate::views::{self, Version, field_label_in, kind_label, known_kind, register_label};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::RegisterId;
use comin_protocol::record::{Row, RowVersion};
use comin_protocol::roster::RegisterKind;
use comin_protocol::schema::{FieldType, Kind};
use maud::{Markup, html};
use serde_json::{Value, json};

/// What is wrong with a form, on top of it, with a link to the field.
fn summary(ctx: &Ctx, kind: &Kind, problem: &Problem) -> Markup {
    let field = problem.more.get("field").and_then(Value::as_str);
    html! {
        div.callout.error-summary role="alert" tabindex="-1" {
            (show::icon("act"))
            div {
                p { strong { (ctx.t("form-refused")) } }
                @match field {
                    Some(field) => p {
                        a href={ "#" (control_id(field)) } { (field_label_in(ctx.lang, kind.name, field)) } (ctx.lang.colon())
                        (form::refusal(ctx.lang, kind, problem))
                    },
                    None => (super::refusal_words(ctx.lang, problem)),
                }
            }
        }
    }
}

/// Registers that this device may write, the partner register first.
fn writable(ctx: &Ctx) -> Vec<(RegisterId, String)> {
    let (roster, device) = (&ctx.status.roster, &ctx.status.device);
    let mut registers: Vec<_> = roster.registers.values().filter(|r| roster.may_write(&r.id, device)).collect();
    registers.sort_by_key(|r| match r.kind {
        RegisterKind::Partner if r.owner == Some(ctx.status.partner) => 0,
        RegisterKind::Shared => 1,
        RegisterKind::Partner => 2,
        RegisterKind::Internal => 3,
    });
    registers.iter().map(|r| (r.id, register_label(ctx.lang, roster, &ctx.status.partner, &r.id))).collect()
}

/// The kind of which a form makes a new record.
fn kind_of_new(ctx: &Ctx) -> Answer<&'static Kind> {
    let kind = known_kind(ctx.query("kind").unwrap_or("organisation"))?;
    // What changes a record would get, its own form says.
    match kind.fields.iter().any(|field| matches!(field.field_type, FieldType::Changes)) {
        true => {
            Err(Problem::new(StatusCode::NOT_FOUND, "proposed-there", "a proposal is made on the record it is about")
                .hint("open the record and propose a change there, or POST records/{id}/proposals"))
        }
        false => Ok(kind),
    }
}

/// `GET /records/new?kind=`.
///
/// # Errors
/// 422 for an unknown kind, 404 for proposals, which are made on records.
pub async fn new(ctx: Ctx) -> Answer<Response> {
    let kind = kind_of_new(&ctx)?;
    // What it refers to may come with the address, from the page of one of them.
    let refers = kind.fields.iter().filter(|field| matches!(field.field_type, FieldType::Reference(_)));
    let given = refers.filter_map(|field| Some((format!("f.{}", field.name), ctx.query(field.name)?.to_owned())));
    let values = Values::of_new(kind, &given.collect::<Vec<_>>(), ctx.lang);
    let internal = kind.is_internal.then(|| RegisterId::internal(&ctx.status.partner).to_string());
    let register = ctx.query("register").map(str::to_owned).or(internal).unwrap_or_default();
    new_page(&ctx, kind, &values, &register, None).await
}

async fn new_page(
    ctx: &Ctx,
    kind: &'static Kind,
    values: &Values,
    register: &str,
    problem: Option<&Problem>,
) -> Answer<Response> {
    let offers = offers::read(ctx, kind, values).await?;
    let title = ctx.t(&format!("new-{}", kind.name));
    let words = problem.map(|problem| form::refusal(ctx.lang, kind, problem)).unwrap_or_default();
    let refused = problem.and_then(|p| Some((p.more.get("field")?.as_str()?, words.as_str())));
    let main = html! {
        h1 { (title) }
        @if let Some(problem) = problem { (summary(ctx, kind, problem)) }
        form.record method="post" action={ "/records/new?kind=" (kind.name) } {
            div.field {
                label for="register" { (ctx.t("form-register")) }
                p.hint id="register-hint" { (ctx.t("form-register-hint")) }
                select #register name="register" aria-describedby="register-hint" {
                    @for (id, label) in writable(ctx) { option value=(id) selected[id.to_string() == register] { (label) } }
                }
            }
            (control::controls(ctx, kind, values, &offers, refused, &[]))
            div.actions { button type="submit" { (ctx.t("form-save")) } a href=(list_path(kind.name)) { (ctx.t("form-cancel")) } }
        }
    };
    let mut response = ctx.page(Place::Other, &title, main);
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    Ok(response)
}

/// `POST /records/new?kind=`.
///
/// # Errors
/// As [`new`]; a refused value shows the form again with the reason.
pub async fn create(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let kind = kind_of_new(&ctx)?;
    let mut values = Values::of_pairs(&pairs);
    let register = value(&pairs, "register").to_owned();
    if !value(&pairs, "find").is_empty() {
        return new_page(&ctx, kind, &values, &register, None).await;
    }
    if let Err(problem) = offers::settle(&ctx, kind, &mut values).await {
        return new_page(&ctx, kind, &values, &register, Some(&problem)).await;
    }
    let fields = values.changed(kind, &Values::default());
    let named = Some(register.clone()).filter(|r| !r.is_empty());
    let record = NewRecord { kind: kind.name.to_owned(), register: named, fields };
    match create_records(&ctx.app, vec![record], ctx.lang).await {
        Ok(rows) => {
            let key = rows.first().map(|row| row.key.to_string()).unwrap_or_default();
            Ok(Redirect::to(&format!("/records/{key}")).into_response())
        }
        Err(problem) => new_page(&ctx, kind, &values, &register, Some(&problem)).await,
    }
}

async fn addressed(ctx: &Ctx, id: &str) -> Answer<(Row, &'static Kind)> {
    let key = parse_key(id)?;
    let register = ctx.register().await?;
    let kind = known_kind(&key.kind)?;
    Ok((address(&ctx.app, &key, register).await?, kind))
}

/// `GET /records/{id}/edit?register=`.
///
/// # Errors
/// 404.
pub async fn edit(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let (row, kind) = addressed(&ctx, &id).await?;
    let values = Values::of_row(kind, &row);
    let version = read_version(&ctx.app, row, ctx.lang).await?;
    edit_page(&ctx, kind, (&version, Verb::Edit), &values, Reason::Fresh).await
}

/// What a form does with a record that there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// It changes it.
    Edit,
    /// It proposes a change to who keeps it.
    Propose,
}

/// Why an edit form is shown.
enum Reason<'a> {
    /// Somebody wants to edit.
    Fresh,
    /// Somebody looks for a record to refer to.
    Finding,
    /// A value was refused.
    Refused(&'a Problem),
    /// The record had changed meanwhile; the fields that were to be changed.
    Stale(Vec<String>),
}

async fn edit_page(
    ctx: &Ctx,
    kind: &'static Kind,
    (version, verb): (&Version, Verb),
    values: &Values,
    reason: Reason<'_>,
) -> Answer<Response> {
    let offers = offers::read(ctx, kind, values).await?;
    let row = &version.row;
    let title = views::title(row, ctx.lang);
    let words = match &reason {
        Reason::Refused(problem) => form::refusal(ctx.lang, kind, problem),
        _ => String::new(),
    };
    let refused = match &reason {
        Reason::Refused(problem) => {
            problem.more.get("field").and_then(Value::as_str).map(|field| (field, words.as_str()))
        }
        _ => None,
    };
    let base = format!("/records/{}", row.key);
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href=(base) { (title) } }
        h1 { (ctx.t(if verb == Verb::Edit { "record-edit" } else { "record-propose" })) (ctx.lang.colon()) (title) }
        @if verb == Verb::Propose { p.lead { (ctx.tw("propose-lead", &[("register", version.register_name.as_str().into())])) } }
        p.muted { (kind_label(ctx.lang, kind.name)) " · " (version.register_name) }
        @match &reason {
            Reason::Fresh | Reason::Finding => {},
            Reason::Refused(problem) => (summary(ctx, kind, problem)),
            Reason::Stale(keys) => (stale(ctx, kind, version, values, &offers, keys)),
        }
        @if !version.conflicts.is_empty() {
            p.callout { (show::icon("warn")) span { (ctx.t("form-has-conflicts")) " " a href="/conflicts" { (ctx.t("nav-conflicts")) } } }
        }
        // Nothing is replaced inside this part while the form is in use: the reader is told instead. A form that is
        // shown again holds what was typed, which no fresh page has.
        div #edit data-live[matches!(reason, Reason::Fresh)] data-record=(row.key) {
            form.record method="post" action={ (base) "/" (if verb == Verb::Edit { "edit" } else { "propose" }) "?register=" (escape(&row.doc.register.to_string())) } {
                input type="hidden" name="version" value=(row.version().to_text());
                input type="hidden" name="was" value=(Values::of_row(kind, row).to_text());
                (control::controls(ctx, kind, values, &offers, refused, kind.ends))
                @if verb == Verb::Propose {
                    div.field {
                        label for="reason" { (ctx.t("propose-reason")) }
                        textarea #reason name="reason" rows="3" {}
                    }
                }
                div.actions {
                    button type="submit" { (ctx.t(if verb == Verb::Edit { "form-save" } else { "propose-send" })) }
                    a href=(base) { (ctx.t("form-cancel")) }
                }
            }
        }
    };
    let mut response = ctx.page(Place::Other, &title, main);
    *response.status_mut() = match reason {
        Reason::Fresh | Reason::Finding => StatusCode::OK,
        Reason::Refused(problem) => problem.status,
        Reason::Stale(_) => StatusCode::PRECONDITION_FAILED,
    };
    Ok(response)
}

/// The record as it stands beside what was to be saved.
fn stale(ctx: &Ctx, kind: &Kind, version: &Version, values: &Values, offers: &Offers, keys: &[String]) -> Markup {
    let titles = offers::titles(offers);
    html! {
        div.callout.error-summary role="alert" tabindex="-1" {
            (show::icon("warn"))
            div {
                p { strong { (ctx.t("stale-title")) } }
                p { (ctx.t("stale-how")) }
                table.cards role="table" {
                    thead role="rowgroup" { tr role="row" {
                        th role="columnheader" scope="col" { (ctx.t("stale-field")) }
                        th role="columnheader" scope="col" { (ctx.t("stale-now")) }
                        th role="columnheader" scope="col" { (ctx.t("stale-yours")) }
                    } }
                    tbody role="rowgroup" {
                        @for key in keys {
                            tr role="row" {
                                th role="rowheader" scope="row" { (field_label_in(ctx.lang, kind.name, key)) }
                                td role="cell" data-label=(ctx.t("stale-now")) { (standing(ctx, kind, version, key, &titles)) }
                                td role="cell" data-label=(ctx.t("stale-yours")) { (values.text(key)) }
                            }
                        }
                    }
                }
                p { a href={ "/records/" (version.row.key) } { (ctx.t("stale-drop")) } }
            }
        }
    }
}

fn standing(ctx: &Ctx, kind: &Kind, version: &Version, key: &str, titles: &views::Titles) -> Markup {
    let field = form::leaf(kind, key);
    match (version.row.value(key), field) {
        (Some(value), field) => show::scalar(ctx.lang, field, value, titles),
        (None, Some(field)) if field.is_set() => {
            show::field(ctx.lang, &version.row, field, titles).unwrap_or_else(|| html! { "–" })
        }
        _ => html! { "–" },
    }
}

/// `POST /records/{id}/edit?register=`.
///
/// # Errors
/// 404; a refused or stale form is shown again.
pub async fn save(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let (row, kind) = addressed(&ctx, &id).await?;
    let standing = Values::of_row(kind, &row);
    let mut values = entered(kind, &pairs, &standing);
    if !value(&pairs, "find").is_empty() {
        let version = read_version(&ctx.app, row, ctx.lang).await?;
        return edit_page(&ctx, kind, (&version, Verb::Edit), &values, Reason::Finding).await;
    }
    if let Err(problem) = offers::settle(&ctx, kind, &mut values).await {
        let version = read_version(&ctx.app, row, ctx.lang).await?;
        return edit_page(&ctx, kind, (&version, Verb::Edit), &values, Reason::Refused(&problem)).await;
    }
    let fields = values.changed(kind, &standing);
    let Some(seen) = RowVersion::parse(value(&pairs, "version")) else {
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "if-match", "the form came without its version"));
    };
    let stale_keys = || fields.keys().cloned().collect::<Vec<_>>();
    if seen != row.version() {
        let keys = stale_keys();
        let version = read_version(&ctx.app, row, ctx.lang).await?;
        return edit_page(&ctx, kind, (&version, Verb::Edit), &values, Reason::Stale(keys)).await;
    }
    let outcome = match views::parse(kind.name, &fields, Some(&row), ctx.lang) {
        Ok(changes) if changes.is_empty() => Ok(RecordWritten::Done(Box::new(row.clone()))),
        Ok(changes) => edit_record(&ctx.app, &row, changes, Some(seen)).await,
        Err(error) => Err(Problem::from(error)),
    };
    match outcome {
        Ok(RecordWritten::Done(row)) => Ok(Redirect::to(&format!("/records/{}", row.key)).into_response()),
        Ok(RecordWritten::Stale(row)) => {
            let keys = stale_keys();
            let values = values.merged(kind, &standing, &Values::of_row(kind, &row));
            let version = read_version(&ctx.app, *row, ctx.lang).await?;
            edit_page(&ctx, kind, (&version, Verb::Edit), &values, Reason::Stale(keys)).await
        }
        Err(problem) => {
            let version = read_version(&ctx.app, row, ctx.lang).await?;
            edit_page(&ctx, kind, (&version, Verb::Edit), &values, Reason::Refused(&problem)).await
        }
    }
}

/// What somebody has entered in a form, on top of what stands now. The ends of a link are not on the form; they stay.
fn entered(kind: &Kind, pairs: &[(String, String)], standing: &Values) -> Values {
    let values = Values::of_pairs(pairs).with_missing(standing, kind.ends);
    match Values::parse(value(pairs, "was")) {
        Some(was) => values.merged(kind, &was, standing),
        None => values,
    }
}

/// The row about which somebody proposes something: of the register named, or the only one.
async fn proposed(ctx: &Ctx, id: &str) -> Answer<(Row, &'static Kind)> {
    let key = parse_key(id)?;
    let register = ctx.register().await?;
    Ok((only_row(&ctx.app, &key, register).await?, known_kind(&key.kind)?))
}

/// `GET /records/{id}/propose?register=`: the form of a proposal for a record that another partner keeps.
///
/// # Errors
/// 404; 409 where several registers hold it.
pub async fn propose(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let (row, kind) = proposed(&ctx, &id).await?;
    let values = Values::of_row(kind, &row);
    let version = read_version(&ctx.app, row, ctx.lang).await?;
    edit_page(&ctx, kind, (&version, Verb::Propose), &values, Reason::Fresh).await
}

/// `POST /records/{id}/propose?register=`.
///
/// # Errors
/// 404; a refused value shows the form again.
pub async fn send_proposal(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let (row, kind) = proposed(&ctx, &id).await?;
    let standing = Values::of_row(kind, &row);
    let mut values = entered(kind, &pairs, &standing);
    let settled = match value(&pairs, "find") {
        "" => offers::settle(&ctx, kind, &mut values).await.map(|()| true),
        _ => Ok(false),
    };
    let outcome = match settled {
        Ok(true) => {
            let reason = Some(value(&pairs, "reason").to_owned()).filter(|text| !text.is_empty());
            let body = Propose { fields: values.changed(kind, &standing), reason };
            match body.fields.is_empty() {
                true => Err(Problem::invalid("nothing is different")),
                false => propose_change(&ctx.app, &row, body, ctx.lang).await,
            }
        }
        Ok(false) => {
            let version = read_version(&ctx.app, row, ctx.lang).await?;
            return edit_page(&ctx, kind, (&version, Verb::Propose), &values, Reason::Finding).await;
        }
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(Redirect::to("/proposals").into_response()),
        Err(problem) => {
            let version = read_version(&ctx.app, row, ctx.lang).await?;
            edit_page(&ctx, kind, (&version, Verb::Propose), &values, Reason::Refused(&problem)).await
        }
    }
}

/// `POST /records/{id}/delete?register=`.
///
/// # Errors
/// 412 where the record has changed since the page was made.
pub async fn delete(ctx: Ctx, path: Path<String>, form: Pairs) -> Answer<Response> {
    mark(ctx, path, form, true).await
}

/// `POST /records/{id}/restore?register=`.
///
/// # Errors
/// 412 where the record has changed since the page was made.
pub async fn restore(ctx: Ctx, path: Path<String>, form: Pairs) -> Answer<Response> {
    mark(ctx, path, form, false).await
}

async fn mark(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs, deleted: bool) -> Answer<Response> {
    let (row, _) = addressed(&ctx, &id).await?;
    let seen = RowVersion::parse(value(&pairs, "version"));
    let seen = seen.ok_or_else(|| Problem::bad_request("the form came without its version"))?;
    match edit_record(&ctx.app, &row, deletion(deleted), Some(seen)).await? {
        RecordWritten::Done(row) => Ok(Redirect::to(&format!("/records/{}", row.key)).into_response()),
        RecordWritten::Stale(_) => Err(Problem::new(StatusCode::PRECONDITION_FAILED, "stale", ctx.t("stale-title"))
            .hint(ctx.t("stale-look"))
            .with("record", json!(row.key))),
    }
}
