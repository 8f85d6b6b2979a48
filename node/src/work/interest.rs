//! Expressions of interest: from the event at which one was expressed to the membership.

use crate::store::{Store, StoreError};
use comin_protocol::engine::{Edit, Target};
use comin_protocol::ids::{DeviceKey, RecordKey, RegisterId};
use comin_protocol::record::{FieldChange, Row};
use comin_protocol::roster::Roster;
use comin_protocol::schema;
use serde_json::json;

/// The state in which an expression of interest begins.
pub const RECEIVED: &str = "received";
/// The state that makes a membership.
pub const ACCEPTED: &str = "accepted";
/// The field that holds the steps.
pub const STEPS: &str = "transitions";

/// From which state one comes to which: whoever was declined or has withdrawn may be talked to again; a membership ends
/// by its own date.
const WAYS: [(&str, &[&str]); 6] = [
    (RECEIVED, &["contacted", "on_hold", ACCEPTED, "declined", "withdrawn"]),
    ("contacted", &["on_hold", ACCEPTED, "declined", "withdrawn"]),
    ("on_hold", &["contacted", ACCEPTED, "declined", "withdrawn"]),
    (ACCEPTED, &[]),
    ("declined", &["contacted"]),
    ("withdrawn", &["contacted"]),
];

/// Why a step was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StepError {
    /// There is no such way.
    #[error("{from} does not lead to {to}; it leads to {ways}")]
    NoWay {
        /// The state that it is in.
        from: String,
        /// The state that was asked for.
        to: String,
        /// Where it could go.
        ways: String,
    },
    /// The value cannot be taken.
    #[error(transparent)]
    Field(#[from] schema::FieldError),
}

/// The changes that lead an expression of interest to another state, and the code of that state.
///
/// One that is in several states at once, because two people moved on from one without knowing of one another, may go to
/// any of these, and to where any of them leads: the step decides.
///
/// # Errors
/// [`StepError`].
pub fn step(row: &Row, to: &str, at: &str) -> Result<(Vec<FieldChange>, String), StepError> {
    let Some(kind) = schema::kind("interest") else { return Ok((Vec::new(), to.to_owned())) };
    let add = json!({"add": [{"to": to, "at": at}]});
    let changes = schema::parse_field(kind, STEPS, &add, Some(row))?;
    let to = schema::vocabulary("interest_status").and_then(|list| list.find(to)).map_or(to, |term| term.code);
    let (states, ways) = (states(row), ways(row));
    if ways.contains(&to) {
        return Ok((changes, to.to_owned()));
    }
    let named = |list: String| if list.is_empty() { "nothing".to_owned() } else { list };
    let (from, ways) = (named(states.join(" and ")), named(ways.join(", ")));
    Err(StepError::NoWay { from, to: to.to_owned(), ways })
}

/// The states to which it can go from where it is.
pub fn ways(row: &Row) -> Vec<&'static str> {
    let of = |from: &str| WAYS.iter().find(|(state, _)| *state == from).map_or(&[][..], |(_, ways)| *ways);
    let list = |wanted: &dyn Fn(&str) -> bool| WAYS.iter().map(|(state, _)| *state).filter(|to| wanted(to)).collect();
    match states(row).as_slice() {
        [] => vec![RECEIVED],
        [one] => list(&|to| of(one).contains(&to)),
        several => list(&|to| several.iter().any(|from| from == to || of(from).contains(&to))),
    }
}

/// The states in which it is: none before the first step.
pub fn states(row: &Row) -> Vec<String> {
    let Some(kind) = schema::kind("interest") else { return Vec::new() };
    let Some(field) = kind.field(STEPS) else { return Vec::new() };
    let schema::FieldType::Log(list) = field.field_type else { return Vec::new() };
    schema::states(&schema::steps(row, field, list)).into_iter().map(str::to_owned).collect()
}

/// The key of the membership that accepting leads to; `None` where an end is missing.
pub fn membership_of(interest: &Row) -> Option<RecordKey> {
    let kind = schema::kind("membership")?;
    let ends: Option<Vec<RecordKey>> = kind.ends.iter().map(|end| RecordKey::parse(interest.text(end)?)).collect();
    Some(kind.derived_key(&ends?))
}

