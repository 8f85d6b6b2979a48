//! Decisions on pages: about persons too, and taken back by saying what should stand.

use super::federation::{let_in, until};
use super::nodes::{Got, TestNode, start, start_further};
use axum::http::{StatusCode, header};
use serde_json::{Value, json};

async fn page(node: &TestNode, path: &str) -> String {
    let got = node.page(path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    got.text
}

async fn patch(node: &TestNode, id: &str, fields: Value) {
    let path = format!("/api/v1/records/{id}");
    let got = node.call_with("PATCH", &path, Some(json!({"fields": fields})), &[("if-match", "*")]).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
}

/// What an attribute of the page says, each time that it stands there.
fn all<'a>(html: &'a str, before: &str) -> Vec<&'a str> {
    html.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn leads_to(got: &Got, path: &str) {
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    assert_eq!(got.headers[header::LOCATION].to_str().unwrap(), path, "where it leads");
}

/// A person that one machine of a partner has made and another one reads.
async fn person(a: &TestNode, b: &TestNode) -> String {
    let fields = json!({"given_name": "Ana", "family_name": "Zorko", "role": "contact", "purpose": "network",
        "legal_basis": "consent", "retain_until": "2099-01-01"});
    let made = a.call("POST", "/api/v1/persons", Some(json!({"fields": fields, "scope": []}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    until(b, "/api/v1/persons", |list| list["items"].as_array().is_some_and(|items| items.len() == 1)).await;
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_of_a_person_is_decided_on_the_page_and_the_decision_taken_back() {
    let (a, b) = (start(120, "Ožara", "SI", true), start_further(121, 120, ("Ožara", "SI")));
    let_in(&a, &b).await;
    for node in [&a, &b] {
        until(node, "/api/v1/status", |s| s["devices"][0]["in_sync"] == true).await;
    }
    let id = person(&a, &b).await;
    a.call("POST", "/api/v1/sync/pause", None).await;
    until(&b, "/api/v1/status", |s| s["devices"][0]["connected"] == false).await;
    patch(&a, &id, json!({"role": "Direktorica"})).await;
    patch(&b, &id, json!({"role": "Svetovalka"})).await;
    a.call("POST", "/api/v1/sync/resume", None).await;
    for node in [&a, &b] {
        until(node, "/api/v1/conflicts", |list| list["items"][0]["id"] == id.as_str()).await;
    }

    let shown = page(&a, &format!("/people/{id}")).await;
    let decide = all(&shown, "href=\"/conflicts?")[0].to_owned();
    let own = page(&a, &format!("/conflicts?{}", decide.split('#').next().unwrap())).await;
    assert!(own.contains(&format!("id=\"{}\"", decide.split('#').nth(1).unwrap())), "the link leads to its place");
    let inbox = page(&a, "/conflicts").await;
    for part in ["Ana Zorko", "Direktorica", "Svetovalka", "laptop", "office"] {
        assert!(inbox.contains(part) && own.contains(part), "{part} is shown: {inbox}");
    }
    assert!(page(&a, "/people").await.contains("class=\"tag warn\""), "the list marks it");
    let addresses = [all(&inbox, "href=\""), all(&inbox, "action=\"")].concat();
    let personal = addresses.iter().filter(|address| ["Zorko", "Direktor"].iter().any(|text| address.contains(text)));
    assert_eq!(personal.count(), 0, "no address holds anything of a person");

    let action = all(&inbox, "action=\"/conflicts/")[0].to_owned();
    let action = format!("/conflicts/{}", action.replace("&amp;", "&"));
    let version = all(&inbox, "name=\"version\" value=\"")[0].to_owned();
    let sent = |take: &'static str| [("field", "role"), ("version", version.as_str()), ("take", take)];
    let refused = a.form(&action, &sent("9")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.text.contains("Direktorica") && refused.text.contains("Svetovalka"), "both are still there");
    let links = all(&refused.text, "href=\"");
    assert!(
        links.iter().all(|link| !link.starts_with("/conflicts/")),
        "no link leads to the form's address: {links:?}"
    );
    for link in links.into_iter().filter(|link| link.starts_with("/conflicts")) {
        page(&a, &link.replace("&amp;", "&")).await;
    }
    leads_to(&a.form(&action, &sent("2")).await, "/conflicts");
    for node in [&a, &b] {
        until(node, "/api/v1/conflicts", |list| list["items"] == json!([])).await;
        assert!(page(node, "/conflicts").await.contains("Nothing waits for a decision."), "for both");
    }

    let history = page(&b, &format!("/records/{id}/history")).await;
    assert!(history.contains("This change decided between several values."), "the choice is offered: {history}");
    let entry = history.split("<ol class=\"timeline\"><li>").nth(1).unwrap().split("</ol>").next().unwrap();
    let undo = format!("/records/{id}/undo");
    let change = all(entry, "name=\"change\" value=\"")[0].to_owned();
    let unsaid = b.form(&undo, &[("change", &change), ("field", "role")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "which one is not said");
    assert!(unsaid.text.contains("Choose below which of them should stand."), "{}", unsaid.text);
    let values: Vec<&str> = entry.split("<div class=\"value\">").skip(1).collect();
    let other = values.iter().position(|value| value.starts_with("Direktorica")).unwrap() + 1;
    let chosen = b.form(&undo, &[("change", &change), ("field", "role"), ("take", &other.to_string())]).await;
    leads_to(&chosen, &format!("/records/{id}"));
    until(&a, "/api/v1/persons", |list| list["items"][0]["values"][0]["fields"]["role"] == "Direktorica").await;
}

#[tokio::test]
async fn links_after_a_refusal_lead_to_pages() {
    let node = start(122, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Zavod"})).await;
    for n in 0..60 {
        patch(&node, &id, json!({"phone": n.to_string()})).await;
    }
    let history = page(&node, &format!("/records/{id}/history")).await;
    let oldest = all(&history, "name=\"change\" value=\"").last().unwrap().to_string();
    let refused = node.form(&format!("/records/{id}/undo"), &[("change", oldest.as_str())]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "it has changed since");
    let older = all(&refused.text, "rel=\"next\" href=\"")[0].replace("&amp;", "&");
    assert!(older.starts_with(&format!("/records/{id}/history?after=")), "older changes are on the page: {older}");
    assert!(page(&node, &older).await.contains("created"), "and there they are");
    let language = all(&refused.text, "<a href=\"").into_iter().find(|link| link.contains("lang=it")).unwrap();
    assert!(page(&node, &language.replace("&amp;", "&")).await.contains("lang=\"it\""), "the page in another language");
}
