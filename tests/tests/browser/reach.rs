//! Who gets in, and that a page needs nothing that a careful office has switched off.

use super::driver::Browser;
use super::office::{Scene, federation};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_signs_one_browser_in_once() {
    let office = federation(1).await.remove(0);
    office.add_own("organisation", &[("name", "§ Zavod")]).await;
    let (browser, link) = (Browser::start().await, office.link());
    browser.open(&office.url("/organisations")).await;
    let text = browser.text().await;
    assert!(text.contains("comin open") && !text.contains("§ Zavod"), "a stranger learns how to sign in: {text}");
    browser.open(&link).await;
    browser.until("the link leads to the overview", "location.pathname === '/'").await;
    browser.open(&office.url("/organisations")).await;
    browser.until_says("§ Zavod").await;

    let second = Browser::start().await;
    second.open(&link).await;
    second.until_says("comin open").await;
    second.open(&office.url("/organisations")).await;
    let text = second.text().await;
    assert!(!text.contains("§ Zavod"), "a link that was used opens nothing: {text}");
    for browser in [browser, second] {
        let faults = browser.faults(&office.origin, &["status of 401"]).await;
        assert_eq!(faults, Vec::<String>::new(), "but for the refusals the console is quiet");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_but_live_updates_works_without_scripts() {
    let scene = Scene::set().await;
    let browser = Browser::start().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.open(&scene.here.link()).await;
    let scripts = browser.run("return document.querySelectorAll('.notice').length").await;
    assert_eq!(scripts, json!(0), "the page's own script did not run");

    browser.click("#menu-registers > summary").await;
    browser.click("#menu-registers a[href='/organisations']").await;
    browser.fill("#q", "zavod").await;
    browser.click("form.filters button").await;
    browser.until("the filter is in the address", "location.search.includes('q=zavod')").await;
    browser.click("th a[href^='/records/organisation:']").await;
    browser.click("a[href*='/edit?']").await;
    browser.fill("#c-city", "§ Izola").await;
    browser.click("form.record button[type=submit]").await;
    browser.until("saving leads back to the record", "location.pathname.match(/organisation:[0-9a-f]+$/)").await;
    browser.until_says("§ Izola").await;

    browser.click("#menu-work > summary").await;
    browser.click("#menu-work a[href='/conflicts']").await;
    browser.click("section.card:has(button[type=submit]) .sides li:first-child button").await;
    browser.until("one conflict is left", "document.querySelectorAll('section.card').length === 1").await;
    browser.open(&scene.here.url("/")).await;
    browser.click("form[action='/exchange/pause'] button").await;
    browser.until_says("Exchange is paused by hand.").await;
    browser.click("form[action='/exchange/resume'] button").await;
    browser.until("the pause is over", "!document.body.innerText.includes('paused by hand')").await;
    assert_eq!(browser.faults(&scene.here.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_page_changes_nothing_through_its_visitors_browser() {
    let office = federation(1).await.remove(0);
    let browser = office.browser().await;
    let form = format!(
        "data:text/html,<form method=post action='{}'><button>Win a prize</button></form>",
        office.url("/exchange/pause")
    );
    browser.open(&form).await;
    browser.click("button").await;
    browser.until_says("did not come from the node's own page").await;
    browser.open(&office.url("/")).await;
    browser.until_says("You are the only partner so far").await;
    let faults = browser.faults(&office.origin, &["status of 403"]).await;
    assert_eq!(faults, Vec::<String>::new(), "but for the refusal the console is quiet");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_has_ended_says_so_and_loses_nothing() {
    let office = federation(1).await.remove(0);
    let row = office.add_own("organisation", &[("name", "§ Zavod"), ("country", "SI")]).await;
    let browser = office.browser().await;
    browser.open(&office.url(&format!("/records/{}/edit?register=own", row.key))).await;
    browser.fill("#c-city", "§ Izola").await;
    // In another tab somebody signs out.
    browser.run("return fetch('/logout', {method: 'POST', redirect: 'manual'}).then(() => true)").await;
    office.edit(&row, &[("phone", "+386 1")]).await;
    browser.until_says("You are signed out.").await;
    browser.until("what was typed stays", "document.querySelector('#c-city').value === '§ Izola'").await;
    // In another tab somebody signs in again; the form then goes on where it was.
    let form = browser.run("return location.href").await;
    let login =
        browser.run_with("return fetch(arguments[0]).then(answer => answer.status)", json!([office.link()])).await;
    assert_eq!(login, json!(200), "the link signs in");
    assert_eq!(browser.run("return location.href").await, form, "the form is still there");
    browser.click("form.record button[type=submit]").await;
    // Its record has changed meanwhile: both are shown, and nothing is overwritten.
    browser.until_says("§ Izola").await;
    let faults = browser.faults(&office.origin, &["status of 401", "status of 412"]).await;
    assert_eq!(faults, Vec::<String>::new(), "but for the refusals the console is quiet");
}
