//! What goes wrong, and how it is put right again.

use crate::sim::ledger::Fate;
use crate::sim::plan::Fault;
use crate::sim::process::{Asked, Held, Node, Task};
use crate::sim::tally::Did;
use crate::sim::world::{Event, Step, World, pair};
use comin_protocol::engine::{Command, Input};

/// Machines of one schedule, copies included.
const NODES_MAX: usize = 8;
/// Older disks kept for one machine.
const BACKUPS_MAX: usize = 3;

impl World {
    /// One of this schedule's faults happens to some machine.
    pub(super) fn fault(&mut self) -> Step {
        let Some(fault) = self.dice.pick(&self.plan.faults).copied() else { return Ok(()) };
        if self.healed {
            return Ok(());
        }
        let node = self.dice.index(self.nodes.len());
        self.note(|| format!("fault: {fault:?} at n{node}"));
        match fault {
            Fault::Crash => {
                if self.process(node).is_some() {
                    self.tally.did(Did::Crash);
                }
                self.crash(node)
            }
            Fault::CrashBetweenOutputs => {
                let after = self.dice.below(12);
                if let Some(process) = self.process(node) {
                    process.dies_after = Some(after);
                }
                Ok(())
            }
            Fault::PersistFails => {
                self.nodes[node].persist_fails_in = Some(self.dice.between(1, 5));
                Ok(())
            }
            Fault::Rollback => self.roll_back(node),
            Fault::Clone => self.copy_machine(node),
            Fault::Refuse => {
                self.nodes[node].refuses = !self.nodes[node].refuses;
                Ok(())
            }
            Fault::ClockJump => {
                let jump = self.dice.between(0, 2 * 86_400_000) as i64 - 86_400_000;
                self.nodes[node].wall_offset_ms += jump;
                self.tally.did(Did::ClockJump);
                self.feed(node, Input::Tick)
            }
            Fault::Partition => self.toggle_link(),
            Fault::Break => self.break_some(),
            Fault::Pause => {
                let paused = !self.nodes[node].paused;
                self.pause(node, paused)
            }
            Fault::Stall => {
                let live: Vec<usize> = self.live_wires.iter().copied().collect();
                if let Some(&wire) = self.dice.pick(&live) {
                    // Now and then longer than anyone waits for an answer.
                    let longest = if self.dice.chance(150) { 90_000 } else { 10_000 };
                    self.wires[wire].delay_ms = self.dice.between(500, longest);
                    self.tally.did(Did::Stall);
                }
                Ok(())
            }
            Fault::Repeat => {
                let sessions: Vec<usize> =
                    self.live_wires.iter().copied().filter(|wire| !self.wires[*wire].is_join).collect();
                if let Some(&wire) = self.dice.pick(&sessions) {
                    self.wires[wire].repeats = true;
                }
                Ok(())
            }
        }
    }

    /// Someone copies a disk.
    pub(super) fn back_up(&mut self) -> Step {
        let node = self.dice.index(self.nodes.len());
        let state = &mut self.nodes[node];
        if state.backups.len() < BACKUPS_MAX {
            state.backups.push(state.disk.clone());
            state.key_file = state.disk.keys.clone();
        }
        Ok(())
    }

    /// A machine dies and gets an older copy of its disk.
    fn roll_back(&mut self, node: usize) -> Step {
        if self.is_joining(node) {
            return Ok(());
        }
        let which = self.dice.index(self.nodes[node].backups.len());
        let Some(backup) = self.nodes[node].backups.get(which).cloned() else { return Ok(()) };
        self.crash(node)?;
        let state = &self.nodes[node];
        self.nodes[node].disk = state.disk.put_back(backup, &state.key_file);
        self.put_persons_back(node);
        self.nodes[node].was_rolled_back = true;
        self.nodes[node].backups.truncate(which + 1);
        let disk = &self.nodes[node].disk;
        for entry in self.ledger.entries.iter_mut().filter(|entry| entry.node == node) {
            entry.orphan |= !entry.is_on(disk);
        }
        self.forget_removal();
        let forgiven = self.forgive();
        self.tally.forgiven += forgiven;
        self.tally.did(Did::Rollback);
        self.note(|| format!("n{node} has an older disk, {forgiven} edits are lost with it"));
        Ok(())
    }

