//! What has changed since a moment, by partner and kind.
//!
//! A change is news when it comes here: what somebody wrote without a connection last week is news on the day on which
//! it arrives, with the day on which it was written beside it. Of a value that was overwritten since only the latest
//! counts, for the rows know what stands.

use super::lines::{Line, Lines};
use crate::store::StoreError;
use crate::views::Reader;
use comin_protocol::engine::Arrivals;
use comin_protocol::ids::{DocId, PartnerId, RecordKey};
use comin_protocol::record::{Origin, Scalar};
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
    what: What,
    time_ms: u64,
}

/// What changed since a moment: by partner (`None`: of a device that is not known) and kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct News(BTreeMap<(String, Option<PartnerId>), BTreeMap<String, Vec<Item>>>);

impl News {
    /// Finds them; `arrivals`: what came here long after it was written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn since(lines: &Lines, reader: &Reader<'_>, arrivals: &Arrivals, since_ms: u64) -> Result<Self, StoreError> {
        let mut news = Self::default();
        for (key, line) in lines.iter() {
            news.add(reader, arrivals, (key, line), since_ms)?;
        }
        Ok(news)
    }

    /// Each partner that changed the record since then has it once.
    fn add(
        &mut self,
        reader: &Reader<'_>,
        arrivals: &Arrivals,
        (key, line): (&RecordKey, &Line),
        since_ms: u64,
    ) -> Result<(), StoreError> {
        let is_new = |origin: &Origin| {
            let came = arrivals.time_ms(&line.doc, &origin.actor, origin.time_ms);
            u64::try_from(came).is_ok_and(|came| came >= since_ms)
        };
        let mut by_partner: BTreeMap<(String, Option<PartnerId>), (What, u64)> = BTreeMap::new();
        for (index, origin) in line.origins.iter().enumerate().filter(|(_, origin)| is_new(origin)) {
            let author = reader.written(Scalar::Null, Some(origin))?;
            let what = match line.deleted_by.iter().any(|by| usize::from(*by) == index) {
                true => What::Deleted,
                false if index == 0 => What::Added,
                false => What::Changed,
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
        for (partner, (what, time_ms)) in by_partner {
            let item = Item { key: key.clone(), doc: line.doc, what, time_ms };
            self.0.entry(partner).or_default().entry(key.kind.clone()).or_default().push(item);
        }
        Ok(())
    }

    /// For programs: one item for each partner and kind, with its newest records, at most `named` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn to_json(&self, reader: &Reader<'_>, named: usize) -> Result<Vec<Value>, StoreError> {
        let mut out = Vec::new();
        for ((name, id), kinds) in &self.0 {
            for (kind, items) in kinds {
                let mut newest: Vec<&Item> = items.iter().collect();
                newest.sort_by(|a, b| (b.time_ms, &a.key, a.doc).cmp(&(a.time_ms, &b.key, b.doc)));
                let count = |what: What| items.iter().filter(|item| item.what == what).count();
                let record = |item: &&Item| {
                    // A row that has gone since then is called by its id.
                    let row = reader.store.row(&item.key, &item.doc)?;
                    let title = row.map_or_else(|| Ok(item.key.to_string()), |row| reader.title(&row))?;
                    Ok(json!({
                        "id": item.key, "title": title, "what": item.what.code(), "register": item.doc.register,
                        "time": crate::views::time::rfc3339(item.time_ms),
                    }))
                };
                let records = newest.iter().take(named).map(record).collect::<Result<Vec<Value>, StoreError>>()?;
                out.push(json!({
                    "partner": id, "partner_name": name, "kind": kind,
                    "kind_label": crate::views::kind_label(reader.lang, kind),
                    "added": count(What::Added), "changed": count(What::Changed), "deleted": count(What::Deleted),
                    "records": records,
                }));
            }
        }
        Ok(out)
    }
}
