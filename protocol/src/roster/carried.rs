//! Federations that carry over others: what is founded anew where the stewards of one are no majority any more for ever.
//!
//! Such a founding keeps by name what counts in the federation that it carries over, its founding included. Ids of
//! partners and registers do not bind a federation, and that of a shared register binds the statement that has created
//! it: so all of them stay, with their documents, and nothing is copied. Nobody is moved by a founding of others. A
//! device stays where it is until its people choose, and the roster is read from its choice ([`Roster::build_in`]).
//!
//! What counted in the old federation and the founder did not know is not lost either: those who bring it turn it into
//! drafts, which the new stewards are asked about.

use super::Roster;
use super::build::Facts;
use super::standing::{Standing, is_one_of_few};
use crate::ids::{DeviceKey, FederationId, PartnerId, StatementId};
use crate::statement::{Rights, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// A federation that another partner has founded to carry over this one, or one that this one carries over as well.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CarriedOver {
    /// Its id.
    pub id: FederationId,
    /// Its name.
    pub name: String,
    /// Who has founded it.
    pub founder: PartnerId,
    /// Whether it has this partner: if not, its stewards have to sign the admission first.
    pub has_us: bool,
    /// What stewards have decided here and does not count there.
    pub left: Vec<(StatementId, Statement)>,
}

/// Reads which federations are kin to that of `standing`, and which of them can be chosen.
pub(super) fn read(facts: &Facts<'_>, standing: &Standing<'_>, own: &PartnerId, roster: &mut Roster) {
    // Only those that a device of a partner of ours has founded for it, and of each a few.
    let mut of_each = BTreeMap::new();
    let carry_overs = facts.facts.iter().filter_map(|fact| match fact.statement {
        Statement::CarryOver { founder, founder_key, predecessor, .. } => {
            let known = roster.partners.get(founder).is_some_and(|partner| partner.admitted || partner.removed);
            let signs = |signer: &[u8; 32]| {
                roster.known_device(&DeviceKey(*signer)).is_some_and(|device| device.partner == *founder)
            };
            let good = known && fact.signers.iter().any(signs) && is_one_of_few(&mut of_each, *founder);
            good.then_some((FederationId(fact.id.0), fact, (founder, founder_key), predecessor))
        }
        _ => None,
    });
    let carry_overs: Vec<_> = carry_overs.collect();
    let line: BTreeSet<FederationId> =
        standing.carries.iter().copied().chain([FederationId(standing.founded.id.0)]).collect();
    let mut kin = line.clone();
    loop {
        let known = kin.len();
        kin.extend(
            carry_overs
                .iter()
                .filter(|(.., predecessor)| kin.contains(*predecessor))
                .map(|(id, ..)| *id)
                .collect::<Vec<_>>(),
        );
        if kin.len() == known {
            break;
        }
    }
    roster.kin = kin;
    for (id, fact, (founder, key), predecessor) in carry_overs {
        // Only a partner of ours can make an offer to us, by a device and a key that count today.
        let is_ours = roster.partners.get(founder).is_some_and(|partner| partner.admitted && partner.key == *key);
        let signs = |signer: &[u8; 32]| {
            let device = roster.devices.get(&DeviceKey(*signer));
            device.is_some_and(|device| device.partner == *founder && device.rights.includes(Rights::STEWARD))
        };
        if line.contains(&id) || !line.contains(predecessor) || !is_ours || !fact.signers.iter().any(signs) {
            continue;
        }
        let Some(there) = facts.standing_of(&id) else { continue };
        let counts = facts.in_force(&there);
        let left = facts.facts.iter().filter(|fact| roster.in_force.contains(&fact.id) && !counts.contains(&fact.id));
        let carried = CarriedOver {
            id,
            name: there.name().to_owned(),
            founder: *founder,
            has_us: there.has(own),
            left: left.map(|fact| (fact.id, fact.statement.clone())).collect(),
        };
        roster.carried_over.insert(id, carried);
    }
}
