//! The demonstration's data, and how it gets into the three nodes.

use super::office::Office;
use crate::cli::{CliError, CliResult, text};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Made from the project's sample data, limited to what three partners sign.
const DATA: &str = include_str!("../../data/demo.json");
/// 200 organisations as a spreadsheet, imported without any connection in the tour.
pub const IMPORT: &str = include_str!("../../data/offline-import.csv");

/// The data.
#[derive(Deserialize)]
pub struct Data {
    /// Slovenia, Italy, France.
    pub partners: Vec<Partner>,
    /// Shared registers.
    pub registers: Vec<Register>,
    records: Vec<Record>,
}

/// A partner.
#[derive(Deserialize)]
pub struct Partner {
    /// What the records call it.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47.
    pub language: String,
}

/// A shared register.
#[derive(Deserialize)]
pub struct Register {
    /// What the records call it.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Slugs of the partners that write it.
    pub writers: Vec<String>,
}

#[derive(Deserialize)]
struct Record {
    slug: String,
    kind: String,
    register: String,
    created_by: String,
    fields: Map<String, Value>,
}

impl Data {
    /// Reads the data that is part of the program.
    ///
    /// # Errors
    /// It is not what this version expects.
    pub fn own() -> CliResult<Self> {
        let data: Self =
            serde_json::from_str(DATA).map_err(|error| CliError::new(format!("the demo data: {error}")))?;
        if data.partners.len() == 3 { Ok(data) } else { Err(CliError::new("the demo data names not three partners")) }
    }

    /// How many records it brings.
    pub fn record_count(&self) -> usize {
        self.records.len()
    }

    /// Adds every record on the node of its partner; gives slug → id.
    ///
    /// # Errors
    /// What a node says.
    pub fn load(
        &self,
        offices: &[Office; 3],
        registers: &HashMap<String, String>,
        mut progress: impl FnMut(usize),
    ) -> CliResult<HashMap<String, String>> {
        let mut ids = own_organisations(offices)?;
        for (n, record) in self.records.iter().enumerate() {
            let office = offices.iter().find(|office| office.slug == record.created_by);
            let office = office.ok_or_else(|| CliError::new(format!("{} has no node here", record.created_by)))?;
            let register = registers.get(&record.register).map_or("own", String::as_str);
            let fields: Map<String, Value> =
                record.fields.iter().map(|(name, value)| (name.clone(), resolved(value, &ids))).collect();
            let body = json!({"kind": record.kind, "register": register, "fields": fields});
            let added = office
                .post("records", body)
                .map_err(|error| CliError::new(format!("{}: {}", record.slug, error.cause)))?;
            ids.insert(record.slug.clone(), text(&added, "id"));
            progress(n + 1);
        }
        Ok(ids)
    }
}

/// The organisation records that `init` made.
fn own_organisations(offices: &[Office; 3]) -> CliResult<HashMap<String, String>> {
    let mut ids = HashMap::new();
    for office in offices {
        let answer = office.get("records?kind=organisation&register=own")?;
        let first = answer.get("items").and_then(|items| items.get(0)).cloned().unwrap_or(Value::Null);
        ids.insert(format!("partner:{}", office.slug), text(&first, "id"));
    }
    Ok(ids)
}

/// A value with the ids of the records that its slugs mean.
fn resolved(value: &Value, ids: &HashMap<String, String>) -> Value {
    match value {
        Value::String(slug) => ids.get(slug).map_or_else(|| value.clone(), |id| json!(id)),
        Value::Array(members) => members.iter().map(|member| resolved(member, ids)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_fits_together() {
        let data = Data::own().expect("the data reads");
        let mut known: Vec<String> = data.partners.iter().map(|partner| format!("partner:{}", partner.slug)).collect();
        for record in &data.records {
            let named =
                record.register == "own" || data.registers.iter().any(|register| register.slug == record.register);
            assert!(named, "{} lies in a register that is there", record.slug);
            for end in ["organisation", "network", "organiser"] {
                if let Some(slug) = record.fields.get(end).and_then(Value::as_str) {
                    assert!(known.iter().any(|other| other == slug), "{} stands after {slug}", record.slug);
                }
            }
            known.push(record.slug.clone());
        }
        assert_eq!(IMPORT.lines().count(), 201, "200 organisations and a header");
    }
}
