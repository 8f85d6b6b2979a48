//! Frames on a stream: a length (u32 big endian) and that many bytes.

use crate::limits::WRITE_BYTES;
use futures::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use std::io;

/// Bytes of the length.
pub(crate) const HEADER_BYTES: usize = 4;

/// Why no further frame comes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// The peer closed the stream between two frames.
    #[error("the peer closed the stream")]
    Ended,
    /// Longer than allowed; nothing of it was read.
    #[error("the peer sent a frame of {0} bytes, more than is allowed")]
    TooLarge(usize),
    /// The stream broke.
    #[error("the stream broke: {0}")]
    Broken(#[from] io::Error),
}

/// Reads the length of the next frame and checks it.
pub(crate) async fn read_length(input: &mut (impl AsyncRead + Unpin), bytes_max: usize) -> Result<usize, FrameError> {
    let mut header = [0; HEADER_BYTES];
    match input.read_exact(&mut header).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(FrameError::Ended),
        other => other?,
    }
    let length = u32::from_be_bytes(header) as usize;
    if length > bytes_max { Err(FrameError::TooLarge(length)) } else { Ok(length) }
}

/// Reads the frame whose length has been read and checked.
pub(crate) async fn read_body(input: &mut (impl AsyncRead + Unpin), length: usize) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; length];
    input.read_exact(&mut frame).await?;
    Ok(frame)
}

/// Writes frames in order, small ones together, and flushes once.
pub(crate) async fn write_all(
    output: &mut (impl AsyncWrite + Unpin),
    frames: impl IntoIterator<Item = Vec<u8>>,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    for frame in frames {
        // INVARIANT: the writer's queue takes no frame beyond `MESSAGE_BYTES_MAX`, far below u32.
        buffer.extend_from_slice(&(frame.len() as u32).to_be_bytes());
        if buffer.len() + frame.len() <= WRITE_BYTES {
            buffer.extend_from_slice(&frame);
            continue;
        }
        output.write_all(&buffer).await?;
        output.write_all(&frame).await?;
        buffer.clear();
    }
    output.write_all(&buffer).await?;
    output.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::io::Cursor;

    #[tokio::test]
    async fn frames_come_back_in_order_and_a_large_one_is_refused_unread() {
        let frames = vec![b"one".to_vec(), Vec::new(), vec![7; WRITE_BYTES * 2], b"last".to_vec()];
        let mut wire = Cursor::new(Vec::new());
        write_all(&mut wire, frames.clone()).await.expect("memory takes everything");
        wire.set_position(0);
        for frame in &frames {
            let length = read_length(&mut wire, WRITE_BYTES * 2).await.expect("within the bound");
            assert_eq!(&read_body(&mut wire, length).await.expect("whole"), frame, "what was written is read");
        }
        assert!(matches!(read_length(&mut wire, 10).await, Err(FrameError::Ended)), "the end is told from damage");
        wire.set_position(0);
        assert!(matches!(read_length(&mut wire, 2).await, Err(FrameError::TooLarge(3))), "a frame above the bound");
        assert_eq!(wire.position(), HEADER_BYTES as u64, "only its length was read");
    }
}
