//! `GET /api/v1/export`: what this node reads, as a file.

use super::context::Params;
use super::limits::PAGE_ITEMS_MAX;
use super::members::unexpected;
use super::problem::{Answer, Problem};
use super::registers;
use super::state::AppState;
use crate::export::{self, Entry, Format, Selection, Writer};
use crate::i18n::Lang;
use crate::views::Filter;
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
use std::sync::Arc;

/// Parameters of `GET export`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ExportParams {
    format: String,
    register: Option<String>,
    kind: Option<String>,
    part: Option<u32>,
    public: bool,
    names: bool,
}

/// `GET export`: the forms of [`Format`] (`csv` needs a kind, and with `names=true` calls records by name; `public=true`:
/// only what is for the public), `automerge`
/// (one register: the list of its parts, or with `part=n` that part's file, readable by any Automerge tool), `signed`
/// (the same with its signatures, as `check --repair --from` takes it back).
///
/// # Errors
/// 400 for an unknown format, a parameter that is missing, or one that does not go with another.
pub async fn export(State(app): State<AppState>, lang: Lang, Params(params): Params<ExportParams>) -> Answer {
    let register = match params.register.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(registers::find(&app, text).await?),
        None => None,
    };
    let kind = params.kind.filter(|kind| !kind.is_empty());
    let bad = |text: String, hint: &str| Err(Problem::bad_request(text).hint(hint));
    match (params.format.as_str(), register) {
        (format @ ("automerge" | "signed"), _) if params.public => {
            bad(format!("format {format} holds whole documents, and so more than what is public"), "leave out public")
        }
        ("automerge", Some(register)) => automerge(&app, register, params.part, PartForm::Plain).await,
        ("signed", Some(register)) => automerge(&app, register, params.part, PartForm::Signed).await,
        (format @ ("automerge" | "signed"), None) => {
            bad(format!("format {format} needs a register"), "add &register=own")
        }
        (code, _) => match Format::from_code(code) {
            Some(Format::Vcf) if params.public => bad("persons are never public".into(), "leave out public"),
            Some(Format::Vcf) if register.is_some() || kind.as_deref().is_some_and(|kind| kind != PERSON_KIND) => {
                bad("format vcf holds the persons that this node reads".into(), "leave out kind and register")
            }
            Some(format) if format != Format::Vcf && kind.as_deref() == Some(PERSON_KIND) => {
                bad(format!("persons are not exported as {code}"), "comin export --format vcf --out FILE")
            }
            Some(Format::Csv) if kind.is_none() => bad("format csv needs a kind".into(), "add &kind=organisation"),
            Some(Format::Ics) if kind.as_deref().is_some_and(|kind| kind != "event") => {
                bad("format ics holds events".into(), "leave out kind")
            }
            Some(format) => {
                let name = format!("{}.{code}", kind.as_deref().unwrap_or("comin"));
                let filter = Filter { kind, register, ..Filter::default() };
                let names = params.names && format == Format::Csv;
                let selection = Selection { names, ..Selection::new(format, filter, params.public, lang) };
                Ok(file(body(app, selection).await?, format.media_type(), &name))
            }
            None => {
                let codes = Format::ALL.map(Format::code).join(", ");
                Err(Problem::bad_request(format!("format is {codes}, automerge or signed")))
            }
        },
    }
}

fn file(body: Body, kind: &'static str, name: &str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// An export as it is being made. A form that is only known at its end takes all its time before the first piece.
struct Making {
    app: AppState,
    selection: Arc<Selection>,
    writer: Box<dyn Writer>,
    step: Step,
}

/// How far an export has come.
enum Step {
    From(Option<RecordKey>),
    Over,
}

impl Making {
    /// The next piece, which may be empty; `None`: that was all.
    async fn piece(&mut self) -> Answer<Option<Vec<u8>>> {
        let Step::From(after) = std::mem::replace(&mut self.step, Step::Over) else { return Ok(None) };
        let mut out = Vec::new();
        if after.is_none() {
            self.writer.begin(&mut out);
        }
        let (entries, next) = page(&self.app, &self.selection, after).await?;
        let failed = |error: export::ExportError| Problem::internal(error.to_string());
        for entry in &entries {
            self.writer.add(entry, &mut out).map_err(failed)?;
        }
        match next {
            Some(key) => self.step = Step::From(Some(key)),
            None => self.writer.end(&mut out).map_err(failed)?,
        }
        Ok(Some(out))
    }
}

async fn page(
    app: &AppState,
    selection: &Arc<Selection>,
    after: Option<RecordKey>,
) -> Answer<(Vec<Entry>, Option<RecordKey>)> {
    let (own, roster, selection) = (app.own().await?, app.node().roster(), selection.clone());
    Ok(app.node().read(move |store| export::page(store, &roster, own, &selection, after, PAGE_ITEMS_MAX)).await?)
}

/// The body of an export, made as it is read.
///
/// # Errors
/// Those of the first piece. Where a later one fails, the body breaks off, so that nobody takes half a file for a whole
/// one.
pub async fn body(app: AppState, selection: Selection) -> Answer<Body> {
    let writer = export::writer(&selection);
    let mut making = Making { app, selection: Arc::new(selection), writer, step: Step::From(None) };
    let mut first = Vec::new();
    while first.is_empty() {
        match making.piece().await? {
            Some(piece) => first = piece,
            None => break,
        }
    }
    let rest = stream::unfold(making, |mut making| async move {
        let piece = match making.piece().await {
            Ok(piece) => Ok(Bytes::from(piece?)),
            Err(problem) => Err(std::io::Error::other(problem.detail)),
        };
        Some((piece, making))
    });
    let first = stream::iter([Ok(Bytes::from(first))]);
    Ok(Body::from_stream(futures::StreamExt::chain(first, rest)))
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
