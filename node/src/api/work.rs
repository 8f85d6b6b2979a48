//! The work that coordinators do: interest, proposals, records that are one, stale records, news.

use super::context::{Body, Params};
use super::members::{items, unexpected};
use super::problem::{Answer, Problem};
use super::records::{
    NewRecord, RegisterParam, Written, address, create_records, edit, parse_key, read_group, read_written, with_schema,
    write,
};
use super::registers;
use super::state::AppState;
use crate::i18n::Lang;
use crate::store::StoreError;
use crate::views::exchange::partner_lines;
use crate::views::{self, Group, Reader, references, time};
use crate::work::alike::Suggestion;
use crate::work::interest::{self, StepError};
use crate::work::proposals::{self, Proposal};
use crate::work::references::absence;
use crate::work::same;
use crate::work::{links, news, practice, stale};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use comin_protocol::engine::{Command, Edit, Lag, Reply, Target};
use comin_protocol::ids::{PERSON_KIND, PartnerId, RecordKey, RegisterId};
use comin_protocol::record::{DELETED, FieldChange, FieldOp, Row};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Most participants of one event whose interest is recorded at once.
const PARTICIPANTS_MAX: usize = super::limits::RECORDS_PER_REQUEST_MAX;
/// Most days and months that lists look back: ten years.
const DAYS_MAX: u32 = 3_660;
/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The day of a request; today where it names none.
fn day(at: Option<&str>) -> String {
    at.map_or_else(|| time::today().to_string(), str::to_owned)
}

/// What leads to a record and what it leads to: linked records, references that are not here, what the records that are
/// one with it say together.
///
/// # Errors
/// 503 where the store fails.
pub async fn surroundings(app: &AppState, group: &Group, lang: Lang) -> Answer<Map<String, Value>> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let (key, rows) = (group.key.clone(), group.versions.iter().map(|v| v.row.clone()).collect::<Vec<Row>>());
    let named: BTreeSet<RecordKey> = rows.iter().flat_map(references).collect();
    let missing = app.node().read(move |store| {
        let is_missing = |key: &RecordKey| Ok(!store.rows_of(key)?.iter().any(Row::is_listed));
        let looked = named.into_iter().map(|key| Ok((is_missing(&key)?, key)));
        let looked: Result<Vec<(bool, RecordKey)>, StoreError> = looked.collect();
        Ok(looked?.into_iter().filter(|(missing, _)| *missing).map(|(_, key)| key).collect::<Vec<_>>())
    });
    let missing = missing.await?;
    // Asked for where it matters alone: it costs a look at every document.
    let complete = if missing.is_empty() { BTreeSet::new() } else { complete(app).await? };
    let (index, same) = (app.index(), app.same());
    let found = app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let linked = links::of(&reader, &index, &key)?;
        let mut absent = Vec::new();
        for other in missing {
            if let Some(why) = absence(store, &roster, &complete, &other)? {
                let text = lang.text(&format!("reference-{}", why.code()));
                absent.push(json!({"id": other, "state": why.code(), "text": text}));
            }
        }
        let merged = same::merged(&reader, same.clusters(store)?.as_ref(), &key)?;
        let claimed = key.kind == "membership" && links::is_claimed(store, &rows)?;
        Ok(Map::from_iter([
            ("claimed".to_owned(), json!(claimed)),
            ("linked".to_owned(), linked.iter().map(links::Link::to_json).collect()),
            ("absent".to_owned(), Value::Array(absent)),
            ("merged".to_owned(), merged.unwrap_or(Value::Null)),
        ]))
    });
    Ok(found.await?)
}

/// The partners of which nothing is known to be missing here.
async fn complete(app: &AppState) -> Answer<BTreeSet<PartnerId>> {
    let status = app.node().status().await?;
    let lines = partner_lines(&status, &std::collections::BTreeMap::new());
    Ok(lines.into_iter().filter(|line| line.we_lack == Lag::Exactly(0)).map(|line| line.partner).collect())
}

/// Body of `POST records/{id}/advance`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    to: String,
    at: Option<String>,
}

