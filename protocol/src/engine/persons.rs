//! Persons: made, shared and erased here, and dropped where they may not be held any more.
//!
//! # Invariant
//! What this device has in its receipts it never holds again: the roster makes it no reader of that person, and
//! every batch is looked over before it goes out ([`Engine::keep_what_may_be_held`]).

use super::document::Parked;
use super::{CommandError, Edit, Engine, Reply, RequestId, StartError, Target, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{DocId, PartnerId, RecordKey, RegisterId};
use crate::limits;
use crate::persons::{PersonFacts, Personal};
use crate::planted::{Planted, is_planted};
use crate::record::FieldChange;
use crate::statement::{Rights, SignedStatement, Statement, Writers};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};

/// Where the count of others' erasures is kept.
const STATE_ERASURES: &str = "erasures";

/// What other partners have asked for here.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(array)]
pub(super) struct Erasures {
    /// When erasures that a partner asked for were carried out, by this node's wall clock in milliseconds: those of
    /// the last day.
    #[n(0)]
    done: BTreeMap<PartnerId, Vec<u64>>,
    /// Those beyond the number that is carried out at once: they wait for the controller or an administrator here.
    #[n(1)]
    waiting: BTreeSet<RegisterId>,
}

impl Engine {
    pub(super) fn restore_erasures(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        if let Some(bytes) = state.get(STATE_ERASURES) {
            self.erasures = from_cbor(bytes).map_err(|_| StartError::State(STATE_ERASURES.into()))?;
        }
        Ok(())
    }

    /// The erasures that wait for the controller or an administrator of this node's partner.
    pub(super) fn erasures_waiting(&self) -> Vec<RegisterId> {
        self.erasures.waiting.iter().copied().collect()
    }

    // ── made here ───────────────────────────────────────────────────────────────────────────────────────

    /// Makes a person: the scope first, then the document.
    pub(super) fn add_person(&mut self, request: RequestId, readers: Writers, fields: Personal<Vec<FieldChange>>) {
        let bytes: usize = fields.expose().iter().map(FieldChange::bytes_about).sum();
        if bytes > limits::EDIT_BYTES_MAX {
            let text = format!("a person has at most {} KiB", limits::EDIT_BYTES_MAX / 1024);
            return self.reply(request, Err(CommandError::Invalid(text)), false);
        }
        let (controller, nonce) = (self.partner, self.random());
        match self.state_scope(&PersonFacts::new(controller, nonce), readers) {
            Ok(register) => {
                let target = Target::Link { register: Some(register), key: RecordKey::person(&register) };
                let edit = Edit { target, changes: fields.into_inner(), if_version: None };
                self.handle_edit(request, vec![edit]);
            }
            Err(error) => self.reply(request, Err(error), false),
        }
    }

    pub(super) fn share_person(&mut self, request: RequestId, register: RegisterId, readers: Writers) {
        let result = self.person(&register).and_then(|person| match person.is_erased() {
            true => Err(erased()),
            false => self.state_scope(&person, readers),
        });
        self.reply(request, result.map(Reply::Register), true);
    }

    fn state_scope(&mut self, person: &PersonFacts, readers: Writers) -> Result<RegisterId, CommandError> {
        self.check_writers(&readers)?;
        self.need_right(Rights::EDIT, "write persons")?;
        if person.controller != self.partner {
            return Err(CommandError::NotAllowed {
                what: "only the partner that is answerable for a person says who reads it".into(),
                hint: "ask that partner; its name is in: comin person show ID".into(),
            });
        }
        let PersonFacts { controller, nonce, .. } = *person;
        self.state(&Statement::PersonScope { controller, nonce, number: person.number.saturating_add(1), readers })?;
        Ok(person.register())
    }

    /// States an erasure. What follows from it is the business of [`Self::settle_persons`].
    pub(super) fn erase_person(&mut self, request: RequestId, register: RegisterId, reason: u8) {
        let result = self.state_erasure(&register, reason);
        self.reply(request, result.map(|()| Reply::Done), true);
    }

    fn state_erasure(&mut self, register: &RegisterId, reason: u8) -> Result<(), CommandError> {
        let person = self.person(register)?;
        self.need_right(Rights::EDIT, "erase persons")?;
        if person.is_erased() {
            return Ok(());
        }
        if !person.concerns(&self.partner) {
            return Err(CommandError::NotFound("person".into()));
        }
        let PersonFacts { controller, nonce, .. } = person;
        self.state(&Statement::Erasure { controller, nonce, reason }).map(drop)
    }

    fn person(&self, register: &RegisterId) -> Result<PersonFacts, CommandError> {
        let person = self.roster.persons.get(register).cloned();
        person.ok_or_else(|| CommandError::NotFound("person".into()))
    }

    // ── what follows from the statements ────────────────────────────────────────────────────────────────

    /// Drops the persons that this device may not hold, and gives its receipts for those that are erased.
    pub(super) fn settle_persons(&mut self) {
        let roster = self.roster.clone();
        let mut receipts = BTreeSet::new();
        for (register, person) in &roster.persons {
            let doc = DocId::person(*register);
            let had = person.receipts.contains(&self.me);
            if had || person.concerns(&self.partner) && self.is_due(register, person) {
                receipts.insert(*register);
                if !is_planted(Planted::KeepErased) {
                    self.drop_person(doc);
                }
            } else if self.docs.contains_key(&doc)
                && !roster.may_read(register, &self.me)
                && !is_planted(Planted::KeepUnshared)
            {
                self.drop_person(doc);
            }
        }
        // Of who reads a person no more nothing is known, or it would be asked for what it once told of.
        for session in self.sessions.values_mut() {
            let device = session.device;
            session.forget_docs(|doc| !doc.is_person() || roster.may_read(&doc.register, &device));
        }
        self.state_receipts(receipts);
    }

