//! Local edits: resolved to documents, committed one by one, signed once per slice.

use super::document::{Loaded, Parked};
use super::{Command, CommandError, Edit, Engine, RequestId, StoredChange, Target};
use crate::ids::{ActorId, DocId, LINKS_PART, Nonce, RecordKey, RegisterId};
use crate::limits;
use crate::planted::{Planted, is_planted};
use crate::record::{self, FieldChange, WriteError};
use crate::run::{Run, Tip};
use crate::scan::scan;
use automerge::ReadDoc;
use automerge::transaction::CommitOptions;
use std::collections::{BTreeMap, BTreeSet};

/// An edit with its document and record decided.
struct Placed {
    doc: DocId,
    key: RecordKey,
    create: bool,
    edit: Edit,
}

impl Engine {
    pub(super) fn handle_edit(&mut self, request: RequestId, edits: Vec<Edit>) {
        if edits.len() > limits::COMMAND_EDITS_MAX {
            let text = format!("at most {} edits may be committed together", limits::COMMAND_EDITS_MAX);
            return self.reply(request, Err(CommandError::Invalid(text)), false);
        }
        let placed = match edits.iter().map(|edit| self.place(edit)).collect::<Result<Vec<_>, _>>() {
            Ok(placed) => placed,
            Err(error) => return self.reply(request, Err(error), false),
        };
        // Once for each document and not for each edit: an import brings a hundred for one.
        for doc in placed.iter().map(|one| one.doc).collect::<BTreeSet<_>>() {
            let parked = Parked::Command(request, Command::Edit(edits.clone()));
            if !self.load_or_park(doc, parked) {
                return;
            }
        }
        match self.commit(&placed) {
            Ok(()) => self.edited.push((request, placed.into_iter().map(|p| (p.doc, p.key)).collect())),
            Err(error) => self.reply(request, Err(error), false),
        }
    }

    /// Decides document and record of an edit, and whether this device may write there.
    fn place(&mut self, edit: &Edit) -> Result<Placed, CommandError> {
        let own = RegisterId::partner(&self.partner);
        let (doc, key, create) = match &edit.target {
            Target::New { register, kind } => {
                let register = register.unwrap_or(own);
                self.allow_write(&register)?;
                let doc = DocId { register, part: self.part_for_new(&register) };
                let random = self.random_id();
                (doc, RecordKey::random(kind, &self.me, random), true)
            }
            Target::Link { register, key } => {
                let register = register.unwrap_or(own);
                let person = self.roster.persons.contains_key(&register);
                let links = DocId { register, part: LINKS_PART };
                (if person { DocId::person(register) } else { links }, key.clone(), false)
            }
            Target::Record { doc, key } => (*doc, key.clone(), false),
        };
        self.allow_write(&doc.register)?;
        Ok(Placed { doc, key, create, edit: edit.clone() })
    }

    fn allow_write(&self, register: &RegisterId) -> Result<(), CommandError> {
        if self.roster.may_write(register, &self.me) {
            return Ok(());
        }
        if !self.roster.is_member(&self.me) {
            return Err(CommandError::NotAllowed {
                what: "this machine counts no more among its partner's: it was revoked, or the partner's key was replaced; what it holds can be read and exported".into(),
                hint: "ask whoever keeps the partner's recovery kit: comin devices".into(),
            });
        }
        if let Some(person) = self.roster.persons.get(register).filter(|person| !person.is_erased()) {
            return Err(CommandError::NotAllowed {
                what: format!("only {} writes this person", self.roster.name_of(&person.controller)),
                hint: "ask that partner to make the change".into(),
            });
        }
        let Some(known) = self.roster.registers.get(register) else {
            return Err(CommandError::NotFound(format!("register {}", register.short())));
        };
        Err(CommandError::NotAllowed {
            what: format!("this partner is not a writer of the register \"{}\"", known.name),
            hint: "ask one of its writers to make the change, or keep your own record with --register own".into(),
        })
    }

    /// Eight bytes for a record id. The clock goes in, so that two copies of one machine, whose generators
    /// are in the same state, still make different records.
    fn random_id(&mut self) -> [u8; 8] {
        let random: [u8; 16] = self.random();
        let clock = [self.now.wall_ms.to_le_bytes(), self.now.mono_ms.to_le_bytes()].concat();
        let hash = crate::ids::tagged_hash("comin/random/1", &[&random, &clock]);
        let mut out = [0; 8];
        out.copy_from_slice(&hash[..8]);
        out
    }

