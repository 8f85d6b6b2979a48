//! Partners, devices, tickets, joining and approvals.

use super::context::Body;
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::i18n::Lang;
use crate::views::approvals::{carried_over_json, draft_json, named};
use crate::views::find_partner;
use crate::views::time::rfc3339;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use comin_protocol::engine::{Command, Reply};
use comin_protocol::ids::{PartnerId, PartnerKey, from_hex_bytes};
use comin_protocol::join::{Pending, TicketInfo};
use comin_protocol::limits::{NAME_BYTES_MAX, TICKET_VALID_MS};
use comin_protocol::statement::{Rights, SignedStatement};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An engine's reply that this route cannot have caused.
pub fn unexpected(reply: &Reply) -> Problem {
    // Its kind and nothing of what it holds: that may be a person's.
    tracing::error!(kind = ?std::mem::discriminant(reply), "the engine answered with another kind of reply");
    Problem::internal("the engine answered with another kind of reply")
}

/// A list as programs read it.
pub fn items(items: Vec<Value>) -> Json<Value> {
    Json(json!({"schema": 1, "items": items}))
}

/// `GET partners`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn partners(State(app): State<AppState>) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    let roster = &status.roster;
    let partner = |p: &comin_protocol::roster::Partner| {
        json!({
            "id": p.id, "name": p.name, "country": p.country, "steward": p.steward, "admitted": p.admitted,
            "removed": p.removed, "key": p.key,
            "self": p.id == status.partner,
            "devices": roster.devices.values().filter(|d| d.partner == p.id).count(),
        })
    };
    Ok(items(roster.partners.values().map(partner).collect()))
}

/// What a device may do, in words.
pub fn rights(rights: Rights) -> Vec<&'static str> {
    let words =
        [(Rights::EDIT, "edit"), (Rights::INVITE, "invite"), (Rights::STEWARD, "steward"), (Rights::ADMIN, "admin")];
    words.into_iter().filter(|(right, _)| rights.includes(*right)).map(|(_, word)| word).collect()
}

/// `GET approvals`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn approvals(State(app): State<AppState>, lang: Lang) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    let drafts = status.drafts.iter().map(|draft| draft_json(&status, draft, lang));
    let carried = status.carried_over.iter().map(|founded| carried_over_json(&status, founded, lang));
    Ok(items(status.approvals.iter().map(pending_json).chain(drafts).chain(carried).collect()))
}

fn pending_json(pending: &Pending) -> Value {
    json!({
        "kind": "join",
        "id": pending.id, "name": pending.name, "ticket_name": pending.ticket_name, "country": pending.country,
        "partner": pending.partner, "device": pending.device, "check_number": pending.check_number,
    })
}

/// `GET invites`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn invites(State(app): State<AppState>) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    Ok(items(status.tickets.iter().map(ticket_json).collect()))
}

fn ticket_json(ticket: &TicketInfo) -> Value {
    json!({
        "id": ticket.id, "text": ticket.text, "name": ticket.name, "country": ticket.country,
        "expires": rfc3339(ticket.expires_ms), "state": ticket.state,
    })
}

/// Body of `POST found`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    name: String,
    /// Carry over the federation that this partner is in, whose stewards are no majority any more for ever.
    #[serde(default)]
    carry_over: bool,
}

/// `POST found`.
///
/// # Errors
/// 409 where this partner is in a federation already; with `carry_over` where it is in none, or decides alone in it.
pub async fn found(State(app): State<AppState>, Body(body): Body<Found>) -> Answer<(StatusCode, Json<Value>)> {
    let name = name(&body.name)?;
    match app.node().command(Command::Found { name, carry_over: body.carry_over }).await? {
        Reply::Founded(id) => Ok((StatusCode::CREATED, Json(json!({"schema": 1, "federation": id})))),
        other => Err(unexpected(&other)),
    }
}

/// A name that people can read, within its bound.
///
/// # Errors
/// 422.
pub fn name(text: &str) -> Answer<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid("the name is empty").with("field", json!("name")));
    }
    if text.len() > NAME_BYTES_MAX || text.chars().any(char::is_control) {
        let detail = format!("a name is one line of at most {NAME_BYTES_MAX} bytes");
        return Err(Problem::invalid(detail).with("field", json!("name")));
    }
    Ok(text.to_owned())
}

