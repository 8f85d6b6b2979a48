//! The benchmark's records, made as its text says, and how they lie in an organisation.

use anyhow::{Context, Result};
use comin_protocol::record::{FieldChange, FieldOp, Row};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SYLLABLES: [&str; 32] = [
    "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "ka", "re", "mi", "no", "lu",
    "ta", "se", "ri", "do", "pu", "na", "le", "ti", "mo", "su", "ga", "ve", "ro",
];
const COUNTRIES: [&str; 3] = ["FR", "IT", "SI"];
const LANGUAGES: [&str; 6] = ["de", "en", "fr", "hr", "it", "sl"];
const TARGET_GROUPS: [&str; 8] = [
    "addiction",
    "care-leavers",
    "disability",
    "immigrants",
    "long-term-unemployed",
    "older-workers",
    "single-parents",
    "young-people",
];

/// The generator: a linear congruence modulo 2^32.
struct Draws(u32);

impl Draws {
    fn of_record(i: u32) -> Self {
        let mut draws = Self(20_260_101 ^ i.wrapping_mul(2_654_435_761));
        for _ in 0..4 {
            draws.next();
        }
        draws
    }

    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() >> 8) % bound
    }

    fn hex(&mut self) -> String {
        format!("{:04x}", self.next() >> 16)
    }

    fn word(&mut self) -> String {
        let syllables = 2 + self.below(3);
        (0..syllables).map(|_| SYLLABLES[self.below(32) as usize]).collect()
    }

    fn two(&mut self, list: &[&'static str]) -> [&'static str; 2] {
        let length = list.len() as u32;
        let first = self.below(length);
        let second = (first + 1 + self.below(length - 1)) % length;
        [list[first as usize], list[second as usize]]
    }
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// Record `i` as the benchmark defines it.
pub fn record(i: usize) -> Value {
    let draws = &mut Draws::of_record(i as u32);
    let h: Vec<String> = (0..8).map(|_| draws.hex()).collect();
    let id = format!("{}{}-{}-4{}-a{}-{}{}{}", h[0], h[1], h[2], &h[3][1..], &h[4][1..], h[5], h[6], h[7]);
    let (first, second) = (draws.word(), draws.word());
    let country = COUNTRIES[draws.below(3) as usize];
    let city = capitalised(&draws.word());
    let street = format!("{} {}", capitalised(&draws.word()), 1 + draws.below(200));
    let phone = format!("+386 {:07}", draws.below(10_000_000));
    let (languages, targets) = (draws.two(&LANGUAGES), draws.two(&TARGET_GROUPS));
    let mut description = capitalised(&draws.word());
    while description.len() < 200 {
        description = description + " " + &draws.word();
    }
    let slug = format!("{first}-{second}-{i}");
    json!({
        "city": city, "country": country, "description": description + ".",
        "email": format!("info@{slug}.example"), "id": id, "languages": languages,
        "name": format!("{} {}", capitalised(&first), capitalised(&second)), "phone": phone, "street": street,
        "target_groups": targets, "web": format!("https://www.{slug}.example"),
    })
}

/// Where the benchmark's strings lie in an organisation.
const STRINGS: [(&str, &str); 8] = [
    ("city", "city"),
    ("country", "country"),
    ("description", "description@en"),
    ("email", "email"),
    ("name", "name"),
    ("phone", PHONE),
    ("street", "address"),
    ("web", "website"),
];
/// The field that the benchmark edits.
pub const PHONE: &str = "phone";
/// Its lists are our sets: key of the list, prefix of the set.
const SETS: [(&str, &str); 2] = [("languages", "languages/"), ("target_groups", "target_groups/")];
/// Its id is the one member of this set.
const IDENTIFIERS: &str = "identifiers/";

/// The fields of the organisation that holds record `i`.
pub fn fields(i: usize) -> Vec<FieldChange> {
    let record = record(i);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let strings = STRINGS.iter().map(|(theirs, ours)| put(ours, &text(&record[theirs])));
    let sets = SETS.iter().flat_map(|(theirs, prefix)| {
        let members = record[theirs].as_array().cloned().unwrap_or_default();
        members.into_iter().map(move |member| add(format!("{prefix}{}", text(&member))))
    });
    let id = add(format!("{IDENTIFIERS}{}", text(&record["id"])));
    strings.chain(sets).chain([id]).collect()
}

fn add(key: String) -> FieldChange {
    FieldChange { key, op: FieldOp::Add }
}

/// Sets one field.
pub fn put(key: &str, value: &str) -> FieldChange {
    FieldChange { key: key.to_owned(), op: FieldOp::Put(value.into()) }
}

/// The benchmark's number of the record in a row: its web address ends with it.
pub fn number(row: &Row) -> Result<usize> {
    let web = row.text("website").context("a row without a web address")?;
    let number = web.strip_suffix(".example").and_then(|rest| rest.rsplit('-').next()?.parse().ok());
    number.with_context(|| format!("{web} has no number"))
}

/// The benchmark's canonical JSON of a row. A set has no order; the benchmark's lists get the order in which
/// the generator drew them.
fn canonical(row: &Row) -> Result<(String, String)> {
    let made = record(number(row)?);
    let mut value = std::collections::BTreeMap::new();
    for (theirs, ours) in STRINGS {
        value.insert(theirs, json!(row.text(ours)));
    }
    for (theirs, prefix) in SETS {
        let drawn = made[theirs].as_array().cloned().unwrap_or_default();
        let mut members: Vec<&str> = members(row, prefix).collect();
        members.sort_by_key(|member| drawn.iter().position(|one| one == member));
        value.insert(theirs, json!(members));
    }
    let id = members(row, IDENTIFIERS).next().unwrap_or_default().to_owned();
    value.insert("id", json!(id));
    Ok((id, serde_json::to_string(&value)?))
}

/// The members of a set.
fn members<'a>(row: &'a Row, prefix: &str) -> impl Iterator<Item = &'a str> {
    let members = row.fields.keys().filter_map(move |key| key.strip_prefix(prefix).map(|member| (key, member)));
    members.filter(|(key, _)| row.value(key).is_some()).map(|(_, member)| member)
}

