//! `/`: how exchange stands, what there is, what waits.

use super::layout::{Ctx, LISTS, Place};
use super::{exchange, news, show};
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
    let counts = ctx
        .app
        .node()
        .read(|store| LISTS.iter().map(|(kind, _)| store.count_rows(Some(kind))).collect::<Result<Vec<_>, _>>())
        .await?;
    let lines = lines_of(&ctx.app, &ctx.status);
    let organisations = LISTS.iter().zip(&counts).find(|((kind, _), _)| *kind == "organisation").map_or(0, |(_, n)| *n);
    let records = counts.iter().sum::<u64>();
    let news = news::fragment(&ctx, news::last_visit(&headers, ctx.opened_ms)).await?;
    let main = html! {
        h1 { (ctx.own_name()) }
        (membership(&ctx))
        div #exchange data-live { (exchange::banner(&ctx, &lines)) }
        // The partner's own record is made with the node.
        @if ctx.status.roster.federation.is_none() && ctx.status.joining.is_none() && records <= 1 { (begin(&ctx)) }
        section #numbers data-live aria-labelledby="numbers-title" {
            div.head { h2 #numbers-title { (ctx.t("overview-numbers")) } a href="/figures" { (ctx.t("figures-all")) } }
            ul.tiles {
                @for ((kind, path), count) in LISTS.iter().zip(&counts) {
                    li { a.tile href=(path) { span.number { (ctx.lang.number(*count)) } span { (ctx.t(&format!("kinds-{kind}"))) } } }
                }
            }
            @if ctx.conflicts > 0 {
                p.callout { (show::icon("warn")) span { (ctx.tw("overview-conflicts", &[("n", ctx.conflicts.into())])) " " a href="/conflicts" { (ctx.t("conflict-decide")) } } }
            }
            @if records == 0 { (empty(&ctx)) }
        }
        @if records > 1 { (news) }
        (documents(&ctx, organisations))
        section #partners data-live aria-labelledby="partners-title" {
            div.head {
                h2 #partners-title { (ctx.t("overview-partners")) }
                @if !lines.is_empty() { a href="/exchange" { (ctx.t("exchange-more")) } }
            }
            @if lines.is_empty() { p.empty { (ctx.t("overview-no-partners")) " " a href="/partners" { (ctx.t("nav-partners")) } } }
            @else { (exchange::table(&ctx, &lines)) }
        }
    };
    let mut response = ctx.page(Place::Overview, &ctx.t("nav-overview"), main);
    response.headers_mut().extend(news::visited(&headers).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// The three ways on from a machine that has just been set up.
fn begin(ctx: &Ctx) -> Markup {
    html! {
        section #begin aria-labelledby="begin-title" {
            h2 #begin-title { (ctx.t("start-next")) }
            ul.cards-grid {
                li.card {
                    h3 { (ctx.t("start-alone")) }
                    p { (ctx.t("start-alone-how")) }
                    div.actions {
                        a.button.quiet href="/records/new?kind=organisation" { (ctx.t("new-organisation")) }
                        a href="/import" { (ctx.t("menu-import")) }
                    }
                }
                @if ctx.is_admin() {
                    li.card {
                        h3 { (ctx.t("start-join")) }
                        p { (ctx.t("start-join-how")) }
                        div.actions { a.button href="/partners#join" { (ctx.t("join-title")) } }
                    }
                    li.card {
                        h3 { (ctx.t("start-found")) }
                        p { (ctx.t("start-found-how")) }
                        div.actions { a.button.quiet href="/partners#found" { (ctx.t("found-title")) } }
                    }
                }
            }
        }
    }
}

/// Most organisations of which the picture is part of the overview: of more it is a document of its own.
const PICTURE_MAX: u64 = 150;

/// The picture of the network, and the survey in its languages.
fn documents(ctx: &Ctx, organisations: u64) -> Markup {
    let picture = format!("/api/v1/graph.svg?language={}", ctx.lang.code());
    html! {
        section aria-labelledby="documents-title" {
            h2 #documents-title { (ctx.t("overview-documents")) }
            div.split {
                @if (2..=PICTURE_MAX).contains(&organisations) {
                    a.picture href="/graph" { img src=(picture) alt=(ctx.t("overview-graph")) loading="lazy"; }
                } @else { p.empty { a href="/graph" { (ctx.t("overview-graph")) } } }
                div {
                    p { (ctx.t("overview-survey")) }
                    ul.links {
                        @for language in Language::ALL {
                            li { a href={ "/api/v1/report?language=" (language.code()) } lang=(language.code()) hreflang=(language.code()) { (language.own_name()) } }
                        }
                        li { a href="/map" { (ctx.t("overview-map")) } }
                    }
                }
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
                a.button.quiet href="/records/new?kind=network" { (ctx.t("new-network")) } " "
                a.button.quiet href="/import" { (ctx.t("menu-import")) }
            }
        }
    }
}
