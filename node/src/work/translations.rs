//! Translations that are older than the text of which they are one.

use crate::store::{Store, StoreError};
use crate::views::for_each_record;
use comin_protocol::record::{Row, Scalar};
use comin_protocol::schema::{self, Field};

/// The flat keys of translations that were written before the text in the record's original language was last changed.
///
/// The order is that of the authors' clocks, which is information and no rule. Of prose nothing is told: a row knows when
/// a text was begun and not when it was last changed.
pub fn stale(row: &Row) -> Vec<String> {
    let (Some(kind), Some(original)) = (schema::kind(&row.key.kind), row.text("original_language")) else {
        return Vec::new();
    };
    let written = |key: &str| {
        let cell = row.fields.get(key)?.first().filter(|cell| matches!(cell.value, Scalar::Str(_)))?;
        row.origin(cell).map(|origin| origin.time_ms)
    };
    let mut out = Vec::new();
    for field in kind.all_fields().filter(|field| Field::is_translated(field)) {
        let Some(changed) = written(&format!("{}@{original}", field.name)) else { continue };
        let others = schema::LANGUAGES.iter().filter(|lang| **lang != original);
        let keys = others.map(|lang| format!("{}@{lang}", field.name));
        out.extend(keys.filter(|key| written(key).is_some_and(|then| then < changed)));
    }
    out
}

/// What is to be translated in one record.
#[derive(Clone, PartialEq, Debug)]
pub struct ToDo {
    /// The record.
    pub row: Row,
    /// The flat keys of texts that there are in the original language and not in the one asked for.
    pub missing: Vec<String>,
    /// Those of translations into it that are older than the original.
    pub stale: Vec<String>,
}

/// The records whose texts are to be translated into a language, of those that `concerns` lets through; those with the
/// most to do first.
///
/// # Errors
/// [`StoreError`].
pub fn to_do(store: &dyn Store, lang: &str, concerns: impl Fn(&Row) -> bool) -> Result<Vec<ToDo>, StoreError> {
    let mut found = Vec::new();
    for_each_record(store, |rows| {
        for row in rows.iter().filter(|row| row.is_listed() && concerns(row)) {
            let (missing, mut stale) = (missing(row, lang), stale(row));
            stale.retain(|key| key.ends_with(&format!("@{lang}")));
            if !missing.is_empty() || !stale.is_empty() {
                found.push(ToDo { row: row.clone(), missing, stale });
            }
        }
    })?;
    found.sort_by_key(|one| (std::cmp::Reverse(one.missing.len() + one.stale.len()), one.row.key.clone()));
    Ok(found)
}

/// The flat keys of texts that there are in the record's original language and not in `lang`.
fn missing(row: &Row, lang: &str) -> Vec<String> {
    let (Some(kind), Some(original)) = (schema::kind(&row.key.kind), row.text("original_language")) else {
        return Vec::new();
    };
    let translated = kind.all_fields().filter(|field| Field::is_translated(field));
    let keys = translated.filter(|field| row.text(&format!("{}@{original}", field.name)).is_some());
    keys.map(|field| format!("{}@{lang}", field.name)).filter(|key| row.text(key).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, PartnerId, RecordKey, RegisterId};
    use comin_protocol::record::{Cell, Origin};

    #[test]
    fn a_translation_before_the_last_change_of_the_original_is_stale() {
        let text = |text: &str, origin| vec![Cell { value: Scalar::Str(text.to_owned()), origin }];
        let row = Row {
            key: RecordKey { kind: "network".into(), id: [1; 16] },
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: [3, 5, 8].map(|time_ms| Origin { actor: ActorId([2; 16]), time_ms }).to_vec(),
            fields: [
                ("original_language", text("sl", 0)),
                ("vision@sl", text("Nova", 1)),
                ("vision@it", text("Vecchia", 0)),
                ("vision@fr", text("Neuve", 2)),
                ("name@sl", text("Mreža", 0)),
                ("name@it", text("Rete", 0)),
                ("strategy@it", text("Senza originale", 0)),
            ]
            .map(|(key, cells)| (key.to_owned(), cells))
            .into(),
            unseen_edits: Vec::new(),
        };
        assert_eq!(stale(&row), ["vision@it"], "older than the original, and no other");
        assert_eq!(missing(&row, "fr"), ["name@fr"], "there in the original and not in French");
        assert!(missing(&row, "sl").is_empty(), "the original is no translation");
    }
}
