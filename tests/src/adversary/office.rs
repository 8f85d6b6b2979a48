//! A partner's node as a real process of the real program, in a federation that was made beforehand.

use crate::federation::{Federation, first_batch};
use comin_node::datadir::{DataDir, Settings};
use comin_node::store::{Store, open_sled};
use comin_protocol::ids::{DeviceKey, PartnerId};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long to wait for what must happen.
const BOUND: Duration = Duration::from_secs(60);

/// A data directory, and the node that runs on it.
pub struct Office {
    temp: TempDir,
    node: Option<Child>,
    /// Who it is.
    pub device: DeviceKey,
    /// Where other nodes reach it on this machine.
    pub port: u16,
    /// Where its pages are, on this machine.
    pub page_port: u16,
}

impl Office {
    /// Sets up a member's node that calls the nodes at `contacts`, and starts it.
    ///
    /// # Panics
    /// The machine does not let it.
    pub fn start(federation: &Federation, member: usize, contacts: &[u16]) -> Self {
        Self::start_with(federation, member, contacts, |_| ())
    }

    /// The same, with what `fill` puts into its store beforehand.
    ///
    /// # Panics
    /// The machine does not let it.
    pub fn start_with(federation: &Federation, member: usize, contacts: &[u16], fill: impl FnOnce(&dyn Store)) -> Self {
        let temp = tempfile::tempdir().expect("a directory");
        let signer = &federation.devices[member];
        let dir = DataDir::locate(Some(temp.path().join("node"))).expect("a path");
        dir.create().expect("an empty directory");
        dir.write_signer(signer).expect("a key");
        dir.api_token().expect("a token");
        let store = open_sled(&dir.store(), BOUND).expect("a store");
        store.commit(&[first_batch(&federation.statements)]).expect("the statements");
        fill(&store);
        drop(store);
        let name = format!("Partner {}", member + 1);
        // What the settings call the partner is shown to people; who it is, the statements say.
        let settings = Settings::new(&PartnerId([0; 32]), &name, "SI", "en", "office");
        dir.write_settings(&settings).expect("the settings");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let peers: Vec<String> = contacts.iter().map(|port| format!("\"127.0.0.1:{port}\"")).collect();
        let config = format!(
            "[listen]\np2p = [\"127.0.0.1:{port}\"]\npage = \"127.0.0.1:0\"\nmdns = false\n[peers]\ncontacts = [{}]\n",
            peers.join(", ")
        );
        fs::write(dir.path().join("node.toml"), config).expect("a configuration");
        let mut office = Self { temp, node: None, device: signer.key(), port, page_port: 0 };
        office.resume();
        office
    }

    fn dir(&self) -> PathBuf {
        self.temp.path().join("node")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--data-dir").arg(self.dir()).arg("--json").args(args).stdin(Stdio::null());
        // To name the functions of a stack takes 40 MiB, which would be counted.
        command.env_remove("RUST_BACKTRACE");
        command
    }

    /// Starts the node (again).
    ///
    /// # Panics
    /// It does not become ready: its store did not open.
    pub fn resume(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.temp.path().join("log")).expect("a log");
        let mut node = self.command(&["run"]).stdout(Stdio::piped()).stderr(log).spawn().expect("the node starts");
        let mut line = String::new();
        BufReader::new(node.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        assert!(ready["ready"] == true, "the node is ready: {line} {}", self.log());
        self.page_port = ready["page_port"].as_u64().and_then(|port| port.try_into().ok()).unwrap_or_default();
        self.node = Some(node);
    }

    /// What the node has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.temp.path().join("log")).unwrap_or_default()
    }

    /// Ends the node at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut node) = self.node.take() {
            let _ = node.kill();
            let _ = node.wait();
        }
    }

    /// Its process.
    ///
    /// # Panics
    /// It is not running.
    pub fn pid(&self) -> u32 {
        self.node.as_ref().expect("it runs").id()
    }

    /// Whether the process that was started still runs.
    ///
    /// # Panics
    /// The system does not say.
    pub fn is_alive(&mut self) -> bool {
        self.node.as_mut().is_some_and(|node| node.try_wait().expect("it can be asked").is_none())
    }

    /// Runs a verb of the command line.
    ///
    /// # Panics
    /// The program does not start.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    /// The node's control socket.
    pub fn socket(&self) -> PathBuf {
        self.dir().join("control.sock")
    }

    /// What `status` says.
    ///
    /// # Panics
    /// The node does not answer.
    pub fn status(&self) -> Value {
        let answer = request(&self.socket(), "GET", "status", None);
        answer.filter(|(code, _)| *code == 200).map(|(_, status)| status).expect("the node answers")
    }

    /// What `status` says that a device has done.
    pub fn faults_of(&self, device: &DeviceKey) -> Vec<String> {
        let status = self.status();
        let faults = status["faults"].as_array().cloned().unwrap_or_default();
        let of_device = faults.into_iter().filter(|fault| fault["device"] == device.to_string());
        of_device.map(|fault| fault["what"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Each document with its digest and how many records it has, sorted.
    pub fn documents(&self) -> Vec<String> {
        let status = self.status();
        let documents = status["documents"].as_array().cloned().unwrap_or_default();
        let held = documents.iter().filter(|doc| doc["changes"] != 0);
        let mut out: Vec<String> = held.map(|d| format!("{}/{} {}", d["register"], d["part"], d["digest"])).collect();
        out.sort();
        out
    }

    /// Adds an organisation to a register; its id.
    ///
    /// # Panics
    /// The node does not take it.
    pub fn add(&self, register: &str, name: &str) -> String {
        let body = json!({"kind": "organisation", "register": register, "fields": {"name": name, "country": "IT"}});
        match request(&self.socket(), "POST", "records", Some(&body)) {
            Some((200 | 201, answer)) => answer["id"].as_str().expect("an id").to_owned(),
            other => panic!("an edit is taken: {other:?} {}", self.log()),
        }
    }

    /// Whether it shows a record.
    pub fn shows(&self, id: &str) -> bool {
        request(&self.socket(), "GET", &format!("records/{id}"), None).is_some_and(|(code, _)| code == 200)
    }

    /// Looks until the node satisfies `seen`.
    ///
    /// # Panics
    /// It never does.
    pub fn until(&self, what: &str, seen: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + BOUND;
        while !seen(self) {
            assert!(Instant::now() < deadline, "{what}: {:#} {}", self.status(), self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One request over a control socket; `None` where the node is gone.
pub fn request(socket: &Path, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(BOUND)).ok()?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let code = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, content) = answer.split_once("\r\n\r\n")?;
    Some((code, serde_json::from_str(content).unwrap_or(Value::Null)))
}

/// The program, as `cargo build --release --bins` has made it.
///
/// # Panics
/// It has not.
pub fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let built = own.ancestors().find(|dir| dir.join("comin").is_file()).expect("first: cargo build --release --bins");
    built.join("comin")
}
