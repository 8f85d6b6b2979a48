//! The router, and the table from which it is documented.

use super::limits::{BODY_BYTES_MAX, SIGN_IN_BYTES_MAX};
use super::problem::Problem;
use super::state::AppState;
use super::{
    backup, calendars, check, conflicts, devices, export, guard, health, history, import, login, members, openapi,
    persons, records, registers, report, schema, search, status, stream, sync, users, work,
};
use crate::pages::{self, live::Maker};
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use axum::{Extension, Router};

/// The whole interface: API and pages behind the guard. Works without a listener.
pub fn router(app: AppState) -> Router {
    let router = Router::new()
        .nest("/api/v1", api())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(openapi::get))
        .route("/login", get(login::login).post(login::sign_in).layer(DefaultBodyLimit::max(SIGN_IN_BYTES_MAX)))
        .route("/office/root.crt", get(login::root))
        .route("/logout", post(login::logout))
        .route("/calendar/{file}", get(calendars::read))
        .merge(pages::router())
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app);
    router.clone().layer(Extension(Maker(router)))
}

fn api() -> Router<AppState> {
    Router::new()
        .route("/status", get(status::get))
        .route("/schema", get(schema::get))
        .route("/registers", get(registers::list).post(registers::add))
        .route("/registers/{id}/writers", put(registers::set_writers))
        .route("/partners", get(members::partners))
        .route("/partners/{id}", delete(members::remove_partner))
        .route("/partners/{id}/rekey", post(members::rekey_partner))
        .route("/stewards", get(members::stewards).put(members::set_stewards))
        .route("/restore/alone", post(members::confirm_alone))
        .route("/backup", get(backup::backup))
        .route("/check", get(check::get))
        .route("/devices", get(devices::list).post(devices::certify))
        .route("/devices/{id}", delete(devices::revoke))
        .route("/devices/{id}/revocation", get(devices::revocation).put(devices::revoke_by_key))
        .route("/found", post(members::found))
        .route("/invites", get(members::invites).post(members::invite))
        .route("/invites/{id}", delete(members::cancel_invite))
        .route("/join", post(members::join))
        .route("/approvals", get(members::approvals))
        .route("/approvals/{id}/approve", post(members::approve))
        .route("/approvals/{id}/reject", post(members::reject))
        .route("/records", get(records::list).post(records::create))
        .route("/records/{id}", get(records::get).patch(records::patch).delete(records::remove))
        .route("/records/{id}/restore", post(records::restore))
        .route("/records/{id}/history", get(history::get))
        .route("/records/{id}/undo", post(history::undo_route))
        .route("/records/{id}/advance", post(work::advance))
        .route("/records/{id}/proposals", post(work::propose))
        .route("/interests", post(work::interests))
        .route("/proposals", get(work::list_proposals))
        .route("/proposals/{id}/accept", post(work::accept))
        .route("/proposals/{id}/decline", post(work::decline))
        .route("/sameas", get(work::suggestions).post(work::set_same))
        .route("/stale", get(work::list_stale))
        .route("/news", get(work::list_news))
        .route("/persons", get(persons::list).post(persons::add))
        .route("/persons/{id}/scope", put(persons::share))
        .route("/persons/{id}/erase", post(persons::erase))
        .route("/persons/{id}/erasure", get(persons::erasure))
        .route("/persons/{id}/access", get(persons::access))
        .route("/persons/{id}/files", post(persons::add_file))
        .route("/search", get(search::search))
        .route("/conflicts", get(conflicts::list))
        .route("/conflicts/{id}/resolve", post(conflicts::resolve_route))
        .route("/sync", post(sync::now))
        .route("/sync/pause", post(sync::pause))
        .route("/sync/resume", post(sync::resume))
        .route("/import", get(import::progress).post(import::import))
        .route("/export", get(export::export))
        .route("/calendars", get(calendars::list).post(calendars::add))
        .route("/calendars/{id}", delete(calendars::remove))
        .route("/report", get(report::report))
        .route("/graph.svg", get(report::graph))
        .route("/map.svg", get(report::map))
        .route("/tables", get(report::tables))
        .route("/figures", get(report::figures))
        .route("/calendar", get(report::calendar))
        .route("/stream", get(stream::stream))
        .route("/login-codes", post(login::make_code))
        .route("/users", get(users::list).post(users::add))
        .route("/users/{id}", delete(users::remove))
        .route("/users/{id}/reset", post(users::reset))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
}

async fn no_route() -> Problem {
    Problem::not_found("this route").hint("GET /openapi.json lists the routes")
}

async fn no_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this route does not take this method")
        .hint("GET /openapi.json lists the routes")
}
