//! The node's configuration: `node.toml`, every key with its default.
//!
//! `configs/node.toml` is the same table for people, with unit and reason beside each key; a test holds the
//! two together.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The port on which other nodes reach this one.
pub const P2P_PORT: u16 = 8471;
/// The usual port of the page for the office.
pub const OFFICE_PORT: u16 = 8443;
/// The loopback port of page and API.
pub const PAGE_PORT: u16 = 8470;

/// Every key of the file as (table, key). Anything else is refused.
const KEYS: &[(&str, &str)] = &[
    ("node", "language"),
    ("node", "log"),
    ("listen", "p2p"),
    ("listen", "external"),
    ("listen", "page"),
    ("listen", "office"),
    ("listen", "mdns"),
    ("peers", "contacts"),
    ("backup", "dir"),
    ("backup", "every_hours"),
    ("backup", "keep"),
];

/// The file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// About the node itself.
    pub node: NodeSection,
    /// Where it listens.
    pub listen: ListenSection,
    /// Where others are.
    pub peers: PeersSection,
    /// Backups of its own.
    pub backup: BackupSection,
}

/// `[node]`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeSection {
    /// BCP 47 code of the language in which pages and labels are shown where nobody chooses one. Empty: the
    /// language given to `comin init`.
    pub language: String,
    /// The least important messages that are logged.
    pub log: LogLevel,
}

/// `[listen]`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListenSection {
    /// Where other nodes reach this one: IP address and TCP port; port 0 takes any free one.
    pub p2p: Vec<SocketAddr>,
    /// Under which addresses the node can be reached from outside, if a router forwards a port to it.
    pub external: Vec<SocketAddr>,
    /// Page and API. Loopback only.
    pub page: SocketAddr,
    /// Page and API for the users of the office, over TLS; empty: for nobody. All with the same port.
    pub office: Vec<SocketAddr>,
    /// Find nodes on the local network by multicast DNS.
    pub mdns: bool,
}

/// `[peers]`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PeersSection {
    /// Addresses of partners given by hand, tried besides those that the nodes tell each other.
    pub contacts: Vec<SocketAddr>,
}

/// `[backup]`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackupSection {
    /// The directory into which the node writes backups of itself; empty: it writes none.
    pub dir: String,
    /// How often, in hours.
    pub every_hours: u64,
    /// How many are kept.
    pub keep: usize,
}

impl BackupSection {
    /// The directory, if there is one.
    pub fn place(&self) -> Option<PathBuf> {
        Some(PathBuf::from(&self.dir)).filter(|dir| !dir.as_os_str().is_empty())
    }
}

impl Default for BackupSection {
    fn default() -> Self {
        Self { dir: String::new(), every_hours: 24, keep: 7 }
    }
}

/// How much is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Only what stops the node.
    Error,
    /// What should not happen and does not stop it.
    Warn,
    /// What IT staff act on.
    #[default]
    Info,
    /// The protocol's steps.
    Debug,
    /// Sizes and single frames.
    Trace,
}

impl Default for NodeSection {
    fn default() -> Self {
        Self { language: String::new(), log: LogLevel::Info }
    }
}

impl Default for ListenSection {
    fn default() -> Self {
        Self {
            p2p: vec![SocketAddr::from(([0, 0, 0, 0], P2P_PORT))],
            external: Vec::new(),
            page: SocketAddr::from(([127, 0, 0, 1], PAGE_PORT)),
            office: Vec::new(),
            mdns: true,
        }
    }
}

/// Why the configuration cannot be used. Nothing has been started.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named by `--config` cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is not TOML, or a value has the wrong type.
    #[error("{text}")]
    Syntax {
        /// Line, column and what was expected.
        text: String,
    },
    /// A key that does not exist.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key with its table.
        key: String,
        /// The existing key that is most like it.
        nearest: String,
    },
    /// A value that can be read and not used.
    #[error("`{key}`: {reason}")]
    Value {
        /// The key with its table.
        key: &'static str,
        /// What is wrong.
        reason: String,
        /// What to write there.
        hint: String,
    },
}

impl ConfigError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => "name a readable file with `--config FILE`".to_owned(),
            Self::Syntax { .. } => "correct that line, then: comin config check".to_owned(),
            Self::UnknownKey { nearest, .. } => format!("did you mean `{nearest}`?"),
            Self::Value { hint, .. } => hint.clone(),
        }
    }
}

