//! `kill -9` of the real program while it takes edits: nothing that it acknowledged is lost, and its store
//! opens. `KILL_ROUNDS=300 cargo test --release -p comin-node --test kill` runs as many rounds as one likes; so does
//! `KILL_TIDY_ROUNDS` for kills while the store is being copied.

use comin_node::store::{disk_bytes, tidy};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const WRITERS: usize = 4;
/// How long to wait for what must happen.
const BOUND: Duration = Duration::from_secs(30);

fn comin(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comin"));
    command.arg("--data-dir").arg(dir).stdin(Stdio::null());
    command
}

/// A node that is killed and not asked.
struct Victim {
    child: Child,
    socket: PathBuf,
}

impl Victim {
    fn start(dir: &Path) -> Self {
        let mut child = comin(dir)
            .args(["--json", "run"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        assert!(line.contains("\"ready\":true"), "the store opens and the node is ready: {line}");
        Self { child, socket: dir.join("control.sock") }
    }

    fn kill(mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("it ends");
    }
}

/// One request over the control socket; `None` where the node died meanwhile.
fn request(socket: &Path, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let content = answer.split_once("\r\n\r\n")?.1;
    // A body may come in chunks; the JSON lies between its first and last brace either way.
    let json = content.get(content.find('{')?..=content.rfind('}')?)?.replace("\r\n", "");
    Some((status, serde_json::from_str(&json).unwrap_or(Value::Null)))
}

/// Adds records until the node dies; the names of those that were acknowledged.
fn write_until(victim: &Path, stop: &AtomicBool, next: &AtomicUsize, acknowledged: &Mutex<Vec<(String, String)>>) {
    while !stop.load(Ordering::Relaxed) {
        let name = format!("Organisation {}", next.fetch_add(1, Ordering::Relaxed));
        let body = json!({"kind": "organisation", "fields": {"name": name, "country": "IT", "city": "Padova"}});
        match request(victim, "POST", "records", Some(&body)) {
            Some((200 | 201, answer)) => {
                let id = answer["id"].as_str().expect("an added record has an id").to_owned();
                acknowledged.lock().expect("no writer panics with it").push((id, name));
            }
            Some((status, answer)) => panic!("an edit is taken or the node is dead, not {status}: {answer}"),
            None => return,
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let rounds: usize = std::env::var("KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let temp = tempfile::tempdir().expect("a directory");
    let dir = temp.path().join("node");
    let init = comin(&dir)
        .args(["init", "--name", "Partner Esempio", "--country", "IT"])
        .current_dir(temp.path())
        .output()
        .expect("the program starts");
    assert!(init.status.success(), "init works: {}", String::from_utf8_lossy(&init.stderr));
    let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
    std::fs::write(dir.join("node.toml"), config).expect("the configuration is written");

    let acknowledged = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    for round in 0..rounds {
        let victim = Victim::start(&dir);
        agrees(&victim);
        let socket = victim.socket.clone();
        let stop = AtomicBool::new(false);
        let already = acknowledged.lock().expect("no writer panics with it").len();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| write_until(&socket, &stop, &next, &acknowledged));
            }
            // At least one edit has been acknowledged in this round, then at a moment that moves with the round.
            while acknowledged.lock().expect("no writer panics with it").len() <= already + round % 17 {
                std::thread::yield_now();
            }
            victim.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }

    let victim = Victim::start(&dir);
    let acknowledged = acknowledged.into_inner().expect("no writer panicked");
    for (id, name) in &acknowledged {
        let (status, answer) = request(&victim.socket, "GET", &format!("records/{id}"), None).expect("the node runs");
        assert_eq!(status, 200, "{name} was acknowledged and is there");
        assert_eq!(&answer["title"], name, "with what was entered");
        assert!(found(&victim, name), "{name} is found");
    }
    let fields = json!({"name": "Last of all", "country": "IT"});
    request(&victim.socket, "POST", "records", Some(&json!({"kind": "organisation", "fields": fields})));
    assert!(found(&victim, "Last of all"), "an index that is kept hears of what is written");
    agrees(&victim);
    victim.kill();
    let check = comin(&dir).arg("check").output().expect("the program starts");
    assert!(check.status.success(), "pages and documents agree: {}", String::from_utf8_lossy(&check.stdout));
    println!("{} acknowledged edits, {rounds} kills, 0 lost", acknowledged.len());
}

/// Documents, pages and search index of a node that works say the same. The first time it makes the index, later it has
/// kept it.
fn agrees(victim: &Victim) {
    let (status, answer) = request(&victim.socket, "GET", "check", None).expect("the node runs");
    assert_eq!((status, &answer["faults"]), (200, &json!([])), "documents, pages and search index agree: {answer}");
}

fn found(victim: &Victim, name: &str) -> bool {
    let words = name.replace(' ', "+");
    let (_, answer) = request(&victim.socket, "GET", &format!("search?q={words}"), None).expect("the node runs");
    answer["items"].as_array().is_some_and(|items| items.iter().any(|item| item["title"] == name))
}

fn set_up(dir: &Path) {
    let parent = dir.parent().expect("a directory above");
    let init = comin(dir).args(["init", "--name", "Partner Esempio", "--country", "IT"]).current_dir(parent).output();
    assert!(init.expect("the program starts").status.success(), "init works");
    let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
    std::fs::write(dir.join("node.toml"), config).expect("the configuration is written");
}

fn written(victim: &Victim) -> Option<u64> {
    let (_, answer) = request(&victim.socket, "GET", "import", None).expect("the node runs");
    answer["written"].as_u64().filter(|_| answer["stage"] == "writing")
}

/// A spreadsheet of so many organisations, changed by each `edition`.
fn import(dir: &Path, rows: usize, edition: usize) {
    let file = dir.with_extension("csv");
    let rows: String = (0..rows).map(|n| format!("Organisation {n},Padova,IT,+39 {edition} {n}\n")).collect();
    std::fs::write(&file, format!("name,city,country,phone\n{rows}")).expect("the file is written");
    let done = comin(dir).arg("import").arg(&file).args(["--kind", "organisation"]).output();
    let done = done.expect("the program starts");
    assert!(done.status.success(), "the import works: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_store_that_is_killed_while_it_is_tidied_loses_nothing() {
    const ROWS: usize = 4_000;
    let rounds: usize = std::env::var("KILL_TIDY_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let temp = tempfile::tempdir().expect("a directory");
    let dir = temp.path().join("node");
    set_up(&dir);
    let (store, copy) = (dir.join("store"), dir.join("store.tidy"));
    let (mut acknowledged, mut halfway) = (Vec::new(), 0);
    for round in 0..rounds {
        let victim = loop {
            // Every record written again leaves far more behind than the store may keep.
            let edition = acknowledged.len();
            assert!(edition < 4 * rounds, "no kill came in time");
            import(&dir, ROWS, edition);
            let victim = Victim::start(&dir);
            let fields = json!({"name": format!("By hand {edition}"), "country": "IT"});
            let added =
                request(&victim.socket, "POST", "records", Some(&json!({"kind": "organisation", "fields": fields})));
            let (status, answer) = added.expect("the node runs");
            assert_eq!(status, 201, "an edit is acknowledged: {answer}");
            acknowledged.push(answer["id"].as_str().expect("an added record has an id").to_owned());
            let until = Instant::now() + BOUND / 3;
            let mut begun = copy.exists();
            while !begun && Instant::now() < until {
                std::thread::yield_now();
                begun = copy.exists();
            }
            if begun {
                break victim;
            }
            // The import has had a quiet moment itself: the store takes what a copy would take, with the room that a small one
            // has until the next copy, and a segment of the log for each start since.
            victim.kill();
            let (kept, segments) = (disk_bytes(&store).expect("readable"), 2 * 512 * 1024);
            let left = tidy(&store).expect("the store opens");
            let wasted = left.filter(|left| kept > left.after_bytes * 5 / 4 + segments);
            assert_eq!(wasted, None, "the store is tidied in a quiet moment: {kept} bytes");
        };
        // At a moment of the copy, of the exchange or shortly after, that moves with the round.
        std::thread::sleep(Duration::from_millis(round as u64 * 61 % 500));
        victim.kill();
        halfway += usize::from(copy.exists());
        let victim = Victim::start(&dir);
        assert!(!copy.exists(), "what the tidying left behind is removed when the store opens");
        let (_, state) = request(&victim.socket, "GET", "status", None).expect("the node runs");
        let expected = (1 + ROWS + acknowledged.len()) as u64;
        assert_eq!(state["records"], expected, "round {round}: its own record, the spreadsheet and what was entered");
        for id in &acknowledged {
            let (status, answer) =
                request(&victim.socket, "GET", &format!("records/{id}"), None).expect("the node runs");
            assert_eq!(status, 200, "round {round}: {id} was acknowledged and is there: {answer}");
        }
        victim.kill();
    }
    assert!(halfway > 0, "no kill came while the store was being copied");
    let check = comin(&dir).arg("check").output().expect("the program starts");
    assert!(check.status.success(), "pages and documents agree: {}", String::from_utf8_lossy(&check.stdout));
    println!("{rounds} kills around a tidying, {halfway} of them halfway, {} edits, 0 lost", acknowledged.len());
}

#[test]
fn an_import_leaves_room_for_edits_and_is_completed_after_kill_9() {
    // Some seconds of work: far more than an edit or the start of another program takes on the same machine.
    const ROWS: u64 = 30_000;
    let temp = tempfile::tempdir().expect("a directory");
    let (dir, file) = (temp.path().join("node"), temp.path().join("many.csv"));
    set_up(&dir);
    let rows: String = (0..ROWS).map(|n| format!("Organisation {n},City {},IT\n", n % 700)).collect();
    std::fs::write(&file, format!("name,city,country\n{rows}")).expect("the file is written");
    let import = || {
        let mut command = comin(&dir);
        command.args(["--json", "import"]).arg(&file).args(["--kind", "organisation"]);
        command
    };
    let victim = Victim::start(&dir);
    let mut first = import().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    while written(&victim).is_none_or(|written| written == 0) {
        assert!(first.try_wait().expect("is a child").is_none(), "the import goes on until it is interrupted");
        std::thread::yield_now();
    }
    let fields = json!({"name": "By hand", "country": "IT"});
    let added = request(&victim.socket, "POST", "records", Some(&json!({"kind": "organisation", "fields": fields})));
    assert_eq!(added.map(|(status, _)| status), Some(201), "an edit is acknowledged");
    assert!(written(&victim).is_some_and(|written| written < ROWS), "while the import goes on");
    let small = temp.path().join("small.csv");
    std::fs::write(&small, "name,city,country\nOther,Padova,IT\n").expect("the file is written");
    let second = comin(&dir).arg("import").arg(&small).args(["--kind", "organisation"]).output();
    let told = second.expect("the program starts").stderr;
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("another import"), "one import at a time: {told}");
    victim.kill();
    let first = first.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&first.stderr).into_owned();
    assert!(!first.status.success() && told.contains("the import broke off"), "the interruption is told: {told}");

    let count = |output: std::process::Output| {
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        ["added", "changed", "unchanged"].map(|name| report[name].as_u64().expect("a number"))
    };
    let victim = Victim::start(&dir);
    let [added, changed, unchanged] = count(import().output().expect("the program starts"));
    assert!(added > 0 && unchanged > 0, "a second run completes the first: {added} added, {unchanged} unchanged");
    assert_eq!((added + unchanged, changed), (ROWS, 0), "and touches nothing that is there");
    victim.kill();
    let third = count(import().output().expect("the program starts"));
    assert_eq!(third, [0, 0, ROWS], "with the node stopped nothing is left to do either");
    let check = comin(&dir).arg("check").output().expect("the program starts");
    assert!(check.status.success(), "what pages and searches read is what the documents say: {check:?}");
}
