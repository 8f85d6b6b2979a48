//! `/`: how exchange stands, what there is, what waits.

use super::layout::{Ctx, LISTS, Place};
use super::{exchange, news};
use crate::api::{Answer, lines_of};
use crate::report::Language;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use maud::{Markup, html};

/// `GET /`.
///
/// # Errors
/// 503 where the store fails.
pub async fn show(ctx: Ctx, headers: HeaderMap) -> Answer<Response> {
    let new = news::fragment(&ctx, news::last_visit(&headers)).await?;
    let counts = ctx
        .app
        .node()
        .read(|store| LISTS.iter().map(|(kind, _)| store.count_rows(Some(kind))).collect::<Result<Vec<_>, _>>())
        .await?;
    let lines = lines_of(&ctx.app, &ctx.status);
    let main = html! {
        h1 { (ctx.own_name()) }
        (membership(&ctx))
        div #exchange data-live { (exchange::banner(&ctx, &lines)) }
        section #numbers data-live aria-labelledby="numbers-title" {
            div.head { h2 #numbers-title { (ctx.t("overview-numbers")) } a href="/figures" { (ctx.t("figures-all")) } }
            ul.tiles {
                @for ((kind, path), count) in LISTS.iter().zip(&counts) {
                    li { a.tile href=(path) { span.number { (count) } span { (ctx.t(&format!("kinds-{kind}"))) } } }
                }
                li { a.tile href="/conflicts" { span.number { (ctx.conflicts) } span { (ctx.t("nav-conflicts")) } } }
            }
            @if counts.iter().sum::<u64>() == 0 { (empty(&ctx)) }
        }
        (new)
        (documents(&ctx))
        section #partners data-live aria-labelledby="partners-title" {
            h2 #partners-title { (ctx.t("overview-partners")) }
            @if lines.is_empty() { p.empty { (ctx.t("overview-no-partners")) " " a href="/partners" { (ctx.t("nav-partners")) } } }
            @else { (exchange::table(&ctx, &lines)) }
        }
    };
    let mut response = ctx.page(Place::Overview, &ctx.t("nav-overview"), main);
    if let Some(cookie) = news::visited(&headers) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The survey in its languages, and the pictures: documents of their own.
fn documents(ctx: &Ctx) -> Markup {
    html! {
        section aria-labelledby="documents-title" {
            h2 #documents-title { (ctx.t("overview-documents")) }
            p { (ctx.t("overview-survey")) }
            ul {
                @for language in Language::ALL {
                    li { a href={ "/api/v1/report?language=" (language.code()) } lang=(language.code()) hreflang=(language.code()) { (language.own_name()) } }
                }
                li { a href={ "/api/v1/graph.svg?language=" (ctx.lang.code()) } { (ctx.t("overview-graph")) } }
                li { a href={ "/api/v1/map.svg?language=" (ctx.lang.code()) } { (ctx.t("overview-map")) } }
            }
        }
    }
}

fn membership(ctx: &Ctx) -> Markup {
    let count = ctx.status.roster.partners.values().filter(|p| p.admitted).count();
    html! {
        @if let Some(federation) = &ctx.status.roster.federation {
            p.lead { (ctx.tw("overview-federation", &[("name", federation.name.as_str().into()), ("n", count.into())])) }
        }
    }
}

fn empty(ctx: &Ctx) -> Markup {
    html! {
        div.empty {
            p { (ctx.t("overview-empty")) }
            p {
                a.button href="/records/new?kind=organisation" { (ctx.t("new-organisation")) } " "
                a.button.quiet href="/records/new?kind=network" { (ctx.t("new-network")) }
            }
        }
    }
}
