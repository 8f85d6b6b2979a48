//! What goes to the terminal: lines for people, objects for programs.

use comin_node::i18n::{Arg, Lang};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Where and how answers are printed.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// For programs.
    pub json: bool,
    /// The language of what is said.
    pub lang: Lang,
}

impl Output {
    /// One line for people. A closed pipe ends the program quietly, as `head` expects.
    pub fn line(&self, text: impl AsRef<str>) {
        write_or_end(format!("{}\n", text.as_ref()).as_bytes());
    }

    /// A message of the catalogue.
    pub fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    /// A message with its arguments, made safe for a terminal.
    pub fn tw(&self, key: &str, args: &[(&str, Arg)]) -> String {
        plain(&self.lang.text_with(key, args))
    }

    /// One line: a message of the catalogue with its arguments.
    pub fn say(&self, key: &str, args: &[(&str, Arg)]) {
        self.line(self.tw(key, args));
    }

    /// One object for programs, with the version of its form.
    pub fn object(&self, value: Value) {
        let mut object = Map::from_iter([("schema".to_owned(), json!(1))]);
        match value {
            Value::Object(members) => object.extend(members),
            other => {
                object.insert("value".to_owned(), other);
            }
        }
        self.line(Value::Object(object).to_string());
    }

    /// Rows in columns as wide as their longest cell; the last one as it comes.
    pub fn table(&self, rows: &[Vec<String>]) {
        for line in columns(rows) {
            self.line(line);
        }
    }
}

/// Cells with the blanks that make columns.
fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let width = |n: usize| rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or(0)).map(width).collect();
    let pad =
        |(cell, width): (&String, &usize)| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count())));
    let line =
        |row: &Vec<String>| row.iter().zip(&widths).map(pad).collect::<Vec<_>>().join("  ").trim_end().to_owned();
    rows.iter().map(line).collect()
}

/// A text from another node as a terminal may show it: control characters would be obeyed.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn write_or_end(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    if stdout.write_all(bytes).and_then(|()| stdout.flush()).is_err() {
        // Nobody reads any more; there is nothing left to say and nowhere to say it.
        std::process::exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = vec![vec!["čšž".into(), "b".into()], vec!["a".into(), "c".into()], vec!["longest".into()]];
        assert_eq!(columns(&rows), ["čšž      b", "a        c", "longest"], "characters count, not bytes");
    }

    #[test]
    fn foreign_texts_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a [2Jb ", "an escape sequence is only text");
    }
}
