//! Sessions: one stream with one peer, a bounded queue each way.

use super::frame::{self, FrameError};
use crate::limits::{
    CLOSE_TIME, FRAME_TIME, FRAMES_AT_ONCE, FRAMES_PER_S, JOIN_STREAM_TIME, READER_QUEUE_BYTES_MAX, WRITE_BYTES,
    WRITER_QUEUE_BYTES_MAX, WRITER_QUEUE_FRAMES_MAX,
};
use crate::runtime::{Inbox, Outside};
use comin_protocol::engine::{Input, SessionId};
use comin_protocol::ids::DeviceKey;
use comin_protocol::limits::{JOIN_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX, SESSIONS_MAX};
use futures::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What a session is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// Exchange between members.
    Sync,
    /// A newcomer asks for admission; `outgoing` where this node is the newcomer.
    Join { outgoing: bool },
}

/// How a session ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub session: SessionId,
    pub device: DeviceKey,
    pub purpose: Purpose,
    pub lasted: Duration,
    pub reason: String,
}

/// All open sessions; frames from the engine go through here.
pub(crate) struct Sessions {
    inbox: Arc<Inbox>,
    open: Mutex<HashMap<SessionId, Arc<Link>>>,
    last: AtomicU64,
    /// One permit per session, held until the engine has taken in its end.
    places: Arc<Semaphore>,
}

/// The queue towards one peer.
struct Link {
    queue: Mutex<Queue>,
    wake: Notify,
    /// The session is to end.
    closing: Notify,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Vec<u8>>,
    bytes: usize,
    /// The session is to end, for this reason, once `frames` are written.
    closing: Option<String>,
}

impl Link {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, frame: Vec<u8>) {
        let mut queue = self.lock();
        if queue.closing.is_some() {
            return;
        }
        queue.bytes += frame.len() + frame::HEADER_BYTES;
        queue.frames.push_back(frame);
        if queue.frames.len() > WRITER_QUEUE_FRAMES_MAX || queue.bytes > WRITER_QUEUE_BYTES_MAX {
            *queue = Queue { closing: Some("the peer reads too slowly".to_owned()), ..Queue::default() };
        }
        drop(queue);
        self.wake.notify_one();
    }

    fn close(&self, reason: String) {
        self.lock().closing.get_or_insert(reason);
        self.wake.notify_one();
        self.closing.notify_one();
    }

    /// Takes what is written together: small frames up to [`WRITE_BYTES`], or one large one.
    fn take(&self) -> (Vec<Vec<u8>>, Option<String>) {
        let mut queue = self.lock();
        let (mut frames, mut bytes) = (Vec::new(), 0);
        while let Some(frame) = queue.frames.front() {
            bytes += frame.len() + frame::HEADER_BYTES;
            if bytes > WRITE_BYTES && !frames.is_empty() {
                break;
            }
            queue.bytes = queue.bytes.saturating_sub(frame.len() + frame::HEADER_BYTES);
            frames.extend(queue.frames.pop_front());
        }
        (frames, queue.closing.clone())
    }
}

