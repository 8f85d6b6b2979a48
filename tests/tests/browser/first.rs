//! An empty machine: from `run` to a partner that has been let in by another one, on two real nodes, by their pages.

use super::before::look;
use super::driver::{Browser, ENTER, TAB};
use comin_protocol::machine::MachineRequest;
use comin_tests::adversary::program;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The space bar, as WebDriver writes it.
const SPACE: &str = " ";

/// A machine on which nothing has been set up. Its node ends with the value.
struct Machine {
    temp: TempDir,
    node: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    url: String,
    origin: String,
}

/// The first line of a node's output, with where its first page is.
struct Begun {
    node: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    url: String,
    origin: String,
}

fn begin(temp: &TempDir) -> Begun {
    let mut node = command(temp)
        .args(["--json", "--lang", "en", "run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(node.stdout.take().expect("a pipe")).lines();
    let first: Value = serde_json::from_str(&lines.next().expect("a line").expect("text")).expect("one JSON object");
    assert_eq!(first["first_run"], true, "nothing is set up: {first}");
    let url = first["url"].as_str().expect("a link").to_owned();
    Begun { node, lines, url, origin: format!("http://localhost:{}", first["page_port"]) }
}

impl Machine {
    fn start() -> Self {
        Self::with(|_| String::new())
    }

    /// With more in its configuration; `more` is given the directory beside the node's.
    fn with(more: impl FnOnce(&Path) -> String) -> Self {
        let temp = tempfile::tempdir().expect("a directory");
        let dir = temp.path().join("node");
        std::fs::create_dir(&dir).expect("a directory");
        let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
        std::fs::write(dir.join("node.toml"), format!("{config}{}", more(temp.path()))).expect("a configuration");
        let Begun { node, lines, url, origin } = begin(&temp);
        Self { temp, node, lines, url, origin }
    }

    /// The machine is switched off and on again before it was set up.
    fn restart(&mut self) {
        self.node.kill().expect("it runs");
        self.node.wait().expect("it ends");
        let Begun { node, lines, url, origin } = begin(&self.temp);
        (self.node, self.lines, self.url, self.origin) = (node, lines, url, origin);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.temp.path().join("node").join(name)
    }

    fn json(&self, args: &[&str]) -> Value {
        let output =
            command(&self.temp).args(["--json", "--lang", "en"]).args(args).output().expect("the program starts");
        assert!(output.status.success(), "{args:?} works: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    /// The node says that it is ready, on the port of the first page.
    fn ready(&mut self) {
        let line = self.lines.next().expect("a second line").expect("text");
        let ready: Value = serde_json::from_str(&line).expect("one JSON object");
        assert_eq!(ready["ready"], true, "the node goes on in the same process: {ready}");
        assert_eq!(format!("http://localhost:{}", ready["page_port"]), self.origin, "at the same address");
    }
}

fn command(temp: &TempDir) -> Command {
    let mut command = Command::new(program());
    command.arg("--data-dir").arg(temp.path().join("node")).current_dir(temp.path()).stdin(Stdio::null());
    command
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

/// Sets a machine up as somebody does who reads what the page says.
async fn set_up(machine: &mut Machine, name: &str, country: &str) -> Browser {
    let browser = Browser::start().await;
    browser.open(&machine.url).await;
    browser.until_says("Set up this machine").await;
    browser.fill("#name", name).await;
    browser.run(&format!("document.querySelector('#country').value = '{country}'")).await;
    browser.run("document.querySelector('#language').value = 'en'").await;
    browser.fill("#device", "office").await;
    browser.click("form[action='/'] button").await;
    browser.until_says(&format!("The recovery kit of {name}")).await;
    assert!(!machine.file("device.key").exists(), "nothing is on the disk before the kit is safe");
    browser.click("form:has(#kept) button").await;
    browser.until_says("Confirm that the kit is in a safe place").await;
    browser.click("#kept").await;
    browser.click("form:has(#kept) button").await;
    browser
        .until(
            "the node takes over, with this browser signed in",
            "location.pathname === '/' && document.querySelector('#exchange')",
        )
        .await;
    machine.ready();
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_empty_machines_become_a_partnership_by_their_pages() {
    let (mut here, mut there) = (Machine::start(), Machine::start());
    let stranger = Browser::start().await;
    stranger.open(&here.origin).await;
    stranger.until_says("comin open").await;
    let text = stranger.text().await;
    assert!(!text.contains("Set up this machine"), "without the link nobody sets it up: {text}");
    drop(stranger);
    assert!(here.json(&["open", "--print"])["url"].as_str().is_some(), "the command line gives another link");

    let first = set_up(&mut here, "Zavod Brezmir", "SI").await;
    first.until_says("How do you want to begin?").await;
    first.click("a[href='/partners#found']").await;
    first.fill("#found-name", "Alpe Adria").await;
    first.click("form[action='/partners/found'] button").await;
    first.until_says("There is 1 steward").await;
    first.fill("#invite-name", "Coop Lunavena").await;
    first.run("document.querySelector('#invite-country').value = 'IT'").await;
    first.click("form[action='/partners/invite']:has(#invite-name) button").await;
    first.until_says("Ticket for Coop Lunavena").await;
    let ticket = first.run("return document.querySelector('code.ticket').innerText").await;
    let ticket = ticket.as_str().expect("a ticket").to_owned();

    let second = set_up(&mut there, "Coop Lunavena", "IT").await;
    second.click("a[href='/partners#join']").await;
    let file = there.temp.path().join("ticket.txt");
    std::fs::write(&file, &ticket).expect("the ticket came as a file");
    second.attach("#ticket-file", &file).await;
    second.click("form[action='/partners/join'] button").await;
    second.until("a check number appears", "document.querySelector('#joining .check-number')").await;
    first
        .until("here as well, without loading the page again", "document.querySelector('#approvals .check-number')")
        .await;
    let number = "return document.querySelector('.check-number').innerText";
    assert_eq!(first.run(number).await, second.run(number).await, "both read the same number");
    let mut faults = Vec::new();
    for (browser, what) in [(&first, "who wants in"), (&second, "who waits")] {
        faults.extend(look(browser, what).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    first.click("#approvals form[action$='/approve'] button").await;
    for (browser, other) in [(&first, "Coop Lunavena"), (&second, "Zavod Brezmir")] {
        let listed = format!("document.querySelector('#members')?.innerText.includes('{other}')");
        browser.until("each lists the other", &listed).await;
    }
    second.open(&format!("{}/exchange", there.origin)).await;
    second.until_says("Zavod Brezmir").await;

    // Both work with no connection, and what they did apart comes together.
    second.open(&format!("{}/", there.origin)).await;
    second.click("form[action='/exchange/pause'] button").await;
    second.until_says("Exchange is paused by hand.").await;
    second.open(&format!("{}/records/new?kind=organisation", there.origin)).await;
    second.fill("[name='f.name']", "Società Aurora").await;
    second.click("form.record button[type=submit]").await;
    second.until("it is saved", "location.pathname.startsWith('/records/organisation:')").await;
    first.open(&format!("{}/records/new?kind=organisation", here.origin)).await;
    first.fill("[name='f.name']", "Društvo Šentvid").await;
    first.click("form.record button[type=submit]").await;
    first.until("it is saved", "location.pathname.startsWith('/records/organisation:')").await;
    first.open(&format!("{}/organisations", here.origin)).await;
    second.open(&format!("{}/", there.origin)).await;
    second.click("form[action='/exchange/resume'] button").await;
    first.until_says("Società Aurora").await;
    second.open(&format!("{}/organisations", there.origin)).await;
    second.until_says("Društvo Šentvid").await;

    // Removing asks first, and says what follows.
    first.open(&format!("{}/partners", here.origin)).await;
    first.click("#members a[href$='/remove']").await;
    first.until_says("This is for ever").await;
    first.click("a[href='/partners'].button").await;
    first.until_says("Coop Lunavena").await;
    first.click("#members a[href$='/remove']").await;
    first.click("form[action$='/remove'] button").await;
    first
        .until(
            "it is gone",
            "location.pathname === '/partners' && !document.querySelector('#members').innerText.includes('Coop')",
        )
        .await;
    let quiet = Vec::<String>::new();
    // The page that asked may look once more for the partner that is gone by then.
    let expected = ["status of 422", "status of 401", "status of 404"];
    assert_eq!(first.faults(&here.origin, &expected).await, quiet, "nothing complains here");
    assert_eq!(second.faults(&there.origin, &["status of 422", "status of 401"]).await, quiet, "nor there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_is_set_up_by_keyboard_alone_and_the_kit_brings_it_back() {
    let mut machine = Machine::start();
    let browser = Browser::start().await;
    // The pages before the node need no script at all.
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.open(&machine.url).await;
    browser.until_says("Set up this machine").await;
    browser.focus_by_keyboard("#name").await;
    browser.type_text("Zavod Brezmir").await;
    browser.press(TAB, 1).await;
    browser.type_text("Ital").await;
    browser.focus_by_keyboard("form[action='/'] button").await;
    browser.press(ENTER, 1).await;
    browser.until_says("The recovery kit of Zavod Brezmir").await;
    browser.focus_by_keyboard("#kit-file summary").await;
    browser.press(ENTER, 1).await;
    browser.focus_by_keyboard("#path").await;
    let inside = machine.file("kit.txt");
    browser.type_text(&inside.display().to_string()).await;
    browser.press(ENTER, 1).await;
    browser.until_says("There a lost disk would take both").await;
    let passing = machine.temp.path().join("kit.txt");
    browser.fill("#path", &passing.display().to_string()).await;
    browser.focus_by_keyboard("#path").await;
    browser.press(ENTER, 1).await;
    browser.until_says("is gone after a restart").await;
    let lasting = std::env::home_dir().map(tempfile::tempdir_in).expect("a home").expect("a directory in it");
    let kit = lasting.path().join("kit.txt");
    browser.fill("#path", &kit.display().to_string()).await;
    browser.focus_by_keyboard("#path").await;
    browser.press(ENTER, 1).await;
    browser.until_says("Written:").await;
    let written = std::fs::read_to_string(&kit).expect("the kit is where it was asked for");
    browser.focus_by_keyboard("#kept").await;
    browser.press(SPACE, 1).await;
    browser.press(ENTER, 1).await;
    browser.until("the node takes over", "document.querySelector('#exchange')").await;
    machine.ready();
    let status = machine.json(&["status"]);
    assert_eq!(status["partner"]["name"], "Zavod Brezmir", "what was typed");
    assert_eq!(status["partner"]["country"], "IT", "and chosen");
    let partner = status["partner"]["id"].clone();

    let mut other = Machine::start();
    let second = Browser::start().await;
    second.open(&other.url).await;
    second.click("#recover summary").await;
    second.run_with("document.querySelector('textarea#kit').value = arguments[0]", json!(["no kit at all"])).await;
    second.click("form[action='/recover'] button").await;
    second.until("what is no kit is refused", "document.querySelector('[role=alert]')").await;
    second.click("a[hreflang='sl']").await;
    second
        .until(
            "the page speaks Slovene",
            "document.documentElement.lang === 'sl' && document.querySelector('#recover')",
        )
        .await;
    second.click("#recover summary").await;
    second.run_with("document.querySelector('textarea#kit').value = arguments[0]", json!([written])).await;
    second.click("form[action='/recover'] button").await;
    second.until("the node takes over", "document.querySelector('#exchange')").await;
    other.ready();
    assert_eq!(other.json(&["status"])["partner"]["id"], partner, "the same partner on another machine");
}

/// The text that is to be carried to another machine.
async fn carried(browser: &Browser, css: &str) -> String {
    browser.until("the text is there", &format!("document.querySelector(\"{css}\")")).await;
    let text = browser.run(&format!("return document.querySelector(\"{css}\").innerText")).await;
    text.as_str().expect("a text").to_owned()
}

async fn paste(browser: &Browser, css: &str, text: &str) {
    browser.run_with(&format!("document.querySelector(\"{css}\").value = arguments[0]"), json!([text])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_further_machine_is_certified_by_another_one_without_the_kit() {
    let mut office = Machine::start();
    let here = set_up(&mut office, "Zavod Brezmir", "SI").await;
    office.json(&["found", "Alpe Adria"]);
    office.json(&["organisation", "add", "--register", "internal", "--set", "name=Znotraj"]);

    let mut laptop = Machine::start();
    let there = Browser::start().await;
    there.open(&laptop.url).await;
    there.click("#further > summary").await;
    there.fill("#further-device", "").await;
    there.click("form[action='/further/ask'] button").await;
    there.until_says("The machine needs a name of one line.").await;
    there.fill("#further-device", "laptop").await;
    there.run("document.querySelector('#further-language').value = 'en'").await;
    there.click("form[action='/further/ask'] button").await;
    there.until_says("This machine asks to be certified").await;
    let before = MachineRequest::parse(&carried(&there, "code.ticket").await).expect("a request");
    assert_eq!(before.name, "laptop", "with the name that was entered");

    // It may be switched off until somebody has walked to the other machine.
    drop(there);
    laptop.restart();
    let there = Browser::start().await;
    there.open(&laptop.url).await;
    there.until("the page waits where it was", "location.pathname === '/further'").await;
    let request = carried(&there, "code.ticket").await;
    let after = MachineRequest::parse(&request).expect("a request");
    assert_eq!(after, before, "it asks the same, with the same key");
    paste(&there, "#certificate", "no certificate at all").await;
    there.click("form[action='/further'] button").await;
    there.until_says("This is no certificate, or not all of it; nothing was set up.").await;

    here.open(&format!("{}/devices", office.origin)).await;
    paste(&here, "#machine-request", &request[..request.len() / 2]).await;
    here.click("form[action='/devices'] button").await;
    here.until_says("This is no request of a new machine").await;
    paste(&here, "#machine-request", &request).await;
    here.click("form[action='/devices'] button").await;
    let certificate = carried(&here, "#certificate code.ticket").await;
    let file = laptop.temp.path().join("certificate.txt");
    std::fs::write(&file, format!("{certificate}\n")).expect("it was carried as a file");
    there.attach("#certificate-file", &file).await;
    there.click("form[action='/further'] button").await;
    there.until("the node takes over", "location.pathname === '/' && document.querySelector('#exchange')").await;
    laptop.ready();
    let status = laptop.json(&["status"]);
    assert_eq!(status["partner"]["id"], office.json(&["status"])["partner"]["id"], "a machine of the same partner");

    here.click("#add form[action='/partners/invite'] button").await;
    let ticket = carried(&here, "code.ticket").await;
    there.open(&format!("{}/partners", laptop.origin)).await;
    paste(&there, "#ticket", &ticket).await;
    there.click("form[action='/partners/join'] button").await;
    there.until("a check number appears", "document.querySelector('#joining .check-number')").await;
    here.until("here as well", "document.querySelector('#approvals .check-number')").await;
    let number = "return document.querySelector('.check-number').innerText";
    assert_eq!(here.run(number).await, there.run(number).await, "both read the same number");
    here.click("#approvals form[action$='/approve'] button").await;
    there.until("it is in", "document.querySelector('#members')?.innerText.includes('laptop')").await;
    there.open(&format!("{}/organisations", laptop.origin)).await;
    // What only this partner's machines read has come.
    there.until_says("Znotraj").await;
    here.open(&format!("{}/devices", office.origin)).await;
    here.until("both machines are listed", "document.querySelector('#machines').innerText.includes('laptop')").await;
    let may = "return [...document.querySelectorAll('#machines tbody tr')].find(r => r.innerText.includes('laptop')).innerText";
    let may = here.run(may).await.as_str().unwrap_or_default().to_owned();
    assert!(may.contains("write data") && !may.contains("manage machines"), "it may no more than it was given: {may}");
    let expected = ["status of 422", "status of 401"];
    assert_eq!(here.faults(&office.origin, &expected).await, Vec::<String>::new(), "nothing complains here");
    assert_eq!(there.faults(&laptop.origin, &expected).await, Vec::<String>::new(), "nor there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_asked_to_be_certified_may_begin_anew() {
    let mut machine = Machine::start();
    let browser = Browser::start().await;
    browser.open(&machine.url).await;
    browser.click("#further > summary").await;
    browser.click("form[action='/further/ask'] button").await;
    browser.until_says("This machine asks to be certified").await;
    assert!(machine.file("device.key").exists(), "its key is on its disk");
    browser.click("form[action='/further/forget'] button").await;
    browser.until_says("Name of your organisation").await;
    assert!(!machine.file("device.key").exists(), "and gone");
    drop(browser);
    let link = machine.json(&["open", "--print"])["url"].as_str().expect("a link").to_owned();
    machine.url = link;
    set_up(&mut machine, "Zavod Brezmir", "SI").await;
    assert_eq!(machine.json(&["status"])["partner"]["name"], "Zavod Brezmir", "a partner of its own after all");
}

fn backups(place: &Path, ending: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(place).expect("is there").map(|file| file.expect("reads").path());
    files.filter(|file| file.to_string_lossy().ends_with(ending)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_on_the_page_where_the_configuration_says() {
    let mut machine = Machine::with(|temp| {
        std::fs::create_dir(temp.join("backups")).expect("a directory");
        format!("[backup]\ndir = {:?}\n", temp.join("backups"))
    });
    let place = machine.temp.path().join("backups");
    let browser = set_up(&mut machine, "Zavod Brezmir", "SI").await;
    browser.open(&format!("{}/backup", machine.origin)).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        browser.run("window.before = true").await;
        browser.click("form[action='/backup'] button").await;
        let newest = "!window.before && document.querySelector('#backup code')?.innerText.includes('-by-page')";
        browser.until("the page names it", newest).await;
        let named = carried(&browser, "#backup code").await;
        let now = backups(&place, "-by-page.backup");
        assert_eq!(now, [PathBuf::from(&named)], "the last one that was asked for, and no other");
        machine.json(&["restore", &named, "--check"]);
        made.push(named);
        // Those of the schedule are not touched: whoever asks often pushes none of them out.
        let scheduled = |file: &PathBuf| !file.to_string_lossy().contains("-by-page");
        assert!(backups(&place, ".backup").iter().filter(|file| scheduled(file)).count() <= 1, "one a day");
    }
    assert_ne!(made[0], made[1], "each time a new one");
    let expected = ["status of 422", "status of 401"];
    assert_eq!(browser.faults(&machine.origin, &expected).await, Vec::<String>::new(), "nothing complains");
}
