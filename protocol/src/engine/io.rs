//! What goes into the engine and what comes out of it.
//!
//! The engine is a value. The runtime (or the simulator) hands it inputs with the time, then takes outputs
//! until there are none. Numbered outputs (`Persist`, `Load`, `Check`) are tasks: the runtime carries them
//! out and hands the result back under the same number.

use super::Arrivals;
use crate::beacon::SignedBeacon;
use crate::check::{CheckJob, CheckResult, SignedPart};
use crate::ids::{
    ActorId, ChangeHash, DeviceKey, DocId, FederationId, Nonce, PERSON_KIND, PartnerId, PartnerKey, RecordKey,
    RegisterId, StatementId,
};
use crate::join::{Pending, TicketInfo};
use crate::machine::{MachineCertificate, MachineRequest};
use crate::persons::Personal;
use crate::record::{FieldChange, Row, RowVersion, StoredRow};
use crate::roster::{CarriedOver, OpenDraft, Roster};
use crate::run::{Frontier, Run, Tip};
use crate::statement::{Rights, SignedStatement, Writers};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The time that the runtime passes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Now {
    /// Wall clock, milliseconds since the Unix epoch, UTC. Decides nothing in the protocol.
    pub wall_ms: u64,
    /// Monotonic clock, milliseconds since some fixed moment of this process.
    pub mono_ms: u64,
}

/// A number that the runtime gives to a user's command and finds again on the reply.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId(pub u64);

/// A connected peer's session; never used twice in one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub u64);

/// The number of a task that the engine gives out: counts up, also across kinds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TaskId(pub u64);

/// What the runtime tells the engine.
#[derive(Clone, Debug)]
pub enum Input {
    /// A user's command.
    Command(RequestId, Command),
    /// A sync stream to `device` is open. The transport has proven the key; whether the device is a member
    /// the engine decides.
    Connected(SessionId, DeviceKey),
    /// A join stream is open: `outgoing` where this node is the newcomer.
    JoinConnected(SessionId, DeviceKey, /* outgoing */ bool),
    /// The stream ended.
    Disconnected(SessionId),
    /// One frame arrived (sync or join, as the stream was opened).
    Received(SessionId, Vec<u8>),
    /// The batch of this `Persist`, and all before it, are on disk.
    Persisted(TaskId),
    /// The batch could not be written. The engine stops; the runtime shows the text and the way out.
    PersistFailed(TaskId, String),
    /// The stored document.
    Loaded(TaskId, StoredDoc),
    /// The helper's answer.
    Checked(TaskId, CheckResult),
    /// Where this node can be reached now.
    Listening(Vec<String>),
    /// Time has passed.
    Tick,
}

/// What the engine asks of the runtime.
#[derive(Clone, Debug)]
pub enum Output {
    /// Write this batch atomically and flush it; batches are written in order.
    Persist(TaskId, Vec<Write>),
    /// Read a document from the store, with all batches given out before this written.
    Load(TaskId, DocId),
    /// Decode something that can inflate, in the helper process.
    Check(TaskId, Box<CheckJob>),
    /// Answer a command once `after` is on disk.
    Reply {
        /// The command.
        request: RequestId,
        /// The answer.
        reply: Box<Result<Reply, CommandError>>,
        /// Not before this batch is on disk.
        after: Option<TaskId>,
    },
    /// Send a frame to a peer.
    Send {
        /// To whom.
        session: SessionId,
        /// The frame, without length prefix.
        frame: Vec<u8>,
        /// Not before this batch is on disk; `None`: at once (a device's own record changes overlap with
        /// their fsync; everything that speaks of what is stored waits).
        after: Option<TaskId>,
    },
    /// Rows or state have changed, visible once `after` is on disk.
    Changed {
        /// The rows, as (document, record).
        records: Vec<(DocId, RecordKey)>,
        /// Not before this batch is on disk.
        after: Option<TaskId>,
    },
    /// Who is in the federation has changed.
    RosterChanged(Arc<Roster>),
    /// Which peers to reach: the devices of the roster with their addresses; also ticket holders to join.
    Dial(Vec<DialTarget>),
    /// End a session; the text is for the log.
    Disconnect(SessionId, String),
    /// Call with `Tick` at this monotonic time at the latest (milliseconds).
    WakeAt(u64),
}

