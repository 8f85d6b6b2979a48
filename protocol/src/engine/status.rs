//! What the node knows of its peers, told honestly: exact where connected, from beacons where not.

use super::delivered::Delivered;
use super::{DocStatus, Engine, Lag, PeerStatus, SessionId, StartError, Status, Write};
use crate::beacon::{Audience, Beacon};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{DeviceKey, DocId};
use crate::limits;
use crate::roster::{Device, RegisterKind};
use crate::run::Frontier;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// Where the memory of peers is kept.
const STATE_PEERS: &str = "peers";
/// At most this often is the memory of peers written for itself, in milliseconds.
const REMEMBER_MS: u64 = 30_000;

/// What somebody holds: of each document the changes and their state ([`Frontier::digest`]).
pub(super) type Told = BTreeMap<DocId, (u64, [u8; 16])>;

/// Of so many devices is remembered what they held when they went.
const PARTED_MAX: usize = 256;
/// Tips by which that may differ from what we held, of all of them, 64 bytes each.
const PARTED_TIPS_MAX: usize = 65_536;

/// What is remembered of a device.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(array)]
pub(super) struct PeerMemory {
    /// When it was last heard, by this node's wall clock in milliseconds.
    #[n(0)]
    pub last_heard_ms: Option<u64>,
    /// When everything was last equal.
    #[n(1)]
    pub last_equal_ms: Option<u64>,
}

/// The memory of peers as it is stored.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Remembered {
    #[n(0)]
    peers: BTreeMap<DeviceKey, PeerMemory>,
    /// What other partners are known to hold of this device's own actors.
    #[cbor(n(2), default)]
    delivered: BTreeMap<DocId, Delivered>,
}

impl Engine {
    pub(super) fn restore_peers(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        if let Some(bytes) = state.get(STATE_PEERS) {
            let stored: Remembered = from_cbor(bytes).map_err(|_| StartError::State(STATE_PEERS.into()))?;
            self.recall(&stored.delivered);
            self.remembered = stored.peers;
        }
        Ok(())
    }

    pub(super) fn heard(&mut self, device: DeviceKey) {
        self.remembered.entry(device).or_default().last_heard_ms = Some(self.now.wall_ms);
        self.remember_later();
    }

    pub(super) fn equal_with(&mut self, device: DeviceKey) {
        self.remembered.entry(device).or_default().last_equal_ms = Some(self.now.wall_ms);
        self.remember_later();
        self.state_changed = true;
    }

    /// The memory of peers has changed.
    pub(super) fn remember_later(&mut self) {
        self.remember_due.get_or_insert(self.now.mono_ms + REMEMBER_MS);
    }

    pub(super) fn peers_due(&self) -> Option<u64> {
        self.remember_due
    }

    pub(super) fn remember_peers(&mut self) {
        if self.remember_due.is_some_and(|due| due <= self.now.mono_ms) {
            self.remember_peers_now();
        }
    }

    pub(super) fn remember_peers_now(&mut self) {
        self.remember_due = None;
        let remembered = Remembered { peers: self.remembered.clone(), delivered: self.delivered() };
        self.batch.push(Write::PutState(STATE_PEERS.into(), to_cbor(&remembered)));
    }

    pub(super) fn status(&mut self) -> Status {
        let docs = self.docs.values().filter(|doc| !doc.frontier.is_empty()).map(|doc| DocStatus {
            doc: doc.id,
            records: doc.meta.records,
            changes: doc.frontier.changes(),
            digest: doc.digest(),
            loaded: doc.loaded.is_some(),
        });
        let docs = docs.collect();
        let peers = self.roster.devices.values().filter(|device| device.key != self.me);
        Status {
            device: self.me,
            partner: self.partner,
            roster: self.roster.clone(),
            paused: self.paused,
            peers: peers.map(|device| self.peer_status(device)).collect(),
            approvals: self.unconfirmed_joins(),
            drafts: self.roster.drafts.values().cloned().collect(),
            carried_over: self.offers().cloned().collect(),
            unconfirmed: self.is_unconfirmed(),
            tickets: self.open_tickets(),
            joining: self.own_join_status(),
            docs,
            edits_waiting: self.waiting.listed(),
            erasures_waiting: self.erasures_waiting(),
            faults: self.faults.clone(),
            put_back_ms: self.put_back_ms,
            unsent_changes: self.unsent_changes(),
            stopped: self.stopped.clone(),
        }
    }

