//! What cannot be taken back, or needs others: who the stewards are, removing a partner, revoking a machine, carrying
//! a partnership over. Each has a page of its own that says in plain words what follows, and a button that does it.

use super::layout::{Ctx, Place};
use super::partners::{again, member_name};
use super::show::{country, icon};
use super::{Pairs, machines, value};
use crate::api::{Answer, Form, Problem, partner_name};
use crate::views;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::engine::{Command, Reply};
use comin_protocol::ids::{DeviceKey, PartnerId};
use comin_protocol::roster::{Device, Partner};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// A page that asks once more: what would be done, what follows, yes or back.
pub struct Question {
    /// Where in the navigation.
    pub place: Place,
    /// What would be done.
    pub title: String,
    /// What follows, a line each.
    pub follows: Vec<String>,
    /// Where the form goes.
    pub action: String,
    /// What the form repeats.
    pub hidden: Vec<(&'static str, String)>,
    /// The word of the button that does it.
    pub yes: String,
    /// Where whoever does not want it goes.
    pub back: &'static str,
}

impl Question {
    /// The page.
    pub fn page(&self, ctx: &Ctx) -> Response {
        let main = html! {
            h1 { (self.title) }
            div.callout.act { (icon("act")) div { ul { @for line in &self.follows { li { (line) } } } } }
            form.actions method="post" action=(self.action) {
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                button.danger type="submit" { (self.yes) }
                a.button.quiet href=(self.back) { (ctx.t("form-cancel")) }
            }
        };
        ctx.page(self.place, &self.title, main)
    }
}

/// Runs what stewards decide; where it waits for their signatures, the list of what waits shows it.
///
/// # Errors
/// 503 where the engine has stopped; why it was refused is shown.
pub async fn decided(ctx: Ctx, command: Command, to: &str) -> Answer<Response> {
    match ctx.app.node().command(command).await {
        Ok(Reply::Proposed { .. }) => Ok(Redirect::to("/partners#approvals").into_response()),
        Ok(_) => Ok(Redirect::to(to).into_response()),
        Err(error) => again(ctx, &error.into()).await,
    }
}

fn partner<'a>(ctx: &'a Ctx, id: &str) -> Answer<&'a Partner> {
    let found = PartnerId::from_hex(id).and_then(|id| ctx.status.roster.partners.get(&id));
    found.filter(|partner| partner.admitted).ok_or_else(|| Problem::not_found("this partner"))
}

/// `GET /partners/{id}/remove`: what follows.
///
/// # Errors
/// 404.
pub async fn ask_removal(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let partner = partner(&ctx, &id)?;
    let name = partner.name.clone();
    let mut follows: Vec<String> = ["removal-ever", "removal-keeps", "removal-data"].map(|key| ctx.t(key)).into();
    let (_, majority) = ctx.status.roster.stewards();
    follows.push(ctx.tw("decide-majority", &[("n", majority.into())]));
    let question = Question {
        place: Place::Partners,
        title: ctx.tw("removal-title", &[("name", name.as_str().into())]),
        follows,
        action: format!("/partners/{}/remove", partner.id),
        hidden: Vec::new(),
        yes: ctx.tw("removal-yes", &[("name", name.as_str().into())]),
        back: "/partners",
    };
    Ok(question.page(&ctx))
}

/// `POST /partners/{id}/remove`.
///
/// # Errors
/// 404.
pub async fn remove(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let partner = partner(&ctx, &id)?.id;
    decided(ctx, Command::RemovePartner { partner }, "/partners").await
}

/// The stewards, as a form: who is one, who decides.
pub fn stewards(ctx: &Ctx) -> Markup {
    let roster = &ctx.status.roster;
    let (count, majority) = roster.stewards();
    let mut partners: Vec<&Partner> = roster.partners.values().filter(|partner| partner.admitted).collect();
    partners.sort_by_cached_key(|partner| {
        (partner.id != ctx.status.partner, views::sort_key(ctx.lang, &partner.name), partner.id)
    });
    let is_steward = roster.partners.get(&ctx.status.partner).is_some_and(|partner| partner.steward);
    html! {
        section #stewards aria-labelledby="stewards-title" {
            h2 #stewards-title { (ctx.t("stewards-title")) }
            p { (ctx.tw("stewards-now", &[("n", majority.into()), ("count", count.into())])) }
            @if is_steward && ctx.is_admin() {
                details #stewards-set {
                    summary { (ctx.t("stewards-change")) }
                    form.record method="post" action="/stewards" {
                        fieldset.field {
                            legend { (ctx.t("stewards-choose")) }
                            p.hint { (ctx.t("stewards-odd")) }
                            div.checks {
                                @for partner in partners {
                                    @let id = format!("steward-{}", partner.id.short());
                                    div.check {
                                        input id=(id) type="checkbox" name="steward" value=(partner.id) checked[partner.steward];
                                        label for=(id) { (partner.name) " " span.muted { (country(ctx.lang, &partner.country)) } }
                                    }
                                }
                            }
                        }
                        div.actions { button.quiet type="submit" { (ctx.t("stewards-go")) } }
                    }
                }
            }
        }
    }
}

