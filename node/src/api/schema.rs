//! `GET /api/v1/schema`: kinds, fields and codes with their labels.

use crate::i18n::Lang;
use crate::views;
use axum::Json;
use serde_json::Value;

/// The schema table for programs.
pub async fn get(lang: Lang) -> Json<Value> {
    Json(views::schema_json(lang))
}
