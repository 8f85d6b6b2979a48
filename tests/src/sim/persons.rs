//! Contact persons of a schedule: made, edited, shared and erased, and who may hold what of them.
//!
//! What a machine may hold and send is judged by the statements that it has given out to be written, read here and not by
//! the roster of the code that is tested.

use crate::sim::Story;
use crate::sim::dice::Dice;
use crate::sim::ledger::{Entry, Fate};
use crate::sim::process::Asked;
use crate::sim::tally::{Did, Rule};
use crate::sim::work::PERSONAL;
use crate::sim::world::{Event, Step, World, contains, short_frame};
use comin_protocol::codec::from_cbor;
use comin_protocol::engine::{Command, Edit, Reply, Target, Write};
use comin_protocol::ids::{DeviceKey, DocId, PartnerId, RegisterId, StatementId};
use comin_protocol::limits;
use comin_protocol::message::Message;
use comin_protocol::persons::{Personal, Reason};
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};
use comin_protocol::statement::{SignedStatement, Statement, Writers};
use std::collections::{BTreeMap, BTreeSet};

/// Told apart from the schedule's own dice, so that a seed means the same without persons.
const DICE: u64 = 0x7065_7273_6f6e_7321;
/// In one general schedule of so many there are persons.
const EVERY: u64 = 5;
/// In so many of 1,000 schedules with persons there are more of them than one partner may erase in a day.
const CROWDS: u64 = 60;
/// Persons of a crowd: two more than others carry out at once.
const CROWD: usize = limits::ERASURES_AT_ONCE + 2;
/// The fields that users fill in.
const FIELDS: [&str; 3] = ["given_name", "family_name", "phone"];

/// The persons of a schedule.
#[derive(Default)]
pub struct Persons {
    /// Every person of which a machine has written a scope.
    known: BTreeMap<RegisterId, Known>,
    /// Whose texts these are.
    texts: BTreeMap<String, RegisterId>,
    /// A crowd is made at the first occasion, and erased by another partner.
    crowd: bool,
    /// Erasures that a machine's user has been told of.
    acknowledged: BTreeSet<(usize, RegisterId)>,
    /// What a machine had on the disk that it was put back to.
    restored: BTreeSet<(usize, RegisterId)>,
}

struct Known {
    /// Index of the partner that is answerable.
    controller: usize,
    /// Some machine has dropped it without its being erased.
    unshared: bool,
}

/// What some statements say of a person.
struct View {
    controller: PartnerId,
    readers: Writers,
    ever: Writers,
    erased: bool,
    asked_by: BTreeMap<DeviceKey, PartnerId>,
    receipts: BTreeSet<DeviceKey>,
}

impl View {
    fn reads(&self, device: &DeviceKey, partner: &PartnerId) -> bool {
        let in_scope = *partner == self.controller || self.readers.include(partner);
        in_scope && !self.erased && !self.receipts.contains(device)
    }

    fn concerns(&self, partner: &PartnerId) -> bool {
        *partner == self.controller || self.ever.include(partner)
    }
}

impl Persons {
    /// What a schedule has to do with persons, and when users see to them.
    pub fn draw(story: Story, seed: u64, chaos_ms: u64) -> (Self, Vec<u64>) {
        if story != Story::Persons && seed % EVERY != EVERY - 1 {
            return (Self::default(), Vec::new());
        }
        let mut dice = Dice::new(seed ^ DICE);
        let persons = Self { crowd: dice.chance(CROWDS), ..Self::default() };
        let times = (0..dice.between(4, 24)).map(|_| dice.below(chaos_ms)).collect();
        (persons, times)
    }

    /// Whether a register is a person's.
    pub fn has(&self, register: &RegisterId) -> bool {
        self.known.contains_key(register)
    }

    /// A machine has an older disk: what it held of persons it has to hold again, or still.
    fn put_back(&mut self, node: usize, held: impl Iterator<Item = RegisterId>) {
        self.restored.retain(|(other, _)| *other != node);
        self.restored.extend(held.map(|register| (node, register)));
    }
}

// What users do ------------------------------------------------------------------------------------------

impl World {
    /// Some user does something about a person.
    pub(super) fn person_work(&mut self) -> Step {
        let node = self.dice.index(self.nodes.len());
        if self.process(node).is_none() {
            return Ok(());
        }
        match self.dice.below(100) {
            0..30 if self.persons.crowd => {
                self.persons.crowd = false;
                (0..CROWD).try_for_each(|_| self.add_person(node, Writers::All))
            }
            0..35 => {
                let readers = self.draw_readers(node);
                self.add_person(node, readers)
            }
            35..55 => self.edit_person(node),
            55..75 => self.share_person(node),
            75..88 => self.erase_persons(node, true),
            _ => self.erase_persons(node, false),
        }
    }