    /// Whether an erasure is to be carried out here now.
    fn is_due(&mut self, register: &RegisterId, person: &PersonFacts) -> bool {
        let Some(erasure) = &person.erasure else { return false };
        let is_admin = |device: &&crate::ids::DeviceKey| self.roster.has_right(device, Rights::ADMIN);
        let mut own =
            erasure.asked_by.iter().filter(|(_, partner)| **partner == self.partner).map(|(device, _)| device);
        if erasure.by_controller || own.any(|device| is_admin(&device)) {
            if self.erasures.waiting.remove(register) {
                self.store_erasures();
            }
            return true;
        }
        if self.erasures.waiting.contains(register) {
            return false;
        }
        let since = self.now.wall_ms.saturating_sub(limits::ERASURES_WITHIN_MS);
        for times in self.erasures.done.values_mut() {
            times.retain(|time| *time > since);
        }
        let free = |partner: &&PartnerId| {
            let done = self.erasures.done.get(partner).map_or(0, Vec::len);
            done < limits::ERASURES_AT_ONCE || is_planted(Planted::NoQuota)
        };
        let partner = erasure.asked_by.values().find(free).copied();
        match partner {
            Some(partner) => self.erasures.done.entry(partner).or_default().push(self.now.wall_ms),
            None => drop(self.erasures.waiting.insert(*register)),
        }
        self.store_erasures();
        partner.is_some()
    }

    fn store_erasures(&mut self) {
        self.state_changed = true;
        self.batch.push(Write::PutState(STATE_ERASURES.into(), to_cbor(&self.erasures)));
    }

    /// States that these persons are erased here, unless that is stated.
    fn state_receipts(&mut self, mut persons: BTreeSet<RegisterId>) {
        let own = self.statements.receipts_of(&self.me).and_then(|held| held.statement.as_ref());
        let (number, stated) = match own {
            Some(Statement::ErasureReceipts { number, persons, .. }) => (*number, persons.clone()),
            _ => (0, BTreeSet::new()),
        };
        persons.extend(&stated);
        if persons == stated || !self.roster.is_member(&self.me) {
            return;
        }
        if persons.len() > limits::RECEIPTS_MAX {
            let me = self.me;
            return self.fault(me, "too many persons are erased for one more receipt");
        }
        let statement = Statement::ErasureReceipts { device: self.me, number: number.saturating_add(1), persons };
        let signed = SignedStatement::unsigned(&statement).sign_device(&self.signer);
        self.adopt_statements(vec![signed]);
    }

    /// Forgets a person: document, what waits for it, what this slice was about to write, and its key.
    pub(super) fn drop_person(&mut self, id: DocId) {
        // Also of a person that has no document any more: its key went before this process began.
        self.forget_waiting(&id);
        self.parted.values_mut().for_each(|held| held.retain(|doc, _| *doc != id));
        self.beside.values_mut().for_each(|held| held.retain(|doc, _| *doc != id));
        let Some(doc) = self.docs.remove(&id) else { return };
        for waiting in doc.parked {
            if let Parked::Command(request, _) = waiting {
                self.reply(request, Err(erased()), false);
            }
        }
        let (gone, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.edited).into_iter().partition(|(_, keys)| keys.iter().any(|(doc, _)| *doc == id));
        self.edited = stay;
        for (request, _) in gone {
            self.reply(request, Err(erased()), false);
        }
        self.fresh.remove(&id);
        self.rows_due.retain(|(doc, _)| *doc != id);
        self.batch.retain(|write| write.doc() != Some(id));
        self.batch.push(Write::DropPerson(id));
        let proofs: Vec<_> = self.statements.divergences().filter(|(doc, _)| *doc == id).map(|(_, id)| id).collect();
        for proof in proofs {
            // A proof carries changes of the document.
            self.statements.remove(&proof);
            self.batch.push(Write::DropStatement(proof));
        }
        for session in self.sessions.values_mut() {
            session.forget_docs(|doc| *doc != id);
            if let Some(incoming) = session.incoming.as_mut().filter(|incoming| incoming.doc == id) {
                incoming.matched = false;
            }
        }
        self.changed.push((id, RecordKey::person(&id.register)));
    }

    /// The last look before a batch goes to disk: nothing of a person that may not be held is in it.
    pub(super) fn keep_what_may_be_held(&mut self) {
        let (roster, me) = (self.roster.clone(), self.me);
        self.batch.retain(|write| match write {
            Write::DropPerson(_) => true,
            write => write.doc().is_none_or(|doc| !doc.is_person() || roster.may_read(&doc.register, &me)),
        });
    }

    /// Whether a document can be where it says: a person's in a register of a person, anything else in none.
    pub(super) fn is_place(&self, doc: &DocId) -> bool {
        match self.roster.persons.contains_key(&doc.register) {
            true => doc.is_person(),
            false => doc.part <= limits::PART_NUMBER_MAX,
        }
    }

    /// Whether a document is a person's that this device may not, or not any more, hold.
    pub(super) fn is_withheld(&self, doc: &DocId) -> bool {
        doc.is_person() && !self.roster.may_read(&doc.register, &self.me)
    }
}

fn erased() -> CommandError {
    CommandError::Precondition {
        what: "the person has been erased, or is not shared with this partner any more".into(),
        hint: "comin person list".into(),
    }
}
