//! Statements: signed, immutable facts outside documents.
//!
//! A statement travels as its exact body bytes and the signatures over them, so that what was signed is
//! what is checked, whatever a later version thinks the body means.

use crate::identity::{DeviceSigner, PartnerSigner, verify};
use crate::ids::{ActorId, ChangeHash, DocId};
use crate::ids::{DeviceKey, FederationId, PartnerId, PartnerKey, RegisterId, StatementId, tagged_hash};
use crate::limits;
use crate::run::Run;
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};

/// What a device may do for its partner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Rights(#[n(0)] pub u8);

impl Rights {
    /// Write records.
    pub const EDIT: Self = Self(1);
    /// Make tickets and confirm check numbers.
    pub const INVITE: Self = Self(2);
    /// Sign for the partner as a steward.
    pub const STEWARD: Self = Self(4);
    /// Certify and revoke devices.
    pub const ADMIN: Self = Self(8);
    /// Everything: the first device.
    pub const ALL: Self = Self(15);

    /// Whether every right in `other` is held.
    pub fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// For each document that a decision names: the last sequence that stays of each actor of those who may write no more
/// ([`crate::bars`]).
pub type Stays = BTreeMap<DocId, BTreeMap<ActorId, u64>>;

/// Who may write a shared register.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Writers {
    /// Every partner of the federation.
    #[n(0)]
    All,
    /// The partners named.
    #[n(1)]
    Partners(#[n(0)] BTreeSet<PartnerId>),
}

impl Writers {
    /// Those of either.
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Partners(one), Self::Partners(two)) => Self::Partners(one.union(two).copied().collect()),
            _ => Self::All,
        }
    }

    /// Whether `partner` is among them.
    pub fn include(&self, partner: &PartnerId) -> bool {
        match self {
            Self::All => true,
            Self::Partners(partners) => partners.contains(partner),
        }
    }
}

/// One branch of a divergence: the changes from the first that differs up to a run.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Branch {
    /// The run that covers the branch's last change.
    #[n(0)]
    pub run: Run,
    /// The raw changes, from the first that differs to the run's.
    #[n(1)]
    pub changes: Vec<minicbor::bytes::ByteVec>,
}

/// A statement that waits for signatures, with the one of the device that keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Draft {
    /// The CBOR of a [`Statement`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The device's signature over it, as on the statement itself.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl Draft {
    /// The id of the statement that it is going to be.
    pub fn id(&self) -> StatementId {
        StatementId(message(&self.body))
    }

    /// What it says; `None` for a kind that this version does not know.
    pub fn statement(&self) -> Option<Statement> {
        crate::codec::from_cbor(&self.body).ok()
    }
}

