//! The roster: what the statements, taken together, say. A pure function of the statement set, so that
//! nodes with the same statements have the same roster, in whatever order they learned them.

mod build;
mod carried;
mod chain;
mod draft;
mod further;
mod persons;
mod places;
mod standing;
#[cfg(test)]
mod tests;
mod trees;

use crate::bars::Bars;
use crate::ids::{ActorId, DeviceKey, DocId, FederationId, PartnerId, PartnerKey, RegisterId, StatementId};
use crate::limits;
use crate::persons::PersonFacts;
use crate::run::Frontier;
use crate::statement::{KeySignature, Rights, Statement, VerifiedStatement, Writers};
pub use carried::CarriedOver;
pub use chain::DoubleSigner;
pub use draft::OpenDraft;
use std::collections::{BTreeMap, BTreeSet};

/// What a register is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegisterKind {
    /// A partner's own, read by the federation.
    Partner,
    /// A partner's own, read by its devices only.
    Internal,
    /// Created by the federation.
    Shared,
}

/// A register that the statements know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// Its id.
    pub id: RegisterId,
    /// What it is.
    pub kind: RegisterKind,
    /// Its name: of a shared register as created, of the others the owner's name.
    pub name: String,
    /// The owner of a partner or internal register.
    pub owner: Option<PartnerId>,
    /// Who writes (of an owned register: besides the owner).
    pub writers: Writers,
    /// The highest number of a writers statement, 0 if there is none.
    pub writers_number: u64,
    /// Everyone whom some statement that counts has named as a writer, those of now included.
    pub ever_writers: Writers,
}

/// A partner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// The key in force.
    pub key: PartnerKey,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether its signature counts for federation decisions.
    pub steward: bool,
    /// Whether the federation has admitted it (always true for this node's own partner, so that it can
    /// work alone).
    pub admitted: bool,
    /// Whether the stewards have removed it, which is for ever.
    pub removed: bool,
}

/// A device with a valid certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Its key.
    pub key: DeviceKey,
    /// Whose it is.
    pub partner: PartnerId,
    /// Its name for people.
    pub name: String,
    /// What it may do.
    pub rights: Rights,
    /// Where it listens, from its latest address record.
    pub addresses: Vec<String>,
    /// The number of that record, 0 if there is none.
    pub addresses_number: u64,
}

/// The federation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Federation {
    /// Its id.
    pub id: FederationId,
    /// Its name.
    pub name: String,
    /// The chain position in force: what admissions refer to.
    pub position: StatementId,
    /// The stewards of that position, each with the partner key whose devices sign for it.
    pub stewards: BTreeMap<PartnerId, PartnerKey>,
    /// The stewards of every position of the chain, from the founding to the one in force, and of the chains of the
    /// federations that it carries over: what it keeps of them rests on their signatures.
    pub positions: BTreeMap<StatementId, BTreeMap<PartnerId, PartnerKey>>,
    /// The round in which the next stewards can be signed.
    pub round: u64,
    /// What the chain keeps in force of statements under earlier stewards.
    pub kept: BTreeSet<StatementId>,
    /// The federations that it carries over, the nearest first.
    pub carries: Vec<FederationId>,
    /// The last stewards of each of those that are known here.
    pub stewards_before: BTreeMap<FederationId, BTreeMap<PartnerId, PartnerKey>>,
}

impl Federation {
    /// Whether its statements may be of federation `id`: its own, or one that it carries over.
    pub fn takes_in(&self, id: &FederationId) -> bool {
        self.id == *id || self.carries.contains(id)
    }

    /// Whether a partner was a steward at some position of the chains: its certificates prove it.
    pub fn was_steward(&self, partner: &PartnerId) -> bool {
        self.positions.values().any(|stewards| stewards.contains_key(partner))
    }
}

/// A decision that ends somebody's writing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ending {
    /// The stewards have removed the partner.
    Removed(PartnerId),
    /// The stewards have replaced a key of the partner: of the devices that it alone has certified.
    Rekeyed(PartnerId),
    /// The device has been revoked.
    Revoked(DeviceKey),
    /// A writers statement of this number has left writers out of the register.
    Dropped(RegisterId, u64),
}

