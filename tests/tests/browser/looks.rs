//! How the pages use the room that they have: the head on a phone, what folds away, words that stay whole.

use super::driver::{Browser, ENTER, ESCAPE, TAB};
use super::office::{Scene, federation};
use serde_json::json;

/// How much of a phone's screen the head may take, in CSS pixels.
const HEAD_MAX: u64 = 120;

/// Words without a hyphen that stand on more than one line, of the tables of the page.
const BROKEN: &str = "
  const broken = [];
  // Of cards the heads are there for screen readers alone.
  const isSeen = cell => getComputedStyle(cell.closest('thead') ?? cell).position !== 'absolute';
  for (const cell of [...document.querySelectorAll('main th, main td')].filter(isSeen)) {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      // A ticket is one word, and as long as it is.
      if (walk.currentNode.parentElement.closest('code')) continue;
      for (const found of walk.currentNode.data.matchAll(/[\\p{L}\\d]+/gu)) {
        const range = document.createRange();
        range.setStart(walk.currentNode, found.index);
        range.setEnd(walk.currentNode, found.index + found[0].length);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        if (lines.size > 1) broken.push(found[0]);
      }
    }
  }
  return broken;
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_leaves_a_phone_to_the_page_and_its_menu_leads_everywhere() {
    let office = federation(1).await.remove(0);
    let browser = office.browser().await;
    browser.width(360).await;
    for lang in ["it", "sl", "fr", "en"] {
        browser.open(&office.url(&format!("/organisations?lang={lang}"))).await;
        let head = browser.run("return document.querySelector('header.site').offsetHeight").await;
        assert!(head.as_u64().is_some_and(|pixels| pixels <= HEAD_MAX), "the head in {lang} is {head} px high");
    }
    browser.click("nav .unfold").await;
    browser.until("the menu is open", "document.querySelector('#menu').matches(':popover-open')").await;
    let fits = "return document.querySelector('#menu').scrollWidth <= innerWidth";
    assert_eq!(browser.run(fits).await, json!(true), "it fits the window");
    browser.press(ESCAPE, 1).await;
    browser.until("it closes", "!document.querySelector('#menu').matches(':popover-open')").await;

    browser.focus_by_keyboard("nav .unfold").await;
    browser.press(ENTER, 1).await;
    browser.until("it opens by the keyboard", "document.querySelector('#menu').matches(':popover-open')").await;
    office.add_own("organisation", &[("name", "§ Zavod")]).await;
    browser.until_says("§ Zavod").await;
    browser
        .until("it stays open when the page hears of something", "document.querySelector('#menu:popover-open')")
        .await;
    browser.focus_by_keyboard("#menu-node > summary").await;
    browser.press(ENTER, 1).await;
    browser.until("a group opens in it", "document.querySelector('#menu-node').open").await;
    browser.press(TAB, 1).await;
    browser.press(ENTER, 1).await;
    browser.until("and leads on", "location.pathname === '/settings'").await;
    assert_eq!(browser.faults(&office.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

async fn shown(browser: &Browser, css: &str) -> bool {
    let seen = format!("return document.querySelector(\"{css}\").checkVisibility()");
    browser.run(&seen).await == json!(true)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_fold_away_on_a_phone_until_one_is_set_and_stand_in_a_line_elsewhere() {
    let office = federation(1).await.remove(0);
    let browser = Browser::start().await;
    // The fold is a matter of page and style alone.
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.open(&office.link()).await;
    for (page, choice) in [("/organisations", "#country"), ("/memberships", "#network"), ("/search", "#kind")] {
        for (width, query, wanted) in
            [(360, "", false), (360, "?country=SI&network=&state=ended", true), (1280, "", true)]
        {
            // A list without networks has no such choice.
            let choice = if page == "/memberships" { "#state" } else { choice };
            browser.width(width).await;
            browser.open(&office.url(&format!("{page}{query}"))).await;
            assert_eq!(shown(&browser, choice).await, wanted, "{page}{query} at {width} px shows {choice}");
            assert!(shown(&browser, "form.filters #q").await, "{page} at {width} px can be searched");
        }
    }
    browser.width(360).await;
    browser.open(&office.url("/organisations")).await;
    browser.click("form.filters summary").await;
    browser.until("the choices come out", "document.querySelector('#country').checkVisibility()").await;
    assert_eq!(browser.faults(&office.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_cuts_words() {
    let scene = Scene::set().await;
    let data = [
        ("name", "Associazione Portamira Cooperativa"),
        ("city", "Villeurbanne"),
        ("country", "FR"),
        ("type", "cooperative"),
    ];
    scene.here.add_own("organisation", &data).await;
    let browser = scene.here.browser().await;
    for (path, lang) in [
        ("/organisations", "it"),
        ("/events", "fr"),
        ("/memberships", "sl"),
        ("/practices", "sl"),
        ("/networks", "it"),
        ("/interests?view=list", "fr"),
        ("/people", "fr"),
        ("/partners", "fr"),
        ("/translations", "it"),
        ("/calendar?month=2026-02", "en"),
    ] {
        browser
            .open(&scene.here.url(&format!("{path}{}lang={lang}", if path.contains('?') { '&' } else { '?' })))
            .await;
        for width in [768, 1024, 1440] {
            browser.width(width).await;
            assert_eq!(browser.run(BROKEN).await, json!([]), "{path} in {lang} at {width} px");
        }
    }
    assert_eq!(browser.faults(&scene.here.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}
