//! A member that lies: what an otherwise honest engine sends is changed, dropped, repeated or replaced, and the
//! device signs what its engine never would.

use crate::sim::process::WireEnd;
use crate::sim::tally::Did;
use crate::sim::world::{Step, World};
use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, AutomergeError, ObjType, ROOT, ReadDoc};
use comin_protocol::engine::StoredRun;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::{ActorId, ChangeHash, DocId, Nonce, RecordKey, RegisterId};
use comin_protocol::message::Message;
use comin_protocol::run::Run;

/// Frames of one wire that a liar remembers.
const HEARD_MAX: usize = 64;
/// In so many of 1,000 frames the liar does something.
const LIES: u64 = 250;
/// In so many of 1,000 lies it signs something instead of tampering.
const FORGERIES: u64 = 300;

/// What a liar signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Forgery {
    /// Another value in place of a record.
    Overwrite,
    /// A record is deleted from the root.
    Delete,
    /// A record under another device's prefix.
    ForeignPrefix,
    /// A list inside a record.
    Nested,
    /// A good record in a register of another partner.
    ForeignRegister,
    /// A good record whose run names another change.
    WrongRun,
    /// A good record whose run has another's signature.
    BadSignature,
    /// A good record that depends on a change that nobody else has.
    MissingDependency,
    /// Two different first changes of one actor.
    TwoHistories,
}

const FORGERIES_ALL: [Forgery; 9] = [
    Forgery::Overwrite,
    Forgery::Delete,
    Forgery::ForeignPrefix,
    Forgery::Nested,
    Forgery::ForeignRegister,
    Forgery::WrongRun,
    Forgery::BadSignature,
    Forgery::MissingDependency,
    Forgery::TwoHistories,
];

impl World {
    /// A liar remembers what it hears.
    pub(super) fn overhear(&mut self, wire: usize, side: usize, frame: &[u8]) {
        let node = self.wires[wire].ends[side].node;
        if self.nodes[node].is_liar && self.wires[wire].heard.len() < HEARD_MAX {
            self.wires[wire].heard.push(frame.to_vec());
        }
    }

    /// What a node really puts on the wire where its engine sends `frame`.
    pub(super) fn tamper(&mut self, node: usize, end: WireEnd, frame: Vec<u8>) -> Step<Vec<Vec<u8>>> {
        if !self.nodes[node].is_liar {
            return Ok(vec![frame]);
        }
        if self.wires[end.wire].heard.len() < HEARD_MAX {
            self.wires[end.wire].heard.push(frame.clone());
        }
        if self.healed || !self.dice.chance(LIES) {
            return Ok(vec![frame]);
        }
        if !self.wires[end.wire].is_join && self.dice.chance(FORGERIES) {
            return Ok([frame].into_iter().chain(self.forge(node, end)?).collect());
        }
        self.tally.did(Did::Tampered);
        Ok(match self.dice.below(6) {
            0 => Vec::new(),
            1 => vec![frame.clone(), frame],
            2 => vec![self.garble(frame)],
            3 => vec![self.old_frame(), frame],
            4 => vec![frame, self.old_frame()],
            _ => vec![self.old_frame()],
        })
    }

    /// A push that the liar's device signs, of what its engine would refuse to write.
    fn forge(&mut self, node: usize, end: WireEnd) -> Step<Option<Vec<u8>>> {
        let Some(&forgery) = self.dice.pick(&FORGERIES_ALL) else { return Ok(None) };
        let doc = self.doc_to_forge(node, forgery);
        let device = &self.cast.devices[self.nodes[node].device];
        let forger = Forger { signer: device.signer.clone(), doc, nonce: Nonce(self.dice.bytes()) };
        let held = self.nodes[node].disk.docs.get(&doc);
        let base = held.map_or_else(|| Ok(Automerge::new()), |held| held.load())?;
        let salt = self.dice.bytes();
        self.note(|| format!("n{node} forges: {forgery:?} in {doc:?}"));
        if forgery == Forgery::TwoHistories {
            return self.fork(node, end, &forger, &base, salt);
        }
        let push = forger.push(base, forgery, salt);
        self.tally.did_times(Did::Forged, u64::from(push.is_some()));
        Ok(push)
    }

    /// Two first changes of one actor: one for this peer, one for another, as far as there is one.
    fn fork(
        &mut self,
        node: usize,
        end: WireEnd,
        forger: &Forger,
        base: &Automerge,
        salt: [u8; 8],
    ) -> Step<Option<Vec<u8>>> {
        let left = forger.push(base.clone(), Forgery::TwoHistories, salt);
        let right = forger.push(base.clone(), Forgery::TwoHistories, self.dice.bytes());
        let others: Vec<WireEnd> = self.process(node).map_or(Vec::new(), |process| {
            process.sessions.values().copied().filter(|other| other.wire != end.wire).collect()
        });
        let others: Vec<WireEnd> = others.into_iter().filter(|other| !self.wires[other.wire].is_join).collect();
        let (Some(&other), Some(right), Some(left)) = (self.dice.pick(&others), right, left) else { return Ok(None) };
        self.tally.did(Did::Forked);
        self.put_on_wire(other, right)?;
        Ok(Some(left))
    }

