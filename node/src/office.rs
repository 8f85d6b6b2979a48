//! The page for the whole office: the names under which this node is reached there, and the authority that vouches for
//! them. Browsers trust it once somebody has told them to; nobody outside has to be asked.
//!
//! # Shape
//! `office.json` in the data directory, mode 0600: `{"schema":1,"subject","names","root","key"}`, certificate and key of the
//! authority as PEM. The authority may sign for those names alone (X.509 name constraints), so that whoever steals its
//! key cannot pose as anything else to the browsers that trust it. The node's own certificate lives in memory: each
//! start makes a new one, and a node that runs on renews it.

use crate::datadir::{DataDir, DataDirError, write_secret};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The version of the file that this program writes.
const SCHEMA: u32 = 1;
/// The file.
const FILE: &str = "office.json";
/// Names of one node.
const NAMES_MAX: usize = 16;
/// How long the authority is valid: as long as an office keeps its machines, and some.
const ROOT_VALID: Duration = Duration::from_secs(3650 * DAY_S);
/// How long the node's certificate is valid: browsers refuse more than 398 days.
const LEAF_VALID: Duration = Duration::from_secs(390 * DAY_S);
/// A node that runs on takes a new certificate this often.
pub const RENEW_AFTER: Duration = Duration::from_secs(90 * DAY_S);
const DAY_S: u64 = 24 * 3600;
/// A name that exists nowhere (RFC 6761): without any permitted name of a type all of that type would be allowed.
const NOWHERE: &str = "nowhere.invalid";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    subject: String,
    names: Vec<String>,
    root: String,
    key: String,
}

/// This node's names in the office and the authority that vouches for them.
#[derive(Clone, Debug)]
pub struct Office {
    subject: String,
    names: Vec<String>,
    root: CertificateDer<'static>,
    root_pem: String,
    key: String,
}

/// Why there is no page for the office.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// No name at all, or too many.
    #[error("name 1 to {NAMES_MAX} host names or IP addresses under which the office reaches this node")]
    Count,
    /// What no browser can open.
    #[error("{0} is neither a host name nor an IP address")]
    Name(String),
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] DataDirError),
    /// The certificates could not be made.
    #[error("the certificate could not be made: {0}")]
    Certificate(String),
}

fn failed(error: impl std::fmt::Display) -> OfficeError {
    OfficeError::Certificate(error.to_string())
}

impl Office {
    /// Makes a new authority for these names, in the place of the one of before, which no browser may go on trusting.
    ///
    /// # Errors
    /// [`OfficeError`]; what was there stays.
    pub fn make(dir: &DataDir, names: &[String]) -> Result<Self, OfficeError> {
        let names: BTreeSet<String> = names.iter().map(|name| checked(name)).collect::<Result<_, _>>()?;
        if names.is_empty() || names.len() > NAMES_MAX {
            return Err(OfficeError::Count);
        }
        let names: Vec<String> = names.into_iter().collect();
        let key = KeyPair::generate().map_err(failed)?;
        let pem = key.serialize_pem();
        // Told apart from the one of before in a browser's list.
        let subject = format!("COM-IN office {} {}", names.first().map_or("", |name| name), today());
        let root = CertifiedIssuer::self_signed(root_params(&subject, &names), key).map_err(failed)?;
        let file = File { schema: SCHEMA, subject, names, root: root.pem(), key: pem };
        // INVARIANT: strings and a number have no value that JSON lacks.
        let text = serde_json::to_string_pretty(&file).unwrap_or_else(|_| unreachable!("an office is JSON"));
        write_secret(&dir.path().join(FILE), format!("{text}\n"))?;
        Self::from_file(dir, file).map_err(OfficeError::from)
    }

