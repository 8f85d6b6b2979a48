//! Registers: list, create, set writers, and find by what people call them.

use super::context::Body;
use super::members::{Decided, decide, items, name};
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::i18n::Lang;
use crate::views::{Ambiguous, find_partner, find_register, register_label};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use comin_protocol::engine::Command;
use comin_protocol::ids::{PartnerId, RegisterId};
use comin_protocol::roster::{Register, RegisterKind, Roster};
use comin_protocol::statement::Writers;
use serde::Deserialize;
use serde_json::{Value, json};

impl From<Ambiguous> for Problem {
    fn from(error: Ambiguous) -> Self {
        let detail = error.to_string();
        match error {
            Ambiguous::None(what) => Self::not_found(what),
            Ambiguous::Several(_) => Self::new(StatusCode::CONFLICT, "ambiguous", detail)
                .hint("list them with their ids and write more of the id"),
        }
    }
}

/// The register that a parameter names.
///
/// # Errors
/// 404, or 409 where several are meant.
pub async fn find(app: &AppState, text: &str) -> Answer<RegisterId> {
    let (partner, _) = app.own().await?;
    let roster = app.node().roster();
    // A person has a register of its own, which is in no list and has no name.
    match RegisterId::from_hex(text).filter(|id| roster.persons.contains_key(id)) {
        Some(id) => Ok(id),
        None => Ok(find_register(&roster, &partner, text)?.id),
    }
}

/// `GET registers`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn list(State(app): State<AppState>, lang: Lang) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    let records =
        |id: &RegisterId| -> u64 { status.docs.iter().filter(|d| d.doc.register == *id).map(|d| d.records).sum() };
    let register = |r: &Register| {
        json!({
            "id": r.id,
            "name": r.name,
            "label": register_label(lang, &status.roster, &status.partner, &r.id),
            "kind": kind(r.kind),
            "owner": r.owner,
            "writers": writers_json(&r.writers, &status.roster),
            "writable": status.roster.may_write(&r.id, &status.device),
            "records": records(&r.id),
        })
    };
    let readable = status.roster.registers.values().filter(|r| status.roster.may_read(&r.id, &status.device));
    Ok(items(readable.map(register).collect()))
}

fn kind(kind: RegisterKind) -> &'static str {
    match kind {
        RegisterKind::Partner => "partner",
        RegisterKind::Internal => "internal",
        RegisterKind::Shared => "shared",
    }
}

fn writers_json(writers: &Writers, roster: &Roster) -> Value {
    let named = |id: &PartnerId| json!({"id": id, "name": roster.partners.get(id).map(|p| p.name.as_str())});
    match writers {
        Writers::All => json!("all"),
        Writers::Partners(partners) => partners.iter().map(named).collect(),
    }
}

/// Writers as a request names them.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum WritersBody {
    /// `"all"`, or one partner.
    One(String),
    /// Partners by name or id.
    Many(Vec<String>),
}

impl WritersBody {
    pub(super) fn resolve(&self, roster: &Roster) -> Answer<Writers> {
        let names = match self {
            Self::One(word) if word == "all" => return Ok(Writers::All),
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        };
        let ids = names.iter().map(|text| find_partner(roster, text).map(|p| p.id));
        Ok(Writers::Partners(ids.collect::<Result<_, _>>()?))
    }
}

/// Body of `POST registers`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    name: String,
    writers: WritersBody,
}

/// `POST registers`.
///
/// # Errors
/// 403 without a steward's right, 409 outside a federation.
pub async fn add(State(app): State<AppState>, Body(body): Body<Add>) -> Answer<Decided> {
    let name = name(&body.name)?;
    let writers = body.writers.resolve(&app.node().roster())?;
    let (code, answer) = decide(&app, Command::AddRegister { name, writers }).await?;
    Ok((if code == StatusCode::OK { StatusCode::CREATED } else { code }, answer))
}

/// Body of `PUT registers/{id}/writers`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetWriters {
    writers: WritersBody,
}

/// `PUT registers/{id}/writers`.
///
/// # Errors
/// 404, 403 without the right.
pub async fn set_writers(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(body): Body<SetWriters>,
) -> Answer<Decided> {
    let register = find(&app, &id).await?;
    let writers = body.writers.resolve(&app.node().roster())?;
    decide(&app, Command::SetWriters { register, writers }).await
}
