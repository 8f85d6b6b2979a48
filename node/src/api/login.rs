//! Signing a browser in: a one-time code, or a user's name and password, becomes a cookie.

use super::auth::Caller;
use super::context::{Form, Params};
use super::entrance::{Entrance, Remote};
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::i18n::Lang;
use crate::pages::{self, SignIn};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// `POST login-codes`: a one-time link. Refused to browsers: a login must not beget logins.
///
/// # Errors
/// 403 for a browser.
pub async fn make_code(
    State(app): State<AppState>,
    caller: Option<Extension<Caller>>,
) -> Answer<(StatusCode, Json<Value>)> {
    if caller.is_none_or(|caller| caller.0.is_browser()) {
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

/// `GET /login?code=`: takes the code, once, sets the cookie and shows the page. From the office network: where name and
/// password are asked for.
///
/// # Errors
/// 500 where the system gives no random bytes.
pub async fn login(
    State(app): State<AppState>,
    lang: Lang,
    entrance: Entrance,
    Params(params): Params<LoginParams>,
) -> Answer {
    let code = params.code.filter(|_| entrance == Entrance::Loopback);
    let cookie = match code {
        Some(code) => app.access().log_in(&code).map_err(|e| Problem::internal(e.to_string()))?,
        None => None,
    };
    match cookie {
        Some(cookie) => Ok(with_cookie(Redirect::to("/").into_response(), &cookie)),
        None => Ok(pages::sign_in(lang, entrance, SignIn::Asked, "/")),
    }
}

/// Longest path that somebody comes back to after signing in, in bytes.
const NEXT_BYTES_MAX: usize = 2_048;

/// A path as a place to come to after signing in: one of this node's pages, or the first. Anything that a browser could
/// take for another site is none, nor what is no page.
pub fn own_page(path: &str) -> &str {
    let plain = path.len() <= NEXT_BYTES_MAX && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let own = path.starts_with('/') && !path.starts_with("//");
    let page = !["/api/", "/live", "/login", "/logout", "/static/"].iter().any(|other| path.starts_with(other));
    if plain && own && page { path } else { "/" }
}

/// What `POST /login` takes.
#[derive(Deserialize)]
pub struct Credentials {
    name: String,
    password: String,
    /// The page that was asked for.
    #[serde(default)]
    next: String,
}

/// `POST /login`: name and password of a user, from the office network.
///
/// # Errors
/// 404 by another door; 500 where the system gives no random bytes.
pub async fn sign_in(
    State(app): State<AppState>,
    lang: Lang,
    entrance: Entrance,
    remote: Option<Extension<Remote>>,
    Form(given): Form<Credentials>,
) -> Answer {
    if entrance != Entrance::Office {
        return Err(Problem::not_found("this page").hint("run `comin open` for a one-time link"));
    }
    let wanted = own_page(&given.next).to_owned();
    let address = remote.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |remote| remote.0.0.ip());
    if let Some(left) = app.access().held_off(address, &given.name) {
        tracing::warn!(%address, "a sign-in from the office network was not looked at: too many have failed");
        let mut response = pages::sign_in(lang, entrance, SignIn::HeldOff, &wanted);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(left.as_secs() + 1));
        return Ok(response);
    }
    // Counted before it is known, so that many at once are no way around it.
    app.access().note_attempt(address, &given.name, true);
    let internal = |error: &dyn std::fmt::Display| Problem::internal(error.to_string());
    let permit = app.passwords().clone().acquire_owned().await.map_err(|error| internal(&error))?;
    let (users, name) = (app.users().clone(), given.name.clone());
    let checked = tokio::task::spawn_blocking(move || {
        // Kept until it is done, also where whoever asked has hung up.
        let _permit = permit;
        users.check(&given.name, &given.password)
    });
    let Some(user) = checked.await.map_err(|error| internal(&error))? else {
        tracing::warn!(%address, "a sign-in from the office network failed");
        return Ok(pages::sign_in(lang, entrance, SignIn::Wrong, &wanted));
    };
    app.access().note_attempt(address, &name, false);
    let cookie = app.access().log_in_user(user).map_err(|error| internal(&error))?;
    Ok(with_cookie(Redirect::to(&wanted).into_response(), &cookie))
}

/// `POST /logout`.
pub async fn logout(State(app): State<AppState>, lang: Lang, entrance: Entrance, headers: HeaderMap) -> Response {
    let cookie = app.access().log_out(&headers, entrance);
    with_cookie(pages::sign_in(lang, entrance, SignIn::Asked, "/"), &cookie)
}

/// `GET /office/root.crt`: the authority that browsers of the office are to trust.
///
/// # Errors
/// 404 where there is no page for the office.
pub async fn root(State(app): State<AppState>) -> Answer {
    let (office, _) = app.office().ok_or_else(|| Problem::not_found("a page for the office").hint("comin tls make"))?;
    let kind = HeaderValue::from_static("application/x-x509-ca-cert");
    Ok(([(header::CONTENT_TYPE, kind)], office.root_pem().to_owned()).into_response())
}

/// Adds a `Set-Cookie`.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_come_back_to() {
        for own in
            ["/", "/organisations?country=IT&q=%C4%8D", "/records/organisation:00ff?register=ab", "/partners#tickets"]
        {
            assert_eq!(own_page(own), own, "{own} is a page of this node");
        }
        let long = format!("/{}", "x".repeat(NEXT_BYTES_MAX));
        for other in [
            "",
            "organisations",
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x=1",
            "/api/v1/status",
            "/login?code=1",
            "/logout",
            long.as_str(),
        ] {
            assert_eq!(own_page(other), "/", "{other:?} is none");
        }
    }
}
