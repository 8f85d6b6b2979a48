//! Joining: a ticket, commit then reveal, one check number on both screens, confirmation, admission.
//!
//! Pure state machines for both sides. The engine moves their frames and keeps their state.

use crate::ids::{DeviceKey, PartnerId};

/// An open ticket, as its maker sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TicketInfo {
    /// The ticket's id (hex).
    pub id: String,
    /// The text to hand over; `None` once it has been used.
    pub text: Option<String>,
    /// For whom it was made.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// When it expires, by the inviter's clock, in milliseconds since the Unix epoch.
    pub expires_ms: u64,
    /// `open`, `used`, `expired` or `cancelled`.
    pub state: &'static str,
}

/// A newcomer that waits for confirmation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// The pending join's id (hex).
    pub id: String,
    /// The name that the newcomer gave itself.
    pub name: String,
    /// The name on the ticket.
    pub ticket_name: String,
    /// ISO 3166-1 alpha-2, as the newcomer gave it.
    pub country: String,
    /// The newcomer.
    pub partner: PartnerId,
    /// Its device.
    pub device: DeviceKey,
    /// The 8-digit number that both screens show, as `1234 5678`.
    pub check_number: String,
}
