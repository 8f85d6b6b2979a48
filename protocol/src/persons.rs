//! Persons: who reads one, and its erasure, as the statements say it.
//!
//! A person is a document of its own in a register of its own, [`RegisterId::person`], which no statement creates:
//! controller and nonce give its id. Statements speak of it by that id and hold no personal data.

use crate::ids::{DeviceKey, PartnerId, RegisterId};
use crate::statement::Writers;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Personal data on its way through the program: neither `Debug` nor `Display` shows any of it, so that no log line,
/// panic or error text can.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Wraps it.
    pub fn new(data: T) -> Self {
        Self(data)
    }

    /// The data itself: for the document, the store, and whoever may read it.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The data itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

impl<T> fmt::Display for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Why a person is erased.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The time for which the data might be kept is over.
    Retention,
    /// The person asked for it, or took a consent back.
    Request,
    /// The person does not do this work any more.
    Left,
    /// The data should never have been entered.
    Mistake,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Retention, Self::Request, Self::Left, Self::Mistake];

    /// The number in a statement.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The word that people write.
    pub fn code(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Request => "request",
            Self::Left => "left",
            Self::Mistake => "mistake",
        }
    }

    /// The reason of a number; `None` for one of a later version.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The reason that a word names.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// An erasure as far as it has been asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Erasure {
    /// Why; the least number where several are given.
    pub reason: u8,
    /// Whether the controller says so: then it is in force everywhere at once.
    pub by_controller: bool,
    /// The devices of other partners that ask for it, with their partners.
    pub asked_by: BTreeMap<DeviceKey, PartnerId>,
}

/// What the statements say of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonFacts {
    /// Whose devices write it.
    pub controller: PartnerId,
    /// With the controller it gives the register.
    pub nonce: [u8; 16],
    /// Who reads it besides the controller.
    pub readers: Writers,
    /// The number of the scope that counts; 0: only its erasure is known.
    pub number: u64,
    /// Who reads it or has ever read it.
    pub ever: Writers,
    /// Its erasure.
    pub erasure: Option<Erasure>,
    /// The devices that have erased it and never take it again.
    pub receipts: BTreeSet<DeviceKey>,
}

impl PersonFacts {
    /// A person of whom nothing is known but the id.
    pub fn new(controller: PartnerId, nonce: [u8; 16]) -> Self {
        let nobody = Writers::Partners(BTreeSet::new());
        let (readers, ever) = (nobody.clone(), nobody);
        Self { controller, nonce, readers, number: 0, ever, erasure: None, receipts: BTreeSet::new() }
    }

    /// Where it lies.
    pub fn register(&self) -> RegisterId {
        RegisterId::person(&self.controller, &self.nonce)
    }

    /// Whether the controller has erased it, which ends it for everyone.
    pub fn is_erased(&self) -> bool {
        self.erasure.as_ref().is_some_and(|erasure| erasure.by_controller)
    }

    /// Whether a device of `partner` reads it.
    pub fn is_read_by(&self, device: &DeviceKey, partner: &PartnerId) -> bool {
        let in_scope = *partner == self.controller || self.readers.include(partner);
        in_scope && !self.is_erased() && !self.receipts.contains(device)
    }

    /// Whether `partner` reads it or may have: its devices may hold it, and it may ask for its erasure.
    pub fn concerns(&self, partner: &PartnerId) -> bool {
        *partner == self.controller || self.ever.include(partner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_shows_nothing_of_itself() {
        let wrapped = Personal::new(vec!["Ada Zupan".to_owned()]);
        let shown = format!("{wrapped:?} {wrapped:#?} {wrapped}");
        assert!(!shown.contains("Ada"), "nothing of it is in {shown:?}");
        assert_eq!(wrapped.expose().len(), 1, "and it is all there for who needs it");
    }

    #[test]
    fn reasons_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_number(reason.number()), Some(reason), "by number");
            assert_eq!(Reason::from_code(reason.code()), Some(reason), "by word");
        }
        assert_eq!((Reason::from_number(4), Reason::from_code("x")), (None, None), "others are unknown");
    }
}
