//! The loop around the libp2p swarm: connections, streams, addresses.

use super::dial::{Plan, Step};
use super::gate::{Gate, NotAdmitted, Rules};
use super::session::{Ended, Purpose};
use super::turns::Turns;
use super::{DialReport, NetConfig, NetError, NetLink, identity};
use crate::limits::{
    CLOSE_TIME, CONNECTION_IDLE, CONNECTIONS_MAX, CONNECTIONS_PENDING_MAX, CONNECTIONS_PER_PEER_MAX, HANDSHAKE_TIME,
    JOIN_STREAMS_MAX, LISTENING_SETTLES, OPEN_TIME, PING_EVERY, PING_TIME, REFUSALS_LOGGED_EVERY,
};
use crate::runtime::{Inbox, Outside, wall_ms};
use comin_protocol::engine::{DialTarget, Input};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DeviceKey;
use comin_protocol::roster::Roster;
use futures::StreamExt;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionError, ConnectionId, DialError, ListenError, NetworkBehaviour, SwarmEvent};
use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol, Swarm, SwarmBuilder, connection_limits, identify, mdns, noise, ping,
    tcp, yamux,
};
use libp2p_stream::{Control, IncomingStreams};
use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

const SYNC: StreamProtocol = StreamProtocol::new("/comin/sync/1");
const JOIN: StreamProtocol = StreamProtocol::new("/comin/join/1");
/// What `identify` says of us.
const IDENTIFY: &str = "/comin/1";

#[derive(NetworkBehaviour)]
struct Behaviour {
    // First: a refused connection costs the others nothing.
    gate: Gate,
    limits: connection_limits::Behaviour,
    streams: libp2p_stream::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// The outcome of opening a stream.
struct Opened {
    device: DeviceKey,
    purpose: Purpose,
    stream: Result<Stream, String>,
}

/// The network thread's state.
pub(super) struct Loop {
    swarm: Swarm<Behaviour>,
    control: Control,
    sync_streams: IncomingStreams,
    join_streams: IncomingStreams,
    plan: Plan,
    rules: Rules,
    roster: watch::Receiver<Arc<Roster>>,
    targets: watch::Receiver<Arc<Vec<DialTarget>>>,
    contacts: watch::Receiver<Vec<Multiaddr>>,
    /// Dials to contacts under way.
    contacting: HashMap<ConnectionId, Multiaddr>,
    link: NetLink,
    inbox: Arc<Inbox>,
    opening: JoinSet<Opened>,
    carried: JoinSet<Ended>,
    /// The sync session of each device.
    syncs: HashMap<DeviceKey, comin_protocol::engine::SessionId>,
    /// Incoming join sessions by device.
    joins: HashMap<DeviceKey, comin_protocol::engine::SessionId>,
    external: Vec<String>,
    listen_loopback: bool,
    listen: BTreeSet<String>,
    listening_due: Option<Instant>,
    refusal_logged: Option<Instant>,
    turns: Turns,
}

impl Loop {
    /// Builds the swarm and listens.
    ///
    /// # Errors
    /// [`NetError`].
    pub fn new(
        config: NetConfig,
        signer: &DeviceSigner,
        inbox: Arc<Inbox>,
        roster: watch::Receiver<Arc<Roster>>,
        link: NetLink,
    ) -> Result<Self, NetError> {
        let targets = link.targets.subscribe();
        let open_for_joins = link.open_for_joins.clone();
        let rules = Rules { roster: roster.clone(), targets: targets.clone(), open_for_joins };
        let mut swarm = build(signer, Gate::new(rules.clone()), config.mdns)?;
        let mut control = swarm.behaviour().streams.new_control();
        let taken = |_| NetError::System("a protocol is registered twice".to_owned());
        let sync_streams = control.accept(SYNC).map_err(taken)?;
        let join_streams = control.accept(JOIN).map_err(taken)?;
        let listen_loopback = listen_on(&mut swarm, &config.listen)?;
        check_all(&config.external)?;
        for contact in &config.contacts {
            link.add_contact(contact)?;
        }
        let mut contacts = link.contacts.subscribe();
        contacts.mark_changed();
        Ok(Self {
            swarm,
            control,
            sync_streams,
            join_streams,
            plan: Plan::new(signer.key()),
            rules,
            roster,
            targets,
            contacts,
            contacting: HashMap::new(),
            link,
            inbox,
            opening: JoinSet::new(),
            carried: JoinSet::new(),
            syncs: HashMap::new(),
            joins: HashMap::new(),
            external: config.external,
            listen_loopback,
            listen: BTreeSet::new(),
            listening_due: Some(Instant::now() + LISTENING_SETTLES),
            refusal_logged: None,
            turns: Turns::default(),
        })
    }

