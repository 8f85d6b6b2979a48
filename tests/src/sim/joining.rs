//! A partner that joins during the schedule through the real protocol: the people at both ends.

use crate::sim::cast::Cast;
use crate::sim::process::{Asked, JoinStep};
use crate::sim::tally::Did;
use crate::sim::world::{Event, Step, World};
use comin_protocol::engine::{Command, CommandError, Reply};
use comin_protocol::ids::PartnerId;
use comin_protocol::statement::{SignedStatement, Statement};

/// How long people wait before they begin anew with another ticket, in virtual milliseconds.
const PATIENCE_MS: u64 = 30_000;
/// How often they look, in virtual milliseconds.
const LOOK_MS: u64 = 1_000;
/// How long a ticket is valid.
const TICKET_VALID_MS: u64 = 7 * 86_400_000;

/// Where the people stand.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Stage {
    Nothing,
    Inviting,
    Ticket(String),
    Joining,
    Done,
    /// The newcomer has been sent away: nothing comes of it.
    Left,
}

/// A join under way.
pub struct Joining {
    /// The machine that joins; machine 0 invites.
    pub newcomer: usize,
    partner: PartnerId,
    stage: Stage,
    since_ms: u64,
    /// Some machine has written the admission: from now on the partner is a member.
    admitted: bool,
}

impl Joining {
    /// The join of this cast, if it has one.
    pub fn of(cast: &Cast) -> Option<Self> {
        let partner = (0..cast.partners.len()).find(|partner| !cast.is_admitted(*partner))?;
        let newcomer = cast.devices.iter().position(|device| device.partner == partner)?;
        let partner = cast.partners[partner].id;
        Some(Self { newcomer, partner, stage: Stage::Nothing, since_ms: 0, admitted: false })
    }

    /// Whether the newcomer has been admitted, or is gone.
    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done | Stage::Left)
    }

    /// A machine leaves for good.
    pub fn leaves(&mut self, node: usize) {
        if node == self.newcomer && self.stage != Stage::Done {
            self.stage = Stage::Left;
        }
    }
}

impl World {
    /// Whether a partner is a member by what the schedule knows.
    pub(super) fn is_member(&self, partner: usize) -> bool {
        self.cast.is_admitted(partner) || self.joining.as_ref().is_none_or(|joining| joining.admitted)
    }

    /// Some machine writes a statement: it may be the admission.
    pub(super) fn note_statement(&mut self, signed: &SignedStatement) {
        let Some(joining) = self.joining.as_mut().filter(|joining| !joining.admitted) else { return };
        joining.admitted = admits(signed, &joining.partner);
    }

    /// The people do the next thing.
    pub(super) fn join_step(&mut self) -> Step {
        let Some(joining) = &self.joining else { return Ok(()) };
        if joining.is_done() {
            return Ok(());
        }
        let (newcomer, stage) = (joining.newcomer, joining.stage.clone());
        let impatient = self.now_ms.saturating_sub(joining.since_ms) > PATIENCE_MS;
        self.schedule(LOOK_MS, Event::Joining);
        if self.is_admitted_on_disk(newcomer) {
            self.tally.did(Did::Joined);
            self.note(|| format!("n{newcomer} is a member"));
            self.set_stage(Stage::Done);
            return Ok(());
        }
        match stage {
            Stage::Nothing => self.invite(),
            _ if impatient => {
                self.set_stage(Stage::Nothing);
                Ok(())
            }
            Stage::Ticket(ticket) => {
                let asked = self.ask(newcomer, Command::Join { ticket }, Asked::Join(JoinStep::Join))?;
                if asked.is_some() {
                    self.set_stage(Stage::Joining);
                    // A new attempt is a new stream, whatever became of the last one.
                    for wire in self.live_wires.clone() {
                        if self.wires[wire].joins(0, newcomer) {
                            self.break_wire(wire, false);
                        }
                    }
                }
                Ok(())
            }
            Stage::Joining => self.dial_and_approve(newcomer),
            Stage::Inviting | Stage::Done | Stage::Left => Ok(()),
        }
    }

    fn invite(&mut self) -> Step {
        let command = Command::Invite {
            name: "newcomer.example".to_owned(),
            country: "FR".to_owned(),
            valid_ms: TICKET_VALID_MS,
        };
        if self.ask(0, command, Asked::Join(JoinStep::Invite))?.is_some() {
            self.set_stage_unless_answered();
        }
        Ok(())
    }

    /// The answer may have come at once; then the stage is past inviting already.
    fn set_stage_unless_answered(&mut self) {
        if self.joining.as_ref().is_some_and(|joining| joining.stage == Stage::Nothing) {
            self.set_stage(Stage::Inviting);
        }
    }

    fn dial_and_approve(&mut self, newcomer: usize) -> Step {
        let inviter = self.cast.devices[self.nodes[0].device].key;
        let wants = self.process(newcomer).is_some_and(|process| process.join_targets.contains(&inviter));
        let up = self.links.iter().any(|(link, up)| *link == (0, newcomer) && *up);
        let open = self.live_wires.iter().any(|wire| self.wires[*wire].joins(0, newcomer));
        if wants && up && !open && self.nodes[0].process.is_some() {
            self.open_wire(0, newcomer, Some(newcomer))?;
        }
        self.ask(0, Command::Status, Asked::Join(JoinStep::Look))?;
        Ok(())
    }

    /// A command of the join has been answered.
    pub(super) fn join_answer(&mut self, node: usize, step: JoinStep, reply: Result<Reply, CommandError>) -> Step {
        match (step, reply) {
            (JoinStep::Invite, Ok(Reply::Invited(ticket))) => {
                let stage = ticket.text.map_or(Stage::Nothing, Stage::Ticket);
                self.set_stage(stage);
            }
            (JoinStep::Look, Ok(Reply::Status(status))) => {
                let partner = self.joining.as_ref().map(|joining| joining.partner);
                for pending in status.approvals.iter().filter(|pending| Some(pending.partner) == partner) {
                    let command = Command::Approve { id: pending.id.clone() };
                    self.ask(node, command, Asked::Join(JoinStep::Approve))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn set_stage(&mut self, stage: Stage) {
        let now_ms = self.now_ms;
        // Whoever has been sent away stays away, whatever an answer under way says.
        if let Some(joining) = self.joining.as_mut().filter(|joining| joining.stage != Stage::Left) {
            joining.stage = stage;
            joining.since_ms = now_ms;
        }
    }

    fn is_admitted_on_disk(&self, node: usize) -> bool {
        let Some(joining) = &self.joining else { return false };
        self.nodes[node].disk.statements.values().any(|signed| admits(signed, &joining.partner))
    }
}

fn admits(signed: &SignedStatement, newcomer: &PartnerId) -> bool {
    let statement = comin_protocol::codec::from_cbor(&signed.body);
    matches!(statement, Ok(Statement::Admission { partner, .. }) if partner == *newcomer)
}
