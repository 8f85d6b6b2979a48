//! Records over HTTP: make, read, change, delete; versions and repetitions.

use super::nodes::start;
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_record_is_made_read_changed_and_deleted() {
    let node = start(10, "Ožara", "SI", false);
    let fields = json!({"name": "Zavod Brezmir", "country": "si", "target_groups": ["youth", "women"]});
    let id = node.add("organisation", fields).await;
    let path = format!("/api/v1/records/{id}");
    let read = node.call("GET", &path, None).await;
    let value = &read.json()["values"][0];
    assert_eq!(value["fields"]["name"], "Zavod Brezmir", "what was written is read");
    assert_eq!(value["fields"]["country"], "SI", "in its canonical form");
    assert_eq!(value["fields"]["visibility"], "federation", "with what every record begins with");
    assert_eq!(value["created"]["partner_name"], "Ožara", "and who made it");
    assert_eq!(value["register_name"], "Your register", "in the partner register");

    let change = json!({"fields": {"phone": "+386 1", "target_groups": ["youth"]}});
    let bare = node.call("PATCH", &path, Some(change.clone())).await;
    assert_eq!(bare.status, StatusCode::PRECONDITION_REQUIRED, "a change says what it saw");
    let tag = read.etag();
    let patched = node.call_with("PATCH", &path, Some(change.clone()), &[("if-match", &tag)]).await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.text);
    let fields = patched.json()["values"][0]["fields"].clone();
    assert_eq!(
        (&fields["phone"], &fields["target_groups"]),
        (&json!("+386 1"), &json!(["youth"])),
        "set and set value"
    );

    let stale = node.call_with("PATCH", &path, Some(json!({"fields": {"phone": "2"}})), &[("if-match", &tag)]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "the version is an old one");
    let problem = stale.json();
    assert_eq!(problem["current"]["fields"]["phone"], "+386 1", "the answer holds what it says now");
    assert_eq!(problem["requested"]["fields"]["phone"], "2", "and what was asked for");

    let tag = patched.etag();
    let gone = node.call_with("DELETE", &path, None, &[("if-match", &tag)]).await;
    assert_eq!(gone.json()["values"][0]["deleted"], true, "deleted is a mark");
    let listed = node.call("GET", "/api/v1/records?kind=organisation&q=brezmir", None).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 0, "lists leave it out");
    let back = node.call_with("POST", &format!("{path}/restore"), None, &[("if-match", &gone.etag())]).await;
    assert_eq!(back.json()["values"][0]["deleted"], false, "and it can be restored");
}

#[tokio::test]
async fn lists_filter_and_page() {
    let node = start(11, "Ožara", "SI", false);
    let network = node.add("network", json!({"name": {"it": "Rete", "en": "Network"}})).await;
    let mut first = String::new();
    for (n, (name, country)) in [("Čebela", "SI"), ("Ape", "IT"), ("Abeille", "FR")].into_iter().enumerate() {
        let id = node.add("organisation", json!({"name": name, "country": country, "target_groups": ["youth"]})).await;
        if n == 0 {
            first = id;
        }
    }
    node.add("membership", json!({"organisation": first, "network": network, "role": "member"})).await;
    let count = async |query: &str| {
        let got = node.call("GET", &format!("/api/v1/records?kind=organisation&{query}"), None).await;
        assert_eq!(got.status, StatusCode::OK, "{query}: {}", got.text);
        got.json()["items"].as_array().unwrap().len()
    };
    // The partner's own organisation is made by `init` and is not here.
    assert_eq!(count("").await, 3, "all");
    assert_eq!(count("country=it").await, 1, "by country");
    assert_eq!(count("target_group=youth").await, 3, "by target group");
    assert_eq!(count("target_group=women").await, 0, "by another one");
    assert_eq!(count("q=CEBELA").await, 1, "by text, without case and accents");
    assert_eq!(count(&format!("network={network}")).await, 1, "by the network that a membership names");
    assert_eq!(count("register=internal").await, 0, "by register");
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let got = node.call("GET", &format!("/api/v1/records?kind=organisation&limit=2&after={after}"), None).await;
        let page = got.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (3, 3), "pages hold each record once: {seen:?}");
    let bad = node.call("GET", "/api/v1/records?register=nowhere", None).await;
    assert_eq!(bad.status, StatusCode::NOT_FOUND, "an unknown register is no empty list");
}

