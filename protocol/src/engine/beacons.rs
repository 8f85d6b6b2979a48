//! Beacons: what each device says that it holds, passed on through any member of the audience.

use super::{Engine, SessionId, Write};
use crate::beacon::{Audience, Beacon, BeaconDoc, SignedBeacon};
use crate::ids::{DeviceKey, RegisterId, tagged_hash};
use crate::limits;
use crate::message::{BeaconNumber, Message};
use crate::planted::{Planted, is_planted};
use crate::roster::{RegisterKind, Roster};
use std::collections::BTreeMap;

/// Processes of one device that are remembered.
const PROCESSES_MAX: usize = 8;

/// The latest beacon of each device and audience.
#[derive(Clone, Default)]
pub(super) struct Beacons {
    held: BTreeMap<(DeviceKey, Audience), Held>,
    /// Own state has changed since the last own beacon.
    due: bool,
    last_ms: Option<u64>,
    /// This process, in the beacons that it makes; drawn with the first.
    process: Option<[u8; 16]>,
    /// What each process of a device has said to an audience, from the first to the last.
    spoke: BTreeMap<(DeviceKey, Audience), BTreeMap<[u8; 16], Spoke>>,
    /// When a device last said two things under one number, by the monotonic clock.
    in_doubt_ms: BTreeMap<DeviceKey, u64>,
}

/// From when to when a process has spoken.
#[derive(Clone, Copy)]
struct Spoke {
    /// By the device's own clock, in milliseconds since the Unix epoch.
    ms: (u64, u64),
    /// By the numbers of its beacons.
    numbers: (u64, u64),
}

impl Spoke {
    fn of(beacon: &Beacon) -> Self {
        Self { ms: (beacon.time_ms, beacon.time_ms), numbers: (beacon.number, beacon.number) }
    }

    fn and(self, beacon: &Beacon) -> Self {
        let with = |(from, to): (u64, u64), more: u64| (from.min(more), to.max(more));
        Self { ms: with(self.ms, beacon.time_ms), numbers: with(self.numbers, beacon.number) }
    }

    /// Whether two have spoken side by side. Numbers alone would name a machine that was restored, and times alone one
    /// whose clock was set back.
    fn is_beside(&self, other: &Self) -> bool {
        let (times, numbers) = ((self.ms, other.ms), (self.numbers, other.numbers));
        times.0.0 < times.1.1 && times.1.0 < times.0.1 && numbers.0.0 < numbers.1.1 && numbers.1.0 < numbers.0.1
    }
}

/// A beacon with the way it came.
#[derive(Clone)]
pub(super) struct Held {
    pub signed: SignedBeacon,
    /// The device that passed it on; `None`: not heard in this process.
    pub through: Option<DeviceKey>,
    /// When it was taken, by the monotonic clock.
    pub taken_ms: u64,
}

impl Beacons {
    pub fn new(stored: Vec<SignedBeacon>) -> Self {
        let held = stored.into_iter().map(|signed| {
            ((signed.beacon.device, signed.beacon.audience), Held { signed, through: None, taken_ms: 0 })
        });
        Self {
            held: held.collect(),
            due: true,
            last_ms: None,
            process: None,
            spoke: BTreeMap::new(),
            in_doubt_ms: BTreeMap::new(),
        }
    }

    /// Own state has changed.
    pub fn touch(&mut self) {
        self.due = true;
    }

    /// What a device says of the documents that `audience` reads.
    pub fn get(&self, device: &DeviceKey, audience: Audience) -> Option<&Held> {
        self.held.get(&(*device, audience))
    }

