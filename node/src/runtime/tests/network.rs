//! Two and more nodes on loopback, with cores that exchange plain frames.

use super::*;
use comin_protocol::engine::DialTarget;
use comin_protocol::ids::PartnerId;
use comin_protocol::limits::MESSAGE_BYTES_MAX;
use comin_protocol::roster::Device;
use comin_protocol::statement::Rights;
use tokio::sync::mpsc;

/// What a core saw of the network.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Open(DeviceKey),
    Join(DeviceKey, bool),
    Closed,
    Frame(Vec<u8>),
}

fn key(secret: u8) -> DeviceKey {
    DeviceSigner::from_secret(&[secret; 32]).key()
}

fn roster(secrets: &[u8]) -> Arc<Roster> {
    let device = |secret: &u8| Device {
        key: key(*secret),
        partner: PartnerId([*secret; 32]),
        name: String::new(),
        rights: Rights::ALL,
        addresses: Vec::new(),
        addresses_number: 0,
    };
    let devices = secrets.iter().map(|secret| (key(*secret), device(secret))).collect();
    Arc::new(Roster { devices, ..Roster::default() })
}

/// What a test tells a core to do, smuggled in as the text of a command.
enum Order {
    Dial(Vec<DialTarget>),
    Members(Vec<u8>),
    Send(Vec<u8>),
    HangUp,
}

struct Peer {
    secret: u8,
    handle: NodeHandle,
    node: Option<Node>,
    seen: mpsc::UnboundedReceiver<Seen>,
    orders: Arc<Mutex<VecDeque<Order>>>,
}

