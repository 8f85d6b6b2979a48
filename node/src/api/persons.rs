//! Persons: made, shared, erased, and given out on request. They are read and edited like any record.

use super::context::{Body, Params};
use super::members::{items, unexpected};
use super::problem::{Answer, Problem};
use super::records::parse_key;
use super::registers::WritersBody;
use super::state::AppState;
use crate::export::vcard;
use crate::i18n::Lang;
use crate::persons;
use crate::views::{self, Reader};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use comin_protocol::engine::{Command, Reply};
use comin_protocol::ids::{DocId, PERSON_KIND, RecordKey, RegisterId};
use comin_protocol::persons::{PersonFacts, Personal, Reason};
use comin_protocol::record::Row;
use comin_protocol::roster::Roster;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The person of an id in a path, as the statements know it.
fn find<'a>(roster: &'a Roster, id: &str) -> Answer<(RegisterId, &'a PersonFacts)> {
    let id = if id.contains(':') { id.to_owned() } else { format!("{PERSON_KIND}:{id}") };
    let key = parse_key(&id)?;
    let found = roster.persons.iter().find(|(register, _)| RecordKey::person(register) == key);
    let (register, facts) = found.ok_or_else(|| Problem::not_found("this person"))?;
    Ok((*register, facts))
}

/// `GET persons`: those that this node reads.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn list(State(app): State<AppState>, lang: Lang) -> Answer<Json<Value>> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let found = app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let mut out = Vec::new();
        for (register, facts) in &roster.persons {
            let Some(row) = store.row(&RecordKey::person(register), &DocId::person(*register))? else { continue };
            let due = persons::due(&row, persons::today());
            let Some(group) = reader.group(vec![row])? else { continue };
            let mut members = group.to_json();
            members.extend(facts_json(&roster, facts));
            members.insert("due".into(), json!(due.map(persons::Due::code)));
            out.push(Value::Object(members));
        }
        Ok(out)
    });
    Ok(items(found.await?))
}

fn facts_json(roster: &Roster, facts: &PersonFacts) -> Map<String, Value> {
    let readers = match &facts.readers {
        comin_protocol::statement::Writers::All => json!("all"),
        comin_protocol::statement::Writers::Partners(partners) => {
            json!(partners.iter().map(|partner| roster.name_of(partner)).collect::<Vec<_>>())
        }
    };
    let members = json!({"controller": roster.name_of(&facts.controller), "readers": readers});
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Body of `POST persons`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    fields: Map<String, Value>,
    scope: WritersBody,
}

/// `POST persons`.
///
/// # Errors
/// 422 for a value that cannot be taken.
pub async fn add(State(app): State<AppState>, lang: Lang, Body(body): Body<Add>) -> Answer<(StatusCode, Json<Value>)> {
    let row = add_person(&app, &body.fields, &body.scope, lang).await?;
    let (id, register) = (row.key.to_string(), row.doc.register);
    Ok((StatusCode::CREATED, Json(json!({"schema": 1, "id": id, "register": register}))))
}

/// Makes a person that those of the scope read.
///
/// # Errors
/// As [`add`].
pub async fn add_person(app: &AppState, fields: &Map<String, Value>, scope: &WritersBody, lang: Lang) -> Answer<Row> {
    let readers = scope.resolve(&app.node().roster())?;
    let fields = Personal::new(views::parse(PERSON_KIND, fields, None, lang)?);
    match app.node().command(Command::AddPerson { readers, fields }).await? {
        Reply::Edited(rows) => rows.into_iter().next().ok_or_else(|| Problem::internal("no row came back")),
        other => Err(unexpected(&other)),
    }
}

/// Body of `PUT persons/{id}/scope`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    scope: WritersBody,
}

/// `PUT persons/{id}/scope`.
///
/// # Errors
/// 404; 403 where another partner is the controller.
pub async fn share(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(body): Body<Share>,
) -> Answer<Json<Value>> {
    share_person(&app, &id, &body.scope).await?;
    Ok(Json(json!({"schema": 1})))
}

/// Says who reads a person.
///
/// # Errors
/// As [`share`].
pub async fn share_person(app: &AppState, id: &str, scope: &WritersBody) -> Answer<()> {
    let roster = app.node().roster();
    let (person, _) = find(&roster, id)?;
    let readers = scope.resolve(&roster)?;
    match app.node().command(Command::SharePerson { person, readers }).await? {
        Reply::Register(_) => Ok(()),
        other => Err(unexpected(&other)),
    }
}

/// Body of `POST persons/{id}/erase`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    reason: String,
}

/// `POST persons/{id}/erase`: what is known of it afterwards, with the files into which this node's users have put
/// the person.
///
/// # Errors
/// 404; 422 for an unknown reason.
pub async fn erase(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Body(body): Body<Erase>,
) -> Answer<Json<Value>> {
    erase_person(&app, &id, &body.reason).await?;
    erasure(State(app), lang, Path(id)).await
}

