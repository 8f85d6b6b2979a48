//! Proofs that an actor has two run-valid branches.
//!
//! Nobody but the device itself can sign two runs of one actor. A proof shows, for each of two runs, the
//! changes from the first that differs up to the run's own; each change names the one before it, so the
//! signature covers the whole branch. Whoever reads the proof needs no document and no trust in its maker.

use crate::ids::{ActorId, ChangeHash, DocId};
use crate::roster::Cut;
use crate::scan::scan;
use crate::statement::{Branch, Statement, StatementError};

/// The statement of a divergence: the branch whose run hash is less comes first, so that two nodes that see
/// the same branches state the same. Whether the proof holds (and fits into a statement) says
/// [`crate::statement::SignedStatement::verify`].
pub fn prove(doc: DocId, base: Option<ChangeHash>, seq: u64, left: Branch, right: Branch) -> Statement {
    let (left, right) = if left.run.hash <= right.run.hash { (left, right) } else { (right, left) };
    Statement::Divergence { doc, seq, base, left, right }
}

/// Checks a proof: which actor diverges, in which document, from where on.
///
/// # Errors
/// [`StatementError::BadProof`] for anything but a divergence that is proven.
pub fn verify(statement: &Statement) -> Result<(DocId, ActorId, Cut), StatementError> {
    let Statement::Divergence { doc, seq, base, left, right } = statement else {
        return Err(StatementError::BadProof);
    };
    // Actors are derived from device and nonce: the same two give the same actor, and no others can.
    let one_actor = left.run.device == right.run.device && left.run.nonce == right.run.nonce;
    let ordered = left.run.hash < right.run.hash;
    let rooted = base.is_none() == (*seq == 1) && *seq > 0;
    if !one_actor || !ordered || !rooted {
        return Err(StatementError::BadProof);
    }
    let firsts = (first_of(doc, *seq, *base, left)?, first_of(doc, *seq, *base, right)?);
    if firsts.0 == firsts.1 {
        return Err(StatementError::BadProof);
    }
    Ok((*doc, left.run.actor(doc), Cut { seq: *seq }))
}

