//! vCard 4.0 (RFC 6350): persons.

use super::content_lines::{escaped, push_line};
use super::{Entry, ExportError, Writer};
use crate::views::Titles;
use comin_protocol::ids::RecordKey;
use comin_protocol::persons::Personal;
use comin_protocol::record::Row;

/// A card for each person.
pub struct Vcf;

impl Writer for Vcf {
    fn begin(&mut self, _: &mut Vec<u8>) {}

    fn add(&mut self, entry: &Entry, out: &mut Vec<u8>) -> Result<(), ExportError> {
        if let Some(version) = entry.shown() {
            push_card(out, &version.row, &entry.titles);
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<(), ExportError> {
        Ok(())
    }
}

/// A person as a card; `titles`: what its organisation is called.
pub fn vcard(row: &Row, titles: &Titles) -> Personal<String> {
    let mut out = Vec::new();
    push_card(&mut out, row, titles);
    Personal::new(String::from_utf8_lossy(&out).into_owned())
}

fn push_card(out: &mut Vec<u8>, row: &Row, titles: &Titles) {
    let text = |field: &str| row.text(field).map(escaped).unwrap_or_default();
    let (given, family) = (text("given_name"), text("family_name"));
    let mut line = |text: &str| push_line(out, text);
    line("BEGIN:VCARD");
    line("VERSION:4.0");
    line(&format!("UID:urn:comin:{}", row.key));
    line(&format!("FN:{}", format!("{given} {family}").trim()));
    line(&format!("N:{family};{given};;;"));
    let organisation = row.text("organisation").and_then(RecordKey::parse);
    if let Some(name) = organisation.and_then(|key| titles.get(&key)) {
        line(&format!("ORG:{}", escaped(name)));
    }
    let fields = [("ROLE", "role"), ("EMAIL", "email"), ("TEL;VALUE=text", "phone"), ("LANG", "language")];
    for (name, field) in fields.iter().filter(|(_, field)| row.value(field).is_some()) {
        line(&format!("{name}:{}", text(field)));
    }
    line("END:VCARD");
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::{ActorId, DocId, RegisterId};
    use comin_protocol::record::{Cell, Origin, Scalar};

    #[test]
    fn a_card_holds_what_a_card_can() {
        let register = RegisterId([1; 32]);
        let cell = |text: &str| vec![Cell { value: Scalar::from(text), origin: 0 }];
        let fields = [("given_name", "Ada"), ("family_name", "Zupan; ml."), ("email", "ada@most.example")];
        let row = Row {
            key: RecordKey::person(&register),
            doc: DocId::person(register),
            origins: vec![Origin { actor: ActorId([1; 16]), time_ms: 0 }],
            fields: fields.iter().map(|(name, text)| ((*name).to_owned(), cell(text))).collect(),
            unseen_edits: Vec::new(),
        };
        let card = vcard(&row, &Titles::new()).into_inner();
        assert!(card.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n"), "{card}");
        assert!(card.contains("N:Zupan\\; ml.;Ada;;;\r\n") && card.contains("EMAIL:ada@most.example\r\n"), "{card}");
        assert!(!card.contains("TEL") && !card.contains("ORG"), "what is not there has no line: {card}");
    }
}
