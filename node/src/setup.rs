//! Setting a node up on an empty machine: keys, recovery kit, settings, and the partner's own organisation record.
//! The command line (`init`) and the first page (`run` on an empty machine) do it the same way.

use crate::datadir::{self, DataDir, DataDirError, Settings};
use crate::helper::HelperCommand;
use crate::runtime::{Node, NodeConfig, StartError};
use crate::store::{self, Store, StoreError};
use comin_protocol::engine::{Command, Edit, Target, Write};
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::machine::{Accepted, MachineCertificate, MachineError, MachineRequest};
use comin_protocol::record::FieldChange;
use comin_protocol::schema;
use comin_protocol::statement::{Rights, SignedStatement, is_name};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Why a node could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The data directory, a key or the kit cannot be written.
    #[error(transparent)]
    Data(#[from] DataDirError),
    /// The store cannot be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The partner's own record was not made.
    #[error("the partner's own record was not made: {0}")]
    Record(String),
    /// The node did not start for it.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A further machine has made no key yet for which it could be certified.
    #[error("this machine has not asked yet")]
    NotAsked,
    /// A further machine's certificate.
    #[error("the certificate cannot be used: {0}")]
    Certificate(#[from] MachineError),
    /// The kit would lie where a lost disk takes both.
    #[error("the recovery kit would lie in the data directory, where a lost disk takes both")]
    KitInside,
    /// The kit's path depends on the directory in which the node happens to run.
    #[error("{} is no absolute path: where it leads depends on how the node was started", .0.display())]
    KitRelative(PathBuf),
    /// The kit would lie where files do not stay.
    #[error("what is written to {} is gone after a restart", .0.display())]
    KitPasses(PathBuf),
    /// The kit's path names no file.
    #[error("{} names a directory", .0.display())]
    KitIsDirectory(PathBuf),
    /// The kit's directory cannot be used.
    #[error("{}: {cause}", path.display())]
    KitDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

/// The language that most people of a country would expect, as a BCP 47 code.
pub fn language_of(country: &str) -> &'static str {
    match country {
        "IT" => "it",
        "SI" => "sl",
        "FR" => "fr",
        _ => "en",
    }
}

/// This machine's name for people: Linux's own, or any where that cannot be read.
pub fn machine_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    if is_name(&name) { name } else { "server".to_owned() }
}

/// The kit of a new partner, with a fresh key.
///
/// # Errors
/// Where the system gives no random bytes.
pub fn new_kit(name: String, country: String, device: String) -> Result<RecoveryKit, SetupError> {
    let partner = PartnerSigner::from_secret(&datadir::random()?);
    Ok(RecoveryKit { partner, name, country, device, of: None })
}

/// The name of the file in which a partner's kit is kept unless somebody says otherwise.
pub fn kit_file_name(name: &str) -> String {
    let slug: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    format!("{}-recovery-kit.txt", slug.to_lowercase())
}

/// Where a recovery kit is to be written, as an absolute path; never in the data directory.
///
/// # Errors
/// [`SetupError::KitInside`], [`SetupError::KitIsDirectory`], [`SetupError::KitDirectory`].
pub fn kit_place(dir: &DataDir, path: &Path) -> Result<PathBuf, SetupError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real =
        |path: &Path| path.canonicalize().map_err(|cause| SetupError::KitDirectory { path: path.to_owned(), cause });
    let parent = real(parent)?;
    // A directory that is not made yet cannot hold the kit's.
    if dir.path().exists() && parent.starts_with(real(dir.path())?) {
        return Err(SetupError::KitInside);
    }
    let file = path.file_name().ok_or_else(|| SetupError::KitIsDirectory(path.to_owned()))?;
    Ok(parent.join(file))
}

/// Where a recovery kit is to be written by a node that may run as a service: as [`kit_place`], named by an absolute path,
/// and where files outlive a restart. A service runs in a directory that nobody knows, and often has a `/tmp` of its own.
///
/// # Errors
/// As [`kit_place`]; [`SetupError::KitRelative`], [`SetupError::KitPasses`].
pub fn lasting_kit_place(dir: &DataDir, path: &Path) -> Result<PathBuf, SetupError> {
    if !path.is_absolute() {
        return Err(SetupError::KitRelative(path.to_owned()));
    }
    let place = kit_place(dir, path)?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    if passes(&mounts, &std::env::temp_dir(), &place) {
        return Err(SetupError::KitPasses(place));
    }
    Ok(place)
}

