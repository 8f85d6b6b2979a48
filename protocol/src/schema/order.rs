//! Places in a list that people reorder: texts that sort, between any two of which there is another one.

/// Digits of a place, in the order in which they sort.
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Longest place in bytes: a list in which somebody inserted at one spot 500 times.
const PLACE_BYTES_MAX: usize = 120;

/// Whether a text is a place: digits, of which the last is not the least (nothing would fit before it).
pub(super) fn is_place(text: &str) -> bool {
    (1..=PLACE_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| DIGITS.contains(&b)) && !text.ends_with('0')
}

/// A place after `low` (empty: the beginning) and before `high` (`None`: the end). `low` is before `high`.
pub(super) fn between(low: &str, high: Option<&str>) -> String {
    let digit = |text: &str, at: usize| {
        text.as_bytes().get(at).and_then(|b| DIGITS.iter().position(|digit| digit == b)).unwrap_or(0)
    };
    let mut high = high;
    let mut out = String::new();
    for at in 0.. {
        let least = digit(low, at);
        let (next, open) = match high {
            Some(high) => (digit(high, at), false),
            None => (DIGITS.len(), true),
        };
        if next > least + 1 {
            // At the end one step is enough: lists grow there.
            let middle = if open { least + 1 } else { least.midpoint(next) };
            out.push(char::from(DIGITS[middle])); // INVARIANT: less than `next`, which is at most their number.
            break;
        }
        out.push(char::from(DIGITS[least])); // INVARIANT: the position of a digit.
        if next > least {
            high = None;
        }
    }
    out
}

/// Places for a list in the order of `standing` (the place of each entry now, `None` for a new one), strictly
/// ascending. As few as possible change.
pub(super) fn arrange(standing: &[Option<&str>]) -> Vec<String> {
    let kept = longest_ascending(standing);
    let mut out: Vec<String> = Vec::with_capacity(standing.len());
    for (at, place) in standing.iter().enumerate() {
        let place = match place {
            Some(place) if kept.contains(&at) => (*place).to_owned(),
            _ => {
                let next = kept.iter().find(|index| **index > at).and_then(|index| standing[*index]); // INVARIANT: kept holds indexes of it.
                between(out.last().map_or("", String::as_str), next)
            }
        };
        out.push(place);
    }
    out
}

/// The indexes of a longest strictly ascending choice of places.
fn longest_ascending(places: &[Option<&str>]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (at, place) in places.iter().enumerate() {
        let before = (0..at).filter(|other| places[*other].is_some() && places[*other] < *place); // INVARIANT: both indexes are within.
        let longest = before.max_by_key(|other| (best[*other].0, std::cmp::Reverse(*other)));
        best.push((longest.map_or(1, |other| best[other].0 + 1), longest));
    }
    let ends = (0..places.len()).filter(|at| places[*at].is_some());
    let mut at = ends.max_by_key(|at| (best[*at].0, std::cmp::Reverse(*at)));
    let mut out = Vec::new();
    while let Some(index) = at {
        out.push(index);
        at = best[index].1;
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = String> {
        "[0-9a-z]{0,4}[1-9a-z]"
    }

    proptest! {
        #[test]
        fn there_is_always_a_place_between(a in place(), b in place()) {
            prop_assume!(a != b);
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            for (low, high) in [(low.as_str(), Some(high.as_str())), ("", Some(low.as_str())), (high.as_str(), None)] {
                let found = between(low, high);
                prop_assert!(low < found.as_str() && high.is_none_or(|high| found.as_str() < high), "{low} {found} {high:?}");
                prop_assert!(is_place(&found), "{found} is a place itself");
            }
        }

        #[test]
        fn an_arrangement_ascends_and_keeps_what_it_can(places in prop::collection::vec(prop::option::of(place()), 0..12)) {
            let standing: Vec<Option<&str>> = places.iter().map(Option::as_deref).collect();
            let arranged = arrange(&standing);
            prop_assert!(arranged.is_sorted_by(|a, b| a < b), "{arranged:?}");
            let kept = arranged.iter().zip(&standing).filter(|(new, old)| Some(new.as_str()) == **old).count();
            prop_assert!(kept >= longest_ascending(&standing).len(), "what ascends stays");
        }
    }

    #[test]
    fn a_moved_entry_alone_changes() {
        let arranged = arrange(&[Some("3"), Some("1"), Some("2")]);
        assert_eq!(arranged[1..], ["1", "2"], "two stay where they are");
        assert!(arranged[0].as_str() < "1", "and the third goes before them: {arranged:?}");
    }

    #[test]
    fn a_list_that_grows_at_its_end_has_short_places() {
        let mut last = String::new();
        for _ in 0..100 {
            last = between(&last, None);
        }
        assert!(last.len() <= 3, "100 entries: {last}");
    }
}
