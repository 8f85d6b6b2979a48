//! Cells of a table that people open in a spreadsheet, written so that they mean what they say, and read back.
//!
//! What an export writes here, an import reads as it was: `unguarded(guarded(text)) == text` for every text, and
//! `members(joined(list)) == list` for every list of texts that are not empty and have no blanks around.

use std::borrow::Cow;

/// Between the members of a set in one cell.
const SEPARATOR: &str = "; ";
/// Divides them as well where people write it.
const ALSO_SEPARATOR: char = '|';
/// Put before what a spreadsheet would take for a formula; spreadsheets themselves write it so.
const GUARD: char = '\'';

/// Whether a spreadsheet would take the text for a formula: it begins with a sign that begins one, in either width,
/// or with white space behind which one may hide.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text as a cell that no spreadsheet takes for a formula: `+386 1 …` becomes `'+386 1 …`.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match is_formula(text.trim_start_matches(GUARD)) {
        true => Cow::Owned(format!("{GUARD}{text}")),
        false => Cow::Borrowed(text),
    }
}

/// What [`guarded`] was given.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(text) if is_formula(text.trim_start_matches(GUARD)) => text,
        _ => cell,
    }
}

/// The members of a set in one cell. A separator that is part of a member gets a backslash before it.
pub fn joined<T: AsRef<str>>(members: &[T]) -> String {
    let escaped = |member: &T| {
        member.as_ref().chars().fold(String::new(), |mut out, c| {
            if matches!(c, ';' | '\\' | ALSO_SEPARATOR) {
                out.push('\\');
            }
            out.push(c);
            out
        })
    };
    members.iter().map(escaped).collect::<Vec<_>>().join(SEPARATOR)
}

/// The members in a cell, without blanks around and without empty ones. They are divided by `;` or `|`; a backslash
/// before one of these, or before a backslash, makes it part of the member.
pub fn members(cell: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().filter(|next| matches!(next, ';' | '\\' | &ALSO_SEPARATOR));
        match (c, next, out.last_mut()) {
            ('\\', Some(next), Some(member)) => {
                member.push(next);
                chars.next();
            }
            (';' | ALSO_SEPARATOR, _, _) => out.push(String::new()),
            (c, _, Some(member)) => member.push(c),
            (_, _, None) => {}
        }
    }
    out.iter().map(|member| member.trim().to_owned()).filter(|member| !member.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=HYPERLINK(\"http://x\")", "+386 1 555 01 42", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "''+1"] {
            let cell = guarded(text);
            assert!(cell.starts_with('\'') && !is_formula(&cell), "{text:?} as {cell:?}");
            assert_eq!(unguarded(&cell), text, "and it comes back");
        }
        for text in ["d'Azeglio", "'t Hof", "2026-10-15", "a=b", ""] {
            assert_eq!(guarded(text), text, "{text:?} stays as it is");
            assert_eq!(unguarded(text), text, "{text:?} is read as it is");
        }
    }

    #[test]
    fn people_divide_members_as_they_like() {
        assert_eq!(members("a; b|c ;; "), ["a", "b", "c"], "semicolons and bars");
        assert_eq!(members(r"https://x.example/a\;b; L\|M"), ["https://x.example/a;b", "L|M"], "part of a member");
        assert_eq!(members(r"C:\temp; b\"), [r"C:\temp", r"b\"], "other backslashes are themselves");
    }

    proptest! {
        #[test]
        fn texts_come_back(text in "[=+@'a\\- \t]{0,8}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), &text);
        }

        #[test]
        fn lists_come_back(list in proptest::collection::vec(r"[a;|\\][a;|\\ ]{0,5}[;|\\b]", 0..5)) {
            prop_assert_eq!(members(&joined(&list)), list);
        }
    }
}
