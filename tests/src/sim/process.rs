//! A node: a disk, and now and then a process with an engine on it.

use crate::sim::dice::Dice;
use crate::sim::disk::Disk;
use crate::sim::views::Views;
use comin_protocol::check::CheckJob;
use comin_protocol::engine::{CommandError, Engine, Now, Reply, RequestId, SessionId, StoredDoc, TaskId, Write};
use comin_protocol::ids::{ActorId, ChangeHash, DeviceKey, DocId, RecordKey, RegisterId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A machine of the schedule.
pub struct Node {
    /// Index of the device in the cast. A copied machine shares it with its original.
    pub device: usize,
    /// What is flushed.
    pub disk: Disk,
    /// Older copies of the disk, for a restore.
    pub backups: Vec<Disk>,
    /// The keys of persons, in a file that each backup replaces.
    pub key_file: BTreeMap<DocId, u64>,
    /// The running process.
    pub process: Option<Process>,
    /// What it makes of its rows, in schedules that look at that.
    pub views: Option<Views>,
    /// Wall clock minus true time, in milliseconds.
    pub wall_offset_ms: i64,
    /// The helper of this node refuses every job for now.
    pub refuses: bool,
    /// What this node sends is tampered with for now.
    pub lies: bool,
    /// Never counted among the honest ones.
    pub is_liar: bool,
    /// The next store failure: so many batches from now.
    pub persist_fails_in: Option<u64>,
    /// Exchange has been paused by its user.
    pub paused: bool,
    /// Its disk has once been put back to an older copy.
    pub was_rolled_back: bool,
    /// It may have pushed changes that its disk then lost.
    pub lost_pushed: bool,
}

/// A numbered task that the engine has given out and that is not yet done.
#[derive(Clone)]
pub enum Task {
    /// The document as it was when the engine asked.
    Load(Box<StoredDoc>),
    /// A job for the helper.
    Check(Box<CheckJob>),
}

/// A batch that is written and not yet flushed.
#[derive(Clone)]
pub struct Batch {
    /// Its number.
    pub task: TaskId,
    /// What it writes.
    pub writes: Vec<Write>,
}

/// What waits for a batch to be on disk.
#[derive(Clone)]
pub enum Held {
    /// An answer to a user, and the batch that the engine named.
    Reply(RequestId, Box<Result<Reply, CommandError>>, Option<TaskId>),
    /// A frame to a peer.
    Send(SessionId, Vec<u8>),
    /// Rows that have changed.
    Changed(Vec<(DocId, RecordKey)>),
}

/// What a reply is for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Edits of the ledger, committed together.
    Edit(Vec<usize>),
    /// An edit that must be refused, and why.
    Refused(&'static str),
    /// The state, asked for at the end.
    Status,
    /// A fresh projection of a document.
    Project(DocId),
    /// A step of a join.
    Join(JoinStep),
    /// The erasure of a person.
    Erasure(RegisterId),
    /// Anything whose answer does not matter.
    Other,
}

/// The steps of a join that have an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinStep {
    /// The inviter made a ticket.
    Invite,
    /// The newcomer used it.
    Join,
    /// The inviter looks for someone to approve.
    Look,
    /// The inviter approved.
    Approve,
}

/// The end of a wire that a session of this process is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WireEnd {
    /// Index of the wire.
    pub wire: usize,
    /// 0 or 1.
    pub side: usize,
}

/// A change by its place in the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChangeRef {
    /// The document.
    pub doc: DocId,
    /// The actor.
    pub actor: ActorId,
    /// Its sequence.
    pub seq: u64,
    /// Its hash.
    pub hash: ChangeHash,
}

