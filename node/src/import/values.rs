//! Cells as people fill them, turned into values as the schema takes them.
//!
//! What is understood here is only how a value is written: decimal commas, days in three forms, countries by name,
//! labels for codes. Whether a value can be taken the schema says.

use super::existing::{Names, Unresolved};
use super::table::Cell;
use crate::cells;
use crate::views::fold_words;
use crate::work::proposals;
use comin_protocol::schema::{Field, FieldType, Vocabulary};
use serde_json::{Value, json};

/// Countries by the names that tables have for them, folded.
const COUNTRIES: &[(&str, &str)] = &[
    ("IT", "italia|italija|italie|italy|ita|i"),
    ("SI", "slovenia|slovenija|slovenie|slo|svn|republika slovenija"),
    ("FR", "francia|francija|france|fra|f"),
    ("AT", "austria|avstrija|autriche|oesterreich|osterreich"),
    ("HR", "croazia|hrvaska|croatie|croatia|hrvatska"),
    ("HU", "ungheria|madzarska|hongrie|hungary"),
    ("DE", "germania|nemcija|allemagne|germany"),
    ("CH", "svizzera|svica|suisse|switzerland"),
    ("BE", "belgio|belgija|belgique|belgium"),
    ("ES", "spagna|spanija|espagne|spain"),
];

/// A cell as the schema takes it.
///
/// # Errors
/// A record that it does not mean; everything else the schema sees.
pub fn value(field: &Field, cell: &Cell, names: &Names) -> Result<Value, Unresolved> {
    match cell {
        Cell::Empty => Ok(Value::Null),
        cell if is_decided(field) => Ok(decided(cell, names)),
        Cell::Text(text) => of_text(field, text, names),
        Cell::Json(value) => of_json(field, value, names),
    }
}

/// Whether a field holds the proposals about which was decided.
fn is_decided(field: &Field) -> bool {
    matches!(field.name, proposals::ACCEPTED | proposals::DECLINED)
}

