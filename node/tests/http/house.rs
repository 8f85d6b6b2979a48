//! The pages around the data: settings, machines, stewards, exchange, backup, diagnosis, statements.

use super::nodes::{TestNode, send, start};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

/// The pages that are of no one thing and are of this house.
const PAGES: [&str; 8] =
    ["/partners", "/exchange", "/devices", "/settings", "/backup", "/diagnose", "/accessibility", "/privacy"];

#[tokio::test]
async fn every_page_of_the_house_is_there_in_every_language() {
    let node = start(60, "Ožara", "SI", false);
    for path in PAGES {
        let mut titles = std::collections::BTreeSet::new();
        for lang in ["en", "it", "sl", "fr"] {
            let got = node.page(&format!("{path}?lang={lang}")).await;
            assert_eq!(got.status, StatusCode::OK, "{path} in {lang}: {}", got.text);
            assert!(got.text.contains(&format!("<html lang=\"{lang}\"")), "{path} says that it is in {lang}");
            let current = got.text.matches("aria-current=\"page\"").count();
            let is_marked = usize::from(!["/accessibility", "/privacy"].contains(&path));
            assert_eq!(current, is_marked, "{path} is marked in the navigation");
            titles.insert(got.text.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned());
        }
        assert!(titles.len() > 1, "{path} has titles of its own: {titles:?}");
    }
}

#[tokio::test]
async fn a_user_is_added_and_the_password_shown_once() {
    let node = start(61, "Ožara", "SI", false);
    let added = node.form("/settings/users", &[("name", "ana"), ("role", "editor")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    let password = added.text.split("<code class=\"ticket\">").nth(1).expect("the password").split('<').next().unwrap();
    assert!(node.app.users().check("ana", password).is_some(), "it is the one that signs in");
    let listed = node.page("/settings").await;
    assert!(listed.text.contains("ana") && !listed.text.contains(password), "afterwards nobody sees it again");
    let twice = node.form("/settings/users", &[("name", "ana"), ("role", "admin")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "one of a name");
    assert!(twice.text.contains("role=\"alert\""), "said on the page");
    let reset = node.form("/settings/users/ana/reset", &[]).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    assert!(node.app.users().check("ana", password).is_none(), "the old password is worth nothing");
    let last = node.form("/settings/users/ana/remove", &[]).await;
    assert_eq!(
        last.status,
        StatusCode::CONFLICT,
        "while the page is open to the office somebody must be able to sign in"
    );
    node.form("/settings/users", &[("name", "bor"), ("role", "admin")]).await;
    let removed = node.form("/settings/users/ana/remove", &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    assert_eq!(node.app.users().list().len(), 1, "gone");
}

#[tokio::test]
async fn a_calendar_gets_an_address_until_it_is_removed() {
    let node = start(62, "Ožara", "SI", false);
    node.add("event", json!({"title": {"en": "Forum"}, "type": "conference", "when": {"start": "2026-02-11T09:00", "end": "2026-02-11T12:00", "tzid": "Europe/Rome"}})).await;
    let added = node.form("/settings/calendars", &[("name", "team"), ("public", "yes")]).await;
    let path = added.text.split("/calendar/").nth(1).expect("an address").split('<').next().unwrap().to_owned();
    let read = async |path: String| {
        let request = Request::get(path).header("host", "localhost:8470").body(Body::empty()).unwrap();
        send(&node.router, request).await.status
    };
    assert_eq!(read(format!("/calendar/{path}")).await, StatusCode::OK, "whoever has the address reads");
    let removed = node.form("/settings/calendars/team/remove", &[]).await;
    assert_eq!(removed.headers[header::LOCATION], "/settings", "back to the settings");
    assert_eq!(read(format!("/calendar/{path}")).await, StatusCode::NOT_FOUND, "and nothing more");
}

async fn founded(secret: u8) -> TestNode {
    let node = start(secret, "Ožara", "SI", false);
    let made = node.form("/partners/found", &[("name", "Alpe Adria")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    node
}

#[tokio::test]
async fn what_cannot_be_taken_back_asks_first() {
    let node = founded(63).await;
    let own = node.handle.status().await.unwrap();
    let ask = node.form("/stewards", &[("steward", &own.partner.to_string())]).await;
    assert_eq!(ask.status, StatusCode::OK, "{}", ask.text);
    assert!(ask.text.contains("name=\"confirmed\"") && ask.text.contains("Ožara"), "who it would be, and once more");
    let sure = [("steward", own.partner.to_string()), ("confirmed", "yes".to_owned())];
    let sure: Vec<(&str, &str)> = sure.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let done = node.form("/stewards", &sure).await;
    assert!(done.status.is_redirection() || done.text.contains("role=\"alert\""), "done, or told why not");

    let none = format!("/partners/{}/remove", "0".repeat(64));
    assert_eq!(node.page(&none).await.status, StatusCode::NOT_FOUND, "no such partner");
    assert_eq!(node.form(&none, &[]).await.status, StatusCode::NOT_FOUND, "nor to be removed");
    let question = node.page(&format!("/devices/{}/revoke", own.device)).await;
    assert!(question.text.contains("office"), "the machine by its name: {}", question.text);
    let refused = node.form(&format!("/devices/{}/revoke", own.device), &[]).await;
    assert!(refused.status.is_client_error() && refused.text.contains("role=\"alert\""), "not this machine itself");
    assert_eq!(node.page(&format!("/devices/{}/revoke", "0".repeat(64))).await.status, StatusCode::NOT_FOUND, "none");
}

#[tokio::test]
async fn a_ticket_is_saved_as_a_file() {
    let node = founded(64).await;
    let made = node.form("/partners/invite", &[("name", "EDIAS"), ("country", "FR")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let made = node.page(made.headers[header::LOCATION].to_str().unwrap()).await;
    let path = made.text.split("href=\"/partners/invites/").nth(1).expect("a link").split('"').next().unwrap();
    let file = node.page(&format!("/partners/invites/{path}")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"), "a file");
    assert!(made.text.contains(file.text.trim()) && file.text.len() > 40, "with the ticket in it");
    let refused = node.form("/partners/invite", &[("name", ""), ("country", "FR")]).await;
    assert!(refused.text.contains("role=\"alert\""), "a ticket for nobody is refused on the page: {}", refused.text);
    let switch = refused.text.split("hreflang=\"sl\"").next().unwrap().rsplit("href=\"").next().unwrap();
    assert!(switch.starts_with("/partners?lang=sl"), "the language of what answers a form leads to a page: {switch}");
}
