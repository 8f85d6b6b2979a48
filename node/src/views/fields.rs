//! Between flat keys of a row and the fields that people know.

use crate::i18n::Lang;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A value that cannot be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong with the value.
    pub reason: String,
}

/// A scalar as JSON.
pub fn scalar_json(value: &Scalar) -> Value {
    match value {
        Scalar::Null => Value::Null,
        Scalar::Bool(b) => json!(b),
        Scalar::Int(n) => json!(n),
        Scalar::Str(text) | Scalar::Prose(text) | Scalar::Foreign(text) => json!(text),
    }
}

/// The record's fields as JSON, in the shape that [`parse`] takes.
pub fn to_json(row: &Row) -> Map<String, Value> {
    let standing = row.fields.keys().filter_map(|key| Some((key.clone(), scalar_json(row.value(key)?))));
    standing.collect()
}

/// Field values as edits of a record; `before` is the record as it stands.
///
/// # Errors
/// [`FieldError`] of the first value that cannot be taken.
pub fn parse(_kind: &str, fields: &Map<String, Value>, _before: Option<&Row>) -> Result<Vec<FieldChange>, FieldError> {
    fields
        .iter()
        .map(|(key, value)| {
            let scalar = match value {
                Value::Null => Scalar::Null,
                Value::Bool(b) => Scalar::Bool(*b),
                Value::String(text) => Scalar::Str(text.clone()),
                Value::Number(n) if n.as_i64().is_some() => Scalar::Int(n.as_i64().unwrap_or_default()),
                _ => return Err(FieldError { field: key.clone(), reason: "unknown field".into() }),
            };
            Ok(FieldChange { key: key.clone(), op: FieldOp::Put(scalar) })
        })
        .collect()
}

/// The words of a field for filters: a code, codes of a set, a reference.
pub fn words(row: &Row, field: &str) -> Vec<String> {
    let prefix = format!("{field}/");
    let one = row.text(field).map(str::to_owned);
    let set = row.fields.keys().filter(|key| row.value(key).is_some()).filter_map(|k| k.strip_prefix(&prefix));
    one.into_iter().chain(set.map(str::to_owned)).collect()
}

/// What a record is called.
pub fn title(row: &Row, lang: Lang) -> String {
    let keys = [format!("name@{}", lang.code()), format!("title@{}", lang.code()), "name".into(), "title".into()];
    let named = keys.iter().find_map(|key| row.text(key));
    named.map_or_else(|| row.key.to_string(), str::to_owned)
}

/// What a kind is called; an unknown kind by its own word.
pub fn kind_label(lang: Lang, kind: &str) -> String {
    lang.lookup(&format!("kind-{kind}"), &[]).unwrap_or_else(|| kind.to_owned())
}

/// Flat keys and values as edits, for the decision of a conflict.
///
/// # Errors
/// [`FieldError`].
pub fn parse_flat(kind: &str, fields: &Map<String, Value>, before: &Row) -> Result<Vec<FieldChange>, FieldError> {
    parse(kind, fields, Some(before))
}

/// The derived id of a link, from its ends; `None` for kinds with random ids.
///
/// # Errors
/// [`FieldError`] where an end is missing.
pub fn derived_key(kind: &str, fields: &Map<String, Value>) -> Result<Option<RecordKey>, FieldError> {
    if kind != "membership" {
        return Ok(None);
    }
    let end = |field: &str| {
        let text = fields.get(field).and_then(Value::as_str);
        text.and_then(RecordKey::parse)
            .ok_or_else(|| FieldError { field: field.into(), reason: "needs a record id".into() })
    };
    Ok(Some(RecordKey::derived(kind, &[&end("organisation")?, &end("network")?])))
}

/// The fields as columns of a table.
pub fn to_columns(row: &Row) -> BTreeMap<String, String> {
    to_json(row)
        .into_iter()
        .map(|(key, value)| (key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

/// The schema table for programs.
pub fn schema_json(_lang: Lang) -> Value {
    json!({"schema": 1, "kinds": []})
}

/// The kinds as OpenAPI schemas.
pub fn openapi_kinds() -> Map<String, Value> {
    Map::new()
}
