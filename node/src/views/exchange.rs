//! The state of exchange in words: one sentence for all, one line per partner.
//!
//! Never one green "up to date": each sentence says only what beacons and acknowledgements have shown.

use super::time::{now_ms, rfc3339};
use crate::i18n::{Arg, Lang};
use comin_protocol::engine::{JoinStatus, Lag, PeerStatus, Status};
use comin_protocol::ids::{DeviceKey, PartnerId};
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of the last attempt to reach a device.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Dial {
    /// What happened.
    pub text: String,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// When the next attempt is due.
    pub next_try_ms: Option<u64>,
}

/// The one sentence about exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Banner {
    /// A stable word for programs; the message's key is `exchange-` and this.
    pub code: &'static str,
    /// What the message is filled with.
    pub args: Vec<(&'static str, Arg)>,
    /// How it is shown.
    pub tone: Tone,
}

/// How serious a sentence is; shown by an icon and a word, never by colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// All partners are known to hold everything.
    Good,
    /// Something is under way or waits by itself.
    Busy,
    /// A fact that the reader should know.
    Note,
    /// Somebody has to do something.
    Act,
}

impl Banner {
    fn new(code: &'static str, tone: Tone, args: Vec<(&'static str, Arg)>) -> Self {
        Self { code, args, tone }
    }

    /// The sentence.
    pub fn text(&self, lang: Lang) -> String {
        lang.text_with(&format!("exchange-{}", self.code), &self.args)
    }
}

/// Another partner, as seen from here: the best of its devices counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerLine {
    /// The partner.
    pub partner: PartnerId,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
    /// How it stands.
    pub state: PartnerState,
    /// Changes of ours that no device of it is known to hold.
    pub lacks: Lag,
    /// Changes of its that we lack.
    pub we_lack: Lag,
    /// When it was last heard, by this node's clock.
    pub last_heard_ms: Option<u64>,
    /// When everything was last equal.
    pub last_equal_ms: Option<u64>,
    /// Name of the partner through whom it was last heard, if not from itself.
    pub through: Option<String>,
    /// The last attempt to reach one of its devices, while none is connected.
    pub dial: Option<Dial>,
    /// (received, total) bytes of the transfer under way.
    pub progress: Option<(u64, u64)>,
}

/// How a partner stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartnerState {
    /// Connected, and nothing is under way.
    Equal,
    /// Connected and exchanging.
    Exchanging,
    /// Connected, and in another federation, of which one carries over the other.
    Elsewhere,
    /// Not connected now.
    Away,
    /// Never heard.
    NeverHeard,
}

impl PartnerState {
    /// A stable word for programs; the message's key is `partner-state-` and this.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Exchanging => "exchanging",
            Self::Elsewhere => "elsewhere",
            Self::Away => "away",
            Self::NeverHeard => "never-heard",
        }
    }
}

/// The message of a [`Lag`].
pub fn lag_text(lang: Lang, lag: Lag) -> String {
    match lag {
        Lag::Exactly(0) => lang.text("lag-none"),
        Lag::Exactly(n) => lang.text_with("lag-exactly", &[("n", n.into())]),
        Lag::AtLeast(n) => lang.text_with("lag-at-least", &[("n", n.into())]),
        Lag::Unknown => lang.text("lag-unknown"),
    }
}

/// A [`Lag`] for programs: a number, or null where nothing is known.
pub fn lag_json(lag: Lag) -> serde_json::Value {
    match lag {
        Lag::Exactly(n) => serde_json::json!({"changes": n, "exact": true}),
        Lag::AtLeast(n) => serde_json::json!({"changes": n, "exact": false}),
        Lag::Unknown => serde_json::Value::Null,
    }
}

fn order(lag: Lag) -> u64 {
    match lag {
        Lag::Exactly(n) => n,
        Lag::AtLeast(n) => n.max(1),
        Lag::Unknown => u64::MAX,
    }
}

/// One line per admitted partner other than this one, by name.
pub fn partner_lines(status: &Status, dials: &BTreeMap<DeviceKey, Dial>) -> Vec<PartnerLine> {
    let others = status.roster.partners.values().filter(|p| p.admitted && p.id != status.partner);
    let mut lines: Vec<PartnerLine> = others
        .map(|partner| {
            let devices: Vec<&PeerStatus> = status.peers.iter().filter(|peer| peer.partner == partner.id).collect();
            line(status, &devices, dials, partner.id, &partner.name, &partner.country)
        })
        .collect();
    lines.sort_by(|a, b| a.name.cmp(&b.name).then(a.partner.cmp(&b.partner)));
    lines
}

