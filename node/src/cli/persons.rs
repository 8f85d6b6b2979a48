//! `person`: contact persons, who reads them, and their erasure.

use super::args::PersonVerb;
use super::client::{Client, encoded, query};
use super::error::{CliError, CliResult};
use super::members::{items, text};
use super::output::{Output, plain};
use super::records::{fields_of, key_of};
use comin_protocol::ids::PERSON_KIND;
use hyper::Method;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// Runs the verb.
pub fn run(client: &Client, verb: &PersonVerb, out: &Output) -> CliResult {
    match verb {
        PersonVerb::Add { set, scope } => {
            let body = json!({"fields": fields_of(PERSON_KIND, set)?, "scope": scope_of(scope)});
            told(&client.post("persons", body)?, "cli-person-added", out)
        }
        PersonVerb::Edit { id, set } => {
            let body = json!({"fields": fields_of(PERSON_KIND, set)?});
            let path = format!("records/{}", encoded(&key_of(PERSON_KIND, id)?));
            let answer = client.send(Method::PATCH, &path, Some(body), &[("if-match", "*")])?.json()?;
            told(&answer, "cli-person-saved", out)
        }
        PersonVerb::List => list(client, out),
        PersonVerb::Show { id } => {
            super::records::show(client, &format!("records/{}", encoded(&key_of(PERSON_KIND, id)?)), out)
        }
        PersonVerb::Share { id, scope } => {
            let path = path_of(id, "scope")?;
            let answer = client.send(Method::PUT, &path, Some(json!({"scope": scope_of(scope)})), &[])?.json()?;
            told(&answer, "cli-person-shared", out)
        }
        PersonVerb::Erase { id, reason } => {
            erasure(&client.post(&path_of(id, "erase")?, json!({"reason": reason}))?, out);
            Ok(())
        }
        PersonVerb::Erasure { id } => {
            erasure(&client.get(&path_of(id, "erasure")?)?, out);
            Ok(())
        }
        PersonVerb::Access { id, format, out: file } => access(client, id, format, file.as_deref(), out),
    }
}

fn path_of(id: &str, what: &str) -> CliResult<String> {
    Ok(format!("persons/{}/{what}", encoded(&key_of(PERSON_KIND, id)?)))
}

/// `all`, `none`, or partners with commas between them.
fn scope_of(scope: &str) -> Value {
    match scope {
        "all" => json!("all"),
        "none" => json!([]),
        names => json!(names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>()),
    }
}

fn told(answer: &Value, key: &str, out: &Output) -> CliResult {
    match out.json {
        true => out.object(answer.clone()),
        false => out.say(key, &[("id", text(answer, "id").into())]),
    }
    Ok(())
}

fn list(client: &Client, out: &Output) -> CliResult {
    let answer = client.get("persons")?;
    let found = items(&answer);
    if out.json {
        out.object(json!({"items": found}));
        return Ok(());
    }
    if found.is_empty() {
        out.say("cli-nothing-found", &[]);
    }
    let row = |person: &Value| {
        let first = person.get("values").and_then(|values| values.get(0)).cloned().unwrap_or(Value::Null);
        let field = |name: &str| first.get("fields").map(|fields| text(fields, name)).unwrap_or_default();
        let due = match text(person, "due").as_str() {
            "" => String::new(),
            due => out.t(&format!("cli-person-due-{due}")),
        };
        let name = format!("{} {}", field("given_name"), field("family_name"));
        vec![text(person, "id"), name, field("role"), text(person, "controller"), field("retain_until"), due]
    };
    out.table(&found.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

/// How far an erasure has come.
fn erasure(answer: &Value, out: &Output) {
    if out.json {
        out.object(answer.clone());
        return;
    }
    let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
    let flag = |name: &str| answer.get(name).and_then(Value::as_bool).unwrap_or(false);
    if !flag("asked") {
        return out.say("cli-person-not-erased", &[]);
    }
    let counts = ["erased_devices", "devices", "partners"].map(number);
    let [erased, devices, partners] = counts;
    out.say("cli-person-erased", &[("k", erased.into()), ("n", devices.into()), ("m", partners.into())]);
    for missing in answer.get("missing").and_then(Value::as_array).into_iter().flatten() {
        let name = format!("{}, {}", text(missing, "partner_name"), text(missing, "device_name"));
        let heard = text(missing, "last_heard");
        match heard.is_empty() {
            true => out.say("cli-person-missing-unheard", &[("name", name.into())]),
            false => out.say("cli-person-missing", &[("name", name.into()), ("time", heard.into())]),
        }
    }
    if flag("waits_here") {
        out.say("cli-person-waits", &[("id", text(answer, "id").into())]);
    }
    let files: Vec<&str> =
        answer.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if !files.is_empty() {
        out.say("cli-person-files", &[]);
        files.iter().for_each(|file| out.line(format!("  {}", plain(file))));
    }
}

fn access(client: &Client, id: &str, format: &str, file: Option<&Path>, out: &Output) -> CliResult {
    let mut data = Vec::new();
    client.download(&query(&path_of(id, "access")?, &[("format", Some(format))]), &mut data)?;
    let failed = |error: std::io::Error| CliError::new(error.to_string());
    let Some(file) = file else { return std::io::stdout().write_all(&data).map_err(failed) };
    let file = std::path::absolute(file).map_err(failed)?;
    // Remembered first: a file that is not written is better named in vain than one that is not named.
    client.post(&path_of(id, "files")?, json!({"file": file.display().to_string()}))?;
    let shown = |cause: std::io::Error| CliError::new(format!("{}: {cause}", file.display()));
    let mut options = std::fs::OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(options.write(true).create_new(true), 0o600);
    options
        .open(&file)
        .and_then(|mut open| open.write_all(&data))
        .map_err(|cause| shown(cause).hint("name a file that is not there yet, in a directory that is"))?;
    out.say("cli-person-written", &[("file", file.display().to_string().into())]);
    Ok(())
}