    /// Runs until the node drops its end of `stop`.
    pub async fn run(mut self, mut stop: oneshot::Receiver<()>) {
        let retry = self.link.retry.clone();
        loop {
            self.act();
            let wake = self.wake();
            tokio::select! {
                _ = &mut stop => break,
                event = self.swarm.select_next_some() => self.handle_event(event),
                Some((peer, stream)) = self.sync_streams.next() => self.accept_sync(&peer, stream),
                Some((peer, stream)) = self.join_streams.next() => self.accept_join(&peer, stream),
                Some(Ok(ended)) = self.carried.join_next() => self.handle_ended(ended),
                Some(Ok(opened)) = self.opening.join_next() => self.handle_opened(opened),
                Ok(()) = self.roster.changed() => self.handle_roster(),
                Ok(()) = self.targets.changed() => self.handle_targets(),
                Ok(()) = self.contacts.changed() => self.handle_contacts(),
                () = retry.notified() => self.plan.retry_all(Instant::now()),
                () = sleep_until(wake.into()) => (),
            }
        }
        self.leave().await;
    }

    fn wake(&self) -> Instant {
        let due = self.plan.next_due(|device| self.rules.is_heard(device));
        let latest = Instant::now() + Duration::from_secs(3600);
        [due, self.listening_due, self.turns.next_due()].into_iter().flatten().min().unwrap_or(latest)
    }

    /// Ends all sessions, giving what is queued a moment to leave.
    async fn leave(mut self) {
        self.link.sessions.disconnect_all("the node stops");
        let all_ended = async {
            while !self.link.sessions.is_empty() {
                tokio::select! {
                    _ = self.swarm.select_next_some() => (),
                    _ = self.carried.join_next() => (),
                }
            }
        };
        let _ = timeout(CLOSE_TIME, all_ended).await;
    }

    /// Does what is due.
    fn act(&mut self) {
        let now = Instant::now();
        if self.listening_due.is_some_and(|due| due <= now) {
            self.listening_due = None;
            self.tell_listening();
        }
        for (device, step) in self.plan.due(now, |device| self.rules.is_heard(device)) {
            match step {
                Step::Dial(addresses) => self.dial(device, addresses),
                Step::OpenSync => self.open(device, SYNC, Purpose::Sync),
                Step::OpenJoin => self.open(device, JOIN, Purpose::Join { outgoing: true }),
            }
        }
        for connection in self.turns.due(now) {
            self.swarm.close_connection(connection);
        }
        for address in self.plan.due_contacts(now) {
            self.dial_contact(address);
        }
    }

    /// Dials an address of which it is not known who answers.
    fn dial_contact(&mut self, address: Multiaddr) {
        let options = DialOpts::unknown_peer_id().address(address.clone()).allocate_new_port().build();
        self.contacting.insert(options.connection_id(), address.clone());
        let connection = options.connection_id();
        if let Err(error) = self.swarm.dial(options) {
            tracing::debug!(address = %address, reason = %words(&error), "contact not reached");
            self.end_contact(&connection, None);
        }
    }

    fn end_contact(&mut self, connection: &ConnectionId, device: Option<DeviceKey>) {
        if let Some(address) = self.contacting.remove(connection) {
            self.plan.contacted(&address, device, chance(), Instant::now());
        }
    }

    fn handle_contacts(&mut self) {
        let contacts = self.contacts.borrow_and_update().clone();
        contacts.into_iter().for_each(|address| self.plan.add_contact(address, Instant::now()));
    }

