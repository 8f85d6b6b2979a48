//! How much a peer may say that leads nowhere. Every frame costs processor time, and a member has a key with which
//! it can send as many as it likes: whoever uses up its patience is not listened to for a while.
//!
//! What brings something new is free, and so is what any honest peer sends twice because two ways crossed.

use super::{Engine, SessionId};
use crate::ids::ActorId;
use crate::ids::{DeviceKey, DocId};
use crate::limits;
use crate::message::{DocFrontier, Message};
use crate::run::Tip;
use std::collections::BTreeMap;

/// What is left of the patience with each device that has used some.
#[derive(Clone, Default)]
pub(super) struct Patience(BTreeMap<DeviceKey, Used>);

#[derive(Clone, Copy)]
struct Used {
    units: u64,
    /// When `units` was true.
    at_ms: u64,
    /// Not listened to before this monotonic time.
    until_ms: u64,
}

impl Patience {
    /// Uses some; true: there is none left, and the device is not listened to for a while.
    pub(super) fn spend(&mut self, device: DeviceKey, units: u64, now_ms: u64) -> bool {
        let used = self.0.entry(device).or_insert(Used { units: 0, at_ms: now_ms, until_ms: 0 });
        let regained = now_ms.saturating_sub(used.at_ms).saturating_mul(limits::PATIENCE_PER_S) / 1_000;
        if regained > 0 {
            (used.units, used.at_ms) = (used.units.saturating_sub(regained), now_ms);
        }
        used.units += units;
        if used.units <= limits::PATIENCE_MAX {
            return false;
        }
        (used.units, used.until_ms) = (0, now_ms + limits::PATIENCE_PAUSE_MS);
        true
    }

    fn is_lost(&self, device: &DeviceKey, now_ms: u64) -> bool {
        self.0.get(device).is_some_and(|used| used.until_ms > now_ms)
    }
}

impl Engine {
    /// Whether a device is not listened to at the moment.
    pub(super) fn is_out_of_patience(&self, device: &DeviceKey) -> bool {
        self.patience.is_lost(device, self.now.mono_ms)
    }

    /// Counts what a peer has said in vain; its session ends where that is too much.
    pub(super) fn lose_patience(&mut self, id: SessionId, device: DeviceKey, units: u64) {
        if self.patience.spend(device, units, self.now.mono_ms) && self.sessions.contains_key(&id) {
            let seconds = limits::PATIENCE_PAUSE_MS / 1_000;
            self.end_session(id, format!("sends far more than it has to say: not listened to for {seconds} s"));
        }
    }

    /// What a message costs before it is looked at.
    pub(super) fn cost_of(&self, id: SessionId, message: &Message) -> u64 {
        match message {
            // Bytes that were asked for.
            Message::Answer(_) | Message::Chunk(_) | Message::Unclear(_) => 0,
            Message::Push { doc, runs, .. } => u64::from(self.has_told(
                id,
                doc,
                runs.iter().map(|run| (run.run.actor(doc), Tip { seq: run.run.seq, hash: run.run.hash })),
            )),
            Message::Ack { doc, tips } => {
                // Of what it cannot have from us no note is taken: it may say that as often as it likes.
                let held = self.docs.get(doc).map(|doc| &doc.frontier);
                let counts = |actor: &ActorId, tip: &Tip| held.is_some_and(|held| held.seq(actor) >= tip.seq);
                let ours = tips.iter().filter(|(actor, tip)| counts(actor, tip)).map(|(actor, tip)| (*actor, *tip));
                u64::from(self.has_told(id, doc, ours)) + (tips.len() / limits::PATIENCE_TIPS) as u64
            }
            Message::Beacons(beacons) => beacons.len().max(1) as u64,
            Message::Statements(statements) => statements.len().max(1) as u64,
            // Each may be answered with a whole document.
            Message::Want(_) => limits::PATIENCE_WANT,
            // What cannot be made out is answered with many tips: that is counted then ([`Engine::ask_state`]).
            Message::Frontiers(told) => {
                let tips: usize = told.iter().map(|told| told.frontier.len() + told.held_back.len()).sum();
                let session = self.sessions.get(&id);
                let rest = |told: &DocFrontier| {
                    let Some(rest) = &told.rest else { return 0 };
                    // In each bucket that is touched all tips are read, and a state of before is made anew. The first time in
                    // a session that is how we were when the two parted.
                    let touched = told.frontier.buckets().union(&rest.whole).count() / 64;
                    let present = self.docs.get(&told.doc).map(|doc| doc.frontier.digest());
                    let before = rest.base.is_some_and(|base| present != Some(*base));
                    let again = session.is_some_and(|session| session.acked.contains_key(&told.doc));
                    1 + touched + usize::from(before && again)
                };
                let rests: usize = told.iter().map(rest).sum();
                (1 + tips / limits::PATIENCE_TIPS + told.len() / 64 + rests) as u64
            }
            _ => 1,
        }
    }

    /// Whether a peer has told of all this before.
    fn has_told(&self, id: SessionId, doc: &DocId, mut tips: impl Iterator<Item = (ActorId, Tip)>) -> bool {
        let known = self.sessions.get(&id).and_then(|session| session.acked.get(doc));
        tips.all(|(actor, tip)| known.is_some_and(|known| known.seq(&actor) >= tip.seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_comes_back_and_ends() {
        let (mut patience, device) = (Patience::default(), DeviceKey([1; 32]));
        assert!(!patience.spend(device, limits::PATIENCE_MAX, 0), "so much is borne");
        assert!(!patience.spend(device, limits::PATIENCE_PER_S, 1_000), "a second gives some of it back");
        assert!(patience.spend(device, 1, 1_000), "then it is over");
        assert!(patience.is_lost(&device, limits::PATIENCE_PAUSE_MS), "for a while");
        assert!(!patience.is_lost(&device, 1_000 + limits::PATIENCE_PAUSE_MS), "and not for ever");
        assert!(!patience.is_lost(&DeviceKey([2; 32]), 1_000), "with nobody else");
    }
}
