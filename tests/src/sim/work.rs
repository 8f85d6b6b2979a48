//! What users do: edits of all kinds in all registers.

use crate::sim::ledger::{Entry, Fate, shows};
use crate::sim::process::{Asked, ChangeRef};
use crate::sim::tally::Did;
use crate::sim::world::{Step, World};
use comin_protocol::engine::{Command, CommandError, Edit, Reply, Target, TaskId};
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};

/// Kinds with a random id that users make, and fields of theirs that hold a line.
const KINDS: [(&str, &[&str]); 4] = [
    ("organisation", &["name", "city", "phone", "email"]),
    ("network", &["name", "country", "vision@it"]),
    ("practice", &["title@it", "network"]),
    ("event", &["title@it", "where"]),
];
/// A field of a practice that holds prose.
pub const PROSE: &str = "description@it";
/// Pairs of organisation and network that get memberships: few, so that partners make the same one.
const LINK_PAIRS: u64 = 4;
/// Changes that the bulk writer makes: more than the distance of two kept runs.
const BULK_CHANGES: u64 = 300;
/// Every text of an internal register begins so, and no other.
pub const SECRET: &str = "INTERNAL:";
/// Every text of a person begins so, and no other.
pub const PERSONAL: &str = "PERSON:";
/// Every text of a register that the federation reads begins so.
pub const PUBLIC: &str = "FEDERATION:";

impl World {
    /// Some user does something at some machine.
    pub(super) fn work(&mut self) -> Step {
        let node = self.dice.index(self.nodes.len());
        if self.process(node).is_none() {
            return Ok(());
        }
        if std::mem::take(&mut self.plan.bulk) {
            return self.write_bulk(node);
        }
        match self.dice.below(100) {
            0..3 => self.ask(node, Command::Compact { from_changes: 1 }, Asked::Other).map(|_| ()),
            3..7 => self.try_foreign(node),
            7..8 => self.ask(node, Command::Status, Asked::Status).map(|_| ()),
            8..9 => self.ask(node, Command::SyncNow, Asked::Other).map(|_| ()),
            9..20 => {
                let count = self.dice.between(2, 6);
                self.edit(node, count)
            }
            _ => self.edit(node, 1),
        }
    }

    fn write_bulk(&mut self, node: usize) -> Step {
        for _ in 0..BULK_CHANGES {
            self.edit(node, 1)?;
        }
        Ok(())
    }

