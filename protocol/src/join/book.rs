//! The inviter's side: its tickets, and the newcomers that have shown one.

use super::message::{HelloProof, JoinMessage, Refusal, Reveal, RevealProof, check_number, commitment};
use super::newcomer::with_applicant;
use super::{Pending, TicketInfo};
use crate::ids::{DeviceKey, FederationId, PartnerId, StatementId, TicketId, tagged_hash, to_hex};
use crate::limits;
use crate::roster::{Federation, Partner, Roster};
use crate::statement::{Rights, SignedStatement, Statement, VerifiedStatement, is_country, is_name};
use crate::statement_set::StatementSet;
use crate::ticket::{Ticket, TicketSecret};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};

/// What the inviter's side has to know of its node.
#[derive(Clone, Copy, Debug)]
pub struct JoinContext<'a> {
    /// This device.
    pub device: &'a DeviceKey,
    /// The roster in force.
    pub roster: &'a Roster,
    /// The statements in force.
    pub statements: &'a StatementSet,
}

/// What a ticket is to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TicketRequest {
    /// The invited partner's name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// How long it is valid, in milliseconds.
    pub valid_ms: u64,
    /// 16 fresh random bytes.
    pub secret: [u8; 16],
    /// Where this device listens.
    pub addresses: Vec<String>,
}

/// A frame for a newcomer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinOut {
    /// To whom; dropped where no join stream of it is open (it asks again when it comes back).
    pub device: DeviceKey,
    /// The frame, to be sent once the book is on disk.
    pub frame: Vec<u8>,
    /// The stream has served its purpose.
    pub close: bool,
}

/// What a steward signs to admit a newcomer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdmissionDraft {
    /// The pending join.
    pub id: String,
    /// The newcomer's certificate: goes into the statement set with the admission.
    pub certificate: SignedStatement,
    /// The admission, to be signed by a steward's device.
    pub admission: Statement,
}

/// Why no ticket was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InviteError {
    /// There is nothing to invite to.
    #[error("this partner is in no federation")]
    NoFederation,
    /// This device lacks the invite right.
    #[error("this device may not invite")]
    NotAllowed,
    /// [`limits::TICKETS_MAX`] are open.
    #[error("too many open tickets")]
    TooMany,
    /// The name is empty, too long or has control characters.
    #[error("not a name")]
    Name,
    /// Not two capital letters.
    #[error("not an ISO 3166-1 alpha-2 country code")]
    Country,
}

/// Why a ticket or join could not be found by its id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JoinError {
    /// None of that id.
    #[error("nothing of that id")]
    NotFound,
    /// Several ids begin so.
    #[error("several ids begin so")]
    Ambiguous,
    /// The ticket's join is over.
    #[error("the ticket has served its purpose")]
    Over,
}

/// All tickets of this device, with what became of them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(array)]
pub struct TicketBook {
    #[n(0)]
    entries: BTreeMap<TicketId, Entry>,
    /// Counts the tickets made, for their order.
    #[n(1)]
    made: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
struct Entry {
    #[n(0)]
    ticket: Ticket,
    #[n(1)]
    made: u64,
    /// The first device that showed the ticket; no other is heard.
    #[n(2)]
    bound: Option<DeviceKey>,
    /// How many commitments have been answered with a nonce.
    #[n(3)]
    attempts: u8,
    /// The attempt under way.
    #[n(4)]
    round: Option<Round>,
    #[n(5)]
    outcome: Outcome,
}

/// One commitment and the one reveal that answers it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
struct Round {
    #[cbor(n(0), with = "minicbor::bytes")]
    commitment: [u8; 32],
    #[n(1)]
    reveal: Reveal,
    #[n(2)]
    shown: Option<Shown>,
}

/// What the newcomer has revealed; it fits the commitment.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
struct Shown {
    #[n(0)]
    certificate: SignedStatement,
    #[n(1)]
    check_number: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
enum Outcome {
    #[n(0)]
    Open,
    #[n(1)]
    Admitted,
    #[n(2)]
    Rejected,
    #[n(3)]
    Cancelled,
}

impl TicketBook {
    /// The stored form. It holds the secrets of open tickets.
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