/// What is stated. New kinds get new numbers; a number never changes its meaning.
///
/// # Source
/// WIRE.md, "Statements".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[expect(clippy::large_enum_variant, reason = "statements are few, and boxes would make every match clumsier")]
pub enum Statement {
    /// A partner key certifies a device. Signed by the partner key, and by the device, so that nobody can
    /// certify a machine that is not his (the roster prefers countersigned certificates).
    #[n(0)]
    Certificate {
        /// The partner whose device it is.
        #[n(0)]
        partner: PartnerId,
        /// The partner key that signs.
        #[n(1)]
        partner_key: PartnerKey,
        /// The device.
        #[n(2)]
        device: DeviceKey,
        /// What the device may do.
        #[n(3)]
        rights: Rights,
        /// The partner's name as it gave it.
        #[n(4)]
        partner_name: String,
        /// ISO 3166-1 alpha-2.
        #[n(5)]
        country: String,
        /// The device's name for people.
        #[n(6)]
        device_name: String,
    },
    /// A federation is founded with one steward. Signed by a device of the founder with the steward right.
    #[n(1)]
    Founding {
        /// Its name.
        #[n(0)]
        name: String,
        /// The first steward.
        #[n(1)]
        founder: PartnerId,
        /// The founder's partner key.
        #[n(2)]
        founder_key: PartnerKey,
        /// Makes two federations of the same name and founder differ.
        #[cbor(n(3), with = "minicbor::bytes")]
        nonce: [u8; 16],
    },
    /// A partner is admitted. Signed by a strict majority of the stewards of `position`.
    #[n(2)]
    Admission {
        /// The federation.
        #[n(0)]
        federation: FederationId,
        /// The chain position (founding or steward statement) whose stewards sign.
        #[n(1)]
        position: StatementId,
        /// Who is admitted.
        #[n(2)]
        partner: PartnerId,
        /// Its key at admission.
        #[n(3)]
        partner_key: PartnerKey,
        /// Its name.
        #[n(4)]
        name: String,
        /// ISO 3166-1 alpha-2.
        #[n(5)]
        country: String,
    },
    /// A shared register is created. Signed like an admission.
    #[n(3)]
    SharedRegister {
        /// The federation.
        #[n(0)]
        federation: FederationId,
        /// The chain position whose stewards sign.
        #[n(1)]
        position: StatementId,
        /// Its name.
        #[n(2)]
        name: String,
        /// Its first writers.
        #[n(3)]
        writers: Writers,
        /// Makes two registers of one name differ.
        #[cbor(n(4), with = "minicbor::bytes")]
        nonce: [u8; 16],
    },
    /// The writers of a register, numbered; the highest number counts, of equal numbers the greater id.
    /// Shared register: signed like an admission. Partner register: by an admin device of the owner.
    #[n(4)]
    RegisterWriters {
        /// The register.
        #[n(0)]
        register: RegisterId,
        /// Counts up.
        #[n(1)]
        number: u64,
        /// The writers from now on (of a partner register: besides the owner).
        #[n(2)]
        writers: Writers,
        /// What stays of those who write no more.
        #[cbor(n(3), default)]
        stays: Stays,
        /// Of a shared register: the federation whose stewards decide. Without it the statement counts in whichever has
        /// the register.
        #[n(4)]
        federation: Option<FederationId>,
    },
    /// Where a device listens, numbered; the highest number counts and replaces the others. Signed by it.
    #[n(5)]
    Addresses {
        /// The device.
        #[n(0)]
        device: DeviceKey,
        /// Counts up.
        #[n(1)]
        number: u64,
        /// Multiaddresses.
        #[n(2)]
        addresses: Vec<String>,
    },
    /// Two run-valid branches of one actor. Carries its own proof and needs no signature.
    #[n(6)]
    Divergence {
        /// The document.
        #[n(0)]
        doc: DocId,
        /// First sequence at which the branches differ.
        #[n(1)]
        seq: u64,
        /// Hash of the change at `seq - 1`, which both have; `None` where `seq` is 1.
        #[n(2)]
        base: Option<ChangeHash>,
        /// The branch whose run hash is less.
        #[n(3)]
        left: Branch,
        /// The other branch.
        #[n(4)]
        right: Branch,
    },
    /// The stewards from now on: the next position of the chain. Signed by a strict majority of the stewards
    /// of the position before.
    #[n(7)]
    Stewards {
        /// The federation.
        #[n(0)]
        federation: FederationId,
        /// The position whose stewards sign.
        #[n(1)]
        predecessor: StatementId,
        /// Counts up from 1; a steward signs a higher one once the lower ones cannot get a majority any more.
        #[n(2)]
        round: u64,
        /// Each steward with the partner key whose devices sign for it: 1, 3, 5, 7 or 9.
        #[n(3)]
        stewards: BTreeMap<PartnerId, PartnerKey>,
        /// The statements of earlier stewards that stay in force without being signed again.
        #[n(4)]
        kept: BTreeSet<StatementId>,
    },
    /// A partner is removed for ever. Signed like an admission.
    #[n(8)]
    Removal {
        /// The federation.
        #[n(0)]
        federation: FederationId,
        /// The chain position whose stewards sign.
        #[n(1)]
        position: StatementId,
        /// Who is removed.
        #[n(2)]
        partner: PartnerId,
        /// What stays of what it has written.
        #[n(3)]
        stays: Stays,
    },
    /// A partner's key is replaced; what the old one certifies counts no more. Signed like an admission.
    #[n(9)]
    Rekeying {
        /// The federation.
        #[n(0)]
        federation: FederationId,
        /// The chain position whose stewards sign.
        #[n(1)]
        position: StatementId,
        /// Whose key it is.
        #[n(2)]
        partner: PartnerId,
        /// The key that goes.
        #[n(3)]
        old: PartnerKey,
        /// The key that takes its place.
        #[n(4)]
        new: PartnerKey,
        /// What stays of what devices have written that only the old key certifies.
        #[cbor(n(5), default)]
        stays: Stays,
    },
    /// The statements that a device has signed and that wait for others, numbered; the highest number counts
    /// and replaces the others. Signed by the device.
    #[n(10)]
    Drafts {
        /// The device.
        #[n(0)]
        device: DeviceKey,
        /// Counts up.
        #[n(1)]
        number: u64,
        /// What it has signed.
        #[n(2)]
        drafts: Vec<Draft>,
        /// What it will not sign.
        #[n(3)]
        refused: BTreeSet<StatementId>,
    },
    /// A device counts no more among those that a partner key has certified. Signed by that key, or by another device
    /// that it has certified with the admin right. The key outranks devices: what a device says that the key has revoked
    /// counts no more, so that of two that revoke each other the key can give one back.
    #[n(11)]
    Revocation {
        /// Whose device it is.
        #[n(0)]
        partner: PartnerId,
        /// The partner key under which it is revoked.
        #[n(1)]
        partner_key: PartnerKey,
        /// The device.
        #[n(2)]
        device: DeviceKey,
        /// What stays of what it has written.
        #[n(3)]
        stays: Stays,
        /// The statements that it has signed and that stay signed by it.
        #[n(4)]
        signed: BTreeSet<StatementId>,
    },
    /// Who reads a person, numbered; the highest number counts, of equal numbers the greater id. Controller and
    /// nonce give the document's id, so nobody else can speak of it. Signed by a device of the controller with the
    /// edit right.
    #[n(15)]
    PersonScope {
        /// The partner that is answerable for the data; its devices write the document, and read it always.
        #[n(0)]
        controller: PartnerId,
        /// Makes two persons of one controller differ.
        #[cbor(n(1), with = "minicbor::bytes")]
        nonce: [u8; 16],
        /// Counts up from 1.
        #[n(2)]
        number: u64,
        /// Who reads it besides the controller.
        #[n(3)]
        readers: Writers,
    },
    /// A person is erased everywhere and for ever. Signed by a device with the edit right of the controller, or of
    /// a partner that reads or has read the person: those who agree sign the same body.
    #[n(16)]
    Erasure {
        /// As in the scope.
        #[n(0)]
        controller: PartnerId,
        /// As in the scope.
        #[cbor(n(1), with = "minicbor::bytes")]
        nonce: [u8; 16],
        /// Why: see [`crate::persons::Reason`]; a number that the reader does not know erases all the same.
        #[n(2)]
        reason: u8,
    },
    /// The persons that a device has erased and will never take again, numbered; the highest number counts and
    /// replaces the others. Signed by the device.
    #[n(17)]
    ErasureReceipts {
        /// The device.
        #[n(0)]
        device: DeviceKey,
        /// Counts up.
        #[n(1)]
        number: u64,
        /// The registers of the persons.
        #[n(2)]
        persons: BTreeSet<RegisterId>,
    },
    /// A machine of a partner certifies a further one. Signed by the machine that certifies, which needs the admin right,
    /// and by the new one, so that nobody can certify a machine that is not his. It counts as long as the signature of
    /// the machine that certifies does (a revocation by the partner key says which of those stay).
    #[n(19)]
    DeviceCertificate {
        /// The partner whose device it is.
        #[n(0)]
        partner: PartnerId,
        /// The partner key in force, which has certified the machine that certifies, or one that has certified that.
        #[n(1)]
        partner_key: PartnerKey,
        /// The machine that certifies.
        #[n(2)]
        by: DeviceKey,
        /// The new machine.
        #[n(3)]
        device: DeviceKey,
        /// What the new one may do; never more than the one that certifies.
        #[n(4)]
        rights: Rights,
        /// The partner's name.
        #[n(5)]
        partner_name: String,
        /// ISO 3166-1 alpha-2.
        #[n(6)]
        country: String,
        /// The device's name for people.
        #[n(7)]
        device_name: String,
    },
    /// A federation is founded that carries over what stands of another one, whose stewards are no majority any more for
    /// ever. Signed by a device of the founder with the steward right. Nobody is in it who does not say so: each node
    /// of the other federation stays there until its people decide ([`crate::roster::CarriedOver`]).
    #[n(18)]
    CarryOver {
        /// Its name.
        #[n(0)]
        name: String,
        /// The first steward, a partner of the other federation.
        #[n(1)]
        founder: PartnerId,
        /// The founder's partner key in force.
        #[n(2)]
        founder_key: PartnerKey,
        /// Makes two of the same name and founder differ.
        #[cbor(n(3), with = "minicbor::bytes")]
        nonce: [u8; 16],
        /// The federation that it carries over.
        #[n(4)]
        predecessor: FederationId,
        /// The statements of that one, its founding included, that stay in force without being signed again.
        #[n(5)]
        kept: BTreeSet<StatementId>,
    },
}

