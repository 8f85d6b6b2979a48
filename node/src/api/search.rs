//! `GET search`: records of all kinds by words in any language.

use super::context::Params;
use super::limits::{PAGE_ITEMS, PAGE_ITEMS_MAX};
use super::problem::{Answer, Problem};
use super::records::ListParams;
use super::state::AppState;
use crate::i18n::Lang;
use crate::search::Query;
use crate::views::Reader;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `GET search`.
#[derive(Deserialize, Default, Debug)]
#[serde(default)]
pub struct SearchParams {
    q: String,
    kind: Option<String>,
    register: Option<String>,
    country: Option<String>,
    target_group: Option<String>,
    network: Option<String>,
    language: Option<String>,
    state: Option<String>,
    limit: Option<usize>,
}

/// `GET search`: `{items, total}`, the best first, each a record with its `score`.
///
/// # Errors
/// 400 without words, or for a parameter that cannot be read.
pub async fn search(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<SearchParams>,
) -> Answer<Json<Value>> {
    let limit = params.limit.unwrap_or(PAGE_ITEMS);
    if !(1..=PAGE_ITEMS_MAX).contains(&limit) {
        return Err(Problem::bad_request(format!("limit is 1 to {PAGE_ITEMS_MAX}")));
    }
    let SearchParams { q, kind, register, country, target_group, network, language, state, .. } = params;
    let list = ListParams {
        kind,
        register,
        country,
        target_group,
        network,
        language,
        state,
        q: Some(q),
        ..ListParams::default()
    };
    let mut filter = list.filter(&app).await?;
    let text = filter.q.take().ok_or_else(|| Problem::bad_request("q is missing").hint("GET search?q=words"))?;
    let query = Query { text, filter };
    let (own, roster) = (app.own().await?, app.node().roster());
    let (index, search) = (app.index(), app.search());
    let found = app.node().read(move |store| {
        let (hits, total) = search.search(store, &index, &query, lang, limit)?;
        let reader = Reader::new(store, &roster, own, lang);
        let mut items = Vec::new();
        for hit in hits {
            if let Some(group) = reader.group(store.rows_of(&hit.key)?)? {
                let mut members = group.to_json();
                members.insert("score".into(), json!(hit.score));
                items.push(Value::Object(members));
            }
        }
        Ok((items, total))
    });
    let (items, total) = found.await?;
    Ok(Json(json!({"schema": 1, "items": items, "total": total})))
}
