//! One record as whole views read it: many of them are kept, so each takes little memory.

use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, LANGUAGES, RECORD_FIELDS};
use jiff::civil::Date;
use serde_json::Value;

/// One record as whole views read it.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// What names it; of records that are one, the least.
    pub key: RecordKey,
    /// The registers that hold it, in order.
    pub registers: Box<[RegisterId]>,
    /// Its fields, in the order of the schema.
    fields: Box<[(&'static str, Held)]>,
}

/// The code of a language, and a text in it.
type InLanguage = (&'static str, Box<str>);

/// A value.
#[derive(Clone, PartialEq, Debug)]
enum Held {
    /// A text or code.
    Text(Box<str>),
    /// A text in each language.
    Texts(Box<[InLanguage]>),
    /// Texts or codes.
    Set(Box<[Box<str>]>),
    /// Degrees north and east.
    Position(f64, f64),
    /// Anything else, in the shape of the API.
    Other(Box<Value>),
}

/// A text and the language that it is in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Text {
    /// The text.
    pub text: String,
    /// The language's code; empty where texts have no language, such as names.
    pub lang: String,
}

/// What says in which language a record was written.
const ORIGINAL: &str = "original_language";

impl Record {
    /// What a row says that its kind knows; of what every record has the language alone.
    pub(super) fn of(row: &Row, registers: Box<[RegisterId]>) -> Self {
        let kind = schema::kind(&row.key.kind);
        let is_read = |name: &str| name == ORIGINAL || RECORD_FIELDS.iter().all(|field| field.name != name);
        let values = schema::fields_to_json(row).into_iter().filter_map(|(name, value)| {
            let name = kind?.field(&name)?.name;
            is_read(name).then(|| (name, Held::of(value)))
        });
        Self { key: row.key.clone(), registers, fields: values.collect() }
    }

    /// Takes in what another record of the same thing says; where both say something, this one counts.
    pub(super) fn add(&mut self, other: &Self) {
        let mut registers = std::mem::take(&mut self.registers).into_vec();
        registers.extend(&other.registers);
        registers.sort_unstable();
        registers.dedup();
        self.registers = registers.into();
        let mut fields = std::mem::take(&mut self.fields).into_vec();
        for (name, more) in &other.fields {
            match (fields.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value), more) {
                (None, more) => fields.push((*name, more.clone())),
                (Some(Held::Texts(texts)), Held::Texts(more)) => add_new(texts, more, |a, b| a.0 == b.0),
                (Some(Held::Set(members)), Held::Set(more)) => add_new(members, more, |a, b| a == b),
                (Some(Held::Other(value)), Held::Other(more)) => {
                    if let (Value::Array(members), Value::Array(more)) = (value.as_mut(), more.as_ref()) {
                        let new: Vec<Value> = more.iter().filter(|one| !members.contains(one)).cloned().collect();
                        members.extend(new);
                    }
                }
                _ => {}
            }
        }
        self.fields = fields.into();
    }

    fn held(&self, field: &str) -> Option<&Held> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
    }

    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.held(field)? {
            Held::Text(text) => Some(&**text).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The number of a field.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.json(field)?.as_i64()
    }

    /// A value that has a shape of its own, such as a moment or a list of entries, in the shape of the API.
    pub fn json(&self, field: &str) -> Option<&Value> {
        match self.held(field)? {
            Held::Other(value) => Some(value),
            _ => None,
        }
    }

    /// The entries of a list.
    pub fn entries(&self, field: &str) -> impl Iterator<Item = &Value> {
        self.json(field).and_then(Value::as_array).into_iter().flatten()
    }

    /// The text of a translated field in a language; else in the original one, in English, in any.
    pub fn translated(&self, field: &str, lang: &str) -> Option<Text> {
        let Held::Texts(texts) = self.held(field)? else { return None };
        let original = self.text(ORIGINAL).unwrap_or_default();
        let mut order = [lang, original, "en"].into_iter().chain(LANGUAGES);
        let (lang, text) =
            order.find_map(|lang| texts.iter().find(|(known, text)| *known == lang && !text.is_empty()))?;
        Some(Text { text: text.to_string(), lang: (*lang).to_owned() })
    }

    /// What it is called in a language.
    pub fn title(&self, lang: &str) -> Text {
        let plain = || self.text("name").map(|text| Text { text: text.to_owned(), lang: String::new() });
        let translated = || self.translated("name", lang).or_else(|| self.translated("title", lang));
        plain().or_else(translated).unwrap_or_else(|| Text { text: self.key.to_string(), lang: String::new() })
    }

    /// The members of a set of texts or codes.
    pub fn set(&self, field: &str) -> impl Iterator<Item = &str> {
        let members = match self.held(field) {
            Some(Held::Set(members)) => &**members,
            _ => &[],
        };
        members.iter().map(|member| &**member)
    }

    /// The record that a field refers to.
    pub fn reference(&self, field: &str) -> Option<RecordKey> {
        RecordKey::parse(self.text(field)?)
    }

    /// The records that a set refers to.
    pub fn references(&self, field: &str) -> impl Iterator<Item = RecordKey> {
        self.set(field).filter_map(RecordKey::parse)
    }

    /// Degrees north and east.
    pub fn position(&self) -> Option<(f64, f64)> {
        match self.held("position")? {
            Held::Position(north, east) => Some((*north, *east)),
            _ => None,
        }
    }

    /// When it begins, as the schema writes moments.
    pub fn start(&self) -> Option<&str> {
        self.json("when")?.get("start")?.as_str()
    }

    /// The day on which it begins, as `YYYY-MM-DD`.
    pub fn begins(&self) -> Option<&str> {
        self.start()?.get(..10)
    }

    /// Start, end and zone in one text, as records hold them.
    pub fn when(&self) -> Option<String> {
        let part = |name: &str| self.json("when")?.get(name)?.as_str();
        let (start, end) = (part("start")?, part("end")?);
        Some(part("tzid").map_or_else(|| format!("{start}/{end}"), |zone| format!("{start}/{end}[{zone}]")))
    }

    /// The first and the last of its days. What ends at midnight ends on the day before.
    pub fn days(&self) -> Option<(Date, Date)> {
        let first: Date = self.begins()?.parse().ok()?;
        let end = self.json("when")?.get("end")?.as_str()?;
        let day: Date = end.get(..10)?.parse().ok()?;
        let last = if end.ends_with("T00:00") { day.yesterday().ok()? } else { day };
        Some((first, last.max(first)))
    }
}

