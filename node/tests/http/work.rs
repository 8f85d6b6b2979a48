//! The work of coordinators over HTTP and on the page: interest, programmes, notes, records that are one, what is stale.

use super::nodes::{TestNode, start};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn ends(node: &TestNode) -> (String, String, String, String) {
    let network = node.add("network", json!({"name": {"it": "Rete", "en": "Network"}})).await;
    let event = node.add("event", json!({"title": {"en": "Focus group"}, "type": "focus_group"})).await;
    let first = node.add("organisation", json!({"name": "Lunavena", "country": "IT", "city": "Treviso"})).await;
    let second = node.add("organisation", json!({"name": "Lunavena ONLUS", "country": "IT", "city": "Treviso"})).await;
    (network, event, first, second)
}

fn linked(record: &Value) -> Vec<&str> {
    record["linked"].as_array().unwrap().iter().map(|link| link["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn interest_of_several_leads_to_memberships_once() {
    let node = start(40, "Ožara", "SI", false);
    let (network, event, first, second) = ends(&node).await;
    let body = json!({"event": event, "network": network, "organisations": [first, second], "at": "2026-02-11"});
    let made = node.call("POST", "/api/v1/interests", Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let items = made.json()["items"].clone();
    let id = items[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((items.as_array().unwrap().len(), &items[1]["values"][0]["status"]), (2, &json!("received")), "both");
    let shown = node.call("GET", &format!("/api/v1/records/{event}"), None).await.json();
    assert_eq!(linked(&shown).len(), 2, "the event leads to both");

    let page = node.page(&format!("/records/{id}")).await;
    assert!(page.text.contains("value=\"accepted\""), "the page offers the next steps");
    let sent = node.form(&format!("/records/{id}/advance?register=own"), &[("to", "accepted")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let shown = node.call("GET", &format!("/api/v1/records/{id}"), None).await.json();
    assert_eq!(shown["values"][0]["status"], "accepted", "{shown}");
    let membership = linked(&shown).into_iter().find(|id| id.starts_with("membership:")).unwrap().to_owned();
    let member = node.call("GET", &format!("/api/v1/records/{membership}"), None).await.json();
    assert_eq!(member["values"][0]["fields"]["role"], "member", "accepting has made the membership");
    assert_eq!((linked(&member), &member["claimed"]), (vec![id.as_str()], &json!(false)), "which leads back");

    let again = node.call("POST", &format!("/api/v1/records/{id}/advance"), Some(json!({"to": "declined"}))).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "a membership is no more declined");
    assert!(again.text.contains("accepted does not lead to declined"), "{}", again.text);
    let second = node.add("interest", json!({"organisation": first, "network": network})).await;
    let path = format!("/api/v1/records/{second}/advance");
    let accepted = node.call("POST", &path, Some(json!({"to": "accepted", "at": "2026-03-01"}))).await;
    assert_eq!(accepted.json()["membership"], membership.as_str(), "the same membership: {}", accepted.text);
    let list = node.call("GET", "/api/v1/records?kind=membership", None).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "which is there once");
}

#[tokio::test]
async fn a_membership_outside_the_register_of_its_network_is_claimed() {
    let node = start(47, "Ožara", "SI", false);
    let (network, _, organisation, second) = ends(&node).await;
    let member = async |organisation: &str, register: &str| {
        let fields = json!({"organisation": organisation, "network": network, "role": "member"});
        let body = json!({"kind": "membership", "register": register, "fields": fields});
        let made = node.call("POST", "/api/v1/records", Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let seen = async |id: &str| {
        let record = node.call("GET", &format!("/api/v1/records/{id}"), None).await.json();
        let shown = node.page(&format!("/records/{id}")).await.text;
        let callout = shown.split("<p class=\"callout\">").skip(1).filter_map(|part| part.split("</p>").next());
        let told = callout.filter(|part| part.contains("not recorded in the register of its network")).count();
        (record["claimed"].clone(), told)
    };
    let claimed = member(&organisation, "internal").await;
    assert_eq!(seen(&claimed).await, (json!(true), 1), "by API and on its page");
    let at_home = member(&second, "own").await;
    assert_eq!(seen(&at_home).await, (json!(false), 0), "where the network lies it is none");
    assert_eq!(member(&organisation, "own").await, claimed, "the same membership, recorded there as well");
    assert_eq!(seen(&claimed).await, (json!(false), 0), "is claimed no more");
    assert_eq!(seen(&network).await.0, json!(false), "and no other kind is");
}

#[tokio::test]
async fn modules_are_added_moved_and_edited_by_their_ids() {
    let node = start(41, "Ožara", "SI", false);
    let module = |title: &str| json!({"title": {"sl": title}, "hours": 6});
    let id = node.add("programme", json!({"title": {"sl": "Program"}, "modules": [module("A"), module("B")]})).await;
    let path = format!("/api/v1/records/{id}");
    let patch = async |fields: Value| {
        let got = node.call_with("PATCH", &path, Some(json!({"fields": fields})), &[("if-match", "*")]).await;
        (got.status, got.json())
    };
    let modules = |record: &Value| record["values"][0]["fields"]["modules"].as_array().unwrap().clone();
    let read = modules(&node.call("GET", &path, None).await.json());
    let (a, b) = (read[0]["id"].clone(), read[1]["id"].clone());
    let (_, moved) = patch(json!({"modules": {"move": [{"id": b, "after": null}], "add": [module("C")]}})).await;
    let titles: Vec<Value> = modules(&moved).iter().map(|module| module["title"]["sl"].clone()).collect();
    assert_eq!(titles, ["B", "A", "C"], "moved and added");
    let name = format!("modules.{}.hours", a.as_str().unwrap());
    let (_, edited) = patch(json!({ name.clone(): 8 })).await;
    assert_eq!(modules(&edited)[1]["hours"], 8, "one sub-field by its name");
    let (status, refused) = patch(json!({ name.clone(): "many" })).await;
    assert_eq!((status, &refused["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(name)), "{refused}");
    let page = node.page(&format!("/records/{id}")).await;
    assert!(page.text.contains("<ol class=\"entries\">"), "the page shows them in order");
    let (_, gone) = patch(json!({"modules": {"remove": [a]}})).await;
    assert_eq!(modules(&gone).len(), 2, "one is removed");
}

#[tokio::test]
async fn notes_are_for_this_partner_alone() {
    let node = start(42, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Zavod"})).await;
    let note = node.add("note", json!({"about": id, "text": "Pokliči spomladi.\nNajprej po e-pošti."})).await;
    let read = node.call("GET", &format!("/api/v1/records/{note}"), None).await.json();
    assert_eq!(read["values"][0]["register_name"], "Internal (your partner only)", "it lies inside: {read}");
    assert_eq!(read["values"][0]["fields"]["visibility"], "partner", "and says so");
    assert_eq!(read["title"], "Pokliči spomladi. …", "its first line is its title");
    let record = node.call("GET", &format!("/api/v1/records/{id}"), None).await.json();
    assert_eq!(linked(&record), [note.as_str()], "the record leads to it");
    let form = node.page(&format!("/records/new?kind=note&about={id}")).await;
    assert!(form.text.contains(&format!("value=\"{id}\" selected")), "the form knows what it is about");
}

#[tokio::test]
async fn two_records_are_one_and_two_again() {
    let node = start(43, "Ožara", "SI", false);
    let (_, _, first, second) = ends(&node).await;
    let suggested = node.call("GET", "/api/v1/sameas", None).await.json();
    let pair = suggested["items"][0].clone();
    assert_eq!(pair["reasons"][0]["text"], "similar name in Treviso", "{suggested}");
    let set = async |body: Value| node.call("POST", "/api/v1/sameas", Some(body)).await;
    let merged = async || node.call("GET", &format!("/api/v1/records/{first}"), None).await.json()["merged"].clone();
    let said = set(json!({"id": pair["id"], "state": "confirmed"})).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    let evidence = said.json()["values"][0]["fields"]["evidence"].clone();
    assert_eq!(evidence, json!(["name: Treviso"]), "why it was suggested stays with it");
    let names = merged().await["fields"]["name"].clone();
    assert_eq!(names[0]["sources"][0]["id"], first.as_str(), "the own words first: {names}");
    assert_eq!(names[1]["sources"][0]["id"], second.as_str(), "each value with its source");
    let page = node.page(&format!("/records/{first}")).await;
    assert!(page.text.contains("Together with") && page.text.contains(&second), "the page tells it");
    assert_eq!(set(json!({"a": second, "b": first, "state": "suggested"})).await.status, StatusCode::OK, "by its ends");
    assert_eq!(merged().await, Value::Null, "taken back");
    let link = pair["id"].as_str().expect("an id");
    let here = said.json()["values"][0]["register"].clone();
    node.call_with("DELETE", &format!("/api/v1/records/{link}"), None, &[("if-match", "*")]).await;
    let again = set(json!({"id": link, "state": "confirmed"})).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_ne!(merged().await, Value::Null, "a link that was removed is one again");
    let inbox = node.call("GET", "/api/v1/conflicts", None).await.json();
    assert_eq!(inbox["items"], json!([]), "and is not left for somebody to decide: {inbox}");
    let elsewhere = set(json!({"id": link, "state": "confirmed", "register": "internal"})).await;
    assert_eq!(elsewhere.status, StatusCode::OK, "a register that does not hold it yet: {}", elsewhere.text);
    assert_eq!(elsewhere.json()["values"].as_array().map(Vec::len), Some(2), "holds it now, beside {here}");
    for register in ["own", "internal"] {
        let back = set(json!({"id": link, "state": "suggested", "register": register})).await;
        assert_eq!(back.status, StatusCode::OK, "taken back in {register}: {}", back.text);
    }
    let itself = set(json!({"a": first, "b": first, "state": "confirmed"})).await;
    assert_eq!(itself.status, StatusCode::UNPROCESSABLE_ENTITY, "a record is no other: {}", itself.text);
    let nobody = set(json!({"id": format!("sameas:{}", "ab".repeat(16)), "state": "refused"})).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND, "what nobody suggested");
}

#[tokio::test]
async fn stale_records_and_news_are_listed() {
    let node = start(44, "Ožara", "SI", false);
    let old = node.add("organisation", json!({"name": "Stara", "last_verified": "2020-01-01"})).await;
    let never = node.add("organisation", json!({"name": "Nova"})).await;
    let today = comin_node::views::time::today().to_string();
    node.add("organisation", json!({"name": "Sveža", "last_verified": today})).await;
    let stale = node.call("GET", "/api/v1/stale", None).await.json();
    let ids: Vec<&str> = stale["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [never.as_str(), old.as_str()], "never verified first");
    node.call_with("DELETE", &format!("/api/v1/records/{old}"), None, &[("if-match", "*")]).await;
    let news = node.call("GET", "/api/v1/news?days=1", None).await.json();
    let item = &news["items"][0];
    assert_eq!((&item["partner_name"], &item["kind"]), (&json!("Ožara"), &json!("organisation")), "{news}");
    assert_eq!((&item["added"], &item["deleted"]), (&json!(2), &json!(1)), "two came and one went: {news}");
    let none = node.call("GET", "/api/v1/news?since=2999-01-01", None).await.json();
    assert_eq!(none["items"], json!([]), "nothing has happened yet");
    let wrong = node.call("GET", "/api/v1/news?since=yesterday", None).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
}

#[tokio::test]
async fn references_that_lead_nowhere_say_why() {
    let node = start(45, "Ožara", "SI", false);
    let gone = node.add("organisation", json!({"name": "Bivša"})).await;
    let unknown = format!("organisation:{}", "ab".repeat(16));
    let id = node.add("network", json!({"name": {"sl": "Mreža"}, "coordinators": [gone, unknown]})).await;
    node.call_with("DELETE", &format!("/api/v1/records/{gone}"), None, &[("if-match", "*")]).await;
    let record = node.call("GET", &format!("/api/v1/records/{id}"), None).await.json();
    let state = |id: &str| {
        let absent = record["absent"].as_array().unwrap();
        absent.iter().find(|one| one["id"] == id).map(|one| one["state"].clone())
    };
    assert_eq!((state(&gone), state(&unknown)), (Some(json!("deleted")), Some(json!("not-received"))), "{record}");
    let page = node.page(&format!("/records/{id}")).await;
    assert!(page.text.contains("not received yet"), "the page says it as well");
}

#[tokio::test]
async fn a_proposal_takes_only_what_the_record_takes() {
    let node = start(46, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Zavod"})).await;
    let path = format!("/api/v1/records/{id}/proposals");
    let propose = async |fields: Value| node.call("POST", &path, Some(json!({"fields": fields}))).await;
    for (fields, told) in [
        (json!({"website": "zavod.example"}), "https://"),
        (json!({"deleted": true}), "cannot be proposed"),
        (json!({"mood": "good"}), "cannot be proposed"),
    ] {
        let refused = propose(fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains(told), "{}", refused.text);
    }
    let made = propose(json!({"city": "Koper", "description@sl": "Opis"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let proposal = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["current"], json!({"city": null, "description@sl": null}), "what stands there now");
    let accepted = node.call("POST", &format!("/api/v1/proposals/{proposal}/accept"), None).await;
    assert_eq!(accepted.json()["state"], "accepted", "{}", accepted.text);
    let fields = node.call("GET", &format!("/api/v1/records/{id}"), None).await.json()["values"][0]["fields"].clone();
    assert_eq!((&fields["city"], &fields["description"]["sl"]), (&json!("Koper"), &json!("Opis")), "taken over");
    let withdrawn = propose(json!({"city": "Izola"})).await.json()["id"].as_str().unwrap().to_owned();
    node.call_with("DELETE", &format!("/api/v1/records/{withdrawn}"), None, &[("if-match", "*")]).await;
    let open = node.call("GET", "/api/v1/proposals", None).await.json();
    assert_eq!(open["items"], json!([]), "one was accepted and one withdrawn");
    let all = node.call("GET", "/api/v1/proposals?all=true", None).await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2, "both can be read");
}
