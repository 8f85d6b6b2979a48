//! What a schedule did, in numbers: how often each fault happened and each rule was put to the test.
//!
//! A fault is counted where it took effect, not where it was drawn: a crash of a machine that does not run is none.

use crate::sim::Story;
use std::fmt;

/// A list of things to count, each with the words under which it is printed.
macro_rules! counted {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$item_doc])* $item,)* }

        impl $name {
            /// All of them, in the order in which they are counted.
            pub const ALL: [Self; [$(Self::$item),*].len()] = [$(Self::$item),*];

            /// In words.
            pub fn text(self) -> &'static str {
                match self { $(Self::$item => $text,)* }
            }
        }
    };
}

counted! {
    /// What went wrong, or was done on the way.
    Did {
        /// A process ended between two inputs.
        Crash = "crash between two inputs",
        /// A process ended between two outputs.
        CrashBetweenOutputs = "crash between two outputs",
        /// A process ended with batches that had not reached the disk.
        UnflushedLost = "crash that lost unflushed batches",
        /// A batch could not be written.
        StoreFails = "failed persist",
        /// A disk was put back to an older copy.
        Rollback = "restore from an old store",
        /// A running machine was copied.
        Copy = "copy of a live engine",
        /// A helper refused a job.
        HelperRefuses = "helper refusal",
        /// A wall clock jumped.
        ClockJump = "clock jump",
        /// A link went down.
        LinkCut = "partition",
        /// A session broke.
        SessionBreak = "broken session",
        /// Frames were lost with a session.
        FramesLost = "frames lost",
        /// A frame arrived twice.
        Repeated = "frames repeated",
        /// A session was slow.
        Stall = "slow session",
        /// A peer that owed an answer was given up.
        GivenUp = "peer given up as stalled",
        /// A user paused or resumed the exchange.
        Pause = "pause or resume",
        /// A liar changed, dropped, repeated or replaced a frame.
        Tampered = "frames that a liar tampered with",
        /// A liar signed a change that nobody may take.
        Forged = "forged pushes of a liar",
        /// A liar signed two histories.
        Forked = "two histories signed by a liar",
        /// A partner joined.
        Joined = "joins through the real protocol",
        /// The steward removed a partner.
        Removed = "partners removed",
        /// Someone held documents that the removal did not name.
        Adopted = "what a removal did not name adopted",
        /// A user made a person.
        PersonAdded = "persons added",
        /// A controller said anew who reads a person.
        PersonShared = "scopes of persons stated again",
        /// A controller erased a person.
        PersonErased = "persons erased by their controllers",
        /// Another partner asked for an erasure.
        ErasureAsked = "erasures asked for by others",
        /// One partner's erasures were as many as others carry out in a day.
        QuotaMet = "as many erasures as a partner has in a day",
        /// A person lay on a disk that a machine was put back to.
        PersonRestored = "persons on a disk that was put back",
        /// A divergence had been proven at the end.
        Cut = "documents cut by a proven divergence",
        /// A document travelled as a snapshot.
        Snapshots = "answers: snapshot",
        /// A gap travelled as a bundle.
        Bundles = "answers: bundle",
        /// A gap travelled as single changes.
        Changes = "answers: single changes",
        /// A document was compacted.
        Compacted = "documents compacted",
        /// A user's edit was refused.
        Refused = "edits refused",
    }
}

counted! {
    /// What must hold, counted each time that it was looked at.
    Rule {
        /// Connected honest machines hold equal statements and documents.
        Converge = "connected honest machines converge",
        /// They show equal rows.
        EqualRows = "they show equal rows",
        /// What was acknowledged is in every reader's history.
        EditKept = "an acknowledged edit is kept",
        /// It can be read, unless someone wrote the field later.
        EditShown = "an acknowledged edit can be read",
        /// What was refused is nowhere.
        RefusedAbsent = "a refused edit is nowhere",
        /// Every stored change is covered by a valid run of a writer.
        Covered = "a change has a valid run of a writer",
        /// No document is stored by someone who may not read it.
        Readers = "only readers store a document",
        /// No frame tells a secret.
        Frames = "no frame tells what its receiver may not read",
        /// What is stored loads to the heads that are recorded.
        Reload = "what is saved loads to the same heads",
        /// Stored rows equal a fresh projection.
        Views = "views agree with documents (`check`)",
        /// A search index that is kept says what the rows say.
        Search = "a search index agrees with the views (`check`)",
        /// A document holds nothing but records.
        Shape = "records lie as they should",
        /// Nothing of a removed partner stays that came too late.
        Late = "what a removed partner wrote too late is gone",
        /// Nothing of a person is sent to who does not read it.
        PersonScope = "what is sent of a person goes to who reads it",
        /// An erased person is nowhere.
        PersonErased = "an erased person is gone",
        /// Who reads a person no more holds it no more.
        PersonUnshared = "a person is gone where its scope has ended",
        /// Who has never been in a person's scope holds nothing of it.
        PersonOutside = "a person is not outside its scope",
        /// What a backup and the file of keys hold a machine has again.
        PersonRestored = "a restored machine keeps its persons",
        /// An erasure that a user was told of is not forgotten.
        ErasureKept = "an acknowledged erasure is kept",
        /// Others' erasures are carried out up to a number in a day.
        Quota = "no partner erases more than its number",
        /// No honest device is blamed.
        Blame = "no honest device is blamed",
        /// What status says is true.
        Status = "status tells the truth",
        /// Queues and memory stay bounded.
        Bounded = "queues stay bounded",
    }
}

