//! What became of a record, and taking changes back, over HTTP.

use super::conflicts::every_type;
use super::nodes::{Got, TestNode, start};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn told(node: &TestNode, id: &str) -> Vec<Value> {
    let got = node.call("GET", &format!("/api/v1/records/{id}/history"), None).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
    got.json()["items"].as_array().unwrap().clone()
}

async fn patch(node: &TestNode, id: &str, fields: Value) {
    let path = format!("/api/v1/records/{id}");
    let got = node.call_with("PATCH", &path, Some(json!({"fields": fields})), &[("if-match", "*")]).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
}

async fn undo(node: &TestNode, id: &str, body: Value) -> Got {
    node.call("POST", &format!("/api/v1/records/{id}/undo"), Some(body)).await
}

/// What the record says, without what every edit leaves alone.
async fn fields(node: &TestNode, id: &str) -> Value {
    node.call("GET", &format!("/api/v1/records/{id}"), None).await.json()["values"][0]["fields"].clone()
}

#[tokio::test]
async fn a_change_is_told_and_taken_back() {
    let node = start(60, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Brezmir", "country": "SI", "target_groups": ["youth"]})).await;
    patch(&node, &id, json!({"phone": "+386 1", "target_groups": {"add": ["women"], "remove": ["youth"]}})).await;
    let entries = told(&node, &id).await;
    assert_eq!(entries.len(), 2, "two changes");
    assert_eq!((&entries[0]["what"], &entries[1]["what"]), (&json!("changed"), &json!("created")), "newest first");
    assert_eq!((&entries[0]["partner_name"], &entries[0]["device_name"]), (&json!("Ožara"), &json!("office")), "who");
    let expected = json!([
        {"field": "phone", "label": "Telephone", "old": [], "new": "+386 1"},
        {"field": "target_groups/women", "label": "Target groups (women)", "old": [], "new": true},
        {"field": "target_groups/youth", "label": "Target groups (youth)", "old": [true], "new": null},
    ]);
    assert_eq!(entries[0]["fields"], expected, "what, with its old values");

    patch(&node, &id, json!({"phone": "+386 2"})).await;
    let change = entries[0]["change"].as_str().unwrap();
    let refused = undo(&node, &id, json!({"change": change})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "the phone has changed since: {}", refused.text);
    assert_eq!(refused.json()["fields"], json!(["phone"]), "which is said");
    assert_eq!(fields(&node, &id).await["target_groups"], json!(["women"]), "and nothing was done by halves");
    let one = undo(&node, &id, json!({"change": change, "field": "target_groups/youth"})).await;
    assert_eq!(one.status, StatusCode::OK, "one field alone: {}", one.text);
    assert_eq!(one.json()["fields"]["target_groups"], json!(["women", "youth"]), "is as before");
    let all = undo(&node, &id, json!({"change": change, "anyway": true})).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text);
    assert_eq!(all.json()["fields"]["phone"], Value::Null, "told so, the old value is restored all the same");
    let newest = told(&node, &id).await;
    assert_eq!(newest.len(), 5, "undoing is a change, and the others stay");
    assert_eq!(newest[0]["fields"][0]["old"], json!(["+386 2"]), "with what it overwrote");

    let creation = entries[1]["change"].as_str().unwrap();
    let refused = undo(&node, &id, json!({"change": creation})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "others have written to it since");
    let gone = undo(&node, &id, json!({"change": creation, "anyway": true})).await;
    assert_eq!(gone.json()["deleted"], true, "without its creation the record is deleted");
    let deletion = told(&node, &id).await[0].clone();
    assert_eq!(deletion["what"], "deleted");
    let back = undo(&node, &id, json!({"change": deletion["change"]})).await;
    assert_eq!(back.json()["deleted"], false, "and undoing that restores it");
    let name = undo(&node, &id, json!({"change": creation, "field": "name"})).await;
    assert_eq!(name.status, StatusCode::UNPROCESSABLE_ENTITY, "no record loses its name: {}", name.text);
}

