//! What handlers take from a request besides its body.

use super::auth::cookie;
use super::problem::Problem;
use super::state::AppState;
use crate::i18n::Lang;
use axum::extract::rejection::{FormRejection, JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use serde::de::DeserializeOwned;

/// Name of the cookie that keeps the chosen language.
pub const LANG_COOKIE: &str = "comin_lang";

impl FromRequestParts<AppState> for Lang {
    type Rejection = std::convert::Infallible;

    /// `?lang=`, then the cookie, then the browser's wish, then the node's language.
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        Ok(language(&parts.uri, &parts.headers, app.language()))
    }
}

/// The language of a request: `?lang=`, then the cookie, then the browser's wish, then `fallback`.
pub fn language(uri: &Uri, headers: &HeaderMap, fallback: Lang) -> Lang {
    let asked = uri.query().and_then(lang_of_query);
    let kept = || cookie(headers, LANG_COOKIE).and_then(Lang::parse);
    let wished = || Lang::from_accept(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    asked.or_else(kept).or_else(wished).unwrap_or(fallback)
}

/// The language that a query string names.
pub fn lang_of_query(query: &str) -> Option<Lang> {
    query.split('&').find_map(|pair| Lang::parse(pair.strip_prefix("lang=")?))
}

/// A JSON body; a faulty one is a [`Problem`].
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let body = axum::Json::<T>::from_request(request, app).await;
        body.map(|axum::Json(value)| Self(value))
            .map_err(|error: JsonRejection| Problem::unreadable(error.status(), error.body_text()))
    }
}

/// What a form sends; a faulty one is a [`Problem`].
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let form = axum::Form::<T>::from_request(request, app).await;
        form.map(|axum::Form(value)| Self(value))
            .map_err(|error: FormRejection| Problem::unreadable(error.status(), error.body_text()))
    }
}

/// Query parameters; faulty ones are a [`Problem`].
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        query.map(|Query(value)| Self(value)).map_err(|error: QueryRejection| Problem::bad_request(error.body_text()))
    }
}