    /// The part in which a new record goes: the first one that is not full. So all below it are, and everybody takes it,
    /// whatever a peer tells of parts that are not there, and also where a divergence has emptied one.
    fn part_for_new(&self, register: &RegisterId) -> u32 {
        let is_full = |part: &u32| {
            let doc = self.docs.get(&DocId { register: *register, part: *part });
            doc.is_some_and(|doc| doc.meta.records >= limits::PART_RECORDS_FULL)
        };
        (1..limits::PART_NUMBER_MAX).find(|part| !is_full(part)).unwrap_or(limits::PART_NUMBER_MAX)
    }

    /// Commits all edits of a command, one change per document: all or none.
    fn commit(&mut self, placed: &[Placed]) -> Result<(), CommandError> {
        let mut by_doc: BTreeMap<DocId, Vec<&Placed>> = BTreeMap::new();
        for one in placed {
            by_doc.entry(one.doc).or_default().push(one);
        }
        if by_doc.len() > 1 {
            for (id, edits) in &by_doc {
                self.write_edits(*id, edits, true)?;
            }
        }
        for (id, edits) in &by_doc {
            self.write_edits(*id, edits, false)?;
        }
        Ok(())
    }

    /// Writes edits to one document in one change; `rehearse`: only to see whether they would be taken.
    fn write_edits(&mut self, id: DocId, edits: &[&Placed], rehearse: bool) -> Result<(), CommandError> {
        let not_found = || CommandError::NotFound("document".into());
        self.join_heads(id)?;
        check_size(edits)?;
        check_versions(self.docs.get(&id).and_then(|doc| doc.loaded.as_ref()).ok_or_else(not_found)?, &id, edits)?;
        if !rehearse {
            self.decide_crowded(id, edits)?;
        }
        let actor = self.own_actor(&id).0;
        let (wall_ms, now_ms) = (self.now.wall_ms as i64, self.now.mono_ms);
        let loaded = self.docs.get_mut(&id).and_then(|doc| doc.loaded.as_mut()).ok_or_else(not_found)?;
        loaded.last_used_ms = now_ms;
        loaded.am.set_actor(actor.to_automerge());
        let mut tx = loaded.am.transaction();
        let mut wrote = false;
        for one in edits {
            match record::write(&mut tx, &id, &one.key, one.create, &one.edit.changes) {
                Ok(changed) => wrote |= changed,
                Err(error) => {
                    tx.rollback();
                    return Err(refusal(error));
                }
            }
        }
        if rehearse || !wrote {
            tx.rollback();
            return Ok(());
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(wall_ms));
        let Some(hash) = hash else { return Ok(()) };
        let created = edits.iter().filter(|one| one.create).count() as u64;
        self.note_own_change(id, actor, hash.into())?;
        let doc = self.doc_mut(id);
        doc.meta.records += created;
        self.rows_due.extend(edits.iter().map(|one| (id, one.key.clone())));
        Ok(())
    }

    /// Joins the heads of a document by empty changes, some at a time, until one change can build on all of them: a
    /// member could otherwise write so many that nobody writes there any more.
    pub(super) fn join_heads(&mut self, id: DocId) -> Result<(), CommandError> {
        loop {
            let Some(loaded) = self.docs.get(&id).and_then(|doc| doc.loaded.as_ref()) else { return Ok(()) };
            let mut some = loaded.am.get_heads();
            if some.len() <= limits::HEADS_MAX {
                return Ok(());
            }
            some.truncate(limits::HEADS_MAX);
            let (actor, wall_ms) = (self.own_actor(&id).0, self.now.wall_ms as i64);
            self.write_on(id, actor, some, |part| {
                Ok(Some(part.empty_commit(CommitOptions::default().with_time(wall_ms))))
            })?;
        }
    }

