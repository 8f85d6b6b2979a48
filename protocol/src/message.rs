//! Wire messages (being written).
