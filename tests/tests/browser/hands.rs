//! The coordinator's flows by keyboard alone: each stop is reached with the tabulator and shows that it has the focus.
//! They run twice, since none of it needs a script either.

use super::driver::{Browser, ENTER};
use super::office::Scene;
use comin_node::views::for_each_group;
use comin_protocol::record::Row;
use serde_json::json;
use std::io::Write;

/// The space bar, as WebDriver writes it.
const SPACE: &str = " ";
const BACKSPACE: &str = "\u{e003}";
const DELETE: &str = "\u{e017}";
const DOWN: &str = "\u{e015}";

/// Whether whoever looks sees where the focus is: outlined, and within the window.
const SEEN: &str = "
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const inside = r.width > 0 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
  return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && inside;
";

/// Somebody at a keyboard without a mouse.
struct Hands<'a> {
    browser: &'a Browser,
    scene: &'a Scene,
    /// Whether pages come anew by themselves.
    scripts: bool,
}

impl Hands<'_> {
    async fn open(&self, path: &str) {
        self.browser.open(&self.scene.here.url(path)).await;
    }

    /// Goes on with the tabulator to an element, and sees that it is there.
    async fn go(&self, css: &str) {
        self.browser.focus_by_keyboard(css).await;
        assert_eq!(self.browser.run(SEEN).await, json!(true), "{css} shows that it has the focus");
    }

    async fn press(&self, css: &str) {
        self.go(css).await;
        self.browser.press(ENTER, 1).await;
    }

    async fn write(&self, css: &str, text: &str) {
        self.go(css).await;
        self.browser.type_text(text).await;
    }

    /// The next entry of a choice.
    async fn choose_next(&self, css: &str) {
        self.go(css).await;
        self.browser.press(DOWN, 1).await;
    }

    async fn until(&self, what: &str, expression: &str) {
        self.browser.until(what, expression).await;
    }

    /// A record is made by the navigation, found by its name, and changed.
    async fn record(&self) {
        self.open("/").await;
        self.press("#menu-registers > summary").await;
        self.press("#menu-registers a[href='/organisations']").await;
        self.until("the list", "location.pathname === '/organisations'").await;
        self.press("main a[href^='/records/new']").await;
        self.until("the form", "location.pathname === '/records/new'").await;
        self.write("#c-name", "Korenine").await;
        self.browser.press(ENTER, 1).await;
        self.until("it is saved", "location.pathname.startsWith('/records/organisation:')").await;
        self.write("#site-q", "korenine").await;
        self.browser.press(ENTER, 1).await;
        self.until("it is found", "location.pathname === '/search' && document.querySelector('.results a')").await;
        self.press(".results a").await;
        self.until("its page", "location.pathname.startsWith('/records/organisation:')").await;
        self.press("a[href*='/edit?']").await;
        self.until("its form", "location.pathname.endsWith('/edit')").await;
        self.write("#c-country", "QQ").await;
        self.browser.press(ENTER, 1).await;
        self.until("what is wrong is said", "document.querySelector('[role=alert] a')").await;
        self.press("[role=alert] a").await;
        self.until("the link leads to the field", "document.activeElement.id === 'c-country'").await;
        for key in [BACKSPACE, DELETE] {
            self.browser.press(key, 2).await;
        }
        self.browser.type_text("SI").await;
        self.browser.press(ENTER, 1).await;
        self.until("it is saved", "location.pathname.match(/organisation:[0-9a-f]+$/)").await;
        self.browser.until_says("Slovenia").await;
    }

    /// The change is taken back in the history.
    async fn undo(&self) {
        self.press("a[href$='/history']").await;
        self.until("the history", "location.pathname.endsWith('/history')").await;
        self.press("form[action$='/undo'] button").await;
        self.until("back at the record", "location.pathname.match(/organisation:[0-9a-f]+$/)").await;
        self.until("as it was", "!document.querySelector('main').innerText.includes('Slovenia')").await;
    }

    /// Both conflicts are decided.
    async fn conflicts(&self) {
        self.open("/").await;
        self.press("#menu-work > summary").await;
        self.press("#menu-work a[href='/conflicts']").await;
        for left in [1, 0] {
            self.until("the conflicts", "document.querySelector('section.card .sides button')").await;
            self.press("section.card .sides button").await;
            let count = format!("document.querySelectorAll('section.card:has(.sides)').length === {left}");
            self.until("one less", &count).await;
        }
    }

    /// An expression of interest is entered and accepted on the board.
    async fn interest(&self) {
        let (zavod, net) = (&self.scene.foreign.key, &self.scene.network.key);
        self.open(&format!("/records/new?kind=interest&organisation={zavod}&network={net}")).await;
        self.press("main form.record .actions button[type=submit]").await;
        self.until("it is saved", "location.pathname.startsWith('/records/interest')").await;
        self.open("/interests").await;
        self.press(".board button[value=accepted]").await;
        let accepted = "document.querySelector('#state-accepted').closest('section').innerText.includes('§ Drugod')";
        self.until("it is accepted", accepted).await;
    }

    /// A practice is found by a filter.
    async fn practice(&self) {
        self.open("/practices").await;
        self.write("#q", "most").await;
        self.press("form.filters button").await;
        self.until("the filter is in the address", "location.search.includes('q=most')").await;
        self.press("#list a[href^='/records/practice:']").await;
        self.until("its page", "location.pathname.startsWith('/records/practice:')").await;
    }

    /// Waits until the page says something: without scripts by asking again, as it says.
    async fn says(&self, text: &str) {
        while !self.scripts && !self.browser.text().await.contains(text) {
            self.press("main a[href^='/import/']").await;
        }
        self.browser.until_says(text).await;
    }

    /// A spreadsheet is looked at and imported. The window in which a system lets one choose a file is no page's.
    async fn import(&self) {
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
        file.write_all("Ime;Kraj\n§ Uvoz;§ Piran\n".as_bytes()).expect("is written");
        self.open("/import?kind=organisation").await;
        self.go("#file").await;
        self.browser.attach("#file", file.path()).await;
        self.press("main form button[type=submit]").await;
        self.says("It would be").await;
        self.press("button[value=import]").await;
        self.until("the result", "location.pathname === '/import/progress'").await;
        self.says("Done").await;
        self.scene
            .here
            .until("it is there", |store| {
                let (mut found, is_it) = (false, |row: &Row| row.text("name") == Some("§ Uvoz"));
                for_each_group(store, "organisation", |rows| found |= rows.iter().any(is_it)).expect("memory reads");
                found
            })
            .await;
    }

    /// A contact person is entered and erased.
    async fn person(&self) {
        self.open("/people/new").await;
        self.write("#c-given_name", "Bor").await;
        self.write("#c-family_name", "Zupan").await;
        self.write("#c-purpose", "contact").await;
        self.choose_next("#c-legal_basis").await;
        // A day is typed part by part.
        self.write("#c-retain_until", "01012031").await;
        self.press("main form.record .actions button[type=submit]").await;
        self.until("there is a page", "location.pathname.startsWith('/people/person')").await;
        self.choose_next("#reason").await;
        self.go("#sure").await;
        self.browser.press(SPACE, 1).await;
        self.press("button.danger").await;
        self.browser.until_says("Erased on").await;
    }

    /// The exchange is paused and taken up again.
    async fn exchange(&self) {
        self.open("/exchange").await;
        self.press("form[action='/exchange/pause'] button").await;
        self.browser.until_says("Exchange is paused by hand.").await;
        self.press("form[action='/exchange/resume'] button").await;
        self.until("the pause is over", "!document.body.innerText.includes('paused by hand')").await;
    }

    /// Another shared register is made, and its writers are set.
    async fn register(&self) {
        self.open("/registers").await;
        self.press("#registers a[href$='/writers']").await;
        self.until("the writers", "location.pathname.endsWith('/writers')").await;
        self.go("input[name=writer]").await;
        self.browser.press(SPACE, 1).await;
        self.press("main form.record button[type=submit]").await;
        self.until("they are set", "location.pathname === '/registers'").await;
        let ours =
            "[...document.querySelectorAll('#registers tbody tr')].find(r => r.innerText.includes('Your register'))";
        self.until("and listed", &format!("{ours}.innerText.includes('Partner 2')")).await;
    }

    async fn all(&self) {
        self.record().await;
        self.undo().await;
        self.conflicts().await;
        self.interest().await;
        self.practice().await;
        self.import().await;
        self.person().await;
        self.exchange().await;
        self.register().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_flows_run_by_keyboard_alone() {
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    let hands = Hands { browser: &browser, scene: &scene, scripts: true };
    hands.all().await;
    let faults = browser.faults(&scene.here.origin, &["status of 422"]).await;
    assert_eq!(faults, Vec::<String>::new(), "but for the refusal nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_flows_run_by_keyboard_and_without_scripts() {
    let scene = Scene::set().await;
    let browser = Browser::start().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.open(&scene.here.link()).await;
    let hands = Hands { browser: &browser, scene: &scene, scripts: false };
    hands.all().await;
    let faults = browser.faults(&scene.here.origin, &["status of 422"]).await;
    assert_eq!(faults, Vec::<String>::new(), "but for the refusal nothing complains");
}
