//! Whom to reach and when: a value that the swarm's loop asks. No IO; time and chance are passed in.
//!
//! # Invariants
//! - A wanted device that is not served is never forgotten: either an attempt is due within the longest
//!   back-off, or one is under way (the swarm bounds dials, `OPEN_TIME` the opening of streams), or the device is
//!   connected and has to open the stream itself. A connection without a stream is closed after
//!   `CONNECTION_IDLE`, and one that is dead by the ping; then it is our turn again.

use crate::limits::{
    CONTACTS_MAX, DIAL_BACKOFF_MAX, DIAL_BACKOFF_MIN, DISCOVERED_DEVICES_MAX, DISCOVERED_PER_DEVICE_MAX,
    SESSION_GOOD_AFTER,
};
use comin_protocol::engine::DialTarget;
use comin_protocol::ids::DeviceKey;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What became of the last attempt to reach a device, for `status` and `doctor`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DialReport {
    /// A session is open.
    pub connected: bool,
    /// When this was written, by the wall clock in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// What happened, in words for people.
    pub text: String,
    /// When the next attempt is due, by the wall clock; `None` while connected or not wanted.
    pub next_try_ms: Option<u64>,
}

/// What the loop should do about a device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// Connect.
    Dial(Vec<Multiaddr>),
    /// Open the sync stream on the connection that exists.
    OpenSync,
    /// Open the join stream on the connection that exists.
    OpenJoin,
}

/// When to try again, and how long to wait after the next failure.
#[derive(Clone, Copy, Debug)]
struct Backoff {
    pause: Duration,
    next: Instant,
}

impl Backoff {
    fn new(now: Instant) -> Self {
        Self { pause: DIAL_BACKOFF_MIN, next: now }
    }

    /// `chance` is between 0 and 1.
    fn fail(&mut self, chance: f64, now: Instant) {
        self.next = now + self.pause.mul_f64(0.75 + chance / 2.0);
        self.pause = (self.pause * 2).min(DIAL_BACKOFF_MAX);
    }
}

#[derive(Debug)]
struct Peer {
    /// The addresses to try and whether to join; `None`: not wanted, but it may come by itself.
    target: Option<(Vec<Multiaddr>, bool)>,
    discovered: Vec<Multiaddr>,
    connected: bool,
    sync: bool,
    join: bool,
    /// A dial or an opening is under way.
    busy: bool,
    /// Of connecting.
    dial: Backoff,
    /// Of opening a stream on a connection: apart from dialling, so that a device that was away for long is
    /// served at once when it connects to us.
    open: Backoff,
}

impl Peer {
    fn new(now: Instant) -> Self {
        Self {
            target: None,
            discovered: Vec::new(),
            connected: false,
            sync: false,
            join: false,
            busy: false,
            dial: Backoff::new(now),
            open: Backoff::new(now),
        }
    }

    fn is_idle(&self) -> bool {
        self.target.is_none() && self.discovered.is_empty() && !self.connected && !self.busy
    }

    fn reset(&mut self, now: Instant) {
        (self.dial, self.open) = (Backoff::new(now), Backoff::new(now));
    }

    /// What is wanted, and when it is due.
    fn wanted(&self, we_open: bool, member: bool) -> Option<(Instant, Step)> {
        let joins = self.target.as_ref().is_some_and(|(_, join)| *join);
        let served = if joins { self.join } else { self.sync };
        if self.busy || served {
            return None;
        }
        match (self.connected, joins) {
            (true, true) => Some((self.open.next, Step::OpenJoin)),
            (true, false) => (we_open && member).then_some((self.open.next, Step::OpenSync)),
            (false, _) => {
                let (addresses, _) = self.target.as_ref()?;
                let found = self.discovered.iter().filter(|address| !addresses.contains(address));
                let all: Vec<_> = found.chain(addresses).cloned().collect();
                (!all.is_empty()).then_some((self.dial.next, Step::Dial(all)))
            }
        }
    }
}

/// An address given by hand. Which device answers there shows when one does.
#[derive(Debug)]
struct Contact {
    address: Multiaddr,
    device: Option<DeviceKey>,
    busy: bool,
    dial: Backoff,
}

/// The state of all devices that are wanted or connected.
pub(crate) struct Plan {
    own: DeviceKey,
    peers: BTreeMap<DeviceKey, Peer>,
    contacts: Vec<Contact>,
}

