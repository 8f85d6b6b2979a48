//! Which records lead to a record: those of a few kinds that name it.

use super::fields::references;
use super::index::for_each_group;
use crate::store::{Store, StoreError};
use crate::work::interest::membership_of;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use std::collections::{BTreeSet, HashMap};

/// The kinds whose records lead to those that they name, in order.
const KINDS: [&str; 4] = ["interest", "note", "proposal", "sameas"];

/// What those records name, and by whom each record is named.
#[derive(Default)]
pub(super) struct Leading {
    named: HashMap<RecordKey, BTreeSet<RecordKey>>,
    by: HashMap<RecordKey, BTreeSet<RecordKey>>,
}

impl Leading {
    /// Of all records.
    pub fn of(store: &dyn Store) -> Result<Self, StoreError> {
        let mut out = Self::default();
        for kind in KINDS {
            for_each_group(store, kind, |rows| {
                if let Some(first) = rows.first() {
                    out.put(&first.key, rows);
                }
            })?;
        }
        Ok(out)
    }

    /// Whether records of this kind are in it.
    pub fn has(kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    /// Takes the rows of a record in the place of what was known of it.
    pub fn put(&mut self, key: &RecordKey, rows: &[Row]) {
        for target in self.named.remove(key).unwrap_or_default() {
            if let Some(by) = self.by.get_mut(&target) {
                by.remove(key);
                if by.is_empty() {
                    self.by.remove(&target);
                }
            }
        }
        // An expression of interest leads to its membership without naming it.
        let of_row = |row: &Row| references(row).into_iter().chain(membership_of(row));
        let named: BTreeSet<RecordKey> =
            rows.iter().filter(|row| row.is_listed()).flat_map(of_row).filter(|target| target != key).collect();
        for target in &named {
            self.by.entry(target.clone()).or_default().insert(key.clone());
        }
        if !named.is_empty() {
            self.named.insert(key.clone(), named);
        }
    }

    /// The records that lead to this one, by kind and id.
    pub fn to(&self, key: &RecordKey) -> Vec<RecordKey> {
        self.by.get(key).into_iter().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, PartnerId, RegisterId};
    use comin_protocol::record::{Cell, DELETED, Origin, Scalar};

    fn key(kind: &str, n: u8) -> RecordKey {
        RecordKey { kind: kind.into(), id: [n; 16] }
    }

    fn row(key: &RecordKey, fields: &[(&str, Scalar)]) -> Row {
        let cell = |value: &Scalar| vec![Cell { value: value.clone(), origin: 0 }];
        Row {
            key: key.clone(),
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), cell(value))).collect(),
            unseen_edits: Vec::new(),
        }
    }

    #[test]
    fn what_a_record_names_leads_to_it_until_it_names_another() {
        let (note, one, other) = (key("note", 1), key("event", 1), key("event", 2));
        let about = |target: &RecordKey| ("about", Scalar::Str(target.to_string()));
        let mut leading = Leading::default();
        leading.put(&note, &[row(&note, &[about(&one)])]);
        assert_eq!(leading.to(&one), std::slice::from_ref(&note), "it names it");
        leading.put(&note, &[row(&note, &[about(&other)])]);
        assert_eq!((leading.to(&one), leading.to(&other)), (vec![], vec![note.clone()]), "and then another one");
        leading.put(&note, &[row(&note, &[about(&other), (DELETED, Scalar::Bool(true))])]);
        assert_eq!(leading.to(&other), [], "deleted, it leads nowhere");
        assert!(leading.named.is_empty() && leading.by.is_empty(), "and nothing is left of it");
    }

    #[test]
    fn an_interest_leads_to_the_membership_of_its_ends() {
        let (interest, organisation, network) = (key("interest", 1), key("organisation", 2), key("network", 3));
        let ends = [("organisation", organisation.to_string()), ("network", network.to_string())];
        let fields = ends.map(|(name, text)| (name, Scalar::Str(text)));
        let mut leading = Leading::default();
        leading.put(&interest, &[row(&interest, &fields)]);
        let membership = RecordKey::derived("membership", &[&organisation, &network]);
        for target in [&organisation, &network, &membership] {
            assert_eq!(leading.to(target), std::slice::from_ref(&interest), "{target}");
        }
    }
}
