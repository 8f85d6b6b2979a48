//! Records that may be those that an import would add: suggestions for people, never a decision.

use super::existing::{names_of, texts};
use super::headings::fold;
use crate::text::distance;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::Kind;
use std::collections::{BTreeSet, HashMap};

/// Names in one city with which a new one is compared: those that share a word with it, at most so many.
const COMPARED_MAX: usize = 50;
/// Letters of a word by which names are brought together.
const STEM_CHARS: usize = 4;
/// Words that say what an organisation is and not which.
const FORMS: &[&str] = &[
    "societa",
    "cooperativa",
    "sociale",
    "scs",
    "soc",
    "coop",
    "onlus",
    "ets",
    "aps",
    "odv",
    "associazione",
    "fondazione",
    "srl",
    "ente",
    "consorzio",
    "impresa",
    "drustvo",
    "zavod",
    "zadruga",
    "socialno",
    "podjetje",
    "doo",
    "so",
    "zd",
    "ustanova",
    "association",
    "societe",
    "cooperative",
    "scic",
    "scop",
    "fondation",
    "entreprise",
    "organisation",
    "company",
    "the",
    "di",
    "del",
    "della",
    "de",
    "la",
    "le",
    "les",
    "des",
    "du",
    "il",
    "za",
    "in",
    "e",
    "et",
    "and",
    "l",
    "d",
    "o",
    "p",
];
/// Hosts on which many organisations have a page.
const SHARED_HOSTS: &[&str] = &[
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "sites.google.com",
    "google.com",
    "youtube.com",
    "wordpress.com",
    "blogspot.com",
    "helloasso.com",
    "twitter.com",
    "x.com",
];

/// A record that may be the one of a row.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Suggestion {
    /// The line of the file on which the row begins.
    pub row: u64,
    /// The record.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The register that holds it.
    pub register: String,
    /// What speaks for it: `identifier`, `website` or `name`.
    pub reason: &'static str,
}

/// What a new record says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Looks<'a> {
    /// Its names.
    pub names: Vec<&'a str>,
    /// Its city.
    pub city: &'a str,
    /// Its identifiers.
    pub identifiers: Vec<&'a str>,
    /// Its web address.
    pub website: &'a str,
}

/// All records of the kind that this node reads, by what makes them alike.
#[derive(Default)]
pub struct Similar<'a> {
    by_identifier: HashMap<String, Vec<&'a Row>>,
    by_host: HashMap<String, Vec<&'a Row>>,
    by_stem: HashMap<(String, String), Vec<(String, &'a Row)>>,
}

impl<'a> Similar<'a> {
    /// Of rows.
    pub fn of(kind: &Kind, rows: &'a [Row]) -> Self {
        let mut out = Self::default();
        for row in rows.iter().filter(|row| row.key.kind == kind.name && !row.is_deleted()) {
            for identifier in texts(row, "identifiers") {
                out.by_identifier.entry(bare(identifier)).or_default().push(row);
            }
            for host in texts(row, "website").into_iter().filter_map(host) {
                out.by_host.entry(host).or_default().push(row);
            }
            let city = fold(row.text("city").unwrap_or_default());
            for name in names_of(kind, row) {
                let core = core(name);
                for stem in stems(&core) {
                    out.by_stem.entry((city.clone(), stem)).or_default().push((core.clone(), row));
                }
            }
        }
        out
    }

    /// The records that a new one may be, each once with the strongest reason.
    pub fn to(&self, looks: &Looks<'_>) -> Vec<(&'a Row, &'static str)> {
        let mut seen: BTreeSet<&RecordKey> = BTreeSet::new();
        let mut out: Vec<(&Row, &str)> = Vec::new();
        let mut take = |rows: Vec<&'a Row>, reason| {
            for row in rows {
                if seen.insert(&row.key) {
                    out.push((row, reason));
                }
            }
        };
        let identified = looks.identifiers.iter().filter_map(|identifier| self.by_identifier.get(&bare(identifier)));
        take(identified.flatten().copied().collect(), "identifier");
        let hosted = host(looks.website).and_then(|host| self.by_host.get(&host));
        take(hosted.into_iter().flatten().copied().collect(), "website");
        take(self.called_alike(looks), "name");
        out
    }

    fn called_alike(&self, looks: &Looks<'_>) -> Vec<&'a Row> {
        let city = fold(looks.city);
        let mut out = Vec::new();
        for name in &looks.names {
            let core = core(name);
            for stem in stems(&core) {
                let near = self.by_stem.get(&(city.clone(), stem)).into_iter().flatten().take(COMPARED_MAX);
                out.extend(near.filter(|(other, _)| is_alike(&core, other)).map(|(_, row)| *row));
            }
        }
        out
    }
}

/// An identifier without blanks, points and the country before it.
pub(crate) fn bare(identifier: &str) -> String {
    let letters: String = fold(identifier).chars().filter(|c| c.is_alphanumeric()).collect();
    let digits = letters.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    if letters.len() - digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.to_owned()
    } else {
        letters
    }
}

/// The host of a web address, unless many share it.
pub(crate) fn host(website: &str) -> Option<String> {
    let rest = website.split_once("://").map_or(website, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    let shared = SHARED_HOSTS.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    (host.contains('.') && !shared).then_some(host)
}

/// The words of a name that tell it from others, in one order.
fn core(name: &str) -> String {
    let folded = fold(name);
    let all: BTreeSet<&str> = folded.split(' ').collect();
    let telling: Vec<&str> = all.iter().copied().filter(|word| !FORMS.contains(word)).collect();
    if telling.is_empty() { folded } else { telling.join(" ") }
}

/// By what a name is found: the beginnings of its words.
fn stems(core: &str) -> BTreeSet<String> {
    core.split(' ').map(|word| word.chars().take(STEM_CHARS).collect()).collect()
}

/// Whether two names differ by a letter in six at most.
fn is_alike(one: &str, other: &str) -> bool {
    let longer = one.chars().count().max(other.chars().count());
    one == other || longer >= 5 && distance(one, other) * 6 <= longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_organisation_is_seen() {
        assert_eq!(
            core("Società Cooperativa Sociale Korenine O.N.L.U.S."),
            core("Korenine coop. sociale o n l u s"),
            "forms do not count"
        );
        assert!(is_alike(&core("Zavod Lunavrt"), &core("Lunavert, zavod")), "a slip of the keyboard");
        assert!(!is_alike(&core("Zavod Lunavrt"), &core("Zavod Zvezdogled")), "another one");
        assert_eq!(bare("IT 0123.4567 890"), bare("01234567890"), "a number with and without its country");
        assert_eq!(host("https://www.Alfa.example/chi-siamo"), Some("alfa.example".into()), "a site by its host");
        assert_eq!(host("https://www.facebook.com/alfa"), None, "a page on a shared host tells nothing");
    }
}
