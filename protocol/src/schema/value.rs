//! How each type lies in a record: the canonical text of a value, from what people enter and back to JSON
//! (WIRE.md, "Scalars"). One value has one text, so that equal values written by two devices are equal.

use super::{Field, FieldType, vocabulary};
use crate::ids::{PERSON_KIND, RecordKey};
use crate::record::Scalar;
use serde_json::{Value, json};

/// Reads one value as a person or program enters it and gives what the record holds.
///
/// # Errors
/// What is wrong and what would be right.
pub(super) fn encode(field: &Field, input: &Value) -> Result<Scalar, String> {
    match field.field_type {
        FieldType::Integer { min, max } => encode_integer(input, min, max),
        FieldType::Flag => encode_flag(input),
        FieldType::Position => position_text(input).map(Scalar::Str),
        FieldType::MomentRange => moment_text(input).map(Scalar::Str),
        FieldType::Changes => changes_text(field, input).map(Scalar::Str),
        _ => encode_text(field, text_of(input)?).map(Scalar::Str),
    }
}

/// Reads one text value (of a set: one member).
pub(super) fn encode_text(field: &Field, text: &str) -> Result<String, String> {
    let text = clean(text, field.is_long())?;
    if text.len() > field.bytes_max {
        return Err(format!("has {} bytes; at most {} are allowed", text.len(), field.bytes_max));
    }
    match field.field_type {
        FieldType::Code(list) | FieldType::Codes(list) => match list.find(&text) {
            Some(term) => Ok(term.code.to_owned()),
            None => Err(format!("is not one of {}", list.codes().collect::<Vec<_>>().join(", "))),
        },
        FieldType::Reference(kinds) | FieldType::References(kinds) => check_reference(&text, kinds).map(|()| text),
        FieldType::Date => check(is_date(&text), text, "is not a day; write it as 2026-10-15"),
        FieldType::Month => check(is_month(&text), text, "is not a month; write it as 2026-10"),
        FieldType::Link | FieldType::Links => {
            check(is_link(&text), text, "is not a web address; begin with https:// and leave no spaces")
        }
        FieldType::Email => check(is_email(&text), text, "is not an e-mail address; write it as office@example.org"),
        FieldType::Digest => {
            let lower = text.to_ascii_lowercase();
            let good = lower.len() == 64 && lower.bytes().all(|b| b.is_ascii_hexdigit());
            check(good, lower, "is not a SHA-256 checksum; write its 64 hex digits")
        }
        FieldType::Country => {
            let upper = text.to_ascii_uppercase();
            let known = upper.len() == 2 && COUNTRIES.split(' ').any(|code| code == upper);
            check(known, upper, "is not a country; write its ISO code, such as IT, SI or FR")
        }
        _ => Ok(text),
    }
}

/// The JSON of what a record holds, in the shape that [`encode`] takes; `None` where it is not what the field
/// allows.
pub(super) fn decode(field: &Field, value: &Scalar) -> Option<Value> {
    match (field.field_type, value) {
        (FieldType::Integer { min, max }, Scalar::Int(number)) => (min..=max).contains(number).then(|| json!(number)),
        (FieldType::Flag, Scalar::Bool(flag)) => Some(json!(flag)),
        (FieldType::Prose | FieldType::TranslatedProse, Scalar::Prose(text)) => Some(json!(text)),
        (FieldType::Integer { .. } | FieldType::Flag | FieldType::Prose | FieldType::TranslatedProse, _) => None,
        (_, Scalar::Str(text)) => decode_text(field, text),
        _ => None,
    }
}

/// [`decode`] of a text (of a set: of one member).
pub(super) fn decode_text(field: &Field, text: &str) -> Option<Value> {
    match field.field_type {
        FieldType::Position => {
            (position_text(&json!(text)).as_deref() == Ok(text)).then(|| position_json(text)).flatten()
        }
        FieldType::MomentRange => {
            (moment_text(&json!(text)).as_deref() == Ok(text)).then(|| moment_json(text)).flatten()
        }
        FieldType::Changes => {
            let read = serde_json::from_str(text).ok()?;
            (changes_text(field, &read).as_deref() == Ok(text)).then_some(read)
        }
        _ => (encode_text(field, text).as_deref() == Ok(text)).then(|| json!(text)),
    }
}