impl Plan {
    pub fn new(own: DeviceKey) -> Self {
        Self { own, peers: BTreeMap::new(), contacts: Vec::new() }
    }

    fn peer(&mut self, device: DeviceKey, now: Instant) -> &mut Peer {
        self.peers.entry(device).or_insert_with(|| Peer::new(now))
    }

    /// Whether this node opens the sync stream and the other one waits for it.
    pub fn we_open(&self, device: &DeviceKey) -> bool {
        self.own < *device
    }

    /// Replaces what is wanted. A new device or address is tried at once.
    pub fn set_targets(&mut self, targets: &[DialTarget], now: Instant) {
        let mut wanted: BTreeMap<DeviceKey, (Vec<Multiaddr>, bool)> = targets
            .iter()
            .filter(|target| target.device != self.own)
            .map(|target| (target.device, (parse_all(&target.addresses), target.join)))
            .collect();
        for (device, peer) in &mut self.peers {
            let target = wanted.remove(device);
            if target.is_some() && target != peer.target {
                peer.reset(now);
            }
            peer.target = target;
        }
        for (device, target) in wanted {
            self.peer(device, now).target = Some(target);
        }
        self.peers.retain(|_, peer| !peer.is_idle());
    }

    /// An address to try besides those of the roster, while anybody is wanted at all.
    pub fn add_contact(&mut self, address: Multiaddr, now: Instant) {
        let address = without_peer(address);
        if let Some(known) = self.contacts.iter_mut().find(|contact| contact.address == address) {
            known.dial = Backoff::new(now);
        } else if self.contacts.len() < CONTACTS_MAX {
            self.contacts.push(Contact { address, device: None, busy: false, dial: Backoff::new(now) });
        }
    }

    /// The contacts that are due; each is busy until its outcome is told.
    pub fn due_contacts(&mut self, now: Instant) -> Vec<Multiaddr> {
        let mut due = Vec::new();
        for at in 0..self.contacts.len() {
            // INVARIANT: `at` runs over the contacts, and nothing here removes one.
            if self.contact_due(&self.contacts[at]).is_some_and(|due| due <= now) {
                self.contacts[at].busy = true;
                due.push(self.contacts[at].address.clone());
            }
        }
        due
    }

    /// When a contact is to be tried; `None`: not now. Nobody wanted means that the exchange is paused; an
    /// address of a wanted device is tried for that device.
    fn contact_due(&self, contact: &Contact) -> Option<Instant> {
        let mut targets = self.peers.values().filter_map(|peer| peer.target.as_ref()).peekable();
        let wanted = targets.peek().is_some() && !targets.any(|(addresses, _)| addresses.contains(&contact.address));
        let reached = contact.device.and_then(|device| self.peers.get(&device)).is_some_and(|peer| peer.connected);
        (wanted && !reached && !contact.busy).then_some(contact.dial.next)
    }

    /// A dial to a contact has succeeded or failed.
    pub fn contacted(&mut self, address: &Multiaddr, device: Option<DeviceKey>, chance: f64, now: Instant) {
        let address = without_peer(address.clone());
        if let Some(contact) = self.contacts.iter_mut().find(|contact| contact.address == address) {
            contact.busy = false;
            contact.device = device.or(contact.device);
            contact.dial.fail(chance, now);
        }
    }

    /// mDNS has found an address of a device.
    pub fn discovered(&mut self, device: DeviceKey, address: Multiaddr, now: Instant) {
        let known = self.peers.contains_key(&device);
        let found = self.peers.values().filter(|peer| !peer.discovered.is_empty()).count();
        if device == self.own || (!known && found >= DISCOVERED_DEVICES_MAX) {
            return;
        }
        let peer = self.peer(device, now);
        let address = without_peer(address);
        if !peer.discovered.contains(&address) && peer.discovered.len() < DISCOVERED_PER_DEVICE_MAX {
            peer.discovered.push(address);
            peer.reset(now);
        }
    }

    /// An address that mDNS found is no longer announced.
    pub fn expired(&mut self, device: &DeviceKey, address: Multiaddr) {
        if let Some(peer) = self.peers.get_mut(device) {
            let address = without_peer(address);
            peer.discovered.retain(|known| *known != address);
        }
        self.peers.retain(|_, peer| !peer.is_idle());
    }

