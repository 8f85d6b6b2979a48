//! What waits for the engine, in two queues.
//!
//! *Reports* (finished tasks) are never refused: there is at most one for every task that the engine handed
//! out, so the storage thread can always hand in its result, and the engine may block on the storage thread
//! without a deadlock. What comes *from outside* (commands and frames) is bounded by permits that the senders
//! hold until the engine has handled it. Sessions take turns: what one of them has queued does not keep the others
//! waiting.

use crate::limits::SESSION_SLICE;
use comin_protocol::engine::{Command, CommandError, Input, Reply, SessionId};
use std::collections::{HashMap, VecDeque};
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

impl Outside {
    /// The session that it comes from; `None`: from this machine.
    fn session(&self) -> Option<SessionId> {
        match self {
            Self::Net(
                Input::Connected(id, _)
                | Input::JoinConnected(id, ..)
                | Input::Received(id, _)
                | Input::Disconnected(id),
                _,
            ) => Some(*id),
            Self::Net(..) | Self::Command(..) => None,
        }
    }
}

/// What waits from outside: of each source in the order in which it came, the sources in turns.
#[derive(Default)]
struct Sources {
    waiting: HashMap<Option<SessionId>, VecDeque<Outside>>,
    /// Those of which something waits, the one whose turn it is first.
    turns: VecDeque<Option<SessionId>>,
}

impl Sources {
    fn push(&mut self, outside: Outside) {
        let source = outside.session();
        let queue = self.waiting.entry(source).or_default();
        if queue.is_empty() {
            self.turns.push_back(source);
        }
        queue.push_back(outside);
    }

    fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Up to `limit`, of each session up to [`SESSION_SLICE`].
    fn take(&mut self, limit: usize) -> VecDeque<Outside> {
        let mut taken = VecDeque::new();
        for _ in 0..self.turns.len() {
            if taken.len() >= limit {
                break;
            }
            let Some(source) = self.turns.pop_front() else { break };
            let Some(queue) = self.waiting.get_mut(&source) else { continue };
            let share = source.map_or(limit, |_| SESSION_SLICE).min(limit - taken.len()).min(queue.len());
            taken.extend(queue.drain(..share));
            if queue.is_empty() {
                self.waiting.remove(&source);
            } else {
                self.turns.push_back(source);
            }
        }
        taken
    }
}

#[derive(Default)]
struct Queues {
    reports: VecDeque<Input>,
    outside: Sources,
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
            queues.outside.push(outside);
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
        let taken = if outside { queues.outside.take(limit) } else { VecDeque::new() };
        let stop = queues.stop && queues.outside.is_empty();
        Slice { reports: std::mem::take(&mut queues.reports), outside: taken, stop }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(session: u64, number: usize) -> Outside {
        Outside::Net(Input::Received(SessionId(session), number.to_le_bytes().to_vec()), None)
    }

    fn taken(slice: Slice) -> Vec<(u64, usize)> {
        let read = |outside| match outside {
            Outside::Net(Input::Received(session, frame), _) => {
                Some((session.0, usize::from_le_bytes(frame.try_into().expect("eight bytes"))))
            }
            _ => None,
        };
        slice.outside.into_iter().filter_map(read).collect()
    }

    #[test]
    fn who_sends_without_end_does_not_keep_the_others_waiting() {
        let inbox = Inbox::default();
        (0..10_000).for_each(|number| inbox.push(frame(1, number)));
        (0..3).for_each(|number| inbox.push(frame(2, number)));
        let first = taken(inbox.take(256, true, None));
        let of = |slice: &[(u64, usize)], session| -> Vec<usize> {
            slice.iter().filter(|(of, _)| *of == session).map(|(_, number)| *number).collect()
        };
        assert_eq!(of(&first, 2), [0, 1, 2], "the next slice has what the other sent");
        assert_eq!(of(&first, 1), (0..SESSION_SLICE).collect::<Vec<_>>(), "and no more than its share of the flood");
        let mut all = first;
        while !inbox.lock().outside.is_empty() {
            all.extend(taken(inbox.take(256, true, None)));
        }
        assert_eq!(of(&all, 1), (0..10_000).collect::<Vec<_>>(), "each in its order, and nothing is lost");
    }

    #[test]
    fn a_small_slice_is_shared_in_turns() {
        let inbox = Inbox::default();
        for session in 1..=3 {
            (0..100).for_each(|number| inbox.push(frame(session, number)));
        }
        let mut met = Vec::new();
        for _ in 0..3 {
            met.extend(taken(inbox.take(SESSION_SLICE, true, None)).into_iter().map(|(session, _)| session));
        }
        met.dedup();
        assert_eq!(met, [1, 2, 3]);
    }
}
