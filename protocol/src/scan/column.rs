//! Decoders of Automerge's columns: run-length, delta and boolean, one item at a time and never expanded.
//!
//! Only the one encoding that Automerge itself writes is read. A change in any other spelling would apply,
//! but Automerge writes it anew when it saves, the hash differs, and the document never loads again.

use super::{ScanError, bytes::Bytes};

/// A value in a run-length column.
pub(super) trait Item<'a>: Copy + PartialEq {
    fn read(bytes: &mut Bytes<'a>, text_bytes_max: usize) -> Result<Self, ScanError>;
}

impl<'a> Item<'a> for u64 {
    fn read(bytes: &mut Bytes<'a>, _: usize) -> Result<Self, ScanError> {
        bytes.uleb()
    }
}

impl<'a> Item<'a> for i64 {
    fn read(bytes: &mut Bytes<'a>, _: usize) -> Result<Self, ScanError> {
        bytes.sleb()
    }
}

impl<'a> Item<'a> for &'a str {
    fn read(bytes: &mut Bytes<'a>, text_bytes_max: usize) -> Result<Self, ScanError> {
        let length = bytes.bounded(text_bytes_max, "key bytes")?;
        std::str::from_utf8(bytes.take(length)?).map_err(|_| ScanError::Malformed("key is not UTF-8"))
    }
}

/// What kind of run is being read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Run {
    None,
    Repeat,
    Literal,
    Null,
}

/// A run-length column of at most `items_left` items.
#[derive(Clone, Debug)]
pub(super) struct Rle<'a, T> {
    bytes: Bytes<'a>,
    run: Run,
    left: u64,
    last: Option<T>,
    items_left: u64,
    text_bytes_max: usize,
    any_value: bool,
    absent: bool,
}

impl<'a, T: Item<'a>> Rle<'a, T> {
    /// Reads `column`; no bytes at all mean that every item is null.
    pub(super) fn new(column: &'a [u8], items_max: u64, text_bytes_max: usize) -> Self {
        let bytes = Bytes::new(column);
        let absent = column.is_empty();
        let (run, left, last) = (Run::None, 0, None);
        Self { bytes, run, left, last, items_left: items_max, text_bytes_max, any_value: false, absent }
    }

    /// Whether all items have been read.
    pub(super) fn is_done(&self) -> bool {
        self.left == 0 && self.bytes.is_empty()
    }

    /// The next item.
    pub(super) fn next(&mut self) -> Result<Option<T>, ScanError> {
        if self.absent {
            return Ok(None);
        }
        if self.left == 0 {
            self.start_run()?;
        }
        self.left -= 1;
        match self.run {
            Run::Literal => self.literal().map(Some),
            Run::Repeat => Ok(self.last),
            Run::Null | Run::None => Ok(None),
        }
    }

    /// The next item of a column that has no nulls.
    pub(super) fn value(&mut self) -> Result<T, ScanError> {
        self.next()?.ok_or(ScanError::Malformed("null where a value belongs"))
    }

    /// Ends the column: nothing may be left, and a column of nulls only would not have been written.
    pub(super) fn finish(self) -> Result<(), ScanError> {
        match self.absent || (self.is_done() && self.any_value) {
            true => Ok(()),
            false => Err(ScanError::Malformed("columns of different length")),
        }
    }

    fn start_run(&mut self) -> Result<(), ScanError> {
        let count = self.bytes.sleb()?;
        let (run, length) = match count {
            2.. => (Run::Repeat, count.unsigned_abs()),
            ..0 if self.run != Run::Literal => (Run::Literal, count.unsigned_abs()),
            0 if self.run != Run::Null => (Run::Null, self.bytes.uleb()?),
            _ => return Err(MERGEABLE),
        };
        if length == 0 {
            return Err(MERGEABLE);
        }
        // The length is a claim: it is compared with the bound before a single item is produced.
        self.items_left = self.items_left.checked_sub(length).ok_or(ScanError::Limit("items in a column"))?;
        match run {
            Run::Repeat => {
                let value = T::read(&mut self.bytes, self.text_bytes_max)?;
                self.accept(value)?;
            }
            Run::Null => self.last = None,
            Run::Literal | Run::None => {}
        }
        (self.run, self.left) = (run, length);
        Ok(())
    }

    fn literal(&mut self) -> Result<T, ScanError> {
        let value = T::read(&mut self.bytes, self.text_bytes_max)?;
        self.accept(value)?;
        Ok(value)
    }

    /// Equal neighbours would have been one run.
    fn accept(&mut self, value: T) -> Result<(), ScanError> {
        if self.last == Some(value) {
            return Err(MERGEABLE);
        }
        self.any_value = true;
        self.last = Some(value);
        Ok(())
    }
}

const MERGEABLE: ScanError = ScanError::Malformed("run that Automerge does not write");

/// A column of differences.
#[derive(Clone, Debug)]
pub(super) struct Delta<'a> {
    rle: Rle<'a, i64>,
    absolute: i64,
}

impl<'a> Delta<'a> {
    pub(super) fn new(column: &'a [u8], items_max: u64) -> Self {
        Self { rle: Rle::new(column, items_max, 0), absolute: 0 }
    }

    /// The next item, summed up.
    pub(super) fn next(&mut self) -> Result<Option<u64>, ScanError> {
        let Some(delta) = self.rle.next()? else { return Ok(None) };
        let out_of_range = ScanError::Malformed("counter out of range");
        self.absolute = self.absolute.checked_add(delta).ok_or(out_of_range)?;
        u64::try_from(self.absolute).map(Some).map_err(|_| out_of_range)
    }

    pub(super) fn finish(self) -> Result<(), ScanError> {
        self.rle.finish()
    }
}

/// A column of booleans: lengths of alternating runs, the first of them false.
#[derive(Clone, Debug)]
pub(super) struct Booleans<'a> {
    bytes: Bytes<'a>,
    value: bool,
    left: u64,
    items_left: u64,
    first: bool,
}

impl<'a> Booleans<'a> {
    pub(super) fn new(column: &'a [u8], items_max: u64) -> Self {
        Self { bytes: Bytes::new(column), value: true, left: 0, items_left: items_max, first: true }
    }

    /// The next item.
    pub(super) fn next(&mut self) -> Result<bool, ScanError> {
        while self.left == 0 {
            self.left = self.bytes.uleb()?;
            self.value = !self.value;
            // Only the first run may be empty: it says that the column begins with true.
            if self.left == 0 && !self.first {
                return Err(MERGEABLE);
            }
            self.first = false;
            self.items_left = self.items_left.checked_sub(self.left).ok_or(ScanError::Limit("items in a column"))?;
        }
        self.left -= 1;
        Ok(self.value)
    }

    pub(super) fn finish(self) -> Result<(), ScanError> {
        match self.left == 0 && self.bytes.is_empty() {
            true => Ok(()),
            false => Err(ScanError::Malformed("columns of different length")),
        }
    }
}