impl Peer {
    fn start(secret: u8, members: &[u8]) -> Self {
        let (tell, seen) = mpsc::unbounded_channel();
        let orders: Arc<Mutex<VecDeque<Order>>> = Arc::default();
        let queue = orders.clone();
        let mut first = Some(roster(members));
        let mut open: Vec<SessionId> = Vec::new();
        let react = move |input: Input, outputs: &mut VecDeque<Output>| {
            outputs.extend(first.take().map(Output::RosterChanged));
            match input {
                Input::Connected(session, device) => {
                    open.push(session);
                    tell.send(Seen::Open(device)).expect("the test listens");
                }
                Input::JoinConnected(session, device, outgoing) => {
                    open.push(session);
                    tell.send(Seen::Join(device, outgoing)).expect("the test listens");
                }
                Input::Disconnected(session) => {
                    open.retain(|other| *other != session);
                    let _ = tell.send(Seen::Closed);
                }
                Input::Received(_, frame) => tell.send(Seen::Frame(frame)).expect("the test listens"),
                Input::Command(request, Command::SyncNow) => {
                    match queue.lock().expect("ours").pop_front().expect("an order") {
                        Order::Dial(targets) => outputs.push_back(Output::Dial(targets)),
                        Order::Members(secrets) => outputs.push_back(Output::RosterChanged(roster(&secrets))),
                        Order::Send(frame) => outputs.extend(open.iter().map(|session| Output::Send {
                            session: *session,
                            frame: frame.clone(),
                            after: None,
                        })),
                        Order::HangUp => {
                            outputs.extend(open.iter().map(|session| Output::Disconnect(*session, "a test".to_owned())))
                        }
                    }
                    outputs.push_back(reply(request, None));
                }
                _ => (),
            }
        };
        let net = NetConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..NetConfig::default() };
        let (handle, node) = super::start(secret, Some(net), Arc::new(Counting::default()), react);
        Self { secret, handle, node: Some(node), seen, orders }
    }

    async fn order(&self, order: Order) {
        self.orders.lock().expect("ours").push_back(order);
        let reply = timeout(BOUND, self.handle.command(Command::SyncNow)).await.expect("the core answers");
        assert_eq!(reply, Ok(Reply::Done), "the core takes orders");
    }

    async fn target(&self, join: bool) -> DialTarget {
        let mut listening = self.handle.listening();
        let bound = timeout(BOUND, listening.wait_for(|addresses| !addresses.is_empty()));
        let addresses = bound.await.expect("it listens").expect("open").clone();
        DialTarget { device: key(self.secret), addresses, join }
    }

    async fn next(&mut self) -> Seen {
        timeout(BOUND, self.seen.recv()).await.expect("it comes in time").expect("the core lives")
    }

    /// Skips what comes before the expected.
    async fn until(&mut self, expected: &Seen) {
        while self.next().await != *expected {}
    }

    /// Awaits a report of a device; reports follow what the core sees.
    async fn reported(&self, device: DeviceKey, is_it: impl Fn(&DialReport) -> bool) -> DialReport {
        let found = async {
            loop {
                if let Some(report) = self.handle.dials().remove(&device).filter(&is_it) {
                    return report;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(BOUND, found).await.expect("the report comes in time")
    }

    async fn stop(&mut self) {
        let node = self.node.take().expect("it runs");
        tokio::task::spawn_blocking(move || node.stop()).await.expect("it stops");
    }
}

#[tokio::test]
async fn two_members_exchange_frames_whoever_dials() {
    for (dialler, other) in [(1, 2), (2, 1)] {
        let (mut a, mut b) = (Peer::start(dialler, &[1, 2]), Peer::start(other, &[1, 2]));
        a.order(Order::Dial(vec![b.target(false).await])).await;
        assert_eq!(a.next().await, Seen::Open(key(other)), "the session opens at the dialler");
        assert_eq!(b.next().await, Seen::Open(key(dialler)), "and at the other");
        let large = vec![7; MESSAGE_BYTES_MAX];
        for frame in [b"hello".to_vec(), large] {
            a.order(Order::Send(frame.clone())).await;
            assert_eq!(b.next().await, Seen::Frame(frame.clone()), "it arrives");
            b.order(Order::Send(frame.clone())).await;
            assert_eq!(a.next().await, Seen::Frame(frame), "and the other way");
        }
        a.stop().await;
        assert_eq!(b.next().await, Seen::Closed, "the other learns that it ended");
        b.stop().await;
    }
}

#[tokio::test]
async fn both_dialling_at_once_leaves_one_session() {
    let (mut a, mut b) = (Peer::start(1, &[1, 2]), Peer::start(2, &[1, 2]));
    let (to_a, to_b) = (a.target(false).await, b.target(false).await);
    tokio::join!(a.order(Order::Dial(vec![to_b])), b.order(Order::Dial(vec![to_a])));
    a.until(&Seen::Open(key(2))).await;
    b.until(&Seen::Open(key(1))).await;
    a.order(Order::Send(b"once".to_vec())).await;
    b.until(&Seen::Frame(b"once".to_vec())).await;
    b.order(Order::Send(b"back".to_vec())).await;
    a.until(&Seen::Frame(b"back".to_vec())).await;
    assert!(b.seen.try_recv().is_err(), "the frame came once: there is one session");
    a.stop().await;
    b.stop().await;
}

#[tokio::test]
async fn a_stranger_gets_nothing_and_a_member_that_is_removed_is_cut_off() {
    let (mut member, mut stranger, mut friend) =
        (Peer::start(1, &[1, 2]), Peer::start(3, &[1, 3]), Peer::start(2, &[1, 2]));
    let target = member.target(false).await;
    stranger.order(Order::Dial(vec![target.clone()])).await;
    friend.order(Order::Dial(vec![target.clone()])).await;
    assert_eq!(member.next().await, Seen::Open(key(2)), "the member is served, the stranger is not heard of");
    // The opener's side may be first: whoever is cut off must have had a session to lose.
    friend.until(&Seen::Open(key(1))).await;
    let report = stranger.reported(key(1), |_| true).await;
    assert!(!report.connected, "the stranger is told that it was not served: {report:?}");
    assert!(stranger.seen.try_recv().is_err(), "and got no session");

    member.order(Order::Members(vec![1])).await;
    assert_eq!(member.next().await, Seen::Closed, "who is removed is disconnected");
    friend.until(&Seen::Closed).await;
    for peer in [&mut member, &mut stranger, &mut friend] {
        peer.stop().await;
    }
}

#[tokio::test]
async fn a_session_that_ended_opens_again() {
    let (mut a, mut b) = (Peer::start(1, &[1, 2]), Peer::start(2, &[1, 2]));
    a.order(Order::Dial(vec![b.target(false).await])).await;
    a.until(&Seen::Open(key(2))).await;
    b.until(&Seen::Open(key(1))).await;
    b.order(Order::HangUp).await;
    a.until(&Seen::Closed).await;
    a.until(&Seen::Open(key(2))).await;
    b.until(&Seen::Closed).await;
    b.until(&Seen::Open(key(1))).await;
    a.reported(key(2), |report| report.connected).await;
    a.stop().await;
    b.stop().await;
}

#[tokio::test]
async fn a_newcomer_may_join_only_while_a_ticket_is_open() {
    let (mut inviter, mut newcomer) = (Peer::start(1, &[1]), Peer::start(2, &[2]));
    inviter.handle.net.set_open_for_joins(true);
    newcomer.order(Order::Dial(vec![inviter.target(true).await])).await;
    assert_eq!(newcomer.next().await, Seen::Join(key(1), true), "the newcomer's side is the outgoing one");
    assert_eq!(inviter.next().await, Seen::Join(key(2), false), "the inviter hears of it");
    newcomer.order(Order::Send(b"please".to_vec())).await;
    assert_eq!(inviter.next().await, Seen::Frame(b"please".to_vec()), "and of its frames");
    newcomer.order(Order::Send(vec![0; comin_protocol::limits::JOIN_MESSAGE_BYTES_MAX + 1])).await;
    assert_eq!(inviter.next().await, Seen::Closed, "a frame beyond the bound ends the stream unread");
    inviter.handle.net.set_open_for_joins(false);
    newcomer.until(&Seen::Closed).await;
    inviter.stop().await;
    newcomer.stop().await;
}

#[tokio::test]
async fn a_port_in_use_is_an_error_at_start() {
    let mut first = Peer::start(1, &[1]);
    let address = first.target(false).await.addresses.remove(0);
    let config = NodeConfig {
        signer: DeviceSigner::from_secret(&[2; 32]),
        net: Some(NetConfig { listen: vec![address.clone()], ..NetConfig::default() }),
        helper: HelperCommand { program: "/nonexistent/helper".into(), args: Vec::new() },
    };
    let core = || Scripted { react: Box::new(|_, _| ()), outputs: VecDeque::new() };
    let second = Node::start_with(config, Arc::new(Counting::default()), Clock::start(), Arc::default(), core);
    let text = second.err().map(|error| error.to_string()).expect("two nodes cannot share a port");
    assert!(text.contains(&address), "the error names the address: {text}");
    first.stop().await;
}
