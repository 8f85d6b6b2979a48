//! Records of all kinds: add, edit, list, show, remove; search and conflicts.

use super::args::{ConflictsVerb, RecordVerb, SearchArgs};
use super::client::{Client, encoded, query};
use super::error::{CliError, CliResult, Exit};
use super::members::{done, items, text};
use super::output::{Output, plain};
use comin_protocol::ids::RecordKey;
use comin_protocol::schema;
use hyper::Method;
use serde_json::{Map, Value, json};

/// Items asked for at once while a list is read to its end.
const PAGE: &str = "500";

/// Runs a verb of a kind.
pub fn run(client: &Client, kind: &str, verb: &RecordVerb, out: &Output) -> CliResult {
    match verb {
        RecordVerb::Add { set, register } => add(client, kind, set, register.as_deref(), out),
        RecordVerb::Edit { id, set, register, propose: true, reason, .. } => {
            let fields = fields_of(kind, set)?;
            super::work::propose(client, (&key_of(kind, id)?, register.as_deref()), fields, reason.as_deref(), out)
        }
        RecordVerb::Edit { id, set, register, if_version, .. } => {
            let path = place(kind, id, register.as_deref())?;
            let body = json!({"fields": fields_of(kind, set)?});
            let tag = if_version.as_ref().map_or_else(|| "*".to_owned(), |version| format!("\"{version}\""));
            let answer = client.send(Method::PATCH, &path, Some(body), &[("if-match", &tag)])?.json()?;
            changed(&answer, "cli-saved", out)
        }
        RecordVerb::List { register, country, target_group, network, text, limit } => {
            let network = network.as_ref().map(|id| key_of("network", id)).transpose()?;
            let filters = [
                ("kind", Some(kind)),
                ("register", register.as_deref()),
                ("country", country.as_deref()),
                ("target_group", target_group.as_deref()),
                ("network", network.as_deref()),
                ("q", text.as_deref()),
            ];
            list(client, &filters, *limit, out)
        }
        RecordVerb::Show { id, register } => show(client, &place(kind, id, register.as_deref())?, out),
        RecordVerb::Remove { id, register } => {
            let path = place(kind, id, register.as_deref())?;
            let answer = client.send(Method::DELETE, &path, None, &[("if-match", "*")])?.json()?;
            changed(&answer, "cli-removed", out)
        }
        RecordVerb::Restore { id, register } => {
            let path = format!("records/{}/restore", encoded(&key_of(kind, id)?));
            let path = query(&path, &[("register", register.as_deref())]);
            let answer = client.send(Method::POST, &path, Some(json!({})), &[("if-match", "*")])?.json()?;
            changed(&answer, "cli-restored", out)
        }
    }
}

/// A record's id from what people write: `kind:…`, or the digits alone.
pub(super) fn key_of(kind: &str, id: &str) -> CliResult<String> {
    let whole = if id.contains(':') { id.to_owned() } else { format!("{kind}:{}", id.to_lowercase()) };
    match RecordKey::parse(&whole) {
        Some(key) if key.kind == kind => Ok(whole),
        Some(key) => Err(CliError::usage(format!("{whole} is of kind {}", key.kind))
            .hint(format!("comin {} show {whole}", key.kind))),
        None => Err(CliError::usage(format!("{} is no record id", plain(id)))
            .hint(format!("ids are shown by: comin {kind} list --text WORDS"))),
    }
}

fn place(kind: &str, id: &str, register: Option<&str>) -> CliResult<String> {
    Ok(query(&format!("records/{}", encoded(&key_of(kind, id)?)), &[("register", register)]))
}

