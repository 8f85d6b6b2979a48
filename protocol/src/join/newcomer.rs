//! The newcomer's side of a join.

use super::message::{Applicant, HelloProof, JoinMessage, Refusal, Reveal, RevealProof, check_number, commitment};
use crate::engine::JoinStatus;
use crate::ids::{DeviceKey, PartnerId};
use crate::limits;
use crate::roster::Roster;
use crate::statement::{SignedStatement, Statement, VerifiedStatement, is_name};
use crate::statement_set::StatementSet;
use crate::ticket::Ticket;
use minicbor::{Decode, Encode};

/// A join under way, as the newcomer keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Newcomer {
    #[n(0)]
    ticket: Ticket,
    #[n(1)]
    certificate: SignedStatement,
    #[cbor(n(2), with = "minicbor::bytes")]
    nonce: [u8; 16],
    #[n(3)]
    stage: Stage,
    /// Once it is here it is pinned: this side has shown its own nonce in return.
    #[n(4)]
    reveal: Option<Reveal>,
    #[n(5)]
    waiting_for: Vec<String>,
    /// Statements of an admission that comes in several messages.
    #[n(6)]
    received: Vec<SignedStatement>,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
enum Stage {
    #[n(0)]
    Dialling,
    #[n(1)]
    Committed,
    #[n(2)]
    Waiting,
    #[n(3)]
    Admitted,
    #[n(4)]
    Refused(#[n(0)] String),
}

/// Why a join cannot be begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StartError {
    /// The certificate is none, or is not good.
    #[error("this device has no certificate of its partner")]
    NoCertificate,
    /// The ticket was made by this very partner.
    #[error("the ticket was made by this partner itself")]
    OwnTicket,
}

/// What the engine has to do after a message, in this order: keep the state, send, end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewcomerOut {
    /// Frames to send once the state is on disk.
    pub frames: Vec<Vec<u8>>,
    /// This node is a member: the statements to take in together with its own certificate.
    pub admitted: Option<Vec<VerifiedStatement>>,
    /// The stream has served its purpose.
    pub close: bool,
}

