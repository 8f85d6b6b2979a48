//! Two hosts of one office: real nodes in two network namespaces with a cable between them. They find each
//! other by multicast DNS, and notice when the cable is pulled.
//!
//! Needs root (for `ip netns`); elsewhere it says so and passes.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine: a dead link is noticed within 35 s.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `ip` with these words; whether it succeeded.
fn ip(words: &str) -> bool {
    let output = Command::new("ip").args(words.split_whitespace()).stderr(Stdio::null()).status();
    output.is_ok_and(|status| status.success())
}

/// Two namespaces and the cable between them, gone when dropped.
struct Cable {
    hosts: [String; 2],
}

impl Cable {
    /// `None` where the system does not let us.
    fn lay() -> Option<Self> {
        let hosts = ["a", "b"].map(|side| format!("comin-{}-{side}", std::process::id()));
        let cable = Self { hosts };
        let [a, b] = &cable.hosts;
        let laid = ip(&format!("netns add {a}"))
            && ip(&format!("netns add {b}"))
            && ip(&format!("link add cable netns {a} type veth peer name cable netns {b}"))
            && cable.hosts.iter().all(|host| ip(&format!("-n {host} link set lo up")))
            && cable.hosts.iter().all(|host| ip(&format!("-n {host} link set cable up")));
        laid.then_some(cable)
    }

    /// Gives both ends addresses of another network, and takes away those that they had.
    fn address(&self, network: &str) {
        for (host, number) in self.hosts.iter().zip(1..) {
            assert!(ip(&format!("-n {host} address flush dev cable")), "old addresses go");
            assert!(ip(&format!("-n {host} address add {network}.{number}/24 dev cable")), "new ones come");
        }
    }

    fn pull(&self) {
        assert!(ip(&format!("-n {} link set cable down", self.hosts[0])), "the cable is pulled");
    }

    fn plug(&self) {
        assert!(ip(&format!("-n {} link set cable up", self.hosts[0])), "the cable is plugged in");
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for host in &self.hosts {
            ip(&format!("netns delete {host}"));
        }
    }
}

/// A partner whose node runs on one of the hosts.
struct Partner {
    host: String,
    temp: TempDir,
    node: Option<Child>,
}

impl Partner {
    fn new(host: &str, name: &str, country: &str) -> Self {
        let mut partner = Self { host: host.to_owned(), temp: tempfile::tempdir().expect("a directory"), node: None };
        partner.json(&["init", "--name", name, "--country", country]);
        partner.start();
        partner
    }

    fn start(&mut self) {
        let mut node = self.command(&["--json", "run"]).stdout(Stdio::piped()).spawn().expect("the node starts");
        let mut line = String::new();
        BufReader::new(node.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        assert!(line.contains("\"ready\":true"), "the node is ready: {line}");
        self.node = Some(node);
    }

    /// Ends the node as a power cut would.
    fn kill(&mut self) {
        if let Some(mut node) = self.node.take() {
            node.kill().expect("it runs");
            node.wait().expect("it ends");
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.host, env!("CARGO_BIN_EXE_comin"), "--data-dir"]);
        command.arg(self.temp.path().join("node")).args(args).current_dir(self.temp.path());
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?} works: {told}");
        serde_json::from_str(&told).expect("one JSON object")
    }

    fn admit(&self, newcomer: &Self) {
        let ticket: PathBuf = self.temp.path().join("ticket");
        let ticket = ticket.to_str().expect("a plain path");
        self.json(&["invite", "EDIAS", "--country", "FR", "--file", ticket]);
        let joining = newcomer.command(&["join", ticket]).stdout(Stdio::null()).spawn().expect("it starts");
        let pending = eventually("the newcomer's arrival", || self.json(&["approvals"])["items"].get(0).cloned());
        self.json(&["approvals", "approve", pending["id"].as_str().expect("an id")]);
        assert!(joining.wait_with_output().expect("it ends").status.success(), "the newcomer is admitted");
    }

    fn add(&self, name: &str) {
        self.json(&["organisation", "add", "--set", &format!("name={name}")]);
    }

    fn holds(&self, name: &str) -> bool {
        self.json(&["organisation", "list"]).to_string().contains(name)
    }

    fn connected(&self) -> bool {
        let status = self.json(&["status"]);
        let devices = status["devices"].as_array().expect("the devices of others");
        devices.iter().any(|device| device["connected"] == true)
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.kill();
    }
}

fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} within {} s", PATIENCE.as_secs());
        std::thread::yield_now();
    }
}

#[test]
fn nodes_of_one_office_find_each_other_and_notice_a_pulled_cable() {
    let Some(cable) = Cable::lay() else {
        return println!("skipped: network namespaces cannot be made here (root and iproute2 are needed)");
    };
    cable.address("10.77.1");
    let mut veneto = Partner::new(&cable.hosts[0], "IRECOOP Veneto", "IT");
    let mut edias = Partner::new(&cable.hosts[1], "EDIAS", "FR");
    veneto.json(&["found", "COM-IN"]);
    veneto.admit(&edias);

    // Every address that the federation knows is of a network that is gone.
    veneto.kill();
    edias.kill();
    cable.address("10.77.2");
    veneto.start();
    edias.start();
    veneto.add("Lunavena");
    eventually("the neighbour is found by multicast DNS", || edias.holds("Lunavena").then_some(()));

    assert!(veneto.connected() && edias.connected(), "both say that they are connected");
    cable.pull();
    veneto.add("Portamira");
    edias.add("Brezmir");
    eventually("the pulled cable is noticed", || (!veneto.connected() && !edias.connected()).then_some(()));
    cable.plug();
    eventually("both hold what the other one wrote meanwhile", || {
        (veneto.holds("Brezmir") && edias.holds("Portamira")).then_some(())
    });
}
