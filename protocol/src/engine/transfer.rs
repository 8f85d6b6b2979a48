//! Catching up: a want, one answer cut for it, its bytes in chunks, the helper's check.

use super::document::Parked;
use super::receive::Refused;
use super::{
    Engine, SessionId, Staged, StagedOther, StoredChange, StoredDoc, StoredRun, StoredSnapshot, Task, TaskId, Write,
};
use crate::bars::Bars;
use crate::check::{self, CheckJob, CheckResult, Form};
use crate::ids::{ActorId, ChangeHash, DocId};
use crate::limits;
use crate::message::{Answer, DocFrontier, Message};
use crate::planted::{Planted, is_planted};
use crate::record::StoredRow;
use crate::run::{Frontier, Tip};
use crate::scan::scan;
use std::collections::BTreeMap;

/// An answer whose bytes are arriving.
#[derive(Clone)]
pub(super) struct Incoming {
    pub doc: DocId,
    pub form: Form,
    pub runs: BTreeMap<ActorId, StoredRun>,
    /// Runs below the latest one of their actor.
    pub lower: Vec<StoredRun>,
    pub total: u64,
    pub bytes: Vec<u8>,
    /// The statement sets were equal when it began; else its bytes are dropped.
    pub matched: bool,
}

/// An answer that the helper is checking.
#[derive(Clone, Debug)]
pub(super) struct Checking {
    pub session: SessionId,
    pub doc: DocId,
    pub runs: BTreeMap<ActorId, StoredRun>,
    pub lower: Vec<StoredRun>,
    pub payload: Vec<u8>,
    /// [`Bars::digest`] of the bars that the helper has been told of.
    pub judged: u64,
}

impl Engine {
    // ── asking ──────────────────────────────────────────────────────────────────────────────────────────

    /// Asks for documents of which peers have more, each from one peer at a time.
    pub(super) fn fetch_more(&mut self) {
        let sessions: Vec<SessionId> = self.sessions.keys().copied().collect();
        for id in sessions {
            let Some(session) = self.sessions.get(&id).filter(|session| session.matched) else { continue };
            let mut free = limits::ANSWERS_IN_FLIGHT.saturating_sub(session.wants.len());
            for doc_id in session.ahead.clone() {
                if free == 0 {
                    break;
                }
                if self.fetchable(&doc_id) && !self.is_delayed(id, &doc_id) {
                    self.want(id, doc_id);
                    free -= 1;
                }
            }
        }
    }

    /// Whether a document may be asked for: nobody else is being asked, no answer waits for the document to be
    /// loaded, and the part before it is here or on its way (whether it holds enough is seen when the answer is
    /// taken).
    fn fetchable(&self, doc_id: &DocId) -> bool {
        let before = DocId { register: doc_id.register, part: doc_id.part.saturating_sub(1) };
        let coming = self.docs.get(&before).is_some_and(|doc| doc.fetching.is_some());
        let free = |doc: &super::document::Document| {
            let answered = doc.parked.iter().any(|waiting| matches!(waiting, super::document::Parked::Checked(..)));
            doc.fetching.is_none() && !answered && doc.not_before_ms <= self.now.mono_ms
        };
        self.docs.get(doc_id).is_none_or(free) && (coming || self.part_is_open(doc_id))
    }

    /// Whether one peer is not to be asked for a document now: what it sent did not fit.
    fn is_delayed(&self, id: SessionId, doc_id: &DocId) -> bool {
        let miss = self.sessions.get(&id).and_then(|session| session.missed.get(doc_id));
        miss.is_some_and(|miss| miss.not_before_ms > self.now.mono_ms)
    }

    /// Notes that a peer owes us an answer, from now on.
    fn owes(&mut self, id: SessionId, doc_id: DocId) {
        let now = self.now.mono_ms;
        if let Some(session) = self.sessions.get_mut(&id) {
            if session.wants.is_empty() {
                session.progress_ms = now;
            }
            session.wants.push(doc_id);
        }
    }

    /// When the next peer that owes an answer has been silent for too long.
    pub(super) fn stalled_due(&self) -> Option<u64> {
        let owing = self.sessions.values().filter(|session| !session.wants.is_empty());
        owing.map(|session| session.progress_ms + limits::ANSWER_STALL_MS).min()
    }