    fn draw_readers(&mut self, node: usize) -> Writers {
        let own = self.partner_at(node);
        match self.dice.below(10) {
            0..4 => Writers::All,
            4..6 => Writers::Partners(BTreeSet::new()),
            _ => {
                let others: Vec<usize> = (0..self.cast.partners.len()).filter(|partner| *partner != own).collect();
                let some = others.into_iter().filter(|_| self.dice.chance(500)).collect::<Vec<_>>();
                Writers::Partners(some.into_iter().map(|partner| self.cast.partners[partner].id).collect())
            }
        }
    }

    fn add_person(&mut self, node: usize, readers: Writers) -> Step {
        // The reply says where it lies.
        let nowhere = RegisterId([0; 32]);
        let (mut fields, first) = (Vec::new(), self.ledger.entries.len());
        for field in FIELDS {
            let (text, entry) = self.text_of_person(node, nowhere, field);
            fields.push(FieldChange { key: field.to_owned(), op: FieldOp::Put(Scalar::Str(text)) });
            self.ledger.entries.push(entry);
        }
        let asked = Asked::Edit((first..self.ledger.entries.len()).collect());
        self.tally.did(Did::PersonAdded);
        self.ask(node, Command::AddPerson { readers, fields: Personal::new(fields) }, asked).map(|_| ())
    }

    fn text_of_person(&mut self, node: usize, register: RegisterId, field: &str) -> (String, Entry) {
        let (_, mut entry) = self.text_for(node, register, None, field);
        let text = format!("{PERSONAL}{}.", self.texts);
        entry.text = Some(text.clone());
        (text, entry)
    }

    fn edit_person(&mut self, node: usize) -> Step {
        let own = self.partner_at(node);
        let of_own = |row: &&Row| self.persons.known.get(&row.doc.register).is_some_and(|p| p.controller == own);
        let rows: Vec<Row> = self.nodes[node].disk.rows().filter(of_own).cloned().collect();
        let Some(row) = self.dice.pick(&rows).cloned() else { return Ok(()) };
        let field = FIELDS[self.dice.index(FIELDS.len())];
        let (text, mut entry) = self.text_of_person(node, row.doc.register, field);
        entry.key = Some(row.key.clone());
        let index = self.ledger.entries.len();
        self.ledger.entries.push(entry);
        let changes = vec![FieldChange { key: field.to_owned(), op: FieldOp::Put(Scalar::Str(text)) }];
        let edit = Edit { target: Target::Record { doc: row.doc, key: row.key }, changes, if_version: None };
        self.ask(node, Command::Edit(vec![edit]), Asked::Edit(vec![index])).map(|_| ())
    }

    /// Persons of which a machine knows, of its own partner or of others.
    fn persons_at(&self, node: usize, own: bool) -> Vec<RegisterId> {
        let partner = self.partner_at(node);
        let mine = |(_, person): &(&RegisterId, &Known)| (person.controller == partner) == own;
        let known = self.persons.known.iter().filter(mine).map(|(register, _)| *register);
        known.filter(|register| self.view_of(node, register, &[]).is_some()).collect()
    }

    fn share_person(&mut self, node: usize) -> Step {
        let persons = self.persons_at(node, true);
        let Some(person) = self.dice.pick(&persons).copied() else { return Ok(()) };
        let readers = self.draw_readers(node);
        self.tally.did(Did::PersonShared);
        self.ask(node, Command::SharePerson { person, readers }, Asked::Other).map(|_| ())
    }

    /// A controller erases one person; another partner one that it reads, or a whole crowd.
    fn erase_persons(&mut self, node: usize, own: bool) -> Step {
        let partner = self.cast.partners[self.partner_at(node)].id;
        let concerned = |world: &Self, register: &RegisterId| {
            world.view_of(node, register, &[]).is_some_and(|view| view.concerns(&partner))
        };
        let mut persons = self.persons_at(node, own);
        persons.retain(|register| concerned(self, register));
        if own || persons.len() <= limits::ERASURES_AT_ONCE {
            persons = self.dice.pick(&persons).copied().into_iter().collect();
        }
        for person in persons {
            let reason = Reason::ALL[self.dice.index(Reason::ALL.len())].number();
            self.tally.did(if own { Did::PersonErased } else { Did::ErasureAsked });
            self.ask(node, Command::ErasePerson { person, reason }, Asked::Erasure(person))?;
        }
        Ok(())
    }

