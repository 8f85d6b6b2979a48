//! Records: list, read, write.

use super::context::{Body, Params};
use super::idempotency::Turn;
use super::limits::{IDEMPOTENCY_KEY_BYTES_MAX, PAGE_ITEMS, PAGE_ITEMS_MAX, QUERY_BYTES_MAX, RECORDS_PER_REQUEST_MAX};
use super::members::unexpected;
use super::problem::{Answer, Problem};
use super::registers;
use super::state::AppState;
use crate::i18n::Lang;
use crate::store::StoreError;
use crate::views::{self, FieldError, Filter, Group, Reader, Version, scan_groups};
use crate::work::interest;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comin_protocol::engine::{Command, CommandError, Edit, Reply, Target};
use comin_protocol::ids::{DocId, PERSON_KIND, RecordKey, RegisterId, tagged_hash};
use comin_protocol::record::{DELETED, FieldChange, FieldOp, Row, RowVersion, Scalar};
use serde::Deserialize;
use serde_json::{Map, Value, json};

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        // What stands there instead of an id is mostly a name.
        let hint = match error.text.contains("is not the id of a record") {
            true => "records are named by their ids; comin search WORDS finds them",
            false => "`GET /api/v1/schema` lists the fields of each kind and how their values are written",
        };
        let problem = Self::invalid(error.to_string()).hint(hint);
        problem.with("field", json!(error.field)).with("value", json!(error.value))
    }
}

/// Parameters of `GET records`.
#[derive(Deserialize, Default, Debug)]
#[serde(default)]
pub struct ListParams {
    /// Kind.
    pub kind: Option<String>,
    /// Register.
    pub register: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Target group.
    pub target_group: Option<String>,
    /// Network.
    pub network: Option<String>,
    /// Code of a state.
    pub state: Option<String>,
    /// A language in which there is a text.
    pub language: Option<String>,
    /// Text.
    pub q: Option<String>,
    /// Deleted records too.
    pub deleted: bool,
    /// Items at most.
    pub limit: Option<usize>,
    /// The `next` of the answer before.
    pub after: Option<String>,
}

impl ListParams {
    /// The filter; empty parameters count as absent, as forms send them.
    ///
    /// # Errors
    /// 400 for a parameter that cannot be read, 404 for an unknown register.
    pub async fn filter(&self, app: &AppState) -> Answer<Filter> {
        let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let register = match given(&self.register) {
            Some(text) => Some(registers::find(app, &text).await?),
            None => None,
        };
        let network = match given(&self.network) {
            Some(text) => Some(parse_key(&text)?),
            None => None,
        };
        let q = given(&self.q);
        if q.as_ref().is_some_and(|q| q.len() > QUERY_BYTES_MAX) {
            return Err(Problem::bad_request(format!("q is longer than {QUERY_BYTES_MAX} bytes")));
        }
        Ok(Filter {
            kind: given(&self.kind),
            register,
            country: given(&self.country).map(|c| c.to_ascii_uppercase()),
            target_group: given(&self.target_group),
            network,
            state: given(&self.state),
            language: given(&self.language),
            q,
            deleted: self.deleted,
        })
    }

    fn limit(&self) -> Answer<usize> {
        match self.limit {
            None => Ok(PAGE_ITEMS),
            Some(limit @ 1..=PAGE_ITEMS_MAX) => Ok(limit),
            Some(_) => Err(Problem::bad_request(format!("limit is 1 to {PAGE_ITEMS_MAX}"))),
        }
    }
}

/// A record's id.
///
/// # Errors
/// 400.
pub fn parse_key(text: &str) -> Answer<RecordKey> {
    RecordKey::parse(text).ok_or_else(|| {
        Problem::bad_request(format!("{text:?} is no record id")).hint("an id is kind:32 hex digits, as lists show it")
    })
}

