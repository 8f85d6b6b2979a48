//! Search: records of all kinds by words in any language.
//!
//! The index lies in memory, is made from the rows once the node answers and kept current from the node's events, as the
//! lists' index is. Nothing of it is on disk, so nothing of it can be left behind there: persons are not in it, and what
//! is erased elsewhere has no trace in it. Dropping it costs one scan of the rows.
//!
//! A text is folded (`Šentprima` is `sentprima`) and divided into words at whatever is neither letter nor digit. A word
//! of a query finds every word that holds it anywhere; one that finds nothing finds the words that are one slip away
//! (two of a long one). A record is found where each word of the query is found in it.

mod dictionary;
mod index;

use crate::i18n::Lang;
use crate::runtime::Event;
use crate::store::{Store, StoreError};
use crate::views::{Changed, Changes, Filter, RecordIndex};
use comin_protocol::ids::{PERSON_KIND, RecordKey};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

pub use index::{Hit, Index, words_of};

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    /// Words.
    pub text: String,
    /// Kind, country, network, target group, state, language, register; its own text is not looked at.
    pub filter: Filter,
}

/// The index of a running node.
pub struct SearchIndex {
    changes: Changes,
    /// `None` until it has been made, and again where events were missed.
    kept: Mutex<Option<Index>>,
}

impl SearchIndex {
    /// Nothing yet; listens to a node's events.
    pub fn new(events: broadcast::Receiver<Event>) -> Self {
        Self { changes: Changes::new(events), kept: Mutex::new(None) }
    }

    /// Reads these records again before the next search: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        self.changes.touch(keys);
    }

    /// The best `limit` records, and how many were found. Blocks; where there is no index yet, it reads all rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn search(
        &self,
        store: &dyn Store,
        index: &RecordIndex,
        query: &Query,
        lang: Lang,
        limit: usize,
    ) -> Result<(Vec<Hit>, usize), StoreError> {
        let members = match &query.filter.network {
            Some(network) => index.members(store, network)?,
            None => HashSet::new(),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.current(&mut kept, store)?.search(query, &members, lang, limit))
    }

    /// Makes the index where there is none yet: who searches meanwhile waits for what is left of that. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare(&self, store: &dyn Store) -> Result<(), StoreError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.current(&mut kept, store).map(drop)
    }

    /// In what the index does not say just what the rows say, in words; made first, where nobody has searched yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn differences(&self, store: &dyn Store) -> Result<Vec<String>, StoreError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.current(&mut kept, store)?.differences(store)
    }

    /// The index as the rows are now.
    fn current<'a>(&self, kept: &'a mut Option<Index>, store: &dyn Store) -> Result<&'a Index, StoreError> {
        // A failure leaves no index behind: the next search makes it anew.
        let index = match (kept.take(), self.changes.take()) {
            (Some(mut index), Changed::Records(keys)) => {
                for key in keys.into_iter().filter(|key| key.kind != PERSON_KIND) {
                    index.put(&key, &store.rows_of(&key)?);
                }
                index
            }
            _ => Index::of(store)?,
        };
        Ok(kept.insert(index))
    }
}
