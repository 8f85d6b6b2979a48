//! The document as one HTML file that needs nothing else and prints to paper.

use super::document::{Block, Cell, Document, Figure, Section, Table};
use super::language::Language;
use crate::i18n::Lang;
use crate::views::Text;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

/// Its only style sheet, which whoever serves it has to allow by its hash.
pub const STYLE: &str = include_str!("survey.css");

/// Writes the document.
pub fn html(document: &Document) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang=(document.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (document.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (cover(document))
                nav aria-labelledby="contents" {
                    h2 #contents { (document.contents) }
                    (contents(&document.sections))
                }
                main { @for section in &document.sections { (top(section, document.lang)) } }
                footer { p.closing { (document.closing) } }
            }
        }
    };
    page.into_string()
}

fn cover(document: &Document) -> Markup {
    markup! {
        header.cover {
            p.brand { "COM-IN" }
            h1 { (document.title) }
            p.subtitle { (document.subtitle) }
            @for line in &document.cover { p.line { (line) } }
            @let (title, items) = &document.cover_list;
            @if !items.is_empty() {
                h2.minor { (title) }
                ul { @for item in items { li { (item) } } }
            }
        }
    }
}

fn contents(sections: &[Section]) -> Markup {
    markup! {
        ol {
            @for section in sections {
                li {
                    a href={ "#" (section.id) } lang=[foreign(&section.title, "")] { (section.title.text) }
                    @if !section.parts.is_empty() { (contents(&section.parts)) }
                }
            }
        }
    }
}

/// Sections that begin on no page of their own: they are short.
const RUN_ON: [&str; 3] = ["vision", "contacts", "freshness"];

fn top(section: &Section, lang: &str) -> Markup {
    let class = if RUN_ON.contains(&section.id.as_str()) { "top runs-on" } else { "top" };
    markup! {
        section class={ (class) " " (section.id) } id=(section.id) {
            h2 { (section.title.text) }
            @for block in &section.blocks { (piece(block, lang, Level::Section)) }
            @for part in &section.parts {
                section id=(part.id) {
                    h3 lang=[foreign(&part.title, lang)] { (part.title.text) }
                    @for block in &part.blocks { (piece(block, lang, Level::Part)) }
                }
            }
        }
    }
}

/// The language of a text, where it is not that of the document.
fn foreign<'a>(text: &'a Text, lang: &str) -> Option<&'a str> {
    (!text.lang.is_empty() && text.lang != lang).then_some(text.lang.as_str())
}

/// Below which heading a block stands: no level is left out.
#[derive(Clone, Copy)]
enum Level {
    Section,
    Part,
}

fn heading(text: &str, level: Level) -> Markup {
    match level {
        Level::Section => markup! { h3.minor { (text) } },
        Level::Part => markup! { h4 { (text) } },
    }
}

fn piece(block: &Block, lang: &str, level: Level) -> Markup {
    markup! {
        @match block {
            Block::Lead(text) => p.lead { (text) },
            Block::Note(text) => p.note { (text) },
            Block::Heading(text) => (heading(text, level)),
            Block::Prose(label, text) => {
                @if !label.is_empty() { (heading(label, level)) }
                @if !text.text.is_empty() { p.prose lang=[foreign(text, lang)] { (text.text) (in_language(text, lang)) } }
            },
            Block::Facts(facts) => dl {
                @for (name, values) in facts {
                    dt { (name) }
                    @for value in values { dd { (cell(value, lang)) } }
                }
            },
            Block::Table(table) => (table_of(table, lang)),
            Block::Picture(figure) => (picture(figure)),
        }
    }
}

/// Which language a text is in, where there was none in the reader's.
fn in_language(text: &Text, lang: &str) -> Markup {
    let words = foreign(text, lang).zip(Language::parse(lang)).map(|(code, language)| {
        let name = match Language::parse(code) {
            Some(known) => language.phrase(&format!("language-{}", known.code())),
            None => code.to_owned(),
        };
        language.phrase_with("survey-in-language", &[("language", name.into())])
    });
    markup! { @if let Some(words) = words { " " span.other lang=(lang) { "[" (words) "]" } } }
}

fn picture(figure: &Figure) -> Markup {
    let class = figure.is_wide.then_some("wide");
    markup! {
        figure class=[class] {
            // Our own markup, in which every text of people is escaped (`render::svg`).
            (PreEscaped(&figure.svg))
            figcaption { (figure.same) }
        }
    }
}

fn table_of(table: &Table, lang: &str) -> Markup {
    let last = table.rows.len().saturating_sub(1);
    let is_number = |n: usize| table.rows.iter().any(|row| matches!(row.get(n), Some(Cell::Number(_))));
    let numbers: Vec<Option<&str>> = (0..table.head.len()).map(|n| is_number(n).then_some("number")).collect();
    let class = |n: usize| numbers.get(n).copied().flatten();
    markup! {
        // On a telephone its rows become cards, and stay rows of a table for screen readers.
        table role="table" {
            caption { (table.caption) }
            thead role="rowgroup" { tr role="row" { @for (n, head) in table.head.iter().enumerate() { th role="columnheader" scope="col" class=[class(n)] { (head) } } } }
            tbody role="rowgroup" {
                @for (n, row) in table.rows.iter().enumerate() {
                    tr role="row" class=[(table.has_total && n == last).then_some("total")] {
                        @for (n, value) in row.iter().enumerate() {
                            @if n == 0 { th role="rowheader" scope="row" { (cell(value, lang)) } }
                            @else { td role="cell" class=[class(n)] data-label=[table.head.get(n)] { span { (cell(value, lang)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn cell(cell: &Cell, lang: &str) -> Markup {
    markup! {
        @match cell {
            Cell::Text(text) => {
                @match foreign(text, lang) {
                    Some(code) => span lang=(code) { (text.text) },
                    None => (text.text),
                }
            },
            Cell::Number(number) => (Lang::parse(lang).unwrap_or_default().number(*number as u64)),
            Cell::Link(url) => {
                @if url.starts_with("https://") || url.starts_with("http://") { a href=(url) rel="noreferrer" { (shown(url)) } }
                @else { (url) }
            },
            Cell::Email(address) => {
                @if address.is_empty() {} @else { a href={ "mailto:" (address) } { (address) } }
            },
        }
    }
}

/// A web address as people read it.
fn shown(url: &str) -> &str {
    url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/')
}
