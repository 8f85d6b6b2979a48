//! A set of changes against the runs that are to cover it.

use super::{Blame, CheckJob, CheckResult, Refusal};
use crate::admission::{Inadmissible, admit_chain, admit_counters, admit_operations};
use crate::ancestry::Ancestry;
use crate::engine::{StoredChange, StoredRun};
use crate::ids::{ActorId, ChangeHash, LINKS_PART};
use crate::limits::{LINKS_RECORDS_MAX, PART_RECORDS_FLOOD};
use crate::run::{Frontier, Tip};
use crate::scan::{Action, ObjRef, ScannedChange, hash_of, scan};
use automerge::Automerge;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A change that has been read, without its operations: those of a whole transfer would fill the memory.
pub(super) struct Link {
    actor: ActorId,
    seq: u64,
    pub(super) hash: ChangeHash,
    deps: Vec<ChangeHash>,
    start_op: u64,
    /// Counter after its last operation.
    end_op: u64,
    new_records: u64,
    operations: Result<(), Inadmissible>,
    refers: Vec<(ActorId, u64)>,
    bytes: Vec<u8>,
}

/// The changes of a transfer, by actor and sequence.
pub(super) type Chains = BTreeMap<ActorId, BTreeMap<u64, Link>>;

/// What is left out of a transfer.
#[derive(Default)]
pub(super) struct LeftOut {
    /// The actors at fault.
    pub blamed: BTreeMap<ActorId, Blame>,
    /// Whoever builds on what those wrote before: no fault of theirs, and it comes again from elsewhere.
    aside: BTreeSet<ActorId>,
}

impl LeftOut {
    fn has(&self, actor: &ActorId) -> bool {
        self.blamed.contains_key(actor) || self.aside.contains(actor)
    }
}

/// Checks a transfer of single changes. Where an author is at fault the others' changes are given all the same.
pub(super) fn check(job: &CheckJob, changes: Vec<Vec<u8>>) -> Result<CheckResult, Refusal> {
    let (mut chains, mut left_out) = read(job, changes)?;
    pass_over(&mut chains, &job.base);
    cover(job, &job.base, &mut chains, &mut left_out)?;
    give(job, chains, left_out)
}

/// What has been covered, and whose fault it is that the rest is not.
pub(super) fn give(job: &CheckJob, chains: Chains, left_out: LeftOut) -> Result<CheckResult, Refusal> {
    let new_records: u64 = chains.values().flat_map(BTreeMap::values).map(|link| link.new_records).sum();
    check_flood(job, job.records.saturating_add(new_records))?;
    let changes = in_order(chains);
    match left_out.blamed.is_empty() {
        true => Ok(CheckResult::Changes(changes)),
        false => Ok(CheckResult::AuthorFault { blamed: left_out.blamed, innocent: changes }),
    }
}

/// More records than honest writers could make in one part.
pub(super) fn check_flood(job: &CheckJob, records: u64) -> Result<(), Refusal> {
    let max = if job.doc.part == LINKS_PART { LINKS_RECORDS_MAX.max(PART_RECORDS_FLOOD) } else { PART_RECORDS_FLOOD };
    if records > max { Err(Refusal::sender(format!("more than {max} records in one part"))) } else { Ok(()) }
}

/// Scans every change and judges its operations; what follows from the runs is asked later.
/// Signed bytes that do not read are blamed on their author.
pub(super) fn read(job: &CheckJob, changes: Vec<Vec<u8>>) -> Result<(Chains, LeftOut), Refusal> {
    let (mut chains, mut left_out) = (Chains::new(), LeftOut::default());
    for bytes in changes {
        let change = match scan(&bytes) {
            Ok(change) => change,
            Err(error) => {
                let (actor, blame) = blame_unreadable(job, hash_of(&bytes), &error)?;
                left_out.blamed.insert(actor, blame);
                continue;
            }
        };
        let Some(run) = job.runs.get(&change.actor) else {
            return Err(Refusal::sender(format!("change {} without a run", change.hash.short())));
        };
        let operations = admit_operations(&change, &job.doc, &run.run.device);
        let link = Link::new(change, operations, bytes);
        let hash = link.hash;
        if chains.entry(link.actor).or_default().insert(link.seq, link).is_some() {
            return Err(Refusal::sender(format!("change {} given twice, or two of one sequence", hash.short())));
        }
    }
    Ok((chains, left_out))
}

