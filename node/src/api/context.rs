//! What handlers take from a request besides its body.

use super::auth::{Caller, cookie};
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

    /// `?lang=`, then the user's own, then the cookie, then the browser's wish, then the node's language.
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let own = parts.extensions.get().and_then(|caller| own_language(app, caller));
        Ok(language(&parts.uri, &parts.headers, own, app.language()))
    }
}

/// The language that somebody who signed in by name has chosen. On loopback the browser's cookie is all the profile there is.
pub fn own_language(app: &AppState, caller: &Caller) -> Option<Lang> {
    match caller {
        Caller::User(user) => app.users().language_of(&user.name),
        _ => None,
    }
}

/// The language of a request: `?lang=`, then the user's `own`, then the cookie, then the browser's wish, then `fallback`.
/// A browser of the office may have the cookie of whoever sat there before.
pub fn language(uri: &Uri, headers: &HeaderMap, own: Option<Lang>, fallback: Lang) -> Lang {
    let asked = uri.query().and_then(lang_of_query);
    let kept = || cookie(headers, LANG_COOKIE).and_then(Lang::parse);
    let wished = || Lang::from_accept(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    asked.or(own).or_else(kept).or_else(wished).unwrap_or(fallback)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_chose_comes_before_what_the_browser_wishes_and_that_before_the_nodes_setting() {
        let all = [(header::COOKIE, "comin_lang=it"), (header::ACCEPT_LANGUAGE, "sl, en;q=0.5")];
        let ask = |path: &str, own, headers: &[(header::HeaderName, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
            language(&path.parse().unwrap(), &headers, own, Lang::En)
        };
        assert_eq!(ask("/?lang=fr", Some(Lang::Sl), &all), Lang::Fr, "what is asked for now");
        assert_eq!(ask("/", Some(Lang::Fr), &all), Lang::Fr, "the user's own");
        assert_eq!(ask("/", None, &all), Lang::It, "the browser's cookie");
        assert_eq!(ask("/", None, &all[1..]), Lang::Sl, "the browser's wish");
        assert_eq!(ask("/", None, &[]), Lang::En, "the node's setting");
        assert_eq!(
            ask("/?lang=xx", None, &[(header::ACCEPT_LANGUAGE, "de")]),
            Lang::En,
            "what nobody speaks is no wish"
        );
    }
}