/// `GET records`.
///
/// # Errors
/// 400 for a parameter that cannot be read.
pub async fn list(State(app): State<AppState>, lang: Lang, Params(params): Params<ListParams>) -> Answer<Json<Value>> {
    let (filter, limit) = (params.filter(&app).await?, params.limit()?);
    let after = params.after.as_deref().filter(|a| !a.is_empty()).map(parse_key).transpose()?;
    let (own, roster) = (app.own().await?, app.node().roster());
    let (items, next) = app
        .node()
        .read(move |store| {
            let (groups, next) = scan_groups(store, &filter, after, limit)?;
            let reader = Reader::new(store, &roster, own, lang);
            let groups = groups.into_iter().filter_map(|rows| reader.group(rows).transpose());
            Ok((groups.map(|g| Ok(g?.to_json())).collect::<Result<Vec<_>, StoreError>>()?, next))
        })
        .await?;
    Ok(Json(json!({"schema": 1, "items": items, "next": next})))
}

/// `?register=`.
#[derive(Deserialize, Default, Debug)]
pub struct RegisterParam {
    /// The register.
    pub register: Option<String>,
}

impl RegisterParam {
    /// The register, if one is named.
    ///
    /// # Errors
    /// 404, or 409 where several are meant.
    pub async fn find(&self, app: &AppState) -> Answer<Option<RegisterId>> {
        match self.register.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Ok(Some(registers::find(app, text).await?)),
            None => Ok(None),
        }
    }
}

/// Reads a record with the values of every register.
///
/// # Errors
/// 404.
pub async fn read_group(app: &AppState, key: &RecordKey, lang: Lang) -> Answer<Group> {
    let (own, roster, wanted) = (app.own().await?, app.node().roster(), key.clone());
    let group =
        app.node().read(move |store| Reader::new(store, &roster, own, lang).group(store.rows_of(&wanted)?)).await?;
    group.ok_or_else(|| Problem::not_found(format!("record {key}")))
}

/// `GET records/{id}`.
///
/// # Errors
/// 404.
pub async fn get(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(register): Params<RegisterParam>,
) -> Answer {
    let key = parse_key(&id)?;
    let register = register.find(&app).await?;
    let mut group = read_group(&app, &key, lang).await?;
    if let Some(register) = register {
        group.versions.retain(|version| version.row.doc.register == register);
        if group.versions.is_empty() {
            return Err(Problem::not_found(format!("record {key} in this register")));
        }
    }
    let around = super::work::surroundings(&app, &group, lang).await?;
    Ok(group_response(StatusCode::OK, &group, around))
}

pub(super) fn with_schema(mut members: Map<String, Value>) -> Value {
    members.insert("schema".into(), json!(1));
    Value::Object(members)
}

/// A record as an answer, with what lies around it and an `ETag` where it lies in one register only.
fn group_response(status: StatusCode, group: &Group, around: Map<String, Value>) -> Response {
    let mut members = group.to_json();
    members.extend(around);
    let mut response = (status, Json(with_schema(members))).into_response();
    if let [version] = group.versions.as_slice()
        && let Some(tag) = etag(version.row.version())
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn etag(version: RowVersion) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{}\"", version.to_text())).ok()
}

/// The version that `If-Match` names; `None` for `*`.
fn if_match(headers: &HeaderMap) -> Answer<Option<RowVersion>> {
    let text = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::trim);
    match text {
        None => Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "if-match", "If-Match is missing")
            .hint("read the record, change it, and send its ETag as If-Match")),
        Some("*") => Ok(None),
        Some(tag) => {
            let inner = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
            let version = inner.and_then(RowVersion::parse);
            version.map(Some).ok_or_else(|| Problem::bad_request("If-Match is not an ETag of a record"))
        }
    }
}

/// One new record of a request.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// Kind.
    pub kind: String,
    /// Register; the partner register where none is named.
    pub register: Option<String>,
    /// Its fields.
    pub fields: Map<String, Value>,
}

/// Body of `POST records`: one record, or several that are written together or not at all.
#[derive(Deserialize)]
#[serde(untagged)]
enum Create {
    Many { records: Vec<NewRecord> },
    One(NewRecord),
}

