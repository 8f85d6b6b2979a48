//! Statements: made here, received, and what follows when the roster changes.

use super::drafts::Decision;
use super::{CommandError, DialTarget, Engine, Output, Reply, RequestId, SessionId, Write};
use crate::ids::{DeviceKey, DocId, FederationId, RegisterId, StatementId};
use crate::limits;
use crate::message::Message;
use crate::roster::{RegisterKind, Roster};
use crate::statement::{Rights, SignedStatement, Statement, VerifiedStatement, Writers, is_name};
use crate::statement_set::Inserted;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Engine {
    // ── made here ───────────────────────────────────────────────────────────────────────────────────────

    pub(super) fn found(&mut self, request: RequestId, name: String, carry_over: bool) {
        let result = if carry_over { self.carry_over(name) } else { self.founding(name) };
        self.reply(request, result.map(Reply::Founded), true);
    }

    fn founding(&mut self, name: String) -> Result<FederationId, CommandError> {
        check_name(&name)?;
        if let Some(federation) = &self.roster.federation {
            return Err(CommandError::Precondition {
                what: format!("this partner is in the federation \"{}\" already", federation.name),
                hint: "comin partners; where its stewards are no majority any more for ever: comin found NAME --carry-over"
                    .into(),
            });
        }
        self.need_right(Rights::STEWARD, "found a federation")?;
        let founder_key = self.own_partner()?.key;
        let nonce = self.random();
        let statement = Statement::Founding { name, founder: self.partner, founder_key, nonce };
        let id = self.state(&statement)?;
        // In a new federation a restored device has signed nothing before.
        self.end_unconfirmed();
        Ok(FederationId(id.0))
    }

    pub(super) fn set_writers(&mut self, request: RequestId, register: RegisterId, writers: Writers) {
        let result = self.register_writers(register, writers);
        self.reply(request, result.map(|decision| decision.into_reply(|_| Reply::Register(register))), true);
    }

    fn register_writers(&mut self, id: RegisterId, writers: Writers) -> Result<Decision, CommandError> {
        let not_found = || CommandError::NotFound(format!("register {}", id.short()));
        let register = self.roster.registers.get(&id).cloned().ok_or_else(not_found)?;
        self.check_writers(&writers)?;
        match register.kind {
            RegisterKind::Shared => self.need_steward("set the writers of a shared register")?,
            RegisterKind::Partner if register.owner == Some(self.partner) => {
                self.need_right(Rights::ADMIN, "set the writers of a register")?
            }
            RegisterKind::Partner | RegisterKind::Internal => {
                return Err(CommandError::NotAllowed {
                    what: "only the owner sets the writers of its register, and an internal register has no others"
                        .into(),
                    hint: "comin registers".into(),
                });
            }
        }
        let number = register.writers_number.saturating_add(1);
        let stays = self.held_of(|doc, device| {
            let partner = self.roster.writer(device).filter(|partner| register.owner != Some(*partner));
            doc.register == id && partner.is_some_and(|partner| !writers.include(&partner))
        });
        let is_shared = register.kind == RegisterKind::Shared;
        let federation = self.roster.federation.as_ref().filter(|_| is_shared).map(|federation| federation.id);
        let statement = Statement::RegisterWriters { register: id, number, writers, stays, federation };
        match is_shared {
            true => self.propose(&statement),
            false => self.state(&statement).map(Decision::Made),
        }
    }

    pub(super) fn check_writers(&self, writers: &Writers) -> Result<(), CommandError> {
        let Writers::Partners(partners) = writers else { return Ok(()) };
        match partners.iter().find(|id| !self.roster.partners.get(id).is_some_and(|partner| partner.admitted)) {
            Some(unknown) => Err(CommandError::NotFound(format!("partner {}", unknown.short()))),
            None => Ok(()),
        }
    }

    pub(super) fn position(&self) -> Result<(FederationId, StatementId), CommandError> {
        match &self.roster.federation {
            Some(federation) => Ok((federation.id, federation.position)),
            None => Err(CommandError::Precondition {
                what: "this partner is in no federation yet".into(),
                hint: "comin found NAME, or comin join TICKET".into(),
            }),
        }
    }

    pub(super) fn own_partner(&self) -> Result<crate::roster::Partner, CommandError> {
        let own = self.roster.partners.get(&self.partner).cloned();
        own.ok_or_else(|| CommandError::NotFound("this partner's certificate".into()))
    }

    pub(super) fn need_right(&self, right: Rights, what: &str) -> Result<(), CommandError> {
        if self.roster.has_right(&self.me, right) {
            return Ok(());
        }
        let what = format!("this device has no right to {what}");
        Err(CommandError::NotAllowed { what, hint: "do it on a device that has the right: comin devices".into() })
    }

    pub(super) fn need_steward(&self, what: &str) -> Result<(), CommandError> {
        if self.roster.is_steward_device(&self.me) {
            return Ok(());
        }
        let what = format!("only a steward may {what}");
        Err(CommandError::NotAllowed { what, hint: "ask a steward: comin stewards".into() })
    }

    /// Signs a statement with this device's key and takes it.
    pub(super) fn state(&mut self, statement: &Statement) -> Result<StatementId, CommandError> {
        let signed = SignedStatement::unsigned(statement).sign_device(&self.signer);
        // What others would refuse must not be said.
        let good = signed.verify().map_err(|error| CommandError::Invalid(format!("the decision: {error}")))?;
        let id = good.id;
        self.insert_statement(good.signed);
        self.roster_changed();
        if self.statements.contains(&id) { Ok(id) } else { Err(CommandError::Invalid("too many statements".into())) }
    }

    /// Takes a verified statement into set and batch; true if it told something new.
    pub(super) fn insert_statement(&mut self, signed: SignedStatement) -> bool {
        let verified = signed.trusted();
        let id = verified.id;
        let inserted = self.statements.insert_under(verified, &self.roster);
        if let Inserted::Replaced(old) = inserted {
            self.batch.push(Write::DropStatement(old));
        }
        let stored = matches!(inserted, Inserted::New | Inserted::Merged | Inserted::Replaced(_));
        if stored && let Some(held) = self.statements.get(&id) {
            self.batch.push(Write::PutStatement(id, held.signed.clone()));
        }
        stored
    }

    /// Takes statements whose signatures have been checked (a divergence that was proven here, or what an
    /// inviter hands over).
    pub(super) fn adopt_statements(&mut self, statements: Vec<SignedStatement>) {
        let mut news = false;
        for signed in statements {
            news |= self.insert_statement(signed);
        }
        if news {
            self.roster_changed();
        }
    }

    // ── exchanged ───────────────────────────────────────────────────────────────────────────────────────

    /// Proofs about documents that this device and `device` do not both read: they carry changes, and are
    /// neither sent nor counted between the two.
    pub(super) fn hidden_from(&self, device: &DeviceKey) -> BTreeSet<StatementId> {
        let shared =
            |doc: &DocId| self.roster.may_read(&doc.register, &self.me) && self.may_send(&doc.register, device);
        self.statements.divergences().filter(|(doc, _)| !shared(doc)).map(|(_, id)| id).collect()
    }

    /// Answers a peer's list of statement tags with what it lacks.
    pub(super) fn send_missing_statements(&mut self, id: SessionId, tags: &[u8]) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let hidden = self.hidden_from(&device);
        let theirs: Vec<[u8; 16]> = tags.chunks_exact(16).filter_map(|tag| tag.try_into().ok()).collect();
        let mut missing = self.statements.missing_from_tags(&theirs);
        missing.retain(|verified| !hidden.contains(&verified.id));
        // What comes of a federation that the peer does not know yet is foreign to it.
        missing.sort_by_key(|verified| self.carries_over(verified).unwrap_or(usize::MAX));
        let missing: Vec<SignedStatement> = missing.into_iter().map(|verified| verified.signed.clone()).collect();
        let lacks_nothing = missing.is_empty();
        let mut message = Vec::new();
        let mut bytes = 0;
        for signed in missing {
            let size = signed.body.len() + signed.signatures.len() * 104 + 16;
            if bytes + size > limits::MESSAGE_BYTES_MAX / 2 && !message.is_empty() {
                self.send(id, Message::Statements(std::mem::take(&mut message)));
                bytes = 0;
            }
            bytes += size;
            message.push(signed);
        }
        if !message.is_empty() {
            self.send(id, Message::Statements(message));
        }
        let own = self.statements.digest_without(&hidden);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Some(theirs) = session.hello.as_ref().map(|hello| hello.statements) else { return };
        session.answered = Some((own, theirs));
        // Who is sent something answers with a hello. Who lacks nothing, or asks while we go on already, hears nothing more
        // by itself, and could never judge that all has been told. To greet more often costs an honest peer its patience.
        let is_due = lacks_nothing || session.matched;
        if own != theirs {
            self.list_statements(id, &device, (own, theirs));
            if is_due {
                self.send_hello(id);
            }
        }
    }

    pub(super) fn take_statements(&mut self, id: SessionId, device: DeviceKey, statements: Vec<SignedStatement>) {
        let verified: Result<Vec<_>, _> = statements.into_iter().map(|signed| signed.verify()).collect();
        let verified = match verified {
            Ok(verified) => verified,
            Err(error) => return self.end_session(id, format!("sent a statement that cannot be taken: {error}")),
        };
        let before = self.crowded_out;
        // Those that carry over a federation that is known come first and together: what they carry is foreign without them.
        let carries = |verified: &VerifiedStatement| {
            matches!(verified.statement, Some(Statement::CarryOver { .. })) && !self.roster.is_foreign(verified)
        };
        let (carrying, others): (Vec<_>, Vec<_>) = verified.into_iter().partition(carries);
        self.adopt_statements(carrying.into_iter().map(|verified| verified.signed).collect());
        let mut good = Vec::new();
        for verified in others {
            if self.roster.is_foreign(&verified) {
                // Who carries over another federation can know of more kin than we do.
                if self.sessions.get(&id).and_then(|s| s.hello.as_ref()).is_none_or(|h| self.is_same_federation(h)) {
                    self.fault(device, "sent a statement of another federation");
                }
            } else if matches!(verified.statement, Some(Statement::CarryOver { .. })) {
                self.adopt_statements(vec![verified.signed]);
            } else if self.may_hold(&verified) {
                self.compare_votes(&verified);
                if self.restates(&verified, &device) {
                    self.lose_patience(id, device, limits::PATIENCE_RESTATED);
                }
                good.push(verified.signed);
            }
        }
        if !self.sessions.contains_key(&id) {
            return;
        }
        self.adopt_statements(good);
        let dropped = self.crowded_out - before;
        if dropped > 0 {
            // Everybody reads the roster for what takes a place from something else, or finds none.
            self.lose_patience(id, device, limits::PATIENCE_RESTATED + dropped / 4);
        }
        self.send_hello(id);
    }

    /// Whether a peer brings what takes the place of something that its own partner has said before, or nobody who is a
    /// member: everybody reads the roster again, each time.
    fn restates(&self, new: &VerifiedStatement, sender: &DeviceKey) -> bool {
        let device = match &new.statement {
            Some(
                Statement::Addresses { device, .. }
                | Statement::Drafts { device, .. }
                | Statement::ErasureReceipts { device, .. },
            ) => device,
            Some(Statement::Divergence { left, .. }) => &left.run.device,
            _ => return false,
        };
        let of = |device: &DeviceKey| self.roster.devices.get(device).map(|device| device.partner);
        of(device).is_none_or(|partner| of(sender) == Some(partner)) && self.statements.holds_another(new)
    }

    /// A proof about a document that this device may not read, or not yet as far as it knows, is left.
    fn may_hold(&self, verified: &VerifiedStatement) -> bool {
        match &verified.statement {
            Some(Statement::Divergence { doc, .. }) => self.roster.may_read(&doc.register, &self.me),
            _ => true,
        }
    }

    // ── the roster has changed ──────────────────────────────────────────────────────────────────────────

    pub(super) fn roster_changed(&mut self) {
        self.drop_crowd();
        let mut roster = self.read_roster();
        while self.make_decided(&roster) || self.tidy_drafts(&roster) {
            roster = self.read_roster();
        }
        self.state_changed = true;
        if roster != *self.roster {
            let before = std::mem::replace(&mut self.roster, Arc::new(roster));
            self.name_double_signers(&before);
            self.queue.push_back(Output::RosterChanged(self.roster.clone()));
            self.dial_due = true;
            let gone: Vec<SessionId> =
                self.sessions.iter().filter(|(_, s)| !self.roster.is_member(&s.device)).map(|(id, _)| *id).collect();
            for id in gone {
                self.handle_disconnected(id);
                self.disconnect_later(id, "no longer a member".into());
            }
            self.parted.retain(|device, _| self.roster.is_member(device));
            self.beside.retain(|device, _| self.roster.is_member(device));
            self.keep_addresses();
            self.settle_joins();
            self.tell_waiting();
            self.forget_refusals();
            self.settle_persons();
            self.rebuild_due();
            self.issue_waiting(true);
        }
        self.match_sessions();
        self.send_hello_to_all();
    }

    /// Lets go of the statements that have no place.
    fn drop_crowd(&mut self) {
        if !self.statements.is_crowded() {
            return;
        }
        let (chosen, places) = (self.choice.federation, &limits::STATEMENT_PLACES);
        for id in Roster::crowded_out(&self.partner, chosen, self.statements.iter(), places) {
            self.statements.remove(&id);
            self.batch.push(Write::DropStatement(id));
            self.crowded_out += 1;
        }
    }

    pub(super) fn handle_listening(&mut self, mut addresses: Vec<String>) {
        addresses.truncate(limits::ADDRESSES_MAX);
        addresses.retain(|address| address.len() <= limits::ADDRESS_BYTES_MAX);
        self.listening = addresses;
        self.state_addresses();
        self.state_changed = true;
    }

    /// States where this device listens, if that is news to its federation.
    fn state_addresses(&mut self) {
        let Some(device) = self.roster.devices.get(&self.me) else { return };
        if device.addresses != self.listening {
            self.state_these_addresses(self.listening.clone());
        }
    }

    /// The roster has changed: it must still name the addresses of this machine. Where it names others as
    /// well they stay, or two machines with one key (a copied one) would take turns for ever.
    fn keep_addresses(&mut self) {
        let Some(device) = self.roster.devices.get(&self.me) else { return };
        if self.listening.iter().all(|address| device.addresses.contains(address)) {
            return;
        }
        let others = device.addresses.iter().filter(|address| !self.listening.contains(address));
        let all: Vec<String> = self.listening.iter().chain(others).cloned().collect();
        if all.len() <= limits::ADDRESSES_MAX {
            self.state_these_addresses(all);
        }
    }

    fn state_these_addresses(&mut self, addresses: Vec<String>) {
        let Some(device) = self.roster.devices.get(&self.me) else { return };
        if self.roster.federation.is_none() || addresses.is_empty() {
            return;
        }
        let number = device.addresses_number.saturating_add(1);
        let statement = Statement::Addresses { device: self.me, number, addresses };
        let signed = SignedStatement::unsigned(&statement).sign_device(&self.signer);
        self.adopt_statements(vec![signed]);
    }

    /// Whom to reach: every other device of the roster, and the inviter while joining.
    pub(super) fn dial_targets(&self) -> Vec<DialTarget> {
        if self.paused {
            return Vec::new();
        }
        let members = self.roster.devices.values().filter(|device| device.key != self.me);
        let target =
            |d: &crate::roster::Device| DialTarget { device: d.key, addresses: d.addresses.clone(), join: false };
        members.map(target).chain(self.join_target()).collect()
    }
}

pub(super) fn check_name(name: &str) -> Result<(), CommandError> {
    if is_name(name) {
        return Ok(());
    }
    let text = format!("a name has 1 to {} bytes and no control characters", limits::NAME_BYTES_MAX);
    Err(CommandError::Invalid(text))
}
