//! The messages of a join, and what both sides compute from them.

use crate::ids::{DeviceKey, FederationId, PartnerKey, TicketId, tagged_hash};
use crate::statement::SignedStatement;
use crate::ticket::Ticket;
use minicbor::{Decode, Encode};

/// One frame of a join stream.
///
/// # Source
/// WIRE.md, "Join".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum JoinMessage {
    /// Newcomer: I hold this ticket and commit to who I am.
    #[n(0)]
    Hello {
        /// The ticket's federation.
        #[n(0)]
        federation: FederationId,
        /// The ticket.
        #[n(1)]
        ticket: TicketId,
        /// Hash over the newcomer's nonce, keys and names.
        #[cbor(n(2), with = "minicbor::bytes")]
        commitment: [u8; 32],
        /// A keyed hash with the ticket's secret over federation, commitment and both devices.
        #[cbor(n(3), with = "minicbor::bytes")]
        proof: [u8; 32],
    },
    /// Inviter: this is who I am.
    #[n(1)]
    Inviter(#[n(0)] Reveal),
    /// Newcomer: this is who I am.
    #[n(2)]
    Newcomer {
        /// The ticket.
        #[n(0)]
        ticket: TicketId,
        /// What the commitment was made with.
        #[cbor(n(1), with = "minicbor::bytes")]
        nonce: [u8; 16],
        /// The certificate of the newcomer's device, which names the partner.
        #[n(2)]
        certificate: SignedStatement,
    },
    /// Inviter: the numbers are to be compared and the join to be confirmed.
    #[n(3)]
    Waiting {
        /// Names of those who have to confirm.
        #[n(0)]
        for_whom: Vec<String>,
    },
    /// Inviter: you are a member; these statements prove it. May come in several messages.
    #[n(4)]
    Admitted {
        /// Founding, certificates of the stewards, admission, addresses of the inviter.
        #[n(0)]
        statements: Vec<SignedStatement>,
        /// No more follow.
        #[n(1)]
        last: bool,
    },
    /// Either side: the join ends here.
    #[n(5)]
    Refused {
        /// [`Refusal::stage`]; a stage that the receiver does not know is shown as it is.
        #[n(0)]
        stage: String,
    },
}

/// What the inviter reveals: nothing of the federation beyond what its ticket says.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Reveal {
    /// Fresh for every commitment.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The inviter's partner key.
    #[n(1)]
    pub partner_key: PartnerKey,
    /// The inviter's name.
    #[n(2)]
    pub partner_name: String,
    /// The federation's name.
    #[n(3)]
    pub federation_name: String,
    /// A keyed hash with the ticket's secret over the commitment and everything here.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub proof: [u8; 32],
}

/// Where and why a join ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The inviter made no such ticket, or the secret is not the ticket's.
    #[error("the inviter does not know this ticket")]
    TicketUnknown,
    /// Another device has shown the ticket first.
    #[error("another device has used this ticket")]
    TicketUsed,
    /// Its time is over by the inviter's clock.
    #[error("the ticket has expired")]
    TicketExpired,
    /// Its maker took it back.
    #[error("the inviter has cancelled this ticket")]
    TicketCancelled,
    /// The ticket and the other side speak of different federations.
    #[error("the ticket is for another federation")]
    ForeignFederation,
    /// What was revealed is not what was committed to, or not what was revealed before.
    #[error("what the other side revealed does not fit its commitment")]
    CommitmentMismatch,
    /// [`crate::limits::JOIN_ATTEMPTS_MAX`] are used up.
    #[error("the ticket's attempts are used up")]
    TooManyAttempts,
    /// A person refused.
    #[error("the inviter has refused the join")]
    Rejected,
    /// A message that cannot be read or does not belong here.
    #[error("the other side sent a message that does not belong here")]
    Malformed,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::TicketUnknown,
        Self::TicketUsed,
        Self::TicketExpired,
        Self::TicketCancelled,
        Self::ForeignFederation,
        Self::CommitmentMismatch,
        Self::TooManyAttempts,
        Self::Rejected,
        Self::Malformed,
    ];

    /// The stage's name on the wire and for programs.
    pub fn stage(self) -> &'static str {
        match self {
            Self::TicketUnknown => "ticket-unknown",
            Self::TicketUsed => "ticket-used",
            Self::TicketExpired => "ticket-expired",
            Self::TicketCancelled => "ticket-cancelled",
            Self::ForeignFederation => "foreign-federation",
            Self::CommitmentMismatch => "commitment-mismatch",
            Self::TooManyAttempts => "too-many-attempts",
            Self::Rejected => "rejected",
            Self::Malformed => "malformed",
        }
    }

    /// Reads a stage's name; `None` for one that this version does not know.
    pub fn from_stage(stage: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.stage() == stage)
    }

    /// The frame that says so.
    pub(super) fn to_frame(self) -> Vec<u8> {
        JoinMessage::Refused { stage: self.stage().to_owned() }.to_frame()
    }
}

