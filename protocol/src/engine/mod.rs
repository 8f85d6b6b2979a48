//! The engine: one node's protocol as a value.
//!
//! The contract of the loop around it:
//!
//! 1. hand over any number of inputs with [`Engine::handle`], each with the time;
//! 2. call [`Engine::poll`] until it gives `None`, and carry out what it gives, in order;
//! 3. hand results of tasks back as inputs, and `Tick` at the last `WakeAt` at the latest.
//!
//! Everything handed over between two polls is one *slice*: its edits are committed one by one, signed
//! together and written in one batch. Nothing that speaks of stored state leaves before that batch is on
//! disk: such outputs carry the number of the batch in `after`. Only a device's own record changes go out
//! at once; a crash makes the next process a new actor, and the peers give the edit back.

mod again;
mod appeals;
mod arrivals;
mod beacons;
mod carrying;
mod command;
mod delivered;
mod devices;
mod divergence;
mod document;
mod drafts;
mod edit;
mod federation;
mod io;
mod joining;
mod patience;
mod persons;
mod rebuild;
mod receive;
mod replaced;
mod runs;
mod session;
mod status;
#[cfg(test)]
mod tests;
mod told;
mod transfer;

pub use arrivals::{Arrival, Arrivals};
pub use carrying::chosen_federation;
pub use drafts::STATE_UNCONFIRMED;
pub use io::*;
pub use replaced::doc_of_state;

use crate::identity::DeviceSigner;
use crate::ids::{DeviceKey, DocId, Nonce, PartnerId, RecordKey};
use crate::join::{Newcomer, TicketBook};
use crate::limits;
use crate::message::Message;
use crate::planted::{Planted, is_planted};
use crate::record::Row;
use crate::roster::Roster;
use crate::statement_set::StatementSet;
use document::{Document, Parked};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use session::Session;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Why an engine cannot start.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StartError {
    /// No certificate of this device is among the statements.
    #[error("the store holds no certificate for this device's key")]
    NoCertificate,
    /// A stored value cannot be read.
    #[error("stored state {0} cannot be read")]
    State(String),
}

/// One node's protocol. See the module's text for the contract.
#[derive(Clone)]
pub struct Engine {
    signer: DeviceSigner,
    me: DeviceKey,
    partner: PartnerId,
    rng: ChaCha20Rng,
    now: Now,
    /// Wall minus monotonic clock when the nonce was taken.
    whole_tips: usize,
    clock_offset_ms: i64,
    /// The nonce of this process's actors; taken at the first write.
    nonce: Option<Nonce>,

    statements: StatementSet,
    roster: Arc<Roster>,
    /// What this machine's people have said to federations that others have founded.
    choice: carrying::Choice,
    docs: BTreeMap<DocId, Document>,
    sessions: BTreeMap<SessionId, Session>,
    beacons: beacons::Beacons,
    remembered: BTreeMap<DeviceKey, status::PeerMemory>,
    remember_due: Option<u64>,
    tickets: TicketBook,
    newcomer: Option<Newcomer>,
    /// Restored, and not confirmed yet: nothing is signed for the federation. The partners that have confirmed it.
    unconfirmed: Option<BTreeSet<PartnerId>>,
    /// For whom each waiting newcomer was last told that it waits.
    told_waiting: BTreeMap<DeviceKey, Vec<String>>,
    /// Join streams: the peer, and whether this node is the newcomer.
    join_sessions: BTreeMap<SessionId, (DeviceKey, bool)>,
    appeals: BTreeMap<SessionId, appeals::Appeal>,
    faults: Vec<Fault>,
    /// Statements that had no place, so far.
    crowded_out: u64,
    /// When this machine noticed that it had been put back to where it stood before, by the wall clock.
    put_back_ms: Option<u64>,
    /// What a peer held when its last session ended, until it says more itself: changes and state of each document.
    parted: BTreeMap<DeviceKey, status::Told>,
    /// How that differed from what we held then, where it did.
    beside: BTreeMap<DeviceKey, BTreeMap<DocId, document::Beside>>,
    patience: patience::Patience,
    listening: Vec<String>,
    paused: bool,
    stopped: Option<String>,

