//! What whole views are made from, kept from one request to the next.
//!
//! It is gathered at the first request and kept current: a record that has changed is read again, everything where events
//! were missed or the roster is another one. One generation is kept; numbers and pictures that were made from it go with it.
//! Requests that come while it is gathered, or while a picture is drawn, wait for that one and do it no second time.

use super::changes::{Changed, Changes};
use super::figures::{Figures, Members};
use super::gathered::{Gathered, Gathering};
use crate::runtime::NodeHandle;
use crate::store::{Store, StoreError};
use comin_protocol::ids::RecordKey;
use comin_protocol::roster::Roster;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What whole views are made from.
pub struct Scene {
    /// The records.
    pub all: Gathered,
    /// Who belongs to which network.
    pub members: Members,
    /// The day up to which memberships count, as `YYYY-MM-DD`.
    pub as_of: String,
    figures: OnceLock<Figures>,
    drawn: Mutex<BTreeMap<String, Arc<OnceLock<String>>>>,
}

impl Scene {
    /// Of what was gathered. `now_ms`: the time, in milliseconds since the Unix epoch.
    pub fn of(all: Gathered, now_ms: u64) -> Self {
        let as_of = all.as_of(now_ms);
        Self { members: Members::of(&all, &as_of), all, as_of, figures: OnceLock::new(), drawn: Mutex::default() }
    }

    /// The numbers of this scene, counted once.
    pub fn figures(&self) -> &Figures {
        self.figures.get_or_init(|| Figures::of(&self.all, &self.members, &self.as_of))
    }

    /// A picture of this scene, drawn once. `name`: which one, with its language; there are few of them.
    pub fn drawn(&self, name: String, draw: impl FnOnce() -> String) -> Drawn {
        let place = self.drawn.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone();
        place.get_or_init(draw);
        Drawn(place)
    }
}

/// A picture that was drawn.
#[derive(Clone)]
pub struct Drawn(Arc<OnceLock<String>>);

impl Drawn {
    /// It, as SVG.
    pub fn svg(&self) -> &str {
        self.0.get().map_or("", String::as_str)
    }
}

/// The scene of a running node.
pub struct Whole {
    changes: Changes,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    roster: Arc<Roster>,
    gathering: Gathering,
    scene: Arc<Scene>,
}

impl Whole {
    /// Nothing yet; listens to the node.
    pub fn new(node: &NodeHandle) -> Self {
        Self { changes: Changes::new(node.subscribe()), kept: Mutex::new(None) }
    }

    /// Reads these records again before the next view: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        self.changes.touch(keys);
    }

    /// The scene as the rows are now. Blocks; the first time it reads all rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn scene(&self, store: &dyn Store, roster: &Arc<Roster>, now_ms: u64) -> Result<Arc<Scene>, StoreError> {
        let mut place = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A failure leaves nothing behind: the next view gathers anew.
        let kept = match (place.take(), self.changes.take()) {
            (Some(mut kept), Changed::Records(keys)) if Arc::ptr_eq(&kept.roster, roster) => {
                let changed = kept.gathering.read_again(store, roster, keys)?;
                if changed || kept.scene.as_of != kept.scene.all.as_of(now_ms) {
                    kept.scene = Arc::new(Scene::of(kept.gathering.gathered(), now_ms));
                }
                kept
            }
            _ => {
                let gathering = Gathering::read(store, roster)?;
                let scene = Arc::new(Scene::of(gathering.gathered(), now_ms));
                Kept { roster: roster.clone(), gathering, scene }
            }
        };
        Ok(place.insert(kept).scene.clone())
    }
}
