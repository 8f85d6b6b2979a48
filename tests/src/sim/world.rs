//! The world of one schedule: machines, network and virtual time, and the loop that moves them.

use crate::sim::Story;
use crate::sim::Violation;
use crate::sim::cast::Cast;
use crate::sim::dice::Dice;
use crate::sim::disk::Disk;
use crate::sim::joining::Joining;
use crate::sim::ledger::Ledger;
use crate::sim::panic_text;
use crate::sim::persons::Persons;
use crate::sim::plan::Plan;
use crate::sim::process::{Asked, Batch, ChangeRef, Held, Node, Process, Task, WireEnd};
use crate::sim::removal::Removal;
use crate::sim::tally::{Did, Rule, Tally};
use crate::sim::views::Views;
use crate::sim::wire::{End, WIRE_BYTES_MAX, WIRE_FRAMES_MAX, Wire};
use comin_protocol::check;
use comin_protocol::engine::{
    Command, Engine, EngineConfig, Input, Output, Reply, RequestId, SessionId, Status, TaskId, Write,
};
use comin_protocol::ids::{ActorId, DocId};
use comin_protocol::limits::HELLO_AGAIN_MS;
use comin_protocol::message::Message;
use comin_protocol::record::Row;
use comin_protocol::run::Frontier;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a step of the world may end with: the text of a violation.
pub type Step<T = ()> = Result<T, String>;

/// Outputs between two inputs before the engine counts as endless.
const OUTPUTS_MAX: u64 = 20_000;
/// Events of one schedule before it counts as endless.
const EVENTS_MAX: u64 = 2_000_000;
/// Tasks of one engine under way at once before it counts as unbounded.
const TASKS_MAX: usize = 512;
/// Things that wait inside one engine (outputs, tasks, parked work) before it counts as unbounded.
const BACKLOG_MAX: usize = 4_096;
/// Lines of the trace that are kept at least.
const TRACE_LINES: usize = 50_000;
/// Time after the faults within which honest nodes must agree, in virtual milliseconds.
const SETTLE_MS: u64 = 5 * 60_000;
/// How often the world may stir again after it had come to rest (a liar that stays may have something left).
const REST_ROUNDS_MAX: usize = 20;
/// On a session that repeats, in so many of 1,000 cases a frame comes twice.
const REPEATS: u64 = 300;
/// In one schedule of so many the machines keep the views of a node, which cost time.
const SEEDS_A_VIEW: u64 = 10;
/// How often agreement is looked for, in virtual milliseconds.
const SETTLE_STEP_MS: u64 = 2_000;
/// After this long at rest machines know of one another that they are, in virtual milliseconds: a session that is out of
/// date compares again after a minute.
const KNOW_MS: u64 = HELLO_AGAIN_MS + 10_000;

/// What happens at some virtual time.
#[derive(Clone, Debug)]
pub enum Event {
    /// Outputs are taken that were put off.
    Poll(usize, u64),
    /// A flush ends.
    Flushed(usize, u64),
    /// A load or check ends.
    Task(usize, u64, TaskId),
    /// A tick that the engine asked for.
    Wake(usize, u64),
    /// A process ends.
    Kill(usize, u64),
    /// A machine starts.
    Start(usize),
    /// Two machines try to connect.
    Connect(usize, usize),
    /// The first frame on a wire arrives at one end.
    Arrive(usize, usize),
    /// One end of a wire learns that it is broken.
    Closed(usize, usize),
    /// A user does something.
    Work,
    /// A fault happens.
    Fault,
    /// A copy is made of a disk.
    Backup,
    /// The people of a join do the next thing.
    Joining,
    /// The steward's user sees to the removal.
    Removing,
    /// A user does something about a person.
    Person,
}

struct Scheduled {
    at_ms: u64,
    order: u64,
    event: Event,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at_ms, self.order) == (other.at_ms, other.order)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ms, self.order).cmp(&(other.at_ms, other.order))
    }
}

/// The world of one schedule.
pub struct World {
    story: Story,
    seed: u64,
    pub(super) dice: Dice,
    pub(super) now_ms: u64,
    events: BinaryHeap<Reverse<Scheduled>>,
    order: u64,
    pub(super) plan: Plan,
    pub(super) cast: Cast,
    pub(super) nodes: Vec<Node>,
    pub(super) wires: Vec<Wire>,
    /// Wires of which an end has not been told that they are over.
    pub(super) live_wires: BTreeSet<usize>,
    /// Pairs that the network connects at all, and whether it does so now. The lower index comes first.
    pub(super) links: BTreeMap<(usize, usize), bool>,
    /// Pairs for which an attempt to connect is scheduled.
    connecting: BTreeSet<(usize, usize)>,
    pub(super) ledger: Ledger,
    pub(super) tally: Tally,
    pub(super) joining: Option<Joining>,
    pub(super) removal: Option<Removal>,
    pub(super) persons: Persons,
    /// The last states that nodes reported.
    pub(super) statuses: BTreeMap<usize, Box<Status>>,
    /// Fresh projections asked for at the end.
    pub(super) projections: BTreeMap<(usize, DocId), Vec<Row>>,
    /// Faults are over.
    pub(super) healed: bool,
    /// Numbers for texts.
    pub(super) texts: u64,
    requests: u64,
    incarnations: u64,
    /// Actors up to which a machine tells a document's state with all its tips.
    whole_tips: usize,
    /// The machines keep search indexes as well.
    has_views: bool,
    /// Runs whose signature has been checked already.
    pub(super) runs_seen: BTreeSet<[u8; 64]>,
    trace: Option<Vec<String>>,
}