    fn peer_status(&self, device: &Device) -> PeerStatus {
        let memory = self.remembered.get(&device.key).cloned().unwrap_or_default();
        let session: Option<(&SessionId, _)> = self.sessions.iter().find(|(_, session)| session.device == device.key);
        let beacon = self.beacons.get(&device.key, Audience::Federation);
        let (lacks, we_lack) = match session {
            Some((_, session)) if session.compared => {
                let (lacks, we_lack) = self.lags(session);
                (Lag::Exactly(lacks), Lag::Exactly(we_lack))
            }
            _ => match (self.parted.get(&device.key), beacon) {
                (Some(held), _) => self.lags_beside(held, |id| {
                    self.may_send(&id.register, &device.key) && self.roster.may_read(&id.register, &self.me)
                }),
                (None, Some(held)) => self.lags_beside(&told_by(&held.signed.beacon), |id| self.is_federal(id)),
                (None, None) => (Lag::Unknown, Lag::Unknown),
            },
        };
        let progress = session.and_then(|(_, session)| session.incoming.as_ref());
        PeerStatus {
            device: device.key,
            partner: device.partner,
            connected: session.is_some(),
            in_sync: session.is_some_and(|(_, session)| self.session_in_sync(session)),
            lacks,
            we_lack,
            last_heard_ms: memory.last_heard_ms,
            through: beacon.and_then(|held| held.through).filter(|through| *through != device.key),
            elsewhere: session.and_then(|(_, s)| s.hello.as_ref()).is_some_and(|hello| !self.is_same_federation(hello)),
            last_equal_ms: memory.last_equal_ms,
            progress: progress.map(|incoming| (incoming.bytes.len() as u64, incoming.total)),
        }
    }

    /// How many changes a peer lacks that we hold, and the other way round; what we refuse is among those.
    pub(super) fn lags(&self, session: &super::session::Session) -> (u64, u64) {
        let (mut lacks, mut we_lack, nothing) = (0, 0, Frontier::default());
        for doc in self.docs.values().filter(|doc| self.may_send(&doc.id.register, &session.device)) {
            let theirs = session.acked.get(&doc.id).unwrap_or(&nothing);
            lacks += doc.frontier.beyond(theirs);
            we_lack += theirs.beyond(&doc.frontier);
        }
        (lacks, we_lack)
    }

    /// Keeps what a peer is known to hold at the end of its session.
    pub(super) fn part_from(&mut self, session: &super::session::Session) {
        let known = self.parted.contains_key(&session.device) || self.parted.len() < PARTED_MAX;
        if !session.compared || !known {
            return;
        }
        let held = session
            .acked
            .iter()
            .filter(|(id, theirs)| !theirs.is_empty() && self.may_send(&id.register, &session.device));
        let held = held.take(limits::BEACON_DOCS_MAX);
        let held = held.map(|(id, theirs)| (*id, (theirs.changes(), theirs.digest()))).collect();
        self.parted.insert(session.device, held);
        self.beside.remove(&session.device);
        let others = self.beside.values().flat_map(BTreeMap::values).map(|beside| beside.tips.len()).sum::<usize>();
        let mut room = PARTED_TIPS_MAX.saturating_sub(others);
        // Of documents that are told whole it would be of no use.
        let told_in_part = self.docs.values().filter(|doc| doc.frontier.len() > self.whole_tips);
        let beside = told_in_part.filter_map(|doc| Some((doc.id, doc.beside(session.acked.get(&doc.id)?)?)));
        let beside = beside.take_while(|(_, beside)| {
            let fits = beside.tips.len() <= room;
            room = room.saturating_sub(beside.tips.len());
            fits
        });
        self.beside.insert(session.device, beside.collect());
    }

    /// The digest of the state of a document that a device had when it was last heard of.
    pub(super) fn last_told(&self, device: &DeviceKey, doc: &DocId) -> Option<[u8; 16]> {
        let parted = self.parted.get(device).and_then(|held| held.get(doc)).map(|(_, digest)| *digest);
        parted.or_else(|| {
            let beacon = &self.beacons.get(device, Audience::Federation)?.signed.beacon;
            let told = beacon.docs.iter().find(|told| told.register == doc.register && told.part == doc.part);
            told.map(|told| told.digest)
        })
    }

    /// Beside what a peer holds of the documents that count, told as changes and state of each: exact where its state is
    /// one that we went through, else a lower bound.
    fn lags_beside(&self, told: &Told, counts: impl Fn(&DocId) -> bool) -> (Lag, Lag) {
        let (mut lacks, mut we_lack, mut exact) = (0, 0, true);
        for (id, (changes, digest)) in told.iter().filter(|(id, _)| counts(id)) {
            let Some(doc) = self.docs.get(id) else {
                we_lack += changes;
                continue;
            };
            let mine = doc.frontier.changes();
            match doc.past(digest) {
                Some(then) => lacks += mine - then.changes.min(mine),
                None => {
                    exact = false;
                    lacks += mine.saturating_sub(*changes);
                    we_lack += changes.saturating_sub(mine).max(1);
                }
            }
        }
        let untold = self.docs.values().filter(|doc| counts(&doc.id) && !told.contains_key(&doc.id));
        lacks += untold.map(|doc| doc.frontier.changes()).sum::<u64>();
        match exact {
            true => (Lag::Exactly(lacks), Lag::Exactly(we_lack)),
            false => (Lag::AtLeast(lacks), Lag::AtLeast(we_lack)),
        }
    }

    /// Whether every member reads a document.
    pub(super) fn is_federal(&self, id: &DocId) -> bool {
        self.roster.registers.get(&id.register).is_some_and(|register| register.kind != RegisterKind::Internal)
    }
}

/// The documents of a beacon: changes and state of each.
fn told_by(beacon: &Beacon) -> Told {
    beacon.docs.iter().map(|d| (DocId { register: d.register, part: d.part }, (d.changes, d.digest))).collect()
}
