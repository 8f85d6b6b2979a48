//! What each route needs of those who sign in over the office network: one table, asked by the guard.
//!
//! Reading is for everybody who is signed in, but for [`ADMIN_READS`]; changing is for admins, but for what [`EDITORS`]
//! may do. So a route that nobody has thought of here is closed to editors.

use crate::users::Role;
use axum::http::Method;

/// What editors may change: the data, and nothing of partnership, registers, users and exchange.
pub const EDITORS: &[(&str, &str)] = &[
    ("POST", "/api/v1/records"),
    ("PATCH", "/api/v1/records/{id}"),
    ("DELETE", "/api/v1/records/{id}"),
    ("POST", "/api/v1/records/{id}/restore"),
    ("POST", "/api/v1/records/{id}/undo"),
    ("POST", "/api/v1/records/{id}/advance"),
    ("POST", "/api/v1/records/{id}/proposals"),
    ("POST", "/api/v1/interests"),
    ("POST", "/api/v1/proposals/{id}/accept"),
    ("POST", "/api/v1/proposals/{id}/decline"),
    ("POST", "/api/v1/sameas"),
    ("POST", "/api/v1/persons"),
    ("PUT", "/api/v1/persons/{id}/scope"),
    ("POST", "/api/v1/persons/{id}/erase"),
    ("POST", "/api/v1/persons/{id}/files"),
    ("POST", "/api/v1/conflicts/{id}/resolve"),
    ("POST", "/api/v1/import"),
    ("POST", "/api/v1/sync"),
    ("POST", "/records/new"),
    ("POST", "/records/{id}/edit"),
    ("POST", "/records/{id}/advance"),
    ("POST", "/records/{id}/delete"),
    ("POST", "/records/{id}/restore"),
    ("POST", "/records/{id}/undo"),
    ("POST", "/records/{id}/propose"),
    ("POST", "/records/{id}/move"),
    ("POST", "/records/{id}/set"),
    ("POST", "/people/new"),
    ("POST", "/people/{id}/scope"),
    ("POST", "/people/{id}/erase"),
    ("POST", "/conflicts/{id}"),
    ("POST", "/proposals/{id}"),
    ("POST", "/sameas"),
    ("POST", "/import"),
    ("POST", "/import/{id}"),
    ("POST", "/exchange/now"),
    ("POST", "/login"),
    ("POST", "/logout"),
];

/// What only admins read: tickets let others in, and a check reads everything there is.
const ADMIN_READS: &[&str] = &[
    "/api/v1/invites",
    "/api/v1/users",
    "/api/v1/calendars",
    "/api/v1/devices/{id}/revocation",
    "/api/v1/check",
    "/partners/invites/{id}/ticket",
    "/settings",
];

/// Whether somebody with a role may use a route; `path`: its template.
pub fn may(role: Role, method: &Method, path: &str) -> bool {
    if role == Role::Admin {
        return true;
    }
    match *method {
        Method::GET | Method::HEAD => !ADMIN_READS.contains(&path),
        _ => EDITORS.contains(&(method.as_str(), path)),
    }
}