impl Config {
    /// Reads a file; `None` where it does not exist.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Option<Self>, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map(Some),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
        }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let syntax = |error: toml::de::Error| ConfigError::Syntax { text: error.to_string().trim_end().to_owned() };
        let table: toml::Table = text.parse().map_err(syntax)?;
        check_keys(&table)?;
        let config: Self = toml::from_str(text).map_err(syntax)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if !self.listen.page.ip().is_loopback() {
            return Err(ConfigError::Value {
                key: "listen.page",
                reason: format!(
                    "{} is not a loopback address; others in the office come by `listen.office`, with users and TLS",
                    self.listen.page
                ),
                hint: format!(
                    "write page = \"127.0.0.1:{PAGE_PORT}\"; from elsewhere use `ssh -L {PAGE_PORT}:127.0.0.1:{PAGE_PORT}`"
                ),
            });
        }
        if self.listen.p2p.is_empty() {
            return Err(ConfigError::Value {
                key: "listen.p2p",
                reason: "no address to listen on".to_owned(),
                hint: format!("write p2p = [\"0.0.0.0:{P2P_PORT}\"]; to work alone use `comin sync pause`"),
            });
        }
        let ports = self.listen.office.iter().map(SocketAddr::port);
        if ports.collect::<std::collections::BTreeSet<_>>().len() > 1 {
            return Err(ConfigError::Value {
                key: "listen.office",
                reason: "the addresses have different ports".to_owned(),
                hint: format!(
                    "write office = [\"192.168.1.10:{OFFICE_PORT}\"], with the address that the office reaches"
                ),
            });
        }
        self.check_backup()?;
        let unusable = |address: &&SocketAddr| address.ip().is_unspecified() || address.port() == 0;
        if self.listen.office.iter().any(|address| address.port() == 0) {
            return Err(ConfigError::Value {
                key: "listen.office",
                reason: "port 0 is another one with each start, and no name leads there".to_owned(),
                hint: format!(
                    "write office = [\"192.168.1.10:{OFFICE_PORT}\"], with the address that the office reaches"
                ),
            });
        }
        let places = [("listen.external", &self.listen.external), ("peers.contacts", &self.peers.contacts)];
        let first = places.iter().find_map(|(key, list)| Some((*key, list.iter().find(unusable)?)));
        first.map_or(Ok(()), |(key, address)| {
            Err(ConfigError::Value {
                key,
                reason: format!("{address} can be reached by nobody"),
                hint: format!(
                    "write a public IP address and the port that leads to the node, such as \"203.0.113.7:{P2P_PORT}\""
                ),
            })
        })
    }

    fn check_backup(&self) -> Result<(), ConfigError> {
        let refused = |key, reason: &str, hint: &str| {
            Err(ConfigError::Value { key, reason: reason.to_owned(), hint: hint.to_owned() })
        };
        match self.backup.place() {
            Some(dir) if !dir.is_absolute() => refused(
                "backup.dir",
                "a relative path means another place for every way to start the node",
                "write the whole path, such as dir = \"/var/backups/comin\"",
            ),
            _ if self.backup.every_hours == 0 => {
                refused("backup.every_hours", "0 is no pause between two backups", "write every_hours = 24")
            }
            _ if self.backup.keep == 0 => {
                refused("backup.keep", "no backup would be kept", "write keep = 7; for no backups write dir = \"\"")
            }
            _ => Ok(()),
        }
    }

    /// As TOML, for `comin config show`.
    pub fn to_toml(&self) -> String {
        let list = |addresses: &[SocketAddr]| {
            let quoted: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
            format!("[{}]", quoted.join(", "))
        };
        format!(
            "[node]\nlanguage = \"{}\"\nlog = \"{}\"\n\n[listen]\np2p = {}\nexternal = {}\npage = \"{}\"\noffice = {}\nmdns = {}\n\n[peers]\ncontacts = {}\n\n\
             [backup]\ndir = {}\nevery_hours = {}\nkeep = {}\n",
            self.node.language,
            self.node.log.as_str(),
            list(&self.listen.p2p),
            list(&self.listen.external),
            self.listen.page,
            list(&self.listen.office),
            self.listen.mdns,
            list(&self.peers.contacts),
            toml::Value::from(self.backup.dir.as_str()),
            self.backup.every_hours,
            self.backup.keep
        )
    }
}

