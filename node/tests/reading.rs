//! Lists are read from rows: a node answers its first `GET records` without having loaded a document.
//!
//! `READ_RECORDS=100000 cargo test --release -p comin-node --test reading -- --nocapture` does it with as many
//! records as one likes, and prints times and memory.

use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Records where nothing else is asked for, in two documents; and rows of one imported file.
const RECORDS: usize = 5_000;
/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Node {
    child: Child,
    port: u16,
    token: String,
    dir: PathBuf,
}

fn comin(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comin"));
    command.arg("--data-dir").arg(dir.join("node")).args(args).current_dir(dir).stdin(Stdio::null());
    command
}

fn done(dir: &Path, args: &[&str]) {
    let output = comin(dir, args).output().expect("the program starts");
    assert!(output.status.success(), "{args:?} works: {}", String::from_utf8_lossy(&output.stderr));
}

impl Node {
    fn start(dir: &Path) -> Self {
        let mut command = comin(dir, &["--json", "run"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the node starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        let ready: Value = serde_json::from_str(&line).expect("it is ready");
        let port = ready["page_port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        let token = std::fs::read_to_string(dir.join("node/api-token")).expect("the token of programs");
        Self { child, port, token: token.trim().to_owned(), dir: dir.to_owned() }
    }

    fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the node listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let (port, token) = (self.port, &self.token);
        let head = format!(
            "GET /api/v1/{path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("the request is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer ends");
        assert!(
            answer.starts_with("HTTP/1.1 200"),
            "{path} is answered: {}",
            answer.lines().next().unwrap_or_default()
        );
        // A body may come in chunks: the JSON lies between its first and last brace either way.
        let json = &answer[answer.find('{').expect("an object")..=answer.rfind('}').expect("an object")];
        let whole = serde_json::from_str(json);
        whole.unwrap_or_else(|_| serde_json::from_str(&unchunked(&answer)).expect("one JSON object"))
    }

    fn loaded(&self) -> usize {
        let status = self.get("status");
        let documents = status["documents"].as_array().expect("the documents");
        assert!(documents.len() >= 2, "there are several documents");
        documents.iter().filter(|document| document["loaded"] != false).count()
    }

    fn rss_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    fn end(mut self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("the process is ours");
        self.child.wait().expect("it ends");
    }
}

/// The body of an answer in chunks.
fn unchunked(answer: &str) -> String {
    let mut rest = answer.split_once("\r\n\r\n").expect("a body").1;
    let mut out = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a size");
        out.push_str(&after[..size]);
        rest = &after[(size + 2).min(after.len())..];
    }
    out
}

fn table(numbers: std::ops::Range<usize>) -> String {
    let mut out = "name,city,country\n".to_owned();
    for n in numbers {
        let country = ["IT", "FR", "SI"][n % 3];
        writeln!(out, "Organisation {n},City {},{country}", n % 700).expect("memory");
    }
    out
}

fn first_answers(node: &Node, records: usize, when: &str) {
    let began = Instant::now();
    let page = node.get("records?limit=50");
    let first = began.elapsed();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(50), "a page is full");
    assert_eq!(node.loaded(), 0, "{when}: no document was loaded for it");
    let began = Instant::now();
    let page = node.get("records?kind=organisation&country=SI&limit=50");
    let filtered = began.elapsed();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(50), "a page of one country is full");
    let began = Instant::now();
    let last = records - 1 - (records % 3);
    let page = node.get(&format!("records?kind=organisation&q=Organisation%20{last}&limit=50"));
    let searched = began.elapsed();
    assert!(page.to_string().contains(&format!("Organisation {last}")), "the record searched for is found");
    assert_eq!(node.loaded(), 0, "{when}: nor for filters");
    println!(
        "{records} records, {when}: first page {first:?}, one country {filtered:?}, search {searched:?}, {} MB",
        node.rss_kb() / 1_000
    );
}

#[test]
fn the_first_list_is_answered_without_a_document() {
    let records = std::env::var("READ_RECORDS").ok().and_then(|text| text.parse().ok()).unwrap_or(RECORDS);
    let temp = tempfile::tempdir().expect("a directory");
    let dir = temp.path();
    done(dir, &["init", "--name", "Partner Esempio", "--country", "IT"]);
    let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
    std::fs::write(dir.join("node/node.toml"), config).expect("a configuration");
    for from in (0..records).step_by(RECORDS) {
        std::fs::write(dir.join("some.csv"), table(from..records.min(from + RECORDS))).expect("a table");
        done(dir, &["import", "some.csv", "--kind", "organisation"]);
    }

    let node = Node::start(dir);
    first_answers(&node, records, "after an import");
    node.end(rustix::process::Signal::KILL);
    let node = Node::start(dir);
    first_answers(&node, records, "after kill -9");
    let store = comin_node::store::disk_bytes(&node.dir.join("node/store")).expect("the store's size");
    node.end(rustix::process::Signal::TERM);
    let stopped = comin_node::store::disk_bytes(&dir.join("node/store")).expect("the store's size");
    println!("disk: {store} bytes while running, {stopped} after a clean stop");
}
