//! A headless Chromium, driven over the W3C WebDriver protocol and, for what that lacks, Chromium's own
//! DevTools. Fifty lines of it are all that these tests need; a client crate would bring twenty others.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, interval, timeout};

/// How long a test waits for something that must happen.
pub const BOUND: Duration = Duration::from_secs(60);
/// How often a page is looked at until it says what it must.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What WebDriver calls the member that names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The keys that a keyboard test presses, as WebDriver writes them.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";

/// More links and controls than any page has.
const TABS_MAX: usize = 200;

/// How often chromedriver may find its port taken before the test gives up.
const START_TRIES: usize = 5;

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
];

/// A browser with an empty profile, and the process that drives it. Both end with the value, by their ids.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    chromium: Option<Pid>,
    _profile: TempDir,
}

impl Browser {
    pub async fn start() -> Self {
        Self::with(false).await
    }

    /// One whose user has accepted a certificate that it does not know.
    pub async fn trusting() -> Self {
        Self::with(true).await
    }

    async fn with(unknown_certificates: bool) -> Self {
        let profile = tempfile::tempdir().expect("a directory");
        let (driver, port) = start_driver();
        let mut browser = Self { driver, port, session: String::new(), chromium: None, _profile: profile };
        let user_data = format!("--user-data-dir={}", browser._profile.path().display());
        let args: Vec<&str> = FLAGS.into_iter().chain([user_data.as_str()]).collect();
        let wanted = json!({
            "browserName": "chrome", "goog:chromeOptions": {"args": args}, "acceptInsecureCerts": unknown_certificates,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let session = browser.call("POST", "/session", Some(json!({"capabilities": {"alwaysMatch": wanted}}))).await;
        let session = session.expect("chromium starts: tests/run installs it");
        browser.session = format!("/session/{}", session["sessionId"].as_str().expect("a session"));
        let process = session["capabilities"]["goog:processID"].as_i64().expect("chromium's process id");
        browser.chromium = i32::try_from(process).ok().and_then(Pid::from_raw);
        browser.forget_start_page().await;
        browser
    }

    /// What a fresh profile loads before the first test page is not what is tested.
    async fn forget_start_page(&self) {
        self.open("about:blank").await;
        for kind in ["browser", "performance"] {
            self.log(kind).await;
        }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        let words = |error: &dyn std::fmt::Display| format!("chromedriver does not answer: {error}");
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.map_err(|e| words(&e))?;
        let shaken = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(|e| words(&e))?;
        tokio::spawn(connection);
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .expect("a request");
        let answer = async {
            let response = sender.send_request(request).await.map_err(|e| words(&e))?;
            response.into_body().collect().await.map_err(|e| words(&e))
        };
        let body = timeout(BOUND, answer).await.map_err(|e| words(&e))??.to_bytes();
        let mut answer: Value = serde_json::from_slice(&body).map_err(|e| words(&e))?;
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", answer["value"]["message"])),
            None => Ok(answer["value"].take()),
        }
    }

    async fn ask(&self, what: &str, body: Value) -> Value {
        let answer = self.call("POST", &format!("{}/{what}", self.session), Some(body.clone())).await;
        answer.unwrap_or_else(|error| panic!("{what} {body}: {error}"))
    }

    pub async fn open(&self, url: &str) {
        self.ask("url", json!({"url": url})).await;
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.run_with(script, json!([])).await
    }

    /// The same with arguments.
    pub async fn run_with(&self, script: &str, args: Value) -> Value {
        self.ask("execute/sync", json!({"script": script, "args": args})).await
    }

    /// The text that is seen.
    pub async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true in the page, also across pages.
    pub async fn until(&self, what: &str, expression: &str) {
        let (end, mut look) = (Instant::now() + BOUND, interval(LOOK_EVERY));
        let body = json!({"script": format!("return Boolean({expression})"), "args": []});
        let path = format!("{}/execute/sync", self.session);
        loop {
            look.tick().await;
            // While one page gives way to the next, a script has nowhere to run.
            let seen = self.call("POST", &path, Some(body.clone())).await;
            if seen == Ok(json!(true)) {
                return;
            }
            if Instant::now() > end {
                panic!("{what}: {expression} is {seen:?} on\n{}", self.text().await);
            }
        }
    }

    /// Waits until the page says something.
    pub async fn until_says(&self, text: &str) {
        let quoted = json!(text);
        self.until("the page should say it", &format!("document.body.innerText.includes({quoted})")).await;
    }

    async fn element(&self, css: &str) -> String {
        let found = self.ask("element", json!({"using": "css selector", "value": css})).await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.ask(&format!("element/{element}/click"), json!({})).await;
    }

    /// Replaces what stands in a control.
    pub async fn fill(&self, css: &str, text: &str) {
        let element = self.element(css).await;
        self.ask(&format!("element/{element}/clear"), json!({})).await;
        self.ask(&format!("element/{element}/value"), json!({"text": text})).await;
    }

    /// Presses a key so many times, wherever the focus is.
    pub async fn press(&self, key: &str, times: usize) {
        let stroke = [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})];
        let strokes: Vec<&Value> = stroke.iter().cycle().take(2 * times).collect();
        self.ask("actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})).await;
    }