/// A proven divergence of one actor: nothing of it from `seq` on is part of the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// The first sequence that is dropped.
    pub seq: u64,
}

/// Why a text names no register.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RegisterLookup {
    /// None of that name or id.
    #[error("no register of that name or id")]
    NotFound,
    /// Several; their ids.
    #[error("several registers of that name or beginning of an id")]
    Ambiguous(Vec<RegisterId>),
}

fn only<'a>(mut found: impl Iterator<Item = &'a Register>) -> Result<&'a Register, RegisterLookup> {
    let first = found.next().ok_or(RegisterLookup::NotFound)?;
    let mut ids: Vec<_> = found.map(|register| register.id).collect();
    if ids.is_empty() {
        return Ok(first);
    }
    ids.insert(0, first.id);
    Err(RegisterLookup::Ambiguous(ids))
}

/// What the statements say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roster {
    /// The federation, if this node's partner is in one.
    pub federation: Option<Federation>,
    /// All partners known, admitted or not.
    pub partners: BTreeMap<PartnerId, Partner>,
    /// All certified devices of admitted partners.
    pub devices: BTreeMap<DeviceKey, Device>,
    /// Revoked devices, and those of removed partners and of replaced keys: no members, but what they wrote stays readable.
    pub former: BTreeMap<DeviceKey, Device>,
    /// Those of them that only other devices of their partner have revoked: the partner key may give them back.
    pub disputed: BTreeSet<DeviceKey>,
    /// All registers.
    pub registers: BTreeMap<RegisterId, Register>,
    /// What stays of those who may write no more, as all decisions of one kind together name it: the highest sequence of
    /// each actor. It holds for those only whom the decision is about.
    pub stays: BTreeMap<(DocId, ActorId, Ending), u64>,
    /// The documents that a decision has named; of writers statements `named_drops` tells.
    pub named: BTreeSet<(Ending, DocId)>,
    /// The highest number of a writers statement that has named a document of its register.
    pub named_drops: BTreeMap<DocId, u64>,
    /// The highest number of a writers statement that has named a partner as a writer.
    pub last_named: BTreeMap<(RegisterId, PartnerId), u64>,
    /// The same of those that have named everybody.
    pub last_all: BTreeMap<RegisterId, u64>,
    /// All persons, by the register that each lies in; those that are erased included.
    pub persons: BTreeMap<RegisterId, PersonFacts>,
    /// Proven divergences by document and actor: the lowest counts.
    pub cuts: BTreeMap<(DocId, ActorId), Cut>,
    /// What stewards have decided, changes of stewards apart.
    pub in_force: BTreeSet<StatementId>,
    /// What waits for signatures of stewards.
    pub drafts: BTreeMap<StatementId, OpenDraft>,
    /// Stewards that have signed two different successors of one position in one round.
    pub double_signers: BTreeSet<DoubleSigner>,
    /// The devices that the keys of stewards (of any position) and partners have certified: their signatures can
    /// make a statement count.
    pub certified_by: BTreeMap<(PartnerId, PartnerKey), BTreeMap<DeviceKey, Rights>>,
    /// Those of them that their key has revoked, each with the statements on which its signature stays.
    pub revoked_by_key: BTreeMap<(PartnerId, PartnerKey, DeviceKey), BTreeSet<StatementId>>,
    /// The federations that others have founded to carry over this one, or one that it carries over itself.
    pub carried_over: BTreeMap<FederationId, CarriedOver>,
    /// All federations that carry over this one or the same as this one, at however many removes, and those that it
    /// carries over.
    pub kin: BTreeSet<FederationId>,
    /// Hash over the ids of all statements that count.
    pub head: [u8; 32],
}

