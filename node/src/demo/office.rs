//! One node of the demonstration: a process of this program with a data directory of its own.

use crate::cli::{CliError, CliResult, Client, Exit, encoded};
use comin_node::datadir::{DataDir, random};
use comin_protocol::ids::to_hex;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{DirBuilder, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A node gets this long to stop by itself.
const STOP_TIME: Duration = Duration::from_secs(5);
/// How often something is looked at that has to come true.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Nobody waits longer than this for something that takes a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// What has to be cleaned up: the processes and the directory.
pub struct Stage {
    /// The directory with the three data directories.
    pub dir: PathBuf,
    processes: Arc<Mutex<Processes>>,
}

/// Every process that was started here.
#[derive(Default)]
struct Processes {
    /// The nodes, which run until the end.
    nodes: Vec<Child>,
    /// The commands under way, by process id; [`Running`] waits for each.
    commands: BTreeSet<u32>,
    /// Nothing is started any more.
    closed: bool,
}

fn lock(processes: &Mutex<Processes>) -> MutexGuard<'_, Processes> {
    processes.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Processes {
    fn spawn(&mut self, command: &mut Command) -> CliResult<Child> {
        if self.closed {
            return Err(CliError::new("the demonstration is ending"));
        }
        command.spawn().map_err(|error| CliError::new(format!("a process could not be started: {error}")))
    }
}

fn terminate(id: u32) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

impl Stage {
    /// Makes a directory for this user only.
    ///
    /// # Errors
    /// The system refuses.
    pub fn new() -> CliResult<Self> {
        let dir = std::env::temp_dir().join(format!("comin-demo-{}", to_hex(&random::<4>()?)));
        let made = DirBuilder::new().mode(0o700).create(&dir);
        made.map_err(|error| {
            CliError::new(format!("{}: {error}", dir.display())).hint("set TMPDIR to a directory that can be written")
        })?;
        Ok(Self { dir, processes: Arc::default() })
    }

    /// Ends the processes that this stage has started, by their ids, and removes their data: whatever is being
    /// started at this moment as well. Once is enough.
    pub fn close(&self) {
        let mut nodes = {
            let mut processes = lock(&self.processes);
            processes.closed = true;
            processes.commands.iter().copied().for_each(terminate);
            std::mem::take(&mut processes.nodes)
        };
        nodes.iter().for_each(|node| terminate(node.id()));
        let deadline = Instant::now() + STOP_TIME;
        for node in &mut nodes {
            while matches!(node.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(LOOK_EVERY);
            }
            let _ = node.kill();
            let _ = node.wait();
        }
        // A command that is still there would make its files anew.
        while !lock(&self.processes).commands.is_empty() && Instant::now() < deadline {
            std::thread::sleep(LOOK_EVERY);
        }
        while std::fs::remove_dir_all(&self.dir).is_err() && self.dir.exists() && Instant::now() < deadline {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// A command under way; ends with the value.
pub struct Running {
    child: Option<Child>,
    id: u32,
    processes: Arc<Mutex<Processes>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        lock(&self.processes).commands.remove(&self.id);
    }
}

/// One partner's node.
pub struct Office {
    /// The partner, in the demo data's word.
    pub slug: String,
    /// The partner's name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    dir: DataDir,
    client: Client,
    processes: Arc<Mutex<Processes>>,
}

impl Office {
    /// Sets a partner up and starts its node.
    ///
    /// # Errors
    /// What the node's own commands say.
    pub fn open(stage: &Stage, slug: &str, name: &str, country: &str, language: &str) -> CliResult<Self> {
        let path = stage.dir.join(slug);
        let kit = stage.dir.join(format!("{slug}-kit.txt"));
        let kit = kit.to_string_lossy().into_owned();
        let dir = DataDir::locate(Some(path.clone()))?;
        let setting_up =
            ["init", "--name", name, "--country", country, "--language", language, "--device", "server", "--kit", &kit];
        let processes = stage.processes.clone();
        finish(command(&processes, &path, &setting_up)?)?;
        let config = "[listen]\np2p = [\"127.0.0.1:0\"]\npage = \"127.0.0.1:0\"\nmdns = false\n";
        std::fs::write(dir.config_file(), config).map_err(|error| CliError::new(error.to_string()))?;
        start(&processes, &path)?;
        let client = Client::running(&dir, Some("en"))?;
        Ok(Self { slug: slug.to_owned(), name: name.to_owned(), country: country.to_owned(), dir, client, processes })
    }

    /// Runs a command on this node, as its IT would, and gives what it prints for programs.
    ///
    /// # Errors
    /// What the command says.
    pub fn cli(&self, args: &[&str]) -> CliResult<Value> {
        finish(self.begin(args)?)
    }

    /// Starts a command that waits for others.
    ///
    /// # Errors
    /// The system refuses.
    pub fn begin(&self, args: &[&str]) -> CliResult<Running> {
        command(&self.processes, self.dir.path(), args)
    }

    /// Reads from the node's API.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn get(&self, path: &str) -> CliResult<Value> {
        self.client.get(path)
    }

    /// Writes to the node's API.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn post(&self, path: &str, body: Value) -> CliResult<Value> {
        self.client.post(path, body)
    }

    /// Changes a record, whatever it says now.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn edit(&self, id: &str, fields: Value) -> CliResult<Value> {
        let path = format!("records/{}", encoded(id));
        self.client.send(hyper::Method::PATCH, &path, Some(json!({"fields": fields})), &[("if-match", "*")])?.json()
    }

    /// Marks a record as deleted.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn remove(&self, id: &str) -> CliResult<Value> {
        let path = format!("records/{}", encoded(id));
        self.client.send(hyper::Method::DELETE, &path, None, &[("if-match", "*")])?.json()
    }

    /// Writes a file beside the node's data and gives its name.
    ///
    /// # Errors
    /// The system refuses.
    pub fn write_file(&self, name: &str, content: &str) -> CliResult<String> {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).map_err(|error| CliError::new(format!("{}: {error}", path.display())))?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// A link that signs one browser in.
    ///
    /// # Errors
    /// The problem that the node describes.
    pub fn login_link(&self) -> CliResult<String> {
        Ok(self.post("login-codes", json!({}))?.get("url").and_then(Value::as_str).unwrap_or_default().to_owned())
    }
}

