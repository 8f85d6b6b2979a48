//! The network: ordered frames per session, and sessions that break at any frame.

use comin_protocol::engine::SessionId;
use std::collections::VecDeque;

/// Frames on their way in one direction before the schedule counts as unbounded.
pub const WIRE_FRAMES_MAX: usize = 8_192;
/// Bytes on their way in one direction before the schedule counts as unbounded.
pub const WIRE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// One end of a wire.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// The machine.
    pub node: usize,
    /// Its process: a later one knows nothing of this session.
    pub incarnation: u64,
    /// The session there.
    pub session: SessionId,
}

/// A session between two processes.
pub struct Wire {
    /// Both ends.
    pub ends: [End; 2],
    /// Frames on their way to each end.
    pub toward: [VecDeque<Vec<u8>>; 2],
    /// An arrival at each end is scheduled.
    pub moving: [bool; 2],
    /// The end has been told that the session is over.
    pub closed: [bool; 2],
    /// No frame enters any more.
    pub broken: bool,
    /// Some frames come twice.
    pub repeats: bool,
    /// It carries a join and not a session.
    pub is_join: bool,
    /// Least time that a frame takes, in milliseconds.
    pub delay_ms: u64,
    /// Frames that went over it, for a liar to play again.
    pub heard: Vec<Vec<u8>>,
}

impl Wire {
    /// A wire that has just been opened.
    pub fn new(ends: [End; 2], delay_ms: u64, is_join: bool) -> Self {
        Self {
            ends,
            toward: [VecDeque::new(), VecDeque::new()],
            moving: [false; 2],
            closed: [false; 2],
            broken: false,
            repeats: false,
            is_join,
            delay_ms,
            heard: Vec::new(),
        }
    }

    /// Whether it connects these two machines, the lower one first.
    pub fn joins(&self, a: usize, b: usize) -> bool {
        [self.ends[0].node, self.ends[1].node] == [a, b]
    }

    /// Bytes on their way to one end.
    pub fn bytes_toward(&self, side: usize) -> usize {
        self.toward[side].iter().map(Vec::len).sum()
    }
}
