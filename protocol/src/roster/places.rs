//! Whose statements stay where there are more than a federation has places for.
//!
//! A member can state without end: certificates for machines and partners that it invents, writers, scopes. What the
//! federation rests on always stays ([`Facts::firm`]). The other places are shared out evenly: one to each partner in turn,
//! then a second one, and so on, until none is left. Those that a partner gets go first to its key, then in turn to the
//! machines that the key has certified, each with those that it has certified itself; to machines that the key has revoked
//! last; and of one key first to certificates, then to the newest words about itself, then to the least ids. Whom a member
//! proposes gets places like a key, beside the others that are proposed. What nobody of the federation has signed comes after
//! all of that.
//! So whoever floods takes places from nobody who needs few, and a new statement of the others always finds one; and whoever
//! has stolen a machine takes none from its partner's key, and from the other machines no more than one machine may.
//!
//! What has a place depends on the set alone: nodes that tell one another what they hold end with the same, in whatever
//! order they have heard of it ([`Roster::crowded_out`] says how far). Proofs about documents that not all members read have
//! places of their own, or those who read them would let go of what the others hold.

use super::build::Facts;
use super::trees::{Key, Tree};
use super::{RegisterKind, Roster, build};
use crate::ids::{DeviceKey, FederationId, PartnerId, StatementId};
use crate::statement::{Statement, VerifiedStatement};
use crate::statement_set::{Rank, rank};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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

/// What each key has said, in its order.
type Said = BTreeMap<Key, BTreeSet<(Order, StatementId)>>;

/// The order of what one key has said: its kind, then the word that counts before those that it outranks.
type Order = (u8, Reverse<Rank>);

/// How deep branches go on; what hangs deeper gets places beside the machine of that depth on which it hangs.
const DEEPEST: usize = 3;

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
    ///
    /// # Invariants
    /// With keep(S) for S without these, keep(keep(A)) = keep(A): it is asked again of what is left until all has a place.
    /// Let the *ground* be what the order is read from: decisions, certificates, revocations, drafts, scopes, erasures. Where
    /// keep(A) tells of the same ground as A + B, keep(keep(A) + B) = keep(A + B). For (1) speakers and trees are the same; (2)
    /// whatever else is added lets nothing stand earlier among what its key says, nor where turns are made of that; (3) nothing
    /// stands earlier or later for the loss of what is behind it; (4) of one slot of [`crate::statement_set`] the word that
    /// counts stands before those that it outranks, in the same places: an older one finds no room where it found none. The
    /// certificate by which a machine stands goes before what that one says: where it is lost, that is too.
    /// What was let go before its ground was heard of has been let go: else machines that are made up would need places.
    pub fn crowded_out<'a>(
        own: &PartnerId,
        chosen: Option<FederationId>,
        statements: impl IntoIterator<Item = &'a VerifiedStatement>,
        places: &[(usize, usize)],
    ) -> BTreeSet<StatementId> {
        let mut left: BTreeMap<StatementId, &VerifiedStatement> =
            statements.into_iter().map(|statement| (statement.id, statement)).collect();
        let mut out = BTreeSet::new();
        loop {
            let gone = crowded_out_of(own, chosen, &left, places);
            if gone.is_empty() {
                return out;
            }
            left.retain(|id, _| !gone.contains(id));
            out.extend(gone);
        }
    }
}