/// The proposals of a cell that are here; those that are not yet come with a later run, when the proposals have come.
fn decided(cell: &Cell, names: &Names) -> Value {
    let named: Vec<String> = match cell {
        Cell::Text(text) => members(text).collect(),
        Cell::Json(value) => {
            value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Cell::Empty => Vec::new(),
    };
    let here: Vec<String> = named.iter().filter_map(|member| names.proposal(member)).collect();
    // What was decided here stays.
    json!({"add": here})
}

fn of_json(field: &Field, value: &Value, names: &Names) -> Result<Value, Unresolved> {
    match (field.field_type, value) {
        (FieldType::References(kinds), Value::Array(members)) => {
            let resolve = |member: &Value| names.resolve(kinds, member.as_str().unwrap_or_default()).map(Value::from);
            members.iter().map(resolve).collect()
        }
        (FieldType::Reference(kinds), Value::String(text)) => names.resolve(kinds, text).map(Value::from),
        (FieldType::Changes, changes) => Ok(Value::String(names.changes(changes))),
        (FieldType::Integer { .. }, Value::Number(_)) | (_, Value::Array(_) | Value::Object(_) | Value::Bool(_)) => {
            Ok(value.clone())
        }
        // Programs write telephone numbers and years as numbers.
        (_, Value::Number(number)) => of_text(field, &number.to_string(), names),
        (_, other) => Ok(other.clone()),
    }
}

fn of_text(field: &Field, text: &str, names: &Names) -> Result<Value, Unresolved> {
    let one = |text: String| Ok(Value::String(text));
    match field.field_type {
        FieldType::Reference(kinds) => names.resolve(kinds, text).map(Value::from),
        FieldType::References(kinds) => match names.resolve(kinds, text) {
            Ok(id) => Ok(json!([id])),
            Err(_) => members(text).map(|member| names.resolve(kinds, &member)).collect(),
        },
        FieldType::Changes => one(names.changes(&json!(text))),
        FieldType::Code(list) => one(code(list, text).unwrap_or(text).to_owned()),
        FieldType::Codes(list) => Ok(json!(codes(list, text))),
        FieldType::Links => Ok(json!(members(text).map(|member| link(&member)).collect::<Vec<_>>())),
        _ if field.is_set() => Ok(json!(members(text).collect::<Vec<_>>())),
        FieldType::Country => one(country(text).unwrap_or_else(|| text.to_owned())),
        FieldType::Date => one(day(text).unwrap_or_else(|| text.to_owned())),
        FieldType::Month => one(month(text).unwrap_or_else(|| text.to_owned())),
        FieldType::MomentRange => one(moments(text).unwrap_or_else(|| text.to_owned())),
        FieldType::Integer { .. } => one(whole_number(text)),
        FieldType::Position => one(position(text).unwrap_or_else(|| text.to_owned())),
        FieldType::Link => one(link(text)),
        FieldType::Email => one(text.strip_prefix("mailto:").unwrap_or(text).to_owned()),
        FieldType::Flag => one(flag(text).unwrap_or(text).to_owned()),
        _ if field.is_long() => one(text.to_owned()),
        _ => one(text.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

/// The members of a set in one cell.
fn members(text: &str) -> impl Iterator<Item = String> {
    text.split('\n').flat_map(cells::members)
}

/// The code that a text means: by code or label, whatever the case and the accents.
fn code(list: &'static Vocabulary, text: &str) -> Option<&'static str> {
    let folded = fold_words(text);
    let by_label = || list.terms.iter().find(|term| term.labels.iter().any(|label| fold_words(label) == folded));
    list.find(text.trim()).or_else(by_label).map(|term| term.code)
}

/// The codes of a cell. Labels may hold commas, so these divide only what is no label as it stands.
fn codes(list: &'static Vocabulary, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for member in members(text) {
        match code(list, &member) {
            Some(code) => out.push(code.to_owned()),
            None => {
                let parts = member.split(',').map(str::trim).filter(|part| !part.is_empty());
                out.extend(parts.map(|part| code(list, part).unwrap_or(part).to_owned()));
            }
        }
    }
    out
}

fn country(text: &str) -> Option<String> {
    let folded = fold_words(text);
    let found = COUNTRIES.iter().find(|(_, names)| names.split('|').any(|name| name == folded));
    let code = || (folded.len() == 2).then(|| folded.to_uppercase());
    found.map(|(code, _)| (*code).to_owned()).or_else(code)
}

/// The numbers of a text and what divides them; `None` where it holds anything else.
fn parts(text: &str) -> Option<(Vec<&str>, char)> {
    let divider = text.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
    let parts: Vec<&str> = text.split(divider).map(str::trim).filter(|part| !part.is_empty()).collect();
    let digits = parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()));
    digits.then_some((parts, divider))
}

/// `2026-10-15` of `15/10/2026`, `15.10.2026`, `15. 10. 2026`, `15-10-2026` and `2026/10/15`, with or without midnight
/// behind it. The day stands before the month, as in all our countries.
pub fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let date = ["T00:00:00", "T00:00", " 00:00:00", " 00:00", " 0:00"].iter().find_map(|end| text.strip_suffix(end));
    let (parts, _) = parts(date.unwrap_or(text))?;
    let [first, second, third] = parts.as_slice() else { return None };
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (first, second, third),
        (1 | 2, 4) => (third, second, first),
        _ => return None,
    };
    (second.len() <= 2).then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// `2026-10` of `10/2026`, `10.2026`, `2026/10`, and of a whole day.
fn month(text: &str) -> Option<String> {
    if let Some(day) = day(text) {
        return day.get(..7).map(str::to_owned);
    }
    let (parts, _) = parts(text.trim())?;
    match parts.as_slice() {
        [year, month] if year.len() == 4 && month.len() <= 2 => Some(format!("{year}-{month:0>2}")),
        [month, year] if year.len() == 4 && month.len() <= 2 => Some(format!("{year}-{month:0>2}")),
        _ => None,
    }
}

/// `2026-02-11T09:00/2026-02-11T12:00[zone]` of `11.02.2026 09:00-12:00 [zone]`, and of one time alone. Without a zone
/// the schema says what is missing. `2026-02-11/2026-02-13` of days without times.
fn moments(text: &str) -> Option<String> {
    let (range, zone) = match text.trim().strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        Some((range, zone)) => (range.trim(), format!("[{zone}]")),
        None => (text.trim(), String::new()),
    };
    if let Some(days) = whole_days(range) {
        return Some(days);
    }
    let (date, times) = range.rsplit_once(' ').or_else(|| range.split_once('T'))?;
    let date = day(date)?;
    let times: Option<Vec<String>> = times.split(['-', '–']).map(time).collect();
    match times?.as_slice() {
        [start] => Some(format!("{date}T{start}/{date}T{start}{zone}")),
        [start, end] => Some(format!("{date}T{start}/{date}T{end}{zone}")),
        _ => None,
    }
}

/// One day, or the first and the last one.
fn whole_days(text: &str) -> Option<String> {
    if let Some(day) = day(text) {
        return Some(format!("{day}/{day}"));
    }
    let ends = ["–", " - ", "/"].iter().filter_map(|between| text.split_once(between));
    let mut days = ends.filter_map(|(first, last)| Some(format!("{}/{}", day(first)?, day(last)?)));
    days.next()
}

/// `09:00` of `9:00`, `9.00` and `9h00`.
fn time(text: &str) -> Option<String> {
    let text = text.trim();
    let (hour, minute) = text.split_once([':', '.', 'h']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=2).contains(&hour.len()) && minute.len() <= 2 && digits(hour) && digits(minute);
    fits.then(|| format!("{hour:0>2}:{minute:0>2}"))
}

/// A whole number without what spreadsheets put around it: `120,0`, `1 200`.
fn whole_number(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    let cut = bare.split_once(['.', ',']).filter(|(_, rest)| rest.bytes().all(|b| b == b'0') && rest.len() < 3);
    let whole = cut.map_or(bare.as_str(), |(whole, _)| whole);
    // What is none is refused as it was entered.
    if whole.parse::<i64>().is_ok() { whole.to_owned() } else { text.to_owned() }
}

