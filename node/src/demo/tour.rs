//! The tour: the story without a person, told as a transcript that is the same in every run.

use super::load::{Data, IMPORT};
use super::office::{Office, wait_for};
use super::story::{is_same, state};
use crate::cli::{CliError, CliResult, Exit, Output, items, text};
use comin_protocol::ids::RecordKey;
use serde_json::{Value, json};

/// What came true and what did not.
struct Tour<'a> {
    out: &'a Output,
    failures: usize,
}

/// The records that the story is about, by what people call them.
struct Cast {
    /// The shared register that all three write.
    register: String,
    /// Edited in different fields.
    cooperative: String,
    /// Edited in the same field.
    conference: String,
    /// Deleted here, edited there.
    meeting: String,
    /// Whose membership is added twice.
    association: String,
    /// In which.
    network: String,
}

/// Plays it; exit code 0 only if everything came true.
///
/// # Errors
/// A command that fails.
pub fn play(offices: &[Office; 3], data: &Data, out: &Output) -> CliResult<Exit> {
    let [slovenia, italy, france] = offices;
    let mut tour = Tour { out, failures: 0 };
    let cast = Cast::find(france, data)?;
    tour.opening(offices, data)?;

    tour.title("Italy is cut off: comin sync pause");
    italy.cli(&["sync", "pause"])?;
    wait_for("the cut", || Ok((!is_connected(france, italy)?).then_some(())))?;
    tour.say("Slovenia and France go on with each other; Italy goes on alone.");

    tour.title("Both sides edit the same records of the register COM-IN");
    edit_apart(italy, france, &cast)?;
    for line in [
        "Cooperativa Sociale Lunavena: Italy sets the phone, France the website.",
        "The conference: Italy sets the place to Padova, France to Lyon.",
        "The meeting: Italy deletes it, France sets its attendance.",
        "Associazione Portamira in the international network: both add the same membership.",
    ] {
        tour.say(line);
    }

    tour.title("Italy imports a spreadsheet of 200 organisations, offline");
    tour.import(italy)?;
    wait_for("the exchange between Slovenia and France", || Ok((state(slovenia)? == state(france)?).then_some(())))?;
    let apart = state(italy)? != state(france)?;
    tour.check(apart, "Slovenia and France hold the same; Italy holds something else.");

    tour.title("Italy comes back: comin sync resume");
    italy.cli(&["sync", "resume"])?;
    wait_for("the exchange", || Ok(is_same(offices)?.then_some(())))?;
    tour.check(is_complete(italy)?, "comin sync --wait 60s in Italy: everyone holds everything.");

    tour.title("What merged");
    tour.merged(slovenia, &cast)?;
    tour.title("What is in conflict, as Slovenia sees it: comin conflicts");
    tour.conflicts(slovenia, &cast)?;
    tour.title("France decides; the decision reaches everyone");
    tour.decide(offices, &cast)?;
    tour.closing(offices)
}

/// Whether `office` has a session with `other`.
fn is_connected(office: &Office, other: &Office) -> CliResult<bool> {
    let status = office.get("status")?;
    let peers = status.get("peers").and_then(Value::as_array).cloned().unwrap_or_default();
    let connected = |peer: &Value| {
        text(peer, "name") == other.name && matches!(text(peer, "state").as_str(), "equal" | "exchanging")
    };
    Ok(peers.iter().any(connected))
}

fn is_complete(office: &Office) -> CliResult<bool> {
    let answer = office.cli(&["sync", "--wait", "60s"])?;
    let complete = answer.get("complete").and_then(Value::as_bool).unwrap_or(false);
    if !complete {
        eprintln!("comin sync --wait 60s in Italy: {answer}");
    }
    Ok(complete)
}

