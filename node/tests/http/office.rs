//! The office door: users, what each may do, and that neither door opens by the other one's key.

use super::nodes::{BOUND, Got, TOKEN, TestNode, escape, send, start};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use comin_node::api::limits::OFFICE_CONNECTIONS_OF_ADDRESS_MAX;
use comin_node::api::serve_office;
use comin_node::api::{Entrance, rights};
use http_body_util::BodyExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tower::ServiceExt;

/// The address of the node in [`start`], as the office writes it.
const HOST: &str = "comin.office.lan:8443";
const ORIGIN: &str = "https://comin.office.lan:8443";

async fn ask(node: &TestNode, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Got {
    let mut request = Request::builder().method(method).uri(path).extension(Entrance::Office).header("host", HOST);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(&node.router, request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn add_user(node: &TestNode, name: &str, role: &str) -> String {
    let added = node.call("POST", "/api/v1/users", Some(json!({"name": name, "role": role}))).await;
    assert_eq!(added.status, StatusCode::CREATED, "{name} is added: {}", added.text);
    added.json()["password"].as_str().expect("a password").to_owned()
}

async fn try_password(node: &TestNode, name: &str, password: &str) -> Got {
    let form = format!("name={}&password={}", escape(name), escape(password));
    let headers = [("origin", ORIGIN), ("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    ask(node, "POST", "/login", &headers, &form).await
}

/// The cookie of a user who signs in.
async fn sign_in(node: &TestNode, name: &str, password: &str) -> String {
    let got = try_password(node, name, password).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "name and password open: {}", got.text);
    got.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// Opens a stream as the user of a cookie.
async fn open(node: &TestNode, path: &str, cookie: &str) -> Body {
    let open = Request::get(path).extension(Entrance::Office).header("host", HOST).header("cookie", cookie);
    let open = node.router.clone().oneshot(open.body(Body::empty()).unwrap()).await.expect("a router answers");
    assert_eq!(open.status(), StatusCode::OK, "{path} opens");
    open.into_body()
}

/// What comes next on it.
async fn frame(stream: &mut Body) -> String {
    let frame =
        tokio::time::timeout(BOUND, stream.frame()).await.expect("it comes").expect("open").expect("it is read");
    String::from_utf8_lossy(frame.data_ref().expect("an event")).into_owned()
}

#[tokio::test]
async fn a_user_signs_in_works_and_is_out_when_removed() {
    let node = start(41, "Ožara", "SI", false);
    let shown = ask(&node, "GET", "/", &[("accept", "text/html")], "").await;
    assert_eq!(shown.status, StatusCode::UNAUTHORIZED, "nobody is signed in");
    assert!(shown.text.contains("name=\"password\"") && !shown.text.contains("Ožara"), "the page asks who is there");
    let password = add_user(&node, "Ana", "editor").await;
    let last = node.call("DELETE", "/api/v1/users/ana", None).await;
    assert_eq!(last.status, StatusCode::CONFLICT, "without users the node would not start again");
    add_user(&node, "bor", "admin").await;
    let cookie = sign_in(&node, "ana", &password).await;
    let with = [("cookie", cookie.as_str()), ("origin", ORIGIN), ("content-type", "application/json")];
    let page = ask(&node, "GET", "/", &with[..1], "").await;
    assert!(page.text.contains("Ožara") && page.text.contains("/logout"), "the page, and the way out");
    let record = json!({"kind": "organisation", "fields": {"name": "Zavod"}}).to_string();
    let made = ask(&node, "POST", "/api/v1/records", &with, &record).await;
    assert_eq!(made.status, StatusCode::CREATED, "an editor edits: {}", made.text);
    let bare = ask(&node, "POST", "/api/v1/records", &[with[0], with[2]], &record).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN, "a browser's change must carry its origin");
    let stream = open(&node, "/api/v1/stream", &cookie).await;
    let mut page = open(&node, "/live?page=/&opened=1", &cookie).await;
    node.add("organisation", json!({"name": "Zavod Lipa"})).await;
    let shown = frame(&mut page).await;
    assert!(shown.contains("/logout") && shown.contains("ana"), "an open page comes again as its user's: {shown}");
    assert_eq!(node.call("DELETE", "/api/v1/users/Ana", None).await.status, StatusCode::OK, "the user is removed");
    for (open, last) in [(stream, ""), (page, "\"status\":401")] {
        let ended = tokio::time::timeout(Duration::from_secs(60), open.collect()).await;
        let rest = ended.expect("who is removed hears no more").expect("it is read").to_bytes();
        let rest = String::from_utf8_lossy(&rest);
        assert!(!rest.contains("/logout") && rest.contains(last), "nor sees, and the page says why: {rest}");
    }
    let after = ask(&node, "POST", "/api/v1/records", &with, &record).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED, "and signed out at once");
    let again = try_password(&node, "ana", &password).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "the password opens nothing any more");
}

#[tokio::test]
async fn who_signs_in_lands_on_the_page_that_he_wanted() {
    let node = start(47, "Ožara", "SI", false);
    let password = add_user(&node, "ana", "editor").await;
    let wanted = "/organisations?country=IT&q=%C4%8D";
    let asked = ask(&node, "GET", wanted, &[("accept", "text/html")], "").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED, "the login has expired");
    assert!(
        asked.text.contains(&format!("name=\"next\" value=\"{}\"", wanted.replace('&', "&amp;"))),
        "the form knows the page: {}",
        asked.text
    );
    let headers = [("origin", ORIGIN), ("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    let give = async |password: &str, next: &str| {
        let form = format!("name=ana&password={}&next={}", escape(password), escape(next));
        ask(&node, "POST", "/login", &headers, &form).await
    };
    let wrong = give("wrong", wanted).await;
    assert!(wrong.text.contains("name=\"next\""), "who mistypes is still on his way");
    let got = give(&password, wanted).await;
    assert_eq!(got.headers[header::LOCATION], wanted, "he lands where he wanted to be");
    for elsewhere in ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/api/v1/status", "/logout"] {
        let got = give(&password, elsewhere).await;
        assert_eq!(got.headers[header::LOCATION], "/", "{elsewhere} is no page of this node");
    }
    let form = ask(&node, "POST", "/conflicts/x", &headers, "").await;
    assert!(!form.text.contains("name=\"next\""), "a form that was sent is not sent again");
}

#[tokio::test]
async fn a_users_language_comes_from_the_profile_then_from_the_browser() {
    let node = start(49, "Ožara", "SI", false);
    let password = add_user(&node, "ana", "editor").await;
    let cookie = sign_in(&node, "ana", &password).await;
    let page = async |path: &str, cookie: &str| {
        let headers = [("accept", "text/html"), ("cookie", cookie), ("accept-language", "it")];
        let text = ask(&node, "GET", path, &headers, "").await.text;
        text.split("<html lang=\"").nth(1).expect("a page").split('"').next().unwrap_or_default().to_owned()
    };
    assert_eq!(page("/", &cookie).await, "it", "nothing is chosen: the browser's wish");
    assert_eq!(page("/?lang=sl", &cookie).await, "sl", "the switch");
    assert_eq!(node.app.users().language_of("ana").map(|lang| lang.code()), Some("sl"), "it is in the profile");
    let elsewhere = sign_in(&node, "ana", &password).await;
    assert_eq!(page("/", &elsewhere).await, "sl", "on another machine as well, before the browser's wish");
    assert_eq!(page("/partners", &elsewhere).await, "sl", "also in what is refused to an editor");
    let shared = format!("{elsewhere}; comin_lang=fr");
    assert_eq!(page("/", &shared).await, "sl", "whoever sat there before has chosen for himself");
    let mut open = open(&node, "/live?page=/%3Flang%3Dfr&opened=1", &elsewhere).await;
    node.add("organisation", json!({"name": "Zavod"})).await;
    assert!(frame(&mut open).await.contains("lang=\\\"fr\\\""), "an open page stays as it is");
    assert_eq!(page("/", &elsewhere).await, "sl", "and chooses nothing by coming again");
    let bor = json!({"name": "bor", "role": "editor", "language": "fr"});
    let added = node.call("POST", "/api/v1/users", Some(bor)).await;
    let bor = sign_in(&node, "bor", added.json()["password"].as_str().expect("a password")).await;
    assert_eq!(page("/", &bor).await, "fr", "as it was given when he was added");
    let none = json!({"name": "cene", "role": "editor", "language": "xx"});
    let refused = node.call("POST", "/api/v1/users", Some(none)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(!node.app.users().list().iter().any(|(name, _)| name == "cene"), "and nobody is added");
}

#[tokio::test]
async fn another_password_ends_every_login() {
    let node = start(42, "Ožara", "SI", false);
    let password = add_user(&node, "ana", "admin").await;
    let cookie = sign_in(&node, "ana", &password).await;
    let reset = node.call("POST", "/api/v1/users/ana/reset", None).await;
    let new = reset.json()["password"].as_str().expect("a password").to_owned();
    let got = ask(&node, "GET", "/", &[("cookie", &cookie)], "").await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED, "whoever was signed in is out");
    assert_eq!(
        try_password(&node, "ana", &password).await.status,
        StatusCode::UNAUTHORIZED,
        "the old one is worth nothing"
    );
    sign_in(&node, "ana", &new).await;
    let twice = node.call("POST", "/api/v1/users", Some(json!({"name": "ANA", "role": "editor"}))).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "one of that name is there");
    let unknown = node.call("DELETE", "/api/v1/users/bor", None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "nobody to remove");
}

