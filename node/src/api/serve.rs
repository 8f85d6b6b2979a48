//! Listeners around the router.

use super::auth::Trusted;
use super::entrance::{Entrance, Remote};
use super::limits::{HANDSHAKE_TIME, HANDSHAKES_AT_ONCE};
use super::routes::router;
use super::state::AppState;
use crate::office::{Office, RENEW_AFTER};
use axum::Extension;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

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
/// it.
///
/// # Errors
/// Where the configuration names no office, or its certificate cannot be made.
pub async fn serve_office(
    listener: TcpListener,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Some((office, _)) = app.office() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the office network needs users and TLS"));
    };
    let listener = Secured::new(listener, office.clone())?;
    let service = router(app).layer(Extension(Entrance::Office)).into_make_service_with_connect_info::<Remote>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
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

/// Connections of the office, each secured before it is handed over: one that takes its time holds up no other.
struct Secured {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: JoinHandle<()>,
}

impl Secured {
    fn new(listener: TcpListener, office: Office) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = acceptor(&office)?;
        let (sender, ready) = mpsc::channel(1);
        Ok(Self { address, ready, accepting: tokio::spawn(accept_all(listener, office, acceptor, sender)) })
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The task ends with this listener alone.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Secured>> for Remote {
    fn connect_info(stream: IncomingStream<'_, Secured>) -> Self {
        Self(*stream.remote_addr())
    }
}

fn acceptor(office: &Office) -> io::Result<TlsAcceptor> {
    Ok(TlsAcceptor::from(Arc::new(office.server().map_err(io::Error::other)?)))
}

async fn accept_all(
    listener: TcpListener,
    office: Office,
    mut secure: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let (mut made, room) = (Instant::now(), Arc::new(Semaphore::new(HANDSHAKES_AT_ONCE)));
    loop {
        // INVARIANT: nobody closes the semaphore.
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection from the office could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        if made.elapsed() > RENEW_AFTER {
            match acceptor(&office) {
                Ok(new) => (secure, made) = (new, Instant::now()),
                Err(error) => tracing::warn!(%error, "the certificate for the office could not be renewed"),
            }
        }
        let (secure, ready) = (secure.clone(), ready.clone());
        tokio::spawn(async move {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIME, secure.accept(stream)).await {
                drop(permit);
                // An error means that the listener is gone.
                let _ = ready.send((stream, from)).await;
            }
        });
    }
}