    /// An erasure has been answered.
    pub(super) fn erasure_answered(&mut self, node: usize, person: RegisterId, reply: &Result<Reply, impl Sized>) {
        if reply.is_ok() {
            self.persons.acknowledged.insert((node, person));
        }
    }
}

// What statements say ------------------------------------------------------------------------------------

impl World {
    /// A machine writes a batch: persons of which nothing was known, and what is written in their documents.
    pub(super) fn note_persons(&mut self, node: usize, writes: &[Write]) {
        for write in writes {
            match write {
                Write::PutStatement(_, signed) => self.note_scope(signed),
                Write::PutRow(doc, row) if doc.is_person() => self.note_texts(doc, &row.bytes),
                Write::DropPerson(doc) => {
                    let view = self.view_of(node, &doc.register, writes);
                    let erased = view.is_some_and(|view| view.erased);
                    if let Some(person) = self.persons.known.get_mut(&doc.register).filter(|_| !erased) {
                        person.unshared = true;
                    }
                }
                _ => {}
            }
        }
    }

    fn note_scope(&mut self, signed: &SignedStatement) {
        let Ok(Statement::PersonScope { controller, nonce, .. }) = from_cbor(&signed.body) else { return };
        let Some(partner) = self.cast.partners.iter().position(|partner| partner.id == controller) else { return };
        let known = || Known { controller: partner, unshared: false };
        self.persons.known.entry(RegisterId::person(&controller, &nonce)).or_insert_with(known);
    }

    fn note_texts(&mut self, doc: &DocId, row: &[u8]) {
        let Ok(row) = Row::from_stored(*doc, row) else { return };
        for cell in row.fields.values().flatten() {
            if let Scalar::Str(text) = &cell.value {
                self.persons.texts.insert(text.clone(), doc.register);
            }
        }
    }

    /// What the statements say that a machine has given out to be written, and those of a batch that it is giving out;
    /// `None`: nothing of this person.
    fn view_of(&self, node: usize, register: &RegisterId, more: &[Write]) -> Option<View> {
        let state = &self.nodes[node];
        let pending = state.process.iter().flat_map(|process| &process.pending).flat_map(|batch| &batch.writes);
        let mut all: BTreeMap<&StatementId, &SignedStatement> = state.disk.statements.iter().collect();
        for write in pending.chain(more) {
            match write {
                Write::PutStatement(id, signed) => drop(all.insert(id, signed)),
                Write::DropStatement(id) => drop(all.remove(id)),
                _ => {}
            }
        }
        let person = self.persons.known.get(register)?;
        let controller = self.cast.partners[person.controller].id;
        let nobody = || Writers::Partners(BTreeSet::new());
        let (mut view, mut number) = (None, 0);
        let mut read = Vec::new();
        for (_, signed) in all {
            let Ok(statement) = from_cbor::<Statement>(&signed.body) else { continue };
            read.push((signed, statement));
        }
        // The ids ascend, so of equal numbers the greater one stays.
        for (signed, statement) in &read {
            let Statement::PersonScope { controller: who, nonce, number: this, readers } = statement else { continue };
            let of_this = RegisterId::person(who, nonce) == *register;
            if !of_this || !self.signs(signed, person.controller) {
                continue;
            }
            let view = view.get_or_insert_with(|| View {
                controller,
                readers: nobody(),
                ever: nobody(),
                erased: false,
                asked_by: BTreeMap::new(),
                receipts: BTreeSet::new(),
            });
            if *this >= number {
                (number, view.readers) = (*this, readers.clone());
            }
            view.ever = view.ever.union(readers);
        }
        let mut view = view?;
        for (signed, statement) in &read {
            match statement {
                Statement::Erasure { controller: who, nonce, .. } if RegisterId::person(who, nonce) == *register => {
                    view.erased |= self.signs(signed, person.controller);
                    let asks = signed.signatures.iter().filter_map(|signature| {
                        let device = self.cast.devices.iter().find(|device| device.key.0 == signature.key)?;
                        let partner = self.cast.partners[device.partner].id;
                        (device.partner != person.controller && view.concerns(&partner))
                            .then_some((device.key, partner))
                    });
                    let asks: Vec<_> = asks.collect();
                    view.asked_by.extend(asks);
                }
                Statement::ErasureReceipts { device, persons, .. } if persons.contains(register) => {
                    view.receipts.insert(*device);
                }
                Statement::Removal { partner, .. }
                    if *partner == controller && self.partner_at(node) != person.controller =>
                {
                    view.readers = nobody();
                }
                _ => {}
            }
        }
        Some(view)
    }

