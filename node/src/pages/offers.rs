//! Which records a form offers for its references: of few all, of many those that somebody looks for.

use super::form::{FIND, Values, fields};
use super::layout::Ctx;
use crate::api::{Answer, Problem};
use crate::i18n::Lang;
use crate::search::{Query, SearchIndex};
use crate::store::{Store, StoreError};
use crate::views::{self, Filter, RecordIndex, Titles, fold};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{FieldType, Kind};
use serde_json::json;
use std::collections::BTreeMap;

/// Records of which all are offered; where there are more, one looks for a name.
const OFFERED_MAX: usize = 60;
/// Records offered of those that a name finds.
const FOUND_MAX: usize = 20;

/// What a form offers for one reference.
#[derive(Default)]
pub struct Offer {
    /// The records, with what they are called.
    pub records: Vec<(RecordKey, String)>,
    /// Of them those that were looked for and found, the best first.
    pub found: Vec<RecordKey>,
    /// Whether there are too many to offer all.
    pub is_searched: bool,
}

/// What a form offers, by field.
pub type Offers = BTreeMap<&'static str, Offer>;

/// Reads what a form offers, given what stands in it.
///
/// # Errors
/// 503 where the store fails.
pub async fn read(ctx: &Ctx, kind: &'static Kind, values: &Values) -> Answer<Offers> {
    let wanted: Vec<Wanted> = fields(kind)
        .filter_map(|field| match field.field_type {
            FieldType::Reference(kinds) | FieldType::References(kinds) => Some(Wanted {
                field: field.name,
                kinds,
                standing: values.all(field.name).iter().filter_map(|text| RecordKey::parse(text)).collect(),
                asked: values.one(&format!("{}{FIND}", field.name)).trim().to_owned(),
            }),
            _ => None,
        })
        .collect();
    let (index, search, lang) = (ctx.app.index(), ctx.app.search(), ctx.lang);
    let read = ctx.app.node().read(move |store| {
        wanted.iter().map(|wanted| Ok((wanted.field, offer(store, (&index, &search), wanted, lang)?))).collect()
    });
    Ok(read.await?)
}

struct Wanted {
    field: &'static str,
    kinds: &'static [&'static str],
    standing: Vec<RecordKey>,
    asked: String,
}

fn offer(
    store: &dyn Store,
    (index, search): (&RecordIndex, &SearchIndex),
    wanted: &Wanted,
    lang: Lang,
) -> Result<Offer, StoreError> {
    let titled = |row: &Row| (row.key.clone(), views::title(row, lang));
    let counts = wanted.kinds.iter().map(|kind| store.count_rows(Some(kind))).collect::<Result<Vec<_>, _>>()?;
    // Without a kind any record may be named.
    if !wanted.kinds.is_empty() && counts.iter().sum::<u64>() <= OFFERED_MAX as u64 {
        let mut records = Vec::new();
        for kind in wanted.kinds {
            let filter = Filter { kind: Some((*kind).to_owned()), ..Filter::default() };
            let list = index.list(store, &filter, lang, 1, OFFERED_MAX)?;
            records.extend(list.groups.iter().filter_map(|rows| rows.first()).map(titled));
        }
        return Ok(Offer { records, ..Offer::default() });
    }
    let mut offer = Offer { is_searched: true, ..Offer::default() };
    for key in &wanted.standing {
        offer.records.extend(store.rows_of(key)?.first().map(titled));
    }
    if !wanted.asked.is_empty() {
        let filter = Filter { kind: wanted.kinds.first().map(|kind| (*kind).to_owned()), ..Filter::default() };
        let query = Query { text: wanted.asked.clone(), filter };
        let (hits, _) = search.search(store, index, &query, lang, FOUND_MAX)?;
        for hit in hits {
            if !wanted.standing.contains(&hit.key) {
                offer.records.extend(store.rows_of(&hit.key)?.first().map(titled));
            }
            offer.found.push(hit.key);
        }
    }
    Ok(offer)
}

/// Puts the record in the place of a name that somebody has written without pressing the button beside it.
///
/// # Errors
/// 422 where no record, or more than one, is called so.
pub async fn settle(ctx: &Ctx, kind: &'static Kind, values: &mut Values) -> Answer<()> {
    let asked = values.looked_for(kind);
    if asked.is_empty() {
        return Ok(());
    }
    let offers = read(ctx, kind, values).await?;
    for (field, text) in asked {
        let Some(offer) = offers.get(field.name) else { continue };
        let called = offer
            .found
            .iter()
            .filter(|key| offer.records.iter().any(|(other, title)| other == *key && fold(title) == fold(&text)));
        match called.collect::<Vec<_>>().as_slice() {
            [one] => values.refer(field, &one.to_string()),
            _ => {
                return Err(Problem::invalid(format!("{}: {text:?} is no name of one record", field.name))
                    .with("field", json!(field.name))
                    .with("value", json!(text)));
            }
        }
    }
    Ok(())
}

/// What the records are called that a form offers, for lists of differences.
pub fn titles(offers: &Offers) -> Titles {
    offers.values().flat_map(|offer| offer.records.iter().cloned()).collect()
}
