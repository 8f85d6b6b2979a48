//! iCalendar (RFC 5545): events whose day is known.
//!
//! Whole days are given as such, and are the same in every zone. Times are given in UTC, which every calendar shows in its reader's own zone; zone names would have to be explained in
//! each file, and programs differ in what they make of the explanation. The zone of a record is applied here.

use super::content_lines::{escaped, push_line};
use super::{Entry, ExportError, Writer};
use crate::i18n::Lang;
use crate::views::{Titles, to_json, words};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// One calendar.
pub struct Ics {
    lang: Lang,
}

impl Ics {
    pub fn new(lang: Lang) -> Self {
        Self { lang }
    }
}

impl Writer for Ics {
    fn begin(&mut self, out: &mut Vec<u8>) {
        let name = escaped(&self.lang.text("calendar-name"));
        for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//COM-IN//comin//EN", "CALSCALE:GREGORIAN"] {
            push_line(out, line);
        }
        push_line(out, "METHOD:PUBLISH");
        push_line(out, &format!("NAME:{name}"));
        push_line(out, &format!("X-WR-CALNAME:{name}"));
        // How often a subscriber should ask: two names for one wish.
        push_line(out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        push_line(out, "X-PUBLISHED-TTL:PT1H");
    }

    fn add(&mut self, entry: &Entry, out: &mut Vec<u8>) -> Result<(), ExportError> {
        if let Some(version) = entry.shown() {
            push_event(out, &version.row, &entry.group.title, &entry.titles, self.lang);
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        push_line(out, "END:VCALENDAR");
        Ok(())
    }
}

fn push_event(out: &mut Vec<u8>, row: &Row, title: &str, titles: &Titles, lang: Lang) {
    let fields = to_json(row);
    let when = fields.get("when");
    let part = |name: &str| when.and_then(|when| when.get(name)).and_then(|value| value.as_str());
    let (Some(start), Some(end)) = (part("start"), part("end")) else { return };
    let Some((start, end)) = period(start, end, part("tzid")) else { return };
    let written = row.origins.iter().map(|origin| origin.time_ms).max().unwrap_or(0);
    let stamp = Timestamp::from_millisecond(written).map(utc).unwrap_or_else(|_| utc(Timestamp::UNIX_EPOCH));
    let mut line = |text: String| push_line(out, &text);
    line("BEGIN:VEVENT".into());
    line(format!("UID:{}@comin.invalid", row.key.to_string().replace(':', "-")));
    // The moment of the last change, not of the export: the same event is the same text.
    line(format!("DTSTAMP:{stamp}"));
    line(format!("LAST-MODIFIED:{stamp}"));
    line(format!("DTSTART{start}"));
    if let Some(end) = end {
        line(format!("DTEND{end}"));
    }
    line(format!("SUMMARY:{}", escaped(title)));
    if let Some(place) = row.text("place") {
        line(format!("LOCATION:{}", escaped(place)));
    }
    if let Some(position) = fields.get("position")
        && let (Some(lat), Some(lon)) = (position.get("lat"), position.get("lon"))
    {
        line(format!("GEO:{lat};{lon}"));
    }
    let code = row.text("type").unwrap_or_default();
    if !code.is_empty() {
        line(format!("CATEGORIES:{}", escaped(&label("event_type", code, lang))));
    }
    let named = |field: &str| {
        let keys = words(row, field).into_iter().filter_map(|text| RecordKey::parse(&text));
        keys.filter_map(|key| titles.get(&key).cloned()).collect::<Vec<_>>().join(", ")
    };
    let told: Vec<String> = ["organiser", "networks", "organisations"]
        .iter()
        .map(|field| (crate::views::field_label(lang, field), named(field)))
        .filter(|(_, names)| !names.is_empty())
        .map(|(label, names)| format!("{label}: {names}"))
        .collect();
    if !told.is_empty() {
        line(format!("DESCRIPTION:{}", escaped(&told.join("\n"))));
    }
    line(format!("STATUS:{}", if row.text("state") == Some("cancelled") { "CANCELLED" } else { "CONFIRMED" }));
    line("END:VEVENT".into());
}

fn label(vocabulary: &str, code: &str, lang: Lang) -> String {
    let term = schema::vocabulary(vocabulary).and_then(|list| list.term(code));
    term.map_or_else(|| code.to_owned(), |term| term.label(lang.code()).to_owned())
}

/// What stands behind the names of start and end. Of whole days the end is the day after the last one.
fn period(start: &str, end: &str, zone: Option<&str>) -> Option<(String, Option<String>)> {
    if let Some(zone) = zone {
        let (start, end) = (moment(start, zone)?, moment(end, zone)?);
        let has_end = end != start;
        return Some((format!(":{start}"), has_end.then(|| format!(":{end}"))));
    }
    // The library reads a day out of a moment too.
    let day_of = |text: &str| text.parse::<Date>().ok().filter(|_| !text.contains('T'));
    let (first, last) = (day_of(start)?, day_of(end)?);
    let day = |day: Date| format!(";VALUE=DATE:{}", day.strftime("%Y%m%d"));
    Some((day(first), last.tomorrow().ok().map(day)))
}

/// A local time in UTC. In a zone that is not known here it stays a local time, which calendars show as it is.
fn moment(text: &str, zone: &str) -> Option<String> {
    let local: DateTime = text.parse().ok()?;
    match TimeZone::get(zone).and_then(|zone| local.to_zoned(zone)) {
        Ok(zoned) => Some(utc(zoned.timestamp())),
        Err(_) => Some(local.strftime("%Y%m%dT%H%M%S").to_string()),
    }
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::{moment, period};

    #[test]
    fn whole_days_end_on_the_day_after() {
        let shown = |start: &str, end: &str| period(start, end, None).expect("days");
        let (start, end) = shown("2026-02-28", "2026-03-01");
        assert_eq!(
            (start.as_str(), end.as_deref()),
            (";VALUE=DATE:20260228", Some(";VALUE=DATE:20260302")),
            "two days"
        );
        let (_, end) = shown("2026-12-31", "2026-12-31");
        assert_eq!(end.as_deref(), Some(";VALUE=DATE:20270101"), "one day");
        assert_eq!(period("2026-02-11T09:00", "2026-02-11T10:00", None), None, "a time without its zone is none");
    }

    #[test]
    fn the_records_zone_is_applied() {
        let at = |text: &str, zone: &str| moment(text, zone).expect("a time");
        assert_eq!(at("2026-02-11T09:00", "Europe/Ljubljana"), "20260211T080000Z", "winter");
        assert_eq!(at("2026-07-11T09:00", "Europe/Rome"), "20260711T070000Z", "summer");
        assert_eq!(at("2026-07-11T09:00", "Mars/Olympus"), "20260711T090000", "a zone that nobody knows");
        assert_eq!(moment("soon", "Europe/Rome"), None, "no time");
    }
}
