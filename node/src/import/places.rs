//! Positions of records that say no more than a city.

use crate::gazetteer::{Found, Gazetteer};
use comin_protocol::record::{FieldChange, Row};
use comin_protocol::schema::{self, Field, Kind};
use serde_json::{Value, json};

/// Precision of what is filled in.
const PRECISION: &str = "city";

/// How many positions were filled in, and why others were not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Positions {
    /// Filled in, with the precision of a city.
    pub filled: usize,
    /// The city is not known in its country, or the country is missing.
    pub unknown: usize,
    /// Several places of the country have the city's name.
    pub several: usize,
}

/// Fills in positions.
pub struct Places {
    kind: &'static Kind,
    gazetteer: Option<Gazetteer>,
    /// What became of it.
    pub counts: Positions,
}

impl Places {
    /// For a kind; only those with position, city and country can be filled in.
    pub fn of(kind: &'static Kind, wanted: bool) -> Self {
        let has = ["position", "city", "country"].iter().all(|name| kind.field(name).is_some());
        Self { kind, gazetteer: (wanted && has).then(Gazetteer::load), counts: Positions::default() }
    }

    /// The position of a row's city, where the row has none, and its record none or one of another city.
    pub fn fill(&mut self, values: &[(&'static Field, String, Value)], current: Option<&Row>) -> Vec<FieldChange> {
        let Some(gazetteer) = &self.gazetteer else { return Vec::new() };
        let given = |name: &str| values.iter().find(|(field, ..)| field.name == name).map(|(.., value)| value);
        let stands = |name: &str| current.and_then(|row| row.text(name));
        let Some(city) = given("city").and_then(Value::as_str) else { return Vec::new() };
        let country = given("country").and_then(Value::as_str).or_else(|| stands("country")).unwrap_or_default();
        let moved = stands("city") != Some(city) || stands("country") != Some(country);
        let kept = stands("position").is_some_and(|position| !position.ends_with(&format!(";{PRECISION}")) || !moved);
        // Any word on it counts, also one that is in conflict.
        let disputed = current.and_then(|row| row.fields.get("position")).is_some_and(|cells| cells.len() > 1);
        if given("position").is_some() || kept || disputed {
            return Vec::new();
        }
        match gazetteer.find(city, country) {
            Found::At(lat, lon) => {
                self.counts.filled += 1;
                let value = json!({"lat": lat, "lon": lon, "precision": PRECISION});
                schema::parse_field(self.kind, "position", &value, current).unwrap_or_default()
            }
            Found::Several => {
                self.counts.several += 1;
                Vec::new()
            }
            Found::Unknown => {
                self.counts.unknown += 1;
                Vec::new()
            }
        }
    }
}
