//! Federation, tickets, joining, partners, devices and registers.

use super::args::{ApprovalsVerb, InvitesVerb, PartnersVerb, RegistersVerb, StewardsVerb};
use super::client::{Client, encoded};
use super::error::{CliError, CliResult, Exit};
use super::output::{Output, plain};
use comin_node::datadir::{DataDir, write_secret_once};
use hyper::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// How often `join` looks how far it has come.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Largest ticket file in bytes.
const TICKET_BYTES_MAX: u64 = 64 * 1024;

/// What the text of a ticket begins with, whatever its version.
const TICKET_BEGINS: &str = "comin";

/// The text of a member, made safe for a terminal.
pub fn text(value: &Value, name: &str) -> String {
    plain(value.get(name).and_then(Value::as_str).unwrap_or_default())
}

/// The items of a list.
pub fn items(answer: &Value) -> &[Value] {
    answer.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `found`.
pub fn found(client: &Client, name: &str, carry_over: bool, out: &Output) -> CliResult {
    let answer = client.post("found", json!({"name": name, "carry_over": carry_over}))?;
    if out.json {
        out.object(answer);
    } else {
        out.say("cli-founded", &[("name", name.into())]);
        out.say(if carry_over { "cli-carried-over-next" } else { "cli-founded-next" }, &[]);
    }
    Ok(())
}

/// `invite`.
pub fn invite(
    client: &Client,
    (name, country): (&str, &str),
    valid: Duration,
    file: Option<&Path>,
    qr: bool,
    out: &Output,
) -> CliResult {
    if let Some(path) = file.filter(|path| path.symlink_metadata().is_ok()) {
        return Err(CliError::new(format!("{} is there already; no ticket was made", path.display()))
            .exit(Exit::Conflict)
            .hint("name another file with `--file FILE`"));
    }
    let valid_ms = u64::try_from(valid.as_millis()).unwrap_or(u64::MAX);
    let body = json!({"name": name, "country": country.to_uppercase(), "valid_ms": valid_ms});
    let ticket = client.post("invites", body)?;
    let words = text(&ticket, "text");
    if let Some(path) = file
        && let Err(error) = write_secret_once(path, &format!("{words}\n"))
    {
        // A ticket that nobody has in hand does not stay open.
        cancel(client, &text(&ticket, "id"))?;
        return Err(error.into());
    }
    if out.json {
        out.object(ticket);
        return Ok(());
    }
    let made = out.tw("cli-ticket", &[("name", name.into()), ("expires", text(&ticket, "expires").into())]);
    match file {
        Some(path) => out.line(format!("{made}: {}", path.display())),
        None => out.line(format!("{made}:\n\n{words}\n")),
    }
    match qr.then(|| comin_node::qr::terminal(&words)) {
        Some(Some(code)) => out.line(code),
        Some(None) => out.say("cli-ticket-no-code", &[]),
        None => {}
    }
    out.say("cli-ticket-hand-over", &[]);
    out.say("cli-ticket-compare", &[]);
    if !client.is_running() {
        out.say("cli-ticket-run", &[]);
    }
    Ok(())
}

fn cancel(client: &Client, id: &str) -> CliResult {
    client.send(Method::DELETE, &format!("invites/{}", encoded(id)), None, &[])?.json()?;
    Ok(())
}

/// `invites`.
pub fn invites(client: &Client, verb: Option<&InvitesVerb>, out: &Output) -> CliResult {
    if let Some(InvitesVerb::Cancel { id }) = verb {
        let id = full_id(&client.get("invites")?, id, "ticket").map_err(|error| error.or_hint("comin invites"))?;
        cancel(client, &id)?;
        return done(out, "cli-ticket-cancelled");
    }
    let answer = client.get("invites")?;
    let row = |ticket: &Value| {
        vec![
            short(ticket, "id"),
            out.t(&format!("ticket-{}", text(ticket, "state"))),
            text(ticket, "name"),
            text(ticket, "country"),
            text(ticket, "expires"),
        ]
    };
    list(out, answer, row, "cli-no-tickets")
}

/// The one id that begins so.
fn full_id(answer: &Value, beginning: &str, what: &str) -> CliResult<String> {
    let ids = items(answer).iter().map(|item| text(item, "id"));
    let found: Vec<String> = ids.filter(|id| id.starts_with(&beginning.to_lowercase())).collect();
    match found.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(CliError::new(format!("{what} {} not found", plain(beginning))).exit(Exit::NotFound)),
        _ => Err(CliError::new(format!("{beginning} begins the ids of several {what}s"))
            .exit(Exit::Conflict)
            .hint("write more of the id")),
    }
}

