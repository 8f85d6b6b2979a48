//! What people see and do: the pages of real nodes in a headless Chromium.
//!
//! The nodes run in this process: engine, threads, libp2p on loopback, helper process and HTTP listener, with
//! the store in memory; behind the office door ([`door`]) it is a process of its own. Every test ends with the browser's own complaints and requests being looked at.

mod answers;
mod before;
mod desk;
mod door;
mod driver;
mod first;
mod frame;
mod hands;
mod live;
mod looks;
mod office;
mod reach;
mod report;
mod strange;
mod weight;
mod work;
