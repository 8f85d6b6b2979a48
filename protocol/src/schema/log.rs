//! Logs: entries that are only ever added, such as the transitions of an expression of interest.
//!
//! An entry lies at `name/<id>` and says to which state it leads, on which day, and which entries it follows. Its id
//! comes from these words, so that two who write the same transition write one entry, and no entry can follow itself.
//! Entries that nothing follows are the *ends* of the log: they say what state it is in; where they differ, two people
//! have moved on from one state without knowing of one another.

use super::parse::refuse;
use super::value::is_date;
use super::{Field, FieldError, Vocabulary};
use crate::ids::{tagged_hash, to_hex};
use crate::record::{FieldChange, Row};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// In the text of an entry: it follows none.
const NONE: &str = "-";

/// One entry of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// What names it in its log: 16 hex digits.
    pub id: String,
    /// The state that it leads to: a code.
    pub to: String,
    /// The day, as `YYYY-MM-DD`.
    pub at: String,
    /// The entries that it follows; none of the first.
    pub from: BTreeSet<String>,
}

impl Step {
    fn new(to: &str, at: &str, from: BTreeSet<String>) -> Self {
        let mut step = Self { id: String::new(), to: to.to_owned(), at: at.to_owned(), from };
        step.id = to_hex(&tagged_hash("comin/log/1", &[step.to_text().as_bytes()])[..8]);
        step
    }

    /// As it lies in the record: `contacted 2026-02-18 <id>,<id>`, `-` in the place of ids where it follows none.
    pub fn to_text(&self) -> String {
        let from: Vec<&str> = self.from.iter().map(String::as_str).collect();
        let from = if from.is_empty() { NONE.to_owned() } else { from.join(",") };
        format!("{} {} {from}", self.to, self.at)
    }

    /// Reads what lies at the key of `id`; `None` for what this log cannot hold.
    pub(super) fn read(list: &Vocabulary, id: &str, text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (to, at, from) = (words.next()?, words.next()?, words.next()?);
        list.term(to)?;
        let step = Self::new(to, at, ids(from).ok()?);
        (is_date(at) && step.id == id && step.to_text() == text).then_some(step)
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "id": self.id, "to": self.to, "at": self.at, "from": self.from })
    }
}

/// The entries of a log, each after those that it follows, then by day and id.
pub fn steps(row: &Row, field: &Field, list: &Vocabulary) -> Vec<Step> {
    let read = |key: &String| {
        let (_, id) = key.split_once('/').filter(|(name, _)| *name == field.name)?;
        Step::read(list, id, row.text(key)?)
    };
    in_order(row.fields.keys().filter_map(read).collect())
}

pub(super) fn in_order(steps: Vec<Step>) -> Vec<Step> {
    let mut waiting: BTreeMap<(String, String), Step> =
        steps.into_iter().map(|step| ((step.at.clone(), step.id.clone()), step)).collect();
    let mut out: Vec<Step> = Vec::with_capacity(waiting.len());
    // No entry follows itself, so some entry is always ready.
    loop {
        let left: BTreeSet<&String> = waiting.values().map(|step| &step.id).collect();
        let ready = waiting.iter().find(|(_, step)| step.from.iter().all(|id| !left.contains(id)));
        let Some(at) = ready.map(|(at, _)| at.clone()) else { return out };
        out.extend(waiting.remove(&at));
    }
}

/// The entries that no other follows, in order.
pub fn log_ends(steps: &[Step]) -> Vec<&Step> {
    steps.iter().filter(|step| !steps.iter().any(|other| other.from.contains(&step.id))).collect()
}

/// The states that a log is in: one, or several where people moved on from one state without knowing of one another.
pub fn states(steps: &[Step]) -> BTreeSet<&str> {
    log_ends(steps).into_iter().map(|step| step.to.as_str()).collect()
}

