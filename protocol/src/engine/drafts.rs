//! What stewards decide together: proposing, signing and refusing drafts.
//!
//! Where this device is a strict majority by itself a proposal is a statement at once. Otherwise it goes into
//! the device's numbered `drafts` statement, which every member carries; the roster joins the signatures of
//! all of them, and the node that first sees a majority makes the statement.
//!
//! A signature under a change of stewards is a vote: a device gives one in a round and keeps it until the
//! chain has gone on, so that everyone can see when a round cannot be won any more. A restored device may
//! have forgotten votes. It signs nothing until its statements have been equal with those of a peer, and a steward's
//! device with those of every other steward, without whom a forgotten vote decides nothing; or until a person says
//! that there is nobody left.

use super::federation::check_name;
use super::{Command, CommandError, Engine, Reply, RequestId, Write};
use crate::ids::{DeviceKey, PartnerId, PartnerKey, RegisterId, StatementId};
use crate::join::Pending;
use crate::limits;
use crate::roster::{OpenDraft, Roster};
use crate::statement::{
    Draft, Rights, SignedStatement, Statement, Stays, VerifiedStatement, Writers, is_steward_count,
};
use std::collections::{BTreeMap, BTreeSet};

/// Present after a restore, until a peer or a person has confirmed it. Whoever restores a store writes it.
pub const STATE_UNCONFIRMED: &str = "unconfirmed";

/// What became of a proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Decision {
    /// It is in force.
    Made(StatementId),
    /// It waits for these stewards, of whom some must sign.
    Waits(StatementId, Vec<PartnerId>),
}

impl Decision {
    pub fn into_reply(self, made: impl FnOnce(StatementId) -> Reply) -> Reply {
        match self {
            Self::Made(id) => made(id),
            Self::Waits(draft, waits_for) => Reply::Proposed { draft, waits_for },
        }
    }
}

impl Engine {
    pub(super) fn restore_unconfirmed(&mut self, state: &BTreeMap<String, Vec<u8>>) {
        // Whoever restores writes an empty value; one that cannot be read confirms nothing.
        let read = |bytes: &Vec<u8>| crate::codec::from_cbor(bytes).unwrap_or_default();
        self.unconfirmed = state.get(STATE_UNCONFIRMED).map(read);
    }

    pub(super) fn handle_draft_command(&mut self, request: RequestId, command: Command) {
        let done = |decision: Decision| decision.into_reply(|_| Reply::Done);
        let result = match command {
            Command::AddRegister { name, writers } => self.add_register(name, writers),
            Command::SetStewards { stewards } => self.set_stewards(stewards).map(done),
            Command::RemovePartner { partner } => self.remove_partner(partner).map(done),
            Command::RekeyPartner { partner, key, certificate } => {
                self.rekey_partner(partner, key, certificate).map(done)
            }
            Command::ConfirmAlone => {
                self.end_unconfirmed();
                Ok(Reply::Done)
            }
            other => Err(CommandError::Invalid(format!("{other:?} proposes nothing"))),
        };
        self.state_changed = true;
        self.reply(request, result, true);
    }

    // ── what can be proposed ────────────────────────────────────────────────────────────────────────────

    fn add_register(&mut self, name: String, writers: Writers) -> Result<Reply, CommandError> {
        check_name(&name)?;
        let (federation, position) = self.position()?;
        self.need_steward("create a shared register")?;
        self.check_writers(&writers)?;
        let drafted = self.roster.drafts.values().map(|draft| &draft.statement);
        let proposed =
            |statement: &Statement| matches!(statement, Statement::SharedRegister { name: n, .. } if *n == name);
        let taken = self.roster.registers.values().any(|r| self.roster.shared_name(&r.id) == Some(&name));
        if taken || drafted.into_iter().any(proposed) {
            return Err(CommandError::Precondition {
                what: format!("a shared register \"{name}\" exists or is proposed already"),
                hint: "comin registers, comin approvals".into(),
            });
        }
        let nonce = self.random();
        let decision = self.propose(&Statement::SharedRegister { federation, position, name, writers, nonce })?;
        Ok(decision.into_reply(|id| Reply::Register(RegisterId::shared(&id))))
    }