    /// A document that the liar may write and its peers read, or for some forgeries one that it may not write.
    fn doc_to_forge(&mut self, node: usize, forgery: Forgery) -> DocId {
        let own = self.cast.devices[self.nodes[node].device].partner;
        let key = self.cast.devices[self.nodes[node].device].key;
        let partner = self.dice.index(self.cast.partners.len());
        let foreign = RegisterId::partner(&self.cast.partners[partner].id);
        let shared = self.dice.index(self.cast.shared.len());
        let shared = self.cast.shared[shared].id;
        let register = match forgery {
            Forgery::ForeignRegister if self.dice.chance(700) => foreign,
            Forgery::ForeignRegister => shared,
            _ if self.cast.may_write(&shared, &key) => shared,
            _ => RegisterId::partner(&self.cast.partners[own].id),
        };
        DocId { register, part: 1 }
    }

    fn garble(&mut self, mut frame: Vec<u8>) -> Vec<u8> {
        match self.dice.below(4) {
            0 => frame.truncate(self.dice.index(frame.len() + 1)),
            1 => frame.extend_from_slice(&self.dice.bytes::<7>()),
            _ => {
                for _ in 0..self.dice.between(1, 4) {
                    let at = self.dice.index(frame.len());
                    if let Some(byte) = frame.get_mut(at) {
                        *byte ^= 1 << self.dice.below(8);
                    }
                }
            }
        }
        frame
    }

    /// Some frame that went over any of the liar's wires, in either direction.
    fn old_frame(&mut self) -> Vec<u8> {
        let wires: Vec<usize> = (0..self.wires.len()).filter(|wire| !self.wires[*wire].heard.is_empty()).collect();
        let Some(&wire) = self.dice.pick(&wires) else { return Vec::new() };
        self.dice.pick(&self.wires[wire].heard).cloned().unwrap_or_default()
    }
}

/// A device that writes past its engine, as an actor of its own.
struct Forger {
    signer: DeviceSigner,
    doc: DocId,
    nonce: Nonce,
}

impl Forger {
    /// One change, signed and ready to be pushed; `None` where the document has nothing to do it to.
    fn push(&self, mut base: Automerge, forgery: Forgery, salt: [u8; 8]) -> Option<Vec<u8>> {
        if forgery == Forgery::MissingDependency {
            let other = Self { signer: self.signer.clone(), doc: self.doc, nonce: Nonce([salt[0]; 16]) };
            other.commit(&mut base, |tx| other.make(tx, salt.map(|byte| !byte)))?;
        }
        let victim = base.keys(ROOT).next();
        let (hash, bytes) = self.commit(&mut base, |tx| match (forgery, victim) {
            (Forgery::Overwrite, Some(key)) => tx.put(ROOT, key, "overwritten"),
            (Forgery::Delete, Some(key)) => tx.delete(ROOT, key),
            (Forgery::Overwrite | Forgery::Delete, None) => Ok(()),
            (Forgery::ForeignPrefix, _) => {
                let key = RecordKey { kind: "organisation".to_owned(), id: [salt[0]; 16] };
                tx.put_object(ROOT, key.to_string(), ObjType::Map).map(|_| ())
            }
            (Forgery::Nested, _) => {
                let key = RecordKey::random("organisation", &self.signer.key(), salt);
                let record = tx.put_object(ROOT, key.to_string(), ObjType::Map)?;
                tx.put_object(&record, "list", ObjType::List).map(|_| ())
            }
            _ => self.make(tx, salt),
        })?;
        let named = if forgery == Forgery::WrongRun { ChangeHash([salt[0]; 32]) } else { hash };
        let mut run = Run::sign(&self.signer, &self.doc, self.nonce, 1, named, [0; 8]).run;
        if forgery == Forgery::BadSignature {
            run.signature[usize::from(salt[0] % 64)] ^= 1;
        }
        let runs = vec![StoredRun { run, tail: Vec::new() }];
        Some(Message::Push { doc: self.doc, changes: vec![bytes.into()], runs }.to_frame())
    }

    /// A record like any other.
    fn make(&self, tx: &mut Transaction<'_>, salt: [u8; 8]) -> Result<(), AutomergeError> {
        let key = RecordKey::random("organisation", &self.signer.key(), salt);
        let record = tx.put_object(ROOT, key.to_string(), ObjType::Map)?;
        tx.put(&record, "name", format!("forged {salt:?}"))
    }

    /// Writes one change as this actor; its hash and bytes.
    fn commit(
        &self,
        base: &mut Automerge,
        write: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
    ) -> Option<(ChangeHash, Vec<u8>)> {
        base.set_actor(ActorId::derive(&self.doc, &self.signer.key(), &self.nonce).to_automerge());
        let mut tx = base.transaction();
        if write(&mut tx).is_err() {
            tx.rollback();
            return None;
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(1));
        let hash = hash?;
        let bytes = base.get_change_by_hash(&hash)?.raw_bytes().to_vec();
        Some((hash.into(), bytes))
    }
}