    /// Ends sessions whose peer owes an answer and sends nothing: the documents are asked of another.
    pub(super) fn end_stalled(&mut self) {
        let now = self.now.mono_ms;
        let stalled = |session: &super::session::Session| {
            !session.wants.is_empty() && session.progress_ms + limits::ANSWER_STALL_MS <= now
        };
        let ids: Vec<SessionId> = self.sessions.iter().filter(|(_, s)| stalled(s)).map(|(id, _)| *id).collect();
        for id in ids {
            // A slow line is no fault of the peer's.
            self.handle_disconnected(id);
            self.disconnect_later(id, "owes an answer and sends nothing".into());
        }
    }

    pub(super) fn want(&mut self, id: SessionId, doc_id: DocId) {
        self.doc_mut(doc_id).fetching = Some(id);
        self.owes(id, doc_id);
        let likely = self.likely(id, &doc_id);
        let (Some(doc), Some(session)) = (self.docs.get_mut(&doc_id), self.sessions.get_mut(&id)) else { return };
        // Whom we have just told of this state we need not tell it again.
        let known = session.told.insert(doc_id, doc.digest()) == Some(doc.digest());
        let likely = if known { Some(doc.frontier.clone()) } else { likely };
        let want = doc.told(likely.as_ref(), self.whole_tips);
        self.send(id, Message::Want(want));
    }

    // ── answering ───────────────────────────────────────────────────────────────────────────────────────

    pub(super) fn handle_want(&mut self, id: SessionId, want: DocFrontier) {
        let Some(session) = self.sessions.get(&id) else { return };
        if !self.may_send(&want.doc.register, &session.device) {
            // Who reads a person changes while somebody asks for it: it may not have heard of that.
            return match want.doc.is_person() {
                true => self.answer_nothing(id, want.doc),
                false => self.end_session(id, "asked for a register that it may not read"),
            };
        }
        let wanted = want.doc;
        if !self.docs.contains_key(&wanted) {
            return self.answer_nothing(id, wanted);
        }
        let want = match self.complete(id, want) {
            Ok(want) => want,
            Err(mine) => {
                self.send(id, Message::Unclear(wanted));
                return self.ask_state(id, *mine);
            }
        };
        self.note_peer_state(id, &want);
        // Where it is our own state there is nothing to weigh.
        let adds = self.docs.get(&wanted).is_none_or(|doc| want.frontier.weight_beside(&[&doc.frontier]) > 0);
        if adds && !self.weigh(id) {
            return;
        }
        // What it asks for may descend from another branch than its own: it must hear of that, for it cannot see it.
        self.look_for_divergence(id, want.doc);
        let Some(doc) = self.docs.get(&want.doc) else { return self.answer_nothing(id, want.doc) };
        if doc.frontier.beyond(&want.frontier) == 0 {
            return self.answer_nothing(id, want.doc);
        }
        if !self.load_or_park(want.doc, Parked::Want(id, want.clone())) {
            return;
        }
        let whole = want.frontier.is_empty();
        let Some(doc) = self.docs.get(&want.doc) else { return };
        let Some(loaded) = &doc.loaded else { return };
        if whole && let Some(snapshot) = doc.snapshot() {
            self.answer_snapshot(id, want.doc, &snapshot);
            return self.keep_snapshot(want.doc, snapshot);
        }
        let mut hashes: Vec<ChangeHash> = Vec::new();
        for (actor, mine, theirs) in doc.frontier.apart(&want.frontier) {
            let (from, to) = (theirs.map_or(0, |tip| tip.seq).saturating_add(1), mine.map_or(0, |tip| tip.seq));
            hashes.extend((from..=to).filter_map(|seq| loaded.hash_at(actor, seq)));
        }
        let Some((form, payload)) = check::encode_bundle(&loaded.am, &hashes) else {
            return self.answer_nothing(id, want.doc);
        };
        let runs = doc.runs_beyond(&want.frontier);
        let frontier = doc.frontier.clone();
        self.answer(id, want.doc, form, runs, &payload, frontier);
    }

