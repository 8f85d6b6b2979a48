//! The survey *Networks of the COM-IN partnership*, written from live data in four languages.
//!
//! [`Survey::document`] is a pure function of what was gathered, of the partners and how fresh their data is, and of the
//! language: the same data gives the same document, to the byte. Its date is that of the newest change that it holds,
//! not that of its printing. [`mod@html`] and [`mod@markdown`] write it out. Nothing in it is about persons: they are never
//! gathered (`views::Gathered`).

mod directory;
mod document;
mod html;
mod language;
mod markdown;
mod networks;
mod numbers;
mod pictures;
mod survey;
mod ways;

pub use directory::{networks, organisations};
pub use document::{Block, Cell, Document, Figure, Section, Table};
pub use html::{STYLE, html};
pub use language::Language;
pub use markdown::markdown;
pub use pictures::{Colouring, drawn_graph, drawn_map};
pub use survey::{PartnerState, Survey};

use crate::views::{Gathered, figures::Members};

/// The tables that say the same as the pictures: of networks, and of organisations.
pub fn tables(all: &Gathered, members: &Members, language: Language) -> [Table; 2] {
    [networks(all, members, language), organisations(all, members, language, 0..usize::MAX)]
}

#[cfg(test)]
mod tests;
