//! The helper process: decodes what a peer sent and what can inflate, under limits of memory and CPU time,
//! so that hostile bytes cost a child process and not the node.
//!
//! # Shape
//! Jobs go to its standard input, answers come from its standard output, both as CBOR behind a length
//! (u32 big endian). It ends when its input ends.

mod pool;

pub(crate) use pool::HelperPool;

use crate::limits::HELPER_CPU_SECONDS;
use comin_protocol::check::{self, CheckJob, CheckResult};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::limits::{EXPANDED_BYTES_MAX, HELPER_MEMORY_BYTES};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// How a helper process is started: a program that calls [`main`] when given these arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HelperCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}

impl HelperCommand {
    /// The running program itself, with the one argument `helper`: also where another version has taken its file's
    /// place meanwhile, which may encode rows in another way.
    ///
    /// # Errors
    /// The system does not say where the program lies.
    pub fn own() -> io::Result<Self> {
        let running = PathBuf::from("/proc/self/exe");
        let program = if running.exists() { running } else { std::env::current_exe()? };
        Ok(Self { program, args: vec!["helper".to_owned()] })
    }
}

/// The helper's whole life. Returns when the node has gone.
///
/// # Errors
/// The limits could not be set (it does not work without), or a pipe broke.
pub fn main() -> io::Result<()> {
    limit_self()?;
    // A panic is an answer here; its text goes to the node and not to the terminal.
    std::panic::set_hook(Box::new(|_| ()));
    serve(&mut io::stdin().lock(), &mut io::stdout().lock(), check::run)
}

/// Bounds memory and CPU time, and ties this process's life to the node's.
fn limit_self() -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    limit(Resource::As, HELPER_MEMORY_BYTES)?;
    limit(Resource::Cpu, HELPER_CPU_SECONDS)?;
    // No core file of a partner's data when a limit is met.
    limit(Resource::Core, 0)
}

fn limit(resource: Resource, value: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?)
}

/// Answers jobs until the input ends.
fn serve(input: &mut impl Read, output: &mut impl Write, run: impl Fn(&CheckJob) -> CheckResult) -> io::Result<()> {
    while let Some(bytes) = read_block(input)? {
        let result = catch_unwind(AssertUnwindSafe(|| match from_cbor::<CheckJob>(&bytes) {
            Ok(job) => run(&job),
            Err(error) => CheckResult::NotNow(format!("the helper does not understand the job: {error}")),
        }));
        let result = result.unwrap_or_else(|_| CheckResult::NotNow("the check broke".to_owned()));
        let answer = to_cbor(&result);
        // INVARIANT: an answer is bounded by the address space limit of 1 GiB, far below u32.
        output.write_all(&(answer.len() as u32).to_be_bytes())?;
        output.write_all(&answer)?;
        output.flush()?;
    }
    Ok(())
}

/// One block; `None` where the input ended before it.
fn read_block(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > EXPANDED_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "job too large"));
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::check::Form;
    use comin_protocol::ids::{DocId, RegisterId};
    use comin_protocol::run::Frontier;
    use std::collections::BTreeMap;

    fn job(records: u64) -> CheckJob {
        CheckJob {
            doc: DocId { register: RegisterId([1; 32]), part: 1 },
            form: Form::Changes,
            payload: vec![1, 2, 3],
            base: Frontier::default(),
            runs: BTreeMap::new(),
            records,
            bars: Default::default(),
        }
    }

    fn block(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
    }

    #[test]
    fn each_job_gets_its_answer_and_a_panic_is_one() {
        let input = [block(&to_cbor(&job(0))), block(b"\xff"), block(&to_cbor(&job(7)))].concat();
        let mut output = Vec::new();
        let run = |job: &CheckJob| match job.records {
            0 => panic!("planted"),
            n => CheckResult::SenderFault(format!("{n} records")),
        };
        serve(&mut input.as_slice(), &mut output, run).expect("the pipes are memory");
        let mut answers = output.as_slice();
        let mut next = || {
            let bytes = read_block(&mut answers).expect("memory").expect("an answer");
            from_cbor::<CheckResult>(&bytes).expect("our own CBOR")
        };
        assert_eq!(next(), CheckResult::NotNow("the check broke".to_owned()), "a panic is never a verdict");
        assert!(matches!(next(), CheckResult::NotNow(_)), "a job that is no job is refused, not fatal");
        assert_eq!(next(), CheckResult::SenderFault("7 records".to_owned()), "the loop goes on after both");
    }
}
