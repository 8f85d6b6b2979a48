//! `/settings`: who this node is, who signs in over the office network, and which calendars read the events.

use super::layout::{Ctx, Place};
use super::show::{country, icon};
use super::{Pairs, value};
use crate::api::{Answer, Form, Problem, calendar_addresses, hashing};
use crate::users::Role;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// What is told once, above everything else.
enum Told {
    /// The password of a user.
    Password(String, String),
    /// The addresses of a calendar.
    Calendar(String, Vec<String>),
    /// Why something was refused.
    Refused(Problem),
}

/// `GET /settings`.
pub async fn show(ctx: Ctx) -> Response {
    page(&ctx, None)
}

fn page(ctx: &Ctx, told: Option<&Told>) -> Response {
    let main = html! {
        h1 { (ctx.t("menu-settings")) }
        @if let Some(told) = told { (say(ctx, told)) }
        (identity(ctx))
        (users(ctx))
        (calendars(ctx))
    };
    let mut response = ctx.page(Place::Settings, &ctx.t("menu-settings"), main);
    if let Some(Told::Refused(problem)) = told {
        *response.status_mut() = problem.status;
    }
    response
}

fn say(ctx: &Ctx, told: &Told) -> Markup {
    match told {
        Told::Password(name, password) => html! {
            div.callout.good role="status" { (icon("good")) div {
                p { (ctx.tw("cli-user-password", &[("name", name.as_str().into())])) }
                code.ticket { (password) }
            } }
        },
        Told::Calendar(name, addresses) => html! {
            div.callout.good role="status" { (icon("good")) div {
                p { (ctx.tw("cli-calendar-address", &[("name", name.as_str().into())])) }
                @for address in addresses { code.ticket { (address) } }
            } }
        },
        Told::Refused(problem) => html! {
            div.callout.error-summary role="alert" { (icon("act")) div { (super::refusal_words(ctx.lang, problem)) } }
        },
    }
}

fn identity(ctx: &Ctx) -> Markup {
    let roster = &ctx.status.roster;
    let own = roster.partners.get(&ctx.status.partner);
    let device = roster.devices.get(&ctx.status.device);
    let row = |key: &str, value: Markup| html! { div { dt { (ctx.t(key)) } dd { (value) } } };
    let place = ctx.app.backups().map(|backups| backups.dir().path().display().to_string());
    html! {
        section.card aria-labelledby="who-title" {
            h2 #who-title { (ctx.t("settings-who")) }
            dl.values {
                (row("settings-name", html! { (ctx.own_name()) }))
                (row("field-country", html! { (own.map(|own| country(ctx.lang, &own.country)).unwrap_or_default()) }))
                (row("settings-machine", html! { (device.map_or("", |device| device.name.as_str())) " " code { (ctx.status.device.short()) } }))
                @if let Some(federation) = &roster.federation { (row("settings-partnership", html! { (federation.name) })) }
                (row("start-language", html! { span lang=(ctx.app.language().code()) { (ctx.app.language().own_name()) } }))
                @if let Some(place) = place { (row("settings-place", html! { code { (place) } })) }
            }
            p.hint { (ctx.t("settings-file")) }
        }
    }
}

fn users(ctx: &Ctx) -> Markup {
    let users = ctx.app.users().list();
    let heads = ["name", "role", "act"].map(|key| ctx.t(&format!("settings-col-{key}")));
    html! {
        section aria-labelledby="users-title" {
            h2 #users-title { (ctx.t("settings-users")) }
            @if let Some((office, port)) = ctx.app.office() {
                p { (ctx.t("settings-office")) " " @for address in office.addresses(*port) { code { (address) } " " } }
            } @else { p { (ctx.t("settings-office-none")) } }
            @if users.is_empty() { p.empty { (ctx.t("settings-users-none")) } } @else {
                table.cards role="table" {
                    caption.vh { (ctx.t("settings-users")) }
                    thead role="rowgroup" { tr role="row" { @for head in &heads { th role="columnheader" scope="col" { (head) } } } }
                    tbody role="rowgroup" {
                        @for (name, role) in &users {
                            tr role="row" {
                                th role="rowheader" scope="row" { (name) }
                                td role="cell" data-label=(heads[1]) { (ctx.t(&format!("role-{}", role.as_str()))) }
                                td role="cell" data-label=(heads[2]) { div.actions {
                                    form method="post" action={ "/settings/users/" (name) "/reset" } {
                                        button.quiet.small type="submit" { (ctx.t("settings-reset")) span.vh { " " (name) } }
                                    }
                                    form method="post" action={ "/settings/users/" (name) "/remove" } {
                                        button.danger.small type="submit" { (ctx.t("settings-remove")) span.vh { " " (name) } }
                                    }
                                } }
                            }
                        }
                    }
                }
            }
            details #add-user {
                summary { (ctx.t("settings-add-user")) }
                form.record method="post" action="/settings/users" {
                    div.field { label for="user-name" { (ctx.t("sign-in-name")) }
                        input #user-name name="name" type="text" required maxlength="100" autocomplete="off" autocapitalize="none"; }
                    div.field { label for="user-role" { (ctx.t("settings-col-role")) }
                        select #user-role name="role" {
                            @for role in [Role::Editor, Role::Admin] { option value=(role.as_str()) { (ctx.t(&format!("role-{}", role.as_str()))) } }
                        } }
                    div.actions { button type="submit" { (ctx.t("settings-add")) } }
                }
            }
        }
    }
}