/// The edits of the two sides.
fn edit_apart(italy: &Office, france: &Office, cast: &Cast) -> CliResult {
    italy.edit(&cast.cooperative, json!({"phone": "+39 049 000 0000"}))?;
    france.edit(&cast.cooperative, json!({"website": "https://lunavena.example"}))?;
    italy.edit(&cast.conference, json!({"place": "Padova"}))?;
    france.edit(&cast.conference, json!({"place": "Lyon"}))?;
    italy.remove(&cast.meeting)?;
    france.edit(&cast.meeting, json!({"attendance": 12}))?;
    let fields = json!({"organisation": cast.association, "network": cast.network, "role": "member"});
    let membership = json!({"kind": "membership", "register": cast.register, "fields": fields});
    italy.post("records", membership.clone())?;
    france.post("records", membership)?;
    Ok(())
}

impl Cast {
    fn find(office: &Office, data: &Data) -> CliResult<Self> {
        let shared = data.registers.iter().find(|register| register.writers.len() == data.partners.len());
        let name = shared.map(|register| register.name.clone()).unwrap_or_default();
        let registers = office.get("registers")?;
        let register =
            items(&registers).iter().find(|register| text(register, "name") == name).cloned().unwrap_or(Value::Null);
        let register = text(&register, "id");
        let one = |kind: &str, register: Option<&str>, fits: &dyn Fn(&Value) -> bool| {
            let register = register.map(|id| format!("&register={id}")).unwrap_or_default();
            let found = office.get(&format!("records?kind={kind}&limit=1000{register}"))?;
            let record = items(&found).iter().find(|record| fits(record)).cloned();
            record
                .map(|record| text(&record, "id"))
                .ok_or_else(|| CliError::new(format!("the demo data lacks a {kind}")))
        };
        let called = |name: &'static str| move |record: &Value| text(record, "title") == name;
        let of_type = |code: &'static str| move |record: &Value| field(record, "type") == json!(code);
        Ok(Self {
            cooperative: one("organisation", Some(&register), &called("Cooperativa Sociale Lunavena"))?,
            conference: one("event", Some(&register), &of_type("conference"))?,
            meeting: one("event", Some(&register), &of_type("meeting"))?,
            association: one("organisation", None, &called("Associazione Portamira"))?,
            network: one("network", Some(&register), &|_| true)?,
            register,
        })
    }
}

/// A field's value in the first register that holds the record.
fn field(record: &Value, name: &str) -> Value {
    let first = record.get("values").and_then(|values| values.get(0));
    first.and_then(|value| value.get("fields")).and_then(|fields| fields.get(name)).cloned().unwrap_or(Value::Null)
}