/// A key's signature over a statement's body.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct KeySignature {
    /// A device key or a partner key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// ed25519 over `SHA-256` of domain tag and body.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// A statement as it travels: exact body and signatures, nothing checked yet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct SignedStatement {
    /// The CBOR of a [`Statement`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Signatures, sorted by key.
    #[n(1)]
    pub signatures: Vec<KeySignature>,
}

/// A statement whose signatures are good; whether its signers had the right to make it, the roster says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedStatement {
    /// Hash of the body.
    pub id: StatementId,
    /// What it says; `None` for a kind that this version does not know, which is kept and passed on.
    pub statement: Option<Statement>,
    /// The keys whose signatures are good.
    pub signers: BTreeSet<[u8; 32]>,
    /// As it travels.
    pub signed: SignedStatement,
}

/// Why a statement was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StatementError {
    /// Longer than the limit.
    #[error("statement exceeds the size limit")]
    TooLarge,
    /// A signature does not verify.
    #[error("statement carries a bad signature")]
    BadSignature,
    /// The signature without which a statement of this kind says nothing is missing.
    #[error("statement lacks the signature of {0}")]
    Unsigned(&'static str),
    /// A name, country code or address list beyond its bound.
    #[error("statement exceeds the limit of {0}")]
    Limit(&'static str),
    /// A draft is not signed by its device, or is of a kind that stewards do not decide.
    #[error("statement carries a draft that is not good")]
    BadDraft,
    /// The proof of a divergence does not hold.
    #[error("divergence is not proven")]
    BadProof,
}

impl Statement {
    /// The one word for its kind, for logs and diagnosis.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Certificate { .. } => "certificate",
            Self::Founding { .. } => "founding",
            Self::Admission { .. } => "admission",
            Self::SharedRegister { .. } => "shared-register",
            Self::RegisterWriters { .. } => "register-writers",
            Self::Addresses { .. } => "addresses",
            Self::Divergence { .. } => "divergence",
            Self::Stewards { .. } => "stewards",
            Self::Removal { .. } => "removal",
            Self::Rekeying { .. } => "rekeying",
            Self::Drafts { .. } => "drafts",
            Self::Revocation { .. } => "revocation",
            Self::PersonScope { .. } => "person-scope",
            Self::Erasure { .. } => "erasure",
            Self::ErasureReceipts { .. } => "erasure-receipts",
            Self::CarryOver { .. } => "carry-over",
            Self::DeviceCertificate { .. } => "device-certificate",
        }
    }

    /// Whether stewards decide on statements of its kind.
    pub fn is_decided_by_stewards(&self) -> bool {
        match self {
            Self::Admission { .. }
            | Self::SharedRegister { .. }
            | Self::RegisterWriters { .. }
            | Self::Stewards { .. }
            | Self::Removal { .. }
            | Self::Rekeying { .. } => true,
            Self::Certificate { .. }
            | Self::Founding { .. }
            | Self::Addresses { .. }
            | Self::Divergence { .. }
            | Self::Drafts { .. }
            | Self::Revocation { .. }
            | Self::PersonScope { .. }
            | Self::Erasure { .. }
            | Self::ErasureReceipts { .. }
            | Self::CarryOver { .. }
            | Self::DeviceCertificate { .. } => false,
        }
    }

    /// Whether the roster asks who has signed it: then a revocation says whether its device's signature stays.
    pub fn counts_by_its_signers(&self) -> bool {
        self.is_decided_by_stewards() || matches!(self, Self::PersonScope { .. } | Self::DeviceCertificate { .. })
    }

    /// The device that it certifies, and whose it is.
    pub fn certifies(&self) -> Option<(PartnerId, DeviceKey)> {
        match self {
            Self::Certificate { partner, device, .. } | Self::DeviceCertificate { partner, device, .. } => {
                Some((*partner, *device))
            }
            _ => None,
        }
    }

    /// The federation that it names.
    pub fn federation(&self) -> Option<FederationId> {
        match self {
            Self::Admission { federation, .. }
            | Self::SharedRegister { federation, .. }
            | Self::Stewards { federation, .. }
            | Self::Removal { federation, .. }
            | Self::Rekeying { federation, .. } => Some(*federation),
            Self::RegisterWriters { federation, .. } => *federation,
            _ => None,
        }
    }

    fn check_bounds(&self) -> Result<(), StatementError> {
        let named = |names: &[&String]| match names.iter().all(|name| is_name(name)) {
            true => Ok(()),
            false => Err(StatementError::Limit("name")),
        };
        let located = |country: &str| match is_country(country) {
            true => Ok(()),
            false => Err(StatementError::Limit("country code")),
        };
        match self {
            Self::Certificate { partner_name, country, device_name, .. }
            | Self::DeviceCertificate { partner_name, country, device_name, .. } => {
                named(&[partner_name, device_name]).and_then(|()| located(country))
            }
            Self::Admission { name, country, .. } => named(&[name]).and_then(|()| located(country)),
            Self::Founding { name, .. } | Self::SharedRegister { name, .. } | Self::CarryOver { name, .. } => {
                named(&[name])
            }
            Self::Addresses { addresses, .. } => {
                let short = addresses.iter().all(|address| address.len() <= limits::ADDRESS_BYTES_MAX);
                match short && addresses.len() <= limits::ADDRESSES_MAX {
                    true => Ok(()),
                    false => Err(StatementError::Limit("addresses")),
                }
            }
            Self::Stewards { stewards, round, .. } => match is_steward_count(stewards.len()) && *round > 0 {
                true => Ok(()),
                false => Err(StatementError::Limit("stewards")),
            },
            Self::Drafts { drafts, refused, .. } => {
                let bytes: usize = drafts.iter().map(|draft| draft.body.len()).sum();
                let few = drafts.len() <= limits::DRAFTS_MAX && refused.len() <= limits::DRAFTS_REFUSED_MAX;
                match few && bytes <= limits::DRAFTS_BYTES_MAX {
                    true => Ok(()),
                    false => Err(StatementError::Limit("drafts")),
                }
            }
            Self::ErasureReceipts { persons, .. } => match persons.len() <= limits::RECEIPTS_MAX {
                true => Ok(()),
                false => Err(StatementError::Limit("receipts")),
            },
            Self::RegisterWriters { stays, .. }
            | Self::Removal { stays, .. }
            | Self::Rekeying { stays, .. }
            | Self::Revocation { stays, .. } => {
                match stays.values().map(BTreeMap::len).sum::<usize>() <= limits::STAYS_ACTORS_MAX {
                    true => Ok(()),
                    false => Err(StatementError::Limit("actors whose changes stay")),
                }
            }
            Self::Divergence { .. } | Self::PersonScope { .. } | Self::Erasure { .. } => Ok(()),
        }
    }

    /// Whether every draft is signed by the device that keeps it and could be a statement.
    fn check_drafts(&self) -> Result<(), StatementError> {
        let Self::Drafts { device, drafts, .. } = self else { return Ok(()) };
        for draft in drafts {
            let statement = draft.statement();
            let decided = statement.as_ref().is_none_or(Self::is_decided_by_stewards);
            if !decided || !verify(&device.0, &message(&draft.body), &draft.signature) {
                return Err(StatementError::BadDraft);
            }
            statement.map_or(Ok(()), |statement| statement.check_bounds())?;
        }
        Ok(())
    }

    /// The keys whose signatures can matter; `None` where the roster decides that.
    fn keys_that_matter(&self) -> Option<Vec<[u8; 32]>> {
        match self {
            Self::Certificate { partner_key, device, .. } => Some(vec![partner_key.0, device.0]),
            Self::DeviceCertificate { by, device, .. } => Some(vec![by.0, device.0]),
            Self::Addresses { device, .. } | Self::Drafts { device, .. } | Self::ErasureReceipts { device, .. } => {
                Some(vec![device.0])
            }
            Self::Divergence { .. } => Some(Vec::new()),
            _ => None,
        }
    }

    fn check_signed(&self, signatures: &[KeySignature]) -> Result<(), StatementError> {
        let signed_by = |key: &[u8; 32]| signatures.iter().any(|s| s.key == *key);
        let (good, whose) = match self {
            Self::Certificate { partner_key, .. } => (signed_by(&partner_key.0), "the partner key"),
            Self::DeviceCertificate { by, .. } => (signed_by(&by.0), "the machine that certifies"),
            Self::Addresses { device, .. } | Self::Drafts { device, .. } | Self::ErasureReceipts { device, .. } => {
                (signed_by(&device.0), "the device")
            }
            Self::Divergence { .. } => (true, ""),
            _ => (!signatures.is_empty(), "anyone"),
        };
        if good { Ok(()) } else { Err(StatementError::Unsigned(whose)) }
    }
}