    /// Types a text, key by key, wherever the focus is.
    pub async fn type_text(&self, text: &str) {
        for key in text.chars() {
            self.press(&key.to_string(), 1).await;
        }
    }

    /// Presses the tabulator until an element has the focus.
    pub async fn focus_by_keyboard(&self, css: &str) {
        let reached = format!("return Boolean(document.activeElement?.matches(\"{css}\"))");
        for _ in 0..TABS_MAX {
            self.press(TAB, 1).await;
            if self.run(&reached).await == json!(true) {
                return;
            }
        }
        panic!("the keyboard does not reach {css}");
    }

    /// Chooses a file.
    pub async fn attach(&self, css: &str, file: &Path) {
        let element = self.element(css).await;
        self.ask(&format!("element/{element}/value"), json!({"text": file.display().to_string()})).await;
    }

    /// A command of Chromium's DevTools protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        self.ask("goog/cdp/execute", json!({"cmd": command, "params": params})).await
    }

    /// A window so wide, in CSS pixels.
    pub async fn width(&self, pixels: u32) {
        let size = json!({"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.ask("se/log", json!({"type": kind})).await;
        entries.as_array().cloned().unwrap_or_default()
    }

    /// How many requests were made since the last look, and how many bytes came for those that have ended.
    pub async fn traffic(&self) -> (u64, u64) {
        let (mut requests, mut bytes) = (0, 0);
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default()).unwrap_or_default();
            let (method, params) = (&event["message"]["method"], &event["message"]["params"]);
            match method.as_str() {
                Some("Network.requestWillBeSent") if !is_own(params) => requests += 1,
                Some("Network.loadingFinished") => bytes += params["encodedDataLength"].as_f64().unwrap_or(0.0) as u64,
                _ => {}
            }
        }
        (requests, bytes)
    }

    /// What the console complained of since the last look, but for what names one of `expected`, and what was
    /// asked of anyone but `origin`.
    pub async fn faults(&self, origin: &str, expected: &[&str]) -> Vec<String> {
        let text = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        let console = self.log("browser").await;
        let complaints = console.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        let unexpected = |text: &String| !expected.iter().any(|known| text.contains(known));
        let mut faults: Vec<String> = complaints.map(text).filter(unexpected).collect();
        let mut own = 0;
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(&text(&entry)).unwrap_or_default();
            let params = &event["message"]["params"];
            let url = params["request"]["url"].as_str().unwrap_or_default();
            match event["message"]["method"] == "Network.requestWillBeSent" && !is_own(params) {
                true if url.starts_with(&format!("{origin}/")) => own += 1,
                true => faults.push(format!("a request to {url}")),
                false => (),
            }
        }
        assert!(own > 0, "the log of requests is kept");
        faults
    }
}

/// Whether the browser asks itself: pictures of its own controls come as `data:`.
fn is_own(params: &Value) -> bool {
    let url = params["request"]["url"].as_str().unwrap_or_default();
    url == "about:blank" || url.starts_with("data:")
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(chromium) = self.chromium {
            let _ = kill_process(chromium, Signal::KILL);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts chromedriver on a port of its own choice. It takes a free port of IPv4 and then wants the same of IPv6:
/// where somebody else was quicker it ends at once, having said so, and another port has to be tried.
fn start_driver() -> (Child, u16) {
    let mut said = String::new();
    for _ in 0..START_TRIES {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts: tests/run installs it");
        match port_of(&mut driver, &mut said) {
            Some(port) => return (driver, port),
            None => {
                let ended = driver.wait().expect("chromedriver is a child of the test");
                said.push_str(&format!("({ended})\n"));
            }
        }
    }
    panic!("chromedriver ends without listening:\n{said}");
}

/// The port that chromedriver has chosen, from the line that says so; none where it ends before. What it says on
/// the way is added to `said`.
fn port_of(driver: &mut Child, said: &mut String) -> Option<u16> {
    let lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
    for line in lines.map_while(Result::ok) {
        if line.contains("started successfully on port") {
            return line.trim_end_matches('.').rsplit(' ').next()?.parse().ok();
        }
        said.push_str(&format!("{line}\n"));
    }
    None
}
