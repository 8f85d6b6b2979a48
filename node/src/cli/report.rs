//! `report`, `render`, `figures` and `calendar`: what they take and what they do.

use super::client::{Client, query};
use super::error::CliResult;
use super::members::text;
use super::output::{Output, plain};
use super::transfer::{USUAL_MODE, into_file, said};
use clap::{Args, ValueEnum};
use comin_node::report::Language;
use serde_json::Value;
use std::path::{Path, PathBuf};

const PUBLIC: &str = "public";

/// `report`.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// it, sl, fr or en [default: that of the answers].
    #[arg(long, value_name = "LANGUAGE", value_parser = report_language)]
    pub language: Option<Language>,
    /// The form.
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub format: ReportFormat,
    /// Only what is public.
    #[arg(long)]
    pub public: bool,
    /// Where to write [default: the output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The forms of the survey.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportFormat {
    /// A page that prints to paper or PDF.
    Html,
    /// Markdown.
    Md,
}

/// `render`.
#[derive(Args, Debug)]
pub struct RenderArgs {
    /// Which one.
    #[arg(value_enum)]
    pub picture: PictureArg,
    /// it, sl, fr or en [default: that of the answers].
    #[arg(long, value_name = "LANGUAGE", value_parser = report_language)]
    pub language: Option<Language>,
    /// What the colours of the graph stand for.
    #[arg(long, value_enum, default_value_t = ColourArg::Country)]
    pub colour: ColourArg,
    /// Print what the picture says as tables instead.
    #[arg(long)]
    pub table: bool,
    /// Only what is public.
    #[arg(long)]
    pub public: bool,
    /// Where to write [default: the output].
    #[arg(long, value_name = "FILE", conflicts_with = "table")]
    pub out: Option<PathBuf>,
}

/// The pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum PictureArg {
    /// Organisations and networks.
    Graph,
    /// Where organisations are.
    Map,
}

/// What colours stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ColourArg {
    /// The country.
    Country,
    /// The target groups.
    TargetGroup,
}

/// `report`.
pub fn report(client: &Client, args: &ReportArgs, out: &Output) -> CliResult {
    let format = match args.format {
        ReportFormat::Html => "html",
        ReportFormat::Md => "md",
    };
    let parameters = [
        ("language", Some(spoken(args.language, out))),
        ("format", Some(format)),
        ("audience", args.public.then_some(PUBLIC)),
    ];
    write(client, &query("report", &parameters), args.out.as_deref(), out)
}

/// `render`.
pub fn render(client: &Client, args: &RenderArgs, out: &Output) -> CliResult {
    let audience = ("audience", args.public.then_some(PUBLIC));
    let language = ("language", Some(spoken(args.language, out)));
    if args.table {
        return tables(client.get(&query("tables", &[language, audience]))?, out);
    }
    let path = match args.picture {
        PictureArg::Map => query("map.svg", &[language, audience]),
        PictureArg::Graph => {
            let colour = match args.colour {
                ColourArg::Country => "country",
                ColourArg::TargetGroup => "target_group",
            };
            query("graph.svg", &[language, ("colour", Some(colour)), audience])
        }
    };
    write(client, &path, args.out.as_deref(), out)
}

fn spoken(language: Option<Language>, out: &Output) -> &'static str {
    language.unwrap_or_else(|| out.lang.into()).code()
}

fn write(client: &Client, path: &str, file: Option<&Path>, out: &Output) -> CliResult {
    match file {
        None => client.download(path, &mut std::io::stdout().lock()),
        Some(file) => {
            into_file(file, USUAL_MODE, |writer| client.download(path, writer))?;
            said(out, &[file.to_owned()])
        }
    }
}

fn array<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

fn tables(answer: Value, out: &Output) -> CliResult {
    if out.json {
        out.object(answer);
        return Ok(());
    }
    for table in array(&answer, "tables") {
        out.line(format!("{}\n", plain(&text(table, "caption"))));
        let mut rows: Vec<Vec<String>> = vec![array(table, "head").map(cell).collect()];
        rows.extend(array(table, "rows").map(|row| row.as_array().into_iter().flatten().map(cell).collect()));
        out.table(&rows);
        out.line("");
    }
    Ok(())
}

/// `figures`.
pub fn figures(client: &Client, public: bool, out: &Output) -> CliResult {
    let answer = client.get(&query("figures", &[("audience", public.then_some(PUBLIC))]))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    const NUMBERS: [&str; 6] = ["networks", "organisations", "memberships", "bridges", "events", "practices"];
    const MONTHS: [&str; 4] = ["events", "interests", "joined", "members"];
    out.say("cli-figures-as-of", &[("day", text(&answer, "as_of").into())]);
    let head = |first: &str, columns: &[&str]| {
        let columns = columns.iter().map(|column| out.t(&format!("cli-figures-{column}")));
        std::iter::once(out.t(first)).chain(columns).collect::<Vec<_>>()
    };
    let numbers = |row: &Value, names: &[&str]| {
        names.iter().map(|name| row.get(name).map(cell).unwrap_or_default()).collect::<Vec<_>>()
    };
    for name in ["countries", "levels", "target_groups"] {
        let mut rows = vec![head(&format!("cli-figures-{name}"), &NUMBERS)];
        let row = |row: &Value| [vec![or_dash(text(row, "code"))], numbers(row, &NUMBERS)].concat();
        rows.extend(array(&answer, name).map(row));
        if name == "countries" {
            rows.push(
                [vec![out.t("cli-figures-total")], numbers(answer.get("total").unwrap_or(&Value::Null), &NUMBERS)]
                    .concat(),
            );
        }
        out.line("");
        out.table(&rows);
    }
    let mut rows = vec![head("cli-figures-months", &MONTHS)];
    let row = |row: &Value| [vec![text(row, "month")], numbers(row, &MONTHS)].concat();
    rows.extend(array(&answer, "months").map(row));
    out.line("");
    out.table(&rows);
    Ok(())
}

/// The code of what is named, a dash for what is not.
fn or_dash(code: String) -> String {
    if code.is_empty() { "–".to_owned() } else { code }
}

/// `calendar`.
pub fn calendar(client: &Client, month: Option<&str>, out: &Output) -> CliResult {
    let language = spoken(None, out);
    let answer = client.get(&query("calendar", &[("month", month), ("language", Some(language))]))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    let mut rows = Vec::new();
    for event in array(&answer, "months").flat_map(|month| array(month, "events")) {
        let start = event.get("when").map(|when| text(when, "start").replace('T', " ")).unwrap_or_default();
        let cells = [start, text(event, "title"), text(event, "place"), text(event, "state")];
        rows.push(cells.iter().map(|cell| plain(cell)).collect());
    }
    if rows.is_empty() {
        out.say("cli-nothing-found", &[]);
    }
    out.table(&rows);
    Ok(())
}

/// Reads the code of a language of the survey.
fn report_language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| format!("write one of {}", Language::ALL.map(Language::code).join(", ")))
}