/// `POST records`.
///
/// # Errors
/// 422 for a value that cannot be taken, 403 where the register may not be written.
pub async fn create(State(app): State<AppState>, lang: Lang, headers: HeaderMap, Body(body): Body<Value>) -> Answer {
    let hash = tagged_hash("comin/request/1", &[body.to_string().as_bytes()]);
    let key = headers.get("idempotency-key").map(|v| v.to_str().unwrap_or_default());
    if key.is_some_and(|k| k.is_empty() || k.len() > IDEMPOTENCY_KEY_BYTES_MAX) {
        return Err(Problem::bad_request(format!("Idempotency-Key is 1 to {IDEMPOTENCY_KEY_BYTES_MAX} characters")));
    }
    let turn = key.map(|key| app.answers().begin(key, hash)).transpose()?;
    let ticket = match turn {
        Some(Turn::Repeat(status, answer)) => return Ok((status, Json(answer)).into_response()),
        Some(Turn::Go(ticket)) => Some(ticket),
        None => None,
    };
    let body: Create = serde_json::from_value(body).map_err(|_| {
        Problem::bad_request("the body is neither {kind, fields} nor {records: […]}")
            .hint("see POST /api/v1/records in /openapi.json")
    })?;
    let (records, many) = match body {
        Create::Many { records } => (records, true),
        Create::One(record) => (vec![record], false),
    };
    let rows = create_records(&app, records, lang).await?;
    let groups = read_written(&app, rows, lang).await?;
    let mut items: Vec<Value> = groups.iter().map(|g| Value::Object(g.to_json())).collect();
    let answer = match (many, items.pop()) {
        (false, Some(Value::Object(item))) => with_schema(item),
        (_, last) => {
            items.extend(last);
            json!({"schema": 1, "items": items})
        }
    };
    if let Some(ticket) = ticket {
        ticket.done(StatusCode::CREATED, &answer);
    }
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    if let (false, [group]) = (many, groups.as_slice())
        && let Ok(place) = HeaderValue::from_str(&format!("/api/v1/records/{}", group.key))
    {
        response.headers_mut().insert(header::LOCATION, place);
        if let Some(tag) = group.versions.first().and_then(|v| etag(v.row.version())) {
            response.headers_mut().insert(header::ETAG, tag);
        }
    }
    Ok(response)
}

/// Writes new records, all or none.
///
/// # Errors
/// As [`create`].
pub async fn create_records(app: &AppState, records: Vec<NewRecord>, lang: Lang) -> Answer<Vec<Row>> {
    if records.is_empty() || records.len() > RECORDS_PER_REQUEST_MAX {
        return Err(Problem::invalid(format!("send 1 to {RECORDS_PER_REQUEST_MAX} records at once")));
    }
    let mut edits = Vec::with_capacity(records.len());
    for (n, record) in records.into_iter().enumerate() {
        edits.push(new_edit(app, record, lang).await.map_err(|problem| problem.with("record", json!(n)))?);
    }
    write(app, edits).await
}

async fn new_edit(app: &AppState, mut record: NewRecord, lang: Lang) -> Answer<Edit> {
    if record.kind == PERSON_KIND {
        return Err(Problem::invalid("a person needs a scope of its own").hint("comin person add, or POST persons"));
    }
    let kind = views::known_kind(&record.kind)?;
    let named = record.register.as_deref().filter(|text| !text.is_empty());
    let register = match named.or(kind.is_internal.then_some("internal")) {
        Some(text) => Some(registers::find(app, text).await?),
        None => None,
    };
    if kind.name == "interest" && !record.fields.contains_key(interest::STEPS) {
        // Whoever writes one down has received it.
        let first = json!([{"to": interest::RECEIVED, "at": views::time::today().to_string()}]);
        record.fields.insert(interest::STEPS.to_owned(), first);
    }
    let changes = views::parse(&record.kind, &record.fields, None, lang)?;
    let target = match views::derived_key(&record.kind, &record.fields)? {
        Some(key) => Target::Link { register, key },
        None => Target::New { register, kind: record.kind },
    };
    Ok(Edit { target, changes, if_version: None })
}

/// Commits edits together and tells the lists of it.
///
/// # Errors
/// Those of the command.
pub async fn write(app: &AppState, edits: Vec<Edit>) -> Answer<Vec<Row>> {
    match app.node().command(Command::Edit(edits)).await? {
        Reply::Edited(rows) => {
            app.touch(rows.iter().map(|row| row.key.clone()));
            Ok(rows)
        }
        other => Err(unexpected(&other)),
    }
}

pub(super) async fn read_written(app: &AppState, rows: Vec<Row>, lang: Lang) -> Answer<Vec<Group>> {
    let (own, roster) = (app.own().await?, app.node().roster());
    Ok(app
        .node()
        .read(move |store| {
            let reader = Reader::new(store, &roster, own, lang);
            rows.into_iter().filter_map(|row| reader.group(vec![row]).transpose()).collect()
        })
        .await?)
}