/// Whether what lies at `place` is gone after a restart: it is in a directory for temporary files or in memory.
/// `mounts`: Linux's `mountinfo`; where it is empty, the directories alone are looked at.
fn passes(mounts: &str, temporary: &Path, place: &Path) -> bool {
    if [Path::new("/tmp"), Path::new("/var/tmp"), temporary].into_iter().any(|dir| place.starts_with(dir)) {
        return true;
    }
    // ID PARENT DEVICE ROOT MOUNTPOINT OPTIONS [FIELDS] - TYPE SOURCE OPTIONS: proc_pid_mountinfo(5). A later line of
    // one place lies over the earlier ones.
    let mounted = mounts.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let at = PathBuf::from(before.split(' ').nth(4)?.replace("\\040", " "));
        place.starts_with(&at).then_some((at.components().count(), after.split(' ').next()?))
    });
    let kind = mounted.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind);
    kind.is_some_and(|kind| ["tmpfs", "ramfs", "devtmpfs"].contains(&kind))
}

/// Makes the device key and its certificate by the kit's key, stores both, and closes with the settings. With
/// `with_record`, also the partner's own organisation record. What a failure leaves is removed, so that the next try
/// finds an empty directory.
///
/// # Errors
/// [`SetupError`]; [`DataDirError::Initialised`] where a node is there already.
pub fn set_up(
    dir: &DataDir,
    kit: &RecoveryKit,
    device: &str,
    language: &str,
    with_record: bool,
) -> Result<(), SetupError> {
    dir.create()?;
    let done = write_all(dir, kit, device, language, with_record);
    if done.is_err() {
        clear(dir);
    }
    done
}

fn write_all(
    dir: &DataDir,
    kit: &RecoveryKit,
    device: &str,
    language: &str,
    with_record: bool,
) -> Result<(), SetupError> {
    let signer = DeviceSigner::from_secret(&datadir::random()?);
    let names = (kit.name.as_str(), kit.country.as_str(), device);
    let certificate = SignedStatement::certificate_of(kit.partner_id(), &kit.partner, &signer, Rights::ALL, names);
    dir.write_signer(&signer)?;
    dir.api_token()?;
    let store = store::open_sled(&dir.store(), Duration::ZERO)?;
    store.commit(&[vec![Write::PutStatement(certificate.id(), certificate)]])?;
    if with_record {
        add_own_organisation(Arc::new(store), &signer, kit, language)?;
    }
    dir.write_settings(&Settings::new(&kit.partner_id(), &kit.name, &kit.country, language, device))?;
    Ok(())
}

