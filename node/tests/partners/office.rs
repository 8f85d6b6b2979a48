//! A partner with a data directory, a running node and a command line, as its IT has them.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Marks records of the internal register, so that a comparison can leave them out.
const INTERNAL_CITY: &str = "Interna";

/// A partner with a running node.
pub struct Partner {
    pub temp: TempDir,
    program: PathBuf,
    node: Option<Child>,
    /// The network namespace that its node and its commands run in; `None`: this machine's own.
    host: Option<String>,
}

impl Partner {
    pub fn start(name: &str, country: &str) -> Self {
        Self::start_with(env!("CARGO_BIN_EXE_comin"), name, country)
    }

    /// With a program of another version.
    pub fn start_with(program: impl Into<PathBuf>, name: &str, country: &str) -> Self {
        let mut partner = Self::init(program.into(), None, name, country);
        partner.listen();
        partner
    }

    /// A machine on which nothing is set up.
    pub fn bare() -> Self {
        Self {
            temp: tempfile::tempdir().expect("a directory"),
            program: env!("CARGO_BIN_EXE_comin").into(),
            node: None,
            host: None,
        }
    }

    /// Gives its node ports of its own, and starts it.
    pub fn listen(&mut self) {
        // A port of its own, as in an office: the others find it again after a restart.
        let port = lasting_port();
        let config = format!("[listen]\np2p = [\"127.0.0.1:{port}\"]\npage = \"127.0.0.1:0\"\nmdns = false\n");
        std::fs::write(self.dir().join("node.toml"), config).expect("a configuration");
        self.resume();
    }

    /// On a host of its own, with the configuration that `init` leaves.
    pub fn start_on(host: &str, name: &str, country: &str) -> Self {
        let mut partner = Self::init(env!("CARGO_BIN_EXE_comin").into(), Some(host.to_owned()), name, country);
        partner.resume();
        partner
    }

    /// A further machine of a partner, set up from its recovery kit.
    pub fn further(of: &Self, device: &str) -> Self {
        let mut partner = Self::bare();
        partner.program.clone_from(&of.program);
        let kit = of.kit();
        let done = partner.run(&["init", "--recover", &kit, "--device", device]);
        assert!(done.status.success(), "the kit sets {device} up");
        partner.listen();
        partner
    }

    /// The recovery kit that `init` has written.
    pub fn kit(&self) -> String {
        let files = std::fs::read_dir(self.temp.path()).expect("a directory");
        let mut names = files.map(|file| file.expect("an entry").path().to_string_lossy().into_owned());
        names.find(|name| name.ends_with("recovery-kit.txt")).expect("a kit")
    }

    fn init(program: PathBuf, host: Option<String>, name: &str, country: &str) -> Self {
        let partner = Self { temp: tempfile::tempdir().expect("a directory"), program, node: None, host };
        let done = partner.run(&["init", "--name", name, "--country", country, "--device", "server1"]);
        assert!(done.status.success(), "{name} is set up");
        partner
    }

    /// Where its node keeps its data.
    pub fn dir(&self) -> PathBuf {
        self.temp.path().join("node")
    }

    /// Starts its node (again).
    pub fn resume(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.temp.path().join("log"));
        let mut node = self
            .command(&["--json", "run"])
            .stdout(Stdio::piped())
            .stderr(log.expect("a file for its log"))
            .spawn()
            .expect("the node starts");
        let mut line = String::new();
        BufReader::new(node.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        assert!(line.contains("\"ready\":true"), "the node is ready: {line}");
        self.node = Some(node);
    }

    /// Adds to its configuration, and starts its node with that.
    pub fn configure(&mut self, more: &str) {
        self.kill();
        let file = self.dir().join("node.toml");
        let config = std::fs::read_to_string(&file).expect("its configuration");
        std::fs::write(&file, format!("{more}\n{config}")).expect("its configuration");
        self.resume();
    }

