//! `GET backup`: a backup of this node.

use super::auth::Caller;
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::backup::Spooled;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::io::{self, Read};

/// Bytes read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// `GET backup`. It holds this machine's secret, so only whoever may open the data directory anyway can ask for it.
///
/// # Errors
/// 403 for programs and browsers; 422 where no backup can be made.
pub async fn backup(State(app): State<AppState>, caller: Option<Extension<Caller>>) -> Answer<Response> {
    let (Some(Extension(Caller::Trusted)), Some(backups)) = (caller, app.backups()) else {
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "only the command line makes backups")
            .hint("run `comin backup FILE` on the machine itself"));
    };
    let spooled = backups.spool(app.node()).await.map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "backup", error.to_string()).hint(error.hint())
    })?;
    let body = Body::from_stream(futures::stream::try_unfold(spooled, next_piece));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}

async fn next_piece(mut spooled: Spooled) -> io::Result<Option<(Vec<u8>, Spooled)>> {
    let read = tokio::task::spawn_blocking(move || {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        spooled.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece)?;
        Ok((!piece.is_empty()).then_some((piece, spooled)))
    });
    read.await.map_err(io::Error::other)?
}