    /// Beacons that both devices may know.
    fn shared<'a>(
        &'a self,
        roster: &'a Roster,
        me: &'a DeviceKey,
        peer: &'a DeviceKey,
    ) -> impl Iterator<Item = &'a Held> {
        let may = |audience: &Audience, device: &DeviceKey| in_audience(roster, audience, device);
        self.held
            .iter()
            .filter(move |((device, audience), _)| [device, me, peer].into_iter().all(|one| may(audience, one)))
            .map(|(_, held)| held)
    }

    pub fn digest(&self, roster: &Roster, me: &DeviceKey, peer: &DeviceKey) -> [u8; 16] {
        let numbers = crate::codec::to_cbor(&self.numbers(roster, me, peer));
        let mut out = [0; 16];
        out.copy_from_slice(&tagged_hash("comin/beacons/1", &[&numbers])[..16]);
        out
    }

    pub fn numbers(&self, roster: &Roster, me: &DeviceKey, peer: &DeviceKey) -> Vec<BeaconNumber> {
        let number = |held: &Held| {
            let Beacon { device, audience, number, .. } = held.signed.beacon;
            BeaconNumber { device, audience, number }
        };
        self.shared(roster, me, peer).map(number).collect()
    }

    /// Whether a device says something again too soon: it is heard the next time, or with the next hello.
    fn is_early(&self, beacon: &Beacon, now_ms: u64) -> bool {
        let last = self.held.get(&(beacon.device, beacon.audience)).filter(|held| held.through.is_some());
        last.is_some_and(|last| now_ms < last.taken_ms + limits::BEACON_TAKEN_MS)
    }

    /// Whether another process of the device has said something else under the same number, or (of this device itself)
    /// under a lesser one. Heard like beacons that are news: not too often.
    fn is_in_doubt(&mut self, beacon: &Beacon, me: &DeviceKey, now_ms: u64) -> bool {
        let held = self.held.get(&(beacon.device, beacon.audience)).map(|held| &held.signed.beacon);
        let lesser = |held: &Beacon| beacon.device == *me && held.number > beacon.number;
        let differs =
            held.is_some_and(|held| held.process != beacon.process && (held.number == beacon.number || lesser(held)));
        let early = self.in_doubt_ms.get(&beacon.device).is_some_and(|at| now_ms < at + limits::BEACON_TAKEN_MS);
        if differs && !early {
            self.in_doubt_ms.insert(beacon.device, now_ms);
        }
        differs && !early
    }

    /// Notes which process of a device speaks. True where another one speaks beside it: a process that was started again
    /// goes on behind the numbers of the one before, so there are two machines with one key.
    fn speaks_beside(&mut self, beacon: &Beacon) -> bool {
        let Some(process) = &beacon.process else { return false };
        let spoke = self.spoke.entry((beacon.device, beacon.audience)).or_default();
        let this = spoke.get(&**process).map_or_else(|| Spoke::of(beacon), |known| known.and(beacon));
        spoke.insert(**process, this);
        while spoke.len() > PROCESSES_MAX {
            let oldest = spoke.iter().min_by_key(|(_, spoke)| spoke.numbers.1).map(|(process, _)| *process);
            oldest.map(|oldest| spoke.remove(&oldest));
        }
        spoke.iter().any(|(other, spoke)| *other != **process && this.is_beside(spoke))
    }

    /// This process begins anew, as far as it is asked who speaks beside whom.
    fn forget_said(&mut self, audience: Audience, me: &DeviceKey) {
        if let (Some(process), Some(spoke)) = (self.process, self.spoke.get_mut(&(*me, audience))) {
            spoke.remove(&process);
        }
    }

    fn is_news(&self, beacon: &Beacon) -> bool {
        self.held.get(&(beacon.device, beacon.audience)).is_none_or(|held| held.signed.beacon.number < beacon.number)
    }
}

/// Whether a device belongs to an audience: the same check as for the documents that it speaks of.
fn in_audience(roster: &Roster, audience: &Audience, device: &DeviceKey) -> bool {
    match audience {
        Audience::Federation => roster.is_member(device),
        Audience::Register(register) => roster.may_read(register, device),
    }
}

