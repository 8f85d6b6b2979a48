//! Text that people copy, print and read out: a word that says what it is, base32, and a checksum.
//!
//! # Shape
//! `word` version `-` base32(length u16be ‖ payload ‖ first 4 bytes of a tagged hash). Base32 is RFC 4648's
//! alphabet in lower case without padding; spaces, line breaks and upper case are forgiven, since mail
//! programs and people bring them in.
//!
//! # Source
//! WIRE.md, "Ticket".

use crate::ids::tagged_hash;
use crate::limits;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH_BYTES: usize = 2;
const CHECKSUM_BYTES: usize = 4;

/// Why a text could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ArmorError {
    /// It does not begin as it must: something else was copied.
    #[error("the text does not begin with \u{201c}{0}\u{201d} and a number")]
    Foreign(&'static str),
    /// It begins right but was made by a later version.
    #[error("the text was made by a newer version of comin (format {0})")]
    Newer(u32),
    /// The end is missing.
    #[error("the text is incomplete: its end is missing")]
    Truncated,
    /// Characters were changed, added or lost inside.
    #[error("the text was altered: its checksum does not fit")]
    Altered,
}

/// Writes bytes as text; `payload` is at most 64 KiB.
pub fn encode(word: &'static str, version: u32, payload: &[u8]) -> String {
    // INVARIANT: every payload of ours is bounded by `limits` far below 64 KiB.
    let mut bytes = (payload.len() as u16).to_be_bytes().to_vec();
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(&checksum(word, version, payload));
    let mut out = format!("{word}{version}-");
    for group in bytes.chunks(5) {
        let bits = group.iter().enumerate().fold(0u64, |bits, (i, byte)| bits | u64::from(*byte) << (32 - 8 * i));
        for i in 0..(group.len() * 8).div_ceil(5) {
            // INVARIANT: masked to five bits, below the alphabet's 32 letters.
            out.push(ALPHABET[(bits >> (35 - 5 * i)) as usize & 31] as char);
        }
    }
    out
}

/// Reads what [`encode`] wrote with this word and version.
///
/// # Errors
/// [`ArmorError`], which names what is wrong with the text.
pub fn decode(word: &'static str, version: u32, text: &str) -> Result<Vec<u8>, ArmorError> {
    let text = text.trim_start();
    if text.len() > limits::ARMOR_TEXT_BYTES_MAX {
        return Err(ArmorError::Altered);
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let rest = text.strip_prefix(word).ok_or(ArmorError::Foreign(word))?;
    let (number, body) = rest.split_once('-').ok_or(ArmorError::Foreign(word))?;
    match number.parse::<u32>() {
        Ok(found) if found == version => {}
        Ok(found) if found > version => return Err(ArmorError::Newer(found)),
        _ => return Err(ArmorError::Foreign(word)),
    }
    let bytes = from_base32(body).ok_or(ArmorError::Altered)?;
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or(ArmorError::Truncated)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if rest.len() < length + CHECKSUM_BYTES {
        return Err(ArmorError::Truncated);
    }
    let (payload, found) = rest.split_at(length);
    if found != checksum(word, version, payload) {
        return Err(ArmorError::Altered);
    }
    Ok(payload.to_vec())
}

fn checksum(word: &str, version: u32, payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let hash = tagged_hash("comin/armor/1", &[word.as_bytes(), &version.to_le_bytes(), payload]);
    [hash[0], hash[1], hash[2], hash[3]]
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0u32, 0);
    for c in text.bytes() {
        let digit = ALPHABET.iter().position(|letter| *letter == c)? as u32;
        bits = (bits << 5 | digit) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_is_named() {
        let text = encode("comin", 1, b"some payload of a ticket");
        assert_eq!(decode("comin", 1, &text).as_deref(), Ok(&b"some payload of a ticket"[..]), "it reads back");
        let wrapped = format!("  {}\r\n  {} \n", &text[..20].to_uppercase(), &text[20..]);
        assert!(decode("comin", 1, &wrapped).is_ok(), "line breaks, indentation and capitals are forgiven");
        assert_eq!(decode("comin", 1, "hello"), Err(ArmorError::Foreign("comin")), "another text is named");
        assert_eq!(decode("comin", 1, "comin-x"), Err(ArmorError::Foreign("comin")), "a version must be there");
        let newer = encode("comin", 2, b"what comes");
        assert_eq!(decode("comin", 1, &newer), Err(ArmorError::Newer(2)), "a newer format is named");
        let short = &text[..text.len() - 5];
        assert_eq!(decode("comin", 1, short), Err(ArmorError::Truncated), "a lost end is named");
        assert_eq!(decode("comin", 1, "comin1-"), Err(ArmorError::Truncated), "so is a lost body");
        let mut altered = text.clone().into_bytes();
        altered[15] = if altered[15] == b'a' { b'b' } else { b'a' };
        let altered = String::from_utf8(altered).expect("ascii");
        assert_eq!(decode("comin", 1, &altered), Err(ArmorError::Altered), "a changed letter is found");
        assert_eq!(decode("comin", 1, &text.replace('-', "-!")), Err(ArmorError::Altered), "so is a foreign one");
    }

    proptest! {
        #[test]
        fn any_payload_reads_back(payload in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encode("word", 3, &payload);
            prop_assert_eq!(decode("word", 3, &text), Ok(payload));
        }

        #[test]
        fn no_text_panics(text in "comin1-[a-z2-7 ]{0,80}|.{0,40}") {
            let _ = decode("comin", 1, &text);
        }
    }
}