/// Method and path of everything that changes something, as documented and on the pages.
async fn changes(node: &TestNode) -> Vec<(String, String)> {
    let document = node.call("GET", "/openapi.json", None).await.json();
    let paths = document["paths"].as_object().unwrap().iter();
    let documented = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    let pages = [
        "/records/new",
        "/records/{id}/edit",
        "/records/{id}/advance",
        "/records/{id}/delete",
        "/records/{id}/restore",
        "/records/{id}/undo",
        "/records/{id}/propose",
        "/records/{id}/move",
        "/records/{id}/set",
        "/people/new",
        "/people/{id}/scope",
        "/people/{id}/erase",
        "/proposals/{id}",
        "/sameas",
        "/import",
        "/import/{id}",
        "/conflicts/{id}",
        "/partners/found",
        "/partners/carry-over",
        "/partners/invite",
        "/partners/join",
        "/partners/invites/{id}/cancel",
        "/partners/approvals/{id}/approve",
        "/partners/approvals/{id}/reject",
        "/exchange/now",
        "/exchange/pause",
        "/exchange/resume",
        "/partners/{id}/remove",
        "/stewards",
        "/devices",
        "/devices/certificate",
        "/devices/{id}/revoke",
        "/registers",
        "/registers/{id}/writers",
        "/backup",
        "/settings/users",
        "/settings/users/{id}/reset",
        "/settings/users/{id}/remove",
        "/settings/calendars",
        "/settings/calendars/{id}/remove",
        "/logout",
    ];
    let all = documented.chain(pages.map(|path| ("POST".to_owned(), path.to_owned())));
    all.filter(|(method, _)| method != "GET").collect()
}

