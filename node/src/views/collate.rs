//! Collation: the order in which people look for a name in their own language.

use super::fold::fold_into;
use crate::i18n::Lang;

/// Puts a letter of the alphabet behind every word that begins with the letter before it: `č` behind `cz`.
const NEXT_LETTER: char = '\u{10fffd}';
/// The same for a letter behind that one, which comes from elsewhere: `ć` behind `č`, `đ` behind `d`.
const FOREIGN_LETTER: char = '\u{10fffe}';

/// A text as a key: keys, compared as texts, stand in the order of the language. Accents are looked at only where two
/// texts are the same without them, case is not. Slovene has `č`, `š` and `ž` as letters of their own, behind `c`, `s`
/// and `z` (alphabet of the Slovenski pravopis); in the other languages an accented letter is its base.
pub fn sort_key(lang: Lang, text: &str) -> String {
    let lower = text.to_lowercase();
    let mut key = String::with_capacity(lower.len());
    for c in lower.chars() {
        let behind = if lang == Lang::Sl { slovene(c, key.chars().next_back()) } else { None };
        fold_into(&mut key, c);
        key.extend(behind);
    }
    if key != lower {
        // Below every letter and blank: a text goes before all that it begins.
        key.push('\0');
        key.push_str(&lower);
    }
    key
}

/// What puts a letter behind its base in Slovene, be it one character or a base (`before`) and a combining accent.
fn slovene(c: char, before: Option<char>) -> Option<char> {
    match (c, before) {
        ('č' | 'š' | 'ž', _) | ('\u{30c}', Some('c' | 's' | 'z')) => Some(NEXT_LETTER),
        ('ć' | 'đ', _) | ('\u{301}', Some('c')) => Some(FOREIGN_LETTER),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words stand in the order of the language, whatever order they come in.
    fn assert_order(lang: Lang, ordered: &[&str]) {
        let mut sorted = ordered.to_vec();
        sorted.reverse();
        sorted.sort_by_key(|word| sort_key(lang, word));
        assert_eq!(sorted, ordered, "the order of {}", lang.code());
    }

    #[test]
    fn slovene_letters_have_a_place_of_their_own() {
        assert_order(
            Lang::Sl,
            &[
                "Celje",
                "Czech House",
                "Čebelica",
                "Črnomelj",
                "Ćosić",
                "Dom",
                "Đurić",
                "Ezop",
                "Sava",
                "Szeged",
                "Šola",
                "Tolmin",
                "Zavod",
                "zveza",
                "Žalec",
            ],
        );
        assert_order(Lang::Sl, &["Kos", "Kosa", "Koš", "Kot"]);
        assert_order(Lang::Sl, &["Cvet", "C\u{30c}ebelica", "Dom"]);
    }

    #[test]
    fn accents_of_other_languages_are_their_base() {
        assert_order(Lang::Fr, &["Eau", "École", "Éducation", "Emploi", "Étoile", "Fabrique", "Œuvre", "Ouvrage"]);
        assert_order(Lang::It, &["Cebelica", "Čebelica", "Città", "Società", "Trieste"]);
        assert_order(Lang::En, &["Sava", "Šola", "Tolmin"]);
    }

    #[test]
    fn an_accent_counts_between_texts_that_are_the_same_without() {
        assert_order(Lang::Fr, &["cote", "coté", "cote d’or", "coter"]);
        assert_eq!(sort_key(Lang::Fr, "LE PONT"), sort_key(Lang::Fr, "le pont"), "case does not count");
    }
}
