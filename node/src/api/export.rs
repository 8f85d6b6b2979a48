//! `GET /api/v1/export`: what this node reads, as a file.

use super::context::Params;
use super::limits::PAGE_ITEMS_MAX;
use super::members::unexpected;
use super::problem::{Answer, Problem};
use super::registers;
use super::state::AppState;
use crate::i18n::Lang;
use crate::store::StoreError;
use crate::views::{Filter, Group, Reader, scan_groups, to_columns};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use comin_protocol::codec::to_cbor;
use comin_protocol::engine::{Command, Reply};
use comin_protocol::ids::{DocId, PERSON_KIND, RecordKey, RegisterId};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Parameters of `GET export`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ExportParams {
    format: String,
    register: Option<String>,
    kind: Option<String>,
    part: Option<u32>,
}

/// `GET export`: `json` (streamed, all kinds or one), `csv` (one kind), `automerge` (one register: the list of
/// its parts, or with `part=n` that part's file, readable by any Automerge tool), `signed` (the same with its
/// signatures, as `check --repair --from` takes it back).
///
/// # Errors
/// 400 for an unknown format or a parameter that is missing.
pub async fn export(State(app): State<AppState>, lang: Lang, Params(params): Params<ExportParams>) -> Answer {
    let register = match params.register.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(registers::find(&app, text).await?),
        None => None,
    };
    let kind = params.kind.filter(|kind| !kind.is_empty());
    if kind.as_deref() == Some(PERSON_KIND) {
        return Err(Problem::bad_request("persons are not exported together").hint("comin person access ID --out FILE"));
    }
    let filter = Filter { kind, register, deleted: true, ..Filter::default() };
    match (params.format.as_str(), register) {
        ("json", _) => Ok(file(Body::from_stream(json_chunks(app, filter, lang)), "application/json", "comin.json")),
        ("csv", _) => csv(&app, filter, lang).await,
        ("automerge", Some(register)) => automerge(&app, register, params.part, PartForm::Plain).await,
        ("signed", Some(register)) => automerge(&app, register, params.part, PartForm::Signed).await,
        (format @ ("automerge" | "signed"), None) => {
            Err(Problem::bad_request(format!("format {format} needs a register")).hint("add &register=own"))
        }
        _ => Err(Problem::bad_request("format is json, csv, automerge or signed")),
    }
}

fn file(body: Body, kind: &'static str, name: &str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

async fn groups(
    app: &AppState,
    filter: Filter,
    after: Option<RecordKey>,
    lang: Lang,
) -> Answer<(Vec<Group>, Option<RecordKey>)> {
    let (own, roster) = (app.own().await?, app.node().roster());
    let found = app.node().read(move |store| {
        let (rows, next) = scan_groups(store, &filter, after, PAGE_ITEMS_MAX)?;
        let reader = Reader::new(store, &roster, own, lang);
        let groups = rows.into_iter().filter_map(|rows| reader.group(rows).transpose());
        Ok((groups.collect::<Result<Vec<_>, StoreError>>()?, next))
    });
    Ok(found.await?)
}

/// How far a streamed export has come.
enum Step {
    First,
    From(RecordKey),
    End,
    Over,
}

fn json_chunks(app: AppState, filter: Filter, lang: Lang) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold((app, Step::First), move |(app, step)| {
        let filter = filter.clone();
        async move {
            let (opening, after) = match step {
                Step::First => ("{\"schema\":1,\"records\":[\n", None),
                Step::From(after) => (",\n", Some(after)),
                Step::End => return Some((Ok(Bytes::from_static(b"\n]}\n")), (app, Step::Over))),
                Step::Over => return None,
            };
            match groups(&app, filter, after, lang).await {
                Ok((groups, next)) => {
                    let items: Vec<String> = groups.iter().map(|g| Value::Object(g.to_json()).to_string()).collect();
                    // A page of groups that were all filtered out must not leave a comma behind.
                    let opening = if items.is_empty() && opening == ",\n" { "" } else { opening };
                    let chunk = Bytes::from(format!("{opening}{}", items.join(",\n")));
                    Some((Ok(chunk), (app, next.map_or(Step::End, Step::From))))
                }
                // The body breaks off, so that nobody takes half a file for a whole one.
                Err(problem) => Some((Err(std::io::Error::other(problem.detail)), (app, Step::Over))),
            }
        }
    })
}

/// One line per record and register, one column per field (translated fields: one per language).
async fn csv(app: &AppState, filter: Filter, lang: Lang) -> Answer {
    let Some(kind) = filter.kind.clone() else {
        return Err(Problem::bad_request("format csv needs a kind").hint("add &kind=organisation"));
    };
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let (groups, next) = groups(app, filter.clone(), after, lang).await?;
        for version in groups.iter().flat_map(|g| &g.versions) {
            if filter.register.is_none_or(|register| register == version.row.doc.register) {
                lines.push((version.row.key.to_string(), version.register_name.clone(), to_columns(&version.row)));
            }
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    let names: BTreeSet<&String> = lines.iter().flat_map(|(_, _, columns)| columns.keys()).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Problem::internal(e.to_string());
    let header = ["id", "register"].into_iter().chain(names.iter().map(|name| name.as_str()));
    writer.write_record(header).map_err(failed)?;
    for (id, register, columns) in &lines {
        let cells = names.iter().map(|name| columns.get(*name).map_or("", String::as_str));
        writer.write_record([id.as_str(), register.as_str()].into_iter().chain(cells)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| Problem::internal(e.to_string()))?;
    Ok(file(Body::from(bytes), "text/csv; charset=utf-8", &format!("{kind}.csv")))
}

/// What an Automerge export gives of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PartForm {
    /// The file that any Automerge tool reads.
    Plain,
    /// With it, who signed what: CBOR (WIRE.md, "Signatures of an exported part").
    Signed,
}

async fn automerge(app: &AppState, register: RegisterId, part: Option<u32>, form: PartForm) -> Answer {
    let Some(part) = part else {
        let parts = match app.node().command(Command::Parts { register }).await? {
            Reply::Parts(parts) => parts,
            other => return Err(unexpected(&other)),
        };
        let parts: Vec<Value> = parts.iter().map(|part| json!({"part": part})).collect();
        return Ok(Json(json!({"schema": 1, "register": register, "parts": parts})).into_response());
    };
    let exported = match app.node().command(Command::Export { doc: DocId { register, part } }).await? {
        Reply::Exported(exported) => exported,
        other => return Err(unexpected(&other)),
    };
    let name = format!("{}-{part}", register.short());
    Ok(match form {
        PartForm::Plain => {
            file(Body::from(Vec::from(exported.save)), "application/octet-stream", &format!("{name}.automerge"))
        }
        PartForm::Signed => file(Body::from(to_cbor(&*exported)), "application/cbor", &format!("{name}.cbor")),
    })
}
