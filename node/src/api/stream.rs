//! `GET /api/v1/stream`: what changes, as server-sent events.
//!
//! Events: `records` (`{"schema":1,"ids":[…]}`), `state` (members, sessions, approvals or exchange have
//! changed), `reset` (events were missed: read everything again). An id is `<process>-<number>`; a client that
//! comes back with `Last-Event-ID` gets what it missed, or `reset` where that is no longer kept. A page names in
//! `?after=` the event up to which it was made, so that nothing falls between its making and its stream.

use super::auth::Caller;
use super::context::Params;
use super::entrance::Entrance;
use super::limits::{STREAM_EVENTS_KEPT, STREAM_KEEP_ALIVE, STREAM_LOOK_EVERY, STREAMS_MAX};
use super::problem::{Answer, Problem};
use super::state::AppState;
use crate::runtime::{Event as NodeEvent, EventKind, NodeHandle};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, StreamExt};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

/// The recent events, for clients that come back, and the count of open streams.
pub struct Replay {
    /// Tells this process from an earlier one, whose numbers mean nothing now.
    process: String,
    kept: Mutex<Kept>,
    streams: Arc<Semaphore>,
}

struct Kept {
    receiver: broadcast::Receiver<NodeEvent>,
    events: VecDeque<NodeEvent>,
    /// Events up to this number are gone.
    gone: u64,
}

impl Replay {
    /// Keeps events from now on.
    pub fn new(node: &NodeHandle) -> Self {
        let mut process = [0; 4];
        // Without random bytes two processes may look alike: a client then reads a little less afresh.
        let _ = getrandom::fill(&mut process);
        Self {
            process: comin_protocol::ids::to_hex(&process),
            kept: Mutex::new(Kept { receiver: node.subscribe(), events: VecDeque::new(), gone: 0 }),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
        }
    }

    /// What happened after `last`, or `None` where that is not known any more.
    fn since(&self, last: &str) -> Option<Vec<NodeEvent>> {
        let (process, number) = last.split_once('-')?;
        let number: u64 = number.parse().ok()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.drain();
        let known = process == self.process && number >= kept.gone;
        known.then(|| kept.events.iter().filter(|event| event.number > number).cloned().collect())
    }

    /// The id of the last event so far. What is read from the store afterwards holds all that it tells of.
    pub fn last(&self) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.drain();
        self.id(kept.events.back().map_or(kept.gone, |event| event.number))
    }

    fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.process)
    }
}

impl Kept {
    fn drain(&mut self) {
        loop {
            match self.receiver.try_recv() {
                Ok(event) => self.push(event),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {
                    // The gap lies between what is kept and the next event: nothing before it can be replayed.
                    if let Some(last) = self.events.back() {
                        self.gone = last.number + 1;
                    }
                    self.events.clear();
                }
                Err(_) => return,
            }
        }
    }

    fn push(&mut self, event: NodeEvent) {
        if self.events.is_empty() && event.number > self.gone + 1 {
            self.gone = event.number - 1;
        }
        self.events.push_back(event);
        if self.events.len() > STREAM_EVENTS_KEPT
            && let Some(oldest) = self.events.pop_front()
        {
            self.gone = oldest.number;
        }
    }
}

/// From where a stream begins.
#[derive(Deserialize)]
pub struct Begin {
    /// The id of an event. `Last-Event-ID`, which a browser sends when it comes back, is newer and wins.
    after: Option<String>,
}

/// Opens a stream.
///
/// # Errors
/// 503 where too many are open.
pub async fn stream(State(app): State<AppState>, Params(begin): Params<Begin>, request: Request) -> Answer {
    let stream = Stream::open(app, &request, begin.after.as_deref())?;
    let open = stream::once(async { Event::default().comment("open") });
    let events = stream::unfold(stream, |mut stream| async move {
        let told = stream.next().await?;
        Some((to_sse(&told, stream.id(&told)), stream))
    });
    Ok(Sse::new(open.chain(events).map(Ok::<_, Infallible>)).keep_alive(Stream::keep_alive()).into_response())
}

/// What an open stream is told.
pub enum Told {
    /// Something happened.
    Happened(NodeEvent),
    /// More happened than is remembered: whoever listens reads everything again.
    Missed,
}

/// An open stream: what happened since a moment, and then what happens, until its browser's login ends.
pub struct Stream {
    app: AppState,
    receiver: broadcast::Receiver<NodeEvent>,
    missed: VecDeque<Told>,
    /// Up to which number `missed` tells what the receiver has too.
    replayed: u64,
    /// The browser that listens.
    watched: Option<(HeaderMap, Entrance)>,
    _permit: OwnedSemaphorePermit,
}