    /// Makes a ticket.
    ///
    /// # Errors
    /// [`InviteError`]; nothing was made.
    pub fn invite(
        &mut self,
        request: TicketRequest,
        now_ms: u64,
        ctx: &JoinContext<'_>,
    ) -> Result<TicketInfo, InviteError> {
        let (federation, own) = ctx.federation_and_partner().ok_or(InviteError::NoFederation)?;
        if !ctx.roster.has_right(ctx.device, Rights::INVITE) {
            return Err(InviteError::NotAllowed);
        }
        if !is_name(&request.name) {
            return Err(InviteError::Name);
        }
        if !is_country(&request.country) {
            return Err(InviteError::Country);
        }
        if self.entries.values().filter(|entry| !entry.is_over(now_ms)).count() >= limits::TICKETS_MAX {
            return Err(InviteError::TooMany);
        }
        let mut addresses = request.addresses;
        addresses.retain(|address| address.len() <= limits::ADDRESS_BYTES_MAX);
        addresses.truncate(limits::ADDRESSES_MAX);
        let ticket = Ticket {
            federation: federation.id,
            position: federation.position,
            inviter_device: *ctx.device,
            inviter: own.id,
            federation_name: federation.name.clone(),
            invitee_name: request.name,
            country: request.country,
            secret: TicketSecret(request.secret),
            expires_ms: now_ms.saturating_add(request.valid_ms),
            addresses,
        };
        self.forget_old(now_ms);
        self.made += 1;
        let entry = Entry { ticket, made: self.made, bound: None, attempts: 0, round: None, outcome: Outcome::Open };
        let info = entry.info(now_ms);
        self.entries.insert(entry.ticket.id(), entry);
        Ok(info)
    }

    /// Takes a ticket back. `id` may be an unambiguous beginning. A newcomer that waits is told.
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn cancel(&mut self, id: &str) -> Result<Option<JoinOut>, JoinError> {
        let id = one(self.entries.keys().copied().filter(|ticket| ticket.to_string().starts_with(id)))?;
        self.end(&id, Outcome::Cancelled, Refusal::TicketCancelled)
    }

    /// All tickets remembered, oldest first.
    pub fn list(&self, now_ms: u64) -> Vec<TicketInfo> {
        let mut entries: Vec<_> = self.entries.values().collect();
        entries.sort_by_key(|entry| entry.made);
        entries.into_iter().map(|entry| entry.info(now_ms)).collect()
    }

    /// The newcomers whose check numbers are to be compared, oldest ticket first.
    pub fn pending(&self) -> Vec<Pending> {
        let mut entries: Vec<_> = self.entries.values().collect();
        entries.sort_by_key(|entry| entry.made);
        entries.into_iter().filter_map(Entry::pending).collect()
    }

    /// One frame of a join stream from `device`, whose key the transport has proven. `nonce`: 16 fresh random
    /// bytes, used if the frame begins an attempt. The caller stores the book before it sends.
    pub fn handle_message(
        &mut self,
        device: &DeviceKey,
        frame: &[u8],
        now_ms: u64,
        nonce: [u8; 16],
        ctx: &JoinContext<'_>,
    ) -> Vec<JoinOut> {
        let done = match JoinMessage::from_frame(frame) {
            Ok(JoinMessage::Hello { federation, ticket, commitment, proof }) => {
                let hello = Hello { device, federation, ticket, commitment, proof };
                self.on_hello(&hello, now_ms, nonce, ctx)
            }
            Ok(JoinMessage::Newcomer { ticket, nonce, certificate }) => {
                self.on_reveal(device, &ticket, nonce, certificate, ctx)
            }
            // The newcomer has ended it and says why; there is nothing to answer.
            Ok(JoinMessage::Refused { .. }) => Ok(Vec::new()),
            Ok(_) => Err(Refusal::Malformed),
            Err(refusal) => Err(refusal),
        };
        done.unwrap_or_else(|refusal| vec![JoinOut { device: *device, frame: refusal.to_frame(), close: true }])
    }

