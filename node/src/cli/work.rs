//! The work of coordinators: interest, proposals, records that are one, stale records, news.

use super::args::{InterestVerb, PracticeArgs, PracticeVerb, ProposalsVerb, SameArgs, SameasVerb};
use super::client::{Client, encoded, query};
use super::error::CliResult;
use super::members::{items, text};
use super::output::Output;
use super::records::{key_of, run};
use comin_protocol::schema;
use serde_json::{Map, Value, json};

/// `interest`.
pub fn interest(client: &Client, verb: &InterestVerb, out: &Output) -> CliResult {
    match verb {
        InterestVerb::Record(verb) => run(client, "interest", verb, out),
        InterestVerb::Several(args) => {
            let organisations = args.organisations.iter().map(|id| key_of("organisation", id));
            let mut body = json!({
                "organisations": organisations.collect::<CliResult<Vec<_>>>()?,
                "network": key_of("network", &args.network)?,
            });
            let event = args.event.as_ref().map(|id| key_of("event", id)).transpose()?;
            let given = [("event", event), ("at", args.at.clone()), ("register", args.register.clone())];
            if let Some(members) = body.as_object_mut() {
                members.extend(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))));
            }
            let answer = client.post("interests", body)?;
            if out.json {
                out.object(answer);
                return Ok(());
            }
            out.say("cli-interest-recorded", &[("n", items(&answer).len().into())]);
            out.table(
                &items(&answer).iter().map(|item| vec![text(item, "id"), text(item, "title")]).collect::<Vec<_>>(),
            );
            Ok(())
        }
        InterestVerb::Advance { id, to, at, register } => {
            let path = format!("records/{}/advance", encoded(&key_of("interest", id)?));
            let path = query(&path, &[("register", register.as_deref())]);
            let mut body = json!({"to": to});
            if let (Some(at), Some(members)) = (at, body.as_object_mut()) {
                members.insert("at".into(), json!(at));
            }
            let answer = client.post(&path, body)?;
            if out.json {
                out.object(answer);
                return Ok(());
            }
            advanced(&answer, ("interest_status", to), out);
            let membership = text(&answer, "membership");
            if !membership.is_empty() {
                out.say("cli-membership", &[("id", membership.into())]);
            }
            Ok(())
        }
    }
}

/// `practice`.
pub fn practice(client: &Client, verb: &PracticeVerb, out: &Output) -> CliResult {
    let (args, state) = match verb {
        PracticeVerb::Record(verb) => return run(client, "practice", verb, out),
        PracticeVerb::Review(args) => (args, "review"),
        PracticeVerb::Publish(args) => (args, "published"),
        PracticeVerb::Archive(args) => (args, "archived"),
    };
    let PracticeArgs { id, register } = args;
    let path = format!("records/{}/advance", encoded(&key_of("practice", id)?));
    let answer = client.post(&query(&path, &[("register", register.as_deref())]), json!({"to": state}))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    advanced(&answer, ("practice_state", state), out);
    Ok(())
}

/// Says in which state a record is now, in the words of the reader's language.
fn advanced(answer: &Value, (list, state): (&str, &str), out: &Output) {
    let term = schema::vocabulary(list).and_then(|list| list.find(state));
    let state = term.map_or(state, |term| term.label(out.lang.code()));
    out.say("cli-advanced", &[("title", text(answer, "title").into()), ("status", state.into())]);
}

/// `sameas`.
pub fn sameas(client: &Client, verb: &SameasVerb, out: &Output) -> CliResult {
    let (args, state) = match verb {
        SameasVerb::Record(verb) => return run(client, "sameas", verb, out),
        SameasVerb::Suggest => return suggest(client, out),
        SameasVerb::Confirm(args) => (args, "confirmed"),
        SameasVerb::Refuse(args) => (args, "refused"),
        SameasVerb::Undo(args) => (args, "suggested"),
    };
    let SameArgs { id, other, register } = args;
    let mut body = match other {
        Some(other) => json!({"a": id, "b": other, "state": state}),
        None => json!({"id": key_of("sameas", id)?, "state": state}),
    };
    if let (Some(register), Some(members)) = (register, body.as_object_mut()) {
        members.insert("register".into(), json!(register));
    }
    let answer = client.post("sameas", body)?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    out.say("cli-same-set", &[("title", text(&answer, "title").into()), ("state", state.into())]);
    Ok(())
}

fn suggest(client: &Client, out: &Output) -> CliResult {
    let answer = client.get("sameas")?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    if items(&answer).is_empty() {
        out.say("cli-no-suggestions", &[]);
    }
    for item in items(&answer) {
        let args = [("a", "a_title"), ("first", "a"), ("b", "b_title"), ("second", "b")];
        out.say("cli-suggestion", &args.map(|(name, member)| (name, text(item, member).into())));
        for reason in item.get("reasons").and_then(Value::as_array).into_iter().flatten() {
            out.line(format!("  {}", text(reason, "text")));
        }
        out.line(format!("  {}", out.tw("cli-suggestion-decide", &[("id", text(item, "id").into())])));
    }
    Ok(())
}

