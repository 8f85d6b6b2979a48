//! The command line: a thin client of the node's HTTP interface.

mod args;
mod backup;
mod calendars;
mod check;
mod client;
mod devices;
mod doctor;
mod error;
mod further;
mod history;
mod import;
mod init;
mod local;
mod members;
mod office;
mod output;
mod persons;
mod records;
mod rekey;
mod repair;
mod report;
mod run;
mod status;
mod sync;
mod take_back;
mod transfer;
mod work;

use args::{Cli, ConfigVerb, Global, KindArgs, Verb};
use clap::{CommandFactory, FromArgMatches};
pub use client::{Client, encoded};
use comin_node::config::{Config, ConfigError};
use comin_node::datadir::{DataDir, quoted};
use comin_node::i18n::Lang;
pub use error::{CliError, CliResult, Exit};
pub use members::{items, text};
pub use output::Output;
use serde_json::json;
use std::future::Future;
use std::path::Path;
use std::process::ExitCode;

/// Reads the command line, does what it says, and gives the exit code.
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let json = cli.global.json;
    let place = cli.global.data_dir.as_deref().map(|dir| format!("--data-dir {} ", quoted(dir)));
    match dispatch(cli) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            let help = format!("comin {} --help", matches.subcommand_name().unwrap_or_default());
            let error = error.with_options(&place.unwrap_or_default()).or_hint(help);
            show(&error, json);
            ExitCode::from(error.exit as u8)
        }
    }
}

fn show(error: &CliError, json: bool) {
    if json {
        let body = json!({"schema": 1, "error": error.cause, "hint": error.hint, "exit": error.exit as u8});
        eprintln!("{body}");
    } else {
        eprintln!("{error}");
    }
}

fn dispatch(cli: Cli) -> CliResult<Exit> {
    let out = Output { json: cli.global.json, lang: cli.global.lang.unwrap_or_default() };
    let done = |()| Exit::Ok;
    match &cli.verb {
        Verb::Helper => comin_node::helper::main().map(done).map_err(|error| CliError::new(error.to_string())),
        Verb::Version => version(&out).map(done),
        Verb::Config { verb } => config(&cli.global, verb, &out).map(done),
        Verb::Demo { tour } => crate::demo::run(*tour, out),
        verb => {
            let dir = DataDir::locate(cli.global.data_dir.clone())?;
            with_dir(verb, &cli.global, &dir, &Output { lang: spoken(&cli.global, &dir), ..out })
        }
    }
}

/// The language asked for, else the node's, else the partner's.
fn spoken(global: &Global, dir: &DataDir) -> Lang {
    let of_node = || read_config(global, dir).ok().and_then(|config| Lang::parse(&config.node.language));
    let of_partner = || dir.settings().ok().and_then(|settings| Lang::parse(&settings.language));
    global.lang.or_else(of_node).or_else(of_partner).unwrap_or_default()
}

/// Verbs that need the data directory.
fn with_dir(verb: &Verb, global: &Global, dir: &DataDir, out: &Output) -> CliResult<Exit> {
    let done = |()| Exit::Ok;
    match verb {
        Verb::Init(args) => init::run(dir, args, out).map(done),
        Verb::Run { with_parent } => run::run(dir, &read_config(global, dir)?, *with_parent, out).map(done),
        Verb::Check { repair: false, .. } => check::run(dir, out),
        Verb::Check { repair: true, kit, from } => repair::run(dir, kit.as_deref(), from.as_deref(), out),
        Verb::Restore { file: Some(file), check, .. } => backup::restore(dir, file, *check, out).map(done),
        Verb::Tls { verb } => office::tls(dir, &read_config(global, dir)?, verb.as_ref(), out).map(done),
        Verb::Doctor => doctor::run(dir, read_config(global, dir), out),
        Verb::Open { .. } | Verb::Join { .. } | Verb::Sync(_) => {
            with_node(verb, &Client::running(dir, Some(out.lang.code()))?, out)
        }
        Verb::Partners { verb } => {
            let client = Client::connect(dir, Some(out.lang.code()))?;
            members::partners(&client, dir, verb.as_ref(), out).map(done)
        }
        verb => with_node(verb, &Client::connect(dir, Some(out.lang.code()))?, out),
    }
}

