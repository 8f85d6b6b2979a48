//! The engine thread: the one loop around the engine.
//!
//! It takes a slice of what waits, hands it to the engine with the time, then carries out every output. The
//! engine commits and signs once per slice, so edits that arrive together share a signature and a flush.

use super::inbox::{Inbox, Outside, ReplyTo};
use super::outlet::Outlet;
use super::storage::{Held, Job};
use super::{EventKind, clock::Clock};
use crate::helper::HelperPool;
use crate::limits::{ENGINE_SLICE, PERSISTS_OUTSTANDING_MAX, TICKETS_LOOKED_UP_EVERY};
use crate::net::NetLink;
use comin_protocol::engine::{Command, CommandError, Input, Now, Output, Reply, RequestId, TaskId, Write};
use comin_protocol::limits::COMPACT_AFTER_CHANGES;
use comin_protocol::roster::Roster;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// What the loop drives: the engine, or a stand-in in tests.
pub(crate) trait Core {
    /// Takes one input.
    fn handle(&mut self, now: Now, input: Input);
    /// Gives the next output, until there is none.
    fn poll(&mut self) -> Option<Output>;
}

/// The runtime's own commands: whether tickets are open, and what is done last.
const OWN_REQUEST: RequestId = RequestId(0);

/// Why the loop ended.
#[derive(PartialEq, Eq)]
enum Flow {
    Continue,
    Stop,
}

/// The engine thread's state.
pub(crate) struct Driver<C> {
    core: C,
    clock: Clock,
    inbox: Arc<Inbox>,
    outlet: Outlet,
    storage: SyncSender<Job>,
    helpers: HelperPool,
    net: NetLink,
    roster: watch::Sender<Arc<Roster>>,
    waiting: HashMap<RequestId, (ReplyTo, OwnedSemaphorePermit)>,
    last_request: u64,
    outstanding: VecDeque<TaskId>,
    /// The store has failed: nothing that waits for it goes out any more.
    failed: bool,
    wake_at: Option<u64>,
    tickets_due: Option<Instant>,
}

/// What a [`Driver`] is connected with.
pub(crate) struct Wiring {
    pub clock: Clock,
    pub inbox: Arc<Inbox>,
    pub outlet: Outlet,
    pub storage: SyncSender<Job>,
    pub helpers: HelperPool,
    pub net: NetLink,
    pub roster: watch::Sender<Arc<Roster>>,
}

impl<C: Core> Driver<C> {
    pub fn new(core: C, wiring: Wiring) -> Self {
        let Wiring { clock, inbox, outlet, storage, helpers, net, roster } = wiring;
        Self {
            core,
            clock,
            inbox,
            outlet,
            storage,
            helpers,
            net,
            roster,
            waiting: HashMap::new(),
            last_request: OWN_REQUEST.0,
            outstanding: VecDeque::new(),
            failed: false,
            wake_at: None,
            tickets_due: Some(Instant::now()),
        }
    }

    /// Runs until the node is to stop. Dropping the driver ends the storage thread, which first finishes what
    /// it was given.
    pub fn run(&mut self) {
        self.core.handle(self.clock.now(), Input::Tick);
        self.carry_out();
        while self.turn() == Flow::Continue {}
        // Many raw changes take long to load, and a newcomer would get them only after that.
        let compact = Command::Compact { from_changes: COMPACT_AFTER_CHANGES as u64 };
        self.core.handle(self.clock.now(), Input::Command(OWN_REQUEST, compact));
        self.carry_out();
    }

    /// One slice.
    fn turn(&mut self) -> Flow {
        let room = self.outstanding.len() < PERSISTS_OUTSTANDING_MAX;
        let mut slice = self.inbox.take(ENGINE_SLICE, room, self.deadline());
        let now = self.clock.now();
        for report in slice.reports.drain(..) {
            self.note(&report);
            self.core.handle(now, report);
        }
        for outside in slice.outside.drain(..) {
            self.take_in(now, outside);
        }
        self.be_on_time(now);
        self.carry_out();
        if slice.stop { Flow::Stop } else { Flow::Continue }
    }

    fn deadline(&self) -> Option<Instant> {
        let tick = self.wake_at.map(|at| self.clock.instant(at));
        [tick, self.tickets_due].into_iter().flatten().min()
    }

