//! Tickets and joins: moves their frames and keeps their state.

use super::{Command, CommandError, DialTarget, Engine, JoinStatus, RequestId, SessionId, StartError};
use crate::ids::DeviceKey;
use crate::join::{Pending, TicketInfo};
use std::collections::BTreeMap;

impl Engine {
    pub(super) fn restore_joining(&mut self, _state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        Ok(())
    }
    pub(super) fn handle_join_command(&mut self, request: RequestId, _command: Command) {
        self.reply(request, Err(CommandError::Invalid("not yet".into())), false);
    }
    pub(super) fn handle_join_connected(&mut self, id: SessionId, _device: DeviceKey, _outgoing: bool) {
        self.disconnect_later(id, "not yet".into());
    }
    pub(super) fn handle_join_frame(&mut self, _id: SessionId, _frame: &[u8]) {}
    pub(super) fn join_target(&self) -> Option<DialTarget> {
        None
    }
    pub(super) fn pending_joins(&self) -> Vec<Pending> {
        Vec::new()
    }
    pub(super) fn open_tickets(&self) -> Vec<TicketInfo> {
        Vec::new()
    }
    pub(super) fn own_join_status(&self) -> Option<JoinStatus> {
        None
    }
}