#[tokio::test]
async fn editors_change_the_data_and_nothing_else() {
    let node = start(43, "Ožara", "SI", false);
    let editor = sign_in(&node, "ana", &add_user(&node, "ana", "editor").await).await;
    let admin = sign_in(&node, "bor", &add_user(&node, "bor", "admin").await).await;
    let refused = |got: &Got| got.status == StatusCode::FORBIDDEN && got.text.contains("not-admin");
    let all = changes(&node).await;
    assert!(all.len() > 35, "all of them are asked for: {}", all.len());
    let mut open = Vec::new();
    for (method, path) in &all {
        let real = path.replace("{id}", "organisation:00000000000000000000000000000000");
        let got = ask(&node, method, &real, &[("cookie", &editor), ("origin", ORIGIN)], "").await;
        let is_out = got.status == StatusCode::UNAUTHORIZED;
        assert_eq!(is_out, path == "/logout", "{method} {path}: signed in until signed out");
        if !refused(&got) {
            open.push((method.as_str(), path.as_str()));
        }
    }
    let mut expected: Vec<(&str, &str)> =
        rights::EDITORS.iter().copied().filter(|(_, path)| *path != "/login").collect();
    open.sort_unstable();
    expected.sort_unstable();
    assert_eq!(open, expected, "what editors may change is what the table says, and each of it exists");
    let reset = node.call("POST", "/api/v1/users/ana/reset", None).await.json();
    let editor = sign_in(&node, "ana", reset["password"].as_str().expect("a password")).await;
    let closed = ["/api/v1/invites", "/api/v1/users", "/api/v1/calendars", "/api/v1/devices/00/revocation"];
    for path in closed.into_iter().chain(["/settings", "/partners/invites/00/ticket"]) {
        let got = ask(&node, "GET", path, &[("cookie", &editor)], "").await;
        assert!(refused(&got), "{path} is for admins: {}", got.text);
        let got = ask(&node, "GET", path, &[("cookie", &admin)], "").await;
        assert!(!refused(&got), "whom it is open to: {}", got.text);
    }
    let pause = ask(&node, "POST", "/exchange/pause", &[("cookie", &admin), ("origin", ORIGIN)], "").await;
    assert_eq!(pause.status, StatusCode::SEE_OTHER, "an admin pauses the exchange");
    let page = ask(&node, "GET", "/partners", &[("cookie", &editor), ("accept", "text/html")], "").await;
    assert!(!page.text.contains("/partners/found") && !page.text.contains("/exchange/"), "no button that is refused");
    let backup = ask(&node, "GET", "/api/v1/backup", &[("cookie", &admin)], "").await;
    assert_eq!(backup.status, StatusCode::FORBIDDEN, "the machine's secret goes to nobody over the network");
}

