//! What the routes share.

use super::auth::Access;
use super::idempotency::Answers;
use super::import::Imports;
use super::limits::{DOCUMENTS_AT_ONCE, IMPORT_WAIT, PASSWORDS_AT_ONCE};
use super::stream::Replay;
use super::uploads::Uploads;
use crate::backup::Backups;
use crate::calendars::Calendars;
use crate::i18n::Lang;
use crate::office::Office;
use crate::runtime::NodeHandle;
use crate::search::SearchIndex;
use crate::users::Users;
use crate::views::{RecordIndex, Whole};
use crate::work::WorkIndex;
use crate::work::same::SameIndex;
use comin_protocol::engine::CommandError;
use comin_protocol::ids::{DeviceKey, PartnerId, RecordKey};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How the interface is set up.
#[derive(Clone, Debug, Default)]
pub struct ApiConfig {
    /// The loopback port on which the page is served, for the `Host` check; `None`: no listener.
    pub port: Option<u16>,
    /// The bearer token for programs; `None`: no program may call over the network.
    pub token: Option<String>,
    /// The language where neither the address, a cookie nor the browser names one.
    pub language: Lang,
    /// Makes backups; `None`: this node has no data directory.
    pub backups: Option<Backups>,
    /// Who signs in over the office network.
    pub users: Arc<Users>,
    /// Which calendars read the events.
    pub calendars: Arc<Calendars>,
    /// The page for the office, and its port; `None`: there is none.
    pub office: Option<(Office, u16)>,
    /// How long a page waits for an import before it shows how far it is; [`IMPORT_WAIT`] where nothing is said.
    pub import_wait: Option<Duration>,
}

/// What the routes share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    node: NodeHandle,
    config: ApiConfig,
    access: Access,
    passwords: Arc<Semaphore>,
    documents: Arc<Semaphore>,
    replay: Replay,
    answers: Answers,
    index: Arc<RecordIndex>,
    search: Arc<SearchIndex>,
    whole: Arc<Whole>,
    work: Arc<WorkIndex>,
    same: Arc<SameIndex>,
    imports: Imports,
    uploads: Uploads,
    started: Instant,
    prepared: AtomicBool,
    own: OnceLock<(PartnerId, DeviceKey)>,
}

impl AppState {
    /// Sets the interface up around a node.
    pub fn new(node: NodeHandle, config: ApiConfig) -> Self {
        Self(Arc::new(Inner {
            access: Access::new(config.token.as_deref(), config.port, config.users.clone()),
            passwords: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)),
            documents: Arc::new(Semaphore::new(DOCUMENTS_AT_ONCE)),
            replay: Replay::new(&node),
            answers: Answers::default(),
            index: Arc::new(RecordIndex::new(node.subscribe())),
            search: Arc::new(SearchIndex::new(node.subscribe())),
            whole: Arc::new(Whole::new(&node)),
            work: Arc::new(WorkIndex::new(&node)),
            same: Arc::new(SameIndex::new(&node)),
            imports: Imports::default(),
            uploads: Uploads::default(),
            started: Instant::now(),
            prepared: AtomicBool::new(false),
            own: OnceLock::new(),
            node,
            config,
        }))
    }

    /// The node.
    pub fn node(&self) -> &NodeHandle {
        &self.0.node
    }

    /// This partner and this device.
    ///
    /// # Errors
    /// [`CommandError::Stopped`] where the engine stopped before it was ever asked.
    pub async fn own(&self) -> Result<(PartnerId, DeviceKey), CommandError> {
        if let Some(own) = self.0.own.get() {
            return Ok(*own);
        }
        let status = self.0.node.status().await?;
        Ok(*self.0.own.get_or_init(|| (status.partner, status.device)))
    }

    /// The page's port, if there is a listener.
    pub fn port(&self) -> Option<u16> {
        self.0.config.port
    }

    /// The language where a request names none.
    pub fn language(&self) -> Lang {
        self.0.config.language
    }

    /// What makes backups.
    pub fn backups(&self) -> Option<&Backups> {
        self.0.config.backups.as_ref()
    }

    /// Who signs in over the office network.
    pub fn users(&self) -> &Arc<Users> {
        &self.0.config.users
    }

    /// Which calendars read the events.
    pub fn calendars(&self) -> &Calendars {
        &self.0.config.calendars
    }

    /// The page for the office, and its port.
    pub fn office(&self) -> Option<&(Office, u16)> {
        self.0.config.office.as_ref()
    }

    /// What whoever checks a password holds meanwhile.
    pub fn passwords(&self) -> &Arc<Semaphore> {
        &self.0.passwords
    }

    /// What the work that reads a document holds, also where nobody waits for it any more: each takes memory of its own.
    pub fn documents(&self) -> &Arc<Semaphore> {
        &self.0.documents
    }

    /// Tokens, codes and logins.
    pub fn access(&self) -> &Access {
        &self.0.access
    }

    /// How long a page waits for an import before it shows how far it is.
    pub fn import_wait(&self) -> Duration {
        self.0.config.import_wait.unwrap_or(IMPORT_WAIT)
    }

    /// Files that wait to be imported.
    pub fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    /// Recent events.
    pub fn replay(&self) -> &Replay {
        &self.0.replay
    }

    /// Answers to repeated requests.
    pub fn answers(&self) -> &Answers {
        &self.0.answers
    }

    /// The import that runs, or ran last.
    pub fn imports(&self) -> &Imports {
        &self.0.imports
    }

    /// What lists are filtered and sorted by.
    pub fn index(&self) -> Arc<RecordIndex> {
        self.0.index.clone()
    }

    /// Has lists, searches and whole views read these records again: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        let keys: Vec<RecordKey> = keys.into_iter().collect();
        self.0.search.touch(keys.iter().cloned());
        self.0.whole.touch(keys.iter().cloned());
        self.0.work.touch(keys.iter().cloned());
        self.0.same.touch(keys.iter().cloned());
        self.0.index.touch(keys);
    }

    /// What searches are answered from.
    pub fn search(&self) -> Arc<SearchIndex> {
        self.0.search.clone()
    }

    /// What whole views are made from.
    pub fn whole(&self) -> Arc<Whole> {
        self.0.whole.clone()
    }

    /// What lists of work are made from.
    pub fn work(&self) -> Arc<WorkIndex> {
        self.0.work.clone()
    }

    /// Which records are one.
    pub fn same(&self) -> Arc<SameIndex> {
        self.0.same.clone()
    }

    /// Whether what pages and searches are answered from has been made once.
    pub fn is_prepared(&self) -> bool {
        self.0.prepared.load(Ordering::Acquire)
    }

    pub(super) fn set_prepared(&self) {
        self.0.prepared.store(true, Ordering::Release);
    }

    /// When this process began to serve.
    pub fn started(&self) -> Instant {
        self.0.started
    }
}
