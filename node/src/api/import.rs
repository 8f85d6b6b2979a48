//! `POST import`: a table of records into one register, and `GET import`: how far it is.
//!
//! An import is a task of its own: it goes on to its end whatever becomes of the request. One runs at a time, so that
//! its memory is bounded. Who accepts `application/x-ndjson` reads its progress line by line, the report last.

use super::context::Params;
use super::problem::{Answer, Problem};
use super::registers::{self, WritersBody};
use super::state::AppState;
use super::uploads::{Upload, upload};
use crate::gazetteer;
use crate::i18n::Lang;
use crate::import::{self, ImportError, Options, PersonalEmail, Persons, Plan, Target, Terms, Wishes};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comin_protocol::ids::{PERSON_KIND, RecordKey, RegisterId};
use comin_protocol::schema;
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::convert::Infallible;
use std::hash::RandomState;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// The media type of progress: one JSON object on each line.
const LINES: &str = "application/x-ndjson";

/// Persons that are written at once, so that one flush serves many.
const PERSONS_AT_ONCE: usize = 64;

/// Parameters of `POST import`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ImportParams {
    kind: String,
    register: Option<String>,
    dry_run: bool,
    /// What an earlier report gave as `plan`: nothing is written where the import would do something else by now.
    plan: Option<String>,
    /// The language of texts whose column names none.
    language: Option<String>,
    /// A mapping as an earlier report gave it, as JSON.
    map: Option<String>,
    /// Key fields with commas between.
    key: Option<String>,
    /// Constant values by field, as JSON.
    set: Option<String>,
    encoding: Option<String>,
    sheet: Option<String>,
    positions: Option<bool>,
    personal_email: PersonalEmail,
    without_persons: bool,
    purpose: Option<String>,
    legal_basis: Option<String>,
    retain_until: Option<String>,
    informed_on: Option<String>,
    /// Who reads the persons: `all`, or partners with commas between; nobody else where it is left out.
    scope: Option<String>,
}

impl ImportParams {
    /// How the import is to be done.
    fn options(self, app: &AppState, lang: Lang) -> Answer<Options> {
        let language = match self.language.as_deref() {
            None => app.language().code(),
            Some(asked) => schema::LANGUAGES.into_iter().find(|known| *known == asked).ok_or_else(|| {
                Problem::bad_request(format!("language {asked:?} is not one of {}", schema::LANGUAGES.join(", ")))
            })?,
        };
        let persons = self.persons(app)?;
        let wishes = Wishes {
            written: parsed("map", self.map.as_deref())?,
            key: names(self.key.as_deref()),
            set: set(self.set.as_deref())?,
        };
        Ok(Options {
            lang,
            language,
            wishes,
            encoding: self.encoding,
            sheet: self.sheet,
            positions: self.positions.unwrap_or(true),
            personal_email: self.personal_email,
            persons,
        })
    }

    /// What was told of contact persons.
    fn persons(&self, app: &AppState) -> Answer<Persons> {
        if self.without_persons {
            return Ok(Persons::Leave);
        }
        let told = [
            ("purpose", &self.purpose),
            ("legal_basis", &self.legal_basis),
            ("retain_until", &self.retain_until),
            ("informed_on", &self.informed_on),
        ];
        let values: Map<String, Value> =
            told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))).collect();
        if values.is_empty() {
            return Ok(Persons::Ask);
        }
        if let Some((missing, _)) =
            told[..3].iter().find(|(_, value)| value.as_ref().is_none_or(|text| text.trim().is_empty()))
        {
            return Err(Problem::invalid(format!("{missing}: is missing for the contact persons")).hint(TERMS));
        }
        let scope = match self.scope.as_deref() {
            Some("all") => WritersBody::One("all".to_owned()),
            scope => WritersBody::Many(names(scope)),
        };
        let readers = scope.resolve(&app.node().roster())?;
        Ok(Persons::Take(Terms::new(readers, &values).map_err(|error| Problem::invalid(error.to_string()))?))
    }
}

/// What to add to the command where contact persons are in the file.
const TERMS: &str = "add --purpose TEXT --legal-basis CODE --retain-until YYYY-MM-DD, or --without-persons";