fn line(
    status: &Status,
    devices: &[&PeerStatus],
    dials: &BTreeMap<DeviceKey, Dial>,
    partner: PartnerId,
    name: &str,
    country: &str,
) -> PartnerLine {
    let connected = devices.iter().any(|d| d.connected);
    let last_heard_ms = devices.iter().filter_map(|d| d.last_heard_ms).max();
    let state = match (connected, last_heard_ms) {
        (true, _) if devices.iter().any(|d| d.connected && d.in_sync) => PartnerState::Equal,
        (true, _) if devices.iter().all(|d| !d.connected || d.elsewhere) => PartnerState::Elsewhere,
        (true, _) => PartnerState::Exchanging,
        (false, Some(_)) => PartnerState::Away,
        (false, None) => PartnerState::NeverHeard,
    };
    let latest = devices.iter().max_by_key(|d| d.last_heard_ms);
    let through = latest.and_then(|d| d.through).and_then(|device| status.roster.partner_of(&device));
    let dial = devices.iter().filter_map(|d| dials.get(&d.device)).max_by_key(|d| d.time_ms);
    PartnerLine {
        partner,
        name: name.to_owned(),
        country: country.to_owned(),
        state,
        lacks: devices.iter().map(|d| d.lacks).min_by_key(|l| order(*l)).unwrap_or(Lag::Unknown),
        we_lack: devices.iter().map(|d| d.we_lack).min_by_key(|l| order(*l)).unwrap_or(Lag::Unknown),
        last_heard_ms,
        last_equal_ms: devices.iter().filter_map(|d| d.last_equal_ms).max(),
        // Whoever is connected is heard directly, whichever way its last beacon came.
        through: through.filter(|_| !connected).map(|p| p.name.clone()),
        dial: dial.filter(|_| !connected).cloned(),
        progress: devices.iter().find_map(|d| d.progress),
    }
}

/// The sentence: the first that holds.
pub fn banner(status: &Status, lines: &[PartnerLine], lang: Lang) -> Banner {
    if let Some(reason) = &status.stopped {
        return Banner::new("stopped", Tone::Act, vec![("reason", reason.as_str().into())]);
    }
    let waiting = super::approvals::waiting(status);
    if waiting > 0 {
        return Banner::new("action", Tone::Act, vec![("n", waiting.into())]);
    }
    if status.roster.federation.is_none() {
        return match &status.joining {
            Some(joining) if joining.stage == "refused" => {
                Banner::new("join-refused", Tone::Act, vec![("reason", join_text(joining, lang).into())])
            }
            Some(joining) if joining.stage != "admitted" => Banner::new("joining", Tone::Busy, vec![]),
            _ => Banner::new("alone", Tone::Note, vec![]),
        };
    }
    if lines.is_empty() {
        return Banner::new("first", Tone::Note, vec![]);
    }
    let unsent = status.unsent_changes;
    if status.paused {
        return Banner::new("paused", Tone::Act, vec![("n", unsent.into())]);
    }
    connected_banner(lines, unsent, lang)
}

fn connected_banner(lines: &[PartnerLine], unsent: u64, lang: Lang) -> Banner {
    let connected: Vec<&PartnerLine> =
        lines.iter().filter(|l| matches!(l.state, PartnerState::Equal | PartnerState::Exchanging)).collect();
    if connected.is_empty() {
        return match lines.iter().filter_map(|l| l.last_heard_ms).max() {
            Some(since) => {
                let since = super::time::local(lang, since);
                Banner::new("unreachable", Tone::Note, vec![("since", since.into()), ("n", unsent.into())])
            }
            None => Banner::new("never-reached", Tone::Note, vec![("n", unsent.into())]),
        };
    }
    let busy = connected.iter().filter(|l| l.state == PartnerState::Exchanging).count();
    if busy > 0 {
        return Banner::new("exchanging", Tone::Busy, vec![("n", busy.into())]);
    }
    let lagging: Vec<&PartnerLine> = lines.iter().filter(|l| order(l.lacks) > 0).collect();
    if lagging.is_empty() {
        let confirmed = lines.iter().filter_map(|l| l.last_equal_ms.or(l.last_heard_ms)).min();
        let time = confirmed.map(|ms| super::time::local(lang, ms)).unwrap_or_default();
        return Banner::new("all", Tone::Good, vec![("n", lines.len().into()), ("time", time.into())]);
    }
    let known = lagging.iter().filter(|l| l.lacks != Lag::Unknown).map(|l| order(l.lacks)).max();
    if let Some(waiting) = known.filter(|_| unsent > 0 || lagging.iter().any(|l| l.state == PartnerState::Equal)) {
        return Banner::new("waiting", Tone::Busy, vec![("n", waiting.into()), ("k", lagging.len().into())]);
    }
    delivered(lines, &lagging, lang)
}