impl Stream {
    /// Opens one for whoever sent `request`, from after the event `after` on, or from now on.
    ///
    /// # Errors
    /// 503 where too many are open.
    pub fn open(app: AppState, request: &Request, after: Option<&str>) -> Answer<Self> {
        let permit = app.replay().streams.clone().try_acquire_owned().map_err(|_| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", "too many streams are open")
                .hint("close some windows of the page")
        })?;
        let (headers, extensions) = (request.headers(), request.extensions());
        // Subscribed before the kept events are read, so that nothing falls between the two.
        let receiver = app.node().subscribe();
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        let (missed, replayed) = match last.or(after).map(|last| app.replay().since(last)) {
            None => (VecDeque::new(), 0),
            Some(None) => (VecDeque::from([Told::Missed]), 0),
            Some(Some(events)) => {
                let replayed = events.last().map_or(0, |event| event.number);
                (events.into_iter().map(Told::Happened).collect(), replayed)
            }
        };
        let entrance = extensions.get().copied().unwrap_or_default();
        let by_browser = extensions.get().is_some_and(Caller::is_browser);
        let watched = by_browser.then(|| (headers.clone(), entrance));
        Ok(Self { app, receiver, missed, replayed, watched, _permit: permit })
    }

    /// The next news; `None` where the node stops or the login has ended.
    pub async fn next(&mut self) -> Option<Told> {
        if let Some(told) = self.missed.pop_front() {
            return Some(told);
        }
        loop {
            let next = tokio::time::timeout(STREAM_LOOK_EVERY, self.receiver.recv()).await;
            if self.watched.as_ref().is_some_and(|(headers, door)| self.app.access().caller(headers, *door).is_none()) {
                return None;
            }
            match next {
                Err(_) => {}
                Ok(Ok(event)) if event.number <= self.replayed => {}
                Ok(Ok(event)) => return Some(Told::Happened(event)),
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => return Some(Told::Missed),
                Ok(Err(broadcast::error::RecvError::Closed)) => return None,
            }
        }
    }

    /// What there is to tell without waiting.
    pub fn ready(&mut self) -> Option<Told> {
        if let Some(told) = self.missed.pop_front() {
            return Some(told);
        }
        loop {
            match self.receiver.try_recv() {
                Ok(event) if event.number <= self.replayed => {}
                Ok(event) => return Some(Told::Happened(event)),
                Err(broadcast::error::TryRecvError::Lagged(_)) => return Some(Told::Missed),
                Err(_) => return None,
            }
        }
    }

    /// The id under which a client that comes back names the last thing that it was told.
    pub fn id(&self, told: &Told) -> Option<String> {
        match told {
            Told::Happened(event) => Some(self.app.replay().id(event.number)),
            Told::Missed => None,
        }
    }

    /// Comment lines, so that dead connections are noticed.
    pub fn keep_alive() -> KeepAlive {
        KeepAlive::new().interval(STREAM_KEEP_ALIVE)
    }
}

fn to_sse(told: &Told, id: Option<String>) -> Event {
    let (name, data) = match told {
        Told::Happened(NodeEvent { kind: EventKind::Records(rows), .. }) => {
            let ids: BTreeSet<String> = rows.iter().map(|(_, key)| key.to_string()).collect();
            ("records", json!({"schema": 1, "ids": ids}))
        }
        Told::Happened(NodeEvent { kind: EventKind::State, .. }) => ("state", json!({"schema": 1})),
        Told::Missed => ("reset", json!({"schema": 1})),
    };
    id.into_iter().fold(Event::default().event(name).data(data.to_string()), Event::id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(capacity: usize) -> (broadcast::Sender<NodeEvent>, Kept) {
        let (sender, receiver) = broadcast::channel(capacity);
        (sender, Kept { receiver, events: VecDeque::new(), gone: 0 })
    }

    fn event(number: u64) -> NodeEvent {
        NodeEvent { number, kind: EventKind::State }
    }

    #[test]
    fn forgets_what_lies_before_a_gap() {
        let (sender, mut kept) = kept(4);
        for number in 1..=10 {
            let _ = sender.send(event(number));
        }
        kept.drain();
        let numbers: Vec<u64> = kept.events.iter().map(|e| e.number).collect();
        assert_eq!(numbers, [7, 8, 9, 10], "what the channel still had");
        assert_eq!(kept.gone, 6, "who has seen 6 misses nothing, who has seen 5 does");
    }

    #[test]
    fn stays_bounded() {
        let (_sender, mut kept) = kept(4);
        for number in 1..=(STREAM_EVENTS_KEPT as u64 + 5) {
            kept.push(event(number));
        }
        assert_eq!(kept.events.len(), STREAM_EVENTS_KEPT, "the oldest makes room");
        assert_eq!(kept.gone, 5, "and is known to be gone");
    }
}
