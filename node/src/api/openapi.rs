//! `GET /openapi.json` (OpenAPI 3.1), made from one table of routes and the schema table.

use super::limits::{IDEMPOTENCY_KEY_BYTES_MAX, QUERY_BYTES_MAX, SYNC_WAIT_MAX};
use super::problem::Problem;
use crate::i18n::Lang;
use crate::views;
use axum::Json;
use comin_protocol::limits::NAME_BYTES_MAX;
use comin_protocol::schema;
use serde_json::{Map, Value, json};

/// A documented route.
pub struct Doc {
    /// Method, lower case.
    pub method: &'static str,
    /// Path template.
    pub path: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Query parameters.
    pub query: &'static [&'static str],
    /// Name of the body's schema, if it takes JSON.
    pub body: Option<&'static str>,
    /// Media type of the body, if it takes another one.
    pub file: Option<&'static str>,
    /// The status of success.
    pub status: u16,
    /// Media type of the answer.
    pub answer: &'static str,
}

const JSON: &str = "application/json";

const fn doc(method: &'static str, path: &'static str, summary: &'static str) -> Doc {
    Doc { method, path, summary, query: &[], body: None, file: None, status: 200, answer: JSON }
}

impl Doc {
    const fn query(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    const fn body(mut self, body: &'static str) -> Self {
        self.body = Some(body);
        self
    }

    const fn file(mut self, kind: &'static str) -> Self {
        self.file = Some(kind);
        self
    }

    const fn gives(mut self, status: u16, answer: &'static str) -> Self {
        self.status = status;
        self.answer = answer;
        self
    }
}

/// How an import is to be done.
const IMPORT_QUERY: &[&str] = &[
    "kind",
    "register",
    "dry_run",
    "plan",
    "language",
    "map",
    "key",
    "set",
    "encoding",
    "sheet",
    "positions",
    "personal_email",
    "without_persons",
    "purpose",
    "legal_basis",
    "retain_until",
    "informed_on",
    "scope",
];

/// Every route that programs may use. A test asks the router for each.
pub const ROUTES: &[Doc] = &[
    doc("get", "/api/v1/status", "Identity, federation, exchange in words, peers, counts").query(&["lang"]),
    doc("get", "/api/v1/schema", "Kinds, fields, types and codes with labels").query(&["lang"]),
    doc("get", "/api/v1/registers", "Registers that this node reads").query(&["lang"]),
    doc("post", "/api/v1/registers", "Create a shared register").body("RegisterAdd").gives(201, JSON),
    doc("put", "/api/v1/registers/{id}/writers", "Set the writers of a register").body("Writers"),
    doc("get", "/api/v1/partners", "Partners known"),
    doc("delete", "/api/v1/partners/{id}", "Remove a partner for ever; 202 where it waits for signatures"),
    doc("post", "/api/v1/partners/{id}/rekey", "Replace a partner's key; 202 where it waits for signatures")
        .body("Rekey"),
    doc("get", "/api/v1/stewards", "Who decides, and how many signatures make a majority"),
    doc("put", "/api/v1/stewards", "Set the stewards; 202 where it waits for signatures").body("Stewards"),
    doc("post", "/api/v1/restore/alone", "After a restore: no other node is left to confirm it"),
    doc("get", "/api/v1/backup", "A backup with this machine's secret; over the control socket only")
        .gives(200, "application/octet-stream"),
    doc("get", "/api/v1/check", "Whether pages and searches read what the documents say, with every fault in words"),
    doc("get", "/api/v1/devices", "Devices with a valid certificate, and this partner's revoked ones"),
    doc("post", "/api/v1/devices", "Certify a further device of this partner").body("Further").gives(201, JSON),
    doc("delete", "/api/v1/devices/{id}", "Revoke a device of this partner"),
    doc("get", "/api/v1/devices/{id}/revocation", "What the partner key has to sign to revoke a device"),
    doc("put", "/api/v1/devices/{id}/revocation", "Revoke a device by the partner key").body("Revocation"),
    doc("post", "/api/v1/found", "Found a federation, or one that carries over the present one").body("Found").gives(201, JSON),
    doc("get", "/api/v1/invites", "Tickets"),
    doc("post", "/api/v1/invites", "Make a one-time ticket").body("Invite").gives(201, JSON),
    doc("delete", "/api/v1/invites/{id}", "Cancel a ticket"),
    doc("post", "/api/v1/join", "Ask to join with a ticket").body("Join").gives(202, JSON),
    doc("get", "/api/v1/approvals", "Newcomers that wait for confirmation, drafts that wait for signatures, and federations that carry over this one"),
    doc(
        "post",
        "/api/v1/approvals/{id}/approve",
        "Confirm a newcomer's check number, or sign a draft; 202 where others must sign",
    ),
    doc("post", "/api/v1/approvals/{id}/reject", "Refuse a newcomer or a draft"),
    doc("get", "/api/v1/records", "Records by id, grouped over registers").query(&[
        "kind",
        "register",
        "country",
        "target_group",
        "network",
        "state",
        "language",
        "q",
        "deleted",
        "limit",
        "after",
        "lang",
    ]),
    doc("post", "/api/v1/records", "Create one record, or several together").body("RecordsCreate").gives(201, JSON),
    doc("get", "/api/v1/records/{id}", "A record with its values per register").query(&["register", "lang"]),
    doc("patch", "/api/v1/records/{id}", "Change fields; needs If-Match").query(&["register"]).body("RecordPatch"),
    doc("delete", "/api/v1/records/{id}", "Mark as deleted; needs If-Match").query(&["register"]),
    doc("post", "/api/v1/records/{id}/restore", "Take the mark away; needs If-Match").query(&["register"]),
    doc("get", "/api/v1/records/{id}/history", "Its changes in all registers, newest first: who, when, old and new values")
        .query(&["register", "limit", "after", "lang"]),
    doc("post", "/api/v1/records/{id}/undo", "Take a change back by a new one; 409 where the field has changed since")
        .body("Undo"),
    doc("post", "/api/v1/records/{id}/advance", "Lead an expression of interest on (accepted, its membership is made), or a good practice; 409 where there is no such way")
        .query(&["register"])
        .body("Advance"),
    doc("post", "/api/v1/records/{id}/proposals", "Propose a change of a record that another partner keeps")
        .query(&["register"])
        .body("Propose")
        .gives(201, JSON),
    doc("post", "/api/v1/interests", "Record the interest of several organisations at once")
        .body("Interests")
        .gives(201, JSON),
    doc("get", "/api/v1/proposals", "Proposals that wait for a decision, or all").query(&["all", "lang"]),
    doc("post", "/api/v1/proposals/{id}/accept", "Take a proposal over into the record"),
    doc("post", "/api/v1/proposals/{id}/decline", "Decline a proposal"),
    doc("get", "/api/v1/sameas", "Pairs of records that look like one, with reasons").query(&["lang"]),
    doc("post", "/api/v1/sameas", "Say whether two records are one; `suggested` takes it back").body("Same"),
    doc("get", "/api/v1/stale", "Records that were not verified for long").query(&["months", "lang"]),
    doc("get", "/api/v1/news", "What changed since a moment, by partner and kind").query(&["since", "days", "lang"]),
    doc("get", "/api/v1/persons", "Persons that this node reads; each is read and edited under records").query(&["lang"]),
    doc("post", "/api/v1/persons", "Make a person").body("PersonAdd").gives(201, JSON),
    doc("put", "/api/v1/persons/{id}/scope", "Say who reads a person").body("Scope"),
    doc("post", "/api/v1/persons/{id}/erase", "Erase a person everywhere and for ever").body("Erase"),
    doc("get", "/api/v1/persons/{id}/erasure", "On how many devices a person is erased, and where it was put"),
    doc("get", "/api/v1/persons/{id}/access", "All that is held of a person: json, or vcf").query(&["format"]),
    doc("post", "/api/v1/persons/{id}/files", "Remember a file into which a person was put").body("PersonFile"),
    doc("get", "/api/v1/search", "Records of all kinds by words in any language, the best first").query(&[
        "q",
        "kind",
        "register",
        "country",
        "target_group",
        "network",
        "state",
        "language",
        "limit",
        "lang",
    ]),
    doc("get", "/api/v1/conflicts", "Fields with several values").query(&["limit", "after", "lang"]),
    doc("post", "/api/v1/conflicts/{id}/resolve", "Decide a conflict").query(&["register"]).body("Resolve"),
    doc("post", "/api/v1/sync", "Exchange now; says who is missing").body("Sync"),
    doc("post", "/api/v1/sync/pause", "Stop exchanging"),
    doc("post", "/api/v1/sync/resume", "Exchange again"),
    doc("get", "/api/v1/import", "How far the import is that runs or ran last"),
    doc(
        "post",
        "/api/v1/import",
        "Records from a file of at most 64 MiB and 200,000 rows (CSV, a workbook, JSON Lines or an export as JSON, told \
         apart by what is in it), all checked before any is written; one at a time, and it goes on to its end; with \
         Accept: application/x-ndjson its progress, line by line, the report last. The report says which column was \
         taken for what (`mapping`, which `map` takes back); positions that are filled in are those of GeoNames, CC BY 4.0",
    )
        .query(IMPORT_QUERY)
        .file("text/csv"),
    doc(
        "get",
        "/api/v1/export",
        "What this node reads, as a file: json, csv, xlsx, geojson, graphml, ics, vcf, automerge; public=true: only \
         what is for the public; names=true: a csv calls records by name, for another machine",
    )
        .query(&["format", "kind", "register", "public", "names", "part", "lang"]),
    doc("get", "/api/v1/calendars", "Which calendars read the events"),
    doc("post", "/api/v1/calendars", "Make an address that calendars subscribe to, told once").body("CalendarAdd").gives(201, JSON),
    doc("delete", "/api/v1/calendars/{id}", "Remove a calendar, whose address opens nothing any more"),
    doc("get", "/api/v1/report", "The survey of the networks, from live data, as HTML to print or as Markdown")
        .query(&["language", "format", "audience"])
        .gives(200, "text/html"),
    doc("get", "/api/v1/graph.svg", "The picture of organisations and networks")
        .query(&["language", "colour", "audience"])
        .gives(200, "image/svg+xml"),
    doc("get", "/api/v1/map.svg", "The map of organisations")
        .query(&["language", "audience"])
        .gives(200, "image/svg+xml"),
    doc("get", "/api/v1/tables", "What the pictures say, as tables").query(&["language", "audience"]),
    doc("get", "/api/v1/figures", "Numbers by country, level, target group, type of event and month")
        .query(&["audience"]),
    doc("get", "/api/v1/calendar", "Events by month").query(&["language", "audience", "month"]),
    doc("get", "/api/v1/stream", "Server-sent events: records, state, reset")
        .query(&["after"])
        .gives(200, "text/event-stream"),
    doc("post", "/api/v1/login-codes", "A one-time login link for a browser").gives(201, JSON),
    doc("get", "/api/v1/users", "Who signs in over the office network"),
    doc("post", "/api/v1/users", "Add a user; the password is told once").body("UserAdd").gives(201, JSON),
    doc("delete", "/api/v1/users/{id}", "Remove a user, who is signed out at once"),
    doc("post", "/api/v1/users/{id}/reset", "Give a user another password, told once"),
    doc("get", "/healthz", "This process answers").gives(200, "text/plain"),
    doc("get", "/readyz", "Engine and store answer").gives(200, "text/plain"),
    doc("get", "/metrics", "Figures for Prometheus").gives(200, "text/plain"),
    doc("get", "/openapi.json", "This document"),
];

/// The document.
pub async fn get() -> Json<Value> {
    Json(document())
}

fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.into(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "COM-IN node",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A partner's node in the COM-IN federation. On loopback, and over the office network for its users.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"login": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "login": {"type": "apiKey", "in": "cookie", "name": "comin_login_<port>"},
            },
            "schemas": schemas(),
        },
    })
}