fn delivered(lines: &[PartnerLine], lagging: &[&PartnerLine], lang: Lang) -> Banner {
    let have = lines.len() - lagging.len();
    let mut args = vec![("k", have.into()), ("total", lines.len().into())];
    let Some(longest) = lagging.iter().min_by_key(|l| l.last_heard_ms.unwrap_or(0)) else {
        return Banner::new("delivered", Tone::Note, args);
    };
    args.push(("name", longest.name.as_str().into()));
    match longest.last_heard_ms {
        Some(heard) => {
            args.push(("days", (now_ms().saturating_sub(heard) / 86_400_000).into()));
            args.push(("since", super::time::local(lang, heard).into()));
            Banner::new("delivered", Tone::Note, args)
        }
        None => Banner::new("delivered-never", Tone::Note, args),
    }
}

/// What the network says of an attempt, in English, and the message that says it in the reader's language. The
/// words of the operating system, which may follow, stay its own.
const DIAL_WORDS: [(&str, &str); 15] = [
    ("the peer hung up: it may not know this device yet, or be paused", "dial-hung-up"),
    ("the peer closed the stream", "dial-closed"),
    ("the connection was closed", "dial-closed"),
    ("the stream broke", "dial-broke"),
    ("connected, but the exchange could not begin", "dial-not-begun"),
    ("no address of it is known", "dial-no-address"),
    ("too many connections, or no member any more", "dial-denied"),
    ("another attempt is under way", "dial-under-way"),
    ("the peer does not read", "dial-silent"),
    ("the peer did not answer", "dial-silent"),
    ("the peer reads too slowly", "dial-silent"),
    ("replaced by a newer stream", "dial-under-way"),
    ("not a member, or the exchange is paused", "dial-not-now"),
    ("the exchange is paused", "dial-paused"),
    ("no longer a member", "dial-denied"),
];

/// What became of an attempt, in words.
pub fn dial_text(lang: Lang, dial: &Dial) -> String {
    let known = |(said, key): &(&str, &str)| Some(format!("{}{}", lang.text(key), dial.text.strip_prefix(said)?));
    DIAL_WORDS.iter().find_map(known).unwrap_or_else(|| dial.text.clone())
}

/// The stage at which a join was refused: it stands before the colon.
pub fn refusal_stage(joining: &JoinStatus) -> &str {
    joining.text.split(':').next().unwrap_or_default()
}

/// What a newcomer waits for, or why it was refused.
pub fn join_text(joining: &JoinStatus, lang: Lang) -> String {
    let reason = || lang.lookup(&format!("join-refused-{}", refusal_stage(joining)), &[]);
    match joining.stage {
        "refused" => reason().unwrap_or_else(|| joining.text.clone()),
        "waiting" if !joining.text.is_empty() => {
            lang.text_with("join-waits-for", &[("name", joining.text.as_str().into())])
        }
        _ => joining.text.clone(),
    }
}

