//! What an attack costs the process that is attacked, as the system counts it.

use std::fs;

/// Clock ticks of `/proc` in a second: fixed on Linux for user space.
const TICKS_PER_SECOND: f64 = 100.0;

/// Memory and time of a process, from one moment on.
pub struct Gauge {
    pid: u32,
    rss_kib: u64,
    ticks: u64,
}

/// What a process has grown and worked since.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Highest resident memory since, above that at the beginning, in MiB.
    pub growth_mib: f64,
    /// Processor time of the process itself since, in seconds: without its helper processes, which have limits of
    /// their own.
    pub cpu_s: f64,
}

impl Gauge {
    /// Begins to count.
    ///
    /// # Panics
    /// The process is gone, or is not this user's.
    pub fn begin(pid: u32) -> Self {
        // 5: the highest resident size starts again from what is resident now.
        fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("the process is ours");
        Self { pid, rss_kib: status_kib(pid, "VmRSS:"), ticks: ticks(pid) }
    }

    /// What has come together so far.
    ///
    /// # Panics
    /// The process is gone.
    pub fn cost(&self) -> Cost {
        let grown = status_kib(self.pid, "VmHWM:").saturating_sub(self.rss_kib);
        let worked = ticks(self.pid).saturating_sub(self.ticks);
        Cost { growth_mib: grown as f64 / 1024.0, cpu_s: worked as f64 / TICKS_PER_SECOND }
    }
}

fn status_kib(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process lives");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the system tells it");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number of KiB")
}

/// User and system time.
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process lives");
    // The name in brackets may hold spaces; what follows begins with the third field.
    let (_, rest) = stat.rsplit_once(')').expect("a name in brackets");
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |field: usize| fields.get(field).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    number(11) + number(12)
}