impl JoinMessage {
    /// As it travels.
    pub fn to_frame(&self) -> Vec<u8> {
        crate::codec::to_cbor(self)
    }

    /// Reads a frame; anything else is [`Refusal::Malformed`].
    pub(super) fn from_frame(frame: &[u8]) -> Result<Self, Refusal> {
        if frame.len() > crate::limits::JOIN_MESSAGE_BYTES_MAX {
            return Err(Refusal::Malformed);
        }
        crate::codec::from_cbor(frame).map_err(|_| Refusal::Malformed)
    }
}

/// Who a newcomer says it is, as its certificate has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Applicant<'a> {
    pub partner_key: &'a PartnerKey,
    pub device: &'a DeviceKey,
    pub partner_name: &'a str,
    pub country: &'a str,
    pub device_name: &'a str,
}

impl<'a> Applicant<'a> {
    fn parts(&self) -> [&'a [u8]; 5] {
        [
            &self.partner_key.0,
            &self.device.0,
            self.partner_name.as_bytes(),
            self.country.as_bytes(),
            self.device_name.as_bytes(),
        ]
    }
}

/// What the newcomer binds itself to before it learns anything of the inviter.
pub(super) fn commitment(nonce: &[u8; 16], applicant: &Applicant<'_>) -> [u8; 32] {
    let [key, device, name, country, device_name] = applicant.parts();
    tagged_hash("comin/join-commitment/1", &[nonce, key, device, name, country, device_name])
}

/// What the newcomer proves in its hello: its device holds the ticket.
#[derive(Clone, Copy)]
pub(super) struct HelloProof<'a> {
    pub ticket: &'a Ticket,
    pub commitment: &'a [u8; 32],
    pub newcomer: &'a DeviceKey,
}

impl HelloProof<'_> {
    const TAG: &'static str = "comin/join-hello/1";

    fn parts(&self) -> [&[u8]; 4] {
        [&self.ticket.federation.0, self.commitment, &self.newcomer.0, &self.ticket.inviter_device.0]
    }

    pub fn make(&self) -> [u8; 32] {
        self.ticket.secret.prove(Self::TAG, &self.parts())
    }

    pub fn fits(&self, proof: &[u8; 32]) -> bool {
        self.ticket.secret.is_proven(Self::TAG, &self.parts(), proof)
    }
}

/// What the inviter proves in its reveal: its device holds the ticket and answers this commitment.
#[derive(Clone, Copy)]
pub(super) struct RevealProof<'a> {
    pub ticket: &'a Ticket,
    pub commitment: &'a [u8; 32],
    pub reveal: &'a Reveal,
}

impl RevealProof<'_> {
    const TAG: &'static str = "comin/join-reveal/1";

    fn parts(&self) -> [&[u8]; 6] {
        [
            self.commitment,
            &self.ticket.inviter_device.0,
            &self.reveal.nonce,
            &self.reveal.partner_key.0,
            self.reveal.partner_name.as_bytes(),
            self.reveal.federation_name.as_bytes(),
        ]
    }

    pub fn make(&self) -> [u8; 32] {
        self.ticket.secret.prove(Self::TAG, &self.parts())
    }

    pub fn fits(&self) -> bool {
        self.ticket.secret.is_proven(Self::TAG, &self.parts(), &self.reveal.proof)
    }
}

/// The eight digits that both sides show, as `1234 5678`. They cover the whole ticket (federation, inviter's
/// device, secret), both partners' keys, both devices' keys, all names, and both nonces.
pub(super) fn check_number(ticket: &Ticket, reveal: &Reveal, applicant: &Applicant<'_>, nonce: &[u8; 16]) -> String {
    let [key, device, name, country, device_name] = applicant.parts();
    let parts: [&[u8]; 12] = [
        &ticket.fingerprint(),
        &ticket.inviter_device.0,
        &reveal.partner_key.0,
        reveal.partner_name.as_bytes(),
        reveal.federation_name.as_bytes(),
        &reveal.nonce,
        key,
        device,
        name,
        country,
        device_name,
        nonce,
    ];
    let hash = tagged_hash("comin/check-number/1", &parts);
    let number = hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte)) % 100_000_000;
    format!("{:04} {:04}", number / 10_000, number % 10_000)
}