/// `--set field=value` as JSON: sets become arrays, `field+=` and `field-=` change single members, an empty
/// value clears.
pub(super) fn fields_of(kind: &str, set: &[(String, String)]) -> CliResult<Map<String, Value>> {
    let mut out = Map::new();
    for (name, value) in set {
        let (base, change) = match (name.strip_suffix('+'), name.strip_suffix('-')) {
            (Some(base), _) => (base, Some("add")),
            (_, Some(base)) => (base, Some("remove")),
            _ => (name.as_str(), None),
        };
        check_field(kind, base)?;
        let is_set = schema::kind(kind).and_then(|kind| kind.field(base)).is_some_and(schema::Field::is_set);
        let members = || value.split('|').map(str::trim).filter(|member| !member.is_empty()).collect::<Vec<_>>();
        match change {
            Some("add") if is_log(kind, base) => drop(out.insert(base.to_owned(), json!({"add": [value]}))),
            Some(change) => {
                let entry = out.entry(base).or_insert_with(|| json!({"add": [], "remove": []}));
                if let Some(list) = entry.get_mut(change).and_then(Value::as_array_mut) {
                    list.extend(members().into_iter().map(Value::from));
                }
            }
            // Steps are added and never set anew.
            None if is_log(kind, base) => drop(out.insert(base.to_owned(), json!(value))),
            None if value.trim().is_empty() => drop(out.insert(base.to_owned(), Value::Null)),
            None if is_set => drop(out.insert(base.to_owned(), json!(members()))),
            None => drop(out.insert(base.to_owned(), json!(value))),
        }
    }
    Ok(out)
}

fn is_log(kind: &str, field: &str) -> bool {
    let field = schema::kind(kind).and_then(|kind| kind.field(field));
    field.is_some_and(|field| matches!(field.field_type, schema::FieldType::Log(_)))
}

/// Names the nearest field where there is none of that name.
fn check_field(kind: &str, name: &str) -> CliResult {
    let base = schema::base_of(name);
    let Some(known) = schema::kind(kind) else { return Ok(()) };
    if known.field(base).is_some() {
        return Ok(());
    }
    let nearest = comin_node::text::nearest(base, known.all_fields().map(|field| field.name)).unwrap_or_default();
    Err(CliError::usage(format!("a record of kind {kind} has no field `{}`", plain(base)))
        .hint(format!("did you mean `{nearest}`?")))
}

fn add(client: &Client, kind: &str, set: &[(String, String)], register: Option<&str>, out: &Output) -> CliResult {
    let mut fields = fields_of(kind, set)?;
    if schema::LANGUAGES.contains(&client.language()) {
        fields.entry("original_language").or_insert_with(|| json!(client.language()));
    }
    let body = json!({"kind": kind, "register": register, "fields": fields});
    changed(&client.post("records", body)?, "cli-added", out)
}

fn changed(answer: &Value, key: &str, out: &Output) -> CliResult {
    if out.json {
        out.object(answer.clone());
        return Ok(());
    }
    let register = values(answer).first().map(|value| text(value, "register_name")).unwrap_or_default();
    let (title, id) = (text(answer, "title"), text(answer, "id"));
    out.say(key, &[("title", title.into()), ("id", id.into()), ("register", register.into())]);
    let conflicts: usize = values(answer).iter().map(|value| conflicts_of(value).len()).sum();
    if conflicts > 0 {
        out.say("cli-to-decide", &[("n", conflicts.into())]);
    }
    Ok(())
}

