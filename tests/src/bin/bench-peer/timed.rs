//! The store, with the time at which its last write ended.

use comin_node::store::{SledStore, Store, StoreError, Tidied, VisitEntry};
use comin_protocol::engine::{Boot, StoredDoc, StoredRun, Write};
use comin_protocol::ids::{ActorId, DeviceKey, DocId, RecordKey};
use comin_protocol::record::Row;
use comin_protocol::statement::SignedStatement;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// Unix seconds.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// A store that notes when it has written.
pub struct Timed {
    inner: SledStore,
    written: Mutex<f64>,
}

impl Timed {
    pub fn new(inner: SledStore) -> Self {
        Self { inner, written: Mutex::new(now()) }
    }

    /// When the last write ended.
    pub fn written(&self) -> f64 {
        self.written.lock().map_or(0.0, |written| *written)
    }
}

impl Store for Timed {
    fn each_entry(&self, visit: &mut VisitEntry<'_>) -> Result<(), StoreError> {
        self.inner.each_entry(visit)
    }

    fn tidy(&self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError> {
        self.inner.tidy(go_on)
    }
    fn commit(&self, batches: &[Vec<Write>]) -> Result<(), StoreError> {
        let result = self.inner.commit(batches);
        if let Ok(mut written) = self.written.lock() {
            *written = now();
        }
        result
    }
    fn boot(&self) -> Result<Boot, StoreError> {
        self.inner.boot()
    }
    fn load_doc(&self, doc: &DocId) -> Result<StoredDoc, StoreError> {
        self.inner.load_doc(doc)
    }
    fn statements(&self) -> Result<Vec<SignedStatement>, StoreError> {
        self.inner.statements()
    }
    fn runs_of_doc(&self, doc: &DocId) -> Result<Vec<(ActorId, StoredRun)>, StoreError> {
        self.inner.runs_of_doc(doc)
    }
    fn row(&self, key: &RecordKey, doc: &DocId) -> Result<Option<Row>, StoreError> {
        self.inner.row(key, doc)
    }
    fn rows_of(&self, key: &RecordKey) -> Result<Vec<Row>, StoreError> {
        self.inner.rows_of(key)
    }
    fn scan_rows(
        &self,
        kind: Option<&str>,
        after: Option<&(RecordKey, DocId)>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.inner.scan_rows(kind, after, limit)
    }
    fn rows_of_doc(&self, doc: &DocId) -> Result<Vec<Row>, StoreError> {
        self.inner.rows_of_doc(doc)
    }
    fn conflicted_rows(&self, after: Option<&(RecordKey, DocId)>, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.inner.conflicted_rows(after, limit)
    }
    fn count_rows(&self, kind: Option<&str>) -> Result<u64, StoreError> {
        self.inner.count_rows(kind)
    }
    fn count_conflicts(&self) -> Result<u64, StoreError> {
        self.inner.count_conflicts()
    }
    fn verify(&self) -> Result<comin_node::store::VerifyReport, StoreError> {
        self.inner.verify()
    }
    fn device_of(&self, actor: &ActorId) -> Result<Option<DeviceKey>, StoreError> {
        self.inner.device_of(actor)
    }
}