/// Those that have no place as long as all of the others are here.
fn crowded_out_of(
    own: &PartnerId,
    chosen: Option<FederationId>,
    statements: &BTreeMap<StatementId, &VerifiedStatement>,
    places: &[(usize, usize)],
) -> BTreeSet<StatementId> {
    let mut crowds: BTreeMap<(bool, usize), Vec<&VerifiedStatement>> = BTreeMap::new();
    let is_crowded = |size: usize| {
        let above = size.checked_sub(1).map(|below| places[below].0);
        let lengths = statements.values().map(|held| held.signed.body.len());
        lengths.filter(|length| above.is_none_or(|above| *length > above) && *length <= places[size].0).count()
            > places[size].1
    };
    if !(0..places.len()).any(is_crowded) {
        return BTreeSet::new();
    }
    let (roster, facts, standing) = build::read(own, chosen, statements.values().copied());
    let firm = facts.firm(&roster, standing.as_ref(), &facts.trees(&roster, standing.as_ref(), usize::MAX));
    // Longer certificates could lose their places to others than those among whom what hangs on them has its own.
    let trees = facts.trees(&roster, standing.as_ref(), places.first().map_or(usize::MAX, |(bytes, _)| *bytes));
    let speakers = Speakers::new(&facts, &roster, &trees);
    for held in statements.values().copied().filter(|held| !firm.contains(&held.id)) {
        let length = held.signed.body.len();
        if let Some(size) = places.iter().position(|(bytes, _)| length <= *bytes) {
            crowds.entry((is_of_all(held, &roster), size)).or_default().push(held);
        }
    }
    let mut out = BTreeSet::new();
    for ((_, size), crowd) in crowds {
        let count = places[size].1;
        if crowd.len() > count {
            let mut said: BTreeMap<Share, Said> = BTreeMap::new();
            for held in crowd {
                let (share, key) = speakers.speaker(held);
                let order = speakers.order(held, &share);
                said.entry(share).or_default().entry(key).or_default().insert((order, held.id));
            }
            out.extend(beyond(said, &speakers, count));
        }
    }
    out
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
        let stands = |device: &&super::Device| {
            trees.get(&device.partner).into_iter().flatten().any(|tree| tree.depth(&device.key.0).is_some())
        };
        let devices = roster.former.values().chain(roster.devices.values()).filter(stands);
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

    /// Where a statement stands among those of its key: first the certificates by which machines stand, then the other ones,
    /// then what only one statement can hold, then the rest.
    fn order(&self, held: &VerifiedStatement, share: &Share) -> Order {
        let kind = match &held.statement {
            Some(said) if said.certifies().is_some() => {
                let trees = match share {
                    Share::Partner(partner) => self.trees.get(partner),
                    Share::Proposed | Share::Nobody => None,
                };
                let stands = trees.into_iter().flatten().any(|tree| tree.standing_by(&held.id).is_some());
                u8::from(!stands)
            }
            Some(Statement::Drafts { .. }) => 2,
            Some(Statement::Addresses { .. }) => 3,
            Some(Statement::ErasureReceipts { .. }) => 4,
            Some(Statement::Divergence { .. }) => 5,
            _ => 6,
        };
        (kind, Reverse(rank(held)))
    }

    /// What a share has said, in the order in which it gets places.
    fn in_order(&self, share: &Share, mut said: Said) -> Vec<StatementId> {
        let mut out = Vec::new();
        if let Share::Partner(partner) = share {
            for tree in self.trees.get(partner).into_iter().flatten() {
                self.branch(tree, &tree.key, 0, &mut said, &mut out);
            }
        }
        let rest = said.into_values().map(|said| said.into_iter().map(|(_, id)| id).collect());
        out.extend(in_turn(rest.collect()));
        out
    }

    /// What a key has said and those that hang on it: first its certificates, or what these say would have places and they
    /// not; then in turn what it says besides, and what each of those says whom it has certified.
    fn branch(&self, tree: &Tree, key: &Key, depth: usize, said: &mut Said, out: &mut Vec<StatementId>) {
        if depth == DEEPEST {
            return self.bush(tree, *key, said, out);
        }
        let own = said.remove(key).unwrap_or_default();
        let is_partner = *key == tree.key;
        let (first, besides): (Vec<_>, Vec<_>) = own.into_iter().partition(|((kind, ..), _)| is_partner || *kind < 2);
        out.extend(first.into_iter().map(|(_, id)| id));
        let (mut turns, mut last) = (vec![besides.into_iter().map(|(_, id)| id).collect()], Vec::new());
        for hanging in tree.hanging(key) {
            let mut branch = Vec::new();
            self.branch(tree, hanging, depth + 1, said, &mut branch);
            if self.revoked.contains(hanging) { last.push(branch) } else { turns.push(branch) }
        }
        out.extend(in_turn(turns));
        out.extend(in_turn(last));
    }

    /// What a machine has said and, beside it in turn, those that hang on it at whatever depth: each from when the
    /// certificate by which it stands has had its turn, revoked ones after all others.
    fn bush(&self, tree: &Tree, root: Key, said: &mut Said, out: &mut Vec<StatementId>) {
        let (mut due, mut last) = (vec![root], Vec::new());
        let mut turns: Vec<VecDeque<StatementId>> = Vec::new();
        loop {
            while let Some(key) = due.pop() {
                let own: VecDeque<_> = said.remove(&key).unwrap_or_default().into_iter().map(|(_, id)| id).collect();
                let mut waiting: BTreeSet<&Key> = own.iter().filter_map(|id| tree.standing_by(id)).collect();
                // Whose certificate has its place elsewhere, or always one, begins at once.
                for hanging in tree.hanging(&key).filter(|hanging| !waiting.remove(hanging)) {
                    if self.revoked.contains(hanging) { last.push(*hanging) } else { due.push(*hanging) }
                }
                turns.push(own);
            }
            turns.retain(|turn| !turn.is_empty());
            if turns.is_empty() {
                if last.is_empty() {
                    return;
                }
                due.append(&mut last);
                continue;
            }
            for id in turns.iter_mut().filter_map(VecDeque::pop_front) {
                out.push(id);
                if let Some(begins) = tree.standing_by(&id) {
                    if self.revoked.contains(begins) { last.push(*begins) } else { due.push(*begins) }
                }
            }
            due.reverse();
        }
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
