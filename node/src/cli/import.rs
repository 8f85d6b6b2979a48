//! `import`.

use super::args::ImportArgs;
use super::client::{Client, query};
use super::error::{CliError, CliResult, Exit};
use super::members::text;
use super::output::Output;
use comin_node::datadir::quoted;
use comin_node::import::{IMPORT_BYTES_MAX, mapping_file};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;

/// Lines of one list shown to people; programs get as many as the node lists.
const LINES_SHOWN: usize = 50;
/// Characters of the bar.
const BAR_CHARS: u64 = 30;

/// Runs the verb.
pub fn run(client: &Client, args: &ImportArgs, out: &Output) -> CliResult<Exit> {
    let map = args.map.as_deref().map(read_map).transpose()?;
    let bytes = read_file(&args.file)?;
    let path = path(client, args, map.as_ref())?;
    let mut progress = Progress { out, shown: false };
    let answer = client.upload(&path, "application/octet-stream", bytes, &mut |line| progress.show(line));
    progress.end();
    let answer = answer?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if let (Some(file), Some(mapping)) = (&args.save_map, body.get("mapping").filter(|mapping| !mapping.is_null())) {
        save_map(file, mapping)?;
    }
    let errors = list(&body, "errors");
    if errors.is_empty() {
        let terms = "--purpose TEXT --legal-basis CODE --retain-until YYYY-MM-DD";
        let report = answer.json().map_err(|error| match body.get("persons") {
            Some(_) => error.hint(format!("{} {terms}, or with --without-persons", command(args))),
            None => error,
        })?;
        return reported(report, args, out);
    }
    let total = body.get("errors_total").and_then(Value::as_u64).unwrap_or(errors.len() as u64);
    if out.json {
        out.object(json!({"errors": errors, "errors_total": total, "mapping": body.get("mapping")}));
    } else {
        mapping(&body, out);
        for error in errors.iter().take(LINES_SHOWN) {
            out.line(refused(error, out));
        }
        more(total as usize, out);
    }
    let map = format!("{} --dry-run --save-map columns.toml", command(args));
    Err(CliError::new(format!("{total} values cannot be taken; nothing was imported")).hint(format!(
        "correct the rows named and run the same command again; where a column is taken for another: {map}, then --map columns.toml"
    )))
}

/// A value that cannot be taken, with its place and the reason in the reader's language, where there are words for it.
fn refused(error: &Value, out: &Output) -> String {
    let reason = Some(text(error, "text")).filter(|told| !told.is_empty()).unwrap_or_else(|| text(error, "reason"));
    let (row, column) = (number(error, "row"), text(error, "column"));
    match column.is_empty() {
        true => out.tw("cli-row-refused-whole", &[("row", row.into()), ("reason", reason.into())]),
        false => {
            out.tw("cli-row-refused", &[("row", row.into()), ("column", column.into()), ("reason", reason.into())])
        }
    }
}

/// The command that imports this file.
fn command(args: &ImportArgs) -> String {
    let kind = args.kind.as_deref().map(|kind| format!(" --kind {kind}")).unwrap_or_default();
    let map = args.map.as_deref().map(|map| format!(" --map {}", quoted(map))).unwrap_or_default();
    format!("comin import {}{kind}{map}", quoted(&args.file))
}

