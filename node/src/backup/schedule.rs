//! Backups at regular times, and what became of the last one.

use super::{BackupError, OFFICE_FILES, PART_SUFFIX, Part, Spooled};
use crate::config::BackupSection;
use crate::datadir::DataDir;
use crate::runtime::{NodeHandle, wall_ms};
use comin_protocol::ids::{DeviceKey, PartnerId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// How often it is seen whether a backup is due, and a failed one is tried again.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// How long one waits after a change of the users: several come together.
const CHANGE_SETTLES: Duration = Duration::from_secs(2);
const HOUR_MS: u64 = 3_600_000;
/// How the names of scheduled backups end.
const SUFFIX: &str = ".backup";

/// How the names of those end that somebody has asked for on the page, and of those made by hand on the command line: no
/// schedule takes them for its own.
const BY_PAGE: &str = "-by-page.backup";
const BY_HAND: &str = "-by-hand.backup";

/// How the name of the file ends in which the keys of persons lie beside the backups.
const KEYS_NAME: &str = "persons.keys";

/// The file with the keys of persons that lies beside a backup of a device, if there is one.
pub(super) fn keys_beside(file: &Path, device: &DeviceKey) -> Option<PathBuf> {
    let keys = file.with_file_name(format!("{}{KEYS_NAME}", prefix(&device.short())));
    keys.exists().then_some(keys)
}

/// What became of the scheduled backups.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Last {
    /// The newest one: when, in milliseconds since the Unix epoch, UTC; and the file.
    pub good: Option<(u64, PathBuf)>,
    /// Why there is no newer one although it is due, and what to do.
    pub error: Option<String>,
}

/// Makes backups of one node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Backups(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: DataDir,
    settings: BackupSection,
    last: Mutex<Last>,
    /// One at a time: each keeps edits waiting. Held by the work itself, which goes on when nobody waits for it.
    busy: Arc<tokio::sync::Mutex<()>>,
    /// Somebody has asked for one on the page.
    asked: Arc<tokio::sync::Mutex<()>>,
    /// Something that no engine knows of has changed, such as the users.
    changed: tokio::sync::Notify,
}

impl Backups {
    /// Of the node whose data lies in `dir`; `settings`: where and when it writes some of itself.
    pub fn new(dir: DataDir, settings: BackupSection) -> Self {
        let (last, busy, asked) = (Mutex::default(), Arc::default(), Arc::default());
        Self(Arc::new(Inner { dir, settings, last, busy, asked, changed: tokio::sync::Notify::new() }))
    }

    /// The directory into which the node writes backups, if it has been given one.
    pub fn place(&self) -> Option<PathBuf> {
        self.0.settings.place()
    }

    /// The data directory.
    pub fn dir(&self) -> &DataDir {
        &self.0.dir
    }

    /// What became of the scheduled ones, as far as this process knows of any.
    pub fn last(&self) -> Last {
        self.noted().clone()
    }

    /// The users have changed: whoever signs in by a restored node must be those of today.
    pub fn note_change(&self) {
        self.0.changed.notify_one();
    }

