//! `/registers`: what is kept in which register, who writes and who reads it; a new shared one, and other writers.

use super::decide::Question;
use super::layout::{Ctx, Place};
use super::show::{country, icon};
use super::{Pairs, value};
use crate::api::{Answer, Form, Problem, partner_name};
use crate::views::{register_label, sort_key};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::engine::{Command, Reply};
use comin_protocol::ids::{PartnerId, RegisterId};
use comin_protocol::roster::{Partner, Register, RegisterKind};
use comin_protocol::statement::{Rights, Writers};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// `GET /registers`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    Ok(page(&ctx, "", None))
}

/// The page; `name`: what was entered for a new register, with why it was refused.
fn page(ctx: &Ctx, name: &str, refused: Option<&Problem>) -> Response {
    let main = html! {
        h1 { (ctx.t("menu-writers")) }
        @if let Some(problem) = refused {
            div.callout.error-summary role="alert" { (icon("act")) div { (super::refusal_words(ctx.lang, problem)) } }
        }
        p.lead { (ctx.t("registers-lead")) }
        section #registers data-live aria-labelledby="registers-title" {
            h2 #registers-title { (ctx.t("registers-list")) }
            (table(ctx))
        }
        @if ctx.status.roster.federation.is_none() { p.hint { (ctx.t("registers-alone")) } }
        @else if !decides_for_all(ctx) { p.hint { (ctx.t("registers-stewards")) } }
        @else {
            section aria-labelledby="new-register" {
                h2 #new-register { (ctx.t("registers-add")) }
                p.hint { (majority(ctx)) }
                form.record method="post" action="/registers" {
                    div.field { label for="register-name" { (ctx.t("registers-name")) }
                        input #register-name name="name" type="text" required maxlength="200" autocomplete="off" value=(name)
                            aria-invalid=[refused.map(|_| "true")]; }
                    (choice(ctx, &Writers::All, None))
                    div.actions { button type="submit" { (ctx.t("registers-add-go")) } }
                }
            }
        }
    };
    let mut response = ctx.page(Place::Registers, &ctx.t("menu-writers"), main);
    if let Some(problem) = refused {
        *response.status_mut() = problem.status;
    }
    response
}

/// Whether the visitor may propose what the stewards decide.
fn decides_for_all(ctx: &Ctx) -> bool {
    ctx.is_admin() && ctx.status.roster.is_steward_device(&ctx.status.device)
}

fn majority(ctx: &Ctx) -> String {
    let (_, majority) = ctx.status.roster.stewards();
    ctx.tw("decide-majority", &[("n", majority.into())])
}

/// Whether the visitor may set who writes a register.
fn may_set(ctx: &Ctx, register: &Register) -> bool {
    let roster = &ctx.status.roster;
    match register.kind {
        RegisterKind::Shared => decides_for_all(ctx),
        RegisterKind::Partner => {
            register.owner == Some(ctx.status.partner)
                && roster.federation.is_some()
                && ctx.is_admin()
                && roster.has_right(&ctx.status.device, Rights::ADMIN)
        }
        RegisterKind::Internal => false,
    }
}

