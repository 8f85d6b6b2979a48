//! Where the engine's outputs leave the runtime: replies, frames, events, and the word that it has stopped.

use super::storage::Held;
use super::{Event, EventKind};
use crate::net::Sessions;
use comin_protocol::engine::CommandError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{broadcast, watch};

/// Shared by the engine thread and the storage thread.
#[derive(Clone)]
pub(crate) struct Outlet {
    pub sessions: Arc<Sessions>,
    pub events: broadcast::Sender<Event>,
    pub event_numbers: Arc<AtomicU64>,
    /// Why the node has stopped by itself.
    pub stopped: watch::Sender<Option<String>>,
}

impl Outlet {
    /// Carries out what need not wait any longer.
    pub fn release(&self, held: Held) {
        match held {
            // A caller that has gone away does not want its answer.
            Held::Reply(to, reply) => drop(to.send(*reply)),
            Held::Send(session, frame) => self.sessions.send(session, frame),
            Held::Changed(records) if records.is_empty() => self.announce(EventKind::State),
            Held::Changed(records) => self.announce(EventKind::Records(records)),
        }
    }

    /// Tells pages and streams.
    pub fn announce(&self, kind: EventKind) {
        let number = self.event_numbers.fetch_add(1, Ordering::Relaxed) + 1;
        // Nobody may be listening.
        drop(self.events.send(Event { number, kind }));
    }

    /// Says why the node stops; the first reason stays.
    pub fn fail(&self, text: String) {
        self.stopped.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(text);
            first
        });
    }

    /// The error that callers get once the engine has gone.
    pub fn stopped_error(&self) -> CommandError {
        CommandError::Stopped(self.stopped.borrow().clone().unwrap_or_else(|| "the node is stopping".to_owned()))
    }
}
