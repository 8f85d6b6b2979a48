//! `/records/{id}/history`: what became of a record, in all registers that hold it, and taking a change back.

use super::layout::{Ctx, Place};
use super::{Pairs, people, show, value};
use crate::api::history::{Undo, read, undo as take_back};
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, Form, Problem, parse_key};
use crate::store::StoreError;
use crate::views::{Reader, Titles, field_label_in};
use crate::work::history::{Decision, Entry, Page, Position};
use crate::work::proposals;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::{FieldStep, Scalar};
use comin_protocol::schema::RECORD_FIELDS;
use maud::{Markup, html};

/// A change that was not taken back, because its fields have changed since.
struct Refused<'a> {
    problem: &'a Problem,
    change: &'a str,
    field: &'a str,
    take: Option<usize>,
}

/// `GET /records/{id}/history?register=&after=`.
///
/// # Errors
/// 404; 400 for a place that cannot be read.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    page(&ctx, &parse_key(&id)?, None).await
}

async fn page(ctx: &Ctx, key: &RecordKey, refused: Option<Refused<'_>>) -> Answer<Response> {
    let register = ctx.register().await?;
    let found = read(&ctx.app, key, register, ctx.query("after"), PAGE_ROWS, ctx.lang).await?;
    let (title, titles) = titles(ctx, key, &found).await?;
    let base = format!("/records/{key}");
    // What is decided about a proposal is an event of another record.
    let concerns = (key.kind != proposals::KIND).then_some(key);
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href=(base) { (title) } }
        h1 { (ctx.t("history-title")) (ctx.lang.colon()) (title) }
        p.lead { (ctx.t("history-lead")) }
        @if let Some(refused) = &refused { (refusal(ctx, &base, refused)) }
        div #history data-live data-record=[concerns] {
            ol.timeline { @for entry in &found.entries { li { (one(ctx, key, entry, &titles)) } } }
            @if let Some(next) = found.next {
                nav.pager aria-label=(ctx.t("pager")) { a rel="next" href=(ctx.here_with("after", &Position::to_text(next))) { (ctx.t("history-older")) " →" } }
            }
        }
    };
    let from = refused
        .as_ref()
        .map(|_| register.map_or_else(|| format!("{base}/history"), |id| format!("{base}/history?register={id}")));
    let mut response = ctx.page_from(Place::Other, &title, main, from.as_deref());
    if let Some(refused) = refused {
        *response.status_mut() = refused.problem.status;
    }
    Ok(response)
}

/// What the record is called, and the records that its values name.
async fn titles(ctx: &Ctx, key: &RecordKey, page: &Page) -> Answer<(String, Titles)> {
    let steps = page.entries.iter().flat_map(|entry| &entry.steps);
    let named: Vec<RecordKey> = steps
        .flat_map(|step| {
            step.before
                .iter()
                .chain([&step.after])
                .filter_map(Scalar::as_str)
                .map(str::to_owned)
                .chain([step.field.clone()])
        })
        .filter_map(|text| RecordKey::parse(text.split_once('/').map_or(text.as_str(), |(_, member)| member)))
        .chain(page.entries.iter().map(|entry| entry.key.clone()).filter(|other| other != key))
        .collect();
    let (roster, own, lang, key) =
        (ctx.status.roster.clone(), (ctx.status.partner, ctx.status.device), ctx.lang, key.clone());
    let read = ctx.app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let title = match store.rows_of(&key)?.first() {
            Some(row) if row.doc.is_person() => people::name(row),
            Some(row) => reader.title(row)?,
            None => key.to_string(),
        };
        let titles = named.into_iter().map(|key| Ok((key.clone(), reader.title_of(&key)?)));
        Ok((title, titles.collect::<Result<Titles, StoreError>>()?))
    });
    Ok(read.await?)
}

/// The way from a record or a person to its history.
pub fn link(ctx: &Ctx, key: &RecordKey, title: &str) -> Markup {
    html! { p { a href={ "/records/" (key) "/history" } { (ctx.t("history-title")) span.vh { ": " (title) } } } }
}

/// One change. `of`: the record whose history it is; the change may be one of the record that this is a proposal about.
fn one(ctx: &Ctx, of: &RecordKey, entry: &Entry, titles: &Titles) -> Markup {
    let base = format!("/records/{}", entry.key);
    // What every record begins with says nothing to people, unless somebody has decided about it.
    let shown = |step: &&FieldStep| {
        step.before.len() > 1
            || !RECORD_FIELDS.iter().any(|field| field.name == step.field && matches!(field.name, "schema" | "deleted"))
    };
    let steps: Vec<&FieldStep> = entry.steps.iter().filter(shown).collect();
    html! {
        p {
            strong { (ctx.t(&format!("history-{}", entry.what.code()))) } " " (show::origin(ctx, &entry.by))
            " " span.muted { (entry.register_name) }
        }
        @if entry.key != *of {
            p { a href=(base) { (titles.get(&entry.key).map_or_else(|| entry.key.to_string(), String::clone)) } }
        }
        @for decision in entry.decisions.iter().filter(|decision| decision.proposal != *of) { (proposal(ctx, decision)) }
        @if !steps.is_empty() {
            dl.values {
                @for step in &steps {
                    div {
                        dt { (label(ctx, &entry.key.kind, step)) }
                        dd {
                            (change(ctx, entry, step, titles))
                            @if entry.writable && step.before.len() > 1 { (choices(ctx, &base, entry, step, titles)) }
                            @else if entry.writable && steps.len() > 1 { (undo_form(ctx, &base, entry, &step.field, "history-undo-field")) }
                        }
                    }
                }
            }
        }
        // A change that has decided between several values is taken back field by field: of each it is said which stands.
        @if entry.writable && !has_decided(entry) { (undo_form(ctx, &base, entry, "", "history-undo")) }
    }
}