impl World {
    /// Sets up a schedule.
    pub fn new(story: Story, seed: u64, trace: bool) -> Self {
        let mut dice = Dice::new(seed);
        let plan = Plan::draw(&mut dice);
        let cast = Cast::draw(&mut dice);
        let informed: Vec<bool> = (0..cast.devices.len()).map(|device| device == 0 || dice.chance(700)).collect();
        let mut nodes: Vec<Node> = (0..cast.devices.len())
            .map(|device| {
                let mut disk = Disk::default();
                for statement in cast.statements_of(device, informed[device]) {
                    disk.statements.insert(statement.id(), statement);
                }
                Node::new(device, disk)
            })
            .collect();
        if plan.liar && nodes.len() > 2 {
            // The first device is the steward; a liar is someone else.
            let liar = 1 + dice.index(nodes.len() - 1);
            nodes[liar].is_liar = true;
        }
        let (persons, person_times) = Persons::draw(story, seed, plan.chaos_ms);
        let mut world = Self {
            story,
            seed,
            dice,
            now_ms: 0,
            whole_tips: whole_tips(seed),
            has_views: seed % SEEDS_A_VIEW == 3,
            events: BinaryHeap::new(),
            order: 0,
            joining: Joining::of(&cast),
            removal: None,
            persons,
            plan,
            cast,
            nodes,
            wires: Vec::new(),
            live_wires: BTreeSet::new(),
            links: BTreeMap::new(),
            connecting: BTreeSet::new(),
            ledger: Ledger::default(),
            tally: Tally::default(),
            statuses: BTreeMap::new(),
            projections: BTreeMap::new(),
            healed: false,
            texts: 0,
            requests: 0,
            incarnations: 0,
            runs_seen: BTreeSet::new(),
            trace: trace.then(Vec::new),
        };
        world.draw_links(&informed);
        world.schedule_all();
        world.schedule_persons(person_times);
        if story == Story::Removals {
            world.plan_removal();
        }
        world
    }

    fn plan_removal(&mut self) {
        let Some((removal, at_ms)) = Removal::draw(self.seed, &self.cast, self.plan.chaos_ms) else { return };
        // Every member can hear of it from the steward, or nobody could expect anything of it.
        for node in 1..self.nodes.len() {
            if self.cast.devices[self.nodes[node].device].partner != removal.partner {
                self.links.insert((0, node), true);
            }
        }
        self.removal = Some(removal);
        self.schedule(at_ms, Event::Removing);
    }

    /// Runs the schedule to its end.
    ///
    /// # Errors
    /// The violation.
    pub fn run(mut self) -> Result<Tally, Violation> {
        match self.run_phases() {
            Ok(()) => {
                self.tally.nodes = self.nodes.len() as u64;
                self.tally.virtual_ms = self.now_ms;
                Ok(self.tally)
            }
            Err(what) => {
                Err(Violation { story: self.story, seed: self.seed, what, trace: self.trace.unwrap_or_default() })
            }
        }
    }

    fn run_phases(&mut self) -> Step {
        self.run_until(self.plan.chaos_ms)?;
        self.heal()?;
        self.run_until(self.now_ms + SETTLE_STEP_MS)?;
        for _ in 0..REST_ROUNDS_MAX {
            self.agree()?;
            let before = self.fingerprint();
            // By then every session knows that it is in sync.
            self.run_until(self.now_ms + KNOW_MS)?;
            self.ask_everyone()?;
            self.run_until(self.now_ms + SETTLE_STEP_MS)?;
            if self.disagreement().is_none() && self.fingerprint() == before {
                return self.check_end();
            }
        }
        Err("the world does not come to rest".to_owned())
    }

    /// Lets time pass until the honest machines agree and rest.
    pub(super) fn agree(&mut self) -> Step {
        let deadline = self.now_ms + SETTLE_MS;
        loop {
            match self.disagreement() {
                None => return Ok(()),
                Some(what) if self.now_ms > deadline => return Err(format!("no convergence: {what}")),
                Some(_) => self.run_until(self.now_ms + SETTLE_STEP_MS)?,
            }
        }
    }

    /// Every machine is connected with some, through honest ones; devices of one partner directly.
    fn draw_links(&mut self, informed: &[bool]) {
        let honest: Vec<usize> = (0..self.nodes.len()).filter(|n| !self.nodes[*n].is_liar).collect();
        let full = self.dice.chance(400);
        for (position, &node) in honest.iter().enumerate().skip(1) {
            let other = honest[self.dice.index(position)];
            self.links.insert(pair(node, other), true);
        }
        for a in 0..self.nodes.len() {
            for b in a + 1..self.nodes.len() {
                let same = self.cast.devices[a].partner == self.cast.devices[b].partner;
                if full || same || self.dice.chance(300) {
                    self.links.insert((a, b), true);
                }
            }
        }
        let need_steward = (1..self.nodes.len()).filter(|node| !informed[*node]);
        let newcomer = self.joining.as_ref().map(|joining| joining.newcomer);
        for node in need_steward.chain(newcomer) {
            self.links.insert((0, node), true);
        }
    }

    fn schedule_all(&mut self) {
        for node in 0..self.nodes.len() {
            // Some machines come late, so that they find others with much to give.
            let at = if self.dice.chance(200) { self.dice.below(self.plan.chaos_ms) } else { self.dice.below(500) };
            self.schedule(at, Event::Start(node));
        }
        for _ in 0..self.plan.works {
            let at = self.dice.below(self.plan.chaos_ms);
            self.schedule(at, Event::Work);
        }
        for _ in 0..self.plan.faults_count {
            let at = self.dice.below(self.plan.chaos_ms);
            self.schedule(at, Event::Fault);
        }
        for _ in 0..6 {
            let at = self.dice.below(self.plan.chaos_ms);
            self.schedule(at, Event::Backup);
        }
        if self.joining.is_some() {
            self.schedule(1_000, Event::Joining);
        }
    }

