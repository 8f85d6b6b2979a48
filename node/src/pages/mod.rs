//! The page: what people open in a browser. HTML is made here from the same functions that the API uses;
//! nothing is loaded from elsewhere, and everything but live updates works without JavaScript.

mod around;
mod assets;
mod board;
mod calendar;
mod conflicts;
mod control;
mod decide;
mod diagnose;
mod documents;
mod exchange;
mod filters;
pub mod first;
mod form;
mod history;
mod importing;
mod layout;
mod lists;
pub mod live;
mod machines;
mod memberships;
mod navigation;
mod news;
mod offers;
mod overview;
mod partners;
mod people;
mod pictures;
mod record;
mod registers;
mod search;
mod settings;
mod show;
mod statements;
mod todo;
mod work;
mod write;

use crate::api::{AppState, Entrance, Form, Problem};
use crate::i18n::Lang;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde_json::Value;

/// What forms send: pairs in order, since check boxes repeat their name.
pub type Pairs = Form<Vec<(String, String)>>;

/// The pages' routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(overview::show))
        .merge(work::router())
        .route("/partners", get(partners::show))
        .route("/partners/found", post(partners::found))
        .route("/partners/carry-over", post(decide::carry_over))
        .route("/partners/invite", post(partners::invite))
        .route("/partners/join", post(partners::join))
        .route("/partners/invites/{id}/ticket", get(partners::ticket_file))
        .route("/partners/invites/{id}/cancel", post(partners::cancel_invite))
        .route("/partners/approvals/{id}/approve", post(partners::approve))
        .route("/partners/approvals/{id}/reject", post(partners::reject))
        .route("/partners/{id}/remove", get(decide::ask_removal).post(decide::remove))
        .route("/stewards", post(decide::set_stewards))
        .route("/devices", get(decide::devices).post(machines::certify))
        .route("/devices/certificate", post(machines::certificate_file))
        .route("/devices/{id}/revoke", get(decide::ask_revocation).post(decide::revoke))
        .route("/registers", get(registers::show).post(registers::add))
        .route("/registers/{id}/writers", get(registers::ask).post(registers::set))
        .route("/exchange", get(exchange::show))
        .route("/exchange/now", post(exchange::now))
        .route("/exchange/{verb}", post(exchange::act))
        .route("/settings", get(settings::show))
        .route("/settings/users", post(settings::add_user))
        .route("/settings/users/{id}/reset", post(settings::reset_user))
        .route("/settings/users/{id}/remove", post(settings::remove_user))
        .route("/settings/calendars", post(settings::add_calendar))
        .route("/settings/calendars/{id}/remove", post(settings::remove_calendar))
        .route("/backup", get(diagnose::backup).post(diagnose::back_up))
        .route("/diagnose", get(diagnose::show))
        .route("/accessibility", get(statements::accessibility))
        .route("/privacy", get(statements::privacy))
        .route("/live", get(live::show))
        .route("/static/app.css", get(assets::css))
        .route("/static/app.js", get(assets::js))
        .route("/favicon.svg", get(assets::icon))
        .route("/favicon.ico", get(assets::icon))
}

/// The value of a form's control.
pub fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// A text of an object that the interface gives; empty where there is none.
fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of such an object; empty where there is none.
fn list<'a>(item: &'a Value, name: &str) -> &'a [Value] {
    item.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What a visitor sees instead of a page: why, and what to do; `wanted`: where he comes once he has signed in.
pub fn refused(lang: Lang, entrance: Entrance, problem: &Problem, wanted: &str) -> Response {
    if problem.status == StatusCode::UNAUTHORIZED {
        return sign_in(lang, entrance, SignIn::Asked, wanted);
    }
    let title = match problem.status {
        StatusCode::NOT_FOUND => lang.text("error-not-found"),
        StatusCode::FORBIDDEN => lang.text("error-forbidden"),
        _ => lang.text("error-title"),
    };
    let body = html! {
        h1 { (title) }
        (refusal_words(lang, problem))
        p { a.button href="/" { (lang.text("nav-overview")) } }
    };
    (problem.status, alone(lang, &title, body)).into_response()
}

