//! Harness and simulator of the COM-IN node.

pub mod adversary;
pub mod federation;
pub mod pages;
pub mod peer;
pub mod sim;
