//! Addresses under which calendars read the events, and what they read.

use super::context::Body;
use super::export;
use super::members::items;
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::calendars::CalendarError;
use crate::export::{Format, Selection};
use crate::i18n::Lang;
use crate::views::Filter;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET calendars`: names only; an address is told once.
pub async fn list(State(app): State<AppState>) -> Json<Value> {
    let described = app.calendars().list().into_iter().map(|c| json!({"name": c.name, "public": c.public}));
    items(described.collect())
}

/// Body of `POST calendars`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarAdd {
    name: String,
    #[serde(default)]
    public: bool,
}

/// `POST calendars`: adds one and tells its addresses, once: on this machine, and in the office.
///
/// # Errors
/// 409 where there is one of that name, 422 for what is no name.
pub async fn add(State(app): State<AppState>, Body(body): Body<CalendarAdd>) -> Answer<(StatusCode, Json<Value>)> {
    let secret = app.calendars().add(&body.name, body.public)?;
    let path = format!("/calendar/{secret}.ics");
    let addresses = addresses(&app, &secret);
    let answer = json!({
        "schema": 1, "name": body.name.trim(), "public": body.public, "path": path, "addresses": addresses,
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Where a calendar is read: on this machine, and in the office.
pub fn addresses(app: &AppState, secret: &str) -> Vec<String> {
    let here = app.port().map(|port| format!("http://localhost:{port}"));
    let office = app.office().map(|(office, port)| office.addresses(*port)).unwrap_or_default();
    here.into_iter().chain(office).map(|door| format!("{door}/calendar/{secret}.ics")).collect()
}

/// `DELETE calendars/{id}`: its address opens nothing from that moment on.
///
/// # Errors
/// 404.
pub async fn remove(State(app): State<AppState>, Path(name): Path<String>) -> Answer<Json<Value>> {
    app.calendars().remove(&name)?;
    Ok(Json(json!({"schema": 1})))
}

/// `GET /calendar/{secret}.ics`: the events, for whoever holds the address, by any door of this node.
///
/// # Errors
/// 404 for an address that is none, or none any more.
pub async fn read(State(app): State<AppState>, lang: Lang, Path(file): Path<String>) -> Answer {
    let calendar = file.strip_suffix(".ics").and_then(|secret| app.calendars().by_secret(secret));
    let calendar = calendar.ok_or_else(|| {
        Problem::not_found("this calendar").hint("comin calendars add NAME makes an address that can be subscribed to")
    })?;
    let selection = Selection::new(Format::Ics, Filter::default(), calendar.public, lang);
    let body = export::body(app, selection).await?;
    Ok(([(header::CONTENT_TYPE, Format::Ics.media_type())], body).into_response())
}

impl From<CalendarError> for Problem {
    fn from(error: CalendarError) -> Self {
        let detail = error.to_string();
        match error {
            CalendarError::Name => Self::invalid(detail),
            CalendarError::Exists(_) => Self::new(StatusCode::CONFLICT, "precondition", detail)
                .hint("choose another name, or remove that one: comin calendars remove NAME"),
            CalendarError::TooMany => {
                Self::new(StatusCode::CONFLICT, "precondition", detail).hint("comin calendars list")
            }
            CalendarError::Unknown(name) => Self::not_found(format!("calendar {name}")).hint("comin calendars list"),
            CalendarError::File(_) => Self::internal(detail),
        }
    }
}
