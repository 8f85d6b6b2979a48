//! The runtime: the one loop around the engine. It passes time, commands, frames and finished tasks in,
//! and carries out what comes out.
//!
//! # Threads
//! - *engine*: owns the engine; everything else talks to it through the inbox.
//! - *storage*: writes batches in order, many with one flush, and lets go the replies and frames that wait
//!   for them. It alone writes to the store.
//! - *net*: a current-thread tokio runtime with the libp2p swarm and all sessions.
//! - *helpers*: a current-thread tokio runtime that talks to the helper processes.
//!
//! # Invariant
//! No thread waits for the engine while the engine waits for it: results of tasks are always taken in.

mod clock;
mod driver;
mod inbox;
mod outlet;
mod storage;

use crate::helper::{HelperCommand, HelperPool};
use crate::limits::{COMMANDS_QUEUED_MAX, EVENTS_KEPT, STORAGE_QUEUE};
use crate::net::{DialReport, Net, NetConfig, NetError, NetLink};
use crate::store::{Store, StoreError};
use comin_protocol::engine::{self, Command, CommandError, Engine, EngineConfig, Input, Now, Output, Reply, Status};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::{DeviceKey, DocId, RecordKey};
use comin_protocol::limits::WHOLE_FRONTIER_TIPS;
use comin_protocol::roster::Roster;
use driver::{Core, Driver, Wiring};
use outlet::Outlet;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use storage::Storage;
use tokio::sync::{Semaphore, broadcast, oneshot, watch};

pub(crate) use clock::{Clock, wall_ms};
pub(crate) use inbox::{Inbox, Outside};

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

