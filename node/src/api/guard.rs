//! The guard before every route: where a request comes from, and who sends it.
//!
//! A page on the internet must not reach a node on loopback through its visitor's browser. So the `Host` must
//! be our own (rebinding), `Origin` must be our own (forged requests), and `Sec-Fetch-Site` must not speak of
//! another site. Requests of the control socket and of this process are marked [`Trusted`] by the server side
//! and pass. Over the office network users come, and [`rights`] says what each may do.

use super::auth::{Caller, Trusted};
use super::context;
use super::entrance::Entrance;
use super::limits::REQUEST_TIME;
use super::login;
use super::problem::Problem;
use super::rights;
use super::state::AppState;
use crate::i18n::Lang;
use crate::pages;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Paths that anyone may read who can connect. They tell nothing about the partnership.
const OPEN: [&str; 6] = ["/healthz", "/readyz", "/login", "/office/root.crt", "/favicon.svg", "/favicon.ico"];
/// Paths that take longer than a request may by nature.
const LONG: [&str; 8] = [
    "/api/v1/stream",
    "/live",
    "/api/v1/sync",
    "/api/v1/export",
    "/api/v1/import",
    "/api/v1/backup",
    "/api/v1/check",
    "/import",
];

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Only our own files, no frames, no plugins: content of other partners is shown on these pages.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The guard as a middleware: refuses, or hands on with a [`Caller`] in the extensions.
pub async fn guard(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let entrance = request.extensions().get::<Entrance>().copied().unwrap_or_default();
    let page = wants_page(&request).then(|| (language(&app, entrance, &request), wanted(&request)));
    let response = as_problem(match admit(&app, entrance, &request) {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            run(request, next).await
        }
        Err(problem) => problem.into_response(),
    });
    // People get the same reason and the same hint, as a page.
    let problem = response.extensions().get::<Problem>();
    match (page, problem) {
        (Some((lang, wanted)), Some(problem)) => secured(pages::refused(lang, entrance, problem, &wanted)),
        _ => secured(response),
    }
}

/// A refusal of the web framework itself, such as an address that is no UTF-8, in the form of all others.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match refused && plain && response.extensions().get::<Problem>().is_none() {
        true => {
            let reason = status.canonical_reason().unwrap_or("refused").to_lowercase();
            Problem::unreadable(status, format!("the request was not understood: {reason}")).into_response()
        }
        false => response,
    }
}

fn language(app: &AppState, entrance: Entrance, request: &Request) -> Lang {
    let caller = app.access().caller(request.headers(), entrance);
    let own = caller.and_then(|caller| context::own_language(app, &caller));
    context::language(request.uri(), request.headers(), own, app.language())
}

async fn run(request: Request, next: Next) -> Response {
    if LONG.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "the node did not answer in time")
            .hint("look at `comin status`; the request may still be carried out")
            .into_response(),
    }
}

fn wants_page(request: &Request) -> bool {
    !request.uri().path().starts_with("/api/")
        && request.headers().get(header::ACCEPT).is_some_and(|v| v.to_str().is_ok_and(|v| v.contains("text/html")))
}

/// The page that a request asks for, to come back to it: a form that was sent is not sent again.
fn wanted(request: &Request) -> String {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let asks = *request.method() == Method::GET;
    if asks { login::own_page(path).to_owned() } else { "/".to_owned() }
}

fn is_open(path: &str) -> bool {
    // Calendars cannot sign in: the secret in the address is theirs.
    OPEN.contains(&path) || path.starts_with("/static/") || path.starts_with("/calendar/")
}

/// Decides on one request.
fn admit(app: &AppState, entrance: Entrance, request: &Request) -> Result<Option<Caller>, Problem> {
    if request.extensions().get::<Trusted>().is_some() {
        return Ok(Some(Caller::Trusted));
    }
    let headers = request.headers();
    let host = own_host(headers, &hosts(app, entrance)).map_err(|problem| at(app, entrance, problem))?;
    own_origin(headers, entrance, &host).map_err(|problem| at(app, entrance, problem))?;
    let caller = app.access().caller(headers, entrance);
    // Signing in changes something too: nobody is to be signed in as somebody else from another page.
    let by_browser = caller.as_ref().map_or(entrance == Entrance::Office, Caller::is_browser);
    if by_browser && is_unsafe(request.method()) && !headers.contains_key(header::ORIGIN) {
        return Err(at(app, entrance, foreign("a browser's request that changes something must carry its Origin")));
    }
    if is_open(request.uri().path()) {
        return Ok(caller);
    }
    match &caller {
        None => Err(not_signed_in(entrance)),
        Some(Caller::User(user)) => {
            let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
            match rights::may(user.role, request.method(), path) {
                true => Ok(caller),
                false => Err(Problem::new(StatusCode::FORBIDDEN, "not-admin", "this is for admins of this node")
                    .hint("ask an admin, or whoever runs the node")),
            }
        }
        Some(_) => Ok(caller),
    }
}

/// The same refusal in the words of the office, whose people cannot run `comin open`.
fn at(app: &AppState, entrance: Entrance, problem: Problem) -> Problem {
    let address = app.office().and_then(|(office, port)| office.addresses(*port).into_iter().next());
    match (entrance, address) {
        (Entrance::Office, Some(address)) => {
            Problem { code: "foreign-office", ..problem }.hint(format!("open {address} by hand"))
        }
        _ => problem,
    }
}

