//! Harness and simulator of the COM-IN node.

pub mod sim;
