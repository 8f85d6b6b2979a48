//! iCalendar: the events at their times.

use super::foreign::read;
use super::scene::{Machine, content, word};
use serde_json::json;

const ICS: &str = r#"
import sys, json, icalendar, zoneinfo, datetime
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
def at(value, zone):
    if value is None: return None
    # A whole day is no moment, and in no zone.
    if not isinstance(value.dt, datetime.datetime): return value.dt.isoformat()
    return value.dt.astimezone(zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
out = []
for event in calendar.walk("VEVENT"):
    start, end = event.get("DTSTART"), event.get("DTEND")
    assert isinstance(event["DTSTAMP"].dt, datetime.datetime)
    out.append({
        "uid": str(event["UID"]), "summary": str(event["SUMMARY"]), "place": str(event.get("LOCATION", "")),
        "status": str(event["STATUS"]), "geo": event["GEO"].to_ical() if "GEO" in event else None,
        "about": str(event.get("DESCRIPTION", "")), "categories": event["CATEGORIES"].to_ical().decode() if "CATEGORIES" in event else "",
        "ljubljana": [at(start, "Europe/Ljubljana"), at(end, "Europe/Ljubljana")],
        "rome": [at(start, "Europe/Rome"), at(end, "Europe/Rome")],
    })
errors = [str(e) for c in calendar.walk() for e in c.errors]
print(json.dumps({"version": str(calendar["VERSION"]), "events": out, "errors": errors}))
"#;

#[test]
fn icalendar_reads_the_events_at_their_times() {
    let machine = Machine::filled();
    let file = machine.export("ics", &["--lang", "it"]);
    let calendar = read(ICS, &file);
    assert_eq!((&calendar["version"], &calendar["errors"]), (&json!("2.0"), &json!([])), "a calendar without faults");
    let events = calendar["events"].as_array().expect("events");
    assert_eq!(events.len(), 3, "an event without a time is in no calendar");
    let records = machine.records();
    let of = |title: &str| {
        let event = events.iter().find(|event| word(&event["summary"]).starts_with(title)).expect("is there");
        let record = records.values().find(|record| record.title.starts_with(title)).expect("is there");
        (event, record)
    };
    let (event, record) = of("Seminario");
    assert_eq!(event["summary"], "Seminario, parte 1; apertura", "what divides is escaped");
    assert_eq!(event["uid"], json!(format!("{}@comin.invalid", record.id.replace(':', "-"))), "a name that stays");
    let when = &record.fields["when"];
    assert_eq!(event["ljubljana"], json!([when["start"], when["end"]]), "the time in the zone of the event");
    assert_eq!((&event["place"], &event["status"]), (&record.fields["place"], &json!("CANCELLED")), "place and state");
    let about = word(&event["about"]);
    assert!(about.contains("Zavod Šentžiga") && about.contains("Rete"), "organiser and networks by name: {about}");
    assert_eq!(event["categories"], "workshop", "in the chosen language");
    let (event, record) = of("Incontro interno");
    assert_eq!(event["rome"], json!([record.fields["when"]["start"], null]), "winter time, and no end of its own");
    assert_eq!(event["status"], "CONFIRMED", "it takes place");
    let (event, record) = of("Fiera");
    let when = &record.fields["when"];
    assert_eq!((&when["start"], &when["end"]), (&json!("2026-02-27"), &json!("2026-03-01")), "from day to day");
    // RFC 5545: the end of whole days is the day after the last.
    assert_eq!(event["ljubljana"], json!(["2026-02-27", "2026-03-02"]), "whole days, to the last one");
    assert_eq!(event["rome"], event["ljubljana"], "the same days everywhere");

    let text = content(&file);
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "lines as they have to be");
    let slovene = read(ICS, &machine.export("ics", &["--kind", "event"]));
    assert_eq!(slovene["events"].as_array().map(Vec::len), Some(3), "kind event may be named");
    assert_eq!(machine.output(&["export", "--format", "ics", "--kind", "network"]).status.code(), Some(1), "no other");
}
