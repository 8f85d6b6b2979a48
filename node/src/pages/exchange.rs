//! The exchange in words, and the buttons that pause, resume and start it.

use super::layout::{Ctx, Place};
use super::show::{country, icon, moment};
use crate::api::{Answer, AppState, Problem, lines_of};
use crate::views::exchange::{self, PartnerLine, PartnerState, Tone};
use crate::views::sort_key;
use crate::views::time::{ago, now_ms};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::engine::Command;
use maud::{Markup, html};

/// The one sentence, with the buttons that fit it.
pub fn banner(ctx: &Ctx, lines: &[PartnerLine]) -> Markup {
    let banner = exchange::banner(&ctx.status, lines, ctx.lang);
    let (class, sign) = match banner.tone {
        Tone::Good => ("good", "good"),
        Tone::Busy => ("busy", "busy"),
        Tone::Note => ("note", "away"),
        Tone::Act => ("act", "act"),
    };
    let member = ctx.status.roster.federation.is_some();
    let waits = crate::views::approvals::waiting(&ctx.status) > 0;
    html! {
        section.banner.(class) aria-labelledby="exchange-title" {
            h2.vh #exchange-title { (ctx.t("exchange-title")) }
            div.sentence { (icon(sign)) p { (banner.text(ctx.lang)) } }
            div.actions {
                @if waits { a.button href="/partners#approvals" { (ctx.t("exchange-look")) } }
                @if !member && ctx.status.stopped.is_none() && ctx.is_admin() {
                    a.button.quiet href="/partners#join" { (ctx.t("exchange-begin")) }
                }
                @if member { (buttons(ctx)) }
            }
        }
    }
}

fn buttons(ctx: &Ctx) -> Markup {
    html! {
        @if ctx.status.paused {
            @if ctx.is_admin() { form method="post" action="/exchange/resume" { button type="submit" { (ctx.t("exchange-resume")) } } }
        } @else {
            form method="post" action="/exchange/now" { button.quiet type="submit" { (ctx.t("exchange-now")) } }
            @if ctx.is_admin() { form method="post" action="/exchange/pause" { button.quiet type="submit" { (ctx.t("exchange-pause")) } } }
        }
    }
}

/// `GET /exchange`: how it stands with each partner, in words.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    let lines = lines_of(&ctx.app, &ctx.status);
    let unsent = ctx.status.unsent_changes;
    let main = html! {
        h1 { (ctx.t("exchange-title")) }
        p.lead { (ctx.t("exchange-lead")) }
        div #exchange data-live { (banner(&ctx, &lines)) }
        section #lines data-live aria-labelledby="lines-title" {
            h2 #lines-title { (ctx.t("exchange-table")) }
            @if lines.is_empty() { p.empty { (ctx.t("overview-no-partners")) " " a href="/partners" { (ctx.t("menu-partners")) } } }
            @else { p.summary { (ctx.tw("exchange-unsent", &[("n", unsent.into())])) } }
            @for line in &lines { (card(&ctx, line)) }
        }
    };
    Ok(ctx.page(Place::Exchange, &ctx.t("exchange-title"), main))
}

/// Everything that is known of the exchange with one partner.
fn card(ctx: &Ctx, line: &PartnerLine) -> Markup {
    let row =
        |key: &str, value: Markup| html! { div { dt { (ctx.t(&format!("exchange-col-{key}"))) } dd { (value) } } };
    let when = |ms: Option<u64>| match ms {
        Some(ms) => html! { (moment(ctx.lang, ms)) " " span.muted { (ago(ctx.lang, now_ms(), ms)) } },
        None => html! { (ctx.t("exchange-never")) },
    };
    html! {
        section.card id={ "partner-" (line.partner.short()) } aria-labelledby={ "name-" (line.partner.short()) } {
            div.head {
                h3 id={ "name-" (line.partner.short()) } { (line.name) " " span.muted { (country(ctx.lang, &line.country)) } }
                (state(ctx, line))
            }
            dl.values {
                (row("equal", when(line.last_equal_ms)))
                (row("lacks", html! { (exchange::lag_text(ctx.lang, line.lacks)) }))
                (row("we-lack", html! { (exchange::lag_text(ctx.lang, line.we_lack)) }))
                (row("heard", heard(ctx, line)))
                (row("way", way(ctx, line)))
                (row("machines", machines(ctx, line)))
            }
        }
    }
}

/// The machines of a partner, each with whether it is connected.
fn machines(ctx: &Ctx, line: &PartnerLine) -> Markup {
    let peers = ctx.status.peers.iter().filter(|peer| peer.partner == line.partner);
    html! {
        ul.set {
            @for peer in peers {
                li {
                    (ctx.status.roster.devices.get(&peer.device).map_or("", |device| device.name.as_str())) " "
                    span.muted { (ctx.t(if peer.connected { "partner-state-equal" } else { "partner-state-away" })) }
                }
            }
        }
    }
}

