//! Two machines with one key, because a disk was copied: each is served in turn.
//!
//! libp2p takes both for one peer, and a stream goes to either connection. Which process speaks on a connection `identify`
//! tells. Without turns the one that came first would keep the other out, and what that one writes would reach nobody.

use crate::limits::KEY_TURN;
use comin_protocol::ids::DeviceKey;
use libp2p::swarm::ConnectionId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

/// Which process is at the other end of each connection, and whose turn comes when.
#[derive(Default)]
pub(crate) struct Turns {
    processes: HashMap<ConnectionId, (DeviceKey, String)>,
    /// When the process that came last is served in place of the others of its device.
    due: BTreeMap<DeviceKey, (Instant, String)>,
    taken: BTreeSet<DeviceKey>,
}

impl Turns {
    /// A connection leads to this process. Of two of one device the newer one is served once the other has had its time.
    pub fn identified(&mut self, connection: ConnectionId, device: DeviceKey, process: String, now: Instant) {
        // What was known of this connection itself is no other process.
        let mut others = self.processes.iter().filter(|(known, _)| **known != connection);
        let other = others.any(|(_, (known, other))| *known == device && *other != process);
        if other {
            self.due.entry(device).or_insert((now + KEY_TURN, process.clone()));
        }
        self.processes.insert(connection, (device, process));
    }

    /// A connection has ended. Where only one process is left there are no turns.
    pub fn closed(&mut self, connection: &ConnectionId) {
        let Some((device, _)) = self.processes.remove(connection) else { return };
        let left: BTreeSet<&str> = self
            .processes
            .values()
            .filter(|(known, _)| *known == device)
            .map(|(_, process)| process.as_str())
            .collect();
        if left.len() < 2 {
            self.due.remove(&device);
        }
        if left.is_empty() {
            self.taken.remove(&device);
        }
    }

    /// When the next turn comes.
    pub fn next_due(&self) -> Option<Instant> {
        self.due.values().map(|(at, _)| *at).min()
    }

    /// The connections to close, since it is another process's turn.
    pub fn due(&mut self, now: Instant) -> Vec<ConnectionId> {
        let over: Vec<DeviceKey> =
            self.due.iter().filter(|(_, (at, _))| *at <= now).map(|(device, _)| *device).collect();
        let mut close = Vec::new();
        for device in over {
            let Some((_, process)) = self.due.remove(&device) else { continue };
            let before = close.len();
            let others = self.processes.iter().filter(|(_, (known, other))| *known == device && *other != process);
            close.extend(others.map(|(connection, _)| *connection));
            if close.len() > before {
                self.taken.insert(device);
            }
        }
        close
    }

    /// Whether a session has ended because another process of its device is to be served on the connection that it has.
    pub fn was_taken(&mut self, device: &DeviceKey) -> bool {
        self.taken.remove(device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn two_processes_of_one_key_are_served_in_turn_and_one_alone_never_waits() {
        let (now, device) = (Instant::now(), DeviceKey([7; 32]));
        let [first, again, second] = [1, 2, 3].map(ConnectionId::new_unchecked);
        let mut turns = Turns::default();
        turns.identified(first, device, "a".into(), now);
        turns.identified(again, device, "a".into(), now);
        assert_eq!(turns.next_due(), None, "two connections of one process are nothing special");
        turns.identified(second, device, "b".into(), now);
        let later = now + KEY_TURN;
        assert_eq!(turns.due(now + KEY_TURN - Duration::from_millis(1)), [], "the first one has its time");
        let mut closed = turns.due(later);
        closed.sort();
        assert_eq!(closed, [first, again], "then it is the other's turn");
        assert!(turns.was_taken(&device) && !turns.was_taken(&device), "which is told once");
        turns.closed(&first);
        turns.closed(&again);
        turns.identified(first, device, "a".into(), later);
        turns.closed(&second);
        assert_eq!(turns.next_due(), None, "who is alone has all the time");
    }

    #[test]
    fn a_process_that_names_itself_anew_on_its_connection_is_still_one_and_who_has_gone_is_forgotten() {
        let (now, device) = (Instant::now(), DeviceKey([7; 32]));
        let [first, second] = [1, 2].map(ConnectionId::new_unchecked);
        let mut turns = Turns::default();
        turns.identified(first, device, "a".into(), now);
        turns.identified(first, device, "b".into(), now);
        assert_eq!(turns.next_due(), None, "there is one connection");
        turns.identified(second, device, "c".into(), now);
        turns.identified(first, device, "c".into(), now);
        assert_eq!((turns.due(now + KEY_TURN), turns.was_taken(&device)), (vec![], false), "nobody had to make room");
        turns.identified(first, device, "b".into(), now);
        assert_eq!(turns.due(now + KEY_TURN).len(), 1);
        turns.closed(&first);
        turns.closed(&second);
        assert!(!turns.was_taken(&device), "nothing is left of a device without a connection");
    }
}
