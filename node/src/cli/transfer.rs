//! `import` and `export`.

use super::args::{ExportArgs, ExportFormat, ImportArgs};
use super::client::{Client, query};
use super::error::{CliError, CliResult, Exit};
use super::members::{items, text};
use super::output::Output;
use super::take_back::{SAVE, SIGNATURES};
use comin_node::import::IMPORT_BYTES_MAX;
use comin_protocol::check::SignedPart;
use comin_protocol::codec::from_cbor;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Row errors shown to people; programs get as many as the node lists.
const ERRORS_SHOWN: usize = 50;

/// `import`.
pub fn import(client: &Client, args: &ImportArgs, out: &Output) -> CliResult<Exit> {
    let bytes = read_file(&args.file)?;
    let dry_run = args.dry_run.then_some("true");
    let path =
        query("import", &[("kind", Some(&args.kind)), ("register", args.register.as_deref()), ("dry_run", dry_run)]);
    let mut progress = Progress { out, shown: false };
    let answer = client.upload(&path, "text/csv", bytes, &mut |line| progress.show(line));
    progress.end();
    let answer = answer?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let errors = body.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
    let total = body.get("errors_total").and_then(Value::as_u64).unwrap_or(errors.len() as u64);
    if errors.is_empty() {
        let report = answer.json()?;
        return reported(report, args.dry_run, out);
    }
    if !out.json {
        for error in errors.iter().take(ERRORS_SHOWN) {
            let row = error.get("row").and_then(Value::as_u64).unwrap_or(0);
            out.line(format!("row {row}, {}: {}", text(error, "column"), text(error, "reason")));
        }
        if total > ERRORS_SHOWN as u64 {
            out.line(format!("… and {} more", total - ERRORS_SHOWN as u64));
        }
    } else {
        out.object(json!({"errors": errors, "errors_total": total}));
    }
    Err(CliError::new(format!("{total} values cannot be taken; nothing was imported"))
        .hint("correct the rows named and run the same command again"))
}

/// How far an import is, on one line of a terminal. It goes on also where this command is ended.
struct Progress<'a> {
    out: &'a Output,
    shown: bool,
}

impl Progress<'_> {
    fn show(&mut self, line: &Value) {
        let number = |name: &str| line.get(name).and_then(Value::as_u64);
        if let (Some(written), Some(total), true) = (number("written"), number("total"), self.wanted()) {
            let text = self.out.tw("cli-import-progress", &[("written", written.into()), ("total", total.into())]);
            self.shown |= write!(std::io::stderr(), "\r{text}").is_ok();
        }
    }

    fn wanted(&self) -> bool {
        !self.out.json && std::io::stderr().is_terminal()
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(std::io::stderr());
        }
    }
}

fn reported(report: Value, dry_run: bool, out: &Output) -> CliResult<Exit> {
    if out.json {
        out.object(report);
        return Ok(Exit::Ok);
    }
    let number = |name: &str| report.get(name).and_then(Value::as_u64).unwrap_or(0);
    let (added, changed, unchanged) = (number("added"), number("changed"), number("unchanged"));
    let args = [("added", added.into()), ("changed", changed.into()), ("unchanged", unchanged.into())];
    out.say(if dry_run { "cli-would-import" } else { "cli-imported" }, &args);
    let changes = report.get("changes").and_then(Value::as_array).filter(|_| dry_run);
    for change in changes.into_iter().flatten().take(ERRORS_SHOWN) {
        let (row, what) = (change.get("row").and_then(Value::as_u64).unwrap_or(0), text(change, "what"));
        let told = match what.strip_prefix("change ") {
            Some(fields) => out.tw("cli-row-would-change", &[("row", row.into()), ("fields", fields.into())]),
            None => out.tw("cli-row-would-add", &[("row", row.into())]),
        };
        out.line(format!("  {told}"));
    }
    Ok(Exit::Ok)
}

fn read_file(path: &Path) -> CliResult<Vec<u8>> {
    let failed = |error: std::io::Error| CliError::new(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    let limit = IMPORT_BYTES_MAX as u64 + 1;
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    }
    if bytes.len() > IMPORT_BYTES_MAX {
        return Err(CliError::new(format!("{} is larger than {} MiB", path.display(), IMPORT_BYTES_MAX / 1024 / 1024))
            .hint("divide the file"));
    }
    Ok(bytes)
}