/// Verbs that ask the node.
fn with_node(verb: &Verb, client: &Client, out: &Output) -> CliResult<Exit> {
    let done = |()| Exit::Ok;
    let of_kind = |kind: &str, args: &KindArgs| records::run(client, kind, &args.verb, out).map(done);
    match verb {
        Verb::Open { print } => run::open(client, *print, out).map(done),
        Verb::Status { check, watch } => status::run(client, *check, *watch, out),
        Verb::Found { name, carry_over } => members::found(client, name, *carry_over, out).map(done),
        Verb::Invite { name, country, expires, file, qr } => {
            members::invite(client, (name, country), *expires, file.as_deref(), *qr, out).map(done)
        }
        Verb::Invites { verb } => members::invites(client, verb.as_ref(), out).map(done),
        Verb::Join { ticket } => members::join(client, ticket, out).map(done),
        Verb::Approvals { verb } => members::approvals(client, verb.as_ref(), out).map(done),
        Verb::Stewards { verb } => members::stewards(client, verb.as_ref(), out).map(done),
        Verb::Backup { file } => backup::backup(client, file.as_deref(), out).map(done),
        Verb::Restore { .. } => members::confirm_alone(client, out).map(done),
        Verb::Devices { verb } => devices::run(client, verb.as_ref(), out).map(done),
        Verb::Users { verb } => office::users(client, verb.as_ref(), out).map(done),
        Verb::Registers { verb } => members::registers(client, verb.as_ref(), out).map(done),
        Verb::Network(args) => of_kind("network", args),
        Verb::Organisation(args) => of_kind("organisation", args),
        Verb::Membership(args) => of_kind("membership", args),
        Verb::Practice { verb } => work::practice(client, verb, out).map(done),
        Verb::Event(args) => of_kind("event", args),
        Verb::Interest { verb } => work::interest(client, verb, out).map(done),
        Verb::Programme(args) => of_kind("programme", args),
        Verb::Publication(args) => of_kind("publication", args),
        Verb::Note(args) => of_kind("note", args),
        Verb::Sameas { verb } => work::sameas(client, verb, out).map(done),
        Verb::Proposal(args) => of_kind("proposal", args),
        Verb::Proposals { all, verb } => work::proposals(client, *all, verb.as_ref(), out).map(done),
        Verb::Stale { months } => work::stale(client, *months, out).map(done),
        Verb::News { since, days } => work::news(client, since.as_deref(), *days, out).map(done),
        Verb::Person { verb } => persons::run(client, verb, out).map(done),
        Verb::Search(args) => records::search(client, args, out).map(done),
        Verb::Conflicts { verb } => records::conflicts(client, verb.as_ref(), out).map(done),
        Verb::History(args) => history::history(client, args, out).map(done),
        Verb::Undo(args) => history::undo(client, args, out).map(done),
        Verb::Import(args) => import::run(client, args, out),
        Verb::Calendars { verb } => calendars::run(client, verb.as_ref(), out).map(done),
        Verb::Export(args) => transfer::export(client, args, out).map(done),
        Verb::Report(args) => report::report(client, args, out).map(done),
        Verb::Render(args) => report::render(client, args, out).map(done),
        Verb::Figures { public } => report::figures(client, *public, out).map(done),
        Verb::Calendar { month } => report::calendar(client, month.as_deref(), out).map(done),
        Verb::Sync(args) => sync::run(client, args, out),
        // INVARIANT: `dispatch` and `with_dir` take every other verb.
        _ => Err(CliError::usage("this verb needs no node")),
    }
}

/// The configuration in force.
///
/// # Errors
/// Exit code 78: the file is not usable, or `--config` names one that is not there.
fn read_config(global: &Global, dir: &DataDir) -> CliResult<Config> {
    match &global.config {
        Some(path) => Config::read(path).map_err(|error| in_file(path, error))?.ok_or_else(|| {
            CliError::new(format!("{} does not exist", path.display()))
                .exit(Exit::Config)
                .hint("name a file that exists")
        }),
        None => {
            let path = dir.config_file();
            Ok(Config::read(&path).map_err(|error| in_file(&path, error))?.unwrap_or_default())
        }
    }
}

/// An error with the file that it lies in.
fn in_file(path: &Path, error: ConfigError) -> CliError {
    let is_named = matches!(error, ConfigError::Unreadable { .. });
    let mut told = CliError::from(error);
    if !is_named {
        told.cause = format!("{}: {}", path.display(), told.cause);
    }
    told
}

fn config(global: &Global, verb: &ConfigVerb, out: &Output) -> CliResult {
    let dir = DataDir::locate(global.data_dir.clone())?;
    let out = &Output { lang: spoken(global, &dir), ..*out };
    let config = read_config(global, &dir)?;
    let file = global.config.clone().unwrap_or_else(|| dir.config_file());
    let exists = file.exists();
    if matches!(verb, ConfigVerb::Check) && dir.is_initialised() {
        office::can_open(&dir, &config)?;
    }
    match (verb, out.json) {
        (ConfigVerb::Show, false) => out.line(config.to_toml().trim_end()),
        (ConfigVerb::Check, false) => {
            let key = if exists { "cli-config-good" } else { "cli-config-default" };
            out.say(key, &[("file", file.display().to_string().into())]);
        }
        (_, true) => out.object(json!({
            "file": exists.then_some(file), "data_dir": dir.path(),
            "node": {"language": config.node.language, "log": config.node.log.as_str()},
            "listen": {"p2p": config.listen.p2p, "external": config.listen.external,
                       "page": config.listen.page, "office": config.listen.office, "mdns": config.listen.mdns},
            "peers": {"contacts": config.peers.contacts},
            "backup": {"dir": config.backup.dir, "every_hours": config.backup.every_hours, "keep": config.backup.keep},
        })),
    }
    Ok(())
}

fn version(out: &Output) -> CliResult {
    let version = env!("CARGO_PKG_VERSION");
    if out.json {
        out.object(json!({"version": version, "store_format": comin_node::store::FORMAT}));
    } else {
        let format = u64::from(comin_node::store::FORMAT);
        out.say("cli-version", &[("version", version.into()), ("format", format.into())]);
    }
    Ok(())
}

/// Runs one future to its end on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> CliResult<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::new(format!("the system refused: {error}")))?;
    Ok(runtime.block_on(future))
}