    /// Whether a machine has a part in this schedule's join. One that forgets the join leaves a member that
    /// nobody knows, or that knows nobody: a new ticket is the way out of that, and another story.
    fn is_joining(&self, node: usize) -> bool {
        let newcomer = self.joining.as_ref().map(|joining| self.nodes[joining.newcomer].device);
        let partner = |device: usize| self.cast.devices[device].partner;
        let device = self.nodes[node].device;
        newcomer.is_some_and(|newcomer| device == 0 || partner(device) == partner(newcomer))
    }

    /// Forgives acknowledged edits that no disk holds any more from which their own machine could get them
    /// back, and counts them.
    pub(super) fn forgive(&mut self) -> u64 {
        let lost: Vec<usize> = (0..self.ledger.entries.len()).filter(|index| self.is_lost(*index)).collect();
        for index in &lost {
            self.ledger.entries[*index].fate = Fate::Forgiven;
        }
        lost.len() as u64
    }

    fn is_lost(&self, index: usize) -> bool {
        let entry = &self.ledger.entries[index];
        let held = |node: usize| entry.is_on(&self.nodes[node].disk);
        // A removed partner's machine gives nobody anything back.
        let own = !self.is_removed(self.cast.devices[self.nodes[entry.node].device].partner) && held(entry.node);
        entry.fate == Fate::Acknowledged && !own && !self.readers_with(index).into_iter().any(held)
    }

    /// A running machine is copied with its memory; both go on, with the same key, state and chance.
    fn copy_machine(&mut self, node: usize) -> Step {
        let copies = self.nodes.len() > self.cast.devices.len();
        if copies || self.is_joining(node) || self.nodes.len() >= NODES_MAX || self.nodes[node].is_liar {
            return Ok(());
        }
        let original = &self.nodes[node];
        let Some(mut process) = original.process.clone().filter(|process| !process.failed) else { return Ok(()) };
        let mut copy = Node::new(original.device, original.disk.clone());
        copy.wall_offset_ms = original.wall_offset_ms;
        copy.paused = original.paused;
        copy.was_rolled_back = original.was_rolled_back;
        let index = self.nodes.len();
        self.note(|| format!("n{index} is a copy of n{node}"));
        self.tally.did(Did::Copy);
        process.incarnation = self.next_incarnation();
        // Users and peers stay with the original.
        process.forgotten = std::mem::take(&mut process.asked).into_keys().collect();
        // Its index hears of what it writes itself.
        for held in process.held.values_mut() {
            held.retain(|held| matches!(held, Held::Changed(_)));
        }
        let sessions: Vec<_> = std::mem::take(&mut process.sessions).into_keys().collect();
        let incarnation = process.incarnation;
        let tasks: Vec<_> = process.tasks.iter().map(|(id, task)| (*id, matches!(task, Task::Check(_)))).collect();
        let flushing = process.flushing;
        let wake_ms = process.wake_ms;
        copy.process = Some(process);
        self.nodes.push(copy);
        self.open_views(index)?;
        let links: Vec<_> = self.links.keys().filter(|(a, b)| *a == node || *b == node).copied().collect();
        for (a, b) in links {
            let other = if a == node { b } else { a };
            self.links.insert(pair(other, index), true);
        }
        for (task, is_check) in tasks {
            let in_ms = self.dice.between(1, if is_check { 200 } else { 30 });
            self.schedule(in_ms, Event::Task(index, incarnation, task));
        }
        if flushing {
            let in_ms = self.dice.between(1, self.plan.flush_ms);
            self.schedule(in_ms, Event::Flushed(index, incarnation));
        }
        if let Some(at_ms) = wake_ms {
            self.schedule(at_ms.saturating_sub(self.now_ms), Event::Wake(index, incarnation));
        }
        for session in sessions {
            self.feed(index, Input::Disconnected(session))?;
        }
        self.reconnect_soon(index);
        Ok(())
    }

