//! The runtime: the one loop around the engine. It passes time, commands, frames and finished tasks in,
//! and carries out what comes out.

use crate::store::{Store, StoreError};
use comin_protocol::engine::{Command, CommandError, Reply, Status};
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::roster::Roster;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// What pages and the API's stream are told. Numbers count up within one process.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its number, from 1.
    pub number: u64,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// These rows have changed and can be read.
    Records(Vec<(DocId, RecordKey)>),
    /// Members, sessions, approvals or exchange have changed: read the status again.
    State,
}

/// The handle that API, pages and CLI hold. Cheap to clone.
#[derive(Clone)]
pub struct NodeHandle {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) roster: watch::Receiver<Arc<Roster>>,
}

impl NodeHandle {
    /// Hands a command to the engine and waits for its reply, which comes once everything that it speaks of
    /// is on disk.
    ///
    /// # Errors
    /// [`CommandError`]: nothing was changed (but see `Stopped`).
    pub async fn command(&self, command: Command) -> Result<Reply, CommandError> {
        let _ = command;
        todo!()
    }

    /// The state of node and federation.
    ///
    /// # Errors
    /// [`CommandError::Stopped`] where the engine has stopped.
    pub async fn status(&self) -> Result<Status, CommandError> {
        match self.command(Command::Status).await? {
            Reply::Status(status) => Ok(*status),
            other => Err(CommandError::Stopped(format!("unexpected reply {other:?}"))),
        }
    }

    /// Who is who, as of now.
    pub fn roster(&self) -> Arc<Roster> {
        self.roster.borrow().clone()
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Reads from the store without blocking the caller's thread.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || read(store.as_ref())).await.map_err(|e| StoreError::Io(e.to_string()))?
    }
}
