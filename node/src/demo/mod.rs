//! The demonstration: three real nodes of this program on loopback, with sample data.

mod keys;
mod load;
mod office;
mod story;
mod tour;

use crate::cli::{CliError, CliResult, Exit, Output};
use office::{Office, Stage};
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::channel;

/// Runs the demonstration: with a person at the keys, or as a tour without one.
pub fn run(tour: bool, out: Output) -> CliResult<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::new(format!("the system refused: {error}")))?;
    let entered = runtime.enter();
    let interrupts = Interrupts::listen().map_err(|error| CliError::new(format!("the system refused: {error}")));
    drop(entered);
    let mut interrupts = interrupts?;
    let stage = Arc::new(Stage::new()?);
    let (over, ended) = tokio::sync::oneshot::channel();
    let played = stage.clone();
    // The thread that starts the nodes must outlive them: they end with it.
    let thread = std::thread::Builder::new().name("demo".to_owned()).spawn(move || {
        let result = play(&played, tour, &out);
        played.close();
        let _ = over.send(result);
    });
    thread.map_err(|error| CliError::new(format!("the system refused: {error}")))?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = ended => Some(result),
            () = interrupts.any() => None,
        }
    });
    keys::restore();
    stage.close();
    match result {
        Some(Ok(result)) => result,
        Some(Err(_)) => Err(CliError::new("the demonstration broke off; please report it")),
        None => {
            // Nobody may be left to read it: the terminal can be what has gone.
            let _ = writeln!(std::io::stderr(), "\nStopped; the three nodes and their data are gone.");
            Ok(Exit::Ok)
        }
    }
}

/// Ctrl-C, the polite request to end, or a terminal that has been closed.
struct Interrupts([tokio::signal::unix::Signal; 3]);

impl Interrupts {
    /// Listens from now on: what comes earlier ends the program before there is anything to clean up.
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hear = |kind| signal(kind);
        Ok(Self([hear(SignalKind::interrupt())?, hear(SignalKind::terminate())?, hear(SignalKind::hangup())?]))
    }

    async fn any(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

fn play(stage: &Stage, tour: bool, out: &Output) -> CliResult<Exit> {
    let data = load::Data::own()?;
    let offices = story::set_up(stage, &data)?;
    if tour { tour::play(&offices, &data, out) } else { attend(&offices, out) }
}

/// Shows the pages and follows the keys.
fn attend(offices: &[Office; 3], out: &Output) -> CliResult<Exit> {
    let italy = &offices[1]; // INVARIANT: an index below the array's length.
    links(offices, out)?;
    out.line("\nTry: edit an organisation of the register COM-IN on two pages, cut Italy off in between, reconnect,");
    out.line("and look at the conflicts. Everything here is real; all of it goes when you leave.");
    out.line("\nKeys:  c cut Italy off   r reconnect Italy   l new links   q quit (or Ctrl-C)");
    let (send, keys) = channel();
    keys::read(send);
    while let Ok(key) = keys.recv() {
        match key {
            'c' => {
                italy.cli(&["sync", "pause"])?;
                out.line("Italy is cut off (comin sync pause). Editing goes on there; press r to reconnect.");
            }
            'r' => {
                italy.cli(&["sync", "resume"])?;
                out.line("Italy is back (comin sync resume).");
            }
            'l' => links(offices, out)?,
            'q' => return Ok(Exit::Ok),
            _ => {}
        }
    }
    // The input has ended: nobody can press a key, and Ctrl-C still ends it.
    loop {
        std::thread::park();
    }
}

fn links(offices: &[Office; 3], out: &Output) -> CliResult {
    out.line("\nEach link signs one browser in, once:");
    for office in offices {
        out.line(format!("  {}  {} ({})", office.login_link()?, office.name, office.country));
    }
    Ok(())
}
