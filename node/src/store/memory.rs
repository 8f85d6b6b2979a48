//! The memory twin: the same contract without a disk, with loss and failure on demand.

use super::StoreError;
use super::kv::{Changes, Entry, Kv};
use super::tidy::Tidied;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An ordered map in memory that knows what was flushed.
#[derive(Debug, Default)]
pub struct MemoryKv {
    state: Mutex<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    map: BTreeMap<Vec<u8>, Vec<u8>>,
    /// For every batch since the last flush, what its keys held before.
    undo: Vec<Changes>,
    flushed_commits: Option<u64>,
    /// Batches that still succeed; `None`: all.
    applies_left: Option<usize>,
}

impl MemoryKv {
    /// What a disk would hold if the machine stopped now, when the first `kept` of the batches since the
    /// last flush happened to reach it. Everything later is gone.
    pub fn crash(&self, kept: usize) {
        let mut state = self.state();
        while state.undo.len() > kept {
            // INVARIANT: the length is greater than `kept`, so there is a last element.
            let Some(undo) = state.undo.pop() else { break };
            for (key, before) in undo {
                set(&mut state.map, key, before);
            }
        }
        state.undo.clear();
        state.applies_left = None;
    }

    /// Batches applied and not yet flushed.
    pub fn unflushed(&self) -> usize {
        self.state().undo.len()
    }

    /// Lets `applies` more batches succeed and fails every later one, until [`MemoryKv::crash`].
    pub fn fail_after(&self, applies: usize) {
        self.state().applies_left = Some(applies);
    }

    /// An independent copy, as if the directory had been copied now.
    pub fn fork(&self) -> Self {
        Self { state: Mutex::new(self.state().clone()) }
    }

    /// Changes or removes one entry behind the layout's back, as damage would.
    pub fn tamper(&self, key: &[u8], value: Option<Vec<u8>>) {
        set(&mut self.state().map, key.to_vec(), value);
    }

    /// All keys.
    pub fn keys(&self) -> Vec<Vec<u8>> {
        self.state().map.keys().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn set(map: &mut BTreeMap<Vec<u8>, Vec<u8>>, key: Vec<u8>, value: Option<Vec<u8>>) -> Option<Vec<u8>> {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    }
}

impl Kv for MemoryKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().map.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], after: &[u8], limit: usize) -> Result<Vec<Entry>, StoreError> {
        let from = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let state = self.state();
        let range = state.map.range::<[u8], _>((from, Bound::Unbounded));
        let inside = range.take_while(|(key, _)| key.starts_with(prefix));
        Ok(inside.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        let mut state = self.state();
        match &mut state.applies_left {
            Some(0) => return Err(StoreError::Io("no space left (simulated)".to_owned())),
            Some(left) => *left -= 1,
            None => {}
        }
        let mut undo = Changes::new();
        for (key, value) in changes {
            let before = set(&mut state.map, key.clone(), value);
            undo.insert(key, before);
        }
        state.undo.push(undo);
        Ok(())
    }

    fn flush(&self, commits: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        state.undo.clear();
        state.flushed_commits = Some(commits);
        Ok(())
    }

    fn flushed_commits(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.state().flushed_commits)
    }

    /// Memory holds what lives in it and nothing more.
    fn tidy(&self, _go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError> {
        Ok(None)
    }
}
