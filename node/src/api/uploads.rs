//! Files that somebody has sent to look at before they are imported. They lie in memory, and not for long.

use super::import::Stage;
use super::limits::{
    REQUEST_TIME, UPLOAD_KEPT_FOR, UPLOADS_BYTES_MAX, UPLOADS_FORGOTTEN_KNOWN, UPLOADS_MIB_AT_ONCE, UPLOADS_OF_ONE,
};
use super::problem::{Answer, Problem};
use crate::import::IMPORT_BYTES_MAX;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use comin_protocol::ids::to_hex;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

const MIB: usize = 1024 * 1024;

/// Whose a file is: a user's by name; `None`: of whoever opened the page by a one-time link.
pub type Owner = Option<String>;

/// A file and what it is to become.
#[derive(Clone)]
pub struct Upload {
    /// What names it in addresses: 32 hex digits that nobody guesses.
    pub id: String,
    /// Who sent it, and alone sees it.
    pub owner: Owner,
    /// What it is called on the sender's machine.
    pub name: String,
    /// The kind of its records.
    pub kind: String,
    /// What is in it.
    pub file: Bytes,
    /// How it was last asked to be read: the pairs of the form.
    pub wishes: Vec<(String, String)>,
    /// What came, or will come, of looking at it so.
    pub looked: Option<watch::Receiver<Stage>>,
    /// Bytes of the whole form that it came with: they stay as long as it does.
    held: usize,
    since: Instant,
}

/// Why a file that was here is no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gone {
    /// Newer files needed its room.
    Room,
    /// It waited for too long.
    Late,
    /// It has been imported.
    Imported,
}

impl From<Gone> for Problem {
    fn from(gone: Gone) -> Self {
        let (code, detail) = match gone {
            Gone::Room => ("upload-room", "the file made room for newer ones before it was imported"),
            Gone::Late => ("upload-late", "the file waited for more than an hour and was forgotten"),
            Gone::Imported => ("upload-imported", "the file has been imported already"),
        };
        let problem = Self::new(StatusCode::GONE, code, detail);
        match gone {
            Gone::Imported => problem,
            Gone::Room | Gone::Late => problem.hint("send the file again; nothing of it was written"),
        }
    }
}

#[derive(Default)]
struct Kept {
    files: VecDeque<Upload>,
    gone: VecDeque<(String, Owner, Gone)>,
}

impl Kept {
    /// Forgets the file at this place.
    fn forget(&mut self, at: usize, why: Gone) {
        if let Some(upload) = self.files.remove(at) {
            self.gone.push_back((upload.id, upload.owner, why));
        }
        while self.gone.len() > UPLOADS_FORGOTTEN_KNOWN {
            self.gone.pop_front();
        }
    }

    fn bytes(&self) -> usize {
        self.files.iter().map(|upload| upload.held).sum()
    }

    /// The oldest file, of one owner where `owner` names one.
    fn oldest(&self, owner: Option<&Owner>) -> Option<usize> {
        self.files.iter().position(|upload| owner.is_none_or(|owner| upload.owner == *owner))
    }
}

/// The last few of each user.
pub struct Uploads {
    kept: Mutex<Kept>,
    /// Room in MiB for what is arriving.
    arriving: Semaphore,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { kept: Mutex::default(), arriving: Semaphore::new(UPLOADS_MIB_AT_ONCE) }
    }
}

