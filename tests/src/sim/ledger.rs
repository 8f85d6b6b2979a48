//! What users entered, and what they were told about it.

use crate::sim::disk::Disk;
use crate::sim::process::ChangeRef;
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::{Row, Scalar};

/// What became of an edit, as its user knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// No answer yet, or the process died before it: may be there or not.
    Unknown,
    /// Acknowledged: must be there.
    Acknowledged,
    /// Refused: must not have changed anything.
    Refused,
    /// Acknowledged, but every disk that held it was put back to an older copy.
    Forgiven,
}

/// One field that one user wrote.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The machine.
    pub node: usize,
    /// The register.
    pub register: RegisterId,
    /// The record; `None` until the reply names a new one.
    pub key: Option<RecordKey>,
    /// The field.
    pub field: String,
    /// The value, unlike any other of the schedule where it is text; `None`: the edit left no text behind.
    pub text: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// The change that carries it, once acknowledged.
    pub change: Option<ChangeRef>,
    /// When it was issued, in virtual milliseconds.
    pub asked_ms: u64,
    /// When it was answered.
    pub answered_ms: Option<u64>,
    /// Its own machine has lost it with its disk: should a divergence take it from the others as well, nobody
    /// is left who would enter it again.
    pub orphan: bool,
}

/// All entries of a schedule, in the order in which they were issued.
#[derive(Default)]
pub struct Ledger {
    /// The entries.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Entries that a later entry may have replaced on purpose: same field of the same record.
    pub fn later_writes(&self, index: usize) -> impl Iterator<Item = &Entry> {
        let (field, key) = (&self.entries[index].field, &self.entries[index].key);
        self.entries[index + 1..].iter().filter(move |later| {
            later.fate != Fate::Refused && later.field == *field && later.key.is_some() && later.key == *key
        })
    }
}

impl Ledger {
    /// Whether some other entry may have been written over this one: one of the same field of the same record that was
    /// not answered when this one was issued. Of two that are under way at once either may come first.
    pub fn may_be_replaced(&self, index: usize) -> bool {
        let entry = &self.entries[index];
        self.entries.iter().enumerate().any(|(other, write)| {
            let same = other != index && write.field == entry.field && write.key.is_some() && write.key == entry.key;
            same && write.fate != Fate::Refused && write.answered_ms.is_none_or(|at_ms| at_ms >= entry.asked_ms)
        })
    }
}

impl Entry {
    /// Whether the change, or at least the value, is on this disk.
    pub fn is_on(&self, disk: &Disk) -> bool {
        let held = self.change.is_some_and(|change| disk.docs.get(&change.doc).is_some_and(|doc| doc.holds(&change)));
        held || self.is_visible_on(disk)
    }

    /// Whether the value can be read in some row of its register.
    pub fn is_visible_on(&self, disk: &Disk) -> bool {
        let Some(text) = &self.text else { return false };
        disk.docs
            .iter()
            .filter(|(doc, _)| doc.register == self.register)
            .any(|(_, doc)| doc.rows.values().any(|row| shows(row, &self.field, text)))
    }
}

/// Whether a row shows a text in a field: as a value of its own, or inside a prose.
pub fn shows(row: &Row, field: &str, text: &str) -> bool {
    row.fields.get(field).is_some_and(|cells| {
        cells.iter().any(|cell| match &cell.value {
            Scalar::Str(value) => value == text,
            Scalar::Prose(value) => value.contains(text),
            _ => false,
        })
    })
}
