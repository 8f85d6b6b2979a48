//! Whole views and lists of work are kept in memory: they say what the rows say, right after each edit.

use super::nodes::{TestNode, start};
use axum::http::StatusCode;
use comin_node::views::{Scene, Whole};
use comin_node::work::Lines;
use comin_protocol::engine::{Command, Edit, Target};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::FieldChange;
use serde_json::{Value, json};
use std::sync::Arc;

/// The views that name an organisation.
const ORGANISATION: [&str; 5] = ["/map", "/graph", "/stale", "/news", "/api/v1/report?language=en"];
/// A picture: it names members alone.
const PICTURE: &str = "/api/v1/graph.svg?language=en";

async fn says(node: &TestNode, path: &str, text: &str) -> bool {
    let got = node.page(path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    got.text.contains(text)
}

async fn organisations(node: &TestNode) -> Value {
    node.call("GET", "/api/v1/figures", None).await.json()["total"]["organisations"].clone()
}

/// What is kept is what the rows say now.
async fn is_current(node: &TestNode) {
    let (kept, work, roster, fresh) =
        (node.app.whole(), node.app.work(), node.handle.roster(), Whole::new(&node.handle));
    let read = node.handle.read(move |store| {
        let (kept, fresh) = (kept.scene(store, &roster, 0)?, fresh.scene(store, &roster, 0)?);
        let titles = |scene: &Scene| {
            let in_order = |lang| scene.all.by_title("organisation", lang).map(|record| record.key.clone()).collect();
            ["it", "sl", "fr", "en"].map(in_order) as [Vec<RecordKey>; 4]
        };
        let is_same = kept.all == fresh.all && titles(&kept) == titles(&fresh) && kept.figures() == fresh.figures();
        Ok((is_same, work.look(store, Lines::clone)? == Lines::read(store)?))
    });
    assert_eq!(read.await.expect("memory reads"), (true, true), "what is kept is what a new reading gives");
}

#[tokio::test]
async fn views_show_what_has_just_been_written() {
    let node = start(46, "Ožara", "SI", false);
    let network = node.add("network", json!({"name": {"it": "Rete"}, "original_language": "it"})).await;
    for path in ORGANISATION {
        assert!(!says(&node, path, "Lunavena").await, "{path} knows nothing of it yet");
    }
    assert_eq!(organisations(&node).await, json!(0), "there is none");
    let first = node.add("organisation", json!({"name": "Lunavena", "country": "IT", "city": "Treviso"})).await;
    for path in ORGANISATION {
        assert!(says(&node, path, "Lunavena").await, "{path} shows it at once");
    }
    assert!(!says(&node, PICTURE, "Lunavena").await, "it is no member");
    node.add("membership", json!({"organisation": first, "network": network, "role": "member"})).await;
    assert!(says(&node, PICTURE, "Lunavena").await, "it is one: the picture is drawn anew");
    assert!(says(&node, "/translations?to=sl", "Rete").await, "a text that is to be translated");
    let name = Some(json!({"fields": {"name": {"it": "Rete", "sl": "Mreža"}}}));
    node.call_with("PATCH", &format!("/api/v1/records/{network}"), name, &[("if-match", "*")]).await;
    assert!(!says(&node, "/translations?to=sl", "Rete").await, "and is done");
    assert!(!says(&node, "/calendar?month=2026-02", "Forum").await, "no event");
    let when = "2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana]";
    let event = json!({"title": {"en": "Forum"}, "type": "workshop", "when": when});
    let event = node.add("event", event).await;
    assert!(says(&node, "/calendar?month=2026-02", "Forum").await, "an event");
    is_current(&node).await;

    assert!(!says(&node, "/sameas", "Lunavena ONLUS").await, "nothing is like it");
    let second = node.add("organisation", json!({"name": "Lunavena ONLUS", "country": "IT", "city": "Treviso"})).await;
    assert!(says(&node, "/sameas", "Lunavena ONLUS").await, "a pair is suggested");
    assert_eq!(organisations(&node).await, json!(2), "they are two");
    let same = async |state: &str| {
        let body = json!({"a": first, "b": second, "state": state});
        let got = node.call("POST", "/api/v1/sameas", Some(body)).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        let record = node.call("GET", &format!("/api/v1/records/{first}"), None).await.json();
        (organisations(&node).await, !record["merged"].is_null())
    };
    assert_eq!(same("confirmed").await, (json!(1), true), "confirmed, they are one");
    is_current(&node).await;
    assert_eq!(same("suggested").await, (json!(2), false), "and two again");
    for id in [&second, &event] {
        node.call_with("DELETE", &format!("/api/v1/records/{id}"), None, &[("if-match", "*")]).await;
    }
    assert!(!says(&node, "/map", "Lunavena ONLUS").await, "what is deleted is gone");
    assert!(!says(&node, "/calendar?month=2026-02", "Forum").await, "from the calendar too");
    is_current(&node).await;
}

/// What comes from elsewhere is known by the node's events alone.
#[tokio::test]
async fn views_hear_of_what_others_write() {
    let node = start(47, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Lunavena"})).await;
    assert!(says(&node, "/map", "Lunavena").await && says(&node, "/stale", "Lunavena").await, "it is there");
    let mut events = node.handle.subscribe();
    let key = RecordKey::parse(&id).expect("an id");
    let wanted = key.clone();
    let row = node.handle.read(move |store| store.rows_of(&wanted)).await.expect("memory reads").remove(0);
    let changes = vec![FieldChange::put("name", "Sočanima")];
    let edit = Edit { target: Target::Record { doc: row.doc, key }, changes, if_version: None };
    node.handle.command(Command::Edit(vec![edit])).await.expect("it is done");
    events.recv().await.expect("it is told");
    for path in ["/map", "/stale", "/news"] {
        assert!(says(&node, path, "Sočanima").await && !says(&node, path, "Lunavena").await, "{path} has heard of it");
    }
    is_current(&node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_answered_from_one_reading() {
    let node = start(48, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Lunavena"})).await;
    let scene = async || {
        let (whole, roster) = (node.app.whole(), node.handle.roster());
        node.handle.read(move |store| whole.scene(store, &roster, 0)).await.expect("memory reads")
    };
    let (a, b, c) = tokio::join!(scene(), scene(), scene());
    assert!(Arc::ptr_eq(&a, &b) && Arc::ptr_eq(&b, &c), "one is read for all");
    let drawn = |svg: &str| a.drawn("map".into(), || svg.to_owned()).text().to_owned();
    assert_eq!((drawn("first"), drawn("second")), ("first".into(), "first".into()), "and one picture is drawn");
    let written = |of: &str, text: &str| a.written(of.into(), || text.to_owned()).text().to_owned();
    let twice = ["it", "sl"].map(|of| (written(of, of), written(of, "anew")));
    assert_eq!(twice, [("it".into(), "it".into()), ("sl".into(), "sl".into())], "documents are written once");
    written("fr", "fr");
    assert_eq!(
        (written("sl", "anew"), written("it", "anew")),
        ("sl".into(), "anew".into()),
        "the last ones asked for stay"
    );
    node.add("note", json!({"about": id, "text": "No view reads it"})).await;
    assert!(Arc::ptr_eq(&a, &scene().await), "what is not in it leaves it as it is");
    node.add("organisation", json!({"name": "Sočanima"})).await;
    let next = scene().await;
    assert!(!Arc::ptr_eq(&a, &next), "a change makes another one");
    assert_eq!(next.drawn("map".into(), || "anew".to_owned()).text(), "anew", "and other pictures");
}

#[tokio::test]
async fn prose_whose_original_has_changed_is_to_be_translated_again() {
    let node = start(47, "Ožara", "SI", false);
    let fields = json!({
        "title": {"sl": "Mentor", "it": "Mentore"},
        "description": {"sl": "Ena. Dve.", "it": "Uno. Due."},
        "original_language": "sl",
    });
    let practice = node.add("practice", fields).await;
    assert!(!says(&node, "/translations?to=it", &practice).await, "all of it is there in Italian");
    let edit = async |fields: Value| {
        // The clock that tells what came first counts milliseconds.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        let path = format!("/api/v1/records/{practice}");
        let got = node.call_with("PATCH", &path, Some(json!({"fields": fields})), &[("if-match", "*")]).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        got.json()["values"][0]["stale_translations"].clone()
    };
    let shortened = json!({"description": {"sl": "Ena.", "it": "Uno. Due."}});
    assert_eq!(edit(shortened).await, json!(["description@it"]), "a sentence of the original is gone");
    is_current(&node).await;
    let todo = node.page("/translations?to=it").await.text;
    let row = todo.split("<tr").find(|row| row.contains(&practice)).expect("the page of translations lists it");
    assert!(row.contains("Older than the original") && row.contains("Description"), "as a translation to do: {row}");
    let shown = node.page(&format!("/records/{practice}")).await.text;
    assert!(shown.contains("older than the original"), "the record's page says so");
    assert_eq!(edit(json!({"description": {"sl": "Ena.", "it": "Uno."}})).await, json!([]), "and is done");
    assert!(!says(&node, "/translations?to=it", &practice).await, "nothing is left to do");
    is_current(&node).await;
}
