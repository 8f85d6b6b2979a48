//! `POST backup`: the node writes a backup of itself.

use super::auth::Caller;
use super::context::Body;
use super::problem::{Answer, Problem};
use super::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Body of `POST backup`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The whole path of a file on this machine that is not there yet.
    file: PathBuf,
}

/// `POST backup`. The file holds this machine's secret and lies where the caller says, so only whoever may open the
/// data directory anyway can ask for it.
///
/// # Errors
/// 403 for programs and browsers; 422 where the backup cannot be written.
pub async fn backup(
    State(app): State<AppState>,
    caller: Option<Extension<Caller>>,
    Body(body): Body<Backup>,
) -> Answer<(StatusCode, Json<Value>)> {
    let (Some(Extension(Caller::Trusted)), Some(backups)) = (caller, app.backups()) else {
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "only the command line writes backups")
            .hint("run `comin backup FILE` on the machine itself"));
    };
    if !body.file.is_absolute() {
        return Err(Problem::invalid(format!("{} is no whole path", body.file.display())));
    }
    match backups.make(app.node(), &body.file).await {
        Ok(bytes) => Ok((StatusCode::CREATED, Json(json!({"schema": 1, "file": body.file, "bytes": bytes})))),
        Err(error) => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "backup", error.to_string()).hint(error.hint()))
        }
    }
}
