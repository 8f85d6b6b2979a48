//! CBOR with our types, and compression that cannot inflate beyond a bound.

use minicbor::{Decode, Encode};

/// Encodes one of our own types.
pub fn to_cbor<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // INVARIANT: writing to a Vec cannot fail, and none of our types refuses to encode.
    if minicbor::encode(value, &mut out).is_err() {
        unreachable!("encoding into memory failed");
    }
    out
}

/// Decodes exactly one value; bytes after it are an error.
///
/// # Errors
/// The bytes are not the CBOR of a `T`.
pub fn from_cbor<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode()?;
    if decoder.position() != bytes.len() {
        return Err(minicbor::decode::Error::message("bytes after the value"));
    }
    Ok(value)
}

/// The compression level of snapshots and bundles: 9 costs 20 ms a part and saves a third against 3.
const LEVEL: i32 = 9;

/// Compresses with zstd.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    // INVARIANT: compressing memory into memory has no error but exhausted memory, which aborts anyway.
    zstd::bulk::compress(bytes, LEVEL).unwrap_or_else(|_| unreachable!("zstd compresses any input"))
}

/// Why bytes could not be expanded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ExpandError {
    /// They would become larger than the bound, or are not zstd at all.
    #[error("compressed data is damaged or expands beyond {0} bytes")]
    Bound(usize),
}

/// Expands zstd data to at most `bytes_max` bytes.
///
/// # Errors
/// [`ExpandError::Bound`]: nothing beyond the bound was allocated.
pub fn expand(bytes: &[u8], bytes_max: usize) -> Result<Vec<u8>, ExpandError> {
    use std::io::Read;
    // Most payloads state their size. To grow step by step would copy them; more than the bound is refused below.
    let stated = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(0);
    let mut out = Vec::with_capacity(usize::try_from(stated).map_or(0, |stated| stated.min(bytes_max)) + 1);
    let reader = zstd::stream::read::Decoder::new(bytes).map_err(|_| ExpandError::Bound(bytes_max))?;
    let read = reader.take(bytes_max as u64 + 1).read_to_end(&mut out);
    match read {
        Ok(n) if n <= bytes_max => Ok(out),
        _ => Err(ExpandError::Bound(bytes_max)),
    }
}
