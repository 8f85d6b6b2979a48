//! What pages and searches are answered from, made before somebody asks: once the node answers, beside everything else.

use super::state::AppState;
use crate::store::{Store, StoreError};
use crate::views::time::now_ms;
use comin_protocol::schema;
use rustix::process::setpriority_process;
use std::thread::{Builder, JoinHandle};

/// By how much others go before this thread where the processor is short (`nice`): it gets a third of what they get, since
/// one of them may wait for what it makes.
const LESS_URGENT: i32 = 5;

/// Makes it in a thread of its own, which asks `go_on` between two parts. Whoever needs a part sooner waits for what is
/// left of that one, or makes it.
///
/// # Errors
/// The system refuses a thread.
pub fn prepare(app: AppState, go_on: impl Fn() -> bool + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name("comin-prepare".to_owned()).spawn(move || {
        // On Linux this is of the thread alone. Refused, it is as urgent as the others.
        let _ = setpriority_process(None, LESS_URGENT);
        for part in PARTS {
            if !go_on() {
                return;
            }
            if let Err(error) = app.node().read_here(|store| part(&app, store)) {
                // Whoever asks tries again, and is told.
                tracing::warn!(%error, "what pages are made from could not be read");
                return;
            }
        }
        app.set_prepared();
        tracing::debug!("pages and searches are prepared");
    })
}

type Part = fn(&AppState, &dyn Store) -> Result<(), StoreError>;

/// What the first page needs comes first, what takes longest last.
const PARTS: [Part; 5] = [
    |app, store| app.work().look(store, |_| ()),
    |app, store| app.index().prepare(store, schema::KINDS.iter().map(|kind| kind.name)),
    |app, store| {
        let scene = app.whole().scene(store, &app.node().roster(), now_ms())?;
        scene.figures();
        // The order of the longest table.
        scene.all.by_title("organisation", app.language().code()).next();
        Ok(())
    },
    |app, store| app.search().prepare(store),
    |app, store| app.same().clusters(store).and_then(|_| app.same().suggestions(store)).map(drop),
];
