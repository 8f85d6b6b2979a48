//! From JSON and command-line text to the changes of flat fields.

use super::value::{clean, encode, encode_text};
use super::{Field, FieldError, FieldType, Kind, LANGUAGES, SCHEMA_VERSION, base_of, entries, log};
use crate::record::{FieldChange, FieldOp, Row, Scalar};
use serde_json::{Map, Value};

/// The fields that every new record begins with: schema version, original language, and visibility `federation`, or
/// `partner` of a kind that is internal by default.
pub fn new_record(kind: &Kind, language: &str) -> Vec<FieldChange> {
    vec![
        FieldChange::put("schema", SCHEMA_VERSION),
        FieldChange::put("original_language", language),
        FieldChange::put("visibility", if kind.is_internal { "partner" } else { "federation" }),
    ]
}

/// Puts the ends of a symmetric link into the order in which they lie, so that two who write it write the same.
pub fn sort_ends(kind: &Kind, fields: &mut Map<String, Value>) {
    if let (true, [a, b]) = (kind.is_symmetric, kind.ends)
        && let (Some(first), Some(second)) = (fields.get(*a).cloned(), fields.get(*b).cloned())
        && first.as_str() > second.as_str()
    {
        fields.insert((*a).to_owned(), second);
        fields.insert((*b).to_owned(), first);
    }
}

/// Reads a field's JSON value into changes of flat fields.
///
/// # Shape
/// `name` is the field's, or `name@it` for one language of a translated one. `null` and empty texts clear.
/// Translated: an object language → text; only the languages named are touched. Sets: an array (or a text
/// with commas, semicolons for free texts) of all members, compared with `current`; or an object with `add`
/// and `remove`. Position: `{lat, lon, precision}` or its text. Moment range: `{start, end, tzid}` or its
/// text. Log: an array of `{to, at, from?}`, or `{add: [...]}`; it only grows. Ordered entries: an array, or an object of
/// `add`, `move` and `remove`; one sub-field of one entry by the name `modules.<id>.hours`. Changes: an object.
///
/// # Errors
/// [`FieldError`]: the field, the value, and what would be right.
pub fn parse_field(
    kind: &Kind,
    name: &str,
    input: &Value,
    current: Option<&Row>,
) -> Result<Vec<FieldChange>, FieldError> {
    let field = kind.field(base_of(name)).ok_or_else(|| unknown_field(kind, name))?;
    match field.field_type {
        FieldType::Entries(subs) if name == field.name => entries::parse(field, subs, input, current),
        FieldType::Entries(subs) => entries::parse_sub(subs, name, input),
        FieldType::Log(list) if name == field.name => log::parse(field, list, input, current),
        _ if field.is_set() && name == field.name => parse_set(field, input, current),
        _ => parse_at(field, name, input),
    }
}

/// Reads the value of a field that is no set, log or list, for the flat key at which it lies; without a language behind
/// it, that of a translated field takes an object.
pub(super) fn parse_at(field: &Field, key: &str, input: &Value) -> Result<Vec<FieldChange>, FieldError> {
    match (field.is_translated(), key.split_once('@')) {
        (true, Some((_, lang))) => parse_text(field, key, lang, input).map(|change| vec![change]),
        (true, None) => parse_translated(field, key, input),
        (false, Some((base, _))) => {
            Err(FieldError::new(key, "", format!("is not translated; set {base:?} without a language")))
        }
        (false, None) => parse_one(field, key, input).map(|change| vec![change]),
    }
}

