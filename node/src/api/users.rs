//! Who signs in over the office network.

use super::context::Body;
use super::members::items;
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::i18n::Lang;
use crate::users::{Role, UserError};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET users`.
pub async fn list(State(app): State<AppState>) -> Json<Value> {
    let described = |(name, role): (String, Role)| json!({"name": name, "role": role});
    items(app.users().list().into_iter().map(described).collect())
}

/// Body of `POST users`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserAdd {
    name: String,
    role: Role,
    /// The code of the language in which the pages speak to this user, until another is chosen there.
    language: Option<String>,
}

/// `POST users`: adds one and tells its password, once.
///
/// # Errors
/// 409 where there is one of that name, 422 for what is no name.
pub async fn add(State(app): State<AppState>, Body(body): Body<UserAdd>) -> Answer<(StatusCode, Json<Value>)> {
    let (users, role) = (app.users().clone(), body.role);
    let language = body.language.as_deref().map(|code| {
        Lang::ALL.into_iter().find(|lang| lang.code() == code).ok_or_else(|| {
            Problem::invalid(format!("language: {code} is none that the pages speak"))
                .hint(format!("write one of {}", Lang::ALL.map(Lang::code).join(", ")))
        })
    });
    let (language, name) = (language.transpose()?, body.name.clone());
    let password = hashing(move || {
        let password = users.add(&name, role)?;
        if let Some(language) = language {
            users.choose_language(&name, language)?;
        }
        Ok(password)
    });
    let password = password.await?;
    changed(&app);
    Ok((StatusCode::CREATED, Json(json!({"schema": 1, "name": body.name, "role": role, "password": password}))))
}

/// `POST users/{id}/reset`: another password, told once; whoever is signed in under the name is signed out.
///
/// # Errors
/// 404.
pub async fn reset(State(app): State<AppState>, Path(name): Path<String>) -> Answer<Json<Value>> {
    let (users, named) = (app.users().clone(), name.clone());
    let password = hashing(move || users.reset(&named)).await?;
    changed(&app);
    Ok(Json(json!({"schema": 1, "name": name, "password": password})))
}

/// `DELETE users/{id}`: signed out at once.
///
/// # Errors
/// 404; 409 for the only one while the page is open to the office.
pub async fn remove(State(app): State<AppState>, Path(name): Path<String>) -> Answer<Json<Value>> {
    app.users().remove(&name, app.office().is_none())?;
    changed(&app);
    Ok(Json(json!({"schema": 1})))
}

/// They are in the backups.
fn changed(app: &AppState) {
    if let Some(backups) = app.backups() {
        backups.note_change();
    }
}

/// Runs what hashes a password where it holds nobody up.
///
/// # Errors
/// Those of the work.
pub async fn hashing(work: impl FnOnce() -> Result<String, UserError> + Send + 'static) -> Answer<String> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(error.to_string()))?;
    done.map_err(Problem::from)
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let detail = error.to_string();
        match error {
            UserError::Name => Self::invalid(detail),
            UserError::Exists(name) => {
                Self::new(StatusCode::CONFLICT, "precondition", detail).hint(format!("comin users reset {name}"))
            }
            UserError::Last => Self::new(StatusCode::CONFLICT, "precondition", detail)
                .hint("add another one first, or write office = [] in node.toml and start the node again"),
            UserError::TooMany => Self::new(StatusCode::CONFLICT, "precondition", detail).hint("comin users list"),
            UserError::Unknown(name) => Self::not_found(format!("user {name}")).hint("comin users list"),
            UserError::File(_) | UserError::Hash(_) => Self::internal(detail),
        }
    }
}
