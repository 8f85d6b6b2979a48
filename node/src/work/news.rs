//! What has changed since a moment, by partner and kind.
//!
//! A change is news when it comes here: what somebody wrote without a connection last week is news on the day on which
//! it arrives, with the day on which it was written beside it. Of a value that was overwritten since only the latest
//! counts, for the rows know what stands.

use crate::store::StoreError;
use crate::views::{Reader, for_each_record};
use comin_protocol::engine::Arrivals;
use comin_protocol::ids::{DocId, PartnerId, RecordKey};
use comin_protocol::record::{Cell, Origin, Row, Scalar};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What became of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// It was made.
    Added,
    /// It was changed.
    Changed,
    /// It was deleted.
    Deleted,
}

impl What {
    /// A stable word for programs; the message's key is `news-` and this.
    pub fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// One record that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Item {
    key: RecordKey,
    doc: DocId,
    title: String,
    what: What,
    time_ms: u64,
}

/// What changed since a moment: by partner (`None`: of a device that is not known) and kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct News(BTreeMap<(String, Option<PartnerId>), BTreeMap<String, Vec<Item>>>);

impl News {
    /// Reads them; `arrivals`: what came here long after it was written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn since(reader: &Reader<'_>, arrivals: &Arrivals, since_ms: u64) -> Result<Self, StoreError> {
        let (mut news, mut read) = (Self::default(), Ok(()));
        for_each_record(reader.store, |rows| {
            for row in rows {
                if read.is_ok() {
                    read = news.add(reader, arrivals, row, since_ms);
                }
            }
        })?;
        read.map(|()| news)
    }

    /// Each partner that changed the record since then has it once.
    fn add(&mut self, reader: &Reader<'_>, arrivals: &Arrivals, row: &Row, since_ms: u64) -> Result<(), StoreError> {
        let is_new = |origin: &Origin| {
            let came = arrivals.time_ms(&row.doc, &origin.actor, origin.time_ms);
            u64::try_from(came).is_ok_and(|came| came >= since_ms)
        };
        let mut by_partner: BTreeMap<(String, Option<PartnerId>), (What, u64)> = BTreeMap::new();
        let new = row.origins.iter().enumerate().filter(|(_, origin)| is_new(origin));
        for index in new.map(|(index, _)| index) {
            let author =
                reader.value(row, &Cell { value: Scalar::Null, origin: u16::try_from(index).unwrap_or(u16::MAX) })?;
            let deletes = |cell: &Cell| usize::from(cell.origin) == index && cell.value == Scalar::Bool(true);
            let what = match row.fields.get(comin_protocol::record::DELETED) {
                Some(cells) if cells.iter().any(deletes) => What::Deleted,
                _ if index == 0 => What::Added,
                _ => What::Changed,
            };
            let (id, name) = author.partner.map_or((None, String::new()), |(id, name)| (Some(id), name));
            let entry = by_partner.entry((name, id)).or_insert((what, author.time_ms));
            // Deleted says more than added, added more than changed.
            entry.0 = match (entry.0, what) {
                (What::Deleted, _) | (_, What::Deleted) => What::Deleted,
                (What::Added, _) | (_, What::Added) => What::Added,
                _ => What::Changed,
            };
            entry.1 = entry.1.max(author.time_ms);
        }
        if by_partner.is_empty() {
            return Ok(());
        }
        let title = reader.title(row)?;
        for (partner, (what, time_ms)) in by_partner {
            let item = Item { key: row.key.clone(), doc: row.doc, title: title.clone(), what, time_ms };
            self.0.entry(partner).or_default().entry(row.key.kind.clone()).or_default().push(item);
        }
        Ok(())
    }

    /// For programs: one item for each partner and kind, newest records first.
    pub fn to_json(&self, lang: crate::i18n::Lang) -> Vec<Value> {
        let mut out = Vec::new();
        for ((name, id), kinds) in &self.0 {
            for (kind, items) in kinds {
                let mut items = items.clone();
                items.sort_by(|a, b| (b.time_ms, &a.key, a.doc).cmp(&(a.time_ms, &b.key, b.doc)));
                let count = |what: What| items.iter().filter(|item| item.what == what).count();
                let records: Vec<Value> = items
                    .iter()
                    .map(|item| {
                        json!({
                            "id": item.key, "title": item.title, "what": item.what.code(), "register": item.doc.register,
                            "time": crate::views::time::rfc3339(item.time_ms),
                        })
                    })
                    .collect();
                out.push(json!({
                    "partner": id, "partner_name": name, "kind": kind,
                    "kind_label": crate::views::kind_label(lang, kind),
                    "added": count(What::Added), "changed": count(What::Changed), "deleted": count(What::Deleted),
                    "records": records,
                }));
            }
        }
        out
    }
}
