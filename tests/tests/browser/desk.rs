//! The coordinator's desk: a spreadsheet is imported, a practice found, an interest accepted, a person erased, and two
//! tabs hold one form.

use super::driver::ENTER;
use super::office::{Office, federation};
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
