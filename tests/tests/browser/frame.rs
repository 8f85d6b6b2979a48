//! What holds for every page: the language, the width, the keyboard, the rules of accessibility, and quiet.

use super::driver::{Browser, ENTER, ESCAPE, TAB};
use super::office::{Office, Scene, federation};
use comin_protocol::ids::to_hex;
use comin_tests::pages::templates;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The version of axe-core that looks at the pages.
const AXE: &str = "4.14.1";
/// SHA-256 of its `axe.min.js`: what looks at the pages is what was looked at itself.
const AXE_SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";
const CATALOGUE: &str = concat!(
    include_str!("../../../node/locales/en/node.ftl"),
    include_str!("../../../node/locales/en/start.ftl"),
    include_str!("../../../node/locales/en/work.ftl"),
);

/// Everything that a page says to eyes and to screen readers.
const SAID: &str = "
  const out = [document.title];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  // What is marked as being in another language, such as the system's own words, may stay so.
  const own = e => e.closest('[lang]').lang === document.documentElement.lang;
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    // Commands and addresses are the same in all languages.
    if (!parent.closest('script, style, code, pre, kbd') && own(parent)) out.push(walk.currentNode.data);
  }
  for (const e of document.querySelectorAll('*'))
    for (const a of ['aria-label', 'title', 'placeholder', 'alt', 'data-label', 'data-changed', 'data-reload', 'data-offline'])
      if (e.hasAttribute(a)) out.push(e.getAttribute(a));
  return out.map(t => t.trim()).filter(Boolean);
";

/// Words that are the same in all languages: names, formats, and heads of columns of this test's file.
const SHARED: [&str; 55] = [
    "com",
    "in",
    "api",
    "english",
    "italiano",
    "mail",
    "partner",
    "slovenia",
    "office",
    "shared",
    "comin",
    "open",
    "nuts",
    "europe",
    "ljubljana",
    "rome",
    "paris",
    "zavod",
    "example",
    "https",
    "city",
    "no",
    "workshop",
    "focus",
    "group",
    "si",
    "it",
    "fr",
    "en",
    "sl",
    "slovenščina",
    "français",
    "html",
    "markdown",
    "csv",
    "xlsx",
    "json",
    "geojson",
    "graphml",
    "svg",
    "ics",
    "vcf",
    "drugi",
    "drugod",
    "ana",
    "kos",
    "nova",
    "druga",
    "piran",
    "koper",
    "km",
    "vcard",
    "id",
    "country",
    "name",
];

/// Words that English shares with one of the languages.
const OWN: [(&str, &[&str]); 3] = [
    ("it", &["file", "menu"]),
    ("sl", &["register"]),
    (
        "fr",
        &[
            "organisation",
            "organisations",
            "type",
            "description",
            "contribution",
            "motivation",
            "publication",
            "publications",
            "note",
            "date",
            "code",
            "programme",
            "import",
            "action",
            "actions",
            "public",
            "conference",
            "formation",
            "document",
            "documents",
            "page",
            "pages",
            "version",
            "national",
            "international",
            "territorial",
            "local",
            "social",
            "france",
            "format",
            "vision",
            "association",
            "modules",
            "article",
            "notes",
            "position",
            "symposium",
            "menu",
        ],
    ),
];

fn words(text: &str) -> impl Iterator<Item = String> {
    let pieces = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    pieces.filter(|word| word.chars().count() >= 2 && word.chars().all(char::is_alphabetic))
}

/// Whether a text must be the same in both languages: data of this test, ids, numbers.
fn is_shared(text: &str, lang: &str) -> bool {
    let own = text.split_whitespace().any(|word| word == "§");
    let is_hex = |word: &str| word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    own || text.contains("/ip4/")
        || text.split([':', ' ']).any(is_hex)
        || text.starts_with("comin1")
        || words(text).all(|word| {
            SHARED.contains(&word.as_str())
                || OWN.iter().any(|(own, words)| *own == lang && words.contains(&word.as_str()))
        })
}

fn keys() -> BTreeSet<&'static str> {
    let keys = CATALOGUE.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    keys.filter_map(|line| Some(line.split_once(" =")?.0)).filter(|key| key.contains('-')).collect()
}