/// `POST /stewards`: first asks whether this is meant, then does it.
///
/// # Errors
/// 404 for an unknown partner.
pub async fn set_stewards(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let chosen = pairs.iter().filter(|(name, _)| name == "steward");
    let stewards: BTreeSet<PartnerId> = chosen.map(|(_, id)| Ok(partner(&ctx, id)?.id)).collect::<Answer<_>>()?;
    if value(&pairs, "confirmed") == "yes" || stewards.is_empty() {
        return decided(ctx, Command::SetStewards { stewards }, "/partners#stewards").await;
    }
    let names: Vec<String> = stewards.iter().map(|id| member_name(&ctx, id)).collect();
    let (_, majority) = ctx.status.roster.stewards();
    let mut hidden: Vec<(&'static str, String)> = stewards.iter().map(|id| ("steward", id.to_string())).collect();
    hidden.push(("confirmed", "yes".to_owned()));
    let question = Question {
        place: Place::Partners,
        title: ctx.t("stewards-confirm"),
        follows: vec![
            ctx.tw("stewards-then", &[("names", names.join(", ").into())]),
            ctx.t("stewards-only"),
            ctx.tw("decide-majority", &[("n", majority.into())]),
        ],
        action: "/stewards".to_owned(),
        hidden,
        yes: ctx.t("stewards-yes"),
        back: "/partners",
    };
    Ok(question.page(&ctx))
}

/// Where the stewards can never decide again: whoever sees that founds the partnership anew. Nothing where this machine
/// decides alone, or where somebody has carried it over already, about which people are asked first.
pub fn carrying_over(ctx: &Ctx) -> Markup {
    let roster = &ctx.status.roster;
    if roster.decides_alone(&ctx.status.device) || !ctx.status.carried_over.is_empty() || !ctx.is_admin() {
        return Markup::default();
    }
    html! {
        details #carry-over {
            summary { (ctx.t("carry-over-when")) }
            p { (ctx.t("carry-over-only")) }
            form.record method="post" action="/partners/carry-over" {
                div.field { label for="carry-over-name" { (ctx.t("carry-over-name")) }
                    input #carry-over-name name="name" type="text" required maxlength="200" autocomplete="off"; }
                div.actions { button.quiet type="submit" { (ctx.t("carry-over-next")) } }
            }
        }
    }
}

/// `POST /partners/carry-over`: first says what follows and who is asked, then founds.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn carry_over(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let name = match partner_name(value(&pairs, "name")) {
        Ok(name) => name,
        Err(problem) => return again(ctx, &problem).await,
    };
    if value(&pairs, "confirmed") == "yes" {
        return decided(ctx, Command::Found { name, carry_over: true }, "/partners").await;
    }
    let roster = &ctx.status.roster;
    let others = roster.partners.values().filter(|partner| partner.admitted && partner.id != ctx.status.partner);
    let mut others: Vec<&str> = others.map(|partner| partner.name.as_str()).collect();
    others.sort_by_cached_key(|name| views::sort_key(ctx.lang, name));
    let question = Question {
        place: Place::Partners,
        title: ctx.tw("carry-over-title", &[("name", name.as_str().into())]),
        follows: vec![
            ctx.t("carry-over-only"),
            ctx.t("carry-over-stays"),
            ctx.tw("carry-over-asked", &[("names", others.join(", ").into())]),
            ctx.t("carry-over-apart"),
        ],
        action: "/partners/carry-over".to_owned(),
        hidden: vec![("name", name.clone()), ("confirmed", "yes".to_owned())],
        yes: ctx.tw("carry-over-yes", &[("name", name.as_str().into())]),
        back: "/partners",
    };
    Ok(question.page(&ctx))
}

