//! How verbs reach the node: over its control socket where it runs, else in this process, through the same
//! routes.

use super::error::{CliError, CliResult, Exit};
use super::local::{self, Local};
use axum::body::Body;
use comin_node::datadir::{DataDir, DataDirError, quoted};
use http_body_util::BodyExt;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::io::Write;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// How long a verb waits for another process to let go of the store.
pub const STORE_WAIT: Duration = Duration::from_secs(5);
/// How often it looks meanwhile whether that process is a node that can be asked.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Largest answer that is taken into memory, in bytes: 100,000 records of an export, with room.
const ANSWER_BYTES_MAX: usize = 512 * 1024 * 1024;

/// The way to the node.
pub struct Client {
    runtime: tokio::runtime::Runtime,
    via: Via,
    lang: Option<String>,
    language: String,
}

enum Via {
    Socket(PathBuf),
    Here(Box<Local>),
}

/// An answer.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn json(&self) -> CliResult<Value> {
        let value: Value = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        if (200..300).contains(&self.status) { Ok(value) } else { Err(CliError::from_problem(self.status, &value)) }
    }
}

impl Client {
    /// A running node, or this process.
    ///
    /// # Errors
    /// Exit code 75 where another process holds the store for longer than [`STORE_WAIT`].
    pub fn connect(dir: &DataDir, lang: Option<&str>) -> CliResult<Self> {
        let language = dir.settings()?.language;
        let runtime = current_thread()?;
        let via = connect(&runtime, dir)?;
        Ok(Self { runtime, via, lang: lang.map(str::to_owned), language })
    }

    /// A running node.
    ///
    /// # Errors
    /// Exit code 4 where none runs.
    pub fn running(dir: &DataDir, lang: Option<&str>) -> CliResult<Self> {
        let socket = dir.socket()?;
        let language = match dir.settings() {
            // A node that waits to be set up has no language yet.
            Err(DataDirError::Uninitialised(_)) if answers(&socket) => String::new(),
            settings => settings?.language,
        };
        if !answers(&socket) {
            return Err(not_running(dir));
        }
        Ok(Self { runtime: current_thread()?, via: Via::Socket(socket), lang: lang.map(str::to_owned), language })
    }

    /// Whether the node runs, as opposed to this process having opened the store.
    pub fn is_running(&self) -> bool {
        matches!(self.via, Via::Socket(_))
    }

    /// The language of this partner, in which its records are written unless they say otherwise.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Reads.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn get(&self, path: &str) -> CliResult<Value> {
        self.send(Method::GET, path, None, &[])?.json()
    }

    /// Writes.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn post(&self, path: &str, body: Value) -> CliResult<Value> {
        self.send(Method::POST, path, Some(body), &[])?.json()
    }

    /// Any request with an optional JSON body.
    ///
    /// # Errors
    /// The node cannot be reached; a problem that it describes is an [`Answer`].
    pub fn send(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> CliResult<Answer> {
        let kind = body.is_some().then_some("application/json");
        self.send_bytes(method, path, kind, body.map(|body| body.to_string().into_bytes()).unwrap_or_default(), headers)
    }

    /// Any request with any body.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_bytes(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> CliResult<Answer> {
        let mut request = Request::builder().method(method).uri(self.uri(path)).header("host", "localhost");
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).map_err(|error| CliError::new(error.to_string()))?;
        self.runtime.block_on(async {
            let response = self.ask(request).await?;
            let status = response.status().as_u16();
            let limited = http_body_util::Limited::new(response.into_body(), ANSWER_BYTES_MAX);
            let body = limited.collect().await.map_err(|error| broke_off(&error.to_string()))?;
            Ok(Answer { status, body: body.to_bytes().to_vec() })
        })
    }

    /// Sends a file whose import tells its progress line by line; the answer is the last line.
    ///
    /// # Errors
    /// As [`Self::send`]; also where the lines end before the last one.
    pub fn upload(&self, path: &str, kind: &str, body: Vec<u8>, told: &mut dyn FnMut(&Value)) -> CliResult<Answer> {
        let request = Request::builder().method(Method::POST).uri(self.uri(path)).header("host", "localhost");
        let request = request.header("content-type", kind).header("accept", "application/x-ndjson");
        let request = request.body(Body::from(body)).map_err(|error| CliError::new(error.to_string()))?;
        self.runtime.block_on(async {
            let mut response = self.ask(request).await?;
            let (mut status, mut line) = (response.status().as_u16(), Vec::new());
            let cut = |cause: &str| {
                CliError::new(format!("the import broke off: {cause}"))
                    .hint("run the same command again: it goes on from there, and what is written stays as it is")
            };
            while let Some(frame) = response.body_mut().frame().await {
                let frame = frame.map_err(|error| cut(&error.to_string()))?;
                for piece in frame.data_ref().into_iter().flat_map(|data| data.split_inclusive(|byte| *byte == b'\n')) {
                    if line.ends_with(b"\n") {
                        line.clear();
                    }
                    line.extend_from_slice(piece);
                    told(&serde_json::from_slice(&line).unwrap_or(Value::Null));
                }
            }
            let mut last: Value = serde_json::from_slice(&line).map_err(|_| cut("the node is gone"))?;
            if let Some(problem) = last.get_mut("problem").map(Value::take) {
                status = problem.get("status").and_then(Value::as_u64).and_then(|s| s.try_into().ok()).unwrap_or(500);
                last = problem;
            }
            if last.get("stage").is_some() {
                return Err(cut("the node is gone"));
            }
            Ok(Answer { status, body: last.to_string().into_bytes() })
        })
    }

    /// Reads into a writer as it comes.
    ///
    /// # Errors
    /// The problem that the node describes, or the writer's.
    pub fn download(&self, path: &str, into: &mut dyn Write) -> CliResult {
        let request = Request::builder().uri(self.uri(path)).header("host", "localhost").body(Body::empty());
        let request = request.map_err(|error| CliError::new(error.to_string()))?;
        self.runtime.block_on(async {
            let mut response = self.ask(request).await?;
            if !response.status().is_success() {
                let status = response.status().as_u16();
                let body = response.into_body().collect().await.map_err(|error| broke_off(&error.to_string()))?;
                return Answer { status, body: body.to_bytes().to_vec() }.json().map(|_| ());
            }
            while let Some(frame) = response.body_mut().frame().await {
                let frame = frame.map_err(|error| broke_off(&error.to_string()))?;
                if let Some(data) = frame.data_ref() {
                    into.write_all(data).map_err(|error| CliError::new(format!("the output: {error}")))?;
                }
            }
            into.flush().map_err(|error| CliError::new(format!("the output: {error}")))
        })
    }

    fn uri(&self, path: &str) -> String {
        let path = format!("/api/v1/{path}");
        match &self.lang {
            Some(lang) => format!("{path}{}lang={}", if path.contains('?') { '&' } else { '?' }, encoded(lang)),
            None => path,
        }
    }

    async fn ask(&self, request: Request<Body>) -> CliResult<Response<Body>> {
        match &self.via {
            Via::Here(local) => {
                let answer = local.router().oneshot(request).await;
                // INVARIANT: a router's error type has no values.
                answer.map_err(|never| match never {})
            }
            Via::Socket(path) => over_socket(path, request).await,
        }
    }
}

