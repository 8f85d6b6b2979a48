//! The page: what people open in a browser. HTML is made here from the same functions that the API uses;
//! nothing is loaded from elsewhere, and everything but live updates works without JavaScript.

mod assets;
mod conflicts;
mod exchange;
mod form;
mod layout;
mod lists;
mod overview;
mod partners;
mod record;
mod show;
mod write;

use crate::api::{AppState, Form, Problem};
use crate::i18n::Lang;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

/// What forms send: pairs in order, since check boxes repeat their name.
pub type Pairs = Form<Vec<(String, String)>>;

/// The pages' routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(overview::show))
        .route("/networks", get(lists::networks))
        .route("/organisations", get(lists::organisations))
        .route("/practices", get(lists::practices))
        .route("/events", get(lists::events))
        .route("/records/new", get(write::new).post(write::create))
        .route("/records/{id}", get(record::show))
        .route("/records/{id}/edit", get(write::edit).post(write::save))
        .route("/records/{id}/delete", post(write::delete))
        .route("/records/{id}/restore", post(write::restore))
        .route("/conflicts", get(conflicts::show))
        .route("/conflicts/{id}", post(conflicts::resolve))
        .route("/partners", get(partners::show))
        .route("/partners/found", post(partners::found))
        .route("/partners/invite", post(partners::invite))
        .route("/partners/join", post(partners::join))
        .route("/partners/invites/{id}/cancel", post(partners::cancel_invite))
        .route("/partners/approvals/{id}/approve", post(partners::approve))
        .route("/partners/approvals/{id}/reject", post(partners::reject))
        .route("/exchange/{verb}", post(exchange::act))
        .route("/static/app.css", get(assets::css))
        .route("/static/app.js", get(assets::js))
        .route("/favicon.svg", get(assets::icon))
        .route("/favicon.ico", get(assets::icon))
}

/// The value of a form's control.
pub fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// What a visitor sees instead of a page: why, and what to do.
pub fn refused(lang: Lang, problem: &Problem) -> Response {
    if problem.status == StatusCode::UNAUTHORIZED {
        return sign_in(lang);
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

/// The page that tells how to sign in.
pub fn sign_in(lang: Lang) -> Response {
    let title = lang.text("sign-in-title");
    let body = html! {
        h1 { (title) }
        p { (lang.text("sign-in-how")) }
        pre { "comin open" }
        p.hint { (lang.text("sign-in-why")) }
    };
    (StatusCode::UNAUTHORIZED, alone(lang, &title, body)).into_response()
}

fn alone(lang: Lang, title: &str, body: Markup) -> Html<String> {
    let main = html! { main.alone #main { div.brand { (assets::logo()) strong { "COM-IN" } } (body) } };
    Html(layout::frame(lang, &format!("{title} · COM-IN"), None, main).into_string())
}
