//! The clocks that the runtime passes in.

use comin_protocol::engine::Now;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Reads wall and monotonic clock; the latter counts from the node's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Both clocks, in milliseconds.
    pub fn now(&self) -> Now {
        Now { wall_ms: wall_ms(), mono_ms: millis(self.start.elapsed()) }
    }

    /// The moment at which the monotonic clock shows `mono_ms`.
    pub fn instant(&self, mono_ms: u64) -> Instant {
        self.start + Duration::from_millis(mono_ms)
    }
}

/// The wall clock in milliseconds since the Unix epoch; 0 where it stands before that.
pub(crate) fn wall_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
