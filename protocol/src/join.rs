//! Joining: a ticket, commit then reveal, one check number on both screens, confirmation, admission.
//!
//! Pure state machines for both sides: [`TicketBook`] is the inviter's, [`Newcomer`] the other. The engine
//! moves their frames, keeps their bytes, and passes randomness and time in. Either side may be stopped at
//! any moment and go on from its stored bytes: a newcomer says hello again, with the same commitment.
//!
//! ```text
//! newcomer                                   inviter
//!   Hello{commitment, proof of ticket}   →      binds the ticket to the device
//!                                        ←   Reveal{nonce, partner key, names, proof of ticket}
//!   Reveal{nonce, certificate}           →      both show the check number
//!                                        ←   Waiting{for whom}
//!                                               a person compares the numbers and confirms
//!                                        ←   Admitted{statements}
//! ```
//!
//! **Why eight digits are enough.** Who stands between the two must show each side a transcript of its own
//! and hope that both give the same number. Towards the inviter it has to commit to its keys and nonce
//! before it sees the inviter's nonce; towards the newcomer it has to reveal its nonce before it sees the
//! newcomer's. So on either side the last free choice is an honest party's random one, nothing is left to
//! compute offline, and each attempt succeeds with a chance of one in 10⁸. A ticket allows
//! [`crate::limits::JOIN_ATTEMPTS_MAX`] attempts, all from the device that it bound itself to; and neither
//! side ever answers one commitment with two nonces, or accepts two reveals after having shown its own.
//!
//! # Source
//! WIRE.md, "Join".

mod book;
mod message;
mod newcomer;
#[cfg(test)]
mod tests;

use crate::ids::{DeviceKey, PartnerId};
pub use book::{AdmissionDraft, InviteError, JoinContext, JoinError, JoinOut, TicketBook, TicketRequest};
pub use message::{JoinMessage, Refusal, Reveal};
pub use newcomer::{Newcomer, NewcomerOut, StartError};

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