impl Uploads {
    /// The whole of what somebody sends, read once there is room for it; with the room, to be held until the file is
    /// kept. Who tells no length gets the room of the largest file.
    ///
    /// # Errors
    /// 503 where there was no room in the time of a request; else as [`upload`].
    pub async fn receive(&self, headers: &HeaderMap, body: Body) -> Answer<(Bytes, SemaphorePermit<'_>)> {
        let told = headers.get(header::CONTENT_LENGTH).and_then(|told| told.to_str().ok()?.parse::<usize>().ok());
        // The server sees to it that no more comes than was told.
        let bytes = told.unwrap_or(IMPORT_BYTES_MAX).min(IMPORT_BYTES_MAX);
        let room = self.arriving.acquire_many(u32::try_from(bytes / MIB + 1).unwrap_or(u32::MAX));
        match tokio::time::timeout(REQUEST_TIME, room).await {
            Ok(Ok(room)) => Ok((upload(body).await?, room)),
            _ => Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "uploads-busy",
                "others are sending files, and there is no room for another one",
            )
            .hint("send the file again in a minute")),
        }
    }

    /// Keeps a file, of a form of `held` bytes; the oldest make room, the owner's own first. `None` where the machine
    /// has no randomness.
    pub fn keep(&self, owner: Owner, (name, kind): (String, String), file: Bytes, held: usize) -> Option<String> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).ok()?;
        let id = to_hex(&secret);
        let mut kept = self.current();
        while kept.files.iter().filter(|upload| upload.owner == owner).count() >= UPLOADS_OF_ONE
            && let Some(oldest) = kept.oldest(Some(&owner))
        {
            kept.forget(oldest, Gone::Room);
        }
        while kept.bytes() + held > UPLOADS_BYTES_MAX
            && let Some(oldest) = kept.oldest(None)
        {
            kept.forget(oldest, Gone::Room);
        }
        let since = Instant::now();
        let (wishes, looked) = (Vec::new(), None);
        kept.files.push_back(Upload { id: id.clone(), owner, name, kind, file, wishes, looked, held, since });
        Some(id)
    }

    /// A file of this owner that is still there.
    ///
    /// # Errors
    /// 410 with the reason where it was there, 404 where it never was.
    pub fn get(&self, owner: &Owner, id: &str) -> Answer<Upload> {
        let kept = self.current();
        let is_it = |of: &str, by: &Owner| of == id && by == owner;
        if let Some(upload) = kept.files.iter().find(|upload| is_it(&upload.id, &upload.owner)) {
            return Ok(upload.clone());
        }
        let gone = kept.gone.iter().find(|(of, by, _)| is_it(of, by));
        Err(gone.map_or_else(|| Problem::not_found("the file that was sent"), |(.., why)| (*why).into()))
    }

    /// The files of an owner that wait, the oldest first.
    pub fn of(&self, owner: &Owner) -> Vec<Upload> {
        self.current().files.iter().filter(|upload| upload.owner == *owner).cloned().collect()
    }

    /// Notes how a file was asked to be read, and what comes of looking at it so.
    pub fn look(&self, id: &str, wishes: &[(String, String)], looked: Option<watch::Receiver<Stage>>) {
        if let Some(upload) = self.current().files.iter_mut().find(|upload| upload.id == id) {
            (upload.wishes, upload.looked) = (wishes.to_vec(), looked);
        }
    }

    /// Notes how an import of a file has ended: it is forgotten once it is imported, else what was seen of it counts no
    /// more.
    pub fn ended(&self, id: &str, is_imported: bool) {
        let mut kept = self.current();
        let Some(at) = kept.files.iter().position(|upload| upload.id == id) else { return };
        match (is_imported, kept.files.get_mut(at)) {
            (false, Some(upload)) => upload.looked = None,
            _ => kept.forget(at, Gone::Imported),
        }
    }

    fn current(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.files.front().is_some_and(|upload| upload.since.elapsed() >= UPLOAD_KEPT_FOR) {
            kept.forget(0, Gone::Late);
        }
        kept
    }
}

/// The whole file, within its bound and the time of a request: who never ends would keep all others waiting.
///
/// # Errors
/// 408, 413, or 400 where it breaks off.
pub async fn upload(body: Body) -> Answer<Bytes> {
    let too_slow = |_| Problem::unreadable(StatusCode::REQUEST_TIMEOUT, "the file did not arrive in time");
    let file = tokio::time::timeout(REQUEST_TIME, to_bytes(body, IMPORT_BYTES_MAX)).await.map_err(too_slow)?;
    file.map_err(|error| match error.into_inner().is::<http_body_util::LengthLimitError>() {
        true => {
            let detail = format!("the file is larger than {} MiB", IMPORT_BYTES_MAX / 1024 / 1024);
            Problem::unreadable(StatusCode::PAYLOAD_TOO_LARGE, detail).hint("divide the file")
        }
        false => Problem::bad_request("the file did not arrive whole"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(uploads: &Uploads, owner: &str, held: usize) -> String {
        let what = ("list.csv".to_owned(), "event".to_owned());
        uploads.keep(Some(owner.to_owned()), what, Bytes::from_static(b"x"), held).unwrap()
    }

    fn why(uploads: &Uploads, owner: &str, id: &str) -> &'static str {
        uploads.get(&Some(owner.to_owned()), id).map_or_else(|problem| problem.code, |_| "there")
    }

    #[test]
    fn each_user_keeps_a_few_and_hears_what_became_of_the_others() {
        let uploads = Uploads::default();
        let others = keep(&uploads, "Bor", 1);
        let first = keep(&uploads, "Ana", 1);
        let more: Vec<String> = (0..UPLOADS_OF_ONE).map(|_| keep(&uploads, "Ana", 1)).collect();
        assert_eq!(why(&uploads, "Ana", &first), "upload-room", "the owner's oldest made room, and she is told");
        assert!(more.iter().all(|id| why(&uploads, "Ana", id) == "there"), "the others are there");
        assert_eq!(why(&uploads, "Bor", &others), "there", "and nobody else's is touched");
        assert_eq!(why(&uploads, "Ana", &others), "not-found", "nor seen");
        uploads.ended(&more[0], false);
        assert_eq!(why(&uploads, "Ana", &more[0]), "there", "an import that failed can be tried again");
        uploads.ended(&more[0], true);
        assert_eq!(why(&uploads, "Ana", &more[0]), "upload-imported", "what is done is forgotten");
    }

    #[test]
    fn all_together_take_no_more_than_their_bound() {
        let uploads = Uploads::default();
        let ids: Vec<String> = (0..6).map(|n| keep(&uploads, &format!("user {n}"), IMPORT_BYTES_MAX)).collect();
        let there = |n: usize| why(&uploads, &format!("user {n}"), &ids[n]);
        let kept = UPLOADS_BYTES_MAX / IMPORT_BYTES_MAX;
        assert!((6 - kept..6).all(|n| there(n) == "there"), "the newest are there");
        assert!((0..6 - kept).all(|n| there(n) == "upload-room"), "whose is not is told why");
    }
}
