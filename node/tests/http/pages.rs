//! The pages: forms work without JavaScript, and what others wrote is text.

use super::nodes::{escape, start};
use axum::http::{StatusCode, header};
use serde_json::json;

const NASTY: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

#[tokio::test]
async fn what_others_wrote_is_text() {
    let node = start(20, NASTY, "SI", false);
    let id = node
        .add(
            "organisation",
            json!({"name": NASTY, "city": NASTY, "other_names": [NASTY], "description": {"it": NASTY}}),
        )
        .await;
    let network = node.add("network", json!({"name": {"en": NASTY}})).await;
    let event = json!({"title": {"en": NASTY}, "type": "meeting", "place": NASTY, "when": "2026-02-11T09:00/2026-02-11T10:00[Europe/Rome]"});
    node.add("event", event).await;
    node.add("practice", json!({"title": {"sl": NASTY}, "summary": {"sl": NASTY}, "original_language": "sl"})).await;
    node.add(
        "programme",
        json!({"title": {"en": NASTY}, "modules": [{"title": {"en": NASTY}, "content": {"en": NASTY}}]}),
    )
    .await;
    node.add("interest", json!({"organisation": id, "network": network, "motivation": {"en": NASTY}})).await;
    node.add("publication", json!({"title": {"en": NASTY}, "url": "https://zavod.example/?q=<script>"})).await;
    node.add("note", json!({"about": id, "text": NASTY})).await;
    let proposal = json!({"fields": {"city": format!("{NASTY}2")}, "reason": NASTY});
    assert_eq!(
        node.call("POST", &format!("/api/v1/records/{id}/proposals"), Some(proposal)).await.status,
        201,
        "proposed"
    );
    let edit = format!("/records/{id}/edit?register=own");
    let record = format!("/records/{id}");
    let nasty = escape("<script>\"");
    let asked = ["organisations", "search", "people"].map(|place| format!("/{place}?q={nasty}"));
    let work = "interests programmes publications practices events people search?q=script proposals translations stale sameas \
        import export survey map graph calendar figures news";
    let pages: Vec<String> = work.split_whitespace().map(|place| format!("/{place}")).collect();
    let first = ["/", "/organisations", "/networks", "/partners", "/conflicts", &record, &edit];
    for path in first.into_iter().chain(asked.iter().chain(&pages).map(String::as_str)) {
        let got = node.page(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path} is shown");
        assert!(!got.text.contains("<script>alert") && !got.text.contains("<img src=x"), "{path} escapes it");
    }
    let got = node.page(&record).await;
    assert!(got.text.contains("&lt;script&gt;alert(1)"), "the text itself is there");
}

#[tokio::test]
async fn a_record_is_made_and_edited_by_forms_alone() {
    let node = start(21, "Ožara", "SI", false);
    let own = node.page("/records/new?kind=organisation").await;
    assert!(own.text.contains("name=\"f.name\""), "the form comes from the schema");
    let made = node
        .form(
            "/records/new?kind=organisation",
            &[("f.name", "Zavod"), ("f.target_groups", "youth"), ("f.country", "SI")],
        )
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let record = made.headers[header::LOCATION].to_str().unwrap().to_owned();
    let shown = node.page(&record).await;
    assert!(shown.text.contains("Zavod") && shown.text.contains("young people"), "the record with its labels");
    let listed = node.page("/organisations").await;
    assert!(listed.text.contains("Zavod") && listed.text.contains("1 record"), "the list knows it at once");

    let form = node.page(&format!("{record}/edit?register=own")).await;
    let version = form.text.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sent = [("version", version.as_str()), ("f.name", "Zavod Brezmir"), ("f.country", "SI")];
    let saved = node.form(&format!("{record}/edit?register=own"), &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);

    let stale = [("version", version.as_str()), ("f.name", "Mine"), ("f.country", "SI")];
    let refused = node.form(&format!("{record}/edit?register=own"), &stale).await;
    assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "the second tab has an old version");
    assert!(refused.text.contains("Zavod Brezmir") && refused.text.contains("Mine"), "both versions are shown");

    // A colleague enters the city meanwhile: who changes the name in an old form does not take it away.
    let form = node.page(&format!("{record}/edit?register=own")).await;
    let hidden = |name: &str, text: &str| {
        let value = text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap();
        value.replace("&quot;", "\"").replace("&amp;", "&")
    };
    let (version, was) = (hidden("version", &form.text), hidden("was", &form.text));
    let path = record.replace("/records/", "/api/v1/records/");
    let edited = json!({"fields": {"city": "Koper"}});
    let city = node.call_with("PATCH", &path, Some(edited), &[("if-match", "*")]).await;
    assert_eq!(city.status, StatusCode::OK, "{}", city.text);
    let mine = [("version", version.as_str()), ("was", was.as_str()), ("f.name", "Mine"), ("f.country", "SI")];
    let refused = node.form(&format!("{record}/edit?register=own"), &mine).await;
    assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "the form is old");
    assert!(refused.text.contains("value=\"Koper\""), "it is shown again with what came meanwhile");
    assert!(!refused.text.contains("data-label=\"As it is now\">Koper"), "which was not to be changed");
    let (version, was) = (hidden("version", &refused.text), hidden("was", &refused.text));
    let again = [
        ("version", version.as_str()),
        ("was", was.as_str()),
        ("f.name", "Mine"),
        ("f.country", "SI"),
        ("f.city", "Koper"),
    ];
    let saved = node.form(&format!("{record}/edit?register=own"), &again).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let both = node.page(&record).await;
    assert!(both.text.contains("Mine") && both.text.contains("Koper"), "both are there: {}", both.text);

    let wrong = node.form("/records/new?kind=organisation", &[("f.name", "X"), ("f.country", "Atlantis")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "a wrong value is refused");
    assert!(wrong.text.contains("href=\"#c-country\"") && wrong.text.contains("value=\"X\""), "with a link, text kept");
    let italian =
        node.form("/records/new?kind=organisation&lang=it", &[("f.name", "X"), ("f.country", "Atlantis")]).await;
    assert!(italian.text.contains("«Atlantis» non è un paese."), "in the reader's language: {}", italian.text);
}

