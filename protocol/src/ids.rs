//! Identifiers: every id is a newtype over fixed-length bytes, shown as lower-case hex.
//!
//! An id is either a public key or a SHA-256 over a domain tag and length-prefixed parts, so that no two
//! kinds of id can be mistaken for one another (WIRE.md, "Ids").

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 over a domain tag and length-prefixed parts.
///
/// # Shape
/// `SHA-256(len(tag) u32le ‖ tag ‖ for each part: len(part) u32le ‖ part)`.
pub fn tagged_hash(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in std::iter::once(tag.as_bytes()).chain(parts.iter().copied()) {
        // INVARIANT: no part comes near 4 GiB; every input is bounded by `limits`.
        hasher.update((part.len() as u32).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Lower-case hex.
pub fn to_hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Reads hex of any length; `None` on any other text.
pub fn from_hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    digits.filter(|digits| digits.len() % 2 == 0).map(|digits| digits.chunks(2).map(|d| d[0] << 4 | d[1]).collect())
}

/// Reads exactly `N` bytes of hex; `None` on any other text.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return None;
    }
    let digit = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(with = "minicbor::bytes")] pub [u8; $len]);

        impl $name {
            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// The first four bytes as hex: for people and logs, never for comparison.
            pub fn short(&self) -> String {
                to_hex(&self.0[..4])
            }

            /// Reads the full hex form; `None` on any other text.
            pub fn from_hex(text: &str) -> Option<Self> {
                from_hex(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}…)"), self.short())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

byte_id!(
    /// A partner for ever: hash of its first partner key.
    PartnerId, 32
);
byte_id!(
    /// A partner's public key (ed25519); its secret half lives in the recovery kit only.
    PartnerKey, 32
);
byte_id!(
    /// A device's public key (ed25519): its identity here and in libp2p.
    DeviceKey, 32
);
byte_id!(
    /// A federation: the id of its founding statement.
    FederationId, 32
);
byte_id!(
    /// A statement: hash of its body.
    StatementId, 32
);
byte_id!(
    /// A register.
    RegisterId, 32
);
byte_id!(
    /// The hash of an Automerge change.
    ChangeHash, 32
);
byte_id!(
    /// An Automerge actor: first 16 bytes of hash(document, device key, nonce).
    ActorId, 16
);
byte_id!(
    /// What makes the actors of one device differ: fresh for every process start.
    Nonce, 16
);
byte_id!(
    /// A ticket: first 16 bytes of hash(secret). Shown and sent freely; it opens nothing.
    TicketId, 16
);

impl PartnerId {
    /// The id of the partner whose first key this is.
    pub fn from_first_key(key: &PartnerKey) -> Self {
        Self(tagged_hash("comin/partner/1", &[&key.0]))
    }
}

impl RegisterId {
    /// The partner register: its own devices write, the federation reads.
    pub fn partner(partner: &PartnerId) -> Self {
        Self(tagged_hash("comin/register/1", &[&partner.0, b"partner"]))
    }

    /// The internal register: read and written by the partner's own devices only.
    pub fn internal(partner: &PartnerId) -> Self {
        Self(tagged_hash("comin/register/1", &[&partner.0, b"internal"]))
    }

    /// The shared register that a statement creates.
    pub fn shared(statement: &StatementId) -> Self {
        Self(tagged_hash("comin/register/1", &[&statement.0, b"shared"]))
    }

    /// What a person's document lies in: a register of its own, that the controller writes.
    pub fn person(controller: &PartnerId, nonce: &[u8; 16]) -> Self {
        Self(tagged_hash("comin/register/1", &[&controller.0, nonce, b"person"]))
    }
}

/// One Automerge document: a part of a register.
///
/// # Shape
/// Part 0 is the register's links part (records with derived ids, as root scalars); parts 1, 2, … hold
/// records with random ids. A person's document is part [`PERSON_PART`] of a register of its own, so that whoever
/// carries, stores or checks it knows from the id alone that it holds personal data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct DocId {
    /// The register that the part belongs to.
    #[n(0)]
    pub register: RegisterId,
    /// The part's number.
    #[n(1)]
    pub part: u32,
}

/// The number of a register's links part.
pub const LINKS_PART: u32 = 0;
/// The number of a person's document.
pub const PERSON_PART: u32 = u32::MAX;
/// The kind of a person's one record.
pub const PERSON_KIND: &str = "person";

