//! Listeners around the router.

use super::auth::Trusted;
use super::entrance::{Entrance, Remote};
use super::limits::{DOOR_AGAIN, HANDSHAKE_TIME, HEAD_TIME, OFFICE_CONNECTIONS_MAX, OFFICE_CONNECTIONS_OF_ADDRESS_MAX};
use super::routes::router;
use super::state::AppState;
use crate::office::{Office, OfficeError, RENEW_AFTER};
use axum::{Extension, Router};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// How long to wait where the system gives no connection, such as for want of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Serves page and API on a loopback listener until `stop` ends. The port of the listener must be the one in
/// the state's [`super::ApiConfig`], or the guard refuses everyone.
///
/// # Errors
/// Where the listener is not on loopback: beyond it, users and TLS are needed ([`serve_office`]).
pub async fn serve_page(
    listener: TcpListener,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the page is served on loopback only"));
    }
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await
}

/// Serves page and API to the users of the office over TLS until `stop` ends, as the state's [`super::ApiConfig`] names
/// it. An address that is not there (yet) is tried again: the exchange between the partners must not wait for it.
///
/// # Errors
/// Where the configuration names no office, or its certificate cannot be made.
pub async fn serve_office(
    address: SocketAddr,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Some((office, _)) = app.office().cloned() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the office network needs users and TLS"));
    };
    let (ending, ended) = watch::channel(false);
    let router = router(app).layer(Extension(Entrance::Office));
    let mut door = Door::new(office, router, ended).map_err(io::Error::other)?;
    tokio::pin!(stop);
    tokio::select! {
        () = &mut stop => {}
        () = door.open(address) => {}
    }
    // Whoever is being served comes to an end; how long that may take the caller says.
    ending.send_replace(true);
    while door.inside.join_next().await.is_some() {}
    Ok(())
}

/// Serves the control socket until `stop` ends. Whoever can open the socket is trusted: the caller makes it in
/// a directory that only the node's user may enter.
///
/// # Errors
/// None today; the listener reports its own faults and goes on.
pub async fn serve_control(
    listener: UnixListener,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(app).layer(Extension(Trusted))).with_graceful_shutdown(stop).await
}

/// The office door: who comes in, and how many at once.
struct Door {
    office: Office,
    router: Router,
    secure: TlsAcceptor,
    made: Instant,
    ended: watch::Receiver<bool>,
    inside: JoinSet<()>,
    from: HashMap<tokio::task::Id, IpAddr>,
}

impl Door {
    fn new(office: Office, router: Router, ended: watch::Receiver<bool>) -> Result<Self, OfficeError> {
        let (secure, made) = (acceptor(&office)?, Instant::now());
        Ok(Self { office, router, secure, made, ended, inside: JoinSet::new(), from: HashMap::new() })
    }

    /// Serves at an address, for ever.
    async fn open(&mut self, address: SocketAddr) {
        let listener = bind(address).await;
        loop {
            tokio::select! {
                Some(done) = self.inside.join_next_with_id() => {
                    let id = match done {
                        Ok((id, ())) => id,
                        Err(error) => error.id(),
                    };
                    self.from.remove(&id);
                }
                accepted = listener.accept() => match accepted {
                    Ok((stream, from)) => self.take(stream, from),
                    Err(error) => {
                        tracing::warn!(%error, "a connection from the office could not be accepted");
                        tokio::time::sleep(ACCEPT_AGAIN).await;
                    }
                },
            }
        }
    }

    /// Takes a connection, unless there are too many. Each is secured by itself: one that takes its time holds up no other.
    fn take(&mut self, stream: TcpStream, from: SocketAddr) {
        let address = from.ip().to_canonical();
        let same = self.from.values().filter(|other| **other == address).count();
        if self.from.len() >= OFFICE_CONNECTIONS_MAX || same >= OFFICE_CONNECTIONS_OF_ADDRESS_MAX {
            return tracing::warn!(%address, "too many connections from the office; one more was closed");
        }
        if self.made.elapsed() > RENEW_AFTER {
            match acceptor(&self.office) {
                Ok(new) => (self.secure, self.made) = (new, Instant::now()),
                Err(error) => tracing::warn!(%error, "the certificate for the office could not be renewed"),
            }
        }
        let router = self.router.clone().layer(Extension(Remote(from)));
        let serving = serve_connection(self.secure.clone(), stream, router, self.ended.clone());
        self.from.insert(self.inside.spawn(serving).id(), address);
    }
}

fn acceptor(office: &Office) -> Result<TlsAcceptor, OfficeError> {
    Ok(TlsAcceptor::from(Arc::new(office.server()?)))
}

/// Binds as soon as that is possible.
async fn bind(address: SocketAddr) -> TcpListener {
    let mut told = false;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) if !told => {
                tracing::warn!(%address, %error, "the page for the office cannot be served there; it is tried again");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(DOOR_AGAIN).await;
    }
}

async fn serve_connection(secure: TlsAcceptor, stream: TcpStream, router: Router, mut ended: watch::Receiver<bool>) {
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIME, secure.accept(stream)).await else { return };
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let ended = async move {
        // The sender goes only with the door.
        let _ = ended.wait_for(|ended| *ended).await;
    };
    tokio::pin!(connection);
    tokio::select! {
        // What went wrong on the line is nobody's to mend.
        _ = connection.as_mut() => {}
        () = ended => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
