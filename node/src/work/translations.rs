//! Translations that are older than the text of which they are one.

use super::lines::Lines;
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, Field, LANGUAGES};

/// The flat keys of translations that were written before the text in the record's original language was last changed.
///
/// The order is that of the authors' clocks, which is information and no rule.
pub fn stale(row: &Row) -> Vec<String> {
    let (Some(kind), Some(original)) = (schema::kind(&row.key.kind), row.text("original_language")) else {
        return Vec::new();
    };
    let written = |key: &str| {
        let cell = row.fields.get(key)?.first().filter(|cell| cell.value.as_str().is_some())?;
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

/// The rows whose texts are to be translated into a language, of the registers that `concerns` lets through; those with
/// the most to do first.
pub fn to_do(lines: &Lines, lang: &str, concerns: impl Fn(&RegisterId) -> bool) -> Vec<(RecordKey, DocId)> {
    let Some(at) = LANGUAGES.iter().position(|known| *known == lang) else { return Vec::new() };
    let mut found: Vec<(u16, &RecordKey, DocId)> = lines
        .iter()
        .filter_map(|(key, line)| Some((*line.to_do.get(at).filter(|many| **many > 0)?, key, line.doc)))
        .filter(|(_, _, doc)| concerns(&doc.register))
        .collect();
    found.sort_by(|a, b| (b.0, a.1, a.2).cmp(&(a.0, b.1, b.2)));
    found.into_iter().map(|(_, key, doc)| (key.clone(), doc)).collect()
}

/// What is to be translated of a row.
pub fn of(row: Row, lang: &str) -> ToDo {
    let mut stale = stale(&row);
    stale.retain(|key| key.ends_with(&format!("@{lang}")));
    ToDo { missing: missing(&row, lang), stale, row }
}

/// How many texts of a row are to be translated into each of [`LANGUAGES`]; none where it is deleted.
pub fn counts(row: &Row) -> [u16; LANGUAGES.len()] {
    if !row.is_listed() {
        return [0; LANGUAGES.len()];
    }
    let (stale, originals) = (stale(row), originals(row));
    LANGUAGES.map(|lang| {
        let many = absent(row, &originals, lang).count() + stale.iter().filter(|key| key.ends_with(lang)).count();
        u16::try_from(many).unwrap_or(u16::MAX)
    })
}

/// The flat keys of texts that there are in the record's original language and not in `lang`.
fn missing(row: &Row, lang: &str) -> Vec<String> {
    absent(row, &originals(row), lang).collect()
}

/// The fields that have a text in the record's original language.
fn originals(row: &Row) -> Vec<&'static str> {
    let (Some(kind), Some(original)) = (schema::kind(&row.key.kind), row.text("original_language")) else {
        return Vec::new();
    };
    let translated = kind.all_fields().filter(|field| Field::is_translated(field));
    translated.map(|field| field.name).filter(|name| row.text(&format!("{name}@{original}")).is_some()).collect()
}

fn absent(row: &Row, originals: &[&str], lang: &str) -> impl Iterator<Item = String> {
    originals.iter().map(move |name| format!("{name}@{lang}")).filter(move |key| row.text(key).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, PartnerId};
    use comin_protocol::record::{Cell, Origin, Scalar};

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
        assert_eq!(LANGUAGES, ["it", "sl", "fr", "en"], "in this order they are counted");
        assert_eq!(counts(&row), [1, 0, 1, 2], "what is stale and what is missing");
    }

    #[test]
    fn a_long_text_is_told_as_a_short_one_is() {
        let text = |text: &str, origin| vec![Cell { value: Scalar::Prose(text.to_owned()), origin }];
        let row = Row {
            key: RecordKey { kind: "practice".into(), id: [1; 16] },
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: [3, 5, 8].map(|time_ms| Origin { actor: ActorId([2; 16]), time_ms }).to_vec(),
            fields: [
                ("original_language", vec![Cell { value: Scalar::Str("it".into()), origin: 0 }]),
                ("description@it", text("Nuovo", 1)),
                ("description@sl", text("Staro", 0)),
                ("description@fr", text("Neuf", 2)),
            ]
            .map(|(key, cells)| (key.to_owned(), cells))
            .into(),
            unseen_edits: Vec::new(),
        };
        assert_eq!(stale(&row), ["description@sl"], "the text in which nothing has changed since");
        assert_eq!(counts(&row), [0, 1, 0, 1], "what is stale and what is missing");
    }
}