/// What schedules did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Machines, copies included.
    pub nodes: u64,
    /// Events.
    pub events: u64,
    /// Virtual time, in milliseconds.
    pub virtual_ms: u64,
    /// Fields that users wrote and were told about.
    pub acknowledged: u64,
    /// Acknowledged edits whose every copy was lost with a disk.
    pub forgiven: u64,
    /// Frames sent.
    pub frames: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Most frames on their way in one direction of one session.
    pub frames_queued_max: u64,
    /// Most things that waited inside one engine.
    pub backlog_max: u64,
    /// A digest of everything that was sent, to compare two runs of one seed.
    pub digest: u64,
    did: [u64; Did::ALL.len()],
    looked: [u64; Rule::ALL.len()],
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            nodes: 0,
            events: 0,
            virtual_ms: 0,
            acknowledged: 0,
            forgiven: 0,
            frames: 0,
            bytes: 0,
            frames_queued_max: 0,
            backlog_max: 0,
            digest: 0,
            did: [0; Did::ALL.len()],
            looked: [0; Rule::ALL.len()],
        }
    }
}

impl Tally {
    /// Something happened.
    pub fn did(&mut self, what: Did) {
        self.did_times(what, 1);
    }

    /// Something happened so many times.
    pub fn did_times(&mut self, what: Did, times: u64) {
        self.did[what as usize] += times;
    }

    /// A rule was put to the test.
    pub fn looked(&mut self, rule: Rule) {
        self.looked[rule as usize] += 1;
    }

    /// How often something happened.
    pub fn times(&self, what: Did) -> u64 {
        self.did[what as usize]
    }

    /// How often a rule was put to the test.
    pub fn looks(&self, rule: Rule) -> u64 {
        self.looked[rule as usize]
    }

    /// Adds another schedule's numbers.
    pub fn add(&mut self, other: &Self) {
        self.nodes += other.nodes;
        self.events += other.events;
        self.virtual_ms += other.virtual_ms;
        self.acknowledged += other.acknowledged;
        self.forgiven += other.forgiven;
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.frames_queued_max = self.frames_queued_max.max(other.frames_queued_max);
        self.backlog_max = self.backlog_max.max(other.backlog_max);
        self.digest ^= other.digest;
        self.did.iter_mut().zip(other.did).for_each(|(sum, more)| *sum += more);
        self.looked.iter_mut().zip(other.looked).for_each(|(sum, more)| *sum += more);
    }

    /// Faults and rules that have never been exercised.
    pub fn missing(&self, story: Story) -> Vec<&'static str> {
        // In the general schedules nobody is removed.
        let removal = [Did::Removed.text(), Did::Adopted.text(), Rule::Late.text()];
        let did = Did::ALL.into_iter().filter(|what| self.times(*what) == 0).map(Did::text);
        let all = did.chain(Rule::ALL.into_iter().filter(|rule| self.looks(*rule) == 0).map(Rule::text));
        all.filter(|text| story == Story::Removals || !removal.contains(text)).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} machines, {} s of virtual time, {} events", self.nodes, self.virtual_ms / 1_000, self.events)?;
        writeln!(f, "{} frames, {} kB, at most {} queued", self.frames, self.bytes / 1_000, self.frames_queued_max)?;
        writeln!(f, "at most {} things waiting in one engine", self.backlog_max)?;
        writeln!(f, "{} fields acknowledged, {} lost with a disk", self.acknowledged, self.forgiven)?;
        writeln!(f, "what happened:")?;
        for what in Did::ALL {
            writeln!(f, "{:>12}  {}", self.times(what), what.text())?;
        }
        writeln!(f, "what was looked at:")?;
        for rule in Rule::ALL {
            writeln!(f, "{:>12}  {}", self.looks(rule), rule.text())?;
        }
        write!(f, "digest {:016x}", self.digest)
    }
}