/// `KIND edit --propose`.
pub fn propose(
    client: &Client,
    (id, register): (&str, Option<&str>),
    fields: Map<String, Value>,
    reason: Option<&str>,
    out: &Output,
) -> CliResult {
    let path = query(&format!("records/{}/proposals", encoded(id)), &[("register", register)]);
    let mut body = json!({"fields": fields});
    if let (Some(reason), Some(members)) = (reason, body.as_object_mut()) {
        members.insert("reason".into(), json!(reason));
    }
    let answer = client.post(&path, body)?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    out.say("cli-proposed-change", &[("id", text(&answer, "id").into())]);
    Ok(())
}

/// `proposals`.
pub fn proposals(client: &Client, all: bool, verb: Option<&ProposalsVerb>, out: &Output) -> CliResult {
    let (id, what) = match verb {
        Some(ProposalsVerb::Accept { id }) => (id, "accept"),
        Some(ProposalsVerb::Decline { id }) => (id, "decline"),
        None => return list_proposals(client, all, out),
    };
    let answer = client.post(&format!("proposals/{}/{what}", encoded(&key_of("proposal", id)?)), json!({}))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    out.say("cli-proposal-decided", &[("state", state_of(&answer, out).into())]);
    Ok(())
}

fn state_of(proposal: &Value, out: &Output) -> String {
    out.t(&format!("proposal-{}", text(proposal, "state")))
}

fn list_proposals(client: &Client, all: bool, out: &Output) -> CliResult {
    let answer = client.get(&query("proposals", &[("all", all.then_some("true"))]))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    if items(&answer).is_empty() {
        out.say("cli-no-proposals", &[]);
    }
    for item in items(&answer) {
        let [title, partner, time] = ["title", "partner_name", "time"].map(|name| text(item, name));
        let state = state_of(item, out);
        let args =
            [("title", title.into()), ("partner", partner.into()), ("time", time.into()), ("state", state.into())];
        out.say("cli-proposal", &args);
        for (field, then) in item.get("changes").and_then(Value::as_object).into_iter().flatten() {
            let now = item.get("current").and_then(|current| current.get(field)).unwrap_or(&Value::Null);
            let args = [("field", field.as_str().into()), ("now", shown(now).into()), ("then", shown(then).into())];
            out.line(format!("  {}", out.tw("cli-proposal-value", &args)));
        }
        let reason = text(item, "reason");
        if !reason.is_empty() {
            out.line(format!("  {reason}"));
        }
        if item.get("decidable").and_then(Value::as_bool).unwrap_or(false) {
            out.line(format!("  {}", out.tw("cli-proposal-decide", &[("id", text(item, "id").into())])));
        }
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => super::output::plain(text),
        other => other.to_string(),
    }
}

/// `stale`.
pub fn stale(client: &Client, months: u32, out: &Output) -> CliResult {
    let answer = client.get(&query("stale", &[("months", Some(&months.to_string()))]))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    if items(&answer).is_empty() {
        out.say("cli-no-stale", &[("months", u64::from(months).into())]);
    }
    let row = |item: &Value| {
        let verified = Some(text(item, "last_verified")).filter(|day| !day.is_empty());
        let verified = verified.unwrap_or_else(|| out.t("cli-never-verified"));
        vec![text(item, "id"), verified, text(item, "register_name"), text(item, "title")]
    };
    out.table(&items(&answer).iter().map(row).collect::<Vec<_>>());
    if !items(&answer).is_empty() {
        out.say("cli-stale-verify", &[("today", comin_node::views::time::today().to_string().into())]);
    }
    Ok(())
}

/// `news`.
pub fn news(client: &Client, since: Option<&str>, days: Option<u32>, out: &Output) -> CliResult {
    let days = days.map(|days| days.to_string());
    let answer = client.get(&query("news", &[("since", since), ("days", days.as_deref())]))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    if items(&answer).is_empty() {
        out.say("cli-no-news", &[("since", text(&answer, "since").into())]);
    }
    for item in items(&answer) {
        let count = |name: &str| item.get(name).and_then(Value::as_u64).unwrap_or(0);
        let partner = Some(text(item, "partner_name")).filter(|name| !name.is_empty());
        let args = [
            ("partner", partner.unwrap_or_else(|| out.t("unknown-partner")).into()),
            ("kind", text(item, "kind_label").into()),
            ("added", count("added").into()),
            ("changed", count("changed").into()),
            ("deleted", count("deleted").into()),
        ];
        out.say("cli-news-of", &args);
        let rows = item.get("records").and_then(Value::as_array).into_iter().flatten().map(|record| {
            let what = out.t(&format!("news-{}", text(record, "what")));
            vec![format!("  {}", text(record, "id")), what, text(record, "time"), text(record, "title")]
        });
        out.table(&rows.collect::<Vec<_>>());
    }
    Ok(())
}
