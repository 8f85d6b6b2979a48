//! Around a record: what leads to it, what it names and is not here, what it says together with records that are the same,
//! and the next steps of an expression of interest.

use super::layout::Ctx;
use super::{Pairs, filters, show, text, value};
use crate::api::{Answer, Form, Problem, address, edit_record, lead_practice, parse_key, take_step};
use crate::views::{self, Version, field_label, kind_label, time};
use crate::work::{interest, practice};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{self, Entry, Field, FieldType};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

fn list<'a>(around: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    around.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The sections below a record.
pub fn sections(ctx: &Ctx, key: &RecordKey, around: &Map<String, Value>) -> Markup {
    let invites = ["event", "organisation", "network"].contains(&key.kind.as_str());
    let field = if key.kind == "event" { "origin_event" } else { key.kind.as_str() };
    let (linked, absent) = (list(around, "linked"), list(around, "absent"));
    let (notes, linked): (Vec<&Value>, Vec<&Value>) = linked.iter().partition(|item| text(item, "kind") == "note");
    let noted = !matches!(key.kind.as_str(), "note" | "sameas" | "proposal" | "person");
    html! {
        @if around.get("claimed") == Some(&Value::Bool(true)) {
            p.callout { (show::icon("i")) span { (ctx.t("record-claimed")) } }
        }
        @if invites || !linked.is_empty() {
            section aria-labelledby="linked" {
                div.head {
                    h2 #linked { (ctx.t("record-linked")) }
                    @if invites {
                        a.button.quiet href={ "/records/new?kind=interest&" (field) "=" (key) } { (ctx.t("new-interest")) }
                    }
                }
                ul.links {
                    @for item in &linked {
                        li {
                            a href={ "/records/" (text(item, "id")) } { (text(item, "title")) } " "
                            span.muted { (kind_label(ctx.lang, text(item, "kind"))) }
                            @if !text(item, "state").is_empty() { " " span.tag { (state(ctx, item)) } }
                        }
                    }
                }
            }
        }
        @if noted {
            section aria-labelledby="notes" {
                div.head {
                    h2 #notes { (ctx.t("record-notes")) }
                    a.button.quiet href={ "/records/new?kind=note&about=" (key) } { (ctx.t("new-note")) }
                }
                @if notes.is_empty() { p.muted { (ctx.t("record-no-notes")) } } @else {
                    ul.links { @for item in &notes { li { a href={ "/records/" (text(item, "id")) } { (text(item, "title")) } } } }
                }
            }
        }
        @if !absent.is_empty() {
            section aria-labelledby="absent" {
                h2 #absent { (ctx.t("record-absent")) }
                ul { @for item in absent { li { code { (text(item, "id")) } " – " (text(item, "text")) } } }
            }
        }
        @if let Some(merged) = around.get("merged").filter(|merged| !merged.is_null()) { (together(ctx, key, merged)) }
    }
}

/// The state of a linked record in words.
fn state(ctx: &Ctx, item: &Value) -> String {
    let code = text(item, "state");
    let list = match text(item, "kind") {
        "interest" => "interest_status",
        "sameas" => "sameas_state",
        _ => return ctx.t(&format!("proposal-{code}")),
    };
    let term = schema::vocabulary(list).and_then(|list| list.term(code));
    term.map_or_else(|| code.to_owned(), |term| term.label(ctx.lang.code()).to_owned())
}

