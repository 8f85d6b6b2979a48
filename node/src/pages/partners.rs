//! `/partners`: who is in the federation, who wants in, tickets, joining.

use super::layout::{Ctx, Place};
use super::show::{country, icon, moment};
use super::{Pairs, decide, error_line, exchange, refused_at, value};
use crate::api::{Answer, Form, Problem, lines_of, make_invite, partner_name, parts};
use crate::i18n::COUNTRIES;
use crate::qr;
use crate::views::approvals::{describe, describe_carried_over, left_behind, names, waits_for};
use crate::views::exchange::join_text;
use crate::views::sort_key;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::engine::{Command, JoinStatus};
use comin_protocol::ids::PartnerId;
use comin_protocol::join::{Pending, TicketInfo};
use comin_protocol::limits::NAME_BYTES_MAX;
use comin_protocol::roster::{CarriedOver, OpenDraft, Partner};
use maud::{Markup, html};

/// `GET /partners`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    Ok(page(&ctx, None))
}

/// Why something was refused, and where it was entered.
pub struct Refused<'a> {
    problem: &'a Problem,
    /// The ids of the controls of its form begin with this; empty where it was no form.
    form: &'static str,
    /// What the form has sent.
    sent: &'a [(String, String)],
}

impl<'a> From<&'a Problem> for Refused<'a> {
    fn from(problem: &'a Problem) -> Self {
        Self { problem, form: "", sent: &[] }
    }
}

impl Refused<'_> {
    /// Whether it is the name in this form that is refused.
    fn is_name_of(&self, form: &str) -> bool {
        self.form == form && self.problem.more.get("field").is_some_and(|field| field == "name")
    }

    fn name_words(&self, ctx: &Ctx) -> String {
        match value(self.sent, "name") {
            "" => ctx.t("refused-required"),
            _ => ctx.tw("refused-name", &[("max", NAME_BYTES_MAX.into())]),
        }
    }
}

/// The control of a form for a name: empty at first, else as it was sent, with why it was refused.
fn name_control(ctx: &Ctx, form: &str, label: &str, refused: Option<&Refused<'_>>) -> Markup {
    let sent = refused.filter(|refused| refused.form == form).map_or("", |refused| value(refused.sent, "name"));
    let words = refused.filter(|refused| refused.is_name_of(form)).map(|refused| refused.name_words(ctx));
    let id = format!("{form}-name");
    let described = words.as_ref().map(|_| format!("{id}-error"));
    html! {
        div.field { label for=(id) { (label) }
            (error_line(&id, words.as_deref()))
            input id=(id) name="name" type="text" required maxlength="200" autocomplete="off" value=(sent)
                aria-describedby=[described] aria-invalid=[words.as_ref().map(|_| "true")]; }
    }
}

fn refusal(ctx: &Ctx, refused: &Refused<'_>) -> Markup {
    for (form, label) in [("invite", "invite-name"), ("found", "found-name")] {
        if refused.is_name_of(form) {
            let at = (format!("{form}-name"), ctx.t(label));
            return refused_at(ctx, &ctx.t("form-refused"), (&at.0, &at.1), &refused.name_words(ctx));
        }
    }
    html! {
        div.callout.error-summary role="alert" { (icon("act")) div { (super::refusal_words(ctx.lang, refused.problem)) } }
    }
}

