//! A reader over untrusted bytes: every step is bounded by what is left, and numbers have one spelling only.

use super::ScanError;

/// What remains to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All that is left, without reading it.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// What lies between here and `later`, a later state of the same reader.
    pub(super) fn until(&self, later: &Self) -> &'a [u8] {
        self.0.get(..self.0.len().saturating_sub(later.0.len())).unwrap_or_default()
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], ScanError> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(ScanError::Malformed("bytes end too early"))?;
        self.0 = rest;
        Ok(head)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ScanError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(ScanError::Malformed("bytes end too early"))?;
        self.0 = rest;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8, ScanError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(super) fn uleb(&mut self) -> Result<u64, ScanError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return if shift > 0 && byte == 0 { Err(LONG) } else { Ok(value) };
            }
        }
        Err(ScanError::Malformed("number beyond 64 bits"))
    }

    /// A signed LEB128 number in its shortest form.
    pub(super) fn sleb(&mut self) -> Result<i64, ScanError> {
        let mut value = 0i64;
        let mut before = 0u8;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                break;
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0;
                let sign_repeated = matches!((byte, before & 0x40), (0, 0) | (0x7f, 0x40));
                if shift > 0 && sign_repeated {
                    return Err(LONG);
                }
                return Ok(if negative && shift < 57 { value | -1 << (shift + 7) } else { value });
            }
            before = byte;
        }
        Err(ScanError::Malformed("number beyond 64 bits"))
    }

    /// A number that counts or measures something of at most `max`; `what` names the limit.
    pub(super) fn bounded(&mut self, max: usize, what: &'static str) -> Result<usize, ScanError> {
        match usize::try_from(self.uleb()?) {
            Ok(value) if value <= max => Ok(value),
            _ => Err(ScanError::Limit(what)),
        }
    }
}

const LONG: ScanError = ScanError::Malformed("number not in its shortest form");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn uleb(bytes: &[u8]) -> Result<u64, ScanError> {
        let mut reader = Bytes::new(bytes);
        let value = reader.uleb()?;
        if reader.is_empty() { Ok(value) } else { Err(ScanError::Malformed("bytes after the number")) }
    }

    fn sleb(bytes: &[u8]) -> Result<i64, ScanError> {
        let mut reader = Bytes::new(bytes);
        let value = reader.sleb()?;
        if reader.is_empty() { Ok(value) } else { Err(ScanError::Malformed("bytes after the number")) }
    }

    fn write_uleb(mut value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
        out
    }

    fn write_sleb(mut value: i64) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let byte = value as u8 & 0x7f;
            value >>= 7;
            if matches!((value, byte & 0x40), (0, 0) | (-1, 0x40)) {
                out.push(byte);
                return out;
            }
            out.push(byte | 0x80);
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back(unsigned: u64, signed: i64) {
            prop_assert_eq!(uleb(&write_uleb(unsigned)), Ok(unsigned));
            prop_assert_eq!(sleb(&write_sleb(signed)), Ok(signed));
        }

        /// What reads is what the writer would have written: no value has two spellings.
        #[test]
        fn numbers_have_one_spelling(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            if let Ok(value) = uleb(&bytes) {
                prop_assert_eq!(write_uleb(value), bytes.clone());
            }
            if let Ok(value) = sleb(&bytes) {
                prop_assert_eq!(write_sleb(value), bytes);
            }
        }
    }

    #[test]
    fn extremes_read_and_overflow_is_refused() {
        for value in [i64::MIN, i64::MIN + 1, -65, -64, -1, 0, 63, 64, i64::MAX] {
            assert_eq!(sleb(&write_sleb(value)), Ok(value), "{value} reads back");
        }
        assert_eq!(uleb(&write_uleb(u64::MAX)), Ok(u64::MAX), "the largest number reads back");
        let over = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert!(uleb(&over).is_err(), "65 bits are refused");
        assert!(sleb(&over).is_err(), "65 signed bits are refused");
        assert!(uleb(&[0x80; 4096]).is_err(), "an endless number is refused");
        assert!(uleb(&[]).is_err(), "no byte is no number");
    }
}
