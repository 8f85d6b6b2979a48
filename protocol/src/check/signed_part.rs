//! A part with the signatures of its authors: how an export keeps it, and how a repair takes it back.

use super::payload::{encode_snapshot, load_snapshot};
use super::{CheckJob, CheckResult, Form};
use crate::bars::Bars;
use crate::codec::{from_cbor, to_cbor};
use crate::engine::{StoredDoc, StoredRun, StoredSnapshot};
use crate::ids::{ActorId, DocId};
use crate::record::StoredRow;
use crate::roster::Roster;
use crate::run::Frontier;
use automerge::{Automerge, Change};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The format that this version writes.
const FORMAT: u32 = 1;

/// Who signed a part: what an Automerge file has no place for.
///
/// # Source
/// WIRE.md, "Signatures of an exported part".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct PartSignatures {
    /// 1.
    #[n(0)]
    format: u32,
    /// The part.
    #[n(1)]
    pub doc: DocId,
    /// The latest run of each actor.
    #[n(2)]
    pub runs: Vec<StoredRun>,
}

/// A part as any Automerge tool reads it, and who signed it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct SignedPart {
    /// The signatures, of exactly what `save` holds.
    #[n(0)]
    pub signatures: PartSignatures,
    /// The plain Automerge save.
    #[n(1)]
    pub save: ByteVec,
}

/// A part that was taken back: all of it, checked as if a peer had sent it.
#[derive(Clone, PartialEq, Debug)]
pub struct TakenBack {
    /// What is held now.
    pub snapshot: StoredSnapshot,
    /// Its records.
    pub rows: Vec<StoredRow>,
}

/// Why nothing was taken back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PartError {
    /// The signatures do not read.
    #[error("the file of signatures is damaged: {0}")]
    Signatures(String),
    /// They were written by a later version.
    #[error("the signatures were written by a newer version of comin (format {0})")]
    Newer(u32),
    /// The Automerge file does not read.
    #[error("the Automerge file is damaged: {0}")]
    Save(String),
    /// What the store holds of the part does not read.
    #[error("what the store holds of this part does not load: {0}")]
    Held(String),
    /// A run is not its device's.
    #[error("a signature is not good for this part")]
    Forged,
    /// As far as this node knows.
    #[error("device {0} may not write this register, as far as this node knows")]
    NoWriter(String),
    /// Signatures and content do not fit one another.
    #[error("content and signatures do not fit one another: {0}")]
    Misfit(String),
}

impl PartSignatures {
    /// The latest run of each actor of a part.
    pub fn new(doc: DocId, runs: Vec<StoredRun>) -> Self {
        Self { format: FORMAT, doc, runs }
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_cbor(self)
    }

    /// Reads what [`PartSignatures::to_bytes`] gave.
    ///
    /// # Errors
    /// [`PartError::Signatures`] or [`PartError::Newer`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PartError> {
        let read: Self = from_cbor(bytes).map_err(|error| PartError::Signatures(error.to_string()))?;
        if read.format == FORMAT { Ok(read) } else { Err(PartError::Newer(read.format)) }
    }
}

/// Brings an exported part together with what the store holds of it. Nothing is believed because it was
/// exported: every change is judged as one that a peer sends.
///
/// `held`, `held_runs`: what the store has; both may be empty.
///
/// # Errors
/// [`PartError`]; what is held stays as it is.
pub fn take_back(
    save: &[u8],
    signatures: &PartSignatures,
    held: &StoredDoc,
    held_runs: &BTreeMap<ActorId, StoredRun>,
    roster: &Roster,
) -> Result<TakenBack, PartError> {
    let doc = signatures.doc;
    let mut runs = held_runs.clone();
    for stored in &signatures.runs {
        let verified = stored.run.clone().verify(&doc).ok_or(PartError::Forged)?;
        if !roster.has_written(&doc.register, &verified.run.device) {
            return Err(PartError::NoWriter(verified.run.device.short()));
        }
        let latest = runs.entry(verified.actor).or_insert_with(|| stored.clone());
        if latest.run.seq < stored.run.seq {
            *latest = stored.clone();
        }
    }
    let mut am = guarded(|| Automerge::load(save).map_err(|error| error.to_string())).map_err(PartError::Save)?;
    guarded(|| merge(&mut am, held)).map_err(PartError::Held)?;
    let bytes = guarded(|| Ok(encode_snapshot(&am))).map_err(PartError::Save)?;
    let base = Frontier::default();
    // Who may write no more is asked when the engine starts with it: it has been judged under no bars.
    let bars = Bars::default();
    let job =
        CheckJob { doc, form: Form::Snapshot, payload: bytes.clone(), base, runs: runs.clone(), records: 0, bars };
    match super::run(&job) {
        CheckResult::Snapshot { frontier, rows } => {
            Ok(TakenBack { snapshot: StoredSnapshot { bytes, frontier, runs }, rows })
        }
        CheckResult::AuthorFault { blamed, .. } => {
            let what = blamed.into_values().next().map(|blame| blame.what).unwrap_or_default();
            Err(PartError::Misfit(what))
        }
        CheckResult::SenderFault(what) | CheckResult::NotNow(what) => Err(PartError::Misfit(what)),
        // INVARIANT: the job asks for a snapshot, under no bars.
        CheckResult::Changes(_) | CheckResult::Unkept => Err(PartError::Misfit("a whole document was expected".into())),
    }
}

