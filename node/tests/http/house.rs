//! The pages around the data: settings, machines, stewards, exchange, backup, diagnosis, statements.

use super::federation::{admit, let_in, two, until};
use super::nodes::{TestNode, send, start, start_further};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::machine::{MachineCertificate, MachineRequest};
use serde_json::{Value, json};

/// The pages that are of no one thing and are of this house.
const PAGES: [&str; 9] = [
    "/partners",
    "/exchange",
    "/devices",
    "/registers",
    "/settings",
    "/backup",
    "/diagnose",
    "/accessibility",
    "/privacy",
];

#[tokio::test]
async fn every_page_of_the_house_is_there_in_every_language() {
    let node = start(60, "Ožara", "SI", false);
    for path in PAGES {
        let mut titles = std::collections::BTreeSet::new();
        for lang in ["en", "it", "sl", "fr"] {
            let got = node.page(&format!("{path}?lang={lang}")).await;
            assert_eq!(got.status, StatusCode::OK, "{path} in {lang}: {}", got.text);
            assert!(got.text.contains(&format!("<html lang=\"{lang}\"")), "{path} says that it is in {lang}");
            let current = got.text.matches("aria-current=\"page\"").count();
            let is_marked = usize::from(!["/accessibility", "/privacy"].contains(&path));
            assert_eq!(current, is_marked, "{path} is marked in the navigation");
            titles.insert(got.text.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned());
        }
        assert!(titles.len() > 1, "{path} has titles of its own: {titles:?}");
    }
}

