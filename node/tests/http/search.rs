//! Search over HTTP: what was just written is found, what is gone is not.

use super::nodes::{TestNode, escape, start};
use axum::http::StatusCode;
use serde_json::json;

async fn found(node: &TestNode, query: &str) -> Vec<String> {
    let got = node.call("GET", &format!("/api/v1/search?{query}"), None).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
    let answer = got.json();
    let items = answer["items"].as_array().expect("items").clone();
    assert_eq!(answer["total"], json!(items.len()), "all are counted");
    items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}

#[tokio::test]
async fn what_was_just_written_is_found() {
    let node = start(61, "Ožara", "SI", false);
    assert!(found(&node, "q=sentprima").await.is_empty(), "nothing yet");
    let id = node.add("organisation", json!({"name": "Šentprima", "country": "SI"})).await;
    node.add("practice", json!({"title": {"it": "Mentori di Šentprima"}})).await;
    let q = format!("q={}", escape("šentprima"));
    assert_eq!(found(&node, &q).await, ["Šentprima", "Mentori di Šentprima"], "of all kinds, the best first");
    assert_eq!(found(&node, "q=sentprma").await.len(), 2, "a slip of the keyboard");
    assert_eq!(found(&node, "q=sentprima&kind=practice&language=it").await, ["Mentori di Šentprima"], "filtered");
    let path = format!("/api/v1/records/{id}");
    let change = json!({"fields": {"name": "Korenine"}});
    node.call_with("PATCH", &path, Some(change), &[("if-match", "*")]).await;
    assert_eq!(found(&node, "q=korenine").await, ["Korenine"], "by its new name");
    assert_eq!(found(&node, "q=sentprima").await, ["Mentori di Šentprima"], "not by its old one");
    node.call_with("DELETE", &path, None, &[("if-match", "*")]).await;
    assert!(found(&node, "q=korenine").await.is_empty(), "nor when it is deleted");
    let app = node.app.clone();
    let agrees = node.handle.read(move |store| app.search().agrees(store)).await.expect("reads");
    assert!(agrees, "the index says what one made anew would say");
    for wrong in ["q=", "q=x&limit=0", "q=x&limit=100000", "q=x&network=y"] {
        let got = node.call("GET", &format!("/api/v1/search?{wrong}"), None).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{wrong} is refused");
    }
}

#[tokio::test]
async fn persons_are_not_found() {
    let node = start(62, "Ožara", "SI", false);
    let fields = json!({"given_name": "Ada", "family_name": "Zupan", "purpose": "stik", "legal_basis": "consent",
        "retain_until": "2099-12-31"});
    let before = found(&node, "q=zupan").await;
    let added = node.call("POST", "/api/v1/persons", Some(json!({"fields": fields, "scope": "all"}))).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert_eq!((before, found(&node, "q=zupan").await), (vec![], vec![]), "neither before nor after");
}