/// Whether a federation can have so many stewards: odd, since one more needs one more signature and lets no
/// more of them be absent.
pub fn is_steward_count(count: usize) -> bool {
    count % 2 == 1 && count <= limits::STEWARDS_MAX
}

/// Whether a text can be the name of a partner, device, register or federation: 1 to
/// [`limits::NAME_BYTES_MAX`] bytes, not blank, without control characters, which terminals would obey, and
/// without the invisible ones that change the order of reading, so that a name looks like what it is.
pub fn is_name(text: &str) -> bool {
    let reorders = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.len() <= limits::NAME_BYTES_MAX
        && !text.trim().is_empty()
        && !text.chars().any(|c| c.is_control() || reorders(c))
}

/// Whether a text has the form of an ISO 3166-1 alpha-2 code.
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn message(body: &[u8]) -> [u8; 32] {
    tagged_hash("comin/statement/1", &[body])
}

impl SignedStatement {
    /// A statement without signatures yet.
    pub fn unsigned(statement: &Statement) -> Self {
        Self { body: crate::codec::to_cbor(statement), signatures: Vec::new() }
    }

    /// A device's certificate, signed by its partner's key and by the device itself.
    pub fn certificate(
        partner: &PartnerSigner,
        device: &DeviceSigner,
        rights: Rights,
        partner_name: &str,
        country: &str,
        device_name: &str,
    ) -> Self {
        let id = PartnerId::from_first_key(&partner.key());
        Self::certificate_of(id, partner, device, rights, (partner_name, country, device_name))
    }