    /// What a steward has to sign to admit the newcomer `id` (or an unambiguous beginning). Nothing changes
    /// until the statements are in the roster and [`Self::settle`] is called.
    ///
    /// # Errors
    /// [`JoinError`]; an id whose newcomer has begun again is not found, since its number is another now.
    pub fn approve(&self, id: &str, ctx: &JoinContext<'_>) -> Result<AdmissionDraft, JoinError> {
        let (_, entry) = self.find_pending(id)?;
        let (federation, _) = ctx.federation_and_partner().ok_or(JoinError::NotFound)?;
        let pending = entry.pending().ok_or(JoinError::NotFound)?;
        let shown = entry.shown().ok_or(JoinError::NotFound)?;
        let admission = with_applicant(&shown.certificate, |applicant, partner| Statement::Admission {
            federation: federation.id,
            position: federation.position,
            partner: *partner,
            partner_key: *applicant.partner_key,
            name: applicant.partner_name.to_owned(),
            country: applicant.country.to_owned(),
        });
        let admission = admission.ok_or(JoinError::NotFound)?;
        Ok(AdmissionDraft { id: pending.id, certificate: shown.certificate.clone(), admission })
    }

    /// Refuses the newcomer `id` (or an unambiguous beginning).
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn reject(&mut self, id: &str) -> Result<Option<JoinOut>, JoinError> {
        let (ticket, _) = self.find_pending(id)?;
        self.end(&ticket, Outcome::Rejected, Refusal::Rejected)
    }

    /// Looks which waiting newcomers the roster has as members by now, and gives the frames that tell them.
    /// To be called whenever the roster has changed; the caller stores the book before it sends.
    pub fn settle(&mut self, ctx: &JoinContext<'_>) -> Vec<JoinOut> {
        let mut out = Vec::new();
        for entry in self.entries.values_mut().filter(|entry| entry.is_waiting() && entry.is_member(ctx.roster)) {
            entry.outcome = Outcome::Admitted;
            out.extend(entry.admitted(ctx));
        }
        out
    }

    fn on_hello(
        &mut self,
        hello: &Hello<'_>,
        now_ms: u64,
        nonce: [u8; 16],
        ctx: &JoinContext<'_>,
    ) -> Result<Vec<JoinOut>, Refusal> {
        let (federation, own) = ctx.federation_and_partner().ok_or(Refusal::ForeignFederation)?;
        if hello.federation != federation.id {
            return Err(Refusal::ForeignFederation);
        }
        let entry = self.entries.get_mut(&hello.ticket).ok_or(Refusal::TicketUnknown)?;
        let proof = HelloProof { ticket: &entry.ticket, commitment: &hello.commitment, newcomer: hello.device };
        if !proof.fits(&hello.proof) {
            return Err(Refusal::TicketUnknown);
        }
        entry.is_open_to(hello.device)?;
        let goes_on = entry.round.as_ref().is_some_and(|round| round.commitment == hello.commitment);
        if goes_on && entry.outcome == Outcome::Admitted {
            return Ok(entry.admitted(ctx));
        }
        if !goes_on {
            entry.begin(hello, now_ms, nonce, federation, own)?;
        }
        // INVARIANT: `begin` makes the round where there was none of this commitment.
        let reveal = entry.round.as_ref().map(|round| round.reveal.clone()).ok_or(Refusal::Malformed)?;
        Ok(vec![JoinOut::to(hello.device, &JoinMessage::Inviter(reveal))])
    }