impl Newcomer {
    /// Begins a join. `certificate` is this device's own; `nonce` is fresh and random.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(ticket: Ticket, certificate: SignedStatement, nonce: [u8; 16]) -> Result<Self, StartError> {
        let certificate = certificate.verify().map_err(|_| StartError::NoCertificate)?.signed;
        let new = Self {
            ticket,
            certificate,
            nonce,
            stage: Stage::Dialling,
            reveal: None,
            waiting_for: Vec::new(),
            received: Vec::new(),
        };
        let device =
            with_applicant(&new.certificate, |applicant, _| *applicant.device).ok_or(StartError::NoCertificate)?;
        if device == new.ticket.inviter_device { Err(StartError::OwnTicket) } else { Ok(new) }
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        crate::codec::to_cbor(self)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// The bytes are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        crate::codec::from_cbor(bytes)
    }

    /// The ticket: whom to dial ([`Ticket::inviter_device`]) and where.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Whether the inviter is still to be reached.
    pub fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Dialling | Stage::Committed | Stage::Waiting)
    }

    /// A join stream to the inviter is open: the frame to send first, `None` where the join is over.
    pub fn handle_connected(&mut self) -> Option<Vec<u8>> {
        if !self.is_under_way() {
            return None;
        }
        if self.stage == Stage::Dialling {
            self.stage = Stage::Committed;
        }
        self.received.clear();
        let hello = with_applicant(&self.certificate, |applicant, _| {
            let commitment = commitment(&self.nonce, applicant);
            JoinMessage::Hello {
                federation: self.ticket.federation,
                ticket: self.ticket.id(),
                commitment,
                proof: HelloProof { ticket: &self.ticket, commitment: &commitment, newcomer: applicant.device }.make(),
            }
        })?;
        Some(hello.to_frame())
    }

    /// One frame from `peer`, whose key the transport has proven.
    pub fn handle_message(&mut self, peer: &DeviceKey, frame: &[u8]) -> NewcomerOut {
        if *peer != self.ticket.inviter_device || !self.is_under_way() {
            return NewcomerOut { close: true, ..NewcomerOut::default() };
        }
        self.step(frame).unwrap_or_else(|refusal| {
            self.stage = Stage::Refused(refusal.stage().to_owned());
            NewcomerOut { frames: vec![refusal.to_frame()], admitted: None, close: true }
        })
    }

    /// How far it has come, for pages and CLI.
    pub fn status(&self) -> JoinStatus {
        let (stage, text) = match &self.stage {
            Stage::Dialling => ("dialling", self.ticket.federation_name.clone()),
            Stage::Committed => ("committed", self.ticket.federation_name.clone()),
            Stage::Waiting => ("waiting", self.waiting_for.join(", ")),
            Stage::Admitted => ("admitted", self.ticket.federation_name.clone()),
            Stage::Refused(stage) => ("refused", refusal_text(stage)),
        };
        JoinStatus { stage, check_number: self.check_number(), text }
    }

    /// The stage at which the join was refused, by its name ([`Refusal::stage`]).
    pub fn refused_stage(&self) -> Option<&str> {
        match &self.stage {
            Stage::Refused(stage) => Some(stage),
            _ => None,
        }
    }

    /// The number to read out, once the inviter has revealed itself.
    pub fn check_number(&self) -> Option<String> {
        let reveal = self.reveal.as_ref()?;
        with_applicant(&self.certificate, |applicant, _| check_number(&self.ticket, reveal, applicant, &self.nonce))
    }

    fn partner(&self) -> Option<PartnerId> {
        with_applicant(&self.certificate, |_, partner| *partner)
    }

    fn step(&mut self, frame: &[u8]) -> Result<NewcomerOut, Refusal> {
        match JoinMessage::from_frame(frame)? {
            JoinMessage::Inviter(reveal) => self.on_reveal(reveal),
            JoinMessage::Waiting { for_whom } if self.stage == Stage::Waiting => {
                self.waiting_for =
                    for_whom.into_iter().filter(|name| is_name(name)).take(limits::JOIN_WAITING_FOR_MAX).collect();
                Ok(NewcomerOut::default())
            }
            JoinMessage::Admitted { statements, last } if self.stage == Stage::Waiting => {
                self.on_admitted(statements, last)
            }
            JoinMessage::Refused { stage } => {
                let stage = if is_name(&stage) { stage } else { Refusal::Malformed.stage().to_owned() };
                self.stage = Stage::Refused(stage);
                Ok(NewcomerOut { close: true, ..NewcomerOut::default() })
            }
            _ => Err(Refusal::Malformed),
        }
    }

    fn on_reveal(&mut self, reveal: Reveal) -> Result<NewcomerOut, Refusal> {
        match &self.reveal {
            Some(pinned) if *pinned != reveal => return Err(Refusal::CommitmentMismatch),
            Some(_) => {}
            None => self.check_reveal(&reveal)?,
        }
        self.reveal = Some(reveal);
        self.stage = Stage::Waiting;
        let answer = JoinMessage::Newcomer {
            ticket: self.ticket.id(),
            nonce: self.nonce,
            certificate: self.certificate.clone(),
        };
        Ok(NewcomerOut { frames: vec![answer.to_frame()], ..NewcomerOut::default() })
    }

    fn check_reveal(&self, reveal: &Reveal) -> Result<(), Refusal> {
        let commitment = with_applicant(&self.certificate, |applicant, _| commitment(&self.nonce, applicant));
        let commitment = commitment.ok_or(Refusal::Malformed)?;
        if !(RevealProof { ticket: &self.ticket, commitment: &commitment, reveal }).fits() {
            return Err(Refusal::TicketUnknown);
        }
        let named = is_name(&reveal.partner_name) && is_name(&reveal.federation_name);
        if !named || PartnerId::from_first_key(&reveal.partner_key) != self.ticket.inviter {
            return Err(Refusal::Malformed);
        }
        Ok(())
    }

    fn on_admitted(&mut self, statements: Vec<SignedStatement>, last: bool) -> Result<NewcomerOut, Refusal> {
        self.received.extend(statements);
        if self.received.len() > limits::JOIN_STATEMENTS_MAX {
            return Err(Refusal::Malformed);
        }
        if !last {
            return Ok(NewcomerOut::default());
        }
        let statements: Result<Vec<_>, _> =
            std::mem::take(&mut self.received).into_iter().map(SignedStatement::verify).collect();
        let statements = statements.map_err(|_| Refusal::Malformed)?;
        self.check_admission(&statements)?;
        self.stage = Stage::Admitted;
        Ok(NewcomerOut { frames: Vec::new(), admitted: Some(statements), close: true })
    }

    /// Believes nothing but the statements themselves: read as a roster, they must put this device into the
    /// ticket's federation.
    fn check_admission(&self, statements: &[VerifiedStatement]) -> Result<(), Refusal> {
        let own = self.certificate.clone().verify().map_err(|_| Refusal::Malformed)?;
        let partner = self.partner().ok_or(Refusal::Malformed)?;
        let mut set = StatementSet::new();
        for statement in statements.iter().cloned().chain([own]) {
            set.insert(statement);
        }
        let roster = Roster::build_in(&partner, Some(self.ticket.federation), set.iter());
        match roster.federation {
            Some(federation) if federation.id == self.ticket.federation => Ok(()),
            _ => Err(Refusal::ForeignFederation),
        }
    }
}

/// Reads a certificate as what a newcomer says of itself; `None` where it is no certificate.
pub(super) fn with_applicant<T>(
    certificate: &SignedStatement,
    read: impl FnOnce(&Applicant<'_>, &PartnerId) -> T,
) -> Option<T> {
    let Ok(
        Statement::Certificate { partner, partner_key, device, partner_name, country, device_name, .. }
        | Statement::DeviceCertificate { partner, partner_key, device, partner_name, country, device_name, .. },
    ) = crate::codec::from_cbor(&certificate.body)
    else {
        return None;
    };
    let applicant = Applicant {
        partner_key: &partner_key,
        device: &device,
        partner_name: &partner_name,
        country: &country,
        device_name: &device_name,
    };
    (PartnerId::from_first_key(&partner_key) == partner).then(|| read(&applicant, &partner))
}

fn refusal_text(stage: &str) -> String {
    match Refusal::from_stage(stage) {
        Some(refusal) => format!("{stage}: {refusal}"),
        None => stage.to_owned(),
    }
}
