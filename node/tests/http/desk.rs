//! The pages of the daily work: lists with filters, board, people, search, pictures, what waits, import.

use super::nodes::{Got, TestNode, send, start};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use comin_node::api::Trusted;
use serde_json::{Value, json};

const NASTY: &str = "<script>alert(1)</script>";

pub fn place(got: &Got) -> String {
    got.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// A page that must be there.
pub async fn page(node: &TestNode, path: &str) -> String {
    let got = node.page(path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    got.text
}

/// The value of a hidden control on a page.
pub fn hidden(page: &str, name: &str) -> String {
    let control = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{name}: {page}"));
    control.split('"').next().unwrap().to_owned()
}

async fn fields(node: &TestNode, id: &str) -> Value {
    node.call("GET", &format!("/api/v1/records/{id}"), None).await.json()["values"][0]["fields"].clone()
}

/// A file in a form, as a browser sends it.
pub async fn upload(node: &TestNode, kind: &str, file: &str) -> Got {
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--B\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--B--\r\n"
    );
    let request = Request::post("/import")
        .extension(Trusted)
        .header("accept", "text/html")
        .header("content-type", "multipart/form-data; boundary=B")
        .body(Body::from(body));
    send(&node.router, request.unwrap()).await
}

#[tokio::test]
async fn lists_are_narrowed_down_by_state_and_language() {
    let node = start(80, "Ožara", "SI", false);
    node.add("practice", json!({"title": {"it": "Mentori"}, "state": "published", "original_language": "it"})).await;
    node.add("practice", json!({"title": {"sl": "Most"}, "state": "draft", "original_language": "sl"})).await;
    let all = page(&node, "/practices").await;
    assert!(
        all.contains("Mentori") && all.contains("Most") && all.contains("lang=\"it\""),
        "both, the foreign one marked"
    );
    let published = page(&node, "/practices?state=published").await;
    assert!(published.contains("Mentori") && !published.contains(">Most<"), "by state");
    let slovene = page(&node, "/practices?language=sl&state=").await;
    assert!(slovene.contains(">Most<") && !slovene.contains("Mentori"), "by the language of its texts");
    let api = node.call("GET", "/api/v1/records?kind=practice&state=draft&language=sl", None).await.json();
    assert_eq!(api["items"].as_array().map(Vec::len), Some(1), "as over the API: {api}");
    for path in ["/programmes", "/publications", "/interests", "/interests?view=list"] {
        assert!(page(&node, path).await.contains("class=\"empty\""), "{path} says what would be there");
    }
}

#[tokio::test]
async fn memberships_have_a_list_by_network_and_state() {
    let node = start(92, "Ožara", "SI", false);
    assert!(page(&node, "/memberships").await.contains("class=\"empty\""), "it says what would be there");
    let net = async |name: &str| node.add("network", json!({"name": {"en": name}})).await;
    let (first, second) = (net("Alpha").await, net("Beta").await);
    let organisation = async |name: String| node.add("organisation", json!({"name": name})).await;
    let join = async |organisation: &str, network: &str, more: Value| {
        let mut fields = json!({"organisation": organisation, "network": network, "role": "member"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        node.add("membership", fields).await
    };
    for n in 0..51 {
        join(&organisation(format!("Zavod {n:02}")).await, &first, json!({})).await;
    }
    let (past, future) = (organisation("Bivši".into()).await, organisation("Prihodnji".into()).await);
    join(&past, &second, json!({"until": "2020-01-01"})).await;
    join(&future, &second, json!({"since": "2999-01-01"})).await;

    let all = page(&node, "/memberships").await;
    assert!(all.contains("53 records") && all.contains("Zavod 00") && !all.contains("Zavod 50"), "in pages: {all}");
    assert!(page(&node, "/memberships?page=2").await.contains("Zavod 50"), "the second one");
    let beta = page(&node, &format!("/memberships?network={second}")).await;
    assert!(beta.contains("2 records") && beta.contains("Bivši") && !beta.contains("Zavod 0"), "by network: {beta}");
    for (state, name) in [("ended", "Bivši"), ("to-come", "Prihodnji")] {
        let found = page(&node, &format!("/memberships?state={state}")).await;
        assert!(found.contains("1 record<") && found.contains(name), "{state}: {found}");
    }
    let named = page(&node, "/memberships?q=zavod%2007").await;
    assert!(named.contains("1 record<") && named.contains("Alpha"), "by the name of an end: {named}");
}

#[tokio::test]
async fn programmes_are_written_and_put_in_order_on_the_page() {
    let node = start(81, "Ožara", "SI", false);
    let sent = [
        ("f.title@en", "Counselling"),
        ("f.modules.new1.title@en", "Listening"),
        ("f.modules.new1.hours", "6"),
        ("f.modules.new2.title@en", "Networks"),
    ];
    let made = node.form("/records/new?kind=programme", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let record = place(&made);
    let id = record.trim_start_matches("/records/").to_owned();
    let titles = async || -> Vec<String> {
        let modules = fields(&node, &id).await["modules"].as_array().unwrap().clone();
        modules.iter().map(|module| module["title"]["en"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles().await, ["Listening", "Networks"], "in the order of the form");
    let second = fields(&node, &id).await["modules"][1]["id"].as_str().unwrap().to_owned();
    let up = [("field", "modules"), ("entry", second.as_str()), ("to", "up")];
    let moved = node.form(&format!("{record}/move?register=own"), &up).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    assert_eq!(titles().await, ["Networks", "Listening"], "one up");
    let form = page(&node, &format!("{record}/edit?register=own")).await;
    assert!(form.contains(&format!("f.modules.{second}.title@en")), "the form holds the modules");
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let remove = format!("f.modules.{second}.remove");
    let sent = [
        ("version", version),
        ("f.title@en", "Counselling"),
        ("f.modules", second.as_str()),
        (remove.as_str(), "on"),
        ("f.original_language", "en"),
        ("f.visibility", "federation"),
    ];
    let saved = node.form(&format!("{record}/edit?register=own"), &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(titles().await, ["Listening"], "one taken away, the other untouched");
}

#[tokio::test]
async fn interests_stand_on_a_board_and_move_from_their_card() {
    let node = start(82, "Ožara", "SI", false);
    let network = node.add("network", json!({"name": {"en": "Net"}})).await;
    let organisation = node.add("organisation", json!({"name": "Korenine"})).await;
    let sent = [("f.organisation", organisation.as_str()), ("f.network", &network), ("f.transitions.at", "2026-02-11")];
    let made = node.form("/records/new?kind=interest", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let record = place(&made);
    let id = record.trim_start_matches("/records/").to_owned();
    assert_eq!(fields(&node, &id).await["transitions"][0]["at"], "2026-02-11", "with the day of the form");
    let board = page(&node, "/interests").await;
    assert!(board.contains("Korenine") && board.contains("name=\"from\" value=\"board\""), "the card has its steps");
    let sent = node.form(&format!("{record}/advance?register=own"), &[("to", "contacted"), ("from", "board")]).await;
    assert_eq!(place(&sent), "/interests", "back to the board");
    let contacted = page(&node, "/interests?state=contacted").await;
    assert!(contacted.contains("Korenine"), "the list by state has it");
    assert!(!page(&node, "/interests?state=received").await.contains("Korenine"), "and the state before has not");
}

#[tokio::test]
async fn references_among_many_are_found_by_name() {
    let node = start(83, "Ožara", "SI", false);
    let many: Vec<Value> =
        (0..70).map(|n| json!({"kind": "organisation", "fields": {"name": format!("Zavod {n:02}")}})).collect();
    node.call("POST", "/api/v1/records", Some(json!({"records": many}))).await;
    let wanted = node.add("organisation", json!({"name": "Šentprima"})).await;
    let form = page(&node, "/records/new?kind=event").await;
    assert!(!form.contains("Zavod 01") && form.contains("f.organiser.find"), "too many to offer all");
    let typed =
        [("f.title@en", "Forum"), ("f.type", "conference"), ("f.organiser.find", "sentprima"), ("find", "organiser")];
    let found = node.form("/records/new?kind=event", &typed).await;
    assert_eq!(found.status, StatusCode::OK, "the form comes back");
    assert!(
        found.text.contains(&format!("value=\"{wanted}\" selected")) && found.text.contains("value=\"Forum\""),
        "with it"
    );
    let typed = [("f.title@en", "Forum"), ("f.type", "conference"), ("f.organiser.find", "Sentprima")];
    let made = node.form("/records/new?kind=event", &typed).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "a whole name needs no button: {}", made.text);
    assert_eq!(fields(&node, place(&made).trim_start_matches("/records/")).await["organiser"], wanted.as_str(), "it");
    let typed = [("f.title@en", "Forum"), ("f.type", "conference"), ("f.organiser.find", "Zavod")];
    let refused = node.form("/records/new?kind=event", &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "which of seventy?");
    assert!(refused.text.contains("href=\"#c-organiser\"") && refused.text.contains("Zavod 0"), "some are offered");
}

#[tokio::test]
async fn search_marks_the_words_and_takes_filters() {
    let node = start(84, "Ožara", "SI", false);
    node.add("organisation", json!({"name": format!("Šentprima {NASTY}"), "country": "SI"})).await;
    node.add("practice", json!({"title": {"it": "Mentori"}, "summary": {"it": "Un percorso con Šentprima"}})).await;
    let found = page(&node, "/search?q=sentprima").await;
    assert_eq!(found.matches("<mark>Šentprima</mark>").count(), 2, "both hits are marked, accents or not");
    assert!(
        found.contains("2 records for “sentprima”") && !found.contains("<script>alert"),
        "counted, and text is text"
    );
    assert!(found.contains("<span lang=\"it\">Un percorso"), "a text in another language says so");
    let only = page(&node, "/search?q=sentprima&kind=practice").await;
    assert!(only.contains("Mentori") && !only.contains("<mark>Šentprima</mark> &lt;"), "by kind");
    let beyond = page(&node, "/search?q=sentprima&page=7").await;
    assert!(beyond.contains("<mark>Šentprima</mark>"), "behind the last page is the last page: {beyond}");
    assert!(page(&node, "/search?q=zzzzzzz").await.contains("class=\"empty\""), "nothing found is said");
}

#[tokio::test]
async fn persons_are_added_shared_and_erased_on_the_page() {
    let node = start(85, "Ožara", "SI", false);
    let organisation = node.add("organisation", json!({"name": "Korenine"})).await;
    let given = [
        ("f.given_name", "Ana"),
        ("f.family_name", "Zorko"),
        ("f.organisation", organisation.as_str()),
        ("f.purpose", "Contact for the network"),
        ("f.legal_basis", "consent"),
    ];
    let refused = node.form("/people/new", &given).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody is kept for ever");
    assert!(
        refused.text.contains("href=\"#c-retain_until\"") && refused.text.contains("value=\"Zorko\""),
        "{}",
        refused.text
    );
    let made = node.form("/people/new", &[&given[..], &[("f.retain_until", "2031-01-01")]].concat()).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let person = place(&made);
    assert!(page(&node, "/people").await.contains("Ana Zorko"), "the list has her");
    assert!(page(&node, &format!("/records/{organisation}")).await.contains("Ana Zorko"), "and her organisation");
    assert!(!page(&node, "/search?q=zorko").await.contains("Ana"), "the search has not");
    let shown = page(&node, &person).await;
    assert!(shown.contains("Contact for the network") && shown.contains("/erase"), "{shown}");
    assert_eq!(
        node.form(&format!("{person}/scope"), &[("scope", "all")]).await.status,
        StatusCode::SEE_OTHER,
        "shared"
    );
    assert!(page(&node, "/people").await.contains("all partners"), "with whom is told");
    let unsure = node.form(&format!("{person}/erase"), &[("reason", "request")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY, "not by one click");
    let erased = node.form(&format!("{person}/erase"), &[("reason", "request"), ("sure", "yes")]).await;
    assert_eq!(erased.status, StatusCode::SEE_OTHER, "{}", erased.text);
    let left = page(&node, &person).await;
    assert!(!left.contains("Zorko") && left.contains("Erased on 1 of 1 devices"), "what is left says where: {left}");
    assert!(!page(&node, "/people").await.contains("Zorko"), "and she is in no list");
}

#[tokio::test]
async fn a_spreadsheet_is_looked_at_and_taken_on_the_page() {
    let node = start(86, "Ožara", "SI", false);
    let none = upload(&node, "organisation", "").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "no file was chosen");
    let sent = upload(&node, "organisation", "Ime;Kraj;Barva\nKorenine;Koper;zelena\nMost;Piran;modra\n").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let import = place(&sent);
    let seen = page(&node, &import).await;
    assert!(seen.contains("list.csv") && seen.contains("value=\"name\" selected"), "the columns are guessed: {seen}");
    assert!(seen.contains("data-from=\"/import\""), "events have the file not checked anew: {seen}");
    assert!(page(&node, "/organisations").await.contains("class=\"empty\""), "nothing is written yet");
    let columns = [
        ("heading.0", "Ime"),
        ("column.0", "name"),
        ("heading.1", "Kraj"),
        ("column.1", "city"),
        ("heading.2", "Barva"),
        ("column.2", "other_names"),
    ];
    let again = node.form(&import, &[&columns[..], &[("verb", "look")]].concat()).await;
    assert_eq!(place(&again), import, "{}", again.text);
    let seen = page(&node, &import).await;
    assert!(seen.contains("value=\"other_names\" selected"), "the mapping is changed");
    let plan = hidden(&seen, "plan");
    let done = node.form(&import, &[&columns[..], &[("verb", "import"), ("plan", plan.as_str())]].concat()).await;
    assert_eq!(place(&done), "/import/progress", "{}", done.text);
    let told = page(&node, "/import/progress").await;
    assert!(told.contains("<span class=\"number\">2</span>"), "two were added: {told}");
    let list = page(&node, "/organisations").await;
    assert!(list.contains("Korenine") && list.contains("Piran"), "they are there");
    assert_eq!(node.page(&import).await.status, StatusCode::GONE, "the file is forgotten");
    let wrong = place(&upload(&node, "organisation", "name,country\nA,Atlantis\n").await);
    let refused = node.page(&wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a value that cannot be taken");
    assert!(
        refused.text.contains("Atlantis") && !refused.text.contains("value=\"import\""),
        "is named, and not imported"
    );
}

#[tokio::test]
async fn what_waits_is_done_on_its_pages() {
    let node = start(87, "Ožara", "SI", false);
    let old = node.add("organisation", json!({"name": "Stara", "last_verified": "2020-01-01"})).await;
    node.add("organisation", json!({"name": "Lunavena", "city": "Treviso", "country": "IT"})).await;
    node.add("organisation", json!({"name": "Lunavena ONLUS", "city": "Treviso", "country": "IT"})).await;
    assert!(page(&node, "/stale").await.contains("Stara"), "not verified for long");
    let done =
        node.form(&format!("/records/{old}/set?register=own"), &[("field", "last_verified"), ("from", "stale")]).await;
    assert_eq!(place(&done), "/stale", "{}", done.text);
    assert!(!page(&node, "/stale").await.contains("Stara"), "verified today");
    let wrong = node.form(&format!("/records/{old}/set?register=own"), &[("field", "name"), ("value", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "other fields have a form");
    let pair = page(&node, "/sameas").await;
    assert!(pair.contains("similar name in Treviso"), "with its reason");
    let id = pair.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    node.form("/sameas", &[("id", id.as_str()), ("state", "refused")]).await;
    let decided = page(&node, "/sameas").await;
    assert!(!decided.contains("similar name") && decided.contains("Take it back"), "decided, and not for ever");
    node.form("/sameas", &[("id", id.as_str()), ("state", "suggested")]).await;
    assert!(page(&node, "/sameas").await.contains("similar name"), "taken back");

    let network = node
        .add("network", json!({"name": {"sl": "Mreža"}, "vision": {"sl": "Skupaj"}, "original_language": "sl"}))
        .await;
    let todo = page(&node, "/translations?to=fr").await;
    assert!(todo.contains(&network) && todo.contains("Name, Vision"), "what is missing in French: {todo}");
    assert!(page(&node, "/translations?to=sl").await.contains("class=\"empty\""), "the original is there");

    let sent = [("f.name", "Stara"), ("f.city", "Koper"), ("reason", "they moved")];
    let proposed = node.form(&format!("/records/{old}/propose?register=own"), &sent).await;
    assert_eq!(place(&proposed), "/proposals", "{}", proposed.text);
    let waiting = page(&node, "/proposals").await;
    assert!(waiting.contains("they moved") && waiting.contains("Koper"), "value and reason");
    let accept = waiting.split("action=\"/proposals/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    node.form(&format!("/proposals/{accept}"), &[("verb", "accept")]).await;
    assert_eq!(fields(&node, &old).await["city"], "Koper", "taken over");
    assert!(page(&node, "/proposals").await.contains("class=\"empty\""), "nothing waits");
    assert!(page(&node, "/proposals?all=true").await.contains("accepted"), "but it is not forgotten");
    let news = page(&node, "/news").await;
    assert!(news.contains("Ožara") && news.contains("Lunavena"), "by partner and kind: {news}");
}

#[tokio::test]
async fn pictures_say_the_same_as_their_tables() {
    let node = start(88, "Ožara", "SI", false);
    let network = node.add("network", json!({"name": {"en": "Net"}, "country": "SI"})).await;
    let organisation = node
        .add("organisation", json!({"name": NASTY, "city": "Koper", "country": "SI", "position": "45.548,13.730;city"}))
        .await;
    node.add("membership", json!({"organisation": organisation, "network": network, "role": "member"})).await;
    let when = "2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana]";
    node.add("event", json!({"title": {"sl": "Posvet"}, "type": "conference", "when": when, "place": "Koper"})).await;
    for path in ["/map", "/graph", "/graph?colour=target_group"] {
        let shown = page(&node, path).await;
        assert!(shown.contains("<svg") && shown.contains("<caption>"), "{path} has picture and table");
        assert!(!shown.contains("<script>alert") && !shown.contains("style=\""), "{path} is text and needs no style");
    }
    let february = page(&node, "/calendar?month=2026-02").await;
    assert!(
        february.contains("Posvet") && february.contains("Wednesday") && february.contains("lang=\"sl\""),
        "{february}"
    );
    assert!(february.contains("/calendar?month=2026-01") && february.contains("/calendar?month=2026-03"), "both ways");
    assert!(
        february.contains("<table class=\"month\"") && february.contains("scope=\"col\"><span class=\"long\">Monday"),
        "a real table"
    );
    let row = "<td role=\"cell\"><time class=\"date\" datetime=\"2026-02-11\">";
    assert!(february.contains(row), "the 11th of February is in it: {february}");
    assert!(page(&node, "/calendar?month=never").await.contains("/calendar?month=2026-02"), "months with events");
    assert!(page(&node, "/figures").await.contains("Slovenia"), "numbers by country");
    for path in ["/survey", "/export", "/import", "/people/new"] {
        page(&node, path).await;
    }
}

#[tokio::test]
async fn whole_days_and_events_of_several_days_are_in_the_calendar_and_in_its_files() {
    let node = start(93, "Ožara", "SI", false);
    let event = async |title: &str, when: Value| {
        node.add("event", json!({"title": {"sl": title}, "type": "meeting", "when": when})).await
    };
    event("Tabor", json!("2026-02-27/2026-03-02")).await;
    event("Praznik", json!({"start": "2026-02-08"})).await;
    event("Nekoč", Value::Null).await;
    let sent = [
        ("f.title@sl", "Sejem"),
        ("f.type", "meeting"),
        ("f.when.start", "2026-02-10"),
        ("f.when.end", "2026-02-11"),
        ("f.when.zone", "Europe/Rome"),
    ];
    let made = node.form("/records/new?kind=event", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let shown = page(&node, &place(&made)).await;
    assert!(shown.contains("10 Feb 2026 – 11 Feb 2026") && !shown.contains("00:00"), "days have no time: {shown}");
    let form = page(&node, &format!("{}/edit?register=own", place(&made))).await;
    assert!(form.contains("value=\"2026-02-11\""), "the form has the days again: {form}");

    let day = |html: &str, day: &str| {
        let cell = html.split(&format!("datetime=\"{day}\"")).nth(1).unwrap_or_default();
        cell.split("</td>").next().unwrap_or_default().to_owned()
    };
    let february = page(&node, "/calendar?month=2026-02").await;
    assert!(day(&february, "2026-02-08").contains("Praznik"), "a Sunday: {february}");
    assert!(day(&february, "2026-02-28").contains("Tabor") && day(&february, "2026-02-28").contains("day 2 of 4"));
    assert!(!day(&february, "2026-02-26").contains("Tabor"), "not before it begins");
    assert!(february.contains("Date not known yet") && february.contains("Nekoč"), "what has no day is not hidden");
    let march = page(&node, "/calendar?month=2026-03").await;
    assert!(
        day(&march, "2026-03-02").contains("day 4 of 4") && !day(&march, "2026-03-03").contains("Tabor"),
        "to its end"
    );
    assert!(!march.contains("Praznik"), "nothing else is in March");

    let ics = node.call("GET", "/api/v1/export?format=ics", None).await.text;
    assert!(ics.contains("DTSTART;VALUE=DATE:20260227") && ics.contains("DTEND;VALUE=DATE:20260303"), "{ics}");
    assert!(ics.contains("DTSTART;VALUE=DATE:20260208") && ics.contains("DTEND;VALUE=DATE:20260209"), "{ics}");
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), 3, "what has no day is in no calendar");
}

#[tokio::test]
async fn the_history_tells_each_change_and_takes_it_back() {
    let node = start(91, "Ožara", "SI", false);
    let id = node.add("organisation", json!({"name": "Zavod", "city": "Koper", "target_groups": ["youth"]})).await;
    let patch = async |fields: Value| {
        let path = format!("/api/v1/records/{id}");
        let got = node.call_with("PATCH", &path, Some(json!({"fields": fields})), &[("if-match", "*")]).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
    };
    patch(json!({"city": "Piran", "target_groups": ["women"]})).await;
    let history = page(&node, &format!("/records/{id}/history")).await;
    assert!(page(&node, &format!("/records/{id}")).await.contains("/history"), "the record leads there");
    for part in ["<del>Koper</del>", "<ins>Piran</ins>", "<del>young people</del>", "created", "Ožara"] {
        assert!(history.contains(part), "{part}: {history}");
    }
    let change = history.split("name=\"change\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let undo = format!("/records/{id}/undo");
    let back = node.form(&undo, &[("change", change.as_str()), ("field", "city")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert_eq!(fields(&node, &id).await["city"], "Koper", "one field, as it was");
    assert_eq!(fields(&node, &id).await["target_groups"], json!(["women"]), "and no other");
    patch(json!({"city": "Izola"})).await;
    let refused = node.form(&undo, &[("change", change.as_str()), ("field", "city")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "it has changed since: {}", refused.text);
    assert!(refused.text.contains("name=\"anyway\""), "with a way on");
    assert!(refused.text.contains(&format!("data-from=\"/records/{id}/history\"")), "what is new is there");
    let anyway = [("change", change.as_str()), ("field", "city"), ("anyway", "yes")];
    assert_eq!(node.form(&undo, &anyway).await.status, StatusCode::SEE_OTHER, "whoever insists");
    assert_eq!(fields(&node, &id).await["city"], "Koper", "has it");
    let nowhere = node.page("/records/organisation:00000000000000000000000000000000/history").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND, "what there is not has none");
}

#[tokio::test]
async fn a_practice_goes_from_state_to_state_by_the_buttons_of_its_page() {
    let node = start(94, "Ožara", "SI", false);
    let id = node.add("practice", json!({"title": {"en": "Mentors"}, "state": "draft"})).await;
    let at = format!("/records/{id}");
    let offered = async || -> Vec<&'static str> {
        let shown = page(&node, &at).await;
        let form = shown.split("name=\"field\" value=\"state\"").nth(1).unwrap_or_default();
        let form = form.split("</form>").next().unwrap_or_default().to_owned();
        let states = ["draft", "review", "published", "archived"];
        states.into_iter().filter(|state| form.contains(&format!("value=\"{state}\""))).collect()
    };
    let set =
        async |state: &str| node.form(&format!("{at}/set?register=own"), &[("field", "state"), ("value", state)]).await;
    assert_eq!(offered().await, ["review", "archived"], "where a draft leads");
    let refused = set("published").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "nobody has reviewed it: {}", refused.text);
    assert!(refused.text.contains("From this state there is no such step"), "in words: {}", refused.text);
    assert_eq!(fields(&node, &id).await["state"], "draft", "and nothing is changed");
    for (state, next) in [
        ("review", &["draft", "published", "archived"][..]),
        ("published", &["review", "archived"]),
        ("archived", &["draft", "review"]),
    ] {
        let led = set(state).await;
        assert_eq!((led.status, place(&led)), (StatusCode::SEE_OTHER, at.clone()), "{state}: {}", led.text);
        assert_eq!(fields(&node, &id).await["state"], state, "it is there");
        assert_eq!(offered().await, next, "and where {state} leads");
    }
    assert!(page(&node, "/practices?state=archived").await.contains("Mentors"), "the library knows");
    let day = json!({"to": "draft", "at": "2026-03-01"});
    let refused = node.call("POST", &format!("/api/v1{at}/advance"), Some(day)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "no day is kept of it: {}", refused.text);

    let event = node.add("event", json!({"title": {"en": "Forum"}, "type": "conference", "state": "planned"})).await;
    let held = [("field", "state"), ("value", "held")];
    let led = node.form(&format!("/records/{event}/set?register=own"), &held).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER, "an event is simply held: {}", led.text);
    assert_eq!(fields(&node, &event).await["state"], "held", "it is");
}
