//! Why a value was refused and what would be right, in the reader's language. What the schema says itself is for programs.

use super::fields::type_name;
use crate::i18n::Lang;
use comin_protocol::schema::{Field, FieldType};

/// Where a value was entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In a form, which shows what there is to choose from.
    Form,
    /// In a table of one's own.
    Table,
}

/// Why `field` does not take `value`, shortened as the schema gives it; empty where something is missing.
pub fn refusal(lang: Lang, field: &Field, value: &str, place: Place) -> String {
    let typed = type_name(field.field_type);
    let key = match typed {
        _ if value.is_empty() => "refused-required",
        // The value is shortened where it is shown: the mark at its end stands for the rest.
        "line" | "lines" | "translated_line" | "links" | "link" if value.ends_with('…') => "refused-too-long",
        "prose" | "translated_prose" if value.ends_with('…') => "refused-too-long",
        "line" | "translated_line" if value.contains('\n') => "refused-several-lines",
        "code" | "codes" if place == Place::Table => return none_of(lang, field, value),
        "code" | "codes" => "refused-code",
        "reference" | "references" if place == Place::Table => "refused-record",
        "reference" | "references" => "refused-reference",
        "link" | "links" => "refused-link",
        "flag" => "refused-flag",
        "date" | "month" | "moment_range" | "position" | "integer" | "email" | "country" | "digest" => {
            return lang.text_with(&format!("refused-{typed}"), &[("value", quoted(lang, value).into())]);
        }
        _ => "refused-line",
    };
    lang.text_with(key, &[("value", quoted(lang, value).into()), ("max", field.bytes_max.into())])
}

/// A word that is none of a vocabulary, with those that are.
fn none_of(lang: Lang, field: &Field, value: &str) -> String {
    let (FieldType::Code(list) | FieldType::Codes(list)) = field.field_type else { return String::new() };
    let choices: Vec<&str> = list.terms.iter().map(|term| term.label(lang.code())).collect();
    let args = [("value", quoted(lang, value).into()), ("choices", choices.join("; ").into())];
    lang.text_with("refused-code-of", &args)
}

/// A value as it was entered, in the quotation marks of the language.
pub fn quoted(lang: Lang, value: &str) -> String {
    match lang {
        Lang::En => format!("“{value}”"),
        Lang::It => format!("«{value}»"),
        Lang::Sl => format!("»{value}«"),
        Lang::Fr => format!("«\u{a0}{value}\u{a0}»"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::schema;

    #[test]
    fn a_table_is_told_what_there_is_to_choose_from() {
        let field = schema::kind("organisation").and_then(|kind| kind.field("type")).expect("a field of codes");
        let told = refusal(Lang::It, field, "ditta", Place::Table);
        assert!(told.starts_with("«ditta» non è") && told.contains("cooperativa sociale"), "{told}");
        assert!(refusal(Lang::It, field, "ditta", Place::Form).ends_with("Scegli dall’elenco."), "a form shows them");
    }
}
