//! The lines of which calendars and address books are made (RFC 5545, 3.1 and 3.3.11; RFC 6350, 3.2 and 3.4).

/// Longest line in octets, its end not counted.
const LINE_OCTETS_MAX: usize = 75;

/// Appends one line, folded where it is long. A character is never cut in two.
pub fn push_line(out: &mut Vec<u8>, line: &str) {
    let mut room = LINE_OCTETS_MAX;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.extend_from_slice(b"\r\n ");
            room = LINE_OCTETS_MAX - 1;
        }
        room -= c.len_utf8();
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// A text as the value of a line: separators escaped, line breaks as `\n`, other control characters left out.
pub fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '\\' | ',' | ';' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let text = format!("SUMMARY:{}", "č".repeat(100));
        let mut out = Vec::new();
        push_line(&mut out, &text);
        let folded = String::from_utf8(out).expect("no character is cut");
        assert!(folded.lines().all(|line| line.len() <= LINE_OCTETS_MAX), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end(), text, "unfolding gives the line back");
    }

    #[test]
    fn what_divides_is_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\r\u{7}"), "a\\,b\\;c\\\\d\\ne", "and what cannot be seen goes");
    }
}
