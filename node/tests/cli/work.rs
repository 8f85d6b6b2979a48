//! The verbs of coordinators: taking changes back, expressions of interest, the ways of good practices, what nobody has
//! verified for long, notes.

use super::{Machine, stderr};
use serde_json::{Value, json};

/// Adds a record and gives its id.
fn add(machine: &Machine, kind: &str, fields: &[&str]) -> String {
    let set = fields.iter().flat_map(|field| ["--set", field]);
    let made = machine.json(&[kind, "add"].into_iter().chain(set).collect::<Vec<_>>());
    made["id"].as_str().expect("an id").to_owned()
}

/// What a verb that works prints for people.
fn said(machine: &Machine, args: &[&str]) -> String {
    let output = machine.run(args);
    assert!(output.status.success(), "{args:?} works: {}", stderr(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The exit code of a verb that is refused, and what it says about it. Every refusal names a way out.
fn refused(machine: &Machine, args: &[&str]) -> (i32, String) {
    let output = machine.run(args);
    let told = stderr(&output);
    assert!(!output.status.success() && told.contains("\nHint: "), "{args:?} is refused with a way out: {told}");
    (output.status.code().expect("an exit code"), told)
}

fn fields(machine: &Machine, kind: &str, id: &str) -> Value {
    machine.json(&[kind, "show", id])["values"][0]["fields"].clone()
}

#[test]
fn a_change_is_taken_back_by_the_name_that_the_history_prints() {
    let machine = Machine::set_up();
    let id = add(&machine, "organisation", &["name=Alfa", "city=Padova", "phone=1"]);
    machine.json(&["organisation", "edit", &id, "--set", "city=Verona", "--set", "phone=2"]);
    let printed = said(&machine, &["history", &id]);
    let line = printed.lines().find_map(|line| line.trim().strip_prefix("comin undo ")).expect("a command to paste");
    let change = line.to_owned();
    assert!(printed.contains("Padova") && printed.contains("Verona"), "old and new value: {printed}");

    said(&machine, &["undo", &change, "--field", "city"]);
    let now = fields(&machine, "organisation", &id);
    assert_eq!((&now["city"], &now["phone"]), (&json!("Padova"), &json!("2")), "one field alone");
    let (code, told) = refused(&machine, &["undo", &change]);
    assert!(code == 6 && told.contains("changed since: city") && told.contains("--anyway"), "by then: {told}");
    let undone = said(&machine, &["--lang", "it", "undo", &change, "--anyway"]);
    assert!(undone.contains("la cronologia"), "in the reader's language: {undone}");
    let now = fields(&machine, "organisation", &id);
    assert_eq!((&now["city"], &now["phone"]), (&json!("Padova"), &json!("1")), "the whole change");
    let items = machine.json(&["history", &id])["items"].as_array().expect("a list").len();
    assert_eq!(items, 4, "all of it stays in the history");

    let nowhere = format!("{id}@0123456789abcdef");
    for (args, exit) in [
        (&["undo", &change, "--field", "website"][..], 5),
        (&["undo", &nowhere], 5),
        (&["undo", "yesterday"], 2),
        (&["history", "yesterday"], 2),
    ] {
        let (code, told) = refused(&machine, args);
        assert_eq!(code, exit, "{args:?}: {told}");
    }
}

#[test]
fn the_interest_of_several_is_recorded_at_once_and_led_on() {
    let machine = Machine::set_up();
    let network = add(&machine, "network", &["name@it=Rete"]);
    let event = add(&machine, "event", &["title@it=Convegno", "type=conference"]);
    let (first, second) =
        (add(&machine, "organisation", &["name=Alfa"]), add(&machine, "organisation", &["name=Beta"]));
    let bare = first.trim_start_matches("organisation:");
    let record = ["interest", "record", "--network", &network, "--event", &event, "--at", "2026-02-11"];
    let both = ["--organisation", bare, "--organisation", &second];
    let told = said(&machine, &[&record[..], &both].concat());
    assert!(told.contains("Alfa") && told.contains("Beta") && told.contains("interest:"), "each is named: {told}");
    let list = machine.json(&["interest", "list"]);
    let items = list["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2, "both, once: {list}");
    assert!(items.iter().all(|item| item["values"][0]["fields"]["origin_event"] == event.as_str()), "with the event");
    let id = items[0]["id"].as_str().expect("an id");
    let shown = said(&machine, &["interest", "show", id]);
    assert!(shown.contains("received 2026-02-11"), "the first step with its day, as people read it: {shown}");

    let advanced =
        said(&machine, &["--lang", "it", "interest", "advance", id, "--to", "accepted", "--at", "2026-03-01"]);
    assert!(
        advanced.contains(": accolta") && advanced.contains("comin membership show"),
        "what came of it: {advanced}"
    );
    assert_eq!(machine.json(&["membership", "list"])["items"].as_array().map(Vec::len), Some(1), "the membership");
    let (code, told) = refused(&machine, &["interest", "advance", id, "--to", "contacted"]);
    assert!(code == 6 && told.contains("accepted does not lead to contacted"), "no way back: {told}");

    let name = [&record[..], &["--organisation", "Alfa"]].concat();
    let (code, told) = refused(&machine, &name);
    assert!(code == 2 && told.contains(" organisation list --text WORDS"), "ids, and where they are: {told}");
    let day = ["interest", "record", "--network", &network, "--organisation", &second, "--at", "domani"];
    let (code, told) = refused(&machine, &day);
    assert!(code == 1 && told.contains("domani"), "a day that is none: {told}");
    assert_eq!(machine.json(&["interest", "list"])["items"].as_array().map(Vec::len), Some(2), "nothing by halves");
}

#[test]
fn a_practice_is_reviewed_published_and_archived() {
    let machine = Machine::set_up();
    let id = add(&machine, "practice", &["title@it=Mentori", "state=draft"]);
    let state = || fields(&machine, "practice", &id)["state"].clone();
    let (code, told) = refused(&machine, &["practice", "publish", &id]);
    assert_eq!((code, state()), (6, json!("draft")), "nobody has reviewed it: {told}");
    assert!(told.contains("draft does not lead to published") && told.contains("practice review"), "{told}");
    for (verb, to, label) in [
        ("review", "review", "in revisione"),
        ("publish", "published", "pubblicata"),
        ("archive", "archived", "archiviata"),
    ] {
        let told = said(&machine, &["--lang", "it", "practice", verb, &id]);
        assert_eq!(state(), to, "{verb} leads on");
        assert!(told.contains(&format!("Mentori: {label}")), "in the reader's words: {told}");
    }
    let (code, told) = refused(&machine, &["practice", "archive", &id]);
    assert!(code == 6 && told.contains("already"), "once is enough: {told}");
    let (code, told) = refused(&machine, &["practice", "publish", &id]);
    assert!(code == 6 && told.contains("it leads to draft, review"), "not out of the archive at once: {told}");
    assert_eq!(state(), "archived", "what was refused changed nothing");
    let json = machine.json(&["practice", "review", id.trim_start_matches("practice:")]);
    assert_eq!(json["values"][0]["fields"]["state"], "review", "for programs the record: {json}");
    let (code, _) = refused(&machine, &["practice", "review", "organisation:00000000000000000000000000000000"]);
    assert_eq!(code, 2, "a record of another kind");
    let (code, _) = refused(&machine, &["practice", "review", "practice:00000000000000000000000000000000"]);
    assert_eq!(code, 5, "one that there is not");
}

#[test]
fn what_nobody_has_verified_is_listed_until_somebody_does() {
    let machine = Machine::set_up();
    let old = add(&machine, "organisation", &["name=Vecchia", "last_verified=2020-01-01"]);
    let own = machine.json(&["organisation", "list", "--text", "Partner Esempio"])["items"][0]["id"].clone();
    let told = said(&machine, &["--lang", "it", "stale"]);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].contains(own.as_str().expect("an id")) && lines[0].contains("mai verificata"), "first: {told}");
    assert!(lines[1].contains(&old) && lines[1].contains("2020-01-01"), "then those longest ago: {told}");
    let today = jiff::Zoned::now().date().to_string();
    assert!(told.contains(&format!("--set last_verified={today}")), "it says what to do: {told}");
    for id in [own.as_str().expect("an id"), &old] {
        machine.json(&["organisation", "edit", id, "--set", &format!("last_verified={today}")]);
    }
    let told = said(&machine, &["--lang", "en", "stale"]);
    assert_eq!(told.trim(), "Everything was verified within 12 months.", "nothing is left");
    machine.json(&["organisation", "edit", &old, "--set", "last_verified=2020-01-01"]);
    let years = machine.json(&["stale", "--months", "60"]);
    assert_eq!(years["items"][0]["id"], old.as_str(), "for longer than five years: {years}");
    let (code, told) = refused(&machine, &["stale", "--months", "4000"]);
    assert!(code == 1 && told.contains("at most"), "a slip of the keyboard: {told}");
}

#[test]
fn a_note_stays_inside_and_is_about_a_record() {
    let machine = Machine::set_up();
    let id = add(&machine, "organisation", &["name=Alfa"]);
    let about = format!("about={id}");
    let told = said(&machine, &["note", "add", "--set", &about, "--set", "text=Richiamare in primavera."]);
    assert!(told.contains("Richiamare in primavera.") && told.contains("note:"), "what was added: {told}");
    assert!(told.contains("solo il tuo partner"), "and that nobody else reads it: {told}");
    let shown = said(&machine, &["organisation", "show", &id]);
    assert!(shown.contains("Richiamare in primavera."), "the record leads to it: {shown}");
    let (code, told) = refused(&machine, &["note", "add", "--set", "about=Alfa", "--set", "text=x"]);
    assert!(code == 1 && told.contains("comin") && told.contains(" search WORDS"), "ids are found so: {told}");
    let (code, told) = refused(&machine, &["note", "add", "--set", "text=x"]);
    assert!(code == 1 && told.contains("about: is required"), "about nothing is no note: {told}");
    assert_eq!(machine.json(&["note", "list"])["items"].as_array().map(Vec::len), Some(1), "one note");
}