/// Names with commas between.
fn names(text: Option<&str>) -> Vec<String> {
    let names = text.unwrap_or_default().split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn parsed<T: serde::de::DeserializeOwned>(what: &str, text: Option<&str>) -> Answer<Option<T>> {
    let parse = |text| serde_json::from_str(text).map_err(|error| Problem::bad_request(format!("{what}: {error}")));
    text.filter(|text| !text.is_empty()).map(parse).transpose()
}

fn set(text: Option<&str>) -> Answer<Vec<(String, String)>> {
    let values: Option<std::collections::BTreeMap<String, String>> = parsed("set", text)?;
    Ok(values.into_iter().flatten().collect())
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let text = error.to_string();
        match error {
            ImportError::Rows { errors, total, mapping } => {
                let problem = Self::invalid(text)
                    .hint("correct the rows named and send the file again; nothing was written")
                    .with("errors", json!(errors))
                    .with("errors_total", json!(total));
                match mapping {
                    Some(mapping) => {
                        problem.with("mapping", mapping.to_json()).with("not_taken", json!(mapping.not_taken()))
                    }
                    None => problem,
                }
            }
            ImportError::Terms { persons } => Self::invalid(text).hint(TERMS).with("persons", json!(persons)),
            ImportError::Store(error) => error.into(),
            ImportError::Refused { written, total, cause } => Self { detail: text, ..Self::from(cause) }
                .hint("mend the cause and send the file again: what is written stays as it is")
                .with("written", json!(written))
                .with("total", json!(total)),
        }
    }
}

/// How far an import is.
#[derive(Clone)]
pub enum Stage {
    /// The file arrives, or its rows are checked.
    Checking,
    /// Records are written.
    Writing {
        /// So many are,
        written: usize,
        /// of so many.
        total: usize,
    },
    /// It is over: the report, or why nothing or not all was written.
    Done(Box<Answer<Value>>),
}

impl Stage {
    fn to_json(&self) -> Value {
        match self {
            Self::Checking => json!({"stage": "checking"}),
            Self::Writing { written, total } => json!({"stage": "writing", "written": written, "total": total}),
            Self::Done(done) => match done.as_ref() {
                Ok(report) => json!({"stage": "done", "report": report}),
                Err(problem) => json!({"stage": "refused", "problem": problem.to_json()}),
            },
        }
    }

    fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

/// Whether an import goes on.
fn is_under_way(stage: &watch::Receiver<Stage>) -> bool {
    stage.has_changed().is_ok() && !stage.borrow().is_done()
}

/// Whether an import is under way or has come to its end.
fn is_known(stage: &watch::Receiver<Stage>) -> bool {
    stage.has_changed().is_ok() || stage.borrow().is_done()
}

/// The imports of this process: at most one at a time, and how far the last one came.
#[derive(Default)]
pub struct Imports {
    last: Mutex<Last>,
    /// Names plans, other than in any other process: what a file says cannot be guessed from it.
    names: RandomState,
}

#[derive(Default)]
struct Last {
    /// The last one.
    run: Option<watch::Receiver<Stage>>,
    /// The last one that was to write.
    import: Option<watch::Receiver<Stage>>,
}

impl Imports {
    /// Takes the place of the one import. It is free again when the import is done or the sender dropped.
    fn begin(&self, dry_run: bool) -> Answer<watch::Sender<Stage>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = last.run.as_ref().filter(|stage| is_under_way(stage)) {
            return Err(Problem::new(StatusCode::CONFLICT, "import-running", "another import is being carried out")
                .hint("GET /api/v1/import says how far it is; run this one when it is done")
                .with("import", running.borrow().to_json()));
        }
        let (told, stage) = watch::channel(Stage::Checking);
        if !dry_run {
            last.import = Some(stage.clone());
        }
        last.run = Some(stage);
        Ok(told)
    }

    /// The last import or dry run; `None` where there was none, or where it broke off.
    pub fn last(&self) -> Option<Stage> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.run.as_ref().filter(|stage| is_known(stage)).map(|stage| stage.borrow().clone())
    }

    /// How far the last import is that was to write, also as it goes on; `None` where there was none, or where it
    /// broke off.
    pub fn last_import(&self) -> Option<watch::Receiver<Stage>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.import.clone().filter(is_known)
    }
}

