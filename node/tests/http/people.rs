//! Contact persons on pages: found, listed in pages, changed; and what is not offered for them.

use super::federation::{two, until};
use super::nodes::{TestNode, start};
use axum::http::StatusCode;
use serde_json::json;

async fn page(node: &TestNode, path: &str) -> String {
    let got = node.page(path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    got.text
}

async fn add(node: &TestNode, given: &str, family: &str, scope: serde_json::Value) -> String {
    let fields = json!({"given_name": given, "family_name": family, "role": "Referentka", "purpose": "Mreža",
        "legal_basis": "consent", "retain_until": "2099-01-01"});
    let made = node.call("POST", "/api/v1/persons", Some(json!({"fields": fields, "scope": scope}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_list_is_in_pages_and_finds_by_what_people_wrote() {
    let node = start(123, "Ožara", "SI", false);
    for n in 0..51 {
        add(&node, "Ana", &format!("Zorko {n:02}"), json!([])).await;
    }
    let first = page(&node, "/people").await;
    assert!(first.contains("51 people") && first.contains("Zorko 00") && !first.contains("Zorko 50"), "one page");
    let last = page(&node, "/people?page=2").await;
    assert!(last.contains("Zorko 50") && !last.contains("Zorko 00"), "and the other");
    assert!(page(&node, "/people?page=99").await.contains("Zorko 50"), "behind the last one is the last one");
    for (asked, found) in [("ana zorko 07", "1 person"), ("referentka", "51 people"), ("mreza", "51 people")] {
        assert!(page(&node, &format!("/people?q={}", asked.replace(' ', "%20"))).await.contains(found), "{asked}");
    }
    for asked in ["family_name", "retain_until", "values", "person:", "null"] {
        assert!(page(&node, &format!("/people?q={asked}")).await.contains("0 people"), "{asked} is no value of theirs");
    }
}

#[tokio::test]
async fn a_person_is_changed_on_its_form() {
    let node = start(124, "Ožara", "SI", false);
    let id = add(&node, "Ana", "Zorko", json!([])).await;
    let shown = page(&node, &format!("/people/{id}")).await;
    let edit = shown.split("href=\"").find(|part| part.contains("/edit?register=")).unwrap().split('"').next().unwrap();
    let form = page(&node, edit).await;
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sent = [
        ("version", version.as_str()),
        ("f.given_name", "Ana"),
        ("f.family_name", "Zorko"),
        ("f.role", "Vodja"),
        ("f.purpose", "Mreža"),
        ("f.legal_basis", "consent"),
        ("f.retain_until", "2099-01-01"),
    ];
    let saved = node.form(edit, &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert!(page(&node, &format!("/people/{id}")).await.contains("Vodja"), "it is saved");
}

#[tokio::test]
async fn a_person_leads_to_its_history() {
    let node = start(125, "Ožara", "SI", false);
    let id = add(&node, "Ana", "Zorko", json!([])).await;
    let body = json!({"fields": {"role": "Vodja"}});
    let path = format!("/api/v1/records/{id}");
    let got = node.call_with("PATCH", &path, Some(body), &[("if-match", "*")]).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
    let shown = page(&node, &format!("/people/{id}")).await;
    let link = shown.split("href=\"").filter_map(|part| part.split('"').next()).find(|link| link.ends_with("/history"));
    let history = page(&node, link.expect("the person leads to its history")).await;
    for part in ["Ana Zorko", "<del>Referentka</del>", "<ins>Vodja</ins>"] {
        assert!(history.contains(part), "{part}: {history}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_proposed_about_a_person_of_another_controller() {
    let (a, b) = two().await;
    let id = add(&a, "Ana", "Zorko", json!("all")).await;
    until(&b, "/api/v1/persons", |list| list["items"].as_array().is_some_and(|items| items.len() == 1)).await;
    let shown = page(&b, &format!("/people/{id}")).await;
    assert!(shown.contains("read only") && !shown.contains("/propose"), "it is not offered: {shown}");
    let body = json!({"fields": {"role": "Vodja"}});
    let refused = b.call("POST", &format!("/api/v1/records/{id}/proposals"), Some(body)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "proposals are read by all: {}", refused.text);
}
