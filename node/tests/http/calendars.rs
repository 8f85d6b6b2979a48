//! Addresses under which calendars read the events: by any door of the node, until they are removed.

use super::nodes::{Got, TestNode, send, start};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use comin_node::api::Entrance;
use serde_json::json;

/// What a calendar gets that knows nothing but an address.
async fn subscribe(node: &TestNode, entrance: Entrance, host: &str, path: &str) -> Got {
    let request = Request::get(path).extension(entrance).header("host", host);
    send(&node.router, request.body(Body::empty()).unwrap()).await
}

async fn add(node: &TestNode, name: &str, public: bool) -> (String, Vec<String>) {
    let added = node.call("POST", "/api/v1/calendars", Some(json!({"name": name, "public": public}))).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let answer = added.json();
    let addresses = answer["addresses"].as_array().expect("addresses").iter();
    let addresses = addresses.map(|address| address.as_str().expect("a text").to_owned()).collect();
    (answer["path"].as_str().expect("a path").to_owned(), addresses)
}

#[tokio::test]
async fn whoever_has_the_address_reads_the_events() {
    let node = start(63, "Ožara", "SI", false);
    let when = |day: u32| format!("2026-07-{day}T09:00/2026-07-{day}T12:00[Europe/Ljubljana]");
    node.add("event", json!({"title": {"it": "Interno"}, "type": "meeting", "when": when(11)})).await;
    node.add("event", json!({"title": {"it": "Aperto"}, "type": "workshop", "when": when(12), "visibility": "public"}))
        .await;
    let (path, addresses) = add(&node, "Ana", false).await;
    let expected = ["http://localhost:8470", "https://comin.office.lan:8443"].map(|door| format!("{door}{path}"));
    assert_eq!(addresses, expected, "on this machine and in the office");
    for (entrance, host) in [(Entrance::Loopback, "localhost:8470"), (Entrance::Office, "comin.office.lan:8443")] {
        let got = subscribe(&node, entrance, host, &path).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        assert_eq!(got.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8", "a calendar");
        assert!(
            got.text.contains("SUMMARY:Interno\r\n") && got.text.contains("DTSTART:20260711T070000Z\r\n"),
            "{}",
            got.text
        );
        assert!(got.text.contains("SUMMARY:Aperto\r\n"), "all events: {}", got.text);
        let foreign = subscribe(&node, entrance, "evil.example:8470", &path).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "not under another name");
    }
    let (public, _) = add(&node, "Sito", true).await;
    let got = subscribe(&node, Entrance::Loopback, "localhost:8470", &public).await;
    assert!(got.text.contains("Aperto") && !got.text.contains("Interno"), "only what is for the public: {}", got.text);

    for wrong in ["/calendar/00.ics", "/calendar/.ics", path.trim_end_matches(".ics"), "/calendar/"] {
        let got = subscribe(&node, Entrance::Loopback, "localhost:8470", wrong).await;
        assert!(got.status == StatusCode::NOT_FOUND, "{wrong} opens nothing: {}", got.status);
    }
    let listed = node.call("GET", "/api/v1/calendars", None).await.text;
    let secret = path.trim_start_matches("/calendar/").trim_end_matches(".ics");
    assert!(listed.contains("Ana") && !listed.contains(secret), "the address is told once: {listed}");
    let removed = node.call("DELETE", "/api/v1/calendars/Ana", None).await;
    assert_eq!(removed.status, StatusCode::OK, "{}", removed.text);
    let got = subscribe(&node, Entrance::Loopback, "localhost:8470", &path).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND, "and opens nothing any more");
    let unasked = subscribe(&node, Entrance::Loopback, "localhost:8470", "/api/v1/calendars").await;
    assert_eq!(unasked.status, StatusCode::UNAUTHORIZED, "an address signs nobody in");
}