    /// Whether users, certificates or calendars have been written since `made_ms`, also while no node ran.
    fn office_changed(&self, made_ms: u64) -> bool {
        let written = |name: &str| fs::metadata(self.0.dir.path().join(name)).and_then(|file| file.modified()).ok();
        let since = |at: SystemTime| {
            at.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|at| at.as_millis() > u128::from(made_ms))
        };
        OFFICE_FILES.iter().filter_map(|name| written(name)).any(since)
    }

    fn noted(&self) -> MutexGuard<'_, Last> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one now, to be read.
    ///
    /// # Errors
    /// [`BackupError`].
    pub async fn spool(&self, node: &NodeHandle) -> Result<Spooled, BackupError> {
        let (dir, one) = (self.0.dir.clone(), self.0.busy.clone().lock_owned().await);
        let made = node.read(move |store| {
            let _one = one;
            Ok(Spooled::make(&dir, store, wall_ms()))
        });
        made.await.map_err(BackupError::from).flatten()
    }

    async fn write(&self, node: &NodeHandle, to: PathBuf) -> Result<u64, BackupError> {
        let (dir, one) = (self.0.dir.clone(), self.0.busy.clone().lock_owned().await);
        let write = move |store: &dyn crate::store::Store| {
            let _one = one;
            // First of all: where nothing can be written, nothing needs to be read.
            let mut part = Part::create(&to)?;
            let mut spooled = Spooled::make(&dir, store, wall_ms())?;
            io::copy(&mut spooled, &mut part).map_err(|cause| BackupError::Io { path: to.clone(), cause })?;
            part.finish()
        };
        node.read(move |store| Ok(write(store))).await.map_err(BackupError::from).flatten()
    }

    /// Makes backups as the configuration says, and whenever a partner has come or gone or the users have changed, for as
    /// long as the node runs: one from before an admission knows nothing of the new partner.
    pub async fn keep(self, node: NodeHandle, device: DeviceKey) {
        let settings = self.0.settings.clone();
        let Some(place) = settings.place() else { return };
        let prefix = prefix(&device.short());
        let mut covered: Option<BTreeSet<PartnerId>> = None;
        loop {
            let partners = members(&node);
            let changed = covered.as_ref().is_some_and(|covered| *covered != partners);
            match self.keep_once(&node, (&place, &prefix), &settings, changed).await {
                Ok(()) => covered = Some(partners),
                Err(error) => {
                    tracing::error!(place = %place.display(), %error, "no backup could be written");
                    self.noted().error = Some(format!("{error}; {}", error.hint()));
                }
            }
            if tokio::time::timeout(LOOK_EVERY, self.0.changed.notified()).await.is_ok() {
                tokio::time::sleep(CHANGE_SETTLES).await;
            }
        }
    }

    /// Writes one now, because somebody has asked for it, into the same directory. It takes the place of the last one made
    /// so, and of none that the schedule has written: whoever asks often neither fills the disk nor pushes old ones out.
    /// Once begun it is made whole, also where nobody waits for it any more.
    ///
    /// # Errors
    /// [`BackupError`]; [`BackupError::Nowhere`] where no directory was given, [`BackupError::UnderWay`] while another one
    /// that was asked for is being made.
    pub async fn make_now(&self, node: &NodeHandle, device: &DeviceKey) -> Result<PathBuf, BackupError> {
        let place = self.place().ok_or(BackupError::Nowhere)?;
        let Ok(only) = self.0.asked.clone().try_lock_owned() else { return Err(BackupError::UnderWay) };
        let (this, node, prefix) = (self.clone(), node.clone(), prefix(&device.short()));
        let made = tokio::spawn(async move {
            let _only = only;
            this.make_asked(&node, &place, &prefix).await
        });
        made.await
            .map_err(|error| BackupError::Io { path: self.0.dir.path().to_owned(), cause: io::Error::other(error) })?
    }

    async fn make_asked(&self, node: &NodeHandle, place: &Path, prefix: &str) -> Result<PathBuf, BackupError> {
        let now_ms = wall_ms();
        let file = in_place(place, prefix, move |place, prefix| {
            remove_parts(place, prefix, |name| name.contains(BY_PAGE))?;
            Ok(free_name(place, prefix, BY_PAGE, now_ms))
        });
        let file = file.await?;
        let bytes = self.write(node, file.clone()).await?;
        tracing::info!(file = %file.display(), bytes, "a backup was written, which somebody had asked for");
        let written = file.clone();
        in_place(place, prefix, move |place, prefix| remove_old(place, prefix, BY_PAGE, 1, now_ms, &written)).await?;
        self.write_keys(place, prefix).await?;
        let mut last = self.noted();
        last.good = Some((now_ms, file.clone()));
        last.error = None;
        Ok(file)
    }

    /// Writes one where it is due.
    async fn keep_once(
        &self,
        node: &NodeHandle,
        (place, prefix): (&Path, &str),
        settings: &BackupSection,
        changed: bool,
    ) -> Result<(), BackupError> {
        let now_ms = wall_ms();
        let newest = in_place(place, prefix, move |place, prefix| {
            remove_parts(place, prefix, |name| !name.contains(BY_HAND) && !name.contains(BY_PAGE))?;
            let of = |ending| Ok::<_, io::Error>(own_backups(place, prefix, ending, now_ms)?.pop());
            Ok((of(SUFFIX)?, of(BY_PAGE)?))
        });
        let (newest, asked) = newest.await?;
        let due_ms = newest.as_ref().map_or(0, |(at_ms, _)| at_ms.saturating_add(settings.every_hours * HOUR_MS));
        let changed = changed || newest.as_ref().is_some_and(|(at_ms, _)| self.office_changed(*at_ms));
        if let Some(newest) = newest.max(asked) {
            self.noted().good = Some(newest);
        }
        if now_ms >= due_ms || changed {
            let file =
                in_place(place, prefix, move |place, prefix| Ok(free_name(place, prefix, SUFFIX, now_ms))).await?;
            let bytes = self.write(node, file.clone()).await?;
            tracing::info!(file = %file.display(), bytes, "a backup was written");
            self.noted().good = Some((now_ms, file.clone()));
            let keep = settings.keep;
            in_place(place, prefix, move |place, prefix| remove_old(place, prefix, SUFFIX, keep, now_ms, &file))
                .await?;
        }
        // Whoever has been erased since then is in no backup any more.
        self.write_keys(place, prefix).await?;
        self.noted().error = None;
        Ok(())
    }

    /// Puts the keys of the persons beside the backups, in place of those of before, where they are others.
    async fn write_keys(&self, place: &Path, prefix: &str) -> Result<(), BackupError> {
        let dir = self.0.dir.clone();
        let path = place.join(format!("{prefix}{KEYS_NAME}"));
        let write = move || -> Result<(), BackupError> {
            let keys = crate::store::bundle(&dir.person_keys())?;
            if std::fs::read(&path).is_ok_and(|held| held == keys) {
                return Ok(());
            }
            Ok(crate::datadir::write_secret(&path, keys)?)
        };
        tokio::task::spawn_blocking(write)
            .await
            .map_err(io::Error::other)
            .map_err(|cause| BackupError::Io { path: place.to_owned(), cause })?
    }
}

