//! `--lang`: every verb that reads answers in the language asked for.

use super::office::{Partner, eventually};
use comin_protocol::schema::KINDS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Stdio;

const EN: &str = include_str!("../../locales/en/node.ftl");
const IT: &str = include_str!("../../locales/it/node.ftl");

/// Words of this test's own data, of formats and of names, which are the same in every language.
const DATA: [&str; 17] = [
    "zavod",
    "most",
    "cooperativa",
    "lunavena",
    "association",
    "valombrune",
    "com",
    "skupni",
    "server1",
    "federation",
    "none",
    "node",
    "toml",
    "ip4",
    "tcp",
    "tmp",
    "listen",
];

/// Letters and digits of a line as words.
fn words(text: &str) -> BTreeSet<String> {
    let pieces = text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase);
    pieces.filter(|word| word.chars().count() >= 3 && word.chars().any(char::is_alphabetic)).collect()
}

/// The words of all messages of a catalogue, without keys, comments and what is filled in.
fn catalogue(source: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let message = match line.split_once(" = ") {
            Some((key, message)) if !key.contains(' ') => message,
            _ => line,
        };
        let outside = message.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
        out.extend(outside.flat_map(words));
    }
    out
}

/// Words that are the same in each language by their nature.
fn is_neutral(word: &str) -> bool {
    let is_hex = word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    // Moments such as 2026-10-15T09:00:00Z fall into pieces that begin with digits.
    let is_number = word.starts_with(|c: char| c.is_ascii_digit());
    let is_field = KINDS.iter().any(|kind| kind.name == word || kind.all_fields().any(|field| field.name == word));
    is_hex || is_number || is_field || DATA.contains(&word)
}

/// A line without what is no language: the command behind `comin`, and behind an address or the reason of an
/// attempt the words of libraries and the operating system.
fn own_words(line: &str) -> &str {
    let line = line.split("comin ").next().and_then(|line| line.split("/ip4/").next()).unwrap_or_default();
    let (_, tried) = line.split_once("ultimo tentativo: ").unwrap_or_default();
    let foreign = tried.split_once(": ").map_or(0, |(_, foreign)| foreign.len());
    &line[..line.len() - foreign]
}

/// Everything that a reading verb can tell: conflicts, a partner who is away, a newcomer, tickets of all states.
struct Scene {
    slovenia: Partner,
    italy: Partner,
    france: Partner,
    record: String,
}

fn add(partner: &Partner, name: &str) -> String {
    let set = format!("name={name}");
    let made = partner.json(&["organisation", "add", "--register", "Skupni", "--set", &set]);
    made["id"].as_str().expect("an id").to_owned()
}

fn conflicts(partner: &Partner) -> usize {
    partner.json(&["conflicts"])["items"].as_array().map_or(0, Vec::len)
}

fn scene() -> Scene {
    let slovenia = Partner::start("Zavod Most", "SI");
    let italy = Partner::start("Cooperativa Lunavena", "IT");
    let france = Partner::start("Association Valombrune", "FR");
    slovenia.json(&["found", "COM-IN"]);
    let ticket = slovenia.invite("Cooperativa Lunavena", "IT", "1h");
    slovenia.admit(&italy, &ticket);
    slovenia.json(&["registers", "add", "Skupni"]);
    let (first, second) = (add(&slovenia, "Lunavena 1"), add(&slovenia, "Lunavena 2"));
    eventually("the records", || italy.run(&["organisation", "show", &second]).status.success().then_some(()));

    italy.json(&["sync", "pause"]);
    for (partner, phone) in [(&slovenia, "1"), (&italy, "2")] {
        partner.json(&["organisation", "edit", &first, "--set", &format!("phone={phone}")]);
    }
    slovenia.json(&["organisation", "remove", &second]);
    italy.json(&["organisation", "edit", &second, "--set", "city=Most"]);
    italy.json(&["sync", "resume"]);
    eventually("two conflicts", || (conflicts(&slovenia) == 2).then_some(()));
    // The hand that pauses must be seen in the lists of the other side as well.
    italy.json(&["sync", "pause"]);
    let away = |status: Value| status["peers"][0]["state"] == "away";
    eventually("that Italy is away", || away(slovenia.json(&["status"])).then_some(()));

    slovenia.invite("Zavod", "SI", "0s");
    let ticket = slovenia.invite("Valombrune", "FR", "1h");
    Scene { slovenia, italy, france, record: first }.with_newcomer(&ticket)
}

impl Scene {
    /// France asks to join, and nobody has answered yet.
    fn with_newcomer(self, ticket: &str) -> Self {
        let mut asking = self.france.command(&["join", ticket]).stdout(Stdio::null()).spawn().expect("it starts");
        let asked = || self.slovenia.json(&["approvals"])["items"].get(0).cloned();
        eventually("the newcomer's arrival", asked);
        // The node goes on asking when the command that told it to has ended.
        asking.kill().expect("it is this test's own process");
        asking.wait().expect("it ends");
        self
    }
}

/// The lines of an answer in a language.
fn lines(partner: &Partner, lang: &str, verb: &[&str]) -> Vec<String> {
    let output = partner.run(&[&["--lang", lang], verb].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{verb:?} answers in {lang}: {error}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn every_reading_verb_answers_in_italian() {
    let scene = scene();
    let file = scene.slovenia.temp.path().join("nova.csv").to_string_lossy().into_owned();
    std::fs::write(&file, format!("id,name\n{},Lunavena 3\n,Lunavena 4\n", scene.record)).expect("a table");
    let verbs: &[&[&str]] = &[
        &["status"],
        &["invites"],
        &["approvals"],
        &["partners"],
        &["partners", "show", "Cooperativa Lunavena"],
        &["devices"],
        &["registers"],
        &["organisation", "list"],
        &["organisation", "show", &scene.record],
        &["event", "list"],
        &["search", "Lunavena"],
        &["search", "zzzzzz"],
        &["conflicts"],
        &["import", &file, "--kind", "organisation", "--register", "Skupni", "--dry-run"],
        &["sync"],
        &["doctor"],
        &["config", "check"],
        &["version"],
    ];
    let english: BTreeSet<String> = catalogue(EN).difference(&catalogue(IT)).cloned().collect();
    assert!(english.contains("waiting") && english.len() > 300, "the catalogue is read: {}", english.len());
    for partner in [&scene.slovenia, &scene.italy, &scene.france] {
        for verb in verbs {
            // Each partner knows something else: what one of them has not got is looked at with another.
            if partner.run(verb).status.code() == Some(5) || (verb[0] == "import" && !is_writer(partner)) {
                continue;
            }
            let (first, second) = (lines(partner, "en", verb), lines(partner, "it", verb));
            assert!(!second.is_empty(), "{verb:?} says something");
            for line in &second {
                let alike = first.contains(line);
                let said = words(own_words(line));
                let left: Vec<_> = said.into_iter().filter(|word| !is_neutral(word)).collect();
                assert!(!alike || left.is_empty(), "{verb:?} says the same in both languages: {line}");
                let foreign: Vec<_> = left.iter().filter(|word| english.contains(*word)).collect();
                assert!(foreign.is_empty(), "{verb:?} says {foreign:?} in Italian: {line}");
            }
        }
    }
    let refused = scene.slovenia.run(&["--lang", "tlh", "status"]);
    assert_eq!(refused.status.code(), Some(2), "a language that the node does not speak is no quiet English");
}

fn is_writer(partner: &Partner) -> bool {
    let registers = partner.json(&["registers"]);
    registers["items"].as_array().expect("a list").iter().any(|register| register["name"] == "Skupni")
}
