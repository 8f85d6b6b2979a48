//! Between the schema table and what people and programs see of a record's fields.

use crate::cells;
use crate::i18n::Lang;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};
use comin_protocol::schema::{self, Field, FieldType, Kind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A value that cannot be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{text}")]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong with the value, the field's name included.
    pub text: String,
    /// The value, shortened; empty where something is missing.
    pub value: String,
}

impl FieldError {
    fn without_value(field: &str, text: String) -> Self {
        Self { field: field.to_owned(), text, value: String::new() }
    }
}

impl From<schema::FieldError> for FieldError {
    fn from(error: schema::FieldError) -> Self {
        Self { text: error.to_string(), field: error.field, value: error.value }
    }
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

/// A scalar as people read it where its field is not known.
pub fn scalar_text(value: &Scalar) -> String {
    match value {
        Scalar::Null => String::new(),
        Scalar::Bool(b) => b.to_string(),
        Scalar::Int(n) => n.to_string(),
        Scalar::Str(text) | Scalar::Prose(text) | Scalar::Foreign(text) => text.clone(),
    }
}

/// The record's fields as JSON, in the shape that [`parse`] takes.
pub fn to_json(row: &Row) -> Map<String, Value> {
    schema::fields_to_json(row)
}

/// The kind of this name.
///
/// # Errors
/// [`FieldError`] for a kind that this version does not know.
pub fn known_kind(name: &str) -> Result<&'static Kind, FieldError> {
    schema::kind(name).ok_or_else(|| {
        let known: Vec<&str> = schema::KINDS.iter().map(|kind| kind.name).collect();
        let text = format!("kind: {name:?} is not one of {}", known.join(", "));
        FieldError::without_value("kind", text)
    })
}

/// Field values as edits of a record; `before` is the record as it stands, `None` for a new one, which also
/// gets what every record begins with.
///
/// # Errors
/// [`FieldError`] of the first value that cannot be taken, or of a required field that would be empty.
pub fn parse(
    kind: &str,
    fields: &Map<String, Value>,
    before: Option<&Row>,
    lang: Lang,
) -> Result<Vec<FieldChange>, FieldError> {
    let kind = known_kind(kind)?;
    let mut fields = fields.clone();
    schema::sort_ends(kind, &mut fields);
    let mut changes = Vec::new();
    for (name, value) in &fields {
        changes.extend(schema::parse_field(kind, name, value, before)?);
    }
    if let Some(field) = schema::missing(kind, before, &changes) {
        return Err(FieldError::without_value(field.name, format!("{}: is required", field.name)));
    }
    if before.is_none() {
        let defaults = schema::new_record(kind, lang.code()).into_iter();
        let mut all: Vec<_> = defaults.filter(|d| !changes.iter().any(|c| c.key == d.key)).collect();
        all.append(&mut changes);
        changes = all;
    }
    Ok(changes)
}

/// Another value for one flat key, for the decision of a conflict.
///
/// # Errors
/// [`FieldError`].
pub fn parse_flat(key: &str, value: &Value, row: &Row) -> Result<Vec<FieldChange>, FieldError> {
    Ok(schema::parse_field(known_kind(&row.key.kind)?, key, value, Some(row))?)
}

/// The derived id of a link, from its ends; `None` for kinds with random ids.
///
/// # Errors
/// [`FieldError`] where an end is missing.
pub fn derived_key(kind: &str, fields: &Map<String, Value>) -> Result<Option<RecordKey>, FieldError> {
    let kind = known_kind(kind)?;
    if kind.ends.is_empty() {
        return Ok(None);
    }
    let end = |field: &&'static str| {
        let text = fields.get(*field).and_then(Value::as_str);
        text.and_then(|text| RecordKey::parse(text.trim()))
            .ok_or_else(|| FieldError::without_value(field, format!("{field}: needs a record's id")))
    };
    let ends = kind.ends.iter().map(end).collect::<Result<Vec<_>, _>>()?;
    match kind.is_symmetric && ends.first() == ends.last() {
        true => Err(FieldError::without_value(kind.ends[0], "a record is the same as itself".to_owned())), // INVARIANT: it has ends.
        false => Ok(Some(kind.derived_key(&ends))),
    }
}

/// The words of a field for filters: a code, the members of a set, a reference.
pub fn words(row: &Row, field: &str) -> Vec<String> {
    let one = row.text(field).map(str::to_owned);
    let member = |key: &String| key.split_once('/').filter(|(name, _)| *name == field).map(|(_, m)| m.to_owned());
    let set = row.fields.keys().filter(|key| row.value(key).is_some()).filter_map(member);
    one.into_iter().chain(set).collect()
}

/// What a record is called.
pub fn title(row: &Row, lang: Lang) -> String {
    schema::title(row, lang.code())
}

