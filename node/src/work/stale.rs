//! Records that nobody has verified for long.

use super::lines::Lines;
use comin_protocol::ids::{DocId, RecordKey};
use jiff::ToSpan;
use jiff::civil::Date;

/// The field that says when somebody last made sure that a record is right.
pub(super) const VERIFIED: &str = "last_verified";

/// Months after which a record counts as unverified, unless it is asked otherwise.
pub const MONTHS: u32 = 12;

/// The last day on which a record must have been verified, as `YYYY-MM-DD`.
pub fn limit(today: Date, months: u32) -> String {
    today.checked_sub(i64::from(months).months()).unwrap_or(Date::MIN).to_string()
}

/// The rows that were last verified before `limit`, or never; those longest ago first, never verified ones before all.
pub fn list(lines: &Lines, limit: &str) -> Vec<(RecordKey, DocId)> {
    let mut found: Vec<(Option<&str>, &RecordKey, DocId)> = lines
        .iter()
        .filter_map(|(key, line)| Some((line.verified.as_ref()?.as_deref(), key, line.doc)))
        .filter(|(day, _, _)| day.is_none_or(|day| day < limit))
        .collect();
    found.sort();
    found.into_iter().map(|(_, key, doc)| (key.clone(), doc)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, open_memory};
    use comin_protocol::engine::Write;
    use comin_protocol::ids::{ActorId, PartnerId, RegisterId};
    use comin_protocol::record::{Cell, Origin, Row, Scalar};

    #[test]
    fn twelve_months_are_counted_by_the_calendar() {
        assert_eq!(limit(Date::constant(2026, 11, 28), 12), "2025-11-28", "a year before");
        assert_eq!(limit(Date::constant(2024, 2, 29), 12), "2023-02-28", "there is no 29th");
    }

    #[test]
    fn never_verified_counts_and_comes_first() {
        let store = open_memory();
        for (number, day) in [(1, Some("2025-11-27")), (2, Some("2025-11-28")), (3, None), (4, Some("2020-01-01"))] {
            let cell = |text: &str| vec![Cell { value: Scalar::Str(text.to_owned()), origin: 0 }];
            let row = Row {
                key: RecordKey { kind: "organisation".into(), id: [number; 16] },
                doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
                origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
                fields: day.map(|day| (VERIFIED.to_owned(), cell(day))).into_iter().collect(),
                unseen_edits: Vec::new(),
            };
            store.commit(&[vec![Write::put_row(&row)]]).expect("memory takes it");
        }
        let lines = Lines::read(&store).expect("reads");
        let found: Vec<u8> = list(&lines, "2025-11-28").iter().map(|(key, _)| key.id[0]).collect();
        assert_eq!(found, [3, 4, 1], "the day itself is still good");
    }
}