#[tokio::test]
async fn a_history_is_read_in_pages() {
    let node = start(61, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Brezmir", "country": "SI"})).await;
    for n in 0..4 {
        patch(&node, &id, json!({"phone": n.to_string()})).await;
    }
    let all: Vec<Value> = told(&node, &id).await.iter().map(|entry| entry["change"].clone()).collect();
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = node.call("GET", &format!("/api/v1/records/{id}/history?limit=2&after={after}"), None).await.json();
        paged.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["change"].clone()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((paged.len(), paged), (5, all), "each change once, in the same order");
    let nothing = node.call("GET", &format!("/api/v1/records/organisation:{}/history", "0".repeat(32)), None).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND, "no record, no history");
    let elsewhere =
        undo(&node, &id, json!({"change": format!("organisation:{}@0123456789abcdef", "0".repeat(32))})).await;
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST, "a change of another record is none of this one");
}

#[tokio::test]
async fn a_change_of_any_field_is_taken_back() {
    let node = start(62, "Ožara", "SI", false);
    let network = node.add("network", json!({"name": {"it": "Rete"}})).await;
    let organisation = node.add("organisation", json!({"name": "Lunavena", "country": "IT"})).await;
    for (kind, [first, second, _]) in
        every_type(&[("network", &network), ("other", &network), ("organisation", &organisation)])
    {
        let id = node.add(kind, first).await;
        let before = fields(&node, &id).await;
        patch(&node, &id, second).await;
        assert_ne!(fields(&node, &id).await, before, "{kind}: it was changed");
        let change = told(&node, &id).await[0]["change"].clone();
        let undone = undo(&node, &id, json!({"change": change})).await;
        assert_eq!(undone.status, StatusCode::OK, "{kind}: {}", undone.text);
        assert_eq!(fields(&node, &id).await, before, "{kind}: every field reads as before");
    }
}

#[tokio::test]
async fn a_step_of_a_log_is_not_taken_back() {
    let node = start(63, "Ožara", "SI", false);
    let network = node.add("network", json!({"name": {"it": "Rete"}})).await;
    let organisation = node.add("organisation", json!({"name": "Lunavena", "country": "IT"})).await;
    let id = node.add("interest", json!({"organisation": organisation, "network": network})).await;
    let body = json!({"to": "contacted", "at": "2026-03-01"});
    assert_eq!(
        node.call("POST", &format!("/api/v1/records/{id}/advance"), Some(body)).await.status,
        StatusCode::OK,
        "a step"
    );
    let change = told(&node, &id).await[0]["change"].clone();
    let refused = undo(&node, &id, json!({"change": change})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.json()["hint"].as_str().unwrap().contains("advance"), "a further step leads back");
}

#[tokio::test]
async fn a_change_of_entries_or_of_sameness_is_taken_back() {
    let node = start(64, "Ožara", "SI", false);
    let module = |text: &str| json!({"title": {"sl": text}, "hours": 6, "content": {"sl": format!("{text} vsebina")}});
    let id = node.add("programme", json!({"title": {"sl": "Program"}, "modules": [module("A"), module("B")]})).await;
    let modules = fields(&node, &id).await["modules"].clone();
    let of = |n: usize| modules[n]["id"].as_str().unwrap().to_owned();
    let (first, second) = (of(0), of(1));
    let cases = [
        ("added", json!({"add": [module("C")]})),
        ("removed", json!({"remove": [second]})),
        ("moved", json!({"move": [{"id": second, "after": null}]})),
        ("changed", json!([{"id": first, "title": {"sl": "Novo"}, "hours": 9}, {"id": second}])),
    ];
    for (what, change) in cases {
        let before = fields(&node, &id).await;
        patch(&node, &id, json!({"modules": change})).await;
        assert_ne!(fields(&node, &id).await, before, "{what}: it was changed");
        let told = told(&node, &id).await[0].clone();
        let undone = undo(&node, &id, json!({"change": told["change"]})).await;
        assert_eq!(undone.status, StatusCode::OK, "{what}: {}", undone.text);
        assert_eq!(fields(&node, &id).await, before, "{what}: the entries read as before; it was {told}");
    }

    let one = node.add("organisation", json!({"name": "Lunavena"})).await;
    let other = node.add("organisation", json!({"name": "Lunavena ONLUS"})).await;
    let say = async |state: &str| {
        let said = node.call("POST", "/api/v1/sameas", Some(json!({"a": one, "b": other, "state": state}))).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.text);
        said.json()["id"].as_str().unwrap().to_owned()
    };
    let link = say("confirmed").await;
    say("refused").await;
    let change = told(&node, &link).await[0]["change"].clone();
    let undone = undo(&node, &link, json!({"change": change})).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text);
    assert_eq!(fields(&node, &link).await["state"], "confirmed", "they are one again");
}
