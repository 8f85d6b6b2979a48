//! Whose statements stay where there are more than a federation has places for.
//!
//! A member can state without end: certificates for machines and partners that it invents, writers, scopes. What the
//! federation rests on always stays ([`Facts::firm`]). The other places are shared out evenly: one to each partner in turn,
//! then a second one, and so on, until none is left. Those that a partner gets go first to its key, then in turn to the
//! machines that the key has certified, each with those that it has certified itself; to machines that the key has revoked
//! last; and of one key first to certificates, then to the least ids. Whom a member proposes gets places like a key, beside
//! the others that are proposed. What nobody of the federation has signed comes after all of that.
//! So whoever floods takes places from nobody who needs few, and a new statement of the others always finds one; and whoever
//! has stolen a machine takes none from its partner's key, and from the other machines no more than one machine may.
//!
//! What has a place depends on the set alone: nodes that tell one another what they hold end with the same, in whatever
//! order they have heard of it. Proofs about documents that not all members read have places of their own, or those who read
//! them would let go of what the others hold.

use super::build::Facts;
use super::trees::{Key, Tree};
use super::{RegisterKind, Roster, build};
use crate::ids::{DeviceKey, FederationId, PartnerId, StatementId};
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

/// What each key has said, in its order: certificates first, then by id.
type Said = BTreeMap<Key, BTreeSet<(bool, StatementId)>>;

/// Who speaks for whom.
struct Speakers<'a> {
    roster: &'a Roster,
    trees: &'a BTreeMap<PartnerId, Vec<Tree>>,
    shares: BTreeMap<Key, Share>,
    /// By the machine of somebody whom a member proposes, the key that has certified it.
    proposed_with: BTreeMap<Key, Key>,
    /// Machines that their partner's key has revoked. Of two that revoke each other nobody else knows which is the stolen one.
    revoked: BTreeSet<Key>,
}

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
        let trees = facts.trees(&roster, standing.as_ref());
        let firm = facts.firm(&roster, standing.as_ref(), &trees);
        let speakers = Speakers::new(&facts, &roster, &trees);
        let mut out = BTreeSet::new();
        for of_all in [true, false] {
            let mut above = None;
            for (bytes, count) in places {
                let counts = |held: &&&VerifiedStatement| {
                    let length = held.signed.body.len();
                    above.is_none_or(|above| length > above)
                        && length <= *bytes
                        && !firm.contains(&held.id)
                        && is_of_all(held, &roster) == of_all
                };
                let crowd: Vec<_> = statements.values().filter(counts).collect();
                if crowd.len() > *count {
                    let mut said: BTreeMap<Share, Said> = BTreeMap::new();
                    for held in crowd {
                        let (share, key) = speakers.speaker(held);
                        let certifies = held.statement.as_ref().is_some_and(|said| said.certifies().is_some());
                        said.entry(share).or_default().entry(key).or_default().insert((!certifies, held.id));
                    }
                    out.extend(beyond(said, &speakers, *count));
                }
                above = Some(*bytes);
            }
        }
        out
    }
}

/// Whether every member may hold a statement: it is no proof about a document that only some of them read.
fn is_of_all(held: &VerifiedStatement, roster: &Roster) -> bool {
    match &held.statement {
        Some(Statement::Divergence { doc, .. }) => {
            roster.registers.get(&doc.register).is_some_and(|register| register.kind != RegisterKind::Internal)
        }
        _ => true,
    }
}

impl<'a> Speakers<'a> {
    fn new(facts: &Facts<'_>, roster: &'a Roster, trees: &'a BTreeMap<PartnerId, Vec<Tree>>) -> Self {
        let admission = |draft: &super::OpenDraft| match &draft.statement {
            Statement::Admission { partner, partner_key, .. } => Some((*partner, *partner_key)),
            _ => None,
        };
        let proposed: BTreeSet<_> = roster.drafts.values().filter_map(admission).collect();
        let (mut shares, mut proposed_with) = (BTreeMap::new(), BTreeMap::new());
        for certificate in &facts.certificates {
            if proposed.contains(&(certificate.partner, certificate.partner_key)) {
                let (key, device) = (certificate.partner_key.0, certificate.device.0);
                shares.extend([(key, Share::Proposed), (device, Share::Proposed)]);
                proposed_with.entry(device).or_insert(key);
            }
        }
        for (partner, trees) in trees {
            shares.extend(trees.iter().map(|tree| (tree.key, Share::Partner(*partner))));
        }
        let devices = roster.former.values().chain(roster.devices.values());
        shares.extend(devices.map(|device| (device.key.0, Share::Partner(device.partner))));
        let revoked = facts.revoked_by_key.iter().map(|(_, _, device)| device.0);
        let revoked = revoked.filter(|key| !roster.devices.contains_key(&DeviceKey(*key))).collect();
        Self { roster, trees, shares, proposed_with, revoked }
    }

    fn share(&self, key: &Key) -> Share {
        self.shares.get(key).copied().unwrap_or(Share::Nobody)
    }

