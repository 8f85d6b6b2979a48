//! Errors as the terminal shows them: the cause, then what to do, then the exit code that scripts decide by.

use super::args::Cli;
use clap::CommandFactory;
use comin_node::config::ConfigError;
use comin_node::datadir::DataDirError;
use comin_node::runtime::StartError;
use comin_node::setup::SetupError;
use comin_node::store::StoreError;
use serde_json::Value;

/// The exit codes of DESIGN §8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Any error that has no code of its own.
    Error = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Done, and someone has to look at something.
    Attention = 3,
    /// The command needs a running node.
    NotRunning = 4,
    /// No such record, register, ticket …
    NotFound = 5,
    /// The state does not fit: conflict, changed meanwhile, already done.
    Conflict = 6,
    /// Another process holds the store (`EX_TEMPFAIL`).
    Busy = 75,
    /// The configuration cannot be used (`EX_CONFIG`).
    Config = 78,
}

/// What went wrong.
#[derive(Debug)]
pub struct CliError {
    /// The exit code.
    pub exit: Exit,
    /// The cause: lower case, no full stop.
    pub cause: String,
    /// What to do: a sentence or the exact command.
    pub hint: Option<String>,
}

/// What verbs return.
pub type CliResult<T = ()> = Result<T, CliError>;

impl CliError {
    /// An error with exit code 1.
    pub fn new(cause: impl Into<String>) -> Self {
        Self { exit: Exit::Error, cause: cause.into(), hint: None }
    }

    /// With another exit code.
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do where nothing more exact is known.
    pub fn or_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// Puts these options into the commands that the hint names, so that they can be pasted as they are.
    pub fn with_options(mut self, options: &str) -> Self {
        self.hint = self.hint.map(|hint| pasteable(&hint, options));
        self
    }

    /// The command line makes no sense in a way that the parser cannot see.
    pub fn usage(cause: impl Into<String>) -> Self {
        Self::new(cause).exit(Exit::Usage)
    }

    /// From an answer of the API that is no success.
    pub fn from_problem(status: u16, body: &Value) -> Self {
        let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let cause =
            text("detail").or(text("title")).map_or_else(|| format!("the node answered {status}"), str::to_owned);
        let exit = match status {
            404 | 410 => Exit::NotFound,
            409 | 412 | 428 => Exit::Conflict,
            _ => Exit::Error,
        };
        Self { exit, cause, hint: text("hint").map(str::to_owned) }
    }
}

/// Puts `options` behind every `comin` that a verb follows.
fn pasteable(hint: &str, options: &str) -> String {
    let command = Cli::command();
    let verb_follows = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        rest.get(..end).is_some_and(|word| command.find_subcommand(word).is_some())
    };
    let (mut out, mut rest) = (String::new(), hint);
    while let Some((before, after)) = rest.split_once("comin ") {
        out.push_str(before);
        out.push_str("comin ");
        if verb_follows(after) {
            out.push_str(options);
        }
        rest = after;
    }
    out + rest
}

impl std::fmt::Display for CliError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "comin: {}", self.cause)?;
        match &self.hint {
            Some(hint) => write!(f, "\nHint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CliError {}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string()).exit(Exit::Config).hint(error.hint())
    }
}

impl From<DataDirError> for CliError {
    fn from(error: DataDirError) -> Self {
        Self::new(error.to_string()).hint(error.hint())
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let cause = error.to_string();
        match error {
            StoreError::Busy => Self::new(cause)
                .exit(Exit::Busy)
                .hint("another comin command is at work on it; try again when it has ended"),
            StoreError::Damaged(_) => Self::new(cause).hint("comin check --repair"),
            StoreError::Newer { .. } => Self::new(cause).hint("use the version of comin that wrote it, or a newer one"),
            StoreError::Io(_) => Self::new(cause).hint("free some space and check that the data directory is yours"),
        }
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store(error) => error.into(),
            StartError::Net(error) => Self::new(error.to_string())
                .exit(Exit::Config)
                .hint("another node may hold the port; set another one in node.toml: [listen] p2p"),
            other => Self::new(other.to_string()),
        }
    }
}

impl From<SetupError> for CliError {
    fn from(error: SetupError) -> Self {
        let cause = error.to_string();
        match error {
            SetupError::Data(error) => error.into(),
            SetupError::Store(error) => error.into(),
            SetupError::Start(error) => error.into(),
            SetupError::Record(_) => Self::new(cause),
            SetupError::NotAsked | SetupError::Certificate(_) => Self::new(cause).hint(
                "ask first: comin init --further, and let another machine certify what it prints: comin devices add REQUEST",
            ),
            SetupError::KitInside => {
                Self::usage(cause).hint("name another place, such as a stick: --kit /media/stick/kit.txt")
            }
            SetupError::KitIsDirectory(_) => Self::usage(cause).hint("name a file: --kit FILE"),
            SetupError::KitRelative(_) | SetupError::KitPasses(_) => {
                Self::usage(cause).hint("name an absolute path on a disk or a stick: --kit FILE")
            }
            SetupError::KitDirectory { .. } => Self::new(cause).hint("name a directory that exists: --kit FILE"),
        }
    }
}

impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        Self::new(format!("{error:#}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_in_hints_can_be_pasted_and_words_stay_words() {
        let hint = "another comin command is at work; comin found NAME, or `comin join TICKET`";
        let told = CliError::new("x").hint(hint).with_options("--data-dir d ").hint;
        let expected =
            "another comin command is at work; comin --data-dir d found NAME, or `comin --data-dir d join TICKET`";
        assert_eq!(told.as_deref(), Some(expected), "only what a verb follows is a command");
        let exact =
            CliError::new("x").hint("comin --data-dir e run").or_hint("comin run").with_options("--data-dir d ");
        assert_eq!(exact.hint.as_deref(), Some("comin --data-dir e run"), "what is exact already stays");
    }
}
