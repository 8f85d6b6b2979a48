//! Conflicts in fields of every type: shown to both partners, and decided by either.

use super::federation::{two, until};
use super::nodes::TestNode;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Of several kinds three states of a record, in which every type of field has three values.
pub fn every_type(ids: &[(&str, &str)]) -> Vec<(&'static str, [Value; 3])> {
    let id = |kind: &str| ids.iter().find(|(of, _)| *of == kind).map(|(_, id)| (*id).to_owned()).unwrap();
    let organisation = |n: u32, country: &str| {
        json!({"name": format!("Lunavena {n}"), "country": country, "languages": ["sl"],
            "position": {"lat": 40 + n, "lon": 12.5, "precision": "city"},
            "website": format!("https://{n}.example"), "email": format!("info@{n}.example"),
            "description": {"sl": format!("Opis {n}")}, "last_verified": format!("2026-01-0{n}")})
    };
    let event = |n: u32, state: &str, zone: &str| {
        json!({"title": {"it": format!("Titolo {n}")}, "type": state, "attendance": n,
            "when": {"start": format!("2026-03-0{n}T09:00"), "end": format!("2026-03-0{n}T12:00"), "tzid": zone}})
    };
    // Long texts that are begun apart compete; one that stands already takes both edits.
    let practice = |text: &str, network: Value, more: Value| {
        let mut fields = json!({"title": {"it": text}, "network": network, "summary": {"it": format!("{text} breve")}});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let begun = |text: &str| json!({"description": {"it": format!("{text} lunga")}});
    let link = |role: &str, n: u32| {
        json!({"organisation": id("organisation"), "network": id("network"), "role": role,
            "since": format!("2025-01-0{n}")})
    };
    let network = |n: u32, levels: Value| {
        json!({"name": {"it": format!("Rete {n}")}, "since": format!("2020-0{n}"), "levels": levels,
            "links": [format!("https://{n}.example")], "vision": {"it": format!("Visione {n}")}})
    };
    let programme = |text: &str| json!({"title": {"sl": text}, "modules": [{"title": {"sl": text}, "hours": 6}]});
    let publication = |n: u32| json!({"title": {"it": "Libro"}, "url": format!("https://{n}.example"), "sha256": n.to_string().repeat(64)});
    vec![
        ("organisation", [organisation(1, "SI"), organisation(2, "IT"), organisation(3, "FR")]),
        (
            "event",
            [
                event(1, "workshop", "Europe/Rome"),
                event(2, "conference", "Europe/Paris"),
                event(3, "meeting", "Europe/Ljubljana"),
            ],
        ),
        (
            "practice",
            [
                practice("Prima", json!(id("network")), json!({})),
                practice("Seconda", Value::Null, begun("Seconda")),
                practice("Terza", json!(id("other")), begun("Terza")),
            ],
        ),
        ("membership", [link("member", 1), link("coordinator", 2), link("observer", 3)]),
        (
            "network",
            [network(1, json!(["local"])), network(2, json!(["regional"])), network(3, json!(["local", "national"]))],
        ),
        ("programme", [programme("Prvi"), programme("Drugi"), programme("Tretji")]),
        ("publication", [publication(1), publication(2), publication(3)]),
    ]
}

/// The fields of each kind that are in conflict when two partners have written those states apart.
const IN_CONFLICT: [(&str, &[&str]); 7] = [
    ("organisation", &["country", "description@sl", "email", "last_verified", "name", "position", "website"]),
    ("event", &["attendance", "title@it", "type", "when"]),
    ("practice", &["description@it", "network", "summary@it", "title@it"]),
    ("membership", &["role", "since"]),
    ("network", &["name@it", "since", "vision@it"]),
    // The list of modules is written anew by each, which both stay.
    ("programme", &["title@sl"]),
    ("publication", &["sha256", "url"]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_in_a_field_of_any_type_is_shown_and_decided() {
    let (a, b) = two().await;
    let made = a.call("POST", "/api/v1/registers", Some(json!({"name": "Shared", "writers": "all"}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    until(&b, "/api/v1/registers", |l| l["items"].as_array().unwrap().iter().any(|r| r["name"] == "Shared")).await;
    let add = async |kind: &str, fields: Value| {
        let body = json!({"kind": kind, "register": "Shared", "fields": fields});
        let made = a.call("POST", "/api/v1/records", Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{kind}: {}", made.text);
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let network = add("network", json!({"name": {"it": "Una"}})).await;
    let other = add("network", json!({"name": {"it": "Altra"}})).await;
    let organisation = add("organisation", json!({"name": "Korenine", "country": "SI"})).await;
    let known = [("network", network.as_str()), ("other", other.as_str()), ("organisation", organisation.as_str())];
    let mut records = Vec::new();
    for (kind, [first, second, third]) in every_type(&known) {
        records.push((kind, add(kind, first).await, second, third));
    }
    let sync = a.call("POST", "/api/v1/sync", Some(json!({"wait": 20}))).await.json();
    assert_eq!(sync["complete"], true, "both hold all of it: {sync}");

    a.call("POST", "/api/v1/sync/pause", None).await;
    until(&b, "/api/v1/status", |s| s["peers"][0]["state"] == "away").await;
    for (kind, id, second, third) in &records {
        for (node, fields) in [(&a, second), (&b, third)] {
            let mut fields = fields.clone();
            // A link is between its ends for good.
            fields
                .as_object_mut()
                .unwrap()
                .retain(|name, _| *kind != "membership" || name == "role" || name == "since");
            let path = format!("/api/v1/records/{id}");
            let got = node.call_with("PATCH", &path, Some(json!({"fields": fields})), &[("if-match", "*")]).await;
            assert_eq!(got.status, StatusCode::OK, "{kind}: {}", got.text);
        }
    }
    a.call("POST", "/api/v1/sync/resume", None).await;
    let expected: usize = IN_CONFLICT.iter().map(|(_, fields)| fields.len()).sum();
    let all = "/api/v1/conflicts?limit=500";
    for node in [&a, &b] {
        until(node, all, |list| list["items"].as_array().unwrap().len() == expected).await;
    }
    for (kind, id, ..) in &records {
        let list = b.call("GET", all, None).await.json();
        let of_record = list["items"].as_array().unwrap().iter().filter(|item| item["id"] == id.as_str());
        let fields: Vec<&str> = of_record.map(|item| item["field"].as_str().unwrap()).collect();
        let wanted = IN_CONFLICT.iter().find(|(of, _)| of == kind).unwrap().1;
        assert_eq!(fields, wanted, "{kind}: the fields in conflict");
        for (n, field) in wanted.iter().enumerate() {
            let item =
                list["items"].as_array().unwrap().iter().find(|i| i["id"] == id.as_str() && i["field"] == *field);
            let values = item.unwrap()["values"].as_array().unwrap().clone();
            assert_eq!(values.len(), 2, "{kind} {field}: both values: {values:?}");
            // One after another by its number, and by a value written as people write it.
            let value = values[1]["value"].clone();
            let body = match n % 2 == 0 || value.is_null() {
                true => json!({"field": field, "take": 2}),
                false => {
                    json!({"field": field, "value": value.as_i64().map_or(value.clone(), |n| json!(n.to_string()))})
                }
            };
            let node = if n % 3 == 0 { &a } else { &b };
            let decided = node.call("POST", &format!("/api/v1/conflicts/{id}/resolve"), Some(body)).await;
            assert_eq!(decided.status, StatusCode::OK, "{kind} {field}: {}", decided.text);
            let left = decided.json()["conflicts"].as_array().unwrap().clone();
            assert!(left.iter().all(|conflict| conflict["field"] != *field), "{kind} {field} is decided: {left:?}");
            // On both: the next decision is made of the record as it is now, and refused where it has changed meanwhile.
            for node in [&a, &b] {
                until(node, all, |list| {
                    let items = list["items"].as_array().unwrap();
                    items.iter().all(|item| item["id"] != id.as_str() || item["field"] != *field)
                })
                .await;
            }
        }
        let told = b.call("GET", &format!("/api/v1/records/{id}/history"), None).await.json();
        assert_eq!(
            told["items"][0]["fields"][0]["old"].as_array().unwrap().len(),
            2,
            "{kind}: what was decided between"
        );
    }
    for node in [&a, &b] {
        until(node, all, |list| list["items"] == json!([])).await;
    }
}

/// What two partners did apart to a record, what is in conflict then, and how it is taken back once it is decided.
struct Apart {
    id: String,
    field: String,
    /// The number of the value that is taken.
    take: usize,
    undo: Undo,
}

/// What undoing a decision asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// Which of the values should stand.
    Choice,
    /// Nothing more.
    Plain,
    /// It is refused: a log grows.
    Never,
}

async fn done(node: &TestNode, method: &str, path: &str, body: Option<Value>) -> Value {
    let got = node.call_with(method, path, body, &[("if-match", "*")]).await;
    assert!(got.status.is_success(), "{method} {path}: {}", got.text);
    got.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_entries_sameness_and_deletions_in_conflict_are_decided_and_taken_back() {
    let (a, b) = two().await;
    done(&a, "POST", "/api/v1/registers", Some(json!({"name": "Shared", "writers": "all"}))).await;
    until(&b, "/api/v1/registers", |l| l["items"].as_array().unwrap().iter().any(|r| r["name"] == "Shared")).await;
    let add = async |kind: &str, fields: Value| {
        let body = json!({"kind": kind, "register": "Shared", "fields": fields});
        done(&a, "POST", "/api/v1/records", Some(body)).await["id"].as_str().unwrap().to_owned()
    };
    let network = add("network", json!({"name": {"it": "Rete"}})).await;
    let organisation = add("organisation", json!({"name": "Korenine", "country": "SI"})).await;
    let other = add("organisation", json!({"name": "Lunavena", "country": "IT"})).await;
    let interest = add("interest", json!({"organisation": organisation, "network": network})).await;
    let module = |text: &str| json!({"title": {"sl": text}, "hours": 6});
    let programme = add("programme", json!({"title": {"sl": "Program"}, "modules": [module("A"), module("B")]})).await;
    let say = json!({"a": organisation, "b": other, "state": "suggested", "register": "Shared"});
    let link = done(&a, "POST", "/api/v1/sameas", Some(say)).await["id"].as_str().unwrap().to_owned();
    let read = done(&a, "GET", &format!("/api/v1/records/{programme}"), None).await;
    let entry = read["values"][0]["fields"]["modules"][0]["id"].as_str().unwrap().to_owned();
    let sync = a.call("POST", "/api/v1/sync", Some(json!({"wait": 20}))).await.json();
    assert_eq!(sync["complete"], true, "both hold all of it: {sync}");

    a.call("POST", "/api/v1/sync/pause", None).await;
    until(&b, "/api/v1/status", |s| s["peers"][0]["state"] == "away").await;
    for (node, title, state, same) in [(&a, "Levo", "contacted", "confirmed"), (&b, "Desno", "declined", "refused")] {
        let modules = json!({"fields": {format!("modules.{entry}.title@sl"): title}});
        done(node, "PATCH", &format!("/api/v1/records/{programme}"), Some(modules)).await;
        let step = json!({"to": state, "at": "2026-03-01"});
        done(node, "POST", &format!("/api/v1/records/{interest}/advance"), Some(step)).await;
        done(node, "POST", "/api/v1/sameas", Some(json!({"id": link, "state": same, "register": "Shared"}))).await;
    }
    done(&a, "DELETE", &format!("/api/v1/records/{other}"), None).await;
    done(&b, "PATCH", &format!("/api/v1/records/{other}"), Some(json!({"fields": {"city": "Treviso"}}))).await;
    a.call("POST", "/api/v1/sync/resume", None).await;

    let all = "/api/v1/conflicts?limit=500";
    let case = |id: &str, field: &str, take, undo| Apart { id: id.to_owned(), field: field.to_owned(), take, undo };
    let cases = [
        case(&programme, &format!("modules.{entry}.title@sl"), 1, Undo::Choice),
        case(&link, "state", 2, Undo::Choice),
        case(&other, "deleted", 2, Undo::Plain),
        case(&interest, "transitions", 1, Undo::Never),
    ];
    for node in [&a, &b] {
        let list = until(node, all, |list| list["items"].as_array().unwrap().len() == cases.len()).await;
        for case in &cases {
            let is_it = |item: &&Value| item["id"] == case.id.as_str() && item["field"] == case.field.as_str();
            let item = list["items"].as_array().unwrap().iter().find(is_it);
            let values = item.unwrap_or_else(|| panic!("{} of {}: {list}", case.field, case.id))["values"].clone();
            let by: Vec<&str> = values.as_array().unwrap().iter().filter_map(|v| v["partner_name"].as_str()).collect();
            assert_eq!(by.len(), 2, "{}: who wrote each: {values}", case.field);
            assert!(by.contains(&"Ožara") && by.contains(&"EDIAS"), "{}: both partners: {values}", case.field);
        }
    }
    for case in &cases {
        let body = json!({"field": case.field, "take": case.take});
        done(&a, "POST", &format!("/api/v1/conflicts/{}/resolve", case.id), Some(body)).await;
        for node in [&a, &b] {
            let undecided = |item: &Value| item["id"] == case.id.as_str();
            until(node, all, |list| !list["items"].as_array().unwrap().iter().any(undecided)).await;
        }
        let history = done(&b, "GET", &format!("/api/v1/records/{}/history", case.id), None).await;
        let newest = &history["items"][0];
        assert_eq!(newest["partner_name"], "Ožara", "{}: who has decided: {newest}", case.field);
        let path = format!("/api/v1/records/{}/undo", case.id);
        let undo = async |more: Value| {
            let mut body = json!({"change": newest["change"]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            b.call("POST", &path, Some(body)).await
        };
        let plain = undo(json!({})).await;
        match case.undo {
            Undo::Plain => assert_eq!(plain.status, StatusCode::OK, "{}: {}", case.field, plain.text),
            Undo::Choice | Undo::Never => {
                assert_eq!(plain.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", case.field, plain.text);
            }
        }
        if case.undo == Undo::Choice {
            let old = newest["fields"][0]["old"].as_array().unwrap().clone();
            let wanted = old.iter().position(|value| *value != newest["fields"][0]["new"]).unwrap();
            let chosen = undo(json!({"take": wanted + 1})).await;
            assert_eq!(chosen.status, StatusCode::OK, "{}: {}", case.field, chosen.text);
            let told = done(&b, "GET", &format!("/api/v1/records/{}/history", case.id), None).await;
            assert_eq!(told["items"][0]["fields"][0]["new"], old[wanted], "{}: that one stands", case.field);
        }
    }
    let gone = done(&b, "GET", &format!("/api/v1/records/{other}"), None).await;
    assert_eq!(gone["values"][0]["deleted"], true, "the decision to keep it is taken back: {gone}");
    assert_eq!(gone["values"][0]["conflicts"], json!([]), "and nobody has to decide again");
}
