//! How soon an open page shows what was changed in another country, beside how soon the API's stream tells of it.
//!
//! `cargo test --release -p comin-tests --test browser -- --ignored --nocapture live`

use super::driver::BOUND;
use super::office::federation;
use serde_json::json;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

const EDITS: usize = 20;
/// At most so many times later than the stream tells of it.
const RATIO_MAX: f64 = 5.0;
/// Between two edits, so that each is shown by itself.
const REST: Duration = Duration::from_millis(300);

/// Notes when a text is first seen in the page, in milliseconds since the Unix epoch.
const OBSERVE: &str = "
  window.shown = {};
  const look = () => {
    for (const [text] of document.querySelector('main').textContent.matchAll(/§ Kraj \\d+\\./g)) shown[text] ??= Date.now();
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
";

fn now_ms() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs_f64() * 1e3
}

/// Opens the API's stream as a program does, and tells when each event about `id` comes.
async fn events(origin: &str, link: &str, id: String) -> UnboundedReceiver<f64> {
    let host = origin.strip_prefix("http://").expect("plain HTTP").to_owned();
    let connect = || TcpStream::connect(host.replace("localhost", "127.0.0.1"));
    let path = link.strip_prefix(origin).expect("a link of this node");
    let ask = |path: &str, cookie: &str, close: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nCookie: {cookie}\r\nConnection: {close}\r\n\r\n")
    };
    let mut stream = connect().await.expect("it listens");
    stream.write_all(ask(path, "", "close").as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it is answered");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let mut stream = connect().await.expect("it listens");
    stream.write_all(ask("/api/v1/stream", &cookie, "keep-alive").as_bytes()).await.expect("it is sent");
    let (told, heard) = unbounded_channel();
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next_line().await.expect("it is answered").unwrap_or_default();
    assert!(first.contains("200"), "the stream opens: {first}");
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            if line.starts_with("data:") && line.contains(&id) && told.send(now_ms()).is_err() {
                return;
            }
        }
    });
    heard
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: takes half a minute, and a machine that has nothing else to do"]
async fn a_page_shows_a_change_soon_after_the_stream_tells_of_it() {
    let mut offices = federation(2).await;
    let (there, here) = (offices.remove(1), offices.remove(0));
    let row = here.add("organisation", &[("name", "§ Zavod"), ("city", "§ Koper")]).await;
    there.until_has(&row).await;
    for path in [format!("/records/{}", row.key), "/organisations".to_owned()] {
        let browser = here.browser().await;
        browser.open(&here.url(&path)).await;
        browser.until_says("§ Koper").await;
        browser.run(OBSERVE).await;
        let mut heard = events(&here.origin, &here.link(), row.key.to_string()).await;
        let (mut stream, mut page) = (Vec::new(), Vec::new());
        for n in 0..EDITS {
            tokio::time::sleep(REST).await;
            let (text, begun) = (format!("§ Kraj {n}."), now_ms());
            there.edit(&row, &[("city", &text)]).await;
            let told = timeout(BOUND, heard.recv()).await.expect("the stream tells of it").expect("it goes on");
            let quoted = json!(text);
            browser.until("the page should show it", &format!("shown[{quoted}]")).await;
            let shown = browser.run(&format!("return shown[{quoted}]")).await.as_f64().expect("a time");
            stream.push(told - begun);
            page.push(shown - begun);
        }
        there.edit(&row, &[("city", "§ Koper")]).await;
        here.until("it is as it was", |store| {
            let row = store.row(&row.key, &row.doc).expect("memory reads");
            row.is_some_and(|row| row.text("city") == Some("§ Koper"))
        })
        .await;
        let (stream, page) = (median(&mut stream), median(&mut page));
        let ratio = page / stream;
        println!("{path}: median of {EDITS}: stream {stream:.1} ms, page {page:.1} ms, {ratio:.1} times");
        assert!(ratio <= RATIO_MAX, "{path}: {ratio:.1} times as late as the stream");
    }
}
