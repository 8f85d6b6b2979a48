//! From nothing to three nodes of one federation that hold the same state.

use super::load::{Data, Partner};
use super::office::{Office, Stage, finish, wait_for};
use crate::cli::{CliError, CliResult, items, text};
use comin_protocol::ids::{tagged_hash, to_hex};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

/// Sets everything up; tells on the standard error how far it is.
///
/// # Errors
/// The first command that fails.
pub fn set_up(stage: &Stage, data: &Data) -> CliResult<[Office; 3]> {
    let open = |partner: &Partner| {
        say(&format!("Starting {} ({}) …", partner.name, partner.country));
        Office::open(stage, &partner.slug, &partner.name, &partner.country, &partner.language)
    };
    let offices: Vec<Office> = data.partners.iter().map(open).collect::<CliResult<_>>()?;
    let offices: [Office; 3] =
        offices.try_into().map_err(|_| CliError::new("the demo data names not three partners"))?;
    let [slovenia, italy, france] = &offices;
    say(&format!("{} founds the federation COM-IN …", slovenia.name));
    slovenia.cli(&["found", "COM-IN"])?;
    for newcomer in [italy, france] {
        say(&format!("{} joins with a ticket …", newcomer.name));
        admit(stage, slovenia, newcomer)?;
    }
    let registers = add_registers(&offices, data)?;
    let total = data.record_count();
    data.load(&offices, &registers, |n| progress(n, total))?;
    say("Exchanging …");
    wait_for("the exchange", || Ok(is_same(&offices)?.then_some(())))?;
    Ok(offices)
}

/// Ticket, join, check number, approval: as two people on the telephone would do it.
fn admit(stage: &Stage, inviter: &Office, newcomer: &Office) -> CliResult {
    let file = stage.dir.join(format!("{}-ticket.txt", newcomer.slug));
    let file = file.to_string_lossy().into_owned();
    inviter.cli(&["invite", &newcomer.name, "--country", &newcomer.country, "--file", &file])?;
    let joining = newcomer.begin(&["join", &file])?;
    let pending = wait_for("the newcomer's arrival", || Ok(items(&inviter.get("approvals")?).first().cloned()))?;
    let shown = wait_for("the check number", || {
        let status = newcomer.get("status")?;
        let number = status.get("joining").map(|joining| text(joining, "check_number")).unwrap_or_default();
        Ok((!number.is_empty()).then_some(number))
    })?;
    if shown != text(&pending, "check_number") {
        return Err(CliError::new("the two check numbers differ"));
    }
    inviter.cli(&["approvals", "approve", &text(&pending, "id")])?;
    finish(joining).map(|_| ())
}

/// Creates the shared registers and waits until every node knows them.
fn add_registers(offices: &[Office; 3], data: &Data) -> CliResult<HashMap<String, String>> {
    let [slovenia, ..] = offices;
    let name =
        |slug: &String| data.partners.iter().find(|partner| partner.slug == *slug).map(|partner| partner.name.clone());
    let mut ids = HashMap::new();
    for register in &data.registers {
        let writers = register.writers.iter().filter_map(name).collect::<Vec<_>>().join(",");
        let added = slovenia.cli(&["registers", "add", &register.name, "--writers", &writers])?;
        ids.insert(register.slug.clone(), text(&added, "id"));
    }
    for office in offices {
        wait_for("the registers' arrival", || {
            let known = office.get("registers")?;
            let has = |id: &String| items(&known).iter().any(|register| text(register, "id") == *id);
            Ok(ids.values().all(has).then_some(()))
        })?;
    }
    Ok(ids)
}

/// Whether all three hold the same: a hash over every register that all may read.
///
/// # Errors
/// What a node says.
pub fn is_same(offices: &[Office; 3]) -> CliResult<bool> {
    let mut states = Vec::new();
    for office in offices {
        states.push(state(office)?);
    }
    Ok(states.windows(2).all(|pair| pair.first() == pair.last()))
}

/// Register id → hash of its content, and the number of its records.
///
/// # Errors
/// What the node says.
pub fn state(office: &Office) -> CliResult<BTreeMap<String, (String, usize)>> {
    let mut out = BTreeMap::new();
    let registers = office.get("registers")?;
    for register in items(&registers).iter().filter(|register| text(register, "kind") != "internal") {
        let id = text(register, "id");
        let export = office.get(&format!("export?format=json&register={id}"))?;
        let records: Vec<String> = export
            .get("records")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|record| content(record, &id).to_string())
            .collect();
        let parts: Vec<&[u8]> = records.iter().map(String::as_bytes).collect();
        out.insert(id, (to_hex(&tagged_hash("comin/demo/1", &parts)), records.len()));
    }
    Ok(out)
}

/// What a record says in one register, without what depends on who reads it.
fn content(record: &Value, register: &str) -> Value {
    let values = record.get("values").and_then(Value::as_array).into_iter().flatten();
    let here = values.filter(|value| text(value, "register") == register);
    let member = |value: &Value, name: &str| value.get(name).cloned().unwrap_or(Value::Null);
    let kept = ["version", "fields", "deleted", "conflicts"];
    let read = |value: &Value| kept.iter().map(|name| member(value, name)).collect::<Vec<_>>();
    json!([text(record, "id"), here.map(read).collect::<Vec<_>>()])
}

/// Tells how far the preparation is.
fn say(what: &str) {
    // A terminal that has gone is no reason to leave three nodes behind.
    let _ = writeln!(std::io::stderr(), "{what}");
}

fn progress(n: usize, total: usize) {
    if n.is_multiple_of(10) || n == total {
        say(&format!("Loading sample data: {n} of {total} records"));
    }
}
