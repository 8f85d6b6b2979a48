//! A member who means harm: an admitted device with its real keys that speaks the real session protocol with
//! real nodes, and sends what no engine of ours would.

mod forge;
mod gauge;
mod line;
mod office;
mod scene;

pub use forge::{Forged, Forger, mutate, push, reseal};
pub use gauge::{Cost, Gauge};
pub use line::{Line, connect_raw};
pub use office::{Office, program, request};
pub use scene::{Scene, Verdict, p99_ms};