/// The row that a writing request speaks of: of the register named, or of the only writable one.
///
/// # Errors
/// 404; 409 where several registers could be meant; 403 where none may be written.
pub async fn address(app: &AppState, key: &RecordKey, register: Option<RegisterId>) -> Answer<Row> {
    let (_, device) = app.own().await?;
    let roster = app.node().roster();
    let wanted = key.clone();
    let mut rows = app.node().read(move |store| store.rows_of(&wanted)).await?;
    if rows.is_empty() {
        return Err(Problem::not_found(format!("record {key}")));
    }
    match register {
        Some(register) => rows.retain(|row| row.doc.register == register),
        None => rows.retain(|row| roster.may_write(&row.doc.register, &device)),
    }
    match (rows.pop(), rows.is_empty(), register) {
        (Some(row), true, _) => Ok(row),
        (Some(_), false, _) => {
            Err(Problem::new(StatusCode::CONFLICT, "ambiguous", "several registers hold this record")
                .hint("name one with ?register="))
        }
        (None, _, Some(_)) => Err(Problem::not_found(format!("record {key} in this register"))),
        (None, _, None) => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "not-allowed",
            "no register that holds this record may be written here",
        )
        .hint("the partner that keeps the record can change it")),
    }
}

/// What became of an edit of one record.
pub enum Written {
    /// Done: the row as it stands.
    Done(Box<Row>),
    /// Refused: the row has changed since it was read; as it stands now.
    Stale(Box<Row>),
}

/// Edits one record unless it has changed since `if_version`.
///
/// # Errors
/// Those of the command, but for a stale version.
pub async fn edit(
    app: &AppState,
    row: &Row,
    changes: Vec<FieldChange>,
    if_version: Option<RowVersion>,
) -> Answer<Written> {
    if row.key.kind == PERSON_KIND && changes.iter().any(|change| change.key == DELETED) {
        let detail = format!("{} is a person: it is erased and not marked as deleted", row.key);
        return Err(Problem::new(StatusCode::CONFLICT, "precondition", detail)
            .hint(format!("comin person erase {} --reason CODE", row.key)));
    }
    let target = Target::Record { doc: row.doc, key: row.key.clone() };
    let result = app.node().command(Command::Edit(vec![Edit { target, changes, if_version }])).await;
    match result {
        Ok(Reply::Edited(rows)) => {
            app.touch([row.key.clone()]);
            let row = rows.into_iter().next().ok_or_else(|| Problem::internal("no row came back"))?;
            Ok(Written::Done(Box::new(row)))
        }
        Ok(other) => Err(unexpected(&other)),
        Err(CommandError::Stale) => Ok(Written::Stale(Box::new(reread(app, row).await?))),
        Err(error) => Err(error.into()),
    }
}

async fn reread(app: &AppState, row: &Row) -> Answer<Row> {
    let (key, doc) = (row.key.clone(), row.doc);
    let fresh = app.node().read(move |store| store.row(&key, &doc)).await?;
    fresh.ok_or_else(|| Problem::not_found(format!("record {}", row.key)))
}

/// Answers an edit: the record, or 412 with both versions.
async fn answer(app: &AppState, written: Written, asked: Option<&Map<String, Value>>, lang: Lang) -> Answer {
    match written {
        Written::Done(row) => {
            let groups = read_written(app, vec![*row], lang).await?;
            let group = groups.first().ok_or_else(|| Problem::internal("no row came back"))?;
            Ok(group_response(StatusCode::OK, group, Map::new()))
        }
        Written::Stale(row) => {
            let current = read_version(app, *row, lang).await?;
            let tag = etag(current.row.version());
            let mut response = Problem::from(CommandError::Stale)
                .with("current", current.to_json())
                .with("requested", json!({"fields": asked}))
                .into_response();
            if let Some(tag) = tag {
                response.headers_mut().insert(header::ETAG, tag);
            }
            Ok(response)
        }
    }
}

/// One row, read for people.
///
/// # Errors
/// 503 where the store fails.
pub async fn read_version(app: &AppState, row: Row, lang: Lang) -> Answer<Version> {
    let (own, roster) = (app.own().await?, app.node().roster());
    Ok(app.node().read(move |store| Reader::new(store, &roster, own, lang).version(row)).await?)
}