    /// A device's certificate by any key of the partner `id`; names: partner, country, device.
    pub fn certificate_of(
        id: PartnerId,
        partner: &PartnerSigner,
        device: &DeviceSigner,
        rights: Rights,
        (partner_name, country, device_name): (&str, &str, &str),
    ) -> Self {
        let statement = Statement::Certificate {
            partner: id,
            partner_key: partner.key(),
            device: device.key(),
            rights,
            partner_name: partner_name.to_owned(),
            country: country.to_owned(),
            device_name: device_name.to_owned(),
        };
        Self::unsigned(&statement).sign_partner(partner).sign_device(device)
    }

    /// Its id.
    pub fn id(&self) -> StatementId {
        StatementId(message(&self.body))
    }

    /// The document of which it carries changes: that of a proven divergence.
    pub fn proves_about(&self) -> Option<DocId> {
        match crate::codec::from_cbor(&self.body) {
            Ok(Statement::Divergence { doc, .. }) => Some(doc),
            _ => None,
        }
    }

    /// Adds a device's signature.
    pub fn sign_device(mut self, signer: &DeviceSigner) -> Self {
        self.add(KeySignature { key: signer.key().0, signature: signer.sign(&message(&self.body)) });
        self
    }

    /// Adds a partner key's signature.
    pub fn sign_partner(mut self, signer: &PartnerSigner) -> Self {
        self.add(KeySignature { key: signer.key().0, signature: signer.sign(&message(&self.body)) });
        self
    }

