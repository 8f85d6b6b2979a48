//! `/conflicts`: what waits for a decision, the values side by side.

use super::layout::{Ctx, Place};
use super::{Pairs, form, show, value};
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, Form, Problem, Resolve, find_register, parse_key, read_conflicts, resolve_conflict};
use crate::views::{Conflict, Reader, Titles, Version, field_label, kind_label};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::record::{Row, Scalar};
use maud::{Markup, html};
use serde_json::json;

/// Where a conflict stands on the page.
pub fn anchor(version: &Version, conflict: &Conflict) -> String {
    let key = format!("{}-{}", version.row.key, conflict.field);
    let plain = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("{}-{}", plain.collect::<String>(), version.row.doc.register.short())
}

/// `GET /conflicts`.
///
/// # Errors
/// 400 for a place that cannot be read.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    inbox(&ctx, None).await
}

async fn inbox(ctx: &Ctx, refused: Option<&Problem>) -> Answer<Response> {
    let found = read_conflicts(&ctx.app, ctx.query("after"), PAGE_ROWS, ctx.lang).await?;
    let rows: Vec<Row> = found.versions.iter().map(|(_, version)| version.row.clone()).collect();
    let (roster, own, lang) = (ctx.status.roster.clone(), (ctx.status.partner, ctx.status.device), ctx.lang);
    let titles = ctx
        .app
        .node()
        .read(move |store| Reader::new(store, &roster, own, lang).titles(&rows.iter().collect::<Vec<_>>()));
    let titles = titles.await?;
    let main = html! {
        h1 { (ctx.t("nav-conflicts")) }
        p.lead { (ctx.t("conflicts-lead")) }
        @if let Some(problem) = refused { (refusal(ctx, problem)) }
        div #inbox data-live {
            @if found.versions.is_empty() { div.empty { p { (show::icon("good")) " " (ctx.t("conflicts-none")) } } }
            @for (title, version) in &found.versions {
                @for conflict in &version.conflicts { (card(ctx, title, version, conflict, &titles)) }
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

fn card(ctx: &Ctx, title: &str, version: &Version, conflict: &Conflict, titles: &Titles) -> Markup {
    let id = anchor(version, conflict);
    let row = &version.row;
    let action = format!("/conflicts/{}?register={}", row.key, row.doc.register);
    html! {
        section.card id=(id) aria-labelledby={ (id) "-t" } {
            h2 id={ (id) "-t" } {
                a href={ "/records/" (row.key) } { (title) } ": "
                @if conflict.field == "deleted" { (ctx.t("conflict-keep-or-delete")) }
                @else { (field_label(ctx.lang, &conflict.field)) }
            }
            p.muted { (kind_label(ctx.lang, &row.key.kind)) " · " (version.register_name) }
            @if conflict.field == "deleted" { p { (ctx.t("conflict-about-deletion")) } }
            ul.sides {
                @for (n, value) in conflict.values.iter().enumerate() {
                    li {
                        div.value { (show::conflict_value(ctx, row, &conflict.field, value, titles)) }
                        (show::origin(ctx, value))
                        @if version.writable { (keep(ctx, &action, version, conflict, n)) }
                    }
                }
            }
            @if version.writable { @if conflict.field != "deleted" { (another(ctx, &action, &id, version, conflict)) } }
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

fn another(ctx: &Ctx, action: &str, id: &str, version: &Version, conflict: &Conflict) -> Markup {
    let field = show::field_of_key(&version.row.key.kind, &conflict.field);
    let Some(field) = field else { return html! {} };
    let first = conflict.values.iter().map(|v| &v.value).find(|v| **v != Scalar::Null);
    let control = format!("{id}-v");
    html! {
        details id={ (id) "-other" } {
            summary { (ctx.t("conflict-another")) }
            form method="post" action=(action) {
                (hidden(version, conflict))
                label for=(control) { (field_label(ctx.lang, &conflict.field)) }
                (form::single(field, "value", &control, &first.map(crate::views::scalar_text).unwrap_or_default(), ctx))
                button type="submit" { (ctx.t("form-save")) }
            }
        }
    }
}

/// `POST /conflicts/{id}?register=`.
///
/// # Errors
/// 404; a refused value shows the inbox again with the reason.
pub async fn resolve(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let key = parse_key(&id)?;
    let register = match ctx.query("register") {
        Some(text) => Some(find_register(&ctx.app, text).await?),
        None => None,
    };
    let take = value(&pairs, "take").parse().ok();
    let body = Resolve {
        field: value(&pairs, "field").to_owned(),
        take,
        value: take.is_none().then(|| json!(value(&pairs, "value"))),
        version: Some(value(&pairs, "version").to_owned()),
    };
    match resolve_conflict(&ctx.app, &key, register, &body, ctx.lang).await {
        Ok(_) => Ok(Redirect::to("/conflicts").into_response()),
        Err(problem) => inbox(&ctx, Some(&problem)).await,
    }
}
