//! Backups at regular times, and what became of the last one.

use super::{BackupError, write};
use crate::config::BackupSection;
use crate::datadir::DataDir;
use crate::runtime::{NodeHandle, wall_ms};
use comin_protocol::ids::DeviceKey;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it is seen whether a backup is due, and a failed one is tried again.
const LOOK_EVERY: Duration = Duration::from_secs(600);
const HOUR_MS: u64 = 3_600_000;
/// How the names of scheduled backups end.
const SUFFIX: &str = ".backup";

/// What became of the last backup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Last {
    /// When, in milliseconds since the Unix epoch, UTC.
    pub at_ms: u64,
    /// The file.
    pub file: PathBuf,
    /// Why there is none.
    pub error: Option<String>,
}

/// Makes backups of one node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Backups(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: DataDir,
    last: Mutex<Option<Last>>,
    /// One at a time: each keeps edits waiting.
    busy: tokio::sync::Mutex<()>,
}

impl Backups {
    /// Of the node whose data lies in `dir`.
    pub fn new(dir: DataDir) -> Self {
        Self(Arc::new(Inner { dir, last: Mutex::default(), busy: tokio::sync::Mutex::default() }))
    }

    /// What became of the last one, as far as this process knows of any.
    pub fn last(&self) -> Option<Last> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes one now and gives its size in bytes.
    ///
    /// # Errors
    /// [`BackupError`]; the file is there whole or not at all.
    pub async fn make(&self, node: &NodeHandle, to: &Path) -> Result<u64, BackupError> {
        let _one = self.0.busy.lock().await;
        let (dir, file, at_ms) = (self.0.dir.clone(), to.to_owned(), wall_ms());
        let made = node.read(move |store| Ok(write(&dir, store, &file, at_ms))).await;
        let made = made.map_err(BackupError::from).flatten();
        let error = made.as_ref().err().map(ToString::to_string);
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Last { at_ms, file: to.to_owned(), error });
        made
    }

    /// Notes what an earlier process has made.
    fn note_earlier(&self, at_ms: u64, file: PathBuf) {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(Last { at_ms, file, error: None });
    }

    /// Makes backups as the configuration says, for as long as the node runs.
    pub async fn keep(self, node: NodeHandle, device: DeviceKey, settings: BackupSection) {
        let Some(place) = settings.place() else { return };
        let prefix = prefix(&device.short());
        loop {
            let made = own_backups(&place, &prefix);
            let newest = made.ok().and_then(|mut made| made.pop());
            if let Some((at_ms, file)) = newest.clone() {
                self.note_earlier(at_ms, file);
            }
            let newest = newest.map_or(0, |(at_ms, _)| at_ms);
            if wall_ms().saturating_sub(newest) >= settings.every_hours * HOUR_MS {
                let file = place.join(file_name(&device.short(), wall_ms()));
                match self.make(&node, &file).await {
                    Ok(bytes) => {
                        tracing::info!(file = %file.display(), bytes, "a backup was written");
                        remove_old(&place, &prefix, settings.keep);
                    }
                    Err(error) => tracing::error!(file = %file.display(), %error, "no backup could be written"),
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// The name of a backup of a device, of which the first hex digits of its key are given.
pub fn file_name(device: &str, at_ms: u64) -> String {
    format!("{}{}{SUFFIX}", prefix(device), stamp(at_ms))
}

fn prefix(device: &str) -> String {
    format!("comin-{device}-")
}

/// A time as it stands in a file's name: names sort by it.
fn stamp(at_ms: u64) -> String {
    let time = Timestamp::from_millisecond(i64::try_from(at_ms).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX);
    time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// When a scheduled backup was made, from its name.
fn made_ms(name: &str, prefix: &str) -> Option<u64> {
    let stamp = name.strip_prefix(prefix)?.strip_suffix(SUFFIX)?;
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?.to_zoned(TimeZone::UTC).ok()?;
    u64::try_from(time.timestamp().as_millisecond()).ok()
}

/// The scheduled backups of this device, oldest first.
fn own_backups(place: &Path, prefix: &str) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        if let Some(made_ms) = made_ms(&entry.file_name().to_string_lossy(), prefix) {
            found.push((made_ms, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes all but the newest `keep`. Files that the schedule did not write are left alone.
fn remove_old(place: &Path, prefix: &str, keep: usize) {
    let found = own_backups(place, prefix).unwrap_or_default();
    for (_, old) in found.iter().take(found.len().saturating_sub(keep)) {
        if let Err(error) = fs::remove_file(old) {
            tracing::warn!(file = %old.display(), %error, "an old backup could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_backups_of_this_device_go_and_nothing_else() {
        let temp = tempfile::tempdir().expect("a directory");
        let names = [
            "comin-ab12-20260101T000000Z.backup",
            "comin-ab12-20260103T000000Z.backup",
            "comin-ab12-20260102T000000Z.backup",
            "comin-cd34-20250101T000000Z.backup",
            "comin-ab12-by-hand.backup",
            "letter.txt",
        ];
        names.iter().for_each(|name| fs::write(temp.path().join(name), "x").expect("is written"));
        remove_old(temp.path(), "comin-ab12-", 2);
        let mut left: Vec<String> = fs::read_dir(temp.path())
            .expect("is there")
            .map(|entry| entry.expect("reads").file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        let expected = [names[4], names[2], names[1], names[3], names[5]].map(str::to_owned);
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(left, expected, "the oldest one of this device is gone");
    }

    #[test]
    fn names_tell_their_time() {
        let at_ms = 1_780_000_049_000;
        let name = format!("comin-ab12-{}{SUFFIX}", stamp(at_ms));
        assert_eq!(made_ms(&name, "comin-ab12-"), Some(at_ms), "{name}");
        assert_eq!(made_ms(&name, "comin-cd34-"), None, "of another device");
    }
}