#[tokio::test]
async fn a_user_is_added_and_the_password_shown_once() {
    let node = start(61, "Ožara", "SI", false);
    let added = node.form("/settings/users", &[("name", "ana"), ("role", "editor")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    let password = added.text.split("<code class=\"ticket\">").nth(1).expect("the password").split('<').next().unwrap();
    assert!(node.app.users().check("ana", password).is_some(), "it is the one that signs in");
    let listed = node.page("/settings").await;
    assert!(listed.text.contains("ana") && !listed.text.contains(password), "afterwards nobody sees it again");
    let twice = node.form("/settings/users", &[("name", "ana"), ("role", "admin")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "one of a name");
    assert!(twice.text.contains("role=\"alert\""), "said on the page");
    let reset = node.form("/settings/users/ana/reset", &[]).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    assert!(node.app.users().check("ana", password).is_none(), "the old password is worth nothing");
    let last = node.form("/settings/users/ana/remove", &[]).await;
    assert_eq!(
        last.status,
        StatusCode::CONFLICT,
        "while the page is open to the office somebody must be able to sign in"
    );
    node.form("/settings/users", &[("name", "bor"), ("role", "admin")]).await;
    let removed = node.form("/settings/users/ana/remove", &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    assert_eq!(node.app.users().list().len(), 1, "gone");
}

#[tokio::test]
async fn a_calendar_gets_an_address_until_it_is_removed() {
    let node = start(62, "Ožara", "SI", false);
    node.add("event", json!({"title": {"en": "Forum"}, "type": "conference", "when": {"start": "2026-02-11T09:00", "end": "2026-02-11T12:00", "tzid": "Europe/Rome"}})).await;
    let added = node.form("/settings/calendars", &[("name", "team"), ("public", "yes")]).await;
    let path = added.text.split("/calendar/").nth(1).expect("an address").split('<').next().unwrap().to_owned();
    let read = async |path: String| {
        let request = Request::get(path).header("host", "localhost:8470").body(Body::empty()).unwrap();
        send(&node.router, request).await.status
    };
    assert_eq!(read(format!("/calendar/{path}")).await, StatusCode::OK, "whoever has the address reads");
    let removed = node.form("/settings/calendars/team/remove", &[]).await;
    assert_eq!(removed.headers[header::LOCATION], "/settings", "back to the settings");
    assert_eq!(read(format!("/calendar/{path}")).await, StatusCode::NOT_FOUND, "and nothing more");
}

async fn founded(secret: u8) -> TestNode {
    let node = start(secret, "Ožara", "SI", false);
    let made = node.form("/partners/found", &[("name", "Alpe Adria")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    node
}

#[tokio::test]
async fn what_cannot_be_taken_back_asks_first() {
    let node = founded(63).await;
    let own = node.handle.status().await.unwrap();
    let ask = node.form("/stewards", &[("steward", &own.partner.to_string())]).await;
    assert_eq!(ask.status, StatusCode::OK, "{}", ask.text);
    assert!(ask.text.contains("name=\"confirmed\"") && ask.text.contains("Ožara"), "who it would be, and once more");
    let none = format!("/partners/{}/remove", "0".repeat(64));
    assert_eq!(node.page(&none).await.status, StatusCode::NOT_FOUND, "no such partner");
    assert_eq!(node.form(&none, &[]).await.status, StatusCode::NOT_FOUND, "nor to be removed");
    let question = node.page(&format!("/devices/{}/revoke", own.device)).await;
    assert!(question.text.contains("office"), "the machine by its name: {}", question.text);
    let refused = node.form(&format!("/devices/{}/revoke", own.device), &[]).await;
    assert!(refused.status.is_client_error() && refused.text.contains("role=\"alert\""), "not this machine itself");
    assert_eq!(node.page(&format!("/devices/{}/revoke", "0".repeat(64))).await.status, StatusCode::NOT_FOUND, "none");
}

#[tokio::test]
async fn three_stewards_are_set_on_the_page_and_two_are_no_number() {
    let (a, b, c) = (start(68, "Ožara", "SI", true), start(69, "EDIAS", "FR", true), start(70, "IRECOOP", "IT", true));
    let_in(&a, &b).await;
    admit(&a, &c, ("IRECOOP", "it")).await;
    let mut ids = Vec::new();
    for node in [&a, &b, &c] {
        until(node, "/api/v1/stewards", |known| known["majority"] == 1).await;
        ids.push(node.handle.status().await.unwrap().partner.to_string());
    }
    until(&a, "/api/v1/partners", |all| all["items"].as_array().is_some_and(|all| all.len() == 3)).await;
    let chosen = |count: usize| ids.iter().take(count).map(|id| ("steward", id.as_str())).collect::<Vec<_>>();
    let sure = |count| [chosen(count), vec![("confirmed", "yes")]].concat();
    let two = a.form("/stewards", &sure(2)).await;
    assert_eq!(two.status, StatusCode::UNPROCESSABLE_ENTITY, "of two neither could do without the other: {}", two.text);
    assert!(two.text.contains("role=\"alert\""), "said on the page");
    let question = a.form("/stewards", &chosen(3)).await;
    assert_eq!(question.status, StatusCode::OK, "it asks first: {}", question.text);
    assert_eq!(a.call("GET", "/api/v1/stewards", None).await.json()["majority"], 1, "and nothing is done yet");
    let done = a.form("/stewards", &sure(3)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(done.headers[header::LOCATION], "/partners#stewards", "the one steward of before decides at once");
    for node in [&a, &b, &c] {
        let known = until(node, "/api/v1/stewards", |known| known["majority"] == 2).await;
        let names: std::collections::BTreeSet<&str> =
            known["items"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
        assert_eq!(names, ids.iter().map(String::as_str).collect(), "three, of whom two decide, on every node");
    }
}

#[tokio::test]
async fn a_machine_that_was_revoked_on_its_page_is_refused() {
    let (office, laptop) = (start(71, "Ožara", "SI", true), start_further(72, 71, ("Ožara", "SI")));
    let own = laptop.handle.status().await.unwrap().device;
    let_in(&office, &laptop).await;
    until(&office, "/api/v1/status", |s| s["devices"][0]["in_sync"] == true).await;
    let before = laptop.add("organisation", json!({"name": "Prej"})).await;
    until(&office, "/api/v1/records?kind=organisation", |all| all.to_string().contains(&before)).await;
    let question = office.page(&format!("/devices/{own}/revoke")).await;
    assert!(question.text.contains("laptop"), "the machine by its name: {}", question.text);
    let done = office.form(&format!("/devices/{own}/revoke"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(done.headers[header::LOCATION], "/devices", "{}", done.text);
    let revoked = |all: &Value| {
        let is_it = |one: &Value| one["id"] == own.to_string().as_str() && one["revoked"] == true;
        all["items"].as_array().is_some_and(|all| all.iter().any(is_it))
    };
    until(&office, "/api/v1/devices", revoked).await;
    assert!(!office.page("/devices").await.text.contains(&format!("/devices/{own}/revoke")), "not to be revoked twice");
    // Nobody speaks with it, and it is not reached again however often it is asked for.
    let alone = |status: &Value| {
        let devices = status["devices"].as_array().expect("a list");
        devices.iter().all(|device| device["connected"] == false)
    };
    until(&laptop, "/api/v1/status", alone).await;
    let late = laptop.add("organisation", json!({"name": "Potem"})).await;
    assert_eq!(laptop.form("/exchange/now", &[]).await.status, StatusCode::SEE_OTHER, "it asks once more");
    until(&office, "/api/v1/status", alone).await;
    let listed = office.call("GET", "/api/v1/records?kind=organisation", None).await.text;
    assert!(listed.contains(&before) && !listed.contains(&late), "what came before stays, and nothing more comes");
}

#[tokio::test]
async fn a_ticket_is_saved_as_a_file() {
    let node = founded(64).await;
    let made = node.form("/partners/invite", &[("name", "EDIAS"), ("country", "FR")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let made = node.page(made.headers[header::LOCATION].to_str().unwrap()).await;
    let path = made.text.split("href=\"/partners/invites/").nth(1).expect("a link").split('"').next().unwrap();
    let file = node.page(&format!("/partners/invites/{path}")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"), "a file");
    assert!(made.text.contains(file.text.trim()) && file.text.len() > 40, "with the ticket in it");
    let refused = node.form("/partners/invite", &[("name", ""), ("country", "FR")]).await;
    assert!(refused.text.contains("role=\"alert\""), "a ticket for nobody is refused on the page: {}", refused.text);
    let summary = refused.text.split("error-summary").nth(1).and_then(|rest| rest.split("<section").next()).unwrap();
    assert!(summary.contains("href=\"#invite-name\""), "with a link to what is missing: {summary}");
    assert!(summary.contains("Please fill this in"), "and words for it: {summary}");
    let control = refused.text.split("id=\"invite-name\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
    for told in ["aria-invalid=\"true\"", "aria-describedby=\"invite-name-error\""] {
        assert!(control.contains(told), "{told} marks it: {control}");
    }
    assert!(refused.text.contains("id=\"invite-name-error\""), "the reason stands at it as well");
    assert!(refused.text.contains("value=\"FR\" selected"), "what was chosen stays");
    let switch = refused.text.split("hreflang=\"sl\"").next().unwrap().rsplit("href=\"").next().unwrap();
    assert!(switch.starts_with("/partners?lang=sl"), "the language of what answers a form leads to a page: {switch}");
}

#[tokio::test]
async fn a_partnership_without_a_name_is_refused_at_its_field() {
    let node = start(214, "Ožara", "SI", false);
    for (sent, words) in [("", "Please fill this in"), ("a\u{7}b", "without special characters")] {
        let refused = node.form("/partners/found", &[("name", sent)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let summary =
            refused.text.split("error-summary").nth(1).and_then(|rest| rest.split("<section").next()).unwrap();
        assert!(summary.contains("href=\"#found-name\"") && summary.contains(words), "{sent:?}: {summary}");
        let control = refused.text.split("id=\"found-name\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        assert!(control.contains("aria-describedby=\"found-name-error\""), "it is marked: {control}");
        assert!(!refused.text.contains("id=\"invite-name-error\""), "and nothing else is");
    }
}

/// The register of this name that others read, as the interface tells it.
async fn register(node: &TestNode, name: &str) -> Value {
    let all = node.call("GET", "/api/v1/registers", None).await.json();
    let is_it = |register: &&Value| register["name"] == name && register["kind"] != "internal";
    let found = all["items"].as_array().unwrap().iter().find(is_it);
    found.unwrap_or_else(|| panic!("{name} is there: {all}")).clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_register_is_made_and_its_writers_are_set_on_the_page() {
    let (a, b) = two().await;
    let [ours, theirs] = [&a, &b].map(|node| node.handle.roster());
    let id = |name: &str| ours.partners.values().find(|partner| partner.name == name).unwrap().id.to_string();
    let (us, them) = (id("Ožara"), id("EDIAS"));
    assert_eq!(ours.partners.len(), theirs.partners.len(), "both know both");

    let nobody = a.form("/registers", &[("name", "Alpe")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nobody.text);
    assert!(nobody.text.contains("Choose at least one partner") && nobody.text.contains("value=\"Alpe\""), "and why");
    let made = a.form("/registers", &[("name", "Alpe"), ("all", "yes")]).await;
    assert_eq!(made.headers[header::LOCATION], "/registers", "a single steward decides at once: {}", made.text);
    assert_eq!(register(&a, "Alpe").await["writers"], "all", "as it was chosen");
    until(&b, "/api/v1/registers", |all| all.to_string().contains("Alpe")).await;
    let shared = register(&a, "Alpe").await["id"].as_str().unwrap().to_owned();
    let listed = b.page("/registers").await.text;
    assert!(
        listed.contains("Alpe") && !listed.contains(&format!("{shared}/writers")),
        "who is no steward sets nobody: {listed}"
    );
    let path = format!("/registers/{shared}/writers");
    assert_eq!(b.page(&path).await.status, StatusCode::NOT_FOUND, "nor by its address");
    assert_eq!(b.form(&path, &[("writer", &them)]).await.status, StatusCode::NOT_FOUND, "nor by a form");
    let none = a.form(&path, &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "a register that nobody writes: {}", none.text);
    let asked = a.form(&path, &[("writer", &us)]).await;
    assert_eq!(asked.status, StatusCode::OK, "whoever drops somebody is asked: {}", asked.text);
    assert!(asked.text.contains("These write it no more: EDIAS") && asked.text.contains("name=\"confirmed\""), "whom");
    assert_eq!(register(&a, "Alpe").await["writers"], "all", "nothing is done yet");
    let done = a.form(&path, &[("writer", &us), ("confirmed", "yes")]).await;
    assert_eq!(done.headers[header::LOCATION], "/registers", "{}", done.text);
    until(&b, "/api/v1/registers", |all| {
        all["items"].as_array().unwrap().iter().any(|r| r["name"] == "Alpe" && r["writable"] == false)
    })
    .await;
    let wider = a.form(&path, &[("writer", &us), ("writer", &them)]).await;
    assert_eq!(wider.headers[header::LOCATION], "/registers", "adding somebody needs no second word: {}", wider.text);

    // The own register: the owner alone decides, and writes in any case.
    let own = register(&a, "Ožara").await;
    let path = format!("/registers/{}/writers", own["id"].as_str().unwrap());
    let form = a.page(&path).await.text;
    assert!(form.contains("EDIAS") && !form.contains(&format!("value=\"{us}\"")), "the owner is no choice: {form}");
    let set = a.form(&path, &[("writer", &them)]).await;
    assert_eq!(set.headers[header::LOCATION], "/registers", "{}", set.text);
    until(&b, "/api/v1/registers", |all| {
        all["items"].as_array().unwrap().iter().any(|r| r["id"] == own["id"] && r["writable"] == true)
    })
    .await;
    let foreign = register(&a, "EDIAS").await["id"].as_str().unwrap().to_owned();
    let refused = a.page(&format!("/registers/{foreign}/writers")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "of others' registers nobody else");
}

#[tokio::test]
async fn a_further_machine_is_certified_on_the_page() {
    let node = founded(65).await;
    let further = DeviceSigner::from_secret(&[66; 32]);
    let request = MachineRequest::new(&further, "laptop").to_text();
    let made = node.form("/devices", &[("request", &request), ("right", "edit"), ("right", "invite")]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let text = made.text.split("<code class=\"ticket\">").nth(1).expect("a certificate").split('<').next().unwrap();
    let accepted = MachineCertificate::parse(text).expect("is one").accept(&further).expect("for this machine");
    assert_eq!((accepted.partner_name.as_str(), accepted.device_name.as_str()), ("Ožara", "laptop"), "of this partner");
    let sent = [("request", request.as_str()), ("right", "edit"), ("right", "invite")];
    let file = node.form("/devices/certificate", &sent).await;
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"), "as a file too");
    assert_eq!(file.text.trim(), text, "the same");

    let nothing = node.form("/devices", &[("request", &request)]).await;
    assert_eq!(nothing.status, StatusCode::FORBIDDEN, "at least one right: {}", nothing.text);
    assert!(nothing.text.contains("role=\"alert\"") && nothing.text.contains("name=\"request\""), "with the form");
    for text in ["comin1-what", "", &request[..request.len() - 8]] {
        let refused = node.form("/devices", &[("request", text), ("right", "edit")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}: {}", refused.text);
        assert!(refused.text.contains("This is no request of a new machine"), "in words: {}", refused.text);
    }
}

#[tokio::test]
async fn a_backup_is_asked_for_only_where_it_has_a_place() {
    let node = start(67, "Ožara", "SI", false);
    let page = node.page("/backup").await.text;
    assert!(!page.contains("action=\"/backup\""), "no button that is refused: {page}");
    let refused = node.form("/backup", &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("given no directory for backups"), "and what to do: {}", refused.text);
}