/// A device that this node wants to be connected with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DialTarget {
    /// Its key.
    pub device: DeviceKey,
    /// Multiaddresses, best first.
    pub addresses: Vec<String>,
    /// Open the join protocol and not sync.
    pub join: bool,
}

/// One step of a batch. The store knows how to lay it out; the engine knows what it means.
#[derive(Clone, PartialEq, Debug)]
pub enum Write {
    /// Adds a statement.
    PutStatement(StatementId, SignedStatement),
    /// Removes a statement that a newer one replaced (addresses).
    DropStatement(StatementId),
    /// Adds a raw change of a document.
    PutChange(DocId, StoredChange),
    /// Adds a run (with, in rare cases, the changes that tie it to a cut frontier).
    PutRun(DocId, ActorId, StoredRun),
    /// Removes a run.
    DropRun(DocId, ActorId, /* seq */ u64),
    /// Replaces the snapshot and removes the raw changes that `frontier` covers.
    PutSnapshot(DocId, StoredSnapshot),
    /// Removes everything of a document: snapshot, changes, runs and rows (before a rebuild in one batch).
    ClearDoc(DocId),
    /// Removes everything of a person's document, and the key under which it lies.
    DropPerson(DocId),
    /// Replaces what is known of a document without loading it.
    PutDocMeta(DocId, DocMeta),
    /// Adds or replaces a row of a document.
    PutRow(DocId, StoredRow),
    /// Adds or replaces a beacon (of one device and audience).
    PutBeacon(SignedBeacon),
    /// Adds or replaces a small value of the engine's own: tickets, joins, switches.
    PutState(String, Vec<u8>),
    /// Removes one.
    DropState(String),
}

impl Write {
    /// Adds or replaces a row.
    pub fn put_row(row: &Row) -> Self {
        Self::PutRow(row.doc, StoredRow::new(row))
    }

    /// The document that it is about; a statement that carries changes of one, or a value of the engine that holds edits of
    /// one, is about that.
    pub fn doc(&self) -> Option<DocId> {
        match self {
            Self::PutChange(doc, _)
            | Self::PutRun(doc, ..)
            | Self::DropRun(doc, ..)
            | Self::PutSnapshot(doc, _)
            | Self::ClearDoc(doc)
            | Self::DropPerson(doc)
            | Self::PutDocMeta(doc, _)
            | Self::PutRow(doc, _) => Some(*doc),
            Self::PutStatement(_, signed) => signed.proves_about(),
            Self::PutState(name, _) => super::doc_of_state(name),
            Self::DropStatement(_) | Self::PutBeacon(_) | Self::DropState(_) => None,
        }
    }
}

/// A raw change in the store.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct StoredChange {
    /// Its actor.
    #[n(0)]
    pub actor: ActorId,
    /// Its sequence.
    #[n(1)]
    pub seq: u64,
    /// Its hash.
    #[n(2)]
    pub hash: ChangeHash,
    /// The uncompressed change chunk.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// A run in the store. `tail` is empty but where a divergence cut the actor below its run: then it holds
/// the dropped changes from the frontier to the run, which tie the signature to what stayed.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct StoredRun {
    /// The run.
    #[n(0)]
    pub run: Run,
    /// Raw changes between frontier and run.
    #[n(1)]
    pub tail: Vec<minicbor::bytes::ByteVec>,
}

/// A document's compact save.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoredSnapshot {
    /// `save_nocompress`, compressed with zstd.
    pub bytes: Vec<u8>,
    /// Exactly what it holds.
    pub frontier: Frontier,
    /// The runs of exactly this frontier: snapshot and runs are one unit in the store.
    pub runs: BTreeMap<ActorId, StoredRun>,
}

/// A document in the store.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoredDoc {
    /// The snapshot, if one has been made.
    pub snapshot: Option<StoredSnapshot>,
    /// The raw changes since, in the order in which they were applied.
    pub changes: Vec<StoredChange>,
}

