//! Two hosts of one office: real nodes in two network namespaces with a cable between them. They find each
//! other by multicast DNS, and notice when the cable is pulled.
//!
//! Needs root (for `ip netns`); elsewhere it says so and passes.

use super::office::{Partner, eventually};
use std::process::{Command, Stdio};

/// Runs `ip` with these words; whether it succeeded.
fn ip(words: &str) -> bool {
    let output = Command::new("ip").args(words.split_whitespace()).stderr(Stdio::null()).status();
    output.is_ok_and(|status| status.success())
}

/// Two namespaces and the cable between them, gone when dropped.
struct Cable {
    hosts: [String; 2],
}

impl Cable {
    /// `None` where the system does not let us.
    fn lay() -> Option<Self> {
        let hosts = ["a", "b"].map(|side| format!("comin-{}-{side}", std::process::id()));
        let cable = Self { hosts };
        let [a, b] = &cable.hosts;
        let laid = ip(&format!("netns add {a}"))
            && ip(&format!("netns add {b}"))
            && ip(&format!("link add cable netns {a} type veth peer name cable netns {b}"))
            && cable.hosts.iter().all(|host| ip(&format!("-n {host} link set lo up")))
            && cable.hosts.iter().all(|host| ip(&format!("-n {host} link set cable up")));
        laid.then_some(cable)
    }

    /// Gives both ends addresses of another network, and takes away those that they had.
    fn address(&self, network: &str) {
        for (host, number) in self.hosts.iter().zip(1..) {
            assert!(ip(&format!("-n {host} address flush dev cable")), "old addresses go");
            assert!(ip(&format!("-n {host} address add {network}.{number}/24 dev cable")), "new ones come");
        }
    }

    fn pull(&self) {
        assert!(ip(&format!("-n {} link set cable down", self.hosts[0])), "the cable is pulled");
    }

    fn plug(&self) {
        assert!(ip(&format!("-n {} link set cable up", self.hosts[0])), "the cable is plugged in");
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for host in &self.hosts {
            ip(&format!("netns delete {host}"));
        }
    }
}

fn add(partner: &Partner, name: &str) {
    partner.json(&["organisation", "add", "--set", &format!("name={name}")]);
}

fn holds(partner: &Partner, name: &str) -> bool {
    partner.json(&["organisation", "list"]).to_string().contains(name)
}

fn is_connected(partner: &Partner) -> bool {
    let status = partner.json(&["status"]);
    let devices = status["devices"].as_array().expect("the devices of others");
    devices.iter().any(|device| device["connected"] == true)
}

#[test]
fn nodes_of_one_office_find_each_other_and_notice_a_pulled_cable() {
    let Some(cable) = Cable::lay() else {
        return println!("skipped: network namespaces cannot be made here (root and iproute2 are needed)");
    };
    cable.address("10.77.1");
    let mut veneto = Partner::start_on(&cable.hosts[0], "IRECOOP Veneto", "IT");
    let mut edias = Partner::start_on(&cable.hosts[1], "EDIAS", "FR");
    veneto.json(&["found", "COM-IN"]);
    let ticket = veneto.invite("EDIAS", "FR", "1h");
    veneto.admit(&edias, &ticket);

    // Every address that the federation knows is of a network that is gone.
    veneto.kill();
    edias.kill();
    cable.address("10.77.2");
    veneto.resume();
    edias.resume();
    add(&veneto, "Lunavena");
    eventually("the neighbour is found by multicast DNS", || holds(&edias, "Lunavena").then_some(()));

    assert!(is_connected(&veneto) && is_connected(&edias), "both say that they are connected");
    cable.pull();
    add(&veneto, "Portamira");
    add(&edias, "Brezmir");
    eventually("the pulled cable is noticed", || (!is_connected(&veneto) && !is_connected(&edias)).then_some(()));
    cable.plug();
    eventually("both hold what the other one wrote meanwhile", || {
        (holds(&veneto, "Brezmir") && holds(&edias, "Portamira")).then_some(())
    });
}
