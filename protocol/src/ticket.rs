//! Tickets: a one-time invitation that pins whom the newcomer talks to.
//!
//! A ticket says which federation, which device of it to reach and where, and carries a secret that only
//! inviter and invited know. Who holds a ticket can ask; what admits is the number that two people compare.

use crate::armor::{self, ArmorError};
use crate::ids::{DeviceKey, FederationId, PartnerId, StatementId, TicketId, tagged_hash};
use crate::limits;
use crate::statement::{is_country, is_name};
use minicbor::{Decode, Encode};
use std::fmt;

/// What every ticket's text begins with; then the format's number.
pub const TICKET_WORD: &str = "comin";
/// The format's number.
pub const TICKET_VERSION: u32 = 1;

/// The 16 random bytes that only inviter and invited know. Debug shows none of it.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct TicketSecret(#[cbor(with = "minicbor::bytes")] pub [u8; 16]);

impl fmt::Debug for TicketSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSecret(…)")
    }
}

impl TicketSecret {
    /// The id under which inviter and newcomer speak of the ticket.
    pub fn ticket_id(&self) -> TicketId {
        let hash = tagged_hash("comin/ticket/1", &[&self.0]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        TicketId(id)
    }

    /// Proves that its maker knows the secret, over `parts` in the role that `tag` names.
    ///
    /// # Shape
    /// The parts are hashed first, so that the keyed hash has an input of fixed length that nobody can extend.
    pub fn prove(&self, tag: &str, parts: &[&[u8]]) -> [u8; 32] {
        tagged_hash(tag, &[&self.0, &tagged_hash(tag, parts)])
    }

    /// Whether `proof` is what [`Self::prove`] gives; takes equally long whatever differs.
    pub fn is_proven(&self, tag: &str, parts: &[&[u8]], proof: &[u8; 32]) -> bool {
        self.prove(tag, parts).iter().zip(proof).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

/// A one-time invitation.
///
/// # Source
/// WIRE.md, "Ticket".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Ticket {
    /// The federation to join.
    #[n(0)]
    pub federation: FederationId,
    /// The chain position in force when the ticket was made.
    #[n(1)]
    pub position: StatementId,
    /// The device to reach: no other can answer for it.
    #[n(2)]
    pub inviter_device: DeviceKey,
    /// Its partner.
    #[n(3)]
    pub inviter: PartnerId,
    /// The federation's name.
    #[n(4)]
    pub federation_name: String,
    /// For whom it was made.
    #[n(5)]
    pub invitee_name: String,
    /// ISO 3166-1 alpha-2.
    #[n(6)]
    pub country: String,
    /// What proves that both sides have the ticket.
    #[n(7)]
    pub secret: TicketSecret,
    /// When it expires, by the inviter's clock, in milliseconds since the Unix epoch.
    #[n(8)]
    pub expires_ms: u64,
    /// Where the inviter's device listens (multiaddresses; relays later).
    #[n(9)]
    pub addresses: Vec<String>,
}

/// Why a text is no ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TicketError {
    /// Something else was copied.
    #[error("this is not a ticket: a ticket begins with \u{201c}comin1-\u{201d}")]
    NotATicket,
    /// A later version made it.
    #[error("the ticket was made by a newer version of comin (format {0}); update this node")]
    Newer(u32),
    /// The end is missing.
    #[error("the ticket is incomplete: its end is missing")]
    Truncated,
    /// Characters were changed, added or lost.
    #[error("the ticket was altered: its checksum does not fit")]
    Altered,
    /// The checksum fits, the content does not: a faulty program made it.
    #[error("the ticket's content is not well formed")]
    Malformed,
}

impl From<ArmorError> for TicketError {
    fn from(error: ArmorError) -> Self {
        match error {
            ArmorError::Foreign(_) => Self::NotATicket,
            ArmorError::Newer(version) => Self::Newer(version),
            ArmorError::Truncated => Self::Truncated,
            ArmorError::Altered => Self::Altered,
        }
    }
}

impl Ticket {
    /// Its id.
    pub fn id(&self) -> TicketId {
        self.secret.ticket_id()
    }

    /// Stands for the whole ticket in check numbers: a ticket that was altered on its way gives another.
    pub fn fingerprint(&self) -> [u8; 32] {
        tagged_hash("comin/ticket-content/1", &[&crate::codec::to_cbor(self)])
    }

    /// The text to hand over.
    pub fn to_text(&self) -> String {
        armor::encode(TICKET_WORD, TICKET_VERSION, &crate::codec::to_cbor(self))
    }

    /// Reads a ticket's text.
    ///
    /// # Errors
    /// [`TicketError`], which names what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, TicketError> {
        let bytes = armor::decode(TICKET_WORD, TICKET_VERSION, text)?;
        let ticket: Self = crate::codec::from_cbor(&bytes).map_err(|_| TicketError::Malformed)?;
        if ticket.is_well_formed() { Ok(ticket) } else { Err(TicketError::Malformed) }
    }

    /// Whether its names, country and addresses keep their bounds.
    pub fn is_well_formed(&self) -> bool {
        is_name(&self.federation_name)
            && is_name(&self.invitee_name)
            && is_country(&self.country)
            && self.addresses.len() <= limits::ADDRESSES_MAX
            && self.addresses.iter().all(|address| address.len() <= limits::ADDRESS_BYTES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            federation: FederationId([1; 32]),
            position: StatementId([1; 32]),
            inviter_device: DeviceKey([2; 32]),
            inviter: PartnerId([3; 32]),
            federation_name: "COM-IN".into(),
            invitee_name: "Cooperativa Ponte".into(),
            country: "IT".into(),
            secret: TicketSecret([4; 16]),
            expires_ms: 1_800_000_000_000,
            addresses: vec!["/dns4/node.most.example/tcp/8471".into()],
        }
    }

    #[test]
    fn a_ticket_survives_its_text() {
        let text = ticket().to_text();
        assert!(text.starts_with("comin1-"), "the text says what it is");
        assert_eq!(Ticket::parse(&text), Ok(ticket()), "and reads back");
        assert!(text.len() < 500, "short enough for a mail: {}", text.len());
        assert!(!format!("{:?}", ticket()).contains("4, 4"), "the secret is not shown by Debug");
    }

    #[test]
    fn errors_name_what_is_wrong() {
        let text = ticket().to_text();
        assert_eq!(Ticket::parse("https://comin.example"), Err(TicketError::NotATicket), "something else");
        assert_eq!(Ticket::parse(&text[..text.len() - 9]), Err(TicketError::Truncated), "the end is missing");
        let altered = format!("{}{}{}", &text[..50], if &text[50..51] == "a" { "b" } else { "a" }, &text[51..]);
        assert_eq!(Ticket::parse(&altered), Err(TicketError::Altered), "a letter was changed");
        assert_eq!(Ticket::parse(&text.replace("comin1", "comin2")), Err(TicketError::Newer(2)), "a newer format");
        let odd = Ticket { country: "Italy".into(), ..ticket() };
        assert_eq!(Ticket::parse(&odd.to_text()), Err(TicketError::Malformed), "content beyond its bounds");
    }

    #[test]
    fn the_id_is_of_the_secret_alone() {
        let other = Ticket { invitee_name: "Other".into(), ..ticket() };
        assert_eq!(other.id(), ticket().id(), "so that a newcomer may name it before anything else");
        assert_ne!(other.fingerprint(), ticket().fingerprint(), "while the fingerprint covers everything");
    }
}