/// The first eight characters of an id: enough for people.
pub fn short(value: &Value, name: &str) -> String {
    text(value, name).chars().take(8).collect()
}

/// `join`.
pub fn join(client: &Client, ticket: &str, out: &Output) -> CliResult {
    let ticket = read_ticket(ticket)?;
    let whole = "hand over the whole ticket, as it was made: comin join FILE";
    client.post("join", json!({"ticket": ticket})).map_err(|error| error.or_hint(whole))?;
    let mut shown = String::new();
    loop {
        let status = client.get("status")?;
        let joining = status.get("joining").cloned().unwrap_or(Value::Null);
        let stage = text(&joining, "stage");
        let is_member = status.get("federation").is_some_and(|federation| !federation.is_null());
        if is_member && (stage == "admitted" || stage.is_empty()) {
            return joined(&status, out);
        }
        if stage == "refused" {
            let (stage, why) = (text(&joining, "refused_at"), text(&joining, "text"));
            return Err(CliError::new(format!("not admitted ({stage}): {why}"))
                .exit(Exit::Conflict)
                .hint("ask the partner who invited you for a new ticket"));
        }
        let lines = progress(&joining, out);
        if lines != shown && !out.json {
            out.line(&lines);
            shown = lines;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn joined(status: &Value, out: &Output) -> CliResult {
    let federation = status.get("federation").cloned().unwrap_or(Value::Null);
    if out.json {
        out.object(json!({"stage": "admitted", "federation": federation}));
    } else {
        out.say("cli-joined", &[("name", text(&federation, "name").into())]);
    }
    Ok(())
}

/// What a waiting newcomer needs to know.
fn progress(joining: &Value, out: &Output) -> String {
    let waits_for = text(joining, "waits_for");
    let mut lines = vec![match text(joining, "stage").as_str() {
        "dialling" => match text(joining, "last_try") {
            tried if tried.is_empty() => out.t("cli-join-dialling"),
            tried => out.tw("cli-join-tried", &[("what", tried.into())]),
        },
        "committed" => out.t("cli-join-committed"),
        "waiting" if waits_for.is_empty() => out.t("cli-join-waiting"),
        "waiting" => out.tw("cli-join-waiting-for", &[("name", waits_for.into())]),
        _ => out.tw("cli-joining", &[("stage", text(joining, "stage_text").into())]),
    }];
    let number = text(joining, "check_number");
    if !number.is_empty() {
        lines.push(format!("{} {number}", out.t("check-number")));
        lines.extend(["cli-join-read-out", "cli-join-close"].map(|key| out.t(key)));
    }
    lines.join("\n")
}

/// The text of a ticket, or of the file that holds it.
fn read_ticket(given: &str) -> CliResult<String> {
    let path = Path::new(given);
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() && file.len() <= TICKET_BYTES_MAX => {
            std::fs::read_to_string(path).map_err(|error| CliError::new(format!("{}: {error}", path.display())))
        }
        Ok(_) => {
            Err(CliError::new(format!("{} is no ticket", path.display()))
                .hint("name the ticket's file, or paste its text"))
        }
        Err(_) if given.trim_start().to_lowercase().starts_with(TICKET_BEGINS) => Ok(given.to_owned()),
        Err(error) => Err(CliError::new(format!("{} is neither a ticket nor a file: {error}", plain(given)))
            .hint("name the ticket's file, or paste its text, which begins with comin1-")),
    }
}

/// `approvals`.
pub fn approvals(client: &Client, verb: Option<&ApprovalsVerb>, out: &Output) -> CliResult {
    let decide = |id: &str, what: &str| {
        let answer = client.post(&format!("approvals/{}/{what}", encoded(id)), json!({}));
        answer.map_err(|error| error.or_hint("comin approvals"))
    };
    match verb {
        Some(ApprovalsVerb::Approve { id }) => decided(out, decide(id, "approve")?, &out.t("cli-approved")),
        Some(ApprovalsVerb::Reject { id }) => {
            decide(id, "reject")?;
            done(out, "cli-rejected")
        }
        Some(ApprovalsVerb::List) | None => list_approvals(client, out),
    }
}

/// Says what has become of something that stewards decide.
pub fn decided(out: &Output, answer: Value, told: &str) -> CliResult {
    if out.json {
        out.object(answer);
    } else if answer.get("decided").and_then(Value::as_bool).unwrap_or(true) {
        out.line(told);
    } else {
        out.say("cli-proposed", &[("names", names(&answer, "waits_for").into())]);
        out.say("cli-proposed-next", &[("id", short(&answer, "draft").into())]);
    }
    Ok(())
}

/// The names of a list of partners, with commas between.
fn names(value: &Value, list: &str) -> String {
    let partners = value.get(list).and_then(Value::as_array).into_iter().flatten();
    partners.map(|partner| text(partner, "name")).collect::<Vec<_>>().join(", ")
}

fn list_approvals(client: &Client, out: &Output) -> CliResult {
    let answer = client.get("approvals")?;
    if out.json || items(&answer).is_empty() {
        return list(out, answer, |_| Vec::new(), "cli-no-approvals");
    }
    for draft in items(&answer).iter().filter(|item| item.get("signed_by").is_some()) {
        show_draft(draft, out);
    }
    for founded in items(&answer).iter().filter(|item| text(item, "kind") == "carry-over") {
        show_carried_over(founded, out);
    }
    for pending in items(&answer).iter().filter(|item| text(item, "kind") == "join") {
        let (name, country) = (text(pending, "name"), text(pending, "country"));
        out.say("cli-asks", &[("name", name.as_str().into()), ("country", country.into())]);
        let ticket_name = text(pending, "ticket_name");
        if ticket_name != name {
            out.line(format!("  {}", out.tw("approval-other-name", &[("name", ticket_name.into())])));
        }
        out.line(format!("  {} {}", out.t("check-number"), text(pending, "check_number")));
        for key in ["cli-asks-same", "cli-asks-other"] {
            out.line(format!("  {}", out.tw(key, &[("id", short(pending, "id").into())])));
        }
    }
    Ok(())
}

fn show_draft(draft: &Value, out: &Output) {
    let id = short(draft, "id");
    out.line(text(draft, "text"));
    for (list, key) in [("signed_by", "signed"), ("missing", "missing"), ("refused_by", "refused")] {
        let names = names(draft, list);
        if !names.is_empty() {
            let n = draft.get("majority").and_then(Value::as_u64).unwrap_or(0);
            let told = out.tw(&format!("draft-{key}"), &[("names", names.into()), ("n", n.into())]);
            out.line(format!("  {told}"));
        }
    }
    let asked = draft.get("awaits_you").and_then(Value::as_bool).unwrap_or(false);
    let keys: &[&str] = match text(draft, "state").as_str() {
        "refused" => &["cli-draft-lost"],
        "dormant" => &["cli-draft-dormant"],
        _ if asked => &["cli-draft-sign", "cli-draft-refuse"],
        _ => &["cli-draft-id"],
    };
    for key in keys {
        out.line(format!("  {}", out.tw(key, &[("id", id.as_str().into())])));
    }
}

/// The texts of a list, as they can be shown.
fn texts(item: &Value, name: &str) -> Vec<String> {
    item.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(plain).collect()
}

fn show_carried_over(founded: &Value, out: &Output) {
    let id = short(founded, "id");
    out.line(text(founded, "text"));
    let left = texts(founded, "left");
    if !left.is_empty() {
        out.line(format!("  {}", out.t("carried-over-left")));
        left.iter().for_each(|what| out.line(format!("    {what}")));
    }
    let has_us = founded.get("has_us").and_then(Value::as_bool).unwrap_or(false);
    let go = if has_us { "cli-carried-over-go" } else { "carried-over-without-us" };
    for key in [go, "cli-carried-over-stay"] {
        out.line(format!("  {}", out.tw(key, &[("id", id.as_str().into())])));
    }
}

/// `restore --alone`.
pub fn confirm_alone(client: &Client, out: &Output) -> CliResult {
    client.post("restore/alone", json!({}))?;
    done(out, "cli-restored-alone")
}

/// `stewards`.
pub fn stewards(client: &Client, verb: Option<&StewardsVerb>, out: &Output) -> CliResult {
    if let Some(StewardsVerb::Set { partners }) = verb {
        let answer = client.send(Method::PUT, "stewards", Some(json!({"stewards": partners})), &[])?.json()?;
        return decided(out, answer, &out.t("cli-stewards-set"));
    }
    let answer = client.get("stewards")?;
    let majority = answer.get("majority").and_then(Value::as_u64).unwrap_or(0);
    let is = |steward: &Value, name: &str| steward.get(name).and_then(Value::as_bool).unwrap_or(false);
    let row = |steward: &Value| {
        let own = if is(steward, "self") { out.t("cli-this-partner") } else { String::new() };
        let key = if is(steward, "key_in_force") { String::new() } else { out.t("cli-steward-key") };
        vec![short(steward, "id"), text(steward, "country"), text(steward, "name"), own, key]
    };
    let count = items(&answer).len();
    list(out, answer, row, "cli-no-stewards")?;
    if !out.json {
        out.say("cli-stewards-decide", &[("n", majority.into()), ("count", count.into())]);
    }
    Ok(())
}

/// `partners`.
pub fn partners(client: &Client, dir: &DataDir, verb: Option<&PartnersVerb>, out: &Output) -> CliResult {
    let answer = client.get("partners")?;
    match verb {
        Some(PartnersVerb::Show { partner }) => return show_partner(client, &answer, partner, out),
        Some(PartnersVerb::Remove { partner }) => {
            let path = format!("partners/{}", encoded(partner));
            let answer = client.send(Method::DELETE, &path, None, &[])?.json()?;
            return decided(out, answer, &out.t("cli-partner-removed"));
        }
        Some(PartnersVerb::Rekey { partner, kit, key }) => {
            return super::rekey::run(client, dir, &answer, (partner, kit.as_deref(), key.as_deref()), out);
        }
        Some(PartnersVerb::List) | None => {}
    }
    let row = |partner: &Value| {
        let is = |name: &str| partner.get(name).and_then(Value::as_bool).unwrap_or(false);
        let marks = [("self", "cli-this-partner"), ("steward", "partners-steward"), ("removed", "partners-removed")];
        let words: Vec<String> = marks.iter().filter(|(name, _)| is(name)).map(|(_, key)| out.t(key)).collect();
        vec![short(partner, "id"), text(partner, "country"), text(partner, "name"), words.join(", ")]
    };
    list(out, answer, row, "cli-no-partners")
}

fn show_partner(client: &Client, partners: &Value, wanted: &str, out: &Output) -> CliResult {
    let partner = find_partner(partners, wanted)?;
    let devices = client.get("devices")?;
    let own: Vec<Value> =
        items(&devices).iter().filter(|device| device.get("partner") == partner.get("id")).cloned().collect();
    let status = client.get("status")?;
    let peers = status.get("peers").and_then(Value::as_array).cloned().unwrap_or_default();
    let exchange = peers.into_iter().find(|peer| peer.get("partner") == partner.get("id"));
    if out.json {
        out.object(json!({"partner": partner, "devices": own, "exchange": exchange}));
        return Ok(());
    }
    out.line(format!("{} ({})", text(partner, "name"), text(partner, "country")));
    out.line(format!("  id {}", text(partner, "id")));
    if let Some(exchange) = exchange {
        out.line(format!("  {}", super::status::peer_line(&exchange, out)));
    }
    for device in &own {
        let addresses = texts(device, "addresses");
        out.line(format!("  {} {} {}", short(device, "id"), text(device, "name"), addresses.join(" ")));
    }
    Ok(())
}

/// The partner that `wanted` names, or begins the id of.
pub fn find_partner<'a>(partners: &'a Value, wanted: &str) -> CliResult<&'a Value> {
    let folded = comin_node::text::folded(wanted);
    let named = |partner: &&Value| comin_node::text::folded(&text(partner, "name")) == folded;
    let begins = |partner: &&Value| folded.len() >= 4 && text(partner, "id").starts_with(&folded);
    let found = items(partners).iter().find(named).or_else(|| items(partners).iter().find(begins));
    let names = items(partners).iter().map(|partner| text(partner, "name")).collect::<Vec<_>>();
    let nearest = comin_node::text::nearest(wanted, names.iter().map(String::as_str)).unwrap_or_default().to_owned();
    found.ok_or_else(|| {
        CliError::new(format!("partner {} not found", plain(wanted)))
            .exit(Exit::NotFound)
            .hint(format!("comin partners show \"{nearest}\""))
    })
}