    /// A snapshot that had to be made anyway replaces the stored one.
    fn keep_snapshot(&mut self, doc_id: DocId, snapshot: StoredSnapshot) {
        let doc = self.doc_mut(doc_id);
        if doc.meta.raw_changes as usize >= limits::RAW_ANSWER_CHANGES_MAX {
            doc.meta.snapshot_changes = snapshot.frontier.changes();
            doc.meta.raw_changes = 0;
            self.batch.push(Write::PutSnapshot(doc_id, snapshot));
            self.write_meta(doc_id);
        }
    }

    /// Answers a want from what the store gave, without making a document of it. False: that is not possible.
    pub(super) fn answer_from_store(&mut self, id: SessionId, want: &DocFrontier, stored: &StoredDoc) -> bool {
        // What keeps late changes of a removed partner may have come after the snapshot that holds them.
        let barred = self.docs.get(&want.doc).is_some_and(|doc| !self.bars_in(doc).is_empty());
        if barred || self.is_rebuild_due(&want.doc) {
            return false;
        }
        // A document that a cut has emptied has a snapshot of nothing.
        if want.frontier.is_empty()
            && let Some(snapshot) = stored.snapshot.as_ref().filter(|snapshot| !snapshot.frontier.is_empty())
        {
            self.answer_snapshot(id, want.doc, snapshot);
            return true;
        }
        let below = stored.snapshot.as_ref().is_none_or(|snapshot| snapshot.frontier.beyond(&want.frontier) == 0);
        let missing: Vec<&StoredChange> =
            stored.changes.iter().filter(|change| change.seq > want.frontier.seq(&change.actor)).collect();
        if !below || missing.len() > limits::RAW_ANSWER_CHANGES_MAX || !follow(&missing, &want.frontier) {
            return false;
        }
        let Some(doc) = self.docs.get(&want.doc) else { return true };
        let (runs, frontier) = (doc.runs_beyond(&want.frontier), doc.frontier.clone());
        let payload = check::encode_changes(missing.iter().map(|change| change.bytes.as_slice()));
        self.answer(id, want.doc, Form::Changes, runs, &payload, frontier);
        true
    }

    fn answer_snapshot(&mut self, id: SessionId, doc: DocId, snapshot: &StoredSnapshot) {
        let latest = &snapshot.runs;
        let runs = self.docs.get(&doc).map(|doc| doc.with_kept(&Frontier::default(), latest)).unwrap_or_default();
        self.answer(id, doc, Form::Snapshot, runs, &snapshot.bytes, snapshot.frontier.clone());
    }

    pub(super) fn answer_nothing(&mut self, id: SessionId, doc: DocId) {
        self.send(id, Message::Answer(Answer { doc, form: Form::Changes, runs: Vec::new(), bytes: 0 }));
    }

    fn answer(
        &mut self,
        id: SessionId,
        doc: DocId,
        form: Form,
        runs: Vec<StoredRun>,
        payload: &[u8],
        reached: Frontier,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.sent.insert(doc, reached);
        self.send(id, Message::Answer(Answer { doc, form, runs, bytes: payload.len() as u64 }));
        for chunk in payload.chunks(limits::CHUNK_BYTES) {
            self.send(id, Message::Chunk(chunk.to_vec()));
        }
    }

    // ── receiving ───────────────────────────────────────────────────────────────────────────────────────