/// Reads `--set field=value`: `key` is what stands before the `=`. A `+` or `-` at its end adds to or removes
/// from a set (`target_groups+=youth`).
///
/// # Errors
/// As [`parse_field`].
pub fn parse_assignment(
    kind: &Kind,
    key: &str,
    text: &str,
    current: Option<&Row>,
) -> Result<Vec<FieldChange>, FieldError> {
    let value = Value::String(text.to_owned());
    let member = |name: &str, part: &str| match kind.field(name) {
        Some(field) if matches!(field.field_type, FieldType::Log(_)) && part == "add" => {
            Ok(serde_json::json!({ part: [value] }))
        }
        Some(field) if field.is_set() => Ok(serde_json::json!({ part: value })),
        Some(_) => Err(FieldError::new(name, text, "is not a set; use = alone")),
        None => Err(unknown_field(kind, name)),
    };
    match (key.strip_suffix('+'), key.strip_suffix('-')) {
        (Some(name), _) => parse_field(kind, name, &member(name, "add")?, current),
        (_, Some(name)) => parse_field(kind, name, &member(name, "remove")?, current),
        _ => parse_field(kind, key, &value, current),
    }
}

/// The first required field that a record would lack with these changes.
pub fn missing(kind: &Kind, current: Option<&Row>, changes: &[FieldChange]) -> Option<&'static Field> {
    let has = |field: &Field| {
        let of_field = |key: &str| base_of(key) == field.name;
        let cleared = |key: &str| changes.iter().any(|change| change.key == key && is_clear(&change.op));
        let stands =
            |row: &Row| row.fields.keys().any(|key| of_field(key) && row.value(key).is_some() && !cleared(key));
        changes.iter().any(|change| of_field(&change.key) && !is_clear(&change.op)) || current.is_some_and(stands)
    };
    kind.all_fields().find(|field| field.required && !has(field))
}

pub(super) fn is_clear(op: &FieldOp) -> bool {
    match op {
        FieldOp::Put(value) => *value == Scalar::Null,
        FieldOp::Remove => true,
        FieldOp::Prose(text) => text.is_empty(),
        FieldOp::Add => false,
    }
}

fn parse_one(field: &Field, key: &str, input: &Value) -> Result<FieldChange, FieldError> {
    if is_empty(input) {
        return Ok(clearing(field, key));
    }
    if matches!(field.field_type, FieldType::Prose) {
        return parse_prose(field, key, input);
    }
    let value = encode(field, input).map_err(|reason| refuse(key, input, reason))?;
    Ok(FieldChange::put(key, value))
}

fn parse_translated(field: &Field, key: &str, input: &Value) -> Result<Vec<FieldChange>, FieldError> {
    match input {
        Value::Null => Ok(LANGUAGES.iter().map(|lang| clearing(field, &format!("{key}@{lang}"))).collect()),
        Value::Object(texts) => {
            texts.iter().map(|(lang, text)| parse_text(field, &format!("{key}@{lang}"), lang, text)).collect()
        }
        _ => Err(refuse(key, input, format!("needs a language; set {key}@it, {key}@sl, {key}@fr or {key}@en"))),
    }
}

fn parse_text(field: &Field, key: &str, lang: &str, input: &Value) -> Result<FieldChange, FieldError> {
    if !LANGUAGES.contains(&lang) {
        return Err(refuse(key, input, format!("{lang:?} is not one of {}", LANGUAGES.join(", "))));
    }
    if is_empty(input) {
        return Ok(clearing(field, key));
    }
    if matches!(field.field_type, FieldType::TranslatedProse) {
        return parse_prose(field, key, input);
    }
    let value = encode(field, input).map_err(|reason| refuse(key, input, reason))?;
    Ok(FieldChange::put(key, value))
}

fn parse_prose(field: &Field, key: &str, input: &Value) -> Result<FieldChange, FieldError> {
    let text = input.as_str().ok_or_else(|| refuse(key, input, "is not a text"))?;
    let text = clean(text, true).map_err(|reason| refuse(key, input, reason))?;
    if text.len() > field.bytes_max {
        let reason = format!("has {} bytes; at most {} are allowed", text.len(), field.bytes_max);
        return Err(refuse(key, input, reason));
    }
    Ok(FieldChange { key: key.to_owned(), op: FieldOp::Prose(text) })
}

