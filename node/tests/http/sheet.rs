//! The pages on which a spreadsheet is looked at and taken: what is seen is what is done, and nothing typed is lost.

use super::desk::{hidden, page, place, upload};
use super::nodes::{Got, PORT, TestNode, send, start};
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use comin_node::api::{ApiConfig, AppState, Trusted, router};
use comin_node::i18n::Lang;
use futures::stream;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

const SHEET: &str = "Ime;Kraj;Barva\nKorenine;Koper;zelena\nMost;Piran;modra\n";

/// A file and perhaps a saved mapping, as a browser sends them.
async fn sent_with(node: &TestNode, what: (&str, &str, &str)) -> Got {
    sent_in(node, "en", what).await
}

/// The same, by somebody who reads this language.
async fn sent_in(node: &TestNode, lang: &str, (kind, file, map): (&str, &str, &str)) -> Got {
    let part = |name: &str, of: &str, content: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{of}\r\n\r\n{content}\r\n")
    };
    let named = |name: &str, content: &str| match content {
        "" => "; filename=\"\"".to_owned(),
        _ => format!("; filename=\"{name}\""),
    };
    let parts = [
        part("kind", "", kind),
        part("file", &named("list.csv", file), file),
        part("map", &named("columns.toml", map), map),
    ];
    let request = Request::post("/import")
        .extension(Trusted)
        .header("accept", "text/html")
        .header("accept-language", lang)
        .header("content-type", "multipart/form-data; boundary=B");
    send(&node.router, request.body(Body::from(format!("{}--B--\r\n", parts.concat()))).unwrap()).await
}

/// What stands in the one fields object of each record of a kind, by title.
async fn fields(node: &TestNode, list: &str) -> BTreeMap<String, Value> {
    let items = node.call("GET", list, None).await.json()["items"].as_array().unwrap().clone();
    let of = |item: &Value| (item["title"].as_str().unwrap().to_owned(), item["values"][0]["fields"].clone());
    items.iter().map(of).collect()
}

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

