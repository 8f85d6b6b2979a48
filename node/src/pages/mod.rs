//! The page: what people open in a browser. Made here as HTML from the same functions as the API.

use crate::api::{AppState, Problem};
use crate::i18n::Lang;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The pages' routes.
pub fn router() -> Router<AppState> {
    Router::new()
}

/// What a visitor sees who is not signed in, or whose request was refused.
pub fn refused(app: &AppState, problem: &Problem) -> Response {
    let mut response = sign_in(app.language());
    *response.status_mut() = problem.status;
    response
}

/// The page that tells how to sign in.
pub fn sign_in(lang: Lang) -> Response {
    (StatusCode::UNAUTHORIZED, Html(lang.text("sign-in-title"))).into_response()
}