    /// Whose a statement is, and by which key: who certifies or says something of itself; else, of the keys that have signed
    /// it, one that speaks for those whom it is about, else one that speaks for anybody; of several the one nearest to the
    /// partner key, then the least. So nobody makes another's statement his own by signing it as well.
    fn speaker(&self, held: &VerifiedStatement) -> (Share, Key) {
        // Who is proposed speaks with one voice, however many machines he has certified.
        let own = |key: Key| match self.share(&key) {
            Share::Proposed => (Share::Proposed, self.proposed_with.get(&key).copied().unwrap_or(key)),
            share => (share, key),
        };
        let is_about = |partner: &PartnerId| match &held.statement {
            Some(Statement::Revocation { partner: about, .. } | Statement::CarryOver { founder: about, .. }) => {
                about == partner
            }
            Some(Statement::PersonScope { .. } | Statement::Erasure { .. }) => {
                self.roster.concerns(held.statement.as_ref(), partner)
            }
            Some(Statement::RegisterWriters { register, .. }) => {
                match self.roster.registers.get(register).and_then(|known| known.owner) {
                    Some(owner) => owner == *partner,
                    None => self.is_steward(partner),
                }
            }
            Some(said) => said.is_decided_by_stewards() && self.is_steward(partner),
            None => false,
        };
        match &held.statement {
            Some(Statement::Divergence { left, .. }) => return own(left.run.device.0),
            Some(
                Statement::Addresses { device, .. }
                | Statement::Drafts { device, .. }
                | Statement::ErasureReceipts { device, .. }
                | Statement::DeviceCertificate { by: device, .. },
            ) => return own(device.0),
            Some(Statement::Certificate { partner_key, .. }) => return own(partner_key.0),
            _ => {}
        }
        let rank = |key: &&Key| {
            let share = self.share(key);
            let (about, depth) = match share {
                Share::Partner(partner) => (is_about(&partner), self.depth(&partner, key)),
                Share::Proposed | Share::Nobody => (false, usize::MAX),
            };
            (!about, share == Share::Nobody, self.revoked.contains(*key), depth, **key)
        };
        held.signers.iter().min_by_key(rank).map_or((Share::Nobody, [0; 32]), |key| own(*key))
    }

    fn is_steward(&self, partner: &PartnerId) -> bool {
        self.roster.partners.get(partner).is_some_and(|partner| partner.steward)
    }

    fn depth(&self, partner: &PartnerId, key: &Key) -> usize {
        let trees = self.trees.get(partner).into_iter().flatten();
        trees.filter_map(|tree| tree.depth(key)).min().unwrap_or(usize::MAX)
    }

    /// What a share has said, in the order in which it gets places.
    fn in_order(&self, share: &Share, mut said: Said) -> Vec<StatementId> {
        let mut out = Vec::new();
        if let Share::Partner(partner) = share {
            for tree in self.trees.get(partner).into_iter().flatten() {
                self.branch(tree, &tree.key, &mut said, &mut out);
            }
        }
        let rest = said.into_values().map(|said| said.into_iter().map(|(_, id)| id).collect());
        out.extend(in_turn(rest.collect()));
        out
    }

    /// What a key has said and those that hang on it: first its certificates, or what these say would have places and they
    /// not; then in turn what it says besides, and what each of those says whom it has certified.
    fn branch(&self, tree: &Tree, key: &Key, said: &mut Said, out: &mut Vec<StatementId>) {
        let own = said.remove(key).unwrap_or_default();
        let is_partner = *key == tree.key;
        let (first, besides): (Vec<_>, Vec<_>) = own.into_iter().partition(|(besides, _)| is_partner || !besides);
        out.extend(first.into_iter().map(|(_, id)| id));
        let (mut turns, mut last) = (vec![besides.into_iter().map(|(_, id)| id).collect()], Vec::new());
        for hanging in tree.hanging(key) {
            let mut branch = Vec::new();
            self.branch(tree, hanging, said, &mut branch);
            if self.revoked.contains(hanging) { last.push(branch) } else { turns.push(branch) }
        }
        out.extend(in_turn(turns));
        out.extend(in_turn(last));
    }
}

/// One of each in turn, until none is left.
fn in_turn(queues: Vec<Vec<StatementId>>) -> impl Iterator<Item = StatementId> {
    let of_queue = |(queue, ids): (usize, Vec<StatementId>)| {
        ids.into_iter().enumerate().map(move |(turn, id)| ((turn, queue), id))
    };
    queues.into_iter().enumerate().flat_map(of_queue).collect::<BTreeMap<_, _>>().into_values()
}

/// Those that come too late when `count` places are given out to the shares in turn.
fn beyond(
    said: BTreeMap<Share, Said>,
    speakers: &Speakers<'_>,
    count: usize,
) -> impl Iterator<Item = StatementId> + use<> {
    let mut of_nobody = Vec::new();
    let mut turns = Vec::new();
    for (share, said) in said {
        let ids = speakers.in_order(&share, said);
        if share == Share::Nobody { of_nobody = ids } else { turns.push(ids) }
    }
    in_turn(turns).chain(of_nobody).skip(count)
}