/// The records by which a record without a title is called; of a link its ends.
pub fn named_by(row: &Row) -> Vec<RecordKey> {
    let named_by = schema::kind(&row.key.kind).map_or(&[][..], |kind| kind.named_by);
    named_by.iter().filter_map(|end| RecordKey::parse(row.text(end)?)).collect()
}

/// All records to which the row refers, in any value of a field, also one that is in conflict.
pub fn references(row: &Row) -> Vec<RecordKey> {
    let values = row.fields.values().flatten().filter_map(|cell| RecordKey::parse(cell.value.as_str()?));
    let members = row.fields.keys().filter_map(|key| RecordKey::parse(key.split_once('/')?.1));
    values.chain(members).collect()
}

/// What a kind is called; an unknown kind by its own word.
pub fn kind_label(lang: Lang, kind: &str) -> String {
    lang.lookup(&format!("kind-{kind}"), &[]).unwrap_or_else(|| kind.to_owned())
}

/// What the field of a flat key is called, with the language of a translated one.
pub fn field_label(lang: Lang, key: &str) -> String {
    label(lang, None, key)
}

/// The same in records of one kind, where a name may mean something else than elsewhere.
pub fn field_label_in(lang: Lang, kind: &str, key: &str) -> String {
    label(lang, Some(kind), key)
}

fn label(lang: Lang, kind: Option<&str>, key: &str) -> String {
    let (base, tongue) = key.split_once('@').map_or((key, None), |(base, tongue)| (base, Some(tongue)));
    let (base, member) = base.split_once('/').map_or((base, None), |(base, member)| (base, Some(member)));
    let own = |name: &str| lang.lookup(&format!("field-{}-{name}", kind?), &[]);
    let label_of = |name: &str| {
        own(name).or_else(|| lang.lookup(&format!("field-{name}"), &[])).unwrap_or_else(|| name.to_owned())
    };
    // A sub-field of an entry: `modules.<id>.title`.
    let (base, sub) = (schema::base_of(base), base.rsplit_once('.').map(|(_, sub)| sub));
    let label = sub.map_or_else(|| label_of(base), |sub| format!("{}: {}", label_of(base), label_of(sub)));
    match tongue.or(member) {
        Some(detail) => format!("{label} ({detail})"),
        None => label,
    }
}

/// The fields as columns of a table: translated fields one column per language.
pub fn to_columns(row: &Row) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (name, value) in to_json(row) {
        match value {
            Value::Object(texts) if schema_field(row, &name).is_some_and(Field::is_translated) => {
                out.extend(texts.iter().map(|(lang, text)| (format!("{name}@{lang}"), plain(text))));
            }
            // Positions and moments have a text of their own, which imports read.
            Value::Object(_) => drop(out.insert(name.clone(), row.text(&name).unwrap_or_default().to_owned())),
            Value::Array(members) => {
                let text = match schema_field(row, &name).map(|field| (field, field.field_type)) {
                    Some((field, FieldType::Log(list))) => {
                        let steps = schema::steps(row, field, list);
                        cells::joined(&steps.iter().map(schema::Step::to_text).collect::<Vec<_>>())
                    }
                    Some((_, FieldType::Entries(_))) => Value::Array(members).to_string(),
                    _ => cells::joined(&members.iter().map(plain).collect::<Vec<_>>()),
                };
                out.insert(name, text);
            }
            value => drop(out.insert(name, plain(&value))),
        }
    }
    out.remove("_invalid");
    out
}

fn schema_field(row: &Row, name: &str) -> Option<&'static Field> {
    schema::kind(&row.key.kind)?.field(name)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The name of a type, for programs.
pub fn type_name(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Line => "line",
        FieldType::TranslatedLine => "translated_line",
        FieldType::Prose => "prose",
        FieldType::TranslatedProse => "translated_prose",
        FieldType::Code(_) => "code",
        FieldType::Codes(_) => "codes",
        FieldType::Reference(_) => "reference",
        FieldType::References(_) => "references",
        FieldType::Lines => "lines",
        FieldType::Links => "links",
        FieldType::Date => "date",
        FieldType::Month => "month",
        FieldType::MomentRange => "moment_range",
        FieldType::Position => "position",
        FieldType::Integer { .. } => "integer",
        FieldType::Link => "link",
        FieldType::Email => "email",
        FieldType::Country => "country",
        FieldType::Flag => "flag",
        FieldType::Digest => "digest",
        FieldType::Log(_) => "log",
        FieldType::Entries(_) => "entries",
        FieldType::Changes => "changes",
    }
}

