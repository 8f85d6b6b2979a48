//! An empty machine: from `run` to a partner that has been let in by another one, on two real nodes, by their pages.

use super::driver::{Browser, ENTER, TAB};
use comin_tests::adversary::program;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
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

impl Machine {
    fn start() -> Self {
        let temp = tempfile::tempdir().expect("a directory");
        let dir = temp.path().join("node");
        std::fs::create_dir(&dir).expect("a directory");
        let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
        std::fs::write(dir.join("node.toml"), config).expect("a configuration");
        let mut node = command(&temp)
            .args(["--json", "--lang", "en", "run"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(node.stdout.take().expect("a pipe")).lines();
        let first: Value =
            serde_json::from_str(&lines.next().expect("a line").expect("text")).expect("one JSON object");
        assert_eq!(first["first_run"], true, "nothing is set up: {first}");
        let url = first["url"].as_str().expect("a link").to_owned();
        let origin = format!("http://localhost:{}", first["page_port"]);
        Self { temp, node, lines, url, origin }
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
    browser.devtools("Emulation.setScriptExecutionDisabled", serde_json::json!({"value": true})).await;
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
    second
        .run_with("document.querySelector('textarea#kit').value = arguments[0]", serde_json::json!(["no kit at all"]))
        .await;
    second.click("form[action='/recover'] button").await;
    second.until("what is no kit is refused", "document.querySelector('[role=alert]')").await;
    second.run_with("document.querySelector('textarea#kit').value = arguments[0]", serde_json::json!([written])).await;
    second.click("form[action='/recover'] button").await;
    second.until("the node takes over", "document.querySelector('#exchange')").await;
    other.ready();
    assert_eq!(other.json(&["status"])["partner"]["id"], partner, "the same partner on another machine");
}
