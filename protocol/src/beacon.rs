//! Beacons: a device's small signed statement of the state that it holds.

use crate::identity::{DeviceSigner, verify};
use crate::ids::{DeviceKey, RegisterId, tagged_hash};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

/// Who may read a beacon.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
pub enum Audience {
    /// All members: documents that the whole federation reads.
    #[n(0)]
    Federation,
    /// The readers of one register (internal registers: the partner's own devices).
    #[n(1)]
    Register(#[n(0)] RegisterId),
}

/// The state of one document.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct BeaconDoc {
    /// The register.
    #[n(0)]
    pub register: RegisterId,
    /// The part.
    #[n(1)]
    pub part: u32,
    /// Changes held.
    #[n(2)]
    pub changes: u64,
    /// [`crate::run::Frontier::digest`].
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: [u8; 16],
}

/// What a device holds.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Beacon {
    /// The device.
    #[n(0)]
    pub device: DeviceKey,
    /// To whom it is sent.
    #[n(1)]
    pub audience: Audience,
    /// Counts up; of one device and audience the highest replaces the others.
    #[n(2)]
    pub number: u64,
    /// The device's wall clock, milliseconds since the Unix epoch: shown, never a rule.
    #[n(3)]
    pub time_ms: u64,
    /// The documents of the audience, sorted.
    #[n(4)]
    pub docs: Vec<BeaconDoc>,
    /// Random, and new with each start of the device's process: two that speak in turn are two machines with one key.
    #[n(5)]
    pub process: Option<ByteArray<16>>,
}

/// A beacon as it travels.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct SignedBeacon {
    /// What is said.
    #[n(0)]
    pub beacon: Beacon,
    /// ed25519 by the device.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl Beacon {
    fn message(&self) -> [u8; 32] {
        tagged_hash("comin/beacon/1", &[&crate::codec::to_cbor(self)])
    }

    /// Signs it.
    pub fn sign(self, signer: &DeviceSigner) -> SignedBeacon {
        let signature = signer.sign(&self.message());
        SignedBeacon { beacon: self, signature }
    }
}

impl SignedBeacon {
    /// Whether the device that it names signed it.
    pub fn is_genuine(&self) -> bool {
        verify(&self.beacon.device.0, &self.beacon.message(), &self.signature)
    }
}