    /// The office that [`Office::make`] made; `None`: it has not.
    ///
    /// # Errors
    /// [`DataDirError`] where the file cannot be used, or others on this machine can read it.
    pub fn read(dir: &DataDir) -> Result<Option<Self>, DataDirError> {
        let Some(text) = dir.private_text(FILE)? else { return Ok(None) };
        let damaged = |what: String| DataDirError::Damaged { path: dir.path().join(FILE), what };
        let file: File = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(damaged(format!("version {} is not known here", file.schema)));
        }
        Self::from_file(dir, file).map(Some)
    }

    fn from_file(dir: &DataDir, file: File) -> Result<Self, DataDirError> {
        let damaged = |what: String| DataDirError::Damaged { path: dir.path().join(FILE), what };
        let root = CertificateDer::from_pem_slice(file.root.as_bytes()).map_err(|error| damaged(error.to_string()))?;
        Ok(Self { subject: file.subject, names: file.names, root, root_pem: file.root, key: file.key })
    }

    /// The names, as they stand in addresses.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The address of the page under each name.
    pub fn addresses(&self, port: u16) -> Vec<String> {
        self.hosts(port).into_iter().map(|host| format!("https://{host}")).collect()
    }

    /// What a browser sends as `Host`, under each name.
    pub fn hosts(&self, port: u16) -> Vec<String> {
        let of_port = |name: String| if port == 443 { name } else { format!("{name}:{port}") };
        self.bare_hosts().into_iter().map(of_port).collect()
    }

    /// The same without the port: behind a router that leads the usual one here.
    pub fn bare_hosts(&self) -> Vec<String> {
        let bare = |name: &String| if name.parse::<Ipv6Addr>().is_ok() { format!("[{name}]") } else { name.clone() };
        self.names.iter().map(bare).collect()
    }

    /// The authority's certificate, for browsers to trust.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// SHA-256 of the authority's certificate as browsers show it: pairs of hex digits with colons.
    pub fn fingerprint(&self) -> String {
        let pairs: Vec<String> = Sha256::digest(&self.root).iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// A fresh certificate for the names, ready to serve. TLS 1.3.
    ///
    /// # Errors
    /// [`OfficeError::Certificate`].
    pub fn server(&self) -> Result<ServerConfig, OfficeError> {
        let params = root_params(&self.subject, &self.names);
        let issuer = Issuer::from_params(&params, KeyPair::from_pem(&self.key).map_err(failed)?);
        let key = KeyPair::generate().map_err(failed)?;
        let mut leaf = CertificateParams::new(self.names.clone()).map_err(failed)?;
        valid(&mut leaf, LEAF_VALID);
        leaf.distinguished_name.push(DnType::CommonName, "COM-IN node");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf = leaf.signed_by(&key, &issuer).map_err(failed)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone(), self.root.clone()], key)
            .map_err(failed)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// A name as it stands in certificates and addresses.