    fn toggle_link(&mut self) -> Step {
        let links: Vec<_> = self.links.keys().copied().collect();
        let Some(&(a, b)) = self.dice.pick(&links) else { return Ok(()) };
        let up = !self.links[&(a, b)];
        self.set_link(a, b, up);
        Ok(())
    }

    fn set_link(&mut self, a: usize, b: usize, up: bool) {
        self.note(|| format!("link n{a}–n{b} {}", if up { "up" } else { "down" }));
        self.links.insert(pair(a, b), up);
        if up {
            self.connect_soon(a, b);
            return;
        }
        self.tally.did(Did::LinkCut);
        let (a, b) = pair(a, b);
        for wire in self.live_wires.clone() {
            if self.wires[wire].joins(a, b) {
                self.break_wire(wire, false);
            }
        }
    }

    fn break_some(&mut self) -> Step {
        let open: Vec<usize> = self.live_wires.iter().copied().filter(|wire| !self.wires[*wire].broken).collect();
        if let Some(&wire) = self.dice.pick(&open) {
            let drain = self.dice.chance(300);
            self.tally.did(Did::SessionBreak);
            self.break_wire(wire, drain);
        }
        Ok(())
    }

    fn pause(&mut self, node: usize, paused: bool) -> Step {
        if self.ask(node, Command::SetPaused(paused), Asked::Other)?.is_some() {
            self.nodes[node].paused = paused;
            self.tally.did_times(Did::Pause, u64::from(!self.healed));
        }
        Ok(())
    }

    /// All faults are over: machines run, links are up, helpers help. A liar stops lying or leaves.
    pub(super) fn heal(&mut self) -> Step {
        // What machines say of one another in the middle of it all must be true as well.
        for node in (0..self.nodes.len()).filter(|node| !self.nodes[*node].is_liar).collect::<Vec<_>>() {
            self.ask(node, Command::Status, Asked::Status)?;
        }
        self.note(|| "faults are over".to_owned());
        self.healed = true;
        let stays = self.dice.chance(500);
        for node in 0..self.nodes.len() {
            let state = &mut self.nodes[node];
            (state.refuses, state.lies, state.persist_fails_in) = (false, false, None);
            if let Some(process) = &mut state.process {
                process.dies_after = None;
            }
            if self.nodes[node].is_liar && !stays && !self.alone_knows(node) {
                self.banish(node)?;
            } else {
                if self.nodes[node].process.as_ref().is_some_and(|process| process.failed) {
                    self.crash(node)?;
                }
                self.start(node)?;
            }
        }
        for wire in &mut self.wires {
            wire.delay_ms = wire.delay_ms.min(80);
            wire.repeats = false;
        }
        let links: Vec<_> = self.links.iter().filter(|(_, up)| !**up).map(|(link, _)| *link).collect();
        for (a, b) in links {
            self.set_link(a, b, true);
        }
        for node in 0..self.nodes.len() {
            self.pause(node, false)?;
        }
        Ok(())
    }

    /// Whether a machine joined for a partner that has other machines: they learn of the federation from it
    /// alone, and were it gone before it told them, nobody could.
    fn alone_knows(&self, node: usize) -> bool {
        let newcomer = self.joining.as_ref().is_some_and(|joining| joining.newcomer == node);
        let partner = |node: &Node| self.cast.devices[node.device].partner;
        let own = partner(&self.nodes[node]);
        newcomer && self.nodes.iter().filter(|other| partner(other) == own).count() > 1
    }

    /// A machine leaves for good.
    fn banish(&mut self, node: usize) -> Step {
        self.note(|| format!("n{node} leaves"));
        self.links.retain(|(a, b), _| *a != node && *b != node);
        if let Some(joining) = &mut self.joining {
            joining.leaves(node);
        }
        if let Some(process) = self.die(node) {
            for end in process.sessions.values() {
                self.break_wire(end.wire, false);
            }
        }
        Ok(())
    }
}