    /// What its node has written to the standard error since the beginning.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.temp.path().join("log")).expect("its log")
    }

    /// Ends its node at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut node) = self.node.take() {
            let _ = node.kill();
            let _ = node.wait();
        }
    }

    /// Ids and texts of what waits for this partner's user.
    pub fn asked(&self) -> Vec<(String, String)> {
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let answer = self.json(&["approvals"]);
        let items = answer["items"].as_array().expect("a list");
        items.iter().filter(|i| i["awaits_you"] == true).map(|i| (text(i, "id"), text(i, "text"))).collect()
    }

    pub fn knows(&self, name: &str) -> bool {
        let partners = self.json(&["partners"]);
        partners["items"].as_array().expect("a list").iter().any(|p| p["name"] == name && p["admitted"] == true)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = match &self.host {
            None => Command::new(&self.program),
            Some(host) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", host]).arg(&self.program);
                command
            }
        };
        command.arg("--data-dir").arg(self.dir()).args(args).current_dir(self.temp.path());
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?} works: {told}");
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    pub fn invite(&self, name: &str, country: &str, expires: &str) -> String {
        let file = self.temp.path().join(format!("{name}.ticket")).to_string_lossy().into_owned();
        self.json(&["invite", name, "--country", country, "--expires", expires, "--file", &file]);
        file
    }

    /// Exit code and error of a join that ends by itself.
    pub fn refused(&self, ticket: &str) -> (Option<i32>, String) {
        let output = self.run(&["join", ticket]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Lets a newcomer in whose ticket this partner made.
    pub fn admit(&self, newcomer: &Self, ticket: &str) {
        let joining = newcomer.command(&["--json", "join", ticket]).stdout(Stdio::piped()).spawn().expect("it starts");
        let pending = eventually("the newcomer's arrival", || self.json(&["approvals"])["items"].get(0).cloned());
        let number = newcomer.json(&["status"])["joining"]["check_number"].clone();
        assert_eq!(pending["check_number"], number, "both screens show the same number");
        self.json(&["approvals", "approve", pending["id"].as_str().expect("an id")]);
        let output = joining.wait_with_output().expect("it ends");
        assert!(output.status.success(), "the newcomer is admitted");
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Looks until something is there.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} within {} s", PATIENCE.as_secs());
        std::thread::yield_now();
    }
}

/// A port that stays free while its node is down: below those that the system gives to connections that go out.
fn lasting_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    loop {
        let next = TAKEN.fetch_add(1, Ordering::Relaxed).wrapping_add((std::process::id() % 12_000) as u16);
        let port = 20_000 + next % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Adds an organisation and returns its id.
pub fn add(partner: &Partner, name: &str, register: &str) -> String {
    let set = format!("name={name}");
    let city = format!("city={}", if register == "internal" { INTERNAL_CITY } else { "Padova" });
    let added = partner.json(&["organisation", "add", "--register", register, "--set", &set, "--set", &city]);
    added["id"].as_str().expect("an id").to_owned()
}

/// Waits until all nodes hold the same, and returns it: the records of every register that all of them read.
pub fn settled(partners: &[&Partner]) -> Vec<String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let contents: Vec<_> = partners.iter().map(|partner| content(partner)).collect();
        if contents.windows(2).all(|pair| pair[0] == pair[1]) {
            return contents.into_iter().next().unwrap_or_default();
        }
        if Instant::now() > deadline {
            let held: Vec<usize> = contents.iter().map(Vec::len).collect();
            let status: Vec<Value> = partners.iter().map(|partner| partner.json(&["status"])).collect();
            panic!("not everyone holds the same: {held:?} values, {status:#?}");
        }
    }
}

/// Everything that a node holds, its internal register as well.
pub fn everything(partner: &Partner) -> Vec<String> {
    values(partner, |_| true)
}

/// What a node holds of the registers that others read, sorted: everything of it that does not depend on who looks.
fn content(partner: &Partner) -> Vec<String> {
    values(partner, |value| !is_internal(value))
}

fn values(partner: &Partner, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let exported = partner.json(&["export", "--format", "json"]);
    let mut out = Vec::new();
    for record in exported["records"].as_array().expect("records") {
        for value in record["values"].as_array().expect("values").iter().filter(|value| wanted(value)) {
            let said = ["register", "version", "fields", "conflicts", "created", "deleted"].map(|name| {
                value[name].as_object().map_or_else(|| value[name].to_string(), |members| format!("{members:?}"))
            });
            out.push(format!("{} {}", record["id"], said.join(" ")));
        }
    }
    out.sort();
    out
}

fn is_internal(value: &Value) -> bool {
    value["fields"]["city"] == INTERNAL_CITY
}
