//! Numbers as a language writes them.

use super::Lang;
use fluent_bundle::FluentValue;

/// Digits of one group.
const GROUP: usize = 3;

impl Lang {
    /// A whole number, its thousands set apart as the language does it.
    pub fn number(self, number: u64) -> String {
        grouped(&number.to_string(), self.mark())
    }

    /// What stands between the thousands (Unicode CLDR).
    fn mark(self) -> char {
        match self {
            Self::En => ',',
            Self::It | Self::Sl => '.',
            // A narrow no-break space.
            Self::Fr => '\u{202f}',
        }
    }
}

fn grouped(digits: &str, mark: char) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / GROUP * mark.len_utf8());
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(GROUP) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// What a catalogue of the language calls for each value that it fills in: whole numbers get their groups, all else
/// (`None`) stays as it is. `M` is of no use here: what Fluent keeps for its own formatters.
pub(super) fn formatter<M>(lang: Lang) -> fn(&FluentValue<'_>, &M) -> Option<String> {
    match lang {
        Lang::En => |value, _| filled_in(Lang::En, value),
        Lang::It => |value, _| filled_in(Lang::It, value),
        Lang::Sl => |value, _| filled_in(Lang::Sl, value),
        Lang::Fr => |value, _| filled_in(Lang::Fr, value),
    }
}

fn filled_in(lang: Lang, value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = number.as_string();
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| grouped(&digits, lang.mark()))
}