    fn dial(&mut self, device: DeviceKey, addresses: Vec<Multiaddr>) {
        let Some(peer) = identity::peer_id(&device) else {
            return self.fail_dial(device, "the key is no device's".to_owned());
        };
        let options = DialOpts::peer_id(peer)
            // The plan knows better than the swarm whether a connection still serves.
            .condition(PeerCondition::NotDialing)
            .addresses(addresses)
            // A port of its own: the listening port's pair may still be in TIME_WAIT from before.
            .allocate_new_port()
            .build();
        if let Err(error) = self.swarm.dial(options) {
            self.fail_dial(device, words(&error));
        }
    }

    fn open(&mut self, device: DeviceKey, protocol: StreamProtocol, purpose: Purpose) {
        let Some(peer) = identity::peer_id(&device) else { return };
        let mut control = self.control.clone();
        self.opening.spawn(async move {
            let stream = match timeout(OPEN_TIME, control.open_stream(peer, protocol)).await {
                Ok(Ok(stream)) => Ok(stream),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("the peer did not answer".to_owned()),
            };
            Opened { device, purpose, stream }
        });
    }

    fn handle_opened(&mut self, opened: Opened) {
        let Opened { device, purpose, stream } = opened;
        match stream {
            Ok(stream) => self.begin(device, purpose, stream),
            Err(text) => {
                self.plan.open_failed(device, chance(), Instant::now());
                // On another connection it may have begun meanwhile.
                if !self.is_served(&device) {
                    self.tell(device, false, format!("connected, but the exchange could not begin: {text}"));
                }
            }
        }
    }

    fn accept_sync(&mut self, peer: &PeerId, stream: Stream) {
        let Some(device) = identity::device(peer) else { return };
        // Dropped before a byte is read. A member knows that the lesser key opens.
        if self.rules.is_heard(&device) && !self.plan.we_open(&device) {
            self.begin(device, Purpose::Sync, stream);
        }
    }

    fn accept_join(&mut self, peer: &PeerId, stream: Stream) {
        let Some(device) = identity::device(peer) else { return };
        if self.rules.open_for_joins() && (self.joins.len() < JOIN_STREAMS_MAX || self.joins.contains_key(&device)) {
            self.begin(device, Purpose::Join { outgoing: false }, stream);
        }
    }

    /// Opens a session; the newer of two of one device and purpose stays.
    fn begin(&mut self, device: DeviceKey, purpose: Purpose, stream: Stream) {
        let Some((session, task)) = self.link.sessions.begin(device, purpose, stream) else {
            tracing::warn!(device = %device.short(), "too many sessions; one more was refused");
            return self.plan.open_failed(device, chance(), Instant::now());
        };
        self.carried.spawn(task);
        let join = purpose != Purpose::Sync;
        let known = if join { &mut self.joins } else { &mut self.syncs };
        if let Some(older) = known.insert(device, session) {
            self.link.sessions.disconnect(older, "replaced by a newer stream".to_owned());
        }
        self.plan.session_begun(device, join, Instant::now());
        tracing::info!(device = %device.short(), purpose = ?purpose, "session open");
        self.tell(device, true, "connected".to_owned());
    }

    fn handle_ended(&mut self, ended: Ended) {
        let Ended { session, device, purpose, lasted, reason } = ended;
        tracing::info!(device = %device.short(), purpose = ?purpose, reason = %reason, "session ended");
        let join = purpose != Purpose::Sync;
        let known = if join { &mut self.joins } else { &mut self.syncs };
        if known.get(&device) != Some(&session) {
            return;
        }
        known.remove(&device);
        self.plan.session_ended(device, join, lasted, chance(), Instant::now());
        self.tell(device, false, reason);
        // A fresh connection is the surest way on, but a newcomer that was admitted goes on at once, and so does another
        // process with the same key whose turn it is.
        if !(self.turns.was_taken(&device) || join && self.rules.is_member(&device)) {
            self.hang_up(&device);
        } else {
            self.plan.retry(&device, Instant::now());
        }
    }

