//! Drafts: what waits for signatures of stewards.
//!
//! A device keeps what it has signed, and what it refuses, in one numbered statement (`drafts`), which any
//! member carries. All of these together give each draft its signatures, whoever met whom. Once they are a
//! strict majority every node makes the statement of them; what is decided, outdated or refused by so many
//! that it cannot be decided any more is no draft.

use super::Roster;
use super::build::{Fact, Facts, work};
use super::chain::{Chain, Position};
use crate::ids::{PartnerId, StatementId};
use crate::statement::{KeySignature, SignedStatement, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// A statement that waits for signatures of stewards.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenDraft {
    /// Its id, also as a statement.
    pub id: StatementId,
    /// What it says.
    pub statement: Statement,
    /// With all signatures known.
    pub signed: SignedStatement,
    /// The stewards in force that have signed.
    pub signed_by: BTreeSet<PartnerId>,
    /// The other stewards in force.
    pub missing: BTreeSet<PartnerId>,
    /// The stewards in force that will not sign.
    pub refused_by: BTreeSet<PartnerId>,
    /// The partners whose devices keep it.
    pub kept_by: BTreeSet<PartnerId>,
    /// How many stewards must sign.
    pub majority: usize,
    /// A change of stewards in a round that is over or not begun: nobody signs it now.
    pub dormant: bool,
}

impl OpenDraft {
    /// Whether a strict majority has signed.
    pub fn is_decided(&self) -> bool {
        self.signed_by.len() >= self.majority
    }

    /// Whether so many refuse that it cannot be decided any more.
    pub fn is_refused(&self) -> bool {
        let stewards = self.signed_by.len() + self.missing.len();
        stewards - self.refused_by.difference(&self.signed_by).count() < self.majority
    }
}

/// What devices of members keep, and what counted once and needs the stewards in force since; `carried` is what counts
/// in the federation that this one carries over.
pub(super) fn open(
    facts: &Facts<'_>,
    chain: &Chain,
    carried: &BTreeSet<StatementId>,
    roster: &Roster,
) -> BTreeMap<StatementId, OpenDraft> {
    let (position, mut found) = (chain.last(), BTreeMap::<StatementId, OpenDraft>::new());
    let stated = facts.facts.iter().filter(|fact| fact.statement.is_decided_by_stewards());
    // What nobody but members has signed of himself is nothing that stewards are asked about.
    let asked =
        |fact: &&Fact<'_>| carried.contains(&fact.id) || !position.signing(facts, (&fact.id, &fact.signers)).is_empty();
    for fact in stated.filter(asked) {
        found.insert(fact.id, OpenDraft::new(fact.id, fact.statement, fact.signed.clone(), position.majority()));
    }
    // Of each steward one signature: it can have any number of devices.
    let (signing, mut signed) = (position.devices(facts), BTreeSet::new());
    for kept in facts.drafts.iter().filter(|kept| roster.is_member(&kept.device)) {
        let unsigned = || SignedStatement { body: kept.body.to_vec(), signatures: Vec::new() };
        let new = || OpenDraft::new(kept.id, &kept.statement, unsigned(), position.majority());
        let draft = found.entry(kept.id).or_insert_with(new);
        if signing.get(&kept.device).is_some_and(|partner| signed.insert((kept.id, *partner))) {
            draft.signed.add(KeySignature { key: kept.device.0, signature: kept.signature });
        }
        draft.kept_by.extend(roster.partner_of(&kept.device).map(|partner| partner.id));
    }
    found.retain(|id, draft| {
        let is_carried = carried.contains(id);
        !roster.in_force.contains(id) && is_open(&draft.statement, is_carried, roster)
    });
    for draft in found.values_mut() {
        draft.count(facts, position, roster);
    }
    found
}

impl OpenDraft {
    fn new(id: StatementId, statement: &Statement, signed: SignedStatement, majority: usize) -> Self {
        Self {
            id,
            statement: statement.clone(),
            signed,
            signed_by: BTreeSet::new(),
            missing: BTreeSet::new(),
            refused_by: BTreeSet::new(),
            kept_by: BTreeSet::new(),
            majority,
            dormant: false,
        }
    }

    /// Says who of the stewards in force has signed, refused, or done neither.
    fn count(&mut self, facts: &Facts<'_>, position: &Position, roster: &Roster) {
        let signers = self.signed.signatures.iter().map(|signature| signature.key).collect();
        let signing = position.signing(facts, (&self.id, &signers));
        // Only those of stewards matter to the statement, and one of each.
        self.signed.signatures.retain(|signature| signing.values().any(|device| device.0 == signature.key));
        self.signed_by = signing.into_keys().collect();
        self.missing = position.stewards.keys().filter(|id| !self.signed_by.contains(id)).copied().collect();
        let refusing = facts.refused.get(&self.id).into_iter().flatten().inspect(|_| work::step());
        let partners = refusing.filter_map(|device| Some(roster.partner_of(device)?.id));
        self.refused_by = partners.filter(|id| position.stewards.contains_key(id)).collect();
        let round = roster.federation.as_ref().map(|federation| federation.round);
        self.dormant = matches!(self.statement, Statement::Stewards { round: own, .. } if Some(own) != round);
    }
}

/// Whether there is still something to decide. Of a federation that is carried over there is only what was in force there.
fn is_open(statement: &Statement, is_carried: bool, roster: &Roster) -> bool {
    let Some(federation) = &roster.federation else { return false };
    if statement.federation().is_some_and(|id| id != federation.id && !is_carried) {
        return false;
    }
    let partner = |id: &PartnerId| roster.partners.get(id);
    match statement {
        Statement::Admission { partner: id, .. } => partner(id).is_none_or(|p| !p.admitted && !p.removed),
        Statement::Removal { partner: id, .. } => partner(id).is_some_and(|p| p.admitted),
        Statement::Rekeying { partner: id, old, .. } => partner(id).is_some_and(|p| p.admitted && p.key == *old),
        Statement::SharedRegister { .. } => true,
        Statement::RegisterWriters { register, number, .. } => roster
            .registers
            .get(register)
            .is_some_and(|register| register.owner.is_none() && register.writers_number < *number),
        Statement::Stewards { predecessor, .. } => federation.position == *predecessor,
        _ => false,
    }
}
