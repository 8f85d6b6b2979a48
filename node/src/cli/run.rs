//! `run` and `open`: the node in the foreground, and its page.

use super::client::{Client, STORE_WAIT};
use super::error::{CliError, CliResult, Exit};
use super::members::text;
use super::output::Output;
use comin_node::api::{self, ApiConfig, AppState};
use comin_node::backup::Backups;
use comin_node::calendars::Calendars;
use comin_node::config::{Config, LogLevel, to_multiaddr};
use comin_node::datadir::DataDir;
use comin_node::helper::HelperCommand;
use comin_node::i18n::Lang;
use comin_node::net::NetConfig;
use comin_node::pages::first::FirstRun;
use comin_node::runtime::{Event, EventKind, Node, NodeConfig, NodeHandle};
use comin_node::store::{self, Store};
use comin_node::users::Users;
use rustix::fs::Mode;
use rustix::process::{Signal, set_parent_process_death_signal};
use serde_json::json;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener as StdUnixListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Requests under way get this long to end when the node stops; open event streams never end by themselves.
const DRAIN: Duration = Duration::from_secs(2);
/// Least time between two looks at the statements, which change when members do: so far the copy may be behind.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// How long to wait for the addresses listened on before saying that the node is ready.
const LISTEN_WAIT: Duration = Duration::from_secs(5);

/// `run`: returns when the node has been asked to stop and has stopped.
pub fn run(dir: &DataDir, config: &Config, with_parent: bool, out: &Output) -> CliResult {
    log_to_stderr(config.node.log);
    if with_parent {
        set_parent_process_death_signal(Some(Signal::TERM)).map_err(|error| refused(error.into()))?;
    }
    // Whatever is made from here on is for this user alone, whatever the mode of the directory above.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let (page, code) = match dir.is_empty() || dir.awaits_certificate() {
        true => match first_run(dir, config, out)? {
            (page, Some(code)) => (Some(page), Some(code)),
            (_, None) => return Ok(()),
        },
        false => (None, None),
    };
    let (settings, signer, token) = (dir.settings()?, dir.signer()?, dir.api_token()?);
    dir.existing_store()?;
    let store: Arc<dyn Store> = Arc::new(store::open_node(dir, STORE_WAIT).map_err(|error| {
        match error {
            store::StoreError::Busy => CliError::new("another comin works on this data directory")
                .exit(Exit::Busy)
                .hint("comin status tells whether the node runs already"),
            other => other.into(),
        }
    })?);
    // Read once nobody else can change them: the command line does so under the store's lock as well.
    let users = Arc::new(Users::read(dir)?);
    let calendars = Arc::new(Calendars::read(dir)?);
    let office = super::office::entrance(dir, config, &users)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| CliError::new(format!("the system refused: {error}")))?;
    let chosen = if config.node.language.is_empty() { &settings.language } else { &config.node.language };
    let language = Lang::parse(chosen).unwrap_or_default();
    let helper = HelperCommand::own().map_err(|error| CliError::new(error.to_string()))?;
    let _entered = runtime.enter();
    let control = control_listener(dir)?;
    let page = match page {
        Some(page) => page,
        None => bind_page(config.listen.page)?,
    };
    let page = TcpListener::from_std(page).map_err(refused)?;
    let port = page.local_addr().map(|address| address.port()).map_err(refused)?;
    let doors = config.listen.office.clone();
    let office = office.zip(doors.first().map(SocketAddr::port));
    let net = NetConfig {
        listen: config.listen.p2p.iter().map(to_multiaddr).collect(),
        external: config.listen.external.iter().map(to_multiaddr).collect(),
        contacts: config.peers.contacts.iter().map(to_multiaddr).collect(),
        mdns: config.listen.mdns,
    };
    let device = signer.key();
    let (handle, node) = Node::start(NodeConfig { signer, net: Some(net), helper }, store)?;
    let keeper = runtime.spawn(keep_statements(handle.clone(), dir.clone()));
    let backups = Backups::new(dir.clone(), config.backup.clone());
    let backing_up = runtime.spawn(backups.clone().keep(handle.clone(), device));
    let retention = runtime.spawn(comin_node::persons::keep_retention(handle.clone()));
    let interface = ApiConfig {
        port: Some(port),
        token: Some(token),
        language,
        backups: Some(backups),
        users,
        calendars,
        office,
        ..ApiConfig::default()
    };
    let app = AppState::new(handle.clone(), interface);
    if let Some(code) = code {
        app.access().expect_code(&code);
    }
    let ended = runtime.block_on(serve(handle, app, (control, page, doors), out));
    keeper.abort();
    backing_up.abort();
    retention.abort();
    runtime.shutdown_timeout(DRAIN);
    node.stop();
    if let Ok(socket) = dir.socket() {
        let _ = std::fs::remove_file(socket);
    }
    tracing::info!("stopped");
    ended
}

