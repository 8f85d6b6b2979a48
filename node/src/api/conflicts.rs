//! Conflicts: what waits for a decision, and the decision.

use super::context::{Body, Params};
use super::limits::{PAGE_ITEMS, PAGE_ITEMS_MAX};
use super::problem::{Answer, Problem};
use super::records::{RegisterParam, Written, address, edit, parse_key, parse_place, read_version};
use super::state::AppState;
use crate::i18n::Lang;
use crate::store::StoreError;
use crate::views::{self, Conflict, Reader, Version};
use axum::Json;
use axum::extract::{Path, State};
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::{FieldChange, Row, RowVersion, Scalar};
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `GET conflicts`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListParams {
    limit: Option<usize>,
    after: Option<String>,
}

/// Records with conflicts, and where the list goes on.
pub struct Conflicted {
    /// The records, each in one register.
    pub versions: Vec<(String, Version)>,
    /// The place to go on from.
    pub next: Option<String>,
}

fn titled(reader: &Reader<'_>, rows: Vec<Row>) -> Result<Vec<(String, Version)>, StoreError> {
    rows.into_iter().map(|row| Ok((reader.title(&row)?, reader.version(row)?))).collect()
}

/// Reads what is in conflict of one record, in the registers that hold it.
///
/// # Errors
/// 503 where the store fails.
pub async fn read_of(app: &AppState, key: RecordKey, lang: Lang) -> Answer<Conflicted> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let found = app.node().read(move |store| {
        let mut rows = store.rows_of(&key)?;
        rows.retain(Row::has_conflict);
        let reader = Reader::new(store, &roster, own, lang);
        Ok(Conflicted { versions: titled(&reader, rows)?, next: None })
    });
    Ok(found.await?)
}

/// Reads records with conflicts, persons among them.
///
/// # Errors
/// 400 for a place that cannot be read.
pub async fn read(app: &AppState, after: Option<&str>, limit: usize, lang: Lang) -> Answer<Conflicted> {
    let after = after.map(parse_place).transpose()?;
    let (own, roster) = (app.own().await?, app.node().roster());
    let found = app.node().read(move |store| {
        let rows = store.conflicted_rows(after.as_ref(), limit)?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| format!("{}@{}", row.key, row.doc));
        let reader = Reader::new(store, &roster, own, lang);
        Ok(Conflicted { versions: titled(&reader, rows)?, next })
    });
    Ok(found.await?)
}

/// `GET conflicts`.
///
/// # Errors
/// 400 for a parameter that cannot be read.
pub async fn list(State(app): State<AppState>, lang: Lang, Params(params): Params<ListParams>) -> Answer<Json<Value>> {
    let limit = params.limit.unwrap_or(PAGE_ITEMS).clamp(1, PAGE_ITEMS_MAX);
    let found = read(&app, params.after.as_deref().filter(|a| !a.is_empty()), limit, lang).await?;
    let items = found
        .versions
        .iter()
        .flat_map(|(title, version)| version.conflicts.iter().map(move |conflict| item(title, version, conflict)));
    Ok(Json(json!({"schema": 1, "items": items.collect::<Vec<_>>(), "next": found.next})))
}

fn item(title: &str, version: &Version, conflict: &Conflict) -> Value {
    let mut item = conflict.to_json();
    if let Some(members) = item.as_object_mut() {
        members.insert("id".into(), json!(version.row.key));
        members.insert("kind".into(), json!(version.row.key.kind));
        members.insert("title".into(), json!(title));
        members.insert("register".into(), json!(version.row.doc.register));
        members.insert("register_name".into(), json!(version.register_name));
        members.insert("version".into(), json!(version.row.version().to_text()));
        members.insert("writable".into(), json!(version.writable));
    }
    item
}

/// The decision about one field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// The flat key, as the conflict names it.
    pub field: String,
    /// Keep the value of this number, from 1.
    pub take: Option<usize>,
    /// Write another value.
    pub value: Option<Value>,
    /// Refuse unless the record has this version.
    pub version: Option<String>,
}

/// `POST conflicts/{id}/resolve`.
///
/// # Errors
/// 404 where the field has no conflict, 412 where the record has changed.
pub async fn resolve_route(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(register): Params<RegisterParam>,
    Body(body): Body<Resolve>,
) -> Answer<Json<Value>> {
    let register = register.find(&app).await?;
    let version = resolve(&app, &parse_key(&id)?, register, &body, lang).await?;
    let mut answer = version.to_json();
    if let Some(members) = answer.as_object_mut() {
        members.insert("schema".into(), json!(1));
        members.insert("id".into(), json!(version.row.key));
    }
    Ok(Json(answer))
}

