//! Listeners around the router.

use super::auth::Trusted;
use super::routes::router;
use super::state::AppState;
use axum::Extension;
use std::future::Future;
use tokio::net::{TcpListener, UnixListener};

/// Serves page and API on a loopback listener until `stop` ends. The port of the listener must be the one in
/// the state's [`super::ApiConfig`], or the guard refuses everyone.
///
/// # Errors
/// Where the listener is not on loopback: beyond it, users and TLS are needed.
pub async fn serve_page(
    listener: TcpListener,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "the page is served on loopback only"));
    }
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await
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
) -> std::io::Result<()> {
    axum::serve(listener, router(app).layer(Extension(Trusted))).with_graceful_shutdown(stop).await
}