impl Engine {
    pub(super) fn beacon_due(&self) -> Option<u64> {
        self.beacons
            .due
            .then(|| self.beacons.last_ms.map_or(self.now.mono_ms, |last| last + limits::BEACON_INTERVAL_MS))
    }

    /// Makes new beacons of what is held, where that has changed.
    pub(super) fn beacon_if_due(&mut self) {
        if self.beacon_due().is_none_or(|due| due > self.now.mono_ms) {
            return;
        }
        self.beacons.due = false;
        self.beacons.last_ms = Some(self.now.mono_ms);
        let mut audiences = vec![Audience::Federation];
        if self.roster.devices_of(&self.partner).count() > 1 {
            audiences.push(Audience::Register(RegisterId::internal(&self.partner)));
        }
        for audience in audiences {
            self.beacon(audience);
        }
    }

    fn beacon(&mut self, audience: Audience) {
        let docs = self.beacon_docs(&audience);
        let last = self.beacons.get(&self.me, audience).map(|held| &held.signed.beacon);
        let told = last.is_some_and(|last| last.docs == docs) || last.is_none() && docs.is_empty();
        if told || self.roster.devices.len() < 2 {
            return;
        }
        let number = last.map_or(1, |last| last.number.saturating_add(1));
        let process = self.beacons.process.unwrap_or_else(|| self.random());
        self.beacons.process = Some(process);
        let time_ms = self.now.wall_ms;
        let beacon = Beacon { device: self.me, audience, number, time_ms, docs, process: Some(process.into()) };
        self.name_copied(&beacon);
        let signed = beacon.sign(&self.signer);
        self.pass_on(signed, None);
    }

    /// Two machines with one key count up alike, and neither takes what the other says for news: whoever hears both shows
    /// each what the other one says.
    fn show_to_its_device(&mut self, signed: &SignedBeacon, from: SessionId) {
        let (device, audience) = (signed.beacon.device, signed.beacon.audience);
        if device == self.me {
            return self.beacons.touch();
        }
        let held = self.beacons.get(&device, audience).map(|held| held.signed.clone());
        let sessions = self.sessions.iter().filter(|(_, session)| session.device == device && session.matched);
        for id in sessions.map(|(id, _)| *id).collect::<Vec<_>>() {
            let other = if id == from { held.clone() } else { Some(signed.clone()) };
            if let Some(other) = other {
                self.send(id, Message::Beacons(vec![other]));
            }
        }
    }

    /// Others know more of what this machine has signed than it does itself: it was restored, rolled back or copied.
    pub(super) fn note_put_back(&mut self) {
        self.put_back_ms = Some(self.now.wall_ms);
        self.state_changed = true;
    }

    /// Names a device of which two machines run at once: its data directory or its disk was copied. Nothing is lost by
    /// it, since each process writes under actors of its own; but somebody has to end one of the two.
    fn name_copied(&mut self, beacon: &Beacon) {
        if !self.beacons.speaks_beside(beacon) {
            return;
        }
        match beacon.device == self.me {
            true => {
                self.fault(self.me, "this machine was rolled back or copied: another one runs with its key; end one")
            }
            false => {
                self.fault(beacon.device, "runs on two machines at once with one key: it was rolled back or copied")
            }
        }
    }

    fn beacon_docs(&mut self, audience: &Audience) -> Vec<BeaconDoc> {
        let roster = self.roster.clone();
        let kind = |register: &RegisterId| roster.registers.get(register).map(|register| register.kind);
        let speaks_of = |register: &RegisterId| match audience {
            Audience::Federation => {
                let of_all = kind(register).is_some_and(|kind| kind != RegisterKind::Internal);
                of_all || is_planted(Planted::BeaconOfPersons) && roster.persons.contains_key(register)
            }
            Audience::Register(one) => one == register,
        };
        let docs = self.docs.values_mut().filter(|doc| !doc.frontier.is_empty() && speaks_of(&doc.id.register));
        docs.take(limits::BEACON_DOCS_MAX)
            .map(|doc| BeaconDoc {
                register: doc.id.register,
                part: doc.id.part,
                changes: doc.frontier.changes(),
                digest: doc.digest(),
            })
            .collect()
    }

