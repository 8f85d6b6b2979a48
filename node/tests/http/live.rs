//! What comes by itself: the stream of what happens, and open pages that are made again.

use super::nodes::{BOUND, TestNode, start};
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt;

/// Opens a stream, as a client that has come up to the event `last`.
async fn open(node: &TestNode, path: &str, last: Option<&str>) -> BodyDataStream {
    let mut request = Request::get(path).extension(comin_node::api::Trusted);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = node.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path} opens");
    response.into_body().into_data_stream()
}

/// The next event of a name: its id, empty where it has none, and its data.
async fn next(body: &mut BodyDataStream, wanted: &str) -> (String, Value) {
    loop {
        let chunk = tokio::time::timeout(BOUND, body.next()).await.expect("an event comes").expect("open").unwrap();
        let text = String::from_utf8_lossy(&chunk).into_owned();
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        if line("event: ") == wanted {
            return (line("id: ").to_owned(), serde_json::from_str(line("data: ")).expect("JSON"));
        }
    }
}

fn html(data: &Value) -> &str {
    data["html"].as_str().expect("a page")
}

async fn rename(node: &TestNode, id: &str, name: &str) {
    let field = if id.starts_with("network") { "name@sl" } else { "name" };
    let body = json!({"fields": {field: name}});
    let path = format!("/api/v1/records/{id}");
    let done = node.call_with("PATCH", &path, Some(body), &[("if-match", "*")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_tells_what_was_missed() {
    let node = start(32, "Ožara", "SI", false);
    let mut stream = open(&node, "/api/v1/stream", None).await;
    let first = node.add("organisation", json!({"name": "A"})).await;
    let (id, event) = next(&mut stream, "records").await;
    assert_eq!(event["ids"], json!([first]), "the record is named");
    drop(stream);
    let second = node.add("organisation", json!({"name": "B"})).await;
    let mut stream = open(&node, "/api/v1/stream", Some(&id)).await;
    assert_eq!(next(&mut stream, "records").await.1["ids"], json!([second]), "only what was missed");
    let mut stream = open(&node, &format!("/api/v1/stream?after={id}"), None).await;
    assert_eq!(next(&mut stream, "records").await.1["ids"], json!([second]), "a program goes on from where it was");
    let mut stream = open(&node, "/api/v1/stream", Some("00000000-1")).await;
    next(&mut stream, "reset").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_page_comes_again_when_something_changes() {
    let node = start(33, "Ožara", "SI", false);
    let made = node.page("/organisations?lang=it").await.text;
    let seen =
        made.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("up to where it is made");
    let address = format!("/live?page=/organisations%3Flang%3Dit&after={seen}&opened=1");
    // What happens between the making of a page and its stream.
    node.add("organisation", json!({"name": "Zavod Brezmir"})).await;
    let mut page = open(&node, &address, None).await;
    let (id, event) = next(&mut page, "page").await;
    assert!(html(&event).contains("Zavod Brezmir"), "the page has it: {event}");
    assert!(html(&event).contains("lang=\"it\""), "in its own language");
    node.add("organisation", json!({"name": "Zavod Lipa"})).await;
    let (later, event) = next(&mut page, "page").await;
    assert!(html(&event).contains("Zavod Lipa") && later != id, "and what comes after it: {event}");
    drop(page);
    let mut page = open(&node, &address, Some(&id)).await;
    assert!(html(&next(&mut page, "page").await.1).contains("Zavod Lipa"), "who comes back gets what is new since");
    let mut page = open(&node, &address, Some("00000000-1")).await;
    assert!(html(&next(&mut page, "page").await.1).contains("Zavod Lipa"), "also where it is not known what that is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_page_comes_again_only_when_it_is_another() {
    let node = start(34, "Ožara", "SI", false);
    let organisation = node.add("organisation", json!({"name": "Zavod Brezmir"})).await;
    let network = node.add("network", json!({"name@sl": "Mreža"})).await;
    let mut list = open(&node, "/live?page=/networks%3Flang%3Dsl&opened=1", None).await;
    // The first news bring the page as it is now, the second ones nothing that shows on it.
    for name in ["Zavod Lipa", "Zavod Bor"] {
        rename(&node, &organisation, name).await;
    }
    rename(&node, &network, "Mreža Sever").await;
    let mut brought = vec![next(&mut list, "page").await.1];
    while !html(brought.last().expect("one")).contains("Mreža Sever") {
        brought.push(next(&mut list, "page").await.1);
    }
    assert!(brought.len() <= 2, "as it was, and as it is: {}", brought.len());
    let form = format!("/live?page=/records/{network}/edit&about={network}&opened=1");
    let mut form = open(&node, &form, None).await;
    rename(&node, &organisation, "Zavod Hrast").await;
    rename(&node, &network, "Mreža Jug").await;
    let (_, event) = next(&mut form, "page").await;
    assert!(html(&event).contains("Mreža Jug"), "a form comes again for its own record alone: {event}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_pages_of_this_node_comes_by_itself() {
    let node = start(35, "Ožara", "SI", false);
    for other in ["https://evil.example/", "//evil.example/", "/api/v1/status", "/live%3Fpage%3D/", "/logout", "%0d%0a"]
    {
        let mut page = open(&node, &format!("/live?page={other}&opened=1"), None).await;
        node.add("organisation", json!({"name": other})).await;
        let (_, event) = next(&mut page, "page").await;
        assert!(html(&event).contains("id=\"numbers\""), "{other} is no page: the overview comes");
    }
    let mut gone = open(&node, &format!("/live?page=/records/organisation:{}&opened=1", "0".repeat(32)), None).await;
    node.add("organisation", json!({"name": "A"})).await;
    let quiet = tokio::time::timeout(Duration::from_millis(500), next(&mut gone, "page")).await;
    assert!(quiet.is_err(), "where there is no such page, there is nothing newer");
}