/// The edit that makes the membership; `None` where it stands already and has not ended.
///
/// It goes into the register of the network where this device writes that, else to the expression of interest: there
/// others see it as claimed.
///
/// # Errors
/// [`StoreError`].
pub fn membership(
    store: &dyn Store,
    roster: &Roster,
    device: &DeviceKey,
    interest: &Row,
    (at, lang): (&str, &str),
) -> Result<Option<Edit>, StoreError> {
    let (Some(kind), Some(key)) = (schema::kind("membership"), membership_of(interest)) else { return Ok(None) };
    let stands = |row: &Row| !row.is_deleted() && row.text("until").is_none_or(|until| until >= at);
    if store.rows_of(&key)?.iter().any(stands) {
        return Ok(None);
    }
    let network = interest.text("network").and_then(RecordKey::parse);
    let homes: Vec<RegisterId> = match &network {
        Some(network) => store.rows_of(network)?.iter().map(|row| row.doc.register).collect(),
        None => Vec::new(),
    };
    let register = homes.into_iter().find(|home| roster.may_write(home, device)).unwrap_or(interest.doc.register);
    let mut changes = schema::new_record(kind, lang);
    for end in kind.ends {
        changes.extend(interest.text(end).map(|text| FieldChange::put(*end, text)));
    }
    changes.extend([FieldChange::put("role", "member"), FieldChange::put("since", at)]);
    // One that was removed or has ended before is a member again.
    changes.extend([FieldChange::clear("until"), FieldChange::clear(comin_protocol::record::DELETED)]);
    Ok(Some(Edit { target: Target::Link { register: Some(register), key }, changes, if_version: None }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, PartnerId};
    use comin_protocol::record::{Cell, FieldOp, Origin};
    use std::collections::BTreeMap;

    fn row(changes: &[FieldChange]) -> Row {
        let cell = |change: &FieldChange| match &change.op {
            FieldOp::Put(value) => vec![Cell { value: value.clone(), origin: 0 }],
            other => panic!("a step is put: {other:?}"),
        };
        let fields: BTreeMap<String, Vec<Cell>> = changes.iter().map(|c| (c.key.clone(), cell(c))).collect();
        Row {
            key: RecordKey { kind: "interest".into(), id: [1; 16] },
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
            fields,
            unseen_edits: Vec::new(),
        }
    }

    #[test]
    fn every_state_of_the_vocabulary_has_its_ways() {
        let list = schema::vocabulary("interest_status").expect("a vocabulary");
        let known: Vec<&str> = WAYS.iter().map(|(state, _)| *state).collect();
        assert!(list.codes().all(|code| known.contains(&code)), "each state is in the table");
        assert!(WAYS.iter().all(|(_, ways)| ways.iter().all(|to| list.term(to).is_some())), "each way leads to one");
    }

    #[test]
    fn steps_follow_the_ways() {
        let mut changes = step(&row(&[]), RECEIVED, "2026-02-11").expect("it begins").0;
        let refused = step(&row(&[]), ACCEPTED, "2026-02-11").expect_err("nothing was received");
        assert!(refused.to_string().contains("it leads to received"), "{refused}");
        changes.extend(step(&row(&changes), "Contattata", "2026-02-12").expect("by its label").0);
        assert_eq!(states(&row(&changes)), ["contacted"], "one state");
        let back = step(&row(&changes), RECEIVED, "2026-02-13").expect_err("no way back");
        assert!(back.to_string().contains("on_hold, accepted"), "the ways are named: {back}");
        assert!(step(&row(&changes), "married", "2026-02-13").is_err(), "a state that there is not");
        let mut split = changes.clone();
        split.extend(step(&row(&changes), ACCEPTED, "2026-02-13").expect("one").0);
        split.extend(step(&row(&changes), "declined", "2026-02-13").expect("the other").0);
        assert_eq!(states(&row(&split)), ["accepted", "declined"], "both");
        split.extend(step(&row(&split), "declined", "2026-02-14").expect("to one of both").0);
        assert_eq!(states(&row(&split)), ["declined"], "decides");
    }
}