/// Body of `PATCH records/{id}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    fields: Map<String, Value>,
}

/// `PATCH records/{id}`.
///
/// # Errors
/// 428 without `If-Match`, 412 when stale, 422 for a value that cannot be taken.
pub async fn patch(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(register): Params<RegisterParam>,
    headers: HeaderMap,
    Body(body): Body<Patch>,
) -> Answer {
    let version = if_match(&headers)?;
    let key = parse_key(&id)?;
    let row = address(&app, &key, register.find(&app).await?).await?;
    if version.is_some_and(|version| version != row.version()) {
        return answer(&app, Written::Stale(Box::new(row)), Some(&body.fields), lang).await;
    }
    let changes = views::parse(&key.kind, &body.fields, Some(&row), lang)?;
    let written = edit(&app, &row, changes, version).await?;
    answer(&app, written, Some(&body.fields), lang).await
}

/// The mark of a deleted record.
pub fn deletion(deleted: bool) -> Vec<FieldChange> {
    let value = if deleted { Scalar::Bool(true) } else { Scalar::Null };
    vec![FieldChange { key: "deleted".into(), op: FieldOp::Put(value) }]
}

/// `DELETE records/{id}`.
///
/// # Errors
/// 428 without `If-Match`, 412 when stale.
pub async fn remove(
    app: State<AppState>,
    lang: Lang,
    id: Path<String>,
    register: Params<RegisterParam>,
    headers: HeaderMap,
) -> Answer {
    mark(app, lang, id, register, headers, true).await
}

/// `POST records/{id}/restore`.
///
/// # Errors
/// 428 without `If-Match`, 412 when stale.
pub async fn restore(
    app: State<AppState>,
    lang: Lang,
    id: Path<String>,
    register: Params<RegisterParam>,
    headers: HeaderMap,
) -> Answer {
    mark(app, lang, id, register, headers, false).await
}

async fn mark(
    State(app): State<AppState>,
    lang: Lang,
    Path(id): Path<String>,
    Params(register): Params<RegisterParam>,
    headers: HeaderMap,
    deleted: bool,
) -> Answer {
    let version = if_match(&headers)?;
    let row = address(&app, &parse_key(&id)?, register.find(&app).await?).await?;
    let written = edit(&app, &row, deletion(deleted), version).await?;
    answer(&app, written, None, lang).await
}

/// A place in an ordered list of rows, as `next` and `after` carry it: `id` or `id@register/part`.
pub fn parse_place(text: &str) -> Answer<(RecordKey, DocId)> {
    let unreadable = || Problem::bad_request("after is not the next of an answer");
    let (key, doc) = text.split_once('@').ok_or_else(unreadable)?;
    let (register, part) = doc.split_once('/').ok_or_else(unreadable)?;
    let register = RegisterId::from_hex(register).ok_or_else(unreadable)?;
    let part = part.parse().map_err(|_| unreadable())?;
    Ok((parse_key(key)?, DocId { register, part }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_is_needed_and_read() {
        let ask = |value: &str| if_match(&HeaderMap::from_iter([(header::IF_MATCH, value.parse().unwrap())]));
        let missing = if_match(&HeaderMap::new()).unwrap_err();
        assert_eq!(missing.status, StatusCode::PRECONDITION_REQUIRED, "428 without it");
        let version = RowVersion([1, 2, 3, 4, 5, 6, 7, 8]);
        let tag = etag(version).unwrap();
        assert_eq!(ask(tag.to_str().unwrap()).unwrap(), Some(version), "an ETag comes back as it went out");
        assert_eq!(ask("*").unwrap(), None, "whatever it says now");
        assert!(ask("0102").is_err() && ask("\"xyz\"").is_err(), "another text is not quietly ignored");
    }

    #[test]
    fn places_come_back_as_they_went_out() {
        let key = RecordKey { kind: "network".into(), id: [7; 16] };
        let doc = DocId { register: RegisterId([9; 32]), part: 3 };
        assert_eq!(parse_place(&format!("{key}@{doc}")).unwrap(), (key, doc), "id, register and part");
        assert!(parse_place("network:00").is_err(), "half a place is none");
    }
}
