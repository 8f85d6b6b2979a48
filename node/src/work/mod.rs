//! The work that coordinators do with records: expressions of interest, proposals, records that are one, records that
//! nobody has looked at for long, and what is new.
//!
//! Everything here reads rows and makes edits; routes and command line are thin above it. Only `history` reads documents.

pub mod alike;
pub mod history;
pub mod interest;
mod lines;
pub mod links;
pub mod news;
pub mod practice;
pub mod proposals;
pub mod references;
pub mod same;
pub mod stale;
pub mod translations;

pub use lines::{Line, Lines, WorkIndex};
