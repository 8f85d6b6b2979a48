//! Tickets and joins: moves their frames, keeps their bytes, and turns an approval into statements.

use super::drafts::Decision;
use super::federation::check_name;
use super::{
    Command, CommandError, DialTarget, Engine, JoinStatus, Reply, RequestId, SessionId, Staged, StartError, Write,
};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{DeviceKey, StatementId};
use crate::join::{
    InviteError, JoinContext, JoinError, JoinMessage, JoinOut, Newcomer, Pending, TicketInfo, TicketRequest,
};
use crate::limits;
use crate::statement::{Rights, SignedStatement, Statement};
use crate::ticket::Ticket;
use std::collections::{BTreeMap, BTreeSet};

/// Where the tickets are kept.
const STATE_TICKETS: &str = "tickets";
/// Where this node's own join is kept.
const STATE_JOIN: &str = "join";

impl Engine {
    pub(super) fn restore_joining(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        let unreadable = |key: &str| StartError::State(key.to_owned());
        if let Some(bytes) = state.get(STATE_TICKETS) {
            self.tickets = from_cbor(bytes).map_err(|_| unreadable(STATE_TICKETS))?;
        }
        if let Some(bytes) = state.get(STATE_JOIN) {
            self.newcomer = Some(Newcomer::from_bytes(bytes).map_err(|_| unreadable(STATE_JOIN))?);
        }
        Ok(())
    }

    pub(super) fn handle_join_command(&mut self, request: RequestId, command: Command) {
        let result = match command {
            Command::Invite { name, country, valid_ms } => self.invite(name, country, valid_ms).map(Reply::Invited),
            Command::CancelInvite { ticket } => self.cancel_invite(&ticket).map(|()| Reply::Done),
            Command::Join { ticket } => self.join(&ticket).map(|()| Reply::Joining),
            Command::Approve { id } => self.approve(&id).map(|decision| decision.into_reply(|_| Reply::Done)),
            Command::Reject { id } => self.reject(&id).map(|()| Reply::Done),
            other => Err(CommandError::Invalid(format!("{other:?} does not concern joining"))),
        };
        self.state_changed = true;
        self.reply(request, result, true);
    }

    // ── the inviter's side ──────────────────────────────────────────────────────────────────────────────

    fn invite(&mut self, name: String, country: String, valid_ms: u64) -> Result<TicketInfo, CommandError> {
        check_name(&name)?;
        self.position()?;
        self.need_right(Rights::INVITE, "invite")?;
        let request = TicketRequest { name, country, valid_ms, secret: self.random(), addresses: self.own_addresses() };
        let ctx = JoinContext { device: &self.me, roster: &self.roster, statements: &self.statements };
        let info = self.tickets.invite(request, self.now.wall_ms, &ctx).map_err(|error| match error {
            InviteError::TooMany => CommandError::Precondition {
                what: format!("{} tickets are open already", limits::TICKETS_MAX),
                hint: "comin invites cancel ID".into(),
            },
            other => CommandError::Invalid(other.to_string()),
        })?;
        self.keep_tickets();
        Ok(info)
    }

    /// Where this device listens now, or did when it last ran.
    fn own_addresses(&self) -> Vec<String> {
        match self.roster.devices.get(&self.me) {
            Some(device) if self.listening.is_empty() => device.addresses.clone(),
            _ => self.listening.clone(),
        }
    }

    fn cancel_invite(&mut self, id: &str) -> Result<(), CommandError> {
        let told = self.tickets.cancel(id).map_err(|error| join_refusal(error, "ticket", id))?;
        self.keep_tickets();
        self.send_joins(told);
        Ok(())
    }

    /// Cancels every open ticket: they name the federation that this machine has left.
    pub(super) fn cancel_invites(&mut self) {
        for ticket in self.open_tickets().into_iter().filter(|ticket| ticket.text.is_some()) {
            if let Ok(told) = self.tickets.cancel(&ticket.id) {
                self.keep_tickets();
                self.send_joins(told);
            }
        }
    }