/// A partner's line for programs.
pub fn line_json(line: &PartnerLine, lang: Lang) -> serde_json::Value {
    serde_json::json!({
        "partner": line.partner,
        "name": line.name,
        "country": line.country,
        "state": line.state.code(),
        "text": lang.text(&format!("partner-state-{}", line.state.code())),
        "lacks": lag_json(line.lacks),
        "lacks_text": lag_text(lang, line.lacks),
        "we_lack": lag_json(line.we_lack),
        "we_lack_text": lag_text(lang, line.we_lack),
        "last_heard": line.last_heard_ms.map(rfc3339),
        "last_equal": line.last_equal_ms.map(rfc3339),
        "through": line.through,
        "last_try": line.dial.as_ref().map(|d| serde_json::json!({
            "text": dial_text(lang, d), "time": rfc3339(d.time_ms), "next": d.next_try_ms.map(rfc3339),
        })),
        "progress": line.progress.map(|(done, total)| serde_json::json!({"bytes": done, "total": total})),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(name: &str, state: PartnerState, lacks: Lag) -> PartnerLine {
        PartnerLine {
            partner: PartnerId([name.len() as u8; 32]),
            name: name.into(),
            country: "IT".into(),
            state,
            lacks,
            we_lack: Lag::Exactly(0),
            last_heard_ms: (state != PartnerState::NeverHeard).then_some(1_000),
            last_equal_ms: None,
            through: None,
            dial: None,
            progress: None,
        }
    }

    fn code(lines: &[PartnerLine], unsent: u64) -> &'static str {
        connected_banner(lines, unsent, Lang::En).code
    }

    #[test]
    fn says_the_first_that_holds() {
        use PartnerState::{Away, Equal, Exchanging, NeverHeard};
        let none = Lag::Exactly(0);
        assert_eq!(code(&[partner("a", Away, none)], 0), "unreachable", "nobody is connected");
        assert_eq!(code(&[partner("a", NeverHeard, Lag::Unknown)], 3), "never-reached", "nobody ever was");
        let busy = [partner("a", Exchanging, none), partner("bb", Equal, none)];
        assert_eq!(code(&busy, 0), "exchanging", "one exchange is under way");
        let waiting = [partner("a", Equal, none), partner("bb", Away, Lag::Exactly(2))];
        assert_eq!(code(&waiting, 2), "waiting", "own changes are on no other machine");
        assert_eq!(code(&waiting, 0), "delivered", "one has them, the other is away");
        let unknown = [partner("a", Equal, none), partner("bb", NeverHeard, Lag::Unknown)];
        assert_eq!(code(&unknown, 0), "delivered-never", "what is unknown is not claimed");
        let all = [partner("a", Equal, none), partner("bb", Away, none)];
        assert_eq!(code(&all, 0), "all", "being away is no lag: its beacon says that it holds everything");
    }

    #[test]
    fn the_networks_own_words_are_translated() {
        let said = [
            include_str!("../net/swarm.rs"),
            include_str!("../net/session.rs"),
            include_str!("../net/frame.rs"),
            include_str!("../../../protocol/src/engine/session.rs"),
            include_str!("../../../protocol/src/engine/command.rs"),
            include_str!("../../../protocol/src/engine/federation.rs"),
        ];
        for (words, key) in DIAL_WORDS {
            assert!(said.concat().contains(words), "the network still says so: {words}");
            let dial = Dial { text: format!("{words} (os error 1)"), ..Dial::default() };
            assert_eq!(dial_text(Lang::It, &dial), format!("{} (os error 1)", Lang::It.text(key)), "{key}");
            assert_ne!(Lang::It.text(key), Lang::En.text(key), "{key} has words of its own");
        }
    }

    #[test]
    fn every_refusal_of_a_join_is_in_the_catalogue() {
        for refusal in comin_protocol::join::Refusal::ALL {
            let text = format!("{}: {refusal}", refusal.stage());
            let joining = JoinStatus { stage: "refused", check_number: None, text: text.clone() };
            for lang in Lang::ALL {
                assert_ne!(join_text(&joining, lang), text, "{} in {}", refusal.stage(), lang.code());
            }
        }
        let newer = JoinStatus { stage: "refused", check_number: None, text: "moon-phase".into() };
        assert_eq!(join_text(&newer, Lang::It), "moon-phase", "a stage of a newer version is shown as it is");
    }

    #[test]
    fn every_sentence_is_in_the_catalogue() {
        for code in [
            "stopped",
            "action",
            "join-refused",
            "joining",
            "alone",
            "first",
            "paused",
            "unreachable",
            "never-reached",
            "exchanging",
            "all",
            "waiting",
            "delivered",
            "delivered-never",
        ] {
            for lang in Lang::ALL {
                assert!(lang.lookup(&format!("exchange-{code}"), &[]).is_some(), "exchange-{code} in {}", lang.code());
            }
        }
    }
}
