//! The document as Markdown (CommonMark with tables), for those who put it into another one.

use super::document::{Block, Cell, Document, Section, Table};
use crate::i18n::Lang;
use crate::views::Text;
use std::fmt::Write;

/// Writes the document. Pictures are left out: their tables are in it.
pub fn markdown(document: &Document) -> String {
    let mut out = format!("# {}\n\n{}\n\n", escaped(&document.title), escaped(&document.subtitle));
    for line in &document.cover {
        let _ = writeln!(out, "**{}**  ", escaped(line));
    }
    let (title, items) = &document.cover_list;
    if !items.is_empty() {
        let _ = write!(out, "\n{}\n\n", escaped(title));
        for item in items {
            let _ = writeln!(out, "- {}", escaped(item));
        }
    }
    let lang = Lang::parse(document.lang).unwrap_or_default();
    for section in &document.sections {
        write_section(&mut out, section, 2, lang);
    }
    let _ = write!(out, "\n---\n\n{}\n", escaped(&document.closing));
    out
}

fn write_section(out: &mut String, section: &Section, level: usize, lang: Lang) {
    let _ = write!(out, "\n{} {}\n\n", "#".repeat(level), escaped(&section.title.text));
    for block in &section.blocks {
        write_block(out, block, level + 1, lang);
    }
    for part in &section.parts {
        write_section(out, part, level + 1, lang);
    }
}

fn write_block(out: &mut String, block: &Block, level: usize, lang: Lang) {
    let _ = match block {
        Block::Lead(text) | Block::Note(text) => write!(out, "{}\n\n", escaped(text)),
        Block::Heading(text) => write!(out, "{} {}\n\n", "#".repeat(level), escaped(text)),
        Block::Prose(label, text) => prose(out, label, text),
        Block::Facts(facts) => {
            for (name, values) in facts {
                let values: Vec<String> = values.iter().map(|value| cell(value, lang)).collect();
                let _ = writeln!(out, "- **{}**: {}", escaped(name), values.join("; "));
            }
            writeln!(out)
        }
        Block::Table(table) => write_table(out, table, lang),
        Block::Picture(figure) => write!(out, "*{}*: {}\n\n", escaped(&figure.title), escaped(&figure.same)),
    };
}

fn prose(out: &mut String, label: &str, text: &Text) -> std::fmt::Result {
    if !label.is_empty() {
        write!(out, "**{}**\n\n", escaped(label))?;
    }
    for paragraph in text.text.lines().filter(|line| !line.trim().is_empty()) {
        write!(out, "{}\n\n", escaped(paragraph))?;
    }
    Ok(())
}

fn write_table(out: &mut String, table: &Table, lang: Lang) -> std::fmt::Result {
    write!(out, "**{}**\n\n", escaped(&table.caption))?;
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    writeln!(out, "{}", line(table.head.iter().map(|head| escaped(head)).collect()))?;
    let is_number = |n: usize| table.rows.iter().any(|row| matches!(row.get(n), Some(Cell::Number(_))));
    let rule = |n: usize| if is_number(n) { "--:" } else { "---" }.to_owned();
    writeln!(out, "{}", line((0..table.head.len()).map(rule).collect()))?;
    for row in &table.rows {
        writeln!(out, "{}", line(row.iter().map(|value| cell(value, lang)).collect()))?;
    }
    writeln!(out)
}

fn cell(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Text(text) => escaped(&text.text),
        Cell::Number(number) => lang.number(*number as u64),
        Cell::Link(text) | Cell::Email(text) => escaped(text),
    }
}

/// A text in which nothing is markup: neither Markdown nor the HTML that it lets through.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // A line must not begin a list or a heading of its own.
    match out.trim_start().chars().next() {
        Some('-' | '+' | '=') => format!("\\{}", out.trim_start()),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_people_wrote_is_markup() {
        assert_eq!(escaped("<script>"), "&lt;script&gt;", "no HTML");
        assert_eq!(escaped("a|b *c* [d](e)\nf"), "a\\|b \\*c\\* \\[d\\](e) f", "no tables, emphasis, links");
        assert_eq!(escaped("- no list"), "\\- no list", "nor a list");
    }
}