fn calendars(ctx: &Ctx) -> Markup {
    let calendars = ctx.app.calendars().list();
    html! {
        section aria-labelledby="calendars-title" {
            h2 #calendars-title { (ctx.t("settings-calendars")) }
            p { (ctx.t("settings-calendars-how")) }
            @if !calendars.is_empty() {
                ul.links {
                    @for calendar in &calendars {
                        li { div.head {
                            span { strong { (calendar.name) } " " span.muted { (ctx.t(if calendar.public { "cli-calendar-public" } else { "cli-calendar-all" })) } }
                            form method="post" action={ "/settings/calendars/" (calendar.name) "/remove" } {
                                button.danger.small type="submit" { (ctx.t("settings-remove")) span.vh { " " (calendar.name) } }
                            }
                        } }
                    }
                }
            }
            details #add-calendar {
                summary { (ctx.t("settings-add-calendar")) }
                form.record method="post" action="/settings/calendars" {
                    div.field { label for="calendar-name" { (ctx.t("settings-calendar-name")) }
                        input #calendar-name name="name" type="text" required maxlength="100" autocomplete="off"; }
                    div.field { div.check { input #calendar-public type="checkbox" name="public" value="yes";
                        label for="calendar-public" { (ctx.t("settings-calendar-public")) } } }
                    div.actions { button type="submit" { (ctx.t("settings-add")) } }
                }
            }
        }
    }
}

/// `POST /settings/users`: adds one and shows its password, once.
///
/// # Errors
/// 500 where the system gives no random bytes.
pub async fn add_user(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let (users, name) = (ctx.app.users().clone(), value(&pairs, "name").to_owned());
    let role = if value(&pairs, "role") == Role::Admin.as_str() { Role::Admin } else { Role::Editor };
    let named = name.clone();
    let told = match hashing(move || users.add(&named, role)).await {
        Ok(password) => Told::Password(name, password),
        Err(problem) => Told::Refused(problem),
    };
    Ok(page(&ctx, Some(&told)))
}

/// `POST /settings/users/{id}/reset`: another password, shown once.
///
/// # Errors
/// 500 where the system gives no random bytes.
pub async fn reset_user(ctx: Ctx, Path(name): Path<String>) -> Answer<Response> {
    let (users, named) = (ctx.app.users().clone(), name.clone());
    let told = match hashing(move || users.reset(&named)).await {
        Ok(password) => Told::Password(name, password),
        Err(problem) => Told::Refused(problem),
    };
    Ok(page(&ctx, Some(&told)))
}

/// `POST /settings/users/{id}/remove`: signed out at once.
///
/// # Errors
/// None; why it was refused is shown.
pub async fn remove_user(ctx: Ctx, Path(name): Path<String>) -> Answer<Response> {
    match ctx.app.users().remove(&name, ctx.app.office().is_none()) {
        Ok(()) => Ok(Redirect::to("/settings").into_response()),
        Err(error) => Ok(page(&ctx, Some(&Told::Refused(error.into())))),
    }
}

/// `POST /settings/calendars`: adds one and shows its addresses, once.
///
/// # Errors
/// None; why it was refused is shown.
pub async fn add_calendar(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let name = value(&pairs, "name");
    let told = match ctx.app.calendars().add(name, value(&pairs, "public") == "yes") {
        Ok(secret) => Told::Calendar(name.to_owned(), calendar_addresses(&ctx.app, &secret)),
        Err(error) => Told::Refused(error.into()),
    };
    Ok(page(&ctx, Some(&told)))
}

/// `POST /settings/calendars/{id}/remove`: its address opens nothing from that moment on.
///
/// # Errors
/// None; why it was refused is shown.
pub async fn remove_calendar(ctx: Ctx, Path(name): Path<String>) -> Answer<Response> {
    match ctx.app.calendars().remove(&name) {
        Ok(()) => Ok(Redirect::to("/settings").into_response()),
        Err(error) => Ok(page(&ctx, Some(&Told::Refused(error.into())))),
    }
}