#[tokio::test]
async fn what_speaks_for_two_records_being_one_is_no_evidence_of_success() {
    let node = start(211, "Ožara", "SI", false);
    let mut ids = Vec::new();
    for name in ["Portamira", "Portamira Onlus"] {
        ids.push(node.add("organisation", json!({"name": name})).await);
    }
    let same = json!({"a": ids[0], "b": ids[1], "state": "confirmed", "evidence": ["one telephone"]});
    let same = node.add("sameas", same).await;
    for (lang, words, of_practice) in [
        ("en", "What speaks for it", "Evidence of success"),
        ("it", "Che cosa lo fa pensare", "Prove di successo"),
        ("sl", "Kaj govori za to", "Dokazi uspešnosti"),
        ("fr", "Ce qui le fait penser", "Preuves de réussite"),
    ] {
        for path in ["/records/new?kind=sameas&", &format!("/records/{same}?"), &format!("/records/{same}/history?")] {
            let text = node.page(&format!("{path}lang={lang}")).await.text;
            assert!(text.contains(words) && !text.contains(of_practice), "{path} in {lang} says {words}: {text}");
        }
        let practice = node.page(&format!("/records/new?kind=practice&lang={lang}")).await.text;
        assert!(practice.contains(of_practice) && !practice.contains(words), "a practice has its own, in {lang}");
    }
}

#[tokio::test]
async fn a_proposal_is_made_on_its_record_and_by_no_other_form() {
    let node = start(212, "Ožara", "SI", false);
    for (lang, words) in [
        ("en", "choose “Propose a change”"),
        ("it", "scegli «Proponi una modifica»"),
        ("sl", "izberite »Predlagaj spremembo«"),
        ("fr", "choisissez «\u{a0}Proposer une modification\u{a0}»"),
    ] {
        let path = format!("/records/new?kind=proposal&lang={lang}");
        for got in [node.page(&path).await, node.form(&path, &[("f.reason", "Typo")]).await] {
            assert_eq!(got.status, StatusCode::NOT_FOUND, "there is no such form: {}", got.text);
            assert!(got.text.contains(words) && !got.text.contains("name=\"f.reason\""), "{lang}: {}", got.text);
        }
    }
    let id = node.add("organisation", json!({"name": "Portamira"})).await;
    assert!(node.page(&format!("/records/{id}/propose")).await.text.contains("name=\"reason\""), "that is where");
}

#[tokio::test]
async fn pages_speak_the_language_asked_for() {
    let node = start(22, "Ožara", "SI", false);
    let italian = node.page("/?lang=it").await;
    assert!(italian.text.contains("<html lang=\"it\"") && italian.text.contains("Panoramica"), "by the address");
    let cookie = italian.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let headers = [("accept", "text/html"), ("cookie", cookie.as_str())];
    let kept = node.call_with("GET", "/networks", None, &headers).await;
    assert!(kept.text.contains("Reti"), "the choice is kept");
    let wished = node.call_with("GET", "/", None, &[("accept", "text/html"), ("accept-language", "it")]).await;
    assert!(wished.text.contains("Panoramica"), "by the browser's wish");
}

#[tokio::test]
async fn a_wrong_address_is_a_page_for_people() {
    let node = start(23, "Ožara", "SI", false);
    let got = node.page("/records/organisation:00000000000000000000000000000000").await;
    assert_eq!(got.status, StatusCode::NOT_FOUND, "there is no such record");
    assert!(got.text.contains("<h1>Not found</h1>"), "said in HTML, not JSON: {}", got.text);
    let got = node.page("/nowhere?lang=it").await;
    assert_eq!(got.status, StatusCode::NOT_FOUND, "nor such a page");
    assert!(got.text.contains("<h1>Non trovato</h1>"), "said to people in their language: {}", got.text);
}