/// Checks one branch; the hash of its first change.
fn first_of(doc: &DocId, seq: u64, base: Option<ChangeHash>, branch: &Branch) -> Result<ChangeHash, StatementError> {
    let bad = StatementError::BadProof;
    // Cheap first: the length must fit before anything is parsed, the signature before any change.
    let length = branch.run.seq.checked_sub(seq).and_then(|more| more.checked_add(1)).ok_or(bad)?;
    if usize::try_from(length) != Ok(branch.changes.len()) {
        return Err(bad);
    }
    let run = branch.run.clone().verify(doc).ok_or(bad)?;
    let mut first = None;
    let mut previous = base;
    for (bytes, seq) in branch.changes.iter().zip(seq..) {
        let change = scan(bytes).map_err(|_| bad)?;
        let follows = previous.is_none_or(|hash| change.deps.contains(&hash));
        if change.actor != run.actor || change.seq != seq || !follows {
            return Err(bad);
        }
        first = first.or(Some(change.hash));
        previous = Some(change.hash);
    }
    if previous == Some(run.run.hash) { first.ok_or(bad) } else { Err(bad) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DeviceSigner;
    use crate::ids::{Nonce, RegisterId};
    use crate::run::Run;
    use crate::statement::SignedStatement;
    use automerge::{Automerge, ROOT, transaction::Transactable};

    const DOC: DocId = DocId { register: RegisterId([1; 32]), part: 0 };
    const NONCE: Nonce = Nonce([2; 16]);

    fn signer() -> DeviceSigner {
        DeviceSigner::from_secret(&[3; 32])
    }

    fn actor() -> ActorId {
        ActorId::derive(&DOC, &signer().key(), &NONCE)
    }

    /// Writes one value as the actor.
    fn write(doc: &mut Automerge, value: &str) {
        doc.set_actor(actor().to_automerge());
        doc.transact(|tx| tx.put(ROOT, "key", value)).expect("a put on the root works");
    }

    /// The branch of `doc` from `seq` on, with a run of `signer`.
    fn branch(doc: &mut Automerge, seq: u64, signer: &DeviceSigner) -> Branch {
        let changes: Vec<_> = doc.get_changes(&[]).into_iter().filter(|c| c.seq() >= seq).collect();
        let last = changes.last().expect("the branch has changes");
        let run = Run::sign(signer, &DOC, NONCE, last.seq(), last.hash().into(), [0; 8]).run;
        Branch { run, changes: changes.iter().map(|c| c.raw_bytes().to_vec().into()).collect() }
    }

    /// A device that was copied after two changes: both copies went on, one by one change, one by three.
    fn copied() -> (Automerge, Automerge, ChangeHash) {
        let mut one = Automerge::new();
        write(&mut one, "a");
        write(&mut one, "b");
        let base = one.get_heads()[0].into();
        let mut two = one.clone();
        write(&mut one, "left");
        ["right", "further", "on"].iter().for_each(|value| write(&mut two, value));
        (one, two, base)
    }

    fn proof() -> (ChangeHash, Branch, Branch) {
        let (mut one, mut two, base) = copied();
        (base, branch(&mut one, 3, &signer()), branch(&mut two, 3, &signer()))
    }

    #[test]
    fn two_branches_prove_a_divergence() {
        let (base, left, right) = proof();
        let statement = prove(DOC, Some(base), 3, left.clone(), right.clone());
        assert_eq!(verify(&statement), Ok((DOC, actor(), Cut { seq: 3 })), "the actor is cut where it parts");
        assert_eq!(statement, prove(DOC, Some(base), 3, right, left), "whoever proves it states the same");
        let signed = SignedStatement::unsigned(&statement);
        assert!(signed.verify().is_ok(), "it needs no signature of its maker");
    }

    #[test]
    fn branches_may_part_at_the_first_change() {
        let (mut one, mut two) = (Automerge::new(), Automerge::new());
        write(&mut one, "left");
        write(&mut two, "right");
        let statement = prove(DOC, None, 1, branch(&mut one, 1, &signer()), branch(&mut two, 1, &signer()));
        assert_eq!(verify(&statement).map(|(_, _, cut)| cut.seq), Ok(1), "there is nothing below");
    }

    #[test]
    fn nothing_less_is_a_proof() {
        let (base, left, right) = proof();
        let bad = |what: &str, seq, base, left: &Branch, right: &Branch| {
            let statement = prove(DOC, base, seq, left.clone(), right.clone());
            assert_eq!(verify(&statement), Err(StatementError::BadProof), "{what}");
            assert_eq!(SignedStatement::unsigned(&statement).verify().err(), Some(StatementError::BadProof), "{what}");
        };
        bad("one branch twice", 3, Some(base), &left, &left);
        bad("no base although there is one", 3, None, &left, &right);
        bad("another base", 3, Some(ChangeHash([9; 32])), &left, &right);
        bad("another sequence", 4, Some(base), &left, &right);
        bad("sequence zero", 0, None, &left, &right);

        let prefix = |length: usize| {
            let (_, two, _) = copied();
            let changes: Vec<_> = two.get_changes(&[]).into_iter().filter(|c| c.seq() >= 3).take(length).collect();
            let last = changes.last().expect("not empty");
            let run = Run::sign(&signer(), &DOC, NONCE, last.seq(), last.hash().into(), [0; 8]).run;
            Branch { run, changes: changes.iter().map(|c| c.raw_bytes().to_vec().into()).collect() }
        };
        bad("two runs of one history", 3, Some(base), &prefix(2), &prefix(3));

        let mut short = right.clone();
        short.changes.remove(1);
        bad("a change is missing", 3, Some(base), &left, &short);
        let mut shuffled = right.clone();
        shuffled.changes.swap(0, 1);
        bad("changes out of order", 3, Some(base), &left, &shuffled);
        let mut garbled = right.clone();
        garbled.changes[0][20] ^= 1;
        bad("a change was altered", 3, Some(base), &left, &garbled);
        let mut unsigned = right.clone();
        unsigned.run.signature[0] ^= 1;
        bad("a run that is not the device's", 3, Some(base), &left, &unsigned);
        let mut foreign = right.clone();
        foreign.run.nonce = Nonce([7; 16]);
        bad("another actor's run", 3, Some(base), &left, &foreign);

        let other = DocId { register: RegisterId([8; 32]), part: 0 };
        let elsewhere = prove(other, Some(base), 3, left.clone(), right.clone());
        assert_eq!(verify(&elsewhere), Err(StatementError::BadProof), "the runs are for another document");
        let swapped = match prove(DOC, Some(base), 3, left, right) {
            Statement::Divergence { doc, seq, base, left, right } => {
                Statement::Divergence { doc, seq, base, left: right, right: left }
            }
            other => other,
        };
        assert_eq!(verify(&swapped), Err(StatementError::BadProof), "there is one order");
    }

    #[test]
    fn nobody_else_can_frame_an_actor() {
        let (mut one, mut two, base) = copied();
        let framed = prove(
            DOC,
            Some(base),
            3,
            branch(&mut one, 3, &signer()),
            branch(&mut two, 3, &DeviceSigner::from_secret(&[66; 32])),
        );
        assert_eq!(verify(&framed), Err(StatementError::BadProof), "a run by another device is another actor's");
    }
}