/// Why something was refused, in the reader's language; the node's own words, which are English, folded below.
pub fn refusal_words(lang: Lang, problem: &Problem) -> Markup {
    let words = lang.lookup(&format!("problem-{}", problem.code), &[]);
    html! {
        p { (words.unwrap_or_else(|| lang.text("problem-internal"))) }
        details id="refusal-detail" {
            summary { (lang.text("error-detail")) }
            p lang="en" { (problem.detail) @if let Some(hint) = &problem.hint { br; (hint) } }
        }
    }
}

/// Why a form was refused, with a link to the control that is meant, by its id and label; `heading`: what did not
/// happen.
fn refused_at(ctx: &layout::Ctx, heading: &str, (id, label): (&str, &str), words: &str) -> Markup {
    html! {
        div.callout.error-summary role="alert" tabindex="-1" {
            (show::icon("act"))
            div {
                p { strong { (heading) } }
                p { a href={ "#" (id) } { (label) } (ctx.lang.colon()) (words) }
            }
        }
    }
}

/// The line at a control that says why it was refused.
fn error_line(id: &str, words: Option<&str>) -> Markup {
    html! { @if let Some(words) = words { p.error id={ (id) "-error" } { (words) } } }
}

/// Why somebody sees where to sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignIn {
    /// Nobody is signed in.
    Asked,
    /// Name and password do not fit.
    Wrong,
    /// They did not fit too often.
    HeldOff,
}

/// The page where somebody signs in and comes to the page that he wanted, or reads how.
pub fn sign_in(lang: Lang, entrance: Entrance, why: SignIn, wanted: &str) -> Response {
    let title = lang.text("sign-in-title");
    let body = match entrance {
        Entrance::Loopback => html! {
            h1 { (title) }
            p { (lang.text("sign-in-how")) }
            pre { "comin open" }
            p.hint { (lang.text("sign-in-why")) }
        },
        Entrance::Office => office_sign_in(lang, &title, why, wanted),
    };
    let status = if why == SignIn::HeldOff { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNAUTHORIZED };
    (status, alone(lang, &title, body)).into_response()
}

/// Name and password, and what to do about the browser's warning.
fn office_sign_in(lang: Lang, title: &str, why: SignIn, wanted: &str) -> Markup {
    let refused = match why {
        SignIn::Asked => None,
        SignIn::Wrong => Some(lang.text("sign-in-wrong")),
        SignIn::HeldOff => Some(lang.text("sign-in-held-off")),
    };
    html! {
        h1 { (title) }
        @if let Some(text) = refused { div.callout.error-summary role="alert" { (text) } }
        form.record method="post" action="/login" {
            @if wanted != "/" { input type="hidden" name="next" value=(wanted); }
            div.field {
                label for="name" { (lang.text("sign-in-name")) }
                input #name name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus;
            }
            div.field {
                label for="password" { (lang.text("sign-in-password")) }
                input #password name="password" type="password" autocomplete="current-password" required;
            }
            div.actions { button type="submit" { (title) } }
        }
        details {
            summary { (lang.text("office-trust")) }
            p { (lang.text("office-trust-why")) }
            p { a href="/office/root.crt" download="comin-office.crt" { (lang.text("office-trust-file")) } }
            p { (lang.text("office-trust-compare")) }
            ul {
                @for system in ["firefox", "windows", "macos", "android"] { li { (lang.text(&format!("office-trust-{system}"))) } }
            }
        }
    }
}

fn alone(lang: Lang, title: &str, body: Markup) -> Html<String> {
    let main = html! { main.alone #main { div.brand { (assets::logo()) strong { "COM-IN" } } (body) } };
    Html(layout::frame(lang, &format!("{title} · COM-IN"), None, main).into_string())
}
