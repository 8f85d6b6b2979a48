//! Good practices on their way from the draft to the library: whoever publishes one has seen it in review.
//!
//! A button, a verb or a program leads along the ways; who corrects the field in a form or a table is free to.

use comin_protocol::record::{FieldChange, Row, Scalar};
use comin_protocol::schema::{self, FieldError};
use serde_json::json;

/// The field that says how far one has come.
pub const STATE: &str = "state";
/// The state before publishing.
pub const REVIEW: &str = "review";

/// From which state one comes to which: what is archived is brought back through draft or review.
const WAYS: [(&str, &[&str]); 4] = [
    ("draft", &[REVIEW, "archived"]),
    (REVIEW, &["draft", "published", "archived"]),
    ("published", &[REVIEW, "archived"]),
    ("archived", &["draft", REVIEW]),
];

/// Why a step was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StepError {
    /// It is there already.
    #[error("it is {0} already")]
    Already(String),
    /// There is no such way.
    #[error("{from} does not lead to {to}; it leads to {}", .ways.join(", "))]
    NoWay {
        /// The state that it is in.
        from: String,
        /// The state that was asked for.
        to: String,
        /// Where it could go.
        ways: Vec<&'static str>,
    },
    /// The value cannot be taken.
    #[error(transparent)]
    Field(#[from] FieldError),
}

/// The states to which it can go from where it is. One without a state may go anywhere; where two people have moved it on
/// without knowing of one another, it may go to any of these states, and to where any of them leads.
pub fn ways(row: &Row) -> Vec<&'static str> {
    let states = states(row);
    let of = |from: &str| WAYS.iter().find(|(state, _)| *state == from).map_or(&[][..], |(_, ways)| *ways);
    let leads = |from: &&str, to: &str| of(from).contains(&to) || states.len() > 1 && *from == to;
    let is_known = states.iter().any(|state| WAYS.iter().any(|(known, _)| known == state));
    let open = |to: &&'static str| !is_known || states.iter().any(|from| leads(from, to));
    WAYS.iter().map(|(to, _)| *to).filter(open).collect()
}

fn states(row: &Row) -> Vec<&str> {
    let cells = row.fields.get(STATE).into_iter().flatten();
    cells.filter(|cell| cell.value != Scalar::Null).filter_map(|cell| cell.value.as_str()).collect()
}

/// The changes that lead it to another state.
///
/// # Errors
/// [`StepError`].
pub fn step(row: &Row, to: &str) -> Result<Vec<FieldChange>, StepError> {
    let Some(kind) = schema::kind("practice") else { return Ok(Vec::new()) };
    let changes = schema::parse_field(kind, STATE, &json!(to), Some(row))?;
    let to = schema::vocabulary("practice_state").and_then(|list| list.find(to)).map_or(to, |term| term.code);
    let (states, ways) = (states(row), ways(row));
    match () {
        () if ways.contains(&to) => Ok(changes),
        () if states == [to] => Err(StepError::Already(to.to_owned())),
        () => Err(StepError::NoWay { from: states.join(" and "), to: to.to_owned(), ways }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, PartnerId, RecordKey, RegisterId};
    use comin_protocol::record::{Cell, Origin};

    fn row(states: &[&str]) -> Row {
        let cells: Vec<Cell> =
            states.iter().map(|state| Cell { value: Scalar::Str((*state).to_owned()), origin: 0 }).collect();
        Row {
            key: RecordKey { kind: "practice".into(), id: [1; 16] },
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
            fields: Some((STATE.to_owned(), cells)).into_iter().filter(|(_, cells)| !cells.is_empty()).collect(),
            unseen_edits: Vec::new(),
        }
    }

    #[test]
    fn every_state_of_the_vocabulary_has_its_ways() {
        let list = schema::vocabulary("practice_state").expect("a vocabulary");
        let known: Vec<&str> = WAYS.iter().map(|(state, _)| *state).collect();
        assert!(list.codes().all(|code| known.contains(&code)), "each state is in the table");
        assert!(WAYS.iter().all(|(_, ways)| ways.iter().all(|to| list.term(to).is_some())), "each way leads to one");
    }

    #[test]
    fn what_is_published_was_in_review() {
        let refused = step(&row(&["draft"]), "published").expect_err("nobody has seen it");
        assert!(refused.to_string().contains("it leads to review, archived"), "{refused}");
        let changes = step(&row(&[REVIEW]), "pubblicata").expect("by its label");
        assert_eq!(changes, [FieldChange::put(STATE, "published")], "after review");
        assert_eq!(step(&row(&[REVIEW]), REVIEW), Err(StepError::Already(REVIEW.to_owned())), "once is enough");
        assert!(matches!(step(&row(&[REVIEW]), "printed"), Err(StepError::Field(_))), "a state that there is not");
        assert_eq!(ways(&row(&[])).len(), WAYS.len(), "one without a state may go anywhere");
        assert!(step(&row(&["draft", "published"]), "published").is_ok(), "a step decides between two");
    }
}
