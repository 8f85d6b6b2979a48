//! Two partners over HTTP and real connections: invite, join, conflict, decision, events.

use super::nodes::{BOUND, TestNode, start};
use axum::http::StatusCode;
use comin_protocol::engine::{Command, Edit, Reply, Target};
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::FieldChange;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Waits until the answer to a GET satisfies `good`, looking again whenever the node announces something.
pub async fn until(node: &TestNode, path: &str, good: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + BOUND;
    let mut events = node.handle.subscribe();
    loop {
        let got = node.call("GET", path, None).await.json();
        if good(&got) {
            return got;
        }
        if Instant::now() >= end {
            let state = node.call("GET", "/api/v1/status", None).await.json();
            panic!("{path} stays at {got:#}; exchange: {:#}, peers: {:#}", state["exchange"], state["peers"]);
        }
        // Not every step announces itself (lags come with beacons): look again after a moment at most.
        let look = end.min(Instant::now() + Duration::from_millis(200));
        let _ = timeout_at(look, events.recv()).await;
    }
}

/// A federation of two, made through the routes.
pub async fn two() -> (TestNode, TestNode) {
    let (a, b) = (start(30, "Ožara", "SI", true), start(31, "EDIAS", "FR", true));
    let_in(&a, &b).await;
    for node in [&a, &b] {
        until(node, "/api/v1/status", |s| s["peers"][0]["state"] == "equal").await;
    }
    (a, b)
}

/// The first node founds a federation and lets the second in.
pub async fn let_in(a: &TestNode, b: &TestNode) {
    let founded = a.call("POST", "/api/v1/found", Some(json!({"name": "COM-IN"}))).await;
    assert_eq!(founded.status, StatusCode::CREATED, "{}", founded.text);
    until(a, "/api/v1/status", |s| s["federation"]["name"] == "COM-IN").await;
    admit(a, b, ("EDIAS", "fr")).await;
}