/// Degrees with a decimal comma or point.
pub fn degrees(text: &str) -> Option<f64> {
    text.trim().trim_end_matches('°').replace(',', ".").parse().ok().filter(|degrees: &f64| degrees.is_finite())
}

/// `45.956,13.648` of `45,956; 13,648`, `45,956 13,648` and `45.956, 13.648`, with the precision that may follow.
fn position(text: &str) -> Option<String> {
    let pieces: Vec<&str> = text.split([';', ' ', '/']).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    match pieces.as_slice() {
        [lat, lon] => {
            let (lat, lon) = (degrees(lat.trim_end_matches(','))?, degrees(lon)?);
            Some(format!("{lat},{lon}"))
        }
        _ => None,
    }
}

/// A web address with its scheme, which people leave out.
fn link(text: &str) -> String {
    let bare = !text.contains("://") && !text.contains(char::is_whitespace) && !text.contains('@');
    let host = text.split('/').next().unwrap_or_default();
    match bare && host.contains('.') && !host.ends_with('.') {
        true => format!("https://{text}"),
        false => text.to_owned(),
    }
}

fn flag(text: &str) -> Option<&'static str> {
    match fold_words(text).as_str() {
        "true" | "vero" | "vrai" | "si" | "da" | "oui" | "yes" | "x" | "1" => Some("true"),
        "false" | "falso" | "faux" | "no" | "ne" | "non" | "0" => Some("false"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::schema;

    fn read(kind: &str, field: &str, text: &str) -> Value {
        let field = schema::kind(kind).and_then(|kind| kind.field(field)).expect("a known field");
        value(field, &Cell::Text(text.to_owned()), &Names::default()).expect("a value")
    }

    #[test]
    fn days_are_read_in_every_form_of_our_countries() {
        for text in
            ["2026-10-05", "05/10/2026", "5/10/2026", "05.10.2026", "5. 10. 2026", "2026/10/05", "05-10-2026 00:00:00"]
        {
            assert_eq!(day(text).as_deref(), Some("2026-10-05"), "{text}");
        }
        for text in ["10/2026", "5/10/26", "ottobre 2026", "2026", "+386 1 5", ""] {
            assert_eq!(day(text), None, "{text:?} is no day");
        }
        assert_eq!(read("organisation", "last_verified", "31.12.2025"), "2025-12-31", "in a field of days");
        assert_eq!(read("network", "since", "3/2019"), "2019-03", "a month");
        assert_eq!(read("network", "since", "15.03.2019"), "2019-03", "the month of a day");
        let when = read("event", "when", "11.02.2026 9.00–12:30 [Europe/Ljubljana]");
        assert_eq!(when, "2026-02-11T09:00/2026-02-11T12:30[Europe/Ljubljana]", "a time with its end");
        for (text, days) in [
            ("11. 2. 2026", "2026-02-11/2026-02-11"),
            ("11.02.2026 – 13.02.2026", "2026-02-11/2026-02-13"),
            ("11/02/2026 - 13/02/2026", "2026-02-11/2026-02-13"),
            ("2026-02-11/2026-02-13", "2026-02-11/2026-02-13"),
        ] {
            assert_eq!(read("event", "when", text), days, "whole days: {text}");
        }
    }

    #[test]
    fn decimal_commas_are_no_separators() {
        for text in ["45,956; 13,648", "45.956, 13.648", "45,956 13,648", "45.956 13.648"] {
            assert_eq!(read("organisation", "position", text), "45.956,13.648", "{text}");
        }
        let whole = "45.956,13.648;city";
        assert_eq!(read("organisation", "position", whole), whole, "what an export wrote stays");
        assert_eq!(read("event", "attendance", "120,0"), "120", "a whole number stays whole");
        assert_eq!(read("event", "attendance", "1 200"), "1200", "blanks between thousands go");
        assert_eq!(read("event", "attendance", "12,5"), "12,5", "and half a person is left to the schema");
    }

    #[test]
    fn codes_and_countries_are_known_by_their_names() {
        assert_eq!(read("organisation", "country", "SLOVÉNIE"), "SI", "a country by name");
        assert_eq!(read("organisation", "country", "Atlantide"), "Atlantide", "an unknown one is left to the schema");
        assert_eq!(read("organisation", "type", "Cooperativa Sociale"), "social_cooperative", "a label");
        assert_eq!(read("organisation", "type", "drustvo"), "association", "a label without its accents");
        let groups = read("organisation", "target_groups", "giovani, immigrati; ženske, oddaljene od trga dela");
        assert_eq!(groups, json!(["youth", "migrants", "women"]), "commas divide, but not within a label");
    }

    #[test]
    fn what_people_leave_out_is_added() {
        assert_eq!(read("organisation", "website", "www.alfa.example/chi"), "https://www.alfa.example/chi", "a scheme");
        assert_eq!(read("organisation", "website", "non ha"), "non ha", "what is no address stays for the schema");
        assert_eq!(read("organisation", "address", "Via Roma 1\n35100  Padova"), "Via Roma 1 35100 Padova", "one line");
        assert_eq!(read("organisation", "deleted", "VERO"), "true", "as Italian spreadsheets write it");
    }
}