/// Reads entries to add: `[{to, at, from?}]` or a text `received 2026-02-11; contacted 2026-02-18`. An entry that does
/// not say what it follows follows the one before it. An array begins the log; `{add: [...]}` goes on from its ends.
pub(super) fn parse(
    field: &Field,
    list: &Vocabulary,
    input: &Value,
    current: Option<&Row>,
) -> Result<Vec<FieldChange>, FieldError> {
    let standing = current.map_or_else(Vec::new, |row| steps(row, field, list));
    let text = input.as_str().map(str::trim);
    let read: Option<Value> = text.filter(|text| text.starts_with('[')).and_then(|t| serde_json::from_str(t).ok());
    let (items, mut last) = match (read.as_ref().unwrap_or(input), text) {
        (Value::Array(items), _) => (items.clone(), BTreeSet::new()),
        (_, Some(text)) => {
            let items = text.split(';').map(str::trim).filter(|item| !item.is_empty());
            (items.map(Value::from).collect(), BTreeSet::new())
        }
        (Value::Object(members), _) => match (members.get("add").and_then(Value::as_array), members.len()) {
            (Some(items), 1) => (items.clone(), log_ends(&standing).into_iter().map(|step| step.id.clone()).collect()),
            _ => return Err(refuse(field.name, input, "is not a step of a log; write {\"add\": [{\"to\": …}]}")),
        },
        (Value::Null, _) => (Vec::new(), BTreeSet::new()),
        _ => return Err(refuse(field.name, input, "is neither an array nor a text")),
    };
    if items.is_empty() && !standing.is_empty() {
        return Err(FieldError::new(field.name, "", "only grows; nothing can be taken out of it"));
    }
    let mut changes = Vec::new();
    for item in &items {
        let step = parse_step(list, item, &last).map_err(|reason| refuse(field.name, item, reason))?;
        last = BTreeSet::from([step.id.clone()]);
        let text = step.to_text();
        if text.len() > field.bytes_max {
            return Err(refuse(
                field.name,
                item,
                format!("follows too many others; at most {} bytes", field.bytes_max),
            ));
        }
        if standing.iter().all(|other| other.id != step.id) {
            changes.push(FieldChange::put(format!("{}/{}", field.name, step.id), text));
        }
    }
    Ok(changes)
}

fn parse_step(list: &Vocabulary, item: &Value, last: &BTreeSet<String>) -> Result<Step, String> {
    let (to, at, from) = match item {
        Value::String(text) => {
            let mut words = text.split_whitespace();
            let (to, at, from) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
            (to, at, from.map(ids).transpose()?)
        }
        Value::Object(members) => {
            if let Some(other) = members.keys().find(|key| !matches!(key.as_str(), "id" | "to" | "at" | "from")) {
                return Err(format!("has the unknown part {other:?}; an entry has to, at and from"));
            }
            let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
            let from = members.get("from").and_then(Value::as_array).map(|ids_given| {
                let given: Vec<&str> = ids_given.iter().map(|id| id.as_str().unwrap_or_default()).collect();
                ids(&if given.is_empty() { NONE.to_owned() } else { given.join(",") })
            });
            (text("to"), text("at"), from.transpose()?)
        }
        _ => return Err("is no entry; write {\"to\": \"received\", \"at\": \"2026-02-11\"}".to_owned()),
    };
    let term = list.find(to);
    let term = term.ok_or_else(|| format!("leads to none of {}", list.codes().collect::<Vec<_>>().join(", ")))?;
    if !is_date(at) {
        return Err("needs a day in \"at\"; write it as 2026-10-15".to_owned());
    }
    Ok(Step::new(term.code, at, from.unwrap_or_else(|| last.clone())))
}

/// The ids behind the day of an entry.
fn ids(text: &str) -> Result<BTreeSet<String>, String> {
    if text == NONE {
        return Ok(BTreeSet::new());
    }
    let is_id = |id: &str| id.len() == 16 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    match text.split(',').find(|id| !is_id(id)) {
        Some(other) => Err(format!("follows {other:?}, which is not the id of an entry (16 hex digits)")),
        None => Ok(text.split(',').map(str::to_owned).collect()),
    }
}

/// The state of a record's log, if it has one that is in one state only.
pub fn status(row: &Row) -> Option<String> {
    let log = super::kind(&row.key.kind)?.fields.iter().find_map(|field| match field.field_type {
        super::FieldType::Log(list) => Some(steps(row, field, list)),
        _ => None,
    })?;
    let found = states(&log);
    (found.len() == 1).then(|| found.into_iter().next().map(str::to_owned)).flatten()
}