    fn on_reveal(
        &mut self,
        device: &DeviceKey,
        ticket: &TicketId,
        nonce: [u8; 16],
        certificate: SignedStatement,
        ctx: &JoinContext<'_>,
    ) -> Result<Vec<JoinOut>, Refusal> {
        let own = ctx.roster.partner_of(ctx.device).ok_or(Refusal::ForeignFederation)?;
        let entry = self.entries.get_mut(ticket).filter(|entry| entry.bound == Some(*device));
        let entry = entry.ok_or(Refusal::TicketUnknown)?;
        entry.is_open_to(device)?;
        entry.show(device, nonce, certificate)?;
        if entry.is_member(ctx.roster) {
            entry.outcome = Outcome::Admitted;
            return Ok(entry.admitted(ctx));
        }
        let waiting = JoinMessage::Waiting { for_whom: vec![own.name.clone()] };
        Ok(vec![JoinOut::to(device, &waiting)])
    }

    fn find_pending(&self, id: &str) -> Result<(TicketId, &Entry), JoinError> {
        one(self
            .entries
            .iter()
            .filter(|(_, entry)| entry.pending().is_some_and(|pending| pending.id.starts_with(id)))
            .map(|(ticket, entry)| (*ticket, entry)))
    }

    fn end(&mut self, ticket: &TicketId, outcome: Outcome, refusal: Refusal) -> Result<Option<JoinOut>, JoinError> {
        let entry = self.entries.get_mut(ticket).ok_or(JoinError::NotFound)?;
        if entry.outcome != Outcome::Open {
            return Err(JoinError::Over);
        }
        entry.outcome = outcome;
        Ok(entry.bound.map(|device| JoinOut { device, frame: refusal.to_frame(), close: true }))
    }

    /// Drops the oldest of those that are over, beyond what is remembered.
    fn forget_old(&mut self, now_ms: u64) {
        let mut over: Vec<_> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.is_over(now_ms))
            .map(|(id, entry)| (entry.made, *id))
            .collect();
        over.sort();
        for (_, id) in over.iter().rev().skip(limits::TICKETS_DONE_MAX) {
            self.entries.remove(id);
        }
    }
}

/// A [`JoinMessage::Hello`] with its sender.
struct Hello<'a> {
    device: &'a DeviceKey,
    federation: FederationId,
    ticket: TicketId,
    commitment: [u8; 32],
    proof: [u8; 32],
}

impl Entry {
    /// Whether `device` may go on with this ticket.
    fn is_open_to(&self, device: &DeviceKey) -> Result<(), Refusal> {
        match self.outcome {
            Outcome::Cancelled => Err(Refusal::TicketCancelled),
            _ if self.bound.is_some_and(|bound| bound != *device) => Err(Refusal::TicketUsed),
            Outcome::Rejected => Err(Refusal::Rejected),
            Outcome::Open | Outcome::Admitted => Ok(()),
        }
    }

    /// Begins an attempt: binds the ticket and answers the commitment with one nonce for ever.
    fn begin(
        &mut self,
        hello: &Hello<'_>,
        now_ms: u64,
        nonce: [u8; 16],
        federation: &Federation,
        own: &Partner,
    ) -> Result<(), Refusal> {
        if self.attempts >= limits::JOIN_ATTEMPTS_MAX {
            return Err(Refusal::TooManyAttempts);
        }
        if now_ms > self.ticket.expires_ms {
            return Err(Refusal::TicketExpired);
        }
        let mut reveal = Reveal {
            nonce,
            partner_key: own.key,
            partner_name: own.name.clone(),
            federation_name: federation.name.clone(),
            proof: [0; 32],
        };
        reveal.proof = RevealProof { ticket: &self.ticket, commitment: &hello.commitment, reveal: &reveal }.make();
        self.bound = Some(*hello.device);
        self.attempts += 1;
        self.round = Some(Round { commitment: hello.commitment, reveal, shown: None });
        Ok(())
    }