/// The benchmark's content hash: SHA-256 over the canonical JSON of all rows in order of id, each with LF.
#[derive(Default)]
pub struct Content(Vec<(String, String)>);

impl Content {
    /// Adds a row; only its text is kept.
    pub fn add(&mut self, row: &Row) -> Result<()> {
        self.0.push(canonical(row)?);
        Ok(())
    }

    /// How many rows have been added.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The hash as hex.
    pub fn hash(mut self) -> String {
        self.0.sort();
        let mut hasher = Sha256::new();
        for (_, line) in &self.0 {
            hasher.update(line.as_bytes());
            hasher.update(b"\n");
        }
        comin_protocol::ids::to_hex(&hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, RecordKey, RegisterId};
    use comin_protocol::record::{Cell, Origin, Scalar};

    /// The row that the fields of record `i` make.
    fn row(i: usize) -> Row {
        let cell = |change: FieldChange| match change.op {
            FieldOp::Put(value) => (change.key, vec![Cell { value, origin: 0 }]),
            _ => (change.key, vec![Cell { value: Scalar::Bool(true), origin: 0 }]),
        };
        Row {
            key: RecordKey { kind: "organisation".into(), id: [0; 16] },
            doc: DocId { register: RegisterId([0; 32]), part: 1 },
            origins: vec![Origin { actor: ActorId([0; 16]), time_ms: 0 }],
            fields: fields(i).into_iter().map(cell).collect(),
            unseen_edits: Default::default(),
        }
    }

    #[test]
    fn a_thousand_records_have_the_hash_that_the_benchmark_states() {
        let mut content = Content::default();
        (0..1000).for_each(|i| content.add(&row(i)).expect("the row is whole"));
        let stated = "c735bc7269130925e29479673e8d0d3512bd04c744c5dc94a9cf1cda518232a1";
        assert_eq!(content.hash(), stated, "generator, mapping and hash agree");
        assert_eq!(number(&row(417)).expect("it has one"), 417, "a row tells its number");
    }
}