/// `POST records/{id}/advance`.
///
/// # Errors
/// 409 where the state does not lead there.
pub async fn advance(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(register): Params<RegisterParam>,
    Body(body): Body<Advance>,
) -> Answer<Json<Value>> {
    let key = parse_key(&id)?;
    let row = match key.kind.as_str() {
        "interest" | "practice" => address(&app, &key, register.find(&app).await?).await?,
        other => return Err(Problem::invalid(format!("a record of kind {other} has no steps"))),
    };
    let mut membership = None;
    if key.kind == "interest" {
        membership = take_step(&app, &row, &body.to, &day(body.at.as_deref()), lang).await?;
    } else if body.at.is_some() {
        return Err(Problem::invalid("the state of a practice has no day; leave `at` out"));
    } else {
        lead_practice(&app, &row, &body.to).await?;
    }
    let mut members = read_group(&app, &key, lang).await?.to_json();
    members.insert("membership".into(), json!(membership));
    Ok(Json(with_schema(members)))
}

/// Leads a good practice to another state.
///
/// # Errors
/// As [`advance`].
pub async fn lead_practice(app: &AppState, row: &Row, to: &str) -> Answer<()> {
    let refused = |error: practice::StepError| match error {
        practice::StepError::Field(error) => views::FieldError::from(error).into(),
        practice::StepError::Already(_) => Problem::new(StatusCode::CONFLICT, "already", error.to_string())
            .hint(format!("nothing is to be done; comin practice show {} shows it", row.key)),
        practice::StepError::NoWay { .. } => Problem::new(StatusCode::CONFLICT, "no-way", error.to_string())
            .hint(format!("comin practice {} {} first", practice::REVIEW, row.key)),
    };
    let changes = practice::step(row, to).map_err(refused)?;
    match edit(app, row, changes, Some(row.version())).await? {
        Written::Done(_) => Ok(()),
        Written::Stale(_) => Err(comin_protocol::engine::CommandError::Stale.into()),
    }
}

/// Leads an expression of interest on; accepted, its membership is made in the same command, unless it stands.
///
/// # Errors
/// As [`advance`].
pub async fn take_step(app: &AppState, row: &Row, to: &str, at: &str, lang: Lang) -> Answer<Option<RecordKey>> {
    let refused = |error: StepError| match error {
        StepError::NoWay { .. } => Problem::new(StatusCode::CONFLICT, "no-way", error.to_string())
            .hint(format!("comin interest show {} tells its steps", row.key)),
        StepError::Field(error) => views::FieldError::from(error).into(),
    };
    let (changes, state) = interest::step(row, to, at).map_err(refused)?;
    let target = Target::Record { doc: row.doc, key: row.key.clone() };
    let mut edits = vec![Edit { target, changes, if_version: Some(row.version()) }];
    let mut membership = None;
    if state == interest::ACCEPTED {
        let ((_, device), roster, row, at) = (app.own().await?, app.node().roster(), row.clone(), at.to_owned());
        membership = interest::membership_of(&row);
        let made =
            app.node().read(move |store| interest::membership(store, &roster, &device, &row, (&at, lang.code())));
        edits.extend(made.await?);
    }
    write(app, edits).await?;
    Ok(membership)
}

/// Body of `POST interests`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interests {
    event: Option<String>,
    organisations: Vec<String>,
    network: String,
    motivation: Option<Value>,
    register: Option<String>,
    at: Option<String>,
}