/// `GET import`.
pub async fn progress(State(app): State<AppState>) -> Json<Value> {
    let stage = app.imports().last().map_or_else(|| json!({"stage": "none"}), |stage| stage.to_json());
    let mut answer = json!({"schema": 1});
    if let (Some(answer), Value::Object(stage)) = (answer.as_object_mut(), stage) {
        answer.extend(stage);
    }
    Json(answer)
}

/// `POST import`: CSV, a workbook or JSON in the body. Everything is checked before anything is written.
///
/// # Errors
/// 422 with `errors` (row, column, reason) where a value cannot be taken; 403 where the register may not be
/// written; 409 while another import runs; 413 for a file that is too large.
pub async fn import(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<ImportParams>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let begun = begin(&app, params, None, lang).await?;
    let mut stage = begun.told.subscribe();
    let file = upload(body).await?;
    tokio::spawn(carry_out(app.clone(), begun, file));
    let accepts = headers.get(header::ACCEPT).is_some_and(|kinds| kinds.as_bytes() == LINES.as_bytes());
    let seen = stage.wait_for(|stage| stage.is_done() || accepts && !matches!(stage, Stage::Checking)).await;
    let seen = seen.map_err(|_| broke_off())?.clone();
    match seen {
        Stage::Done(done) => match (*done)? {
            report if accepts => Ok(([(header::CONTENT_TYPE, LINES)], format!("{report}\n")).into_response()),
            report => Ok(Json(report).into_response()),
        },
        _ => Ok(lines(stage)),
    }
}

/// An import that has taken its place and waits for its file.
struct Begun {
    told: watch::Sender<Stage>,
    target: Target,
    options: Options,
    dry_run: bool,
    /// The name of the plan that was looked at.
    plan: Option<String>,
    /// The id of the file, where it is one that waited.
    upload: Option<String>,
}

async fn begin(app: &AppState, params: ImportParams, upload: Option<String>, lang: Lang) -> Answer<Begun> {
    let target = target(app, &params).await?;
    let (dry_run, plan) = (params.dry_run, params.plan.clone());
    let options = params.options(app, lang)?;
    Ok(Begun { told: app.imports().begin(dry_run)?, target, options, dry_run, plan, upload })
}

/// Begins an import of a file that has waited; what comes back tells how far it is. `params` as in the address of
/// [`import()`], `lang` as the reader of refusals speaks.
///
/// # Errors
/// 400 and 403 for what the parameters ask; 409 while another import runs.
pub async fn start(app: &AppState, params: Value, upload: &Upload, lang: Lang) -> Answer<watch::Receiver<Stage>> {
    let params = serde_json::from_value(params).map_err(|error| Problem::bad_request(error.to_string()))?;
    let begun = begin(app, params, Some(upload.id.clone()), lang).await?;
    let stage = begun.told.subscribe();
    tokio::spawn(carry_out(app.clone(), begun, upload.file.clone()));
    Ok(stage)
}

/// What came of an import that has been started; `None` where it is still under way after the time that a page waits.
pub async fn outcome(app: &AppState, mut stage: watch::Receiver<Stage>) -> Option<Answer<Value>> {
    let done = async {
        match stage.wait_for(Stage::is_done).await.map(|stage| stage.clone()) {
            Ok(Stage::Done(done)) => *done,
            _ => Err(broke_off()),
        }
    };
    tokio::time::timeout(app.import_wait(), done).await.ok()
}

async fn target(app: &AppState, params: &ImportParams) -> Answer<Target> {
    if params.kind == PERSON_KIND {
        return Err(Problem::bad_request(
            "persons are not imported by themselves, but as contact persons of organisations",
        )
        .hint("comin import FILE --kind organisation"));
    }
    let kind = schema::kind(&params.kind).ok_or_else(|| {
        let known = schema::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
        Problem::not_found(format!("kind {:?}", params.kind)).hint(format!("kinds are {known}"))
    })?;
    let (partner, device) = app.own().await?;
    let register = match params.register.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => registers::find(app, text).await?,
        // As a record of this kind that is made by hand.
        None if kind.is_internal => RegisterId::internal(&partner),
        None => RegisterId::partner(&partner),
    };
    if !app.node().roster().may_write(&register, &device) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "this partner does not write this register")
            .hint("comin registers lists who writes what"));
    }
    Ok(Target { kind, register, partner })
}

fn broke_off() -> Problem {
    Problem::internal("the import broke off").hint("send the file again: what is written stays as it is")
}

