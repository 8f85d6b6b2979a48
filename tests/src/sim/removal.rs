//! A partner that the steward removes on the way, and what has to stay of what it wrote.

use crate::sim::cast::Cast;
use crate::sim::dice::Dice;
use crate::sim::ledger::{Entry, Fate};
use crate::sim::process::Asked;
use crate::sim::tally::{Did, Rule};
use crate::sim::world::{Event, Step, World};
use automerge::Automerge;
use comin_protocol::codec::from_cbor;
use comin_protocol::engine::{Command, Write};
use comin_protocol::ids::{ActorId, DeviceKey, DocId, PartnerId, RegisterId};
use comin_protocol::statement::{SignedStatement, Statement, Stays};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How often the steward's user looks whether it has been done, in virtual milliseconds.
const LOOK_MS: u64 = 500;
/// Told apart from the schedule's own dice, so that a seed means the same without a removal.
const DICE: u64 = 0x7265_6d6f_7661_6c73;

/// A removal under way. Machine 0 is the steward's.
pub struct Removal {
    /// Index of the partner.
    pub partner: usize,
    id: PartnerId,
    /// Some machine has written the statement.
    done: bool,
    /// Entries of the removed partner that have to stay, each with a machine that saw to it.
    stays: BTreeMap<usize, usize>,
}

impl Removal {
    /// The removal of this cast, and when it begins: the partner that goes is neither the steward nor joins on the way.
    pub fn draw(seed: u64, cast: &Cast, chaos_ms: u64) -> Option<(Self, u64)> {
        let mut dice = Dice::new(seed ^ DICE);
        let members: Vec<usize> = (1..cast.partners.len()).filter(|partner| cast.is_admitted(*partner)).collect();
        let partner = *dice.pick(&members)?;
        let removal = Self { partner, id: cast.partners[partner].id, done: false, stays: BTreeMap::new() };
        Some((removal, dice.between(chaos_ms / 5, chaos_ms)))
    }
}

impl World {
    /// Whether a partner has been removed, by what the schedule knows.
    pub(super) fn is_removed(&self, partner: usize) -> bool {
        self.removal.as_ref().is_some_and(|removal| removal.done && removal.partner == partner)
    }

    pub(super) fn partner_at(&self, node: usize) -> usize {
        self.cast.devices[self.nodes[node].device].partner
    }

    /// The machine at which an entry is expected: its own, or one that kept it where its partner has been removed; `None`:
    /// nowhere in particular.
    pub(super) fn home_of(&self, index: usize) -> Option<usize> {
        let node = self.ledger.entries[index].node;
        let keeper = || self.removal.as_ref().and_then(|removal| removal.stays.get(&index).copied());
        match self.is_removed(self.partner_at(node)) {
            false => Some(node),
            true => keeper(),
        }
    }

    /// The steward's user removes the partner, unless that has been done.
    pub(super) fn removal_step(&mut self) -> Step {
        let Some(removal) = &self.removal else { return Ok(()) };
        let (partner, id) = (removal.partner, removal.id);
        if self.nodes[0].disk.statements.values().any(|signed| removes(signed, &id).is_some()) {
            return Ok(());
        }
        self.schedule(LOOK_MS, Event::Removing);
        if self.nodes[0].process.is_none() {
            return Ok(());
        }
        // What the steward's machine holds now is what the statement is going to name.
        let held = self.entries_of(partner, |entry| entry.is_on(&self.nodes[0].disk));
        self.expect_to_stay(0, held);
        self.note(|| format!("partner {partner} is removed"));
        self.ask(0, Command::RemovePartner { partner: id }, Asked::Other).map(|_| ())
    }

    /// Whether anybody writes a register beside a partner.
    fn is_written_beside(&self, partner: usize, register: &RegisterId) -> bool {
        let mut others = self.cast.devices.iter().filter(|device| device.partner != partner);
        others.any(|device| self.cast.may_write(register, &device.key))
    }

    fn entries_of(&self, partner: usize, held: impl Fn(&Entry) -> bool) -> Vec<usize> {
        let entries = self.ledger.entries.iter().enumerate();
        let due = |(_, entry): &(usize, &Entry)| {
            // Its persons go with it.
            let is_due = entry.fate == Fate::Acknowledged && !self.is_of_person(entry);
            is_due && self.partner_at(entry.node) == partner && held(entry)
        };
        entries.filter(due).map(|(index, _)| index).collect()
    }

    fn expect_to_stay(&mut self, keeper: usize, entries: Vec<usize>) {
        let Some(removal) = &mut self.removal else { return };
        for entry in entries {
            removal.stays.entry(entry).or_insert(keeper);
        }
    }

