//! Whose statements stay where there are more than a federation has places for.
//!
//! A member can state without end: certificates for machines and partners that it invents, writers, scopes. What stewards
//! have decided always stays. The other places are shared out evenly: one to each partner in turn, then a second one, and so
//! on, until none is left; those that a partner gets go in turn to its keys, and of one key first to certificates, then to the
//! least ids. What nobody of the federation has signed comes after all of that. So whoever floods takes places from nobody who
//! needs few, and a new statement of the others always finds one.
//!
//! What has a place depends on the set alone: nodes that tell one another what they hold end with the same, in whatever
//! order they have heard of it.

use super::build::Facts;
use super::standing::{Standing, keys_of};
use super::{Roster, build};
use crate::ids::{FederationId, PartnerId, StatementId};
use crate::statement::{Statement, VerifiedStatement};
use std::collections::{BTreeMap, BTreeSet};

/// Among whom the places are shared out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Share {
    /// A partner that is or was in the federation.
    Partner(PartnerId),
    /// Those whom a member proposes to admit.
    Proposed,
    /// Everybody else: last of all.
    Nobody,
}

/// The keys that speak for somebody.
type Keys = BTreeMap<[u8; 32], Share>;

/// Whose a statement is: the share, and the key of it.
type Speaker = (Share, [u8; 32]);

impl Roster {
    /// The statements that have no place; `places` are those of each size, as [`crate::limits::STATEMENT_PLACES`] has them. The
    /// point of view is that of [`Self::build_in`].
    pub fn crowded_out<'a>(
        own: &PartnerId,
        chosen: Option<FederationId>,
        statements: impl IntoIterator<Item = &'a VerifiedStatement>,
        places: &[(usize, usize)],
    ) -> BTreeSet<StatementId> {
        let statements: BTreeMap<StatementId, &VerifiedStatement> =
            statements.into_iter().map(|statement| (statement.id, statement)).collect();
        let (roster, facts, standing) = build::read(own, chosen, statements.values().copied());
        let keys = facts.keys(&roster, standing.as_ref());
        let firm = facts.firm(&roster, standing.as_ref());
        let mut out = BTreeSet::new();
        let mut above = None;
        for (bytes, count) in places {
            let of_size = |held: &&&VerifiedStatement| {
                let length = held.signed.body.len();
                above.is_none_or(|above| length > above) && length <= *bytes && !firm.contains(&held.id)
            };
            let crowd: Vec<_> = statements.values().filter(of_size).collect();
            if crowd.len() > *count {
                let mut spoken: BTreeMap<Speaker, BTreeSet<(bool, StatementId)>> = BTreeMap::new();
                for held in crowd {
                    let certifies = held.statement.as_ref().is_some_and(|said| said.certifies().is_some());
                    spoken.entry(speaker(held, &keys, &roster)).or_default().insert((!certifies, held.id));
                }
                out.extend(beyond(spoken, *count));
            }
            above = Some(*bytes);
        }
        out
    }
}

impl Facts<'_> {
    /// The keys that speak for partners that are or were in the federation, and for those whom members propose.
    fn keys(&self, roster: &Roster, standing: Option<&Standing<'_>>) -> Keys {
        let admission = |draft: &super::OpenDraft| match &draft.statement {
            Statement::Admission { partner, partner_key, .. } => Some((*partner, *partner_key)),
            _ => None,
        };
        let proposed: BTreeSet<_> = roster.drafts.values().filter_map(admission).collect();
        let mut keys = Keys::new();
        for certificate in &self.certificates {
            if proposed.contains(&(certificate.partner, certificate.partner_key)) {
                keys.extend([(certificate.partner_key.0, Share::Proposed), (certificate.device.0, Share::Proposed)]);
            }
        }
        for partner in roster.partners.keys() {
            let all = keys_of(partner, roster, standing).unwrap_or_default();
            keys.extend(all.into_iter().map(|key| (key.0, Share::Partner(*partner))));
        }
        let devices = roster.former.values().chain(roster.devices.values());
        keys.extend(devices.map(|device| (device.key.0, Share::Partner(device.partner))));
        keys
    }

    /// What stewards have decided, and how their federation was founded.
    fn firm(&self, roster: &Roster, standing: Option<&Standing<'_>>) -> BTreeSet<StatementId> {
        let positions = standing.into_iter().flat_map(|standing| {
            let before = standing.positions_before.keys().copied();
            before.chain(standing.chain.positions.iter().map(|position| position.id))
        });
        roster.in_force.iter().copied().chain(positions).collect()
    }
}

/// Whose a statement is, and by which key: of the keys that have signed it the least that speaks for the one whom it is
/// about, then the least that speaks for anybody. So nobody makes another's statement his own by signing it as well.
fn speaker(held: &VerifiedStatement, keys: &Keys, roster: &Roster) -> Speaker {
    let of = |key: &[u8; 32]| keys.get(key).copied().unwrap_or(Share::Nobody);
    let about = match &held.statement {
        Some(Statement::Divergence { left, .. }) => return (of(&left.run.device.0), left.run.device.0),
        Some(
            Statement::Addresses { device, .. }
            | Statement::Drafts { device, .. }
            | Statement::ErasureReceipts { device, .. },
        ) => return (of(&device.0), device.0),
        Some(
            Statement::Certificate { partner, .. }
            | Statement::DeviceCertificate { partner, .. }
            | Statement::Revocation { partner, .. }
            | Statement::PersonScope { controller: partner, .. }
            | Statement::Erasure { controller: partner, .. }
            | Statement::CarryOver { founder: partner, .. },
        ) => Some(*partner),
        Some(Statement::RegisterWriters { register, .. }) => {
            roster.registers.get(register).and_then(|known| known.owner)
        }
        _ => None,
    };
    let mine = |key: &&[u8; 32]| about.is_some_and(|partner| of(key) == Share::Partner(partner));
    let known = |key: &&[u8; 32]| of(key) != Share::Nobody;
    let signers = &held.signers;
    let key = signers.iter().find(mine).or_else(|| signers.iter().find(known));
    key.map_or((Share::Nobody, [0; 32]), |key| (of(key), *key))
}

/// Those that come too late when `count` places are given out in turn; of each speaker in the order given.
fn beyond(spoken: BTreeMap<Speaker, BTreeSet<(bool, StatementId)>>, count: usize) -> impl Iterator<Item = StatementId> {
    let mut shares: BTreeMap<Share, BTreeMap<(usize, [u8; 32]), StatementId>> = BTreeMap::new();
    for ((share, key), statements) in spoken {
        let turns = statements.into_iter().enumerate().map(|(turn, (_, id))| ((turn, key), id));
        shares.entry(share).or_default().extend(turns);
    }
    let mut all = BTreeMap::new();
    for (share, statements) in shares {
        all.extend(statements.into_values().enumerate().map(|(turn, id)| ((share == Share::Nobody, turn, share), id)));
    }
    all.into_values().skip(count)
}