/// How each partner stands, by name.
pub fn table(ctx: &Ctx, lines: &[PartnerLine]) -> Markup {
    let heads =
        ["partner", "state", "lacks", "we-lack", "heard", "way"].map(|key| ctx.t(&format!("exchange-col-{key}")));
    let mut lines: Vec<&PartnerLine> = lines.iter().collect();
    lines.sort_by_cached_key(|line| (sort_key(ctx.lang, &line.name), line.partner));
    html! {
        table.cards role="table" {
            caption.vh { (ctx.t("exchange-table")) }
            thead role="rowgroup" {
                tr role="row" { @for head in &heads { th role="columnheader" scope="col" { (head) } } }
            }
            tbody role="rowgroup" {
                @for line in lines {
                    tr role="row" {
                        th role="rowheader" scope="row" { (line.name) " " span.muted { (country(ctx.lang, &line.country)) } }
                        td role="cell" data-label=(heads[1]) { (state(ctx, line)) }
                        td role="cell" data-label=(heads[2]) { (exchange::lag_text(ctx.lang, line.lacks)) }
                        td role="cell" data-label=(heads[3]) { (exchange::lag_text(ctx.lang, line.we_lack)) }
                        td role="cell" data-label=(heads[4]) { (heard(ctx, line)) }
                        td role="cell" data-label=(heads[5]) { (way(ctx, line)) }
                    }
                }
            }
        }
    }
}

fn state(ctx: &Ctx, line: &PartnerLine) -> Markup {
    let sign = match line.state {
        PartnerState::Equal => "good",
        PartnerState::Exchanging => "busy",
        PartnerState::Elsewhere => "act",
        PartnerState::Away | PartnerState::NeverHeard => "away",
    };
    html! {
        span.state { (icon(sign)) (ctx.t(&format!("partner-state-{}", line.state.code()))) }
        @if let Some((done, total)) = line.progress.filter(|(_, total)| *total > 0) {
            progress max=(total) value=(done) aria-label=(ctx.t("exchange-progress")) {}
        }
    }
}

fn heard(ctx: &Ctx, line: &PartnerLine) -> Markup {
    match line.last_heard_ms {
        // While a session is open, an idle partner is silent and still there.
        _ if matches!(line.state, PartnerState::Equal | PartnerState::Exchanging | PartnerState::Elsewhere) => {
            html! { (ctx.t("ago-now")) }
        }
        Some(ms) => html! { span { (moment(ctx.lang, ms)) " " span.muted { (ago(ctx.lang, now_ms(), ms)) } } },
        None => html! { (ctx.t("exchange-never")) },
    }
}

fn way(ctx: &Ctx, line: &PartnerLine) -> Markup {
    html! {
        @if let Some(name) = &line.through { (ctx.tw("exchange-through", &[("name", name.as_str().into())])) }
        @else if line.dial.is_none() && line.last_heard_ms.is_some() { (ctx.t("exchange-direct")) }
        // While this side pauses, the attempts say nothing about the partner.
        @if let Some(dial) = line.dial.as_ref().filter(|_| !ctx.status.paused) {
            div.muted {
                (ctx.t("exchange-not-reached"))
                " " (moment(ctx.lang, dial.time_ms)) "."
                @if let Some(next) = dial.next_try_ms {
                    @let seconds = next.saturating_sub(now_ms()) / 1000;
                    " " (ctx.tw("exchange-next-try", &[("n", seconds.into())]))
                }
                @if !dial.text.is_empty() {
                    details id={ "why-" (line.partner.short()) } {
                        summary { (ctx.t("exchange-why")) }
                        p { (exchange::dial_text(ctx.lang, dial)) }
                    }
                }
            }
        }
    }
}

/// `POST /exchange/now`: looks for differences with everyone, which whoever edits may ask for.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn now(State(app): State<AppState>, headers: HeaderMap) -> Answer<Response> {
    app.node().command(Command::SyncNow).await?;
    Ok(back(&headers, "/"))
}

/// `POST /exchange/{verb}`: pause, resume; then back to where the button was.
///
/// # Errors
/// 404 for another verb.
pub async fn act(State(app): State<AppState>, Path(verb): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let command = match verb.as_str() {
        "pause" => Command::SetPaused(true),
        "resume" => Command::SetPaused(false),
        _ => return Err(Problem::not_found("this page")),
    };
    app.node().command(command).await?;
    Ok(back(&headers, "/"))
}

/// Back to the page that the form was on: its path only, so that no header leads elsewhere.
pub fn back(headers: &HeaderMap, fallback: &str) -> Response {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let local = path.filter(|path| path.starts_with('/') && !path.starts_with("//"));
    Redirect::to(local.unwrap_or(fallback)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_back_within_this_node_only() {
        let to = |referer: &str| {
            let headers = HeaderMap::from_iter([(header::REFERER, referer.parse().unwrap())]);
            back(&headers, "/").headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(to("http://localhost:8470/partners?lang=it"), "/partners?lang=it", "path and query");
        assert_eq!(to("http://localhost:8470//evil.example/"), "/", "a path that browsers read as a host");
        assert_eq!(to("nonsense"), "/", "anything else leads to the overview");
    }
}