    fn signs(&self, signed: &SignedStatement, partner: usize) -> bool {
        let is_of = |key: &[u8; 32]| self.cast.devices.iter().any(|d| d.partner == partner && d.key.0 == *key);
        signed.signatures.iter().any(|signature| is_of(&signature.key))
    }

    /// Whether a machine may hold a person, by its own statements.
    pub(super) fn holds_person(&self, node: usize, register: &RegisterId, more: &[Write]) -> bool {
        self.person_is_read(node, register, node, more)
    }

    /// Whether `reader`'s device reads a person, by the statements of `node`.
    fn person_is_read(&self, node: usize, register: &RegisterId, reader: usize, more: &[Write]) -> bool {
        let device = &self.cast.devices[self.nodes[reader].device];
        let partner = self.cast.partners[device.partner].id;
        self.view_of(node, register, more).is_some_and(|view| view.reads(&device.key, &partner))
    }

    /// Who is answerable for a person.
    pub(super) fn controller_of(&self, register: &RegisterId) -> Option<usize> {
        self.persons.known.get(register).map(|person| person.controller)
    }
}

// What must hold -----------------------------------------------------------------------------------------

impl World {
    /// An honest machine sends nothing of a person to who does not read it: neither what it says nor that it is there.
    /// Statements and receipts go to all; they name persons by their ids.
    pub(super) fn check_persons_in_frame(&mut self, from: usize, to: usize, frame: &[u8]) -> Step {
        if self.persons.known.is_empty() || self.nodes[from].is_liar {
            return Ok(());
        }
        let mut named: BTreeSet<RegisterId> = self.texts_in(frame);
        let may_name = match Message::from_frame(frame) {
            // What a piece is a piece of is seen at the others.
            Err(_) | Ok(Message::Statements(_) | Message::Piece { .. }) => true,
            // Nothing, to who asks and has not heard yet.
            Ok(Message::Answer(answer)) => answer.bytes == 0,
            Ok(_) => false,
        };
        if !may_name {
            named.extend(self.persons.known.keys().filter(|register| contains(frame, &register.0)));
        }
        for register in named {
            self.tally.looked(Rule::PersonScope);
            if !self.person_is_read(from, &register, to, &[]) {
                let (person, what) = (register.short(), short_frame(frame));
                return Err(format!("n{from} tells n{to} of person {person}, which it does not read: {what}"));
            }
        }
        Ok(())
    }

