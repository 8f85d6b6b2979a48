//! A device's key is its libp2p identity: the two forms and the way between them.

use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DeviceKey;
use libp2p::PeerId;
use libp2p::identity::{Keypair, PublicKey, ed25519};

/// The device's secret as libp2p takes it.
pub(crate) fn keypair(signer: &DeviceSigner) -> Option<Keypair> {
    Keypair::ed25519_from_bytes(signer.to_secret()).ok()
}

/// The peer id of a device; `None` where the key is no point of the curve.
pub(crate) fn peer_id(device: &DeviceKey) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(&device.0).ok()?;
    Some(PublicKey::from(key).to_peer_id())
}

/// The device behind a peer id; `None` where the id does not carry an ed25519 key.
pub(crate) fn device(peer: &PeerId) -> Option<DeviceKey> {
    let key = PublicKey::try_decode_protobuf(peer.as_ref().digest()).ok()?;
    Some(DeviceKey(key.try_into_ed25519().ok()?.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_key_and_its_peer_id_name_each_other() {
        let signer = DeviceSigner::from_secret(&[7; 32]);
        let own = keypair(&signer).expect("32 bytes are a secret").public().to_peer_id();
        assert_eq!(peer_id(&signer.key()), Some(own), "libp2p and we derive the same public key");
        assert_eq!(device(&own), Some(signer.key()), "the peer id carries the key");
    }
}