    /// A machine writes statements: the removal may be among them. Who may write a document that it does not name has to
    /// keep what it holds of it; where nobody else may, everybody has to.
    pub(super) fn note_removal(&mut self, node: usize, writes: &[Write]) {
        let Some(id) = self.removal.as_ref().map(|removal| removal.id) else { return };
        let written = writes.iter().filter_map(|write| match write {
            Write::PutStatement(_, signed) => removes(signed, &id),
            _ => None,
        });
        let new: Vec<Stays> = written.collect();
        if new.is_empty() {
            return;
        }
        let Some(removal) = &mut self.removal else { return };
        if !std::mem::replace(&mut removal.done, true) {
            self.tally.did(Did::Removed);
            // What an older disk has lost and only the removed partner still holds, nobody gets back from it.
            self.tally.forgiven += self.forgive();
        }
        let (state, partner) = (&self.nodes[node], self.partner_at(node));
        // With an older disk the steward may state another removal, which names other documents.
        let alone = self.nodes.iter().all(|node| !node.was_rolled_back) && state.process.is_some();
        if state.is_liar || !alone || self.is_removed(partner) {
            return;
        }
        let key = self.cast.devices[state.device].key;
        let removed = self.removal.as_ref().map_or(usize::MAX, |removal| removal.partner);
        let adopts = |entry: &Entry| {
            let doc = entry.change.map(|change| change.doc);
            let unnamed = doc.is_some_and(|doc| new.iter().all(|stays| !stays.contains_key(&doc)));
            let keeps = self.cast.may_write(&entry.register, &key) || !self.is_written_beside(removed, &entry.register);
            unnamed && keeps && entry.is_on(&state.disk)
        };
        let adopted = self.entries_of(removed, adopts);
        self.tally.did_times(Did::Adopted, u64::from(!adopted.is_empty()));
        self.expect_to_stay(node, adopted);
    }

    /// A disk has been put back: where that took the last copy of the removal away, nothing has been decided.
    pub(super) fn forget_removal(&mut self) {
        let Some(id) = self.removal.as_ref().map(|removal| removal.id) else { return };
        let known = |node: &crate::sim::process::Node| {
            let disk = node.disk.statements.values().any(|signed| removes(signed, &id).is_some());
            let pending = node.process.iter().flat_map(|process| &process.pending).flat_map(|batch| &batch.writes);
            disk || pending.into_iter().any(|write| match write {
                Write::PutStatement(_, signed) => removes(signed, &id).is_some(),
                _ => false,
            })
        };
        if self.nodes.iter().any(known) {
            return;
        }
        if let Some(removal) = &mut self.removal {
            removal.stays.clear();
        }
        self.schedule(LOOK_MS, Event::Removing);
    }

    /// A member's document holds nothing of a removed partner but what a statement names, or what somebody who still
    /// writes has built on. Judged from the document and the statements alone, and not by the code that keeps it out.
    pub(super) fn check_late(&mut self, node: usize, id: &DocId, doc: &Automerge) -> Step {
        let Some(removal) = self.removal.as_ref().filter(|removal| removal.done) else { return Ok(()) };
        if self.is_removed(self.partner_at(node)) || self.nodes[node].is_liar {
            return Ok(());
        }
        let disk = &self.nodes[node].disk;
        let mut named: BTreeMap<ActorId, u64> = BTreeMap::new();
        let statements: Vec<Stays> =
            disk.statements.values().filter_map(|signed| removes(signed, &removal.id)).collect();
        if statements.is_empty() {
            // A copy of the steward's machine, which never connects with the original, may not have heard of it.
            return Ok(());
        }
        let unnamed = statements.iter().all(|stays| !stays.contains_key(id));
        if unnamed && !self.is_written_beside(removal.partner, &id.register) {
            // Nobody writes on who could keep what the statement does not name: all of it stays.
            return Ok(());
        }
        for (actor, seq) in statements.into_iter().filter_map(|mut stays| stays.remove(id)).flatten() {
            let highest = named.entry(actor).or_default();
            *highest = (*highest).max(seq);
        }
        let theirs: BTreeSet<DeviceKey> =
            self.cast.devices.iter().filter(|device| device.partner == removal.partner).map(|d| d.key).collect();
        let runs = disk.docs.get(id).map(|doc| doc.latest_runs()).unwrap_or_default();
        let mut built_on = HashSet::new();
        let (mut looked, mut late) = (0, None);
        for change in doc.get_changes(&[]).iter().rev() {
            let actor = ActorId::from_automerge(change.actor_id()).unwrap_or(ActorId([0; 16]));
            let barred = runs.get(&actor).is_some_and(|run| theirs.contains(&run.run.device));
            looked += u64::from(barred);
            let kept = !barred || change.seq() <= named.get(&actor).copied().unwrap_or(0);
            if kept || built_on.contains(&change.hash()) {
                built_on.extend(change.deps().iter().copied());
            } else {
                late = Some((actor, change.seq()));
            }
        }
        (0..looked).for_each(|_| self.tally.looked(Rule::Late));
        match late {
            Some((actor, seq)) => {
                Err(format!("n{node} keeps change {seq} of {} in {id:?}, which came too late", actor.short()))
            }
            None => Ok(()),
        }
    }
}

/// What stays, by a statement that removes a partner.
fn removes(signed: &SignedStatement, who: &PartnerId) -> Option<Stays> {
    match from_cbor(&signed.body) {
        Ok(Statement::Removal { partner, stays, .. }) if partner == *who => Some(stays),
        _ => None,
    }
}
