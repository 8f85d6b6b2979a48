//! Exchange by hand: now, pause, resume.

use super::context::Body;
use super::limits::{SYNC_LOOK_EVERY, SYNC_WAIT_MAX};
use super::members::run;
use super::problem::Answer;
use super::state::AppState;
use super::status;
use crate::i18n::Lang;
use crate::views::exchange::{self, PartnerLine, PartnerState};
use axum::Json;
use axum::extract::State;
use comin_protocol::engine::{Command, Lag};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Body of `POST sync`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Sync {
    /// Seconds to wait for the other partners at most.
    wait: u64,
}

/// `POST sync`: looks for differences with everyone now, and waits until every partner is known to hold
/// everything, or the time is over.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn now(State(app): State<AppState>, lang: Lang, Body(body): Body<Sync>) -> Answer<Json<Value>> {
    let end = Instant::now() + Duration::from_secs(body.wait).min(SYNC_WAIT_MAX);
    let mut events = app.node().subscribe();
    let _done = run(&app, Command::SyncNow).await?;
    loop {
        let state = app.node().status().await?;
        let lines = status::lines(&app, &state);
        let missing: Vec<&PartnerLine> = lines.iter().filter(|line| !is_complete(line)).collect();
        if missing.is_empty() || Instant::now() >= end {
            let names = missing.iter().map(|line| exchange::line_json(line, lang)).collect::<Vec<_>>();
            return Ok(Json(json!({
                "schema": 1, "complete": names.is_empty(), "paused": state.paused, "missing": names,
            })));
        }
        // An announcement wakes; a beacon that changes a lag need not announce itself.
        let look = end.min(Instant::now() + SYNC_LOOK_EVERY);
        if let Ok(Err(RecvError::Closed)) = timeout_at(look, events.recv()).await {
            sleep_until(look).await;
        }
    }
}

/// Connected, compared, and nothing is known to be missing on either side.
fn is_complete(line: &PartnerLine) -> bool {
    let none = |lag: Lag| lag == Lag::Exactly(0);
    line.state == PartnerState::Equal && none(line.lacks) && none(line.we_lack)
}

/// `POST sync/pause`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn pause(State(app): State<AppState>) -> Answer<Json<Value>> {
    run(&app, Command::SetPaused(true)).await
}

/// `POST sync/resume`.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn resume(State(app): State<AppState>) -> Answer<Json<Value>> {
    run(&app, Command::SetPaused(false)).await
}
