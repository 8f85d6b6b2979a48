//! Around a record: what leads to it, what it names and is not here, what it says together with records that are the same,
//! and the next steps of an expression of interest.

use super::layout::Ctx;
use super::{Pairs, show, value};
use crate::api::{Answer, Form, address, find_register, parse_key, take_step};
use crate::views::{Version, field_label, kind_label, time};
use crate::work::interest;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::RecordKey;
use comin_protocol::schema;
use maud::{Markup, html};
use serde_json::{Map, Value};

fn list<'a>(around: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    around.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The sections below a record.
pub fn sections(ctx: &Ctx, key: &RecordKey, around: &Map<String, Value>) -> Markup {
    let invites = ["event", "organisation", "network"].contains(&key.kind.as_str());
    let field = if key.kind == "event" { "origin_event" } else { key.kind.as_str() };
    let (linked, absent) = (list(around, "linked"), list(around, "absent"));
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
                    @for item in linked {
                        li {
                            a href={ "/records/" (text(item, "id")) } { (text(item, "title")) } " "
                            span.muted { (kind_label(ctx.lang, text(item, "kind"))) }
                            @if !text(item, "state").is_empty() { " " span.tag { (state(ctx, item)) } }
                        }
                    }
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

/// Buttons that lead an expression of interest on.
pub fn steps(ctx: &Ctx, version: &Version) -> Markup {
    let row = &version.row;
    let ways = interest::ways(row);
    let Some(vocabulary) = schema::vocabulary("interest_status") else { return html! {} };
    html! {
        @if row.key.kind == "interest" && version.writable && !row.is_deleted() && !ways.is_empty() {
            form.actions method="post" action={ "/records/" (row.key) "/advance?register=" (row.doc.register) } {
                @for to in ways {
                    button.quiet type="submit" name="to" value=(to) {
                        "→ " (vocabulary.term(to).map_or(to, |term| term.label(ctx.lang.code())))
                    }
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
                    ": " (ctx.t("record-stale-translation"))
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
    let key = parse_key(&id)?;
    let register = match ctx.query("register") {
        Some(text) => Some(find_register(&ctx.app, text).await?),
        None => None,
    };
    let row = address(&ctx.app, &key, register).await?;
    take_step(&ctx.app, &row, value(&pairs, "to"), &time::today().to_string(), ctx.lang).await?;
    Ok(Redirect::to(&format!("/records/{key}")).into_response())
}