/// A JSON object of field values, sorted by name at every level and without blanks.
fn changes_text(field: &Field, input: &Value) -> Result<String, String> {
    const REMEDY: &str = "is no change; write an object of fields and values";
    let read: Option<Value> = input.as_str().and_then(|text| serde_json::from_str(text).ok());
    let mut object = read.unwrap_or_else(|| input.clone());
    if object.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(REMEDY.to_owned());
    }
    object.sort_all_objects();
    let text = object.to_string();
    match text.len() > field.bytes_max {
        true => Err(format!("has {} bytes; at most {} are allowed", text.len(), field.bytes_max)),
        false => Ok(text),
    }
}

fn check(good: bool, text: String, remedy: &str) -> Result<String, String> {
    if good { Ok(text) } else { Err(remedy.to_owned()) }
}

fn text_of(input: &Value) -> Result<&str, String> {
    input.as_str().ok_or_else(|| "is not a text".to_owned())
}

/// Without blanks around, with plain line ends, and without characters that nobody can see.
pub(super) fn clean(text: &str, long: bool) -> Result<String, String> {
    let text = text.trim().replace("\r\n", "\n");
    let odd = text.chars().find(|c| c.is_control() && !(long && matches!(c, '\n' | '\t')));
    match odd {
        None => Ok(text),
        Some('\n') => Err("has several lines; write it in one".to_owned()),
        Some(_) => Err("has characters that cannot be shown; type it again".to_owned()),
    }
}

fn check_reference(text: &str, kinds: &[&str]) -> Result<(), String> {
    match RecordKey::parse(text) {
        Some(key) if kinds.contains(&key.kind.as_str()) => Ok(()),
        Some(key) if kinds.is_empty() && key.kind != PERSON_KIND => Ok(()),
        _ if kinds.is_empty() => Err("is not the id of a record; it has a kind, a colon and 32 digits".to_owned()),
        _ => Err(format!("is not the id of a record of kind {}", kinds.join(" or "))),
    }
}

fn encode_integer(input: &Value, min: i64, max: i64) -> Result<Scalar, String> {
    let number = match input {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    };
    match number {
        Some(number) if (min..=max).contains(&number) => Ok(Scalar::Int(number)),
        _ => Err(format!("is not a whole number from {min} to {max}")),
    }
}

fn encode_flag(input: &Value) -> Result<Scalar, String> {
    match input {
        Value::Bool(flag) => Ok(Scalar::Bool(*flag)),
        Value::String(text) if text == "true" => Ok(Scalar::Bool(true)),
        Value::String(text) if text == "false" => Ok(Scalar::Bool(false)),
        _ => Err("is neither true nor false".to_owned()),
    }
}

/// The fixed-width numbers of a text such as `2026-10-15`, by a pattern in which `0` stands for a digit.
fn numbers(text: &str, pattern: &str) -> Option<Vec<u32>> {
    let fits = text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(c, p)| if p == b'0' { c.is_ascii_digit() } else { c == p });
    let split = |text: &str| text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    fits.then(|| split(text))
}

fn is_month(text: &str) -> bool {
    matches!(numbers(text, "0000-00").as_deref(), Some([year, month]) if is_year(*year) && (1..=12).contains(month))
}

pub(super) fn is_date(text: &str) -> bool {
    matches!(numbers(text, "0000-00-00").as_deref(), Some([year, month, day])
        if is_year(*year) && (1..=days_of(*year, *month)).contains(day))
}

fn is_moment(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    is_date(date) && matches!(numbers(time, "00:00").as_deref(), Some([hour, minute]) if *hour < 24 && *minute < 60)
}

/// Nothing here happened before 1800 or is planned beyond 2999: a slip of the keyboard.
fn is_year(year: u32) -> bool {
    (1800..3000).contains(&year)
}