    /// Adds an event `in_ms` from now.
    pub(super) fn schedule(&mut self, in_ms: u64, event: Event) {
        self.order += 1;
        self.events.push(Reverse(Scheduled { at_ms: self.now_ms + in_ms, order: self.order, event }));
    }

    /// Adds a line to the trace, if there is one.
    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        let now_ms = self.now_ms;
        if let Some(trace) = &mut self.trace {
            if trace.len() >= 2 * TRACE_LINES {
                trace.drain(..TRACE_LINES);
            }
            trace.push(format!("{now_ms:>8} {}", line()));
        }
    }

    /// Lets time pass.
    pub(super) fn run_until(&mut self, end_ms: u64) -> Step {
        while let Some(Reverse(next)) = self.events.peek() {
            if next.at_ms > end_ms {
                break;
            }
            let Some(Reverse(next)) = self.events.pop() else { break };
            self.now_ms = next.at_ms;
            self.tally.events += 1;
            if self.tally.events > EVENTS_MAX {
                return Err(format!("endless: {EVENTS_MAX} events, the last one {:?}", next.event));
            }
            self.happen(next.event)?;
        }
        self.now_ms = end_ms;
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Step {
        match event {
            Event::Poll(node, incarnation) if self.runs(node, incarnation) => self.pump(node),
            Event::Flushed(node, incarnation) if self.runs(node, incarnation) => self.flushed(node),
            Event::Task(node, incarnation, task) if self.runs(node, incarnation) => self.finish(node, task),
            Event::Wake(node, incarnation) if self.runs(node, incarnation) => self.wake(node),
            Event::Kill(node, incarnation) if self.runs(node, incarnation) => self.crash(node),
            Event::Poll(..) | Event::Flushed(..) | Event::Task(..) | Event::Wake(..) | Event::Kill(..) => Ok(()),
            Event::Start(node) => self.start(node),
            Event::Connect(a, b) => self.connect(a, b),
            Event::Arrive(wire, side) => self.arrive(wire, side),
            Event::Closed(wire, side) => self.close_end(wire, side),
            Event::Work => self.work(),
            Event::Fault => self.fault(),
            Event::Backup => self.back_up(),
            Event::Joining => self.join_step(),
            Event::Removing => self.removal_step(),
            Event::Person => self.person_work(),
        }
    }

    fn runs(&self, node: usize, incarnation: u64) -> bool {
        self.nodes[node].process.as_ref().is_some_and(|process| process.incarnation == incarnation)
    }

    /// The running process of a node.
    pub(super) fn process(&mut self, node: usize) -> Option<&mut Process> {
        self.nodes[node].process.as_mut()
    }

    // Processes ------------------------------------------------------------------------------------------

    /// Starts a process on what the disk holds, with fresh randomness.
    pub(super) fn start(&mut self, node: usize) -> Step {
        if self.nodes[node].process.is_some() {
            return Ok(());
        }
        self.note(|| format!("n{node} starts"));
        let config = EngineConfig {
            signer: self.cast.devices[self.nodes[node].device].signer.clone(),
            seed: self.dice.bytes(),
            now: self.nodes[node].clock(self.now_ms),
            whole_tips: self.whole_tips,
        };
        let boot = self.nodes[node].disk.boot();
        let engine = guard(node, || Engine::new(config, boot))?;
        let engine = engine.map_err(|error| format!("n{node} cannot start: {error}"))?;
        let incarnation = self.next_incarnation();
        self.nodes[node].process = Some(Process::new(engine, incarnation, self.now_ms));
        self.open_views(node)?;
        self.feed(node, Input::Listening(vec![format!("/ip4/127.0.0.1/tcp/{}", 8471 + node)]))?;
        self.reconnect_soon(node);
        Ok(())
    }

    /// What a process makes of the rows that its disk holds when it begins.
    pub(super) fn open_views(&mut self, node: usize) -> Step {
        let state = &mut self.nodes[node];
        state.views = if self.has_views { Some(Views::open(&state.disk)?) } else { None };
        Ok(())
    }

    /// A number for a new process.
    pub(super) fn next_incarnation(&mut self) -> u64 {
        self.incarnations += 1;
        self.incarnations
    }

    /// Gives a node a command; `None` where it does not run.
    pub(super) fn ask(&mut self, node: usize, command: Command, asked: Asked) -> Step<Option<RequestId>> {
        self.requests += 1;
        let request = RequestId(self.requests);
        let Some(process) = self.process(node) else { return Ok(None) };
        process.asked.insert(request, asked);
        self.note(|| format!("n{node} is asked {} {command:?}", request.0));
        self.feed(node, Input::Command(request, command))?;
        Ok(Some(request))
    }

    /// Gives a node an input, and mostly takes its outputs at once.
    pub(super) fn feed(&mut self, node: usize, input: Input) -> Step {
        let now = self.nodes[node].clock(self.now_ms);
        let Some(process) = self.nodes[node].process.as_mut() else { return Ok(()) };
        guard(node, || process.engine.handle(now, input))?;
        if self.dice.chance(self.plan.lazy_poll) {
            self.poll_later(node);
            return Ok(());
        }
        self.pump(node)
    }

    fn poll_later(&mut self, node: usize) {
        let in_ms = self.dice.below(4);
        let Some(process) = self.process(node) else { return };
        let incarnation = process.incarnation;
        if !std::mem::replace(&mut process.poll_later, true) {
            self.schedule(in_ms, Event::Poll(node, incarnation));
        }
    }

    /// Takes all outputs of a node and carries them out.
    pub(super) fn pump(&mut self, node: usize) -> Step {
        for _ in 0..OUTPUTS_MAX {
            let Some(process) = self.process(node) else { return Ok(()) };
            process.poll_later = false;
            let Some(output) = guard(node, || process.engine.poll())? else { return self.check_backlog(node) };
            match &mut process.dies_after {
                Some(0) => {
                    self.tally.did(Did::CrashBetweenOutputs);
                    return self.crash(node);
                }
                Some(left) => *left -= 1,
                None => {}
            }
            self.carry_out(node, output)?;
        }
        Err(format!("n{node} gave {OUTPUTS_MAX} outputs without an end"))
    }

    fn carry_out(&mut self, node: usize, output: Output) -> Step {
        match output {
            Output::Persist(task, writes) => self.persist(node, task, writes),
            Output::Load(task, doc) => self.load(node, task, doc),
            Output::Check(task, job) => self.begin(node, task, Task::Check(job)),
            Output::Reply { request, reply, after } => self.hold(node, after, Held::Reply(request, reply, after)),
            Output::Send { session, frame, after } => {
                // Judged when it is given out: a scope may change while it waits for the disk.
                let end = self.process(node).and_then(|process| process.sessions.get(&session).copied());
                if let Some(end) = end {
                    let to = self.wires[end.wire].ends[1 - end.side].node;
                    self.check_persons_in_frame(node, to, &frame)?;
                }
                self.hold(node, after, Held::Send(session, frame))
            }
            Output::Changed { records, after } => match self.has_views {
                true => self.hold(node, after, Held::Changed(records)),
                false => Ok(()),
            },
            Output::RosterChanged(_) => Ok(()),
            Output::Dial(targets) => {
                let joins = targets.iter().filter(|target| target.join).map(|target| target.device).collect();
                if let Some(process) = self.process(node) {
                    process.join_targets = joins;
                }
                Ok(())
            }
            Output::Disconnect(session, why) => {
                self.note(|| format!("n{node} ends session {}: {why}", session.0));
                if why.contains("owes an answer") {
                    self.tally.did(Did::GivenUp);
                }
                let end = self.process(node).and_then(|process| process.sessions.get(&session).copied());
                if let Some(end) = end {
                    self.break_wire(end.wire, true);
                }
                Ok(())
            }
            Output::WakeAt(mono_ms) => {
                self.wake_at(node, mono_ms);
                Ok(())
            }
        }
    }

    fn wake_at(&mut self, node: usize, mono_ms: u64) {
        let now_ms = self.now_ms;
        let Some(process) = self.process(node) else { return };
        // A moment that has passed is a tick in a millisecond: time moves, or the schedule would hang.
        let at_ms = (process.started_ms + mono_ms).max(now_ms + 1);
        // The last one counts, also where it is later than the one before.
        process.wake_ms = Some(at_ms);
        let incarnation = process.incarnation;
        self.schedule(at_ms - now_ms, Event::Wake(node, incarnation));
    }

    fn wake(&mut self, node: usize) -> Step {
        let now_ms = self.now_ms;
        let Some(process) = self.process(node) else { return Ok(()) };
        if process.wake_ms.is_some_and(|at_ms| at_ms <= now_ms) {
            process.wake_ms = None;
            self.feed(node, Input::Tick)?;
        }
        Ok(())
    }

    // Tasks ----------------------------------------------------------------------------------------------

    fn persist(&mut self, node: usize, task: TaskId, writes: Vec<Write>) -> Step {
        self.note(|| format!("n{node} persists {} {}", task.0, summary(&writes)));
        for write in &writes {
            if let Write::PutStatement(_, signed) = write {
                self.note_statement(signed);
            }
        }
        self.note_persons(node, &writes);
        self.note_removal(node, &writes);
        self.check_batch(node, &writes)?;
        let compacted = writes.iter().filter(|write| matches!(write, Write::PutSnapshot(..))).count();
        self.tally.did_times(Did::Compacted, compacted as u64);
        let device = self.cast.devices[self.nodes[node].device].key;
        let own: BTreeSet<ActorId> = writes
            .iter()
            .filter_map(|write| match write {
                Write::PutRun(_, actor, run) if run.run.device == device => Some(*actor),
                _ => None,
            })
            .collect();
        let changes = writes.iter().filter_map(change_of).filter(|change| own.contains(&change.actor)).collect();
        let in_ms = self.dice.between(1, self.plan.flush_ms);
        let Some(process) = self.process(node) else { return Ok(()) };
        process.changes_of.insert(task, changes);
        process.pending.push_back(Batch { task, writes });
        let incarnation = process.incarnation;
        if !std::mem::replace(&mut process.flushing, true) {
            self.schedule(in_ms, Event::Flushed(node, incarnation));
        }
        Ok(())
    }

    /// A flush ends: a beginning of the pending batches is on disk, mostly all of them.
    fn flushed(&mut self, node: usize) -> Step {
        let all = self.dice.chance(700);
        let (some, next_ms) = (self.dice.index(8) + 1, self.dice.between(1, self.plan.flush_ms));
        let state = &mut self.nodes[node];
        // A store that has failed flushes nothing more.
        let Some(process) = state.process.as_mut().filter(|process| !process.failed) else { return Ok(()) };
        let count = if all { process.pending.len() } else { some.min(process.pending.len()) };
        let batches: Vec<Batch> = process.pending.drain(..count).collect();
        process.flushing = !process.pending.is_empty();
        let incarnation = process.incarnation;
        if process.flushing {
            self.schedule(next_ms, Event::Flushed(node, incarnation));
        }
        let fails = match &mut self.nodes[node].persist_fails_in {
            Some(left) => {
                *left = left.saturating_sub(count as u64);
                *left == 0
            }
            None => false,
        };
        match batches.last().map(|batch| batch.task) {
            Some(_) if fails => self.persist_failed(node, &batches),
            Some(last) => {
                let state = &mut self.nodes[node];
                batches.iter().for_each(|batch| state.disk.apply(&batch.writes));
                if let Some(views) = &state.views {
                    views.flushed(&batches)?;
                }
                self.persisted(node, last)
            }
            None => Ok(()),
        }
    }

    fn persisted(&mut self, node: usize, last: TaskId) -> Step {
        let Some(process) = self.process(node) else { return Ok(()) };
        process.flushed = Some(last);
        for held in process.release() {
            self.let_go(node, held)?;
        }
        self.feed(node, Input::Persisted(last))
    }

    /// The store has failed: some beginning of the batches is on disk, nobody knows which.
    fn persist_failed(&mut self, node: usize, batches: &[Batch]) -> Step {
        self.note(|| format!("n{node}: the store fails"));
        self.nodes[node].lost_pushed = true;
        self.tally.did(Did::StoreFails);
        let survive = self.dice.index(batches.len() + 1);
        let state = &mut self.nodes[node];
        state.persist_fails_in = None;
        batches.iter().take(survive).for_each(|batch| state.disk.apply(&batch.writes));
        let Some(process) = state.process.as_mut() else { return Ok(()) };
        process.failed = true;
        process.flushing = true; // No further flush: the store is gone.
        let Some(first) = batches.first().map(|batch| batch.task) else { return Ok(()) };
        let incarnation = process.incarnation;
        // For a while its users still find it there; then the service starts it again.
        let in_ms = self.dice.between(1, 3_000);
        self.schedule(in_ms, Event::Kill(node, incarnation));
        self.feed(node, Input::PersistFailed(first, "no space left on device".to_owned()))
    }

    fn load(&mut self, node: usize, task: TaskId, doc: DocId) -> Step {
        let state = &self.nodes[node];
        let Some(process) = &state.process else { return Ok(()) };
        let stored = state.disk.doc_with(&doc, process.pending.iter().map(|batch| batch.writes.as_slice()));
        self.begin(node, task, Task::Load(Box::new(stored)))
    }

    fn begin(&mut self, node: usize, task: TaskId, what: Task) -> Step {
        let in_ms = match what {
            Task::Load(_) => self.dice.between(1, 30),
            Task::Check(_) => self.dice.between(2, 200),
        };
        let Some(process) = self.process(node) else { return Ok(()) };
        process.tasks.insert(task, what);
        let (under_way, incarnation) = (process.tasks.len(), process.incarnation);
        if under_way > TASKS_MAX {
            return Err(format!("n{node} has {under_way} tasks under way"));
        }
        self.schedule(in_ms, Event::Task(node, incarnation, task));
        Ok(())
    }

    fn finish(&mut self, node: usize, task: TaskId) -> Step {
        let refuses = self.nodes[node].refuses;
        let Some(what) = self.process(node).and_then(|process| process.tasks.remove(&task)) else { return Ok(()) };
        if refuses && matches!(what, Task::Check(_)) {
            self.tally.did(Did::HelperRefuses);
        }
        let input = match what {
            Task::Load(stored) => Input::Loaded(task, *stored),
            Task::Check(_) if refuses => {
                Input::Checked(task, check::CheckResult::NotNow("memory limit of the helper".to_owned()))
            }
            // The real helper is a process: a panic in it ends that process and no more.
            Task::Check(job) => Input::Checked(
                task,
                catch_unwind(AssertUnwindSafe(|| check::run(&job)))
                    .unwrap_or_else(|_| check::CheckResult::NotNow("the helper ended".to_owned())),
            ),
        };
        self.note(|| format!("n{node} is done with task {}: {}", task.0, short_result(&input)));
        self.feed(node, input)
    }

    // What waits for the disk ----------------------------------------------------------------------------

    fn hold(&mut self, node: usize, after: Option<TaskId>, held: Held) -> Step {
        let Some(process) = self.process(node) else { return Ok(()) };
        match after {
            Some(task) if !process.is_flushed(after) => {
                process.held.entry(task).or_default().push(held);
                Ok(())
            }
            _ => self.let_go(node, held),
        }
    }

    fn let_go(&mut self, node: usize, held: Held) -> Step {
        match held {
            Held::Reply(request, reply, after) => self.replied(node, request, *reply, after),
            Held::Send(session, frame) => self.send(node, session, frame),
            Held::Changed(records) => match &mut self.nodes[node].views {
                Some(views) => views.tell(records),
                None => Ok(()),
            },
        }
    }

    fn replied(
        &mut self,
        node: usize,
        request: RequestId,
        reply: Result<Reply, comin_protocol::engine::CommandError>,
        after: Option<TaskId>,
    ) -> Step {
        self.note(|| format!("n{node} answers {}: {}", request.0, short_reply(&reply)));
        if self.process(node).is_some_and(|process| process.forgotten.remove(&request)) {
            return Ok(());
        }
        let Some(asked) = self.process(node).and_then(|process| process.asked.remove(&request)) else {
            return Err(format!("n{node} answered {request:?}, which nobody asked or which was answered before"));
        };
        match (asked, reply) {
            (Asked::Edit(entries), reply) => self.edited(node, &entries, reply, after),
            (Asked::Refused(why), Ok(_)) => Err(format!("n{node} accepted an edit that must be refused: {why}")),
            (Asked::Status, Ok(Reply::Status(status))) => {
                self.check_blame(node, &status)?;
                self.statuses.insert(node, status);
                Ok(())
            }
            (Asked::Project(doc), Ok(Reply::Projected(rows))) => {
                self.projections.insert((node, doc), rows);
                Ok(())
            }
            (Asked::Join(step), reply) => self.join_answer(node, step, reply),
            (Asked::Erasure(person), reply) => {
                self.erasure_answered(node, person, &reply);
                Ok(())
            }
            (Asked::Refused(_) | Asked::Other, _) => Ok(()),
            (asked @ (Asked::Status | Asked::Project(_)), reply) => {
                Err(format!("n{node} answered {asked:?} with {}", short_reply(&reply)))
            }
        }
    }

    // Network --------------------------------------------------------------------------------------------

    fn send(&mut self, node: usize, session: SessionId, frame: Vec<u8>) -> Step {
        let Some(process) = self.process(node) else { return Ok(()) };
        let Some(&end) = process.sessions.get(&session) else { return Ok(()) };
        let to = self.wires[end.wire].ends[1 - end.side].node;
        self.tally.frames += 1;
        self.tally.bytes += frame.len() as u64;
        self.tally.digest = digest(self.tally.digest, &frame);
        self.note(|| format!("n{node} → n{to} (session {}) {}", session.0, short_frame(&frame)));
        if !self.nodes[node].is_liar {
            self.check_frame(node, to, &frame)?;
        }
        self.count_answer(&frame);
        for frame in self.tamper(node, end, frame)? {
            self.put_on_wire(end, frame)?;
        }
        Ok(())
    }

    /// Puts a frame on a wire, as it is.
    pub(super) fn put_on_wire(&mut self, end: WireEnd, frame: Vec<u8>) -> Step {
        let side = 1 - end.side;
        if self.wires[end.wire].broken {
            self.note(|| format!("a frame is lost with wire {}", end.wire));
            self.tally.did(Did::FramesLost);
            return Ok(());
        }
        let repeats = self.wires[end.wire].repeats && may_come_twice(&frame) && self.dice.chance(REPEATS);
        let wire = &mut self.wires[end.wire];
        if repeats {
            self.tally.did(Did::Repeated);
            wire.toward[side].push_back(frame.clone());
        }
        wire.toward[side].push_back(frame);
        let (queued, bytes) = (wire.toward[side].len(), wire.bytes_toward(side));
        self.tally.frames_queued_max = self.tally.frames_queued_max.max(queued as u64);
        if queued > WIRE_FRAMES_MAX || bytes > WIRE_BYTES_MAX {
            let from = wire.ends[end.side].node;
            return Err(format!("n{from} has {queued} frames, {bytes} bytes on their way to one peer"));
        }
        self.move_on(end.wire, side);
        Ok(())
    }

    fn move_on(&mut self, wire: usize, side: usize) {
        let jitter_ms = self.dice.below(5);
        let state = &mut self.wires[wire];
        if !state.moving[side] && !state.toward[side].is_empty() {
            state.moving[side] = true;
            let in_ms = state.delay_ms + jitter_ms;
            self.schedule(in_ms, Event::Arrive(wire, side));
        }
    }

    fn arrive(&mut self, wire: usize, side: usize) -> Step {
        let state = &mut self.wires[wire];
        state.moving[side] = false;
        let Some(frame) = state.toward[side].pop_front() else { return Ok(()) };
        let end = state.ends[side];
        self.overhear(wire, side, &frame);
        if self.session_of(wire, side).is_some() {
            let node = end.node;
            self.note(|| format!("n{node} receives (session {}) {}", end.session.0, short_frame(&frame)));
            self.feed(end.node, Input::Received(end.session, frame))?;
        }
        self.move_on(wire, side);
        if self.wires[wire].broken && self.wires[wire].toward[side].is_empty() {
            self.close_end(wire, side)?;
        }
        Ok(())
    }

    /// The session at one end of a wire, while its process runs and has not been told of its end.
    fn session_of(&self, wire: usize, side: usize) -> Option<SessionId> {
        let end = self.wires[wire].ends[side];
        let open = !self.wires[wire].closed[side] && self.runs(end.node, end.incarnation);
        open.then_some(end.session)
    }

    /// No frame enters the wire any more. What is on its way may still arrive; then the ends learn of it.
    pub(super) fn break_wire(&mut self, wire: usize, drain: bool) {
        if std::mem::replace(&mut self.wires[wire].broken, true) {
            return;
        }
        for side in 0..2 {
            if !drain {
                let queued = self.wires[wire].toward[side].len();
                let arrive = self.dice.index(queued + 1);
                self.wires[wire].toward[side].truncate(arrive);
                self.tally.did_times(Did::FramesLost, (queued - arrive) as u64);
            }
            if self.wires[wire].toward[side].is_empty() {
                let in_ms = self.dice.between(1, 200);
                self.schedule(in_ms, Event::Closed(wire, side));
            }
        }
    }

    fn close_end(&mut self, wire: usize, side: usize) -> Step {
        let session = self.session_of(wire, side);
        if std::mem::replace(&mut self.wires[wire].closed[side], true) {
            return Ok(());
        }
        if self.wires[wire].closed[1 - side] {
            self.live_wires.remove(&wire);
        }
        let (node, other) = (self.wires[wire].ends[side].node, self.wires[wire].ends[1 - side].node);
        if let Some(session) = session {
            if let Some(process) = self.process(node) {
                process.sessions.remove(&session);
            }
            self.note(|| format!("n{node} loses session {} with n{other}", session.0));
            self.feed(node, Input::Disconnected(session))?;
        }
        self.connect_soon(node, other);
        Ok(())
    }

    /// Both machines will try to connect before long.
    pub(super) fn connect_soon(&mut self, a: usize, b: usize) {
        let (a, b) = pair(a, b);
        if self.connecting.insert((a, b)) {
            let in_ms = self.dice.between(50, 3_000);
            self.schedule(in_ms, Event::Connect(a, b));
        }
    }

    /// A machine will try to connect with everyone.
    pub(super) fn reconnect_soon(&mut self, node: usize) {
        let links: Vec<_> = self.links.keys().filter(|(a, b)| *a == node || *b == node).copied().collect();
        for (a, b) in links {
            self.connect_soon(a, b);
        }
    }

    fn connect(&mut self, a: usize, b: usize) -> Step {
        self.connecting.remove(&(a, b));
        let up = self.links.get(&(a, b)) == Some(&true);
        let connected = self.live_wires.iter().any(|wire| self.wires[*wire].joins(a, b));
        if !up
            || connected
            || self.is_shut_out(a, b)
            || self.nodes[a].process.is_none()
            || self.nodes[b].process.is_none()
        {
            return Ok(());
        }
        self.open_wire(a, b, None)?;
        if self.dice.chance(30) {
            self.open_wire(a, b, None)?;
        }
        Ok(())
    }

    /// Whether one of two machines is a removed partner's and the other one knows it: its network lets nobody in who is
    /// no member.
    fn is_shut_out(&self, a: usize, b: usize) -> bool {
        let key = |node: usize| self.cast.devices[self.nodes[node].device].key;
        let removed = |node: usize| self.is_removed(self.cast.devices[self.nodes[node].device].partner);
        let knows = |node: usize, other: usize| {
            let process = self.nodes[node].process.as_ref();
            process.is_some_and(|process| !process.engine.roster().is_member(&key(other)))
        };
        removed(a) != removed(b) && (knows(a, b) || knows(b, a))
    }

    /// Opens a session; `newcomer` makes it a join, opened by that machine.
    pub(super) fn open_wire(&mut self, a: usize, b: usize, newcomer: Option<usize>) -> Step {
        if self.nodes[a].process.is_none() || self.nodes[b].process.is_none() {
            // The first session of the two may have ended one of them.
            return Ok(());
        }
        let wire = self.wires.len();
        let mut ends = Vec::with_capacity(2);
        for (side, node) in [a, b].into_iter().enumerate() {
            let Some(process) = self.process(node) else { return Ok(()) };
            let session = SessionId(process.next_session);
            process.next_session += 1;
            process.sessions.insert(session, WireEnd { wire, side });
            ends.push(End { node, incarnation: process.incarnation, session });
        }
        let ends = [ends[0], ends[1]];
        let delay_ms = self.dice.between(1, 80);
        self.wires.push(Wire::new(ends, delay_ms, newcomer.is_some()));
        self.live_wires.insert(wire);
        self.note(|| format!("n{a} and n{b} connect (sessions {}, {})", ends[0].session.0, ends[1].session.0));
        for (side, node) in [a, b].into_iter().enumerate() {
            let peer = self.cast.devices[self.nodes[ends[1 - side].node].device].key;
            let session = ends[side].session;
            let input = match newcomer {
                Some(newcomer) => Input::JoinConnected(session, peer, newcomer == node),
                None => Input::Connected(session, peer),
            };
            if self.session_of(wire, side).is_some() {
                self.feed(node, input)?;
            }
        }
        Ok(())
    }

    /// A process ends; what it had sent may still arrive, and it starts again before long.
    pub(super) fn crash(&mut self, node: usize) -> Step {
        self.note(|| format!("n{node} dies"));
        let Some(process) = self.die(node) else { return Ok(()) };
        for end in process.sessions.values() {
            let drain = self.dice.chance(500);
            self.break_wire(end.wire, drain);
        }
        let in_ms = self.dice.between(10, 5_000);
        self.schedule(in_ms, Event::Start(node));
        Ok(())
    }
}