#[tokio::test]
async fn a_batch_is_written_whole_or_not_at_all() {
    let node = start(12, "Ožara", "SI", false);
    let good = json!({"kind": "organisation", "fields": {"name": "A"}});
    let bad = json!({"kind": "organisation", "fields": {"name": "B", "country": "Atlantis"}});
    let got = node.call("POST", "/api/v1/records", Some(json!({"records": [good, bad]}))).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "one value cannot be taken");
    assert_eq!((&got.json()["record"], &got.json()["field"]), (&json!(1), &json!("country")), "the answer says which");
    let listed = node.call("GET", "/api/v1/records", None).await.json();
    assert_eq!(listed["items"], json!([]), "nothing was written");
    let records = json!({"records": [good, good]});
    let got = node.call("POST", "/api/v1/records", Some(records)).await;
    assert_eq!(got.json()["items"].as_array().unwrap().len(), 2, "two good ones are");
}

#[tokio::test]
async fn a_repeated_request_is_carried_out_once() {
    let node = start(13, "Ožara", "SI", false);
    let body = json!({"kind": "organisation", "fields": {"name": "A"}});
    let key = [("idempotency-key", "import-7")];
    let first = node.call_with("POST", "/api/v1/records", Some(body.clone()), &key).await;
    let second = node.call_with("POST", "/api/v1/records", Some(body), &key).await;
    assert_eq!(first.json()["id"], second.json()["id"], "the answer is the first one's");
    let listed = node.call("GET", "/api/v1/records", None).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "and there is one record");
    let other = json!({"kind": "organisation", "fields": {"name": "B"}});
    let misused = node.call_with("POST", "/api/v1/records", Some(other), &key).await;
    assert_eq!(misused.status, StatusCode::UNPROCESSABLE_ENTITY, "a key belongs to one request");
}

#[tokio::test]
async fn exports_hold_what_was_written() {
    let node = start(14, "Ožara", "SI", false);
    node.add("organisation", json!({"name": "A; \"B\"", "description": {"it": "x\ny"}, "activities": ["training"]}))
        .await;
    let all = node.call("GET", "/api/v1/export?format=json", None).await.json();
    assert_eq!(all["records"][0]["values"][0]["fields"]["name"], "A; \"B\"", "JSON");
    let csv = node.call("GET", "/api/v1/export?format=csv&kind=organisation", None).await.text;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let line = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| line.get(names.iter().position(|n| n == name).unwrap()).unwrap().to_owned();
    assert_eq!((cell("name").as_str(), cell("description@it").as_str()), ("A; \"B\"", "x\ny"), "CSV, quoted");
    let parts = node.call("GET", "/api/v1/export?format=automerge&register=own", None).await;
    assert_eq!(parts.status, StatusCode::OK, "{}", parts.text);
    assert_eq!(parts.json()["parts"][0]["part"], 1, "records with random ids lie in part 1");
}

#[tokio::test]
async fn metrics_and_openapi_are_readable() {
    let node = start(15, "Ožara", "SI", false);
    node.add("organisation", json!({"name": "A"})).await;
    let metrics = node.call("GET", "/metrics", None).await.text;
    assert!(metrics.contains("\ncomin_records 1\n"), "the record is counted: {metrics}");
    let document = node.call("GET", "/openapi.json", None).await.json();
    assert_eq!(document["openapi"], "3.1.0", "the version that clients ask for");
    let country = &document["components"]["schemas"]["Fields_organisation"]["properties"]["country"];
    assert_eq!(country["pattern"], "^[A-Z]{2}$", "fields come from the schema table");
}