    /// Confirms a newcomer, signs what another steward proposes, or goes along to a federation that carries over this
    /// one.
    fn approve(&mut self, id: &str) -> Result<Decision, CommandError> {
        if let Some(offer) = self.carried_over_by(id)? {
            return self.go_along(&offer).map(|()| Decision::Made(StatementId(offer.id.0)));
        }
        let ctx = JoinContext { device: &self.me, roster: &self.roster, statements: &self.statements };
        let draft = match self.tickets.approve(id, &ctx) {
            Err(JoinError::NotFound) => return self.approve_draft(id),
            other => other.map_err(|error| join_refusal(error, "pending join", id))?,
        };
        self.need_right(Rights::INVITE, "confirm a newcomer")?;
        self.need_confirmed()?;
        let certificate = draft.certificate.verify().map_err(|error| CommandError::Invalid(error.to_string()))?;
        let Statement::Admission { partner, .. } = &draft.admission else {
            return Err(CommandError::Invalid("this is no admission".into()));
        };
        let known = self.roster.partners.get(partner).cloned();
        if known.as_ref().is_some_and(|partner| partner.removed) {
            return Err(CommandError::Precondition {
                what: "this partner was removed from the federation, which is for ever".into(),
                hint: format!("comin approvals reject {id}; it can come back as a new partner: comin init"),
            });
        }
        let id = certificate.id;
        self.adopt_statements(vec![certificate.signed.clone()]);
        // A further device of a member: its partner has certified it, and stewards have nothing to decide.
        let device = certificate.statement.as_ref().and_then(Statement::certifies).map(|(_, device)| device);
        match known.is_some_and(|partner| partner.admitted) {
            true if device.is_some_and(|device| self.roster.is_member(&device)) => Ok(Decision::Made(id)),
            true => Err(CommandError::Precondition {
                what: "the machine's certificate does not count: it was revoked, its partner has another key, or the \
                       machine that has certified it has no right to (any more)"
                    .into(),
                hint: "certify it again on a machine with the admin right: comin devices add REQUEST".into(),
            }),
            false => self.admit(&draft.admission),
        }
    }

    fn reject(&mut self, id: &str) -> Result<(), CommandError> {
        if let Some(offer) = self.carried_over_by(id)? {
            self.stay(&offer);
            return Ok(());
        }
        let pending = self.pending_joins().into_iter().find(|pending| pending.id.starts_with(id));
        let told = match self.tickets.reject(id) {
            Err(JoinError::NotFound) => return self.reject_draft(id),
            other => other.map_err(|error| join_refusal(error, "pending join", id))?,
        };
        self.keep_tickets();
        self.send_joins(told);
        pending.map_or(Ok(()), |pending| self.withdraw_admission(&pending.partner))
    }

    /// Tells newcomers that have been confirmed here for which stewards they wait, where that is news.
    pub(super) fn tell_waiting(&mut self) {
        for pending in self.pending_joins() {
            let Some(for_whom) = self.waits_for(&pending.partner) else { continue };
            if self.told_waiting.get(&pending.device) != Some(&for_whom) {
                self.told_waiting.insert(pending.device, for_whom.clone());
                let frame = JoinMessage::Waiting { for_whom }.to_frame();
                self.send_joins([JoinOut { device: pending.device, frame, close: false }]);
            }
        }
        let waiting: BTreeSet<DeviceKey> = self.pending_joins().into_iter().map(|pending| pending.device).collect();
        self.told_waiting.retain(|device, _| waiting.contains(device));
    }

    /// Tells waiting newcomers that they have become members.
    pub(super) fn settle_joins(&mut self) {
        let ctx = JoinContext { device: &self.me, roster: &self.roster, statements: &self.statements };
        let told = self.tickets.settle(&ctx);
        if !told.is_empty() {
            self.keep_tickets();
            self.send_joins(told);
        }
    }

    fn keep_tickets(&mut self) {
        self.batch.push(Write::PutState(STATE_TICKETS.into(), to_cbor(&self.tickets)));
    }

    fn send_joins(&mut self, out: impl IntoIterator<Item = JoinOut>) {
        for told in out {
            let stream = self.join_sessions.iter().find(|(_, (device, outgoing))| *device == told.device && !outgoing);
            let Some(id) = stream.map(|(id, _)| *id) else { continue };
            // Where the join is over the newcomer ends the stream, once it has read why.
            self.staged.push(Staged::Join { session: id, frame: told.frame });
        }
    }

    // ── the newcomer's side ─────────────────────────────────────────────────────────────────────────────

    fn join(&mut self, text: &str) -> Result<(), CommandError> {
        if let Some(federation) = &self.roster.federation {
            return Err(CommandError::Precondition {
                what: format!("this partner is in the federation \"{}\" already", federation.name),
                hint: "comin partners".into(),
            });
        }
        let ticket = Ticket::parse(text).map_err(|error| CommandError::Invalid(error.to_string()))?;
        if self.newcomer.as_ref().is_some_and(|join| join.is_under_way() && join.ticket().id() == ticket.id()) {
            self.dial_due = true;
            return Ok(());
        }
        let nonce = self.random();
        let certificate =
            self.own_certificate().ok_or_else(|| CommandError::NotFound("this device's certificate".into()))?;
        let newcomer =
            Newcomer::start(ticket, certificate, nonce).map_err(|error| CommandError::Invalid(error.to_string()))?;
        self.newcomer = Some(newcomer);
        // A stream of an earlier ticket would keep the new one from being shown.
        let earlier = self.join_sessions.iter().filter(|(_, (_, outgoing))| *outgoing).map(|(id, _)| *id);
        for id in earlier.collect::<Vec<_>>() {
            self.close_join(id);
        }
        self.keep_join();
        self.dial_due = true;
        Ok(())
    }