/// `POST interests`: several participants of an event at once, all or none.
///
/// # Errors
/// 422 for a value that cannot be taken.
pub async fn interests(
    State(app): State<AppState>,
    lang: Lang,
    Body(body): Body<Interests>,
) -> Answer<(StatusCode, Json<Value>)> {
    let mut given: Vec<&String> = Vec::new();
    for organisation in &body.organisations {
        if !given.contains(&organisation) {
            given.push(organisation);
        }
    }
    if given.is_empty() || given.len() > PARTICIPANTS_MAX {
        return Err(Problem::invalid(format!("name 1 to {PARTICIPANTS_MAX} organisations")));
    }
    let at = day(body.at.as_deref());
    let record = |organisation: &&String| {
        let mut fields = Map::from_iter([
            ("organisation".to_owned(), json!(organisation)),
            ("network".to_owned(), json!(body.network)),
            (interest::STEPS.to_owned(), json!([{"to": interest::RECEIVED, "at": at}])),
        ]);
        fields.extend(body.event.as_ref().map(|event| ("origin_event".to_owned(), json!(event))));
        fields.extend(body.motivation.as_ref().map(|text| ("motivation".to_owned(), text.clone())));
        NewRecord { kind: "interest".to_owned(), register: body.register.clone(), fields }
    };
    let rows = create_records(&app, given.iter().map(record).collect(), lang).await?;
    let made = read_written(&app, rows, lang).await?;
    Ok((StatusCode::CREATED, items(made.iter().map(|group| Value::Object(group.to_json())).collect())))
}

/// Body of `POST records/{id}/proposals`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// The values, as for a change.
    pub fields: Map<String, Value>,
    /// Why.
    pub reason: Option<String>,
}

/// `POST records/{id}/proposals?register=`.
///
/// # Errors
/// 404; 409 where several registers hold the record; 422 for a value that its field does not take.
pub async fn propose(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(register): Params<RegisterParam>,
    Body(body): Body<Propose>,
) -> Answer<(StatusCode, Json<Value>)> {
    let row = only_row(&app, &parse_key(&id)?, register.find(&app).await?).await?;
    let made = propose_change(&app, &row, body, lang).await?;
    Ok((StatusCode::CREATED, Json(one(&app, made, lang).await?)))
}

/// The row of the register named, or the only one, whether or not this device writes it.
///
/// # Errors
/// 404; 409 where several registers hold the record.
pub async fn only_row(app: &AppState, key: &RecordKey, register: Option<RegisterId>) -> Answer<Row> {
    let wanted = key.clone();
    let mut rows = app.node().read(move |store| store.rows_of(&wanted)).await?;
    rows.retain(|row| register.is_none_or(|register| row.doc.register == register));
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row),
        (Some(_), false) => Err(Problem::new(StatusCode::CONFLICT, "ambiguous", "several registers hold this record")
            .hint("name one with ?register=")),
        (None, _) => Err(Problem::not_found(format!("record {key}"))),
    }
}

/// Writes a proposal for a row into this partner's register.
///
/// # Errors
/// 422 for a value that its field does not take.
pub async fn propose_change(app: &AppState, row: &Row, body: Propose, lang: Lang) -> Answer<Row> {
    let key = &row.key;
    if key.kind == PERSON_KIND {
        // A proposal lies in a register that all partners read.
        return Err(Problem::invalid("nothing is proposed about a person").hint("tell the controller, who corrects it"));
    }
    if let Some(field) = body.fields.keys().find(|field| !proposals::may_change(&key.kind, field)) {
        return Err(Problem::invalid(format!("{field}: cannot be proposed")).with("field", json!(field)));
    }
    // What its owner could not take is refused here and not there.
    views::parse(&key.kind, &body.fields, Some(row), lang)?;
    let mut fields = Map::from_iter([
        ("about".to_owned(), json!(key)),
        ("register".to_owned(), json!(row.doc.register)),
        ("changes".to_owned(), Value::Object(body.fields)),
    ]);
    fields.extend(body.reason.map(|reason| ("reason".to_owned(), json!(reason))));
    let record = NewRecord { kind: "proposal".to_owned(), register: None, fields };
    let made = create_records(app, vec![record], lang).await?;
    made.into_iter().next().ok_or_else(|| Problem::internal("no row came back"))
}

async fn one(app: &AppState, row: Row, lang: Lang) -> Answer<Value> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let found = app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        proposals::read(store, row)?.map(|proposal| proposal.to_json(&reader)).transpose()
    });
    let mut value = found.await?.ok_or_else(|| Problem::internal("it is no proposal"))?;
    if let Some(members) = value.as_object_mut() {
        members.insert("schema".into(), json!(1));
    }
    Ok(value)
}