    /// Keeps count of what is on disk.
    fn note(&mut self, report: &Input) {
        match report {
            Input::Persisted(last) => {
                while self.outstanding.front().is_some_and(|task| task <= last) {
                    self.outstanding.pop_front();
                }
            }
            Input::PersistFailed(_, text) => {
                self.outstanding.clear();
                self.failed = true;
                self.outlet.fail(text.clone());
            }
            _ => (),
        }
    }

    fn take_in(&mut self, now: Now, outside: Outside) {
        match outside {
            Outside::Command(command, reply_to, permit) => {
                // Who goes on is not kept waiting by how the last attempts ended.
                if matches!(command, Command::SyncNow | Command::SetPaused(false)) {
                    self.net.retry_now();
                }
                if concerns_tickets(&command) {
                    self.tickets_due = Some(Instant::now());
                }
                self.last_request += 1;
                let request = RequestId(self.last_request);
                self.waiting.insert(request, (reply_to, permit));
                self.core.handle(now, Input::Command(request, command));
            }
            Outside::Net(input, permit) => {
                self.core.handle(now, input);
                drop(permit);
            }
        }
    }

    fn be_on_time(&mut self, now: Now) {
        if self.wake_at.is_some_and(|at| at <= now.mono_ms) {
            self.wake_at = None;
            self.core.handle(now, Input::Tick);
        }
        if self.tickets_due.is_some_and(|at| at <= Instant::now()) {
            self.tickets_due = None;
            self.core.handle(now, Input::Command(OWN_REQUEST, Command::Status));
        }
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Persist(task, batch) => self.persist(task, batch),
                Output::Load(task, doc) => self.hand_over(Job::Load(task, doc)),
                Output::Check(task, job) => self.helpers.check(task, job),
                Output::Reply { request, reply, after } => self.reply(request, reply, after),
                Output::Send { session, frame, after } => self.release(Held::Send(session, frame), after),
                Output::Changed { records, after } => self.release(Held::Changed(records), after),
                Output::RosterChanged(roster) => {
                    self.roster.send_replace(roster);
                    self.outlet.announce(EventKind::State);
                }
                Output::Dial(targets) => self.net.set_targets(targets),
                Output::Disconnect(session, text) => self.outlet.sessions.disconnect(session, text),
                Output::WakeAt(at) => self.wake_at = Some(at),
            }
        }
    }

    fn persist(&mut self, task: TaskId, batch: Vec<Write>) {
        self.outstanding.push_back(task);
        self.hand_over(Job::Write(task, batch));
    }

    fn hand_over(&self, job: Job) {
        // The storage thread outlives this one: it ends when our sender is dropped, unless it panicked.
        if self.storage.send(job).is_err() {
            self.outlet.fail("the storage thread has died".to_owned());
            self.inbox.stop();
        }
    }

    fn reply(&mut self, request: RequestId, reply: Box<Result<Reply, CommandError>>, after: Option<TaskId>) {
        if request == OWN_REQUEST {
            return self.note_tickets(&reply);
        }
        if let Some((to, permit)) = self.waiting.remove(&request) {
            drop(permit);
            self.release(Held::Reply(to, reply), after);
        }
    }

    /// Lets out what may go now; the rest goes behind its batch to the storage thread.
    fn release(&self, held: Held, after: Option<TaskId>) {
        let waits =
            after.is_some_and(|after| self.failed || self.outstanding.front().is_some_and(|oldest| *oldest <= after));
        if waits { self.hand_over(Job::Release(held)) } else { self.outlet.release(held) }
    }

    /// Once a ticket has been made, strangers may connect and ask to join: they get the join protocol and
    /// nothing else, and who comes with a used or expired ticket reads why it is refused.
    fn note_tickets(&mut self, reply: &Result<Reply, CommandError>) {
        let open = match reply {
            Ok(Reply::Status(status)) => !status.tickets.is_empty() || !status.approvals.is_empty(),
            _ => false,
        };
        self.net.set_open_for_joins(open);
        self.tickets_due = open.then(|| Instant::now() + TICKETS_LOOKED_UP_EVERY);
    }
}

impl<C> Drop for Driver<C> {
    fn drop(&mut self) {
        // Whoever still waits for an answer gets an error and not silence.
        self.inbox.close();
        for (_, (to, _)) in self.waiting.drain() {
            drop(to.send(Err(self.outlet.stopped_error())));
        }
    }
}

fn concerns_tickets(command: &Command) -> bool {
    matches!(
        command,
        Command::Invite { .. } | Command::CancelInvite { .. } | Command::Approve { .. } | Command::Reject { .. }
    )
}