/// What is known of a document without loading it; its frontier the latest runs tell. It is written with each edit,
/// and so has nothing that grows with the actors.
#[derive(Clone, PartialEq, Eq, Debug, Default, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct DocMeta {
    /// Records in it.
    #[n(0)]
    pub records: u64,
    /// Changes that the snapshot holds; 0: there is none.
    #[n(1)]
    pub snapshot_changes: u64,
    /// Raw changes since the snapshot.
    #[n(2)]
    pub raw_changes: u64,
    /// [`crate::bars::Bars::digest`] of the bars under which it has been judged.
    #[n(3)]
    pub judged: u64,
    /// The tips that are not those which the actors' latest runs name: cut actors, whose runs reach further.
    #[n(4)]
    apart: Frontier,
    /// Actors of which nothing is held, though there is a run.
    #[n(5)]
    without: BTreeSet<ActorId>,
}

impl DocMeta {
    /// Of a document that is a snapshot and nothing else.
    pub fn of_snapshot(snapshot: &StoredSnapshot, records: u64) -> Self {
        let mut meta = Self { records, snapshot_changes: snapshot.frontier.changes(), ..Self::default() };
        meta.note_frontier(&snapshot.frontier, &snapshot.runs);
        meta
    }

    /// What has been applied, by the latest run of each actor.
    pub fn frontier(&self, runs: &BTreeMap<ActorId, StoredRun>) -> Frontier {
        let named = runs.iter().filter(|(actor, _)| !self.without.contains(actor));
        let tips = named.map(|(actor, stored)| (*actor, stored.run.tip()));
        tips.chain(self.apart.iter().map(|(actor, tip)| (*actor, *tip))).collect()
    }

    /// Notes what of a frontier the latest runs do not tell.
    pub fn note_frontier(&mut self, frontier: &Frontier, runs: &BTreeMap<ActorId, StoredRun>) {
        let told = |actor: &ActorId, tip: &Tip| runs.get(actor).is_some_and(|stored| stored.run.tip() == *tip);
        let apart = frontier.iter().filter(|(actor, tip)| !told(actor, tip));
        self.apart = apart.map(|(actor, tip)| (*actor, *tip)).collect();
        self.without = runs.keys().filter(|actor| frontier.get(actor).is_none()).copied().collect();
    }

    /// The same where only some actors have moved since: of 10,000 the others are not looked at.
    pub(super) fn note_moved(
        &mut self,
        moved: &BTreeSet<ActorId>,
        frontier: &Frontier,
        runs: &BTreeMap<ActorId, StoredRun>,
    ) {
        if !self.apart.is_empty() {
            let others = self.apart.iter().filter(|(actor, _)| !moved.contains(actor));
            self.apart = others.map(|(actor, tip)| (*actor, *tip)).collect();
        }
        for actor in moved {
            self.without.remove(actor);
            match (frontier.get(actor), runs.get(actor)) {
                (Some(tip), Some(stored)) if stored.run.tip() == *tip => {}
                (Some(tip), _) => self.apart.insert(*actor, *tip),
                (None, Some(_)) => drop(self.without.insert(*actor)),
                (None, None) => {}
            }
        }
    }
}

/// What the store gives the engine at start: small, whatever the size of the documents.
#[derive(Clone, Default, Debug)]
pub struct Boot {
    /// All statements.
    pub statements: Vec<SignedStatement>,
    /// Every document's meta.
    pub docs: BTreeMap<DocId, DocMeta>,
    /// Every document's latest run of each actor.
    pub runs: BTreeMap<DocId, BTreeMap<ActorId, StoredRun>>,
    /// Every document's further runs.
    pub kept: BTreeMap<DocId, Vec<StoredRun>>,
    /// All beacons.
    pub beacons: Vec<SignedBeacon>,
    /// The engine's own small values.
    pub state: BTreeMap<String, Vec<u8>>,
}

/// An edit of one record. Of a person `Debug` shows nothing but which one.
#[derive(Clone, PartialEq)]
pub struct Edit {
    /// Which record, and where.
    pub target: Target,
    /// What changes, in order.
    pub changes: Vec<FieldChange>,
    /// Refuse with [`CommandError::Stale`] unless the row has this version.
    pub if_version: Option<RowVersion>,
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes: &dyn fmt::Debug = match self.target.is_person() {
            true => &Personal::new(()),
            false => &self.changes,
        };
        let mut out = f.debug_struct("Edit");
        out.field("target", &self.target).field("changes", changes).field("if_version", &self.if_version).finish()
    }
}

