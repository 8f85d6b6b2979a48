//! `backup` and `restore`.

use super::client::Client;
use super::error::{CliError, CliResult, Exit};
use super::members::text;
use super::output::Output;
use comin_node::backup::{self, BackupError, Contents, Part};
use comin_node::datadir::{DataDir, DataDirError, quoted};
use comin_node::store::StoreError;
use comin_node::users::Users;
use comin_node::views::time::{now_ms, rfc3339};
use rustix::fs::Mode;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        let exit = match &error {
            BackupError::Io { cause, .. } if cause.kind() == io::ErrorKind::AlreadyExists => Exit::Conflict,
            BackupError::DataDir(DataDirError::Initialised(_))
            | BackupError::Occupied(_)
            | BackupError::Unfinished(_) => Exit::Conflict,
            BackupError::Store(StoreError::Busy) => Exit::Busy,
            _ => Exit::Error,
        };
        let hint = error.hint();
        Self::new(error.to_string()).exit(exit).hint(hint)
    }
}

/// `backup`: the node makes it, and this process writes it where its user may write.
pub fn backup(client: &Client, file: Option<&Path>, out: &Output) -> CliResult {
    let file = match file {
        Some(file) => file.to_owned(),
        None => {
            let status = client.get("status")?;
            let device = status.get("device").map(|device| text(device, "id")).unwrap_or_default();
            let short: String = device.chars().take(8).collect();
            PathBuf::from(backup::file_name(&short, now_ms()))
        }
    };
    let file = std::path::absolute(&file).map_err(|error| CliError::new(format!("{}: {error}", file.display())))?;
    let mut part = Part::create(&file)?;
    client.download("backup", &mut part)?;
    let bytes = part.finish()?;
    if out.json {
        out.object(json!({"file": file.display().to_string(), "bytes": bytes}));
        return Ok(());
    }
    let kilobytes = bytes.div_ceil(1_000);
    out.say("cli-backup-written", &[("file", quoted(&file).into()), ("kilobytes", kilobytes.into())]);
    out.say("cli-backup-secret", &[]);
    Ok(())
}

/// `restore FILE`.
pub fn restore(dir: &DataDir, file: &Path, check: bool, out: &Output) -> CliResult {
    // Whatever is made from here on is for this user alone.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let contents = if check { backup::check(file)? } else { backup::restore(file, dir)? };
    let settings = contents.head.settings()?;
    let Contents { head, records, federation } = &contents;
    let users: Vec<String> = match check {
        true => Vec::new(),
        false => Users::read(dir)?.list().into_iter().map(|(name, _)| name).collect(),
    };
    if out.json {
        let federation = federation.as_ref().map(|(name, partners)| json!({"name": name, "partners": partners}));
        out.object(json!({
            "made": rfc3339(head.made_ms), "partner": settings.partner, "name": settings.name,
            "country": settings.country, "device": settings.device, "records": records, "federation": federation,
            "users": users, "restored": !check, "data_dir": (!check).then(|| dir.path().display().to_string()),
        }));
        return Ok(());
    }
    let args = [
        ("name", settings.name.as_str().into()),
        ("device", settings.device.as_str().into()),
        ("time", rfc3339(head.made_ms).into()),
        ("records", (*records).into()),
    ];
    out.say(if check { "cli-backup-sound" } else { "cli-backup-restored" }, &args);
    match federation {
        Some((name, partners)) => {
            out.say("cli-federation", &[("name", name.as_str().into()), ("n", (*partners).into())]);
        }
        None => out.say("cli-no-federation", &[]),
    }
    if !users.is_empty() {
        out.say("cli-restored-users", &[("names", users.join(", ").into())]);
    }
    if !check {
        let place = match DataDir::locate(None) {
            Ok(default) if default == *dir => String::new(),
            _ => format!(" --data-dir {}", quoted(dir.path())),
        };
        out.say("cli-backup-next", &[("place", place.into())]);
    }
    Ok(())
}
