//! People who sign in over the office network: their names, what they may do, and how their passwords are kept.
//!
//! # Shape
//! `users.json` in the data directory, mode 0600: `{"schema":1,"users":[{"name","role","password","language"?}]}`. A
//! password is kept as Argon2id (19 MiB, 2 passes, 1 lane) in PHC form. Passwords are made here, 99 random bits each, and shown
//! once; so there is nothing to guess, and no rule about what a good one looks like. Case, blanks and dashes do not
//! matter when one is typed.

use crate::datadir::{DataDir, DataDirError, random, write_secret};
use crate::i18n::Lang;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The version of the file that this program writes.
const SCHEMA: u32 = 1;
/// Longest name in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Users of one node: every coordinator of a partner, ten times over.
const USERS_MAX: usize = 200;
/// Letters of a password: to be read over the telephone, so nothing that looks like something else.
const LETTERS: [u8; 31] = *b"23456789abcdefghjkmnpqrstuvwxyz";
/// Letters of a password: 99 random bits.
const PASSWORD_LETTERS: usize = 20;

/// What somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything that the page offers: partners, registers, users, exchange.
    Admin,
    /// The data: records, persons, conflicts, import, export.
    Editor,
}

impl Role {
    /// The word in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    name: String,
    role: Role,
    password: String,
    /// The code of the language in which the pages speak to this user; none: the browser's wish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    users: Vec<User>,
}

/// Somebody whose name and password fit at some moment.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The name.
    pub name: String,
    /// The password of that moment, as it is kept.
    password: String,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").finish_non_exhaustive()
    }
}

/// Everybody who may sign in over the office network.
#[derive(Debug, Default)]
pub struct Users {
    file: Option<PathBuf>,
    known: Mutex<BTreeMap<String, User>>,
}

/// Why a user could not be added or changed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// A name that cannot be typed everywhere.
    #[error("a user's name has 1 to 64 letters, digits or . _ - @, and begins with a letter or digit")]
    Name,
    /// There is one already.
    #[error("there is a user {0} already")]
    Exists(String),
    /// There is none.
    #[error("user {0} not found")]
    Unknown(String),
    /// The only one, while the page is open to the office: without users the node would not start again.
    #[error("this is the only user, and the page is open to the office")]
    Last,
    /// As many as one node has.
    #[error("a node has at most {USERS_MAX} users")]
    TooMany,
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] DataDirError),
    /// The password cannot be kept.
    #[error("the password could not be kept: {0}")]
    Hash(String),
}

