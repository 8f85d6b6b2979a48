//! `export`.

use super::args::{ExportArgs, ExportFormat};
use super::client::{Client, encoded, query};
use super::error::{CliError, CliResult};
use super::members::{items, text};
use super::output::Output;
use super::take_back::{SAVE, SIGNATURES};
use comin_node::export::Format;
use comin_protocol::check::SignedPart;
use comin_protocol::codec::from_cbor;
use serde_json::{Value, json};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// `export`.
pub fn export(client: &Client, args: &ExportArgs, out: &Output) -> CliResult {
    let format = match args.format {
        ExportFormat::Json => Format::Json,
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Xlsx => Format::Xlsx,
        ExportFormat::Geojson => Format::GeoJson,
        ExportFormat::Graphml => Format::GraphMl,
        ExportFormat::Ics => Format::Ics,
        ExportFormat::Vcf => Format::Vcf,
        ExportFormat::Automerge if args.public => {
            return Err(CliError::usage("an Automerge file holds whole documents, and so more than what is public")
                .hint("comin export --format json --public"));
        }
        ExportFormat::Automerge => return automerge(client, args, out),
    };
    if format == Format::Csv && args.kind.is_none() {
        return Err(CliError::usage("a CSV file holds one kind").hint("comin export --format csv --kind organisation"));
    }
    if args.names && format != Format::Csv {
        return Err(CliError::usage(format!("a {} file needs no --names", format.code()))
            .hint("comin export --format csv --kind organisation --names"));
    }
    let parameters = [
        ("format", Some(format.code())),
        ("kind", args.kind.as_deref()),
        ("register", args.register.as_deref()),
        ("public", args.public.then_some("true")),
        ("names", args.names.then_some("true")),
    ];
    let path = query("export", &parameters);
    let Some(file) = &args.out else {
        return client.download(&path, &mut std::io::stdout().lock());
    };
    free(file, args.force)?;
    let mode = if format == Format::Vcf { PERSONS_MODE } else { USUAL_MODE };
    if format == Format::Vcf {
        remember(client, file)?;
    }
    into_file(file, mode, |writer| client.download(&path, writer))?;
    said(out, std::slice::from_ref(file))
}

/// The mode of an ordinary file, before the user's own mask.
pub const USUAL_MODE: u32 = 0o666;
/// The mode of a file with personal data: for its owner alone.
const PERSONS_MODE: u32 = 0o600;

/// Whether a file may be written.
fn free(file: &Path, force: bool) -> CliResult {
    match !force && std::fs::symlink_metadata(file).is_ok() {
        true => Err(CliError::new(format!("{} is there already; nothing was written", file.display()))
            .hint("name another file, or add --force to write over it")),
        false => Ok(()),
    }
}

/// Has the node remember, for each person, that it was put into this file, so that an erasure can name it. It does so
/// before the file is written: one that is not written is better named in vain than one that is not named.
fn remember(client: &Client, file: &Path) -> CliResult {
    let file = std::path::absolute(file).map_err(|error| CliError::new(error.to_string()))?;
    for person in items(&client.get("persons")?) {
        let path = format!("persons/{}/files", encoded(&text(person, "id")));
        client.post(&path, json!({"file": file.display().to_string()}))?;
    }
    Ok(())
}

/// Writes beside and renames, so that half a file never bears the name of a whole one.
pub fn into_file(path: &Path, mode: u32, write: impl FnOnce(&mut dyn Write) -> CliResult) -> CliResult {
    let failed = |error: std::io::Error| CliError::new(format!("{}: {error}", path.display()));
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(mode);
    let mut writer = BufWriter::new(options.open(&beside).map_err(failed)?);
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
            free(&file, args.force)?;
            into_file(&file, USUAL_MODE, |writer| {
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