/// The record that an edit speaks of.
#[derive(Clone, PartialEq, Debug)]
pub enum Target {
    /// A new record with a random id.
    New {
        /// The register; `None`: the partner register.
        register: Option<RegisterId>,
        /// Its kind.
        kind: String,
    },
    /// A record with a derived id, in the register's links part; made by its first field.
    Link {
        /// The register; `None`: the partner register.
        register: Option<RegisterId>,
        /// The record.
        key: RecordKey,
    },
    /// A record that exists; the rows in the store tell the document that holds it.
    Record {
        /// The document.
        doc: DocId,
        /// The record.
        key: RecordKey,
    },
}

impl Target {
    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        match self {
            Self::New { kind, .. } => kind == PERSON_KIND,
            Self::Link { key, .. } => key.kind == PERSON_KIND,
            Self::Record { doc, key } => doc.is_person() || key.kind == PERSON_KIND,
        }
    }
}

/// What a user or program asks of the engine.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Edits that are committed together: all or none.
    Edit(Vec<Edit>),
    /// Make a person, for whom this partner is the controller; answered like an edit.
    AddPerson {
        /// Who reads it besides this partner.
        readers: Writers,
        /// Its fields.
        fields: Personal<Vec<FieldChange>>,
    },
    /// Say who reads a person from now on; who does not any more drops it.
    SharePerson {
        /// Where it lies.
        person: RegisterId,
        /// Who reads it besides this partner.
        readers: Writers,
    },
    /// Erase a person everywhere and for ever.
    ErasePerson {
        /// Where it lies.
        person: RegisterId,
        /// Why: [`crate::persons::Reason::number`].
        reason: u8,
    },
    /// Found a federation with this partner as first steward.
    Found {
        /// Its name.
        name: String,
        /// It carries over the one that this partner is in, whose stewards are no majority any more for ever.
        carry_over: bool,
    },
    /// Make a one-time ticket.
    Invite {
        /// The invited partner's name.
        name: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// How long it is valid, in milliseconds.
        valid_ms: u64,
    },
    /// Cancel an open ticket.
    CancelInvite {
        /// The ticket's id (hex).
        ticket: String,
    },
    /// Ask to join with a ticket's text.
    Join {
        /// The text.
        ticket: String,
    },
    /// Confirm a newcomer's check number and propose its admission, sign what another steward proposes, or go along to
    /// a federation that carries over this one.
    Approve {
        /// The id (hex) of the pending join, draft or federation, or an unambiguous beginning.
        id: String,
    },
    /// Refuse a newcomer, a draft or a federation that carries over this one, or withdraw an own proposal.
    Reject {
        /// The id (hex) of the pending join, draft or federation, or an unambiguous beginning.
        id: String,
    },
    /// Create a shared register.
    AddRegister {
        /// Its name.
        name: String,
        /// Its writers.
        writers: Writers,
    },
    /// Propose the stewards from now on; in force at once where this device decides alone.
    SetStewards {
        /// All of them: 1, 3, 5, 7 or 9.
        stewards: BTreeSet<PartnerId>,
    },
    /// Propose to remove a partner for ever.
    RemovePartner {
        /// Who.
        partner: PartnerId,
    },
    /// Propose another partner key in place of a lost one.
    RekeyPartner {
        /// Whose.
        partner: PartnerId,
        /// The new key.
        key: PartnerKey,
        /// A device's certificate by the new key, so that it goes on without a break.
        certificate: Option<SignedStatement>,
    },
    /// Certify a further machine of this partner.
    CertifyDevice {
        /// What it asks.
        request: MachineRequest,
        /// What it may do: at most what this machine may.
        rights: Rights,
    },
    /// Revoke a machine of this partner.
    RevokeDevice {
        /// The machine.
        device: DeviceKey,
        /// The revocation signed by the partner key; `None`: this device signs it.
        by_key: Option<SignedStatement>,
    },
    /// What revokes a machine of this partner, for the partner key to sign.
    Revocation {
        /// The machine.
        device: DeviceKey,
    },
    /// After a restore: no other node is left that could confirm what this one had signed.
    ConfirmAlone,
    /// Set the writers of a register.
    SetWriters {
        /// The register.
        register: RegisterId,
        /// The writers from now on.
        writers: Writers,
    },
    /// Stop or resume exchanging; survives a restart.
    SetPaused(bool),
    /// Forget back-off and look for differences with everyone now.
    SyncNow,
    /// Compact the documents in memory that have at least so many raw changes; answered when it is on disk.
    Compact {
        /// Raw changes from which a document is compacted.
        from_changes: u64,
    },
    /// The parts of a register that hold something.
    Parts {
        /// The register.
        register: RegisterId,
    },
    /// A part as any Automerge tool reads it, with its signatures (for `export --format automerge`).
    Export {
        /// The part.
        doc: DocId,
    },
    /// Project a document again and compare with the stored rows' digest (`check`).
    Project {
        /// The document.
        doc: DocId,
    },
    /// What came here long after it was written.
    Arrivals,
    /// Read the state.
    Status,
}