fn checked(name: &str) -> Result<String, OfficeError> {
    let name = name.trim().trim_matches(['[', ']']).to_lowercase();
    if let Ok(ip) = name.parse::<IpAddr>() {
        return if ip.is_unspecified() { Err(OfficeError::Name(name)) } else { Ok(ip.to_string()) };
    }
    let is_label = |label: &str| {
        let inside = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (1..=63).contains(&label.len()) && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_number = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if name.len() <= 253 && name.split('.').all(is_label) && !is_number {
        Ok(name)
    } else {
        Err(OfficeError::Name(name))
    }
}

fn valid(params: &mut CertificateParams, span: Duration) {
    // Clocks of an office differ.
    params.not_before = (SystemTime::now() - Duration::from_secs(DAY_S)).into();
    params.not_after = (SystemTime::now() + span).into();
}

fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn root_params(subject: &str, names: &[String]) -> CertificateParams {
    let mut params = CertificateParams::default();
    valid(&mut params, ROOT_VALID);
    params.distinguished_name.push(DnType::CommonName, subject);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // For websites, and neither for mail nor for programs.
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(constraints(names));
    params
}

/// For the names alone. Of each type of name something is said, or all of that type would be allowed.
fn constraints(names: &[String]) -> NameConstraints {
    let addresses: Vec<IpAddr> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let hosts = names.iter().filter(|name| name.parse::<IpAddr>().is_err());
    let mut permitted: Vec<GeneralSubtree> = hosts.cloned().map(GeneralSubtree::DnsName).collect();
    if permitted.is_empty() {
        permitted.push(GeneralSubtree::DnsName(NOWHERE.to_owned()));
    }
    let whole = |ip: &IpAddr| if ip.is_ipv4() { 32 } else { 128 };
    permitted
        .extend(addresses.iter().map(|ip| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*ip, whole(ip)))));
    let mut excluded = Vec::new();
    if !addresses.iter().any(IpAddr::is_ipv4) {
        excluded.push(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::UNSPECIFIED.into(), 0)));
    }
    if !addresses.iter().any(IpAddr::is_ipv6) {
        excluded.push(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv6Addr::UNSPECIFIED.into(), 0)));
    }
    NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn an_office_is_read_as_it_was_made() {
        let (_temp, dir) = DataDir::temporary();
        assert!(Office::read(&dir).expect("reads").is_none(), "nothing was made yet");
        let made = Office::make(&dir, &names(&["Comin.Office.lan", "192.168.7.4", "fd00::1"])).expect("is made");
        let read = Office::read(&dir).expect("reads").expect("is there");
        assert_eq!((read.fingerprint(), read.names()), (made.fingerprint(), made.names()), "the same after a restart");
        let hosts = ["192.168.7.4:8443", "comin.office.lan:8443", "[fd00::1]:8443"];
        assert_eq!(read.hosts(8443), hosts, "as browsers write them");
        assert_eq!(read.hosts(443)[1], "comin.office.lan", "the usual port is left out");
        assert!(read.server().is_ok(), "it can be served");
        let again = Office::make(&dir, &names(&["comin.office.lan"])).expect("is made anew");
        assert_ne!(again.fingerprint(), made.fingerprint(), "another authority");
    }

    /// What a browser says that trusts `office` alone and opens `name` at a node that shows `served`.
    fn handshake(office: &Office, served: &Office, name: &str) -> Result<(), rustls::Error> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(office.root.clone()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let browser = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = name.to_owned().try_into().expect("a name");
        let mut browser = rustls::ClientConnection::new(Arc::new(browser), name)?;
        let mut node = rustls::ServerConnection::new(Arc::new(served.server().expect("is served")))?;
        for _ in 0..8 {
            let mut wire = Vec::new();
            while browser.wants_write() {
                browser.write_tls(&mut wire).expect("memory");
            }
            node.read_tls(&mut wire.as_slice()).expect("memory");
            node.process_new_packets()?;
            wire.clear();
            while node.wants_write() {
                node.write_tls(&mut wire).expect("memory");
            }
            browser.read_tls(&mut wire.as_slice()).expect("memory");
            browser.process_new_packets()?;
        }
        assert!(!browser.is_handshaking(), "it comes to an end");
        Ok(())
    }

    /// Refused for the name that the authority may not sign, and for nothing else.
    #[track_caller]
    fn assert_beyond(shaken: Result<(), rustls::Error>) {
        let said = format!("{shaken:?}");
        assert!(said.contains("NameConstraintViolation"), "it is not for the authority to say: {said}");
    }

    #[test]
    fn a_browser_trusts_the_names_and_no_others() {
        let (_temp, dir) = DataDir::temporary();
        let office = Office::make(&dir, &names(&["comin.office.lan", "192.168.7.4"])).expect("is made");
        for name in ["comin.office.lan", "192.168.7.4"] {
            assert_eq!(handshake(&office, &office, name), Ok(()), "{name} is this node");
        }
        assert!(handshake(&office, &office, "other.lan").is_err(), "another name is not");
        // Whoever steals the key signs for what he likes.
        for stolen in ["bank.example", "10.0.0.1", "office.lan", "fd00::1"] {
            let forged = Office { names: names(&[stolen]), ..office.clone() };
            assert_beyond(handshake(&office, &forged, stolen));
        }
        let hosts_only = Office::make(&dir, &names(&["comin.office.lan"])).expect("is made");
        for stolen in ["10.0.0.1", "fd00::1"] {
            let forged = Office { names: names(&[stolen]), ..hosts_only.clone() };
            assert_beyond(handshake(&hosts_only, &forged, stolen));
        }
        let addresses_only = Office::make(&dir, &names(&["192.168.7.4"])).expect("is made");
        let forged = Office { names: names(&["bank.example"]), ..addresses_only.clone() };
        assert_beyond(handshake(&addresses_only, &forged, "bank.example"));
        let other = Office::make(&dir, &names(&["comin.office.lan"])).expect("is made");
        assert!(handshake(&office, &other, "comin.office.lan").is_err(), "another authority is not the office's");
    }

    #[test]
    fn what_no_browser_opens_is_no_name() {
        let (_temp, dir) = DataDir::temporary();
        for bad in ["", "a b", "-x.lan", "x..lan", "0.0.0.0", "::", "300.1.1.1", "https://x", "x:8443", "čoš.lan"] {
            assert!(Office::make(&dir, &names(&[bad])).is_err(), "{bad:?} is refused");
        }
        assert!(matches!(Office::make(&dir, &[]), Err(OfficeError::Count)), "no name at all");
        assert!(Office::read(&dir).expect("reads").is_none(), "and nothing was written");
    }
}