    /// Adds a signature, in place of another one by the same key.
    pub(crate) fn add(&mut self, signature: KeySignature) {
        self.signatures.retain(|other| other.key != signature.key);
        self.signatures.push(signature);
        self.signatures.sort_by_key(|s| s.key);
    }

    /// Checks sizes, every signature, and what a statement of its kind must carry whoever reads it.
    /// Signatures that cannot matter to its kind are dropped, so that nobody can make copies differ by them.
    ///
    /// # Errors
    /// [`StatementError`]; the sender is at fault and the statement is dropped.
    pub fn verify(mut self) -> Result<VerifiedStatement, StatementError> {
        let max = match crate::codec::from_cbor(&self.body) {
            Ok(Statement::Divergence { .. }) => limits::DIVERGENCE_BYTES_MAX,
            _ => limits::STATEMENT_BYTES_MAX,
        };
        if self.body.len() > max || self.signatures.len() > limits::SIGNATURES_MAX {
            return Err(StatementError::TooLarge);
        }
        let message = message(&self.body);
        if !self.signatures.iter().all(|s| verify(&s.key, &message, &s.signature)) {
            return Err(StatementError::BadSignature);
        }
        self.signatures.sort_by_key(|s| s.key);
        self.signatures.dedup_by_key(|s| s.key);
        if let Ok(statement) = crate::codec::from_cbor::<Statement>(&self.body) {
            statement.check_bounds()?;
            if let Some(keys) = statement.keys_that_matter() {
                self.signatures.retain(|s| keys.contains(&s.key));
            }
            statement.check_signed(&self.signatures)?;
            statement.check_drafts()?;
            if matches!(statement, Statement::Divergence { .. }) {
                crate::divergence::verify(&statement)?;
            }
        }
        Ok(self.trusted())
    }