/// The answer to a command.
#[derive(Clone, PartialEq, Debug)]
pub enum Reply {
    /// The rows after the edits, in order; an edit that changed nothing gives the row as it stands.
    Edited(Vec<Row>),
    /// The federation.
    Founded(FederationId),
    /// The ticket's text.
    Invited(TicketInfo),
    /// A register has been created or changed.
    Register(RegisterId),
    /// What was asked waits for signatures of stewards.
    Proposed {
        /// The draft, which is also the id of the statement to be.
        draft: StatementId,
        /// Stewards who have not signed; some of them must.
        waits_for: Vec<PartnerId>,
    },
    /// A join is under way; `Status` tells how far.
    Joining,
    /// Done.
    Done,
    /// A statement that waits for a signature from outside.
    Unsigned(SignedStatement),
    /// A further machine's certificate.
    Certified(MachineCertificate),
    /// Their numbers, ascending.
    Parts(Vec<u32>),
    /// The part.
    Exported(Box<SignedPart>),
    /// The rows of the document, made afresh.
    Projected(Vec<Row>),
    /// What came late.
    Arrivals(Arrivals),
    /// The state.
    Status(Box<Status>),
}

/// Why a command was refused. Nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CommandError {
    /// No such record, register, ticket or join.
    #[error("{0} not found")]
    NotFound(String),
    /// The record has changed since it was read.
    #[error("the record has changed since it was read")]
    Stale,
    /// This partner or device may not do that.
    #[error("{what}")]
    NotAllowed {
        /// What is not allowed.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// The command does not fit the state (already in a federation, ambiguous id …).
    #[error("{what}")]
    Precondition {
        /// What is in the way.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// A value is not acceptable.
    #[error("{0}")]
    Invalid(String),
    /// The store failed; what was last entered is not known to be saved.
    #[error("the store has failed: {0}")]
    Stopped(String),
}

/// The state that pages, CLI and API show.
#[derive(Clone, PartialEq, Debug)]
pub struct Status {
    /// This device.
    pub device: DeviceKey,
    /// This partner.
    pub partner: PartnerId,
    /// The roster.
    pub roster: Arc<Roster>,
    /// Exchange is paused by hand.
    pub paused: bool,
    /// Other devices of the federation.
    pub peers: Vec<PeerStatus>,
    /// Newcomers that wait for confirmation.
    pub approvals: Vec<Pending>,
    /// What waits for signatures of stewards, ascending by id.
    pub drafts: Vec<OpenDraft>,
    /// What others have founded to carry over this federation, and this machine's people have neither gone along to nor
    /// refused; ascending by id.
    pub carried_over: Vec<CarriedOver>,
    /// This machine was restored and signs nothing for the federation until that is confirmed.
    pub unconfirmed: bool,
    /// Open tickets.
    pub tickets: Vec<TicketInfo>,
    /// This node's own attempt to join, in words of the protocol.
    pub joining: Option<JoinStatus>,
    /// Documents held: register, part, records, changes, loaded.
    pub docs: Vec<DocStatus>,
    /// Own edits whose record went with a copied machine's second history, and wait until that machine has made the
    /// record again: the record, and how many fields.
    pub edits_waiting: Vec<(DocId, RecordKey, usize)>,
    /// Erasures of persons that another partner has asked for beyond the number that is carried out at once: they wait for
    /// the controller or an administrator of this partner.
    pub erasures_waiting: Vec<RegisterId>,
    /// Faults noticed: who did what.
    pub faults: Vec<Fault>,
    /// When this machine noticed that it had been put back to where it stood before (restored, rolled back or copied), by
    /// its wall clock in milliseconds. What it lacked comes from the others.
    pub put_back_ms: Option<u64>,
    /// Own changes that no other partner is known to hold.
    pub unsent_changes: u64,
    /// Why the engine has stopped, if it has.
    pub stopped: Option<String>,
}

impl Status {
    /// Whether a draft waits for this device's user: a steward that has neither signed nor refused.
    pub fn awaits_me(&self, draft: &OpenDraft) -> bool {
        self.roster.is_steward_device(&self.device)
            && draft.missing.contains(&self.partner)
            && !draft.refused_by.contains(&self.partner)
            && !draft.dormant
            && !draft.is_refused()
    }
}

/// What is known of another device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeerStatus {
    /// The device.
    pub device: DeviceKey,
    /// Its partner.
    pub partner: PartnerId,
    /// A session is open.
    pub connected: bool,
    /// The session has compared everything and nothing is under way.
    pub in_sync: bool,
    /// Changes of ours that it lacks.
    pub lacks: Lag,
    /// Changes of its that we lack, as far as is known.
    pub we_lack: Lag,
    /// When it was last heard, by this node's wall clock in milliseconds; directly or by its beacon.
    pub last_heard_ms: Option<u64>,
    /// Through which device its last beacon came, if not from itself.
    pub through: Option<DeviceKey>,
    /// It is in another federation than this machine, one that carries over the other: nothing but statements is
    /// exchanged before one of the two goes along.
    pub elsewhere: bool,
    /// When everything was last equal with it, by this node's wall clock in milliseconds.
    pub last_equal_ms: Option<u64>,
    /// Of the transfer under way: (received, total) bytes.
    pub progress: Option<(u64, u64)>,
}