    /// Whether a session of either kind is open.
    fn is_served(&self, device: &DeviceKey) -> bool {
        self.syncs.contains_key(device) || self.joins.contains_key(device)
    }

    fn hang_up(&mut self, device: &DeviceKey) {
        if self.is_served(device) {
            return;
        }
        if let Some(peer) = identity::peer_id(device) {
            // An error means that it is not connected any more.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
    }

    fn handle_targets(&mut self) {
        let targets = self.targets.borrow_and_update().clone();
        self.plan.set_targets(&targets, Instant::now());
    }

    /// Members have come or gone: who may not stay is disconnected, who may be served now is.
    fn handle_roster(&mut self) {
        let connected: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in connected {
            let Some(device) = identity::device(&peer) else { continue };
            if self.rules.admits(&device) {
                self.plan.retry(&device, Instant::now());
            } else {
                tracing::info!(device = %device.short(), "no member any more; disconnected");
                let _ = self.swarm.disconnect_peer_id(peer);
            }
        }
    }

    fn handle_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        let now = Instant::now();
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                if let Some(device) = identity::device(&peer_id) {
                    self.plan.connected(device, endpoint.is_listener(), now);
                    self.end_contact(&connection_id, Some(device));
                }
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, cause, .. } => {
                self.turns.closed(&connection_id);
                if let Some(device) = identity::device(&peer_id) {
                    self.handle_closed(device, num_established == 0, cause);
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id, error, connection_id } => {
                self.end_contact(&connection_id, None);
                if let Some(device) = peer_id.as_ref().and_then(identity::device) {
                    self.fail_dial(device, words(&error));
                }
            }
            SwarmEvent::IncomingConnectionError { peer_id, error, .. } => self.note_refusal(peer_id, &error),
            SwarmEvent::NewListenAddr { address, .. } => self.note_listening(address, true),
            SwarmEvent::ExpiredListenAddr { address, .. } => self.note_listening(address, false),
            SwarmEvent::Behaviour(event) => self.handle_behaviour(event, now),
            _ => (),
        }
    }

    fn handle_closed(&mut self, device: DeviceKey, last: bool, cause: Option<ConnectionError>) {
        // Streams of a connection that this side closed are not woken by yamux; those of a broken one are.
        if cause.is_none() {
            self.end_sessions(&device, "the connection was closed");
        }
        if !last {
            return;
        }
        self.plan.disconnected(&device, chance(), Instant::now());
        if !self.is_served(&device) && self.plan.next_try(&device).is_some() {
            let cause = cause.map_or_else(String::new, |cause| format!(" ({cause})"));
            let text = format!("the peer hung up: it may not know this device yet, or be paused{cause}");
            self.tell(device, false, text);
        }
    }

    fn handle_behaviour(&mut self, event: BehaviourEvent, now: Instant) {
        match event {
            // On a dead link the second ping fails as the opening of its stream, not as a timeout.
            BehaviourEvent::Ping(ping::Event { peer, connection, result: Err(error) }) => {
                self.swarm.close_connection(connection);
                if let Some(device) = identity::device(&peer) {
                    self.handle_silent(device, &error);
                }
            }
            BehaviourEvent::Identify(identify::Event::Received { connection_id, peer_id, info }) => {
                // Who opens streams decides; on the other side the newest stream stays.
                if let Some(device) = identity::device(&peer_id).filter(|device| self.plan.we_open(device)) {
                    self.turns.identified(connection_id, device, info.agent_version, now);
                }
            }
            BehaviourEvent::Mdns(mdns::Event::Discovered(found)) => {
                for (peer, address) in found {
                    if let Some(device) = identity::device(&peer) {
                        self.plan.discovered(device, address, now);
                    }
                }
            }
            BehaviourEvent::Mdns(mdns::Event::Expired(gone)) => {
                for (peer, address) in gone {
                    if let Some(device) = identity::device(&peer) {
                        self.plan.expired(&device, address);
                    }
                }
            }
            _ => (),
        }
    }