    pub(super) fn handle_answer(&mut self, id: SessionId, answer: Answer) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !session.wants.contains(&answer.doc) || session.incoming.is_some() {
            return self.end_session(id, "sent an answer that was not asked for");
        }
        let withheld = self.is_withheld(&answer.doc);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let matched = session.matched && !withheld;
        session.progress_ms = self.now.mono_ms;
        if answer.bytes == 0 {
            session.wants.retain(|doc| *doc != answer.doc);
            // The peer has nothing more for us, whatever it told before.
            let nothing = Frontier::default();
            let mine = self.docs.get(&answer.doc).map_or(&nothing, |doc| &doc.frontier);
            let said = session.acked.get(&answer.doc).map(|said| said.within(mine));
            session.says(answer.doc, said);
            return self.fetched(answer.doc);
        }
        if answer.bytes > limits::TRANSFER_BYTES_MAX as u64 {
            return self.end_session(id, "sent an answer that exceeds the size limit");
        }
        // Runs that came while the statement sets differ are judged by nobody: their bytes will be dropped.
        let judged =
            || Self::verify_runs(&answer.doc, &answer.runs).and_then(|()| self.judge_runs(&answer.doc, &answer.runs));
        let runs = if matched { judged() } else { Ok(BTreeMap::new()) };
        match runs {
            Ok(runs) => {
                let incoming = Incoming {
                    doc: answer.doc,
                    form: answer.form,
                    lower: super::runs::lower(&answer.doc, &answer.runs, &runs),
                    runs,
                    total: answer.bytes,
                    bytes: Vec::new(),
                    matched,
                };
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.incoming = Some(incoming);
                }
            }
            Err(refused) => {
                self.refuse(id, answer.doc, refused);
                self.end_session(id, "sent an answer that cannot be taken");
            }
        }
    }

    /// A peer cannot make out what we lack: what it holds itself will show, for it tells that next and asks for ours.
    pub(super) fn handle_unclear(&mut self, id: SessionId, doc: DocId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let is_coming = session.incoming.as_ref().is_some_and(|incoming| incoming.doc == doc);
        if !session.wants.contains(&doc) || is_coming {
            return self.end_session(id, "cannot make out what it was not asked for");
        }
        session.progress_ms = self.now.mono_ms;
        session.wants.retain(|wanted| *wanted != doc);
        session.says(doc, None);
        session.ahead.remove(&doc);
        self.fetched(doc);
    }

    pub(super) fn handle_chunk(&mut self, id: SessionId, bytes: &[u8]) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Some(incoming) = &mut session.incoming else { return self.end_session(id, "sent bytes of no answer") };
        if incoming.bytes.len() as u64 + bytes.len() as u64 > incoming.total {
            return self.end_session(id, "sent more bytes than announced");
        }
        incoming.bytes.extend_from_slice(bytes);
        session.progress_ms = self.now.mono_ms;
        self.state_changed = true;
        if incoming.bytes.len() as u64 == incoming.total
            && let Some(incoming) = session.incoming.take()
        {
            session.wants.retain(|doc| *doc != incoming.doc);
            if !(incoming.matched && session.matched) {
                // Nobody has looked whether it fits.
                session.missed.remove(&incoming.doc);
                return self.fetched(incoming.doc);
            }
            self.check(id, incoming);
        }
    }

    fn check(&mut self, session: SessionId, incoming: Incoming) {
        let task = self.new_task();
        let bars = match incoming.form {
            Form::Snapshot => self.bars_of(&incoming.doc, &incoming.runs),
            Form::Bundle | Form::Changes => Bars::default(),
        };
        let judged = bars.digest();
        let doc = self.doc_mut(incoming.doc);
        // It goes to another process: the tips of thousands of finished actors would take longer than the check.
        let held = |actor: &ActorId| Some((*actor, *doc.frontier.get(actor)?));
        let job = CheckJob {
            doc: incoming.doc,
            form: incoming.form,
            payload: incoming.bytes.clone(),
            base: incoming.runs.keys().filter_map(held).collect(),
            runs: incoming.runs.clone(),
            records: doc.meta.records,
            bars,
        };
        let keep = if incoming.form == Form::Snapshot { incoming.bytes } else { Vec::new() };
        let Incoming { doc, runs, lower, .. } = incoming;
        self.tasks.insert(task, Task::Check(Checking { session, doc, runs, lower, payload: keep, judged }));
        self.staged.push(Staged::Other(Box::new(StagedOther::Check(task, job))));
    }

    pub(super) fn handle_checked(&mut self, task: TaskId, result: CheckResult) {
        let Some(Task::Check(checking)) = self.tasks.remove(&task) else { return };
        let doc = checking.doc;
        let before = DocId { register: doc.register, part: doc.part.saturating_sub(1) };
        if !self.part_is_open(&doc)
            && let Some(before) = self.docs.get_mut(&before).filter(|before| before.fetching.is_some())
        {
            // Several helpers work at once, and a small part is checked sooner than the full one before it.
            return before.parked.push(Parked::NextPart(Box::new((checking, result))));
        }
        self.take_result(checking, result);
    }

    /// Takes what the helper says of an answer.
    pub(super) fn take_result(&mut self, checking: Checking, result: CheckResult) {
        let Checking { session, doc, runs, lower, payload, judged } = checking;
        // The fetch ends here. What follows may begin another one, which must not be taken for this one.
        self.fetched_from(doc);
        if self.is_withheld(&doc) {
            // It was erased, or is not shared any more, while it was being checked.
            return;
        }
        match result {
            CheckResult::Snapshot { frontier, rows } => {
                if self.bars_of(&doc, &runs).digest() != judged {
                    // A decision has come meanwhile that it was not judged by.
                    self.compare(session, doc);
                } else if self.take_snapshot(session, doc, runs, payload, frontier, rows) {
                    self.doc_mut(doc).meta.judged = judged;
                    self.write_meta(doc);
                    self.keep_runs(doc, lower.iter(), false);
                }
            }
            CheckResult::Changes(changes) => {
                if self.part_is_open(&doc) {
                    self.take_checked(session, doc, changes, lower.into_iter().chain(runs.into_values()).collect());
                }
            }
            CheckResult::SenderFault(text) => self.end_session(session, text),
            CheckResult::AuthorFault { blamed, innocent } => {
                for (actor, blame) in &blamed {
                    let Some(run) = runs.get(actor).map(|run| &run.run) else { continue };
                    let tip = Tip { seq: run.seq, hash: run.hash };
                    let text = format!("{} (change {})", blame.what, blame.hash.short());
                    self.refuse(session, doc, Refused::Author(run.device, *actor, tip, text));
                }
                if self.part_is_open(&doc) && !innocent.is_empty() {
                    let wrote = |run: &StoredRun| innocent.iter().any(|change| change.actor == run.run.actor(&doc));
                    let runs = lower.into_iter().chain(runs.into_values()).filter(wrote).collect();
                    self.take_checked(session, doc, innocent, runs);
                }
            }
            CheckResult::Unkept => self.ask_this_later(session, doc),
            CheckResult::NotNow(text) if is_planted(Planted::NotNowIsVerdict) => self.hold_back_all(session, doc, text),
            CheckResult::NotNow(text) => self.put_off(session, doc, text),
        }
        self.go_on(doc);
    }

    /// Whether an answer for a document is being checked.
    pub(super) fn is_checking(&self, id: &DocId) -> bool {
        let under_way = self.tasks.values().any(|task| matches!(task, Task::Check(checking) if checking.doc == *id));
        let waits = |waiting: &Parked| matches!(waiting, Parked::NextPart(next) if next.0.doc == *id);
        let before = DocId { register: id.register, part: id.part.saturating_sub(1) };
        under_way || self.docs.get(&before).is_some_and(|before| before.parked.iter().any(waits))
    }

    /// Only for the planted bug: takes the helper's limits for a verdict on everything that the peer has.
    fn hold_back_all(&mut self, session: SessionId, doc: DocId, text: String) {
        let theirs =
            self.sessions.get(&session).and_then(|session| session.acked.get(&doc)).cloned().unwrap_or_default();
        self.doc_mut(doc).held_back = theirs;
        self.end_session(session, text);
    }

    /// The helper met its limits: the document stays as it is, and the peer is asked again later.
    fn put_off(&mut self, session: SessionId, doc: DocId, text: String) {
        // Nobody's fault but this machine's: its helper is too small or too busy.
        let (me, from) = (self.me, self.sessions.get(&session).map(|session| session.device.short()));
        let from = from.unwrap_or_else(|| "a peer that has gone".to_owned());
        self.fault(me, format!("a transfer of {from} could not be checked now, it will be asked for again: {text}"));
        let at = self.now.mono_ms + limits::CHECK_RETRY_MS;
        self.doc_mut(doc).not_before_ms = at;
        self.retry_by(at);
    }

    /// Looks at this monotonic time at the latest whether something may be asked for again.
    pub(super) fn retry_by(&mut self, at: u64) {
        self.retry_at = Some(self.retry_at.map_or(at, |due| due.min(at)));
    }

    /// When the next delay ends, of a document or of one peer's.
    pub(super) fn next_retry(&self) -> Option<u64> {
        let docs = self.docs.values().map(|doc| doc.not_before_ms);
        let sessions =
            self.sessions.values().flat_map(|session| session.missed.values().map(|miss| miss.not_before_ms));
        docs.chain(sessions).filter(|at| *at > self.now.mono_ms).min()
    }

    /// A checked snapshot of a document of which nothing is held: stored as it came, with its rows, without
    /// loading it. False: it was not taken.
    fn take_snapshot(
        &mut self,
        session: SessionId,
        id: DocId,
        runs: BTreeMap<ActorId, StoredRun>,
        payload: Vec<u8>,
        frontier: Frontier,
        rows: Vec<StoredRow>,
    ) -> bool {
        // Their signatures have been checked; what they may write has perhaps changed meanwhile.
        let judged: Vec<StoredRun> = runs.values().cloned().collect();
        if let Err(refused) = self.judge_runs(&id, &judged) {
            self.refuse(session, id, refused);
            return false;
        }
        if !self.part_is_open(&id) {
            return false;
        }
        if frontier.is_empty() {
            self.ask_this_later(session, id);
            return false;
        }
        let doc = self.doc_mut(id);
        if !doc.frontier.is_empty() && !is_planted(Planted::SnapshotDropsNewer) {
            // Something was written meanwhile: ask again, for the gap only.
            self.compare(session, id);
            return false;
        }
        doc.loaded = None;
        doc.set_frontier(frontier.clone());
        doc.meta.records = rows.len() as u64;
        doc.meta.snapshot_changes = frontier.changes();
        doc.meta.raw_changes = 0;
        for (actor, run) in &runs {
            // How many bytes lie before it nobody has counted: it stays.
            self.put_run(id, *actor, run.clone(), limits::RUN_KEEP_BYTES);
        }
        self.batch.push(Write::PutSnapshot(id, StoredSnapshot { bytes: payload, frontier: frontier.clone(), runs }));
        self.changed.extend(rows.iter().map(|row| (id, row.key.clone())));
        self.batch.extend(rows.into_iter().map(|row| Write::PutRow(id, row)));
        self.write_meta(id);
        self.note_whole(id);
        self.send_ack(session, id, frontier.iter().map(|(actor, tip)| (*actor, *tip)).collect());
        let others: Vec<SessionId> = self.sessions.keys().copied().filter(|other| *other != session).collect();
        for other in others {
            self.offer(other, id);
        }
        self.after_growth(id);
        true
    }

    /// Tells a reader our state of a document, if it lacks something.
    pub(super) fn offer(&mut self, id: SessionId, doc_id: DocId) {
        let Some(session) = self.sessions.get(&id).filter(|s| s.matched && s.compared) else { return };
        if !self.may_send(&doc_id.register, &session.device) {
            return;
        }
        let nothing = Frontier::default();
        let sent = session.sent.get(&doc_id).unwrap_or(&nothing);
        if self.docs.get(&doc_id).is_some_and(|doc| doc.frontier.beyond(sent) > 0) {
            self.tell(id, &[doc_id]);
        }
    }

    fn fetched_from(&mut self, id: DocId) {
        if let Some(doc) = self.docs.get_mut(&id) {
            doc.fetching = None;
        }
    }

    /// A fetch has ended: what was pushed meanwhile is taken now, and the document may be asked for again.
    pub(super) fn fetched(&mut self, id: DocId) {
        self.fetched_from(id);
        self.go_on(id);
    }

    /// Takes what was pushed during a fetch, unless another one has begun.
    fn go_on(&mut self, id: DocId) {
        let idle = |doc: &&mut super::document::Document| doc.loading.is_none() && doc.fetching.is_none();
        let Some(doc) = self.docs.get_mut(&id).filter(idle) else { return };
        for waiting in std::mem::take(&mut doc.parked) {
            self.unpark(id, waiting);
        }
        self.after_growth(id);
    }
}

/// Whether the first change of each actor names the tip that is held of it, and not one of another branch.
fn follow(changes: &[&StoredChange], held: &Frontier) -> bool {
    changes.iter().all(|change| match held.get(&change.actor) {
        Some(tip) if tip.seq.saturating_add(1) == change.seq => {
            scan(&change.bytes).is_ok_and(|change| change.deps.contains(&tip.hash))
        }
        _ => true,
    })
}
