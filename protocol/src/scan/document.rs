//! The outline of a saved document: enough to see that nothing in it would be inflated, and to compare.

use super::bytes::Bytes;
use super::{ScanError, open_chunk, read_actor};

/// Chunk type of a document.
const CHUNK_DOCUMENT: u8 = 0;
/// The bit of a column specification that says that the column is compressed with DEFLATE.
const DEFLATE: u64 = 0x08;
/// Columns of one table: Automerge writes fewer than 20.
const COLUMNS_MAX: usize = 32;

/// What of a saved document depends on nothing but the set of changes in it: Automerge sorts actors and
/// operations. The table of changes is left out, which lies in the order in which they were applied.
#[derive(PartialEq, Eq)]
pub(crate) struct DocumentParts<'a> {
    pub(super) actors: &'a [u8],
    pub(super) op_columns: &'a [u8],
    pub(super) ops: &'a [u8],
}

/// Reads the outline of exactly one uncompressed document chunk.
///
/// # Errors
/// [`ScanError`]: other bytes, bytes after it, or a column that would be inflated.
pub(crate) fn document_parts(bytes: &[u8]) -> Result<DocumentParts<'_>, ScanError> {
    let (_, mut body) = open_chunk(bytes, CHUNK_DOCUMENT)?;
    let actors = measured(&mut body, skip_actors)?;
    let heads = skip_heads(&mut body)?;
    let changes_bytes = skip_columns(&mut body)?;
    let before = body;
    let ops_bytes = skip_columns(&mut body)?;
    let op_columns = before.until(&body);
    body.take(changes_bytes)?;
    let ops = body.take(ops_bytes)?;
    for _ in 0..heads {
        body.uleb()?;
    }
    match body.is_empty() {
        true => Ok(DocumentParts { actors, op_columns, ops }),
        false => Err(ScanError::Malformed("bytes after the document")),
    }
}

fn measured<'a>(
    body: &mut Bytes<'a>,
    read: impl FnOnce(&mut Bytes<'a>) -> Result<(), ScanError>,
) -> Result<&'a [u8], ScanError> {
    let before = *body;
    read(body)?;
    Ok(before.until(body))
}

fn skip_actors(body: &mut Bytes<'_>) -> Result<(), ScanError> {
    // No bound of its own: every step takes bytes that are there.
    for _ in 0..body.uleb()? {
        read_actor(body)?;
    }
    Ok(())
}

fn skip_heads(body: &mut Bytes<'_>) -> Result<u64, ScanError> {
    let heads = body.uleb()?;
    for _ in 0..heads {
        body.array::<32>()?;
    }
    Ok(heads)
}

/// Reads a column table; returns how many bytes its columns have together.
fn skip_columns(body: &mut Bytes<'_>) -> Result<usize, ScanError> {
    let count = body.bounded(COLUMNS_MAX, "columns")?;
    let mut total = 0;
    for _ in 0..count {
        if body.uleb()? & DEFLATE != 0 {
            return Err(ScanError::Malformed("compressed column"));
        }
        // At most 32 lengths of at most what is left: the sum cannot overflow.
        total += body.bounded(body.len(), "column bytes")?;
    }
    Ok(total)
}
