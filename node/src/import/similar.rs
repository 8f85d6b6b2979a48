//! Records that may be those that an import would add: suggestions for people, never a decision.

use super::existing::{each_row, names_of, texts};
use crate::store::{Store, StoreError};
use crate::text::distance;
use crate::views::fold_words;
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::schema::Kind;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Names in one city with which a new one is compared: those that share a word with it, at most so many.
const COMPARED_MAX: usize = 50;
/// Letters of a word by which names are brought together.
const STEM_CHARS: usize = 4;
/// From this share of common triples of letters on two names may be one.
const ALIKE_FROM: f64 = 0.6;
/// Words that say what an organisation is and not which.
const FORMS: &[&str] = &[
    "societa",
    "cooperativa",
    "sociale",
    "social",
    "socialna",
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
    /// The record; `None`: another row of the file, which makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The line of that row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_row: Option<u64>,
    /// What it is called.
    pub title: String,
    /// The register that holds it, or will.
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

/// What a new record may be.
#[derive(Clone, PartialEq, Debug)]
pub enum Other {
    /// A record that this node reads, and the document that holds it.
    Record(RecordKey, DocId),
    /// The record that another row of the file makes, by that row's line.
    Row(u64),
}

/// What is left of a name, and the place of who has it.
type Near = (Rc<Core>, usize);

/// All records of the kind that this node reads, and those that the file adds, by what makes them alike.
#[derive(Default)]
pub struct Similar {
    others: Vec<Other>,
    by_identifier: HashMap<String, Vec<usize>>,
    by_host: HashMap<String, Vec<usize>>,
    /// By city and stem: what is left of a name, and who has it; at most [`COMPARED_MAX`].
    by_stem: HashMap<(String, String), Vec<Near>>,
}

impl Similar {
    /// Of the rows of a store.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(kind: &Kind, store: &dyn Store) -> Result<Self, StoreError> {
        let mut out = Self::default();
        each_row(store, kind.name, |row| {
            let looks = Looks {
                names: names_of(kind, row).into_iter().collect(),
                city: row.text("city").unwrap_or_default(),
                identifiers: texts(row, "identifiers"),
                website: texts(row, "website").first().copied().unwrap_or_default(),
            };
            if !row.is_deleted() {
                out.add(Other::Record(row.key.clone(), row.doc), &looks);
            }
        })?;
        Ok(out)
    }

    /// Takes one more in, so that those after it are compared with it.
    pub fn add(&mut self, other: Other, looks: &Looks<'_>) {
        let at = self.others.len();
        self.others.push(other);
        for identifier in &looks.identifiers {
            self.by_identifier.entry(bare(identifier)).or_default().push(at);
        }
        if let Some(host) = host(looks.website) {
            self.by_host.entry(host).or_default().push(at);
        }
        let city = fold_words(looks.city);
        for name in &looks.names {
            let core = Rc::new(Core::of(name));
            for stem in core.stems() {
                let near = self.by_stem.entry((city.clone(), stem)).or_default();
                if near.len() < COMPARED_MAX {
                    near.push((core.clone(), at));
                }
            }
        }
    }

    /// What a new record may be, each once with the strongest reason.
    pub fn to(&self, looks: &Looks<'_>) -> Vec<(Other, &'static str)> {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut out: Vec<(Other, &str)> = Vec::new();
        let mut take = |found: Vec<usize>, reason| {
            for at in found {
                if seen.insert(at) {
                    out.extend(self.others.get(at).map(|other| (other.clone(), reason)));
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

    fn called_alike(&self, looks: &Looks<'_>) -> Vec<usize> {
        let city = fold_words(looks.city);
        let mut out = Vec::new();
        for name in &looks.names {
            let core = Core::of(name);
            for stem in core.stems() {
                let near = self.by_stem.get(&(city.clone(), stem)).into_iter().flatten();
                out.extend(near.filter(|(other, _)| core.is_like(other)).map(|(_, at)| *at));
            }
        }
        out
    }
}

/// An identifier without blanks, points and the country before it.
pub(crate) fn bare(identifier: &str) -> String {
    let letters: String = fold_words(identifier).chars().filter(|c| c.is_alphanumeric()).collect();
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

/// What tells a name from others, ready to be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Core {
    /// The words that say which one it is, in one order; all of them where none does.
    words: Box<str>,
    /// How many letters they have, with the blanks between them.
    chars: usize,
    /// The triples of letters in them, sorted.
    triples: Box<[u32]>,
}

impl Core {
    /// Of a name.
    pub fn of(name: &str) -> Self {
        let folded = fold_words(name);
        let all: BTreeSet<&str> = folded.split(' ').collect();
        let telling: Vec<&str> = all.iter().copied().filter(|word| !FORMS.contains(word)).collect();
        let words = if telling.is_empty() { folded } else { telling.join(" ") };
        let padded: Vec<char> =
            words.split(' ').flat_map(|word| [' '].into_iter().chain(word.chars()).chain([' '])).collect();
        // Letters of our scripts have ten bits; others may share a triple, which costs a suggestion too many.
        let packed = |window: &[char]| window.iter().fold(0, |packed, c| packed << 10 | (u32::from(*c) & 0x3ff));
        let mut triples: Vec<u32> = padded.windows(3).map(packed).collect();
        triples.sort_unstable();
        triples.dedup();
        Self { chars: words.chars().count(), words: words.into(), triples: triples.into() }
    }

    /// By what a name is found: the beginnings of its words.
    fn stems(&self) -> BTreeSet<String> {
        self.words.split(' ').map(|word| word.chars().take(STEM_CHARS).collect()).collect()
    }

    /// Whether two names may be one: they differ by a letter in six at most, or most of their triples are the same.
    pub fn is_like(&self, other: &Self) -> bool {
        if self.words.is_empty() || other.words.is_empty() {
            return false;
        }
        let lengths = [self.chars.min(other.chars), self.chars.max(other.chars)];
        // As many letters as one has more are wrong in any case: then the others need not be counted.
        let may_differ = |[shorter, longer]: [usize; 2]| longer >= 5 && (longer - shorter) * 6 <= longer;
        self.words == other.words
            || self.shares(other)
            || may_differ(lengths) && distance(&self.words, &other.words) * 6 <= lengths[1]
    }

    /// Whether so large a part of all triples is common to both (Dice).
    fn shares(&self, other: &Self) -> bool {
        let common = self.triples.iter().filter(|triple| other.triples.binary_search(triple).is_ok()).count();
        2.0 * common as f64 >= ALIKE_FROM * (self.triples.len() + other.triples.len()) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_organisation_is_seen() {
        assert_eq!(
            Core::of("Società Cooperativa Sociale Korenine O.N.L.U.S."),
            Core::of("Korenine coop. sociale o n l u s"),
            "forms do not count"
        );
        let is_like = |one: &str, other: &str| Core::of(one).is_like(&Core::of(other));
        assert!(is_like("Zavod Lunavrt", "Lunavert, zavod"), "a slip of the keyboard");
        assert!(is_like("Društvo Sočanima", "Sočanima – lab"), "a word more");
        assert!(!is_like("Zavod Lunavrt", "Zavod Zvezdogled"), "another one");
        assert!(!is_like("", ""), "no name is like no name");
        assert_eq!(bare("IT 0123.4567 890"), bare("01234567890"), "a number with and without its country");
        assert_eq!(host("https://www.Alfa.example/chi-siamo"), Some("alfa.example".into()), "a site by its host");
        assert_eq!(host("https://www.facebook.com/alfa"), None, "a page on a shared host tells nothing");
    }
}