fn not_signed_in(entrance: Entrance) -> Problem {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "not-signed-in", "this needs a token or a login");
    problem.hint(match entrance {
        Entrance::Loopback => "run `comin open` for a one-time link, or send the token as `Authorization: Bearer …`",
        Entrance::Office => "sign in with name and password at /login",
    })
}

/// What the `Host` of a request by a door may be.
fn hosts(app: &AppState, entrance: Entrance) -> Vec<String> {
    match entrance {
        Entrance::Office => {
            app.office().map(|(office, port)| [office.hosts(*port), office.bare_hosts()].concat()).unwrap_or_default()
        }
        Entrance::Loopback => app.port().map(own_hosts).unwrap_or_default(),
    }
}

fn own_hosts(port: u16) -> Vec<String> {
    let names = ["localhost", "127.0.0.1", "[::1]"];
    let bare = names.iter().filter(|_| port == 80).map(|name| (*name).to_owned());
    names.iter().map(|name| format!("{name}:{port}")).chain(bare).collect()
}

fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn foreign(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "foreign-request", detail)
        .hint("open the page by the address that `comin open` prints")
}

/// The `Host` header, if it is one of this node's own.
fn own_host(headers: &HeaderMap, own: &[String]) -> Result<String, Problem> {
    let refuse = || foreign("the Host of this request is not this node");
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|h| h.to_str().ok()), hosts.next()) else {
        return Err(refuse());
    };
    own.iter().any(|own| own == host).then(|| host.to_owned()).ok_or_else(refuse)
}

/// `Origin`, if present, must be the address that the request went to; `Sec-Fetch-Site` must not name another.
fn own_origin(headers: &HeaderMap, entrance: Entrance, host: &str) -> Result<(), Problem> {
    let own = format!("{}://{host}", entrance.scheme());
    if headers.get_all(header::ORIGIN).iter().any(|origin| origin.as_bytes() != own.as_bytes()) {
        return Err(foreign("this request comes from another origin"));
    }
    let elsewhere = |site: &HeaderValue| !matches!(site.as_bytes(), b"same-origin" | b"none");
    if headers.get_all(SEC_FETCH_SITE).iter().any(elsewhere) {
        return Err(foreign("this request comes from another site"));
    }
    Ok(())
}

/// Whether a browser's request by loopback comes from this node's own page: where no node runs yet.
///
/// # Errors
/// 403 for another host, origin or site, or for a change that names no origin.
pub fn from_own_page(headers: &HeaderMap, method: &Method, port: u16) -> Result<(), Problem> {
    let host = own_host(headers, &own_hosts(port))?;
    own_origin(headers, Entrance::Loopback, &host)?;
    match is_unsafe(method) && !headers.contains_key(header::ORIGIN) {
        true => Err(foreign("a browser's request that changes something must carry its Origin")),
        false => Ok(()),
    }
}

/// Headers that every answer carries.
pub fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    // A document that is served as a whole allows its own style sheet and less than a page.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(CONTENT_POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // `no-referrer` would make browsers send `Origin: null` with our own forms.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_host_must_be_ours() {
        for host in ["localhost:8470", "127.0.0.1:8470", "[::1]:8470"] {
            assert!(own_host(&headers(&[("host", host)]), &own_hosts(8470)).is_ok(), "{host} is this node");
        }
        for host in [
            "evil.example:8470",
            "localhost:8471",
            "localhost",
            "localhost.evil.example:8470",
            "127.evil.example:8470",
            "127.0.0.1.evil.example:8470",
            "127.0.0.1:84700",
            "localhost:+8470",
            "",
        ] {
            assert!(own_host(&headers(&[("host", host)]), &own_hosts(8470)).is_err(), "{host} is somebody else");
        }
        assert!(own_host(&HeaderMap::new(), &own_hosts(8470)).is_err(), "no Host at all is refused");
        let usual = own_host(&headers(&[("host", "localhost")]), &own_hosts(80));
        assert!(usual.is_ok(), "the default port may be left out");
        assert!(own_host(&headers(&[("host", "localhost:8470")]), &[]).is_err(), "without a listener nobody asks");
    }

    #[test]
    fn two_hosts_are_none() {
        let mut twice = headers(&[("host", "localhost:8470")]);
        twice.append("host", "evil.example".parse().unwrap());
        assert!(own_host(&twice, &own_hosts(8470)).is_err(), "whoever reads the other one decides differently");
    }

    #[test]
    fn the_origin_must_be_ours() {
        let at =
            |entrance, pairs: &[(&'static str, &str)]| own_origin(&headers(pairs), entrance, "localhost:8470").is_ok();
        let ask = |pairs: &[(&'static str, &str)]| at(Entrance::Loopback, pairs);
        assert!(at(Entrance::Office, &[("origin", "https://localhost:8470")]), "the office comes over TLS");
        assert!(!at(Entrance::Office, &[("origin", "http://localhost:8470")]), "and never without");
        assert!(ask(&[]), "programs send none");
        assert!(ask(&[("origin", "http://localhost:8470"), ("sec-fetch-site", "same-origin")]), "our own page");
        assert!(ask(&[("sec-fetch-site", "none")]), "typed into the address bar");
        for origin in ["http://localhost:3000", "http://127.0.0.1:8470", "https://localhost:8470", "null", ""] {
            assert!(!ask(&[("origin", origin)]), "{origin} is another origin");
        }
        for site in ["cross-site", "same-site", "SAME-ORIGIN"] {
            assert!(!ask(&[("sec-fetch-site", site)]), "{site} is another site");
        }
    }
}