fn operation(route: &Doc) -> Value {
    let mut parameters: Vec<Value> = Vec::new();
    if route.path.contains("{id}") {
        parameters.push(json!({"name": "id", "in": "path", "required": true, "schema": id_schema(route.path)}));
    }
    parameters.extend(route.query.iter().map(|name| {
        let required = REQUIRED.contains(&(route.path, name));
        json!({"name": name, "in": "query", "required": required, "schema": parameter(route.path, name)})
    }));
    if route.summary.contains("If-Match") {
        let schema = json!({"type": "string", "pattern": "^(\\*|\"[0-9a-f]{16}\")$"});
        parameters.push(json!({"name": "If-Match", "in": "header", "required": true, "schema": schema}));
    }
    if route.body == Some("RecordsCreate") {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_BYTES_MAX});
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "schema": schema}));
    }
    if route.answer == "text/event-stream" {
        parameters.push(json!({"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}));
    }
    let content = match route.answer {
        JSON => json!({JSON: {"schema": {"type": "object"}}}),
        other => json!({other: {"schema": {"type": "string"}}}),
    };
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "parameters": parameters,
        "responses": {
            route.status.to_string(): {"description": route.summary, "content": content},
            "default": {
                "description": "A problem (RFC 9457)",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    });
    if let (Some(body), Some(members)) = (route.body, operation.as_object_mut()) {
        let schema = json!({"$ref": format!("#/components/schemas/{body}")});
        members.insert("requestBody".into(), json!({"required": true, "content": {JSON: {"schema": schema}}}));
    }
    if let (Some(kind), Some(members)) = (route.file, operation.as_object_mut()) {
        // What it is is seen in the file itself.
        let content = json!({kind: {"schema": {"type": "string"}}, "application/octet-stream": {}});
        members.insert("requestBody".into(), json!({"required": true, "content": content}));
    }
    if matches!(route.path, "/healthz" | "/readyz")
        && let Some(members) = operation.as_object_mut()
    {
        members.insert("security".into(), json!([]));
    }
    operation
}

/// Query parameters without which a route cannot answer.
const REQUIRED: [(&str, &str); 3] = [("/api/v1/import", "kind"), ("/api/v1/export", "format"), ("/api/v1/search", "q")];

fn id_schema(path: &str) -> Value {
    match ["/records/", "/conflicts/", "/proposals/"].iter().any(|part| path.contains(part)) {
        true => json!({"type": "string", "pattern": "^[a-z]{1,32}:[0-9a-f]{32}$"}),
        false => json!({"type": "string", "minLength": 1}),
    }
}

fn kinds() -> Value {
    json!(schema::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>())
}

fn parameter(path: &str, name: &str) -> Value {
    match name {
        "format" if path == "/api/v1/report" => json!({"type": "string", "enum": ["html", "md"]}),
        "language" if path != "/api/v1/import" => {
            json!({"type": "string", "enum": crate::report::Language::ALL.map(crate::report::Language::code)})
        }
        "audience" => json!({"type": "string", "enum": ["partnership", "public"]}),
        "colour" => json!({"type": "string", "enum": ["country", "target_group"]}),
        "month" => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}),
        "kind" => json!({"type": "string", "enum": kinds()}),
        "q" => json!({"type": "string", "maxLength": QUERY_BYTES_MAX}),
        "network" => json!({"type": "string", "pattern": "^network:[0-9a-f]{32}$"}),
        "after" => json!({"type": "string", "description": "The `next` of the answer before."}),
        "lang" => json!({
            "type": "string", "examples": Lang::ALL.map(Lang::code),
            "description": "Language of labels and texts; one that the node does not speak is left to its settings.",
        }),
        "limit" => json!({"type": "integer", "minimum": 1, "maximum": super::limits::PAGE_ITEMS_MAX}),
        "part" => json!({"type": "integer", "minimum": 0}),
        "deleted" | "dry_run" | "all" | "public" | "positions" | "without_persons" => json!({"type": "boolean"}),
        "months" => json!({"type": "integer", "minimum": 0, "maximum": 122}),
        "days" => json!({"type": "integer", "minimum": 0, "maximum": 3660}),
        "since" => json!({"type": "string", "description": "A day, or a moment as in RFC 3339."}),
        "format" => {
            let codes = crate::export::Format::ALL.map(crate::export::Format::code);
            json!({"type": "string", "enum": codes.into_iter().chain(["automerge", "signed"]).collect::<Vec<_>>()})
        }
        "language" => {
            json!({"type": "string", "enum": schema::LANGUAGES, "description": "Of texts whose column names none."})
        }
        "map" => json!({"type": "string", "contentMediaType": "application/json", "description":
            "What each column is: {kind, key: [field], columns: {heading: field}, set: {field: value}}. Besides fields \
             (`name`, `description@it`) a column can hold `id`, `position.lat`, `position.lon`, or of a contact person \
             `person.name`, `person.given_name`, `person.family_name`, `person.role`, `person.email`, `person.phone`; \
             an empty text: it is not taken."}),
        "plan" => json!({"type": "string", "description":
            "`plan` of an earlier report of this process: where the import would do something else by now, nothing is \
             written (409), and `report` says what it would do."}),
        "key" => json!({"type": "string", "description":
            "Fields by which a row without id is found again, with commas between: else its name and city."}),
        "set" => json!({"type": "string", "contentMediaType": "application/json", "description":
            "What every row says where its cells say nothing: {field: value}."}),
        "personal_email" => json!({"type": "string", "enum": ["refuse", "leave", "allow"], "description":
            "What becomes of e-mail addresses that look like a person's and are to go into a register."}),
        "purpose" | "legal_basis" | "retain_until" | "informed_on" => json!({"type": "string", "description":
            "Of all contact persons of the file; the first three are needed where it would add any."}),
        "scope" => json!({"type": "string", "description":
            "Who else reads the contact persons: `all`, or partners with commas between; nobody where it is left out."}),
        _ => json!({"type": "string"}),
    }
}