impl World {
    /// Ends a process where it stands.
    pub(super) fn die(&mut self, node: usize) -> Option<Process> {
        let (process, lost) = self.nodes[node].die(&mut self.dice)?;
        if lost > 0 {
            self.nodes[node].lost_pushed = true;
            self.tally.did(Did::UnflushedLost);
        }
        Some(process)
    }

    /// What waits inside an engine stays bounded, whatever comes in.
    fn check_backlog(&mut self, node: usize) -> Step {
        let Some(backlog) = self.process(node).map(|process| process.engine.backlog()) else { return Ok(()) };
        self.tally.looked(Rule::Bounded);
        self.tally.backlog_max = self.tally.backlog_max.max(backlog as u64);
        if backlog > BACKLOG_MAX { Err(format!("n{node} has {backlog} things waiting in its engine")) } else { Ok(()) }
    }

    fn count_answer(&mut self, frame: &[u8]) {
        if let Ok(Message::Answer(answer)) = Message::from_frame(frame)
            && answer.bytes > 0
        {
            self.tally.did(match answer.form {
                check::Form::Snapshot => Did::Snapshots,
                check::Form::Bundle => Did::Bundles,
                check::Form::Changes => Did::Changes,
            });
        }
    }
}

/// Whether a frame may arrive twice without anyone being at fault: what is counted (a want and its answer) may not.
fn may_come_twice(frame: &[u8]) -> bool {
    let message = Message::from_frame(frame);
    let once = |message: &Message| {
        matches!(
            message,
            Message::Want(_) | Message::Answer(_) | Message::Unclear(_) | Message::Chunk(_) | Message::Piece { .. }
        )
    };
    message.is_ok_and(|message| !once(&message))
}

