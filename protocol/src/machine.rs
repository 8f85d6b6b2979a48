//! How a further machine is certified by another one of its partner: texts that people carry between the two.
//!
//! The new machine writes a request, which says its key and its name; one with the admin right answers with a certificate
//! and with those on which it rests. Neither opens anything: a certificate counts once the new machine has signed it as
//! well, and others take it in when it joins by a ticket, where people compare the check number.

use crate::armor::{self, ArmorError};
use crate::codec::{from_cbor, to_cbor};
use crate::identity::{DeviceSigner, verify};
use crate::ids::{DeviceKey, PartnerId, tagged_hash};
use crate::statement::{SignedStatement, Statement, is_name};
use minicbor::{Decode, Encode};

const REQUEST: &str = "cominmachine";
const CERTIFICATE: &str = "comincertificate";
const VERSION: u32 = 1;

/// Why a text is no request or certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MachineError {
    /// It is another text, or was altered on its way.
    #[error("{0}")]
    Armor(#[from] ArmorError),
    /// Its content is not well formed, or not signed by the machine that it names.
    #[error("the text is whole, and what it says is not well formed")]
    Malformed,
    /// The certificate is another machine's.
    #[error("the certificate is for another machine")]
    OtherMachine,
}

/// What a new machine asks to be certified as.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct MachineRequest {
    /// Its key.
    #[n(0)]
    pub device: DeviceKey,
    /// Its name for people.
    #[n(1)]
    pub name: String,
    /// By its key, over a hash of both: a mistyped or foreign key is found out at once.
    #[cbor(n(2), with = "minicbor::bytes")]
    signature: [u8; 64],
}

impl MachineRequest {
    /// The request of the machine of this key.
    pub fn new(signer: &DeviceSigner, name: &str) -> Self {
        let signature = signer.sign(&Self::message(&signer.key(), name));
        Self { device: signer.key(), name: name.to_owned(), signature }
    }

    fn message(device: &DeviceKey, name: &str) -> [u8; 32] {
        tagged_hash("comin/machine/1", &[&device.0, name.as_bytes()])
    }

    /// The text to carry to another machine of the partner.
    pub fn to_text(&self) -> String {
        armor::encode(REQUEST, VERSION, &to_cbor(self))
    }

    /// Reads such a text.
    ///
    /// # Errors
    /// [`MachineError`].
    pub fn parse(text: &str) -> Result<Self, MachineError> {
        let bytes = armor::decode(REQUEST, VERSION, text)?;
        let read: Self = from_cbor(&bytes).map_err(|_| MachineError::Malformed)?;
        let good =
            is_name(&read.name) && verify(&read.device.0, &Self::message(&read.device, &read.name), &read.signature);
        if good { Ok(read) } else { Err(MachineError::Malformed) }
    }
}

/// A machine's certificate by another one, with the certificates on which it rests.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct MachineCertificate {
    /// A [`Statement::DeviceCertificate`], which the new machine has still to sign.
    #[n(0)]
    pub certificate: SignedStatement,
    /// Those of the machines of its partner.
    #[n(1)]
    pub rests_on: Vec<SignedStatement>,
}

impl MachineCertificate {
    /// The text to carry to the new machine.
    pub fn to_text(&self) -> String {
        armor::encode(CERTIFICATE, VERSION, &to_cbor(self))
    }

    /// Reads such a text.
    ///
    /// # Errors
    /// [`MachineError`].
    pub fn parse(text: &str) -> Result<Self, MachineError> {
        from_cbor(&armor::decode(CERTIFICATE, VERSION, text)?).map_err(|_| MachineError::Malformed)
    }

    /// Signs the certificate as the machine that it is for, and checks all of it.
    ///
    /// # Errors
    /// [`MachineError`]; nothing is believed but what is signed.
    pub fn accept(self, signer: &DeviceSigner) -> Result<Accepted, MachineError> {
        let malformed = |_| MachineError::Malformed;
        let certificate = self.certificate.sign_device(signer).verify().map_err(malformed)?;
        let Some(Statement::DeviceCertificate { partner, device, partner_name, country, device_name, .. }) =
            certificate.statement
        else {
            return Err(MachineError::Malformed);
        };
        if device != signer.key() {
            return Err(MachineError::OtherMachine);
        }
        let mut statements = vec![certificate.signed];
        for signed in self.rests_on {
            statements.push(signed.verify().map_err(malformed)?.signed);
        }
        Ok(Accepted { partner, partner_name, country, device_name, statements })
    }
}

/// A certificate that the new machine has checked and signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Whose machine it is now.
    pub partner: PartnerId,
    /// The partner's name.
    pub partner_name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The machine's name for people.
    pub device_name: String,
    /// What its store begins with.
    pub statements: Vec<SignedStatement>,
}
