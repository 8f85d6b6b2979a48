//! The runtime around scripted cores: what it promises whatever the engine does.

use super::*;
use crate::store::VisitEntry;
use comin_protocol::engine::{Boot, RequestId, SessionId, StoredDoc, StoredRun, TaskId, Write};
use comin_protocol::ids::ActorId;
use comin_protocol::record::Row;
use comin_protocol::statement::SignedStatement;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Duration;
use tokio::time::timeout;

/// How long a test waits for something that must happen.
const BOUND: Duration = Duration::from_secs(20);

/// Holds commits up while it is shut.
#[derive(Default)]
struct Gate {
    shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn set(&self, shut: bool) {
        *self.shut.lock().expect("no test panics with it") = shut;
        self.opened.notify_all();
    }

    fn pass(&self) {
        let shut = self.shut.lock().expect("no test panics with it");
        drop(self.opened.wait_while(shut, |shut| *shut).expect("no test panics with it"));
    }
}

/// A store that counts, and fails or waits when told to.
#[derive(Default)]
struct Counting {
    commits: Mutex<Vec<usize>>,
    fails: bool,
    gate: Gate,
}

impl Store for Counting {
    fn each_entry(&self, _: &mut VisitEntry<'_>) -> Result<(), StoreError> {
        Ok(())
    }
    fn tidy(&self, _: &mut dyn FnMut() -> bool) -> Result<Option<crate::store::Tidied>, StoreError> {
        Ok(None)
    }
    fn commit(&self, batches: &[Vec<Write>]) -> Result<(), StoreError> {
        self.gate.pass();
        self.commits.lock().expect("no test panics with it").push(batches.len());
        if self.fails { Err(StoreError::Io("disk full".to_owned())) } else { Ok(()) }
    }
    fn boot(&self) -> Result<Boot, StoreError> {
        Ok(Boot::default())
    }
    fn statements(&self) -> Result<Vec<SignedStatement>, StoreError> {
        Ok(Vec::new())
    }
    fn runs_of_doc(&self, _: &DocId) -> Result<Vec<(ActorId, StoredRun)>, StoreError> {
        Ok(Vec::new())
    }
    fn row(&self, _: &RecordKey, _: &DocId) -> Result<Option<Row>, StoreError> {
        Ok(None)
    }
    fn conflicted_rows(&self, _: Option<&(RecordKey, DocId)>, _: usize) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }
    fn count_rows(&self, _: Option<&str>) -> Result<u64, StoreError> {
        Ok(0)
    }
    fn count_conflicts(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
    fn load_doc(&self, _: &DocId) -> Result<StoredDoc, StoreError> {
        Err(StoreError::Damaged("a checksum does not match".to_owned()))
    }
    fn rows_of(&self, _: &RecordKey) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }
    fn scan_rows(&self, _: Option<&str>, _: Option<&(RecordKey, DocId)>, _: usize) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }
    fn rows_of_doc(&self, _: &DocId) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }
    fn verify(&self) -> Result<crate::store::VerifyReport, StoreError> {
        Ok(crate::store::VerifyReport::default())
    }
    fn device_of(&self, _: &ActorId) -> Result<Option<DeviceKey>, StoreError> {
        Ok(None)
    }
}

type React = Box<dyn FnMut(Input, &mut VecDeque<Output>) + Send>;

/// A core that answers inputs as a test says.
struct Scripted {
    react: React,
    outputs: VecDeque<Output>,
}

impl Core for Scripted {
    fn handle(&mut self, _: Now, input: Input) {
        (self.react)(input, &mut self.outputs);
    }
    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }
}

fn start(
    secret: u8,
    net: Option<NetConfig>,
    store: Arc<dyn Store>,
    react: impl FnMut(Input, &mut VecDeque<Output>) + Send + 'static,
) -> (NodeHandle, Node) {
    let signer = DeviceSigner::from_secret(&[secret; 32]);
    let helper = HelperCommand { program: "/nonexistent/helper".into(), args: Vec::new() };
    let core = move || Scripted { react: Box::new(react), outputs: VecDeque::new() };
    Node::start_with(NodeConfig { signer, net, helper }, store, Clock::start(), Arc::default(), core)
        .expect("the node starts")
}

fn reply(request: RequestId, after: Option<TaskId>) -> Output {
    Output::Reply { request, reply: Box::new(Ok(Reply::Done)), after }
}

/// Persists a batch for every command and answers after it.
fn persisting() -> impl FnMut(Input, &mut VecDeque<Output>) + Send {
    let mut task = 0;
    move |input, outputs| match input {
        Input::Command(_, Command::Status) => (),
        Input::Command(request, _) => {
            task += 1;
            outputs.push_back(Output::Persist(TaskId(task), Vec::new()));
            outputs.push_back(reply(request, Some(TaskId(task))));
        }
        _ => (),
    }
}

