//! Whether pages and searches read what the documents say.

use super::problem::Answer;
use super::state::AppState;
use crate::check;
use axum::Json;
use axum::extract::State;
use comin_protocol::ids::DocId;
use serde_json::{Value, json};

/// `GET check`: every document against its rows, and those against the search index, while the node works.
///
/// # Errors
/// 503 where the engine has stopped.
pub async fn get(State(app): State<AppState>) -> Answer<Json<Value>> {
    // Of the engine, which holds them: reading a store from its start again cleans up after a crash, and that of a
    // node at work takes keys of persons for left over that are being written.
    let documents: Vec<DocId> = app.node().status().await?.docs.iter().map(|doc| doc.doc).collect();
    let _turn = app.documents().acquire().await;
    let found = check::compare(app.node(), app.search(), &documents).await?;
    Ok(Json(json!({"schema": 1, "documents": documents.len(), "records": found.records, "faults": found.faults})))
}