impl Roster {
    /// Reads the statements from the point of view of `own` (whose own certificate counts without an
    /// admission). The federation is the one that `own` founded or was admitted to; order and duplicates of
    /// the statements make no difference.
    pub fn build<'a>(own: &PartnerId, statements: impl IntoIterator<Item = &'a VerifiedStatement>) -> Self {
        build::build(own, None, statements)
    }

    /// [`Self::build`] for a device whose people have chosen a federation that carries over another one. Without that
    /// choice nobody is moved by what others have founded; one that does not have `own` is not chosen.
    pub fn build_in<'a>(
        own: &PartnerId,
        chosen: Option<FederationId>,
        statements: impl IntoIterator<Item = &'a VerifiedStatement>,
    ) -> Self {
        build::build(own, chosen, statements)
    }

    /// Whether a statement belongs to another federation than the one that this roster is in. Such a
    /// statement is not to be stored: a member could otherwise found a federation of its own whose id is
    /// less, admit everyone to it, and so move those who were admitted to this one.
    pub fn is_foreign(&self, statement: &VerifiedStatement) -> bool {
        let Some(own) = &self.federation else { return false };
        let foreign = |id: &FederationId| *id != own.id && !self.kin.contains(id);
        match &statement.statement {
            Some(Statement::Founding { .. }) => foreign(&FederationId(statement.id.0)),
            Some(Statement::CarryOver { predecessor, .. }) => foreign(predecessor),
            Some(known) => known.federation().is_some_and(|federation| foreign(&federation)),
            None => false,
        }
    }

    /// Whether a certificate is of a key of a steward or a partner, by that key or by a device that it stands for: anybody
    /// can make up others.
    pub fn is_proven_certificate(&self, held: &VerifiedStatement) -> bool {
        let devices = |partner: &PartnerId, key: &PartnerKey| self.certified_by.get(&(*partner, *key));
        match &held.statement {
            Some(Statement::Certificate { partner, partner_key, .. }) => {
                held.signers.contains(&partner_key.0) && devices(partner, partner_key).is_some()
            }
            Some(Statement::DeviceCertificate { partner, partner_key, by, device, .. }) => {
                let signed = [by, device].iter().all(|key| held.signers.contains(&key.0));
                let may = |rights: &Rights| rights.includes(Rights::ADMIN);
                signed && devices(partner, partner_key).and_then(|known| known.get(by)).is_some_and(may)
            }
            _ => false,
        }
    }

    /// Whether `device` belongs to an admitted partner.
    pub fn is_member(&self, device: &DeviceKey) -> bool {
        self.devices.contains_key(device)
    }

    /// Whether a device that is no member may still bring what its partner key says of it.
    pub fn is_disputed(&self, device: &DeviceKey) -> bool {
        self.disputed.contains(device)
    }

    /// The partner of a device.
    pub fn partner_of(&self, device: &DeviceKey) -> Option<&Partner> {
        self.partners.get(&self.devices.get(device)?.partner)
    }

    /// Whether `device` may write `register`: its partner is the owner or a writer and it has the edit right.
    pub fn may_write(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        self.devices.get(device).is_some_and(|device| self.is_writer(register, device, |register| &register.writers))
    }

    /// Whether changes of `device` can be part of `register`: it may write it, or might before it was revoked, its partner
    /// removed or dropped from the writers, or its key replaced.
    pub fn has_written(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        self.known_device(device)
            .is_some_and(|device| self.is_writer(register, device, |register| &register.ever_writers))
    }

    /// A device that is a member's, or was.
    pub fn known_device(&self, device: &DeviceKey) -> Option<&Device> {
        self.devices.get(device).or_else(|| self.former.get(device))
    }

    /// Whether `device` may write `register` no more: of its changes only those count that something keeps
    /// ([`crate::bars`]). Whom the owner of a register had dropped is barred no more once the owner is removed itself.
    pub fn is_barred(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        let owner = self.registers.get(register).and_then(|register| self.partners.get(&register.owner?));
        let is_free = owner.is_some_and(|owner| owner.removed) && self.is_member(device);
        !is_free && !self.may_write(register, device) && self.has_written(register, device)
    }

    /// The decision that has ended the writing of a device in a register: the stewards' goes before the partner's own,
    /// so that nobody says himself what stays of him.
    fn ending(&self, register: &RegisterId, device: &DeviceKey) -> Option<Ending> {
        let partner = self.partners.get(&self.writer(device)?)?;
        if partner.removed {
            return Some(Ending::Removed(partner.id));
        }
        let owned = self.registers.get(register).is_some_and(|known| known.owner == Some(partner.id));
        let writes = self.registers.get(register).is_some_and(|known| known.writers.include(&partner.id));
        if !owned && !writes && !self.persons.contains_key(register) {
            // What a statement names that had a partner among the writers says nothing of that one.
            let named = self.last_named.get(&(*register, partner.id)).max(self.last_all.get(register));
            return Some(Ending::Dropped(*register, named.map_or(0, |number| number.saturating_add(1))));
        }
        let in_force = self.certified_by.get(&(partner.id, partner.key));
        match in_force.is_some_and(|devices| devices.contains_key(device)) {
            true => Some(Ending::Revoked(*device)),
            false => Some(Ending::Rekeyed(partner.id)),
        }
    }

    /// Whether what ended the writing of a device has named a document. If not, whoever goes on writing there adopts
    /// what it holds.
    pub fn is_named(&self, doc: &DocId, device: &DeviceKey) -> bool {
        self.ending(&doc.register, device).is_some_and(|ending| self.has_named(ending, doc))
    }

    fn has_named(&self, ending: Ending, doc: &DocId) -> bool {
        match ending {
            Ending::Dropped(_, from) => self.named_drops.get(doc).is_some_and(|number| *number >= from),
            _ => self.named.contains(&(ending, *doc)),
        }
    }

    /// Whether what ended the writing of a device names more in a document than a state of it holds.
    pub fn names_beyond(&self, doc: &DocId, device: &DeviceKey, held: &Frontier) -> bool {
        let Some(ending) = self.ending(&doc.register, device) else { return false };
        let is_it = |other: &Ending| match (ending, other) {
            (Ending::Dropped(register, from), Ending::Dropped(at, number)) => register == *at && *number >= from,
            _ => ending == *other,
        };
        let least = (*doc, ActorId([0; 16]), Ending::Removed(PartnerId([0; 32])));
        let here = self.stays.range(least..).take_while(|((at, ..), _)| at == doc);
        let mut named = here.filter(|((.., ending), _)| is_it(ending));
        named.any(|((_, actor, _), seq)| {
            // What a proven divergence has taken comes no more.
            let left = self.cuts.get(&(*doc, *actor)).map_or(u64::MAX, |cut| cut.seq.saturating_sub(1));
            held.seq(actor) < *seq.min(&left)
        })
    }

    /// What stays of an actor by the decisions that end its writing.
    fn stays(&self, ending: Ending, doc: &DocId, actor: &ActorId) -> u64 {
        let last = match ending {
            Ending::Dropped(register, _) => Ending::Dropped(register, u64::MAX),
            _ => ending,
        };
        self.stays.range((*doc, *actor, ending)..=(*doc, *actor, last)).map(|(_, seq)| *seq).max().unwrap_or(0)
    }

    /// Whether anybody may write `register` no more.
    pub fn bars_somebody(&self, register: &RegisterId) -> bool {
        !self.former.is_empty() || self.registers.get(register).is_some_and(|r| r.writers != r.ever_writers)
    }

    /// The bars for these actors of a document.
    pub fn bars<'a>(&self, doc: &DocId, actors: impl Iterator<Item = (&'a ActorId, &'a DeviceKey)>) -> Bars {
        if !self.bars_somebody(&doc.register) {
            return Bars::default();
        }
        // Where nobody writes on nobody adopts: what no decision has named stays there as everyone holds it. So does what
        // no revocation has named: a machine that revokes another one may not have fetched yet what that one wrote.
        let is_written = self.devices.keys().any(|device| self.may_write(&doc.register, device));
        let barred = actors.filter(|(_, device)| self.is_barred(&doc.register, device));
        let judged = barred.filter_map(|(actor, device)| {
            let ending = self.ending(&doc.register, device)?;
            let adopted = is_written && !matches!(ending, Ending::Revoked(_));
            (adopted || self.has_named(ending, doc)).then(|| (*actor, self.stays(ending, doc, actor)))
        });
        Bars(judged.collect())
    }

    fn is_writer(&self, register: &RegisterId, device: &Device, writers: impl Fn(&Register) -> &Writers) -> bool {
        if let Some(person) = self.persons.get(register) {
            let writes = person.controller == device.partner && device.rights.includes(Rights::EDIT);
            return writes && !person.is_erased();
        }
        let Some(register) = self.registers.get(register) else { return false };
        let is_owner = register.owner == Some(device.partner);
        device.rights.includes(Rights::EDIT)
            && match register.kind {
                RegisterKind::Internal => is_owner,
                RegisterKind::Partner => is_owner || writers(register).include(&device.partner),
                RegisterKind::Shared => writers(register).include(&device.partner),
            }
    }

    /// Whether `device` may read `register`. The one place that says so.
    pub fn may_read(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        if let Some(person) = self.persons.get(register) {
            return self.devices.get(device).is_some_and(|d| person.is_read_by(&d.key, &d.partner));
        }
        let (Some(register), Some(device)) = (self.registers.get(register), self.devices.get(device)) else {
            return false;
        };
        match register.kind {
            RegisterKind::Internal => register.owner == Some(device.partner),
            RegisterKind::Partner | RegisterKind::Shared => true,
        }
    }

    /// Whether `device` has `right` for its partner.
    pub fn has_right(&self, device: &DeviceKey, right: Rights) -> bool {
        self.devices.get(device).is_some_and(|device| device.rights.includes(right))
    }

    /// Whether `device` may sign for a steward. A steward whose key has been replaced signs again once the
    /// chain names the new key.
    pub fn is_steward_device(&self, device: &DeviceKey) -> bool {
        let Some((federation, partner)) = self.federation.as_ref().zip(self.partner_of(device)) else { return false };
        self.has_right(device, Rights::STEWARD) && federation.stewards.get(&partner.id) == Some(&partner.key)
    }

    /// Whether the signature of `device` alone is a strict majority of the stewards.
    pub fn decides_alone(&self, device: &DeviceKey) -> bool {
        self.is_steward_device(device) && self.stewards().1 == 1
    }

    fn end_writing<'a>(
        &mut self,
        ending: Ending,
        stays: impl Iterator<Item = (&'a DocId, &'a BTreeMap<ActorId, u64>)>,
    ) {
        for (doc, actors) in stays.filter(|(_, actors)| !actors.is_empty()) {
            match ending {
                Ending::Dropped(_, number) => {
                    let highest = self.named_drops.entry(*doc).or_default();
                    *highest = number.max(*highest);
                }
                _ => drop(self.named.insert((ending, *doc))),
            }
            for (actor, seq) in actors {
                let highest = self.stays.entry((*doc, *actor, ending)).or_default();
                *highest = (*highest).max(*seq);
            }
        }
    }

    /// The partner that a device writes or wrote for: a device, or one that was.
    pub fn writer(&self, device: &DeviceKey) -> Option<PartnerId> {
        self.known_device(device).map(|device| device.partner)
    }

    /// The devices of a partner, ascending by key.
    pub fn devices_of(&self, partner: &PartnerId) -> impl Iterator<Item = &Device> + '_ {
        let partner = *partner;
        self.devices.values().filter(move |device| device.partner == partner)
    }

    /// The partners of the federation (without one: this node's own), ascending by id.
    pub fn members(&self) -> impl Iterator<Item = &Partner> + '_ {
        self.partners.values().filter(|partner| partner.admitted)
    }

    /// The registers that `device` may write, ascending by id.
    pub fn writable_registers(&self, device: &DeviceKey) -> Vec<&Register> {
        self.registers.values().filter(|register| self.may_write(&register.id, device)).collect()
    }

    /// The registers that `device` may read, ascending by id.
    pub fn readable_registers(&self, device: &DeviceKey) -> Vec<&Register> {
        self.registers.values().filter(|register| self.may_read(&register.id, device)).collect()
    }

    /// The devices that may read `register`, ascending by key.
    pub fn readers(&self, register: &RegisterId) -> impl Iterator<Item = &Device> + '_ {
        let register = *register;
        self.devices.values().filter(move |device| self.may_read(&register, &device.key))
    }

    /// The name of a shared register; `None` for any other.
    pub fn shared_name(&self, register: &RegisterId) -> Option<&str> {
        let register = self.registers.get(register)?;
        (register.kind == RegisterKind::Shared).then_some(register.name.as_str())
    }

    /// Finds a register as people write it: `own`, `internal`, an id, an unambiguous beginning of one (8 hex
    /// digits or more), or the name of a shared register or of a partner (its partner register), where
    /// upper and lower case are alike. An exact name goes before the beginning of an id.
    ///
    /// # Errors
    /// [`RegisterLookup`]: there is none, or there are several.
    pub fn register_by_name_or_id(&self, own: &PartnerId, text: &str) -> Result<&Register, RegisterLookup> {
        let text = text.trim();
        let reserved = match text {
            "own" => Some(RegisterId::partner(own)),
            "internal" => Some(RegisterId::internal(own)),
            _ => RegisterId::from_hex(text),
        };
        if let Some(register) = reserved.and_then(|id| self.registers.get(&id)) {
            return Ok(register);
        }
        let folded = text.to_lowercase();
        let named = |r: &&Register| r.kind != RegisterKind::Internal && r.name.to_lowercase() == folded;
        let begins = |r: &&Register| folded.len() >= 8 && r.id.to_string().starts_with(&folded);
        match only(self.registers.values().filter(named)) {
            Err(RegisterLookup::NotFound) => only(self.registers.values().filter(begins)),
            found => found,
        }
    }

    /// The divergence that cuts `actor` in `doc`, if one is proven.
    pub fn cut(&self, doc: &DocId, actor: &ActorId) -> Option<&Cut> {
        self.cuts.get(&(*doc, *actor))
    }

    /// The first 8 bytes of the head, for [`crate::run::Run::roster_hint`].
    pub fn hint(&self) -> [u8; 8] {
        let mut out = [0; 8];
        out.copy_from_slice(&self.head[..8]);
        out
    }

    /// Stewards and how many of them make a strict majority.
    pub fn stewards(&self) -> (usize, usize) {
        let stewards = self.federation.as_ref().map_or(0, |federation| federation.stewards.len());
        (stewards, stewards / 2 + 1)
    }

    /// Whose signatures make `statement` count, each as partner, its key, and the right that a device needs.
    fn needed(&self, statement: Option<&Statement>) -> Vec<(PartnerId, PartnerKey, Rights)> {
        let of_stewards = |stewards: &BTreeMap<PartnerId, PartnerKey>| -> Vec<_> {
            stewards.iter().map(|(partner, key)| (*partner, *key, Rights::STEWARD)).collect()
        };
        let Some(federation) = &self.federation else { return Vec::new() };
        // Of a federation that this one carries over, also those that have decided there.
        let deciding = || {
            let named = statement.and_then(Statement::federation).filter(|id| *id != federation.id);
            let before = match statement {
                Some(Statement::RegisterWriters { federation: None, .. }) => federation.carries.first().copied(),
                _ => named,
            };
            let before = before.and_then(|id| federation.stewards_before.get(&id));
            before.into_iter().chain([&federation.stewards]).flat_map(of_stewards).collect()
        };
        match statement {
            Some(Statement::Stewards { predecessor, .. }) => {
                federation.positions.get(predecessor).map(of_stewards).unwrap_or_default()
            }
            Some(
                Statement::Founding { founder, founder_key, .. } | Statement::CarryOver { founder, founder_key, .. },
            ) => vec![(*founder, *founder_key, Rights::STEWARD)],
            Some(Statement::RegisterWriters { register, .. }) => {
                match self.registers.get(register).and_then(|register| self.partners.get(&register.owner?)) {
                    Some(owner) => vec![(owner.id, owner.key, Rights::ADMIN)],
                    None => deciding(),
                }
            }
            Some(Statement::Revocation { partner, partner_key, .. }) => vec![(*partner, *partner_key, Rights::ADMIN)],
            Some(Statement::PersonScope { .. } | Statement::Erasure { .. }) => {
                let concerned = self.partners.values().filter(|partner| self.concerns(statement, &partner.id));
                concerned.map(|partner| (partner.id, partner.key, Rights::EDIT)).collect()
            }
            _ => deciding(),
        }
    }

    /// Whether a partner decides on the person that a scope or an erasure is about.
    fn concerns(&self, statement: Option<&Statement>, partner: &PartnerId) -> bool {
        match statement {
            Some(Statement::PersonScope { controller, .. }) => controller == partner,
            Some(Statement::Erasure { controller, nonce, .. }) => {
                let person = self.persons.get(&RegisterId::person(controller, nonce));
                controller == partner || person.is_some_and(|person| person.concerns(partner))
            }
            _ => false,
        }
    }

    /// Of signatures on a statement that are more than it has room for: first, of each partner whose signature it
    /// needs, the one of the least device (of persons also of the least that was once its device); then those of the least
    /// keys. So nobody can take the place of those that count by adding others, and the same ones stay in whatever order
    /// they came. A signature that begins to count only later (its signer becomes a steward) may be gone by then; it comes back from any peer that has it.
    pub fn signatures_that_stay(
        &self,
        (id, statement): (&StatementId, Option<&Statement>),
        mut signatures: BTreeMap<[u8; 32], KeySignature>,
    ) -> Vec<KeySignature> {
        let revoked = match statement {
            Some(Statement::Revocation { device, .. }) => Some(*device),
            _ => None,
        };
        let counting = |(partner, key, right): (PartnerId, PartnerKey, Rights)| {
            let devices = self.certified_by.get(&(partner, key))?;
            let signs = |signer: &&[u8; 32]| {
                let device = DeviceKey(**signer);
                let stays = match (self.revoked_by_key.get(&(partner, key, device)), revoked) {
                    (Some(_), Some(_)) => false,
                    (Some(signed), None) => signed.contains(id),
                    (None, revoked) => revoked != Some(device),
                };
                stays && devices.get(&device).is_some_and(|rights| rights.includes(right))
            };
            signatures.keys().find(signs).copied()
        };
        let mut first: BTreeSet<[u8; 32]> =
            self.needed(statement).into_iter().filter_map(counting).take(limits::SIGNATURES_MAX).collect();
        if let Some(Statement::Revocation { partner_key, .. }) = statement {
            first.insert(partner_key.0);
        }
        let mut once: BTreeMap<PartnerId, [u8; 32]> = BTreeMap::new();
        for signer in signatures.keys() {
            let device = self.known_device(&DeviceKey(*signer)).filter(|device| device.rights.includes(Rights::EDIT));
            if let Some(device) = device.filter(|device| self.concerns(statement, &device.partner)) {
                once.entry(device.partner).or_insert(*signer);
            }
        }
        for signer in once.into_values() {
            if first.len() < limits::SIGNATURES_MAX {
                first.insert(signer);
            }
        }
        let mut room = limits::SIGNATURES_MAX.saturating_sub(first.len());
        signatures.retain(|key, _| {
            let stays = first.contains(key) || room > 0;
            room -= usize::from(stays && !first.contains(key));
            stays
        });
        signatures.into_values().collect()
    }

    /// The name of a partner, as people know it.
    pub fn name_of(&self, partner: &PartnerId) -> String {
        self.partners.get(partner).map_or_else(|| partner.short(), |partner| partner.name.clone())
    }
}