/// `registers`.
pub fn registers(client: &Client, verb: Option<&RegistersVerb>, out: &Output) -> CliResult {
    let lists = |error: CliError| error.or_hint("names and ids are shown by: comin registers, comin partners");
    match verb {
        Some(RegistersVerb::Add { name, writers }) => {
            let body = json!({"name": name, "writers": writers_of(writers)});
            let answer = client.post("registers", body).map_err(lists)?;
            let args = [("name", name.as_str().into()), ("id", text(&answer, "id").into())];
            let told = out.tw("cli-register-made", &args);
            decided(out, answer, &told)
        }
        Some(RegistersVerb::Set { register, writers }) => {
            let path = format!("registers/{}/writers", encoded(register));
            let body = Some(json!({"writers": writers_of(writers)}));
            let answer = client.send(Method::PUT, &path, body, &[]).and_then(|answer| answer.json()).map_err(lists)?;
            decided(out, answer, &out.t("cli-writers-set"))
        }
        Some(RegistersVerb::List) | None => {
            list(out, client.get("registers")?, |register| register_row(register, out), "cli-no-registers")
        }
    }
}

fn writers_of(text: &str) -> Value {
    match text.trim() {
        "all" => json!("all"),
        several => several.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
    }
}

fn register_row(register: &Value, out: &Output) -> Vec<String> {
    let written_by = match register.get("writers") {
        Some(Value::Array(partners)) => {
            let names = partners.iter().map(|partner| text(partner, "name")).collect::<Vec<_>>().join(", ");
            out.tw("cli-written-by", &[("names", names.into())])
        }
        _ => out.t("cli-written-by-all"),
    };
    let writes = register.get("writable").and_then(Value::as_bool).unwrap_or(false);
    let records = register.get("records").and_then(Value::as_u64).unwrap_or(0);
    let who = match text(register, "kind").as_str() {
        "shared" => written_by,
        kind => out.t(&format!("cli-register-{kind}")),
    };
    let mark = out.t(if writes { "cli-yours-to-write" } else { "record-read-only" });
    let count = out.tw("n-records", &[("n", records.into())]);
    vec![short(register, "id"), text(register, "name"), who, mark, count]
}