    /// Takes what the newcomer reveals, if it is what it has committed to. Otherwise the attempt is spent.
    fn show(&mut self, device: &DeviceKey, nonce: [u8; 16], certificate: SignedStatement) -> Result<(), Refusal> {
        let round = self.round.as_mut().ok_or(Refusal::Malformed)?;
        let certificate = certificate.verify().map_err(|_| Refusal::Malformed)?.signed;
        let number = with_applicant(&certificate, |applicant, _| {
            let fits = applicant.device == device && commitment(&nonce, applicant) == round.commitment;
            fits.then(|| check_number(&self.ticket, &round.reveal, applicant, &nonce))
        });
        match number.ok_or(Refusal::Malformed)? {
            Some(check_number) => {
                round.shown = Some(Shown { certificate, check_number });
                Ok(())
            }
            None => {
                self.round = None;
                Err(Refusal::CommitmentMismatch)
            }
        }
    }

    fn shown(&self) -> Option<&Shown> {
        self.round.as_ref()?.shown.as_ref()
    }

    fn is_waiting(&self) -> bool {
        self.outcome == Outcome::Open && self.shown().is_some()
    }

    fn is_over(&self, now_ms: u64) -> bool {
        self.outcome != Outcome::Open || (now_ms > self.ticket.expires_ms && !self.is_waiting())
    }

    /// Whether the newcomer is a member, with the device that has shown the ticket.
    fn is_member(&self, roster: &Roster) -> bool {
        self.shown().is_some_and(|shown| {
            with_applicant(&shown.certificate, |applicant, partner| {
                roster.devices.get(applicant.device).is_some_and(|device| device.partner == *partner)
            }) == Some(true)
        })
    }

    fn pending(&self) -> Option<Pending> {
        let shown = self.shown().filter(|_| self.is_waiting())?;
        let round = self.round.as_ref()?;
        let id = tagged_hash("comin/join-pending/1", &[&self.ticket.id().0, &round.commitment]);
        with_applicant(&shown.certificate, |applicant, partner| Pending {
            id: to_hex(&id[..8]),
            name: applicant.partner_name.to_owned(),
            ticket_name: self.ticket.invitee_name.clone(),
            country: applicant.country.to_owned(),
            partner: *partner,
            device: *applicant.device,
            check_number: shown.check_number.clone(),
        })
    }

    fn info(&self, now_ms: u64) -> TicketInfo {
        let state = match self.outcome {
            Outcome::Cancelled => "cancelled",
            _ if self.bound.is_some() => "used",
            _ if now_ms > self.ticket.expires_ms => "expired",
            _ => "open",
        };
        TicketInfo {
            id: self.ticket.id().to_string(),
            text: (state == "open").then(|| self.ticket.to_text()),
            name: self.ticket.invitee_name.clone(),
            country: self.ticket.country.clone(),
            expires_ms: self.ticket.expires_ms,
            state,
        }
    }

