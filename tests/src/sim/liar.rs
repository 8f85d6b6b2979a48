//! A member that lies: what an otherwise honest engine sends is changed, dropped, repeated or replaced.

use crate::sim::process::WireEnd;
use crate::sim::world::World;

/// Frames of one wire that a liar remembers.
const HEARD_MAX: usize = 64;
/// In so many of 1,000 frames the liar does something.
const LIES: u64 = 250;

impl World {
    /// A liar remembers what it hears.
    pub(super) fn overhear(&mut self, wire: usize, side: usize, frame: &[u8]) {
        let node = self.wires[wire].ends[side].node;
        if self.nodes[node].is_liar && self.wires[wire].heard.len() < HEARD_MAX {
            self.wires[wire].heard.push(frame.to_vec());
        }
    }

    /// What a node really puts on the wire where its engine sends `frame`.
    pub(super) fn tamper(&mut self, node: usize, end: WireEnd, frame: Vec<u8>) -> Vec<Vec<u8>> {
        if !self.nodes[node].is_liar {
            return vec![frame];
        }
        if self.wires[end.wire].heard.len() < HEARD_MAX {
            self.wires[end.wire].heard.push(frame.clone());
        }
        if self.healed || !self.dice.chance(LIES) {
            return vec![frame];
        }
        self.tally.lies += 1;
        match self.dice.below(6) {
            0 => Vec::new(),
            1 => vec![frame.clone(), frame],
            2 => vec![self.garble(frame)],
            3 => vec![self.old_frame(), frame],
            4 => vec![frame, self.old_frame()],
            _ => vec![self.old_frame()],
        }
    }

    fn garble(&mut self, mut frame: Vec<u8>) -> Vec<u8> {
        match self.dice.below(4) {
            0 => frame.truncate(self.dice.index(frame.len() + 1)),
            1 => frame.extend_from_slice(&self.dice.bytes::<7>()),
            _ => {
                for _ in 0..self.dice.between(1, 4) {
                    let at = self.dice.index(frame.len());
                    if let Some(byte) = frame.get_mut(at) {
                        *byte ^= 1 << self.dice.below(8);
                    }
                }
            }
        }
        frame
    }

    /// Some frame that went over any of the liar's wires, in either direction.
    fn old_frame(&mut self) -> Vec<u8> {
        let wires: Vec<usize> = (0..self.wires.len()).filter(|wire| !self.wires[*wire].heard.is_empty()).collect();
        let Some(&wire) = self.dice.pick(&wires) else { return Vec::new() };
        self.dice.pick(&self.wires[wire].heard).cloned().unwrap_or_default()
    }
}
