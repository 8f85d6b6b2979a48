//! The command line as clap reads it.

use super::report::{RenderArgs, ReportArgs};
use clap::{Args, Parser, Subcommand, ValueEnum};
use comin_node::i18n::Lang;
use std::path::PathBuf;

/// The node of a COM-IN partner: keeps the partner's network data, lets staff edit it without any
/// connection, and exchanges it with the other partners' nodes.
#[derive(Parser, Debug)]
#[command(name = "comin", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// Options of every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options of every verb.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Where the node keeps its data [default: $COMIN_DATA_DIR, else comin in the user's data directory].
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The configuration [default: node.toml in the data directory].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Language of answers and labels: en, it, sl or fr [default: the partner's, else en].
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language)]
    pub lang: Option<Lang>,
    /// Print JSON for programs.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Set this machine up: keys, settings, recovery kit. Editing works at once.
    Init(InitArgs),
    /// Found a federation with this partner as its first steward.
    Found {
        /// The federation's name.
        name: String,
        /// Carry over the federation that this partner is in, where its stewards can never be a majority again: partners,
        /// registers and all data stay, and each partner decides itself whether it goes along.
        #[arg(long)]
        carry_over: bool,
    },
    /// Run the node in the foreground; on an empty machine, first the page that sets it up.
    Run {
        /// End with the process that started this one.
        #[arg(long, hide = true)]
        with_parent: bool,
    },
    /// Open the node's page, signed in.
    Open {
        /// Only print the link.
        #[arg(long)]
        print: bool,
    },
    /// What is exchanged with whom, and what needs you.
    Status {
        /// Exit with 3 where something needs attention.
        #[arg(long)]
        check: bool,
        /// Show it again whenever it changes.
        #[arg(long, conflicts_with = "check")]
        watch: bool,
    },
    /// Invite a partner: makes a one-time ticket.
    Invite {
        /// The partner's name.
        name: String,
        /// Its country (ISO 3166-1 alpha-2).
        #[arg(long, value_name = "CC")]
        country: String,
        /// How long the ticket is valid, such as 12h or 7d.
        #[arg(long, value_name = "TIME", default_value = "7d", value_parser = duration)]
        expires: std::time::Duration,
        /// Write the ticket into a file.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Show the ticket as a QR code as well.
        #[arg(long, conflicts_with = "json")]
        qr: bool,
    },
    /// The tickets that have been made.
    Invites {
        /// What to do with them.
        #[command(subcommand)]
        verb: Option<InvitesVerb>,
    },
    /// Ask to join a federation with a ticket.
    Join {
        /// The ticket's text, or a file that holds it.
        ticket: String,
    },
    /// Newcomers that wait for confirmation, and drafts that wait for signatures of stewards.
    Approvals {
        /// What to do with them.
        #[command(subcommand)]
        verb: Option<ApprovalsVerb>,
    },
    /// The partners of the federation.
    Partners {
        /// What to do.
        #[command(subcommand)]
        verb: Option<PartnersVerb>,
    },
    /// The stewards, whose signatures decide for the federation.
    Stewards {
        /// What to do.
        #[command(subcommand)]
        verb: Option<StewardsVerb>,
    },
    /// The machines of the federation; certifying a further one of this partner, revoking one.
    Devices {
        /// What to do.
        #[command(subcommand)]
        verb: Option<DevicesVerb>,
    },
    /// People who sign in over the office network.
    Users {
        /// What to do.
        #[command(subcommand)]
        verb: Option<UsersVerb>,
    },
    /// The names of this node in the office, and the certificate authority that browsers there trust.
    Tls {
        /// What to do.
        #[command(subcommand)]
        verb: Option<TlsVerb>,
    },
    /// The registers: who writes what.
    Registers {
        /// What to do.
        #[command(subcommand)]
        verb: Option<RegistersVerb>,
    },
    /// Networks.
    Network(KindArgs),
    /// Organisations.
    Organisation(KindArgs),
    /// Memberships of organisations in networks.
    Membership(KindArgs),
    /// Good practices.
    Practice {
        /// What to do.
        #[command(subcommand)]
        verb: PracticeVerb,
    },
    /// Workshops, conferences, meetings.
    Event(KindArgs),
    /// Expressions of interest in joining a network.
    Interest {
        /// What to do.
        #[command(subcommand)]
        verb: InterestVerb,
    },
    /// Training programmes for counsellors.
    Programme(KindArgs),
    /// Publications.
    Publication(KindArgs),
    /// Notes about records; only this partner reads them unless it is said otherwise.
    Note(KindArgs),
    /// Which records are about one and the same.
    Sameas {
        /// What to do.
        #[command(subcommand)]
        verb: SameasVerb,
    },
    /// Proposals for records that others keep.
    Proposal(KindArgs),
    /// Proposals that wait for a decision; `KIND edit ID --propose` makes one.
    Proposals {
        /// Those that were decided or withdrawn as well.
        #[arg(long)]
        all: bool,
        /// What to do.
        #[command(subcommand)]
        verb: Option<ProposalsVerb>,
    },
    /// Records that nobody has verified for long.
    Stale {
        /// Not for so many months.
        #[arg(long, default_value_t = 12)]
        months: u32,
    },
    /// What has changed, by partner and kind.
    News {
        /// Since a day or a moment, such as 2026-10-15.
        #[arg(long, value_name = "MOMENT", conflicts_with = "days")]
        since: Option<String>,
        /// In the last days [default: 7].
        #[arg(long, value_name = "N")]
        days: Option<u32>,
    },
    /// Contact persons: who reads them, and their erasure.
    Person {
        /// What to do.
        #[command(subcommand)]
        verb: PersonVerb,
    },
    /// Search all kinds in all languages.
    Search(SearchArgs),
    /// Different values that were written at the same time.
    Conflicts {
        /// What to do.
        #[command(subcommand)]
        verb: Option<ConflictsVerb>,
    },
    /// What became of a record: who changed what when, newest first.
    History(HistoryArgs),
    /// Take a change back: a new change restores the old values.
    Undo(UndoArgs),
    /// Import records from CSV, a workbook or JSON. A second run changes nothing.
    Import(Box<ImportArgs>),
    /// Export records.
    Export(ExportArgs),
    /// Addresses under which calendars (Thunderbird, Outlook, a phone) read the events.
    Calendars {
        /// What to do.
        #[command(subcommand)]
        verb: Option<CalendarsVerb>,
    },
    /// The survey of the networks, from live data.
    Report(ReportArgs),
    /// The picture of the networks, or the map of the organisations, as SVG.
    Render(RenderArgs),
    /// The partnership in numbers: by country, level, target group, and over time.
    Figures {
        /// Only what is public.
        #[arg(long)]
        public: bool,
    },
    /// Events by month.
    Calendar {
        /// Only those of a month, such as 2026-10.
        #[arg(value_name = "MONTH")]
        month: Option<String>,
    },
    /// Exchange now.
    Sync(SyncArgs),
    /// Compare what pages and searches read with the documents.
    Check {
        /// Move a damaged store aside and build a new one from what can be read.
        #[arg(long)]
        repair: bool,
        /// The recovery kit, should the certificate of this machine be lost.
        #[arg(long, value_name = "KIT", requires = "repair")]
        kit: Option<PathBuf>,
        /// Bring back what an export holds (`export --format automerge --out DIR`).
        #[arg(long, value_name = "DIR", requires = "repair")]
        from: Option<PathBuf>,
    },
    /// Write a backup of this machine, its secret key included, while the node runs or not.
    Backup {
        /// The file, which must not be there yet [default: named after machine and time, here].
        file: Option<PathBuf>,
    },
    /// Set this machine up from a backup, in an empty data directory.
    Restore {
        /// The backup.
        #[arg(required_unless_present = "alone", conflicts_with = "alone")]
        file: Option<PathBuf>,
        /// Only read all of it and say what it holds.
        #[arg(long, requires = "file")]
        check: bool,
        /// After a restore or a repair: let this machine sign for the partnership again, on your word, since no
        /// other node is left that could confirm what it had signed.
        #[arg(long)]
        alone: bool,
    },
    /// Look for what keeps the node from working.
    Doctor,
    /// The configuration.
    Config {
        /// What to do.
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// The version.
    Version,
    /// Three nodes in three countries on this machine, with sample data and their pages.
    Demo {
        /// Play the story without a person and print what happened.
        #[arg(long)]
        tour: bool,
    },
    /// Decodes what peers send, within limits (started by the node itself).
    #[command(hide = true)]
    Helper,
}

