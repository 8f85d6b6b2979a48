//! Carrying over: a federation whose stewards are no majority any more for ever is founded anew, with what stands.
//!
//! Founding is one partner's deed, and going along is each machine's own: what others have founded is shown among what
//! waits for people, and nothing moves before they say yes. Until then the machine stays in the old federation and goes on
//! there with everyone who has stayed as well. Two machines in federations that are kin exchange statements and nothing
//! else ([`Engine::is_kin`]): so who comes late hears of it from whomever it meets, and what it brings of decisions that
//! the founder did not know the new stewards are asked about.

use super::{CommandError, Engine, StartError, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{FederationId, StatementId};
use crate::limits;
use crate::message::Hello;
use crate::roster::{CarriedOver, Roster};
use crate::statement::{Rights, Statement, VerifiedStatement};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};

/// Where the choice of this machine's people is kept.
const STATE_CHOICE: &str = "federation";

/// What this machine's people have said to federations that others have founded.
#[derive(Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Choice {
    /// The one that they have founded, joined or gone along to; `None`: what the statements say.
    #[n(0)]
    pub federation: Option<FederationId>,
    /// Those that they do not want.
    #[n(1)]
    refused: BTreeSet<FederationId>,
}

impl Choice {
    /// Reads what the store holds.
    pub fn read(state: &BTreeMap<String, Vec<u8>>) -> Result<Self, StartError> {
        let read = |bytes: &Vec<u8>| from_cbor(bytes).map_err(|_| StartError::State(STATE_CHOICE.into()));
        state.get(STATE_CHOICE).map_or_else(|| Ok(Self::default()), read)
    }
}

/// The federation that the people of a device have chosen, as its store tells it: for whoever reads the roster of a
/// store without an engine ([`Roster::build_in`]).
pub fn chosen_federation(state: &BTreeMap<String, Vec<u8>>) -> Option<FederationId> {
    Choice::read(state).ok()?.federation
}

impl Engine {
    /// The roster that the statements give to this machine.
    pub(super) fn read_roster(&self) -> Roster {
        Roster::build_in(&self.partner, self.choice.federation, self.statements.iter())
    }

    /// Founds a federation that carries over the one that this partner is in, and moves there.
    pub(super) fn carry_over(&mut self, name: String) -> Result<FederationId, CommandError> {
        super::federation::check_name(&name)?;
        let (predecessor, _) = self.position()?;
        self.need_right(Rights::STEWARD, "found a federation")?;
        if self.roster.decides_alone(&self.me) {
            return Err(CommandError::Precondition {
                what: "this partner is the only steward and decides alone: there is no majority to be lost".into(),
                hint: "change the stewards, or remove a partner: comin stewards set, comin partners remove".into(),
            });
        }
        if let Some(other) = self.offers().next() {
            return Err(CommandError::Precondition {
                what: format!(
                    "{} has carried over this federation already, as \"{}\"",
                    self.roster.name_of(&other.founder),
                    other.name
                ),
                hint: format!(
                    "go along: comin approvals approve {0}; or refuse it first: comin approvals reject {0}",
                    other.id.short()
                ),
            });
        }
        let Some(federation) = &self.roster.federation else { return Err(nobody(&predecessor.short())) };
        let foundings = [federation.id].into_iter().chain(federation.carries.iter().copied());
        let kept = foundings.map(|id| StatementId(id.0)).chain(self.roster.in_force.iter().copied()).collect();
        let (founder, founder_key) = (self.partner, self.own_partner()?.key);
        let nonce = self.random();
        let id = self.state(&Statement::CarryOver { name, founder, founder_key, nonce, predecessor, kept })?;
        let id = FederationId(id.0);
        self.choose(id);
        // In a new federation a restored device has signed nothing before.
        self.end_unconfirmed();
        Ok(id)
    }

    /// What others have founded to carry over this federation and this machine's people have not refused.
    pub(super) fn offers(&self) -> impl Iterator<Item = &CarriedOver> + '_ {
        self.roster.carried_over.values().filter(|offer| !self.choice.refused.contains(&offer.id))
    }

    /// The offer whose id begins so; `None`: there is none.
    pub(super) fn carried_over_by(&self, id: &str) -> Result<Option<CarriedOver>, CommandError> {
        let id = id.to_lowercase();
        let mut found = self.roster.carried_over.values().filter(|offer| offer.id.to_string().starts_with(&id));
        // Nobody is moved by a beginning that could mean something else.
        let drafted = self.roster.drafts.keys().any(|draft| draft.to_string().starts_with(&id));
        let pending = self.pending_joins().iter().any(|pending| pending.id.starts_with(&id));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(first), None) if !drafted && !pending => Ok(Some(first.clone())),
            _ => Err(CommandError::Precondition {
                what: format!("several ids begin with {id}"),
                hint: "give more of the id".into(),
            }),
        }
    }

    /// How many foundings lie below one that carries over another; `None`: it is none.
    pub(super) fn carries_over(&self, verified: &VerifiedStatement) -> Option<usize> {
        let below = |verified: &VerifiedStatement| match &verified.statement {
            Some(Statement::CarryOver { predecessor, .. }) => Some(StatementId(predecessor.0)),
            _ => None,
        };
        let mut next = Some(below(verified)?);
        let mut depth = 0;
        while let Some(id) = next {
            depth += 1;
            next = self.statements.get(&id).and_then(below);
        }
        Some(depth)
    }

    /// Goes along to a federation that another partner has founded.
    pub(super) fn go_along(&mut self, offer: &CarriedOver) -> Result<(), CommandError> {
        self.need_right(Rights::STEWARD, "choose the federation of this partner")?;
        if !offer.has_us {
            let founder = self.roster.name_of(&offer.founder);
            return Err(CommandError::Precondition {
                what: format!(
                    "\"{}\" does not have this partner: {founder} did not know of its admission when it founded it",
                    offer.name
                ),
                hint: format!("connect with {founder}, and let it sign the admission: comin approvals"),
            });
        }
        self.choose(offer.id);
        Ok(())
    }

    /// Stays where this machine is.
    pub(super) fn stay(&mut self, offer: &CarriedOver) {
        self.choice.refused.insert(offer.id);
        self.keep_choice();
    }

    /// This machine is in `federation` from now on.
    fn choose(&mut self, federation: FederationId) {
        if self.choice.federation == Some(federation) {
            return;
        }
        self.choice.federation = Some(federation);
        self.choice.refused.remove(&federation);
        self.keep_choice();
        self.cancel_invites();
        self.roster_changed();
    }

    pub(super) fn keep_choice(&mut self) {
        self.batch.push(Write::PutState(STATE_CHOICE.into(), to_cbor(&self.choice)));
        self.state_changed = true;
    }

    // ── in a session ────────────────────────────────────────────────────────────────────────────────────

    /// Whether a peer is in this machine's own federation, or one of the two is in none.
    pub(super) fn is_same_federation(&self, hello: &Hello) -> bool {
        let own = self.roster.federation.as_ref().map(|federation| federation.id);
        own.zip(hello.federation).is_none_or(|(own, theirs)| own == theirs)
    }

    /// Whether a peer is in a federation that carries over this one, or the other way round, or both the same.
    pub(super) fn is_kin(&self, hello: &Hello) -> bool {
        let Some(own) = &self.roster.federation else { return false };
        let carries = hello.carries.iter().flatten().take(limits::CARRIED_MAX);
        hello.federation.iter().chain(carries).any(|id| own.takes_in(id) || self.roster.kin.contains(id))
    }
}

fn nobody(id: &str) -> CommandError {
    CommandError::NotFound(format!("federation {id}"))
}
