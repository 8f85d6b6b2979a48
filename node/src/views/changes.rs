//! Which records have changed since somebody last asked: what is kept of rows in memory is brought up to date by it.

use crate::runtime::{Event, EventKind};
use comin_protocol::ids::RecordKey;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// Most records that are remembered for one who never asks: of more, all are read again.
const TOUCHED_MAX: usize = 10_000;

/// Listens to a node's events. Nobody who says that records have changed waits for one who reads them again.
pub struct Changes(Mutex<Heard>);

struct Heard {
    events: broadcast::Receiver<Event>,
    touched: HashSet<RecordKey>,
    /// So many were touched that they are not remembered one by one.
    too_many: bool,
}

/// What has changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Changed {
    /// These records.
    Records(HashSet<RecordKey>),
    /// Events were missed: whatever is kept may be out of date.
    All,
}

impl Changes {
    /// Listens from now on. What is read from the store afterwards holds all that came before.
    pub fn new(events: broadcast::Receiver<Event>) -> Self {
        Self(Mutex::new(Heard { events, touched: HashSet::new(), too_many: false }))
    }

    /// These records have changed: the caller has just written them, and their event may come later than the answer.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.touched.extend(keys);
        if heard.touched.len() > TOUCHED_MAX {
            heard.too_many = true;
            heard.touched.clear();
        }
    }

    /// What has changed since this was last asked. To be asked by one at a time, who holds what is kept.
    pub fn take(&self) -> Changed {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Heard {
    fn take(&mut self) -> Changed {
        let (mut all, mut records) = (std::mem::take(&mut self.too_many), std::mem::take(&mut self.touched));
        loop {
            match self.events.try_recv() {
                Ok(Event { kind: EventKind::Records(rows), .. }) => {
                    records.extend(rows.into_iter().map(|(_, key)| key));
                }
                Ok(_) => {}
                Err(broadcast::error::TryRecvError::Lagged(_)) => all = true,
                Err(_) => return if all { Changed::All } else { Changed::Records(records) },
            }
        }
    }
}
