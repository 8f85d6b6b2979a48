//! Which organisation is in which network, as the registers say it: what lists and pages of records need to know of
//! memberships without reading them.

use super::fields::words;
use super::index::for_each_group;
use crate::store::{Store, StoreError};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What one register says of a membership.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tie {
    /// The organisation.
    pub organisation: Option<RecordKey>,
    /// The network.
    pub network: Option<RecordKey>,
    /// A code.
    pub role: Option<Box<str>>,
    /// The day on which it began.
    pub since: Option<Box<str>>,
    /// Its last day.
    pub until: Option<Box<str>>,
    /// Whether lists show it.
    pub is_listed: bool,
    /// Whether somebody has deleted it.
    pub is_deleted: bool,
}

/// The memberships, and which of them each organisation and network has.
#[derive(Default)]
pub(super) struct Ties {
    said: BTreeMap<RecordKey, Box<[Tie]>>,
    of: HashMap<RecordKey, BTreeSet<RecordKey>>,
}

impl Tie {
    fn of(row: &Row) -> Self {
        let end = |field: &str| words(row, field).iter().find_map(|text| RecordKey::parse(text));
        let text = |field: &str| row.text(field).map(Box::from);
        Self {
            organisation: end("organisation"),
            network: end("network"),
            role: text("role"),
            since: text("since"),
            until: text("until"),
            is_listed: row.is_listed(),
            is_deleted: row.is_deleted(),
        }
    }

    fn ends(&self) -> impl Iterator<Item = &RecordKey> {
        self.organisation.iter().chain(&self.network)
    }
}

impl Ties {
    /// The kind of the records.
    pub const KIND: &str = "membership";

    /// Of all records.
    pub fn of(store: &dyn Store) -> Result<Self, StoreError> {
        let mut out = Self::default();
        for_each_group(store, Self::KIND, |rows| {
            if let Some(first) = rows.first() {
                out.put(&first.key, rows);
            }
        })?;
        Ok(out)
    }

    /// Takes the rows of a record in the place of what was known of it.
    pub fn put(&mut self, key: &RecordKey, rows: &[Row]) {
        for end in self.said.remove(key).iter().flatten().flat_map(Tie::ends) {
            if let Some(of) = self.of.get_mut(end) {
                of.remove(key);
                if of.is_empty() {
                    self.of.remove(end);
                }
            }
        }
        let ties: Box<[Tie]> = rows.iter().map(Tie::of).collect();
        for end in ties.iter().flat_map(Tie::ends) {
            self.of.entry(end.clone()).or_default().insert(key.clone());
        }
        if !ties.is_empty() {
            self.said.insert(key.clone(), ties);
        }
    }

    /// All of them by key, each with what every register says.
    pub fn all(&self) -> impl Iterator<Item = (&RecordKey, &[Tie])> {
        self.said.iter().map(|(key, ties)| (key, &**ties))
    }

    /// Those of an organisation or a network, by key.
    pub fn of_end<'a>(&'a self, end: &RecordKey) -> impl Iterator<Item = (&'a RecordKey, &'a [Tie])> + use<'a> {
        self.of.get(end).into_iter().flatten().filter_map(|key| Some((key, &**self.said.get(key)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, PartnerId, RegisterId};
    use comin_protocol::record::{Cell, Origin, Scalar};

    fn key(kind: &str, n: u8) -> RecordKey {
        RecordKey { kind: kind.into(), id: [n; 16] }
    }

    fn row(organisation: &RecordKey, network: &RecordKey) -> Row {
        let cell = |key: &RecordKey| vec![Cell { value: Scalar::Str(key.to_string()), origin: 0 }];
        Row {
            key: key(Ties::KIND, 1),
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
            fields: [("organisation".to_owned(), cell(organisation)), ("network".to_owned(), cell(network))].into(),
            unseen_edits: Vec::new(),
        }
    }

    #[test]
    fn a_membership_is_one_of_its_ends_until_it_names_others() {
        let (membership, network) = (key(Ties::KIND, 1), key("network", 2));
        let (one, other) = (key("organisation", 3), key("organisation", 4));
        let mut ties = Ties::default();
        let of = |ties: &Ties, end: &RecordKey| ties.of_end(end).map(|(key, _)| key.clone()).collect::<Vec<_>>();
        ties.put(&membership, &[row(&one, &network)]);
        assert_eq!(
            (of(&ties, &one), of(&ties, &network)),
            (vec![membership.clone()], vec![membership.clone()]),
            "both ends"
        );
        ties.put(&membership, &[row(&other, &network)]);
        assert_eq!((of(&ties, &one), of(&ties, &other)), (vec![], vec![membership.clone()]), "another organisation");
        ties.put(&membership, &[]);
        assert!(of(&ties, &network).is_empty() && ties.of.is_empty() && ties.said.is_empty(), "gone without a trace");
    }
}