impl Sessions {
    pub fn new(inbox: Arc<Inbox>) -> Self {
        Self { inbox, open: Mutex::default(), last: AtomicU64::new(0), places: Arc::new(Semaphore::new(SESSIONS_MAX)) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Link>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a frame; one for a session that has ended is dropped.
    pub fn send(&self, session: SessionId, frame: Vec<u8>) {
        let link = self.lock().get(&session).cloned();
        if let Some(link) = link {
            link.push(frame);
        }
    }

    /// Ends a session after what is queued for it.
    pub fn disconnect(&self, session: SessionId, reason: String) {
        let link = self.lock().get(&session).cloned();
        if let Some(link) = link {
            link.close(reason);
        }
    }

    /// Ends all sessions after what is queued for them.
    pub fn disconnect_all(&self, reason: &str) {
        let links: Vec<_> = self.lock().values().cloned().collect();
        links.into_iter().for_each(|link| link.close(reason.to_owned()));
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Opens a session: tells the engine and gives the task that carries it. `None`: there are too many.
    pub fn begin<S>(
        self: &Arc<Self>,
        device: DeviceKey,
        purpose: Purpose,
        stream: S,
    ) -> Option<(SessionId, impl Future<Output = Ended> + use<S>)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let session = SessionId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let link = Arc::new(Link { queue: Mutex::default(), wake: Notify::new(), closing: Notify::new() });
        self.lock().insert(session, link.clone());
        let begun = match purpose {
            Purpose::Sync => Input::Connected(session, device),
            Purpose::Join { outgoing } => Input::JoinConnected(session, device, outgoing),
        };
        self.inbox.push(Outside::Net(begun, None));
        let sessions = self.clone();
        let task = async move {
            let start = Instant::now();
            let reason = carry(stream, &link, &sessions.inbox, session, purpose).await;
            sessions.end(session, place);
            Ended { session, device, purpose, lasted: start.elapsed(), reason }
        };
        Some((session, task))
    }

    fn end(&self, session: SessionId, place: OwnedSemaphorePermit) {
        self.lock().remove(&session);
        self.inbox.push(Outside::Net(Input::Disconnected(session), Some(place)));
    }
}

/// Carries frames both ways until one side ends; says why.
async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    link: &Link,
    inbox: &Inbox,
    session: SessionId,
    purpose: Purpose,
) -> String {
    let (mut input, mut output) = stream.split();
    let lifetime = async {
        match purpose {
            Purpose::Sync => futures::future::pending().await,
            Purpose::Join { .. } => tokio::time::sleep(JOIN_STREAM_TIME).await,
        }
    };
    // What is being written when the session is to end may never be read.
    let closing = async {
        link.closing.notified().await;
        tokio::time::sleep(CLOSE_TIME).await;
    };
    let reason = tokio::select! {
        reason = read(&mut input, inbox, session, purpose) => reason,
        reason = write(&mut output, link) => reason,
        () = closing => link.lock().closing.clone().unwrap_or_default(),
        () = lifetime => "the join stream's time is over".to_owned(),
    };
    // Ended by us, the queue has been written; ended otherwise, a half-written frame may be in the way.
    let _ = timeout(CLOSE_TIME, output.close()).await;
    reason
}

async fn read(input: &mut (impl AsyncRead + Unpin), inbox: &Inbox, session: SessionId, purpose: Purpose) -> String {
    let bytes_max = match purpose {
        Purpose::Sync => MESSAGE_BYTES_MAX,
        Purpose::Join { .. } => JOIN_MESSAGE_BYTES_MAX,
    };
    let room = Arc::new(Semaphore::new(READER_QUEUE_BYTES_MAX));
    let mut pace = Pace { due: Instant::now() };
    loop {
        match read_one(input, bytes_max, &room).await {
            Ok((frame, permit)) => inbox.push(Outside::Net(Input::Received(session, frame), Some(permit))),
            Err(error) => return error.to_string(),
        }
        let wait = pace.step(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}

/// How fast the frames of a session are read.
struct Pace {
    /// When all frames so far would have come at an even [`FRAMES_PER_S`].
    due: Instant,
}

impl Pace {
    /// Counts a frame; how long to wait before the next one.
    fn step(&mut self, now: Instant) -> Duration {
        self.due = self.due.max(now) + Duration::from_secs(1) / FRAMES_PER_S;
        let ahead = Duration::from_secs(1) * FRAMES_AT_ONCE / FRAMES_PER_S;
        self.due.saturating_duration_since(now + ahead)
    }
}

async fn read_one(
    input: &mut (impl AsyncRead + Unpin),
    bytes_max: usize,
    room: &Arc<Semaphore>,
) -> Result<(Vec<u8>, OwnedSemaphorePermit), FrameError> {
    let length = frame::read_length(input, bytes_max).await?;
    // The frame's place is taken before its memory is. An empty frame still counts.
    let places = (length + frame::HEADER_BYTES) as u32;
    let closed = |_| FrameError::Broken(std::io::ErrorKind::BrokenPipe.into());
    let permit = room.clone().acquire_many_owned(places).await.map_err(closed)?;
    let slow = |_| FrameError::Broken(std::io::ErrorKind::TimedOut.into());
    let frame = timeout(FRAME_TIME, frame::read_body(input, length)).await.map_err(slow)??;
    Ok((frame, permit))
}

async fn write(output: &mut (impl AsyncWrite + Unpin), link: &Link) -> String {
    loop {
        let (frames, closing) = link.take();
        if frames.is_empty() {
            if let Some(reason) = closing {
                return reason;
            }
            link.wake.notified().await;
            continue;
        }
        let bound = if closing.is_some() { CLOSE_TIME } else { FRAME_TIME };
        match timeout(bound, frame::write_all(output, frames)).await {
            Ok(Ok(())) => (),
            Ok(Err(error)) => return format!("the stream broke: {error}"),
            Err(_) => return "the peer does not read".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_without_end_is_read_at_an_even_pace() {
        let start = Instant::now();
        let (mut pace, mut now) = (Pace { due: start }, start);
        for _ in 0..FRAMES_AT_ONCE {
            assert_eq!(pace.step(now), Duration::ZERO, "a burst is read as it comes");
        }
        for _ in 0..3 * FRAMES_PER_S {
            now += pace.step(now);
        }
        let took = now - start;
        assert!((2_999..=3_001).contains(&took.as_millis()), "then as many a second: {took:?}");
        now += Duration::from_secs(60);
        assert_eq!(pace.step(now), Duration::ZERO, "after a rest there is room again");
    }
}