/// The proposal about which a change has decided, with its proposer and the way to it.
fn proposal(ctx: &Ctx, decision: &Decision) -> Markup {
    let partner = decision.proposer().map_or_else(|| ctx.t("unknown-partner"), str::to_owned);
    let state = ctx.t(&format!("proposal-{}", decision.state.code()));
    html! {
        p { a href={ "/records/" (decision.proposal) "/history" } {
            (ctx.tw("history-proposal", &[("partner", partner.into()), ("state", state.into())]))
        } }
    }
}

/// What a step's field is called; of a member of a set the set.
fn label(ctx: &Ctx, kind: &str, step: &FieldStep) -> String {
    match step.field.split_once('/') {
        Some((set, _)) => field_label_in(ctx.lang, kind, set),
        None => field_label_in(ctx.lang, kind, &step.field),
    }
}

/// What stood there and what was written; of a member of a set the member.
fn change(ctx: &Ctx, entry: &Entry, step: &FieldStep, titles: &Titles) -> Markup {
    let field = show::field_of_key(&entry.key.kind, &step.field);
    let of = |value: &Scalar| show::scalar(ctx.lang, field, value, titles);
    let member = step.field.split_once('/').map(|(_, member)| Scalar::Str(member.to_owned()));
    match member.filter(|_| field.is_some_and(comin_protocol::schema::Field::is_set)) {
        Some(member) if step.after == Scalar::Null => html! { del { (of(&member)) } },
        Some(member) => html! { ins { (of(&member)) } },
        None => html! {
            @for old in step.before.iter().filter(|old| **old != Scalar::Null) { del { (of(old)) } " " }
            @if step.after == Scalar::Null { em.muted { (ctx.t("value-removed")) } } @else { ins { (of(&step.after)) } }
        },
    }
}

/// Whether a change has decided between several values of a field.
fn has_decided(entry: &Entry) -> bool {
    entry.steps.iter().any(|step| step.before.len() > 1)
}

/// Of a field that a change has decided: each of the values that stood there, to be written again.
fn choices(ctx: &Ctx, base: &str, entry: &Entry, step: &FieldStep, titles: &Titles) -> Markup {
    let field = show::field_of_key(&entry.key.kind, &step.field);
    html! {
        p { (ctx.t("history-decided")) }
        ul.sides {
            @for (n, value) in step.before.iter().enumerate() {
                li {
                    div.value { (show::scalar(ctx.lang, field, value, titles)) }
                    form method="post" action={ (base) "/undo" } {
                        input type="hidden" name="change" value=(entry.id());
                        input type="hidden" name="field" value=(step.field);
                        button.quiet.small type="submit" name="take" value=(n + 1) {
                            (ctx.t("history-take")) span.vh { ": " (label(ctx, &entry.key.kind, step)) ", " (ctx.tw("conflict-number", &[("n", (n + 1).into())])) ", " (show::moment(ctx.lang, entry.by.time_ms)) }
                        }
                    }
                }
            }
        }
    }
}

fn undo_form(ctx: &Ctx, base: &str, entry: &Entry, field: &str, words: &str) -> Markup {
    html! {
        form.actions method="post" action={ (base) "/undo" } {
            input type="hidden" name="change" value=(entry.id());
            @if !field.is_empty() { input type="hidden" name="field" value=(field); }
            button.quiet.small type="submit" {
                (ctx.t(words)) span.vh { ": " @if !field.is_empty() { (field_label_in(ctx.lang, &entry.key.kind, field)) ", " } (show::moment(ctx.lang, entry.by.time_ms)) }
            }
        }
    }
}

/// Why a change was not taken back, and where its fields have changed since, the way to do it all the same.
fn refusal(ctx: &Ctx, base: &str, refused: &Refused<'_>) -> Markup {
    html! {
        div.callout.error-summary role="alert" tabindex="-1" {
            (show::icon("act"))
            div {
                (super::refusal_words(ctx.lang, refused.problem))
                @if refused.problem.status == StatusCode::CONFLICT && refused.problem.code == "changed-since" {
                    form.actions method="post" action={ (base) "/undo" } {
                        input type="hidden" name="change" value=(refused.change);
                        input type="hidden" name="field" value=(refused.field);
                        @if let Some(take) = refused.take { input type="hidden" name="take" value=(take); }
                        button.quiet type="submit" name="anyway" value="yes" { (ctx.t("history-anyway")) }
                    }
                }
            }
        }
    }
}

/// `POST /records/{id}/undo`.
///
/// # Errors
/// 404 for a change that is not there; one that cannot be taken back shows the history with the reason.
pub async fn undo(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let key = parse_key(&id)?;
    let (change, field) = (value(&pairs, "change"), value(&pairs, "field"));
    let body = Undo {
        change: change.to_owned(),
        field: Some(field.to_owned()).filter(|field| !field.is_empty()),
        take: value(&pairs, "take").parse().ok(),
        anyway: !value(&pairs, "anyway").is_empty(),
    };
    let ctx = ctx.standing_for(format!("/records/{key}/history"), &[]);
    match take_back(&ctx.app, &key, &body, ctx.lang).await {
        Ok(_) => Ok(Redirect::to(&format!("/records/{key}")).into_response()),
        Err(problem) if problem.status == StatusCode::NOT_FOUND => Err(problem),
        Err(problem) => page(&ctx, &key, Some(Refused { problem: &problem, change, field, take: body.take })).await,
    }
}