    fn own_certificate(&self) -> Option<SignedStatement> {
        let own = |statement: &Statement| statement.certifies().is_some_and(|(_, device)| device == self.me);
        let mut certificates = self.statements.iter().filter(|verified| verified.statement.as_ref().is_some_and(own));
        certificates.next().map(|verified| verified.signed.clone())
    }

    fn keep_join(&mut self) {
        if let Some(newcomer) = &self.newcomer {
            self.batch.push(Write::PutState(STATE_JOIN.into(), newcomer.to_bytes()));
        }
        self.state_changed = true;
    }

    pub(super) fn join_target(&self) -> Option<DialTarget> {
        let ticket = self.newcomer.as_ref().filter(|join| join.is_under_way())?.ticket();
        Some(DialTarget { device: ticket.inviter_device, addresses: ticket.addresses.clone(), join: true })
    }

    // ── both ────────────────────────────────────────────────────────────────────────────────────────────

    pub(super) fn handle_join_connected(&mut self, id: SessionId, device: DeviceKey, outgoing: bool) {
        if self.join_sessions.len() >= limits::JOIN_SESSIONS_MAX {
            return self.disconnect_later(id, "too many joins at once".into());
        }
        self.join_sessions.insert(id, (device, outgoing));
        if !outgoing {
            return;
        }
        let hello = self
            .newcomer
            .as_mut()
            .filter(|join| join.ticket().inviter_device == device)
            .and_then(Newcomer::handle_connected);
        match hello {
            Some(frame) => {
                self.keep_join();
                self.staged.push(Staged::Join { session: id, frame });
            }
            None => self.close_join(id),
        }
    }

    pub(super) fn handle_join_frame(&mut self, id: SessionId, frame: &[u8]) {
        let Some((device, outgoing)) = self.join_sessions.get(&id).copied() else { return };
        if frame.len() > limits::JOIN_MESSAGE_BYTES_MAX {
            return self.close_join(id);
        }
        self.state_changed = true;
        if outgoing {
            return self.newcomer_step(id, &device, frame);
        }
        let nonce = self.random();
        let ctx = JoinContext { device: &self.me, roster: &self.roster, statements: &self.statements };
        let out = self.tickets.handle_message(&device, frame, self.now.wall_ms, nonce, &ctx);
        self.keep_tickets();
        self.send_joins(out);
        self.told_waiting.remove(&device);
        self.tell_waiting();
    }

    fn newcomer_step(&mut self, id: SessionId, device: &DeviceKey, frame: &[u8]) {
        let Some(newcomer) = &mut self.newcomer else { return self.close_join(id) };
        let out = newcomer.handle_message(device, frame);
        let federation = newcomer.ticket().federation;
        self.keep_join();
        for frame in out.frames {
            self.staged.push(Staged::Join { session: id, frame });
        }
        if let Some(statements) = out.admitted {
            // The ticket says which one is meant, where a partner is in several that carry over one another.
            self.choice.federation = Some(federation);
            self.adopt_statements(statements.into_iter().map(|verified| verified.signed).collect());
            self.keep_choice();
        }
        if out.close {
            self.close_join(id);
            self.dial_due = true;
        }
    }

    fn close_join(&mut self, id: SessionId) {
        self.join_sessions.remove(&id);
        self.disconnect_later(id, "the join has ended".into());
    }

    pub(super) fn pending_joins(&self) -> Vec<Pending> {
        self.tickets.pending()
    }

    pub(super) fn open_tickets(&self) -> Vec<TicketInfo> {
        self.tickets.list(self.now.wall_ms)
    }

    pub(super) fn own_join_status(&self) -> Option<JoinStatus> {
        self.newcomer.as_ref().map(Newcomer::status)
    }
}

fn join_refusal(error: JoinError, what: &str, id: &str) -> CommandError {
    match error {
        JoinError::NotFound => CommandError::NotFound(format!("{what} {id}")),
        JoinError::Ambiguous => CommandError::Precondition {
            what: format!("several ids begin with {id}"),
            hint: "give more of the id".into(),
        },
        JoinError::Over => CommandError::Precondition {
            what: format!("the {what} {id} is over already"),
            hint: "comin invites list".into(),
        },
    }
}
