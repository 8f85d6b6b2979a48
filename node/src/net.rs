//! The network: libp2p over TCP with Noise and Yamux, one bidirectional stream per peer and protocol.
//!
//! The roster is address book and allow list. A device that is no member is refused before any protocol
//! runs, unless a ticket is open: then it may ask to join, and nothing else.
//!
//! # Invariants
//! - At most one sync session per device. Of two members the one with the lesser key opens the stream; the
//!   other one connects and waits.
//! - Nothing of a frame is allocated before its length has been checked.
//! - A peer that does not read is disconnected; it never makes the node's memory grow.

mod dial;
mod frame;
mod gate;
mod identity;
mod session;
mod swarm;
mod turns;

use crate::limits::CONTACTS_MAX;
use crate::runtime::Inbox;
use comin_protocol::engine::DialTarget;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DeviceKey;
use comin_protocol::roster::Roster;
use libp2p::Multiaddr;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{Notify, oneshot, watch};

pub use dial::DialReport;
pub(crate) use session::Sessions;

/// How to reach others and be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NetConfig {
    /// Multiaddresses to listen on, such as `/ip4/0.0.0.0/tcp/8471`; port 0 takes any free one.
    pub listen: Vec<String>,
    /// Multiaddresses under which the node can be reached from outside (port forwarding), best first.
    pub external: Vec<String>,
    /// Multiaddresses of partners given by hand, tried besides those that travel in signed records.
    pub contacts: Vec<String>,
    /// Find other nodes on the local network.
    pub mdns: bool,
}

/// Why the network could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// An address in the configuration is not a multiaddress with an IP address and a TCP port.
    #[error("{0} is not an address like /ip4/0.0.0.0/tcp/8471")]
    Address(String),
    /// The port is taken or the address is not this machine's.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        cause: String,
    },
    /// Anything else that the system refused.
    #[error("the network cannot be set up: {0}")]
    System(String),
}

/// What engine and handles hold of the network.
#[derive(Clone)]
pub(crate) struct NetLink {
    sessions: Arc<Sessions>,
    targets: watch::Sender<Arc<Vec<DialTarget>>>,
    contacts: watch::Sender<Vec<Multiaddr>>,
    retry: Arc<Notify>,
    open_for_joins: Arc<AtomicBool>,
    dials: Arc<Mutex<BTreeMap<DeviceKey, DialReport>>>,
    listening: watch::Sender<Vec<String>>,
}

impl NetLink {
    fn new(inbox: Arc<Inbox>) -> Self {
        Self {
            sessions: Arc::new(Sessions::new(inbox)),
            targets: watch::Sender::new(Arc::default()),
            contacts: watch::Sender::default(),
            retry: Arc::default(),
            open_for_joins: Arc::default(),
            dials: Arc::default(),
            listening: watch::Sender::default(),
        }
    }

    /// All open sessions.
    pub fn sessions(&self) -> Arc<Sessions> {
        self.sessions.clone()
    }

    /// Whom to be connected with from now on.
    pub fn set_targets(&self, targets: Vec<DialTarget>) {
        self.targets.send_replace(Arc::new(targets));
    }

    /// Tries an address from now on; one that is tried already is tried at once.
    pub fn add_contact(&self, address: &str) -> Result<(), NetError> {
        let address: Multiaddr = address.parse().map_err(|_| NetError::Address(address.to_owned()))?;
        self.contacts.send_modify(|contacts| {
            contacts.retain(|known| *known != address);
            contacts.push(address);
            let surplus = contacts.len().saturating_sub(CONTACTS_MAX);
            contacts.drain(..surplus);
        });
        Ok(())
    }

    /// Forgets all back-off.
    pub fn retry_now(&self) {
        self.retry.notify_one();
    }

    /// Whether strangers may connect to ask for admission.
    pub fn set_open_for_joins(&self, open: bool) {
        self.open_for_joins.store(open, Ordering::Relaxed);
    }

    /// What became of the last attempt to reach each device.
    pub fn dials(&self) -> BTreeMap<DeviceKey, DialReport> {
        self.dials.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The addresses listened on.
    pub fn listening(&self) -> watch::Receiver<Vec<String>> {
        self.listening.subscribe()
    }
}

/// The network's thread.
pub(crate) struct Net {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Net {
    /// Listens and starts the thread; `None` for a node without network.
    ///
    /// # Errors
    /// [`NetError`]: nothing keeps running.
    pub fn start(
        config: Option<NetConfig>,
        signer: &DeviceSigner,
        inbox: Arc<Inbox>,
        roster: watch::Receiver<Arc<Roster>>,
    ) -> Result<(Option<Self>, NetLink), NetError> {
        let link = NetLink::new(inbox.clone());
        let Some(config) = config else { return Ok((None, link)) };
        let system = |error: std::io::Error| NetError::System(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
        let entered = runtime.enter();
        let swarm = swarm::Loop::new(config, signer, inbox, roster, link.clone());
        drop(entered);
        let swarm = match swarm {
            Ok(swarm) => swarm,
            Err(error) => {
                // The caller may be async code, where a runtime must not be waited for.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("comin-net".to_owned())
            .spawn(move || runtime.block_on(swarm.run(stopped)))
            .map_err(system)?;
        Ok((Some(Self { stop: Some(stop), thread: Some(thread) }), link))
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the network's thread had panicked");
        }
    }
}
