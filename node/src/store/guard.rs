//! Calls into sled that may panic or never return, because the file under it is damaged.

use super::StoreError;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// The name of the threads in which guarded calls run: a panic there is caught and reported as damage, so
/// a process may leave it out of its panic messages.
pub const GUARD_THREAD: &str = "store-guard";

/// Runs `call` here and turns a panic into [`StoreError::Damaged`].
///
/// # Errors
/// The call's own, or `Damaged` naming `what`.
pub fn caught<T>(what: &str, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(panicked(what, panic.as_ref())))
}

/// Runs `call` in a thread of its own and waits for it at most `limit`. A call that takes longer is left
/// behind with whatever it holds: the process should end soon.
///
/// # Errors
/// The call's own, or `Damaged` naming `what` where it panicked or did not return in time.
pub fn guarded<T: Send + 'static>(
    what: &str,
    limit: Duration,
    call: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (done, answer) = sync_channel(1);
    let name = what.to_owned();
    let spawned = std::thread::Builder::new().name(GUARD_THREAD.to_owned()).spawn(move || {
        // The receiver is gone where the limit has passed; nobody is left to tell.
        let _ = done.send(caught(&name, call));
    });
    spawned.map_err(|e| StoreError::Io(format!("no thread for {what}: {e}")))?;
    match answer.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => {
            Err(StoreError::Damaged(format!("{what} did not end within {} s", limit.as_secs())))
        }
        Err(RecvTimeoutError::Disconnected) => Err(StoreError::Damaged(format!("{what} ended without an answer"))),
    }
}

fn panicked(what: &str, panic: &(dyn Any + Send)) -> StoreError {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    StoreError::Damaged(format!("{what} panicked: {}", text.unwrap_or("no text")))
}