fn values(record: &Value) -> &[Value] {
    record.get("values").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn conflicts_of(value: &Value) -> &[Value] {
    value.get("conflicts").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Reads a list to its end, or to the limit.
pub fn read_all(client: &Client, filters: &[(&str, Option<&str>)], limit: Option<usize>) -> CliResult<Vec<Value>> {
    let mut out = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut parameters = filters.to_vec();
        parameters.extend([("limit", Some(PAGE)), ("after", after.as_deref())]);
        let answer = client.get(&query("records", &parameters))?;
        out.extend(items(&answer).iter().cloned());
        after = answer.get("next").and_then(Value::as_str).map(str::to_owned);
        if after.is_none() || limit.is_some_and(|limit| out.len() >= limit) {
            out.truncate(limit.unwrap_or(usize::MAX));
            return Ok(out);
        }
    }
}

fn list(client: &Client, filters: &[(&str, Option<&str>)], limit: Option<usize>, out: &Output) -> CliResult {
    let found = read_all(client, filters, limit)?;
    if out.json {
        out.object(json!({"items": found}));
        return Ok(());
    }
    print_list(&found, out);
    Ok(())
}

fn print_list(found: &[Value], out: &Output) {
    if found.is_empty() {
        out.say("cli-nothing-found", &[]);
    }
    out.table(&found.iter().map(|record| row(record, out)).collect::<Vec<_>>());
}

fn row(record: &Value, out: &Output) -> Vec<String> {
    let first = values(record).first().cloned().unwrap_or(Value::Null);
    let field = |name: &str| first.get("fields").map(|fields| text(fields, name)).unwrap_or_default();
    let mut marks = Vec::new();
    if first.get("deleted").and_then(Value::as_bool).unwrap_or(false) {
        marks.push(out.t("cli-deleted"));
    }
    if values(record).iter().any(|value| !conflicts_of(value).is_empty()) {
        marks.push(out.t("mark-conflict"));
    }
    vec![
        text(record, "id"),
        field("country"),
        field("city"),
        text(&first, "register_name"),
        text(record, "title"),
        marks.join(", "),
    ]
}

pub(super) fn show(client: &Client, path: &str, out: &Output) -> CliResult {
    let record = client.get(path)?;
    if out.json {
        out.object(record);
        return Ok(());
    }
    out.line(format!("{} ({})", text(&record, "title"), text(&record, "id")));
    for value in values(&record) {
        let created = value.get("created").cloned().unwrap_or(Value::Null);
        let writable = value.get("writable").and_then(Value::as_bool).unwrap_or(false);
        let args = [
            ("register", text(value, "register_name").into()),
            ("partner", text(&created, "partner_name").into()),
            ("time", text(&created, "time").into()),
            ("version", text(value, "version").into()),
        ];
        out.line("");
        out.say(if writable { "cli-in-register" } else { "cli-in-register-read-only" }, &args);
        if value.get("deleted").and_then(Value::as_bool).unwrap_or(false) {
            out.line(format!("  {}", out.t("cli-deleted")));
        }
        out.table(&field_rows(value.get("fields"), out));
        for key in value.get("stale_translations").and_then(Value::as_array).into_iter().flatten() {
            out.line(format!("  {}: {}", plain(key.as_str().unwrap_or_default()), out.t("record-stale-translation")));
        }
        for conflict in conflicts_of(value) {
            show_conflict(conflict, out);
        }
    }
    surroundings(&record, out);
    let differs: Vec<&str> =
        record.get("differs").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if !differs.is_empty() {
        out.line("");
        out.say("cli-registers-differ", &[("fields", differs.join(", ").into())]);
    }
    Ok(())
}

/// What leads to the record, what it names and is not here, and what it is one with.
fn surroundings(record: &Value, out: &Output) {
    let list = |name: &str| record.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let section = |key: &str, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            out.line("");
            out.line(out.t(key));
            out.table(&rows);
        }
    };
    let linked = |link: &Value| vec![format!("  {}", text(link, "id")), text(link, "state"), text(link, "title")];
    if record.get("claimed") == Some(&json!(true)) {
        out.say("record-claimed", &[]);
    }
    section("cli-linked", list("linked").iter().map(linked).collect());
    let absent = |one: &Value| vec![format!("  {}", text(one, "id")), text(one, "text")];
    section("cli-absent", list("absent").iter().map(absent).collect());
    let merged = record.get("merged").filter(|merged| !merged.is_null());
    section("cli-merged", merged.map(|merged| merged_rows(merged, out)).unwrap_or_default());
}