/// A running process.
#[derive(Clone)]
pub struct Process {
    /// The engine.
    pub engine: Engine,
    /// Unlike any other process of the schedule.
    pub incarnation: u64,
    /// When it started, in virtual milliseconds.
    pub started_ms: u64,
    /// Batches written and not flushed, oldest first.
    pub pending: VecDeque<Batch>,
    /// A flush is under way.
    pub flushing: bool,
    /// The last batch on disk.
    pub flushed: Option<TaskId>,
    /// What waits for a batch.
    pub held: BTreeMap<TaskId, Vec<Held>>,
    /// Loads and checks under way.
    pub tasks: BTreeMap<TaskId, Task>,
    /// Open sessions.
    pub sessions: BTreeMap<SessionId, WireEnd>,
    /// The next session's number.
    pub next_session: u64,
    /// Commands without an answer yet.
    pub asked: BTreeMap<RequestId, Asked>,
    /// Commands that had been given to the machine of which this one is a copy: nobody waits here for an answer.
    pub forgotten: BTreeSet<RequestId>,
    /// The device's own changes in each batch, to tie an acknowledged edit to its change.
    pub changes_of: BTreeMap<TaskId, Vec<ChangeRef>>,
    /// A poll has been put off.
    pub poll_later: bool,
    /// The process dies after so many more outputs.
    pub dies_after: Option<u64>,
    /// The engine was told that a batch failed.
    pub failed: bool,
    /// Targets of a join that the engine wants dialled.
    pub join_targets: Vec<DeviceKey>,
    /// The latest tick asked for, in virtual milliseconds.
    pub wake_ms: Option<u64>,
}

impl Process {
    /// A process that has just started.
    pub fn new(engine: Engine, incarnation: u64, started_ms: u64) -> Self {
        Self {
            engine,
            incarnation,
            started_ms,
            pending: VecDeque::new(),
            flushing: false,
            flushed: None,
            held: BTreeMap::new(),
            tasks: BTreeMap::new(),
            sessions: BTreeMap::new(),
            next_session: 1,
            asked: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            changes_of: BTreeMap::new(),
            poll_later: false,
            dies_after: None,
            failed: false,
            join_targets: Vec::new(),
            wake_ms: None,
        }
    }

    /// Whether a batch is on disk; a batch that the engine does not wait for always is.
    pub fn is_flushed(&self, after: Option<TaskId>) -> bool {
        after.is_none_or(|task| self.flushed >= Some(task))
    }

    /// Takes what waited for batches up to the last one on disk, in the order in which it was given out.
    pub fn release(&mut self) -> Vec<Held> {
        let Some(flushed) = self.flushed else { return Vec::new() };
        let rest = self.held.split_off(&TaskId(flushed.0 + 1));
        std::mem::replace(&mut self.held, rest).into_values().flatten().collect()
    }

    /// Nothing is under way inside this process.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.held.is_empty() && self.tasks.is_empty() && !self.poll_later
    }
}

/// The first moment of every schedule by the wall clock: some day in 2026.
const WALL_START_MS: i64 = 1_780_000_000_000;

impl Node {
    /// A machine that has not been started.
    pub fn new(device: usize, disk: Disk) -> Self {
        Self {
            device,
            disk,
            backups: Vec::new(),
            key_file: BTreeMap::new(),
            process: None,
            views: None,
            wall_offset_ms: 0,
            refuses: false,
            lies: false,
            is_liar: false,
            persist_fails_in: None,
            paused: false,
            was_rolled_back: false,
            lost_pushed: false,
        }
    }

    /// The clocks of this machine.
    pub fn clock(&self, now_ms: u64) -> Now {
        let started = self.process.as_ref().map_or(now_ms, |process| process.started_ms);
        let wall = WALL_START_MS + now_ms as i64 + self.wall_offset_ms;
        Now { wall_ms: wall.max(0) as u64, mono_ms: now_ms - started }
    }

    /// The process ends now. Of what was written and not flushed, a beginning reached the disk.
    /// Gives the process and how many batches did not.
    pub fn die(&mut self, dice: &mut Dice) -> Option<(Process, usize)> {
        let process = self.process.take()?;
        let survive = if process.failed { 0 } else { dice.index(process.pending.len() + 1) };
        for batch in process.pending.iter().take(survive) {
            self.disk.apply(&batch.writes);
        }
        let lost = process.pending.len() - survive;
        Some((process, lost))
    }
}