#[tokio::test]
async fn a_reply_waits_until_its_batch_is_on_disk_and_shares_the_flush() {
    let store = Arc::new(Counting::default());
    let (node, running) = start(1, None, store.clone(), persisting());
    store.gate.set(true);
    let mut replies: Vec<_> = (0..50).map(|_| Box::pin(node.command(Command::SyncNow))).collect();
    for reply in &mut replies {
        let early = timeout(Duration::ZERO, reply.as_mut()).await;
        assert!(early.is_err(), "nothing is acknowledged before it is on disk");
    }
    store.gate.set(false);
    for reply in replies {
        let reply = timeout(BOUND, reply).await.expect("it comes");
        assert_eq!(reply, Ok(Reply::Done), "the batch is on disk now");
    }
    let commits = store.commits.lock().expect("ours").clone();
    assert_eq!(commits.iter().sum::<usize>(), 50, "every batch was written");
    assert!(commits.len() < 50, "batches that waited together share a flush: {commits:?}");
    running.stop();
}

#[tokio::test]
async fn a_failing_store_answers_not_known_to_be_saved() {
    let store = Arc::new(Counting { fails: true, ..Counting::default() });
    let (node, running) = start(1, None, store, persisting());
    let reply = timeout(BOUND, node.command(Command::SyncNow)).await.expect("an answer comes");
    assert!(matches!(&reply, Err(CommandError::Stopped(text)) if text.contains("disk full")), "{reply:?}");
    let mut stopped = node.stopped();
    let reason = timeout(BOUND, stopped.wait_for(Option::is_some)).await.expect("it is told").expect("open").clone();
    assert!(reason.is_some_and(|text| text.contains("disk full")), "whoever runs the node learns why");
    running.stop();
}

#[tokio::test]
async fn a_damaged_document_stops_the_node_and_names_the_way_out() {
    let doc = DocId { register: comin_protocol::ids::RegisterId([1; 32]), part: 1 };
    let (node, running) = start(1, None, Arc::new(Counting::default()), move |input, outputs| {
        if let Input::Command(_, Command::SyncNow) = input {
            outputs.push_back(Output::Load(TaskId(1), doc));
        }
    });
    let reply = timeout(BOUND, node.command(Command::SyncNow)).await.expect("the caller is not left waiting");
    assert!(
        matches!(&reply, Err(CommandError::Stopped(text)) if text.contains("comin check --repair")),
        "the error names the command that repairs: {reply:?}"
    );
    running.stop();
}

#[tokio::test]
async fn a_broken_engine_answers_everyone_and_says_so() {
    let (node, running) = start(1, None, Arc::new(Counting::default()), |input, _| {
        if let Input::Command(_, Command::SyncNow) = input {
            panic!("planted");
        }
    });
    for _ in 0..2 {
        let reply = timeout(BOUND, node.command(Command::SyncNow)).await.expect("the caller is not left waiting");
        assert!(matches!(&reply, Err(CommandError::Stopped(text)) if text.contains("planted")), "{reply:?}");
    }
    running.stop();
}

#[tokio::test]
async fn a_stop_finishes_what_was_taken() {
    let store = Arc::new(Counting::default());
    let (node, running) = start(1, None, store.clone(), persisting());
    store.gate.set(true);
    let mut last = Box::pin(node.command(Command::SyncNow));
    assert!(timeout(Duration::ZERO, last.as_mut()).await.is_err(), "it waits for its batch");
    store.gate.set(false);
    tokio::task::spawn_blocking(move || running.stop()).await.expect("it stops");
    assert_eq!(last.await, Ok(Reply::Done), "what was taken before the stop is written and answered");
    assert!(matches!(node.command(Command::SyncNow).await, Err(CommandError::Stopped(_))), "nothing after it");
    let commits = store.commits.lock().expect("ours").iter().sum::<usize>();
    assert_eq!(commits, 2, "and what the engine does last is written too");
}

#[tokio::test]
async fn ticks_come_when_they_were_asked_for() {
    let mut asked = false;
    let mut waiting = None;
    let (node, running) = start(1, None, Arc::new(Counting::default()), move |input, outputs| match input {
        Input::Command(request, Command::SyncNow) => {
            (asked, waiting) = (true, Some(request));
            outputs.push_back(Output::WakeAt(0));
        }
        Input::Tick if asked => outputs.extend(waiting.take().map(|request| reply(request, None))),
        _ => (),
    });
    let reply = timeout(BOUND, node.command(Command::SyncNow)).await.expect("the tick comes");
    assert_eq!(reply, Ok(Reply::Done), "the tick released it");
    running.stop();
}

#[tokio::test]
async fn a_helper_that_cannot_start_means_not_now() {
    let job = || comin_protocol::check::CheckJob {
        doc: DocId { register: comin_protocol::ids::RegisterId([1; 32]), part: 1 },
        form: comin_protocol::check::Form::Changes,
        payload: Vec::new(),
        base: Default::default(),
        runs: Default::default(),
        records: 0,
        bars: Default::default(),
    };
    let mut waiting = None;
    let (node, running) = start(1, None, Arc::new(Counting::default()), move |input, outputs| match input {
        Input::Command(request, Command::SyncNow) => {
            waiting = Some(request);
            outputs.push_back(Output::Check(TaskId(1), Box::new(job())));
        }
        Input::Checked(TaskId(1), comin_protocol::check::CheckResult::NotNow(_)) => {
            outputs.extend(waiting.take().map(|request| reply(request, None)));
        }
        _ => (),
    });
    let reply = timeout(BOUND, node.command(Command::SyncNow)).await.expect("an answer comes");
    assert_eq!(reply, Ok(Reply::Done), "the engine was told, and it was no verdict");
    running.stop();
}

mod network;
