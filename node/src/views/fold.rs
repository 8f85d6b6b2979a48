//! Folding: text as it is searched, without case and accents.

/// Lower case, accents off, `ß` and ligatures opened: "Čebelica" and "cebelica" are one word to a search.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        fold_into(&mut out, c);
    }
    out
}

/// Appends what a lower-case character folds to.
pub(super) fn fold_into(out: &mut String, c: char) {
    match base(c) {
        Some(base) => out.push_str(base),
        None => out.push(c),
    }
}

/// The words of a text as they are compared: folded, whatever is neither letter nor digit as one blank.
pub fn fold_words(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The unaccented form of a lower-case Latin letter; empty for a combining accent.
fn base(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ŕ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        '’' | '‘' => "'",
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{fold, fold_words};

    #[test]
    fn folds_what_people_leave_out() {
        assert_eq!(fold("Čebelica Žalec"), "cebelica zalec", "Slovene carons");
        assert_eq!(fold("Œuvre d’Éducation"), "oeuvre d'education", "French ligature, accent and apostrophe");
        assert_eq!(fold("e\u{301}"), "e", "a combining accent goes too");
        assert_eq!(fold("İ"), "i", "a capital that lowers to two characters");
        assert_eq!(fold_words(" N° SIRET / Siège-social "), "n siret siege social", "words, and nothing between");
    }
}