    fn set_stewards(&mut self, stewards: BTreeSet<PartnerId>) -> Result<Decision, CommandError> {
        let (federation, predecessor) = self.position()?;
        self.need_steward("change the stewards")?;
        if !is_steward_count(stewards.len()) {
            return Err(CommandError::Invalid("a federation has 1, 3, 5, 7 or 9 stewards".into()));
        }
        let mut keys = BTreeMap::new();
        for id in stewards {
            keys.insert(id, self.admitted_partner(&id)?.key);
        }
        let Some(now) = &self.roster.federation else { return Err(not_found("federation", &predecessor.short())) };
        if now.stewards == keys {
            return Err(CommandError::Precondition {
                what: "these are the stewards already".into(),
                hint: "comin stewards".into(),
            });
        }
        let round = now.round;
        self.check_vote(round, None)?;
        let kept = self.roster.in_force.difference(&now.kept).copied().collect();
        self.propose(&Statement::Stewards { federation, predecessor, round, stewards: keys, kept })
    }

    /// What stays of what a partner has written: what this device holds of it.
    fn held_of_partner(&self, partner: PartnerId) -> Stays {
        // Others do not read its internal register, and its own devices adopt what lies there.
        let internal = RegisterId::internal(&partner);
        self.held_of(|doc, device| doc.register != internal && self.roster.writer(device) == Some(partner))
    }

    fn remove_partner(&mut self, partner: PartnerId) -> Result<Decision, CommandError> {
        let (federation, position) = self.position()?;
        self.need_steward("remove a partner")?;
        if self.admitted_partner(&partner)?.steward {
            return Err(CommandError::Precondition {
                what: format!("{} is a steward", self.roster.name_of(&partner)),
                hint: "change the stewards first: comin stewards set PARTNER PARTNER PARTNER".into(),
            });
        }
        let same = |statement: &Statement| matches!(statement, Statement::Removal { partner: p, .. } if *p == partner);
        if let Some(id) = self.draft_like(same) {
            return self.sign_draft(id);
        }
        let stays = self.held_of_partner(partner);
        self.propose(&Statement::Removal { federation, position, partner, stays })
    }

    fn rekey_partner(
        &mut self,
        partner: PartnerId,
        new: PartnerKey,
        certificate: Option<SignedStatement>,
    ) -> Result<Decision, CommandError> {
        let (federation, position) = self.position()?;
        match partner == self.partner {
            true => self.need_right(Rights::ADMIN, "replace the partner's key")?,
            false => self.need_steward("replace the key of another partner")?,
        }
        let old = self.admitted_partner(&partner)?.key;
        if old == new {
            return Err(CommandError::Invalid("this is the partner's key already".into()));
        }
        self.check_majority_without(&partner)?;
        if let Some(signed) = certificate {
            let good = signed.verify().map_err(|error| CommandError::Invalid(error.to_string()))?;
            self.adopt_statements(vec![good.signed]);
        }
        let same = |statement: &Statement| matches!(statement, Statement::Rekeying { partner: p, new: n, .. } if *p == partner && *n == new);
        if let Some(id) = self.draft_like(same) {
            return self.sign_draft(id);
        }
        let stays = self.held_of_partner(partner);
        self.propose(&Statement::Rekeying { federation, position, partner, old, new, stays })
    }

