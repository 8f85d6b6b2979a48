//! One survey of two partners, each with a process of its own: it names both, holds what each wrote, and is the same
//! document wherever it is made.

use super::office::{Partner, settled};
use std::collections::BTreeMap;

fn add(partner: &Partner, kind: &str, set: &[&str]) -> String {
    let mut args = vec![kind, "add"];
    set.iter().for_each(|assignment| args.extend(["--set", assignment]));
    partner.json(&args)["id"].as_str().expect("an id").to_owned()
}

fn survey(partner: &Partner, format: &str) -> String {
    let output = partner.run(&["report", "--language", "it", "--format", format]);
    assert!(output.status.success(), "it is written: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The document up to the part that says how fresh each partner's data is where it was made, and that part.
fn divided(text: &str) -> (&str, &str) {
    let mark =
        if text.starts_with("<!DOCTYPE") { "<section class=\"top runs-on freshness\"" } else { "\n## Stato dei dati" };
    text.split_once(mark).expect("both parts")
}

/// A day of RFC 3339 as Italian writes it.
fn day(moment: &str) -> String {
    format!("{}/{}/{}", &moment[8..10], &moment[5..7], &moment[..4])
}

/// How many records each partner has written, and on which day the last one, as an export tells it.
fn written(partner: &Partner) -> BTreeMap<String, (usize, String)> {
    let mut out: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let export = partner.json(&["export", "--format", "json"]);
    for record in export["records"].as_array().expect("records") {
        let created = &record["values"][0]["created"];
        let [name, time] = ["partner_name", "time"].map(|name| created[name].as_str().expect("a text").to_owned());
        let (records, newest) = out.entry(name).or_default();
        *records += 1;
        *newest = newest.clone().max(time);
    }
    out
}

#[test]
fn one_survey_holds_the_records_of_two_partners_and_is_the_same_at_both() {
    let mut slovenia = Partner::start("Zavod Most", "SI");
    let italy = Partner::start("Cooperativa Lunavena", "IT");
    slovenia.json(&["found", "COM-IN"]);
    slovenia.admit(&italy, &slovenia.invite("Cooperativa Lunavena", "IT", "1h"));
    let brezmir = add(&slovenia, "organisation", &["name=Društvo Brezmir", "city=Koper", "country=SI"]);
    settled(&[&slovenia, &italy]);
    // The network is Italy's, and so is what it says of the Slovene organisation.
    let network = add(&italy, "network", &["name@it=Rete Portamira", "levels=local", "country=IT"]);
    let of = [format!("organisation={brezmir}"), format!("network={network}")];
    add(&italy, "membership", &[&of[0], &of[1], "role=observer", "since=2025-03-15"]);
    settled(&[&slovenia, &italy]);

    let wrote = written(&slovenia);
    let counted = ["Zavod Most", "Cooperativa Lunavena"].map(|name| wrote[name].0);
    assert_eq!(counted, [2, 3], "each its own organisation, and what was added: {wrote:?}");
    for format in ["html", "md"] {
        let [here, there] = [&slovenia, &italy].map(|partner| survey(partner, format));
        assert_eq!(divided(&here).0, divided(&there).0, "the same data gives the same document, in {format}");
        for (text, maker) in [(&here, "Zavod Most"), (&there, "Cooperativa Lunavena")] {
            for named in ["Zavod Most (Slovenia)", "Cooperativa Lunavena (Italia)", "COM-IN"] {
                assert!(divided(text).0.contains(named), "{named} is on the first page of {maker}'s, in {format}");
            }
            for record in ["Društvo Brezmir", "Rete Portamira"] {
                assert!(divided(text).0.contains(record), "{record} is in {maker}'s, in {format}");
            }
        }
    }

    for (maker, other) in [(&slovenia, "Cooperativa Lunavena"), (&italy, "Zavod Most")] {
        let text = survey(maker, "md");
        assert!(
            text.contains("| Društvo Brezmir | Koper, Slovenia | osservatore | 15/03/2025 |"),
            "who is in it: {text}"
        );
        let heard = maker.json(&["status"])["peers"][0]["last_heard"].as_str().expect("a moment").to_owned();
        for (name, (records, newest)) in &wrote {
            let heard = if name == other { day(&heard) } else { "ha redatto la rassegna".to_owned() };
            let row = format!("| {name} | {records} | {} | {heard} | nulla |", day(newest));
            assert!(divided(&text).1.contains(&row), "{row} is in {text}");
        }
    }

    // Nothing of it lies in the memory of a process: made anew, it is the same.
    let before = survey(&slovenia, "html");
    slovenia.kill();
    slovenia.resume();
    assert_eq!(divided(&survey(&slovenia, "html")).0, divided(&before).0, "also after a new start");
}
