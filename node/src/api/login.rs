//! Signing a browser in: a one-time code becomes a cookie.

use super::context::Params;
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::i18n::Lang;
use crate::pages;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// `POST login-codes`: a one-time link. Refused to browsers: a login must not beget logins.
///
/// # Errors
/// 403 for a browser.
pub async fn make_code(
    State(app): State<AppState>,
    caller: Option<axum::Extension<super::auth::Caller>>,
) -> Answer<(StatusCode, Json<Value>)> {
    if !caller.is_some_and(|caller| caller.0 != super::auth::Caller::Browser) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "only the command line makes login links")
            .hint("run `comin open`"));
    }
    let code = app.access().make_code().map_err(|e| Problem::internal(e.to_string()))?;
    let path = format!("/login?code={code}");
    let url = app.port().map(|port| format!("http://localhost:{port}{path}"));
    Ok((StatusCode::CREATED, Json(json!({"schema": 1, "code": code, "path": path, "url": url}))))
}

/// Parameters of `GET /login`.
#[derive(Deserialize)]
pub struct LoginParams {
    code: Option<String>,
}

/// `GET /login?code=`: takes the code, once, sets the cookie and shows the page.
///
/// # Errors
/// 500 where the system gives no random bytes.
pub async fn login(State(app): State<AppState>, lang: Lang, Params(params): Params<LoginParams>) -> Answer {
    let cookie = match params.code {
        Some(code) => app.access().log_in(&code).map_err(|e| Problem::internal(e.to_string()))?,
        None => None,
    };
    match cookie {
        Some(cookie) => Ok(with_cookie(Redirect::to("/").into_response(), &cookie)),
        None => Ok(pages::sign_in(lang)),
    }
}

/// `POST /logout`.
pub async fn logout(State(app): State<AppState>, lang: Lang, headers: HeaderMap) -> Response {
    let cookie = app.access().log_out(&headers);
    with_cookie(pages::sign_in(lang), &cookie)
}

/// Adds a `Set-Cookie`.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