/// The page on a machine without a node, until somebody has set it up. Gives the listener, which has been open all the
/// time, and the code by which the browser that did it signs in; no code: whoever started this has stopped it.
fn first_run(dir: &DataDir, config: &Config, out: &Output) -> CliResult<(StdTcpListener, Option<String>)> {
    // The socket lies in the data directory, where `init` may be at work or another first page be open.
    if super::client::answers(&dir.socket()?) {
        return Err(CliError::new("another comin waits to set this data directory up")
            .exit(Exit::Busy)
            .hint("comin open gives the link to its page"));
    }
    if dir.is_empty() {
        dir.create()?;
    }
    let page = bind_page(config.listen.page)?;
    let port = page.local_addr().map_err(refused)?.port();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(refused)?;
    let entered = runtime.enter();
    let control = control_listener(dir)?;
    let served = TcpListener::from_std(page.try_clone().map_err(refused)?).map_err(refused)?;
    let first = FirstRun::new(dir.clone(), port, out.lang);
    let link = first.link().map_err(|error| CliError::new(error.to_string()))?;
    notify_systemd();
    if out.json {
        out.object(json!({"first_run": true, "page_port": port, "url": link, "pid": std::process::id()}));
    } else {
        out.say("cli-first-run", &[("url", link.as_str().into())]);
        show(&link, out);
    }
    let code = runtime.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let stop = async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        first.serve(served, control, stop).await
    });
    let _ = std::fs::remove_file(dir.socket()?);
    drop(entered);
    runtime.shutdown_timeout(DRAIN);
    Ok((page, code.map_err(refused)?))
}

/// Opens a link in the browser of whoever sits before a screen.
fn show(link: &str, out: &Output) {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if has_display {
        let opened =
            Command::new("xdg-open").arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        if opened.is_err() {
            out.line("Open it by hand: this machine has no xdg-open.");
        }
    }
}

