//! Files that somebody has sent to look at before they are imported. They lie in memory, and not for long.

use super::limits::{UPLOAD_KEPT_FOR, UPLOADS_KEPT};
use axum::body::Bytes;
use comin_protocol::ids::to_hex;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A file and what it is to become.
#[derive(Clone)]
pub struct Upload {
    /// What names it in addresses: 32 hex digits that nobody guesses.
    pub id: String,
    /// What it is called on the sender's machine.
    pub name: String,
    /// The kind of its records.
    pub kind: String,
    /// What is in it.
    pub file: Bytes,
    since: Instant,
}

/// The last few.
#[derive(Default)]
pub struct Uploads(Mutex<VecDeque<Upload>>);

impl Uploads {
    /// Keeps a file; the oldest makes room. `None` where the machine has no randomness.
    pub fn keep(&self, name: String, kind: String, file: Bytes) -> Option<String> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).ok()?;
        let id = to_hex(&secret);
        let mut kept = self.current();
        while kept.len() >= UPLOADS_KEPT {
            kept.pop_front();
        }
        kept.push_back(Upload { id: id.clone(), name, kind, file, since: Instant::now() });
        Some(id)
    }

    /// A file that is still there.
    pub fn get(&self, id: &str) -> Option<Upload> {
        self.current().iter().find(|upload| upload.id == id).cloned()
    }

    /// Forgets a file.
    pub fn forget(&self, id: &str) {
        self.current().retain(|upload| upload.id != id);
    }

    fn current(&self) -> std::sync::MutexGuard<'_, VecDeque<Upload>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|upload| upload.since.elapsed() < UPLOAD_KEPT_FOR);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_kept() {
        let uploads = Uploads::default();
        let keep = |name: &str| uploads.keep(name.to_owned(), "event".to_owned(), Bytes::from_static(b"x")).unwrap();
        let first = keep("first");
        let others: Vec<String> = (0..UPLOADS_KEPT).map(|_| keep("other")).collect();
        assert!(uploads.get(&first).is_none(), "the oldest made room");
        assert!(others.iter().all(|id| uploads.get(id).is_some()), "the others are there");
        uploads.forget(&others[0]);
        assert!(uploads.get(&others[0]).is_none(), "what is done is forgotten");
    }
}