/// Parameters of `GET proposals`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ProposalParams {
    all: bool,
}

/// `GET proposals`.
///
/// # Errors
/// 503 where the store fails.
pub async fn list_proposals(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<ProposalParams>,
) -> Answer<Json<Value>> {
    Ok(items(read_proposals(&app, params.all, lang).await?))
}

/// Every proposal, or those that wait, in the form in which programs read them.
///
/// # Errors
/// 503 where the store fails.
pub async fn read_proposals(app: &AppState, all: bool, lang: Lang) -> Answer<Vec<Value>> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let found = app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let found = proposals::list(store, all)?;
        found.iter().map(|proposal| proposal.to_json(&reader)).collect::<Result<Vec<_>, StoreError>>()
    });
    Ok(found.await?)
}

/// `POST proposals/{id}/accept`: takes the values over.
///
/// # Errors
/// 403 where this partner does not keep the record, 409 where it was decided.
pub async fn accept(app: State<AppState>, lang: Lang, id: Path<String>) -> Answer<Json<Value>> {
    decide(app, lang, id, true).await
}

/// `POST proposals/{id}/decline`.
///
/// # Errors
/// As [`accept`].
pub async fn decline(app: State<AppState>, lang: Lang, id: Path<String>) -> Answer<Json<Value>> {
    decide(app, lang, id, false).await
}

async fn decide(State(app): State<AppState>, lang: Lang, Path(id): Path<String>, take: bool) -> Answer<Json<Value>> {
    let row = decide_proposal(&app, &parse_key(&id)?, take, lang).await?;
    Ok(Json(one(&app, row, lang).await?))
}

/// Takes over what a proposal says, or declines it; the proposal.
///
/// # Errors
/// As [`accept`].
pub async fn decide_proposal(app: &AppState, key: &RecordKey, take: bool, lang: Lang) -> Answer<Row> {
    let wanted = key.clone();
    let found = app.node().read(move |store| match store.rows_of(&wanted)?.into_iter().next() {
        Some(row) => proposals::read(store, row),
        None => Ok(None),
    });
    let proposal = found.await?.ok_or_else(|| Problem::not_found(format!("proposal {key}")))?;
    let target = open_target(app, &proposal).await?;
    let set = if take { proposals::ACCEPTED } else { proposals::DECLINED };
    let mut changes = match take {
        true => views::parse(&target.key.kind, &proposal.changes, Some(&target), lang)?,
        false => Vec::new(),
    };
    changes.push(FieldChange { key: format!("{set}/{key}"), op: FieldOp::Add });
    match edit(app, &target, changes, Some(target.version())).await? {
        Written::Done(_) => Ok(proposal.row),
        Written::Stale(_) => Err(comin_protocol::engine::CommandError::Stale.into()),
    }
}

/// The row that an undecided proposal would change, if this device may write it.
async fn open_target(app: &AppState, proposal: &Proposal) -> Answer<Row> {
    if proposal.state != proposals::State::Open {
        let detail = format!("the proposal is {} already", proposal.state.code());
        return Err(Problem::new(StatusCode::CONFLICT, "decided", detail));
    }
    let target = proposal.target.clone().ok_or_else(|| Problem::not_found("the record that it is about"))?;
    let (_, device) = app.own().await?;
    match app.node().roster().may_write(&target.doc.register, &device) {
        true => Ok(target),
        false => Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "another partner keeps this record")
            .hint("that partner decides about the proposal: comin proposals")),
    }
}

/// `GET sameas`: pairs about which nobody has decided, with reasons.
///
/// # Errors
/// 503 where the store fails.
pub async fn suggestions(State(app): State<AppState>, lang: Lang) -> Answer<Json<Value>> {
    Ok(items(read_suggestions(&app, lang).await?))
}