/// Waits until something is there.
///
/// # Errors
/// It is not there in time, or looking failed.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> CliResult<Option<T>>) -> CliResult<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(CliError::new(format!("{what} did not happen within {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn own_program() -> CliResult<Command> {
    let program =
        std::env::current_exe().map_err(|error| CliError::new(format!("where this program lies: {error}")))?;
    let mut command = Command::new(program);
    // In a group of their own, so that Ctrl-C reaches the demonstration and not each of its nodes.
    command.process_group(0).stdin(Stdio::null()).env_remove("COMIN_DATA_DIR");
    Ok(command)
}

fn command(processes: &Arc<Mutex<Processes>>, dir: &Path, args: &[&str]) -> CliResult<Running> {
    let mut command = own_program()?;
    command.arg("--data-dir").arg(dir).arg("--json").args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut all = lock(processes);
    let child = all.spawn(&mut command)?;
    let id = child.id();
    all.commands.insert(id);
    Ok(Running { child: Some(child), id, processes: processes.clone() })
}

/// Waits for a command and gives what it printed last, or the error that it told.
///
/// # Errors
/// What the command said.
pub fn finish(mut running: Running) -> CliResult<Value> {
    let child = running.child.take().ok_or_else(|| CliError::new("the command has been waited for"))?;
    let ended = child.wait_with_output().map_err(|error| CliError::new(error.to_string()))?;
    let last = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().last().unwrap_or_default().to_owned();
    // Exit code 3 is an answer as well: someone is missing, and the object says who.
    if ended.status.success() || ended.status.code() == Some(Exit::Attention as i32) {
        return Ok(serde_json::from_str(&last(&ended.stdout)).unwrap_or(Value::Null));
    }
    let told = last(&ended.stderr);
    let error: Value = serde_json::from_str(&told).unwrap_or(Value::Null);
    Err(CliError::new(error.get("error").and_then(Value::as_str).map_or(told.clone(), str::to_owned)))
}

/// Starts `comin run` and waits for its line.
fn start(processes: &Mutex<Processes>, dir: &Path) -> CliResult {
    let failed = |error: std::io::Error| CliError::new(format!("a node could not be started: {error}"));
    let log = dir.join("log.txt");
    let mut command = own_program()?;
    command.arg("--data-dir").arg(dir).args(["--json", "run", "--with-parent"]);
    command.stdout(Stdio::piped()).stderr(File::create(&log).map_err(failed)?);
    let stdout = {
        let mut all = lock(processes);
        let mut child = all.spawn(&mut command)?;
        let stdout = child.stdout.take();
        all.nodes.push(child);
        stdout
    };
    let mut line = String::new();
    if let Some(stdout) = stdout {
        BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
    }
    let ready: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
    if ready.get("ready").and_then(Value::as_bool).unwrap_or(false) {
        return Ok(());
    }
    let told = std::fs::read_to_string(&log).unwrap_or_default();
    Err(CliError::new(format!("a node did not start: {}", told.lines().last().unwrap_or("it said nothing"))))
}