fn operation_id(route: &Doc) -> String {
    let words = route.path.trim_start_matches("/api/v1").split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|w| !w.is_empty()).fold(route.method.to_owned(), |id, word| format!("{id}_{word}"))
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn schemas() -> Value {
    let text = || json!({"type": "string"});
    let name = || json!({"type": "string", "minLength": 1, "maxLength": NAME_BYTES_MAX, "pattern": "^[^\\p{Cc}]*[^\\s\\p{Cc}][^\\p{Cc}]*$"});
    let writers = json!({"oneOf": [
        {"type": "string", "description": "`all`, or one partner's name or id"},
        {"type": "array", "items": text()},
    ]});
    let fields = json!({"type": "object", "description": "As in Fields_<kind>; `name@it` names one language."});
    let record = object(
        &["kind", "fields"],
        json!({
            "kind": {"type": "string", "enum": kinds()}, "register": {"type": ["string", "null"]}, "fields": fields,
        }),
    );
    let mut schemas = json!({
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": text(), "title": text(), "status": {"type": "integer"}, "detail": text(), "hint": text(),
            },
            "example": Problem::not_found("record").to_json(),
        },
        "Further": object(&["request"], json!({
            "request": text(),
            "rights": {"type": "array", "items": {"enum": ["edit", "invite", "steward", "admin"]}, "minItems": 1},
        })),
        "Found": object(&["name"], json!({"name": name(), "carry_over": {"type": "boolean"}})),
        "Invite": object(&["name", "country"], json!({
            "name": name(), "country": {"type": "string", "pattern": "^[A-Za-z]{2}$"},
            "valid_ms": {"type": "integer", "minimum": 0, "maximum": u64::MAX},
        })),
        "Stewards": object(&["stewards"], json!({"stewards": {
            "type": "array", "items": name(), "minItems": 1, "maxItems": comin_protocol::limits::STEWARDS_MAX,
        }})),
        "Rekey": object(&["key"], json!({"key": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "certificate": text()})),
        "Revocation": object(&["statement"], json!({"statement": {"type": "string", "pattern": "^([0-9a-f]{2})+$"}})),
        "Join": object(&["ticket"], json!({"ticket": {"type": "string", "pattern": "^comin1-"}})),
        "RegisterAdd": object(&["name", "writers"], json!({"name": name(), "writers": writers.clone()})),
        "PersonAdd": object(&["fields", "scope"], json!({"fields": {"type": "object"}, "scope": writers.clone()})),
        "Scope": object(&["scope"], json!({"scope": writers.clone()})),
        "Erase": object(&["reason"], json!({"reason": {
            "type": "string", "enum": comin_protocol::persons::Reason::ALL.map(comin_protocol::persons::Reason::code),
        }})),
        "PersonFile": object(&["file"], json!({"file": text()})),
        "CalendarAdd": object(&["name"], json!({"name": name(), "public": {"type": "boolean"}})),
        "UserAdd": object(&["name", "role"], json!({"name": name(), "role": {"type": "string", "enum": ["admin", "editor"]},
            "language": {"type": "string", "enum": ["it", "sl", "fr", "en"]}})),
        "Writers": object(&["writers"], json!({"writers": writers})),
        "NewRecord": record,
        "RecordsCreate": {"oneOf": [
            {"$ref": "#/components/schemas/NewRecord"},
            object(&["records"], json!({"records": {
                "type": "array", "minItems": 1, "maxItems": super::limits::RECORDS_PER_REQUEST_MAX,
                "items": {"$ref": "#/components/schemas/NewRecord"},
            }})),
        ]},
        "Advance": object(&["to"], json!({"to": text(), "at": {"type": "string", "format": "date"}})),
        "Propose": object(&["fields"], json!({"fields": {"type": "object", "minProperties": 1}, "reason": text()})),
        "Interests": object(&["organisations", "network"], json!({
            "event": text(), "network": text(), "motivation": {"type": "object"}, "register": text(),
            "organisations": {"type": "array", "items": text(), "minItems": 1,
                "maxItems": super::limits::RECORDS_PER_REQUEST_MAX},
            "at": {"type": "string", "format": "date"},
        })),
        "Same": object(&["state"], json!({
            "id": text(), "a": text(), "b": text(), "register": text(),
            "state": {"type": "string", "enum": ["suggested", "confirmed", "refused"]},
        })),
        "RecordPatch": object(&["fields"], json!({"fields": {"type": "object"}})),
        "Resolve": object(&["field"], json!({
            "field": text(), "take": {"type": "integer", "minimum": 1}, "value": {}, "version": text(),
        })),
        "Undo": object(&["change"], json!({
            "change": text(), "field": text(), "take": {"type": "integer", "minimum": 1}, "anyway": {"type": "boolean"},
        })),
        "Sync": object(&[], json!({"wait": {"type": "integer", "minimum": 0, "maximum": SYNC_WAIT_MAX.as_secs()}})),
    });
    if let Some(all) = schemas.as_object_mut() {
        all.extend(views::openapi_kinds());
    }
    schemas
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_its_own_name() {
        let ids: BTreeSet<String> = ROUTES.iter().map(operation_id).collect();
        assert_eq!(ids.len(), ROUTES.len(), "generated clients make a function of each");
    }

    #[test]
    fn what_a_route_needs_is_said_to_be_needed() {
        let document = document();
        let operation = |path: &str, method: &str| document["paths"][path][method].clone();
        let import = operation("/api/v1/import", "post");
        assert!(import["requestBody"]["content"]["text/csv"].is_object(), "an import takes a file: {import}");
        let needs = |operation: &Value, name: &str| {
            let all = operation["parameters"].as_array().unwrap().clone();
            all.into_iter().any(|parameter| parameter["name"] == name && parameter["required"] == true)
        };
        assert!(needs(&import, "kind") && needs(&operation("/api/v1/export", "get"), "format"), "kind and format");
        for (path, method) in [("/api/v1/records/{id}", "patch"), ("/api/v1/records/{id}", "delete")] {
            assert!(needs(&operation(path, method), "If-Match"), "{method} needs the version that it saw");
        }
        assert!(!needs(&operation("/api/v1/records", "get"), "kind"), "a list of all kinds is one as well");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for rest in text.split("#/components/schemas/").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name} is described");
        }
    }
}
