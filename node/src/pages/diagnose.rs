//! `/backup` and `/diagnose`: what the node knows of its own state today, and what to do about it.

use super::layout::{Ctx, Place};
use super::show::{icon, moment};
use crate::api::{Answer, Problem, dials, lines_of};
use crate::backup::{BackupError, Backups};
use crate::datadir::quoted;
use crate::views::exchange::{self, PartnerState};
use crate::views::register_label;
use crate::views::time::{ago, now_ms};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// `GET /backup`.
pub async fn backup(ctx: Ctx) -> Response {
    backup_page(&ctx, None)
}

fn backup_page(ctx: &Ctx, refused: Option<&Problem>) -> Response {
    let last = ctx.app.backups().map(Backups::last).unwrap_or_default();
    let place = ctx.app.backups().and_then(Backups::place);
    let main = html! {
        h1 { (ctx.t("menu-backup")) }
        @if let Some(problem) = refused {
            div.callout.error-summary role="alert" { (icon("act")) div { (super::refusal_words(ctx.lang, problem)) } }
        }
        section #backup data-live {
            @if let Some(error) = &last.error {
                div.callout.act role="alert" { (icon("act")) div { p { (ctx.t("backup-failed")) } p lang="en" { (error) } } }
            }
            @match &last.good {
                Some((at_ms, file)) => {
                    div.banner.good { div.sentence { (icon("good")) p {
                        (ctx.t("backup-last")) " " (moment(ctx.lang, *at_ms)) " (" (ago(ctx.lang, now_ms(), *at_ms)) ")"
                    } } }
                    p { (ctx.t("backup-file")) " " code { (file.display()) } }
                }
                None => div.banner.note { div.sentence { (icon("away")) p { (ctx.t("backup-none")) } } },
            }
        }
        // It is written where the configuration says and nowhere else: no page gives a backup out.
        @if let Some(place) = place.filter(|_| ctx.is_admin()) {
            form method="post" action="/backup" {
                p.hint { (ctx.t("backup-make-how")) " " code { (place.display()) } }
                button type="submit" { (ctx.t("backup-make")) }
            }
        }
        section.text aria-labelledby="backup-how" {
            h2 #backup-how { (ctx.t("backup-how")) }
            p { (ctx.t("backup-set")) }
            pre { "[backup]\ndir = \"/media/backup\"\nevery_hours = 24\nkeep = 7" }
            p { (ctx.t("backup-now")) }
            pre { "comin backup FILE" }
            p { (ctx.t("backup-back")) }
            pre { "comin restore FILE" }
            p { (ctx.t("backup-secret")) }
            p { (ctx.t("backup-kit")) }
        }
    };
    let mut response = ctx.page(Place::Backup, &ctx.t("menu-backup"), main);
    if let Some(problem) = refused {
        *response.status_mut() = problem.status;
    }
    response
}

/// `POST /backup`: writes one now, where the configuration says.
///
/// # Errors
/// None; why it was refused is shown.
pub async fn back_up(ctx: Ctx) -> Answer<Response> {
    let made = match ctx.app.backups() {
        Some(backups) => backups.make_now(ctx.app.node(), &ctx.status.device).await,
        None => Err(BackupError::Nowhere),
    };
    match made {
        Ok(_) => Ok(Redirect::to("/backup").into_response()),
        Err(error) => Ok(backup_page(&ctx, Some(&refusal(&error)))),
    }
}

fn refusal(error: &BackupError) -> Problem {
    let (told, hint) = (error.to_string(), error.hint());
    let problem = match error {
        BackupError::Nowhere => Problem::new(StatusCode::CONFLICT, "backup-nowhere", told),
        BackupError::UnderWay => Problem::new(StatusCode::CONFLICT, "under-way", told),
        _ => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "backup", told),
    };
    problem.hint(hint)
}

/// One thing that was looked at.
struct Finding {
    /// Whether it is as it should be; `None`: it may be, or needs nobody.
    good: Option<bool>,
    what: Markup,
    remedy: Option<String>,
}

/// `GET /diagnose`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    let findings = findings(&ctx);
    let wrong = findings.iter().filter(|finding| finding.good == Some(false)).count() as u64;
    let main = html! {
        h1 { (ctx.t("menu-diagnose")) }
        p.lead { (ctx.t("diagnose-lead")) }
        section #findings data-live aria-labelledby="findings-title" {
            h2 #findings-title { (ctx.tw("diagnose-wrong", &[("n", wrong.into())])) }
            ul.links {
                @for finding in &findings {
                    @let (sign, word) = match finding.good {
                        Some(true) => ("good", "diagnose-good"),
                        Some(false) => ("act", "diagnose-bad"),
                        None => ("away", "diagnose-open"),
                    };
                    li {
                        span.state { (icon(sign)) span.vh { (ctx.t(word)) ": " } span { (finding.what) } }
                        @if let Some(remedy) = &finding.remedy { p.hint { (remedy) } }
                    }
                }
            }
        }
        (documents(&ctx))
        section.text aria-labelledby="it-title" {
            h2 #it-title { (ctx.t("diagnose-it")) }
            p { (ctx.t("diagnose-commands")) }
            pre { "comin doctor\ncomin status\ncomin check" }
            p { "COM-IN " (env!("CARGO_PKG_VERSION")) @if let Some(backups) = ctx.app.backups() { " · " code { (quoted(backups.dir().path())) } } }
        }
    };
    Ok(ctx.page(Place::Diagnose, &ctx.t("menu-diagnose"), main))
}