impl Users {
    /// Reads them.
    ///
    /// # Errors
    /// [`DataDirError`] where the file is there and cannot be used, or others on this machine can read it.
    pub fn read(dir: &DataDir) -> Result<Self, DataDirError> {
        let path = dir.path().join("users.json");
        let damaged = |what: String| DataDirError::Damaged { path: path.clone(), what };
        let Some(text) = dir.private_text("users.json")? else {
            return Ok(Self { file: Some(path), known: Mutex::default() });
        };
        let file: File = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(damaged(format!("version {} is not known here", file.schema)));
        }
        let known = file.users.into_iter().map(|user| (user.name.clone(), user)).collect();
        Ok(Self { file: Some(path), known: Mutex::new(known) })
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, User>> {
        // Changed as a whole only, so a panic elsewhere leaves it usable.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody can sign in.
    pub fn is_empty(&self) -> bool {
        self.known().is_empty()
    }

    /// Names and roles, by name.
    pub fn list(&self) -> Vec<(String, Role)> {
        self.known().values().map(|user| (user.name.clone(), user.role)).collect()
    }

    /// What somebody may do who signed in; `None`: there is no such user any more, or it has another password.
    pub fn role_of(&self, signed_in: &SignedIn) -> Option<Role> {
        self.known().get(&signed_in.name).filter(|user| user.password == signed_in.password).map(|user| user.role)
    }

    /// Adds a user and gives the password, which is kept nowhere.
    ///
    /// # Errors
    /// [`UserError`].
    pub fn add(&self, name: &str, role: Role) -> Result<String, UserError> {
        let name = folded(name).ok_or(UserError::Name)?;
        let (password, kept) = new_password()?;
        self.change(|known| {
            if known.contains_key(&name) {
                return Err(UserError::Exists(name.clone()));
            }
            if known.len() >= USERS_MAX {
                return Err(UserError::TooMany);
            }
            known.insert(name.clone(), User { name: name.clone(), role, password: kept, language: None });
            Ok(())
        })?;
        Ok(password)
    }

    /// Gives a user another password; the one of before opens nothing any more.
    ///
    /// # Errors
    /// [`UserError`].
    pub fn reset(&self, name: &str) -> Result<String, UserError> {
        let (password, kept) = new_password()?;
        self.change(|known| match known.get_mut(&folded(name).unwrap_or_default()) {
            Some(user) => {
                user.password = kept;
                Ok(())
            }
            None => Err(UserError::Unknown(name.to_owned())),
        })?;
        Ok(password)
    }

    /// The language that a user has chosen.
    pub fn language_of(&self, name: &str) -> Option<Lang> {
        self.known().get(&folded(name)?)?.language.as_deref().and_then(Lang::parse)
    }

    /// Keeps the language that a user has chosen.
    ///
    /// # Errors
    /// [`UserError`].
    pub fn choose_language(&self, name: &str, language: Lang) -> Result<(), UserError> {
        self.change(|known| match known.get_mut(&folded(name).unwrap_or_default()) {
            Some(user) => {
                user.language = Some(language.code().to_owned());
                Ok(())
            }
            None => Err(UserError::Unknown(name.to_owned())),
        })
    }

    /// Removes a user; the last one only where `may_be_last`.
    ///
    /// # Errors
    /// [`UserError`].
    pub fn remove(&self, name: &str, may_be_last: bool) -> Result<(), UserError> {
        self.change(|known| match known.remove(&folded(name).unwrap_or_default()) {
            Some(_) if known.is_empty() && !may_be_last => Err(UserError::Last),
            Some(_) => Ok(()),
            None => Err(UserError::Unknown(name.to_owned())),
        })
    }

    /// The user, if name and password fit. Takes some 30 ms, and as long for a name that nobody has.
    pub fn check(&self, name: &str, password: &str) -> Option<SignedIn> {
        let user = folded(name).and_then(|name| self.known().get(&name).cloned());
        let kept = user.as_ref().map_or(NOBODYS, |user| &user.password);
        let hash = PasswordHash::new(kept).ok()?;
        let fits = Argon2::default().verify_password(bare(password).as_bytes(), &hash).is_ok();
        user.filter(|_| fits).map(|user| SignedIn { name: user.name, password: user.password })
    }

    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, User>) -> Result<(), UserError>,
    ) -> Result<(), UserError> {
        let mut known = self.known();
        let mut new = known.clone();
        change(&mut new)?;
        if let Some(path) = &self.file {
            let file = File { schema: SCHEMA, users: new.values().cloned().collect() };
            // INVARIANT: strings and a number have no value that JSON lacks.
            let text = serde_json::to_string_pretty(&file).unwrap_or_else(|_| unreachable!("users are JSON"));
            write_secret(path, format!("{text}\n"))?;
        }
        *known = new;
        Ok(())
    }
}

/// A hash of a password that nobody has: names that exist and names that do not take the same time.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$qkMbzOPV9yNVb5Hy7QDYqZvO5cFvZLQxTqPzBz1nm6s";

/// A name as it is kept: lower case. `None`: it is none.
fn folded(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    let plain = |c: char| c.is_alphanumeric() || "._-@".contains(c);
    let begins = name.chars().next().is_some_and(char::is_alphanumeric);
    (begins && name.len() <= NAME_BYTES_MAX && name.chars().all(plain)).then_some(name)
}

/// A password as it is hashed, however it was typed.
fn bare(password: &str) -> String {
    password.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect()
}