    /// The frames that tell a newcomer that it is a member: the statements that prove it and no more (the
    /// rest it gets by syncing), cut to the size of a message.
    fn admitted(&self, ctx: &JoinContext<'_>) -> Vec<JoinOut> {
        let Some(device) = self.bound else { return Vec::new() };
        let partner = self.shown().and_then(|shown| with_applicant(&shown.certificate, |_, partner| *partner));
        let newcomer = partner.map(|partner| (partner, device));
        let inviter = ctx.roster.partner_of(ctx.device).map(|partner| partner.id);
        let federation = ctx.roster.federation.as_ref().map(|federation| federation.id);
        let firm = inviter.map(|own| Roster::proof_of(&own, federation, ctx.statements.iter(), ctx.device));
        let firm = firm.unwrap_or_default();
        let certified = |held: &VerifiedStatement| held.statement.as_ref().and_then(Statement::certifies);
        let machines = firm.iter().filter_map(|id| certified(ctx.statements.get(id)?)).map(|(_, machine)| machine);
        let machines: BTreeSet<DeviceKey> = machines.collect();
        let proof = ctx.statements.iter().filter(|s| proves(s, newcomer, ctx, (&firm, &machines)));
        let mut batches: Vec<Vec<SignedStatement>> = vec![Vec::new()];
        let mut room = limits::JOIN_MESSAGE_BYTES_MAX - MESSAGE_OVERHEAD_BYTES;
        for signed in proof.take(limits::JOIN_STATEMENTS_MAX).map(|statement| &statement.signed) {
            let bytes = crate::codec::to_cbor(signed).len();
            if bytes > room {
                batches.push(Vec::new());
                room = limits::JOIN_MESSAGE_BYTES_MAX - MESSAGE_OVERHEAD_BYTES;
            }
            room = room.saturating_sub(bytes);
            // INVARIANT: there is always a last batch.
            batches.last_mut().unwrap_or_else(|| unreachable!("made above")).push(signed.clone());
        }
        let count = batches.len();
        let message = |(i, statements)| {
            let last = i + 1 == count;
            JoinOut { device, frame: JoinMessage::Admitted { statements, last }.to_frame(), close: last }
        };
        batches.into_iter().enumerate().map(message).collect()
    }
}

/// What an `Admitted` message has besides its statements, in bytes, with room.
const MESSAGE_OVERHEAD_BYTES: usize = 64;

/// Whether a statement helps to prove the admission of `newcomer`, or to find whom to sync with. `firm` is what the
/// federation rests on, with the machines that it certifies: of what anybody else may state without end, nothing goes.
fn proves(
    held: &VerifiedStatement,
    newcomer: Option<(PartnerId, DeviceKey)>,
    ctx: &JoinContext<'_>,
    (firm, machines): (&BTreeSet<StatementId>, &BTreeSet<DeviceKey>),
) -> bool {
    let decided = |partner: &PartnerId| ctx.roster.federation.iter().any(|f| f.was_steward(partner));
    match &held.statement {
        Some(
            Statement::Founding { .. }
            | Statement::CarryOver { .. }
            | Statement::Stewards { .. }
            | Statement::Rekeying { .. },
        ) => firm.contains(&held.id),
        // Of those who have signed the chain and the admission, the newcomer can then check both. A further machine of the
        // newcomer's partner is certified by others, which it has to know.
        Some(Statement::Certificate { partner, device, .. } | Statement::DeviceCertificate { partner, device, .. }) => {
            let of_newcomer = newcomer.is_some_and(|(own, machine)| own == *partner && machine != *device);
            firm.contains(&held.id) || of_newcomer && ctx.roster.is_proven_certificate(held)
        }
        Some(Statement::Admission { partner, .. }) => {
            let of_newcomer = newcomer.is_some_and(|(own, _)| own == *partner);
            let of_inviter = ctx.roster.partner_of(ctx.device).is_some_and(|own| own.id == *partner);
            firm.contains(&held.id) && (of_newcomer || of_inviter || decided(partner))
        }
        // Of the machines that it then knows.
        Some(Statement::Addresses { device, .. }) => machines.contains(device),
        _ => false,
    }
}

impl JoinOut {
    fn to(device: &DeviceKey, message: &JoinMessage) -> Self {
        Self { device: *device, frame: message.to_frame(), close: false }
    }
}

impl<'a> JoinContext<'a> {
    fn federation_and_partner(&self) -> Option<(&'a Federation, &'a Partner)> {
        Some((self.roster.federation.as_ref()?, self.roster.partner_of(self.device)?))
    }
}

fn one<T>(mut found: impl Iterator<Item = T>) -> Result<T, JoinError> {
    let first = found.next().ok_or(JoinError::NotFound)?;
    if found.next().is_some() { Err(JoinError::Ambiguous) } else { Ok(first) }
}