/// Bytes that do not read are the author's where a run signs just them; else nobody knows whose they are.
fn blame_unreadable(
    job: &CheckJob,
    hash: Option<ChangeHash>,
    error: &impl ToString,
) -> Result<(ActorId, Blame), Refusal> {
    let signed = hash.and_then(|hash| job.runs.iter().find(|(_, run)| run.run.hash == hash));
    let (actor, run) = signed.ok_or_else(|| Refusal::sender(error.to_string()))?;
    Ok((*actor, Blame { hash: run.run.hash, what: error.to_string() }))
}

impl Link {
    fn new(change: ScannedChange, operations: Result<(), Inadmissible>, bytes: Vec<u8>) -> Self {
        let makes = |op: &&crate::scan::ScannedOp| op.obj == ObjRef::Root && op.action == Action::MakeMap;
        Self {
            actor: change.actor,
            seq: change.seq,
            hash: change.hash,
            start_op: change.start_op,
            end_op: change.start_op + change.ops.len() as u64,
            new_records: change.ops.iter().filter(makes).count() as u64,
            refers: change.refers(),
            deps: change.deps,
            operations,
            bytes,
        }
    }
}

/// Drops what the receiver holds already: it may have come from another peer in the meantime.
fn pass_over(chains: &mut Chains, base: &Frontier) {
    for (actor, chain) in chains {
        *chain = chain.split_off(&base.seq(actor).saturating_add(1));
    }
}

/// Matches every actor's changes with its run: contiguous from `base`, linked by hashes, ending at the run. Whoever
/// signed what is not admissible is blamed, and its changes are left out.
pub(super) fn cover(
    job: &CheckJob,
    base: &Frontier,
    chains: &mut Chains,
    left_out: &mut LeftOut,
) -> Result<(), Refusal> {
    loop {
        leave_out(chains, left_out);
        match cover_all(job, base, chains, left_out) {
            Err(Refusal::Author { actor, hash, what }) => drop(left_out.blamed.insert(actor, Blame { hash, what })),
            other => return other,
        }
    }
}

/// Blames whoever refers to what it does not build on, in a whole document whose changes are covered.
pub(super) fn blame_misfits(doc: &Automerge, chains: &mut Chains, left_out: &mut LeftOut) {
    let mut ancestry = Ancestry::of(&doc.get_changes_meta(&[]));
    for link in chains.values().flat_map(BTreeMap::values) {
        if !ancestry.fits(doc, link.hash, &link.refers) {
            let what = "refers to what it does not build on".to_owned();
            left_out.blamed.entry(link.actor).or_insert(Blame { hash: link.hash, what });
        }
    }
    leave_out(chains, left_out);
}

/// Leaves out what blamed actors wrote. Who builds on a change that is not admissible, or on a later one of its author,
/// is to blame as well: an honest node does not take those. Who builds on earlier ones is left out and not to blame.
fn leave_out(chains: &mut Chains, left_out: &mut LeftOut) {
    let mut bad: HashSet<ChangeHash> = left_out.blamed.values().map(|blame| blame.hash).collect();
    let mut lost: HashSet<ChangeHash> = HashSet::new();
    loop {
        for (actor, blame) in &left_out.blamed {
            let mut from_here = false;
            for link in chains.remove(actor).unwrap_or_default().into_values() {
                from_here |= link.hash == blame.hash;
                if from_here {
                    bad.insert(link.hash)
                } else {
                    lost.insert(link.hash)
                };
            }
        }
        let Some((actor, hash)) = first_on(chains, &bad) else { break };
        let what = "builds on a change that is not admissible".to_owned();
        left_out.blamed.insert(actor, Blame { hash, what });
    }
    while let Some((actor, _)) = first_on(chains, &lost) {
        let gone = chains.remove(&actor).unwrap_or_default();
        lost.extend(gone.into_values().map(|link| link.hash));
        left_out.aside.insert(actor);
    }
}

/// A change that builds on one of these, and its author.
fn first_on(chains: &Chains, on: &HashSet<ChangeHash>) -> Option<(ActorId, ChangeHash)> {
    let mut links = chains.values().flat_map(BTreeMap::values);
    links.find(|link| link.deps.iter().any(|dep| on.contains(dep))).map(|link| (link.actor, link.hash))
}

fn cover_all(job: &CheckJob, base: &Frontier, chains: &Chains, left_out: &LeftOut) -> Result<(), Refusal> {
    let none = BTreeMap::new();
    for (actor, run) in job.runs.iter().filter(|(actor, _)| !left_out.has(actor)) {
        let chain = chains.get(actor).unwrap_or(&none);
        let held = base.get(actor);
        if run.run.seq <= held.map_or(0, |tip| tip.seq) && chain.is_empty() {
            continue;
        }
        check_end(run, *actor, held, chain)?;
        check_links(*actor, held, chain)?;
    }
    check_counters(chains)
}

