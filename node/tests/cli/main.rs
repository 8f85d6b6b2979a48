//! The command line beside a stopped node and beside a running one: what it prints, and the exit codes that
//! scripts decide by. `importing`: what an import takes of the machine; `work`: the verbs of coordinators.

mod importing;
mod work;

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A partner's machine.
struct Machine {
    temp: TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { temp: tempfile::tempdir().expect("a directory") }
    }

    /// With a partner set up on it.
    fn set_up() -> Self {
        let machine = Self::new();
        let init = machine.run(&["init", "--name", "Partner Esempio", "--country", "IT"]);
        assert!(init.status.success(), "init works: {}", stderr(&init));
        let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
        std::fs::write(machine.dir().join("node.toml"), config).expect("the configuration is written");
        machine
    }

    fn dir(&self) -> PathBuf {
        self.temp.path().join("node")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comin"));
        command.arg("--data-dir").arg(self.dir()).args(args).current_dir(self.temp.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        assert!(output.status.success(), "{args:?} works: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    fn code(&self, args: &[&str]) -> i32 {
        self.run(args).status.code().expect("an exit code")
    }

    /// A running node; stopped when the value is dropped.
    fn start(&self) -> Running {
        let mut child =
            self.command(&["--json", "run"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("its line");
        assert!(line.contains("\"ready\":true"), "it says when it is ready: {line}");
        Running(child)
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path = self.temp.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path.to_string_lossy().into_owned()
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a pid");
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let ended = self.0.wait().expect("it ends");
        if !std::thread::panicking() {
            assert!(ended.success(), "a node that is asked to stop ends well: {ended}");
        }
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn init_keeps_the_kit_apart_and_closed() {
    let machine = Machine::set_up();
    let kit = machine.temp.path().join("partner-esempio-recovery-kit.txt");
    assert_eq!(mode(&kit), 0o600, "the kit is for its owner");
    for file in ["device.key", "api-token", "node.json"] {
        assert_eq!(mode(&machine.dir().join(file)), 0o600, "so is {file}");
    }
    assert_eq!(mode(&machine.dir()), 0o700, "and the directory");
    let again = machine.run(&["init", "--name", "Other", "--country", "IT"]);
    assert_eq!(again.status.code(), Some(1), "a second node does not move in");
    assert!(stderr(&again).contains("Hint: "), "and the way out is named: {}", stderr(&again));

    let other = Machine::new();
    let path = kit.to_string_lossy().into_owned();
    let refused = other.run(&["init", "--name", "Other", "--country", "IT", "--kit", &path]);
    assert_eq!(refused.status.code(), Some(6), "a kit that is there is never overwritten");
    let inside = other.dir().join("kit.txt").to_string_lossy().into_owned();
    assert_eq!(other.code(&["init", "--name", "O", "--country", "IT", "--kit", &inside]), 2, "nor put beside the data");
    let recovered = other.json(&["init", "--recover", &path]);
    assert_eq!(recovered["name"], "Partner Esempio", "the kit brings the partner back");
    assert_eq!(other.json(&["status"])["partner"]["id"], machine.json(&["status"])["partner"]["id"], "with its id");
}

#[test]
fn the_exit_codes_are_those_that_scripts_know() {
    let machine = Machine::new();
    assert_eq!(machine.code(&["status"]), 1, "no node here");
    assert_eq!(machine.code(&["statsu"]), 2, "no such verb");
    let machine = Machine::set_up();
    assert_eq!(machine.code(&["status"]), 0, "a state is no error");
    for verb in [&["status", "--check"][..], &["sync"], &["open"], &["join", "comin1-x"]] {
        assert_eq!(machine.code(verb), 4, "{verb:?} needs a running node");
    }
    for wrong in [
        &["join", "comin1-x"][..],
        &["approvals", "approve", "zz"],
        &["invites", "cancel", "zz"],
        &["invite", "EDIAS", "--country", "FR"],
        &["registers", "set", "nowhere", "--writers", "all"],
        &["partners", "show", "nobody"],
        &["found", ""],
        &["organisation", "show", "x"],
        &["import", "no-such-file.csv", "--kind", "organisation"],
    ] {
        let told = stderr(&machine.run(wrong));
        assert!(told.contains("\nHint: "), "{wrong:?} names a way out: {told}");
    }
    let told = stderr(&machine.run(&["invite", "EDIAS", "--country", "FR"]));
    let exact = format!("comin --data-dir {} found NAME", machine.dir().display());
    assert!(told.contains(&exact), "commands in hints can be pasted: {told}");

    let missing = "organisation:00000000000000000000000000000000";
    assert_eq!(machine.code(&["organisation", "show", missing]), 5, "no such record");
    assert_eq!(machine.code(&["organisation", "list", "--register", "nowhere"]), 5, "no such register");
    assert_eq!(machine.code(&["organisation", "add", "--set", "nme=x"]), 2, "no such field");
    machine.write("node/node.toml", "[listen]\npagee = \"127.0.0.1:0\"\n");
    let config = machine.run(&["config", "check"]);
    assert_eq!(config.status.code(), Some(78), "a wrong configuration");
    assert!(stderr(&config).contains("listen.page"), "which names the nearest key: {}", stderr(&config));
    assert!(stderr(&config).contains("node.toml: "), "and the file: {}", stderr(&config));
    // What `run` needs for the office is known before it is started.
    machine.write("node/node.toml", "[listen]\noffice = [\"192.0.2.1:8443\"]\n");
    for (needs, then) in
        [("TLS", &["tls", "make", "comin.example.lan"][..]), ("users", &["users", "add", "ana", "--role", "admin"])]
    {
        let config = machine.run(&["config", "check"]);
        assert_eq!(config.status.code(), Some(78), "the office needs {needs}");
        assert!(stderr(&config).contains(needs), "it says so: {}", stderr(&config));
        let doctor = machine.run(&["doctor"]);
        assert_eq!(doctor.status.code(), Some(3), "so does the doctor");
        let told = String::from_utf8_lossy(&doctor.stdout).into_owned();
        assert!(told.contains(&format!("`listen.office` needs {needs}")), "in the same words: {told}");
        assert_eq!(machine.code(then), 0, "the remedy works");
    }
    assert_eq!(machine.code(&["config", "check"]), 0, "then it can be served");
    let doctor = String::from_utf8_lossy(&machine.run(&["doctor"]).stdout).into_owned();
    assert!(doctor.contains("https://comin.example.lan:8443"), "the doctor says where: {doctor}");
    machine.write("node/node.toml", "p2p = 1\np2p = 2\n");
    let config = machine.run(&["run"]);
    assert_eq!(config.status.code(), Some(78), "what is no TOML does not start");
    assert!(stderr(&config).contains("config check"), "and the hint works on such a file: {}", stderr(&config));
}

#[test]
fn records_are_edited_alike_with_and_without_a_node() {
    let machine = Machine::set_up();
    let add =
        ["organisation", "add", "--set", "name=Alfa", "--set", "city=Padova", "--set", "target_groups=youth|women"];
    let added = machine.json(&add);
    let id = added["id"].as_str().expect("an id").to_owned();
    let version = added["values"][0]["version"].as_str().expect("a version").to_owned();

    let running = machine.start();
    let shown = machine.json(&["organisation", "show", &id]);
    assert_eq!(shown["values"][0]["fields"]["city"], "Padova", "the node shows what was added beside it");
    machine.json(&["organisation", "edit", &id, "--set", "city=Venezia", "--set", "target_groups-=women"]);
    let stale = ["organisation", "edit", &id, "--set", "city=Verona", "--if-version", &version];
    assert_eq!(machine.code(&stale), 6, "an edit of what has changed meanwhile is refused");
    assert_eq!(machine.code(&["status", "--check"]), 0, "working alone needs no attention");
    assert_eq!(machine.code(&["check"]), 0, "a node that runs checks itself");
    drop(running);

    let shown = machine.json(&["organisation", "show", &id]);
    assert_eq!(shown["values"][0]["fields"]["city"], "Venezia", "the edit outlives the node");
    assert_eq!(shown["values"][0]["fields"]["target_groups"], serde_json::json!(["youth"]), "one member was removed");
    machine.json(&["organisation", "remove", &id]);
    assert_eq!(machine.json(&["organisation", "show", &id])["values"][0]["deleted"], true, "marked, not gone");
    machine.json(&["check"]);
}

#[test]
fn an_import_is_done_whole_or_not_at_all() {
    let machine = Machine::set_up();
    let bad = machine.write("bad.csv", "name;city;country\nAlfa;Padova;IT\nBeta;Verona;Atlantide\n");
    let refused = machine.run(&["import", &bad, "--kind", "organisation"]);
    let told = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert_eq!(refused.status.code(), Some(1), "a wrong value refuses the file");
    let italian = "riga 3, country: «Atlantide» non è un paese";
    assert!(told.contains(italian), "its place is named, and why, in the partner's language: {told}");
    let refused = machine.run(&["--lang", "sl", "import", &bad, "--kind", "organisation"]);
    let told = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(told.contains("vrstica 3, country: »Atlantide« ni"), "or in another one: {told}");
    let count = || machine.json(&["organisation", "list"])["items"].as_array().expect("a list").len();
    assert_eq!(count(), 1, "only the partner's own record is there");

    let good =
        machine.write("good.csv", "\u{feff}name,city,country,description@it\nAlfa,Padova,IT,Uno\nBeta,Verona,IT,\n");
    let dry = machine.json(&["import", &good, "--kind", "organisation", "--dry-run"]);
    assert_eq!((&dry["added"], count()), (&Value::from(2), 1), "a dry run writes nothing");
    machine.json(&["import", &good, "--kind", "organisation"]);
    let again = machine.json(&["import", &good, "--kind", "organisation"]);
    assert_eq!((&again["unchanged"], &again["added"], count()), (&Value::from(2), &Value::from(0), 3), "a second run");

    let csv = machine.temp.path().join("out.csv").to_string_lossy().into_owned();
    machine.json(&["export", "--format", "csv", "--kind", "organisation", "--out", &csv]);
    let back = machine.json(&["import", &csv, "--kind", "organisation"]);
    assert_eq!(back["unchanged"], 3, "what was exported says nothing new: {back}");
}

#[test]
fn a_mapping_is_saved_changed_and_used_again() {
    let machine = Machine::set_up();
    let first = machine.write("first.csv", "Enti 2026;;\nChi;Dove;Note\nAlfa;Padova;x\n");
    let map = machine.temp.path().join("map.toml").to_string_lossy().into_owned();
    let refused = machine.run(&["import", &first, "--kind", "organisation", "--save-map", &map]);
    assert_eq!(refused.status.code(), Some(1), "nobody knows what these columns are");
    assert!(stderr(&refused).contains("--save-map columns.toml"), "the way out is named: {}", stderr(&refused));
    let saved = std::fs::read_to_string(&map).expect("what was guessed is written down all the same");
    assert!(saved.contains("kind = \"organisation\"") && saved.contains("[columns]"), "as TOML: {saved}");

    let written = "kind = \"organisation\"\nkey = [\"name\"]\n[columns]\nChi = \"name\"\nDove = \"city\"\n[set]\ncountry = \"IT\"\n";
    let map = machine.write("mine.toml", written);
    let report = machine.json(&["import", &first, "--map", &map]);
    assert_eq!((&report["added"], &report["not_taken"][0]), (&Value::from(1), &Value::from("Note")), "{report}");
    let second = machine.write("second.csv", "Chi;Dove\nALFA;Verona\n");
    let report = machine.json(&["import", &second, "--map", &map]);
    assert_eq!(
        (&report["changed"], &report["added"]),
        (&Value::from(1), &Value::from(0)),
        "its key is the name: {report}"
    );
    let list = machine.json(&["organisation", "list"]);
    let alfa =
        list["items"].as_array().expect("a list").iter().find(|item| item["title"] == "ALFA").expect("it is there");
    let fields = &alfa["values"][0]["fields"];
    assert_eq!(
        (&fields["city"], &fields["country"]),
        (&Value::from("Verona"), &Value::from("IT")),
        "set for every row"
    );
    assert_eq!(fields["position"]["precision"], "city", "the city's position came with it");
    let other = machine.write("other.csv", "Nome;Dove\nAlfa;Verona\n");
    let refused = machine.run(&["import", &other, "--map", &map]);
    let told = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(told.contains("Chi: is in the mapping and no column of the file"), "a mapping for another file: {told}");
}

#[test]
fn survey_pictures_and_numbers_are_written_without_a_running_node() {
    let machine = Machine::set_up();
    machine.json(&["organisation", "add", "--set", "name=Portamira", "--set", "country=IT", "--set", "city=Padova"]);
    let written = machine.json(&["report", "--language", "sl", "--out", "survey.html"]);
    assert_eq!(written["files"][0], "survey.html", "it says where");
    let survey = std::fs::read_to_string(machine.temp.path().join("survey.html")).expect("the survey");
    assert!(
        survey.starts_with("<!DOCTYPE html>") && survey.contains("<h1>Mreže partnerstva COM-IN</h1>"),
        "in Slovene"
    );
    let output = machine.run(&["report", "--format", "md", "--lang", "it"]);
    let markdown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(markdown.starts_with("# Reti del partenariato COM-IN"), "in the language of the answers: {markdown}");
    for (picture, title) in [("graph", "Organisations et réseaux"), ("map", "Où sont les organisations")] {
        let output = machine.run(&["render", picture, "--language", "fr"]);
        let svg = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            svg.starts_with("<svg") && svg.contains(&format!("<title>{title}</title>")),
            "{picture} is a picture: {}",
            stderr(&output)
        );
    }
    let tables = machine.json(&["render", "graph", "--table"]);
    let rows = tables["tables"][1]["rows"].as_array().map(Vec::len);
    assert_eq!(rows, Some(2), "the partner's own organisation and the other: {tables}");
    let figures = machine.json(&["figures"]);
    assert_eq!(figures["total"]["organisations"], 2, "as the numbers say: {figures}");
    assert!(machine.json(&["calendar"])["months"].as_array().is_some_and(Vec::is_empty), "no events yet");
    let wrong = machine.run(&["report", "--language", "de"]);
    assert_eq!(wrong.status.code(), Some(2), "a language that there is not");
}

#[test]
fn a_register_can_be_taken_out_as_automerge() {
    let machine = Machine::set_up();
    let out = machine.temp.path().join("am").to_string_lossy().into_owned();
    let files = machine.json(&["export", "--format", "automerge", "--register", "own", "--out", &out]);
    let mut paths = files["files"].as_array().expect("a list").iter().filter_map(|file| file.as_str());
    let file = paths.find(|path| path.ends_with(".automerge")).expect("one part at least");
    let bytes = std::fs::read(file).expect("the file is there");
    let doc = automerge::AutoCommit::load(&bytes).expect("any Automerge tool reads it");
    let keys: Vec<String> = automerge::ReadDoc::keys(&doc, automerge::ROOT).collect();
    assert!(keys.iter().any(|key| key.starts_with("organisation:")), "the partner's record is in it: {keys:?}");
}

#[test]
fn the_control_socket_is_closed_and_goes_with_the_node() {
    let machine = Machine::set_up();
    let socket = machine.dir().join("control.sock");
    let running = machine.start();
    assert_eq!(mode(&socket), 0o600, "nobody else talks to the node");
    let link = machine.json(&["open", "--print"]);
    assert!(link["url"].as_str().is_some_and(|url| url.starts_with("http://localhost:")), "a link to sign in: {link}");
    assert_eq!(machine.code(&["run"]), 75, "a second node does not start on the same data");
    drop(running);
    assert!(!socket.exists(), "it is gone with the node");
}

#[test]
fn a_damaged_store_is_told_repaired_and_kept_aside() {
    let machine = Machine::set_up();
    let table: String = (0..300).map(|n| format!("Organizzazione {n},Padova,IT\n")).collect();
    let file = machine.write("many.csv", &format!("name,city,country\n{table}"));
    machine.json(&["import", &file, "--kind", "organisation"]);
    machine.json(&["check"]);

    let db = machine.dir().join("store/db");
    let mut bytes = std::fs::read(&db).expect("sled's file");
    let written = bytes.iter().rposition(|byte| *byte != 0).expect("something is in it");
    for place in (0..written).step_by(7_001) {
        bytes.iter_mut().skip(place).take(64).for_each(|byte| *byte ^= 0x5a);
    }
    std::fs::write(&db, bytes).expect("the damage is done");

    let told = machine.run(&["check"]);
    assert_eq!(told.status.code(), Some(1), "damage is an error");
    assert!(stderr(&told).contains(" check --repair"), "the command is named: {}", stderr(&told));
    let status = machine.run(&["status"]);
    assert!(
        status.status.success() || stderr(&status).contains("check --repair"),
        "never a panic: {}",
        stderr(&status)
    );

    let kit = machine.temp.path().join("partner-esempio-recovery-kit.txt").to_string_lossy().into_owned();
    let repaired = machine.json(&["check", "--repair", "--kit", &kit]);
    let aside = repaired["aside"].as_str().expect("the damaged store is kept");
    assert!(Path::new(aside).join("db").exists(), "as it was");
    assert!(repaired["damaged"].as_array().is_some_and(|damaged| !damaged.is_empty()), "what is damaged is named");
    machine.json(&["check"]);
    machine.json(&["organisation", "add", "--set", "name=Nuova"]);
    machine.json(&["check"]);
}
