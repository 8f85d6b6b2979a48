//! Persons on this node: when one is due, its card, and the files into which it was put.

use crate::datadir::{DataDir, DataDirError, read_text, write_secret};
use crate::runtime::{NodeHandle, wall_ms};
use crate::store::Store;
use comin_protocol::engine::Command;
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::persons::Reason;
use comin_protocol::record::{Row, Scalar};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often it is seen whether the retention of a person is over.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Days before the end of retention from which it is shown as coming.
const SOON_DAYS: i64 = 30;
/// Days after the end of retention within which the clock is believed: a clock that is set far ahead makes every
/// person look overdue, and what is erased never comes back. Beyond them somebody is asked.
const BELIEVED_DAYS: i64 = 365;
/// File in the data directory that names the files into which persons were put.
const FILES: &str = "person-files.json";
/// Shortest word of a person that is looked for in a file's name.
const WORD_CHARS_MIN: usize = 3;

/// How far a person's retention has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// It ends within [`SOON_DAYS`].
    Soon,
    /// It is over: the controller's node erases the person.
    Over,
    /// It has been over for so long that the clock may be wrong: somebody has to decide.
    Ask,
}

impl Due {
    /// The word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Over => "over",
            Self::Ask => "ask",
        }
    }
}

/// The day by this machine's clock, UTC.
pub fn today() -> Date {
    let now = Timestamp::from_millisecond(i64::try_from(wall_ms()).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX);
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// How far the retention of a person has come; `None` where there is nothing to tell, also where values compete.
pub fn due(row: &Row, today: Date) -> Option<Due> {
    let [cell] = row.fields.get("retain_until")?.as_slice() else { return None };
    let until: Date = cell.value.as_str()?.parse().ok()?;
    let after = |days: i64| until.checked_add(days.days()).unwrap_or(Date::MAX);
    // Whatever was written later than now was written by a better clock, or this one has been set back.
    let written_ms = row.origins.iter().map(|origin| origin.time_ms).max().unwrap_or(0);
    let written = Timestamp::from_millisecond(written_ms).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    match today {
        _ if written.is_ok_and(|written| written > today) => None,
        today if today > after(BELIEVED_DAYS) => Some(Due::Ask),
        today if today > until => Some(Due::Over),
        today if today > after(-SOON_DAYS) => Some(Due::Soon),
        _ => None,
    }
}

/// Erases the persons of this node's partner whose retention is over, for as long as the node runs.
pub async fn keep_retention(node: NodeHandle) {
    loop {
        match overdue(&node).await {
            Ok(persons) => {
                for person in persons {
                    let command = Command::ErasePerson { person, reason: Reason::Retention.number() };
                    match node.command(command).await {
                        Ok(_) => tracing::info!(person = %RecordKey::person(&person), "erased: its retention is over"),
                        Err(error) => tracing::warn!(%error, "a person whose retention is over was not erased"),
                    }
                }
            }
            // The node stops for the same reason, and says so.
            Err(_) => return,
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn overdue(node: &NodeHandle) -> Result<Vec<RegisterId>, crate::store::StoreError> {
    let Ok(status) = node.status().await else { return Ok(Vec::new()) };
    let own = status.roster.persons.iter().filter(|(_, facts)| facts.controller == status.partner);
    let own: Vec<RegisterId> = own.map(|(register, _)| *register).collect();
    node.read(move |store| {
        let over = |register: &RegisterId| Ok(row_of(store, register)?.and_then(|row| due(&row, today())));
        let mut out = Vec::new();
        for register in own {
            if over(&register)? == Some(Due::Over) {
                out.push(register);
            }
        }
        Ok(out)
    })
    .await
}

fn row_of(store: &dyn Store, register: &RegisterId) -> Result<Option<Row>, crate::store::StoreError> {
    store.row(&RecordKey::person(register), &DocId::person(*register))
}

/// Whether a text holds a word of the person's name, address or number.
pub fn tells(row: &Row, text: &str) -> bool {
    let folded = crate::views::fold(text);
    let values = ["given_name", "family_name", "email", "phone"].into_iter().filter_map(|field| row.fields.get(field));
    let texts = values.flatten().filter_map(|cell| match &cell.value {
        Scalar::Str(text) => Some(crate::views::fold(text)),
        _ => None,
    });
    texts
        .flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .any(|word| word.chars().count() >= WORD_CHARS_MIN && folded.contains(&word))
}

/// The files into which a person was put by this node's users.
pub fn files(dir: &DataDir, person: &RegisterId) -> BTreeSet<String> {
    all_files(dir).remove(&person.to_string()).unwrap_or_default()
}

/// Remembers a file into which a person was put.
///
/// # Errors
/// [`DataDirError`].
pub fn remember_file(dir: &DataDir, person: &RegisterId, file: &str) -> Result<(), DataDirError> {
    let mut all = all_files(dir);
    all.entry(person.to_string()).or_default().insert(file.to_owned());
    // INVARIANT: a map of texts has no value that JSON lacks.
    let text = serde_json::to_string_pretty(&all).unwrap_or_default();
    write_secret(&dir.path().join(FILES), format!("{text}\n"))
}

fn all_files(dir: &DataDir) -> BTreeMap<String, BTreeSet<String>> {
    let text = read_text(&dir.path().join(FILES)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::ActorId;
    use comin_protocol::record::{Cell, Origin};

    fn row(fields: &[(&str, &str)], written: &str) -> Row {
        let register = RegisterId([1; 32]);
        let time_ms = written.parse::<Timestamp>().expect("a time").as_millisecond();
        let cell = |text: &str| vec![Cell { value: Scalar::from(text), origin: 0 }];
        Row {
            key: RecordKey::person(&register),
            doc: DocId::person(register),
            origins: vec![Origin { actor: ActorId([1; 16]), time_ms }],
            fields: fields.iter().map(|(name, text)| ((*name).to_owned(), cell(text))).collect(),
            unseen_edits: Vec::new(),
        }
    }

    #[test]
    fn retention_ends_when_the_clock_can_be_believed() {
        let row = row(&[("retain_until", "2027-06-30")], "2026-05-01T12:00:00Z");
        let on = |day: &str| due(&row, day.parse().expect("a day"));
        assert_eq!(on("2027-05-01"), None, "long before nothing is told");
        assert_eq!(on("2027-06-10"), Some(Due::Soon), "in its last month it is");
        assert_eq!(on("2027-06-30"), Some(Due::Soon), "the day itself still belongs to it");
        assert_eq!(on("2027-07-01"), Some(Due::Over), "then it is over");
        assert_eq!(on("2028-07-01"), Some(Due::Ask), "a year later the clock may be wrong, and somebody is asked");
        assert_eq!(on("2026-04-30"), None, "a clock behind what is written decides nothing");
    }

    #[test]
    fn a_files_name_tells_nothing_of_the_person() {
        let row = row(
            &[("given_name", "Ada"), ("family_name", "Zupan"), ("phone", "+386 1 5550142")],
            "2026-05-01T12:00:00Z",
        );
        assert!(tells(&row, "letters/zupan.vcf") && tells(&row, "5550142.json"), "a name or number is found");
        assert!(!tells(&row, "person.vcf"), "a plain name is none");
    }
}
