//! What became of a record, and taking a change back.

use super::context::{Body, Params};
use super::limits::{PAGE_ITEMS, PAGE_ITEMS_MAX};
use super::problem::{Answer, Problem};
use super::records::{Written, edit, parse_key, read_version};
use super::registers;
use super::state::AppState;
use crate::i18n::Lang;
use crate::views::{FieldError, Reader, Version};
use crate::work::history::{self, Ask, Found, Page, Position, Refusal};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use comin_protocol::engine::CommandError;
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::FieldChange;
use comin_protocol::schema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `GET records/{id}/history`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct HistoryParams {
    register: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
}

/// `GET records/{id}/history`.
///
/// # Errors
/// 404; 400 for a place that cannot be read.
pub async fn get(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(params): Params<HistoryParams>,
) -> Answer<Json<Value>> {
    let key = parse_key(&id)?;
    let register = match params.register.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(registers::find(&app, text).await?),
        None => None,
    };
    let limit = params.limit.unwrap_or(PAGE_ITEMS).clamp(1, PAGE_ITEMS_MAX);
    let page = read(&app, &key, register, params.after.as_deref(), limit, lang).await?;
    let items: Vec<Value> = page.entries.iter().map(|entry| entry.to_json(lang)).collect();
    Ok(Json(json!({"schema": 1, "id": key, "items": items, "next": page.next.map(Position::to_text)})))
}

/// Reads a page of a record's history; `after`: the `next` of the page before.
///
/// # Errors
/// As [`get`].
pub async fn read(
    app: &AppState,
    key: &RecordKey,
    register: Option<RegisterId>,
    after: Option<&str>,
    limit: usize,
    lang: Lang,
) -> Answer<Page> {
    let after = after
        .filter(|text| !text.is_empty())
        .map(|text| Position::parse(text).ok_or_else(|| Problem::bad_request("after is not the next of an answer")));
    let after = after.transpose()?;
    let (own, roster, wanted) = (app.own().await?, app.node().roster(), key.clone());
    let turn = app.documents().clone().acquire_owned().await;
    let found = app.node().read(move |store| {
        let _turn = turn;
        let reader = Reader::new(store, &roster, own, lang);
        history::read(&reader, &wanted, register, after, limit)
    });
    let page = found.await?;
    match page.entries.is_empty() && after.is_none() {
        true => Err(Problem::not_found(format!("record {key}"))),
        false => Ok(page),
    }
}

/// Body of `POST records/{id}/undo`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// The change, as the history names it.
    pub change: String,
    /// Only what it did to this field.
    pub field: Option<String>,
    /// Of several old values the one of this number, from 1.
    pub take: Option<usize>,
    /// Also where the field has changed since.
    #[serde(default)]
    pub anyway: bool,
}

/// `POST records/{id}/undo`.
///
/// # Errors
/// 404 for a change that is not there, 403 where the register may not be written, 409 where the field has changed since,
/// 422 where it cannot be taken back.
pub async fn undo_route(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Body(body): Body<Undo>,
) -> Answer<Json<Value>> {
    let version = undo(&app, &parse_key(&id)?, &body, lang).await?;
    let mut answer = version.to_json();
    if let Some(members) = answer.as_object_mut() {
        members.insert("schema".into(), json!(1));
        members.insert("id".into(), json!(version.row.key));
    }
    Ok(Json(answer))
}

/// Takes a change of a record back, by a new change.
///
/// # Errors
/// As [`undo_route`].
pub async fn undo(app: &AppState, key: &RecordKey, body: &Undo, lang: Lang) -> Answer<Version> {
    let id = if body.change.contains('@') { body.change.clone() } else { format!("{key}@{}", body.change) };
    match history::parse_id(&id) {
        Some((of, _)) if of == *key => (),
        _ => return Err(Problem::bad_request(format!("{:?} names no change of {key}", body.change)).hint(hint(key))),
    }
    let found = find(app, &id, lang).await?;
    let found = found.ok_or_else(|| Problem::not_found(format!("change {id}")).hint(hint(key)))?;
    if !found.entry.writable {
        let detail = format!("the register {} may not be written here", found.entry.register_name);
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", detail)
            .hint("the partner that keeps the record can take the change back; propose the old value with --propose"));
    }
    let ask = Ask { field: body.field.clone(), take: body.take, anyway: body.anyway };
    let changes = history::undo(&found, &ask).map_err(|refusal| refused(refusal, &found, &id))?;
    check_required(&found, &changes)?;
    let version = found.row.version();
    match edit(app, &found.row, changes, Some(version)).await? {
        Written::Done(row) => read_version(app, *row, lang).await,
        Written::Stale(_) => Err(CommandError::Stale.into()),
    }
}

async fn find(app: &AppState, id: &str, lang: Lang) -> Answer<Option<Found>> {
    let (own, roster, wanted) = (app.own().await?, app.node().roster(), id.to_owned());
    let turn = app.documents().clone().acquire_owned().await;
    let found = app.node().read(move |store| {
        let _turn = turn;
        history::find(&Reader::new(store, &roster, own, lang), &wanted)
    });
    Ok(found.await?)
}

fn hint(key: &RecordKey) -> String {
    format!("comin history {key} lists the changes")
}

fn refused(refusal: Refusal, found: &Found, id: &str) -> Problem {
    let key = &found.entry.key;
    let detail = refusal.to_string();
    match refusal {
        Refusal::ChangedSince(fields) => {
            Problem::new(StatusCode::CONFLICT, "changed-since", detail).with("fields", json!(fields)).hint(format!(
                "comin history {key} shows how; comin undo {id} --anyway restores the old value all the same"
            ))
        }
        Refusal::Several { field, count } => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "several", detail)
            .with("field", json!(field))
            .hint(format!("comin undo {id} --field {field} --take N, with N from 1 to {count}")),
        Refusal::Grows(field) => Problem::invalid(detail)
            .with("field", json!(field))
            .hint(format!("take a further step: comin {} advance {key} --to S", key.kind)),
        Refusal::NotTouched(field) => Problem::not_found(detail).with("field", json!(field)).hint(hint(key)),
        Refusal::Unwritable(field) => Problem::invalid(detail)
            .with("field", json!(field))
            .hint(format!("write another value: comin {} edit {key} --set {field}=…", key.kind)),
        Refusal::Nothing => Problem::new(StatusCode::CONFLICT, "nothing-left", detail).hint(hint(key)),
    }
}

/// No record loses what it cannot do without.
fn check_required(found: &Found, changes: &[FieldChange]) -> Answer<()> {
    let kind = schema::kind(&found.entry.key.kind);
    match kind.and_then(|kind| schema::missing(kind, Some(&found.row), changes)) {
        Some(field) => Err(FieldError {
            field: field.name.to_owned(),
            text: format!("{}: is required, and was empty before this change", field.name),
            value: String::new(),
        }
        .into()),
        None => Ok(()),
    }
}