fn page(ctx: &Ctx, refused: Option<&Refused<'_>>) -> Response {
    // Whoever has made a ticket waits on this page for the newcomer: it has an address, so that it stays up to date.
    let made = ctx.query("made").and_then(|id| ctx.status.tickets.iter().find(|ticket| ticket.id == id));
    let made = made.filter(|ticket| ticket.state == "open" && ctx.is_admin());
    let lines = lines_of(&ctx.app, &ctx.status);
    let member = ctx.status.roster.federation.is_some();
    let main = html! {
        h1 { (ctx.t("menu-partners")) }
        @if let Some(refused) = refused { (refusal(ctx, refused)) }
        @if let Some(ticket) = made { (ticket_made(ctx, ticket)) }
        div #exchange data-live { (exchange::banner(ctx, &lines)) }
        (approvals(ctx))
        section #members data-live { h2 { (ctx.t("partners-members")) } (members(ctx)) p.hint { (ctx.t("partners-roles")) } }
        @if member { (decide::stewards(ctx)) (decide::carrying_over(ctx)) }
        // A ticket lets others in.
        @if !ctx.is_admin() { p.hint { (ctx.t("partners-admins")) } }
        @else if member { (invitations(ctx, refused)) } @else { (begin(ctx, refused)) }
    };
    let mut response = ctx.page(Place::Partners, &ctx.t("menu-partners"), main);
    if let Some(refused) = refused {
        *response.status_mut() = refused.problem.status;
    }
    response
}

fn approvals(ctx: &Ctx) -> Markup {
    html! {
        div #approvals data-live {
            @if !ctx.status.approvals.is_empty() {
                section aria-labelledby="approvals-title" {
                    h2 #approvals-title { (ctx.t("approvals-title")) }
                    p { (ctx.t("approvals-how")) }
                    @for pending in &ctx.status.approvals { (approval(ctx, pending)) }
                }
            }
            @if !ctx.status.drafts.is_empty() {
                section aria-labelledby="drafts-title" {
                    h2 #drafts-title { (ctx.t("drafts-title")) }
                    @for open in &ctx.status.drafts { (draft(ctx, open)) }
                }
            }
            @if !ctx.status.carried_over.is_empty() {
                section aria-labelledby="carried-over-title" {
                    h2 #carried-over-title { (ctx.t("carried-over-title")) }
                    p { (ctx.t("carried-over-how")) }
                    @for founded in &ctx.status.carried_over { (carried_over(ctx, founded)) }
                }
            }
        }
    }
}

fn approval(ctx: &Ctx, pending: &Pending) -> Markup {
    let base = format!("/partners/approvals/{}", pending.id);
    html! {
        div.card {
            h3 { (pending.name) " " span.muted { (country(ctx.lang, &pending.country)) } }
            @if pending.ticket_name != pending.name {
                p.callout { (icon("act")) span { (ctx.tw("approval-other-name", &[("name", pending.ticket_name.as_str().into())])) } }
            }
            p { (ctx.t("check-number")) " " strong.check-number { (pending.check_number) } }
            @if ctx.is_admin() { div.actions {
                form method="post" action={ (base) "/approve" } {
                    button type="submit" { (ctx.t("approval-approve")) span.vh { " " (pending.name) } }
                }
                form method="post" action={ (base) "/reject" } {
                    button.quiet.danger type="submit" { (ctx.t("approval-reject")) span.vh { " " (pending.name) } }
                }
            } }
        }
    }
}

fn draft(ctx: &Ctx, draft: &OpenDraft) -> Markup {
    let (roster, base) = (&ctx.status.roster, format!("/partners/approvals/{}", draft.id));
    let (signed, missing) = (names(roster, &draft.signed_by), waits_for(roster, draft));
    let asked = ctx.is_admin() && ctx.status.awaits_me(draft);
    let withdraws = ctx.is_admin() && draft.kept_by.contains(&ctx.status.partner);
    html! {
        div.card {
            h3 { (describe(ctx.lang, roster, &draft.statement)) }
            p { (ctx.tw("draft-signed", &[("names", signed.into()), ("n", draft.majority.into())])) }
            @if !missing.is_empty() { p { (ctx.tw("draft-missing", &[("names", missing.into())])) } }
            @if !draft.refused_by.is_empty() {
                p { (ctx.tw("draft-refused", &[("names", names(roster, &draft.refused_by).into())])) }
            }
            div.actions {
                @if asked {
                    form method="post" action={ (base) "/approve" } { button type="submit" { (ctx.t("draft-sign")) } }
                }
                @if asked || withdraws {
                    form method="post" action={ (base) "/reject" } {
                        button.quiet.danger type="submit" { (ctx.t("approval-reject")) }
                    }
                }
            }
        }
    }
}

