//! Keys: the device key that signs every day, the partner key that lives in the recovery kit.

use crate::ids::{DeviceKey, PartnerKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fmt;

/// Strict ed25519 verification.
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
}

/// The secret half of a device key.
#[derive(Clone)]
pub struct DeviceSigner(SigningKey);

/// The secret half of a partner key: read from the recovery kit, used, and dropped.
#[derive(Clone)]
pub struct PartnerSigner(SigningKey);

macro_rules! signer {
    ($name:ident, $key:ident) => {
        impl $name {
            /// From 32 secret bytes.
            pub fn from_secret(secret: &[u8; 32]) -> Self {
                Self(SigningKey::from_bytes(secret))
            }

            /// The 32 secret bytes, to be stored with mode 0600 and nowhere else.
            pub fn to_secret(&self) -> [u8; 32] {
                self.0.to_bytes()
            }

            /// The public half.
            pub fn key(&self) -> $key {
                $key(self.0.verifying_key().to_bytes())
            }

            /// Signs a message; callers put a domain tag first.
            pub fn sign(&self, message: &[u8]) -> [u8; 64] {
                self.0.sign(message).to_bytes()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}…)"), self.key().short())
            }
        }
    };
}

signer!(DeviceSigner, DeviceKey);
signer!(PartnerSigner, PartnerKey);