fn path(client: &Client, args: &ImportArgs, map: Option<&Value>) -> CliResult<String> {
    let kind = args.kind.as_deref().or_else(|| map?.get("kind")?.as_str());
    let kind = kind
        .ok_or_else(|| CliError::usage("the mapping names no kind").hint("add --kind, such as --kind organisation"))?;
    let set: Map<String, Value> = args.set.iter().map(|(field, value)| (field.clone(), json!(value))).collect();
    let (map, set) = (map.map(Value::to_string), (!set.is_empty()).then(|| Value::Object(set).to_string()));
    let flag = |flag: bool| flag.then_some("true");
    let email = match (args.allow_personal_email, args.leave_personal_email) {
        (true, _) => Some("allow"),
        (_, true) => Some("leave"),
        _ => None,
    };
    let scope = args.scope.as_deref().filter(|scope| *scope != "none");
    Ok(query(
        "import",
        &[
            ("kind", Some(kind)),
            ("register", args.register.as_deref()),
            ("dry_run", flag(args.dry_run)),
            ("language", Some(args.language.as_deref().unwrap_or(client.language()))),
            ("map", map.as_deref()),
            ("key", args.key.as_deref()),
            ("set", set.as_deref()),
            ("encoding", args.encoding.as_deref()),
            ("sheet", args.sheet.as_deref()),
            ("positions", args.no_positions.then_some("false")),
            ("personal_email", email),
            ("without_persons", flag(args.without_persons)),
            ("purpose", args.purpose.as_deref()),
            ("legal_basis", args.legal_basis.as_deref()),
            ("retain_until", args.retain_until.as_deref()),
            ("informed_on", args.informed_on.as_deref()),
            ("scope", scope),
        ],
    ))
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
            self.shown |= write!(std::io::stderr(), "\r{} {text}", bar(written, total)).is_ok();
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

fn bar(written: u64, total: u64) -> String {
    let full = written.saturating_mul(BAR_CHARS).checked_div(total).unwrap_or(BAR_CHARS).min(BAR_CHARS);
    let part = |sign: &str, n: u64| sign.repeat(usize::try_from(n).unwrap_or(0));
    format!("[{}{}]", part("#", full), part(".", BAR_CHARS - full))
}

fn reported(report: Value, args: &ImportArgs, out: &Output) -> CliResult<Exit> {
    if out.json {
        out.object(report);
        return Ok(Exit::Ok);
    }
    mapping(&report, out);
    let key = if args.dry_run { "cli-would-import" } else { "cli-imported" };
    out.say(key, &counts(&report, &["added", "changed", "unchanged"]));
    for (name, key) in [
        ("absent", "cli-import-absent"),
        ("elsewhere", "cli-import-elsewhere"),
        ("ids_unknown", "cli-import-ids-unknown"),
        ("emails_left", "cli-import-emails-left"),
    ] {
        if number(&report, name) > 0 {
            out.say(key, &[("n", number(&report, name).into())]);
        }
    }
    let nothing = Value::Null;
    let persons = report.get("persons").unwrap_or(&nothing);
    if ["added", "changed", "unchanged"].iter().any(|name| number(persons, name) > 0) {
        out.say("cli-import-persons", &counts(persons, &["added", "changed", "unchanged"]));
        if persons.get("needs_terms").and_then(Value::as_bool) == Some(true) {
            out.say("cli-import-persons-terms", &[]);
        }
    }
    let positions = report.get("positions").unwrap_or(&nothing);
    if ["filled", "unknown", "several"].iter().any(|name| number(positions, name) > 0) {
        out.say("cli-import-positions", &counts(positions, &["filled", "unknown", "several"]));
    }
    lists(&report, args, out);
    Ok(Exit::Ok)
}

/// What would change, what is not in the file, and what may be there already.
fn lists(report: &Value, args: &ImportArgs, out: &Output) {
    let changes = if args.dry_run { list(report, "changes") } else { Vec::new() };
    for change in changes.iter().take(LINES_SHOWN) {
        let (row, what) = (number(change, "row"), text(change, "what"));
        let told = match what.strip_prefix("change ") {
            Some(fields) => out.tw("cli-row-would-change", &[("row", row.into()), ("fields", fields.into())]),
            None => out.tw("cli-row-would-add", &[("row", row.into())]),
        };
        out.line(format!("  {told}"));
    }
    more(changes.len(), out);
    let absent = if args.dry_run { list(report, "absent_records") } else { Vec::new() };
    for record in absent.iter().take(LINES_SHOWN) {
        let told =
            out.tw("cli-record-absent", &[("title", text(record, "title").into()), ("id", text(record, "id").into())]);
        out.line(format!("  {told}"));
    }
    more(absent.len(), out);
    let duplicates = list(report, "duplicates");
    if !duplicates.is_empty() {
        out.say("cli-import-duplicates", &[]);
    }
    for duplicate in duplicates.iter().take(LINES_SHOWN) {
        let reason = out.t(&format!("cli-duplicate-{}", text(duplicate, "reason")));
        let row = number(duplicate, "row");
        let (title, id) = (text(duplicate, "title"), text(duplicate, "id"));
        let args = [("row", row.into()), ("title", title.into()), ("reason", reason.into())];
        let told = match duplicate.get("other_row").and_then(Value::as_u64) {
            Some(other) => out.tw("cli-row-like-row", &[&args[..], &[("other", other.into())]].concat()),
            None => out.tw("cli-row-duplicate", &[&args[..], &[("id", id.into())]].concat()),
        };
        out.line(format!("  {told}"));
    }
    more(duplicates.len(), out);
}

/// Which column was taken for what.
fn mapping(report: &Value, out: &Output) {
    let Some(mapping) = report.get("mapping").filter(|mapping| mapping.is_object()) else { return };
    let columns = mapping.get("columns").and_then(Value::as_object);
    let taken = columns.into_iter().flatten().filter_map(|(heading, field)| {
        let field = field.as_str().filter(|field| !field.is_empty())?;
        Some(if field == heading { field.to_owned() } else { format!("{heading} → {field}") })
    });
    let texts = |name: &str| list(report, name).iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    let keys = mapping.get("key").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    out.say("cli-import-columns", &[("columns", taken.collect::<Vec<_>>().join(", ").into())]);
    let not_taken = texts("not_taken");
    if !not_taken.is_empty() {
        out.say("cli-import-not-taken", &[("columns", not_taken.join(", ").into())]);
    }
    let keys = keys.collect::<Vec<_>>().join(", ");
    if !keys.is_empty() {
        out.say("cli-import-key", &[("fields", keys.into())]);
    }
}

fn list(report: &Value, name: &str) -> Vec<Value> {
    report.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn counts<'a>(value: &Value, names: &[&'a str]) -> Vec<(&'a str, comin_node::i18n::Arg)> {
    names.iter().map(|name| (*name, number(value, name).into())).collect()
}

fn more(total: usize, out: &Output) {
    if total > LINES_SHOWN {
        out.say("cli-and-more", &[("n", (total - LINES_SHOWN).into())]);
    }
}

/// A mapping that an earlier import has saved.
fn read_map(path: &Path) -> CliResult<Value> {
    let failed = |error: &dyn std::fmt::Display| {
        CliError::new(format!("{}: {error}", path.display()))
            .hint("comin import FILE --kind KIND --dry-run --save-map FILE writes one")
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    toml::from_str(&text).map_err(|error| failed(&error.message()))
}

/// Writes a mapping for people to change and use again.
fn save_map(path: &Path, mapping: &Value) -> CliResult {
    let failed = |error: &dyn std::fmt::Display| CliError::new(format!("{}: {error}", path.display()));
    let file = mapping_file(mapping).map_err(|error| failed(&error))?;
    std::fs::write(path, file).map_err(|error| failed(&error).hint("name a file in a directory that is there"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert_eq!((bar(0, 10).matches('#').count(), bar(10, 10).matches('#').count()), (0, 30), "from nothing to all");
        assert_eq!((bar(1, 2).len(), bar(0, 0).matches('#').count()), (32, 30), "always as wide, and full of nothing");
    }
}
