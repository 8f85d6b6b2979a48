//! GeoJSON: a validator takes it, and every point has its record's values.

use super::foreign::read;
use super::scene::{Machine, word};
use serde_json::json;

const GEOJSON: &str = r#"
import sys, json
from geojson_pydantic import FeatureCollection
collection = FeatureCollection.model_validate_json(open(sys.argv[1], encoding="utf-8").read())
print(json.dumps([{"id": f.id, "type": f.geometry.type, "at": list(f.geometry.coordinates), "properties": f.properties} for f in collection.features]))
"#;

#[test]
fn a_validator_takes_it_and_every_value_is_there() {
    let machine = Machine::filled();
    let features = read(GEOJSON, &machine.export("geojson", &[]));
    let features = features.as_array().expect("features");
    let records = machine.records();
    let placed = records.values().filter(|record| record.fields.contains_key("position"));
    assert_eq!(features.len(), placed.count(), "everything that has a position");
    assert_eq!(features.len(), 3, "two organisations and an event");
    for feature in features {
        let record = &records[&word(&feature["id"])];
        let position = &record.fields["position"];
        assert_eq!(feature["at"], json!([position["lon"], position["lat"]]), "longitude first");
        let properties = &feature["properties"];
        assert_eq!(properties["kind"], json!(record.kind), "the kind");
        assert_eq!(properties["precision"], position["precision"], "how sure the place is");
        for (name, value) in record.cells().iter().filter(|(name, _)| *name != "position") {
            assert_eq!(&properties[name], value, "{} has the same {name}", record.id);
        }
    }
    assert!(features.iter().any(|feature| feature["properties"]["attendance"] == 14), "numbers are numbers");
}