/// `export`.
pub fn export(client: &Client, args: &ExportArgs, out: &Output) -> CliResult {
    let format = match args.format {
        ExportFormat::Json => "json",
        ExportFormat::Csv => "csv",
        ExportFormat::Automerge => return automerge(client, args, out),
    };
    if args.format == ExportFormat::Csv && args.kind.is_none() {
        return Err(CliError::usage("a CSV file holds one kind").hint("comin export --format csv --kind organisation"));
    }
    let parameters = [("format", Some(format)), ("kind", args.kind.as_deref()), ("register", args.register.as_deref())];
    let path = query("export", &parameters);
    match &args.out {
        None => client.download(&path, &mut std::io::stdout().lock()),
        Some(file) => {
            into_file(file, |writer| client.download(&path, writer))?;
            said(out, std::slice::from_ref(file))
        }
    }
}

/// Writes beside and renames, so that half a file never bears the name of a whole one.
pub fn into_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> CliResult) -> CliResult {
    let failed = |error: std::io::Error| CliError::new(format!("{}: {error}", path.display()));
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut writer = BufWriter::new(File::create(&beside).map_err(failed)?);
    let written = write(&mut writer).and_then(|()| {
        writer.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Two files for each part, in a directory: one that any Automerge tool reads, and beside it who signed what, with
/// which `check --repair --from` takes it back. One part goes into one file where `--out` ends in `.automerge`.
fn automerge(client: &Client, args: &ExportArgs, out: &Output) -> CliResult {
    let target = args.out.clone().unwrap_or_else(|| PathBuf::from("."));
    let parts = parts_of(client, args.register.as_deref())?;
    let one_file = target.extension().is_some_and(|extension| extension == SAVE);
    if one_file && parts.len() != 1 {
        return Err(CliError::usage(format!("{} parts do not fit into one file", parts.len()))
            .hint("name a directory: --out DIR"));
    }
    if !one_file {
        std::fs::create_dir_all(&target).map_err(|error| CliError::new(format!("{}: {error}", target.display())))?;
    }
    let mut files = Vec::new();
    for (register, part) in parts {
        let name: String = register.chars().take(8).collect();
        let file = if one_file { target.clone() } else { target.join(format!("{name}-{part}.{SAVE}")) };
        let signed = signed_part(client, &register, &part)?;
        for (file, bytes) in
            [(file.with_extension(SIGNATURES), signed.signatures.to_bytes()), (file, Vec::from(signed.save))]
        {
            into_file(&file, |writer| {
                writer.write_all(&bytes).map_err(|error| CliError::new(format!("{}: {error}", file.display())))
            })?;
            files.push(file);
        }
    }
    said(out, &files)
}

/// (register, part) of everything that a register holds, or every register that this node reads.
fn parts_of(client: &Client, register: Option<&str>) -> CliResult<Vec<(String, String)>> {
    let registers = match register {
        Some(register) => vec![register.to_owned()],
        None => items(&client.get("registers")?).iter().map(|item| text(item, "id").to_owned()).collect(),
    };
    let mut out = Vec::new();
    for register in registers {
        let answer = client.get(&query("export", &[("format", Some("signed")), ("register", Some(&register))]))?;
        let id = text(&answer, "register");
        let numbers = answer.get("parts").and_then(Value::as_array).into_iter().flatten();
        let numbers = numbers.filter_map(|part| part.get("part").and_then(Value::as_u64));
        out.extend(numbers.map(|part| (id.to_owned(), part.to_string())));
    }
    Ok(out)
}

fn signed_part(client: &Client, register: &str, part: &str) -> CliResult<SignedPart> {
    let parameters = [("format", Some("signed")), ("register", Some(register)), ("part", Some(part))];
    let mut bytes = Vec::new();
    client.download(&query("export", &parameters), &mut bytes)?;
    from_cbor(&bytes).map_err(|error| CliError::new(format!("the node's answer does not read: {error}")))
}

pub fn said(out: &Output, files: &[PathBuf]) -> CliResult {
    if out.json {
        out.object(json!({"files": files}));
    } else {
        files.iter().for_each(|file| out.line(file.display().to_string()));
    }
    Ok(())
}