    /// Forgets all back-off.
    pub fn retry_all(&mut self, now: Instant) {
        self.peers.values_mut().for_each(|peer| peer.reset(now));
        self.contacts.iter_mut().for_each(|contact| contact.dial = Backoff::new(now));
    }

    /// Something about the device has changed that makes an attempt worth while (it became a member).
    pub fn retry(&mut self, device: &DeviceKey, now: Instant) {
        if let Some(peer) = self.peers.get_mut(device) {
            peer.reset(now);
        }
    }

    /// A connection exists. A device that dials us wants us now, whatever became of earlier sessions (it was
    /// paused, say): its stream is opened at once. How often that happens is bounded by its own back-off.
    pub fn connected(&mut self, device: DeviceKey, incoming: bool, now: Instant) {
        let peer = self.peer(device, now);
        if incoming {
            peer.open.next = now;
        }
        if !peer.connected {
            peer.connected = true;
            peer.busy = false;
        }
    }

    /// The last connection has gone. One that carried no session counts as a failed attempt: the other side
    /// does not want us now.
    pub fn disconnected(&mut self, device: &DeviceKey, chance: f64, now: Instant) {
        if let Some(peer) = self.peers.get_mut(device) {
            peer.connected = false;
            peer.busy = false;
            if peer.dial.next <= now && !peer.sync && !peer.join {
                peer.dial.fail(chance, now);
            }
        }
        self.peers.retain(|_, peer| !peer.is_idle());
    }

    /// A session is open.
    pub fn session_begun(&mut self, device: DeviceKey, join: bool, now: Instant) {
        let peer = self.peer(device, now);
        peer.busy = false;
        if join { peer.join = true } else { peer.sync = true }
    }

    /// A session has ended.
    pub fn session_ended(&mut self, device: DeviceKey, join: bool, lasted: Duration, chance: f64, now: Instant) {
        let peer = self.peer(device, now);
        if join {
            peer.join = false
        } else {
            peer.sync = false
        }
        if lasted >= SESSION_GOOD_AFTER {
            peer.reset(now);
        }
        peer.dial.fail(chance, now);
        peer.open.fail(chance, now);
    }

    /// A dial has failed.
    pub fn dial_failed(&mut self, device: DeviceKey, chance: f64, now: Instant) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.busy = peer.busy && peer.connected;
            peer.dial.fail(chance, now);
        }
    }

    /// Opening a stream has failed.
    pub fn open_failed(&mut self, device: DeviceKey, chance: f64, now: Instant) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.busy = false;
            peer.open.fail(chance, now);
        }
    }

    /// What is due; each device given is busy until its outcome is told.
    pub fn due(&mut self, now: Instant, is_member: impl Fn(&DeviceKey) -> bool) -> Vec<(DeviceKey, Step)> {
        let mut steps = Vec::new();
        for (device, peer) in &mut self.peers {
            if let Some((due, step)) = peer.wanted(self.own < *device, is_member(device))
                && due <= now
            {
                peer.busy = true;
                steps.push((*device, step));
            }
        }
        steps
    }

    /// When to ask again at the latest.
    pub fn next_due(&self, is_member: impl Fn(&DeviceKey) -> bool) -> Option<Instant> {
        let wanted = |(device, peer): (&DeviceKey, &Peer)| peer.wanted(self.own < *device, is_member(device));
        let peers = self.peers.iter().filter_map(wanted).map(|(due, _)| due);
        peers.chain(self.contacts.iter().filter_map(|contact| self.contact_due(contact))).min()
    }

    /// When the next attempt at the device is due; `None` while it is served or not wanted.
    pub fn next_try(&self, device: &DeviceKey) -> Option<Instant> {
        let peer = self.peers.get(device)?;
        (peer.target.is_some() && !peer.sync && !peer.join).then_some(peer.dial.next)
    }
}

/// The addresses that can be read, without the peer id that some people put behind them.
fn parse_all(addresses: &[String]) -> Vec<Multiaddr> {
    addresses.iter().filter_map(|address| address.parse().ok()).map(without_peer).collect()
}

