//! JSON: everything that the node knows, in the shape of `GET records`.

use super::{Entry, ExportError, Writer};
use crate::views::to_json;
use serde_json::{Value, json};

/// `{"schema":1,"records":[…]}`, a record on each line. For the public: only the fields, and where they stand.
pub struct Json {
    public: bool,
    any: bool,
}

impl Json {
    pub fn new(public: bool) -> Self {
        Self { public, any: false }
    }
}

impl Writer for Json {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"schema\":1,\"records\":[\n");
    }

    fn add(&mut self, entry: &Entry, out: &mut Vec<u8>) -> Result<(), ExportError> {
        if self.any {
            out.extend_from_slice(b",\n");
        }
        self.any = true;
        let record = if self.public { public(entry) } else { Value::Object(entry.group.to_json()) };
        out.extend_from_slice(record.to_string().as_bytes());
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        out.extend_from_slice(b"\n]}\n");
        Ok(())
    }
}

/// Without devices, times and versions: who works when is nobody's business outside.
fn public(entry: &Entry) -> Value {
    let group = &entry.group;
    let values = group.versions.iter().map(|version| {
        let mut fields = to_json(&version.row);
        fields.shift_remove("_invalid");
        json!({"register": version.row.doc.register, "register_name": version.register_name, "fields": fields})
    });
    json!({
        "id": group.key, "kind": group.key.kind, "title": group.title, "values": values.collect::<Vec<_>>(),
    })
}
