//! The pages before there is a node hold to the same rules as all others: language, width, text size, accessibility,
//! weight. So does the page of a stranger on loopback, who learns how to sign in; that of the office, with name and password, is
//! looked at by the door's own test.

use super::driver::Browser;
use super::frame::{CHECKS, WIDE, axe, is_spoken, said_by};
use comin_node::datadir::DataDir;
use comin_node::i18n::Lang;
use comin_node::pages::first::FirstRun;
use serde_json::json;
use std::collections::BTreeSet;
use tempfile::TempDir;
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Most bytes of a page with all that it loads, and most requests.
const WEIGHT_MAX: (u64, u64) = (150_000, 12);

/// A machine on which nothing is set up, with its first page.
struct Empty {
    origin: String,
    link: String,
    /// It is served until this goes.
    _stop: oneshot::Sender<()>,
    _temp: TempDir,
}

async fn empty() -> Empty {
    let temp = tempfile::tempdir().expect("a directory");
    let dir = DataDir::locate(Some(temp.path().join("node"))).expect("a path");
    dir.create().expect("a directory");
    let page = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = page.local_addr().expect("an address").port();
    let control = UnixListener::bind(temp.path().join("control")).expect("a socket");
    let first = FirstRun::new(dir, port, Lang::En);
    let link = first.link().expect("random bytes");
    let (stop, stopped) = oneshot::channel::<()>();
    // As in the program, its future stays on one thread.
    let runtime = Handle::current();
    std::thread::spawn(move || {
        let served = first.serve(page, control, async move { drop(stopped.await) });
        runtime.block_on(served).expect("it serves until it is stopped");
    });
    Empty { origin: format!("http://localhost:{port}"), link, _stop: stop, _temp: temp }
}

/// What is to be done in the browser so that a page shows, and where it is.
type Step = (&'static str, &'static str);

/// Every page of the first run, in the order in which somebody sees them; each also with what was refused on it.
const STEPS: [Step; 7] = [
    ("location.href = '/'", "h1"),
    (
        "document.querySelector('#name').value = ''; document.querySelector(\"form[action='/'] button\").click()",
        "[role=alert]",
    ),
    ("document.querySelector(\"form[action='/further/ask'] button\").click()", "form[action='/further']"),
    ("document.querySelector(\"form[action='/further'] button\").click()", "[role=alert]"),
    ("document.querySelector(\"form[action='/further/forget'] button\").click()", "#name"),
    (
        "document.querySelector('#name').value = '§ Zavod'; document.querySelector('#country').value = 'SI';
         document.querySelector('#device').value = '§'; document.querySelector(\"form[action='/'] button\").click()",
        "#kept",
    ),
    ("document.querySelector('form:has(#kept) button').click()", "[role=alert]"),
];

/// Every rule that one look at a page can check.
pub async fn look(browser: &Browser, what: &str) -> Vec<String> {
    let mut faults = Vec::new();
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)").await;
    for (width, text) in [(320, "100%"), (1440, "100%"), (640, "200%")] {
        browser.width(width).await;
        browser.run(&format!("document.documentElement.style.fontSize = '{text}'")).await;
        let seen = browser.run(WIDE).await;
        if seen[1].as_u64() > seen[2].as_u64() {
            faults.push(format!("{what} at {width} px, text at {text}, has to be pushed sideways: {seen}"));
        }
    }
    browser.run("document.documentElement.style.fontSize = ''").await;
    browser.width(1024).await;
    browser.run(axe()).await;
    for (scheme, rules) in CHECKS {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.devtools("Emulation.setEmulatedMedia", features).await;
        // Colours change in a moment, and not at once.
        browser.until("the colours are there", "document.getAnimations().length === 0").await;
        let left = browser.run(&format!("{}; return left({rules});", super::frame::LEFT)).await;
        faults.extend(left.as_array().expect("a list").iter().map(|fault| format!("{what} in {scheme}: {fault}")));
    }
    browser.devtools("Emulation.setEmulatedMedia", json!({"features": []})).await;
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_pages_hold_to_the_rules_of_all_pages() {
    let machine = empty().await;
    let browser = Browser::start().await;
    let mut faults = Vec::new();
    browser.open(&machine.origin).await;
    faults.extend(look(&browser, "where somebody learns how to sign in").await);
    browser.open(&machine.link).await;
    for (number, (step, sign)) in STEPS.into_iter().enumerate() {
        browser.run(&format!("window.before = true; {step}")).await;
        browser.until("the page shows", &format!("!window.before && document.querySelector(\"{sign}\")")).await;
        faults.extend(look(&browser, &format!("page {number} of the first run")).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.setCacheDisabled", json!({"cacheDisabled": true})).await;
    browser.traffic().await;
    browser.open(&format!("{}/kit", machine.origin)).await;
    let (requests, bytes) = browser.traffic().await;
    assert!(requests >= 2 && bytes > 5_000, "the page is weighed with what it loads: {requests}, {bytes}");
    assert!(bytes <= WEIGHT_MAX.0 && requests <= WEIGHT_MAX.1, "the kit's page: {bytes} bytes, {requests} requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_pages_speak_four_languages() {
    let mut said: Vec<Vec<BTreeSet<String>>> = Vec::new();
    for lang in ["en", "it", "sl", "fr"] {
        let machine = empty().await;
        let browser = Browser::start().await;
        browser.open(&machine.link).await;
        browser.open(&format!("{}/?lang={lang}", machine.origin)).await;
        let mut pages = Vec::new();
        for (step, sign) in STEPS {
            browser.run(&format!("window.before = true; {step}")).await;
            browser.until("the page shows", &format!("!window.before && document.querySelector(\"{sign}\")")).await;
            assert_eq!(browser.run("return document.documentElement.lang").await, json!(lang), "the language stays");
            pages.push(said_by(&browser).await.into_iter().collect());
        }
        said.push(pages);
    }
    let english = &said[0];
    let mut left = Vec::new();
    for (pages, lang) in said[1..].iter().zip(["it", "sl", "fr"]) {
        for (page, english) in pages.iter().zip(english) {
            // An example of a path is one in all languages.
            let said = page.iter().filter(|text| !text.starts_with("/media/"));
            left.extend(said.filter(|text| !is_spoken(text, english, lang)).map(|text| format!("{lang}: {text}")));
        }
    }
    assert!(left.is_empty(), "{} texts stay English:\n{}", left.len(), left.join("\n"));
}