    /// A peer has stopped to answer. What is still to be written to it can hold up the closing of its
    /// connection for as long as the system tries: it counts as gone at once, and may be dialled again.
    fn handle_silent(&mut self, device: DeviceKey, error: &ping::Failure) {
        tracing::info!(device = %device.short(), reason = %error, "no answer any more");
        self.end_sessions(&device, "the peer does not answer any more");
        self.plan.disconnected(&device, chance(), Instant::now());
    }

    fn end_sessions(&self, device: &DeviceKey, reason: &str) {
        let open = [self.syncs.get(device), self.joins.get(device)];
        open.into_iter().flatten().for_each(|session| self.link.sessions.disconnect(*session, reason.to_owned()));
    }

    fn fail_dial(&mut self, device: DeviceKey, text: String) {
        tracing::debug!(device = %device.short(), reason = %text, "not reached");
        self.plan.dial_failed(device, chance(), Instant::now());
        if !self.swarm_is_connected(&device) {
            self.tell(device, false, text);
        }
    }

    fn swarm_is_connected(&self, device: &DeviceKey) -> bool {
        identity::peer_id(device).is_some_and(|peer| self.swarm.is_connected(&peer))
    }

    /// Says who was refused, but not for every knock of the same stranger.
    fn note_refusal(&mut self, peer: Option<PeerId>, error: &ListenError) {
        let ListenError::Denied { cause } = error else {
            return tracing::debug!(reason = %error, "an incoming connection failed");
        };
        let now = Instant::now();
        if self.refusal_logged.is_some_and(|last| now - last < REFUSALS_LOGGED_EVERY) {
            return;
        }
        self.refusal_logged = Some(now);
        let device = peer.and_then(|peer| identity::device(&peer)).map_or_else(String::new, |device| device.short());
        if cause.downcast_ref::<NotAdmitted>().is_some() {
            tracing::info!(device = %device, "a device that is no member was refused");
        } else {
            tracing::info!(device = %device, reason = %error, "a connection was refused: too many");
        }
    }

    fn note_listening(&mut self, address: Multiaddr, begins: bool) {
        let loopback = matches!(ip_of(&address), Some(ip) if ip.is_loopback());
        if begins {
            tracing::info!(address = %address, "listening");
        }
        if loopback && !self.listen_loopback {
            return;
        }
        let address = address.to_string();
        let changed = if begins { self.listen.insert(address) } else { self.listen.remove(&address) };
        if changed {
            if begins && self.listen.len() == 1 {
                // Told before anyone hears that the node listens: a ticket that is made at once has an address.
                self.tell_listening();
            }
            self.listening_due = Some(Instant::now() + LISTENING_SETTLES);
            let listen = self.listen.iter().cloned().collect();
            self.link.listening.send_replace(listen);
        }
    }

    /// External addresses first: from outside they are the ones that work.
    fn tell_listening(&self) {
        let own = self.listen.iter().filter(|address| !self.external.contains(address));
        let addresses = self.external.iter().chain(own).cloned().collect();
        self.inbox.push(Outside::Net(Input::Listening(addresses), None));
    }

    /// Writes the report that `status` and `doctor` show.
    fn tell(&self, device: DeviceKey, connected: bool, text: String) {
        let now = Instant::now();
        let next = self.plan.next_try(&device).filter(|_| !connected);
        let next_try_ms = next.map(|next| wall_ms() + next.saturating_duration_since(now).as_millis() as u64);
        let report = DialReport { connected, time_ms: wall_ms(), text, next_try_ms };
        let mut dials = self.link.dials.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = next.is_some() || connected || dials.contains_key(&device);
        if wanted {
            dials.insert(device, report);
        }
        let targets = self.targets.borrow();
        // Only of devices that are wanted, members or connected: strangers leave no trace.
        dials.retain(|device, report| {
            report.connected || self.rules.is_member(device) || targets.iter().any(|target| target.device == *device)
        });
    }
}

