//! The page's own files: a style sheet, a small module for live updates, an icon. Nothing comes from elsewhere.

use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use comin_protocol::ids::{tagged_hash, to_hex};
use maud::{Markup, PreEscaped, html};
use std::sync::OnceLock;

const CSS: &str = include_str!("assets/app.css");
const JS: &str = include_str!("assets/app.js");
const ICON: &str = include_str!("assets/icon.svg");

/// The address carries the content's hash, so that a new version is fetched and an old one kept.
fn versioned(path: &str, content: &str) -> String {
    format!("{path}?v={}", to_hex(&tagged_hash("comin/asset/1", &[content.as_bytes()])[..6]))
}

/// The style sheet's address.
pub fn css_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| versioned("/static/app.css", CSS))
}

/// The module's address.
pub fn js_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| versioned("/static/app.js", JS))
}

/// The icon, for the page's head line.
pub fn logo() -> Markup {
    PreEscaped(ICON.to_owned())
}

/// A lens, for a button that has no room for its word.
pub fn lens() -> Markup {
    html! { svg viewBox="0 0 20 20" { circle cx="8.5" cy="8.5" r="5.5" {} path d="m12.7 12.7 4.3 4.3" {} } }
}

type File = ([(HeaderName, &'static str); 2], &'static str);

const fn file(kind: &'static str, content: &'static str) -> File {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=31536000, immutable")], content)
}

/// `GET /static/app.css`.
pub async fn css() -> impl IntoResponse {
    file("text/css; charset=utf-8", CSS)
}

/// `GET /static/app.js`.
pub async fn js() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", JS)
}

/// `GET /favicon.svg`.
pub async fn icon() -> impl IntoResponse {
    file("image/svg+xml", ICON)
}
