//! Who may be connected with: the allow list, asked after the handshake and before any protocol.

use comin_protocol::engine::DialTarget;
use comin_protocol::ids::DeviceKey;
use comin_protocol::roster::Roster;
use libp2p::core::{Endpoint, Multiaddr, transport::PortUse};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
    dummy,
};
use libp2p::{PeerId, swarm};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::sync::watch;

/// A device that may not be connected with.
#[derive(Debug, thiserror::Error)]
#[error("the device is no member of the federation and nobody has been invited")]
pub(crate) struct NotAdmitted;

/// What decides.
#[derive(Clone)]
pub(crate) struct Rules {
    pub roster: watch::Receiver<Arc<Roster>>,
    pub targets: watch::Receiver<Arc<Vec<DialTarget>>>,
    pub open_for_joins: Arc<AtomicBool>,
}

impl Rules {
    /// Whether the device belongs to the federation.
    pub fn is_member(&self, device: &DeviceKey) -> bool {
        self.roster.borrow().is_member(device)
    }

    /// Whether the engine listens to the device: a member, or one that may become one again.
    pub fn is_heard(&self, device: &DeviceKey) -> bool {
        let roster = self.roster.borrow();
        roster.is_member(device) || roster.is_disputed(device)
    }

    /// Whether this node asks the device for admission.
    pub fn is_inviter(&self, device: &DeviceKey) -> bool {
        self.targets.borrow().iter().any(|target| target.join && target.device == *device)
    }

    /// Whether strangers may ask for admission.
    pub fn open_for_joins(&self) -> bool {
        self.open_for_joins.load(Ordering::Relaxed)
    }

    /// Whether a connection with the device may stay.
    pub fn admits(&self, device: &DeviceKey) -> bool {
        self.is_heard(device) || self.is_inviter(device) || self.open_for_joins()
    }
}

/// The behaviour that refuses connections.
pub(crate) struct Gate {
    rules: Rules,
}

impl Gate {
    pub fn new(rules: Rules) -> Self {
        Self { rules }
    }

    fn check(&self, peer: &PeerId) -> Result<swarm::dummy::ConnectionHandler, ConnectionDenied> {
        let admitted = super::identity::device(peer).is_some_and(|device| self.rules.admits(&device));
        if admitted { Ok(dummy::ConnectionHandler) } else { Err(ConnectionDenied::new(NotAdmitted)) }
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check(&peer)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check(&peer)
    }

    fn on_swarm_event(&mut self, _: FromSwarm<'_>) {}

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}
