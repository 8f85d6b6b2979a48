//! The coordinator's desk: a spreadsheet is imported, a practice found, an interest accepted, a person erased, and two
//! tabs hold one form.

use super::driver::ENTER;
use super::office::{Office, federation, machines};
use serde_json::json;
use std::io::Write;

const NONE: Vec<String> = Vec::new();

async fn office() -> Office {
    federation(1).await.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spreadsheet_becomes_records_once_somebody_has_looked() {
    let office = office().await;
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    file.write_all("Ime;Kraj;Država\n§ Korenine;Koper;SI\n§ Most;Piran;SI\n".as_bytes()).expect("is written");
    let browser = office.browser().await;
    browser.open(&office.url("/import?kind=organisation")).await;
    browser.fill("#file", file.path().to_str().expect("a path")).await;
    browser.click("main form button[type=submit]").await;
    browser.until_says("It would be").await;
    let mapped = "return [...document.querySelectorAll('select[name^=column]')].map(s => s.value)";
    assert_eq!(browser.run(mapped).await, json!(["name", "city", "country"]), "the columns are guessed");
    office.until("nothing is written by looking", |store| store.count_rows(Some("organisation")).unwrap() == 0).await;
    browser.run("document.querySelector('[name=\"column.1\"]').value = ''").await;
    browser.run("window.before = true").await;
    browser.click("button[value=look]").await;
    let kept = "!window.before && document.querySelector('[name=\"column.1\"]')?.value === ''";
    browser.until("it was looked at again, as it was changed", kept).await;
    browser.click("button[value=import]").await;
    browser.until("the result is shown", "location.pathname === '/import/progress'").await;
    browser.until_says("Done").await;
    office.until("both are there", |store| store.count_rows(Some("organisation")).unwrap() == 2).await;
    browser.open(&office.url("/organisations")).await;
    browser.until_says("§ Korenine").await;
    assert!(!browser.text().await.contains("Piran"), "without the column that was left out");
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workbook_becomes_records_as_well() {
    // As another partner's node has written it.
    let other = office().await;
    for (name, city) in [("§ Korenine", "Koper"), ("§ Žarek", "Piran")] {
        other.add("organisation", &[("name", name), ("city", city), ("country", "SI")]).await;
    }
    let theirs = other.browser().await;
    let fetched = "return fetch('/api/v1/export?format=xlsx&kind=organisation').then(async answer =>
        [answer.status, [...new Uint8Array(await answer.arrayBuffer())]])";
    let fetched = theirs.run(fetched).await;
    assert_eq!(fetched[0], json!(200), "it is exported");
    let book: Vec<u8> = serde_json::from_value(fetched[1].clone()).expect("bytes");
    assert!(book.starts_with(b"PK"), "a workbook is a ZIP file");
    let mut file = tempfile::Builder::new().suffix(".xlsx").tempfile().expect("a file");
    file.write_all(&book).expect("is written");

    let office = office().await;
    let browser = office.browser().await;
    browser.open(&office.url("/import?kind=organisation")).await;
    browser.fill("#file", file.path().to_str().expect("a path")).await;
    browser.click("main form button[type=submit]").await;
    browser.until_says("It would be").await;
    office.until("nothing is written by looking", |store| store.count_rows(Some("organisation")).unwrap() == 0).await;
    browser.click("button[value=import]").await;
    browser.until("the result is shown", "location.pathname === '/import/progress'").await;
    browser.until_says("Done").await;
    office.until("both are there", |store| store.count_rows(Some("organisation")).unwrap() == 2).await;
    browser.open(&office.url("/organisations")).await;
    for text in ["§ Korenine", "Koper", "§ Žarek", "Piran"] {
        browser.until_says(text).await;
    }
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_practice_is_found_by_words_and_by_filters() {
    let office = office().await;
    for (title, state, group) in [("§ Mentori", "published", "youth"), ("§ Most", "draft", "immigrants")] {
        let group = format!("target_groups/{group}");
        let fields = [("title@it", title), ("original_language", "it"), ("state", state), (group.as_str(), "")];
        office.add("practice", &fields).await;
    }
    let browser = office.browser().await;
    browser.fill("header input[name=q]", "mentori").await;
    browser.press(ENTER, 1).await;
    browser.until("the word is marked", "document.querySelector('.results mark')?.innerText === 'Mentori'").await;
    browser.open(&office.url("/practices")).await;
    browser.run("document.querySelector('#state').value = 'draft'").await;
    browser.click("form.filters button").await;
    browser.until("by state", "location.search.includes('state=draft')").await;
    browser.until_says("1 record").await;
    browser.until_says("§ Most").await;
    browser.click("table.cards a").await;
    browser.until("the title says its language", "document.querySelector('h1').lang === 'it'").await;
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interest_is_accepted_on_the_board() {
    let office = office().await;
    let network = office.add("network", &[("name@en", "§ Net")]).await.key.to_string();
    let zavod = office.add("organisation", &[("name", "§ Zavod")]).await.key.to_string();
    let browser = office.browser().await;
    browser.open(&office.url(&format!("/records/new?kind=interest&organisation={zavod}&network={network}"))).await;
    browser.click("main form.record .actions button[type=submit]").await;
    browser.until("it is saved", "location.pathname.startsWith('/records/interest')").await;
    browser.open(&office.url("/interests")).await;
    let column = |code: &str| format!("document.querySelector('#state-{code}').closest('section')");
    browser.until("it is received", &format!("{}.innerText.includes('§ Zavod')", column("received"))).await;
    browser.click(".board button[value=accepted]").await;
    browser.until("it is accepted", &format!("{}.innerText.includes('§ Zavod')", column("accepted"))).await;
    office.until("the membership is made", |store| store.count_rows(Some("membership")).unwrap() == 1).await;
    browser.open(&office.url(&format!("/records/{network}"))).await;
    browser.until_says("Members (1)").await;
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_written_down_and_erased() {
    let office = office().await;
    let browser = office.browser().await;
    browser.open(&office.url("/people/new")).await;
    for (control, text) in [("given_name", "Ana"), ("family_name", "§ Zorko"), ("purpose", "§ Contact")] {
        browser.fill(&format!("#c-{control}"), text).await;
    }
    browser.run("document.querySelector('#c-legal_basis').value = 'consent'").await;
    browser.run("document.querySelector('#c-retain_until').value = '2031-01-01'").await;
    browser.click("main form.record .actions button[type=submit]").await;
    browser.until("she has a page", "location.pathname.startsWith('/people/person')").await;
    browser.run("document.querySelector('#reason').value = 'request'").await;
    browser.click("button.danger").await;
    browser.until("nobody erases by one click", "document.querySelector('#sure:invalid')").await;
    browser.click("#sure").await;
    browser.click("button.danger").await;
    browser.until_says("Erased on").await;
    assert!(!browser.text().await.contains("§ Zorko"), "nothing of her is on the page");
    browser.open(&office.url("/people")).await;
    browser.until_says("0 people").await;
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tab_does_not_write_over_the_first() {
    let office = office().await;
    let row = office.add("organisation", &[("name", "§ Zavod"), ("city", "§ Koper")]).await;
    let (first, second) = (office.browser().await, office.browser().await);
    let form = office.url(&format!("/records/{}/edit?register={}", row.key, office.register));
    for browser in [&first, &second] {
        browser.open(&form).await;
    }
    second.fill("#c-city", "§ Piran").await;
    first.fill("#c-city", "§ Izola").await;
    first.press(ENTER, 1).await;
    first.until_says("§ Izola").await;
    second.until_says("This page has changed meanwhile.").await;
    second.click("form.record .actions button[type=submit]").await;
    for text in ["Somebody changed this record", "§ Izola", "§ Piran"] {
        second.until_says(text).await;
    }
    let has = |store: &dyn comin_node::store::Store| {
        store.row(&row.key, &row.doc).expect("memory reads").and_then(|row| row.text("city").map(str::to_owned))
    };
    office.until("the first one's word stands", |store| has(store).as_deref() == Some("§ Izola")).await;
    assert_eq!(second.faults(&office.origin, &["status of 412"]).await, NONE, "but for the refusal nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memberships_are_listed_by_network_and_by_whether_they_are_in_force() {
    let office = office().await;
    let network = office.add("network", &[("name@en", "§ Alpe")]).await.key.to_string();
    let other = office.add("network", &[("name@en", "§ Beta")]).await.key.to_string();
    let zavod = office.add("organisation", &[("name", "§ Zavod")]).await.key.to_string();
    let former = office.add("organisation", &[("name", "§ Bivši")]).await.key.to_string();
    office.member(&zavod, &network).await;
    office.member(&zavod, &other).await;
    let ended = office.member(&former, &network).await;
    office.edit(&ended, &[("since", "2024-01-01"), ("until", "2025-01-01")]).await;
    let browser = office.browser().await;
    browser.click("#menu-registers > summary").await;
    browser.click("#menu-registers a[href='/memberships']").await;
    browser.until_says("3 records").await;
    browser.run(&format!("document.querySelector('#network').value = '{network}'")).await;
    browser.run("document.querySelector('#state').value = 'ended'").await;
    browser.click("form.filters button").await;
    browser.until("the filter is in the address", "location.search.includes('state=ended')").await;
    browser.until_says("1 record").await;
    let rows = "return [...document.querySelectorAll('#list tbody tr')].map(r => r.innerText)";
    let rows = browser.run(rows).await.to_string();
    assert!(rows.contains("§ Bivši") && rows.contains("§ Alpe") && !rows.contains("§ Zavod"), "that one alone: {rows}");
    browser.click("#list tbody a[href^='/records/membership']").await;
    browser.until_says("§ Bivši").await;
    browser.click("a[href*='/edit?']").await;
    browser.run("document.querySelector('#c-until').value = ''").await;
    browser.click("main form.record .actions button[type=submit]").await;
    browser.until("it is saved", "!location.pathname.endsWith('/edit')").await;
    browser.open(&office.url("/memberships?state=ended")).await;
    browser.until_says("0 records").await;
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

/// What the calendar shows on a day.
async fn on(browser: &super::driver::Browser, day: &str) -> String {
    let cell = format!("return document.querySelector('table.month time[datetime=\"{day}\"]').closest('td').innerText");
    browser.run(&cell).await.as_str().expect("a text").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_days_and_events_of_several_days_stand_in_the_month() {
    let office = office().await;
    let browser = office.browser().await;
    browser.open(&office.url("/records/new?kind=event")).await;
    browser.fill("#c-title-en", "§ Fair").await;
    browser.run("document.querySelector('#c-type').value = 'meeting'").await;
    browser.run("document.querySelector('[name=\"f.when.start\"]').value = '2026-02-27'").await;
    browser.run("document.querySelector('[name=\"f.when.end\"]').value = '2026-03-02'").await;
    browser.click("main form.record .actions button[type=submit]").await;
    browser.until("it is saved", "location.pathname.startsWith('/records/event')").await;
    browser.until_says("27 Feb 2026 – 2 Mar 2026").await;
    assert!(!browser.text().await.contains("00:00"), "a day is no midnight");
    let timed = "2026-02-27T18:00/2026-02-27T20:00[Europe/Rome]";
    office.add("event", &[("title@en", "§ Talk"), ("type", "meeting"), ("when", timed)]).await;
    browser.open(&office.url("/calendar?month=2026-02")).await;
    let first = on(&browser, "2026-02-27").await;
    for part in ["§ Fair", "day 1 of 4", "§ Talk", "18:00"] {
        assert!(first.contains(part), "{part}: {first}");
    }
    let second = on(&browser, "2026-02-28").await;
    assert!(second.contains("day 2 of 4") && !second.contains("§ Talk"), "the next day: {second}");
    assert!(!on(&browser, "2026-02-26").await.contains("§"), "nothing before");
    browser.click("nav.pager a[rel=next]").await;
    browser.until("the next month", "location.search.includes('2026-03')").await;
    assert!(on(&browser, "2026-03-02").await.contains("day 4 of 4"), "to its last day");
    assert!(!on(&browser, "2026-03-03").await.contains("§"), "and no longer");
    browser.width(360).await;
    let days =
        "return [...document.querySelectorAll('table.month td')].filter(d => d.checkVisibility() && d.innerText.trim())
        .map(d => d.innerText.includes('§ Fair'))";
    assert_eq!(browser.run(days).await, json!([true, true]), "on a telephone the days that have something");
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_conflict_is_decided_and_the_decision_taken_back_by_choosing() {
    let (office, laptop) = machines().await;
    let browser = office.browser().await;
    let fields = json!({"given_name": "Ana", "family_name": "§ Zorko", "role": "§ contact", "purpose": "§", "legal_basis": "consent",
        "retain_until": "2031-01-01"});
    let add = "return fetch('/api/v1/persons', {method: 'POST', headers: {'content-type': 'application/json'},
        body: JSON.stringify({fields: arguments[0], scope: []})}).then(answer => answer.json()).then(person => person.id)";
    let id = browser.run_with(add, json!([fields])).await.as_str().expect("an id").to_owned();
    let there = laptop.browser().await;
    there.open(&laptop.url("/people")).await;
    there.until_says("§ Zorko").await;
    // Each machine changes the role while it is alone.
    office.pause(true).await;
    for (browser, office, role) in [(&browser, &office, "§ Head"), (&there, &laptop, "§ Adviser")] {
        browser.open(&office.url(&format!("/people/{id}"))).await;
        browser.click("a[href*='/edit']").await;
        browser.fill("#c-role", role).await;
        browser.click("main form.record .actions button[type=submit]").await;
        browser.until_says(role).await;
    }
    office.pause(false).await;
    for (browser, office) in [(&browser, &office), (&there, &laptop)] {
        browser.open(&office.url("/conflicts")).await;
        for text in ["Ana § Zorko", "§ Head", "§ Adviser", "laptop"] {
            browser.until_says(text).await;
        }
    }
    let choose =
        "[...document.querySelectorAll('section.card .sides li')].findIndex(l => l.innerText.includes('§ Adviser'))";
    let number = browser.run(&format!("return {choose}")).await.as_u64().expect("a number") + 1;
    browser.click(&format!("section.card .sides li:nth-child({number}) button")).await;
    for browser in [&browser, &there] {
        browser.until_says("Nothing waits for a decision.").await;
    }
    // Whoever thinks otherwise says which of the two should stand.
    there.open(&laptop.url(&format!("/records/{id}/history"))).await;
    there.until_says("This change decided between several values.").await;
    let other = "[...document.querySelectorAll('.timeline .sides li')].findIndex(l => l.innerText.includes('§ Head'))";
    let number = there.run(&format!("return {other}")).await.as_u64().expect("a number") + 1;
    there.click(&format!(".timeline .sides li:nth-child({number}) button")).await;
    there.until_says("§ Head").await;
    browser.open(&office.url(&format!("/people/{id}"))).await;
    browser.until_says("§ Head").await;
    assert!(!browser.text().await.contains("§ Adviser"), "one value, on both machines");
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
    assert_eq!(there.faults(&laptop.origin, &[]).await, NONE, "nor there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_taken_back_field_by_field_and_all_the_same_when_it_changed_since() {
    let office = office().await;
    let row = office.add("organisation", &[("name", "§ Zavod"), ("city", "§ Koper"), ("phone", "1")]).await;
    office.edit(&row, &[("city", "§ Piran"), ("phone", "2")]).await;
    let browser = office.browser().await;
    browser.open(&office.url(&format!("/records/{}", row.key))).await;
    browser.click("a[href$='/history']").await;
    browser.until_says("§ Piran").await;
    let of_city = "form:has(input[name=field][value=city]) button";
    browser.click(of_city).await;
    browser.until("it leads to the record", "!location.pathname.endsWith('/history')").await;
    browser.until_says("§ Koper").await;
    let has = |store: &dyn comin_node::store::Store, city: &str, phone: &str| {
        let row = store.row(&row.key, &row.doc).expect("memory reads").expect("it is there");
        row.text("city") == Some(city) && row.text("phone") == Some(phone)
    };
    office.until("one field, and no other", |store| has(store, "§ Koper", "2")).await;
    office.edit(&row, &[("city", "§ Izola")]).await;
    browser.open(&office.url(&format!("/records/{}/history", row.key))).await;
    // The change of Piran, of which the city has been changed since.
    let old = "[...document.querySelectorAll('.timeline > li')].findIndex(l => l.querySelector('ins')?.innerText === '§ Piran')";
    let number = browser.run(&format!("return {old}")).await.as_i64().expect("a number") + 1;
    browser.click(&format!(".timeline > li:nth-child({number}) {of_city}")).await;
    browser.until_says("This has changed since.").await;
    browser.click("button[name=anyway]").await;
    browser
        .until(
            "whoever insists has it",
            "!location.pathname.includes('/history') && !location.pathname.includes('/undo')",
        )
        .await;
    office.until("as it was", |store| has(store, "§ Koper", "2")).await;
    assert_eq!(browser.faults(&office.origin, &["status of 409"]).await, NONE, "but for the refusal nothing complains");
}