/// The schema table for programs.
pub fn schema_json(lang: Lang) -> Value {
    let kinds = schema::KINDS.iter().map(|kind| {
        json!({
            "kind": kind.name,
            "label": kind_label(lang, kind.name),
            "title": kind.title,
            "ends": kind.ends,
            "named_by": kind.named_by,
            "fields": kind.all_fields().map(|field| field_json(lang, kind.name, field)).collect::<Vec<_>>(),
        })
    });
    let vocabularies = schema::VOCABULARIES.iter().map(|vocabulary| {
        let terms = vocabulary.terms.iter();
        let terms: Vec<Value> =
            terms.map(|term| json!({"code": term.code, "label": term.label(lang.code())})).collect();
        (vocabulary.name.to_owned(), json!(terms))
    });
    json!({
        "schema": 1,
        "languages": schema::LANGUAGES,
        "kinds": kinds.collect::<Vec<_>>(),
        "vocabularies": vocabularies.collect::<Map<_, _>>(),
    })
}

fn field_json(lang: Lang, kind: &str, field: &Field) -> Value {
    let (vocabulary, kinds) = match field.field_type {
        FieldType::Code(v) | FieldType::Codes(v) | FieldType::Log(v) => (Some(v.name), None),
        FieldType::Reference(kinds) | FieldType::References(kinds) => (None, Some(kinds)),
        _ => (None, None),
    };
    json!({
        "field": field.name,
        "label": field_label_in(lang, kind, field.name),
        "type": type_name(field.field_type),
        "required": field.required,
        "bytes_max": field.bytes_max,
        "vocabulary": vocabulary,
        "kinds": kinds,
        "fields": match field.field_type {
            FieldType::Entries(subs) => Some(subs.iter().map(|sub| field_json(lang, kind, sub)).collect::<Vec<_>>()),
            _ => None,
        },
    })
}

/// The kinds' fields as OpenAPI schemas.
pub fn openapi_kinds() -> Map<String, Value> {
    let kinds = schema::KINDS.iter().map(|kind| {
        let properties: Map<String, Value> =
            kind.all_fields().map(|field| (field.name.to_owned(), field_openapi(field))).collect();
        let required: Vec<&str> = kind.fields.iter().filter(|f| f.required).map(|f| f.name).collect();
        let schema = json!({"type": "object", "required": required, "properties": properties});
        (format!("Fields_{}", kind.name), schema)
    });
    kinds.collect()
}

fn field_openapi(field: &Field) -> Value {
    let text = || json!({"type": "string", "maxLength": field.bytes_max});
    let codes = |v: &schema::Vocabulary| json!({"type": "string", "enum": v.codes().collect::<Vec<_>>()});
    let key = |kinds: &[&str]| {
        let kinds = if kinds.is_empty() { "[a-z]+".to_owned() } else { kinds.join("|") };
        json!({"type": "string", "pattern": format!("^({kinds}):[0-9a-f]{{32}}$")})
    };
    let list = |items: Value| json!({"type": "array", "items": items});
    match field.field_type {
        _ if field.is_translated() => {
            let texts: Map<String, Value> = schema::LANGUAGES.iter().map(|l| ((*l).to_owned(), text())).collect();
            json!({"type": "object", "properties": texts, "additionalProperties": false})
        }
        FieldType::Code(v) => codes(v),
        FieldType::Codes(v) => list(codes(v)),
        FieldType::Reference(kinds) => key(kinds),
        FieldType::References(kinds) => list(key(kinds)),
        FieldType::Lines => list(text()),
        FieldType::Links => list(json!({"type": "string", "format": "uri"})),
        FieldType::Date => json!({"type": "string", "format": "date"}),
        FieldType::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        FieldType::Link => json!({"type": "string", "format": "uri"}),
        FieldType::Email => json!({"type": "string", "format": "email"}),
        FieldType::Country => json!({"type": "string", "pattern": "^[A-Z]{2}$"}),
        FieldType::Flag => json!({"type": "boolean"}),
        FieldType::Digest => json!({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
        FieldType::Changes => json!({"type": "object"}),
        FieldType::Log(v) => list(json!({"type": "object", "required": ["to", "at"], "properties": {
            "id": {"type": "string"}, "to": codes(v), "at": {"type": "string", "format": "date"},
            "from": {"type": "array", "items": {"type": "string"}},
        }})),
        FieldType::Entries(subs) => {
            let mut properties = Map::from_iter([("id".to_owned(), json!({"type": "string"}))]);
            properties.extend(subs.iter().map(|sub| (sub.name.to_owned(), field_openapi(sub))));
            list(json!({"type": "object", "properties": properties}))
        }
        FieldType::Position => json!({"type": "object", "required": ["lat", "lon"], "properties": {
            "lat": {"type": "number"}, "lon": {"type": "number"}, "precision": text(),
        }}),
        FieldType::MomentRange => json!({"type": "object", "required": ["start"], "properties": {
            "start": {"type": "string"}, "end": {"type": "string"}, "tzid": {"type": "string"},
        }}),
        _ => text(),
    }
}

/// A value as the operation that writes it.
pub fn write_op(value: &Scalar) -> FieldOp {
    match value {
        Scalar::Prose(text) => FieldOp::Prose(text.clone()),
        value => FieldOp::Put(value.clone()),
    }
}
