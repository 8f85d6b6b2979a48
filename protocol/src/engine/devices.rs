//! A partner's own devices: revoking one that is lost or stolen.

use super::{Command, CommandError, Engine, Reply, RequestId};
use crate::ids::{DeviceKey, StatementId};
use crate::roster::Device;
use crate::statement::{Rights, SignedStatement, Statement};
use std::collections::BTreeSet;

impl Engine {
    pub(super) fn handle_device_command(&mut self, request: RequestId, command: Command) {
        let result = match command {
            Command::Revocation { device } => {
                self.revocation(&device).map(|statement| Reply::Unsigned(SignedStatement::unsigned(&statement)))
            }
            Command::RevokeDevice { device, by_key: None } => self.revoke(&device),
            Command::RevokeDevice { device, by_key: Some(signed) } => self.revoke_by_key(&device, signed),
            other => Err(CommandError::Invalid(format!("{other:?} is about no device"))),
        };
        self.reply(request, result, true);
    }

    /// What revokes a device of this partner: with what this node holds of it, and what it has signed.
    fn revocation(&self, key: &DeviceKey) -> Result<Statement, CommandError> {
        let device = self.own_device(key)?;
        let signed: BTreeSet<StatementId> = self
            .statements
            .iter()
            .filter(|held| held.statement.as_ref().is_some_and(Statement::counts_by_its_signers))
            .filter(|held| held.signers.contains(&key.0))
            .map(|held| held.id)
            .collect();
        Ok(Statement::Revocation {
            partner: self.partner,
            partner_key: self.own_partner()?.key,
            device: device.key,
            stays: self.held_of(|_, writer| writer == key),
            signed,
        })
    }

    /// A device of this partner, also one that another of its devices has revoked already.
    fn own_device(&self, key: &DeviceKey) -> Result<&Device, CommandError> {
        let known = self.roster.devices.get(key).or_else(|| self.roster.former.get(key));
        let own = known.filter(|device| device.partner == self.partner);
        own.ok_or_else(|| CommandError::NotFound(format!("machine {} of this partner", key.short())))
    }

    fn revoke(&mut self, key: &DeviceKey) -> Result<Reply, CommandError> {
        let statement = self.revocation(key)?;
        self.need_right(Rights::ADMIN, "revoke a machine")?;
        if *key == self.me {
            return Err(CommandError::Precondition {
                what: "a machine does not revoke itself".into(),
                hint: "do it on another machine of this partner, or with the recovery kit: \
                       comin devices revoke MACHINE --kit FILE"
                    .into(),
            });
        }
        if !self.roster.devices.contains_key(key) {
            return Err(CommandError::Precondition {
                what: "this machine has been revoked already".into(),
                hint: "comin devices".into(),
            });
        }
        self.state(&statement).map(|_| Reply::Done)
    }

    /// Takes a revocation that the partner key has signed, which outranks what devices say.
    fn revoke_by_key(&mut self, key: &DeviceKey, signed: SignedStatement) -> Result<Reply, CommandError> {
        let good = signed.verify().map_err(|error| CommandError::Invalid(format!("the revocation: {error}")))?;
        let own = self.own_partner()?.key;
        let fits = matches!(
            &good.statement,
            Some(Statement::Revocation { partner, partner_key, device, .. })
                if *partner == self.partner && *partner_key == own && device == key && good.signers.contains(&own.0)
        );
        if !fits {
            return Err(CommandError::Precondition {
                what: "this is not the recovery kit of this partner's key in force".into(),
                hint: "take the kit that was written last".into(),
            });
        }
        self.adopt_statements(vec![good.signed]);
        Ok(Reply::Done)
    }
}