/// A country code in capitals.
///
/// # Errors
/// 422.
pub fn country(text: &str) -> Answer<String> {
    let code = text.trim().to_ascii_uppercase();
    let valid = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if valid { Ok(code) } else { Err(Problem::invalid("a country is two letters, such as IT")) }
}

/// Body of `POST invites`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    name: String,
    country: String,
    valid_ms: Option<u64>,
}

/// `POST invites`.
///
/// # Errors
/// 403 without the right, 409 outside a federation.
pub async fn invite(State(app): State<AppState>, Body(body): Body<Invite>) -> Answer<(StatusCode, Json<Value>)> {
    let ticket = make_invite(&app, &body.name, &body.country, body.valid_ms).await?;
    let mut answer = ticket_json(&ticket);
    if let Some(members) = answer.as_object_mut() {
        members.insert("schema".into(), json!(1));
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Makes a ticket.
///
/// # Errors
/// As [`invite`].
pub async fn make_invite(app: &AppState, who: &str, land: &str, valid_ms: Option<u64>) -> Answer<TicketInfo> {
    let (name, country) = (name(who)?, country(land)?);
    let valid_ms = valid_ms.unwrap_or(TICKET_VALID_MS);
    match app.node().command(Command::Invite { name, country, valid_ms }).await? {
        Reply::Invited(ticket) => Ok(ticket),
        other => Err(unexpected(&other)),
    }
}

/// Runs a command that answers nothing but that it is done.
///
/// # Errors
/// Those of the command.
pub async fn run(app: &AppState, command: Command) -> Answer<Json<Value>> {
    match app.node().command(command).await? {
        Reply::Done | Reply::Joining | Reply::Register(_) => Ok(Json(json!({"schema": 1}))),
        other => Err(unexpected(&other)),
    }
}

/// What an engine answers to a decision of stewards: done, or for whom it waits.
pub type Decided = (StatusCode, Json<Value>);

/// Runs a command that stewards decide on: 200 where it is in force, 202 where it waits for signatures.
///
/// # Errors
/// Those of the command.
pub async fn decide(app: &AppState, command: Command) -> Answer<Decided> {
    match app.node().command(command).await? {
        Reply::Done => Ok((StatusCode::OK, Json(json!({"schema": 1, "decided": true})))),
        Reply::Register(id) => Ok((StatusCode::OK, Json(json!({"schema": 1, "decided": true, "id": id})))),
        Reply::Proposed { draft, waits_for } => {
            let roster = app.node().roster();
            let waits_for = named(&roster, &waits_for);
            let told = json!({"schema": 1, "decided": false, "draft": draft, "waits_for": waits_for});
            Ok((StatusCode::ACCEPTED, Json(told)))
        }
        other => Err(unexpected(&other)),
    }
}

/// `GET stewards`.
///
/// # Errors
/// 409 outside a federation.
pub async fn stewards(State(app): State<AppState>) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    let roster = &status.roster;
    let federation = roster.federation.as_ref().ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "precondition", "this partner is in no federation yet")
            .hint("comin found NAME, or comin join TICKET")
    })?;
    let steward = |id: &PartnerId| {
        let partner = roster.partners.get(id);
        json!({
            "id": id, "name": roster.name_of(id), "country": partner.map(|p| p.country.as_str()),
            "self": *id == status.partner, "member": partner.is_some_and(|p| p.admitted),
            "key_in_force": partner.map(|p| p.key) == federation.stewards.get(id).copied(),
        })
    };
    let (_, majority) = roster.stewards();
    let items: Vec<Value> = federation.stewards.keys().map(steward).collect();
    Ok(Json(json!({
        "schema": 1, "items": items, "majority": majority, "position": federation.position,
        "round": federation.round, "unconfirmed": status.unconfirmed,
    })))
}

/// Body of `PUT stewards`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stewards {
    stewards: Vec<String>,
}

