//! Health for supervisors, and figures for Prometheus.

use super::problem::{Answer, Problem};
use super::state::AppState;
use super::status::lines;
use crate::views::exchange::PartnerState;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;

/// `GET /healthz`: this process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the engine answers and the store can be read. Being offline is normal.
///
/// # Errors
/// 503.
pub async fn ready(State(app): State<AppState>) -> Answer<&'static str> {
    let status = app.node().status().await?;
    if let Some(reason) = status.stopped {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", reason));
    }
    app.node().read(|store| store.count_rows(None)).await?;
    Ok("ready\n")
}

/// `GET /metrics`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn metrics(State(app): State<AppState>) -> Answer<Response> {
    let status = app.node().status().await?;
    let (records, conflicts) = app.node().read(|store| Ok((store.count_rows(None)?, store.count_conflicts()?))).await?;
    let partners = lines(&app, &status);
    let in_state = |state| partners.iter().filter(|line| line.state == state).count() as u64;
    let mut out = String::new();
    let mut gauge = |name: &str, help: &str, value: u64| {
        let _ = write!(out, "# HELP comin_{name} {help}\n# TYPE comin_{name} gauge\ncomin_{name} {value}\n");
    };
    gauge("up_seconds", "Seconds since this process began to serve.", app.started().elapsed().as_secs());
    gauge("memory_bytes", "Resident memory of this process.", memory_bytes());
    gauge("prepared", "1 once what pages and searches are answered from is in memory.", u64::from(app.is_prepared()));
    gauge("records", "Records held, per register, deleted ones included.", records);
    gauge("conflicts", "Records with fields that wait for a decision.", conflicts);
    gauge("changes", "Changes held in all documents.", status.docs.iter().map(|d| d.changes).sum());
    gauge("documents", "Documents held.", status.docs.len() as u64);
    gauge("documents_loaded", "Documents in memory.", status.docs.iter().filter(|d| d.loaded).count() as u64);
    gauge("unsent_changes", "Own changes that no other partner is known to hold.", status.unsent_changes);
    gauge("partners", "Other partners of the federation.", partners.len() as u64);
    gauge("partners_equal", "Partners connected with nothing under way.", in_state(PartnerState::Equal));
    gauge("partners_exchanging", "Partners connected and exchanging.", in_state(PartnerState::Exchanging));
    gauge("devices_connected", "Devices connected.", status.peers.iter().filter(|p| p.connected).count() as u64);
    gauge("approvals", "Newcomers that wait for confirmation.", status.approvals.len() as u64);
    gauge("paused", "1 while exchange is paused by hand.", u64::from(status.paused));
    gauge("stopped", "1 once the engine has stopped.", u64::from(status.stopped.is_some()));
    gauge("faults", "Faults of peers and authors noticed.", status.faults.iter().map(|f| f.count).sum());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out).into_response())
}

/// Resident memory of this process; 0 where the system does not tell.
fn memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
