//! Small things about texts that several rooms need.

/// The Levenshtein distance of two short texts, without regard to upper and lower case.
pub fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.to_lowercase().chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            before = (before + 1).min(above + 1).min(diagonal + usize::from(a != *b));
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// The one of `known` that is most like `text`.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().min_by_key(|other| distance(text, other))
}

/// A text as keys compare it: trimmed, inner white space as one blank, lower case.
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_steps_between_texts() {
        assert_eq!(distance("mdns", "mdns"), 0, "equal");
        assert_eq!(distance("Page", "page"), 0, "case does not count");
        assert_eq!(distance("kitten", "sitting"), 3, "the textbook's example");
        assert_eq!(distance("", "abc"), 3, "from nothing");
        assert_eq!(nearest("organisaton", ["network", "organisation"]), Some("organisation"), "the least distance");
    }

    #[test]
    fn folds_what_people_type_differently() {
        assert_eq!(folded("  Ljudska   UNIVERZA Ptuj\n"), "ljudska univerza ptuj", "blanks and case");
    }
}
