//! Search over HTTP: what was just written is found, what is gone is not.

use super::nodes::{TestNode, escape, start};
use axum::http::StatusCode;
use comin_protocol::engine::Write;
use comin_protocol::ids::RecordKey;
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
    let different = node.handle.read(move |store| app.search().differences(store)).await.expect("reads");
    assert!(different.is_empty(), "the index says what the rows say: {different:?}");
    for wrong in ["q=", "q=x&limit=0", "q=x&limit=100000", "q=x&network=y"] {
        let got = node.call("GET", &format!("/api/v1/search?{wrong}"), None).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{wrong} is refused");
    }
}

#[tokio::test]
async fn a_check_of_a_running_node_finds_what_no_document_says() {
    let node = start(63, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Šentprima", "country": "SI"})).await;
    let check = async || node.call("GET", "/api/v1/check", None).await.json();
    assert_eq!(found(&node, "q=sentprima").await, ["Šentprima"], "the index is made");
    assert_eq!(check().await["faults"], json!([]), "nothing is wrong yet");

    // Behind the back of engine and index, as a fault of the projection would.
    let key = RecordKey::parse(&id).expect("an id");
    let rows = node.handle.read(move |store| {
        let rows = store.rows_of(&key)?;
        let mut wrong = rows.clone();
        wrong[0].fields.get_mut("name").expect("a name")[0].value = "Ombralago".into();
        store.commit(&[vec![Write::put_row(&wrong[0])]])?;
        Ok(rows)
    });
    let rows = rows.await.expect("the store takes it");
    let faults = [format!("{id} reads differently in the view"), format!("{id} reads differently in the search index")];
    assert_eq!(check().await["faults"], json!(faults), "both are named");
    node.handle.read(move |store| store.commit(&[vec![Write::put_row(&rows[0])]])).await.expect("the store takes it");
    assert_eq!(check().await["faults"], json!([]), "and all is well again");
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
