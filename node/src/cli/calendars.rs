//! `calendars`: addresses under which calendars read the events.

use super::args::CalendarsVerb;
use super::client::{Client, encoded};
use super::error::CliResult;
use super::members::{list, text};
use super::output::Output;
use hyper::Method;
use serde_json::{Value, json};

/// Runs the verb.
pub fn run(client: &Client, verb: Option<&CalendarsVerb>, out: &Output) -> CliResult {
    match verb {
        None | Some(CalendarsVerb::List) => {
            let public = |calendar: &Value| calendar.get("public").and_then(Value::as_bool).unwrap_or(false);
            let row = |calendar: &Value| {
                let what = if public(calendar) { "cli-calendar-public" } else { "cli-calendar-all" };
                vec![text(calendar, "name"), out.t(what)]
            };
            list(out, client.get("calendars")?, row, "cli-no-calendars")
        }
        Some(CalendarsVerb::Add { name, public }) => {
            let answer = client.post("calendars", json!({"name": name, "public": public}))?;
            if out.json {
                out.object(answer);
                return Ok(());
            }
            out.say("cli-calendar-address", &[("name", text(&answer, "name").into())]);
            let addresses = answer.get("addresses").and_then(Value::as_array).into_iter().flatten();
            let addresses: Vec<&str> = addresses.filter_map(Value::as_str).collect();
            addresses.iter().for_each(|address| out.line(address));
            if addresses.is_empty() {
                out.say("cli-calendar-path", &[("path", text(&answer, "path").into())]);
            }
            Ok(())
        }
        Some(CalendarsVerb::Remove { name }) => {
            let answer = client.send(Method::DELETE, &format!("calendars/{}", encoded(name)), None, &[])?.json()?;
            match out.json {
                true => out.object(answer),
                false => out.say("cli-calendar-removed", &[("name", name.as_str().into())]),
            }
            Ok(())
        }
    }
}