/// Works on a directory that may be slow, away from the threads that answer.
async fn in_place<T: Send + 'static>(
    place: &Path,
    prefix: &str,
    work: impl FnOnce(&Path, &str) -> io::Result<T> + Send + 'static,
) -> Result<T, BackupError> {
    let (path, prefix) = (place.to_owned(), prefix.to_owned());
    let done = tokio::task::spawn_blocking(move || work(&path, &prefix)).await;
    done.map_err(io::Error::other).flatten().map_err(|cause| BackupError::Io { path: place.to_owned(), cause })
}

fn members(node: &NodeHandle) -> BTreeSet<PartnerId> {
    node.roster().partners.values().filter(|partner| partner.admitted).map(|partner| partner.id).collect()
}

/// The name of a backup that somebody makes by hand, of a device of which the first hex digits are given. No schedule
/// takes it for its own.
pub fn file_name(device: &str, at_ms: u64) -> String {
    format!("{}{}{BY_HAND}", prefix(device), stamp(at_ms))
}

fn prefix(device: &str) -> String {
    format!("comin-{device}-")
}

/// A time as it stands in a file's name: names sort by it.
fn stamp(at_ms: u64) -> String {
    let time = Timestamp::from_millisecond(i64::try_from(at_ms).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX);
    time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The file of a backup made now: where there is one of this second, because the node was started again within it, that
/// of a later one. No backup is written over another.
fn free_name(place: &Path, prefix: &str, ending: &str, now_ms: u64) -> PathBuf {
    let named = |at_ms: u64| place.join(format!("{prefix}{}{ending}", stamp(at_ms)));
    let seconds = (now_ms..).step_by(1_000);
    seconds.map(named).find(|file| !file.exists()).unwrap_or_else(|| named(now_ms))
}

/// When a backup with this ending was made, from its name.
fn made_ms(name: &str, prefix: &str, ending: &str) -> Option<u64> {
    let stamp = name.strip_prefix(prefix)?.strip_suffix(ending)?;
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?.to_zoned(TimeZone::UTC).ok()?;
    u64::try_from(time.timestamp().as_millisecond()).ok()
}

/// The backups of this device with this ending, oldest first. One of the future was named by a clock that was wrong: it says
/// nothing, and stays.
fn own_backups(place: &Path, prefix: &str, ending: &str, now_ms: u64) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        let made_ms = made_ms(&entry.file_name().to_string_lossy(), prefix, ending);
        if let Some(made_ms) = made_ms.filter(|made_ms| *made_ms <= now_ms.saturating_add(HOUR_MS)) {
            found.push((made_ms, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes all with this ending but the newest `keep`, never the one just written. All other files stay.
fn remove_old(place: &Path, prefix: &str, ending: &str, keep: usize, now_ms: u64, written: &Path) -> io::Result<()> {
    let found = own_backups(place, prefix, ending, now_ms)?;
    let mut old = found.iter().take(found.len().saturating_sub(keep)).filter(|(_, path)| path != written);
    old.try_for_each(|(_, path)| fs::remove_file(path))
}

/// Removes what a process that was killed left half done of those whose name is `ours`.
fn remove_parts(place: &Path, prefix: &str, ours: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&format!(".{prefix}")) && name.ends_with(PART_SUFFIX) && ours(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_780_000_049_000;

    fn left(place: &Path) -> Vec<String> {
        let entries = fs::read_dir(place).expect("is there");
        let mut left: Vec<String> =
            entries.map(|entry| entry.expect("reads").file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        left
    }

    #[test]
    fn old_backups_of_this_device_go_and_nothing_else() {
        let temp = tempfile::tempdir().expect("a directory");
        let old = "comin-ab12-20260101T000000Z.backup";
        let stay = [
            ".comin-ab12-20260102T000000Z-by-hand.backup.00000000.part",
            "comin-ab12-20260102T000000Z.backup",
            "comin-ab12-20260103T000000Z.backup",
            "comin-ab12-20380103T000000Z.backup",
            "comin-ab12-20260101T000000Z-by-hand.backup",
            ".comin-ab12-20260102T000000Z-by-page.backup.00000000.part",
            "comin-ab12-20260101T000000Z-by-page.backup",
            "comin-cd34-20250101T000000Z.backup",
            "letter.txt",
        ];
        let part = ".comin-ab12-20260102T000000Z.backup.00000000.part";
        stay.iter().chain([&old, &part]).for_each(|name| fs::write(temp.path().join(name), "x").expect("is written"));
        remove_parts(temp.path(), "comin-ab12-", |name| !name.contains(BY_HAND) && !name.contains(BY_PAGE))
            .expect("works");
        let written = temp.path().join(stay[2]);
        remove_old(temp.path(), "comin-ab12-", SUFFIX, 2, NOW_MS, &written).expect("works");
        let mut expected = stay.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(left(temp.path()), expected, "the oldest one of this device and the half one are gone");
        let newest = own_backups(temp.path(), "comin-ab12-", SUFFIX, NOW_MS).expect("reads").pop().expect("one");
        assert_eq!(newest.1, written, "one of the future is not the newest");
        remove_old(temp.path(), "comin-ab12-", SUFFIX, 1, NOW_MS, &temp.path().join(stay[1])).expect("works");
        assert!(
            left(temp.path()).contains(&stay[1].to_owned()),
            "what was just written stays, whatever the clock says"
        );
    }

    #[test]
    fn names_tell_their_time() {
        let name = format!("{}{}{SUFFIX}", prefix("ab12"), stamp(NOW_MS));
        assert_eq!(made_ms(&name, "comin-ab12-", SUFFIX), Some(NOW_MS), "{name}");
        assert_eq!(made_ms(&name, "comin-cd34-", SUFFIX), None, "of another device");
        assert_eq!(made_ms(&file_name("ab12", NOW_MS), "comin-ab12-", SUFFIX), None, "made by hand");
    }

    #[test]
    fn two_backups_of_one_second_have_two_names() {
        let temp = tempfile::tempdir().expect("a directory");
        let now_ms = 1_780_000_000_500;
        let first = free_name(temp.path(), "comin-aa-", SUFFIX, now_ms);
        fs::write(&first, "").expect("is written");
        let second = free_name(temp.path(), "comin-aa-", SUFFIX, now_ms);
        assert_ne!(first, second, "no backup is written over another");
        fs::write(&second, "").expect("is written");
        let found = own_backups(temp.path(), "comin-aa-", SUFFIX, now_ms).expect("reads");
        assert_eq!(
            found.into_iter().map(|(_, file)| file).collect::<Vec<_>>(),
            [first, second],
            "both are known, in order"
        );
    }
}
