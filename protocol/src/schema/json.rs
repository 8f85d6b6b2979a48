//! From a row to JSON: the shape that [`super::parse_field`] takes, so that what is read can be written.

use super::value::{decode, decode_text};
use super::{Field, FieldType, Vocabulary, base_of, entries, kind, log};
use crate::record::{Row, Scalar};
use serde_json::{Map, Value, json};
use std::ops::Bound;

/// The record as JSON.
///
/// # Shape
/// One member per field of the schema: translated ones as an object language → text, sets as an array,
/// positions and moment ranges as objects, logs and ordered entries as arrays of objects in their order. Fields that this version does not know stand under their flat
/// keys; all fields of a kind that it does not know do. `_invalid` holds, by flat key, what is not of its
/// field's type. `_meta` holds id, kind, register, part, version, creation (actor and milliseconds) and the
/// flat keys in conflict.
pub fn to_json(row: &Row) -> Map<String, Value> {
    let mut out = fields_to_json(row);
    out.insert("_meta".to_owned(), meta(row));
    out
}

/// [`to_json`] without `_meta`, which costs a hash of the whole record.
pub fn fields_to_json(row: &Row) -> Map<String, Value> {
    let mut out = Map::new();
    let mut invalid = Map::new();
    let kind = kind(&row.key.kind);
    // In the schema's order, whatever the order of the flat keys.
    for field in kind.into_iter().flat_map(|kind| kind.all_fields()) {
        match field.field_type {
            FieldType::Log(list) => add_log(field, list, row, &mut out, &mut invalid),
            FieldType::Entries(subs) => add_entries(field, subs, row, &mut out, &mut invalid),
            _ => flat_keys(row, field.name).for_each(|key| add_known(field, key, row, &mut out, &mut invalid)),
        }
    }
    for key in row.fields.keys().filter(|key| kind.and_then(|kind| kind.field(base_of(key))).is_none()) {
        if let Some(value) = row.value(key) {
            out.insert(key.clone(), raw(value));
        }
    }
    if !invalid.is_empty() {
        out.insert("_invalid".to_owned(), Value::Object(invalid));
    }
    out
}

/// The flat keys of a field, which stand among those that begin with its name.
fn flat_keys<'a>(row: &'a Row, name: &'static str) -> impl Iterator<Item = &'a String> {
    let from = (Bound::Included(name), Bound::Unbounded);
    let begin = row.fields.range::<str, _>(from).map(|(key, _)| key).take_while(move |key| key.starts_with(name));
    begin.filter(move |key| base_of(key) == name)
}

fn add_known(field: &Field, key: &str, row: &Row, out: &mut Map<String, Value>, invalid: &mut Map<String, Value>) {
    let Some(value) = row.value(key) else { return };
    let (lang, member) = (key.strip_prefix(field.name).and_then(|rest| rest.strip_prefix('@')), key.split_once('/'));
    let good = match (field.is_translated(), lang, field.is_set(), member) {
        (true, Some(lang), false, _) => decode(field, value)
            .filter(|_| super::LANGUAGES.contains(&lang))
            .map(|text| insert_text(out, field, lang, text)),
        (false, None, true, Some((_, member))) => {
            decode_text(field, member).map(|member| push_member(out, field, member))
        }
        (false, None, false, None) => decode(field, value).map(|value| drop(out.insert(field.name.to_owned(), value))),
        _ => None,
    };
    if good.is_none() {
        invalid.insert(key.to_owned(), raw(value));
    }
}

fn add_log(
    field: &Field,
    list: &Vocabulary,
    row: &Row,
    out: &mut Map<String, Value>,
    invalid: &mut Map<String, Value>,
) {
    let steps = log::steps(row, field, list);
    if !steps.is_empty() {
        out.insert(field.name.to_owned(), steps.iter().map(log::Step::to_json).collect());
    }
    let known = |key: &String| steps.iter().any(|step| key.split_once('/').is_some_and(|(_, id)| id == step.id));
    add_raw(row, row.fields.keys().filter(|key| base_of(key) == field.name && !known(key)), invalid);
}

fn add_entries(
    field: &Field,
    subs: &'static [Field],
    row: &Row,
    out: &mut Map<String, Value>,
    invalid: &mut Map<String, Value>,
) {
    let (list, wrong) = entries::to_json(row, field, subs);
    if !list.is_empty() {
        out.insert(field.name.to_owned(), Value::Array(list));
    }
    add_raw(row, wrong.iter(), invalid);
}

fn add_raw<'a>(row: &Row, keys: impl Iterator<Item = &'a String>, invalid: &mut Map<String, Value>) {
    invalid.extend(keys.filter_map(|key| Some((key.clone(), raw(row.value(key)?)))));
}

fn insert_text(out: &mut Map<String, Value>, field: &Field, lang: &str, text: Value) {
    if let Value::Object(texts) = out.entry(field.name).or_insert_with(|| json!({})) {
        texts.insert(lang.to_owned(), text);
    }
}

fn push_member(out: &mut Map<String, Value>, field: &Field, member: Value) {
    if let Value::Array(members) = out.entry(field.name).or_insert_with(|| json!([])) {
        members.push(member);
    }
}

fn raw(value: &Scalar) -> Value {
    match value {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => json!(value),
        Scalar::Int(value) => json!(value),
        Scalar::Str(text) | Scalar::Prose(text) | Scalar::Foreign(text) => json!(text),
    }
}

fn meta(row: &Row) -> Value {
    let created = row.origins.first().map(|origin| json!({ "actor": origin.actor, "time_ms": origin.time_ms }));
    let conflicts: Vec<String> = row.conflicts().into_iter().map(|conflict| conflict.field).collect();
    json!({
        "id": row.key,
        "kind": row.key.kind,
        "register": row.doc.register,
        "part": row.doc.part,
        "version": row.version().to_text(),
        "created": created,
        "conflicts": conflicts,
    })
}
