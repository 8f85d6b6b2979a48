//! What whole views are made from, kept from one request to the next.
//!
//! It is gathered at the first request and kept current: a record that has changed is read again, everything where events
//! were missed or the roster is another one. One generation is kept; numbers, pictures and documents that were made from it go
//! with it.
//! Requests that come while it is gathered, or while a picture is drawn, wait for that one and do it no second time.

use super::changes::{Changed, Changes};
use super::figures::{Figures, Members};
use super::gathered::{Different, Gathered, Gathering};
use crate::runtime::NodeHandle;
use crate::store::{Store, StoreError};
use comin_protocol::ids::{PERSON_KIND, RecordKey};
use comin_protocol::roster::Roster;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Documents that are kept: those that were asked for last.
const DOCUMENTS_KEPT: usize = 2;
/// So many different records are put into what was gathered one by one; with more all of it is put together anew.
const ONE_BY_ONE_MAX: usize = 1_000;

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
    written: Mutex<Vec<(String, Arc<OnceLock<String>>)>>,
}

impl Scene {
    /// Of what was gathered. `now_ms`: the time, in milliseconds since the Unix epoch.
    pub fn of(all: Gathered, now_ms: u64) -> Self {
        let as_of = all.as_of(now_ms);
        Self {
            members: Members::of(&all, &as_of),
            all,
            as_of,
            figures: OnceLock::new(),
            drawn: Mutex::default(),
            written: Mutex::default(),
        }
    }

    /// The numbers of this scene, counted once.
    pub fn figures(&self) -> &Figures {
        self.figures.get_or_init(|| Figures::of(&self.all, &self.members, &self.as_of))
    }

    /// A picture of this scene, drawn once. `name`: which one, with its language; there are few of them.
    pub fn drawn(&self, name: String, draw: impl FnOnce() -> String) -> Made {
        let place = self.drawn.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone();
        place.get_or_init(draw);
        Made(place)
    }

    /// A document about this scene, written once for as long as it is among the last ones asked for. `of`: which one, with
    /// whatever it says that is not of the scene.
    pub fn written(&self, of: String, write: impl FnOnce() -> String) -> Made {
        let place = {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let known = written.iter().position(|(known, _)| *known == of).map(|at| written.remove(at));
            let (of, place) = known.unwrap_or_else(|| (of, Arc::default()));
            written.push((of, place.clone()));
            let too_many = written.len().saturating_sub(DOCUMENTS_KEPT);
            written.drain(..too_many);
            place
        };
        place.get_or_init(write);
        Made(place)
    }
}

/// A picture or document that was made.
#[derive(Clone)]
pub struct Made(Arc<OnceLock<String>>);

impl Made {
    /// It, as text.
    pub fn text(&self) -> &str {
        self.0.get().map_or("", String::as_str)
    }
}

/// The scene of a running node.
pub struct Whole {
    changes: Changes,
    kept: Mutex<Option<Kept>>,
    public_changes: Changes,
    public: Mutex<Option<(Arc<Roster>, Arc<Scene>)>>,
}

struct Kept {
    roster: Arc<Roster>,
    gathering: Gathering,
    scene: Arc<Scene>,
}

impl Whole {
    /// Nothing yet; listens to the node.
    pub fn new(node: &NodeHandle) -> Self {
        Self {
            changes: Changes::new(node.subscribe()),
            kept: Mutex::default(),
            public_changes: Changes::new(node.subscribe()),
            public: Mutex::default(),
        }
    }

    /// Reads these records again before the next view: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey> + Clone) {
        self.public_changes.touch(keys.clone());
        self.changes.touch(keys);
    }

    /// The scene of what is for the public. Blocks; it is gathered anew once any record has changed, since what is cut out of
    /// one depends on others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn public(&self, store: &dyn Store, roster: &Arc<Roster>, now_ms: u64) -> Result<Arc<Scene>, StoreError> {
        let mut place = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = match self.public_changes.take() {
            Changed::Records(keys) => keys.iter().all(|key| key.kind == PERSON_KIND),
            Changed::All => false,
        };
        let is_current = |(of, scene): &(Arc<Roster>, Arc<Scene>)| {
            is_same && Arc::ptr_eq(of, roster) && scene.as_of == scene.all.as_of(now_ms)
        };
        let kept = match place.take().filter(is_current) {
            Some(kept) => kept,
            None => (roster.clone(), Arc::new(Scene::of(Gathered::public(store, roster)?, now_ms))),
        };
        Ok(place.insert(kept).1.clone())
    }

    /// The scene as the rows are now. Blocks; the first time it reads all rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn scene(&self, store: &dyn Store, roster: &Arc<Roster>, now_ms: u64) -> Result<Arc<Scene>, StoreError> {
        let mut place = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A failure leaves nothing behind: the next view gathers anew.
        let kept = match (place.take(), self.changes.take()) {
            (Some(kept), Changed::Records(keys)) if Arc::ptr_eq(&kept.roster, roster) => {
                kept.current(store, keys, now_ms)?
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

impl Kept {
    /// With these records read again.
    fn current(
        self,
        store: &dyn Store,
        keys: impl IntoIterator<Item = RecordKey>,
        now_ms: u64,
    ) -> Result<Self, StoreError> {
        let Self { roster, mut gathering, scene } = self;
        let all = match gathering.read_again(store, &roster, keys)? {
            Different::Records(keys) if keys.is_empty() && scene.as_of == scene.all.as_of(now_ms) => {
                return Ok(Self { roster, gathering, scene });
            }
            Different::Records(keys) if keys.len() <= ONE_BY_ONE_MAX => {
                // Nobody looks at it any more, as a rule: then it need not be copied.
                let before = Arc::try_unwrap(scene).map_or_else(|shared| shared.all.clone(), |scene| scene.all);
                gathering.gathered_again(before, &keys)
            }
            _ => gathering.gathered(),
        };
        Ok(Self { roster, gathering, scene: Arc::new(Scene::of(all, now_ms)) })
    }
}
