//! A machine that others of its partner have revoked may bring what the partner key says, and nothing else.
//!
//! Whoever steals a machine can revoke the honest ones with it. The recovery kit outranks it, but what it signs has to
//! reach the others from a machine that they refuse. So such a machine is told what statements are known here, by their
//! hashes; of what it sends, revocations by its partner's key are taken; then the stream ends, and whoever is a member
//! again comes back as one.

use super::{Engine, SessionId};
use crate::codec::from_cbor;
use crate::ids::DeviceKey;
use crate::limits;
use crate::message::Message;
use crate::statement::{SignedStatement, Statement};

/// An open stream of a machine that has been revoked by others of its partner.
#[derive(Clone, Copy)]
pub(super) struct Appeal {
    device: DeviceKey,
    /// Ended at this monotonic time.
    until_ms: u64,
}

impl Engine {
    pub(super) fn begin_appeal(&mut self, id: SessionId, device: DeviceKey) {
        // Each partner has one: nobody's machines keep out those of others.
        let same = |appeal: &Appeal| self.roster.writer(&appeal.device) == self.roster.writer(&device);
        let earlier = self.appeals.iter().find(|(_, appeal)| same(appeal)).map(|(id, _)| *id);
        if let Some(earlier) = earlier {
            self.end_appeal(earlier, "another machine of its partner, or another stream of it, came");
        }
        if self.patience.spend(device, limits::PATIENCE_FAULT, self.now.mono_ms) {
            return self.disconnect_later(id, "comes again and again".into());
        }
        if self.appeals.len() >= limits::APPEALS_MAX {
            return self.disconnect_later(id, "too many revoked machines at once".into());
        }
        self.appeals.insert(id, Appeal { device, until_ms: self.now.mono_ms + limits::APPEAL_MS });
        let tags = self.statements.tags_without(&self.hidden_from(&device)).concat();
        self.send(id, Message::HaveStatements(tags));
    }

    pub(super) fn handle_appeal_frame(&mut self, id: SessionId, device: DeviceKey, frame: &[u8]) {
        if self.patience.spend(device, limits::PATIENCE_MISFIT, self.now.mono_ms) {
            return self.end_appeal(id, "sends far more than it has to say");
        }
        match Message::from_frame(frame) {
            Ok(Message::Statements(statements)) => {
                let good: Vec<SignedStatement> =
                    statements.into_iter().filter_map(|signed| self.said_by_key(&device, signed)).collect();
                if !good.is_empty() {
                    self.end_appeal(id, "brought what its partner key says");
                    self.adopt_statements(good);
                }
            }
            Ok(_) => {}
            Err(text) => self.end_appeal(id, &text),
        }
    }

    /// A revocation by the key in force of the device's partner.
    fn said_by_key(&self, device: &DeviceKey, signed: SignedStatement) -> Option<SignedStatement> {
        let partner = self.roster.partners.get(&self.roster.writer(device)?)?;
        let by_key = signed.signatures.iter().any(|signature| signature.key == partner.key.0);
        // Cheap questions first: a signature costs more than all of them.
        let read = || from_cbor::<Statement>(&signed.body);
        if !by_key || !matches!(read(), Ok(Statement::Revocation { partner: p, .. }) if p == partner.id) {
            return None;
        }
        signed.verify().ok().map(|good| good.signed)
    }

    /// When the next one has to end.
    pub(super) fn appeals_due(&self) -> Option<u64> {
        self.appeals.values().map(|appeal| appeal.until_ms).min()
    }

    pub(super) fn end_appeals(&mut self) {
        let now = self.now.mono_ms;
        let over: Vec<SessionId> =
            self.appeals.iter().filter(|(_, appeal)| appeal.until_ms <= now).map(|(id, _)| *id).collect();
        for id in over {
            self.end_appeal(id, "brought nothing that its partner key says");
        }
    }

    fn end_appeal(&mut self, id: SessionId, why: &str) {
        self.appeals.remove(&id);
        self.disconnect_later(id, why.to_owned());
    }

    pub(super) fn appeal_of(&self, id: &SessionId) -> Option<DeviceKey> {
        self.appeals.get(id).map(|appeal| appeal.device)
    }
}