fn merge(am: &mut Automerge, held: &StoredDoc) -> Result<(), String> {
    if let Some(snapshot) = &held.snapshot {
        let mut stored = load_snapshot(&snapshot.bytes).map_err(|error| error.to_string())?;
        am.merge(&mut stored).map_err(|error| error.to_string())?;
    }
    let changes: Result<Vec<Change>, _> =
        held.changes.iter().map(|change| Change::from_bytes(change.bytes.clone())).collect();
    am.apply_changes(changes.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

/// Automerge panics on some inputs that it cannot read.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("Automerge panicked".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{DeviceSigner, PartnerSigner};
    use crate::ids::{Nonce, PartnerId, RecordKey, RegisterId};
    use crate::run::Run;
    use crate::statement::{Rights, SignedStatement};
    use automerge::transaction::Transactable;
    use automerge::{ObjType, ROOT};

    const NONCE: Nonce = Nonce([5; 16]);

    /// A device that writes to its partner's internal register.
    struct Author {
        device: DeviceSigner,
        doc: DocId,
        roster: Roster,
        am: Automerge,
    }

    impl Author {
        fn new() -> Self {
            let (partner, device) = (PartnerSigner::from_secret(&[1; 32]), DeviceSigner::from_secret(&[2; 32]));
            let own = PartnerId::from_first_key(&partner.key());
            let certificate = SignedStatement::certificate(&partner, &device, Rights::ALL, "Veneto", "IT", "server");
            let doc = DocId { register: RegisterId::internal(&own), part: 1 };
            let actor = ActorId::derive(&doc, &device.key(), &NONCE);
            let am = Automerge::new().with_actor(actor.to_automerge());
            Self { roster: Roster::build(&own, [&certificate.trusted()]), device, doc, am }
        }

        fn add(&mut self, number: u8) {
            let key = RecordKey::random("organisation", &self.device.key(), [number; 8]).to_string();
            let mut tx = self.am.transaction();
            tx.put_object(ROOT, key, ObjType::Map).expect("makes a record");
            tx.commit();
        }

        fn signatures(&self) -> PartSignatures {
            let last = self.am.get_changes(&[]).pop().expect("a change");
            let run = Run::sign(&self.device, &self.doc, NONCE, last.seq(), last.hash().into(), [0; 8]).run;
            PartSignatures::new(self.doc, vec![StoredRun { run, tail: Vec::new() }])
        }

        /// What a store holds after these changes, none of them compacted.
        fn held(&self) -> (StoredDoc, BTreeMap<ActorId, StoredRun>) {
            let change = |change: Change| crate::engine::StoredChange {
                actor: ActorId::from_automerge(change.actor_id()).expect("ours"),
                seq: change.seq(),
                hash: change.hash().into(),
                bytes: change.raw_bytes().to_vec(),
            };
            let changes = self.am.get_changes(&[]).into_iter().map(change).collect();
            let runs = self.signatures().runs.into_iter().map(|run| (run.run.actor(&self.doc), run)).collect();
            (StoredDoc { snapshot: None, changes }, runs)
        }

        fn take(&self, save: &[u8], signatures: &PartSignatures) -> Result<TakenBack, PartError> {
            take_back(save, signatures, &StoredDoc::default(), &BTreeMap::new(), &self.roster)
        }
    }

    #[test]
    fn what_is_held_and_what_was_exported_come_together() {
        let mut author = Author::new();
        author.add(1);
        let (save, signatures) = (author.am.save(), author.signatures());
        assert_eq!(author.take(&save, &signatures).map(|taken| taken.rows.len()), Ok(1), "into an empty store");
        author.add(2);
        let (held, runs) = author.held();
        let taken = take_back(&save, &signatures, &held, &runs, &author.roster).expect("is taken");
        assert_eq!((taken.rows.len(), taken.snapshot.runs), (2, runs), "an older export takes nothing away");
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let mut author = Author::new();
        author.add(1);
        let (old, early) = (author.am.save(), author.signatures());
        author.add(2);
        let (save, signatures) = (author.am.save(), author.signatures());
        let misfit = |error: &PartError| matches!(error, PartError::Misfit(_));
        assert!(author.take(&save, &early).is_err_and(|error| misfit(&error)), "more than is signed");
        assert!(author.take(&old, &signatures).is_err_and(|error| misfit(&error)), "less than is signed");
        assert!(matches!(author.take(b"rubbish", &signatures), Err(PartError::Save(_))), "no Automerge file");
        let mut forged = signatures.clone();
        forged.runs[0].run.signature[0] ^= 1;
        assert_eq!(author.take(&save, &forged), Err(PartError::Forged), "another's signature");
        let mut elsewhere = signatures.clone();
        elsewhere.doc.part = 2;
        assert_eq!(author.take(&save, &elsewhere), Err(PartError::Forged), "another part's");
        let stranger = Roster::build(&PartnerId([9; 32]), []);
        let refused = take_back(&save, &signatures, &StoredDoc::default(), &BTreeMap::new(), &stranger);
        assert!(matches!(refused, Err(PartError::NoWriter(_))), "nobody who may write it: {refused:?}");
    }

    #[test]
    fn signatures_are_read_as_they_were_written() {
        let mut author = Author::new();
        author.add(1);
        let mut signatures = author.signatures();
        assert_eq!(PartSignatures::from_bytes(&signatures.to_bytes()), Ok(signatures.clone()), "a round trip");
        assert!(matches!(PartSignatures::from_bytes(b"x"), Err(PartError::Signatures(_))), "rubbish");
        signatures.format = FORMAT + 1;
        assert_eq!(PartSignatures::from_bytes(&signatures.to_bytes()), Err(PartError::Newer(2)), "a later format");
    }
}