/// Decides one conflict.
///
/// # Errors
/// As [`resolve_route`].
pub async fn resolve(
    app: &AppState,
    key: &RecordKey,
    register: Option<RegisterId>,
    body: &Resolve,
    lang: Lang,
) -> Answer<Version> {
    let row = match register {
        Some(_) => address(app, key, register).await?,
        None => only_conflicted(app, key).await?,
    };
    let if_version = match body.version.as_deref() {
        Some(text) => Some(RowVersion::parse(text).ok_or_else(|| Problem::bad_request("version is not readable"))?),
        None => Some(row.version()),
    };
    let version = read_version(app, row, lang).await?;
    if let Some(to) = step(&version, body)? {
        if if_version != Some(version.row.version()) {
            return Err(comin_protocol::engine::CommandError::Stale.into());
        }
        let at = crate::views::time::today().to_string();
        super::work::take_step(app, &version.row, &to, &at, lang).await?;
        let (key, register) = (version.row.key.clone(), version.row.doc.register);
        return read_version(app, address(app, &key, Some(register)).await?, lang).await;
    }
    let changes = decision(&version, body)?;
    match edit(app, &version.row, changes, if_version).await? {
        Written::Done(row) => read_version(app, *row, lang).await,
        Written::Stale(_) => Err(comin_protocol::engine::CommandError::Stale.into()),
    }
}

/// Of several registers that hold the record, the one where it is in conflict.
async fn only_conflicted(app: &AppState, key: &RecordKey) -> Answer<Row> {
    let wanted = key.clone();
    let rows = app.node().read(move |store| store.rows_of(&wanted)).await?;
    let mut conflicted = rows.into_iter().filter(Row::has_conflict);
    match (conflicted.next(), conflicted.next()) {
        (Some(row), None) => Ok(row),
        _ => address(app, key, None).await,
    }
}

/// Where the conflict is about the steps of a log: the state that the decision leads to.
fn step(version: &Version, body: &Resolve) -> Answer<Option<String>> {
    let field = comin_protocol::schema::kind(&version.row.key.kind).and_then(|kind| kind.field(&body.field));
    if !matches!(field.map(|field| field.field_type), Some(comin_protocol::schema::FieldType::Log(_))) {
        return Ok(None);
    }
    let conflict = version.conflicts.iter().find(|conflict| conflict.field == body.field);
    let conflict = conflict.ok_or_else(|| Problem::not_found(format!("a conflict of {}", body.field)))?;
    let chosen = match (body.take, body.value.as_ref().and_then(Value::as_str)) {
        (Some(take), None) => {
            take.checked_sub(1).and_then(|n| conflict.values.get(n)).and_then(|value| value.value.as_str())
        }
        (None, text) => text,
        (Some(_), Some(_)) => None,
    };
    let refused = || Problem::invalid(format!("take is 1 to {}, or value is a state", conflict.values.len()));
    chosen.map(|to| Some(to.to_owned())).ok_or_else(|| refused().with("field", json!(body.field)))
}

fn decision(version: &Version, body: &Resolve) -> Answer<Vec<FieldChange>> {
    let key = &version.row.key;
    let conflict = version.conflicts.iter().find(|c| c.field == body.field);
    let conflict = conflict.ok_or_else(|| Problem::not_found(format!("a conflict of {} in {key}", body.field)))?;
    match (body.take, &body.value) {
        (Some(take), None) => {
            let chosen = take.checked_sub(1).and_then(|n| conflict.values.get(n));
            let chosen = chosen.ok_or_else(|| {
                Problem::invalid(format!("take is 1 to {}", conflict.values.len())).with("field", json!(body.field))
            })?;
            if matches!(chosen.value, Scalar::Foreign(_)) {
                return Err(Problem::invalid("this value is of a type that cannot be written"));
            }
            Ok(vec![FieldChange { key: body.field.clone(), op: views::write_op(&chosen.value) }])
        }
        (None, Some(value)) => Ok(views::parse_flat(&body.field, value, &version.row)?),
        _ => Err(Problem::invalid("send either take or value")),
    }
}