    /// Takes a statement from the node's own store, where only verified ones are written.
    pub fn trusted(self) -> VerifiedStatement {
        VerifiedStatement {
            id: self.id(),
            statement: crate::codec::from_cbor(&self.body).ok(),
            signers: self.signatures.iter().map(|s| s.key).collect(),
            signed: self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_they_look_like() {
        for good in ["Zavod Most", "Associazione \"Il Ponte\" – ODV", "Čebelica", "Fédération d’entraide"] {
            assert!(is_name(good), "{good:?} is a name");
        }
        for bad in ["", "  ", "two\nlines", "\u{1b}[31mred", "most\u{202e}tnop", &"x".repeat(201)] {
            assert!(!is_name(bad), "{bad:?} is none");
        }
        assert!(is_country("SI") && !is_country("si") && !is_country("SVN"), "a country is two capital letters");
    }

    #[test]
    fn statements_beyond_their_bounds_are_refused() {
        let device = DeviceSigner::from_secret(&[1; 32]);
        let listen = |addresses: Vec<String>| {
            let statement = Statement::Addresses { device: device.key(), number: 1, addresses };
            SignedStatement::unsigned(&statement).sign_device(&device).verify().err()
        };
        assert_eq!(listen(vec!["/ip4/192.0.2.1".into(); limits::ADDRESSES_MAX]), None, "as many as allowed");
        let limit = Some(StatementError::Limit("addresses"));
        assert_eq!(listen(vec!["/ip4/192.0.2.1".into(); limits::ADDRESSES_MAX + 1]), limit, "one too many");
        assert_eq!(listen(vec!["x".repeat(limits::ADDRESS_BYTES_MAX + 1)]), limit, "one too long");
        let large = SignedStatement { body: vec![0; limits::STATEMENT_BYTES_MAX + 1], signatures: vec![] };
        assert_eq!(large.verify().err(), Some(StatementError::TooLarge), "a body beyond the bound");
    }

    #[test]
    fn signatures_are_checked_and_those_that_cannot_matter_go() {
        let (device, other) = (DeviceSigner::from_secret(&[1; 32]), DeviceSigner::from_secret(&[2; 32]));
        let statement = Statement::Addresses { device: device.key(), number: 1, addresses: vec![] };
        let unsigned = SignedStatement::unsigned(&statement);
        let foreign = unsigned.clone().sign_device(&other).verify().err();
        assert_eq!(foreign, Some(StatementError::Unsigned("the device")), "another device cannot move this one");
        let mut both = unsigned.sign_device(&device).sign_device(&other);
        let verified = both.clone().verify().expect("the device has signed");
        assert_eq!(verified.signers, BTreeSet::from([device.key().0]), "the stranger's signature is dropped");
        both.signatures[0].signature[5] ^= 1;
        assert_eq!(both.verify().err(), Some(StatementError::BadSignature), "a bad signature is the sender's fault");
    }
}
