//! `backup` and `restore`.

use super::client::Client;
use super::error::{CliError, CliResult};
use super::members::text;
use super::output::Output;
use comin_node::backup::{self, BackupError, Contents};
use comin_node::datadir::{DataDir, quoted};
use comin_node::views::time::{now_ms, rfc3339};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        let hint = error.hint();
        Self::new(error.to_string()).hint(hint)
    }
}

/// `backup`.
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
    let answer = client.post("backup", json!({"file": file}))?;
    let bytes = answer.get("bytes").and_then(Value::as_u64).unwrap_or(0);
    if out.json {
        out.object(json!({"file": file, "bytes": bytes}));
        return Ok(());
    }
    let kilobytes = bytes.div_ceil(1_000);
    out.say("cli-backup-written", &[("file", quoted(&file).into()), ("kilobytes", kilobytes.into())]);
    out.say("cli-backup-secret", &[]);
    Ok(())
}

/// `restore FILE`.
pub fn restore(dir: &DataDir, file: &Path, check: bool, out: &Output) -> CliResult {
    let contents = if check { backup::check(file)? } else { backup::restore(file, dir)? };
    let settings = contents.head.settings()?;
    let Contents { head, records, documents, statements } = &contents;
    if out.json {
        out.object(json!({
            "made": rfc3339(head.made_ms), "partner": settings.partner, "name": settings.name,
            "country": settings.country, "device": settings.device, "records": records, "documents": documents,
            "statements": statements, "restored": !check, "data_dir": (!check).then(|| dir.path()),
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
    if !check {
        let place = match DataDir::locate(None) {
            Ok(default) if default == *dir => String::new(),
            _ => format!(" --data-dir {}", quoted(dir.path())),
        };
        out.say("cli-backup-next", &[("place", place.into())]);
    }
    Ok(())
}