    /// One command with some edits.
    fn edit(&mut self, node: usize, count: u64) -> Step {
        let (mut edits, mut entries) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let Some((edit, mut entry)) = self.draw_edit(node) else { continue };
            edits.push(edit);
            entries.append(&mut entry);
        }
        if edits.is_empty() {
            return Ok(());
        }
        let first = self.ledger.entries.len();
        self.ledger.entries.append(&mut entries);
        let indexes = (first..self.ledger.entries.len()).collect();
        self.ask(node, Command::Edit(edits), Asked::Edit(indexes)).map(|_| ())
    }

    fn draw_edit(&mut self, node: usize) -> Option<(Edit, Vec<Entry>)> {
        let row = self.some_row(node);
        match (self.dice.below(100), row) {
            (0..12, _) => Some(self.draw_link(node)),
            (12..40, _) | (_, None) => Some(self.draw_new(node)),
            (_, Some(row)) => Some(self.draw_change(node, &row)),
        }
    }

    /// A row on this machine's disk that its user may write.
    fn some_row(&mut self, node: usize) -> Option<Row> {
        let device = self.cast.devices[self.nodes[node].device].key;
        let rows: Vec<&Row> = self.nodes[node]
            .disk
            .rows()
            .filter(|row| self.cast.may_write(&row.doc.register, &device) && !row.doc.is_links())
            .collect();
        let index = self.dice.index(rows.len());
        rows.get(index).map(|row| (*row).clone())
    }

    /// A register that this machine's user may write.
    fn some_register(&mut self, node: usize) -> RegisterId {
        let device = &self.cast.devices[self.nodes[node].device];
        let partner = self.cast.partners[device.partner].id;
        let mut registers = vec![RegisterId::partner(&partner), RegisterId::internal(&partner)];
        // A register that this machine has not heard of cannot be named by its user.
        let known = |id: &RegisterId| {
            self.cast
                .shared
                .iter()
                .any(|s| s.id == *id && self.nodes[node].disk.statements.contains_key(&s.statement.id()))
        };
        registers.extend(
            self.cast
                .shared
                .iter()
                .map(|s| s.id)
                .filter(|id| known(id) && self.cast.may_write(id, &device.key) && self.is_member(device.partner)),
        );
        let index = self.dice.index(registers.len());
        registers[index]
    }

    fn draw_new(&mut self, node: usize) -> (Edit, Vec<Entry>) {
        let register = self.some_register(node);
        let (kind, fields) = KINDS[self.dice.index(KINDS.len())];
        let count = self.dice.between(1, fields.len() as u64) as usize;
        let mut changes = Vec::new();
        let mut entries = Vec::new();
        for field in &fields[..count] {
            let (change, entry) = self.put_text(node, register, None, field);
            changes.push(change);
            entries.push(entry);
        }
        let target = Target::New { register: Some(register), kind: kind.to_owned() };
        (Edit { target, changes, if_version: None }, entries)
    }

    fn draw_link(&mut self, node: usize) -> (Edit, Vec<Entry>) {
        let register = self.some_register(node);
        let number = self.dice.below(LINK_PAIRS) as u8;
        let organisation = RecordKey { kind: "organisation".to_owned(), id: [number; 16] };
        let network = RecordKey { kind: "network".to_owned(), id: [0xff - number; 16] };
        let key = RecordKey::derived("membership", &[&organisation, &network]);
        let put = |key: &str, value: &RecordKey| FieldChange {
            key: key.to_owned(),
            op: FieldOp::Put(Scalar::Str(value.to_string())),
        };
        let mut changes = vec![put("organisation", &organisation), put("network", &network)];
        let mut entries = Vec::new();
        if self.dice.chance(500) {
            let (change, entry) = self.put_text(node, register, Some(key.clone()), "role");
            changes.push(change);
            entries.push(entry);
        }
        (Edit { target: Target::Link { register: Some(register), key }, changes, if_version: None }, entries)
    }

    fn draw_change(&mut self, node: usize, row: &Row) -> (Edit, Vec<Entry>) {
        let (key, register) = (row.key.clone(), row.doc.register);
        let mut if_version = self.dice.chance(100).then(|| row.version());
        let named = |op, field: &str| vec![FieldChange { key: field.to_owned(), op }];
        let (changes, entries) = match self.dice.below(100) {
            0..6 => (named(FieldOp::Put(Scalar::Bool(true)), "deleted"), Vec::new()),
            6..9 => (named(FieldOp::Put(Scalar::Null), "deleted"), Vec::new()),
            9..20 => (named(FieldOp::Add, "targets/youth"), Vec::new()),
            20..26 => (named(FieldOp::Remove, "targets/youth"), Vec::new()),
            26..40 if row.key.kind == "practice" => {
                // A prose edit says how the whole text reads, so it must have seen all of it.
                if_version = Some(row.version());
                let (text, entry) = self.text_for(node, register, Some(key.clone()), PROSE);
                let before = row.text(PROSE).unwrap_or_default();
                let whole = if self.dice.chance(500) { format!("{before} {text}") } else { format!("{text} {before}") };
                (named(FieldOp::Prose(whole), PROSE), vec![entry])
            }
            _ => {
                let fields = KINDS.iter().find(|(kind, _)| *kind == row.key.kind).map_or(&["name"][..], |k| k.1);
                let field = fields[self.dice.index(fields.len())];
                let (change, entry) = self.put_text(node, register, Some(key.clone()), field);
                (vec![change], vec![entry])
            }
        };
        (Edit { target: Target::Record { doc: row.doc, key }, changes, if_version }, entries)
    }

    fn put_text(
        &mut self,
        node: usize,
        register: RegisterId,
        key: Option<RecordKey>,
        field: &str,
    ) -> (FieldChange, Entry) {
        let (text, entry) = self.text_for(node, register, key, field);
        (FieldChange { key: field.to_owned(), op: FieldOp::Put(Scalar::Str(text)) }, entry)
    }

    /// A text that nobody else writes, and its entry in the ledger.
    pub(super) fn text_for(
        &mut self,
        node: usize,
        register: RegisterId,
        key: Option<RecordKey>,
        field: &str,
    ) -> (String, Entry) {
        self.texts += 1;
        let partner = self.cast.devices[self.nodes[node].device].partner;
        let internal = RegisterId::internal(&self.cast.partners[partner].id) == register;
        let text = if internal {
            format!("{SECRET}{partner}:{}.", self.texts)
        } else {
            format!("{PUBLIC}{partner}:{}.", self.texts)
        };
        let entry = Entry {
            node,
            register,
            key,
            field: field.to_owned(),
            text: Some(text.clone()),
            fate: Fate::Unknown,
            change: None,
            asked_ms: self.now_ms,
            answered_ms: None,
            orphan: false,
        };
        (text, entry)
    }

    /// A user tries to write where its partner may not.
    fn try_foreign(&mut self, node: usize) -> Step {
        let device = &self.cast.devices[self.nodes[node].device];
        let others: Vec<RegisterId> = self
            .cast
            .partners
            .iter()
            .enumerate()
            .filter(|(partner, _)| *partner != device.partner)
            .flat_map(|(_, partner)| [RegisterId::partner(&partner.id), RegisterId::internal(&partner.id)])
            .collect();
        let Some(&register) = self.dice.pick(&others) else { return Ok(()) };
        let target = Target::New { register: Some(register), kind: "organisation".to_owned() };
        let put = FieldChange { key: "name".to_owned(), op: FieldOp::Put("not mine".into()) };
        let edit = Edit { target, changes: vec![put], if_version: None };
        self.ask(node, Command::Edit(vec![edit]), Asked::Refused("the partner is no writer")).map(|_| ())
    }

    /// The answer to an edit.
    pub(super) fn edited(
        &mut self,
        node: usize,
        entries: &[usize],
        reply: Result<Reply, CommandError>,
        after: Option<TaskId>,
    ) -> Step {
        let rows = match reply {
            Ok(Reply::Edited(rows)) => rows,
            Ok(other) => return Err(format!("n{node} answered an edit with {other:?}")),
            Err(CommandError::Stopped(_)) => return Ok(()),
            Err(error) => {
                self.tally.did(Did::Refused);
                self.note(|| format!("n{node} refused an edit: {error}"));
                entries.iter().for_each(|entry| self.ledger.entries[*entry].fate = Fate::Refused);
                return Ok(());
            }
        };
        let changes = after
            .and_then(|task| self.process(node).and_then(|process| process.changes_of.get(&task).cloned()))
            .unwrap_or_default();
        let now_ms = self.now_ms;
        for &index in entries {
            self.tally.acknowledged += 1;
            let entry = &mut self.ledger.entries[index];
            entry.fate = Fate::Acknowledged;
            entry.answered_ms = Some(now_ms);
            let Some((doc, key, change)) = find_change(entry, &rows, &changes) else { continue };
            entry.register = doc.register;
            entry.key = Some(key);
            entry.change = change;
        }
        Ok(())
    }
}

/// The row that shows an entry's text, and the change of the batch that wrote it.
fn find_change(entry: &Entry, rows: &[Row], changes: &[ChangeRef]) -> Option<(DocId, RecordKey, Option<ChangeRef>)> {
    let text = entry.text.as_ref()?;
    let row = rows.iter().find(|row| shows(row, &entry.field, text))?;
    // The text names one change only where the batch holds one change of this device in the document.
    let mut own = changes.iter().filter(|change| change.doc == row.doc).copied();
    let change = own.next().filter(|_| own.next().is_none());
    Some((row.doc, row.key.clone(), change))
}
