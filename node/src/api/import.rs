//! `POST import`: a table of records into one register.

use super::context::Params;
use super::problem::{Answer, Problem};
use super::registers;
use super::state::AppState;
use crate::import::{self, ImportError, Target};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use comin_protocol::ids::RegisterId;
use comin_protocol::schema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `POST import`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ImportParams {
    kind: String,
    register: Option<String>,
    dry_run: bool,
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let text = error.to_string();
        match error {
            ImportError::Rows(errors) => Self::invalid(text)
                .hint("correct the rows named and send the file again; nothing was written")
                .with("errors", json!(errors)),
            ImportError::Store(error) => error.into(),
            ImportError::Refused { written, cause, .. } => {
                let problem = Self { detail: text, ..Self::from(cause) };
                problem.with("written", json!(written))
            }
        }
    }
}

/// `POST import`: CSV in the body. Everything is checked before anything is written.
///
/// # Errors
/// 422 with `errors` (row, column, reason) where a value cannot be taken; 403 where the register may not be
/// written.
pub async fn import(
    State(app): State<AppState>,
    Params(params): Params<ImportParams>,
    file: Bytes,
) -> Answer<Json<Value>> {
    let kind = schema::kind(&params.kind).ok_or_else(|| {
        let known = schema::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
        Problem::not_found(format!("kind {:?}", params.kind)).hint(format!("kinds are {known}"))
    })?;
    let (partner, device) = app.own().await?;
    let register = match params.register.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => registers::find(&app, text).await?,
        None => RegisterId::partner(&partner),
    };
    if !app.node().roster().may_write(&register, &device) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "this partner does not write this register")
            .hint("comin registers lists who writes what"));
    }
    let target = Target { kind, register, device };
    let plan = import::plan(app.node(), target, app.language().code(), file.to_vec()).await?;
    let answer = json!({
        "schema": 1, "dry_run": params.dry_run, "added": plan.added, "changed": plan.changed,
        "unchanged": plan.unchanged, "changes": plan.changes,
    });
    if !params.dry_run {
        let rows = import::apply(app.node(), plan).await?;
        app.index().touch(rows.iter().map(|row| row.key.clone()));
    }
    Ok(Json(answer))
}