/// The pairs that look like one, in the form in which programs read them.
///
/// # Errors
/// 503 where the store fails.
pub async fn read_suggestions(app: &AppState, lang: Lang) -> Answer<Vec<Value>> {
    let (own, roster, same) = (app.own().await?, app.node().roster(), app.same());
    let found = app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let found = same.suggestions(store)?;
        found
            .iter()
            .map(|suggestion| suggestion_json(&reader, suggestion, lang))
            .collect::<Result<Vec<_>, StoreError>>()
    });
    Ok(found.await?)
}

fn suggestion_json(reader: &Reader<'_>, suggestion: &Suggestion, lang: Lang) -> Result<Value, StoreError> {
    let [a, b] = &suggestion.ends;
    let reasons = suggestion.reasons.iter().map(|reason| {
        let text = lang.text_with(&format!("same-{}", reason.code()), &[("value", reason.value().into())]);
        json!({"reason": reason.code(), "value": reason.value(), "text": text})
    });
    Ok(json!({
        "id": suggestion.key, "a": a, "b": b, "a_title": reader.title_of(a)?, "b_title": reader.title_of(b)?,
        "reasons": reasons.collect::<Vec<_>>(), "recorded": !reader.store.rows_of(&suggestion.key)?.is_empty(),
    }))
}

/// Body of `POST sameas`: the link by its id, or by both records.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Same {
    /// The link's id.
    pub id: Option<String>,
    /// One record,
    pub a: Option<String>,
    /// and the other.
    pub b: Option<String>,
    /// `suggested`, `confirmed` or `refused`.
    pub state: String,
    /// The register into which it is written.
    pub register: Option<String>,
}

/// `POST sameas`: says whether two records are one. `suggested` takes a decision back.
///
/// # Errors
/// 404 for an id that is neither recorded nor suggested.
pub async fn set_same(State(app): State<AppState>, lang: Lang, Body(body): Body<Same>) -> Answer<Json<Value>> {
    let key = say_same(&app, &body, lang).await?;
    let group = read_group(&app, &key, lang).await?;
    Ok(Json(with_schema(group.to_json())))
}

/// Says whether two records are one; the link.
///
/// # Errors
/// As [`set_same`].
pub async fn say_same(app: &AppState, body: &Same, lang: Lang) -> Answer<RecordKey> {
    let (ends, evidence) = match (&body.id, &body.a, &body.b) {
        (Some(id), None, None) => ends_of(app, &parse_key(id)?).await?,
        (None, Some(a), Some(b)) => ([parse_key(a)?, parse_key(b)?], Vec::new()),
        _ => return Err(Problem::bad_request("send either id, or a and b")),
    };
    let kind = views::known_kind("sameas")?;
    let key = kind.derived_key(&ends);
    let wanted = key.clone();
    let standing = app.node().read(move |store| store.rows_of(&wanted)).await?;
    let state = Map::from_iter([("state".to_owned(), json!(body.state))]);
    let (_, device) = app.own().await?;
    let roster = app.node().roster();
    let register = match body.register.as_deref() {
        Some(text) => Some(registers::find(app, text).await?),
        None => None,
    };
    let is_meant = |row: &Row| match register {
        Some(register) => row.doc.register == register,
        None => roster.may_write(&row.doc.register, &device),
    };
    if standing.iter().any(is_meant) {
        let row = address(app, &key, register).await?;
        let mut changes = views::parse("sameas", &state, Some(&row), lang)?;
        if row.is_deleted() {
            // A link that was removed is one again.
            changes.push(FieldChange::clear(DELETED));
        }
        edit(app, &row, changes, None).await?;
    } else {
        let mut fields = state;
        fields.insert("a".to_owned(), json!(ends[0]));
        fields.insert("b".to_owned(), json!(ends[1]));
        fields.insert("evidence".to_owned(), json!(evidence));
        let record = NewRecord { kind: "sameas".to_owned(), register: body.register.clone(), fields };
        create_records(app, vec![record], lang).await?;
    }
    Ok(key)
}

