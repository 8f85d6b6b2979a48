//! Changes, runs and bytes that no node of ours would make.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, ChangeHash as Hash, ObjType, ROOT, ReadDoc};
use comin_protocol::engine::StoredRun;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::{ActorId, ChangeHash, DeviceKey, DocId, Nonce, RecordKey};
use comin_protocol::message::Message;
use comin_protocol::run::Run;
use rand_chacha::ChaCha8Rng;
use rand_core::RngCore;
use sha2::{Digest, Sha256};

/// First bytes of each chunk of Automerge's.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Bytes before a chunk's length: magic, checksum and type.
const LENGTH_AT: usize = 9;

/// A device that writes past its engine, as an actor of its own.
#[derive(Clone)]
pub struct Forger {
    signer: DeviceSigner,
    doc: DocId,
    nonce: Nonce,
    /// What it has written.
    pub am: Automerge,
    made: u64,
}

/// One change, with what its author may sign of it.
#[derive(Clone)]
pub struct Forged {
    /// Its sequence.
    pub seq: u64,
    /// Its hash.
    pub hash: ChangeHash,
    /// The raw change.
    pub bytes: Vec<u8>,
}

impl Forger {
    /// A writer of `doc` whose actor is told from the others of its device by a number.
    pub fn new(signer: &DeviceSigner, doc: DocId, number: u64) -> Self {
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&number.to_le_bytes());
        Self { signer: signer.clone(), doc, nonce: Nonce(nonce), am: Automerge::new(), made: 0 }
    }

    /// The document.
    pub fn doc(&self) -> DocId {
        self.doc
    }

    /// Its actor.
    pub fn actor(&self) -> ActorId {
        ActorId::derive(&self.doc, &self.signer.key(), &self.nonce)
    }

    /// Writes one change.
    ///
    /// # Panics
    /// The change cannot be written.
    pub fn commit(&mut self, write: impl FnOnce(&mut Transaction<'_>)) -> Forged {
        self.am.set_actor(self.actor().to_automerge());
        let mut tx = self.am.transaction();
        write(&mut tx);
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(1));
        self.read(hash.expect("something was written"))
    }

    fn read(&self, hash: Hash) -> Forged {
        let change = self.am.get_change_by_hash(&hash).expect("it has just been written");
        Forged { seq: change.seq(), hash: hash.into(), bytes: change.raw_bytes().to_vec() }
    }

    /// Makes a record like any other, with a name; gives its key as well.
    pub fn record(&mut self, name: &str) -> (RecordKey, Forged) {
        self.record_of(&self.signer.key(), name)
    }

    /// Makes a record under the prefix of any device.
    pub fn record_of(&mut self, owner: &DeviceKey, name: &str) -> (RecordKey, Forged) {
        self.made += 1;
        let mut salt = self.made.to_le_bytes();
        salt[7] = self.nonce.0[0];
        salt[6] = self.nonce.0[1];
        let key = RecordKey::random("organisation", owner, salt);
        let forged = self.commit(|tx| {
            let record = tx.put_object(ROOT, key.to_string(), ObjType::Map).expect("a record");
            tx.put(&record, "name", name).expect("a field");
        });
        (key, forged)
    }

    /// Signs a head.
    pub fn sign(&self, seq: u64, hash: ChangeHash) -> StoredRun {
        self.sign_in(&self.doc, seq, hash)
    }

    /// Signs a head for another document.
    pub fn sign_in(&self, doc: &DocId, seq: u64, hash: ChangeHash) -> StoredRun {
        StoredRun { run: Run::sign(&self.signer, doc, self.nonce, seq, hash, [0; 8]).run, tail: Vec::new() }
    }

    /// The push of these changes with a good signature of the last one.
    ///
    /// # Panics
    /// There is none.
    pub fn push(&self, changes: &[Forged]) -> Message {
        let last = changes.last().expect("a change");
        push(self.doc, changes, vec![self.sign(last.seq, last.hash)])
    }
}

/// A push of changes with any runs.
pub fn push(doc: DocId, changes: &[Forged], runs: Vec<StoredRun>) -> Message {
    Message::Push { doc, changes: changes.iter().map(|change| change.bytes.clone().into()).collect(), runs }
}

/// A chunk of `kind` with another body, its checksum and length made to fit; and its hash.
pub fn reseal(kind: u8, body: &[u8]) -> (ChangeHash, Vec<u8>) {
    let mut hashed = vec![kind];
    let mut length = body.len() as u64;
    while length >= 0x80 {
        hashed.push(length as u8 | 0x80);
        length >>= 7;
    }
    hashed.push(length as u8);
    hashed.extend_from_slice(body);
    let hash: [u8; 32] = Sha256::digest(&hashed).into();
    (ChangeHash(hash), [&MAGIC, &hash[..4], &hashed].concat())
}

/// Changes one to three bytes of a change's body and repairs the checksum.
///
/// # Panics
/// The bytes are no chunk.
pub fn mutate(change: &[u8], rng: &mut ChaCha8Rng) -> (ChangeHash, Vec<u8>) {
    let length = change[LENGTH_AT..].iter().position(|byte| byte & 0x80 == 0).expect("a length") + 1;
    let mut body = change[LENGTH_AT + length..].to_vec();
    let below = |rng: &mut ChaCha8Rng, bound: usize| rng.next_u32() as usize % bound;
    for _ in 0..1 + below(rng, 3) {
        let at = below(rng, body.len());
        match below(rng, 4) {
            0 => body[at] ^= 1 << below(rng, 8),
            1 => body[at] = body[at].wrapping_add(1),
            2 => body[at] = rng.next_u32() as u8,
            _ => body.insert(at, rng.next_u32() as u8),
        }
    }
    reseal(change[LENGTH_AT - 1], &body)
}