/// Keeps the copy of the statements beside the store up to date: it is what a lost store is repaired from.
async fn keep_statements(handle: NodeHandle, dir: DataDir) {
    let mut events = handle.subscribe();
    let mut kept = Vec::new();
    loop {
        match handle.read(|store| store.statements()).await {
            Ok(now) if now != kept => {
                let (dir, statements) = (dir.clone(), now.clone());
                match tokio::task::spawn_blocking(move || dir.write_statements(&statements)).await {
                    Ok(Ok(())) => kept = now,
                    Ok(Err(error)) => tracing::warn!(%error, "the copy of the statements could not be written"),
                    Err(_) => return,
                }
            }
            Ok(_) => {}
            // The node stops for the same reason, and says so.
            Err(_) => return,
        }
        tokio::time::sleep(KEEP_EVERY).await;
        loop {
            match events.recv().await {
                Ok(Event { kind: EventKind::State, .. }) | Err(RecvError::Lagged(_)) => break,
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

async fn serve(
    handle: NodeHandle,
    app: AppState,
    (control, page, doors): (UnixListener, TcpListener, Vec<SocketAddr>),
    out: &Output,
) -> CliResult {
    let address = page.local_addr().map_err(refused)?;
    let (stop, stopping) = watch::channel(false);
    let until = |mut stopping: watch::Receiver<bool>| async move {
        // The sender lives until the end of this function: an error means that it is over as well.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let control = tokio::spawn(api::serve_control(control, app.clone(), until(stopping.clone())));
    let page = tokio::spawn(api::serve_page(page, app.clone(), until(stopping.clone())));
    let mut office = JoinSet::new();
    for door in doors {
        office.spawn(api::serve_office(door, app.clone(), until(stopping.clone())));
    }
    let mut listening = handle.listening();
    let peers = tokio::time::timeout(LISTEN_WAIT, listening.wait_for(|addresses| !addresses.is_empty())).await;
    let peers = peers.ok().and_then(Result::ok).map(|addresses| addresses.clone()).unwrap_or_default();
    let office_at = app.office().map(|(office, port)| office.addresses(*port)).unwrap_or_default();
    ready(address.port(), &peers, &office_at, out);
    let going_on = stopping.clone();
    if let Err(error) = api::prepare(app, move || !*going_on.borrow()) {
        tracing::warn!(%error, "what pages are made from is read at the first request");
    }
    let ended = until_stopped(&handle).await;
    tracing::info!("stopping");
    stop.send_replace(true);
    let _ = tokio::time::timeout(DRAIN, async { tokio::join!(control, page, office.join_all()) }).await;
    ended
}

/// Waits for a signal, or for the node to stop by itself.
async fn until_stopped(handle: &NodeHandle) -> CliResult {
    let mut stopped = handle.stopped();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        reason = stopped.wait_for(Option::is_some) => {
            let text = reason.ok().and_then(|reason| reason.clone()).unwrap_or_else(|| "the engine ended".to_owned());
            Err(CliError::new(format!("the node stopped by itself: {text}; what was entered last is not known to be saved"))
                .hint("comin check"))
        }
    }
}

/// One honest line: what answers now, and where.
fn ready(port: u16, peers: &[String], office: &[String], out: &Output) {
    notify_systemd();
    tracing::info!(page_port = port, listening = ?peers, ?office, "ready");
    if out.json {
        out.object(json!({
            "ready": true, "page_port": port, "listening": peers, "office": office, "pid": std::process::id(),
        }));
    } else {
        let others = if peers.is_empty() { "no address yet".to_owned() } else { peers.join(", ") };
        out.line(format!(
            "Ready. Page on http://localhost:{port} (comin open signs you in); other nodes reach this one on {others}. \
             Ctrl-C stops."
        ));
        if !office.is_empty() {
            out.line(format!("The office signs in at {}.", office.join(", ")));
        }
    }
}

/// Tells systemd (Type=notify) that the node is ready; without it nothing happens.
fn notify_systemd() {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET").filter(|path| !path.is_empty()) else { return };
    let told = UnixDatagram::unbound().and_then(|socket| match path.to_string_lossy().strip_prefix('@') {
        Some(name) => {
            use std::os::linux::net::SocketAddrExt;
            let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
            socket.send_to_addr(b"READY=1\n", &address)
        }
        None => socket.send_to(b"READY=1\n", &path),
    });
    if let Err(error) = told {
        tracing::warn!(%error, "systemd could not be told that the node is ready");
    }
}

fn control_listener(dir: &DataDir) -> CliResult<UnixListener> {
    let path = dir.socket()?;
    // This process holds the store: a socket that is there belonged to a node that was killed.
    let _ = std::fs::remove_file(&path);
    let bind = || {
        let listener = StdUnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        UnixListener::from_std(listener)
    };
    bind()
        .map_err(|error| CliError::new(format!("{}: {error}", path.display())).hint("choose another `--data-dir DIR`"))
}

fn bind_page(address: SocketAddr) -> CliResult<StdTcpListener> {
    let bind = || {
        let listener = StdTcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    bind().map_err(|error: std::io::Error| {
        CliError::new(format!("the page cannot be served on {address}: {error}"))
            .exit(Exit::Config)
            .hint("set another port in node.toml: [listen] page = \"127.0.0.1:8480\"")
    })
}

fn refused(error: std::io::Error) -> CliError {
    CliError::new(format!("the system refused: {error}"))
}

/// Logs to the standard error: `level` for our own messages; libraries only speak up when something is wrong.
fn log_to_stderr(level: LogLevel) {
    let own = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let others = if own == LevelFilter::ERROR { LevelFilter::ERROR } else { LevelFilter::WARN };
    let filter = Targets::new().with_default(others).with_target("comin", own).with_target("comin_node", own);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter);
    // A second call in one process keeps the first one's settings.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

/// `open`.
pub fn open(client: &Client, print: bool, out: &Output) -> CliResult {
    let answer = client.post("login-codes", json!({}))?;
    let url = text(&answer, "url");
    if out.json {
        out.object(answer);
        return Ok(());
    }
    out.line(&url);
    out.say("cli-open-once", &[]);
    if !print {
        show(&url, out);
    }
    Ok(())
}