/// `GET /devices`: the machines of this partner, and how another one comes in.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn devices(ctx: Ctx) -> Answer<Response> {
    Ok(devices_page(&ctx, None, None))
}

/// The page, with what was done just now and why something was refused.
pub fn devices_page(ctx: &Ctx, done: Option<Markup>, refused: Option<&Problem>) -> Response {
    let own = ctx.status.partner;
    let valid = ctx.status.roster.devices.values().filter(|device| device.partner == own);
    let former = ctx.status.roster.former.values().filter(|device| device.partner == own);
    let devices: Vec<(&Device, bool)> =
        valid.map(|device| (device, false)).chain(former.map(|device| (device, true))).collect();
    let main = html! {
        h1 { (ctx.t("menu-devices")) }
        @if let Some(problem) = refused {
            div.callout.error-summary role="alert" { (icon("act")) div { (super::refusal_words(ctx.lang, problem)) } }
        }
        @if let Some(done) = done { (done) }
        p.lead { (ctx.t("devices-lead")) }
        section #machines data-live aria-labelledby="machines-title" {
            h2 #machines-title { (ctx.tw("devices-of", &[("name", ctx.own_name().into())])) }
            (table(ctx, &devices))
        }
        (machines::adding(ctx))
    };
    let mut response = ctx.page(Place::Devices, &ctx.t("menu-devices"), main);
    if let Some(problem) = refused {
        *response.status_mut() = problem.status;
    }
    response
}

fn table(ctx: &Ctx, devices: &[(&Device, bool)]) -> Markup {
    let heads = ["name", "key", "rights", "act"].map(|key| ctx.t(&format!("devices-col-{key}")));
    html! {
        table.cards role="table" {
            caption.vh { (ctx.t("menu-devices")) }
            thead role="rowgroup" { tr role="row" { @for head in &heads { th role="columnheader" scope="col" { (head) } } } }
            tbody role="rowgroup" {
                @for (device, revoked) in devices {
                    tr role="row" {
                        th role="rowheader" scope="row" {
                            (device.name)
                            @if device.key == ctx.status.device { " " span.tag.accent { (ctx.t("partners-this-device")) } }
                            @if *revoked { " " span.tag.warn { (ctx.t("devices-revoked")) } }
                        }
                        td role="cell" data-label=(heads[1]) { code { (device.key.short()) } }
                        td role="cell" data-label=(heads[2]) {
                            ul.set { @for right in crate::api::rights_words(device.rights) { li { (ctx.t(&format!("right-{right}"))) } } }
                        }
                        td role="cell" data-label=(heads[3]) {
                            @if !revoked && device.key != ctx.status.device && ctx.is_admin() {
                                a.button.quiet.small href={ "/devices/" (device.key) "/revoke" } { (ctx.t("devices-revoke")) span.vh { " " (device.name) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn device<'a>(ctx: &'a Ctx, id: &str) -> Answer<&'a Device> {
    let found = DeviceKey::from_hex(id).and_then(|key| ctx.status.roster.devices.get(&key));
    found.filter(|device| device.partner == ctx.status.partner).ok_or_else(|| Problem::not_found("this machine"))
}

/// `GET /devices/{id}/revoke`: what follows.
///
/// # Errors
/// 404.
pub async fn ask_revocation(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let device = device(&ctx, &id)?;
    let name = device.name.clone();
    let question = Question {
        place: Place::Devices,
        title: ctx.tw("revoke-title", &[("name", name.as_str().into())]),
        follows: ["revoke-ever", "revoke-keeps", "revoke-kit"].map(|key| ctx.t(key)).into(),
        action: format!("/devices/{}/revoke", device.key),
        hidden: Vec::new(),
        yes: ctx.tw("revoke-yes", &[("name", name.as_str().into())]),
        back: "/devices",
    };
    Ok(question.page(&ctx))
}

/// `POST /devices/{id}/revoke`.
///
/// # Errors
/// 404.
pub async fn revoke(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let device = device(&ctx, &id)?.key;
    match ctx.app.node().command(Command::RevokeDevice { device, by_key: None }).await {
        Ok(_) => Ok(Redirect::to("/devices").into_response()),
        Err(error) => Ok(devices_page(&ctx, None, Some(&error.into()))),
    }
}