    /// Stores a beacon and sends it to every connected member of its audience but the one it came from.
    fn pass_on(&mut self, signed: SignedBeacon, from: Option<SessionId>) {
        let audience = signed.beacon.audience;
        let through = from.and_then(|id| self.sessions.get(&id)).map(|session| session.device);
        let held = Held { signed: signed.clone(), through, taken_ms: self.now.mono_ms };
        self.beacons.held.insert((signed.beacon.device, audience), held);
        self.batch.push(Write::PutBeacon(signed.clone()));
        self.state_changed = true;
        let message = Message::Beacons(vec![signed]);
        let readers: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(id, s)| Some(**id) != from && s.matched && in_audience(&self.roster, &audience, &s.device))
            .map(|(id, _)| *id)
            .collect();
        for id in readers {
            self.send(id, message.clone());
        }
    }

    pub(super) fn send_newer_beacons(&mut self, id: SessionId, numbers: &[BeaconNumber]) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let theirs: BTreeMap<_, _> = numbers.iter().map(|n| ((n.device, n.audience), n.number)).collect();
        let newer = |held: &&Held| {
            let beacon = &held.signed.beacon;
            theirs.get(&(beacon.device, beacon.audience)).is_none_or(|number| *number < beacon.number)
        };
        let send: Vec<SignedBeacon> = self
            .beacons
            .shared(&self.roster, &self.me, &device)
            .filter(newer)
            .map(|held| held.signed.clone())
            .collect();
        if !send.is_empty() {
            self.send(id, Message::Beacons(send));
        }
    }

    pub(super) fn take_beacons(&mut self, id: SessionId, sender: DeviceKey, beacons: Vec<SignedBeacon>) {
        for signed in beacons {
            let beacon = &signed.beacon;
            let fits = beacon.docs.len() <= limits::BEACON_DOCS_MAX
                && in_audience(&self.roster, &beacon.audience, &self.me)
                && in_audience(&self.roster, &beacon.audience, &sender);
            if !fits {
                return self.end_session(id, "sent a beacon that is not for this node");
            }
            // Of a device that is no member any more the sender may not have heard yet.
            let is_member = in_audience(&self.roster, &beacon.audience, &beacon.device);
            if !is_member {
                continue;
            }
            if self.beacons.is_in_doubt(beacon, &self.me, self.now.mono_ms) {
                if !signed.is_genuine() {
                    return self.end_session(id, "sent a beacon that is not genuine");
                }
                self.name_copied(beacon);
                self.show_to_its_device(&signed, id);
                continue;
            }
            if !self.beacons.is_news(beacon) || self.beacons.is_early(beacon, self.now.mono_ms) {
                continue;
            }
            if !signed.is_genuine() {
                return self.end_session(id, "sent a beacon that is not genuine");
            }
            self.name_copied(beacon);
            if beacon.device == self.me {
                self.note_put_back();
                // Of before this machine was restored: what it says now has to be newer, or nobody takes it; and what it
                // has said until now, with numbers of long ago, lies beside nothing.
                self.beacons.touch();
                self.beacons.forget_said(beacon.audience, &self.me);
            } else {
                self.heard(beacon.device);
                if beacon.audience == Audience::Federation {
                    self.parted.remove(&beacon.device);
                }
            }
            // What another process of the device has said before, it is shown: it may know of none.
            let before = self.beacons.get(&beacon.device, beacon.audience).map(|held| held.signed.clone());
            let before = before.filter(|before| before.beacon.process != beacon.process && beacon.device == sender);
            self.pass_on(signed, Some(id));
            if let Some(before) = before {
                self.send(id, Message::Beacons(vec![before]));
            }
        }
    }
}