async fn over_socket(path: &Path, request: Request<Body>) -> CliResult<Response<Body>> {
    let gone = |error: String| {
        CliError::new(format!("the node at {} does not answer: {error}", path.display())).exit(Exit::NotRunning)
    };
    let stream = tokio::net::UnixStream::connect(path).await.map_err(|error| gone(error.to_string()))?;
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| gone(error.to_string()))?;
    // The connection is driven beside the request and ends with it.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| broke_off(&error.to_string()))?;
    Ok(response.map(Body::new))
}

fn broke_off(cause: &str) -> CliError {
    CliError::new(format!("the answer broke off: {cause}; what was last entered is not known to be saved"))
        .hint("comin status")
}

fn current_thread() -> CliResult<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| CliError::new(format!("the system refused: {error}")))
}

/// Whether somebody listens on the socket.
pub fn answers(socket: &Path) -> bool {
    StdUnixStream::connect(socket).is_ok()
}

fn not_running(dir: &DataDir) -> CliError {
    let hint = match DataDir::locate(None) {
        Ok(default) if default == *dir => "comin run".to_owned(),
        _ => format!("comin --data-dir {} run", quoted(dir.path())),
    };
    CliError::new("the node is not running").exit(Exit::NotRunning).hint(hint)
}

/// A node that has just started holds the store before its socket answers; one that has just stopped no
/// longer answers and still holds it.
fn connect(runtime: &tokio::runtime::Runtime, dir: &DataDir) -> CliResult<Via> {
    let socket = dir.socket()?;
    let deadline = Instant::now() + STORE_WAIT;
    loop {
        if answers(&socket) {
            return Ok(Via::Socket(socket));
        }
        let entered = runtime.enter();
        let opened = local::open(dir, LOOK_EVERY);
        drop(entered);
        match opened {
            Ok(local) => return Ok(Via::Here(Box::new(local))),
            Err(error) if error.exit == Exit::Busy && Instant::now() < deadline => {}
            Err(error) => return Err(error),
        }
    }
}

/// A text as part of a path or query.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path with those parameters that have a value.
pub fn query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded((*value)?))));
    let joined = given.collect::<Vec<_>>().join("&");
    if joined.is_empty() { path.to_owned() } else { format!("{path}?{joined}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded_and_left_out() {
        let path = query("records", &[("kind", Some("network")), ("register", None), ("q", Some("a&b č"))]);
        assert_eq!(path, "records?kind=network&q=a%26b%20%C4%8D", "what has no value is not sent");
        assert_eq!(query("records", &[("q", None)]), "records", "no question mark without parameters");
    }
}