impl Tour<'_> {
    fn title(&self, what: &str) {
        self.out.line(format!("\n== {what}"));
    }

    fn say(&self, what: &str) {
        self.out.line(format!("   {what}"));
    }

    /// Says what must be true, and counts it where it is not.
    fn check(&mut self, is_true: bool, what: &str) {
        self.out.line(format!("{} {what}", if is_true { "ok" } else { "!!" }));
        self.failures += usize::from(!is_true);
    }

    fn opening(&mut self, offices: &[Office; 3], data: &Data) -> CliResult {
        self.out.line("Three nodes on this machine, each with its own store and keys:");
        for office in offices {
            self.say(&format!("{} ({})", office.name, office.country));
        }
        self.out.line(format!(
            "Slovenia founded the federation COM-IN, Italy and France joined with tickets, {} shared registers and",
            data.registers.len()
        ));
        self.out.line(format!("{} records of sample data were added.", data.record_count()));
        self.check(is_same(offices)?, "All three hold the same state.");
        Ok(())
    }

    fn import(&mut self, italy: &Office) -> CliResult {
        let file = italy.write_file("offline-import.csv", IMPORT)?;
        let import = |dry: &[&str]| italy.cli(&[&["import", &file, "--kind", "organisation"], dry].concat());
        let counts = |answer: &Value| {
            let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
            (number("added"), number("changed"), number("unchanged"))
        };
        let first = counts(&import(&[])?);
        self.check(first == (200, 0, 0), &format!("{} added, {} changed, {} unchanged", first.0, first.1, first.2));
        let again = counts(&import(&[])?);
        let told = format!("the same file again: {} added, {} changed, {} unchanged", again.0, again.1, again.2);
        self.check(again == (0, 0, 200), &told);
        Ok(())
    }

    fn merged(&mut self, office: &Office, cast: &Cast) -> CliResult {
        let cooperative = office.get(&format!("records/{}", cast.cooperative))?;
        let (phone, website) = (field(&cooperative, "phone"), field(&cooperative, "website"));
        let both = phone == json!("+39 049 000 0000") && website == json!("https://lunavena.example");
        self.check(both, "Different fields: Cooperativa Sociale Lunavena has Italy's phone and France's website.");
        let ends = [&cast.association, &cast.network].map(|id| RecordKey::parse(id));
        let [Some(organisation), Some(network)] = ends else { return Err(CliError::new("an id of the demo data")) };
        let membership = RecordKey::derived("membership", &[&organisation, &network]);
        let record = office.get(&format!("records/{membership}?register={}", cast.register))?;
        let quiet = record.get("values").and_then(|values| values.get(0)).and_then(|value| value.get("conflicts"));
        let one = quiet.and_then(Value::as_array).is_some_and(Vec::is_empty);
        self.check(one, "The membership added twice is one record, and nothing of it is in conflict.");
        let found = office.get("records?kind=organisation&limit=1000&q=Querciamare")?;
        self.check(items(&found).len() == 1, "Italy's 200 imported organisations are in Slovenia.");
        Ok(())
    }

    fn conflicts(&mut self, office: &Office, cast: &Cast) -> CliResult {
        let answer = office.get("conflicts?limit=100")?;
        let found = items(&answer);
        for conflict in sorted(found, |conflict| text(conflict, "field")) {
            self.say(&format!("{}, field {}:", text(&conflict, "title"), text(&conflict, "field")));
            let values = conflict.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
            for value in sorted(&values, |value| text(value, "partner_name")) {
                self.say(&format!("  {}: {}", text(&value, "partner_name"), told(&value)));
            }
        }
        let has = |id: &str, field: &str| {
            found.iter().any(|conflict| text(conflict, "id") == id && text(conflict, "field") == field)
        };
        let expected = has(&cast.conference, "place") && has(&cast.meeting, "deleted") && found.len() == 2;
        self.check(expected, "Both values of the place stay visible, and so does the deletion beside the edit.");
        Ok(())
    }

    fn decide(&mut self, offices: &[Office; 3], cast: &Cast) -> CliResult {
        let [_, italy, france] = offices;
        france.cli(&["conflicts", "resolve", &cast.conference, "--field", "place", "--value", "Padova"])?;
        let reached = wait_for("the decision's arrival", || {
            let answer = italy.get("conflicts?limit=100")?;
            let open = items(&answer).iter().any(|conflict| text(conflict, "id") == cast.conference);
            Ok((!open).then_some(()))
        });
        let conference = italy.get(&format!("records/{}", cast.conference))?;
        let decided = reached.is_ok() && field(&conference, "place") == json!("Padova");
        self.check(decided, "The conference is in Padova, in Italy as well.");
        Ok(())
    }

    fn closing(&mut self, offices: &[Office; 3]) -> CliResult<Exit> {
        self.title("The end");
        let same = wait_for("the last exchange", || Ok(is_same(offices)?.then_some(()))).is_ok();
        let [slovenia, ..] = offices;
        let content = state(slovenia)?;
        let records: usize = content.values().map(|(_, records)| records).sum();
        let what = format!(
            "All three hold the same state: {} registers, {records} records, equal content hashes.",
            content.len()
        );
        self.check(same, &what);
        if self.failures == 0 {
            return Ok(Exit::Ok);
        }
        Err(CliError::new(format!("{} of the tour's promises did not come true", self.failures)))
    }
}

/// What a partner wrote.
fn told(value: &Value) -> String {
    if let Some(edit) = value.get("edited").filter(|edit| !edit.is_null()) {
        return format!("edited {}", text(edit, "field"));
    }
    match value.get("value") {
        Some(Value::Bool(true)) => "deleted".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "removed".to_owned(),
        Some(other) => other.to_string(),
    }
}

/// In an order that does not depend on ids.
fn sorted(values: &[Value], key: impl Fn(&Value) -> String) -> Vec<Value> {
    let mut out = values.to_vec();
    out.sort_by_key(|value| key(value));
    out
}