async fn said(browser: &Browser, office: &Office, path: &str, lang: &str) -> Vec<String> {
    let joint = if path.contains('?') { '&' } else { '?' };
    browser.open(&office.url(&format!("{path}{joint}lang={lang}"))).await;
    said_by(browser).await
}

/// Everything that the open page says.
pub async fn said_by(browser: &Browser) -> Vec<String> {
    let said = browser.run(SAID).await;
    said.as_array().expect("a list").iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Whether a text is in a language, and not a key of the catalogue or what the page says in English.
pub fn is_spoken(text: &str, english: &BTreeSet<String>, lang: &str) -> bool {
    let keys = keys();
    let bare = text.split_whitespace().any(|word| keys.contains(word));
    !bare && (!english.contains(text) || is_shared(text, lang))
}

/// What a page says in English and in another language alike, and keys that it shows for want of words.
async fn unspoken(browser: &Browser, office: &Office, path: &str) -> Vec<String> {
    let (keys, mut faults) = (keys(), Vec::new());
    let bare = |text: &str| text.split_whitespace().any(|word| keys.contains(word));
    let english: BTreeSet<String> = said(browser, office, path, "en").await.into_iter().collect();
    faults.extend(english.iter().filter(|text| bare(text)).map(|text| format!("{path} shows a key: {text}")));
    for lang in ["it", "sl", "fr"] {
        let said = said(browser, office, path, lang).await;
        let unspoken = said.iter().filter(|text| !is_spoken(text, &english, lang));
        faults.extend(unspoken.map(|text| format!("{path} in {lang}: {text}")));
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_speaks_four_languages() {
    assert!(keys().len() > 200 && keys().contains("nav-overview"), "the catalogue is read: {}", keys().len());
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    let paths = scene.paths(&browser).await;
    let missing = "/records/organisation:00000000000000000000000000000000".to_owned();
    let mut left = Vec::new();
    for path in paths.iter().chain([&missing, &"/nowhere".to_owned()]) {
        left.extend(unspoken(&browser, &scene.here, path).await);
    }
    scene.there.pause(true).await;
    browser.open(&scene.here.url("/?lang=en")).await;
    browser.until_says("No partner has been reachable since").await;
    left.extend(unspoken(&browser, &scene.here, "/").await);
    let faults = browser.faults(&scene.here.origin, &["status of 404", "status of 422"]).await;
    assert_eq!(faults, Vec::<String>::new(), "no page complains or asks anyone else");

    let stranger = Browser::start().await;
    left.extend(unspoken(&stranger, &scene.here, "/").await);
    let alone = federation(1).await.remove(0);
    let browser = alone.browser().await;
    for path in templates().into_iter().filter(|path| !path.contains('{') && path != "/records/new") {
        left.extend(unspoken(&browser, &alone, &path).await);
    }
    assert!(left.is_empty(), "{} texts stay English:\n{}", left.len(), left.join("\n"));
}

/// The window, what the page takes, what it may take (a scroll bar takes its part), and what is in the way.
pub const WIDE: &str = "
  const page = document.documentElement, room = page.clientWidth;
  const out = e => e.getBoundingClientRect().right > room + 1 && !e.closest('.vh, .skip');
  const wide = [...document.querySelectorAll('body *')].filter(out).map(e => e.outerHTML.slice(0, 120));
  return [window.innerWidth, page.scrollWidth, room, wide.slice(0, 3)];
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_wider_than_its_window() {
    let scene = Scene::set().await;
    let long = "§".to_owned() + &"Nediskriminacijsko".repeat(12);
    scene.here.edit(&scene.event, &[("title@en", &long), ("title@it", &long)]).await;
    let browser = scene.here.browser().await;
    for path in scene.paths(&browser).await {
        browser.open(&scene.here.url(&path)).await;
        // What is folded away must fit as well once somebody looks.
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)").await;
        for (width, text) in [(320, "100%"), (768, "100%"), (1440, "100%"), (1280, "200%"), (640, "200%")] {
            browser.width(width).await;
            browser.run(&format!("document.documentElement.style.fontSize = '{text}'")).await;
            let seen = browser.run(WIDE).await;
            assert_eq!(seen[0], json!(width), "the window is {width} px wide");
            let fits = seen[1].as_u64() <= seen[2].as_u64();
            assert!(fits, "{path} at {width} px, text at {text}, has to be pushed sideways: {seen}");
        }
    }
    // The spreadsheet that waits to be imported has a row that cannot be.
    let faults = browser.faults(&scene.here.origin, &["status of 422"]).await;
    assert_eq!(faults, Vec::<String>::new(), "nothing complains");
}

/// Notes what gets the focus, and which of it shows that it has it.
const WATCH: &str = "
  window.reached = new Set(); window.dim = [];
  document.addEventListener('focusin', ({target}) => {
    reached.add(target);
    const s = getComputedStyle(target), r = target.getBoundingClientRect();
    const shown = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && r.width > 0 && r.right > 0;
    if (!shown) dim.push(target.outerHTML.slice(0, 160));
  });
  window.wanted = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => e.checkVisibility() && !e.disabled);
  return wanted.length;
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_reaches_everything_and_shows_where_it_is() {
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    let forms = [
        format!("/records/{}", scene.organisation.key),
        format!("/records/{}/edit?register={}", scene.event.key, scene.here.register),
        "/records/new?kind=network".to_owned(),
    ];
    for path in ["/", "/organisations", "/conflicts", "/partners"].map(str::to_owned).iter().chain(&forms) {
        browser.open(&scene.here.url(path)).await;
        let wanted = browser.run(WATCH).await.as_u64().expect("a number");
        assert!(wanted > 8, "{path} has links and controls: {wanted}");
        // Dates and times take the key several times before they let go of it.
        for _ in 0..=wanted / 10 {
            browser.press(TAB, 20).await;
            if browser.run("return wanted.every(e => reached.has(e))").await == json!(true) {
                break;
            }
        }
        let left = "return [wanted.filter(e => !reached.has(e)).map(e => e.outerHTML.slice(0, 160)), dim]";
        let left = browser.run(left).await;
        assert_eq!(left, json!([[], []]), "{path}: not reached, and reached without a sign of it");
    }
    browser.open(&scene.here.url("/")).await;
    browser.press(TAB, 1).await;
    browser.press(ENTER, 1).await;
    browser.until("the first key leads past the navigation", "document.activeElement.id === 'main'").await;
    browser.run("document.querySelector(\"form[action='/exchange/pause'] button\").focus()").await;
    browser.press(ENTER, 1).await;
    browser.until_says("Exchange is paused by hand.").await;
    assert_eq!(browser.faults(&scene.here.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn focus_and_open_groups_stay_where_they_are_when_a_part_comes_anew() {
    let office = federation(1).await.remove(0);
    let browser = office.browser().await;
    for (kept, what) in [
        ("form[action='/exchange/pause'] button", "a button without a name of its own"),
        ("#menu-registers > summary", "the word of a group"),
        ("#numbers a[href='/events']", "a link"),
    ] {
        browser.run(&format!("document.querySelector(\"{kept}\").focus()")).await;
        browser.run("document.querySelectorAll('[data-live]').forEach(part => part.dataset.old = 'yes')").await;
        browser.run("document.activeElement.closest('.menu')?.setAttribute('open', ''); scrollTo(0, 40)").await;
        office.add_own("event", &[("title@en", "§ Forum"), ("type", "conference")]).await;
        browser.until("the numbers have come anew", "!document.querySelector('#numbers').dataset.old").await;
        let focused = browser.run(&format!("return document.activeElement.matches(\"{kept}\")")).await;
        assert_eq!(focused, json!(true), "the focus stays on {what}");
        let open = "return [document.activeElement.closest('.menu')?.open ?? true, Math.round(scrollY)]";
        assert_eq!(browser.run(open).await, json!([true, 40]), "what was open stays so, and the page where it was");
    }
    assert_eq!(browser.faults(&office.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

/// The script of axe-core, which is installed once per target directory, by whichever test comes first.
pub fn axe() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("axe-core-{AXE}"));
        let file = dir.join("node_modules/axe-core/axe.min.js");
        let pinned = || std::fs::read(&file).ok().filter(|script| to_hex(&Sha256::digest(script)) == AXE_SHA256);
        let script = pinned().or_else(|| {
            install(&dir);
            pinned()
        });
        let script = script.expect("axe-core is installed, and is the one that was pinned");
        String::from_utf8(script).expect("a script is UTF-8")
    })
}

fn install(dir: &Path) {
    // What is there and is another one npm would leave as it is.
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).expect("a directory");
    std::fs::write(dir.join("package.json"), r#"{"private":true}"#).expect("a file");
    let npm = Command::new("npm")
        .args(["install", "--no-fund", "--no-audit", "--silent", &format!("axe-core@{AXE}")])
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("npm starts: tests/run installs it");
    assert!(npm.status.success(), "axe-core is installed: {}", String::from_utf8_lossy(&npm.stderr));
}

/// Gives what axe finds, and what it cannot decide about colours and this cannot either. It decides nothing about signs
/// that are no letters, such as a tick, about words in pictures, and about what others lie near: for these the colour
/// that is really below is looked for here, and has to be far enough from theirs.
pub const LEFT: &str = "
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (one, two) => { const [a, b] = [light(one), light(two)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
  const inPicture = e => e instanceof SVGElement && !(e instanceof SVGSVGElement);
  const paint = e => {
    const style = getComputedStyle(e), colour = inPicture(e) ? style.fill : style.backgroundColor;
    const parts = colour.startsWith('rgb') ? channels(colour) : null;
    return parts && (parts[3] ?? 1) === 1 ? parts : null;
  };
  // Whether somebody can read it: what is below it in the middle has another colour, or it lies under an open menu.
  const reads = css => {
    const e = document.querySelector(css);
    e.scrollIntoView({block: 'center'});
    const box = e.getBoundingClientRect();
    const stack = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (stack[0]?.closest('.menu') && !e.closest('.menu')) return true;
    const ground = stack.filter(x => x.tagName !== 'text' && x.tagName !== 'tspan').map(paint).find(Boolean);
    const own = inPicture(e) ? getComputedStyle(e).fill : getComputedStyle(e).color;
    return Boolean(ground) && ratio(channels(own), ground) >= 4.5;
  };
  const say = (v, nodes) => v.impact + ', ' + v.id + ': '
    + nodes.map(n => n.html.slice(0, 160) + ' – ' + n.any.map(c => c.message).join(' ')).slice(0, 3).join(' | ');
  const left = rules => axe.run(document, rules).then(r => [
    ...r.violations.map(v => say(v, v.nodes)),
    ...r.incomplete.filter(v => v.id.startsWith('color-contrast'))
      .map(v => [v, v.nodes.filter(n => !reads(n.target[0]))]).filter(([, nodes]) => nodes.length).map(([v, nodes]) => say(v, nodes)),
  ])
";

/// What is looked for in each scheme: every rule, in both.
pub const CHECKS: [(&str, &str); 2] = [("light", RULES), ("dark", RULES)];
const RULES: &str = "{resultTypes: ['violations', 'incomplete']}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_breaks_the_rules_of_accessibility() {
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    let (paths, mut faults) = (scene.paths(&browser).await, Vec::new());
    for (scheme, rules) in CHECKS {
        let look = format!("{LEFT}; return left({rules});");
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.devtools("Emulation.setEmulatedMedia", features).await;
        let open = "document.querySelectorAll('details:not(.menu)').forEach(d => d.open = true)";
        // An open group of the navigation lies over the page.
        let groups = ["#menu-registers", "#menu-node"]
            .map(|group| (group, format!("document.querySelector('{group}').open = true")));
        let looks = paths.iter().map(|path| (path.clone(), open.to_owned()));
        for (path, prepare) in looks.chain(groups.map(|(group, prepare)| (format!("/{group}"), prepare))) {
            browser.open(&scene.here.url(&path)).await;
            browser.run(&prepare).await;
            browser.run(axe()).await;
            let left = browser.run(&look).await;
            faults.extend(left.as_array().expect("a list").iter().map(|fault| format!("{path} in {scheme}: {fault}")));
        }
        // On a phone the navigation is a sheet over the page.
        browser.width(360).await;
        for prepare in
            ["", "document.querySelector('#menu').showPopover(); document.querySelector('#menu-work').open = true"]
        {
            browser.open(&scene.here.url("/organisations")).await;
            browser.run(prepare).await;
            browser.run(axe()).await;
            let left = browser.run(&look).await;
            let what = |fault| format!("/organisations on a phone in {scheme}, {prepare:?}: {fault}");
            faults.extend(left.as_array().expect("a list").iter().map(what));
        }
        browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// How long the page's own controls take to change their look, in seconds.
const SLOW: &str = "
  const all = [...document.querySelectorAll('*')].map(e => getComputedStyle(e));
  return Math.max(...all.flatMap(s => [s.transitionDuration, s.animationDuration]).flatMap(t => t.split(',')).map(parseFloat));
";

/// Whether something takes room on the page.
fn is_shown(css: &str) -> String {
    format!("[...document.querySelectorAll(\"{css}\")].some(e => e.checkVisibility())")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_paper_there_is_the_page_without_its_controls_and_who_wants_quiet_has_it() {
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    browser.open(&scene.here.url("/organisations")).await;
    let controls = ["#nav", "form.search", "nav.languages", "footer.site", "form.filters", "main .actions a.button"];
    let seen = async |css: &str| browser.run(&format!("return {}", is_shown(css))).await == json!(true);
    for css in &controls[..5] {
        assert!(seen(css).await, "{css} is on the screen");
    }
    // A telephone has cards where paper has a table.
    for width in [360, 1024] {
        browser.width(width).await;
        browser.devtools("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
        for css in controls {
            assert!(!seen(css).await, "{css} is not on paper, {width} px wide");
        }
        let table = "const of = css => getComputedStyle(document.querySelector(css)).display;
            return [of('table.cards'), of('table.cards tbody tr'), of('table.cards tbody td')]";
        let table = browser.run(table).await;
        assert_eq!(table, json!(["table", "table-row", "table-cell"]), "a table is one on paper, {width} px wide");
        assert!(seen("table.cards tbody th a").await, "with what is in it");
        browser.devtools("Emulation.setEmulatedMedia", json!({"media": ""})).await;
    }
    assert!(browser.run(SLOW).await.as_f64().is_some_and(|slow| slow > 0.0), "a look changes in a moment");
    let quiet = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
    browser.devtools("Emulation.setEmulatedMedia", quiet).await;
    for path in ["/", "/organisations", "/map", "/graph", "/records/new?kind=event"] {
        browser.open(&scene.here.url(path)).await;
        assert_eq!(browser.run(SLOW).await.as_f64(), Some(0.0), "{path}: nothing moves for whoever wants quiet");
    }
    assert_eq!(browser.faults(&scene.here.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_navigation_works_by_keyboard_and_leads_everywhere() {
    let office = federation(1).await.remove(0);
    let browser = office.browser().await;
    browser.focus_by_keyboard("#menu-node > summary").await;
    browser.press(ENTER, 1).await;
    browser.until("the group is open", "document.querySelector('#menu-node').open").await;
    browser.press(TAB, 1).await;
    browser.until("the next key is in it", "document.activeElement.getAttribute('href') === '/settings'").await;
    browser.press(ESCAPE, 1).await;
    browser.until("it closes", "!document.querySelector('#menu-node').open").await;
    browser.until("and the focus is on its word", "document.activeElement.closest('#menu-node')").await;
    browser.press(ENTER, 1).await;
    browser.press(TAB, 1).await;
    browser.press(ENTER, 1).await;
    browser.until("it leads there", "location.pathname === '/settings'").await;
    let marked = "document.querySelector('#menu-node a[aria-current=page]')?.getAttribute('href') === '/settings'";
    browser.until("and marks where one is", marked).await;

    let links =
        browser.run("return [...document.querySelectorAll('#nav a, footer a')].map(a => a.getAttribute('href'))").await;
    let links = links.as_array().expect("a list");
    assert!(links.len() > 20, "the navigation carries the pages: {links:?}");
    for link in links.iter().filter_map(Value::as_str) {
        let status = format!("return fetch('{link}').then(answer => answer.status)");
        assert_eq!(browser.run(&status).await, json!(200), "{link} is a page");
    }
}