/// A node of a partnership lets one more in.
pub async fn admit(a: &TestNode, b: &TestNode, (name, country): (&str, &str)) {
    // A ticket carries the addresses that the engine knows of.
    until(a, "/api/v1/devices", |l| l["items"][0]["addresses"].as_array().is_some_and(|a| !a.is_empty())).await;
    let ticket = a.call("POST", "/api/v1/invites", Some(json!({"name": name, "country": country}))).await;
    assert_eq!(ticket.status, StatusCode::CREATED, "{}", ticket.text);
    let joined = b.call("POST", "/api/v1/join", Some(json!({"ticket": ticket.json()["text"]}))).await;
    assert_eq!(joined.status, StatusCode::ACCEPTED, "{}", joined.text);
    let pending = until(a, "/api/v1/approvals", |list| list["items"][0]["check_number"].is_string()).await;
    let seen = until(b, "/api/v1/status", |s| s["joining"]["check_number"].is_string()).await;
    assert_eq!(pending["items"][0]["check_number"], seen["joining"]["check_number"], "both screens show one number");
    let asked = a.page("/partners").await.text;
    assert!(asked.contains(pending["items"][0]["check_number"].as_str().unwrap()), "the page shows it too");
    let id = pending["items"][0]["id"].as_str().unwrap();
    let approved = a.call("POST", &format!("/api/v1/approvals/{id}/approve"), None).await;
    assert_eq!(approved.status, StatusCode::OK, "{}", approved.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_partners_meet_disagree_and_decide() {
    let (a, b) = two().await;
    let body = json!({"name": "Shared", "writers": "all"});
    let made = a.call("POST", "/api/v1/registers", Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    until(&b, "/api/v1/registers", |l| l["items"].as_array().unwrap().iter().any(|r| r["name"] == "Shared")).await;
    let body = json!({"kind": "organisation", "register": "Shared", "fields": {"name": "Zavod"}});
    let record = a.call("POST", "/api/v1/records", Some(body)).await.json();
    let path = format!("/api/v1/records/{}", record["id"].as_str().unwrap());
    until(&b, &path, |r| r["title"] == "Zavod").await;

    a.call("POST", "/api/v1/sync/pause", None).await;
    until(&b, "/api/v1/status", |s| s["peers"][0]["state"] == "away").await;
    for (node, name) in [(&a, "Zavod Brezmir"), (&b, "Zavod Brezmeja")] {
        let tag = node.call("GET", &path, None).await.etag();
        let got = node.call_with("PATCH", &path, Some(json!({"fields": {"name": name}})), &[("if-match", &tag)]).await;
        assert_eq!(got.status, StatusCode::OK, "both edit while apart: {}", got.text);
    }
    a.call("POST", "/api/v1/sync/resume", None).await;
    for node in [&a, &b] {
        let list = until(node, "/api/v1/conflicts", |list| list["items"][0]["field"] == "name").await;
        let mut partners: Vec<&str> = list["items"][0]["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["partner_name"].as_str().unwrap())
            .collect();
        partners.sort_unstable();
        assert_eq!(partners, ["EDIAS", "Ožara"], "each value carries its partner");
        let page = node.page("/conflicts").await.text;
        assert!(page.contains("Zavod Brezmir") && page.contains("Zavod Brezmeja"), "side by side on the page");
    }
    let list = b.call("GET", "/api/v1/conflicts", None).await.json();
    let values = list["items"][0]["values"].as_array().unwrap();
    let take = values.iter().find(|v| v["partner_name"] == "EDIAS").unwrap()["take"].clone();
    let resolve = path.replace("/records/", "/conflicts/") + "/resolve";
    let decided = b.call("POST", &resolve, Some(json!({"field": "name", "take": take}))).await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.text);
    for node in [&a, &b] {
        until(node, "/api/v1/conflicts", |list| list["items"] == json!([])).await;
        let read = until(node, &path, |r| r["title"] == "Zavod Brezmeja").await;
        assert_eq!(read["values"][0]["conflicts"], json!([]), "the decision reaches both");
    }
    let sync = a.call("POST", "/api/v1/sync", Some(json!({"wait": 20}))).await.json();
    assert_eq!((&sync["complete"], &sync["missing"]), (&json!(true), &json!([])), "nobody is missing");
    let status = a.call("GET", "/api/v1/status", None).await.json();
    assert_eq!(status["exchange"]["code"], "all", "the sentence says so: {}", status["exchange"]["text"]);
}

/// What a node writes whose schema has a kind and fields more: by the engine, which takes any.
async fn write_newer(node: &TestNode, target: Target, fields: &[(&str, &str)]) -> String {
    let changes = fields.iter().map(|(key, text)| FieldChange::put(*key, *text)).collect();
    match node.handle.command(Command::Edit(vec![Edit { target, changes, if_version: None }])).await {
        Ok(Reply::Edited(rows)) => rows[0].key.to_string(),
        other => panic!("the edit was refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_node_writes_survives_an_older_one() {
    let (newer, older) = two().await;
    let made = newer.call("POST", "/api/v1/registers", Some(json!({"name": "Shared", "writers": "all"}))).await.json();
    until(&older, "/api/v1/registers", |l| l["items"].as_array().unwrap().iter().any(|r| r["name"] == "Shared")).await;
    let register = RegisterId::from_hex(made["id"].as_str().unwrap());
    let new = |kind: &str| Target::New { register, kind: kind.to_owned() };
    let known = [("name", "Zavod"), ("mood@it", "lieto"), ("type", "spaceport"), ("target_groups/sailors", "1")];
    let known = write_newer(&newer, new("organisation"), &known).await;
    let unknown = write_newer(&newer, new("lighthouse"), &[("height", "30"), ("keepers/a b", "1")]).await;
    let path = format!("/api/v1/records/{known}");
    until(&older, &path, |r| r["title"] == "Zavod").await;

    older.call("POST", "/api/v1/sync/pause", None).await;
    let patch = json!({"fields": {"name": "Zavod Brezmir", "city": "Koper", "target_groups": {"add": ["youth"]}}});
    let edited = older.call_with("PATCH", &path, Some(patch), &[("if-match", "*")]).await;
    assert_eq!(edited.status, StatusCode::OK, "an older node edits what it knows: {}", edited.text);
    let key = RecordKey::parse(&known).unwrap();
    let row = newer.app.node().read(move |store| store.rows_of(&key)).await.unwrap().remove(0);
    let target = Target::Record { doc: row.doc, key: row.key };
    write_newer(&newer, target, &[("mood@it", "lietissimo"), ("mood@sl", "vesel")]).await;
    older.call("POST", "/api/v1/sync/resume", None).await;
    for node in [&newer, &older] {
        let merged = until(node, &path, |r| {
            let fields = &r["values"][0]["fields"];
            fields["city"] == "Koper" && fields["mood@sl"] == "vesel"
        })
        .await;
        let fields = &merged["values"][0]["fields"];
        assert_eq!((&fields["name"], &fields["mood@it"]), (&json!("Zavod Brezmir"), &json!("lietissimo")), "{fields}");
        assert_eq!(merged["values"][0]["conflicts"], json!([]), "they wrote different fields");
        let invalid = &fields["_invalid"];
        assert_eq!(
            (&invalid["type"], invalid.get("target_groups/sailors").is_some()),
            (&json!("spaceport"), true),
            "{fields}"
        );
    }
    until(&older, &format!("/api/v1/records/{unknown}"), |r| r["values"][0]["fields"]["height"] == "30").await;
    let export = older.call("GET", "/api/v1/export?format=json", None).await.json();
    let records = export["records"].as_array().unwrap();
    let exported = |id: &str| records.iter().find(|record| record["id"] == id).unwrap()["values"][0]["fields"].clone();
    assert_eq!(exported(&unknown)["keepers/a b"], "1", "an older node exports a kind that it does not know");
    assert_eq!(exported(&known)["mood@sl"], "vesel", "and fields that it does not know");
    let page = older.page(&format!("/records/{unknown}")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("height"), "and its page shows them");
}

/// Both change one field of a record of the shared register while apart, and meet again.
async fn disagree(a: &TestNode, b: &TestNode, path: &str, field: &str, values: [&str; 2]) {
    a.call("POST", "/api/v1/sync/pause", None).await;
    until(b, "/api/v1/status", |s| s["peers"][0]["state"] == "away").await;
    for (node, value) in [a, b].into_iter().zip(values) {
        let body = json!({"fields": {field: value}});
        let got = node.call_with("PATCH", path, Some(body), &[("if-match", "*")]).await;
        assert_eq!(got.status, StatusCode::OK, "both edit while apart: {}", got.text);
    }
    a.call("POST", "/api/v1/sync/resume", None).await;
    until(a, "/api/v1/conflicts", |list| list["items"][0]["field"] == field).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_keeps_both_names_and_takes_another_time() {
    let (a, b) = two().await;
    a.call("POST", "/api/v1/registers", Some(json!({"name": "Shared", "writers": "all"}))).await;
    until(&b, "/api/v1/registers", |l| l["items"].as_array().unwrap().iter().any(|r| r["name"] == "Shared")).await;
    let add = async |kind: &str, fields: Value| {
        let body = json!({"kind": kind, "register": "Shared", "fields": fields});
        let made = a.call("POST", "/api/v1/records", Some(body)).await.json();
        let path = format!("/api/v1/records/{}", made["id"].as_str().unwrap());
        until(&b, &path, |record| record["id"] == made["id"]).await;
        path
    };
    let field =
        async |path: &str, name: &str| a.call("GET", path, None).await.json()["values"][0]["fields"][name].clone();
    let decide = |path: &str| path.replace("/api/v1/records/", "/conflicts/") + "?register=Shared";
    let version = async || {
        let list = a.call("GET", "/api/v1/conflicts", None).await.json();
        list["items"][0]["version"].as_str().unwrap().to_owned()
    };

    let zavod = add("organisation", json!({"name": "Zavod", "other_names": ["Z"]})).await;
    disagree(&a, &b, &zavod, "name", ["Brezmir", "Brezmeja"]).await;
    assert!(a.page("/conflicts").await.text.contains("the other as another name"), "a name has this way out");
    let sent = [("field", "name"), ("take", "1"), ("others", "names"), ("version", &version().await)];
    let kept = a.form(&decide(&zavod), &sent).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let mut names = field(&zavod, "other_names").await.as_array().unwrap().clone();
    names.push(field(&zavod, "name").await);
    names.sort_by_key(ToString::to_string);
    assert_eq!(json!(names), json!(["Brezmeja", "Brezmir", "Z"]), "nothing is lost");
    until(&b, "/api/v1/conflicts", |list| list["items"] == json!([])).await;

    let forum = add("event", json!({"title": {"en": "Forum"}, "type": "conference"})).await;
    let zone = "[Europe/Ljubljana]";
    let times =
        ["2026-02-11T09:00/2026-02-11T12:00", "2026-02-12T09:00/2026-02-12T12:00"].map(|t| format!("{t}{zone}"));
    disagree(&a, &b, &forum, "when", [&times[0], &times[1]]).await;
    assert!(a.page("/conflicts").await.text.contains("name=\"f.when.start\""), "another time has its controls");
    let sent = [
        ("field", "when"),
        ("version", &version().await),
        ("f.when.start", "2026-02-13T10:00"),
        ("f.when.end", "2026-02-13T11:00"),
        ("f.when.zone", "Europe/Ljubljana"),
    ];
    let written = a.form(&decide(&forum), &sent).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.text);
    assert_eq!(field(&forum, "when").await["start"], "2026-02-13T10:00", "neither of the two");
    until(&b, "/api/v1/conflicts", |list| list["items"] == json!([])).await;
    assert!(!b.page("/conflicts").await.text.contains("the other as another name"), "nobody has to decide any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_carries_the_partnership_over_on_the_page_and_the_other_is_asked() {
    let (a, b) = two().await;
    let alone = a.page("/partners").await.text;
    assert!(!alone.contains("/partners/carry-over"), "who decides alone has lost no majority");
    let refused = a.form("/partners/carry-over", &[("name", "COM-IN 2"), ("confirmed", "yes")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "whatever a form says: {}", refused.text);
    assert!(b.page("/partners").await.text.contains("/partners/carry-over"), "who does not is shown the way");

    let unnamed = b.form("/partners/carry-over", &[("name", " ")]).await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unnamed.text);
    let ask = b.form("/partners/carry-over", &[("name", "COM-IN 2")]).await;
    assert_eq!(ask.status, StatusCode::OK, "{}", ask.text);
    assert!(
        ask.text.contains("Ožara") && ask.text.contains("All data stays"),
        "who is asked, what stays: {}",
        ask.text
    );
    let before = b.call("GET", "/api/v1/status", None).await.json();
    assert_eq!(before["federation"]["name"], "COM-IN", "asking founds nothing");
    let done = b.form("/partners/carry-over", &[("name", "COM-IN 2"), ("confirmed", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    until(&b, "/api/v1/status", |s| s["federation"]["name"] == "COM-IN 2").await;

    let asked = until(&a, "/api/v1/approvals", |list| list["items"][0]["kind"] == "carry-over").await;
    let page = a.page("/partners").await.text;
    assert!(page.contains("COM-IN 2") && page.contains("Go along") && page.contains("Stay here"), "it decides itself");
    let go = a.form(&format!("/partners/approvals/{}/approve", asked["items"][0]["id"].as_str().unwrap()), &[]).await;
    assert_eq!(go.status, StatusCode::SEE_OTHER, "{}", go.text);
    for node in [&a, &b] {
        until(node, "/api/v1/status", |s| s["federation"]["name"] == "COM-IN 2" && s["peers"][0]["state"] == "equal")
            .await;
    }
}