/// `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The partner's name.
    #[arg(long, required_unless_present_any = ["recover", "further"], conflicts_with_all = ["recover", "further"])]
    pub name: Option<String>,
    /// The partner's country (ISO 3166-1 alpha-2).
    #[arg(long, value_name = "CC", required_unless_present_any = ["recover", "further"], conflicts_with_all = ["recover", "further"])]
    pub country: Option<String>,
    /// The partner's language [default: the country's].
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// The machine's name for people [default: its host name].
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Where to write the recovery kit, outside the data directory [default: NAME-recovery-kit.txt here].
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recover", "further"])]
    pub kit: Option<PathBuf>,
    /// Set up a further or new machine of a partner from its recovery kit.
    #[arg(long, value_name = "KIT")]
    pub recover: Option<PathBuf>,
    /// Set up a further machine of a partner without the kit: prints what another machine with the admin right certifies
    /// (`comin devices add`), and finishes with --certified.
    #[arg(long, conflicts_with = "recover")]
    pub further: bool,
    /// The certificate that `comin devices add` has made for this machine, or its file.
    #[arg(long, value_name = "CERTIFICATE", requires = "further")]
    pub certified: Option<String>,
}

/// `invites`.
#[derive(Subcommand, Debug)]
pub enum InvitesVerb {
    /// List them.
    List,
    /// Cancel one.
    Cancel {
        /// The ticket's id, or an unambiguous beginning.
        id: String,
    },
}