fn table(ctx: &Ctx) -> Markup {
    let roster = &ctx.status.roster;
    let heads = ["name", "writers", "readers", "records", "act"].map(|key| ctx.t(&format!("registers-col-{key}")));
    let mut registers: Vec<&Register> =
        roster.registers.values().filter(|register| roster.may_read(&register.id, &ctx.status.device)).collect();
    let order = |register: &&Register| {
        let own = register.owner == Some(ctx.status.partner);
        let group = match register.kind {
            RegisterKind::Shared => 2,
            _ if !own => 3,
            RegisterKind::Partner => 0,
            RegisterKind::Internal => 1,
        };
        (group, sort_key(ctx.lang, &register.name), register.id)
    };
    registers.sort_by_cached_key(order);
    html! {
        table.cards role="table" {
            caption.vh { (ctx.t("registers-list")) }
            thead role="rowgroup" { tr role="row" {
                @for (n, head) in heads.iter().enumerate() { th.num[n == 3] role="columnheader" scope="col" { (head) } }
            } }
            tbody role="rowgroup" {
                @for register in registers {
                    @let label = register_label(ctx.lang, roster, &ctx.status.partner, &register.id);
                    tr role="row" id={ "register-" (register.id.short()) } {
                        th role="rowheader" scope="row" {
                            (label) " " span.tag { (ctx.t(kind_word(register.kind))) }
                            @if !roster.may_write(&register.id, &ctx.status.device) { " " span.muted { (ctx.t("record-read-only")) } }
                        }
                        td role="cell" data-label=(heads[1]) { (written_by(ctx, register)) }
                        td role="cell" data-label=(heads[2]) { (ctx.t(readers(ctx, register))) }
                        td.num role="cell" data-label=(heads[3]) { (ctx.lang.number(records(ctx, &register.id))) }
                        td role="cell" data-label=(heads[4]) {
                            @if may_set(ctx, register) {
                                a.button.quiet.small href={ "/registers/" (register.id) "/writers" } { (ctx.t("registers-set")) span.vh { " " (label) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn kind_word(kind: RegisterKind) -> &'static str {
    match kind {
        RegisterKind::Partner => "cli-register-partner",
        RegisterKind::Internal => "cli-register-internal",
        RegisterKind::Shared => "registers-shared",
    }
}

fn readers(ctx: &Ctx, register: &Register) -> &'static str {
    match register.kind {
        RegisterKind::Internal => "registers-own-machines",
        _ if ctx.status.roster.federation.is_none() => "registers-own-machines",
        _ => "registers-all",
    }
}

fn records(ctx: &Ctx, register: &RegisterId) -> u64 {
    ctx.status.docs.iter().filter(|doc| doc.doc.register == *register).map(|doc| doc.records).sum()
}

/// Who writes a register, its owner first.
fn written_by(ctx: &Ctx, register: &Register) -> Markup {
    let named = match &register.writers {
        Writers::All => return html! { (ctx.t("registers-all")) },
        Writers::Partners(partners) => partners.iter().filter(|id| register.owner.as_ref() != Some(*id)),
    };
    let mut names: Vec<String> = named.map(|id| ctx.status.roster.name_of(id)).collect();
    names.sort_by_cached_key(|name| sort_key(ctx.lang, name));
    let owner = register.owner.iter().map(|owner| ctx.status.roster.name_of(owner));
    html! { ul.set { @for name in owner.chain(names) { li { (name) } } } }
}

/// The choice of writers; `owner`: who writes in any case.
fn choice(ctx: &Ctx, writers: &Writers, owner: Option<&PartnerId>) -> Markup {
    let roster = &ctx.status.roster;
    let mut partners: Vec<&Partner> =
        roster.partners.values().filter(|partner| partner.admitted && Some(&partner.id) != owner).collect();
    partners.sort_by_cached_key(|partner| (sort_key(ctx.lang, &partner.name), partner.id));
    let is_one = |id: &PartnerId| matches!(writers, Writers::Partners(partners) if partners.contains(id));
    html! {
        fieldset.field #writers {
            legend { (ctx.t("registers-choose")) }
            @if let Some(owner) = owner { p.hint { (ctx.tw("registers-owner", &[("name", roster.name_of(owner).into())])) } }
            div.checks {
                div.check {
                    input #writers-all type="checkbox" name="all" value="yes" checked[*writers == Writers::All];
                    label for="writers-all" { (ctx.t("registers-choose-all")) }
                }
                @for partner in partners {
                    @let id = format!("writer-{}", partner.id.short());
                    div.check {
                        input id=(id) type="checkbox" name="writer" value=(partner.id) checked[is_one(&partner.id)];
                        label for=(id) { (partner.name) " " span.muted { (country(ctx.lang, &partner.country)) } }
                    }
                }
            }
        }
    }
}

/// The writers that a form names; whoever chooses all need choose nobody besides.
fn chosen(ctx: &Ctx, pairs: &[(String, String)]) -> Answer<Writers> {
    if value(pairs, "all") == "yes" {
        return Ok(Writers::All);
    }
    let known = |id: &str| {
        let partner = PartnerId::from_hex(id).and_then(|id| ctx.status.roster.partners.get(&id));
        partner.map(|partner| partner.id).ok_or_else(|| Problem::not_found("this partner"))
    };
    let named = pairs.iter().filter(|(name, _)| name == "writer");
    Ok(Writers::Partners(named.map(|(_, id)| known(id)).collect::<Answer<BTreeSet<_>>>()?))
}

/// A shared register that nobody writes would be of no use to anybody.
fn somebody(writers: Writers) -> Answer<Writers> {
    match writers {
        Writers::Partners(partners) if partners.is_empty() => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-writers", "nobody would write this register")
                .hint("choose at least one partner, or all"))
        }
        writers => Ok(writers),
    }
}

/// `POST /registers`: a new shared register.
///
/// # Errors
/// 503 where the engine has stopped; why it was refused is shown.
pub async fn add(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let named = value(&pairs, "name");
    let made = async {
        let name = partner_name(named)?;
        let writers = somebody(chosen(&ctx, &pairs)?)?;
        Ok::<_, Problem>(ctx.app.node().command(Command::AddRegister { name, writers }).await?)
    };
    match made.await {
        Ok(Reply::Proposed { .. }) => Ok(Redirect::to("/partners#approvals").into_response()),
        Ok(_) => Ok(Redirect::to("/registers").into_response()),
        Err(problem) => Ok(page(&ctx, named, Some(&problem))),
    }
}

fn register<'a>(ctx: &'a Ctx, id: &str) -> Answer<&'a Register> {
    let found = RegisterId::from_hex(id).and_then(|id| ctx.status.roster.registers.get(&id));
    found.filter(|register| may_set(ctx, register)).ok_or_else(|| Problem::not_found("this register"))
}

/// `GET /registers/{id}/writers`: who writes it, to be changed.
///
/// # Errors
/// 404 for what there is not, or whose writers the visitor does not set.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let register = register(&ctx, &id)?;
    Ok(form(&ctx, register, &register.writers, None))
}

fn form(ctx: &Ctx, register: &Register, writers: &Writers, refused: Option<&Problem>) -> Response {
    let label = register_label(ctx.lang, &ctx.status.roster, &ctx.status.partner, &register.id);
    let title = ctx.tw("registers-writers", &[("name", label.into())]);
    let main = html! {
        h1 { (title) }
        @if let Some(problem) = refused {
            div.callout.error-summary role="alert" { (icon("act")) div {
                (super::refusal_words(ctx.lang, problem))
                p { a href="#writers-all" { (ctx.t("registers-choose")) } }
            } }
        }
        form.record method="post" action={ "/registers/" (register.id) "/writers" } {
            (choice(ctx, writers, register.owner.as_ref()))
            @if register.kind == RegisterKind::Shared { p.hint { (majority(ctx)) } }
            div.actions {
                button type="submit" { (ctx.t("registers-set-go")) }
                a.button.quiet href="/registers" { (ctx.t("form-cancel")) }
            }
        }
    };
    let mut response = ctx.page(Place::Registers, &title, main);
    if let Some(problem) = refused {
        *response.status_mut() = problem.status;
    }
    response
}

/// Who writes a register now and would not any more.
fn dropped(ctx: &Ctx, register: &Register, writers: &Writers) -> Vec<String> {
    let roster = &ctx.status.roster;
    let writes = |of: &Writers, id: &PartnerId| match of {
        Writers::All => true,
        Writers::Partners(partners) => partners.contains(id),
    };
    let partners = roster.partners.values().filter(|partner| partner.admitted && register.owner != Some(partner.id));
    let mut names: Vec<String> = partners
        .filter(|partner| writes(&register.writers, &partner.id) && !writes(writers, &partner.id))
        .map(|partner| partner.name.clone())
        .collect();
    names.sort_by_cached_key(|name| sort_key(ctx.lang, name));
    names
}

/// `POST /registers/{id}/writers`: where somebody would write no more, first asks whether this is meant.
///
/// # Errors
/// As [`ask`]; 503 where the engine has stopped.
pub async fn set(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let register = register(&ctx, &id)?;
    let mut writers = chosen(&ctx, &pairs)?;
    if register.kind == RegisterKind::Shared {
        writers = match somebody(writers) {
            Ok(writers) => writers,
            Err(problem) => return Ok(form(&ctx, register, &Writers::Partners(BTreeSet::new()), Some(&problem))),
        };
    }
    let dropped = dropped(&ctx, register, &writers);
    if !dropped.is_empty() && value(&pairs, "confirmed") != "yes" {
        return Ok(question(&ctx, register, &writers, &dropped).page(&ctx));
    }
    match ctx.app.node().command(Command::SetWriters { register: register.id, writers: writers.clone() }).await {
        Ok(Reply::Proposed { .. }) => Ok(Redirect::to("/partners#approvals").into_response()),
        Ok(_) => Ok(Redirect::to("/registers").into_response()),
        Err(error) => Ok(form(&ctx, register, &writers, Some(&error.into()))),
    }
}

fn question(ctx: &Ctx, register: &Register, writers: &Writers, dropped: &[String]) -> Question {
    let label = register_label(ctx.lang, &ctx.status.roster, &ctx.status.partner, &register.id);
    let mut hidden = vec![("confirmed", "yes".to_owned())];
    match writers {
        Writers::All => hidden.push(("all", "yes".to_owned())),
        Writers::Partners(partners) => hidden.extend(partners.iter().map(|id| ("writer", id.to_string()))),
    }
    let mut follows =
        vec![ctx.tw("registers-dropped", &[("names", dropped.join(", ").into())]), ctx.t("registers-stays")];
    if register.kind == RegisterKind::Shared {
        follows.push(majority(ctx));
    }
    Question {
        place: Place::Registers,
        title: ctx.tw("registers-ask", &[("name", label.into())]),
        follows,
        action: format!("/registers/{}/writers", register.id),
        hidden,
        yes: ctx.t("registers-yes"),
        back: "/registers",
    }
}