    /// Decides fields in which more values stand beside one another than one change may overwrite, some of them at a time,
    /// as the edit decides: a member could otherwise write so many that nobody decides them any more.
    ///
    /// What the writer of records refuses is known before the first of these changes. Should the edit's own change still be
    /// too large after them, the edit is refused and they stay: each decides as the edit would have.
    fn decide_crowded(&mut self, id: DocId, edits: &[&Placed]) -> Result<(), CommandError> {
        let Some(loaded) = self.docs.get(&id).and_then(|doc| doc.loaded.as_ref()) else { return Ok(()) };
        let mut named = 0;
        for one in edits {
            let made = record::times_made(&loaded.am, &id, &one.key);
            if made > limits::FIELD_VALUES_MAX {
                // Each of its maps is written, and no change may name so many actors.
                let text = format!("record {} was made {made} times by its writers: nobody can edit it", one.key);
                return Err(CommandError::Invalid(text));
            }
            let values =
                one.edit.changes.iter().map(|change| record::writers(&loaded.am, &id, &one.key, &change.key).len());
            named += made + values.sum::<usize>();
        }
        if named <= limits::FIELD_VALUES_MAX {
            return Ok(());
        }
        self.write_edits(id, edits, true)?;
        let mut steps = 0;
        for (key, change) in edits.iter().flat_map(|one| one.edit.changes.iter().map(|change| (&one.key, change))) {
            let mut before = usize::MAX;
            loop {
                // Should the next change be too large, the document is thrown away: what this slice has written of it is
                // shown first.
                self.project_due();
                let Some(loaded) = self.docs.get(&id).and_then(|doc| doc.loaded.as_ref()) else { return Ok(()) };
                let mut some = record::writers(&loaded.am, &id, key, &change.key);
                // Where a step has not made them fewer, or had nothing to write, none will: what is left the edit may take.
                if some.len() <= limits::FIELD_VALUES_MAX || some.len() >= before {
                    break;
                }
                before = some.len();
                if steps == limits::DECIDING_STEPS_MAX {
                    let text =
                        format!("too many values of {} stand beside one another: save it again to go on", change.key);
                    return Err(CommandError::Invalid(text));
                }
                some.truncate(limits::FIELD_VALUES_MAX);
                if steps == 0 {
                    // What this process has written last may build on all of them, and its next change on that.
                    self.renew_actor();
                }
                steps += 1;
                let (actor, wall_ms) = (self.own_actor(&id).0, self.now.wall_ms as i64);
                let some = some.into_iter().map(automerge::ChangeHash::from).collect();
                self.write_on(id, actor, some, |part| {
                    let mut tx = part.transaction();
                    record::write(&mut tx, &id, key, false, std::slice::from_ref(change)).map_err(refusal)?;
                    Ok(tx.commit_with(CommitOptions::default().with_time(wall_ms)).0)
                })?;
                self.rows_due.insert((id, key.clone()));
            }
        }
        Ok(())
    }

    /// Takes a change that `write` makes on top of these changes alone, if it makes one.
    fn write_on(
        &mut self,
        id: DocId,
        actor: ActorId,
        mut heads: Vec<automerge::ChangeHash>,
        write: impl FnOnce(&mut automerge::Automerge) -> Result<Option<automerge::ChangeHash>, CommandError>,
    ) -> Result<(), CommandError> {
        let Some(loaded) = self.docs.get_mut(&id).and_then(|doc| doc.loaded.as_mut()) else { return Ok(()) };
        // What comes of it must follow this device's own last change.
        heads.extend(loaded.ancestry.tip(&actor).map(|tip| automerge::ChangeHash::from(tip.hash)));
        let failed = |text: String| CommandError::Invalid(format!("the document could not be joined: {text}"));
        let mut part = loaded.am.fork_at(&heads).map_err(|error| failed(error.to_string()))?;
        part.set_actor(actor.to_automerge());
        let Some(hash) = write(&mut part)? else { return Ok(()) };
        let change = part.get_change_by_hash(&hash).ok_or_else(|| failed("the change is not there".into()))?;
        super::document::apply_all(&mut loaded.am, std::iter::once(change.raw_bytes().to_vec())).map_err(failed)?;
        self.note_own_change(id, actor, hash.into())
    }