fn parse_set(field: &Field, input: &Value, current: Option<&Row>) -> Result<Vec<FieldChange>, FieldError> {
    let change = |member: &String, op| FieldChange { key: format!("{}/{member}", field.name), op };
    if let Value::Object(steps) = input {
        if let Some(other) = steps.keys().find(|key| !matches!(key.as_str(), "add" | "remove")) {
            return Err(FieldError::new(field.name, other, "is unknown here; a set takes an array, or add and remove"));
        }
        let step = |name: &str| steps.get(name).map_or(Ok(Vec::new()), |members| parse_members(field, members));
        let (added, removed) = (step("add")?, step("remove")?);
        let adds = added.iter().map(|member| change(member, FieldOp::Add));
        return Ok(adds.chain(removed.iter().map(|member| change(member, FieldOp::Remove))).collect());
    }
    let wanted = parse_members(field, input)?;
    let standing: Vec<String> = current.map_or_else(Vec::new, |row| members(row, field.name));
    let adds = wanted.iter().filter(|member| !standing.contains(member)).map(|member| change(member, FieldOp::Add));
    let gone = standing.iter().filter(|member| !wanted.contains(member));
    Ok(adds.chain(gone.map(|member| change(member, FieldOp::Remove))).collect())
}

/// The members that stand in a set.
pub(super) fn members(row: &Row, field: &str) -> Vec<String> {
    let member = |key: &String| key.split_once('/').filter(|(name, _)| *name == field).map(|(_, m)| m.to_owned());
    row.fields.keys().filter_map(member).collect()
}

/// The members named, each once, in order.
fn parse_members(field: &Field, input: &Value) -> Result<Vec<String>, FieldError> {
    let free = matches!(field.field_type, FieldType::Lines | FieldType::Links);
    let texts: Vec<&str> = match input {
        Value::Null => Vec::new(),
        Value::String(text) => text.split(|c| c == ';' || (c == ',' && !free)).collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().ok_or_else(|| refuse(field.name, item, "is not a text")))
            .collect::<Result<_, _>>()?,
        other => return Err(refuse(field.name, other, "is neither an array nor a text")),
    };
    let mut members: Vec<String> = Vec::new();
    for text in texts.into_iter().filter(|text| !text.trim().is_empty()) {
        let member = encode_text(field, text).map_err(|reason| FieldError::new(field.name, text, reason))?;
        if !members.contains(&member) {
            members.push(member);
        }
    }
    Ok(members)
}

fn is_empty(input: &Value) -> bool {
    match input {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn clearing(field: &Field, key: &str) -> FieldChange {
    match field.field_type {
        // An emptied text keeps what others write into it meanwhile; null would hide it.
        FieldType::Prose | FieldType::TranslatedProse => {
            FieldChange { key: key.to_owned(), op: FieldOp::Prose(String::new()) }
        }
        _ => FieldChange::clear(key),
    }
}

pub(super) fn refuse(key: &str, input: &Value, reason: impl Into<String>) -> FieldError {
    match input {
        Value::String(text) => FieldError::new(key, text, reason),
        other => FieldError::new(key, &other.to_string(), reason),
    }
}

fn unknown_field(kind: &Kind, name: &str) -> FieldError {
    let nearest =
        kind.all_fields().map(|field| field.name).min_by_key(|known| distance(known, name)).unwrap_or_default();
    FieldError::new(name, "", format!("is no field of {}; did you mean {nearest}?", kind.name))
}

/// How many letters have to change to make one word of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut costs: Vec<usize> = (0..=b.len()).collect();
    for (row, letter) in a.chars().enumerate() {
        let mut left = row + 1;
        let mut diagonal = std::mem::replace(&mut costs[0], left); // INVARIANT: costs has b.len() + 1 entries.
        for (cost, other) in costs.iter_mut().skip(1).zip(&b) {
            left = (*cost + 1).min(left + 1).min(diagonal + usize::from(letter != *other));
            diagonal = std::mem::replace(cost, left);
        }
    }
    costs.last().copied().unwrap_or_default()
}