/// Goes on to the end whether or not anybody still waits for it.
async fn carry_out(app: AppState, begun: Begun, file: Bytes) {
    let done = checked_and_written(&app, &begun, file).await;
    if let Err(problem) = &done {
        tracing::warn!(cause = %problem.detail, "an import was not carried out to its end");
    }
    if let Some(id) = begun.upload.as_deref().filter(|_| !begun.dry_run) {
        app.uploads().ended(id, done.is_ok());
    }
    begun.told.send_replace(Stage::Done(Box::new(done)));
}

async fn checked_and_written(app: &AppState, begun: &Begun, file: Bytes) -> Answer<Value> {
    let (told, options) = (&begun.told, begun.options.clone());
    let plan = import::plan(app.node(), begun.target, options, file).await?;
    let name = plan.name(&app.imports().names);
    let has_changed = begun.plan.as_ref().is_some_and(|seen| *seen != name);
    let report = report(&plan, &name, begun.dry_run || has_changed);
    if begun.dry_run {
        return Ok(report);
    }
    if has_changed {
        let detail = "the import would do something else by now than what was looked at";
        return Err(Problem::new(StatusCode::CONFLICT, "plan-changed", detail)
            .hint("look at what it would do now; nothing was written")
            .with("report", report));
    }
    if plan.people.needs_terms {
        return Err(ImportError::Terms { persons: plan.people.added }.into());
    }
    let terms = if let Persons::Take(terms) = &begun.options.persons { Some(terms) } else { None };
    let total = plan.edits.len() + plan.people.edits.len();
    let mut written: Vec<RecordKey> = Vec::new();
    for slice in plan.edits.into_slices() {
        told.send_replace(Stage::Writing { written: written.len(), total });
        let rows = import::write(app.node(), slice, (written.len(), total)).await?;
        written.extend(rows.iter().map(|row| row.key.clone()));
        app.touch(rows.into_iter().map(|row| row.key));
    }
    // After the organisations, so that each person names its own; a second run completes what is missing.
    let records = written.len();
    let mut persons = stream::iter(plan.people.edits)
        .map(|person| import::write_person(app.node(), person, &written, terms))
        .buffered(PERSONS_AT_ONCE);
    let mut done = records;
    while let Some(result) = persons.next().await {
        result.map_err(|cause| ImportError::Refused { written: done, total, cause })?;
        done += 1;
        told.send_replace(Stage::Writing { written: done, total });
    }
    Ok(report)
}

/// What an import does, for people and programs. Nothing of a person is in it.
fn report(plan: &Plan, name: &str, dry_run: bool) -> Value {
    let absent = plan.absent_records.iter().map(|(id, title)| json!({"id": id, "title": title}));
    json!({
        "schema": 1, "dry_run": dry_run, "plan": name,
        "added": plan.added, "changed": plan.changed, "unchanged": plan.unchanged, "elsewhere": plan.elsewhere, "ids_unknown": plan.ids_unknown, "changes": plan.changes,
        "absent": plan.absent, "absent_records": absent.collect::<Vec<_>>(),
        "duplicates": plan.duplicates, "persons": plan.people, "emails_left": plan.emails_left,
        "positions": plan.positions, "positions_source": gazetteer::CREDIT,
        "mapping": plan.mapping.as_ref().map(import::Mapping::to_json),
        "not_taken": plan.mapping.as_ref().map(import::Mapping::not_taken), "file": plan.source,
    })
}

/// Progress as it comes, at last the report or the problem. Who reads slowly misses steps between and not the end.
fn lines(stage: watch::Receiver<Stage>) -> Response {
    let line = |value: Value| Ok::<_, Infallible>(format!("{value}\n"));
    let lines = stream::unfold(Some(stage), move |stage| async move {
        let mut stage = stage?;
        let now = stage.borrow_and_update().clone();
        if let Stage::Done(done) = now {
            return Some((line(done.unwrap_or_else(|problem| json!({"problem": problem.to_json()}))), None));
        }
        let next = stage.changed().await.is_ok().then_some(stage);
        let more = if next.is_some() { now.to_json() } else { json!({"problem": broke_off().to_json()}) };
        Some((line(more), next))
    });
    ([(header::CONTENT_TYPE, LINES)], Body::from_stream(lines)).into_response()
}
