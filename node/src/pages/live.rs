//! `GET /live?page=&after=&opened=&about=`: an open page, made again each time that something changes, as server-sent
//! events. So a change is on the page as soon as its news are there: nothing has to be asked for.
//!
//! Events: `page` (`{"schema":1,"status":200,"html":"…"}`; without `html` where the page could not be made). Each has
//! the id of the last event that it shows; `after`, `Last-Event-ID` and the end of a login are those of
//! [`stream`](crate::api::Stream). What changes while a page is made comes with the next one.

use crate::api::limits::LIVE_PAGE_BYTES_MAX;
use crate::api::{Answer, AppState, Entrance, Params, Remote, Stream, Told, Trusted, own_page};
use crate::runtime::EventKind;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use comin_protocol::ids::tagged_hash;
use futures::stream::{self, StreamExt};
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use tokio::time::Instant;
use tower::ServiceExt;

/// The routes by which an open page is made again: the very ones that made it.
#[derive(Clone)]
pub struct Maker(pub Router);

/// In the extensions of a request that makes an open page again: nobody has come or chosen anything.
#[derive(Clone, Copy)]
pub struct Again {
    /// When the page was opened, in milliseconds since the Unix epoch.
    pub opened_ms: u64,
}

/// What an open page asks to be told.
#[derive(Deserialize)]
pub struct Open {
    /// Its address within this node.
    page: String,
    /// The event up to which it was made.
    after: Option<String>,
    /// See [`Again::opened_ms`].
    opened: u64,
    /// The record that it is about, where no other record's change matters to it.
    about: Option<String>,
}

/// `GET /live`.
///
/// # Errors
/// 503 where too many streams are open.
pub async fn show(
    State(app): State<AppState>,
    Params(open): Params<Open>,
    Extension(maker): Extension<Maker>,
    request: Request,
) -> Answer {
    let stream = Stream::open(app, &request, open.after.as_deref())?;
    let page = Page { maker, request, open, sent: None };
    let pages = stream::unfold((stream, page, Instant::now()), |(mut stream, mut page, mut rested)| async move {
        loop {
            let Some(mut told) = stream.next().await else {
                // Who is signed out is told so, once.
                let last = page.make().await?;
                return Some((last, (stream, page, rested)));
            };
            // Making pages without end would leave the node no time for anything else.
            tokio::time::sleep_until(rested).await;
            let (mut concerns, mut id) = (false, None);
            loop {
                concerns |= page.shows(&told);
                id = stream.id(&told).or(id);
                match stream.ready() {
                    Some(more) => told = more,
                    None => break,
                }
            }
            if !concerns {
                continue;
            }
            let begun = Instant::now();
            let event = page.make().await;
            rested = Instant::now() + begun.elapsed();
            if let Some(event) = event {
                let event = id.into_iter().fold(event, Event::id);
                return Some((event, (stream, page, rested)));
            }
        }
    });
    Ok(Sse::new(pages.map(Ok::<_, Infallible>)).keep_alive(Stream::keep_alive()).into_response())
}

/// An open page.
struct Page {
    maker: Maker,
    /// Who opened it, and through which door.
    request: Request,
    open: Open,
    /// What was sent last, by its hash.
    sent: Option<[u8; 32]>,
}

impl Page {
    /// Whether what happened may show on it.
    fn shows(&self, told: &Told) -> bool {
        match (told, &self.open.about) {
            (Told::Happened(event), Some(about)) => match &event.kind {
                EventKind::Records(rows) => rows.iter().any(|(_, key)| key.to_string() == *about),
                EventKind::State => true,
            },
            _ => true,
        }
    }

    /// It as it is now; `None` where it is what it was, or there is no such page any more.
    async fn make(&mut self) -> Option<Event> {
        let Ok(answer) = self.maker.0.clone().oneshot(self.ask()).await;
        let status = answer.status();
        let html = if status.is_success() { read(answer).await } else { None };
        if status == StatusCode::NOT_FOUND || (status.is_success() && html.is_none()) {
            return None;
        }
        let data = json!({"schema": 1, "status": status.as_u16(), "html": html}).to_string();
        let hash = tagged_hash("comin/page/1", &[data.as_bytes()]);
        let news = self.sent.replace(hash) != Some(hash);
        news.then(|| Event::default().event("page").data(data))
    }

    /// The request for it, by whoever opened it.
    fn ask(&self) -> Request {
        let mut ask = Request::new(Body::empty());
        *ask.uri_mut() = own_page(&self.open.page).parse().unwrap_or_default();
        let mut headers: HeaderMap = self.request.headers().clone();
        headers.remove("last-event-id");
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        *ask.headers_mut() = headers;
        let (from, to) = (self.request.extensions(), ask.extensions_mut());
        to.insert(Again { opened_ms: self.open.opened });
        from.get().map(|entrance: &Entrance| to.insert(*entrance));
        from.get().map(|remote: &Remote| to.insert(*remote));
        from.get().map(|trusted: &Trusted| to.insert(*trusted));
        ask
    }
}

/// The text of a page; `None` for what is none.
async fn read(answer: Response) -> Option<String> {
    let kind = answer.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("text/html") {
        return None;
    }
    let bytes = to_bytes(answer.into_body(), LIVE_PAGE_BYTES_MAX).await.ok()?;
    String::from_utf8(bytes.into()).ok()
}
