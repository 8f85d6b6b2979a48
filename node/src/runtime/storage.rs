//! The storage thread: writes batches in order, many with one flush, and lets go what waited for them.

use super::inbox::{Inbox, ReplyTo};
use super::outlet::Outlet;
use crate::limits::{GROUP_COMMIT_MAX, TIDY_AFTER_BATCHES, TIDY_AFTER_QUIET_MS};
use crate::store::{Store, StoreError};
use comin_protocol::engine::{CommandError, Input, Reply, SessionId, TaskId, Write};
use comin_protocol::ids::{DocId, RecordKey};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

/// What must not leave the node before a batch is on disk.
pub(crate) enum Held {
    /// The answer to a command.
    Reply(ReplyTo, Box<Result<Reply, CommandError>>),
    /// A frame.
    Send(SessionId, Vec<u8>),
    /// Rows or state that can be read now.
    Changed(Vec<(DocId, RecordKey)>),
}

/// What the storage thread is asked to do, in order.
pub(crate) enum Job {
    /// Write a batch.
    Write(TaskId, Vec<Write>),
    /// Let go what waited for everything before it.
    Release(Held),
    /// Read a document.
    Load(TaskId, DocId),
}

/// The storage thread's state.
pub(crate) struct Storage {
    pub store: Arc<dyn Store>,
    pub inbox: Arc<Inbox>,
    pub outlet: Outlet,
    /// Batches written since it was last seen whether the store takes too much disk.
    pub untidied: u64,
    /// Why nothing is written any more.
    pub failed: Option<String>,
}

impl Storage {
    /// Works until the engine has dropped its end and everything handed in is done.
    pub fn run(mut self, jobs: Receiver<Job>) {
        let mut queue = VecDeque::new();
        while self.wait(&jobs, &mut queue) {
            while !queue.is_empty() {
                // What has arrived in the meantime shares the flush.
                while queue.len() < GROUP_COMMIT_MAX
                    && let Ok(job) = jobs.try_recv()
                {
                    queue.push_back(job);
                }
                self.step(&mut queue);
            }
            if self.untidied >= TIDY_AFTER_BATCHES {
                self.tidy(&mut || true);
            }
        }
    }

    /// Waits for the next job, and tidies the store when none comes for a while; `false` where no more can come.
    fn wait(&mut self, jobs: &Receiver<Job>, queue: &mut VecDeque<Job>) -> bool {
        while queue.is_empty() {
            if self.untidied == 0 {
                let Ok(job) = jobs.recv() else { return false };
                queue.push_back(job);
                continue;
            }
            match jobs.recv_timeout(Duration::from_millis(TIDY_AFTER_QUIET_MS)) {
                Ok(job) => queue.push_back(job),
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => self.tidy(&mut || match jobs.try_recv() {
                    Ok(job) => {
                        queue.push_back(job);
                        false
                    }
                    Err(TryRecvError::Empty) => true,
                    // The node is being stopped: nobody should have to wait for a copy.
                    Err(TryRecvError::Disconnected) => false,
                }),
            }
        }
        true
    }

    /// Gives disk space back, unless `go_on` says that there is something else to do. A store that cannot be tidied
    /// is as sound as before.
    fn tidy(&mut self, go_on: &mut dyn FnMut() -> bool) {
        let mut interrupted = false;
        let mut ask = || {
            let on = go_on();
            interrupted |= !on;
            on
        };
        match guarded(|| self.store.tidy(&mut ask)) {
            Ok(Some(tidied)) => tracing::info!(
                before_bytes = tidied.before_bytes,
                after_bytes = tidied.after_bytes,
                live_bytes = tidied.live_bytes,
                "gave disk space back"
            ),
            Ok(None) => {}
            Err(error) => tracing::warn!(error = %error, "the store was not tidied; it takes more disk than it needs"),
        }
        if !interrupted {
            self.untidied = 0;
        }
    }

    /// Writes all batches up to the next load, lets go what waited for them, then loads.
    fn step(&mut self, queue: &mut VecDeque<Job>) {
        let (mut batches, mut held, mut first, mut last, mut load) = (Vec::new(), Vec::new(), None, None, None);
        while let Some(job) = queue.pop_front() {
            match job {
                Job::Write(task, batch) => {
                    first = first.or(Some(task));
                    last = Some(task);
                    batches.push(batch);
                }
                Job::Release(one) => held.push(one),
                Job::Load(task, doc) => {
                    load = Some((task, doc));
                    break;
                }
            }
        }
        if let (Some(first), Some(last)) = (first, last) {
            self.write(first, last, &batches);
        }
        held.into_iter().for_each(|one| self.release(one));
        if let Some((task, doc)) = load {
            self.load(task, doc);
        }
    }

    fn write(&mut self, first: TaskId, last: TaskId, batches: &[Vec<Write>]) {
        if let Some(text) = &self.failed {
            self.inbox.report(Input::PersistFailed(first, text.clone()));
            return;
        }
        match guarded(|| self.store.commit(batches)) {
            Ok(()) => {
                self.untidied += batches.len() as u64;
                self.inbox.report(Input::Persisted(last));
            }
            Err(error) => {
                let text = way_out(&error);
                tracing::error!(error = %error, "the store could not write; the node stops");
                self.failed = Some(text.clone());
                self.inbox.report(Input::PersistFailed(first, text));
            }
        }
    }

    fn release(&self, held: Held) {
        match (&self.failed, held) {
            (None, held) => self.outlet.release(held),
            // What was last entered is not known to be saved: neither peers nor pages hear of it.
            (Some(text), Held::Reply(to, _)) => drop(to.send(Err(CommandError::Stopped(text.clone())))),
            (Some(_), Held::Send(..) | Held::Changed(_)) => (),
        }
    }

    fn load(&mut self, task: TaskId, doc: DocId) {
        match guarded(|| self.store.load_doc(&doc)) {
            Ok(stored) => self.inbox.report(Input::Loaded(task, stored)),
            Err(error) => {
                let text = way_out(&error);
                tracing::error!(document = %doc, error = %error, "a document cannot be read; the node stops");
                self.failed.get_or_insert_with(|| text.clone());
                self.outlet.fail(text);
                self.inbox.stop();
            }
        }
    }
}

/// Calls into the store; a panic in it (sled has some on damaged files) is damage.
fn guarded<T>(call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(StoreError::Damaged(super::panic_text(panic.as_ref()))))
}

/// The error with the command that helps.
fn way_out(error: &StoreError) -> String {
    match error {
        StoreError::Damaged(_) => {
            format!("{error}; stop the node and run `comin check --repair`")
        }
        StoreError::Io(_) => format!("{error}; free space or mend permissions, then start the node again"),
        StoreError::Busy | StoreError::Newer { .. } => error.to_string(),
    }
}