impl LogLevel {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// An address of the file in libp2p's form.
pub fn to_multiaddr(address: &SocketAddr) -> String {
    let family = if address.is_ipv4() { "ip4" } else { "ip6" };
    format!("/{family}/{}/tcp/{}", address.ip(), address.port())
}

fn check_keys(table: &toml::Table) -> Result<(), ConfigError> {
    for (section, value) in table {
        let is_section = KEYS.iter().any(|(known, _)| known == section);
        match value {
            toml::Value::Table(keys) if is_section => {
                let unknown = keys.keys().find(|key| !KEYS.contains(&(section.as_str(), key.as_str())));
                unknown.map_or(Ok(()), |key| Err(unknown_key(&format!("{section}.{key}"))))?;
            }
            toml::Value::Table(keys) => {
                let first = keys.keys().next().map_or_else(String::new, |key| format!(".{key}"));
                return Err(unknown_key(&format!("{section}{first}")));
            }
            _ => return Err(unknown_key(section)),
        }
    }
    Ok(())
}

fn unknown_key(key: &str) -> ConfigError {
    let last = |text: &str| text.rsplit('.').next().unwrap_or(text).to_owned();
    let known: Vec<String> = KEYS.iter().map(|(section, key)| format!("{section}.{key}")).collect();
    // A key in the wrong table, or in none, is as near as a slip of the finger.
    let distance =
        |other: &String| crate::text::distance(key, other).min(crate::text::distance(&last(key), &last(other)));
    let nearest = known.iter().min_by_key(|other| distance(other)).cloned().unwrap_or_default();
    ConfigError::UnknownKey { key: key.to_owned(), nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_is_the_defaults() {
        let text = include_str!("../../configs/node.toml");
        assert_eq!(Config::parse(text).expect("configs/node.toml parses"), Config::default(), "file and code agree");
        for (section, key) in KEYS {
            assert!(text.lines().any(|line| line.starts_with(&format!("{key} = "))), "{section}.{key} is in the file");
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        let config = Config::parse(
            "[listen]\np2p = [\"[::]:9000\", \"192.0.2.1:9000\"]\nmdns = false\n[backup]\ndir = '/a \"b\"'\nkeep = 2",
        )
        .unwrap();
        assert_eq!(Config::parse(&config.to_toml()).unwrap(), config, "show and parse are inverse");
        assert_eq!(Config::parse("").unwrap(), Config::default(), "an empty file is the defaults");
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let nearest = |text: &str| match Config::parse(text) {
            Err(ConfigError::UnknownKey { nearest, .. }) => nearest,
            other => panic!("{text} should be refused as an unknown key, got {other:?}"),
        };
        assert_eq!(nearest("[listen]\np2pp = []"), "listen.p2p", "a slip of the finger");
        assert_eq!(nearest("[listn]\nmdns = true"), "listen.mdns", "in the table's name");
        assert_eq!(nearest("mdns = true"), "listen.mdns", "a key without its table");
        assert_eq!(nearest("[node]\npage = \"127.0.0.1:1\""), "listen.page", "a key in the wrong table");
    }

    #[test]
    fn values_that_cannot_work_are_refused_with_a_way_out() {
        let hint = |text: &str| Config::parse(text).expect_err("refused").hint();
        assert!(hint("[listen]\npage = \"0.0.0.0:8470\"").contains("127.0.0.1:8470"), "pages stay on loopback");
        let ports = hint("[listen]\noffice = [\"192.0.2.1:8443\", \"192.0.2.2:8444\"]");
        assert!(ports.contains("192.168.1.10:8443"), "an address of the page has one port");
        assert!(hint("[listen]\np2p = []").contains("0.0.0.0:8471"), "a node listens");
        assert!(hint("[listen]\nexternal = [\"0.0.0.0:8471\"]").contains("203.0.113.7"), "an address that exists");
        assert!(hint("[listen]\nmdns = \"yes\"").contains("config check"), "a wrong type");
        assert!(
            hint("[backup]\ndir = \"backups\"").contains("/var/backups"),
            "a place that is the same from everywhere"
        );
        assert!(hint("[backup]\nkeep = 0").contains("keep = 7"), "what is written is kept");
        assert!(hint("[backup]\nevery_hours = 0").contains("24"), "there is a pause");
    }

    #[test]
    fn addresses_become_multiaddresses() {
        let form = |text: &str| to_multiaddr(&text.parse().unwrap());
        assert_eq!(form("0.0.0.0:8471"), "/ip4/0.0.0.0/tcp/8471", "IPv4");
        assert_eq!(form("[2001:db8::1]:8471"), "/ip6/2001:db8::1/tcp/8471", "IPv6");
    }
}