/// The run must sign the last change, directly or through its tail.
fn check_end(run: &StoredRun, actor: ActorId, held: Option<&Tip>, chain: &BTreeMap<u64, Link>) -> Result<(), Refusal> {
    let last = chain.last_key_value().map(|(_, link)| Tip { seq: link.seq, hash: link.hash });
    let mut end = last.or(held.copied());
    for bytes in &run.tail {
        let change = scan(bytes).map_err(|error| Refusal::sender(format!("tail of a run: {error}")))?;
        let (seq, previous) = (end.map_or(0, |tip| tip.seq), end.map(|tip| tip.hash));
        let follows = change.actor == actor && change.seq == seq + 1;
        if !follows || admit_chain(change.seq, &change.deps, previous).is_err() {
            return Err(Refusal::sender("tail of a run does not follow the changes"));
        }
        end = Some(Tip { seq: change.seq, hash: change.hash });
    }
    if end == Some(Tip { seq: run.run.seq, hash: run.run.hash }) {
        return Ok(());
    }
    Err(Refusal::sender(format!("changes of actor {} do not end at their run", actor.short())))
}

/// Walks the chain from its beginning. A gap or a broken link inside means that the run covers only what
/// comes after: the sender's fault. Whether the first change follows what is held is the engine's to judge:
/// if not, the actor has two branches, and that is proven with both of them.
fn check_links(actor: ActorId, held: Option<&Tip>, chain: &BTreeMap<u64, Link>) -> Result<(), Refusal> {
    let mut seq = held.map_or(0, |tip| tip.seq);
    let mut previous = None;
    for link in chain.values() {
        if link.seq != seq + 1 {
            return Err(Refusal::sender(format!("changes of actor {} have a gap", actor.short())));
        }
        let at_held = previous.is_none() && held.is_some();
        if !at_held && admit_chain(link.seq, &link.deps, previous).is_err() {
            return Err(Refusal::sender(format!("change {} is covered by no run", link.hash.short())));
        }
        (seq, previous) = (link.seq, Some(link.hash));
    }
    chain.values().try_for_each(|link| link.operations.clone().map_err(|error| link.fault(error)))
}

/// Operation counters follow those of the dependencies. Where one of them lies outside the transfer, it can
/// only be seen that none inside is used again; the engine, which holds the others, asks for the rest.
fn check_counters(chains: &Chains) -> Result<(), Refusal> {
    let ends: HashMap<ChangeHash, u64> =
        chains.values().flat_map(BTreeMap::values).map(|link| (link.hash, link.end_op)).collect();
    for link in chains.values().flat_map(BTreeMap::values) {
        let known: Vec<u64> = link.deps.iter().filter_map(|dep| ends.get(dep).copied()).collect();
        let highest = known.iter().copied().max().unwrap_or(1);
        let deps_end = if known.len() == link.deps.len() { highest } else { highest.max(link.start_op) };
        admit_counters(link.start_op, deps_end).map_err(|error| link.fault(error))?;
    }
    Ok(())
}

impl Link {
    fn fault(&self, what: impl ToString) -> Refusal {
        Refusal::Author { actor: self.actor, hash: self.hash, what: what.to_string() }
    }
}

/// Dependencies first. What lies outside the transfer is taken as held; the engine looks.
fn in_order(chains: Chains) -> Vec<StoredChange> {
    let mut links: HashMap<ChangeHash, Link> = HashMap::new();
    let mut waiting = Vec::new();
    for link in chains.into_values().flat_map(BTreeMap::into_values) {
        waiting.push(link.hash);
        links.insert(link.hash, link);
    }
    waiting.reverse();
    let mut ordered = Vec::with_capacity(waiting.len());
    // Hashes cannot form a circle, so that every round either puts a change out or reaches one deeper.
    while let Some(hash) = waiting.last() {
        let missing: Vec<ChangeHash> = match links.get(hash) {
            None => Vec::new(),
            Some(link) => link.deps.iter().filter(|dep| links.contains_key(dep)).copied().collect(),
        };
        if !missing.is_empty() {
            waiting.extend(missing);
        } else if let Some(link) = waiting.pop().and_then(|hash| links.remove(&hash)) {
            ordered.push(StoredChange { actor: link.actor, seq: link.seq, hash: link.hash, bytes: link.bytes });
        }
    }
    ordered
}

/// Where the chains end.
pub(super) fn frontier(chains: &Chains) -> Frontier {
    let tips = chains.iter().filter_map(|(actor, chain)| {
        let (_, last) = chain.last_key_value()?;
        Some((*actor, Tip { seq: last.seq, hash: last.hash }))
    });
    tips.collect()
}