/// Each value that records which are one say together, with the record that says it.
fn merged_rows(merged: &Value, out: &Output) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (field, values) in merged.get("fields").and_then(Value::as_object).into_iter().flatten() {
        for value in values.as_array().into_iter().flatten() {
            let source = |source: &Value| format!("{} ({})", text(source, "id"), text(source, "register_name"));
            let sources: Vec<String> =
                value.get("sources").and_then(Value::as_array).into_iter().flatten().map(source).collect();
            let shown = cell(value.get("value").unwrap_or(&Value::Null), out);
            rows.push(vec![format!("  {field}"), shown, sources.join(", ")]);
        }
    }
    rows
}

/// Fields with the names that `--set` takes.
fn field_rows(fields: Option<&Value>, out: &Output) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (name, value) in fields.and_then(Value::as_object).into_iter().flatten() {
        if name.starts_with('_') || name == "deleted" || name == "schema" {
            continue;
        }
        match value {
            Value::Object(texts) if schema::LANGUAGES.iter().any(|lang| texts.contains_key(*lang)) => {
                rows.extend(texts.iter().map(|(lang, text)| vec![format!("  {name}@{lang}"), cell(text, out)]));
            }
            other => rows.push(vec![format!("  {name}"), cell(other, out)]),
        }
    }
    rows
}

/// A value as a cell.
pub(super) fn cell(value: &Value, out: &Output) -> String {
    match value {
        Value::String(text) => plain(text),
        Value::Array(members) => members.iter().map(|member| cell(member, out)).collect::<Vec<_>>().join(" | "),
        Value::Null => out.t("cli-cleared"),
        // A step of a log, as an import and `--set` take it.
        Value::Object(step) if step.contains_key("to") && step.contains_key("at") => {
            format!("{} {}", text(value, "to"), text(value, "at"))
        }
        other => other.to_string(),
    }
}

fn show_conflict(conflict: &Value, out: &Output) {
    out.line(format!("  {}", out.tw("cli-in-conflict", &[("field", text(conflict, "field").into())])));
    for value in conflict.get("values").and_then(Value::as_array).into_iter().flatten() {
        let take = value.get("take").and_then(Value::as_u64).unwrap_or(0);
        let what = match value.get("edited").filter(|edit| !edit.is_null()) {
            Some(edit) => {
                let value = cell(edit.get("value").unwrap_or(&Value::Null), out);
                out.tw("cli-edited", &[("field", text(edit, "field").into()), ("value", value.into())])
            }
            None if value.get("value") == Some(&json!(true)) && text(conflict, "field") == "deleted" => {
                out.t("cli-deleted")
            }
            None => cell(value.get("value").unwrap_or(&Value::Null), out),
        };
        let who = format!("{}, {}, {}", text(value, "partner_name"), text(value, "device_name"), text(value, "time"));
        out.line(format!("    {take}: {what}  ({who})"));
    }
}

/// `search`.
pub fn search(client: &Client, args: &SearchArgs, out: &Output) -> CliResult {
    let limit = args.limit.to_string();
    let parameters = [
        ("q", Some(args.text.as_str())),
        ("kind", args.kind.as_deref()),
        ("register", args.register.as_deref()),
        ("country", args.country.as_deref()),
        ("target_group", args.target_group.as_deref()),
        ("network", args.network.as_deref()),
        ("language", args.language.as_deref()),
        ("limit", Some(&limit)),
    ];
    let answer = client.get(&query("search", &parameters))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    let found = items(&answer);
    print_list(found, out);
    let total = answer.get("total").and_then(Value::as_u64).unwrap_or(0);
    if total > found.len() as u64 {
        out.say("cli-search-more", &[("n", (total - found.len() as u64).into())]);
    }
    Ok(())
}

/// `conflicts`.
pub fn conflicts(client: &Client, verb: Option<&ConflictsVerb>, out: &Output) -> CliResult {
    match verb {
        Some(ConflictsVerb::Resolve { id, field, register, take, value }) => {
            resolve(client, (id, register.as_deref()), field.as_deref(), (*take, value.as_deref()), out)
        }
        Some(ConflictsVerb::List) | None => list_conflicts(client, out),
    }
}

