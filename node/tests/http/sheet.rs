//! The pages on which a spreadsheet is looked at and taken: what is seen is what is done, and nothing typed is lost.

use super::desk::{hidden, page, place, upload};
use super::nodes::{Got, PORT, TestNode, send, start};
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use comin_node::api::{ApiConfig, AppState, Trusted, router};
use comin_node::i18n::Lang;
use futures::stream;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

const SHEET: &str = "Ime;Kraj;Barva\nKorenine;Koper;zelena\nMost;Piran;modra\n";

/// The columns of [`SHEET`], with what the third one goes to.
fn columns(third: &str) -> Vec<(&str, &str)> {
    let names = [("heading.0", "Ime"), ("column.0", "name"), ("heading.1", "Kraj"), ("column.1", "city")];
    names.into_iter().chain([("heading.2", "Barva"), ("column.2", third)]).collect()
}

async fn sent(node: &TestNode) -> String {
    place(&upload(node, "organisation", SHEET).await)
}

async fn import(node: &TestNode, at: &str, third: &str, plan: &str) -> Got {
    node.form(at, &[&columns(third)[..], &[("verb", "import"), ("plan", plan)]].concat()).await
}

async fn organisations(node: &TestNode) -> usize {
    let list = node.call("GET", "/api/v1/records?kind=organisation", None).await.json();
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn only_what_was_looked_at_is_done() {
    let node = start(101, "Ožara", "SI", false);
    let at = sent(&node).await;
    let plan = hidden(&page(&node, &at).await, "plan");
    let changed = import(&node, &at, "other_names", &plan).await;
    assert_eq!(changed.status, StatusCode::CONFLICT, "another mapping is another import: {}", changed.text);
    assert!(changed.text.contains("This is what it would do now"), "that is said: {}", changed.text);
    assert!(changed.text.contains("value=\"other_names\" selected"), "and shown as it was asked for");
    assert_eq!(organisations(&node).await, 0, "nothing is written unseen");

    let plan = hidden(&changed.text, "plan");
    node.add("organisation", json!({"name": "Most", "city": "Piran"})).await;
    let changed = import(&node, &at, "other_names", &plan).await;
    assert_eq!(changed.status, StatusCode::CONFLICT, "so is another state of the register: {}", changed.text);
    assert_eq!(organisations(&node).await, 1, "nothing is written unseen");

    let without = import(&node, &at, "other_names", "").await;
    assert_eq!(place(&without), at, "who has seen nothing is shown it");
    let plan = hidden(&page(&node, &at).await, "plan");
    assert_eq!(place(&import(&node, &at, "other_names", &plan).await), "/import/progress", "what is seen is done");
    assert_eq!(organisations(&node).await, 2, "it is");
    let once_more = import(&node, &at, "other_names", &plan).await;
    assert_eq!(once_more.status, StatusCode::GONE, "an old form does it no more");
    assert!(once_more.text.contains("imported already") && !once_more.text.contains("nothing was written"), "says why");
}

#[tokio::test]
async fn a_program_can_hold_an_import_to_what_it_saw() {
    let node = start(102, "Ožara", "SI", false);
    let import = async |query: &str, file: &'static str| {
        let request = Request::post(format!("/api/v1/import?kind=organisation&{query}")).extension(Trusted);
        send(&node.router, request.body(Body::from(file)).unwrap()).await
    };
    let plan = import("dry_run=true", SHEET).await.json()["plan"].as_str().unwrap().to_owned();
    let other = import(&format!("plan={plan}"), "Ime;Kraj\nKorenine;Koper\nMost;Izola\n").await;
    assert_eq!((other.status, &other.json()["report"]["added"]), (StatusCode::CONFLICT, &json!(2)), "{}", other.text);
    assert_eq!(organisations(&node).await, 0, "nothing is written");
    assert_eq!(import(&format!("plan={plan}"), SHEET).await.json()["added"], 2, "the same file does the same");
}