/// A number of changes, or what is known of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lag {
    /// Exactly so many.
    Exactly(u64),
    /// At least so many.
    AtLeast(u64),
    /// Nothing has been heard yet.
    Unknown,
}

/// How far this node's own join has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinStatus {
    /// Where it stands: `dialling`, `committed`, `waiting`, `admitted`, `refused`.
    pub stage: &'static str,
    /// The number to read out, once known.
    pub check_number: Option<String>,
    /// For whom it waits, or why it was refused.
    pub text: String,
}

/// A document held here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocStatus {
    /// The document.
    pub doc: DocId,
    /// Records in it.
    pub records: u64,
    /// Changes in it.
    pub changes: u64,
    /// Digest of its frontier.
    pub digest: [u8; 16],
    /// Whether it is in memory.
    pub loaded: bool,
}

/// Something that a peer or an author did wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The device at fault.
    pub device: DeviceKey,
    /// What it did.
    pub what: String,
    /// When, by this node's wall clock in milliseconds.
    pub time_ms: u64,
    /// How often.
    pub count: u64,
}

/// What the engine must be given besides [`Boot`].
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The device's secret.
    pub signer: crate::identity::DeviceSigner,
    /// 32 fresh random bytes; all of the engine's randomness comes from them.
    pub seed: [u8; 32],
    /// The time at start.
    pub now: Now,
    /// Actors up to which the state of a document is told with all its tips: [`crate::limits::WHOLE_FRONTIER_TIPS`]. The
    /// simulator draws fewer, so that its small documents go the other way as well.
    pub whole_tips: usize,
}

/// The nonce and sequence of one of this device's actors, for tests and diagnosis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnActor {
    /// The nonce.
    pub nonce: Nonce,
    /// The actor.
    pub actor: ActorId,
}