/// Every conflict.
pub fn all_conflicts(client: &Client) -> CliResult<Vec<Value>> {
    let mut out = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let answer = client.get(&query("conflicts", &[("limit", Some(PAGE)), ("after", after.as_deref())]))?;
        out.extend(items(&answer).iter().cloned());
        after = answer.get("next").and_then(Value::as_str).map(str::to_owned);
        if after.is_none() {
            return Ok(out);
        }
    }
}

fn list_conflicts(client: &Client, out: &Output) -> CliResult {
    let found = all_conflicts(client)?;
    if out.json {
        out.object(json!({"items": found}));
        return Ok(());
    }
    if found.is_empty() {
        out.say("cli-no-conflicts", &[]);
    }
    for conflict in &found {
        let (title, register) = (text(conflict, "title"), text(conflict, "register_name"));
        out.say("cli-conflict-in", &[("title", title.into()), ("register", register.into())]);
        show_conflict(conflict, out);
        if conflict.get("writable").and_then(Value::as_bool).unwrap_or(false) {
            let (id, field) = (text(conflict, "id"), text(conflict, "field"));
            out.line(format!("  comin conflicts resolve {id} --field {field} --take N"));
        }
    }
    Ok(())
}

fn resolve(
    client: &Client,
    (id, register): (&str, Option<&str>),
    field: Option<&str>,
    (take, value): (Option<usize>, Option<&str>),
    out: &Output,
) -> CliResult {
    if RecordKey::parse(id).is_none() {
        return Err(CliError::usage(format!("{} is no record id", plain(id))).hint("comin conflicts lists them"));
    }
    let field = match field {
        Some(field) => field.to_owned(),
        None => only_field(client, id)?,
    };
    let body = json!({"field": field, "take": take, "value": value});
    let path = query(&format!("conflicts/{}/resolve", encoded(id)), &[("register", register)]);
    let answer = client.post(&path, body)?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    done(out, "cli-decided")
}

fn only_field(client: &Client, id: &str) -> CliResult<String> {
    let found = all_conflicts(client)?;
    let fields: Vec<String> =
        found.iter().filter(|conflict| text(conflict, "id") == id).map(|conflict| text(conflict, "field")).collect();
    match fields.as_slice() {
        [field] => Ok(field.clone()),
        [] => {
            Err(CliError::new(format!("nothing of {id} is in conflict")).exit(Exit::NotFound).hint("comin conflicts"))
        }
        several => Err(CliError::usage("several fields are in conflict")
            .hint(format!("name one with --field: {}", several.join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(set: &[(&str, &str)]) -> Vec<(String, String)> {
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn assignments_become_json() {
        let set = pairs(&[
            ("name", "A"),
            ("phone", ""),
            ("languages", "it | sl"),
            ("activities+", "a"),
            ("activities-", "b"),
        ]);
        let fields = Value::Object(fields_of("organisation", &set).unwrap());
        let expected = json!({"name": "A", "phone": null, "languages": ["it", "sl"],
                              "activities": {"add": ["a"], "remove": ["b"]}});
        assert_eq!(fields, expected, "texts, clearing, sets and single members");
    }

    #[test]
    fn a_slip_in_a_field_names_the_nearest() {
        let error = fields_of("organisation", &pairs(&[("pone", "1")])).unwrap_err();
        assert_eq!(
            (error.exit, error.hint.as_deref()),
            (Exit::Usage, Some("did you mean `phone`?")),
            "exit 2 with a hint"
        );
        assert!(fields_of("network", &pairs(&[("name@it", "Rete")])).is_ok(), "a language is no part of the name");
    }

    #[test]
    fn ids_may_come_without_their_kind() {
        let digits = "00112233445566778899aabbccddeeff";
        assert_eq!(key_of("network", digits).unwrap(), format!("network:{digits}"), "the verb tells the kind");
        assert!(key_of("network", &format!("event:{digits}")).is_err(), "an id of another kind is refused");
        assert!(key_of("network", "Korenine").is_err(), "a name is no id");
    }
}