/// Days of a month; 0 for a month that is none.
fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

fn is_link(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.') && !host.starts_with('.') && !rest.contains(char::is_whitespace)
    })
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !host.contains('@')
        && !text.contains(char::is_whitespace)
}

/// `45.956,13.648;city`: degrees north and east, at most six decimals, none of them a trailing zero.
fn position_text(input: &Value) -> Result<String, String> {
    const REMEDY: &str = "is not a position; write latitude, longitude and precision (exact, address, city, region) as 45.956,13.648;city";
    let (lat, lon, precision) = match input {
        Value::String(text) => {
            let (place, precision) = text.trim().split_once(';').unwrap_or((text.trim(), "exact"));
            let (lat, lon) = place.split_once(',').ok_or(REMEDY)?;
            (degrees(lat), degrees(lon), precision.trim())
        }
        Value::Object(map) => {
            let precision = map.get("precision").map_or(Some("exact"), Value::as_str);
            (map.get("lat").and_then(Value::as_f64), map.get("lon").and_then(Value::as_f64), precision.ok_or(REMEDY)?)
        }
        _ => return Err(REMEDY.to_owned()),
    };
    match (lat, lon, vocabulary::POSITION_PRECISION.term(precision)) {
        (Some(lat), Some(lon), Some(term)) if lat.abs() <= 90.0 && lon.abs() <= 180.0 => {
            Ok(format!("{},{};{}", degrees_text(lat), degrees_text(lon), term.code))
        }
        _ => Err(REMEDY.to_owned()),
    }
}

fn degrees(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|degrees: &f64| degrees.is_finite())
}

fn degrees_text(degrees: f64) -> String {
    let text = format!("{degrees:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn position_json(text: &str) -> Option<Value> {
    let (place, precision) = text.split_once(';')?;
    let (lat, lon) = place.split_once(',')?;
    Some(json!({ "lat": degrees(lat)?, "lon": degrees(lon)?, "precision": precision }))
}

/// `2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana]`: local times, to the minute, and their zone; or whole days,
/// `2026-02-11/2026-02-13`, the last one included. A day is a day in every zone: a zone that is given with days is left
/// out.
fn moment_text(input: &Value) -> Result<String, String> {
    const REMEDY: &str = "is not a time; write start, end and time zone as \
                          2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana], or whole days as 2026-02-11/2026-02-13";
    let (start, end, zone) = match input {
        Value::String(text) => split_moment(text.trim()).ok_or(REMEDY)?,
        Value::Object(map) => {
            let get = |name: &str| map.get(name).and_then(Value::as_str);
            let start = get("start").ok_or(REMEDY)?;
            (start, get("end").unwrap_or(start), get("tzid"))
        }
        _ => return Err(REMEDY.to_owned()),
    };
    let whole_days = is_date(start) && is_date(end);
    let zone = zone.filter(|_| !whole_days);
    let times = is_moment(start) && is_moment(end) && zone.is_some_and(is_zone);
    if !(whole_days || times) {
        return Err(REMEDY.to_owned());
    }
    if end < start {
        return Err("ends before it starts".to_owned());
    }
    Ok(match zone {
        Some(zone) => format!("{start}/{end}[{zone}]"),
        None => format!("{start}/{end}"),
    })
}

/// Start, end, and the zone where one is named.
fn split_moment(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let (range, zone) = match text.strip_suffix(']') {
        Some(text) => text.split_once('[').map(|(range, zone)| (range, Some(zone)))?,
        None => (text, None),
    };
    let (start, end) = range.split_once('/').unwrap_or((range, range));
    Some((start, end, zone))
}

fn moment_json(text: &str) -> Option<Value> {
    let (start, end, tzid) = split_moment(text)?;
    Some(match tzid {
        Some(tzid) => json!({ "start": start, "end": end, "tzid": tzid }),
        None => json!({ "start": start, "end": end }),
    })
}

/// The shape of an IANA zone name; whether there is such a zone the node's time library knows.
fn is_zone(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'))
}

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO \
BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER \
ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN \
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH \
MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN \
PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ \
TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
