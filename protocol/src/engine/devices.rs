//! A partner's own devices: certifying a further one, and revoking one that is lost or stolen.

use super::{Command, CommandError, Engine, Reply, RequestId};
use crate::ids::{DeviceKey, PartnerId, PartnerKey, StatementId};
use crate::machine::{MachineCertificate, MachineRequest};
use crate::roster::Device;
use crate::statement::{Rights, SignedStatement, Statement, VerifiedStatement};
use std::collections::BTreeSet;

impl Engine {
    pub(super) fn handle_device_command(&mut self, request: RequestId, command: Command) {
        let result = match command {
            Command::Revocation { device } => {
                self.revocation(&device).map(|statement| Reply::Unsigned(SignedStatement::unsigned(&statement)))
            }
            Command::CertifyDevice { request, rights } => self.certify(&request, rights).map(Reply::Certified),
            Command::RevokeDevice { device, by_key: None } => self.revoke(&device),
            Command::RevokeDevice { device, by_key: Some(signed) } => self.revoke_by_key(&device, signed),
            other => Err(CommandError::Invalid(format!("{other:?} is about no device"))),
        };
        self.reply(request, result, true);
    }

    /// Certifies a further machine. The certificate counts once that one has signed it too; it comes back when it joins.
    fn certify(&self, request: &MachineRequest, rights: Rights) -> Result<MachineCertificate, CommandError> {
        self.need_right(Rights::ADMIN, "certify a machine")?;
        let own = self.own_partner()?;
        if let Some(known) = self.roster.known_device(&request.device) {
            return Err(CommandError::Precondition {
                what: format!("this machine is known already, as \"{}\"", known.name),
                hint: "comin devices; one that was revoked gets a new key: set it up in a new directory".into(),
            });
        }
        let held = self.roster.devices.get(&self.me).map(|device| device.rights).unwrap_or_default();
        if rights == Rights::default() || !held.includes(rights) {
            return Err(CommandError::NotAllowed {
                what: "a machine gives no rights that it does not have, and at least one".into(),
                hint: "see what this one may do: comin devices --json".into(),
            });
        }
        let statement = Statement::DeviceCertificate {
            partner: own.id,
            partner_key: own.key,
            by: self.me,
            device: request.device,
            rights,
            partner_name: own.name,
            country: own.country,
            device_name: request.name.clone(),
        };
        let rests_on = self.certificates_of((own.id, own.key)).into_iter().map(|held| held.signed.clone()).collect();
        Ok(MachineCertificate {
            certificate: SignedStatement::unsigned(&statement).sign_device(&self.signer),
            rests_on,
        })
    }

    /// The certificates between this machine and its partner's key: not what others have made up for that partner.
    fn certificates_of(&self, own: (PartnerId, PartnerKey)) -> Vec<&VerifiedStatement> {
        let (mut due, mut seen, mut found) = (vec![self.me], BTreeSet::from([self.me]), Vec::new());
        while let Some(machine) = due.pop() {
            for held in self.statements.iter().filter(|held| self.roster.is_proven_certificate(held)) {
                match &held.statement {
                    Some(Statement::Certificate { partner, partner_key, device, .. })
                        if (*partner, *partner_key) == own && *device == machine =>
                    {
                        found.push(held);
                    }
                    Some(Statement::DeviceCertificate { partner, partner_key, device, by, .. })
                        if (*partner, *partner_key) == own && *device == machine =>
                    {
                        found.push(held);
                        if seen.insert(*by) {
                            due.push(*by);
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// What revokes a device of this partner: with what this node holds of it, and what it has signed.
    fn revocation(&self, key: &DeviceKey) -> Result<Statement, CommandError> {
        let (device, own) = (self.own_device(key)?, self.own_partner()?.key);
        // Whoever has it may have signed on since it was revoked: then only what was listed there stays.
        let is_revoked = !self.roster.is_member(key);
        let listed: Option<BTreeSet<StatementId>> = is_revoked.then(|| self.listed_of(key, own));
        let signed: BTreeSet<StatementId> = self
            .statements
            .iter()
            .filter(|held| held.statement.as_ref().is_some_and(Statement::counts_by_its_signers))
            .filter(|held| held.signers.contains(&key.0))
            .map(|held| held.id)
            .filter(|id| listed.as_ref().is_none_or(|listed| listed.contains(id)))
            .collect();
        Ok(Statement::Revocation {
            partner: self.partner,
            partner_key: own,
            device: device.key,
            stays: self.held_of(|_, writer| writer == key),
            signed,
        })
    }

    /// The statements that this partner's revocations of a device list, by its key or by others of its devices.
    fn listed_of(&self, key: &DeviceKey, own: PartnerKey) -> BTreeSet<StatementId> {
        let speaks = |signer: &[u8; 32]| {
            let signer = DeviceKey(*signer);
            signer.0 == own.0 || signer != *key && self.own_device(&signer).is_ok()
        };
        let of = |held: &VerifiedStatement| match &held.statement {
            Some(Statement::Revocation { partner_key, device, signed, .. }) if *partner_key == own && device == key => {
                held.signers.iter().any(speaks).then(|| signed.clone())
            }
            _ => None,
        };
        self.statements.iter().filter_map(of).flatten().collect()
    }

    /// A device of this partner, also one that another of its devices has revoked already.
    fn own_device(&self, key: &DeviceKey) -> Result<&Device, CommandError> {
        let own = self.roster.known_device(key).filter(|device| device.partner == self.partner);
        own.ok_or_else(|| CommandError::NotFound(format!("machine {} of this partner", key.short())))
    }

    fn revoke(&mut self, key: &DeviceKey) -> Result<Reply, CommandError> {
        let statement = self.revocation(key)?;
        self.need_word()?;
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

    /// A machine that another one has revoked still has its word, as that one has: a thief may have spoken first. What
    /// the partner key says ends it.
    fn need_word(&self) -> Result<(), CommandError> {
        let own = self.own_partner()?.key;
        let former = self.roster.known_device(&self.me).filter(|device| device.rights.includes(Rights::ADMIN));
        if former.is_some() && !self.roster.revoked_by_key.contains_key(&(self.partner, own, self.me)) {
            return Ok(());
        }
        self.need_right(Rights::ADMIN, "revoke a machine")
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