/// Prints a list, or the message `empty` where there is nothing.
pub fn list(out: &Output, answer: Value, row: impl Fn(&Value) -> Vec<String>, empty: &str) -> CliResult {
    if out.json {
        out.object(answer);
    } else if items(&answer).is_empty() {
        out.say(empty, &[]);
    } else {
        out.table(&items(&answer).iter().map(row).collect::<Vec<_>>());
    }
    Ok(())
}

/// Says with a message of the catalogue that it is done.
pub fn done(out: &Output, key: &str) -> CliResult {
    if out.json {
        out.object(json!({"done": true}));
    } else {
        out.say(key, &[]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_by_its_beginning() {
        let answer = json!({"items": [{"id": "abcd01"}, {"id": "abff02"}]});
        assert_eq!(full_id(&answer, "ABC", "ticket").unwrap(), "abcd01", "one begins so, in any case");
        assert_eq!(full_id(&answer, "ab", "ticket").unwrap_err().exit, Exit::Conflict, "two begin so");
        assert_eq!(full_id(&answer, "00", "ticket").unwrap_err().exit, Exit::NotFound, "none begins so");
    }

    #[test]
    fn writers_are_names_or_all() {
        assert_eq!(writers_of("all"), json!("all"), "everybody");
        assert_eq!(writers_of("EDIAS, Veneto Lavoro,"), json!(["EDIAS", "Veneto Lavoro"]), "names with commas between");
    }
}