/// `approvals`.
#[derive(Subcommand, Debug)]
pub enum ApprovalsVerb {
    /// List them.
    List,
    /// Admit a newcomer whose check number is the one on its screen, sign a draft, or go along to a federation that
    /// carries over this one.
    Approve {
        /// The id, or an unambiguous beginning.
        id: String,
    },
    /// Refuse a newcomer, a draft or a federation that carries over this one, or withdraw an own proposal.
    Reject {
        /// The id, or an unambiguous beginning.
        id: String,
    },
}

/// `partners`.
#[derive(Subcommand, Debug)]
pub enum PartnersVerb {
    /// List them.
    List,
    /// Show one with its machines and what is exchanged with it.
    Show {
        /// Name or id.
        partner: String,
    },
    /// Remove one for ever. It keeps what it has, and gets nothing more.
    Remove {
        /// Name or id.
        partner: String,
    },
    /// Replace a lost or stolen partner key. For this partner a new recovery kit is written.
    Rekey {
        /// Name or id.
        partner: String,
        /// Where to write the new recovery kit of this partner, outside the data directory.
        #[arg(long, value_name = "FILE", required_unless_present = "key", conflicts_with = "key")]
        kit: Option<PathBuf>,
        /// The new key of another partner, read out on the telephone (64 hex digits).
        #[arg(long, value_name = "HEX")]
        key: Option<String>,
    },
}

/// `devices`.
#[derive(Subcommand, Debug)]
pub enum DevicesVerb {
    /// List them.
    List,
    /// Certify a further machine, which has asked with `comin init --further`; needs the admin right, and no recovery kit.
    Add {
        /// What it has printed, or the file that holds it.
        #[arg(value_name = "REQUEST")]
        request: String,
        /// What it may do: edit, invite, steward, admin, with commas between [default: what this machine may].
        #[arg(long, value_delimiter = ',')]
        rights: Option<Vec<String>>,
        /// Write the certificate to this file.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Revoke a lost or stolen machine of this partner: what it wrote before stays, nobody takes what it writes later.
    Revoke {
        /// Its name, or the beginning of its id.
        #[arg(value_name = "MACHINE")]
        device: String,
        /// The recovery kit, which outranks machines: needed where two machines have revoked each other.
        #[arg(long, value_name = "FILE")]
        kit: Option<PathBuf>,
    },
}

/// `users`.
#[derive(Subcommand, Debug)]
pub enum UsersVerb {
    /// List them.
    List,
    /// Add one and print the password, once.
    Add {
        /// The name to sign in with.
        #[arg(value_name = "USER")]
        name: String,
        /// admin: everything on the page; editor: the data.
        #[arg(long, value_enum)]
        role: RoleArg,
        /// The language in which the pages speak to this user, until another is chosen there: it, sl, fr or en.
        #[arg(long, value_parser = language)]
        language: Option<Lang>,
    },
    /// Give a user another password and print it, once.
    Reset {
        /// Who.
        #[arg(value_name = "USER")]
        name: String,
    },
    /// Remove a user, who is signed out at once.
    Remove {
        /// Who.
        #[arg(value_name = "USER")]
        name: String,
    },
}

/// `calendars`.
#[derive(Subcommand, Debug)]
pub enum CalendarsVerb {
    /// List them.
    List,
    /// Add one and print its address, once. Whoever has the address reads the events.
    Add {
        /// Who or what will read it.
        #[arg(value_name = "CALENDAR")]
        name: String,
        /// Only what is for the public.
        #[arg(long)]
        public: bool,
    },
    /// Remove one: its address opens nothing any more.
    Remove {
        /// Which.
        #[arg(value_name = "CALENDAR")]
        name: String,
    },
}

/// What a user may do.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum RoleArg {
    /// Everything on the page: partners, registers, users, exchange.
    Admin,
    /// The data: records, persons, conflicts, import, export.
    Editor,
}

