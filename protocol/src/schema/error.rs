//! Why a value was not accepted, in words for the person who entered it.

use std::fmt;

/// A value that its field does not accept.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct FieldError {
    /// The field as it was named.
    pub field: String,
    /// The value, shortened; empty where the field is the trouble.
    pub value: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Characters of a refused value that the message shows.
const VALUE_CHARS_SHOWN: usize = 60;

impl FieldError {
    pub(super) fn new(field: &str, value: &str, reason: impl Into<String>) -> Self {
        let mut shown: String = value.chars().take(VALUE_CHARS_SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self { field: field.to_owned(), value: shown, reason: reason.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.is_empty() {
            true => write!(f, "{}: {}", self.field, self.reason),
            false => write!(f, "{}: {:?} {}", self.field, self.value, self.reason),
        }
    }
}
