//! The adversary's end of a session: libp2p as the node speaks it, frames as it likes.

use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DeviceKey;
use comin_protocol::message::{Hello, Message};
use futures::StreamExt;
use futures::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use libp2p::identity::{Keypair, PublicKey, ed25519};
use libp2p::swarm::NetworkBehaviour;
use libp2p::{Multiaddr, PeerId, Stream, StreamProtocol, SwarmBuilder, noise, ping, tcp, yamux};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const SYNC: StreamProtocol = StreamProtocol::new("/comin/sync/1");
/// How long anything here may take; a machine under attack and other tests is slow.
const BOUND: Duration = Duration::from_secs(30);
/// A peer that has said nothing for so long has nothing to say.
const QUIET: Duration = Duration::from_millis(300);

#[derive(NetworkBehaviour)]
struct Behaviour {
    streams: libp2p_stream::Behaviour,
    ping: ping::Behaviour,
}

/// One session with a node. Dropping it hangs up.
pub struct Line {
    input: ReadHalf<Stream>,
    output: WriteHalf<Stream>,
    swarm: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.swarm.abort();
    }
}

impl Line {
    /// Connects as `signer` with the node of `device` at `port` of this machine and opens the sync stream; `None`: it
    /// was refused.
    pub async fn open(signer: &DeviceSigner, device: &DeviceKey, port: u16) -> Option<Self> {
        let keypair = Keypair::ed25519_from_bytes(signer.to_secret()).expect("32 bytes are a secret");
        let mut swarm = SwarmBuilder::with_existing_identity(keypair)
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
            .expect("a transport")
            .with_behaviour(|_| Behaviour {
                streams: libp2p_stream::Behaviour::new(),
                ping: ping::Behaviour::default(),
            })
            .expect("a behaviour")
            .with_swarm_config(|config| config.with_idle_connection_timeout(BOUND))
            .build();
        let mut control = swarm.behaviour().streams.new_control();
        let peer = peer_id(device);
        let address: Multiaddr = format!("/ip4/127.0.0.1/tcp/{port}/p2p/{peer}").parse().expect("an address");
        swarm.dial(address).ok()?;
        let swarm = tokio::spawn(async move {
            loop {
                swarm.select_next_some().await;
            }
        });
        let opened = timeout(BOUND, control.open_stream(peer, SYNC)).await;
        let Ok(Ok(stream)) = opened else {
            swarm.abort();
            return None;
        };
        let (input, output) = stream.split();
        Some(Self { input, output, swarm })
    }

    /// Sends a message. False: the node has hung up.
    pub async fn send(&mut self, message: &Message) -> bool {
        self.send_frame(&message.to_frame()).await
    }

    /// Sends any bytes as one frame.
    pub async fn send_frame(&mut self, frame: &[u8]) -> bool {
        let length = u32::try_from(frame.len()).expect("a frame fits");
        self.send_bytes(&[&length.to_be_bytes()[..], frame].concat()).await
    }

    /// Sends bytes as they are, without a length before them.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> bool {
        let send = async {
            self.output.write_all(bytes).await?;
            self.output.flush().await
        };
        matches!(timeout(BOUND, send).await, Ok(Ok(())))
    }

    /// The next message; `None`: the node has hung up, or says nothing for a while.
    pub async fn hear(&mut self) -> Option<Message> {
        self.hear_within(QUIET).await
    }

    /// Waits for a message, dropping all others; `None`: the node has hung up, or it does not come.
    pub async fn await_message(&mut self, is_it: impl Fn(&Message) -> bool) -> Option<Message> {
        loop {
            let message = self.hear_within(BOUND).await?;
            if is_it(&message) {
                return Some(message);
            }
        }
    }

    async fn hear_within(&mut self, bound: Duration) -> Option<Message> {
        let hear = async {
            let mut length = [0; 4];
            self.input.read_exact(&mut length).await.ok()?;
            let mut frame = vec![0; u32::from_be_bytes(length) as usize];
            self.input.read_exact(&mut frame).await.ok()?;
            Message::from_frame(&frame).ok()
        };
        timeout(bound, hear).await.ok().flatten()
    }

    /// Waits until the node hangs up, dropping what it says. False: it does not.
    pub async fn is_hung_up(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        let read = async { while self.input.read(&mut buffer).await.is_ok_and(|read| read > 0) {} };
        timeout(BOUND, read).await.is_ok()
    }

    /// Claims to hold just what the node holds, so that it takes us for an equal; gives what it last said of itself.
    pub async fn agree(&mut self) -> Option<Hello> {
        // The node speaks first; after that it is heard for a moment. It may go on for ever, with others' edits.
        let mut next = self.hear_within(BOUND).await;
        let until = Instant::now() + QUIET;
        let mut last = None;
        while let Some(message) = next {
            if let Message::Hello(hello) = message {
                if last.as_ref() != Some(&hello) && !self.send(&Message::Hello(hello.clone())).await {
                    return None;
                }
                last = Some(hello);
            }
            next = self.hear_within(until.saturating_duration_since(Instant::now())).await;
        }
        last
    }
}

/// A connection from an address of this machine on which not even the handshake is spoken, after these first bytes.
pub async fn connect_raw(port: u16, from: Ipv4Addr, first: &[u8]) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind((from, 0).into()).ok()?;
    let mut stream = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.ok()?;
    stream.write_all(first).await.ok()?;
    Some(stream)
}

fn peer_id(device: &DeviceKey) -> PeerId {
    let key = ed25519::PublicKey::try_from_bytes(&device.0).expect("a device's key is a point of the curve");
    PublicKey::from(key).to_peer_id()
}
