//! GeoJSON (RFC 7946): every record that has a position, as a point with its fields.

use super::{Entry, ExportError, Writer};
use crate::views::{to_columns, to_json};
use serde_json::{Map, Value, json};

/// One feature collection.
#[derive(Default)]
pub struct GeoJson {
    any: bool,
}

impl Writer for GeoJson {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[\n");
    }

    fn add(&mut self, entry: &Entry, out: &mut Vec<u8>) -> Result<(), ExportError> {
        if let Some(feature) = feature(entry) {
            if self.any {
                out.extend_from_slice(b",\n");
            }
            self.any = true;
            out.extend_from_slice(feature.to_string().as_bytes());
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        out.extend_from_slice(b"\n]}\n");
        Ok(())
    }
}

/// Fields stand as in a table, since map programs show properties as columns; whole numbers stay numbers.
fn feature(entry: &Entry) -> Option<Value> {
    let version = entry.shown()?;
    let fields = to_json(&version.row);
    let position = fields.get("position")?;
    let (lat, lon) = (position.get("lat")?.as_f64()?, position.get("lon")?.as_f64()?);
    let mut properties = Map::new();
    properties.insert("kind".into(), json!(version.row.key.kind));
    properties.insert("register".into(), json!(version.register_name));
    properties.insert("precision".into(), position.get("precision").cloned().unwrap_or_default());
    for (name, text) in to_columns(&version.row).into_iter().filter(|(name, _)| name != "position") {
        let value = fields.get(&name).filter(|value| value.is_number() || value.is_boolean());
        properties.insert(name, value.cloned().unwrap_or(Value::String(text)));
    }
    Some(json!({
        "type": "Feature", "id": version.row.key,
        "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties,
    }))
}