/// `tls`.
#[derive(Subcommand, Debug)]
pub enum TlsVerb {
    /// Names, addresses and the fingerprint to compare.
    Show {
        /// Write the authority's certificate into a file, for browsers to import.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make an authority for these names, in the place of the one of before.
    Make {
        /// Host names or IP addresses under which the office reaches this node.
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}

/// `stewards`.
#[derive(Subcommand, Debug)]
pub enum StewardsVerb {
    /// List them.
    List,
    /// Set all of them: 1, 3, 5, 7 or 9 partners.
    Set {
        /// Names or ids.
        #[arg(required = true, num_args = 1..=9, value_name = "PARTNER")]
        partners: Vec<String>,
    },
}

/// `registers`.
#[derive(Subcommand, Debug)]
pub enum RegistersVerb {
    /// List them.
    List,
    /// Create a shared register.
    Add {
        /// Its name.
        name: String,
        /// Names or ids of the partners that write it, with commas; or all.
        #[arg(long, value_name = "PARTNERS", default_value = "all")]
        writers: String,
    },
    /// Set who writes a register.
    Set {
        /// Name or id.
        register: String,
        /// Names or ids of the partners that write it, with commas; or all.
        #[arg(long, value_name = "PARTNERS")]
        writers: String,
    },
}

/// What can be done with records of a kind.
#[derive(Args, Debug)]
pub struct KindArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: RecordVerb,
}

/// What can be done with persons.
#[derive(Subcommand, Debug)]
pub enum PersonVerb {
    /// Add one, for whom this partner is answerable.
    Add {
        /// A field and its value.
        #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment, required = true)]
        set: Vec<(String, String)>,
        /// Who reads it besides this partner: all, none, or names or ids of partners with commas.
        #[arg(long, value_name = "PARTNERS")]
        scope: String,
    },
    /// Change one.
    Edit {
        /// The person.
        id: String,
        /// A field and its value; `FIELD=` clears it.
        #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment, required = true)]
        set: Vec<(String, String)>,
    },
    /// List them; tells whose retention ends.
    List,
    /// Show one.
    Show {
        /// The person.
        id: String,
    },
    /// Say who reads one from now on; who does not any more drops it.
    Share {
        /// The person.
        id: String,
        /// all, none, or names or ids of partners with commas.
        #[arg(long, value_name = "PARTNERS")]
        scope: String,
    },
    /// Erase one everywhere and for ever.
    Erase {
        /// The person.
        id: String,
        /// Why: retention, request, left or mistake.
        #[arg(long, value_name = "CODE")]
        reason: String,
    },
    /// Tell how far an erasure has come.
    Erasure {
        /// The person.
        id: String,
    },
    /// Give out all that is held of one, for the person.
    Access {
        /// The person.
        id: String,
        /// json or vcf.
        #[arg(long, default_value = "json")]
        format: String,
        /// Into a file, which an erasure will name.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// What can be done with expressions of interest.
#[derive(Subcommand, Debug)]
pub enum InterestVerb {
    /// What can be done with every record.
    #[command(flatten)]
    Record(RecordVerb),
    /// Record the interest of several participants of an event at once.
    #[command(name = "record")]
    Several(RecordInterest),
    /// Lead one on; accepted, its membership is made.
    Advance {
        /// The expression of interest.
        id: String,
        /// contacted, on_hold, accepted, declined or withdrawn.
        #[arg(long, value_name = "STATE")]
        to: String,
        /// The day [default: today].
        #[arg(long, value_name = "DAY")]
        at: Option<String>,
        /// The register that holds it, where several do.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
    },
}

/// `interest record`.
#[derive(Args, Debug)]
pub struct RecordInterest {
    /// An organisation that is interested; repeat it for each.
    #[arg(long = "organisation", value_name = "ID", required = true)]
    pub organisations: Vec<String>,
    /// The network that it wants to join.
    #[arg(long, value_name = "ID")]
    pub network: String,
    /// The event at which it was said.
    #[arg(long, value_name = "ID")]
    pub event: Option<String>,
    /// The day [default: today].
    #[arg(long, value_name = "DAY")]
    pub at: Option<String>,
    /// own, internal, or a register's name or id [default: own].
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
}

/// What can be done with good practices.
#[derive(Subcommand, Debug)]
pub enum PracticeVerb {
    /// What can be done with every record.
    #[command(flatten)]
    Record(RecordVerb),
    /// Put one up for review.
    Review(PracticeArgs),
    /// Publish one.
    Publish(PracticeArgs),
    /// Put one into the archive.
    Archive(PracticeArgs),
}

/// A good practice whose state changes.
#[derive(Args, Debug)]
pub struct PracticeArgs {
    /// The good practice.
    pub id: String,
    /// The register that holds it, where several do.
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
}

/// What can be done with records that are one.
#[derive(Subcommand, Debug)]
pub enum SameasVerb {
    /// What can be done with every record.
    #[command(flatten)]
    Record(RecordVerb),
    /// List pairs that look as if they were one, and why.
    Suggest,
    /// Say that two records are one.
    Confirm(SameArgs),
    /// Say that they are not.
    Refuse(SameArgs),
    /// Take a decision back.
    Undo(SameArgs),
}

/// Two records that may be one.
#[derive(Args, Debug)]
pub struct SameArgs {
    /// The pair's id as `suggest` shows it; or one of the two records.
    pub id: String,
    /// The other record.
    pub other: Option<String>,
    /// Where to write it down, or the register that holds it [default: own].
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
}

/// `proposals`.
#[derive(Subcommand, Debug)]
pub enum ProposalsVerb {
    /// Take one over into the record.
    Accept {
        /// The proposal.
        id: String,
    },
    /// Decline one.
    Decline {
        /// The proposal.
        id: String,
    },
}

/// What can be done with records.
#[derive(Subcommand, Debug)]
pub enum RecordVerb {
    /// Add one.
    Add {
        /// A field and its value; several values of a set with `|`; a translation as `name@it=…`.
        #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment, required = true)]
        set: Vec<(String, String)>,
        /// own, internal, or a register's name or id [default: own].
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
    },
    /// Change one.
    Edit {
        /// The record.
        id: String,
        /// A field and its value; `FIELD=` clears it.
        #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment, required = true)]
        set: Vec<(String, String)>,
        /// The register that holds it, where several do.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
        /// Refuse where the record is no longer the one of this version (`show --json`).
        #[arg(long, value_name = "VERSION", conflicts_with = "propose")]
        if_version: Option<String>,
        /// Propose it to the partner that keeps the record.
        #[arg(long)]
        propose: bool,
        /// Why it is proposed.
        #[arg(long, value_name = "TEXT", requires = "propose")]
        reason: Option<String>,
    },
    /// List them.
    List {
        /// Only those of a register.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
        /// Only those of a country.
        #[arg(long, value_name = "CC")]
        country: Option<String>,
        /// Only those with a target group.
        #[arg(long, value_name = "CODE")]
        target_group: Option<String>,
        /// Only those of a network.
        #[arg(long, value_name = "ID")]
        network: Option<String>,
        /// Only those with these words.
        #[arg(long, value_name = "WORDS")]
        text: Option<String>,
        /// At most so many [default: all].
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Show one with everything that is known of it.
    Show {
        /// The record.
        id: String,
        /// Only what this register says.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
    },
    /// Mark one as deleted.
    Remove {
        /// The record.
        id: String,
        /// The register that holds it, where several do.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
    },
    /// Take the mark of deletion away.
    Restore {
        /// The record.
        id: String,
        /// The register that holds it, where several do.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
    },
}

/// `history`.
#[derive(Args, Debug)]
pub struct HistoryArgs {
    /// The record.
    pub id: String,
    /// Only what happened in this register.
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
    /// At most so many changes.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Those before this place, as the last page ended with it.
    #[arg(long, value_name = "PLACE")]
    pub after: Option<String>,
}

/// `undo`.
#[derive(Args, Debug)]
pub struct UndoArgs {
    /// The change, as `comin history` names it.
    pub change: String,
    /// Only what it did to this field.
    #[arg(long)]
    pub field: Option<String>,
    /// Of several old values the one of this number.
    #[arg(long, value_name = "N")]
    pub take: Option<usize>,
    /// Also where the field has changed since: what stands there now stays in the history.
    #[arg(long)]
    pub anyway: bool,
}

/// `conflicts`.
#[derive(Subcommand, Debug)]
pub enum ConflictsVerb {
    /// List them.
    List,
    /// Decide one.
    Resolve {
        /// The record.
        id: String,
        /// The field, where several are in conflict.
        #[arg(long)]
        field: Option<String>,
        /// The register that holds it, where several do.
        #[arg(long, value_name = "REGISTER")]
        register: Option<String>,
        /// Take the value of this number in the list.
        #[arg(long, value_name = "N", required_unless_present = "value", conflicts_with = "value")]
        take: Option<usize>,
        /// Write this value.
        #[arg(long, value_name = "VALUE")]
        value: Option<String>,
    },
}

/// `import`.
#[derive(Args, Debug)]
#[command(after_help = "Positions that are filled in come from GeoNames (https://www.geonames.org), CC BY 4.0.")]
pub struct ImportArgs {
    /// CSV (commas, semicolons or tabs), a workbook (.xlsx), JSON Lines, or what `export --format json` wrote; `-` reads
    /// the input.
    pub file: PathBuf,
    /// The kind of its records.
    #[arg(long, required_unless_present = "map")]
    pub kind: Option<String>,
    /// own, internal, or a register's name or id [default: own].
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
    /// Only show what would be done, and what each column is taken for.
    #[arg(long)]
    pub dry_run: bool,
    /// What each column is, as --save-map has written it.
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Write what each column is taken for into a file, to be changed and used again.
    #[arg(long, value_name = "FILE")]
    pub save_map: Option<PathBuf>,
    /// The fields by which a row without id is found again, with commas between [default: name and city].
    #[arg(long, value_name = "FIELDS")]
    pub key: Option<String>,
    /// What every row says where its cells say nothing, such as country=IT; repeatable.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
    /// The language of texts whose column names none [default: the partner's].
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// The encoding of a text, such as windows-1250 [default: found out].
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// The sheet of a workbook [default: found out].
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Fill in no positions.
    #[arg(long)]
    pub no_positions: bool,
    /// Contact persons: why they are kept, in words.
    #[arg(long, value_name = "TEXT", help_heading = "Contact persons")]
    pub purpose: Option<String>,
    /// Contact persons: on which legal basis (consent, contract, legal_obligation, public_interest, legitimate_interest).
    #[arg(long, value_name = "CODE", help_heading = "Contact persons")]
    pub legal_basis: Option<String>,
    /// Contact persons: the last day on which they are kept.
    #[arg(long, value_name = "DATE", help_heading = "Contact persons")]
    pub retain_until: Option<String>,
    /// Contact persons: the day on which they were informed.
    #[arg(long, value_name = "DATE", help_heading = "Contact persons")]
    pub informed_on: Option<String>,
    /// Contact persons: who else reads them: all, or partners with commas between [default: none].
    #[arg(long, value_name = "PARTNERS", help_heading = "Contact persons")]
    pub scope: Option<String>,
    /// Take nothing of contact persons.
    #[arg(long, help_heading = "Contact persons", conflicts_with_all = ["purpose", "legal_basis", "retain_until", "scope"])]
    pub without_persons: bool,
    /// Take e-mail addresses into the register that look like a person's.
    #[arg(long, help_heading = "Contact persons", conflicts_with = "leave_personal_email")]
    pub allow_personal_email: bool,
    /// Leave them out.
    #[arg(long, help_heading = "Contact persons")]
    pub leave_personal_email: bool,
}

/// `search`.
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// Words, or pieces of words; case and accents do not matter, and slips of the keyboard are forgiven.
    pub text: String,
    /// Only records of a kind.
    #[arg(long)]
    pub kind: Option<String>,
    /// Only those of a register.
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
    /// Only those of a country.
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
    /// Only those with a target group.
    #[arg(long, value_name = "CODE")]
    pub target_group: Option<String>,
    /// Only those of a network.
    #[arg(long, value_name = "ID")]
    pub network: Option<String>,
    /// Only those with a text in a language.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// `export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The form.
    #[arg(long, value_enum, default_value_t = ExportFormat::Json)]
    pub format: ExportFormat,
    /// Only records of a kind (csv needs one; ics holds events, vcf persons).
    #[arg(long)]
    pub kind: Option<String>,
    /// Only what is for the public: records of visibility public, no persons, nothing about who wrote them.
    #[arg(long)]
    pub public: bool,
    /// csv: call the records that cells refer to by name, for an import on another machine, which gives ids anew.
    #[arg(long)]
    pub names: bool,
    /// Only those of a register.
    #[arg(long, value_name = "REGISTER")]
    pub register: Option<String>,
    /// Where to write [default: the output; automerge: a directory with two files for each part].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over files that are there already.
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// The forms of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ExportFormat {
    /// Everything, for programs.
    Json,
    /// One kind, for spreadsheets; can be imported again.
    Csv,
    /// An Excel workbook with a sheet for each kind.
    Xlsx,
    /// What has a position, for maps.
    Geojson,
    /// Records, links and references as a graph.
    Graphml,
    /// Events, for calendars; to subscribe to them: comin calendars add NAME.
    Ics,
    /// The persons that this machine reads, for address books. An erasure names the file.
    Vcf,
    /// A register's documents as plain Automerge saves.
    Automerge,
}

/// `sync`.
#[derive(Args, Debug)]
pub struct SyncArgs {
    /// Wait until everything is equal with everyone, at most so long, such as 60s; exit with 3 if someone is missing.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub wait: Option<std::time::Duration>,
    /// Or change whether anything is exchanged at all.
    #[command(subcommand)]
    pub verb: Option<SyncVerb>,
}

/// `sync`.
#[derive(Subcommand, Clone, Copy, Debug)]
pub enum SyncVerb {
    /// Cut the network by hand; survives a restart.
    Pause,
    /// Exchange again.
    Resume,
}

/// `config`.
#[derive(Subcommand, Debug)]
pub enum ConfigVerb {
    /// Print what is in force.
    Show,
    /// Read the file as the node will.
    Check,
}

/// Reads `90s`, `15m`, `12h` or `7d`; a number alone is seconds.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| "write a number and s, m, h or d, such as 60s or 7d".to_owned())?;
    let seconds = match text.strip_prefix(digits).unwrap_or_default() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        other => return Err(format!("`{other}` is no unit of time: write s, m, h or d")),
    };
    number.checked_mul(seconds).map(std::time::Duration::from_secs).ok_or_else(|| "too long".to_owned())
}

/// Reads the code of a language that the node speaks.
fn language(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| format!("write one of {}", Lang::ALL.map(Lang::code).join(", ")))
}

/// Reads `field=value`.
fn assignment(text: &str) -> Result<(String, String), String> {
    let (field, value) = text.split_once('=').ok_or("write FIELD=VALUE, such as name=Korenine")?;
    if field.trim().is_empty() {
        return Err("the field's name is missing before `=`".to_owned());
    }
    Ok((field.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::time::Duration;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reads_times_and_assignments() {
        assert_eq!(duration("60s"), Ok(Duration::from_secs(60)), "seconds");
        assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)), "days");
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)), "a number alone is seconds");
        assert!(duration("soon").is_err() && duration("5y").is_err(), "anything else is refused");
        assert_eq!(
            assignment("name@it=Rete = casa"),
            Ok(("name@it".into(), "Rete = casa".into())),
            "the first = divides"
        );
        assert!(assignment("name").is_err() && assignment("=x").is_err(), "a field and a value");
    }
}
