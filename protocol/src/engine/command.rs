//! What a user asks, but for edits, the federation and joining.

use super::document::{Document, Parked};
use super::{Command, CommandError, Engine, Reply, RequestId, SessionId, Write};
use crate::check::{PartSignatures, SignedPart};
use crate::ids::{DocId, RegisterId};

/// Present while the exchange is paused.
pub(super) const STATE_PAUSED: &str = "paused";

impl Engine {
    pub(super) fn handle_command(&mut self, request: RequestId, command: Command) {
        match command {
            Command::Edit(edits) => self.handle_edit(request, edits),
            Command::AddPerson { readers, fields } => self.add_person(request, readers, fields),
            Command::SharePerson { person, readers } => self.share_person(request, person, readers),
            Command::ErasePerson { person, reason } => self.erase_person(request, person, reason),
            Command::Found { name, carry_over } => self.found(request, name, carry_over),
            Command::SetWriters { register, writers } => self.set_writers(request, register, writers),
            Command::SetPaused(paused) => self.set_paused(request, paused),
            Command::SyncNow => self.sync_now(request),
            Command::Compact { from_changes } => self.compact_all(request, from_changes),
            Command::Parts { register } => self.parts(request, register),
            Command::Export { doc } => self.export(request, doc),
            Command::Project { doc } => self.project(request, doc),
            Command::Arrivals => self.reply(request, Ok(Reply::Arrivals(self.arrivals.clone())), false),
            Command::Status => {
                let status = self.status();
                self.reply(request, Ok(Reply::Status(Box::new(status))), false);
            }
            Command::CertifyDevice { .. } | Command::RevokeDevice { .. } | Command::Revocation { .. } => {
                self.handle_device_command(request, command)
            }
            Command::AddRegister { .. }
            | Command::SetStewards { .. }
            | Command::RemovePartner { .. }
            | Command::RekeyPartner { .. }
            | Command::ConfirmAlone => self.handle_draft_command(request, command),
            Command::Invite { .. }
            | Command::CancelInvite { .. }
            | Command::Join { .. }
            | Command::Approve { .. }
            | Command::Reject { .. } => self.handle_join_command(request, command),
        }
    }

    fn set_paused(&mut self, request: RequestId, paused: bool) {
        if paused != self.paused {
            self.paused = paused;
            self.batch.push(match paused {
                true => Write::PutState(STATE_PAUSED.into(), Vec::new()),
                false => Write::DropState(STATE_PAUSED.into()),
            });
            if paused {
                for id in self.sessions.keys().copied().collect::<Vec<SessionId>>() {
                    self.handle_disconnected(id);
                    self.disconnect_later(id, "the exchange is paused".into());
                }
            }
            self.dial_due = true;
            self.state_changed = true;
        }
        self.reply(request, Ok(Reply::Done), true);
    }

    fn sync_now(&mut self, request: RequestId) {
        self.dial_due = true;
        self.send_hello_to_all();
        self.reply(request, Ok(Reply::Done), false);
    }

    /// Compacts every document in memory that has at least so many raw changes.
    fn compact_all(&mut self, request: RequestId, from_changes: u64) {
        let due = |doc: &&Document| doc.loaded.is_some() && doc.meta.raw_changes >= from_changes;
        for id in self.docs.values().filter(due).map(|doc| doc.id).collect::<Vec<_>>() {
            self.compact(id);
        }
        if self.peers_due().is_some() {
            self.remember_peers_now();
        }
        self.reply(request, Ok(Reply::Done), true);
    }

    fn parts(&mut self, request: RequestId, register: RegisterId) {
        if !self.roster.registers.contains_key(&register) {
            return self.reply(request, Err(CommandError::NotFound(format!("register {}", register.short()))), false);
        }
        let holds = |doc: &&Document| doc.id.register == register && !doc.frontier.is_empty();
        let parts = self.docs.values().filter(holds).map(|doc| doc.id.part).collect();
        self.reply(request, Ok(Reply::Parts(parts)), false);
    }

    fn export(&mut self, request: RequestId, id: DocId) {
        let holds_nothing = |doc: &Document| doc.frontier.is_empty();
        if self.docs.get(&id).is_none_or(holds_nothing) {
            let what = format!("part {} of register {}", id.part, id.register.short());
            return self.reply(request, Err(CommandError::NotFound(what)), false);
        }
        if !self.load_or_park(id, Parked::Command(request, Command::Export { doc: id })) {
            return;
        }
        let Some(doc) = self.docs.get(&id) else { return };
        let Some(loaded) = &doc.loaded else { return };
        let signatures = PartSignatures::new(id, doc.runs.values().cloned().collect());
        let part = SignedPart { signatures, save: loaded.am.save().into() };
        self.reply(request, Ok(Reply::Exported(Box::new(part))), true);
    }

    fn project(&mut self, request: RequestId, doc: DocId) {
        if !self.docs.contains_key(&doc) {
            return self.reply(request, Err(CommandError::NotFound(format!("document {doc:?}"))), false);
        }
        if self.load_or_park(doc, Parked::Command(request, Command::Project { doc })) {
            let rows = self.docs.get(&doc).and_then(|d| Some(d.loaded.as_ref()?.all_rows(&doc))).unwrap_or_default();
            self.reply(request, Ok(Reply::Projected(rows)), true);
        }
    }
}