/// What a node is started with.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// The device's secret; also its libp2p identity.
    pub signer: DeviceSigner,
    /// How to reach others and be reached; `None`: no network at all (the CLI beside a stopped node).
    pub net: Option<NetConfig>,
    /// How to start the helper process.
    pub helper: HelperCommand,
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The network cannot be set up.
    #[error(transparent)]
    Net(#[from] NetError),
    /// What the store holds is not this device's, or not readable.
    #[error(transparent)]
    Engine(#[from] engine::StartError),
    /// The system refused a thread or random bytes.
    #[error("the system refused: {0}")]
    System(String),
}

/// The handle that API, pages and CLI hold. Cheap to clone. A clone keeps the store open: drop them all
/// before the store is opened again.
#[derive(Clone)]
pub struct NodeHandle {
    store: Arc<dyn Store>,
    inbox: Arc<Inbox>,
    outlet: Outlet,
    roster: watch::Receiver<Arc<Roster>>,
    commands: Arc<Semaphore>,
    net: NetLink,
}

impl NodeHandle {
    /// Hands a command to the engine and waits for its reply, which comes once everything that it speaks of
    /// is on disk.
    ///
    /// # Errors
    /// [`CommandError`]: nothing was changed (but see `Stopped`).
    pub async fn command(&self, command: Command) -> Result<Reply, CommandError> {
        let stopped = || self.outlet.stopped_error();
        let permit = self.commands.clone().acquire_owned().await.map_err(|_| stopped())?;
        let (reply_to, reply) = oneshot::channel();
        self.inbox.push(Outside::Command(command, reply_to, permit));
        reply.await.unwrap_or_else(|_| Err(stopped()))
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
        self.outlet.events.subscribe()
    }

    /// Becomes `Some` with the reason when the node stops by itself: the store failed or the engine broke.
    /// Whoever runs the node then shows the text and ends the process.
    pub fn stopped(&self) -> watch::Receiver<Option<String>> {
        self.outlet.stopped.subscribe()
    }

    /// What became of the last attempt to reach each device.
    pub fn dials(&self) -> BTreeMap<DeviceKey, DialReport> {
        self.net.dials()
    }

    /// Tries an address of a partner from now on, besides those that travel in signed records.
    ///
    /// # Errors
    /// [`NetError::Address`]: not a multiaddress.
    pub fn add_contact(&self, address: &str) -> Result<(), NetError> {
        self.net.add_contact(address)
    }

    /// The multiaddresses on which this node listens now.
    pub fn listening(&self) -> watch::Receiver<Vec<String>> {
        self.net.listening()
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

    /// Reads from the store on the caller's own thread, which it blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read_here<T>(&self, read: impl FnOnce(&dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(self.store.as_ref())
    }
}

/// A running node: its threads. [`Node::stop`] ends it cleanly; dropping it does the same.
pub struct Node {
    inbox: Arc<Inbox>,
    net: Option<Net>,
    threads: Vec<JoinHandle<()>>,
}

impl Node {
    /// Starts the engine on what the store holds, the storage and helper threads, and the network.
    ///
    /// # Errors
    /// [`StartError`]: nothing keeps running.
    pub fn start(config: NodeConfig, store: Arc<dyn Store>) -> Result<(NodeHandle, Self), StartError> {
        let clock = Clock::start();
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(system)?;
        let engine_config =
            EngineConfig { signer: config.signer.clone(), seed, now: clock.now(), whole_tips: WHOLE_FRONTIER_TIPS };
        let engine = Engine::new(engine_config, store.boot()?)?;
        // Who belongs here is known before the first one knocks.
        let roster = engine.roster().clone();
        Self::start_with(config, store, clock, roster, move || engine)
    }

    /// Starts with a core of the caller's making; it is made on the engine's own thread.
    fn start_with<C: Core + 'static>(
        config: NodeConfig,
        store: Arc<dyn Store>,
        clock: Clock,
        roster: Arc<Roster>,
        core: impl FnOnce() -> C + Send + 'static,
    ) -> Result<(NodeHandle, Self), StartError> {
        let inbox = Arc::new(Inbox::default());
        let (roster, roster_now) = watch::channel(roster);
        let (net, link) = Net::start(config.net, &config.signer, inbox.clone(), roster_now.clone())?;
        let outlet = Outlet {
            sessions: link.sessions(),
            events: broadcast::Sender::new(EVENTS_KEPT),
            event_numbers: Arc::new(AtomicU64::new(0)),
            stopped: watch::Sender::new(None),
        };
        let mut node = Self { inbox: inbox.clone(), net, threads: Vec::new() };

        let (helpers, helper_thread) = HelperPool::start(config.helper, inbox.clone()).map_err(system)?;
        node.threads.push(helper_thread);
        let (jobs, job_queue) = sync_channel(STORAGE_QUEUE);
        let storage =
            Storage { store: store.clone(), inbox: inbox.clone(), outlet: outlet.clone(), untidied: 0, failed: None };
        node.spawn("comin-store", move || storage.run(job_queue))?;
        let wiring = Wiring {
            clock,
            inbox: inbox.clone(),
            outlet: outlet.clone(),
            storage: jobs,
            helpers,
            net: link.clone(),
            roster,
        };
        node.spawn("comin-engine", move || run_engine(core, wiring))?;

        let commands = Arc::new(Semaphore::new(COMMANDS_QUEUED_MAX));
        Ok((NodeHandle { store, inbox, outlet, roster: roster_now, commands, net: link }, node))
    }

    fn spawn(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StartError> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(system)?;
        self.threads.push(thread);
        Ok(())
    }

    /// Takes nothing new, finishes and writes what was taken, closes all sessions and ends all threads.
    /// Blocks for that long; in async code call it through `spawn_blocking`.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.inbox.stop();
        // The engine's end drops the storage queue, which ends the storage thread when it is done; what was
        // acknowledged then still leaves through the open sessions.
        for thread in self.threads.drain(..).rev() {
            if thread.join().is_err() {
                tracing::error!("a thread of the node had panicked");
            }
        }
        drop(self.net.take());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

impl Core for Engine {
    fn handle(&mut self, now: Now, input: Input) {
        Engine::handle(self, now, input);
    }

    fn poll(&mut self) -> Option<Output> {
        Engine::poll(self)
    }
}

fn system(error: impl std::fmt::Display) -> StartError {
    StartError::System(error.to_string())
}

/// Runs the engine; if it breaks, the node stops with a text and not with an abort.
fn run_engine<C: Core>(core: impl FnOnce() -> C, wiring: Wiring) {
    let (inbox, outlet) = (wiring.inbox.clone(), wiring.outlet.clone());
    // The driver outlives the panic, so that whoever waits for an answer reads why there is none.
    let mut driver = None;
    let broken = catch_unwind(AssertUnwindSafe(|| driver.insert(Driver::new(core(), wiring)).run())).err();
    if let Some(panic) = broken {
        let text = panic_text(panic.as_ref());
        tracing::error!(panic = %text, "the engine broke; the node stops");
        outlet.fail(format!("the engine broke: {text}; please report it, then start the node again"));
    }
    inbox.close();
}

/// The text of a panic.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

#[cfg(test)]
mod tests;