fn together(ctx: &Ctx, key: &RecordKey, merged: &Value) -> Markup {
    let titles: Vec<(&str, &str)> = merged
        .get("records")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|record| (text(record, "id"), text(record, "title")))
        .collect();
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let own = key.to_string();
    html! {
        section aria-labelledby="merged" {
            h2 #merged { (ctx.t("record-merged")) }
            ul { @for (id, title) in titles.iter().filter(|(id, _)| *id != own) { li { a href={ "/records/" (id) } { (title) } } } }
            dl.values {
                @for (field, values) in merged.get("fields").and_then(Value::as_object).into_iter().flatten() {
                    div {
                        dt { (field_label(ctx.lang, field)) }
                        dd {
                            @for value in values.as_array().into_iter().flatten() {
                                p { (shown(value.get("value").unwrap_or(&Value::Null)))
                                    @for source in value.get("sources").and_then(Value::as_array).into_iter().flatten() {
                                        " " span.tag {
                                            (titles.iter().find(|(id, _)| *id == text(source, "id")).map_or("", |(_, title)| title))
                                            " · " (text(source, "register_name"))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Buttons that lead an expression of interest on. `from`: the page that shows them, to which they lead back.
pub fn steps(ctx: &Ctx, version: &Version, from: &str) -> Markup {
    let row = &version.row;
    let ways = interest::ways(row);
    let Some(vocabulary) = schema::vocabulary("interest_status") else { return html! {} };
    html! {
        @if row.key.kind == "interest" && version.writable && !row.is_deleted() && !ways.is_empty() {
            form.actions.steps method="post" action={ "/records/" (row.key) "/advance?register=" (row.doc.register) } {
                input type="hidden" name="from" value=(from);
                span.muted { (ctx.t("step-to")) }
                @if from == "record" {
                    @let at = format!("step-at-{}", row.doc.register.short());
                    label for=(at) { (ctx.t("step-at")) }
                    input id=(at) type="date" name="at" value=(time::today()) max=(time::today());
                }
                @for to in ways {
                    button.quiet type="submit" name="to" value=(to) { (vocabulary.term(to).map_or(to, |term| term.label(ctx.lang.code()))) }
                }
            }
        }
    }
}

/// The translations of a record that are older than the original, as a note.
pub fn stale_translations(ctx: &Ctx, version: &Version) -> Markup {
    let stale = crate::work::translations::stale(&version.row);
    html! {
        @if !stale.is_empty() {
            p.callout {
                (show::icon("i"))
                span {
                    @for (n, key) in stale.iter().enumerate() { @if n > 0 { ", " } (field_label(ctx.lang, key)) }
                    (ctx.lang.colon()) (ctx.t("record-stale-translation"))
                }
            }
        }
    }
}

/// `POST /records/{id}/advance?register=`.
///
/// # Errors
/// 409 where the state does not lead there.
pub async fn advance(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let (key, row) = writable(&ctx, &id).await?;
    let today = time::today().to_string();
    let at = Some(value(&pairs, "at")).filter(|day| !day.is_empty()).unwrap_or(&today);
    take_step(&ctx.app, &row, value(&pairs, "to"), at, ctx.lang).await?;
    let back = if value(&pairs, "from") == "board" { "/interests".to_owned() } else { format!("/records/{key}") };
    Ok(Redirect::to(&back).into_response())
}

/// Buttons that change the order of entries; they are for those who may write the record.
pub fn order(ctx: &Ctx, version: &Version) -> Markup {
    let row = &version.row;
    let fields = schema::kind(&row.key.kind).into_iter().flat_map(|kind| kind.fields);
    let mut lists = fields.filter_map(|field| match field.field_type {
        FieldType::Entries(_) => Some((field, schema::entries(row, field))),
        _ => None,
    });
    let title = |field: &Field, entry: &Entry| {
        let base = format!("{}.{}.title", field.name, entry.id);
        schema::translated(row, &base, ctx.lang.code()).map_or_else(String::new, |(_, text)| text.to_owned())
    };
    html! {
        @if version.writable && !row.is_deleted()
            && let Some((field, entries)) = lists.find(|(_, entries)| entries.len() > 1) {
            details id={ "order-" (row.doc.register.short()) } {
                summary { (ctx.t("entries-order")) }
                ol.entries {
                    @for (n, entry) in entries.iter().enumerate() {
                        li {
                            form.actions method="post" action={ "/records/" (row.key) "/move?register=" (row.doc.register) } {
                                input type="hidden" name="field" value=(field.name);
                                input type="hidden" name="entry" value=(entry.id);
                                span { (title(field, entry)) }
                                @for (to, label, possible) in [("up", "entries-up", n > 0), ("down", "entries-down", n + 1 < entries.len())] {
                                    @if possible {
                                        button.quiet type="submit" name="to" value=(to) { (ctx.t(label)) span.vh { ": " (title(field, entry)) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /records/{id}/move?register=`: an entry up or down in its list.
///
/// # Errors
/// 404 for an entry that is not there any more.
pub async fn shift(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let (key, row) = writable(&ctx, &id).await?;
    let gone = || Problem::not_found("this entry");
    let field = schema::kind(&key.kind).and_then(|kind| kind.field(value(&pairs, "field"))).ok_or_else(gone)?;
    let ids: Vec<String> = schema::entries(&row, field).into_iter().map(|entry| entry.id).collect();
    let at = ids.iter().position(|id| id == value(&pairs, "entry")).ok_or_else(gone)?;
    // Up: behind the one before the one before; down: behind the next one. At an end it stays.
    let after = match value(&pairs, "to") {
        "up" if at == 0 => return Ok(back(&key)),
        "up" => at.checked_sub(2).and_then(|n| ids.get(n)),
        _ if at + 1 == ids.len() => return Ok(back(&key)),
        _ => ids.get(at + 1),
    };
    let fields = Map::from_iter([(field.name.to_owned(), json!({"move": [{"id": ids.get(at), "after": after}]}))]);
    let changes = views::parse(&key.kind, &fields, Some(&row), ctx.lang)?;
    edit_record(&ctx.app, &row, changes, None).await?;
    Ok(back(&key))
}

/// The states of a record that has no log, to choose from.
pub fn state_form(ctx: &Ctx, version: &Version) -> Markup {
    let row = &version.row;
    let list = filters::states(&row.key.kind).filter(|_| !matches!(row.key.kind.as_str(), "interest" | "sameas"));
    let ways = practice::ways(row);
    let is_open = |code: &str| match row.key.kind.as_str() {
        "practice" => ways.contains(&code),
        _ => row.text("state") != Some(code),
    };
    html! {
        @if version.writable && !row.is_deleted()
            && let Some(list) = list {
            form.actions.steps method="post" action={ "/records/" (row.key) "/set?register=" (row.doc.register) } {
                input type="hidden" name="field" value="state";
                span.muted { (ctx.t("step-to")) }
                @for term in list.terms.iter().filter(|term| is_open(term.code)) {
                    button.quiet type="submit" name="value" value=(term.code) { (term.label(ctx.lang.code())) }
                }
            }
        }
    }
}

/// The fields that a button sets, and where the reader comes back to.
const BY_BUTTON: [&str; 2] = ["state", "last_verified"];

/// `POST /records/{id}/set?register=`: one field by a button: a state, or that the record was verified today.
///
/// # Errors
/// 422 for another field, or a value that it does not take; 409 where a good practice's state does not lead there.
pub async fn set(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let (key, row) = writable(&ctx, &id).await?;
    let field = value(&pairs, "field");
    if !BY_BUTTON.contains(&field) {
        return Err(Problem::invalid(format!("{field}: is not set by a button")));
    }
    if (key.kind.as_str(), field) == ("practice", practice::STATE) {
        lead_practice(&ctx.app, &row, value(&pairs, "value")).await?;
        return Ok(back(&key));
    }
    let given = if field == "last_verified" { time::today().to_string() } else { value(&pairs, "value").to_owned() };
    let changes = views::parse(&key.kind, &Map::from_iter([(field.to_owned(), json!(given))]), Some(&row), ctx.lang)?;
    edit_record(&ctx.app, &row, changes, None).await?;
    Ok(if value(&pairs, "from") == "stale" { Redirect::to("/stale").into_response() } else { back(&key) })
}

async fn writable(ctx: &Ctx, id: &str) -> Answer<(RecordKey, Row)> {
    let key = parse_key(id)?;
    let register = ctx.register().await?;
    let row = address(&ctx.app, &key, register).await?;
    Ok((key, row))
}

fn back(key: &RecordKey) -> Response {
    Redirect::to(&format!("/records/{key}")).into_response()
}