impl DocId {
    /// 32 bytes that name the document in signatures and actor ids.
    pub fn to_hash(&self) -> [u8; 32] {
        tagged_hash("comin/document/1", &[&self.register.0, &self.part.to_le_bytes()])
    }

    /// The document of the person that lies in `register`.
    pub fn person(register: RegisterId) -> Self {
        Self { register, part: PERSON_PART }
    }

    /// From the text form.
    pub fn parse(text: &str) -> Option<Self> {
        let (register, part) = text.split_once('/')?;
        Some(Self { register: RegisterId(from_hex(register)?), part: part.parse().ok()? })
    }

    /// Whether it holds a person, and nothing else.
    pub fn is_person(&self) -> bool {
        self.part == PERSON_PART
    }

    /// Whether records lie in it as scalars on the root: the links part of a register, and a person's document,
    /// which two devices of the controller may begin at once.
    pub fn is_links(&self) -> bool {
        self.part == LINKS_PART || self.is_person()
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.register, self.part)
    }
}

impl fmt::Debug for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.register.short(), self.part)
    }
}

impl ActorId {
    /// The actor that `device` uses in `doc` while it holds `nonce`.
    pub fn derive(doc: &DocId, device: &DeviceKey, nonce: &Nonce) -> Self {
        let hash = tagged_hash("comin/actor/1", &[&doc.to_hash(), &device.0, &nonce.0]);
        let mut out = [0; 16];
        out.copy_from_slice(&hash[..16]);
        Self(out)
    }

    /// The actor in Automerge's own type.
    pub fn to_automerge(self) -> automerge::ActorId {
        automerge::ActorId::from(&self.0[..])
    }

    /// `None` where the bytes are not 16: no actor of ours.
    pub fn from_automerge(actor: &automerge::ActorId) -> Option<Self> {
        actor.to_bytes().try_into().ok().map(Self)
    }
}

impl From<automerge::ChangeHash> for ChangeHash {
    fn from(hash: automerge::ChangeHash) -> Self {
        Self(hash.0)
    }
}

impl From<ChangeHash> for automerge::ChangeHash {
    fn from(hash: ChangeHash) -> Self {
        Self(hash.0)
    }
}

/// The name of a record: its kind and 16 bytes of id; the root key of the record in its document.
///
/// # Shape
/// Text form `kind:` and 32 lower-case hex digits. The kind is 1 to 32 of `a`–`z`; a kind that this
/// version does not know is kept and passed on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The kind, such as `organisation`.
    pub kind: String,
    /// Random: 8 bytes of SHA-256(device key) and 8 random ones. Derived: hash of kind and ends.
    pub id: [u8; 16],
}

impl RecordKey {
    /// A random id made by `device`; `random` is 8 fresh random bytes.
    pub fn random(kind: &str, device: &DeviceKey, random: [u8; 8]) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&Self::prefix_of(device));
        id[8..].copy_from_slice(&random);
        Self { kind: kind.to_owned(), id }
    }

    /// The id prefix under which only `device` may make records.
    pub fn prefix_of(device: &DeviceKey) -> [u8; 8] {
        let hash: [u8; 32] = Sha256::digest(device.0).into();
        let mut out = [0; 8];
        out.copy_from_slice(&hash[..8]);
        out
    }

    /// The derived id of a link between `ends` (for `sameas` the caller sorts them).
    pub fn derived(kind: &str, ends: &[&RecordKey]) -> Self {
        let texts: Vec<String> = ends.iter().map(|end| end.to_string()).collect();
        let parts: Vec<&[u8]> = std::iter::once(kind.as_bytes()).chain(texts.iter().map(|t| t.as_bytes())).collect();
        let hash = tagged_hash("comin/record/1", &parts);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self { kind: kind.to_owned(), id }
    }

    /// The record of the person that lies in `register`.
    pub fn person(register: &RegisterId) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&register.0[..16]);
        Self { kind: PERSON_KIND.to_owned(), id }
    }

    /// Reads `kind:hex`; `None` on any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        let named =
            (1..=crate::limits::KIND_BYTES_MAX).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_lowercase());
        let lower = !id.bytes().any(|b| b.is_ascii_uppercase());
        let id = from_hex(id)?;
        (named && lower).then(|| Self { kind: kind.to_owned(), id })
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, to_hex(&self.id))
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl serde::Serialize for RecordKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<C> Encode<C> for RecordKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for RecordKey {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(d.str()?).ok_or_else(|| minicbor::decode::Error::message("not a record key"))
    }
}