#[tokio::test]
async fn a_long_check_comes_to_its_preview() {
    let mut node = start(103, "Ožara", "SI", false);
    let hurried =
        ApiConfig { port: Some(PORT), language: Lang::En, import_wait: Some(Duration::ZERO), ..ApiConfig::default() };
    node.app = AppState::new(node.handle.clone(), hurried);
    node.router = router(node.app.clone());
    let looked = async |at: &str| loop {
        let shown = page(&node, at).await;
        if !shown.contains("The rows are being checked") {
            return shown;
        }
        assert!(shown.contains(&format!("href=\"{at}\"")), "the way on is here: {shown}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let rows: String = (0..2_000).map(|n| format!("Zavod {n};Koper;modra\n")).collect();
    let at = place(&upload(&node, "organisation", &format!("Ime;Kraj;Barva\n{rows}")).await);
    assert!(page(&node, &at).await.contains("The rows are being checked"), "it takes longer than the page waits");
    assert!(looked(&at).await.contains("value=\"import\""), "it comes to the preview");
    let again = node.form(&at, &[&columns("other_names")[..], &[("verb", "look")]].concat()).await;
    assert_eq!(place(&again), at, "{}", again.text);
    let seen = looked(&at).await;
    assert!(seen.contains("value=\"other_names\" selected"), "of what was asked for: {seen}");
    assert!(page(&node, "/import").await.contains(&format!("href=\"{at}\"")), "who went elsewhere finds it again");
    assert!(page(&node, "/import/progress").await.contains("Nothing has been imported"), "a look is no import");

    let plan = hidden(&seen, "plan");
    node.add("organisation", json!({"name": "Zavod 7", "city": "Koper"})).await;
    assert_eq!(place(&import(&node, &at, "other_names", &plan).await), "/import/progress", "also an import");
    let told = loop {
        let shown = page(&node, "/import/progress?wait=yes").await;
        if !shown.contains("data-waits") {
            break shown;
        }
    };
    assert!(told.contains("something else by now") && told.contains(&format!("href=\"{at}\"")), "back: {told}");
    let plan = hidden(&looked(&at).await, "plan");
    import(&node, &at, "other_names", &plan).await;
    while page(&node, "/import/progress?wait=yes").await.contains("data-waits") {}
    assert_eq!(node.page(&at).await.status, StatusCode::GONE, "what was imported is forgotten");
}

#[tokio::test]
async fn a_busy_node_gives_the_form_back() {
    let node = start(104, "Ožara", "SI", false);
    let at = sent(&node).await;
    let plan = hidden(&page(&node, &at).await, "plan");
    // Another import has its place, and its file does not come.
    let held = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let request = Request::post("/api/v1/import?kind=event").extension(Trusted).body(held).unwrap();
    let other = tokio::spawn({
        let router = node.router.clone();
        async move { send(&router, request).await }
    });
    let running = async || node.call("GET", "/api/v1/import", None).await.json()["stage"] == "checking";
    while !running().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let typed = [
        ("f.purpose", "Contacts"),
        ("persons", "take"),
        ("f.legal_basis", "consent"),
        ("f.retain_until", "2031-01-01"),
    ];
    for verb in ["look", "import"] {
        let form = [&columns("other_names")[..], &typed, &[("verb", verb), ("plan", plan.as_str())]].concat();
        let refused = node.form(&at, &form).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "one at a time: {}", refused.text);
        assert!(
            refused.text.contains("value=\"other_names\" selected"),
            "{verb}: the mapping is there: {}",
            refused.text
        );
        assert!(
            refused.text.contains("value=\"Contacts\"") && refused.text.contains("2031-01-01"),
            "{verb}: so is the rest"
        );
        assert!(refused.text.contains("value=\"import\"") && hidden(&refused.text, "plan") == plan, "to try again");
    }
    other.abort();
    let wrong = node.form(&at, &[&columns("")[..], &[("persons", "take"), ("f.purpose", "Contacts")]].concat()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "terms that are not whole: {}", wrong.text);
    assert!(wrong.text.contains("value=\"Contacts\"") && wrong.text.contains("Barva"), "give the form back as well");
}

#[tokio::test]
async fn a_file_that_made_room_is_spoken_of() {
    let node = start(105, "Ožara", "SI", false);
    let first = sent(&node).await;
    for _ in 0..2 {
        sent(&node).await;
    }
    let gone = node.page(&first).await;
    assert_eq!(gone.status, StatusCode::GONE, "two are kept for one user");
    assert!(gone.text.contains("made room for newer ones") && gone.text.contains("type=\"file\""), "{}", gone.text);
    let other = if first.ends_with('0') { "1" } else { "0" };
    let address = format!("{}{other}", &first[..first.len() - 1]);
    assert_eq!(node.page(&address).await.status, StatusCode::NOT_FOUND, "never there");
}

#[tokio::test]
async fn files_that_arrive_at_once_are_read_as_far_as_there_is_room() {
    let node = start(106, "Ožara", "SI", false);
    let (asked, (may_end, _)) = (Arc::new(AtomicUsize::new(0)), watch::channel(false));
    let send = |told: Option<usize>| {
        let (asked, mut ended) = (asked.clone(), may_end.subscribe());
        // One piece, handed out when it is asked for, as soon as everybody may.
        let body = Body::from_stream(stream::once(async move {
            asked.fetch_add(1, Ordering::SeqCst);
            drop(ended.wait_for(|done| *done).await);
            let form = "--B\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nevent\r\n--B\r\nContent-Disposition: \
                form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ntitle\nForum\n\r\n--B--\r\n";
            Ok::<_, Infallible>(Bytes::from_static(form.as_bytes()))
        }));
        let mut request =
            Request::post("/import").extension(Trusted).header("content-type", "multipart/form-data; boundary=B");
        if let Some(told) = told {
            request = request.header("content-length", told);
        }
        let (router, request) = (node.router.clone(), request.body(body).unwrap());
        tokio::spawn(async move { send(&router, request).await })
    };
    let small = send(Some(200));
    while asked.load(Ordering::SeqCst) < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let large: Vec<_> = (0..8).map(|_| send(None)).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        asked.load(Ordering::SeqCst),
        2,
        "one of the largest size beside a small one; the others are not read yet"
    );
    may_end.send_replace(true);
    for one in large.into_iter().chain([small]) {
        assert_eq!(one.await.unwrap().status, StatusCode::SEE_OTHER, "each comes in its turn");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 9, "all of them");
}

