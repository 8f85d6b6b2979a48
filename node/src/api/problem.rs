//! Errors as `application/problem+json` (RFC 9457): what is wrong, and what to do about it.

use crate::store::StoreError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comin_protocol::engine::CommandError;
use serde_json::{Map, Value, json};

/// A request that was not carried out. Nothing was changed, unless `code` is `stopped`.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word for programs; `type` is `urn:comin:problem:` and this.
    pub code: &'static str,
    /// What is wrong in this case: lower case, no full stop.
    pub detail: String,
    /// What to do about it, if that can be said.
    pub hint: Option<String>,
    /// Further members, such as both versions of a stale record.
    pub more: Box<Map<String, Value>>,
}

/// What handlers return.
pub type Answer<T = Response> = Result<T, Problem>;

impl Problem {
    /// A problem without hint.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), hint: None, more: Box::default() }
    }

    /// Says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a member.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// 404.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("{what} not found"))
    }

    /// 422: a value is not acceptable.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    /// 400: the request cannot be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    /// A body that cannot be read, with the status that says why.
    pub fn unreadable(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(status, code_of(status), detail)
    }

    /// 500: a fault of ours.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// The body.
    pub fn to_json(&self) -> Value {
        let mut out = json!({
            "type": format!("urn:comin:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "schema": 1,
        });
        if let (Some(hint), Some(members)) = (&self.hint, out.as_object_mut()) {
            members.insert("hint".into(), json!(hint));
        }
        if let Some(members) = out.as_object_mut() {
            members.extend(self.more.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        out
    }
}

/// The word for a status that the web framework chose.
fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "media-type",
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        status if status.is_server_error() => "internal",
        _ => "bad-request",
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.to_json().to_string();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // The guard makes a page of it for people.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let detail = error.to_string();
        match error {
            CommandError::NotFound(what) => Self::not_found(what),
            CommandError::Stale => Self::new(StatusCode::PRECONDITION_FAILED, "stale", detail)
                .hint("read the record again and repeat the change on what it says now"),
            CommandError::NotAllowed { hint, .. } => Self::new(StatusCode::FORBIDDEN, "not-allowed", detail).hint(hint),
            CommandError::Precondition { hint, .. } => {
                Self::new(StatusCode::CONFLICT, "precondition", detail).hint(hint)
            }
            CommandError::Invalid(_) => Self::invalid(detail),
            CommandError::Stopped(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", detail)
                .hint("what was last entered is not known to be saved; stop the node and run `comin check --repair`"),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "store-busy", detail),
            _ => Self::new(StatusCode::SERVICE_UNAVAILABLE, "store", detail)
                .hint("stop the node and run `comin check --repair`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_what_rfc_9457_asks_for() {
        let problem = Problem::not_found("record x").hint("list the records").with("record", json!("x"));
        let json = problem.to_json();
        assert_eq!(json["type"], "urn:comin:problem:not-found", "programs decide by the type");
        assert_eq!((&json["status"], &json["title"]), (&json!(404), &json!("Not Found")), "status and its title");
        assert_eq!((&json["hint"], &json["record"]), (&json!("list the records"), &json!("x")), "hint and members");
        let response = problem.into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "the media type of RFC 9457");
    }

    #[test]
    fn a_stopped_store_is_not_the_callers_fault() {
        let problem = Problem::from(CommandError::Stopped("disk full".into()));
        assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE, "a retry elsewhere or later is right");
        assert!(problem.hint.is_some_and(|h| h.contains("comin check")), "the hint names the command");
    }
}