fn build(signer: &DeviceSigner, gate: Gate, with_mdns: bool) -> Result<Swarm<Behaviour>, NetError> {
    let system = |error: &dyn std::fmt::Display| NetError::System(error.to_string());
    let keypair = identity::keypair(signer).ok_or_else(|| system(&"the device key is unusable"))?;
    let own = keypair.public().to_peer_id();
    let mdns = match with_mdns {
        true => Some(mdns::tokio::Behaviour::new(mdns::Config::default(), own).map_err(|error| system(&error))?),
        false => None,
    };
    let limits = connection_limits::ConnectionLimits::default()
        .with_max_pending_incoming(Some(CONNECTIONS_PENDING_MAX))
        .with_max_pending_outgoing(Some(CONNECTIONS_PENDING_MAX))
        .with_max_established(Some(CONNECTIONS_MAX))
        .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER_MAX));
    let identify = identify::Config::new(IDENTIFY.to_owned(), keypair.public())
        .with_agent_version(agent())
        // Addresses travel in signed records.
        .with_hide_listen_addrs(true);
    let behaviour = Behaviour {
        gate,
        limits: connection_limits::Behaviour::new(limits),
        streams: libp2p_stream::Behaviour::new(),
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_EVERY).with_timeout(PING_TIME)),
        mdns: mdns.into(),
    };
    let built = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
        .map_err(|error| system(&error))?
        .with_behaviour(|_| behaviour)
        .map_err(|error| system(&error))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(CONNECTION_IDLE))
        .with_connection_timeout(HANDSHAKE_TIME)
        .build();
    Ok(built)
}

/// Listens on all addresses; says whether loopback was asked for by name.
fn listen_on(swarm: &mut Swarm<Behaviour>, addresses: &[String]) -> Result<bool, NetError> {
    let mut loopback = false;
    for address in addresses {
        let (parsed, socket) = parse(address)?;
        loopback |= socket.ip().is_loopback();
        let listen = |cause: String| NetError::Listen { address: address.clone(), cause };
        // libp2p sets SO_REUSEPORT, under which a second node would share the port in silence.
        if socket.port() != 0 {
            drop(TcpListener::bind(socket).map_err(|error| listen(error.to_string()))?);
        }
        swarm.listen_on(parsed).map_err(|error| listen(error.to_string()))?;
    }
    Ok(loopback)
}

/// What `identify` says of this process: the version, and a number that another process with the same key does not have.
fn agent() -> String {
    let process = getrandom::u64().map_or_else(|_| String::new(), |process| format!(" {process:016x}"));
    format!("comin/{}{process}", env!("CARGO_PKG_VERSION"))
}

fn check_all(addresses: &[String]) -> Result<(), NetError> {
    let bad = addresses.iter().find(|address| address.parse::<Multiaddr>().is_err());
    bad.map_or(Ok(()), |address| Err(NetError::Address(address.clone())))
}

/// A multiaddress of an IP address and a TCP port.
fn parse(address: &str) -> Result<(Multiaddr, SocketAddr), NetError> {
    let wrong = || NetError::Address(address.to_owned());
    let parsed: Multiaddr = address.parse().map_err(|_| wrong())?;
    let ip = ip_of(&parsed).ok_or_else(wrong)?;
    match parsed.iter().nth(1) {
        Some(Protocol::Tcp(port)) => Ok((parsed, SocketAddr::new(ip, port))),
        _ => Err(wrong()),
    }
}

pub(super) fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    }
}

/// A failed dial in words for people: what was tried, and the system's own reason.
fn words(error: &DialError) -> String {
    match error {
        DialError::Transport(tried) => {
            let each = tried.iter().map(|(address, error)| format!("{}: {}", short(address), root(error)));
            each.collect::<Vec<_>>().join("; ")
        }
        DialError::NoAddresses => "no address of it is known".to_owned(),
        DialError::WrongPeerId { address, .. } => format!("{}: another device answers there", short(address)),
        DialError::LocalPeerId { address } => format!("{}: this is our own address", short(address)),
        DialError::Denied { .. } => "too many connections, or no member any more".to_owned(),
        DialError::Aborted | DialError::DialPeerConditionFalse(_) => "another attempt is under way".to_owned(),
    }
}

fn short(address: &Multiaddr) -> String {
    address.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect::<Multiaddr>().to_string()
}

fn root(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// Between 0 and 1: spreads the attempts of many nodes.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}