    /// The persons of whom a text stands in some bytes.
    fn texts_in(&self, bytes: &[u8]) -> BTreeSet<RegisterId> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(PERSONAL.len()) {
            if !bytes[at..].starts_with(PERSONAL.as_bytes()) {
                continue;
            }
            let end = bytes[at..].iter().position(|byte| *byte == b'.').map_or(bytes.len(), |end| at + end + 1);
            let text = String::from_utf8_lossy(&bytes[at..end]);
            found.extend(self.persons.texts.get(text.as_ref()));
        }
        found
    }

    /// A machine gets an older disk; the keys of persons are those of the last backup.
    pub(super) fn put_persons_back(&mut self, node: usize) {
        let docs = self.nodes[node].disk.docs.keys().filter(|doc| doc.is_person()).map(|doc| doc.register);
        let held: Vec<RegisterId> = docs.collect();
        self.tally.did_times(Did::PersonRestored, held.len() as u64);
        self.persons.put_back(node, held.into_iter());
    }

    /// What must hold of persons once the world is at rest.
    pub(super) fn check_persons(&mut self) -> Step {
        let persons: Vec<RegisterId> = self.persons.known.keys().copied().collect();
        let honest: Vec<usize> =
            (0..self.nodes.len()).filter(|node| self.is_honest(*node) && self.belongs(*node)).collect();
        for node in honest {
            for register in &persons {
                self.check_person(node, register)?;
            }
            self.check_quota(node, &persons)?;
        }
        for (node, register) in self.persons.acknowledged.clone() {
            let state = &self.nodes[node];
            if state.is_liar || state.was_rolled_back || !self.belongs(node) {
                continue;
            }
            self.tally.looked(Rule::ErasureKept);
            let asked = self.view_of(node, &register, &[]).is_some_and(|view| view.erased || !view.asked_by.is_empty());
            if !asked {
                return Err(format!("n{node} was told of the erasure of {} and has forgotten it", register.short()));
            }
        }
        Ok(())
    }

    fn check_person(&mut self, node: usize, register: &RegisterId) -> Step {
        let doc = DocId::person(*register);
        let Some(view) = self.view_of(node, register, &[]) else {
            return match self.nodes[node].disk.docs.contains_key(&doc) {
                true => Err(format!("n{node} holds person {} without a scope", register.short())),
                false => Ok(()),
            };
        };
        let device = self.cast.devices[self.nodes[node].device].key;
        let partner = self.cast.partners[self.partner_at(node)].id;
        let disk = &self.nodes[node].disk;
        if view.reads(&device, &partner) {
            let restored = self.persons.restored.contains(&(node, *register));
            let unshared = self.persons.known.get(register).is_some_and(|person| person.unshared);
            if restored && !unshared {
                let held = disk.docs.contains_key(&doc);
                self.tally.looked(Rule::PersonRestored);
                if !held {
                    return Err(format!("n{node} has lost person {}, which its backup held", register.short()));
                }
            }
            return Ok(());
        }
        let rule = match (view.erased || view.receipts.contains(&device), view.concerns(&partner)) {
            (true, _) => Rule::PersonErased,
            (false, true) => Rule::PersonUnshared,
            (false, false) => Rule::PersonOutside,
        };
        let in_docs = disk.docs.contains_key(&doc) || disk.keys.contains_key(&doc);
        let values = disk.state.values().map(Vec::as_slice).chain(disk.statements.values().map(|s| s.body.as_slice()));
        let in_values = values.map(|bytes| self.texts_in(bytes)).any(|found| found.contains(register));
        let receipt = view.receipts.contains(&device);
        self.tally.looked(rule);
        if in_docs || in_values {
            return Err(format!("n{node} holds something of person {} still: {}", register.short(), rule.text()));
        }
        if view.erased && view.concerns(&partner) && !receipt {
            return Err(format!("n{node} gives no receipt for person {}", register.short()));
        }
        Ok(())
    }

    /// Of what one other partner asks for only so much is carried out in a day, unless the clock has moved.
    fn check_quota(&mut self, node: usize, persons: &[RegisterId]) -> Step {
        let state = &self.nodes[node];
        // A machine that runs twice counts twice, and its receipts are one device's.
        let twice = self.nodes.iter().filter(|other| other.device == state.device).count() > 1;
        if state.was_rolled_back || twice || self.tally.times(Did::ClockJump) > 0 {
            return Ok(());
        }
        let own = self.cast.partners[self.partner_at(node)].id;
        let device = self.cast.devices[state.device].key;
        let mut done: BTreeMap<PartnerId, usize> = BTreeMap::new();
        for register in persons {
            let Some(view) = self.view_of(node, register, &[]) else { continue };
            let others: BTreeSet<PartnerId> = view.asked_by.values().copied().collect();
            if view.erased || others.contains(&own) || others.len() != 1 || !view.receipts.contains(&device) {
                continue;
            }
            others.into_iter().for_each(|partner| *done.entry(partner).or_default() += 1);
        }
        for (partner, count) in done {
            self.tally.looked(Rule::Quota);
            self.tally.did_times(Did::QuotaMet, u64::from(count == limits::ERASURES_AT_ONCE));
            if count > limits::ERASURES_AT_ONCE {
                return Err(format!("n{node} has erased {count} persons because {} asked for it", partner.short()));
            }
        }
        Ok(())
    }

    /// Whether what a user was told of a person need not be kept: its scope has moved away from who held the last copy.
    pub(super) fn may_be_gone(&self, entry: &Entry) -> bool {
        let person = self.persons.known.get(&entry.register);
        let home = &self.nodes[entry.node];
        person.is_some_and(|person| person.unshared) && (home.was_rolled_back || home.lost_pushed)
    }

    /// Whether an acknowledged entry is of a person.
    pub(super) fn is_of_person(&self, entry: &Entry) -> bool {
        entry.fate == Fate::Acknowledged && self.persons.has(&entry.register)
    }

    /// When users see to persons.
    pub(super) fn schedule_persons(&mut self, times: Vec<u64>) {
        times.into_iter().for_each(|at_ms| self.schedule(at_ms, Event::Person));
    }
}
