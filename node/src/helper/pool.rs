//! The node's side of the helper processes: starts them when there is work, gives each job a deadline,
//! replaces those that die, and ends those that are idle.

use super::HelperCommand;
use crate::limits::{
    HELPER_ANSWER_BYTES_MAX, HELPER_BACKOFF_MAX, HELPER_BACKOFF_MIN, HELPER_IDLE, HELPER_QUEUE, HELPERS,
};
use crate::runtime::Inbox;
use comin_protocol::check::{CheckJob, CheckResult};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::engine::{Input, TaskId};
use comin_protocol::limits::HELPER_JOB_MS;
use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{sleep, timeout};

type Queued = (TaskId, Box<CheckJob>);

/// Takes jobs; dropping it ends all helpers.
pub(crate) struct HelperPool {
    jobs: mpsc::Sender<Queued>,
    inbox: Arc<Inbox>,
    /// Dropped with the pool, which ends even a job that is under way.
    _alive: oneshot::Sender<()>,
}

impl HelperPool {
    /// Starts the thread that looks after the helpers; no process yet.
    pub fn start(command: HelperCommand, inbox: Arc<Inbox>) -> io::Result<(Self, JoinHandle<()>)> {
        let (jobs, queue) = mpsc::channel(HELPER_QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (alive, ended) = oneshot::channel();
        let pool = Self { jobs, inbox: inbox.clone(), _alive: alive };
        let thread = std::thread::Builder::new().name("comin-helpers".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = look_after(command, inbox, queue) => (),
                    _ = ended => (),
                }
            });
        })?;
        Ok((pool, thread))
    }

    /// Hands a job over; the answer comes back through the inbox.
    pub fn check(&self, task: TaskId, job: Box<CheckJob>) {
        if self.jobs.try_send((task, job)).is_err() {
            self.inbox.report(Input::Checked(task, CheckResult::NotNow("all helpers are busy".to_owned())));
        }
    }
}

async fn look_after(command: HelperCommand, inbox: Arc<Inbox>, queue: mpsc::Receiver<Queued>) {
    let queue = Arc::new(Mutex::new(queue));
    let worker = || {
        let worker = Worker {
            command: command.clone(),
            inbox: inbox.clone(),
            process: None,
            pause: Duration::ZERO,
            job_time: Duration::from_millis(HELPER_JOB_MS),
        };
        worker.work(queue.clone())
    };
    let workers: [_; HELPERS] = std::array::from_fn(|_| worker());
    futures::future::join_all(workers).await;
}

/// One helper process, or the place of one.
struct Worker {
    command: HelperCommand,
    inbox: Arc<Inbox>,
    process: Option<Process>,
    /// How long to wait before the next start, after one has died.
    pause: Duration,
    job_time: Duration,
}

struct Process {
    /// Killed when dropped.
    _child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Worker {
    async fn work(mut self, queue: Arc<Mutex<mpsc::Receiver<Queued>>>) {
        loop {
            // Taking a job is cancelled together with the lock; no job is lost by it.
            match timeout(HELPER_IDLE, async { queue.lock().await.recv().await }).await {
                Ok(Some((task, job))) => {
                    let result = self.check(&job).await;
                    self.inbox.report(Input::Checked(task, result));
                }
                Ok(None) => return,
                Err(_) => self.process = None,
            }
        }
    }

    /// One job; whatever goes wrong with the process is "not now" and costs the process.
    async fn check(&mut self, job: &CheckJob) -> CheckResult {
        if self.process.is_none() {
            sleep(self.pause).await;
        }
        let answer = match timeout(self.job_time, self.exchange(job)).await {
            Ok(Ok(result)) => {
                self.pause = Duration::ZERO;
                return result;
            }
            Ok(Err(error)) => format!("the helper failed: {error}"),
            Err(_) => "the helper took too long".to_owned(),
        };
        tracing::warn!(document = %job.doc, reason = %answer, "a transfer could not be checked now");
        self.process = None;
        self.pause = (self.pause * 2).clamp(HELPER_BACKOFF_MIN, HELPER_BACKOFF_MAX);
        CheckResult::NotNow(answer)
    }

    async fn exchange(&mut self, job: &CheckJob) -> io::Result<CheckResult> {
        if self.process.is_none() {
            self.process = Some(start(&self.command)?);
        }
        let Some(process) = &mut self.process else { return Err(io::ErrorKind::NotConnected.into()) };
        let bytes = to_cbor(job);
        // INVARIANT: a job holds one transfer, bounded by `limits::TRANSFER_BYTES_MAX` and its runs.
        process.stdin.write_all(&(bytes.len() as u32).to_be_bytes()).await?;
        process.stdin.write_all(&bytes).await?;
        process.stdin.flush().await?;
        drop(bytes);
        let length = process.stdout.read_u32().await? as usize;
        if length > HELPER_ANSWER_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "answer too large"));
        }
        let mut answer = vec![0; length];
        process.stdout.read_exact(&mut answer).await?;
        from_cbor(&answer).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
    }
}

fn start(command: &HelperCommand) -> io::Result<Process> {
    let mut child = Command::new(&command.program)
        .args(&command.args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()?;
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (stdin, stdout) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
    Ok(Process { _child: child, stdin, stdout })
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::check::Form;
    use comin_protocol::ids::{DocId, RegisterId};
    use comin_protocol::run::Frontier;

    fn job() -> CheckJob {
        CheckJob {
            doc: DocId { register: RegisterId([1; 32]), part: 1 },
            form: Form::Changes,
            payload: Vec::new(),
            base: Frontier::default(),
            runs: Default::default(),
            records: 0,
            bars: Default::default(),
        }
    }

    fn worker(script: &str) -> Worker {
        Worker {
            command: HelperCommand { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] },
            inbox: Arc::default(),
            process: None,
            pause: Duration::ZERO,
            job_time: Duration::from_millis(500),
        }
    }

    #[tokio::test]
    async fn a_helper_that_hangs_or_dies_means_not_now() {
        let mut hangs = worker("exec sleep 60");
        assert!(matches!(hangs.check(&job()).await, CheckResult::NotNow(_)), "the deadline ends the job");
        assert!(hangs.process.is_none(), "a helper that hangs is killed");
        let mut dies = worker("exit 1");
        assert!(matches!(dies.check(&job()).await, CheckResult::NotNow(_)), "a dead helper is no verdict");
        assert_eq!(dies.pause, HELPER_BACKOFF_MIN, "the next start waits");
    }

    #[tokio::test]
    async fn a_helper_works_again_after_one_that_died() {
        let answer = to_cbor(&CheckResult::SenderFault("no".to_owned()));
        let octal = |bytes: &[u8]| bytes.iter().map(|b| format!("\\{b:03o}")).collect::<String>();
        let says = format!("printf '{}{}'; exec cat >&2", octal(&(answer.len() as u32).to_be_bytes()), octal(&answer));
        let mut worker = worker("exit 1");
        assert!(matches!(worker.check(&job()).await, CheckResult::NotNow(_)), "the first one dies");
        worker.command.args = vec!["-c".into(), says.replace("cat >&2", "cat >/dev/null")];
        assert_eq!(worker.check(&job()).await, CheckResult::SenderFault("no".to_owned()), "the second one answers");
        assert_eq!(worker.pause, Duration::ZERO, "a good answer ends the back-off");
    }
}
