//! The words that there are, each with a number: which of them hold a piece, and which are a slip away from it.

use std::collections::HashMap;

/// Letters of the pieces by which words are found.
const GRAM: usize = 3;
/// Letters of a word from which one slip is forgiven, and from which two are.
const SLIPS: [usize; 2] = [4, 8];

/// The words.
#[derive(Default)]
pub struct Dictionary {
    words: Vec<Word>,
    numbers: HashMap<Box<str>, u32>,
    /// Three letters → the numbers of the words that hold them, ascending.
    grams: HashMap<[u8; GRAM], Vec<u32>>,
}

struct Word {
    text: Box<str>,
    /// Its letters and digits as a set, by the low bits of their bytes: far sets are far words.
    letters: u64,
    chars: u16,
}

/// How a word of a query is in a word of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fit {
    /// Two slips away.
    TwoSlips,
    /// One slip away.
    OneSlip,
    /// Somewhere within.
    Within,
    /// At its beginning.
    Begins,
    /// The whole of it.
    Whole,
}

impl Dictionary {
    /// The number of a word, given out now if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let mut grams: Vec<[u8; GRAM]> =
            text.as_bytes().windows(GRAM).filter_map(|gram| gram.try_into().ok()).collect();
        grams.sort_unstable();
        grams.dedup();
        for gram in grams {
            self.grams.entry(gram).or_default().push(number);
        }
        let chars = u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
        self.words.push(Word { text: text.into(), letters: letters(text), chars });
        self.numbers.insert(text.into(), number);
        number
    }

    /// The word of a number.
    pub fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", |word| &word.text)
    }

    /// Every word that holds the piece, and how.
    pub fn holding(&self, piece: &str) -> Vec<(u32, Fit)> {
        let fit = |text: &str| match text {
            text if text == piece => Some(Fit::Whole),
            text if text.starts_with(piece) => Some(Fit::Begins),
            text => text.contains(piece).then_some(Fit::Within),
        };
        let found = |number: &u32| Some((*number, fit(self.word(*number))?));
        let mut lists = Vec::new();
        for gram in piece.as_bytes().windows(GRAM) {
            match <[u8; GRAM]>::try_from(gram).ok().and_then(|gram| self.grams.get(&gram)) {
                Some(list) => lists.push(list),
                None => return Vec::new(),
            }
        }
        // The rarest three letters leave the fewest words to look at.
        match lists.into_iter().min_by_key(|list| list.len()) {
            Some(list) => list.iter().filter_map(found).collect(),
            // Too short for that: every word is looked at.
            None => (0..).zip(&self.words).filter_map(|(number, word)| Some((number, fit(&word.text)?))).collect(),
        }
    }

    /// Every word that is a slip of the keyboard away, or two of a long one: a letter too many, too few, another one, or
    /// two exchanged. What somebody has not typed to its end may be the beginning of a longer word.
    pub fn near(&self, piece: &str) -> Vec<(u32, Fit)> {
        let chars: Vec<char> = piece.chars().collect();
        let slips = SLIPS.iter().filter(|least| chars.len() >= **least).count();
        if slips == 0 {
            return Vec::new();
        }
        let (set, shortest) = (letters(piece), chars.len().saturating_sub(slips));
        let mut out = Vec::new();
        let mut buffer = Vec::new();
        for (number, word) in (0..).zip(&self.words) {
            // Each slip takes at most one letter out of the set that the piece has and the word has not.
            if usize::from(word.chars) < shortest || (set & !word.letters).count_ones() as usize > slips {
                continue;
            }
            buffer.clear();
            buffer.extend(word.text.chars().take(chars.len() + slips));
            match distance(&chars, &buffer, slips) {
                Some(0 | 1) => out.push((number, Fit::OneSlip)),
                Some(_) => out.push((number, Fit::TwoSlips)),
                None => {}
            }
        }
        out
    }
}

fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |set, byte| set | 1 << (byte & 63))
}

/// The least number of slips between `piece` and a beginning of `word`, if it is at most `most` (restricted
/// Damerau–Levenshtein). The first letter of the word may be one of them, its end never is: a word that goes on counts
/// no slip.
fn distance(piece: &[char], word: &[char], most: usize) -> Option<usize> {
    let width = word.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    for (i, a) in piece.iter().enumerate() {
        let mut row = Vec::with_capacity(width);
        row.push(i + 1);
        for (j, b) in word.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&row, j) + 1).min(at(&above, j + 1) + 1).min(at(&above, j) + usize::from(a != b));
            let exchanged = i > 0 && j > 0 && piece.get(i - 1) == Some(b) && word.get(j - 1) == Some(a);
            if exchanged {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.into_iter().min().filter(|least| *least <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(words: &[&str]) -> Dictionary {
        let mut dictionary = Dictionary::default();
        for word in words {
            dictionary.number(word);
        }
        dictionary
    }

    fn named(dictionary: &Dictionary, found: Vec<(u32, Fit)>) -> Vec<(String, Fit)> {
        found.into_iter().map(|(number, fit)| (dictionary.word(number).to_owned(), fit)).collect()
    }

    #[test]
    fn pieces_are_found_anywhere() {
        let words = dictionary(&["sentprima", "prima", "primavera", "rima", "ab"]);
        let found = named(&words, words.holding("prima"));
        let expected = [("sentprima", Fit::Within), ("prima", Fit::Whole), ("primavera", Fit::Begins)];
        assert_eq!(found, expected.map(|(word, fit)| (word.to_owned(), fit)), "within, whole, at the beginning");
        assert_eq!(words.holding("a").len(), 5, "a single letter too");
        assert!(words.holding("primaz").is_empty(), "and nothing else");
    }

    #[test]
    fn slips_are_forgiven() {
        let words = dictionary(&["cooperativa", "mreza", "zavod", "rete"]);
        let near = |piece: &str| named(&words, words.near(piece));
        let is = |piece: &str, word: &str, fit| assert_eq!(near(piece), [(word.to_owned(), fit)], "{piece}");
        is("mrezza", "mreza", Fit::OneSlip);
        is("mrza", "mreza", Fit::OneSlip);
        is("mraza", "mreza", Fit::OneSlip);
        is("rmeza", "mreza", Fit::OneSlip);
        is("coperativa", "cooperativa", Fit::OneSlip);
        is("coperatica", "cooperativa", Fit::TwoSlips);
        is("coopreat", "cooperativa", Fit::OneSlip);
        assert!(near("zav").is_empty(), "of a short word nothing is guessed");
        assert!(near("mraaa").is_empty(), "nor more slips than its length allows");
    }
}
