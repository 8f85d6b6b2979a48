//! A document as a value: what it says, before it is HTML or Markdown.

use crate::views::Text;
use serde_json::{Value, json};

/// A document.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Document {
    /// Its language's code.
    pub lang: &'static str,
    /// Its title.
    pub title: String,
    /// What it is about, in one sentence.
    pub subtitle: String,
    /// Lines of its first page.
    pub cover: Vec<String>,
    /// What the first page lists: a title and its items.
    pub cover_list: (String, Vec<String>),
    /// The title of the table of contents.
    pub contents: String,
    /// Its sections.
    pub sections: Vec<Section>,
    /// The line at its end.
    pub closing: String,
}

/// A part of a document, with a title of its own in the table of contents.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Section {
    /// What links lead to: ASCII letters, digits and hyphens.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Its parts.
    pub parts: Vec<Section>,
}

/// A piece of a section.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A sentence of the document itself.
    Lead(String),
    /// A remark of the document itself.
    Note(String),
    /// What people wrote, under a heading that says what it is.
    Prose(String, Text),
    /// Names and values.
    Facts(Vec<(String, Vec<Cell>)>),
    /// A table.
    Table(Table),
    /// A picture, for which tables stand in Markdown.
    Picture(Figure),
    /// Subtitle within a section, not in the table of contents.
    Heading(String),
}

/// A picture in a document.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// Its SVG.
    pub svg: String,
    /// Its title.
    pub title: String,
    /// Where the same is said in words.
    pub same: String,
    /// Whether it takes a sheet on its side.
    pub is_wide: bool,
}

/// A table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The heads of its columns.
    pub head: Vec<String>,
    /// Its rows, as long as the head. The first cell names the row.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the last row sums up the others.
    pub has_total: bool,
}

/// One cell.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// What people wrote.
    Text(Text),
    /// A number.
    Number(usize),
    /// A web address.
    Link(String),
    /// An e-mail address.
    Email(String),
}

impl Cell {
    /// A text of the document itself, or a name.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text(Text { text: text.into(), lang: String::new() })
    }

    /// Whether it has nothing to show.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.text.is_empty(),
            Self::Link(text) | Self::Email(text) => text.is_empty(),
            Self::Number(_) => false,
        }
    }
}

impl From<Text> for Cell {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl Section {
    /// One with a title of the document itself.
    pub fn new(id: &str, title: String) -> Self {
        Self { id: id.to_owned(), title: Text { text: title, lang: String::new() }, ..Self::default() }
    }

    /// Adds a piece.
    pub fn add(&mut self, block: Block) {
        self.blocks.push(block);
    }
}

impl Table {
    /// For programs: `{caption, head, rows}`, each row as long as the head.
    pub fn to_json(&self) -> Value {
        let cell = |cell: &Cell| match cell {
            Cell::Text(text) => json!(text.text),
            Cell::Number(number) => json!(number),
            Cell::Link(text) | Cell::Email(text) => json!(text),
        };
        let rows = self.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>());
        json!({"caption": self.caption, "head": self.head, "rows": rows.collect::<Vec<_>>()})
    }

    /// An empty one.
    pub fn new(caption: impl Into<String>, head: &[String]) -> Self {
        Self { caption: caption.into(), head: head.to_vec(), ..Self::default() }
    }
}