fn findings(ctx: &Ctx) -> Vec<Finding> {
    let status = &ctx.status;
    let text = |key: &str| html! { (ctx.t(key)) };
    let good = |what: Markup| Finding { good: Some(true), what, remedy: None };
    let mut found = Vec::new();
    found.push(match &status.stopped {
        Some(reason) => Finding { good: Some(false), what: html! { (reason) }, remedy: Some("comin check".to_owned()) },
        None => good(text("doctor-store")),
    });
    found.push(good(text("doctor-running")));
    if status.unconfirmed {
        found.push(Finding { good: Some(false), what: text("cli-unconfirmed"), remedy: None });
    }
    if status.paused {
        let remedy = Some(ctx.t("exchange-resume"));
        found.push(Finding { good: Some(false), what: text("doctor-paused"), remedy });
    }
    if status.roster.federation.is_none() {
        found.push(Finding { good: None, what: text("doctor-no-federation"), remedy: Some(ctx.t("exchange-begin")) });
    }
    let addresses = status.roster.devices.get(&status.device).map(|device| device.addresses.join(", "));
    let addresses = addresses.filter(|list| !list.is_empty()).unwrap_or_else(|| ctx.t("doctor-no-address"));
    found.push(Finding {
        good: None,
        what: html! { (ctx.tw("doctor-addresses", &[("addresses", addresses.into())])) },
        remedy: Some(ctx.t("diagnose-outside")),
    });
    found.extend(peers(ctx));
    for fault in &status.faults {
        let partner = status.roster.partner_of(&fault.device).map_or("", |partner| partner.name.as_str());
        let what = html! { (partner) (ctx.lang.colon()) span lang="en" { (fault.what) } " (" (moment(ctx.lang, fault.time_ms)) ")" };
        let is_own = fault.device == status.device;
        let remedy = ctx.t(if is_own { "doctor-own-fault-remedy" } else { "doctor-fault-remedy" });
        found.push(Finding { good: Some(false), what, remedy: Some(remedy) });
    }
    if let Some(at_ms) = status.put_back_ms {
        let what = html! { (ctx.t("doctor-put-back")) " (" (moment(ctx.lang, at_ms)) ")" };
        found.push(Finding { good: None, what, remedy: Some(ctx.t("doctor-put-back-remedy")) });
    }
    let last = ctx.app.backups().map(Backups::last).unwrap_or_default();
    found.push(match (&last.error, &last.good) {
        (Some(error), _) => {
            let what = html! { (ctx.t("backup-failed")) " " span lang="en" { (error) } };
            Finding { good: Some(false), what, remedy: None }
        }
        (None, Some((at_ms, _))) => good(html! { (ctx.t("backup-last")) " " (moment(ctx.lang, *at_ms)) }),
        (None, None) => Finding { good: None, what: text("backup-none"), remedy: Some(ctx.t("backup-set")) },
    });
    found
}

fn peers(ctx: &Ctx) -> Vec<Finding> {
    let lines = lines_of(&ctx.app, &ctx.status);
    let dials = dials(&ctx.app);
    let of = |line: &exchange::PartnerLine| {
        let tries = ctx.status.peers.iter().filter(|peer| peer.partner == line.partner && !peer.connected);
        let tries: Vec<_> = tries.filter_map(|peer| dials.get(&peer.device)).collect();
        let what = html! {
            strong { (line.name) } (ctx.lang.colon()) (ctx.t(&format!("partner-state-{}", line.state.code())))
            @for dial in tries { " – " (moment(ctx.lang, dial.time_ms)) (ctx.lang.colon()) (exchange::dial_text(ctx.lang, dial)) }
        };
        match line.state {
            PartnerState::Equal | PartnerState::Exchanging => Finding { good: Some(true), what, remedy: None },
            _ => Finding { good: None, what, remedy: Some(ctx.t("doctor-peer-away")) },
        }
    };
    lines.iter().map(of).collect()
}

/// What is kept here, register by register.
fn documents(ctx: &Ctx) -> Markup {
    let heads = ["register", "part", "records", "changes"].map(|key| ctx.t(&format!("diagnose-col-{key}")));
    html! {
        section #documents data-live aria-labelledby="documents-title" {
            h2 #documents-title { (ctx.t("diagnose-documents")) }
            table.cards role="table" {
                caption.vh { (ctx.t("diagnose-documents")) }
                thead role="rowgroup" { tr role="row" {
                    th role="columnheader" scope="col" { (heads[0]) }
                    @for head in &heads[1..] { th.num role="columnheader" scope="col" { (head) } }
                } }
                tbody role="rowgroup" {
                    @for doc in &ctx.status.docs {
                        tr role="row" {
                            th role="rowheader" scope="row" { (register_label(ctx.lang, &ctx.status.roster, &ctx.status.partner, &doc.doc.register)) }
                            // A person's register has one document, and no parts.
                            td.num role="cell" data-label=(heads[1]) { @if !doc.doc.is_person() { (doc.doc.part) } }
                            td.num role="cell" data-label=(heads[2]) { (ctx.lang.number(doc.records)) }
                            td.num role="cell" data-label=(heads[3]) { (ctx.lang.number(doc.changes)) }
                        }
                    }
                }
            }
        }
    }
}