/// Whether some bytes stand in others.
pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// A pair in order.
pub fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// Runs a step of an engine; a panic is a violation.
fn guard<T>(node: usize, step: impl FnOnce() -> T) -> Step<T> {
    catch_unwind(AssertUnwindSafe(step))
        .map_err(|panic| format!("n{node}: the engine panicked: {}", panic_text(panic.as_ref())))
}

/// FNV-1a, continued: enough to tell two runs of one seed apart.
/// In one schedule of seven documents are told of by the buckets that differ, which they are too small for otherwise.
fn whole_tips(seed: u64) -> usize {
    match seed % 7 {
        4 => (seed / 7 % 3) as usize,
        _ => comin_protocol::limits::WHOLE_FRONTIER_TIPS,
    }
}

fn digest(start: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(start ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn change_of(write: &Write) -> Option<ChangeRef> {
    match write {
        Write::PutChange(doc, change) => {
            Some(ChangeRef { doc: *doc, actor: change.actor, seq: change.seq, hash: change.hash })
        }
        _ => None,
    }
}

fn short_reply(reply: &Result<Reply, comin_protocol::engine::CommandError>) -> String {
    match reply {
        Ok(Reply::Edited(rows)) => format!("edited {} rows", rows.len()),
        Ok(Reply::Status(_)) => "status".to_owned(),
        Ok(Reply::Projected(rows)) => format!("projected {} rows", rows.len()),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("refused: {error}"),
    }
}

fn short_result(input: &Input) -> String {
    match input {
        Input::Loaded(_, stored) => format!("loaded, {} raw changes", stored.changes.len()),
        Input::Checked(_, check::CheckResult::Snapshot { rows, .. }) => format!("snapshot of {} rows", rows.len()),
        Input::Checked(_, check::CheckResult::Changes(changes)) => format!("{} changes", changes.len()),
        Input::Checked(_, other) => format!("{other:?}"),
        _ => String::new(),
    }
}

/// A frame's message in a few words.
pub fn short_frame(frame: &[u8]) -> String {
    let told = |frontier: &Frontier| {
        let tips = frontier.iter().map(|(actor, tip)| format!("{}@{}", tip.seq, actor.short()));
        tips.collect::<Vec<_>>().join(" ")
    };
    match Message::from_frame(frame) {
        Ok(Message::Hello(_)) => "hello".to_owned(),
        Ok(Message::HaveStatements(have)) => format!("has {} statements", have.len() / 16),
        Ok(Message::Statements(statements)) => format!("{} statements", statements.len()),
        Ok(Message::Docs(docs)) => format!("docs of {} registers", docs.len()),
        Ok(Message::Frontiers(docs)) => docs
            .iter()
            .map(|doc| format!("frontier {:?} {} held back [{}];", doc.doc, told(&doc.frontier), told(&doc.held_back)))
            .collect(),
        Ok(Message::Want(want)) => format!("want {:?} beyond {}", want.doc, told(&want.frontier)),
        Ok(Message::Answer(answer)) => format!("answer {:?} {:?} {} bytes", answer.doc, answer.form, answer.bytes),
        Ok(Message::Unclear(doc)) => format!("want of {doc:?} unclear"),
        Ok(Message::Chunk(bytes)) => format!("chunk of {}", bytes.len()),
        Ok(Message::Push { doc, changes, runs }) => {
            let runs: Vec<_> = runs.iter().map(|r| format!("{}@{}", r.run.seq, r.run.actor(&doc).short())).collect();
            format!("push {doc:?} {} changes, runs {}", changes.len(), runs.join(" "))
        }
        Ok(Message::Ack { doc, tips }) => format!("ack {doc:?} {}", told(&tips.into_iter().collect())),
        Ok(Message::HaveBeacons(have)) => format!("has {} beacons", have.len()),
        Ok(Message::Beacons(beacons)) => format!("{} beacons", beacons.len()),
        Ok(Message::Piece { last, bytes }) => {
            format!("piece of {}{}", bytes.len(), if last { ", the last" } else { "" })
        }
        Ok(Message::Branch(shown)) => format!("branch {:?} {} changes", shown.doc, shown.changes.len()),
        Err(_) => format!("{} bytes", frame.len()),
    }
}

fn summary(writes: &[Write]) -> String {
    writes
        .iter()
        .map(|write| match write {
            Write::PutStatement(id, _) => format!("statement {}", id.short()),
            Write::DropStatement(id) => format!("-statement {}", id.short()),
            Write::PutChange(doc, change) => format!("change {doc:?} {}@{}", change.seq, change.actor.short()),
            Write::PutRun(doc, actor, run) => format!("run {doc:?} {}@{}", run.run.seq, actor.short()),
            Write::DropRun(doc, actor, seq) => format!("-run {doc:?} {seq}@{}", actor.short()),
            Write::PutSnapshot(doc, snapshot) => format!("snapshot {doc:?} {}", snapshot.frontier.changes()),
            Write::ClearDoc(doc) => format!("clear {doc:?}"),
            Write::DropPerson(doc) => format!("-person {doc:?}"),
            Write::PutDocMeta(doc, meta) => format!("meta {doc:?} {}+{}", meta.snapshot_changes, meta.raw_changes),
            Write::PutRow(_, row) => format!("row {}", row.key),
            Write::PutBeacon(beacon) => format!("beacon {}", beacon.beacon.number),
            Write::PutState(key, _) => format!("state {key}"),
            Write::DropState(key) => format!("-state {key}"),
        })
        .collect::<Vec<_>>()
        .join(", ")
}
