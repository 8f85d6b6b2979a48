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
    // Whoever asks to join waits at a telephone; what stewards sign together can wait a little.
    if !status.approvals.is_empty() {
        return Banner::new("action", Tone::Act, vec![("n", status.approvals.len().into())]);
    }
    let waiting = super::approvals::waiting(status);
    if waiting > 0 {
        return Banner::new("decide", Tone::Act, vec![("n", waiting.into())]);
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
    use comin_protocol::ids::{FederationId, PartnerKey, StatementId};
    use comin_protocol::join::Pending;
    use comin_protocol::roster::{CarriedOver, Device, Federation, Partner, Roster};
    use comin_protocol::statement::Rights;
    use std::sync::Arc;

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

    const ME: (PartnerId, DeviceKey) = (PartnerId([1; 32]), DeviceKey([1; 32]));
    /// Another partner's two machines, and the machine of a third one.
    const THEIRS: PartnerId = PartnerId([2; 32]);
    const OFFICE: DeviceKey = DeviceKey([2; 32]);
    const LAPTOP: DeviceKey = DeviceKey([3; 32]);
    const THIRD: DeviceKey = DeviceKey([4; 32]);

    /// A partner in no federation, at rest.
    fn status() -> Status {
        Status {
            device: ME.1,
            partner: ME.0,
            roster: Arc::new(Roster::default()),
            paused: false,
            peers: Vec::new(),
            approvals: Vec::new(),
            drafts: Vec::new(),
            carried_over: Vec::new(),
            unconfirmed: false,
            tickets: Vec::new(),
            joining: None,
            docs: Vec::new(),
            edits_waiting: Vec::new(),
            erasures_waiting: Vec::new(),
            faults: Vec::new(),
            put_back_ms: None,
            unsent_changes: 0,
            stopped: None,
        }
    }

    fn member(mut status: Status) -> Status {
        let federation = Federation {
            id: FederationId([9; 32]),
            name: "Alpe Adria".into(),
            position: StatementId([9; 32]),
            stewards: BTreeMap::new(),
            positions: BTreeMap::new(),
            round: 0,
            kept: Default::default(),
            carries: Vec::new(),
            stewards_before: BTreeMap::new(),
        };
        status.roster = Arc::new(Roster { federation: Some(federation), ..Roster::default() });
        status
    }

    #[test]
    fn what_needs_somebody_comes_first_and_the_rest_in_its_order() {
        let joining = |stage: &'static str| JoinStatus { stage, check_number: None, text: String::new() };
        let pending = Pending {
            id: "ab".into(),
            name: "EDIAS".into(),
            ticket_name: "EDIAS".into(),
            country: "FR".into(),
            partner: THEIRS,
            device: OFFICE,
            check_number: "1234 5678".into(),
        };
        let carried = CarriedOver {
            id: FederationId([7; 32]),
            name: "Nuova".into(),
            founder: THEIRS,
            has_us: true,
            left: Vec::new(),
        };
        let far = [partner("a", PartnerState::Away, Lag::Exactly(2))];
        let near = [partner("a", PartnerState::Exchanging, Lag::Exactly(2))];
        // From the last that holds to the first: each is told as soon as it holds, whatever holds besides.
        let mut now = member(status());
        let told = |status: &Status, lines: &[PartnerLine]| {
            let banner = banner(status, lines, Lang::En);
            let text = banner.text(Lang::En);
            assert!(!text.contains("exchange-") && !text.contains('{'), "a sentence for people: {text}");
            (banner.code, banner.tone)
        };
        assert_eq!(told(&now, &near), ("exchanging", Tone::Busy), "somebody is there");
        assert_eq!(told(&now, &far), ("unreachable", Tone::Note), "nobody is");
        now.paused = true;
        assert_eq!(told(&now, &near), ("paused", Tone::Act), "nor can be, while it is paused by hand");
        assert_eq!(told(&now, &[]), ("first", Tone::Note), "with nobody else a pause means nothing");
        now.roster = Arc::new(Roster::default());
        assert_eq!(told(&now, &[]), ("alone", Tone::Note), "in no partnership");
        now.joining = Some(joining("waiting"));
        assert_eq!(told(&now, &[]), ("joining", Tone::Busy), "on the way into one");
        now.joining = Some(joining("refused"));
        assert_eq!(told(&now, &[]), ("join-refused", Tone::Act), "refused: somebody has to do something");
        now = member(now);
        now.carried_over.push(carried);
        assert_eq!(told(&now, &near), ("decide", Tone::Act), "a decision waits, and nobody asks to join");
        now.approvals.push(pending);
        assert_eq!(told(&now, &near), ("action", Tone::Act), "somebody asks to join, and waits");
        now.stopped = Some("the disk is full".into());
        assert_eq!(told(&now, &near), ("stopped", Tone::Act), "before everything else");
    }

    fn peer(device: DeviceKey, heard: Option<u64>, lacks: Lag) -> PeerStatus {
        PeerStatus {
            device,
            partner: THEIRS,
            connected: false,
            in_sync: false,
            lacks,
            we_lack: Lag::Exactly(0),
            last_heard_ms: heard,
            through: None,
            elsewhere: false,
            last_equal_ms: heard.map(|ms| ms - 500),
            progress: None,
        }
    }

    #[test]
    fn a_partners_line_says_how_by_whom_and_what_was_tried() {
        let mut now = member(status());
        let roster = Arc::make_mut(&mut now.roster);
        for (partner, name) in [(ME.0, "Us"), (THEIRS, "EDIAS"), (PartnerId([5; 32]), "Planota")] {
            let (id, name, country) = (partner, name.to_owned(), "FR".to_owned());
            roster.partners.insert(id, roster_partner(id, name, country));
        }
        for (device, partner) in [(OFFICE, THEIRS), (LAPTOP, THEIRS), (THIRD, PartnerId([5; 32]))] {
            roster.devices.insert(device, roster_device(device, partner));
        }
        let relayed = PeerStatus { through: Some(THIRD), ..peer(OFFICE, Some(9_000), Lag::AtLeast(3)) };
        now.peers = vec![peer(LAPTOP, Some(2_000), Lag::Exactly(2)), relayed];
        let dial = |text: &str, time_ms| Dial { text: text.into(), time_ms, next_try_ms: Some(time_ms + 60_000) };
        let dials = BTreeMap::from([(OFFICE, dial("refused", 5_000)), (LAPTOP, dial("the peer hung up", 7_000))]);
        let line = |status: &Status| partner_lines(status, &dials).into_iter().find(|line| line.partner == THEIRS);
        let away = line(&now).expect("it is admitted");
        assert_eq!(away.state, PartnerState::Away, "no machine of it is connected");
        assert_eq!(away.through.as_deref(), Some("Planota"), "last heard through another partner, named");
        assert_eq!((away.last_heard_ms, away.last_equal_ms), (Some(9_000), Some(8_500)), "the latest of its machines");
        assert_eq!((away.lacks, away.we_lack), (Lag::Exactly(2), Lag::Exactly(0)), "the machine that has most counts");
        let tried = away.dial.clone().expect("an attempt");
        assert_eq!(
            (tried.text.as_str(), tried.time_ms),
            ("the peer hung up", 7_000),
            "the last attempt, with its result"
        );
        assert_eq!(tried.next_try_ms, Some(67_000), "and when the next is due");
        let json = line_json(&away, Lang::En);
        assert_eq!(json["through"], "Planota", "for programs too: {json}");
        assert_eq!(json["last_try"]["next"], "1970-01-01T00:01:07Z", "{json}");

        now.peers[1].connected = true;
        let there = line(&now).expect("it is admitted");
        assert_eq!(there.state, PartnerState::Exchanging, "connected, and not all is compared");
        assert_eq!((there.through, there.dial), (None, None), "heard directly; old attempts say nothing");
        now.peers[1].in_sync = true;
        assert_eq!(line(&now).map(|line| line.state), Some(PartnerState::Equal), "nothing is under way");
        now.peers[1].in_sync = false;
        now.peers[1].elsewhere = true;
        assert_eq!(line(&now).map(|line| line.state), Some(PartnerState::Elsewhere), "in another partnership");
        now.peers = vec![peer(OFFICE, None, Lag::Unknown)];
        assert_eq!(line(&now).map(|line| line.state), Some(PartnerState::NeverHeard), "nothing was ever heard");
    }

    fn roster_partner(id: PartnerId, name: String, country: String) -> Partner {
        Partner { id, key: PartnerKey([id.0[0]; 32]), name, country, admitted: true, removed: false, steward: false }
    }

    fn roster_device(key: DeviceKey, partner: PartnerId) -> Device {
        Device { key, partner, name: "office".into(), rights: Rights::ALL, addresses: Vec::new(), addresses_number: 0 }
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
            "decide",
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