#[tokio::test]
async fn an_import_shows_how_far_it_is_while_it_writes() {
    const ROWS: usize = 3_000;
    let mut node = start(107, "Ožara", "SI", false);
    let hurried =
        ApiConfig { port: Some(PORT), language: Lang::En, import_wait: Some(Duration::ZERO), ..ApiConfig::default() };
    node.app = AppState::new(node.handle.clone(), hurried);
    node.router = router(node.app.clone());
    let rows: String = (0..ROWS).map(|n| format!("Zavod {n};Kraj {n};modra\n")).collect();
    let at = place(&upload(&node, "organisation", &format!("Ime;Kraj;Barva\n{rows}")).await);
    let seen = loop {
        let shown = page(&node, &at).await;
        if shown.contains("name=\"plan\"") {
            break shown;
        }
    };
    let plan = hidden(&seen, "plan");
    assert_eq!(place(&import(&node, &at, "", &plan).await), "/import/progress", "it is begun");
    let mut written: Vec<usize> = Vec::new();
    loop {
        let shown = page(&node, "/import/progress").await;
        if let Some(bar) = shown.split("<progress ").nth(1).and_then(|bar| bar.split('>').next()) {
            let number = |name: &str| -> usize {
                let value = bar.split(&format!("{name}=\"")).nth(1).and_then(|value| value.split('"').next());
                value.unwrap_or_else(|| panic!("{name}: {bar}")).parse().expect("a number")
            };
            assert_eq!(number("max"), ROWS, "of all rows");
            assert!(shown.contains("role=\"status\"") && shown.contains("of 3,000"), "in words as well: {shown}");
            written.push(number("value"));
        }
        if !shown.contains("data-waits") {
            break;
        }
    }
    assert!(written.is_sorted(), "it only grows: {written:?}");
    assert!(written.iter().any(|written| (1..ROWS).contains(written)), "seen while it goes on: {written:?}");
    assert_eq!(node.call("GET", "/api/v1/import", None).await.json()["report"]["added"], ROWS, "to its end");
}

#[tokio::test]
async fn a_preview_says_why_a_value_is_refused_in_the_language_of_the_page() {
    let node = start(108, "Ožara", "SI", false);
    let at = place(&upload(&node, "organisation", "name,type,country\nA,ditta,Atlantide\n").await);
    for (lang, told) in [
        ("it", ["«ditta» non è tra queste scelte: ", "«Atlantide» non è un paese"]),
        ("sl", ["»ditta« ni med temi možnostmi: ", "»Atlantide« ni država"]),
        ("fr", ["«\u{a0}ditta\u{a0}» n’est pas parmi ces choix", "«\u{a0}Atlantide\u{a0}» n’est pas un pays"]),
        ("en", ["“ditta” is none of these: ", "“Atlantide” is no country"]),
    ] {
        let got = node.page(&format!("{at}?lang={lang}")).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}: {}", got.text);
        for told in told {
            assert!(got.text.contains(told), "{lang} says {told:?}: {}", got.text);
        }
        let table = got.text.split("id=\"errors\"").nth(1).and_then(|rest| rest.split("</table>").next());
        assert!(table.is_some_and(|table| !table.contains("lang=\"en\"")), "{lang}: nothing of it is left in English");
    }
}
