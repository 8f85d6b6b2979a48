//! Addresses under which calendars read this node's events: each has a name, and ends when it is removed.
//!
//! # Shape
//! `calendars.json` in the data directory, mode 0600: `{"schema":1,"calendars":[{"name","public","secret"}]}`. A secret
//! is 256 random bits in hex and part of the address, since calendars cannot sign in; its hash is kept, so that a copy
//! of the file opens nothing.

use crate::datadir::{DataDir, DataDirError, random, write_secret};
use comin_protocol::ids::{tagged_hash, to_hex};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The version of the file that this program writes.
const SCHEMA: u32 = 1;
/// File in the data directory.
pub const FILE: &str = "calendars.json";
/// Longest name in characters.
const NAME_CHARS_MAX: usize = 64;
/// Calendars of one node: every coordinator of a partner, ten times over.
const CALENDARS_MAX: usize = 200;

/// A calendar that reads this node's events.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Who or what reads it, for people.
    pub name: String,
    /// Whether it reads only what is for the public.
    pub public: bool,
    /// The hash of the secret in its address, in hex.
    secret: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    calendars: Vec<Calendar>,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Calendars {
    file: Option<PathBuf>,
    known: Mutex<Vec<Calendar>>,
}

/// Why a calendar could not be added or removed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// No name, or one that cannot be shown on one line.
    #[error("a calendar's name has 1 to {NAME_CHARS_MAX} characters on one line")]
    Name,
    /// There is one already.
    #[error("there is a calendar {0} already")]
    Exists(String),
    /// There is none.
    #[error("calendar {0} not found")]
    Unknown(String),
    /// As many as one node has.
    #[error("a node has at most {CALENDARS_MAX} calendars")]
    TooMany,
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] DataDirError),
}

fn hash(secret: &str) -> String {
    to_hex(&tagged_hash("comin/calendar/1", &[secret.as_bytes()]))
}

impl Calendars {
    /// Reads them.
    ///
    /// # Errors
    /// [`DataDirError`] where the file is there and cannot be used, or others on this machine can read it.
    pub fn read(dir: &DataDir) -> Result<Self, DataDirError> {
        let path = dir.path().join(FILE);
        let damaged = |what: String| DataDirError::Damaged { path: path.clone(), what };
        let Some(text) = dir.private_text(FILE)? else {
            return Ok(Self { file: Some(path), known: Mutex::default() });
        };
        let file: File = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(damaged(format!("version {} is not known here", file.schema)));
        }
        Ok(Self { file: Some(path), known: Mutex::new(file.calendars) })
    }

    fn known(&self) -> MutexGuard<'_, Vec<Calendar>> {
        // Changed as a whole only, so a panic elsewhere leaves it usable.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in the order in which they were added.
    pub fn list(&self) -> Vec<Calendar> {
        self.known().clone()
    }

    /// The calendar whose address holds this secret. Looked up by hash: how long it takes tells nothing of a secret.
    pub fn by_secret(&self, secret: &str) -> Option<Calendar> {
        let hash = hash(secret);
        self.known().iter().find(|calendar| calendar.secret == hash).cloned()
    }

    /// Adds one and gives its secret, which is kept nowhere.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub fn add(&self, name: &str, public: bool) -> Result<String, CalendarError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return Err(CalendarError::Name);
        }
        let secret = to_hex(&random::<32>()?);
        self.change(|known| {
            if known.iter().any(|calendar| calendar.name == name) {
                return Err(CalendarError::Exists(name.to_owned()));
            }
            if known.len() >= CALENDARS_MAX {
                return Err(CalendarError::TooMany);
            }
            known.push(Calendar { name: name.to_owned(), public, secret: hash(&secret) });
            Ok(())
        })?;
        Ok(secret)
    }

    /// Removes one: its address opens nothing any more.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub fn remove(&self, name: &str) -> Result<(), CalendarError> {
        self.change(|known| {
            let before = known.len();
            known.retain(|calendar| calendar.name != name.trim());
            if known.len() == before { Err(CalendarError::Unknown(name.to_owned())) } else { Ok(()) }
        })
    }

    fn change(
        &self,
        change: impl FnOnce(&mut Vec<Calendar>) -> Result<(), CalendarError>,
    ) -> Result<(), CalendarError> {
        let mut known = self.known();
        let mut new = known.clone();
        change(&mut new)?;
        if let Some(path) = &self.file {
            let file = File { schema: SCHEMA, calendars: new.clone() };
            // INVARIANT: strings, flags and a number have no value that JSON lacks.
            let text = serde_json::to_string_pretty(&file).unwrap_or_else(|_| unreachable!("calendars are JSON"));
            write_secret(path, format!("{text}\n"))?;
        }
        *known = new;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_until_it_is_removed() {
        let (_temp, dir) = DataDir::temporary();
        let calendars = Calendars::read(&dir).expect("no file is no calendar");
        let secret = calendars.add(" Ana ", true).expect("is added");
        let again = Calendars::read(&dir).expect("reads back");
        let found = again.by_secret(&secret).expect("after a restart as well");
        assert_eq!((found.name.as_str(), found.public), ("Ana", true), "as it was added");
        assert!(again.by_secret(&secret[1..]).is_none() && again.by_secret("").is_none(), "not by a part of it");
        let kept = dir.private_text(FILE).expect("reads").expect("is there");
        assert!(!kept.contains(&secret), "the file does not hold the secret");
        assert!(again.by_secret(&again.list()[0].secret).is_none(), "nor does what it holds open anything");
        again.remove("Ana").expect("is removed");
        assert!(again.by_secret(&secret).is_none(), "from that moment on");
        assert!(Calendars::read(&dir).expect("reads").list().is_empty(), "on disk either");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let calendars = Calendars::default();
        for name in ["", "  ", "a\nb", &"x".repeat(65)] {
            assert!(matches!(calendars.add(name, false), Err(CalendarError::Name)), "{name:?} is no name");
        }
        calendars.add("Ana", false).expect("is added");
        assert!(matches!(calendars.add("Ana", true), Err(CalendarError::Exists(_))), "twice the same");
        assert!(matches!(calendars.remove("Bor"), Err(CalendarError::Unknown(_))), "nobody to remove");
    }
}