fn carried_over(ctx: &Ctx, founded: &CarriedOver) -> Markup {
    let (roster, base) = (&ctx.status.roster, format!("/partners/approvals/{}", founded.id));
    let left = left_behind(ctx.lang, roster, founded);
    html! {
        div.card {
            h3 { (describe_carried_over(ctx.lang, roster, founded)) }
            @if !founded.has_us { p.callout { (icon("act")) span { (ctx.t("carried-over-without-us")) } } }
            @if !left.is_empty() {
                p { (ctx.t("carried-over-left")) }
                ul { @for what in &left { li { (what) } } }
            }
            @if ctx.is_admin() { div.actions {
                @if founded.has_us {
                    form method="post" action={ (base) "/approve" } {
                        button type="submit" { (ctx.t("carried-over-go")) span.vh { " " (founded.name) } }
                    }
                }
                form method="post" action={ (base) "/reject" } {
                    button.quiet type="submit" { (ctx.t("carried-over-stay")) span.vh { " " (founded.name) } }
                }
            } }
        }
    }
}

fn members(ctx: &Ctx) -> Markup {
    let heads = ["name", "country", "role", "devices", "act"].map(|key| ctx.t(&format!("partners-col-{key}")));
    let (own, others) = (ctx.status.roster.partners.get(&ctx.status.partner), ctx.status.roster.partners.len() > 1);
    let removes = ctx.is_admin() && others && own.is_some_and(|own| own.steward);
    let heads = if removes { &heads[..] } else { &heads[..4] };
    let mut partners: Vec<&Partner> = ctx.status.roster.partners.values().filter(|p| p.admitted).collect();
    partners.sort_by_cached_key(|p| (p.id != ctx.status.partner, sort_key(ctx.lang, &p.name), p.id));
    html! {
        table.cards role="table" {
            caption.vh { (ctx.t("partners-members")) }
            thead role="rowgroup" { tr role="row" { @for head in heads { th role="columnheader" scope="col" { (head) } } } }
            tbody role="rowgroup" {
                @for partner in partners {
                    tr role="row" {
                        th role="rowheader" scope="row" { (partner.name) @if partner.id == ctx.status.partner { " " span.tag { (ctx.t("partners-self")) } } }
                        td role="cell" data-label=(heads[1]) { (country(ctx.lang, &partner.country)) }
                        td role="cell" data-label=(heads[2]) { (ctx.t(if partner.steward { "partners-steward" } else { "partners-partner" })) }
                        td role="cell" data-label=(heads[3]) { (devices(ctx, partner)) }
                        @if removes {
                            td role="cell" data-label=(ctx.t("partners-col-act")) { @if partner.id != ctx.status.partner {
                                a.button.quiet.small href={ "/partners/" (partner.id) "/remove" } { (ctx.t("removal-ask")) span.vh { " " (partner.name) } }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn devices(ctx: &Ctx, partner: &Partner) -> Markup {
    let devices = ctx.status.roster.devices.values().filter(|d| d.partner == partner.id);
    html! {
        ul.set {
            @for device in devices {
                li { (device.name) " " code { (device.key.short()) }
                    @if device.key == ctx.status.device { " " span.tag { (ctx.t("partners-this-device")) } } }
            }
        }
    }
}

fn invitations(ctx: &Ctx, refused: Option<&Refused<'_>>) -> Markup {
    let open: Vec<&TicketInfo> = ctx.status.tickets.iter().collect();
    html! {
        section #tickets data-live {
            h2 { (ctx.t("invites-title")) }
            @if open.is_empty() { p.empty { (ctx.t("invites-none")) } } @else { (tickets(ctx, &open)) }
        }
        section {
            h2 { (ctx.t("invite-title")) }
            p.hint { (ctx.t("invite-how")) }
            form.record method="post" action="/partners/invite" { (who(ctx, refused)) div.actions { button type="submit" { (ctx.t("invite-make")) } } }
        }
    }
}

fn who(ctx: &Ctx, refused: Option<&Refused<'_>>) -> Markup {
    let chosen =
        refused.filter(|refused| refused.form == "invite").map_or("", |refused| value(refused.sent, "country"));
    html! {
        (name_control(ctx, "invite", &ctx.t("invite-name"), refused))
        div.field { label for="invite-country" { (ctx.t("field-country")) }
            select #invite-country name="country" required {
                @for code in COUNTRIES { option value=(code) selected[code == chosen] { (country(ctx.lang, code)) } }
            } }
    }
}

fn tickets(ctx: &Ctx, tickets: &[&TicketInfo]) -> Markup {
    let heads = ["name", "country", "state", "expires", "ticket"].map(|key| ctx.t(&format!("invites-col-{key}")));
    html! {
        table.cards role="table" {
            caption.vh { (ctx.t("invites-title")) }
            thead role="rowgroup" { tr role="row" { @for head in &heads { th role="columnheader" scope="col" { (head) } } } }
            tbody role="rowgroup" {
                @for ticket in tickets {
                    tr role="row" {
                        th role="rowheader" scope="row" { (ticket.name) }
                        td role="cell" data-label=(heads[1]) { (country(ctx.lang, &ticket.country)) }
                        td role="cell" data-label=(heads[2]) { (ctx.t(&format!("ticket-{}", ticket.state))) }
                        td role="cell" data-label=(heads[3]) { (moment(ctx.lang, ticket.expires_ms)) }
                        td role="cell" data-label=(heads[4]) {
                            @if ticket.state == "open" {
                                @if let Some(text) = &ticket.text { details id={ "ticket-" (ticket.id) } { summary { (ctx.t("ticket-show")) } code.ticket { (text) } } }
                                form method="post" action={ "/partners/invites/" (ticket.id) "/cancel" } {
                                    button.quiet type="submit" { (ctx.t("ticket-cancel")) span.vh { " " (ticket.name) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn ticket_made(ctx: &Ctx, ticket: &TicketInfo) -> Markup {
    html! {
        section.card role="status" {
            h2 { (ctx.tw("ticket-made", &[("name", ticket.name.as_str().into())])) }
            p { (ctx.t("ticket-how")) }
            @if let Some(text) = &ticket.text {
                code.ticket { (text) }
                p { a.button.quiet href={ "/partners/invites/" (ticket.id) "/ticket" } { (ctx.t("ticket-file")) } }
                @if let Some(code) = qr::svg(text, &ctx.t("ticket-code")) {
                    details { summary { (ctx.t("ticket-code-show")) } (code) }
                }
            }
            p.muted { (ctx.t("ticket-expires")) " " (moment(ctx.lang, ticket.expires_ms)) }
        }
    }
}

fn begin(ctx: &Ctx, refused: Option<&Refused<'_>>) -> Markup {
    html! {
        div #joining data-live { @if let Some(joining) = &ctx.status.joining { (join_state(ctx, joining)) } }
        div.two {
            section #join {
                h2 { (ctx.t("join-title")) }
                p.hint { (ctx.t("join-how")) }
                form.record method="post" action="/partners/join" enctype="multipart/form-data" {
                    div.field { label for="ticket" { (ctx.t("join-ticket")) }
                        textarea #ticket name="ticket" rows="4" autocomplete="off" spellcheck="false" {} }
                    div.field { label for="ticket-file" { (ctx.t("join-file")) } input #ticket-file name="file" type="file" accept=".txt,text/plain"; }
                    div.actions { button type="submit" { (ctx.t("join-ask")) } }
                }
            }
            section #found {
                h2 { (ctx.t("found-title")) }
                p.hint { (ctx.t("found-how")) }
                form.record method="post" action="/partners/found" {
                    (name_control(ctx, "found", &ctx.t("found-name"), refused))
                    div.actions { button.quiet type="submit" { (ctx.t("found-found")) } }
                }
            }
        }
    }
}

fn join_state(ctx: &Ctx, joining: &JoinStatus) -> Markup {
    html! {
        section.card aria-labelledby="join-state" {
            h2 #join-state { (ctx.t(&format!("join-stage-{}", joining.stage))) }
            @if let Some(number) = &joining.check_number {
                p { (ctx.t("check-number")) " " strong.check-number { (number) } }
                p { (ctx.t("join-read-out")) }
            }
            @if !joining.text.is_empty() { p.muted { (join_text(joining, ctx.lang)) } }
        }
    }
}

/// The page as it stands now, with why something was refused.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn again(mut ctx: Ctx, refused: impl Into<Refused<'_>>) -> Answer<Response> {
    ctx.seen = ctx.app.replay().last();
    ctx.status = ctx.app.node().status().await?;
    Ok(page(&ctx, Some(&refused.into())))
}

/// The name of a partner.
pub fn member_name(ctx: &Ctx, partner: &PartnerId) -> String {
    ctx.status.roster.name_of(partner)
}

/// `GET /partners/invites/{id}/ticket`: an open ticket as a file.
///
/// # Errors
/// 404.
pub async fn ticket_file(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let open = ctx.status.tickets.iter().find(|ticket| ticket.id == id && ticket.state == "open");
    let text = open.and_then(|ticket| ticket.text.clone()).ok_or_else(|| Problem::not_found("this ticket"))?;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let name = HeaderValue::from_static("attachment; filename=\"comin-ticket.txt\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], format!("{text}\n")).into_response())
}

/// Runs a command, then shows the page again, with the reason where it was refused.
async fn run(ctx: Ctx, command: Command) -> Answer<Response> {
    match ctx.app.node().command(command).await {
        Ok(_) => Ok(Redirect::to("/partners").into_response()),
        Err(error) => Ok(page(&ctx, Some(&Refused::from(&error.into())))),
    }
}

/// `POST /partners/found`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn found(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    match partner_name(value(&pairs, "name")) {
        Ok(name) => run(ctx, Command::Found { name, carry_over: false }).await,
        Err(problem) => Ok(page(&ctx, Some(&Refused { problem: &problem, form: "found", sent: &pairs }))),
    }
}

/// `POST /partners/join`: a ticket, pasted or as a file.
///
/// # Errors
/// 503 where the engine has stopped; 400, 415 for what is no such form.
pub async fn join(ctx: Ctx, headers: HeaderMap, body: Bytes) -> Answer<Response> {
    let parts = parts(&headers, &body)?;
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name)?;
        Some(String::from_utf8_lossy(&part.body).split_whitespace().collect::<String>()).filter(|text| !text.is_empty())
    };
    let ticket = text("ticket").or_else(|| text("file")).unwrap_or_default();
    run(ctx, Command::Join { ticket }).await
}

/// `POST /partners/invite`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn invite(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    match make_invite(&ctx.app, value(&pairs, "name"), value(&pairs, "country"), None).await {
        Ok(ticket) => Ok(Redirect::to(&format!("/partners?made={}", ticket.id)).into_response()),
        Err(problem) => again(ctx, Refused { problem: &problem, form: "invite", sent: &pairs }).await,
    }
}

/// `POST /partners/invites/{id}/cancel`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn cancel_invite(ctx: Ctx, Path(ticket): Path<String>) -> Answer<Response> {
    run(ctx, Command::CancelInvite { ticket }).await
}

/// `POST /partners/approvals/{id}/approve`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn approve(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    run(ctx, Command::Approve { id }).await
}

/// `POST /partners/approvals/{id}/reject`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn reject(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    run(ctx, Command::Reject { id }).await
}
