//! The coordinator's day: look, change, be refused, see others at work, decide, and know how exchange stands.

use super::driver::{Browser, ENTER};
use super::office::{Office, Scene, federation};
use comin_node::store::Store;
use comin_protocol::record::Row;

const NONE: Vec<String> = Vec::new();

async fn two() -> (Office, Office) {
    let mut offices = federation(2).await;
    let there = offices.remove(1);
    (offices.remove(0), there)
}

fn text(store: &dyn Store, row: &Row, field: &str) -> Option<String> {
    let row = store.row(&row.key, &row.doc).expect("memory reads")?;
    row.text(field).map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_hold_what_every_partner_keeps() {
    let (here, there) = two().await;
    here.add_own("network", &[("name@en", "§ Net here")]).await;
    here.add_own("organisation", &[("name", "§ Zavod here")]).await;
    let network = there.add_own("network", &[("name@en", "§ Net there")]).await;
    let organisation = there.add_own("organisation", &[("name", "§ Zavod there")]).await;
    let shared = there.add("organisation", &[("name", "§ Zavod shared")]).await;
    for row in [&network, &organisation, &shared] {
        here.until_has(row).await;
    }
    let browser = here.browser().await;
    for (path, wanted) in [
        ("/networks", &["§ Net here", "§ Net there", "Your register", "Partner 2"][..]),
        ("/organisations", &["§ Zavod here", "§ Zavod there", "§ Zavod shared", "Shared"][..]),
    ] {
        browser.open(&here.url(path)).await;
        for text in wanted {
            browser.until_says(text).await;
        }
    }
    browser.click(&format!("a[href='/records/{}']", organisation.key)).await;
    browser.until_says("read only").await;
    assert_eq!(browser.faults(&here.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_saves_and_says_what_is_wrong() {
    let office = federation(1).await.remove(0);
    let row = office.add_own("organisation", &[("name", "§ Zavod"), ("city", "§ Koper")]).await;
    let browser = office.browser().await;
    browser.open(&office.url(&format!("/records/{}", row.key))).await;
    browser.click("a[href*='/edit?']").await;
    browser.fill("#c-city", "§ Izola").await;
    browser.fill("#c-country", "QQ").await;
    browser.click("form.record button[type=submit]").await;
    browser.until("the refusal is announced", "document.querySelector('[role=alert]')").await;
    let alert = browser.run("return document.querySelector('[role=alert]').innerText").await;
    let alert = alert.as_str().expect("a text");
    for part in ["Country", "“QQ”", "SI, IT or FR"] {
        assert!(alert.contains(part), "field, value and remedy are named, {part} is not: {alert}");
    }
    let kept = browser.run("return [...document.querySelectorAll('#c-city, #c-country')].map(c => c.value)").await;
    assert_eq!(kept, serde_json::json!(["§ Izola", "QQ"]), "what was typed is still there");
    let marked =
        "document.querySelector('#c-country').matches('[aria-invalid=true][aria-describedby*=c-country-error]')";
    browser.until("the field itself is marked", marked).await;
    browser.click("[role=alert] a").await;
    browser.until("the link leads to the field", "document.activeElement.id === 'c-country'").await;
    office.until("nothing is saved", |store| text(store, &row, "city").as_deref() == Some("§ Koper")).await;

    browser.fill("#c-country", "SI").await;
    browser.press(ENTER, 1).await;
    browser.until("saving leads to the record", "!location.pathname.endsWith('/edit')").await;
    browser.until_says("§ Izola").await;
    office.until("it is saved", |store| text(store, &row, "city").as_deref() == Some("§ Izola")).await;
    let faults = browser.faults(&office.origin, &["status of 422"]).await;
    assert_eq!(faults, NONE, "but for the refusal the console is quiet");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_change_appears_without_reloading() {
    let (here, there) = two().await;
    let row = here.add("organisation", &[("name", "§ Zavod"), ("city", "§ Koper")]).await;
    there.until_has(&row).await;
    let (reader, writer) = (here.browser().await, here.browser().await);
    reader.open(&here.url(&format!("/records/{}", row.key))).await;
    reader.run("window.kept = true").await;
    writer.open(&here.url(&format!("/records/{}/edit?register={}", row.key, here.register))).await;
    writer.fill("#c-city", "§ Mine").await;

    there.edit(&row, &[("city", "§ Piran")]).await;
    reader.until_says("§ Piran").await;
    reader.until("the page was not loaded again", "window.kept === true").await;
    writer.until_says("This page has changed meanwhile.").await;
    writer.until("what is being typed stays", "document.querySelector('#c-city').value === '§ Mine'").await;

    // Who saves on top of what another has changed sees both and decides.
    writer.click("form.record button[type=submit]").await;
    for text in ["Somebody changed this record", "§ Piran", "§ Mine"] {
        writer.until_says(text).await;
    }
    writer.click("form.record button[type=submit]").await;
    there.until("the second try writes", |store| text(store, &row, "city").as_deref() == Some("§ Mine")).await;
    reader.until_says("§ Mine").await;
    assert_eq!(reader.faults(&here.origin, &[]).await, NONE, "nothing complains");
    assert_eq!(writer.faults(&here.origin, &["status of 412"]).await, NONE, "nor here, but for the refusal");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_added_in_the_other_country_appears_on_the_open_network_page() {
    let (here, there) = two().await;
    let network = here.add("network", &[("name@en", "§ Net")]).await;
    let organisation = here.add("organisation", &[("name", "§ Zavod")]).await;
    for row in [&network, &organisation] {
        there.until_has(row).await;
    }
    let browser = here.browser().await;
    browser.open(&here.url(&format!("/records/{}", network.key))).await;
    browser.run("window.kept = true").await;
    let net = network.key.to_string();
    there.member(&organisation.key.to_string(), &net).await;
    browser.until_says("§ Zavod").await;
    // A title that the page shows, of a record that it is not about.
    there.edit(&organisation, &[("name", "§ Ustanova")]).await;
    browser.until_says("§ Ustanova").await;
    // What leads to it: a note in the shared register, and an expression of interest.
    there.add("note", &[("about", &net), ("text", "§ Most")]).await;
    browser.until_says("§ Most").await;
    there.add("interest", &[("organisation", &organisation.key.to_string()), ("network", &net)]).await;
    browser.until("the interest leads to it", "document.querySelector(\"a[href^='/records/interest:']\")").await;
    browser.until("all of it without loading the page again", "window.kept === true").await;
    assert_eq!(browser.faults(&here.origin, &[]).await, NONE, "nothing complains");
}

/// Counts from now on how often the form is replaced.
const COUNT: &str = "
  window.replaced = 0;
  const look = records => {
    for (const record of records) replaced += [...record.removedNodes].filter(node => node.id === 'edit').length;
  };
  new MutationObserver(look).observe(document.querySelector('main'), {childList: true, subtree: true});
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_replaced_for_its_own_record_alone() {
    // Alone, so that no exchange has anything to tell.
    let office = federation(1).await.remove(0);
    let row = office.add_own("organisation", &[("name", "§ Zavod")]).await;
    let browser = office.browser().await;
    browser.open(&office.url(&format!("/records/{}/edit?register={}", row.key, row.doc.register))).await;
    browser.until("the form is there", "document.querySelector('#c-city')").await;
    browser.run(COUNT).await;
    for number in 0..3 {
        office.add_own("network", &[("name@en", &format!("§ Net {number}"))]).await;
    }
    office.edit(&row, &[("city", "§ Piran")]).await;
    browser.until("the form has what was written", "document.querySelector('#c-city').value === '§ Piran'").await;
    assert_eq!(browser.run("return replaced").await, serde_json::json!(1), "once, for what is about it");
    assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_shows_both_sides_until_somebody_decides() {
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    browser.open(&scene.here.url("/conflicts")).await;
    let card = format!("section.card[id^='{}'][id*='place']", scene.event.key.to_string().replace(':', "-"));
    let sides = browser.run(&format!("return document.querySelector(\"{card}\").innerText")).await;
    let sides = sides.as_str().expect("a text");
    for part in ["§ Trst", "§ Lyon", "Partner 1", "Partner 2", "office"] {
        assert!(sides.contains(part), "{part} is shown: {sides}");
    }
    let times = browser.run(&format!("return document.querySelectorAll(\"{card} time[datetime]\").length")).await;
    assert_eq!(times, serde_json::json!(2), "each side with its time");
    let theirs =
        format!("[...document.querySelectorAll(\"{card} .sides li\")].findIndex(l => l.innerText.includes('§ Lyon'))");
    let number = browser.run(&format!("return {theirs}")).await.as_u64().expect("a number") + 1;
    browser.click(&format!("{card} .sides li:nth-child({number}) button")).await;
    browser.until("it is decided", &format!("!document.querySelector(\"{card}\")")).await;

    let delete = "section.card button:not(details button)";
    let words = browser.run(&format!("return [...document.querySelectorAll('{delete}')].map(b => b.innerText)")).await;
    let words = words.to_string();
    assert!(words.contains("Delete the record") && words.contains("Keep the record"), "a clear choice: {words}");
    let keep = "[...document.querySelectorAll('.sides li')].findIndex(l => l.innerText.includes('Keep the record'))";
    let number = browser.run(&format!("return {keep}")).await.as_u64().expect("a number") + 1;
    browser.click(&format!(".sides li:nth-child({number}) button")).await;
    browser.until_says("Nothing waits for a decision.").await;

    let there = &scene.there;
    there.until("the decisions reach the other", |store| store.count_conflicts().expect("memory reads") == 0).await;
    there.until("with the value", |store| text(store, &scene.event, "place").as_deref() == Some("§ Lyon")).await;
    let kept = |store: &dyn Store| {
        let row = store.row(&scene.organisation.key, &scene.organisation.doc).expect("memory reads");
        row.is_some_and(|row| !row.is_deleted())
    };
    there.until("and the record", kept).await;
    assert_eq!(browser.faults(&scene.here.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_walk_through_the_pages_does_not_stall() {
    let (here, there) = two().await;
    let row = here.add("organisation", &[("name", "§ Zavod")]).await;
    there.until_has(&row).await;
    let browser = here.browser().await;
    // More pages than the six connections that browsers open to one address.
    for path in ["/", "/networks", "/organisations", "/practices", "/events", "/conflicts", "/partners"].repeat(2) {
        browser.open(&here.url(path)).await;
    }
    browser.open(&here.url(&format!("/records/{}", row.key))).await;
    browser.open(&here.url("/")).await;
    // Not within the script: where its page goes while it runs, the driver runs it again on the next one.
    browser.run("setTimeout(() => history.back())").await;
    browser.until_says("§ Zavod").await;
    there.edit(&row, &[("city", "§ Piran")]).await;
    // The page that the browser had kept hears again what changes.
    browser.until_says("§ Piran").await;
    assert_eq!(browser.faults(&here.origin, &[]).await, NONE, "nothing complains");
}

async fn state(browser: &Browser) -> String {
    let text = browser.run("return document.querySelector('#exchange').innerText").await;
    text.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exchange_is_told_in_words_as_it_changes() {
    let (here, there) = two().await;
    let row = here.add("organisation", &[("name", "§ Zavod")]).await;
    there.until_has(&row).await;
    let browser = here.browser().await;
    browser.until_says("The other partner has your changes").await;
    browser.run("window.kept = true").await;
    there.pause(true).await;
    browser.until_says("No partner has been reachable since").await;
    browser.until_says("Not connected").await;
    here.edit(&row, &[("city", "§ Koper")]).await;
    browser.until_says("1 change is saved here only; you can go on working.").await;
    there.pause(false).await;
    browser.until_says("The other partner has your changes").await;
    browser.until("all of it without loading the page again", "window.kept === true").await;

    browser.click("form[action='/exchange/pause'] button").await;
    browser.until_says("Exchange is paused by hand.").await;
    browser.click("form[action='/exchange/resume'] button").await;
    browser.until_says("The other partner has your changes").await;
    let told = state(&browser).await.to_lowercase();
    assert!(!told.contains("up to date") && !told.contains("sync"), "plain words, and none that promise more: {told}");
    assert_eq!(browser.faults(&here.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_did_to_one_record_without_connection_merges_field_by_field() {
    let (here, there) = two().await;
    let row = here.add("organisation", &[("name", "§ Zavod"), ("city", "§ Koper"), ("phone", "§ 1")]).await;
    there.until_has(&row).await;
    let (ours, theirs) = (here.browser().await, there.browser().await);
    theirs.click("form[action='/exchange/pause'] button").await;
    ours.until_says("No partner has been reachable since").await;
    for (browser, office, changes) in [
        (&ours, &here, [("city", "§ Piran"), ("website", "https://nova.example/")]),
        (&theirs, &there, [("phone", "§ 2"), ("website", "https://druga.example/")]),
    ] {
        browser.open(&office.url(&format!("/records/{}/edit?register={}", row.key, office.register))).await;
        for (field, value) in changes {
            browser.fill(&format!("#c-{field}"), value).await;
        }
        browser.click("main form.record .actions button[type=submit]").await;
        browser.until("each is saved on its own machine", "!location.pathname.endsWith('/edit')").await;
        browser.until_says(changes[0].1).await;
    }
    assert!(
        !ours.text().await.contains("§ 2") && !theirs.text().await.contains("§ Piran"),
        "neither knows of the other"
    );
    // Whoever has the page open sees the other side's work come in.
    theirs.run("window.kept = true").await;
    ours.run("window.kept = true").await;
    there.pause(false).await;
    for browser in [&ours, &theirs] {
        for merged in ["§ Piran", "§ 2"] {
            browser.until_says(merged).await;
        }
        // What both have changed waits for somebody, and neither is lost.
        for value in ["nova.example", "druga.example"] {
            browser.until_says(value).await;
        }
        browser.until("without loading the page again", "window.kept === true").await;
    }
    for (browser, office) in [(&ours, &here), (&theirs, &there)] {
        browser.open(&office.url("/conflicts")).await;
        let cards = "document.querySelectorAll('section.card:has(.sides)').length === 1";
        browser.until("one field waits, and no other", cards).await;
        browser.until_says("nova.example").await;
        browser.until_says("druga.example").await;
        assert_eq!(browser.faults(&office.origin, &[]).await, NONE, "nothing complains");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_each_partner_the_page_says_what_waits_and_what_was_tried() {
    let (here, there) = two().await;
    let row = here.add("organisation", &[("name", "§ Zavod")]).await;
    there.until_has(&row).await;
    let browser = here.browser().await;
    browser.open(&here.url("/exchange")).await;
    let says = |head: &str, text: &str| {
        let rows = "[...document.querySelectorAll('#lines .card dl.values > div')]";
        format!(
            "{rows}.some(r => r.querySelector('dt').innerText === '{head}' && r.querySelector('dd').innerText.includes('{text}'))"
        )
    };
    for (head, text) in [
        ("Last complete exchange", "just now"),
        ("Still to send", "nothing"),
        ("Still to receive", "nothing"),
        ("Last heard", "just now"),
        ("Connection", "directly"),
    ] {
        browser.until(head, &says(head, text)).await;
    }
    browser
        .until("the state in words", "document.querySelector('#lines .state').innerText.includes('Connected')")
        .await;
    there.pause(true).await;
    here.edit(&row, &[("city", "§ Koper")]).await;
    browser.until("it is away", "document.querySelector('#lines .state').innerText.includes('Not connected')").await;
    browser.until("what it lacks", &says("Still to send", "1 change")).await;
    // Tried again and again, with what came of it.
    browser.until("the last attempt", &says("Connection", "Not reached at the last attempt.")).await;
    browser.until("the next one", &says("Connection", "Next attempt")).await;
    let why = "[...document.querySelectorAll('#lines details')].find(d => d.innerText.includes('Reason, for your IT'))";
    browser.run(&format!("{why}.open = true")).await;
    browser.until("and why", &format!("{why}.querySelector('p').innerText.length > 10")).await;
    let icons = "[...document.querySelectorAll('.banner .sentence, #lines .state')].every(s => s.querySelector('.icon') && s.innerText.trim().length > 3)";
    browser.until("a sign and words, never a colour alone", icons).await;
    there.pause(false).await;
    browser.until("it has everything", &says("Still to send", "nothing")).await;
    assert_eq!(browser.faults(&here.origin, &[]).await, NONE, "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_overview_tells_what_is_new_since_the_last_visit() {
    let (here, there) = two().await;
    here.add("network", &[("name@en", "§ Net")]).await;
    let old = there.add("organisation", &[("name", "§ Zavod")]).await;
    here.until_has(&old).await;
    let browser = here.browser().await;
    let now = browser.run("return Date.now()").await.as_u64().expect("a time");
    // This browser was here in an hour that is still to come: nothing that was made before is new to it.
    let visit = |since: u64, seen: u64| {
        let cookie = serde_json::json!({"name": "comin_visit", "value": format!("{since}-{seen}"), "url": here.origin});
        browser.devtools("Network.setCookie", cookie)
    };
    visit(now + 60_000, now + 60_000).await;
    browser.open(&here.url("/")).await;
    browser.until("nothing is new", "document.querySelector('#news').innerText.includes('Nothing has changed.')").await;
    visit(now - 172_800_000, now - 86_400_000).await;
    browser.open(&here.url("/")).await;
    // What has been counted comes out when somebody wants to see it.
    let seen = "document.querySelector('#news').innerText.includes('§ Zavod')";
    browser.until("what was made since yesterday", "document.querySelector('#news-1-organisation') !== null").await;
    browser.until("it is folded", &format!("!{seen}")).await;
    browser.run("document.querySelector('#news-1-organisation summary').click()").await;
    browser.until("and comes out", seen).await;
    browser.run("window.kept = true").await;
    let forum = there.add("event", &[("title@en", "§ Forum"), ("type", "conference")]).await;
    here.add("practice", &[("title@en", "§ Most"), ("state", "draft")]).await;
    here.until_has(&forum).await;
    for text in ["Partner 1", "Partner 2", "Organisation 1 added", "Event 1 added", "Good practice 1 added", "§ Forum"]
    {
        let told = format!("document.querySelector('#news').textContent.includes('{text}')");
        browser.until("by partner and kind", &told).await;
    }
    browser.until("what was open stays open", seen).await;
    browser.until("without loading the page again", "window.kept === true").await;
    assert_eq!(browser.faults(&here.origin, &[]).await, NONE, "nothing complains");
}