#[tokio::test]
async fn a_mapping_is_saved_as_a_file_and_sent_again() {
    let node = start(107, "Ožara", "SI", false);
    let at = sent(&node).await;
    let seen = page(&node, &at).await;
    for key in ["name", "city"] {
        assert!(
            seen.contains(&format!("name=\"key\" value=\"{key}\" checked")),
            "a row is found by {key}, unless somebody says otherwise: {seen}"
        );
    }
    let form = [&columns("other_names")[..], &[("key", "name"), ("language", "sl"), ("verb", "save")]].concat();
    let saved = node.form(&at, &form).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    let told = |name: &str| saved.headers[name].to_str().unwrap().to_owned();
    assert_eq!(told("content-disposition"), "attachment; filename=\"columns.toml\"", "a file to keep");
    assert!(told("content-type").starts_with("application/toml"), "of a form that programs know");
    let expected = "kind = \"organisation\"\nkey = [\"name\"]\n[columns]\nIme = \"name\"\nKraj = \"city\"\nBarva = \"other_names\"\n";
    let read = |text: &str| toml::from_str::<toml::Table>(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut written = read(&saved.text);
    assert_eq!(written.remove("set"), Some(toml::Table::new().into()), "nothing is set for every row");
    assert_eq!(written, read(expected), "what the form said: {}", saved.text);
    let places = ["Ime", "Kraj", "Barva"].map(|heading| saved.text.find(&format!("{heading} = ")).unwrap());
    assert!(places.is_sorted(), "in the order of the file: {}", saved.text);
    assert_eq!(organisations(&node).await, 0, "and nothing else is done");

    // The command line takes the same file, and what it writes down is the same.
    let temp = tempfile::tempdir().unwrap();
    let comin = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_comin"));
        command.arg("--data-dir").arg(temp.path().join("node")).args(args).current_dir(temp.path());
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    for (name, text) in [("list.csv", SHEET), ("page.toml", &saved.text)] {
        std::fs::write(temp.path().join(name), text).unwrap();
    }
    comin(&["init", "--name", "Partner Esempio", "--country", "IT"]);
    comin(&["import", "list.csv", "--map", "page.toml", "--dry-run", "--save-map", "cli.toml"]);
    let by_cli = std::fs::read_to_string(temp.path().join("cli.toml")).unwrap();
    assert_eq!(by_cli, saved.text, "the page and the command line write one form");

    node.add("organisation", json!({"name": "Most", "city": "Piran"})).await;
    // With a constant, as somebody adds it by hand; the kind is that of the mapping.
    let by_hand = by_cli.replace("[set]", "[set]\ncountry = \"SI\"");
    let again = place(&sent_with(&node, ("event", "Ime;Kraj;Barva\nMOST;Izola;rdeča\n", &by_hand)).await);
    let seen = page(&node, &again).await;
    assert!(seen.contains("value=\"other_names\" selected"), "the columns go where they went: {seen}");
    assert!(seen.contains("name=\"key\" value=\"name\" checked"), "the key is that of the mapping");
    assert!(!seen.contains("name=\"key\" value=\"city\" checked"), "and it alone");
    assert!(seen.contains("name=\"set.country\" value=\"SI\""), "so is what every row says: {seen}");
    let form = [("key", "name"), ("set.country", "SI"), ("verb", "import"), ("plan", &hidden(&seen, "plan"))];
    let done = node.form(&again, &[&columns("other_names")[..], &form].concat()).await;
    assert_eq!(place(&done), "/import/progress", "{}", done.text);
    let there = fields(&node, "/api/v1/records?kind=organisation").await;
    assert_eq!(there.len(), 1, "the record of that name was found: {there:?}");
    let most = &there["MOST"];
    assert_eq!((&most["city"], &most["country"]), (&json!("Izola"), &json!("SI")), "and changed: {most}");
    assert_eq!(most["other_names"], json!(["rdeča"]), "as the mapping says");
}

#[tokio::test]
async fn what_is_missing_or_unreadable_is_named_at_its_field() {
    let node = start(108, "Ožara", "SI", false);
    let words = [
        ("en", "File", "Column mapping"),
        ("it", "File", "Colonne salvate"),
        ("sl", "Datoteka", "Shranjeni stolpci"),
        ("fr", "Fichier", "Colonnes enregistrées"),
    ];
    for (lang, file, map) in words {
        let form = page(&node, &format!("/import?lang={lang}")).await;
        assert!(
            form.contains(&format!("<label for=\"map\">{map}")),
            "{lang}: a mapping may come with the file: {form}"
        );
        assert!(!form.contains("aria-invalid"), "{lang}: nothing is wrong yet");
        for (what, map_sent, id, label) in [("", "", "file", file), (SHEET, "kind = [", "map", map)] {
            let refused = sent_in(&node, lang, ("organisation", what, map_sent)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}: {}", refused.text);
            let summary =
                refused.text.split("error-summary").nth(1).and_then(|rest| rest.split("<form").next()).unwrap();
            assert!(summary.contains(&format!("<a href=\"#{id}\">{label}")), "{lang}: a link to {id}: {summary}");
            let control = refused.text.split(&format!("id=\"{id}\"")).nth(1).and_then(|rest| rest.split('>').next());
            let control = control.unwrap_or_else(|| panic!("{id} is there: {}", refused.text));
            assert!(control.contains("aria-invalid=\"true\""), "{lang}: {id} is marked: {control}");
            assert!(control.contains(&format!("{id}-error")), "{lang}: and says why: {control}");
            assert!(refused.text.contains(&format!("id=\"{id}-error\"")), "{lang}: in a line of its own");
        }
    }
    assert!(page(&node, "/import").await.contains("type=\"file\""), "it can be tried again");
}

#[tokio::test]
async fn columns_of_contact_persons_and_places_are_chosen_by_hand() {
    let node = start(109, "Ožara", "SI", false);
    let file = "Ente;A;B;C;D\nKorenine;Ada Zlatogora;presidente;45,5;13,7\n";
    let at = place(&upload(&node, "organisation", file).await);
    let seen = page(&node, &at).await;
    let parts = ["name", "given_name", "family_name", "role", "email", "phone"].map(|part| format!("person.{part}"));
    for target in parts.iter().map(String::as_str).chain(["position.lat", "position.lon"]) {
        assert!(seen.contains(&format!("<option value=\"{target}\">")), "{target} can be chosen: {seen}");
    }
    for (lang, words) in [
        ("en", "Contact person: Role"),
        ("it", "Persona di contatto: Ruolo"),
        ("sl", "Kontaktna oseba: Vloga"),
        ("fr", "Personne de contact\u{a0}: Rôle"),
    ] {
        assert!(page(&node, &format!("{at}?lang={lang}")).await.contains(words), "{words} in {lang}");
    }
    let columns = [
        ("heading.0", "Ente"),
        ("column.0", "name"),
        ("heading.1", "A"),
        ("column.1", "person.name"),
        ("heading.2", "B"),
        ("column.2", "person.role"),
        ("heading.3", "C"),
        ("column.3", "position.lat"),
        ("heading.4", "D"),
        ("column.4", "position.lon"),
    ];
    let terms = [
        ("persons", "take"),
        ("f.purpose", "Contacts"),
        ("f.legal_basis", "consent"),
        ("f.retain_until", "2099-01-01"),
        ("scope", "all"),
    ];
    let look = node.form(&at, &[&columns[..], &terms, &[("verb", "look")]].concat()).await;
    assert_eq!(place(&look), at, "{}", look.text);
    let seen = page(&node, &at).await;
    assert!(seen.contains("value=\"person.role\" selected"), "as it was chosen: {seen}");
    assert!(seen.contains("name=\"scope\" value=\"all\" checked"), "so is who reads them: {seen}");
    let done = [("verb", "import"), ("plan", &hidden(&seen, "plan"))];
    let done = node.form(&at, &[&columns[..], &terms, &done].concat()).await;
    assert_eq!(place(&done), "/import/progress", "{}", done.text);
    let persons = node.call("GET", "/api/v1/persons", None).await.json();
    let person = &persons["items"][0];
    let told = ["given_name", "family_name", "role"].map(|name| person["values"][0]["fields"][name].clone());
    assert_eq!(told, [json!("Ada"), json!("Zlatogora"), json!("presidente")], "{person}");
    assert_eq!(person["readers"], json!("all"), "whom the form let read: {person}");
    let position = &fields(&node, "/api/v1/records?kind=organisation").await["Korenine"]["position"];
    assert_eq!((&position["lat"], &position["lon"]), (&json!(45.5), &json!(13.7)), "{position}");

    let practices = place(&upload(&node, "practice", "title@sl\nMentor\n").await);
    let seen = page(&node, &practices).await;
    assert!(!seen.contains("value=\"person.role\""), "practices have no contact persons: {seen}");
    assert!(!seen.contains("name=\"scope\""), "nor anybody who reads them");
}
