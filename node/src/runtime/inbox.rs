//! What waits for the engine, in two queues.
//!
//! *Reports* (finished tasks) are never refused: there is at most one for every task that the engine handed
//! out, so the storage thread can always hand in its result, and the engine may block on the storage thread
//! without a deadlock. What comes *from outside* (commands and frames) is bounded by permits that the senders
//! hold until the engine has handled it.

use comin_protocol::engine::{Command, CommandError, Input, Reply};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Where the answer to a command goes.
pub(crate) type ReplyTo = oneshot::Sender<Result<Reply, CommandError>>;

/// Something from outside.
pub(crate) enum Outside {
    /// A user's command, with where its answer goes.
    Command(Command, ReplyTo, OwnedSemaphorePermit),
    /// A frame or the begin or end of a session; the permit bounds the sender's queue.
    Net(Input, Option<OwnedSemaphorePermit>),
}

/// What one call of [`Inbox::take`] gives.
#[derive(Default)]
pub(crate) struct Slice {
    pub reports: VecDeque<Input>,
    pub outside: VecDeque<Outside>,
    /// The node is to stop: this is the last slice.
    pub stop: bool,
}

#[derive(Default)]
struct Queues {
    reports: VecDeque<Input>,
    outside: VecDeque<Outside>,
    stop: bool,
    closed: bool,
}

/// The engine's inbox.
#[derive(Default)]
pub(crate) struct Inbox {
    queues: Mutex<Queues>,
    wake: Condvar,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands in the result of a task.
    pub fn report(&self, input: Input) {
        let mut queues = self.lock();
        if !queues.closed {
            queues.reports.push_back(input);
            self.wake.notify_one();
        }
    }

    /// Hands in something from outside; dropped (with its reply channel) once the engine has stopped.
    pub fn push(&self, outside: Outside) {
        let mut queues = self.lock();
        if !queues.closed && !queues.stop {
            queues.outside.push_back(outside);
            self.wake.notify_one();
        }
    }

    /// Asks the engine to finish what is queued and stop.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.wake.notify_one();
    }

    /// Refuses everything from now on and drops what waits.
    pub fn close(&self) {
        let mut queues = self.lock();
        queues.closed = true;
        let dropped = (std::mem::take(&mut queues.reports), std::mem::take(&mut queues.outside));
        drop(queues);
        drop(dropped);
    }

    /// Waits until there is something to do or `deadline` has come, then takes all reports and, if `outside`,
    /// up to `limit` of what comes from outside.
    pub fn take(&self, limit: usize, outside: bool, deadline: Option<Instant>) -> Slice {
        let mut queues = self.lock();
        loop {
            let ready = !queues.reports.is_empty() || (outside && !queues.outside.is_empty());
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if ready || queues.stop || left == Some(Duration::ZERO) {
                break;
            }
            queues = match left {
                Some(left) => self.wake.wait_timeout(queues, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.wake.wait(queues).unwrap_or_else(PoisonError::into_inner),
            };
        }
        let count = if outside { limit.min(queues.outside.len()) } else { 0 };
        let taken = queues.outside.drain(..count).collect();
        let stop = queues.stop && queues.outside.is_empty();
        Slice { reports: std::mem::take(&mut queues.reports), outside: taken, stop }
    }
}
