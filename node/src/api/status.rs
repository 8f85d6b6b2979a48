//! `GET /api/v1/status`.

use super::problem::Answer;
use super::state::AppState;
use crate::backup::Backups;
use crate::i18n::Lang;
use crate::views::approvals;
use crate::views::exchange::{self, Dial, PartnerLine};
use crate::views::time::rfc3339;
use axum::Json;
use axum::extract::State;
use comin_protocol::engine::Status;
use comin_protocol::ids::DeviceKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The last attempts to reach other devices.
pub fn dials(app: &AppState) -> BTreeMap<DeviceKey, Dial> {
    let reports = app.node().dials().into_iter();
    reports.map(|(key, r)| (key, Dial { text: r.text, time_ms: r.time_ms, next_try_ms: r.next_try_ms })).collect()
}

/// The lines of the other partners.
pub fn lines(app: &AppState, status: &Status) -> Vec<PartnerLine> {
    exchange::partner_lines(status, &dials(app))
}

/// What is exchanged with whom, and what needs somebody.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn get(State(app): State<AppState>, lang: Lang) -> Answer<Json<Value>> {
    let status = app.node().status().await?;
    Ok(Json(to_json(&app, &status, lang)))
}

/// The state for programs.
pub fn to_json(app: &AppState, status: &Status, lang: Lang) -> Value {
    let roster = &status.roster;
    let own = roster.partners.get(&status.partner);
    let lines = lines(app, status);
    let banner = exchange::banner(status, &lines, lang);
    let (stewards, majority) = roster.stewards();
    let backup = app.backups().map(Backups::last).unwrap_or_default();
    json!({
        "schema": 1,
        "partner": {
            "id": status.partner,
            "name": own.map(|p| p.name.as_str()),
            "country": own.map(|p| p.country.as_str()),
            "steward": own.is_some_and(|p| p.steward),
        },
        "device": {"id": status.device, "name": roster.devices.get(&status.device).map(|d| d.name.as_str())},
        "federation": roster.federation.as_ref().map(|f| json!({
            "id": f.id, "name": f.name, "stewards": stewards, "majority": majority,
            "partners": roster.partners.values().filter(|p| p.admitted).count(),
        })),
        "exchange": {"code": banner.code, "text": banner.text(lang), "tone": banner.tone},
        "paused": status.paused,
        "stopped": status.stopped,
        "backup": {
            "time": backup.good.as_ref().map(|(at_ms, _)| rfc3339(*at_ms)),
            "file": backup.good.as_ref().map(|(_, file)| file.display().to_string()),
            "error": backup.error,
        },
        "attention": status.stopped.is_some() || backup.error.is_some() || approvals::waiting(status) > 0 || banner.tone == exchange::Tone::Act,
        "unsent_changes": status.unsent_changes,
        "peers": lines.iter().map(|line| exchange::line_json(line, lang)).collect::<Vec<_>>(),
        "devices": devices(app, status, lang),
        "approvals": approvals::waiting(status),
        "drafts": status.drafts.len(),
        "unconfirmed": status.unconfirmed,
        "invites": status.tickets.iter().filter(|t| t.state == "open").count(),
        "joining": status.joining.as_ref().map(|j| json!({
            "stage": j.stage, "stage_text": lang.text(&format!("join-stage-{}", j.stage)),
            "check_number": j.check_number, "text": exchange::join_text(j, lang),
            "waits_for": (j.stage == "waiting").then_some(j.text.as_str()),
            "refused_at": (j.stage == "refused").then(|| exchange::refusal_stage(j)), "last_try": last_try(app, status, lang),
        })),
        "records": status.docs.iter().map(|d| d.records).sum::<u64>(),
        "changes": status.docs.iter().map(|d| d.changes).sum::<u64>(),
        "documents": status.docs.iter().map(|d| json!({
            "register": d.doc.register, "part": d.doc.part, "records": d.records, "changes": d.changes,
            "digest": comin_protocol::ids::to_hex(&d.digest), "loaded": d.loaded,
        })).collect::<Vec<_>>(),
        "edits_waiting": status.edits_waiting.iter().map(|(doc, record, fields)| json!({
            "register": doc.register, "record": record.to_string(), "fields": fields,
        })).collect::<Vec<_>>(),
        "faults": status.faults.iter().map(|f| json!({
            "device": f.device, "partner": roster.partner_of(&f.device).map(|p| p.name.as_str()),
            "what": f.what, "time": rfc3339(f.time_ms), "count": f.count,
        })).collect::<Vec<_>>(),
        "put_back": status.put_back_ms.map(rfc3339),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// What became of the last attempt to reach the inviter, the only device that a newcomer calls.
fn last_try(app: &AppState, status: &Status, lang: Lang) -> Option<String> {
    let dials = dials(app);
    let last = dials.values().max_by_key(|dial| dial.time_ms).filter(|_| status.roster.federation.is_none());
    last.map(|dial| exchange::dial_text(lang, dial))
}

fn devices(app: &AppState, status: &Status, lang: Lang) -> Vec<Value> {
    let dials = dials(app);
    let peers = status.peers.iter();
    peers
        .map(|peer| {
            let device = status.roster.devices.get(&peer.device);
            let dial = dials.get(&peer.device);
            json!({
                "device": peer.device,
                "device_name": device.map(|d| d.name.as_str()),
                "partner": peer.partner,
                "connected": peer.connected,
                "in_sync": peer.in_sync,
                "elsewhere": peer.elsewhere,
                "lacks": exchange::lag_json(peer.lacks),
                "we_lack": exchange::lag_json(peer.we_lack),
                "last_heard": peer.last_heard_ms.map(rfc3339),
                "last_equal": peer.last_equal_ms.map(rfc3339),
                "through": peer.through,
                "last_try": dial.map(|d| json!({
                    "text": exchange::dial_text(lang, d), "time": rfc3339(d.time_ms), "next": d.next_try_ms.map(rfc3339),
                })),
            })
        })
        .collect()
}