    /// Erasures of persons that other partners have asked for.
    erasures: persons::Erasures,
    /// Own edits that wait for their record to be made again.
    waiting: again::Waiting,
    /// What waits has moved in this slice.
    waiting_moved: bool,
    /// Own dropped edits that others had replaced.
    replaced: replaced::Replaced,
    /// What came late, for the people of this node.
    arrivals: Arrivals,
    /// Whether a document has been loaded since it was seen that they are not too many.
    loaded_more: bool,
    /// Own changes of this slice that no run covers yet.
    fresh: BTreeMap<DocId, Vec<StoredChange>>,
    /// Edits of this slice that wait for their rows.
    edited: Vec<(RequestId, Vec<(DocId, RecordKey)>)>,
    batch: Vec<Write>,
    rows_due: BTreeSet<(DocId, RecordKey)>,
    metas_due: BTreeSet<DocId>,
    changed: Vec<(DocId, RecordKey)>,
    state_changed: bool,
    dial_due: bool,
    staged: Vec<Staged>,
    queue: VecDeque<Output>,
    tasks: BTreeMap<TaskId, Task>,
    next_task: u64,
    last_persist: TaskId,
    persisted: TaskId,
    wake_at: Option<u64>,
    /// When to ask again for what the helper could not check.
    retry_at: Option<u64>,
}

/// An output of this slice, before it is known which batch it waits for.
#[derive(Clone)]
enum Staged {
    Send {
        session: SessionId,
        message: Arc<Message>,
        at_once: bool,
    },
    /// A frame of a join, on its own stream.
    Join {
        session: SessionId,
        frame: Vec<u8>,
    },
    Reply {
        request: RequestId,
        reply: Box<Result<Reply, CommandError>>,
        after_disk: bool,
    },
    Other(Box<StagedOther>),
}

#[derive(Clone)]
enum StagedOther {
    Load(TaskId, DocId),
    Check(TaskId, crate::check::CheckJob),
    Disconnect(SessionId, String),
}

/// A task given out.
#[derive(Clone)]
enum Task {
    Load(DocId),
    Check(transfer::Checking),
}

impl Engine {
    /// Starts from what the store holds.
    ///
    /// # Errors
    /// [`StartError`]: the store is not this device's, or not readable.
    pub fn new(config: EngineConfig, boot: Boot) -> Result<Self, StartError> {
        let me = config.signer.key();
        let mut statements = StatementSet::default();
        for signed in boot.statements {
            statements.insert(signed.trusted());
        }
        let own = statements.iter().find_map(|verified| {
            let (partner, device) = verified.statement.as_ref()?.certifies()?;
            (device == me).then_some(partner)
        });
        let partner = own.ok_or(StartError::NoCertificate)?;
        let (mut runs, mut kept) = (boot.runs, boot.kept);
        let docs = boot.docs.into_iter().map(|(id, meta)| {
            let (runs, kept) = (runs.remove(&id).unwrap_or_default(), kept.remove(&id).unwrap_or_default());
            (id, Document::new(id, meta, runs, &kept, &me))
        });
        let choice = carrying::Choice::read(&boot.state)?;
        let roster = Arc::new(Roster::build_in(&partner, choice.federation, statements.iter()));
        let mut engine = Self {
            me,
            partner,
            rng: ChaCha20Rng::from_seed(config.seed),
            signer: config.signer,
            now: config.now,
            clock_offset_ms: offset(config.now),
            whole_tips: config.whole_tips,
            nonce: None,
            docs: docs.collect(),
            sessions: BTreeMap::new(),
            beacons: beacons::Beacons::new(boot.beacons),
            remembered: BTreeMap::new(),
            remember_due: None,
            tickets: TicketBook::default(),
            newcomer: None,
            unconfirmed: None,
            told_waiting: BTreeMap::new(),
            join_sessions: BTreeMap::new(),
            appeals: BTreeMap::new(),
            faults: Vec::new(),
            crowded_out: 0,
            put_back_ms: None,
            parted: BTreeMap::new(),
            beside: BTreeMap::new(),
            patience: patience::Patience::default(),
            listening: Vec::new(),
            paused: false,
            stopped: None,
            erasures: persons::Erasures::default(),
            waiting: again::Waiting::default(),
            waiting_moved: false,
            replaced: replaced::Replaced::default(),
            arrivals: Arrivals::default(),
            loaded_more: false,
            fresh: BTreeMap::new(),
            edited: Vec::new(),
            batch: Vec::new(),
            rows_due: BTreeSet::new(),
            metas_due: BTreeSet::new(),
            changed: Vec::new(),
            state_changed: true,
            dial_due: true,
            staged: Vec::new(),
            queue: VecDeque::from([Output::RosterChanged(roster.clone())]),
            tasks: BTreeMap::new(),
            next_task: 1,
            last_persist: TaskId(0),
            persisted: TaskId(0),
            wake_at: None,
            retry_at: None,
            statements,
            roster,
            choice,
        };
        engine.restore_state(&boot.state)?;
        engine.name_double_signers(&Roster::default());
        for doc in engine.docs.values_mut() {
            doc.note_state();
        }
        if is_planted(Planted::LosePersonsAtStart) {
            let persons: Vec<DocId> = engine.docs.keys().copied().filter(DocId::is_person).collect();
            persons.into_iter().for_each(|id| engine.drop_person(id));
        }
        engine.settle_persons();
        engine.rebuild_due();
        engine.issue_waiting(true);
        Ok(engine)
    }