/// A password, and how it is kept.
fn new_password() -> Result<(String, String), UserError> {
    let mut letters = String::new();
    while letters.len() < PASSWORD_LETTERS {
        // Of 256 bytes 248 fall on the letters evenly; the rest is drawn again.
        let drawn: [u8; 2 * PASSWORD_LETTERS] = random()?;
        let even = drawn.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < 8 * LETTERS.len());
        letters
            .extend(even.map(|byte| char::from(LETTERS[byte % LETTERS.len()])).take(PASSWORD_LETTERS - letters.len()));
    }
    let groups: Vec<&str> = (0..PASSWORD_LETTERS).step_by(5).map(|at| &letters[at..at + 5]).collect();
    let password = groups.join("-");
    let failed = |error: argon2::password_hash::Error| UserError::Hash(error.to_string());
    let salt: [u8; 16] = random()?;
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    let hash = Argon2::default().hash_password(bare(&password).as_bytes(), &salt).map_err(failed)?;
    Ok((password, hash.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_added_signs_in_until_removed() {
        let (_temp, dir) = DataDir::temporary();
        let users = Users::read(&dir).expect("no file is no user");
        assert!(users.is_empty(), "nobody yet");
        let password = users.add(" Ana.Kos ", Role::Editor).expect("is added");
        let again = Users::read(&dir).expect("reads back");
        assert_eq!(
            again.check("ana.kos", &password).map(|user| user.name).as_deref(),
            Some("ana.kos"),
            "after a restart as well"
        );
        assert_eq!(
            again.check("ANA.KOS", &password).map(|user| user.name).as_deref(),
            Some("ana.kos"),
            "however the name is written"
        );
        let typed = password.replace('-', " ").to_uppercase();
        assert_eq!(
            again.check("ana.kos", &typed).map(|user| user.name).as_deref(),
            Some("ana.kos"),
            "however the password is typed"
        );
        assert_eq!(again.check("ana.kos", &password[1..]), None, "not with a part of it");
        assert_eq!(again.check("ana.kos", "another"), None, "not with another password");
        assert_eq!(again.check("nobody", &password), None, "nor under another name");
        let new = again.reset("ana.kos").expect("is reset");
        assert!(again.check("ana.kos", &password).is_none() && again.check("ana.kos", &new).is_some(), "the new one");
        assert!(matches!(again.remove("ana.kos", false), Err(UserError::Last)), "the last one stays where it must");
        again.remove("ana.kos", true).expect("is removed");
        assert_eq!(again.check("ana.kos", &new), None, "nothing is left");
        assert!(Users::read(&dir).expect("reads").is_empty(), "on disk either");
    }

    #[test]
    fn a_language_stays_with_its_user() {
        let (_temp, dir) = DataDir::temporary();
        let users = Users::read(&dir).expect("no file is no user");
        users.add("ana", Role::Editor).expect("is added");
        assert_eq!(users.language_of("ana"), None, "nothing is chosen yet");
        let text = std::fs::read_to_string(dir.path().join("users.json")).expect("reads");
        assert!(!text.contains("language"), "and the file is as it was before there were languages: {text}");
        users.choose_language("Ana", Lang::Sl).expect("is kept");
        users.reset("ana").expect("is reset");
        let again = Users::read(&dir).expect("reads back");
        assert_eq!(again.language_of("ana"), Some(Lang::Sl), "after another password and a restart as well");
        assert!(matches!(again.choose_language("bor", Lang::It), Err(UserError::Unknown(_))), "nobody to choose");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let (_temp, dir) = DataDir::temporary();
        let users = Users::read(&dir).expect("no file is no user");
        for name in ["", " ", "-x", "a b", "a/b", &"x".repeat(65)] {
            assert!(matches!(users.add(name, Role::Admin), Err(UserError::Name)), "{name:?} is no name");
        }
        users.add("čoš", Role::Admin).expect("letters of our languages are letters");
        assert!(matches!(users.add("ČOŠ", Role::Admin), Err(UserError::Exists(_))), "twice the same");
        assert!(matches!(users.reset("x"), Err(UserError::Unknown(_))), "nobody to reset");
        assert!(matches!(users.remove("x", true), Err(UserError::Unknown(_))), "nobody to remove");
        std::fs::write(dir.path().join("users.json"), "{}").expect("writes");
        assert!(Users::read(&dir).is_err(), "a damaged file is no empty list");
    }

    #[test]
    fn a_name_that_nobody_has_costs_a_hash_as_well() {
        let hash = PasswordHash::new(NOBODYS).expect("is a hash");
        let ours = PasswordHash::new(&new_password().expect("a password").1).map(|hash| hash.params.to_string());
        assert_eq!(Ok(hash.params.to_string()), ours, "of the same cost");
        assert!(Argon2::default().verify_password(b"", &hash).is_err(), "and fits nothing");
    }
}