/// Erases a person everywhere and for ever.
///
/// # Errors
/// As [`erase`].
pub async fn erase_person(app: &AppState, id: &str, reason: &str) -> Answer<()> {
    let words = Reason::ALL.map(Reason::code).join(", ");
    let reason = Reason::from_code(reason).ok_or_else(|| Problem::invalid(format!("reason is one of {words}")))?;
    let (person, _) = find(&app.node().roster(), id)?;
    match app.node().command(Command::ErasePerson { person, reason: reason.number() }).await? {
        Reply::Done => Ok(()),
        other => Err(unexpected(&other)),
    }
}

/// `GET persons/{id}/erasure`: on how many devices of how many partners the person is erased.
///
/// # Errors
/// 404.
pub async fn erasure(State(app): State<AppState>, _: Lang, Path(id): Path<String>) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    let roster = &status.roster;
    let (register, facts) = find(roster, &id)?;
    let concerned: Vec<_> = roster.devices.values().filter(|device| facts.concerns(&device.partner)).collect();
    let partners: std::collections::BTreeSet<_> = concerned.iter().map(|device| device.partner).collect();
    let heard = |device| status.peers.iter().find(|peer| peer.device == device).and_then(|peer| peer.last_heard_ms);
    let missing = concerned.iter().filter(|device| !facts.receipts.contains(&device.key)).map(|device| {
        json!({
            "device": device.key, "device_name": device.name, "partner_name": roster.name_of(&device.partner),
            "last_heard": heard(device.key).map(views::time::rfc3339),
        })
    });
    let missing: Vec<_> = missing.collect();
    let files = app.backups().map(|backups| persons::files(backups.dir(), &register)).unwrap_or_default();
    Ok(Json(json!({
        "schema": 1, "id": RecordKey::person(&register).to_string(),
        "controller": roster.name_of(&facts.controller),
        "asked": facts.erasure.is_some(),
        "reason": facts.erasure.as_ref().and_then(|e| Reason::from_number(e.reason)).map(Reason::code),
        "waits_here": status.erasures_waiting.contains(&register),
        "erased_devices": concerned.len() - missing.len(), "devices": concerned.len(), "partners": partners.len(),
        "missing": missing,
        "files": files,
    })))
}

/// Parameters of `GET persons/{id}/access`.
#[derive(Deserialize)]
pub struct AccessParams {
    format: Option<String>,
}

/// `GET persons/{id}/access`: all that is held of a person, for the person: `json`, or `vcf`.
///
/// # Errors
/// 404; 400 for another format.
pub async fn access(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(params): Params<AccessParams>,
) -> Answer<Response> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let (register, _) = find(&roster, &id)?;
    let format = params.format.unwrap_or_else(|| "json".to_owned());
    let read = app.node().read(move |store| {
        let (key, doc) = (RecordKey::person(&register), DocId::person(register));
        let Some(row) = store.row(&key, &doc)? else { return Ok(None) };
        let reader = Reader::new(store, &roster, own, lang);
        let card = vcard(&row, &reader.titles(&[&row])?);
        let Some(group) = reader.group(vec![row])? else { return Ok(None) };
        let mut members = group.to_json();
        members.insert("schema".into(), json!(1));
        members.extend(roster.persons.get(&register).map(|facts| facts_json(&roster, facts)).unwrap_or_default());
        Ok(Some((Personal::new(members), card)))
    });
    let (members, card) = read.await?.ok_or_else(|| Problem::not_found("this person"))?;
    match format.as_str() {
        "json" => Ok(Json(Value::Object(members.into_inner())).into_response()),
        "vcf" => Ok(([(header::CONTENT_TYPE, "text/vcard; charset=utf-8")], card.into_inner()).into_response()),
        _ => Err(Problem::bad_request("format is json or vcf")),
    }
}

/// Body of `POST persons/{id}/files`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFile {
    file: String,
}

/// `POST persons/{id}/files`: remembers a file into which the person has been put, so that an erasure can name it.
///
/// # Errors
/// 404; 422 where the file's own name holds something of the person, which would outlive an erasure.
pub async fn add_file(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(body): Body<NewFile>,
) -> Answer<Json<Value>> {
    let (register, _) = find(&app.node().roster(), &id)?;
    let read = app.node().read(move |store| store.row(&RecordKey::person(&register), &DocId::person(register)));
    let row = read.await?.ok_or_else(|| Problem::not_found("this person"))?;
    if persons::tells(&row, &body.file) {
        return Err(Problem::invalid("the file's name would keep something of the person after an erasure")
            .hint("choose a name such as person.vcf"));
    }
    let Some(backups) = app.backups() else { return Err(Problem::internal("this node keeps no files")) };
    persons::remember_file(backups.dir(), &register, &body.file)
        .map_err(|error| Problem::internal(error.to_string()).hint(error.hint()))?;
    Ok(Json(json!({"schema": 1})))
}