    fn restore_state(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        self.paused = state.contains_key(command::STATE_PAUSED);
        self.restore_unconfirmed(state);
        self.restore_joining(state)?;
        self.restore_waiting(state)?;
        self.restore_replaced(state)?;
        self.restore_erasures(state)?;
        self.restore_arrivals(state)?;
        self.restore_peers(state)
    }

    /// Takes one input. Never fails: what is wrong with it becomes an output.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.pass_time(now);
        if self.stopped.is_some() {
            return self.handle_stopped(input);
        }
        if !matches!(input, Input::Command(_, Command::Edit(_))) {
            // What follows may speak of the document's state: own edits so far belong to it.
            self.seal_edits();
        }
        match input {
            Input::Command(request, command) => self.handle_command(request, command),
            Input::Connected(session, device) => self.handle_connected(session, device),
            Input::JoinConnected(session, device, outgoing) => self.handle_join_connected(session, device, outgoing),
            Input::Disconnected(session) => self.handle_disconnected(session),
            Input::Received(session, frame) => self.handle_received(session, &frame),
            Input::Persisted(task) => self.persisted = self.persisted.max(task),
            Input::PersistFailed(_, text) => self.stop(text),
            Input::Loaded(task, stored) => self.handle_loaded(task, stored),
            Input::Checked(task, result) => self.handle_checked(task, result),
            Input::Listening(addresses) => self.handle_listening(addresses),
            Input::Tick => self.handle_tick(),
        }
    }

    /// The next output; `None`: hand over more input.
    pub fn poll(&mut self) -> Option<Output> {
        if self.queue.is_empty() {
            self.finish_slice();
        }
        self.queue.pop_front()
    }

    /// The roster as of now.
    pub fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    /// This device.
    pub fn device(&self) -> DeviceKey {
        self.me
    }

    /// How many things wait inside: outputs, tasks, and work parked until a document is loaded or fetched.
    pub fn backlog(&self) -> usize {
        let parked: usize = self.docs.values().map(|doc| doc.parked.len()).sum();
        let wanted: usize = self.sessions.values().map(|session| session.wants.len()).sum();
        self.queue.len() + self.staged.len() + self.tasks.len() + self.edited.len() + parked + wanted
    }

    fn pass_time(&mut self, now: Now) {
        self.now = now;
        if offset(now).abs_diff(self.clock_offset_ms) > limits::CLOCK_JUMP_MS {
            // The machine slept, was set, or was resumed from a copy: never go on with the old actor.
            self.clock_offset_ms = offset(now);
            self.renew_actor();
        }
    }

    fn stop(&mut self, text: String) {
        self.fresh.clear();
        self.batch.clear();
        self.metas_due.clear();
        self.remember_due = None;
        self.staged.clear();
        for (request, _) in std::mem::take(&mut self.edited) {
            self.reply(request, Err(CommandError::Stopped(text.clone())), false);
        }
        for session in std::mem::take(&mut self.sessions).into_keys() {
            self.disconnect_later(session, "the store has failed".into());
        }
        self.stopped = Some(text);
        self.state_changed = true;
    }

    fn handle_stopped(&mut self, input: Input) {
        if let Input::Command(request, command) = input {
            let text = self.stopped.clone().unwrap_or_default();
            let reply = match command {
                Command::Status => Ok(Reply::Status(Box::new(self.status()))),
                _ => Err(CommandError::Stopped(text)),
            };
            self.reply(request, reply, false);
        }
    }

    fn handle_tick(&mut self) {
        if self.retry_at.is_some_and(|at| at <= self.now.mono_ms) {
            self.retry_at = self.next_retry();
            for doc in self.docs.keys().copied().collect::<Vec<_>>() {
                self.after_growth(doc);
            }
        }
        self.end_stalled();
        self.wake_resting();
        self.end_appeals();
        self.beacon_if_due();
        self.tend_documents();
    }

    /// Ends the slice: rows, one batch, and everything that was staged, in an order that keeps the promise
    /// of the module's text.
    fn finish_slice(&mut self) {
        self.issue_waiting(false);
        self.seal_edits();
        self.fetch_more();
        self.project_due();
        self.compact_full();
        self.write_metas();
        self.store_waiting();
        self.remember_peers();
        self.keep_what_may_be_held();
        self.unload_beyond_peak();
        if !self.batch.is_empty() {
            let task = self.new_task();
            self.last_persist = task;
            self.queue.push_back(Output::Persist(task, std::mem::take(&mut self.batch)));
        }
        let pending = (self.last_persist > self.persisted).then_some(self.last_persist);
        let mut withheld = BTreeSet::new();
        for staged in std::mem::take(&mut self.staged) {
            self.release(staged, pending, &mut withheld);
        }
        let records = std::mem::take(&mut self.changed);
        if !records.is_empty() || std::mem::take(&mut self.state_changed) {
            self.queue.push_back(Output::Changed { records, after: pending });
        }
        if std::mem::take(&mut self.dial_due) {
            let targets = self.dial_targets();
            self.queue.push_back(Output::Dial(targets));
        }
        self.wake_if_due();
    }

    /// Gives an output out. `withheld` are the sessions whose present answer does not go.
    fn release(&mut self, staged: Staged, pending: Option<TaskId>, withheld: &mut BTreeSet<SessionId>) {
        let output = match staged {
            Staged::Send { session, message, at_once } => {
                let Some(frames) = self.frames_due(session, &message, withheld) else { return };
                let held = self.sessions.get(&session).map_or(TaskId(0), |s| s.held_until);
                let after = if is_planted(Planted::AcknowledgeEarly) {
                    None
                } else if at_once {
                    (held > self.persisted).then_some(held)
                } else {
                    pending
                };
                if let (Some(after), Some(session)) = (after, self.sessions.get_mut(&session)) {
                    session.held_until = after;
                }
                return self.queue.extend(frames.into_iter().map(|frame| Output::Send { session, frame, after }));
            }
            Staged::Join { session, frame } => Output::Send { session, frame, after: pending },
            Staged::Reply { request, reply, after_disk } => {
                let waits = after_disk && !is_planted(Planted::AcknowledgeEarly);
                Output::Reply { request, reply, after: pending.filter(|_| waits) }
            }
            Staged::Other(other) => match *other {
                StagedOther::Load(task, doc) => Output::Load(task, doc),
                StagedOther::Check(task, job) => Output::Check(task, Box::new(job)),
                StagedOther::Disconnect(session, text) => Output::Disconnect(session, text),
            },
        };
        self.queue.push_back(output);
    }

    fn wake_if_due(&mut self) {
        let due = [
            self.beacon_due(),
            self.documents_due(),
            self.peers_due(),
            self.retry_at,
            self.stalled_due(),
            self.resting_due(),
            self.appeals_due(),
        ]
        .into_iter()
        .flatten()
        .min();
        if due != self.wake_at {
            self.wake_at = due;
            if let Some(at) = due {
                self.queue.push_back(Output::WakeAt(at));
            }
        }
    }

    fn new_task(&mut self) -> TaskId {
        let task = TaskId(self.next_task);
        self.next_task += 1;
        task
    }

    fn reply(&mut self, request: RequestId, reply: Result<Reply, CommandError>, after_disk: bool) {
        self.staged.push(Staged::Reply { request, reply: Box::new(reply), after_disk });
    }

    fn send(&mut self, session: SessionId, message: Message) {
        self.staged.push(Staged::Send { session, message: Arc::new(message), at_once: false });
    }

    fn disconnect_later(&mut self, session: SessionId, text: String) {
        self.staged.push(Staged::Other(Box::new(StagedOther::Disconnect(session, text))));
    }

    /// Fresh random bytes. The time goes in as well: a machine that was copied while it ran has a twin with
    /// the same generator, and the two must not go on making the same actors and record ids.
    fn random<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= 32) };
        let mut drawn = [0; 32];
        self.rng.fill_bytes(&mut drawn);
        let (wall, mono) = (self.now.wall_ms.to_le_bytes(), self.now.mono_ms.to_le_bytes());
        let mixed = crate::ids::tagged_hash("comin/random/1", &[&drawn, &wall, &mono]);
        let mut out = [0; N];
        // INVARIANT: N is at most 32, asserted above.
        out.copy_from_slice(&mixed[..N]);
        out
    }

    /// The next edit takes a new actor; what the old one wrote in this slice is signed before.
    fn renew_actor(&mut self) {
        self.seal_edits();
        self.nonce = None;
    }

    /// A fault of a device, counted where it repeats.
    fn fault(&mut self, device: DeviceKey, what: impl Into<String>) {
        const FAULTS_MAX: usize = 256;
        /// Of one device, so that none fills the list with its own.
        const OF_DEVICE_MAX: usize = 16;
        let (what, time_ms) = (what.into(), self.now.wall_ms);
        self.state_changed = true;
        if let Some(fault) = self.faults.iter_mut().find(|f| f.device == device && f.what == what) {
            fault.count += 1;
            fault.time_ms = time_ms;
        } else if self.faults.len() < FAULTS_MAX
            && self.faults.iter().filter(|fault| fault.device == device).count() < OF_DEVICE_MAX
        {
            self.faults.push(Fault { device, what, time_ms, count: 1 });
        }
    }

    // ── documents ───────────────────────────────────────────────────────────────────────────────────────

    fn doc_mut(&mut self, id: DocId) -> &mut Document {
        let me = self.me;
        self.docs.entry(id).or_insert_with(|| Document::new(id, DocMeta::default(), BTreeMap::new(), &[], &me))
    }

    /// Makes sure that a document is in memory; if it has to be fetched from the store, `parked` waits.
    fn load_or_park(&mut self, id: DocId, parked: Parked) -> bool {
        let (now, task) = (self.now.mono_ms, TaskId(self.next_task));
        let doc = self.doc_mut(id);
        if let Some(loaded) = &mut doc.loaded {
            loaded.last_used_ms = now;
            return true;
        }
        if doc.frontier.is_empty() && doc.loading.is_none() {
            doc.loaded = Some(document::Loaded::index(automerge::Automerge::new(), now));
            self.loaded_more = true;
            return true;
        }
        doc.parked.push(parked);
        if doc.loading.is_none() {
            doc.loading = Some(task);
            self.next_task += 1;
            self.tasks.insert(task, Task::Load(id));
            self.staged.push(Staged::Other(Box::new(StagedOther::Load(task, id))));
        }
        false
    }

    fn handle_loaded(&mut self, task: TaskId, stored: StoredDoc) {
        let Some(Task::Load(id)) = self.tasks.remove(&task) else { return };
        let now = self.now.mono_ms;
        let Some(doc) = self.docs.get_mut(&id) else { return };
        doc.loading = None;
        let mut parked = std::mem::take(&mut doc.parked);
        parked.retain(|waiting| match waiting {
            Parked::Want(session, want) => !self.answer_from_store(*session, want, &stored),
            _ => true,
        });
        if parked.is_empty() {
            return;
        }
        if let Some(doc) = self.docs.get_mut(&id)
            && let Err(document::Damaged(text)) = doc.install(stored, now)
        {
            return self.stop(text);
        }
        self.loaded_more = true;
        // Whatever waits finds it as it has to be.
        self.rebuild_if_due(id);
        for waiting in parked {
            self.unpark(id, waiting);
        }
    }

    fn unpark(&mut self, id: DocId, waiting: Parked) {
        if !matches!(waiting, Parked::Command(..)) {
            // As with any input: what follows may speak of edits that have waited as well.
            self.seal_edits();
        }
        match waiting {
            Parked::Command(request, command) => self.handle_command(request, command),
            Parked::Push(session, changes, runs) => self.take_changes(session, id, changes, runs),
            Parked::Checked(session, changes, runs) => self.take_checked(session, id, changes, runs),
            Parked::Want(session, want) => self.handle_want(session, want),
            Parked::Branch(session, branch) => self.handle_branch(session, branch),
            Parked::ShowBranch(session, actor, seq) => self.show_branch(session, id, actor, seq),
            Parked::Rebuild => self.rebuild_due(),
            Parked::Again(keys) => self.issue_in(id, keys),
            Parked::NextPart(next) => self.take_result(next.0, next.1),
        }
    }

    /// Writes the rows of every record that this slice touched, and notes them as changed.
    fn project_due(&mut self) {
        let due = std::mem::take(&mut self.rows_due);
        let mut rows: BTreeMap<(DocId, RecordKey), Row> = BTreeMap::new();
        for (id, key) in &due {
            let Some(loaded) = self.docs.get(id).and_then(|doc| doc.loaded.as_ref()) else { continue };
            for row in loaded.rows(id, [key]) {
                rows.insert((*id, key.clone()), row);
            }
        }
        let metas: BTreeSet<DocId> = due.iter().map(|(id, _)| *id).collect();
        for id in metas {
            self.write_meta(id);
        }
        for (request, keys) in std::mem::take(&mut self.edited) {
            let found = keys.iter().filter_map(|key| self.row_for_reply(&rows, key)).collect();
            self.reply(request, Ok(Reply::Edited(found)), true);
        }
        for row in rows.into_values() {
            self.batch.push(Write::put_row(&row));
        }
        self.changed.extend(due);
    }

    fn row_for_reply(&self, rows: &BTreeMap<(DocId, RecordKey), Row>, key: &(DocId, RecordKey)) -> Option<Row> {
        rows.get(key).cloned().or_else(|| {
            let loaded = self.docs.get(&key.0)?.loaded.as_ref()?;
            loaded.rows(&key.0, [&key.1]).pop()
        })
    }

    /// Has what is known of a document written with this slice, and remembers the state for placing beacons.
    fn write_meta(&mut self, id: DocId) {
        if let Some(doc) = self.docs.get_mut(&id) {
            doc.note_state();
            self.metas_due.insert(id);
            self.beacons.touch();
            self.note_overtaken(id);
        }
    }

    /// Writes what is known of the documents that this slice has changed, beside the runs that it has written.
    fn write_metas(&mut self) {
        for id in std::mem::take(&mut self.metas_due) {
            if let Some(doc) = self.docs.get_mut(&id) {
                doc.meta.note_moved(&std::mem::take(&mut doc.moved), &doc.frontier, &doc.runs);
                self.batch.push(Write::PutDocMeta(id, doc.meta.clone()));
            }
        }
    }

    /// Compacts and unloads what has been idle.
    fn tend_documents(&mut self) {
        const SETTLED_MS: u64 = 2_000;
        let now = self.now.mono_ms;
        let idle = |doc: &Document| doc.loaded.as_ref().map(|l| now.saturating_sub(l.last_used_ms));
        let due: Vec<DocId> = self
            .docs
            .values()
            .filter(|doc| {
                doc.meta.raw_changes as usize >= limits::COMPACT_AFTER_CHANGES
                    && idle(doc).is_some_and(|ms| ms >= SETTLED_MS)
            })
            .map(|doc| doc.id)
            .collect();
        for id in due {
            self.compact(id);
        }
        self.unload_idle();
    }

    /// Unloads at once where so many documents came since the last tick that memory would go with them: an import fills
    /// one part after another.
    fn unload_beyond_peak(&mut self) {
        if !std::mem::take(&mut self.loaded_more) {
            return;
        }
        // What waits for one document may need others that are here.
        if self.docs.values().any(|doc| doc.loading.is_some()) {
            self.loaded_more = true;
        } else if self.docs.values().filter(|doc| doc.loaded.is_some()).count() > limits::DOCS_LOADED_PEAK {
            self.unload_idle();
        }
    }

    /// Unloads what has been idle, and the longest idle of too many.
    fn unload_idle(&mut self) {
        let now = self.now.mono_ms;
        let idle = |doc: &Document| doc.loaded.as_ref().map(|l| now.saturating_sub(l.last_used_ms));
        let mut loaded: Vec<(u64, DocId)> = self.docs.values().filter_map(|d| Some((idle(d)?, d.id))).collect();
        loaded.sort_unstable();
        let keep =
            |(rank, (ms, _)): (usize, &(u64, DocId))| rank < limits::DOCS_LOADED_MAX && *ms < limits::DOC_IDLE_MS;
        let unload: Vec<DocId> =
            loaded.iter().enumerate().filter(|(rank, entry)| !keep((*rank, entry))).map(|(_, (_, id))| *id).collect();
        let busy: BTreeSet<DocId> = self.rows_due.iter().map(|(id, _)| *id).collect();
        for id in unload {
            if let Some(doc) = self.docs.get_mut(&id).filter(|doc| doc.parked.is_empty() && !busy.contains(&doc.id)) {
                doc.loaded = None;
            }
        }
    }

    fn documents_due(&self) -> Option<u64> {
        self.docs
            .values()
            .any(|doc| doc.loaded.is_some())
            .then(|| (self.now.mono_ms / limits::BEACON_INTERVAL_MS + 1) * limits::BEACON_INTERVAL_MS)
    }

    /// A part that has just become full is compacted without waiting for a pause, and again whenever its history has
    /// doubled: what a newcomer asks for first is then read from the store as it is. New records go to the next part, so
    /// it is not kept in memory either.
    fn compact_full(&mut self) {
        let due = |doc: &&Document| {
            let full = doc.loaded.is_some() && doc.meta.records >= limits::PART_RECORDS_FULL && !doc.id.is_links();
            full && doc.meta.raw_changes > doc.meta.snapshot_changes
        };
        for id in self.docs.values().filter(due).map(|doc| doc.id).collect::<Vec<_>>() {
            self.compact(id);
            if let Some(doc) = self.docs.get_mut(&id).filter(|doc| doc.parked.is_empty()) {
                doc.loaded = None;
            }
        }
    }

    /// Makes a snapshot of a loaded document; the raw changes that it covers go.
    fn compact(&mut self, id: DocId) {
        let Some(doc) = self.docs.get_mut(&id) else { return };
        if doc.meta.raw_changes == 0 {
            return;
        }
        let Some(snapshot) = doc.snapshot() else { return };
        doc.meta.snapshot_changes = doc.frontier.changes();
        doc.meta.raw_changes = 0;
        self.batch.push(Write::PutSnapshot(id, snapshot));
        self.write_meta(id);
    }
}

fn offset(now: Now) -> i64 {
    (now.wall_ms as i64).wrapping_sub(now.mono_ms as i64)
}