fn without_peer(address: Multiaddr) -> Multiaddr {
    address.into_iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: DeviceKey = DeviceKey([5; 32]);
    const LESSER: DeviceKey = DeviceKey([1; 32]);
    const GREATER: DeviceKey = DeviceKey([9; 32]);

    fn target(device: DeviceKey, port: u16) -> DialTarget {
        DialTarget { device, addresses: vec![format!("/ip4/127.0.0.1/tcp/{port}")], join: false }
    }

    fn all(_: &DeviceKey) -> bool {
        true
    }

    #[test]
    fn a_target_is_dialled_once_then_backs_off_up_to_the_cap() {
        let mut now = Instant::now();
        let mut plan = Plan::new(OWN);
        plan.set_targets(&[target(LESSER, 1)], now);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            assert_eq!(plan.due(now, all).len(), 1, "it is due");
            assert_eq!(plan.due(now, all), [], "an attempt is under way");
            plan.dial_failed(LESSER, 0.5, now);
            let next = plan.next_due(all).expect("it is still wanted");
            pauses.push((next - now).as_secs());
            assert_eq!(plan.due(now, all), [], "not before its time");
            now = next;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60], "the pause doubles up to the cap");
        plan.retry_all(now);
        plan.due(now, all);
        plan.dial_failed(LESSER, 0.5, now);
        assert_eq!(plan.next_due(all), Some(now + Duration::from_secs(1)), "retrying starts from the beginning");
    }

    #[test]
    fn the_lesser_key_opens_the_stream_and_the_other_waits() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        plan.connected(LESSER, false, now);
        plan.connected(GREATER, false, now);
        assert_eq!(plan.due(now, all), [(GREATER, Step::OpenSync)], "of the two we open towards the greater");
        plan.session_begun(GREATER, false, now);
        assert_eq!(plan.next_due(all), None, "nothing more to do");
        assert_eq!(plan.due(now, |_| false), [], "nothing towards devices that are no members");
    }

    #[test]
    fn a_short_session_backs_off_and_a_good_one_does_not() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        plan.connected(GREATER, false, now);
        for expected in [1, 2, 4] {
            plan.session_begun(GREATER, false, now);
            plan.session_ended(GREATER, false, Duration::from_secs(1), 0.5, now);
            let next = plan.next_due(all).expect("it is wanted");
            assert_eq!((next - now).as_secs(), expected, "a peer that hangs up is not hammered");
        }
        plan.session_begun(GREATER, false, now);
        plan.session_ended(GREATER, false, SESSION_GOOD_AFTER, 0.5, now);
        let next = plan.next_due(all).expect("it is wanted");
        assert_eq!((next - now).as_secs(), 1, "after a good session the first pause is short");
    }

    #[test]
    fn a_device_that_was_away_for_long_is_served_at_once_when_it_connects() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        plan.set_targets(&[target(GREATER, 1)], now);
        (0..9).for_each(|_| plan.dial_failed(GREATER, 0.5, now));
        plan.connected(GREATER, false, now);
        assert_eq!(plan.due(now, all), [(GREATER, Step::OpenSync)], "the back-off was of dialling");
    }

    #[test]
    fn no_targets_means_no_dialling_even_of_devices_that_mdns_finds() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        let found: Multiaddr = "/ip4/192.0.2.1/tcp/8471".parse().expect("an address");
        plan.discovered(LESSER, found.clone(), now);
        assert_eq!(plan.due(now, all), [], "paused: nobody is wanted");
        plan.set_targets(&[DialTarget { device: LESSER, addresses: Vec::new(), join: false }], now);
        assert_eq!(plan.due(now, all), [(LESSER, Step::Dial(vec![found]))], "wanted: its found address is used");
    }

    #[test]
    fn a_contact_is_tried_while_somebody_is_wanted_and_not_reached_there() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        let address: Multiaddr = "/ip4/192.0.2.1/tcp/8471".parse().expect("an address");
        plan.add_contact(address.clone(), now);
        assert_eq!(plan.due_contacts(now), [], "paused: nobody is wanted");
        plan.set_targets(&[DialTarget { device: LESSER, addresses: Vec::new(), join: false }], now);
        assert_eq!(plan.due_contacts(now), std::slice::from_ref(&address), "it is tried");
        assert_eq!(plan.due_contacts(now), [], "once");
        plan.connected(LESSER, false, now);
        plan.contacted(&address, Some(LESSER), 0.5, now);
        let later = now + DIAL_BACKOFF_MAX * 2;
        assert_eq!(plan.due_contacts(later), [], "the device that answers there is connected");
        plan.disconnected(&LESSER, 0.5, later);
        plan.set_targets(&[DialTarget { addresses: vec![address.to_string()], ..target(LESSER, 1) }], later);
        assert_eq!(plan.due_contacts(later), [], "its address is known by now: it is dialled for itself");
        plan.set_targets(&[target(LESSER, 1)], later);
        assert_eq!(plan.due_contacts(later), [address], "it has another one: the contact is tried again");
    }

    #[test]
    fn a_newcomer_opens_the_join_stream_whatever_the_keys() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        plan.set_targets(&[DialTarget { join: true, ..target(LESSER, 1) }], now);
        assert!(matches!(plan.due(now, |_| false)[..], [(LESSER, Step::Dial(_))]), "it connects first");
        plan.connected(LESSER, false, now);
        assert_eq!(plan.due(now, |_| false), [(LESSER, Step::OpenJoin)], "then it opens the join stream");
    }

    #[test]
    fn a_device_that_dials_us_is_served_at_once_whatever_became_of_earlier_sessions() {
        let now = Instant::now();
        let mut plan = Plan::new(OWN);
        plan.set_targets(&[target(GREATER, 1)], now);
        for _ in 0..9 {
            plan.connected(GREATER, false, now);
            plan.session_begun(GREATER, false, now);
            plan.session_ended(GREATER, false, Duration::ZERO, 0.5, now);
            plan.disconnected(&GREATER, 0.5, now);
        }
        plan.connected(GREATER, true, now);
        assert_eq!(plan.due(now, all), [(GREATER, Step::OpenSync)], "it was paused, and has resumed");
    }

    /// What can happen to a wanted device, as the swarm tells it.
    #[derive(Clone, Copy, Debug)]
    enum Happens {
        Due,
        DialFails,
        Connects { incoming: bool },
        Closes,
        Opens,
        OpenFails,
        Ends { good: bool },
        Retry,
        Wait(u64),
    }

    fn happens() -> impl proptest::strategy::Strategy<Value = Happens> {
        use proptest::prelude::*;
        prop_oneof![
            Just(Happens::Due),
            Just(Happens::DialFails),
            any::<bool>().prop_map(|incoming| Happens::Connects { incoming }),
            Just(Happens::Closes),
            Just(Happens::Opens),
            Just(Happens::OpenFails),
            any::<bool>().prop_map(|good| Happens::Ends { good }),
            Just(Happens::Retry),
            (0_u64..100).prop_map(Happens::Wait),
        ]
    }

    fn happen(plan: &mut Plan, device: DeviceKey, what: Happens, now: &mut Instant) {
        match what {
            Happens::Due => drop(plan.due(*now, all)),
            Happens::DialFails => plan.dial_failed(device, 0.5, *now),
            Happens::Connects { incoming } => plan.connected(device, incoming, *now),
            Happens::Closes => plan.disconnected(&device, 0.5, *now),
            Happens::Opens => plan.session_begun(device, false, *now),
            Happens::OpenFails => plan.open_failed(device, 0.5, *now),
            Happens::Ends { good } => {
                let lasted = if good { SESSION_GOOD_AFTER } else { Duration::ZERO };
                plan.session_ended(device, false, lasted, 0.5, *now);
            }
            Happens::Retry => plan.retry_all(*now),
            Happens::Wait(seconds) => *now += Duration::from_secs(seconds),
        }
    }

    proptest::proptest! {
        #[test]
        fn a_wanted_device_is_never_forgotten(
            we_open in proptest::prelude::any::<bool>(),
            events in proptest::collection::vec(happens(), 0..40),
        ) {
            let device = if we_open { GREATER } else { LESSER };
            let mut now = Instant::now();
            let mut plan = Plan::new(OWN);
            plan.set_targets(&[target(device, 1)], now);
            for event in &events {
                happen(&mut plan, device, *event, &mut now);
            }
            // Whatever was under way ends: the swarm and the opening of streams are bounded in time.
            plan.dial_failed(device, 0.5, now);
            plan.open_failed(device, 0.5, now);
            plan.session_ended(device, false, Duration::ZERO, 0.5, now);
            if !we_open {
                // So does a connection on which the other side opens nothing.
                plan.disconnected(&device, 0.5, now);
            }
            let due = plan.next_due(all).expect("it is still wanted, so something is due");
            proptest::prop_assert!(due <= now + DIAL_BACKOFF_MAX.mul_f64(1.25), "within the longest back-off");
            proptest::prop_assert_eq!(plan.due(due, all).len(), 1, "and then it is done");
        }
    }
}
