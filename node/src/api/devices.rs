//! The machines of the federation; certifying and revoking one's own.

use super::context::Body;
use super::members::{items, read_statement, rights as rights_in_words, run, unexpected};
use super::problem::{Answer, Problem};
use super::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use comin_protocol::codec::to_cbor;
use comin_protocol::engine::{Command, Reply};
use comin_protocol::ids::{DeviceKey, to_hex};
use comin_protocol::machine::MachineRequest;
use comin_protocol::roster::Device;
use comin_protocol::statement::Rights;
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET devices`: those with a valid certificate, and this partner's own that have been revoked.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn list(State(app): State<AppState>) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    let roster = &status.roster;
    let described = |d: &Device, revoked: bool| {
        json!({
            "id": d.key, "name": d.name, "partner": d.partner,
            "partner_name": roster.partners.get(&d.partner).map(|p| p.name.as_str()),
            "rights": rights_in_words(d.rights), "addresses": d.addresses, "self": d.key == status.device, "revoked": revoked,
        })
    };
    let valid = roster.devices.values().map(|device| described(device, false));
    let own = roster.former.values().filter(|device| device.partner == status.partner);
    Ok(items(valid.chain(own.map(|device| described(device, true))).collect()))
}

/// Body of `POST devices`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Further {
    /// What the new machine asks: the text that `comin init --further` prints.
    request: String,
    /// What it may do, in words; without them what this machine may.
    rights: Option<Vec<String>>,
}

/// `POST devices`: this machine certifies a further one of its partner.
///
/// # Errors
/// 403 without the right, 409 for a machine that is known, 422 for what is no request or no right.
pub async fn certify(State(app): State<AppState>, Body(body): Body<Further>) -> Answer<(StatusCode, Json<Value>)> {
    let made = certify_machine(&app, &body.request, body.rights.as_deref()).await?;
    Ok((
        StatusCode::CREATED,
        Json(json!({
            "schema": 1, "id": made.device, "name": made.name, "rights": rights_in_words(made.rights),
            "certificate": made.certificate,
        })),
    ))
}

/// A machine that has been certified.
pub struct Certified {
    /// Its key.
    pub device: DeviceKey,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub rights: Rights,
    /// The text that is to be carried to it.
    pub certificate: String,
}

/// Certifies the machine that asks; `rights` in words: without them it may what this machine may.
///
/// # Errors
/// As [`certify`].
pub async fn certify_machine(app: &AppState, request: &str, rights: Option<&[String]>) -> Answer<Certified> {
    let request = MachineRequest::parse(request).map_err(|error| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "machine-request",
            format!("the request cannot be read: {error}"),
        )
        .hint("hand over the whole text that `comin init --further`, or the first page, shows on the new machine")
    })?;
    let rights = match rights {
        Some(words) => {
            let named = words.iter().map(|word| right(word)).collect::<Answer<Vec<_>>>()?;
            named.iter().fold(Rights::default(), |all, one| Rights(all.0 | one.0))
        }
        None => {
            let status = app.node().status().await?;
            status.roster.devices.get(&status.device).map(|device| device.rights).unwrap_or_default()
        }
    };
    let (device, name) = (request.device, request.name.clone());
    match app.node().command(Command::CertifyDevice { request, rights }).await? {
        Reply::Certified(certificate) => Ok(Certified { device, name, rights, certificate: certificate.to_text() }),
        other => Err(unexpected(&other)),
    }
}

fn right(word: &str) -> Answer<Rights> {
    let all = [Rights::EDIT, Rights::INVITE, Rights::STEWARD, Rights::ADMIN];
    all.into_iter()
        .find(|right| rights_in_words(*right) == [word])
        .ok_or_else(|| Problem::invalid(format!("{word:?} is no right")).hint("edit, invite, steward, admin"))
}

fn key(text: &str) -> Answer<DeviceKey> {
    DeviceKey::from_hex(text).ok_or_else(|| Problem::invalid("a machine's id is 64 hex digits"))
}

/// `DELETE devices/{id}`: this machine revokes another one of its partner.
///
/// # Errors
/// 403 without the right, 404 for what is no machine of this partner, 409 for this machine itself.
pub async fn revoke(State(app): State<AppState>, Path(id): Path<String>) -> Answer<Json<Value>> {
    run(&app, Command::RevokeDevice { device: key(&id)?, by_key: None }).await
}

/// `GET devices/{id}/revocation`: what the partner key has to sign.
///
/// # Errors
/// 404 for what is no machine of this partner.
pub async fn revocation(State(app): State<AppState>, Path(id): Path<String>) -> Answer<Json<Value>> {
    match app.node().command(Command::Revocation { device: key(&id)? }).await? {
        Reply::Unsigned(statement) => Ok(Json(json!({"schema": 1, "statement": to_hex(&to_cbor(&statement))}))),
        other => Err(unexpected(&other)),
    }
}

/// Body of `PUT devices/{id}/revocation`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// What `GET` gave, signed by the partner key (CBOR of a signed statement, in hex).
    statement: String,
}

/// `PUT devices/{id}/revocation`: the partner key revokes a machine.
///
/// # Errors
/// 409 where another key has signed, 422 for what cannot be read.
pub async fn revoke_by_key(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(body): Body<Revocation>,
) -> Answer<Json<Value>> {
    let signed = read_statement(&body.statement)?;
    run(&app, Command::RevokeDevice { device: key(&id)?, by_key: Some(signed) }).await
}
