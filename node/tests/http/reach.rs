//! Who reaches what: the guard, tokens, logins, and that every documented route is there.

use super::nodes::{Got, PORT, TOKEN, TestNode, send, start};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use comin_node::api::Trusted;

async fn outside(node: &TestNode, method: &str, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri(path).header("host", format!("localhost:{PORT}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(&node.router, request.body(Body::empty()).unwrap()).await
}

/// Method and path of every documented operation.
async fn documented(node: &TestNode) -> Vec<(String, String)> {
    let document = node.call("GET", "/openapi.json", None).await.json();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let path = path.replace("{id}", "organisation:00000000000000000000000000000000");
        methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    let operations: Vec<_> = operations.collect();
    assert!(operations.len() > 25, "the document lists the routes: {}", operations.len());
    operations
}

#[tokio::test]
async fn nobody_reads_without_proof() {
    let node = start(1, "Ožara", "SI", false);
    for (method, path) in
        documented(&node).await.iter().filter(|(_, path)| !matches!(path.as_str(), "/healthz" | "/readyz"))
    {
        let got = outside(&node, method, path, &[]).await;
        assert_eq!(got.status, StatusCode::UNAUTHORIZED, "{method} {path} asks who is there");
        assert!(!got.text.contains("Ožara"), "and tells nothing before that");
    }
    for page in ["/", "/networks", "/conflicts", "/partners"] {
        let got = outside(&node, "GET", page, &[("accept", "text/html")]).await;
        assert_eq!(got.status, StatusCode::UNAUTHORIZED, "{page} shows how to sign in");
        assert!(got.text.contains("comin open") && !got.text.contains("Ožara"), "and nothing else");
    }
    assert_eq!(outside(&node, "GET", "/healthz", &[]).await.status, StatusCode::OK, "health is open");
    assert_eq!(outside(&node, "GET", "/readyz", &[]).await.status, StatusCode::OK, "a node alone is ready");
}

#[tokio::test]
async fn the_token_opens_and_foreign_pages_do_not() {
    let node = start(2, "Ožara", "SI", false);
    let bearer = format!("Bearer {TOKEN}");
    let token = ("authorization", bearer.as_str());
    assert_eq!(outside(&node, "GET", "/api/v1/status", &[token]).await.status, StatusCode::OK, "the token opens");
    let foreign = outside(&node, "GET", "/api/v1/status", &[token, ("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "even with the token, a foreign origin is refused");
    let request = Request::get("/api/v1/status").header("host", "evil.example:8470").header("authorization", &bearer);
    let rebound = send(&node.router, request.body(Body::empty()).unwrap()).await;
    assert_eq!(rebound.status, StatusCode::FORBIDDEN, "a name that was rebound to loopback is refused");
    let forged = Request::get("/api/v1/status").header("host", "localhost:8470").header("trusted", "true");
    let forged = send(&node.router, forged.body(Body::empty()).unwrap()).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED, "no header makes a request trusted");
}

#[tokio::test]
async fn a_link_signs_a_browser_in_once() {
    let node = start(3, "Ožara", "SI", false);
    let made = node.call("POST", "/api/v1/login-codes", None).await;
    assert_eq!(made.status, StatusCode::CREATED, "the command line makes a link");
    let path = made.json()["path"].as_str().unwrap().to_owned();
    let login = outside(&node, "GET", &path, &[("accept", "text/html")]).await;
    assert_eq!(login.status, StatusCode::SEE_OTHER, "the link leads to the page");
    let cookie = login.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let with = ("cookie", cookie.as_str());
    assert_eq!(outside(&node, "GET", "/", &[with]).await.status, StatusCode::OK, "the cookie opens the page");
    let again = outside(&node, "GET", &path, &[("accept", "text/html")]).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "the link works once");
    let bare = outside(&node, "POST", "/exchange/pause", &[with]).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN, "a browser's change must carry its origin");
    let own = ("origin", "http://localhost:8470");
    let own = outside(&node, "POST", "/exchange/pause", &[with, own]).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "our own page may: {}", own.text);
    let beget = outside(&node, "POST", "/api/v1/login-codes", &[with, ("origin", "http://localhost:8470")]).await;
    assert_eq!(beget.status, StatusCode::FORBIDDEN, "a login makes no further logins");
}

#[tokio::test]
async fn a_backup_is_for_the_control_socket_alone() {
    let node = start(9, "Ožara", "SI", false);
    let bearer = format!("Bearer {TOKEN}");
    let program = outside(&node, "GET", "/api/v1/backup", &[("authorization", &bearer)]).await;
    assert_eq!(program.status, StatusCode::FORBIDDEN, "the token does not give the machine's secret away");
    let path = node.call("POST", "/api/v1/login-codes", None).await.json()["path"].as_str().unwrap().to_owned();
    let login = outside(&node, "GET", &path, &[]).await;
    let cookie = login.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let browser = outside(&node, "GET", "/api/v1/backup", &[("cookie", &cookie)]).await;
    assert_eq!(browser.status, StatusCode::FORBIDDEN, "nor does a login");
    let socket = node.call("GET", "/api/v1/backup", None).await;
    assert_eq!(socket.status, StatusCode::UNPROCESSABLE_ENTITY, "the command line gets as far as the directory");
}

#[tokio::test]
async fn every_documented_route_is_there() {
    let node = start(4, "Ožara", "SI", false);
    for (method, path) in documented(&node).await.iter().filter(|(_, path)| !path.ends_with("/stream")) {
        let got = node.call(method, path, None).await;
        assert_ne!(got.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path} takes its method");
        assert!(!got.text.contains("this route"), "{method} {path} is routed: {}", got.text);
        if !got.status.is_success() {
            let kind = &got.headers[header::CONTENT_TYPE];
            assert_eq!(kind, "application/problem+json", "{method} {path} tells what is wrong");
        }
    }
    let unknown = node.call("GET", "/api/v1/nothing", None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "other paths are not");
    assert_eq!(unknown.json()["hint"], "GET /openapi.json lists the routes", "and the answer says where to look");
}

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let node = start(6, "Ožara", "SI", false);
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let large = format!("{{\"kind\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let huge = "x".repeat(comin_node::import::IMPORT_BYTES_MAX + 1);
    let asked = [
        (404, "GET", "/api/v1/nothing", json, ""),
        (404, "GET", "/nothing", json, ""),
        (405, "DELETE", "/", json, ""),
        (405, "PUT", "/api/v1/status", json, ""),
        (405, "DELETE", "/networks", json, ""),
        (405, "POST", "/openapi.json", json, ""),
        (400, "POST", "/api/v1/records", json, "{"),
        (415, "POST", "/api/v1/records", ("content-type", "text/plain"), "{}"),
        (413, "POST", "/api/v1/records", json, large.as_str()),
        (413, "POST", "/api/v1/import?kind=organisation", ("content-type", "text/csv"), huge.as_str()),
        (415, "POST", "/partners/found", json, "{}"),
        (413, "POST", "/partners/found", form, large.as_str()),
        (400, "GET", "/api/v1/records/%ff", json, ""),
        (400, "GET", "/api/v1/records?limit=many", json, ""),
    ];
    for (status, method, path, (name, value), body) in asked {
        let request = Request::builder().method(method).uri(path).extension(Trusted).header(name, value);
        let got = send(&node.router, request.body(Body::from(body.to_owned())).unwrap()).await;
        assert_eq!(got.status.as_u16(), status, "{method} {path}: {}", got.text);
        assert_eq!(
            got.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{method} {path} says so for programs"
        );
        let told = got.json();
        assert_eq!(told["status"], status, "{method} {path} repeats its status: {told}");
        assert!(told["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "and says what is wrong: {told}");
    }
}

#[tokio::test]
async fn answers_carry_the_headers_that_protect_the_page() {
    let node = start(5, "Ožara", "SI", false);
    let got = node.page("/").await;
    let policy = got.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "nothing is loaded from elsewhere");
    assert!(!policy.contains("unsafe"), "and no inline scripts run");
    for outside in ["http://", "https://"] {
        let shown = got.text.replace("http://www.w3.org/2000/svg", "");
        assert!(!shown.contains(&format!("src=\"{outside}")), "the page itself asks for nothing foreign");
    }
}