/// The record to which memberships of this partner refer.
fn add_own_organisation(
    store: Arc<dyn Store>,
    signer: &DeviceSigner,
    kit: &RecoveryKit,
    language: &str,
) -> Result<(), SetupError> {
    let record = |error: &dyn std::fmt::Display| SetupError::Record(error.to_string());
    let helper = HelperCommand::own().map_err(|error| record(&error))?;
    let config = NodeConfig { signer: signer.clone(), net: None, helper };
    let (handle, node) = Node::start(config, store)?;
    let mut changes = schema::kind("organisation").map_or_else(Vec::new, |kind| schema::new_record(kind, language));
    changes.extend([FieldChange::put("name", kit.name.as_str()), FieldChange::put("country", kit.country.as_str())]);
    let target = Target::New { register: None, kind: "organisation".to_owned() };
    let command = Command::Edit(vec![Edit { target, changes, if_version: None }]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let answer = runtime.map_err(|error| record(&error))?.block_on(handle.command(command));
    drop(handle);
    node.stop();
    answer.map(|_| ()).map_err(|error| record(&error))
}

/// What a further machine of a partner asks another one of its to certify. The key is made where there is none: who asks
/// again asks with the same, so that a certificate that is under way still fits.
///
/// # Errors
/// [`SetupError::Data`]; [`DataDirError::Initialised`] where a node is there already.
pub fn ask_further(dir: &DataDir, device: &str) -> Result<MachineRequest, SetupError> {
    if dir.is_initialised() {
        return Err(DataDirError::Initialised(dir.path().to_owned()).into());
    }
    let signer = match dir.signer() {
        Err(DataDirError::Uninitialised(_)) => {
            dir.create()?;
            let signer = DeviceSigner::from_secret(&datadir::random()?);
            dir.write_signer(&signer)?;
            signer
        }
        other => other?,
    };
    let request = MachineRequest::new(&signer, device);
    dir.write_request(&request.to_text())?;
    Ok(request)
}

/// What this machine has asked before a restart, if it still waits for the answer.
pub fn asked_before(dir: &DataDir) -> Option<MachineRequest> {
    if !dir.awaits_certificate() {
        return None;
    }
    let own = dir.signer().ok()?.key();
    let kept = dir.request().and_then(|text| MachineRequest::parse(text.trim()).ok());
    kept.filter(|request| request.device == own).or_else(|| ask_further(dir, &machine_name()).ok())
}

/// Sets a further machine up, for which another one of its partner has made a certificate; `language`: the machine's,
/// else the partner's country's.
///
/// # Errors
/// [`SetupError::NotAsked`], [`SetupError::Certificate`], [`SetupError::Store`], [`SetupError::Data`].
pub fn set_up_further(dir: &DataDir, certificate: &str, language: Option<&str>) -> Result<Accepted, SetupError> {
    if dir.is_initialised() {
        return Err(DataDirError::Initialised(dir.path().to_owned()).into());
    }
    let signer = match dir.signer() {
        Err(DataDirError::Uninitialised(_)) => return Err(SetupError::NotAsked),
        other => other?,
    };
    let accepted = MachineCertificate::parse(certificate)?.accept(&signer)?;
    let language = language.unwrap_or_else(|| language_of(&accepted.country));
    let is_new = !dir.store().exists();
    let done = write_further(dir, &accepted, language);
    if done.is_err() && is_new {
        // The key stays: the certificate is for it.
        let _ = std::fs::remove_dir_all(dir.store());
    }
    done?;
    dir.remove_request();
    Ok(accepted)
}

fn write_further(dir: &DataDir, accepted: &Accepted, language: &str) -> Result<(), SetupError> {
    dir.api_token()?;
    let store = store::open_sled(&dir.store(), Duration::ZERO)?;
    let statements = accepted.statements.iter().map(|signed| Write::PutStatement(signed.id(), signed.clone()));
    store.commit(&[statements.collect()])?;
    drop(store);
    let (name, country) = (accepted.partner_name.as_str(), accepted.country.as_str());
    dir.write_settings(&Settings::new(&accepted.partner, name, country, language, &accepted.device_name))?;
    Ok(())
}

/// Takes back what [`ask_further`] has made, so that the machine can be set up in another way.
///
/// # Errors
/// [`SetupError::NotAsked`] where there is no such thing; [`SetupError::Data`].
pub fn forget_request(dir: &DataDir) -> Result<(), SetupError> {
    if !dir.awaits_certificate() {
        return Err(SetupError::NotAsked);
    }
    dir.remove_signer()?;
    dir.remove_request();
    Ok(())
}

fn clear(dir: &DataDir) {
    for file in ["device.key", "api-token"] {
        let _ = std::fs::remove_file(dir.path().join(file));
    }
    let _ = std::fs::remove_dir_all(dir.store());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_lies_anywhere_but_beside_what_it_replaces() {
        let (temp, dir) = DataDir::temporary();
        let outside = kit_place(&dir, &temp.path().join("kit.txt")).expect("beside the data directory");
        assert!(outside.ends_with("kit.txt") && outside.is_absolute(), "an absolute path: {}", outside.display());
        let inside = kit_place(&dir, &dir.path().join("kit.txt"));
        assert!(matches!(inside, Err(SetupError::KitInside)), "a lost disk would take both");
        let round_about = kit_place(&dir, &temp.path().join("node/../node/kit.txt"));
        assert!(matches!(round_about, Err(SetupError::KitInside)), "by whatever way");
        let nowhere = kit_place(&dir, &temp.path().join("no/such/place/kit.txt"));
        assert!(matches!(nowhere, Err(SetupError::KitDirectory { .. })), "a directory that is there");
    }

    #[test]
    fn a_service_writes_a_kit_only_where_it_stays() {
        let (temp, dir) = DataDir::temporary();
        let relative = lasting_kit_place(&dir, Path::new("kit.txt"));
        assert!(matches!(relative, Err(SetupError::KitRelative(_))), "a service's own directory is nobody's place");
        let passing = lasting_kit_place(&dir, &temp.path().join("kit.txt"));
        assert!(matches!(passing, Err(SetupError::KitPasses(_))), "a temporary directory is emptied");
        let lasting = std::env::home_dir().map(tempfile::tempdir_in).expect("a home").expect("a directory in it");
        let file = lasting.path().join("kit.txt");
        assert_eq!(lasting_kit_place(&dir, &file).expect("a place that stays").file_name(), file.file_name());
    }

    #[test]
    fn what_lies_in_memory_passes() {
        let mounts = "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n\
            23 22 0:20 / /run rw - tmpfs tmpfs rw\n\
            24 23 8:17 / /run/media/ana/MY\\040STICK rw shared:9 - vfat /dev/sdb1 rw\n\
            25 22 0:30 / /home ro - tmpfs tmpfs ro\n\
            26 22 8:33 / /srv rw - tmpfs tmpfs rw\n\
            27 22 8:33 / /srv rw - ext4 /dev/sdc1 rw\n";
        let passes = |path: &str| passes(mounts, Path::new("/scratch"), Path::new(path));
        for path in ["/tmp/k", "/var/tmp/k", "/scratch/k", "/run/k", "/home/ana/k"] {
            assert!(passes(path), "{path} does not stay");
        }
        for path in ["/root/k", "/media/k", "/run/media/ana/MY STICK/k", "/srv/k", "/tmpfiles/k"] {
            assert!(!passes(path), "{path} stays");
        }
    }
}