    /// A steward with a new key decides nothing until a change of stewards names that key: the others must be able
    /// to make it.
    fn check_majority_without(&self, partner: &PartnerId) -> Result<(), CommandError> {
        let stewards = self.roster.federation.as_ref().map(|federation| &federation.stewards);
        let is_current = |(id, key): &(&PartnerId, &PartnerKey)| {
            *id != partner && self.roster.partners.get(*id).is_some_and(|known| known.key == **key)
        };
        match stewards {
            Some(stewards) if stewards.contains_key(partner) => {
                let others = stewards.iter().filter(is_current).count();
                if others > stewards.len() / 2 {
                    return Ok(());
                }
                Err(CommandError::Precondition {
                    what: "without this steward the others are no majority, and nobody could name its new key".into(),
                    hint: "let others be stewards first: comin stewards set P1 P2 P3".into(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Proposes the admission of a newcomer whose check number has been compared.
    pub(super) fn admit(&mut self, admission: &Statement) -> Result<Decision, CommandError> {
        let same = |statement: &Statement| match (statement, admission) {
            (Statement::Admission { partner, .. }, Statement::Admission { partner: other, .. }) => partner == other,
            _ => false,
        };
        match self.draft_like(same) {
            Some(id) => self.sign_draft(id),
            None => self.propose(admission),
        }
    }

    fn draft_like(&self, same: impl Fn(&Statement) -> bool) -> Option<StatementId> {
        self.roster.drafts.values().find(|draft| same(&draft.statement)).map(|draft| draft.id)
    }

    fn admitted_partner(&self, id: &PartnerId) -> Result<crate::roster::Partner, CommandError> {
        let partner = self.roster.partners.get(id).filter(|partner| partner.admitted).cloned();
        partner.ok_or_else(|| not_found("partner", &id.short()))
    }

    // ── signing ─────────────────────────────────────────────────────────────────────────────────────────

    /// States what this device decides alone, and drafts what needs others.
    pub(super) fn propose(&mut self, statement: &Statement) -> Result<Decision, CommandError> {
        self.need_confirmed()?;
        if self.roster.decides_alone(&self.me) {
            return self.state(statement).map(Decision::Made);
        }
        let signed = SignedStatement::unsigned(statement);
        self.keep_signed(signed)
    }

    /// Signs a draft that is open, by its id.
    fn sign_draft(&mut self, id: StatementId) -> Result<Decision, CommandError> {
        let draft = self.roster.drafts.get(&id).ok_or_else(|| not_found("draft", &id.short()))?;
        if let Statement::Stewards { round, .. } = draft.statement {
            if draft.dormant {
                return Err(CommandError::Precondition {
                    what: "this change of stewards belongs to another round".into(),
                    hint: "comin approvals".into(),
                });
            }
            self.check_vote(round, Some(id))?;
        }
        let body = draft.signed.body.clone();
        self.keep_signed(SignedStatement { body, signatures: Vec::new() })
    }

    /// Signs and keeps a draft; a majority makes it a statement.
    fn keep_signed(&mut self, unsigned: SignedStatement) -> Result<Decision, CommandError> {
        let id = unsigned.id();
        let signed = unsigned.sign_device(&self.signer);
        let signature = signed.signatures.first().map(|signature| signature.signature);
        // INVARIANT: a device's signature has just been added.
        let signature = signature.ok_or_else(|| not_found("signature", &id.short()))?;
        self.keep_drafts(|drafts, refused| {
            refused.remove(&id);
            drafts.retain(|draft| draft.id() != id);
            drafts.push(Draft { body: signed.body, signature });
        })?;
        match self.roster.drafts.get(&id) {
            Some(waiting) => Ok(Decision::Waits(id, waiting.missing.iter().copied().collect())),
            None if self.statements.contains(&id) => Ok(Decision::Made(id)),
            None => Err(CommandError::Precondition {
                what: "the proposal could not be kept, or there is nothing to decide any more".into(),
                hint: "see what stands: comin approvals".into(),
            }),
        }
    }

    /// Changes what this device keeps and states it under the next number.
    fn keep_drafts(
        &mut self,
        change: impl FnOnce(&mut Vec<Draft>, &mut BTreeSet<StatementId>),
    ) -> Result<(), CommandError> {
        self.need_confirmed()?;
        let (number, mut drafts, mut refused) = self.own_drafts();
        change(&mut drafts, &mut refused);
        let signed = self.drafts_statement(number.saturating_add(1), drafts, refused)?;
        self.adopt_statements(vec![signed]);
        Ok(())
    }

    pub(super) fn own_drafts(&self) -> (u64, Vec<Draft>, BTreeSet<StatementId>) {
        match self.statements.drafts_of(&self.me).and_then(|held| held.statement.clone()) {
            Some(Statement::Drafts { number, drafts, refused, .. }) => (number, drafts, refused),
            _ => (0, Vec::new(), BTreeSet::new()),
        }
    }

    fn drafts_statement(
        &self,
        number: u64,
        drafts: Vec<Draft>,
        mut refused: BTreeSet<StatementId>,
    ) -> Result<SignedStatement, CommandError> {
        while refused.len() > limits::DRAFTS_REFUSED_MAX {
            refused.pop_first();
        }
        let statement = Statement::Drafts { device: self.me, number, drafts, refused };
        if let Statement::Drafts { drafts, .. } = &statement {
            check_room(drafts)?;
        }
        let signed = SignedStatement::unsigned(&statement).sign_device(&self.signer);
        signed.verify().map(|good| good.signed).map_err(|error| CommandError::Invalid(format!("the proposal: {error}")))
    }

    /// Whether this partner may sign `draft`, or another change of stewards, in `round`.
    fn check_vote(&self, round: u64, draft: Option<StatementId>) -> Result<(), CommandError> {
        let voted = self.roster.drafts.values().find(|other| {
            matches!(other.statement, Statement::Stewards { round: r, .. } if r == round)
                && other.signed_by.contains(&self.partner)
                && Some(other.id) != draft
        });
        let Some(voted) = voted else { return Ok(()) };
        let names: Vec<String> = voted.missing.iter().map(|id| self.roster.name_of(id)).collect();
        Err(CommandError::Precondition {
            what: format!(
                "this partner has signed another change of stewards in this round: {}, which waits for {}",
                voted.id.short(),
                names.join(", ")
            ),
            hint: "agree on one of those in `comin approvals`; a signature on one is not taken back".into(),
        })
    }

    pub(super) fn need_confirmed(&self) -> Result<(), CommandError> {
        if !self.is_unconfirmed() {
            return Ok(());
        }
        let names: Vec<String> = self.unconfirmed_by().iter().map(|id| self.roster.name_of(id)).collect();
        let whose = if names.is_empty() { "a partner's node has".into() } else { format!("{} have", names.join(", ")) };
        Err(CommandError::NotAllowed {
            what: format!(
                "this machine was restored, and signs nothing until {whose} confirmed what it had signed before"
            ),
            hint: "let them connect: comin sync --wait 60s; where they are lost for good: comin restore --alone".into(),
        })
    }

    /// Restored, and not confirmed by all who may know of a forgotten signature. Outside a federation there is nobody
    /// to confirm it and nothing to sign.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.unconfirmed.is_some() && self.roster.federation.is_some()
    }

    /// The other stewards that have not confirmed a steward's restored device: a vote that it has forgotten may have
    /// reached any of them, and decides nothing without one of them.
    fn unconfirmed_by(&self) -> Vec<PartnerId> {
        let Some((by, federation)) = self.unconfirmed.as_ref().zip(self.roster.federation.as_ref()) else {
            return Vec::new();
        };
        let silent = |id: &&PartnerId| **id != self.partner && !by.contains(*id);
        match self.roster.is_steward_device(&self.me) {
            true => federation.stewards.keys().filter(silent).copied().collect(),
            false => Vec::new(),
        }
    }

    /// A peer's statements are equal to ours: what that peer knew to be signed by this device is here again.
    pub(super) fn confirm(&mut self, device: &DeviceKey) {
        let Some(partner) = self.roster.partner_of(device).map(|partner| partner.id) else { return };
        let Some(by) = self.unconfirmed.as_mut() else { return };
        let news = by.insert(partner);
        let state = crate::codec::to_cbor(by);
        if self.unconfirmed_by().is_empty() {
            self.end_unconfirmed();
        } else if news {
            self.batch.push(Write::PutState(STATE_UNCONFIRMED.into(), state));
        }
    }

    pub(super) fn end_unconfirmed(&mut self) {
        if self.unconfirmed.take().is_some() {
            self.batch.push(Write::DropState(STATE_UNCONFIRMED.into()));
            self.state_changed = true;
        }
    }

    // ── approving and refusing by id ────────────────────────────────────────────────────────────────────

    pub(super) fn approve_draft(&mut self, id: &str) -> Result<Decision, CommandError> {
        let id = self.find_draft(id)?;
        if !self.roster.is_steward_device(&self.me) {
            return Err(CommandError::NotAllowed {
                what: "only stewards sign for the federation".into(),
                hint: "ask a steward: comin stewards".into(),
            });
        }
        self.sign_draft(id)
    }

    /// Withdraws this device's signature and, for a steward, says that there will be none.
    pub(super) fn reject_draft(&mut self, id: &str) -> Result<(), CommandError> {
        let id = self.find_draft(id)?;
        let vote = self.roster.drafts.get(&id).is_some_and(|draft| {
            matches!(draft.statement, Statement::Stewards { .. }) && draft.signed_by.contains(&self.partner)
        });
        if vote {
            return Err(CommandError::Precondition {
                what: "a signature on a change of stewards is not taken back".into(),
                hint: "let another steward propose what is wanted; yours stays without effect".into(),
            });
        }
        let steward = self.roster.is_steward_device(&self.me);
        self.keep_drafts(|drafts, refused| {
            drafts.retain(|draft| draft.id() != id);
            if steward {
                refused.insert(id);
            }
        })
    }

    fn find_draft(&self, id: &str) -> Result<StatementId, CommandError> {
        let id = id.to_lowercase();
        let mut found = self.roster.drafts.keys().filter(|draft| draft.to_string().starts_with(&id));
        match (found.next(), found.next()) {
            (Some(found), None) => Ok(*found),
            (None, _) => Err(not_found("approval", &id)),
            _ => Err(CommandError::Precondition {
                what: format!("several ids begin with {id}"),
                hint: "give more of the id".into(),
            }),
        }
    }

    // ── when the roster changes ─────────────────────────────────────────────────────────────────────────

    /// Makes statements of what has a majority; true if it told something new.
    pub(super) fn make_decided(&mut self, roster: &Roster) -> bool {
        let decided: Vec<_> = roster.drafts.values().filter(|d| d.is_decided()).map(|d| d.signed.clone()).collect();
        let inserted: Vec<bool> = decided.into_iter().map(|signed| self.insert_statement(signed)).collect();
        inserted.contains(&true)
    }

    /// Drops from this device's drafts what is decided or has no object any more; true if there was some. Its
    /// votes stay until the chain has gone on.
    pub(super) fn tidy_drafts(&mut self, roster: &Roster) -> bool {
        let (number, mut drafts, mut refused) = self.own_drafts();
        let Some(federation) = roster.federation.as_ref().filter(|_| !self.is_unconfirmed()) else { return false };
        let before = (drafts.len(), refused.len());
        let is_vote = |draft: &Draft| matches!(draft.statement(), Some(Statement::Stewards { predecessor, .. }) if predecessor == federation.position);
        drafts.retain(|draft| roster.drafts.contains_key(&draft.id()) || is_vote(draft));
        refused.retain(|id| roster.drafts.contains_key(id));
        if (drafts.len(), refused.len()) == before {
            return false;
        }
        self.drafts_statement(number.saturating_add(1), drafts, refused)
            .is_ok_and(|signed| self.insert_statement(signed))
    }

    /// Names the stewards that have signed two changes in one round.
    pub(super) fn name_double_signers(&mut self, before: &Roster) {
        let roster = self.roster.clone();
        for double in roster.double_signers.difference(&before.double_signers) {
            self.fault(double.device, TWO_IN_ONE_ROUND);
        }
    }

    /// What comes in must not hide that a device signed another successor in the same round: its drafts come
    /// in place of those that show it.
    pub(super) fn compare_votes(&mut self, new: &VerifiedStatement) {
        let votes: Vec<(DeviceKey, Vote)> = match &new.statement {
            Some(Statement::Drafts { device, drafts, .. }) => {
                drafts.iter().filter_map(|draft| Some((*device, vote(&draft.statement()?, draft.id())?))).collect()
            }
            Some(statement @ Statement::Stewards { .. }) => {
                let vote = vote(statement, new.id);
                new.signers.iter().filter_map(|key| Some((DeviceKey(*key), vote?))).collect()
            }
            _ => return,
        };
        for (device, (round, id)) in votes {
            let held = self.statements.drafts_of(&device).and_then(|held| held.statement.as_ref());
            let Some(Statement::Drafts { drafts: held, .. }) = held else { continue };
            let mut held = held.iter().filter_map(|draft| vote(&draft.statement()?, draft.id()));
            if held.any(|(r, known)| r == round && known != id) {
                self.fault(device, TWO_IN_ONE_ROUND);
            }
        }
    }

    // ── for those who wait ──────────────────────────────────────────────────────────────────────────────

    /// Whether this device has confirmed a newcomer and its admission waits for stewards: these.
    pub(super) fn waits_for(&self, newcomer: &PartnerId) -> Option<Vec<String>> {
        let (_, own, _) = self.own_drafts();
        let kept: BTreeSet<StatementId> = own.iter().map(Draft::id).collect();
        let admits = |draft: &&OpenDraft| {
            kept.contains(&draft.id)
                && matches!(&draft.statement, Statement::Admission { partner, .. } if partner == newcomer)
        };
        let draft = self.roster.drafts.values().find(admits)?;
        Some(draft.missing.iter().map(|id| self.roster.name_of(id)).collect())
    }

    /// The newcomers whose numbers have not been compared yet.
    pub(super) fn unconfirmed_joins(&self) -> Vec<Pending> {
        let mut pending = self.pending_joins();
        pending.retain(|pending| self.waits_for(&pending.partner).is_none());
        pending
    }

    pub(super) fn withdraw_admission(&mut self, newcomer: &PartnerId) -> Result<(), CommandError> {
        if self.waits_for(newcomer).is_none() {
            return Ok(());
        }
        self.keep_drafts(|drafts, _| {
            drafts.retain(|draft| {
                !matches!(draft.statement(), Some(Statement::Admission { partner, .. }) if partner == *newcomer)
            });
        })
    }
}

/// Whether one device may keep these drafts, of which the last is new.
pub(super) fn check_room(drafts: &[Draft]) -> Result<(), CommandError> {
    let (most, kib) = (limits::DRAFTS_MAX, limits::DRAFTS_BYTES_MAX / 1024);
    let bytes: usize = drafts.iter().map(|draft| draft.body.len()).sum();
    let hint = "let them be signed, or withdraw one that is not needed: comin approvals, comin approvals reject ID";
    let full = |what: String| Err(CommandError::Precondition { what, hint: hint.into() });
    if drafts.last().is_some_and(|draft| draft.body.len() > limits::DRAFTS_BYTES_MAX) {
        return Err(CommandError::Invalid(format!("the proposal is larger than {kib} KiB")));
    }
    if drafts.len() > most {
        return full(format!("this device keeps {most} open drafts already"));
    }
    if bytes > limits::DRAFTS_BYTES_MAX {
        return full(format!("the open drafts of this device would be more than {kib} KiB"));
    }
    Ok(())
}

const TWO_IN_ONE_ROUND: &str = "signed two different changes of stewards in one round";

/// A signature on a change of stewards: the predecessor, the round, and the change.
type Vote = ((StatementId, u64), StatementId);

fn vote(statement: &Statement, id: StatementId) -> Option<Vote> {
    match statement {
        Statement::Stewards { predecessor, round, .. } => Some(((*predecessor, *round), id)),
        _ => None,
    }
}

fn not_found(what: &str, id: &str) -> CommandError {
    CommandError::NotFound(format!("{what} {id}"))
}