    /// Takes a change that this device has just committed into frontier, batch and the slice's unsigned ones.
    pub(super) fn note_own_change(
        &mut self,
        id: DocId,
        actor: ActorId,
        hash: crate::ids::ChangeHash,
    ) -> Result<(), CommandError> {
        let doc = self.doc_mut(id);
        let bytes = doc.loaded.as_ref().and_then(|loaded| loaded.change_bytes(&hash)).unwrap_or_default();
        // What we write ourselves passes the same reader as what others write; a difference is our bug and
        // must not reach the disk.
        let scanned = scan(&bytes).map_err(|error| CommandError::Invalid(format!("the edit is too large: {error}")));
        let scanned = match scanned {
            Ok(scanned) => scanned,
            Err(error) => {
                doc.loaded = None;
                return Err(error);
            }
        };
        if let Some(loaded) = &mut doc.loaded {
            loaded.note(&scanned);
        }
        self.note_own(id, actor);
        let doc = self.doc_mut(id);
        doc.advance(actor, Tip { seq: scanned.seq, hash });
        doc.meta.raw_changes += 1;
        let change = StoredChange { actor, seq: scanned.seq, hash, bytes };
        self.batch.push(super::Write::PutChange(id, change.clone()));
        self.fresh.entry(id).or_default().push(change);
        Ok(())
    }

    /// This process's actor in a document.
    pub(super) fn own_actor(&mut self, id: &DocId) -> (ActorId, Nonce) {
        let nonce = match self.nonce {
            Some(nonce) => nonce,
            None => {
                let nonce = if is_planted(Planted::ReuseActor) { Nonce([7; 16]) } else { Nonce(self.random()) };
                self.clock_offset_ms = super::offset(self.now);
                *self.nonce.insert(nonce)
            }
        };
        (ActorId::derive(id, &self.me, &nonce), nonce)
    }

    /// The actor of a document that this process writes with, if it has begun to write.
    pub(super) fn writer(&self, id: &DocId) -> Option<ActorId> {
        self.nonce.map(|nonce| ActorId::derive(id, &self.me, &nonce))
    }

    /// Signs what this slice has written, once per document (and wherever a run is to stay), and pushes it.
    pub(super) fn seal_edits(&mut self) {
        for (id, changes) in std::mem::take(&mut self.fresh) {
            let Some(nonce) = self.nonce else { continue };
            let mut hint = [0; 8];
            hint.copy_from_slice(&self.roster.head[..8]);
            let last = changes.len().saturating_sub(1);
            let (mut runs, mut bytes) = (Vec::new(), 0);
            for (index, change) in changes.iter().enumerate() {
                bytes += change.bytes.len();
                let stays = self.docs.get(&id).is_some_and(|doc| doc.kept.is_due(&change.actor, change.seq, bytes));
                if index == last || stays {
                    let signed = Run::sign(&self.signer, &id, nonce, change.seq, change.hash, hint);
                    let stored = super::StoredRun { run: signed.run, tail: Vec::new() };
                    self.put_run(id, signed.actor, stored.clone(), std::mem::take(&mut bytes));
                    runs.push(stored);
                }
            }
            self.push_to_readers(id, &changes, &runs, None);
        }
    }
}

/// Edits that are committed together become one change, which has a bound. It is asked for before anything is
/// written: a change that turns out too large could not be taken back alone.
fn check_size(edits: &[&Placed]) -> Result<(), CommandError> {
    let bytes: usize = edits.iter().flat_map(|one| &one.edit.changes).map(FieldChange::bytes_about).sum();
    if bytes <= limits::EDIT_BYTES_MAX {
        return Ok(());
    }
    let max = limits::EDIT_BYTES_MAX / 1024;
    Err(CommandError::Invalid(format!("more than {max} KiB change at once; save it in smaller steps")))
}

fn check_versions(loaded: &Loaded, id: &DocId, edits: &[&Placed]) -> Result<(), CommandError> {
    for one in edits {
        let Some(version) = one.edit.if_version else { continue };
        let row = loaded.rows(id, [&one.key]).pop();
        if row.map(|row| row.version()) != Some(version) {
            return Err(CommandError::Stale);
        }
    }
    Ok(())
}

pub(super) fn refusal(error: WriteError) -> CommandError {
    match error {
        WriteError::NoRecord(key) => CommandError::NotFound(format!("record {key}")),
        WriteError::Exists(key) => CommandError::Precondition {
            what: format!("record {key} exists already"),
            hint: "edit the record instead of adding it".into(),
        },
        WriteError::Limit(text) => CommandError::Invalid(text),
        WriteError::Automerge(text) => CommandError::Invalid(format!("the document refused the write: {text}")),
    }
}