/// `PUT stewards`.
///
/// # Errors
/// 403 without a steward's right, 404 for an unknown partner, 409 where a vote of this round binds.
pub async fn set_stewards(State(app): State<AppState>, Body(body): Body<Stewards>) -> Answer<Decided> {
    let roster = app.node().roster();
    let found = body.stewards.iter().map(|text| Ok(find_partner(&roster, text)?.id)).collect::<Answer<Vec<_>>>()?;
    let stewards: BTreeSet<PartnerId> = found.iter().copied().collect();
    if stewards.len() != found.len() {
        return Err(Problem::invalid("a partner is named twice"));
    }
    decide(&app, Command::SetStewards { stewards }).await
}

/// `DELETE partners/{id}`.
///
/// # Errors
/// 403 without a steward's right, 404, 409 for a steward.
pub async fn remove_partner(State(app): State<AppState>, Path(text): Path<String>) -> Answer<Decided> {
    let partner = find_partner(&app.node().roster(), &text)?.id;
    decide(&app, Command::RemovePartner { partner }).await
}

/// Body of `POST partners/{id}/rekey`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rekey {
    /// The new partner key, in hex.
    key: String,
    /// The certificate of this device by the new key (CBOR of a signed statement, in hex).
    certificate: Option<String>,
}

/// `POST partners/{id}/rekey`.
///
/// # Errors
/// 403 without the right, 404, 422 for what is no key.
pub async fn rekey_partner(
    State(app): State<AppState>,
    Path(text): Path<String>,
    Body(body): Body<Rekey>,
) -> Answer<Decided> {
    let partner = find_partner(&app.node().roster(), &text)?.id;
    let key = PartnerKey::from_hex(&body.key).ok_or_else(|| Problem::invalid("a key is 64 hex digits"))?;
    let certificate = body.certificate.as_deref().map(read_statement).transpose()?;
    decide(&app, Command::RekeyPartner { partner, key, certificate }).await
}

/// A signed statement as programs pass it: its CBOR in hex.
///
/// # Errors
/// 422 for what is none.
pub fn read_statement(hex: &str) -> Answer<SignedStatement> {
    let read = from_hex_bytes(hex).and_then(|bytes| comin_protocol::codec::from_cbor(&bytes).ok());
    read.ok_or_else(|| Problem::invalid("the signed statement cannot be read"))
}

/// `POST restore/alone`: after a restore, no other node is left to confirm what this one had signed.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn confirm_alone(State(app): State<AppState>) -> Answer<Json<Value>> {
    run(&app, Command::ConfirmAlone).await
}

/// `DELETE invites/{id}`.
///
/// # Errors
/// 404.
pub async fn cancel_invite(State(app): State<AppState>, Path(ticket): Path<String>) -> Answer<Json<Value>> {
    run(&app, Command::CancelInvite { ticket }).await
}

/// Body of `POST join`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    ticket: String,
}

/// `POST join`.
///
/// # Errors
/// 409 in a federation already, 422 for a ticket that cannot be read.
pub async fn join(State(app): State<AppState>, Body(body): Body<Join>) -> Answer<(StatusCode, Json<Value>)> {
    let ticket = body.ticket.split_whitespace().collect();
    let answer = run(&app, Command::Join { ticket }).await?;
    Ok((StatusCode::ACCEPTED, answer))
}

/// `POST approvals/{id}/approve`.
///
/// # Errors
/// 404, 403 without the right.
pub async fn approve(State(app): State<AppState>, Path(id): Path<String>) -> Answer<Decided> {
    decide(&app, Command::Approve { id }).await
}

/// `POST approvals/{id}/reject`.
///
/// # Errors
/// 404, 403 without the right.
pub async fn reject(State(app): State<AppState>, Path(id): Path<String>) -> Answer<Json<Value>> {
    run(&app, Command::Reject { id }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_countries_are_checked() {
        assert_eq!(name("  Ožara  ").unwrap(), "Ožara", "spaces around go");
        assert!(name(" ").is_err(), "an empty name says nothing");
        assert!(name("a\nb").is_err(), "one line");
        assert!(name(&"x".repeat(NAME_BYTES_MAX + 1)).is_err(), "bounded");
        assert_eq!(country("it").unwrap(), "IT", "capitals");
        assert!(country("ITA").is_err() && country("1T").is_err() && country("").is_err(), "two letters");
    }
}