impl Held {
    /// From the shape of the API.
    fn of(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            Value::Array(members) if members.iter().all(Value::is_string) => {
                Self::Set(members.iter().filter_map(Value::as_str).map(Box::from).collect())
            }
            Value::Object(members) => {
                let degrees = |name: &str| members.get(name).and_then(Value::as_f64);
                if let (Some(north), Some(east)) = (degrees("lat"), degrees("lon")) {
                    return Self::Position(north, east);
                }
                let text = |(lang, text): (&String, &Value)| {
                    Some((*LANGUAGES.iter().find(|known| *known == lang)?, Box::from(text.as_str()?)))
                };
                // All its members are languages, or it is something else.
                let texts: Option<Box<[InLanguage]>> = members.iter().map(text).collect();
                texts.map_or_else(|| Self::Other(Box::new(Value::Object(members))), Self::Texts)
            }
            other => Self::Other(Box::new(other)),
        }
    }
}

/// Appends those of `more` that are not there yet.
fn add_new<T: Clone>(all: &mut Box<[T]>, more: &[T], is_same: impl Fn(&T, &T) -> bool) {
    let mut list = std::mem::take(all).into_vec();
    let new: Vec<T> = more.iter().filter(|new| !list.iter().any(|known| is_same(known, new))).cloned().collect();
    list.extend(new);
    *all = list.into();
}
