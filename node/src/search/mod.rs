//! Search: records of all kinds by words in any language.
//!
//! The index lies in memory, is made from the rows at the first search and kept current from the node's events, as the
//! lists' index is. Nothing of it is on disk, so nothing of it can be left behind there: persons are not in it, and what
//! is erased elsewhere has no trace in it. Dropping it costs one scan of the rows.
//!
//! A text is folded (`Šentprima` is `sentprima`) and divided into words at whatever is neither letter nor digit. A word
//! of a query finds every word that holds it anywhere; one that finds nothing finds the words that are one slip away
//! (two of a long one). A record is found where each word of the query is found in it.

mod dictionary;
mod index;

use crate::i18n::Lang;
use crate::limits::INDEX_STALE_MAX;
use crate::runtime::{Event, EventKind, NodeHandle};
use crate::store::{Store, StoreError};
use crate::views::{Filter, members_of};
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
pub struct SearchIndex(Mutex<Inner>);

struct Inner {
    events: broadcast::Receiver<Event>,
    /// `None` until the first search, and again where events were missed.
    index: Option<Index>,
    stale: HashSet<RecordKey>,
}

impl SearchIndex {
    /// Nothing yet; listens to the node.
    pub fn new(node: &NodeHandle) -> Self {
        Self(Mutex::new(Inner { events: node.subscribe(), index: None, stale: HashSet::new() }))
    }

    /// Reads these records again before the next search: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.note(keys);
    }

    /// The best `limit` records, and how many were found. Blocks; the first search reads all rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn search(
        &self,
        store: &dyn Store,
        query: &Query,
        lang: Lang,
        limit: usize,
    ) -> Result<(Vec<Hit>, usize), StoreError> {
        let members = match &query.filter.network {
            Some(network) => members_of(store, network)?,
            None => HashSet::new(),
        };
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(inner.current(store)?.search(query, &members, lang, limit))
    }

    /// In what the index does not say just what the rows say, in words; made first, where nobody has searched yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn differences(&self, store: &dyn Store) -> Result<Vec<String>, StoreError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.current(store)?.differences(store)
    }
}

impl Inner {
    /// The index as the rows are now.
    fn current(&mut self, store: &dyn Store) -> Result<&Index, StoreError> {
        self.drain();
        let mut index = match self.index.take() {
            Some(index) => index,
            None => {
                self.stale.clear();
                Index::of(store)?
            }
        };
        // A failure leaves no index behind: the next search makes it anew.
        for key in std::mem::take(&mut self.stale) {
            index.put(&key, &store.rows_of(&key)?);
        }
        Ok(self.index.insert(index))
    }

    /// Remembers what has changed; with too much of it the index is made anew at the next search.
    fn note(&mut self, keys: impl IntoIterator<Item = RecordKey>) {
        // An index that is made later reads everything.
        if self.index.is_some() {
            self.stale.extend(keys.into_iter().filter(|key| key.kind != PERSON_KIND));
        }
        if self.stale.len() > INDEX_STALE_MAX {
            (self.index, self.stale) = (None, HashSet::new());
        }
    }

    fn drain(&mut self) {
        loop {
            match self.events.try_recv() {
                Ok(Event { kind: EventKind::Records(rows), .. }) => self.note(rows.into_iter().map(|(_, key)| key)),
                Ok(_) => {}
                Err(broadcast::error::TryRecvError::Lagged(_)) => self.index = None,
                Err(_) => return,
            }
        }
    }
}
