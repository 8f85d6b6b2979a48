//! GraphML: records as nodes; links between two records, and references from one to another, as edges.

use super::{Entry, ExportError, Writer};
use crate::views::{to_columns, to_json};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{self, Field, FieldType};
use std::collections::{BTreeMap, BTreeSet};

const OPENING: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"#;

/// Name → value as text. Fields that point at records are edges instead.
type Attributes = Vec<(String, String)>;

/// Gathers the graph: attributes are declared before the first node, and an edge needs both its ends.
#[derive(Default)]
pub struct GraphMl {
    nodes: Vec<(String, Attributes)>,
    edges: Vec<Edge>,
    /// For (whether of an edge, name) the type.
    declared: BTreeMap<(bool, String), &'static str>,
}

struct Edge {
    id: String,
    from: String,
    to: String,
    attributes: Attributes,
}

impl Writer for GraphMl {
    fn begin(&mut self, _: &mut Vec<u8>) {}

    fn add(&mut self, entry: &Entry, _: &mut Vec<u8>) -> Result<(), ExportError> {
        let Some(version) = entry.shown() else { return Ok(()) };
        let row = &version.row;
        let kind = schema::kind(&row.key.kind);
        let mut attributes = attributes(row);
        attributes.insert(0, ("kind".to_owned(), row.key.kind.clone()));
        let ends: Vec<&str> = kind.map_or(&[][..], |kind| kind.ends).iter().filter_map(|end| row.text(end)).collect();
        if let [from, to] = ends.as_slice() {
            let (from, to) = ((*from).to_owned(), (*to).to_owned());
            self.edges.push(Edge { id: row.key.to_string(), from, to, attributes });
            return Ok(());
        }
        attributes.insert(1, ("label".to_owned(), entry.group.title.clone()));
        self.nodes.push((row.key.to_string(), attributes));
        for (field, target) in references(row) {
            let id = format!("{}/{field}/{target}", row.key);
            let attributes = vec![("kind".to_owned(), field)];
            self.edges.push(Edge { id, from: row.key.to_string(), to: target, attributes });
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        let known: BTreeSet<&String> = self.nodes.iter().map(|(id, _)| id).collect();
        self.edges.retain(|edge| known.contains(&edge.from) && known.contains(&edge.to));
        self.declare();
        let numbers: BTreeMap<&(bool, String), usize> = self.declared.keys().zip(0..).collect();
        let mut text = String::from(OPENING);
        for ((of_edge, name), kind) in &self.declared {
            let number = numbers.get(&(*of_edge, name.clone())).copied().unwrap_or_default();
            let domain = if *of_edge { "edge" } else { "node" };
            let name = escaped(name);
            text += &format!("<key id=\"d{number}\" for=\"{domain}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n");
        }
        text += "<graph id=\"comin\" edgedefault=\"directed\">\n";
        let data = |of_edge: bool, attributes: &Attributes| {
            let one = |(name, value): &(String, String)| {
                let number = numbers.get(&(of_edge, name.clone())).copied().unwrap_or_default();
                format!("<data key=\"d{number}\">{}</data>", escaped(value))
            };
            attributes.iter().map(one).collect::<String>()
        };
        for (id, attributes) in &self.nodes {
            text += &format!("<node id=\"{}\">{}</node>\n", escaped(id), data(false, attributes));
        }
        for Edge { id, from, to, attributes } in &self.edges {
            let (id, from, to) = (escaped(id), escaped(from), escaped(to));
            let data = data(true, attributes);
            text += &format!("<edge id=\"{id}\" source=\"{from}\" target=\"{to}\">{data}</edge>\n");
        }
        text += "</graph>\n</graphml>\n";
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl GraphMl {
    /// The type of each attribute: a number where every value of that name is one.
    fn declare(&mut self) {
        let nodes = self.nodes.iter().flat_map(|(_, attributes)| attributes).map(|attribute| (false, attribute));
        let edges = self.edges.iter().flat_map(|edge| &edge.attributes).map(|attribute| (true, attribute));
        for (of_edge, (name, value)) in nodes.chain(edges) {
            let kind = type_of(name, value);
            self.declared
                .entry((of_edge, name.clone()))
                .and_modify(|known| *known = if *known == kind { *known } else { "string" })
                .or_insert(kind);
        }
    }
}

/// The type by the schema: of the fields of one name, and of their values, all have to agree.
fn type_of(name: &str, value: &str) -> &'static str {
    let fields = || schema::KINDS.iter().filter_map(|kind| kind.field(name));
    let all = |is: fn(&Field) -> bool| fields().next().is_some() && fields().all(is);
    if (name == "lat" || name == "lon") && value.parse::<f64>().is_ok() {
        "double"
    } else if all(|field| matches!(field.field_type, FieldType::Integer { .. })) && value.parse::<i64>().is_ok() {
        "long"
    } else if all(|field| matches!(field.field_type, FieldType::Flag)) && value.parse::<bool>().is_ok() {
        "boolean"
    } else {
        "string"
    }
}

fn attributes(row: &Row) -> Attributes {
    let kind = schema::kind(&row.key.kind);
    let points = |name: &str| {
        let field = kind.and_then(|kind| kind.field(name)).map(|field| field.field_type);
        matches!(field, Some(FieldType::Reference(_) | FieldType::References(_)))
    };
    let mut out: Attributes =
        to_columns(row).into_iter().filter(|(name, _)| !points(name) && name != "position").collect();
    if let Some(position) = to_json(row).get("position") {
        for name in ["lat", "lon", "precision"] {
            let value = position.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
            out.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
    out
}

/// Field and target of everything that a row points at.
fn references(row: &Row) -> Vec<(String, String)> {
    let Some(kind) = schema::kind(&row.key.kind) else { return Vec::new() };
    let mut out = Vec::new();
    for field in kind.all_fields() {
        match field.field_type {
            FieldType::Reference(_) => {
                out.extend(row.text(field.name).map(|target| (field.name.to_owned(), target.to_owned())));
            }
            FieldType::References(_) => {
                let members = crate::views::words(row, field.name).into_iter();
                out.extend(members.map(|target| (field.name.to_owned(), target)));
            }
            _ => {}
        }
    }
    out.retain(|(_, target)| RecordKey::parse(target).is_some());
    out
}

/// A text in XML 1.0: characters that it does not have are left out.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ones_that_xml_has() {
        assert_eq!(escaped("a<b>&\"c\"\u{0}\u{b}\nd"), "a&lt;b&gt;&amp;&quot;c&quot;&#10;d", "escaped or left out");
    }

    #[test]
    fn only_numbers_are_numbers() {
        assert_eq!((type_of("attendance", "14"), type_of("attendance", "many")), ("long", "string"), "by their values");
        assert_eq!((type_of("lat", "45.9"), type_of("name", "12")), ("double", "string"), "and by their fields");
    }
}