/// The ends of a link and why it was suggested.
async fn ends_of(app: &AppState, key: &RecordKey) -> Answer<([RecordKey; 2], Vec<String>)> {
    let (wanted, same) = (key.clone(), app.same());
    let found = app.node().read(move |store| {
        if let Some(suggestion) = same.suggestions(store)?.iter().find(|suggestion| suggestion.key == wanted) {
            let evidence = suggestion.reasons.iter().map(|reason| format!("{}: {}", reason.code(), reason.value()));
            return Ok(Some((suggestion.ends.clone(), evidence.collect())));
        }
        let end = |row: &Row, name: &str| row.text(name).and_then(RecordKey::parse);
        let rows = store.rows_of(&wanted)?;
        Ok(rows.first().and_then(|row| Some(([end(row, "a")?, end(row, "b")?], Vec::new()))))
    });
    found.await?.ok_or_else(|| {
        Problem::not_found(format!("{key}")).hint("comin sameas suggest lists the pairs; or name both records")
    })
}

/// Parameters of `GET stale`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct StaleParams {
    months: Option<u32>,
}

/// `GET stale`.
///
/// # Errors
/// 400 for a number that is too great.
pub async fn list_stale(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<StaleParams>,
) -> Answer<Json<Value>> {
    let months = params.months.unwrap_or(stale::MONTHS);
    if months > DAYS_MAX / 30 {
        return Err(Problem::bad_request(format!("months is at most {}", DAYS_MAX / 30)));
    }
    let limit = stale::limit(time::today(), months);
    let ((partner, device), roster) = (app.own().await?, app.node().roster());
    let told = move |row: &Row| {
        let register = row.doc.register;
        json!({
            "id": row.key, "kind": row.key.kind, "title": views::title(row, lang),
            "last_verified": row.text("last_verified"), "register": register,
            "register_name": views::register_label(lang, &roster, &partner, &register),
            "writable": roster.may_write(&register, &device),
        })
    };
    let work = app.work();
    let found = app.node().read(move |store| {
        let found = work.look(store, |lines| stale::list(lines, &limit))?;
        let rows = found.iter().map(|(key, doc)| store.row(key, doc));
        rows.filter_map(|row| row.map(|row| row.as_ref().map(&told)).transpose()).collect::<Result<Vec<_>, _>>()
    });
    Ok(items(found.await?))
}

/// Parameters of `GET news`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NewsParams {
    since: Option<String>,
    days: Option<u32>,
}

/// Days of which news tell where it is not said otherwise.
const NEWS_DAYS: u32 = 7;

/// `GET news`.
///
/// # Errors
/// 400 for a moment that cannot be read.
pub async fn list_news(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<NewsParams>,
) -> Answer<Json<Value>> {
    let since_ms = match (params.since.as_deref(), params.days) {
        (Some(text), None) => time::parse(text).ok_or_else(|| {
            Problem::bad_request(format!("{text:?} is no moment")).hint("write 2026-10-15 or 2026-10-15T09:00:00Z")
        })?,
        (None, days) => {
            let days = days.unwrap_or(NEWS_DAYS);
            if days > DAYS_MAX {
                return Err(Problem::bad_request(format!("days is at most {DAYS_MAX}")));
            }
            time::now_ms().saturating_sub(u64::from(days) * DAY_MS)
        }
        (Some(_), Some(_)) => return Err(Problem::bad_request("send either since or days")),
    };
    Ok(Json(
        json!({"schema": 1, "since": time::rfc3339(since_ms), "items": read_news(&app, lang, since_ms, usize::MAX).await?}),
    ))
}

/// What came here or was written here since a moment, by partner and kind; of each at most `named` records by name.
///
/// # Errors
/// 503 where the engine or the store fails.
pub async fn read_news(app: &AppState, lang: Lang, since_ms: u64, named: usize) -> Answer<Vec<Value>> {
    let arrivals = match app.node().command(Command::Arrivals).await? {
        Reply::Arrivals(arrivals) => arrivals,
        other => return Err(unexpected(&other)),
    };
    let (own, roster, work) = (app.own().await?, app.node().roster(), app.work());
    let found = app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        work.look(store, |lines| news::News::since(lines, &reader, &arrivals, since_ms))??.to_json(&reader, named)
    });
    Ok(found.await?)
}
