//! The office door: a node on a host of its own, and a browser on another address that signs in there, edits, and is
//! out when its user is removed.
//!
//! Needs root (for `ip netns`); elsewhere it says so and passes.

use super::before::look;
use super::driver::Browser;
use comin_tests::adversary::program;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// Where the node is.
const NODE: &str = "10.78.9.1";
/// Where the browser is.
const BROWSER: &str = "10.78.9.2";

fn ip(words: &str) -> bool {
    let output = Command::new("ip").args(words.split_whitespace()).stderr(Stdio::null()).status();
    output.is_ok_and(|status| status.success())
}

/// A host with a node, and a cable to this one. Gone when dropped.
struct Host {
    name: String,
    temp: TempDir,
    node: Option<Child>,
}

impl Host {
    /// `None` where the system does not let us.
    fn set_up() -> Option<Self> {
        let host =
            Self { name: format!("comin-door-{}", std::process::id()), temp: tempfile::tempdir().ok()?, node: None };
        let (name, cable) = (&host.name, format!("cd{}", std::process::id()));
        let laid = ip(&format!("netns add {name}"))
            && ip(&format!("link add {cable} type veth peer name cable netns {name}"))
            && ip(&format!("-n {name} link set lo up"))
            && ip(&format!("-n {name} link set cable up"))
            && ip(&format!("-n {name} address add {NODE}/30 dev cable"))
            && ip(&format!("address add {BROWSER}/30 dev {cable}"))
            && ip(&format!("link set {cable} up"));
        laid.then_some(host)
    }

    fn dir(&self) -> PathBuf {
        self.temp.path().join("node")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program()).arg("--data-dir").arg(self.dir());
        command.args(args).current_dir(self.temp.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        assert!(output.status.success(), "{args:?} works: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    /// The node does not start, and says why.
    fn refused(&self) -> String {
        let output = self.run(&["run"]);
        assert_eq!(output.status.code(), Some(78), "a configuration that cannot be");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn start(&mut self) -> Value {
        let mut node =
            self.command(&["--json", "run"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(node.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        self.node = Some(node);
        serde_json::from_str(&line).expect("one JSON object")
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(mut node) = self.node.take() {
            let _ = node.kill();
            let _ = node.wait();
        }
        ip(&format!("netns delete {}", self.name));
    }
}

/// Status of a request that the page makes.
async fn asked(browser: &Browser, method: &str, path: &str) -> Value {
    let script = format!(
        "return fetch('{path}', {{method: '{method}', redirect: 'manual'}})
            .then(answer => answer.type === 'opaqueredirect' ? 303 : answer.status)"
    );
    browser.run(&script).await
}

#[tokio::test]
async fn somebody_in_the_office_signs_in_edits_and_is_out_when_removed() {
    let Some(mut host) = Host::set_up() else {
        return println!("skipped: network namespaces cannot be made here (root and iproute2 are needed)");
    };
    host.json(&["init", "--name", "IRECOOP Veneto", "--country", "IT", "--language", "en"]);
    let config = format!("[listen]\np2p = [\"{NODE}:8471\"]\noffice = [\"{NODE}:8443\"]\nmdns = false\n");
    std::fs::write(host.dir().join("node.toml"), config).expect("a configuration");
    assert!(host.refused().contains("tls make"), "the office needs TLS");
    let made = host.json(&["tls", "make", NODE, "comin.office.lan"]);
    assert!(host.refused().contains("users add"), "and users");
    host.json(&["users", "add", "bor", "--role", "admin"]);
    let added = host.json(&["users", "add", "Ana", "--role", "editor"]);
    let password = added["password"].as_str().expect("a password");
    let ready = host.start();
    let origin = format!("https://{NODE}:8443");
    assert!(ready["office"].to_string().contains(&origin), "it says where: {ready}");
    assert_eq!(host.json(&["tls", "show"])["fingerprint"], made["fingerprint"], "what browsers are to compare");

    let browser = Browser::trusting().await;
    browser.open(&origin).await;
    browser.until_says("Password").await;
    let mut faults = look(&browser, "where name and password are asked for").await;
    browser.fill("#name", "ana").await;
    browser.fill("#password", "not this one").await;
    browser.click("button[type=submit]").await;
    browser.until_says("Name and password do not fit").await;
    faults.extend(look(&browser, "a password that does not fit").await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    browser.fill("#name", "ana").await;
    browser.fill("#password", password).await;
    browser.click("button[type=submit]").await;
    browser.until_says("IRECOOP Veneto").await;
    browser.until_says("Sign out").await;
    browser.open(&format!("{origin}/records/new?kind=organisation")).await;
    browser.fill("#c-name", "Portamira").await;
    browser.click("form.record button[type=submit]").await;
    browser.until_says("Portamira").await;
    let listed = host.json(&["organisation", "list"]).to_string();
    assert!(listed.contains("Portamira"), "what was entered is on the node: {listed}");
    browser.open(&format!("{origin}/partners")).await;
    browser.until_says("for admins").await;
    assert_eq!(asked(&browser, "POST", "/partners/found").await, 403, "an editor decides nothing for the partnership");
    assert_eq!(asked(&browser, "POST", "/exchange/now").await, 303, "and may ask for news");
    let faults = browser.faults(&origin, &["401", "403"]).await;
    assert_eq!(faults, Vec::<String>::new(), "the browser has nothing to complain of, and asks nobody else");

    host.json(&["users", "remove", "ana"]);
    browser.open(&origin).await;
    browser.until_says("Password").await;
    assert_eq!(asked(&browser, "GET", "/api/v1/status").await, 401, "nothing is left of the login");
}