#[tokio::test]
async fn neither_door_opens_by_the_other_ones_key() {
    let node = start(44, "Ožara", "SI", false);
    let bearer = format!("Bearer {TOKEN}");
    let token = ask(&node, "GET", "/api/v1/status", &[("authorization", &bearer)], "").await;
    assert_eq!(token.status, StatusCode::UNAUTHORIZED, "the token is for programs on this machine");
    let link = node.call("POST", "/api/v1/login-codes", None).await.json()["path"].as_str().unwrap().to_owned();
    let got = ask(&node, "GET", &link, &[("accept", "text/html")], "").await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED, "and the link for its people");
    let cookie = sign_in(&node, "ana", &add_user(&node, "ana", "admin").await).await;
    let inside = Request::get("/").header("host", "localhost:8470").header("cookie", &cookie);
    let inside = send(&node.router, inside.body(Body::empty()).unwrap()).await;
    assert_eq!(inside.status, StatusCode::UNAUTHORIZED, "a user's login is for the office");
    let form = Request::post("/login")
        .header("host", "localhost:8470")
        .header("content-type", "application/x-www-form-urlencoded");
    let form = send(&node.router, form.body(Body::from("name=ana&password=x")).unwrap()).await;
    assert_eq!(form.status, StatusCode::NOT_FOUND, "nobody guesses passwords on this machine");
    for host in ["localhost:8470", "evil.example:8443", "comin.office.lan:84430", "comin.office.lan:8443.evil.example"]
    {
        let request = Request::get("/").extension(Entrance::Office).header("host", host).header("cookie", &cookie);
        let got = send(&node.router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{host} is not this node in the office");
    }
    for headers in [
        [("origin", "http://comin.office.lan:8443"), ("cookie", cookie.as_str())],
        [("origin", "https://evil.example"), ("cookie", cookie.as_str())],
        [("sec-fetch-site", "same-site"), ("cookie", cookie.as_str())],
    ] {
        let got = ask(&node, "GET", "/", &headers, "").await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{headers:?} comes from elsewhere");
    }
    let codes = ask(&node, "POST", "/api/v1/login-codes", &[("cookie", &cookie), ("origin", ORIGIN)], "").await;
    assert_eq!(codes.status, StatusCode::FORBIDDEN, "a login begets no logins");
    let root = ask(&node, "GET", "/office/root.crt", &[], "").await;
    assert!(root.text.contains("BEGIN CERTIFICATE") && !root.text.contains("PRIVATE"), "the certificate, and no key");
}

