//! What people see and do: the pages of real nodes in a headless Chromium.
//!
//! The nodes run in this process: engine, threads, libp2p on loopback, helper process and HTTP listener, with
//! the store in memory. Every test ends with the browser's own complaints and requests being looked at.

mod driver;
mod frame;
mod office;
mod reach;
mod work;
