//! Who may be connected with: the allow list, asked after the handshake and before any protocol.
//!
//! Before the handshake nobody knows who it is, and whoever says nothing has a place until its time is over. So that such
//! connections do not keep members out, each address has a few places, and members' own addresses find some that no other
//! address gets. Strangers who may ask for admission find a few as well.

use super::swarm::ip_of;
use crate::limits::{CONNECTIONS_PENDING_PER_ADDRESS_MAX, CONNECTIONS_PENDING_UNKNOWN_MAX, CONNECTIONS_STRANGERS_MAX};
use comin_protocol::engine::DialTarget;
use comin_protocol::ids::DeviceKey;
use comin_protocol::roster::Roster;
use libp2p::core::{Endpoint, Multiaddr, transport::PortUse};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
    dummy,
};
use libp2p::{PeerId, swarm};
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::sync::watch;

/// A device that may not be connected with.
#[derive(Debug, thiserror::Error)]
#[error("the device is no member of the federation and nobody has been invited")]
pub(crate) struct NotAdmitted;

/// A connection for which there is no place at the moment.
#[derive(Debug, thiserror::Error)]
#[error("too many connections of its kind")]
pub(crate) struct NoPlace;

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

    /// Whether a member has stated an address there, by which it may be a member that calls.
    fn is_stated(&self, place: IpAddr) -> bool {
        let stated =
            |address: &String| address.parse::<Multiaddr>().is_ok_and(|address| place_of(&address) == Some(place));
        self.targets.borrow().iter().any(|target| target.addresses.iter().any(stated))
    }

    /// Whether a connection with the device may stay.
    pub fn admits(&self, device: &DeviceKey) -> bool {
        self.is_heard(device) || self.is_inviter(device) || self.open_for_joins()
    }
}

/// The behaviour that refuses connections.
pub(crate) struct Gate {
    rules: Rules,
    places: Places,
    /// Connections of devices that are no members.
    strangers: HashSet<ConnectionId>,
}

/// Incoming connections that are not through their handshake, with where they came from.
#[derive(Default)]
struct Places(HashMap<ConnectionId, Option<IpAddr>>);

impl Places {
    /// Gives a connection a place, if one is left for its address.
    fn take(&mut self, id: ConnectionId, from: Option<IpAddr>, is_stated: impl Fn(IpAddr) -> bool) -> bool {
        let same = self.0.values().filter(|place| **place == from).count();
        if same >= CONNECTIONS_PENDING_PER_ADDRESS_MAX {
            return false;
        }
        // Those at stated addresses are few: counting them with the others only leaves them more room.
        if self.0.len() >= CONNECTIONS_PENDING_UNKNOWN_MAX && !from.is_some_and(is_stated) {
            return false;
        }
        self.0.insert(id, from);
        true
    }
}

/// Where an address is: who has one address of an IPv6 network of /64 has all of them.
fn place_of(address: &Multiaddr) -> Option<IpAddr> {
    match ip_of(address)? {
        IpAddr::V6(ip) if ip.to_ipv4_mapped().is_none() => {
            let network = u128::from(ip) & !u128::from(u64::MAX);
            Some(IpAddr::V6(network.into()))
        }
        ip => Some(ip.to_canonical()),
    }
}

impl Gate {
    pub fn new(rules: Rules) -> Self {
        Self { rules, places: Places::default(), strangers: HashSet::new() }
    }

    fn check(&self, peer: &PeerId) -> Result<swarm::dummy::ConnectionHandler, ConnectionDenied> {
        let admitted = super::identity::device(peer).is_some_and(|device| self.rules.admits(&device));
        if admitted { Ok(dummy::ConnectionHandler) } else { Err(ConnectionDenied::new(NotAdmitted)) }
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        id: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let has_place = self.places.take(id, place_of(remote), |place| self.rules.is_stated(place));
        if has_place { Ok(()) } else { Err(ConnectionDenied::new(NoPlace)) }
    }

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.places.0.remove(&id);
        let handler = self.check(&peer)?;
        if !super::identity::device(&peer).is_some_and(|device| self.rules.is_heard(&device)) {
            if self.strangers.len() >= CONNECTIONS_STRANGERS_MAX {
                return Err(ConnectionDenied::new(NoPlace));
            }
            self.strangers.insert(id);
        }
        Ok(handler)
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

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        let gone = match event {
            FromSwarm::ListenFailure(failure) => failure.connection_id,
            FromSwarm::ConnectionClosed(closed) => closed.connection_id,
            _ => return,
        };
        self.places.0.remove(&gone);
        self.strangers.remove(&gone);
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(place: u32) -> Option<IpAddr> {
        Some(IpAddr::from(place.to_be_bytes()))
    }

    #[test]
    fn silent_connections_keep_neither_other_addresses_nor_members_out() {
        let mut places = Places::default();
        let mut next = 0..;
        let mut take = |places: &mut Places, place, stated| {
            let id = ConnectionId::new_unchecked(next.next().expect("without end"));
            places.take(id, from(place), |_| stated).then_some(id)
        };
        let ones: Vec<_> = (0..1_000).filter_map(|_| take(&mut places, 1, false)).collect();
        assert_eq!(ones.len(), CONNECTIONS_PENDING_PER_ADDRESS_MAX, "one address has a few places");
        assert!(take(&mut places, 2, false).is_some(), "another one finds one");
        let many = (3..1_000).filter_map(|place| take(&mut places, place, false)).count();
        assert_eq!(many + ones.len() + 1, CONNECTIONS_PENDING_UNKNOWN_MAX, "all addresses together have more");
        assert!(take(&mut places, 2_000, true).is_some(), "and members find one in any case");
        places.0.remove(&ones[0]);
        places.0.remove(&ones[1]);
        assert!(take(&mut places, 3_000, false).is_some(), "who has gone leaves its place");
    }

    #[test]
    fn a_network_of_version_6_is_one_place() {
        let place = |address: &str| place_of(&address.parse().expect("an address"));
        assert_eq!(place("/ip6/2001:db8:1:2::3/tcp/1"), place("/ip6/2001:db8:1:2:ffff::9/tcp/2"));
        assert_ne!(place("/ip6/2001:db8:1:2::3/tcp/1"), place("/ip6/2001:db8:1:3::3/tcp/1"));
        assert_eq!(place("/ip6/::ffff:192.0.2.1/tcp/1"), place("/ip4/192.0.2.1/tcp/9"));
        assert_ne!(place("/ip4/192.0.2.1/tcp/1"), place("/ip4/192.0.2.2/tcp/1"));
    }
}