#[tokio::test]
async fn whoever_guesses_is_not_listened_to_for_a_while() {
    let node = start(45, "Ožara", "SI", false);
    let password = add_user(&node, "ana", "editor").await;
    let form = |origin| [("origin", origin), ("content-type", "application/x-www-form-urlencoded")];
    let foreign = ask(&node, "POST", "/login", &form("https://evil.example"), "name=ana&password=x").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "nobody is signed in from another page");
    let bare = ask(&node, "POST", "/login", &form(ORIGIN)[1..], "name=ana&password=x").await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN, "nor without saying from where");
    for _ in 0..comin_node::api::limits::SIGN_IN_FAILURES_MAX {
        assert_eq!(try_password(&node, "ana", "guess").await.status, StatusCode::UNAUTHORIZED, "wrong");
    }
    let held = try_password(&node, "ana", &password).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "not even the right one is looked at");
    assert!(held.headers.contains_key(header::RETRY_AFTER), "programs read for how long");
}

/// A connection from one of this machine's addresses.
async fn connect(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(format!("{from}:0").parse().expect("an address")).expect("is ours");
    socket.connect(to).await.expect("somebody listens")
}

#[tokio::test]
async fn who_opens_connections_and_says_nothing_keeps_nobody_out() {
    let node = start(46, "Ožara", "SI", false);
    let free = TcpListener::bind("127.0.0.1:0").await.and_then(|free| free.local_addr()).expect("a free port");
    let (_stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(serve_office(free, node.app.clone(), async {
        let _ = stopped.await;
    }));
    let (office, _) = node.app.office().expect("there is an office");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(office.root_pem().as_bytes()).expect("PEM")).expect("a certificate");
    let browser = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let browser = tokio_rustls::TlsConnector::from(Arc::new(browser));
    while TcpStream::connect(free).await.is_err() {
        tokio::task::yield_now().await;
    }
    let mut silent = Vec::new();
    for _ in 0..OFFICE_CONNECTIONS_OF_ADDRESS_MAX + 4 {
        silent.push(connect("127.0.0.2", free).await);
    }
    let mut byte = [0];
    let last = silent.last_mut().expect("there are some");
    let read = tokio::time::timeout(Duration::from_secs(5), last.read(&mut byte)).await;
    assert!(matches!(read, Ok(Ok(0) | Err(_))), "beyond as many as an address may have it is closed at once: {read:?}");
    let stream = connect("127.0.0.1", free).await;
    let name = "comin.office.lan".try_into().expect("a name");
    let mut stream = browser.connect(name, stream).await.expect("others come in");
    let asked = b"GET /healthz HTTP/1.1\r\nHost: comin.office.lan\r\nConnection: close\r\n\r\n";
    stream.write_all(asked).await.expect("is sent");
    let mut answer = String::new();
    // The node may close the line without a last word of TLS.
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "and are answered: {answer}");
}

#[tokio::test]
async fn a_stranger_sends_no_long_passwords() {
    let node = start(47, "Ožara", "SI", false);
    let got = try_password(&node, "ana", &"x".repeat(100_000)).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE, "nobody fills the memory before saying who it is");
}
