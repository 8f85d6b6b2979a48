//! The routes of the daily work: records of every kind, what waits, pictures, import and export.

use super::layout::Ctx;
use super::{
    around, board, calendar, conflicts, documents, history, importing, lists, memberships, news, people, pictures,
    record, search, todo, write,
};
use crate::api::AppState;
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/networks", get(|ctx: Ctx| lists::list(ctx, "network")))
        .route("/organisations", get(|ctx: Ctx| lists::list(ctx, "organisation")))
        .route("/memberships", get(memberships::list))
        .route("/practices", get(|ctx: Ctx| lists::list(ctx, "practice")))
        .route("/events", get(|ctx: Ctx| lists::list(ctx, "event")))
        .route("/interests", get(board::show))
        .route("/programmes", get(|ctx: Ctx| lists::list(ctx, "programme")))
        .route("/publications", get(|ctx: Ctx| lists::list(ctx, "publication")))
        .route("/people", get(people::list))
        .route("/people/new", get(people::new).post(people::create))
        .route("/people/{id}", get(people::show))
        .route("/people/{id}/scope", post(people::share))
        .route("/people/{id}/erase", post(people::erase))
        .route("/records/new", get(write::new).post(write::create))
        .route("/records/{id}", get(record::show))
        .route("/records/{id}/edit", get(write::edit).post(write::save))
        .route("/records/{id}/propose", get(write::propose).post(write::send_proposal))
        .route("/records/{id}/advance", post(around::advance))
        .route("/records/{id}/move", post(around::shift))
        .route("/records/{id}/set", post(around::set))
        .route("/records/{id}/history", get(history::show))
        .route("/records/{id}/undo", post(history::undo))
        .route("/records/{id}/delete", post(write::delete))
        .route("/records/{id}/restore", post(write::restore))
        .route("/search", get(search::show))
        .route("/news", get(news::page))
        .route("/conflicts", get(conflicts::show))
        .route("/conflicts/{id}", post(conflicts::resolve))
        .route("/proposals", get(todo::proposals))
        .route("/proposals/{id}", post(todo::decide))
        .route("/translations", get(todo::to_translate))
        .route("/stale", get(todo::unverified))
        .route("/sameas", get(todo::same).post(todo::say))
        .route("/import", get(importing::show).post(importing::send))
        .route("/import/progress", get(importing::progress))
        .route("/import/{id}", get(importing::preview).post(importing::act))
        .route("/export", get(documents::export))
        .route("/survey", get(documents::survey))
        .route("/map", get(pictures::map))
        .route("/graph", get(pictures::graph))
        .route("/calendar", get(calendar::show))
        .route("/figures", get(pictures::numbers))
}
