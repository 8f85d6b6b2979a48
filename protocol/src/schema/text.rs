//! Which text to show to whom: falling back between languages.

use super::{LANGUAGES, kind};
use crate::record::Row;

/// Characters of a title that lists show: the longest in the sample data has 160.
const TITLE_CHARS_MAX: usize = 200;

/// The text of a translated field in this language; else in the record's original language, in English, or in
/// any other, with the language that it is in.
pub fn translated<'a>(row: &'a Row, field: &str, lang: &str) -> Option<(&'a str, &'a str)> {
    let original = row.text("original_language").unwrap_or_default();
    let order = [lang, original, "en"].into_iter().chain(LANGUAGES);
    order.filter_map(|lang| text_in(row, field, lang)).next().or_else(|| {
        let mut others = row.fields.keys().filter_map(|key| key.strip_prefix(field)?.strip_prefix('@'));
        others.find_map(|lang| text_in(row, field, lang))
    })
}

fn text_in<'a>(row: &'a Row, field: &str, lang: &str) -> Option<(&'a str, &'a str)> {
    let (key, _) = row.fields.get_key_value(&format!("{field}@{lang}"))?;
    let text = row.text(key)?;
    Some((&key[field.len() + 1..], text)) // INVARIANT: the key is the field's name, `@` and the language.
}

/// What a list shows for the record: its name or title; the record's key where it has none (a membership is
/// named by its ends, which are other records).
pub fn title(row: &Row, lang: &str) -> String {
    let field = kind(&row.key.kind).map_or("", |kind| kind.title);
    let candidates = [field, "name", "title"];
    let text = candidates
        .iter()
        .filter(|name| !name.is_empty())
        .find_map(|name| row.text(name).or_else(|| translated(row, name, lang).map(|(_, text)| text)));
    text.map_or_else(|| row.key.to_string(), shortened)
}

/// The first line of a text, cut behind a word where it is long: a note has no other title.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(TITLE_CHARS_MAX) {
        None if line.len() == text.len() => line.to_owned(),
        None => format!("{line} …"),
        // INVARIANT: the index of a character.
        Some((end, _)) => format!("{} …", line[..end].rsplit_once(' ').map_or(&line[..end], |(words, _)| words)),
    }
}
