//! Bugs that can be planted in the product's own code path, so that the simulator can show that it finds
//! them.
//!
//! Without the feature `planted-bugs` every question is the constant `false` and leaves no trace in the
//! binary; with it (the simulator's `--plant` only) one bug at a time can be armed for the whole process.

/// A bug that can be planted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Planted {
    /// Replies to edits do not wait for their batch to be on disk.
    AcknowledgeEarly = 1,
    /// A run is taken without its signature and hash being checked.
    SkipRunCheck = 2,
    /// A received change is taken although a change that it depends on is missing.
    DropDependency = 3,
    /// Every process of a device takes the same nonce, so that a restart goes on with the old actors.
    ReuseActor = 4,
    /// What descends from a proven divergence stays in the document.
    KeepDescendants = 5,
    /// One actor is left out of a frontier that is sent.
    ForgetFrontierEntry = 6,
    /// Admission does not look at operations on the root.
    OverwriteRoot = 7,
    /// The sending boundary does not ask who may read.
    SendToNonReader = 8,
    /// A change is taken without asking whether its author may write the register.
    SkipWriterCheck = 9,
    /// A device does not issue its own edits again that a divergence dropped.
    KeepNoDroppedEdits = 10,
    /// The helper's "not now" counts as a verdict on the sender.
    NotNowIsVerdict = 11,
    /// A snapshot that a peer sent takes the place of what was written here while it was on its way.
    SnapshotDropsNewer = 12,
    /// Late changes of those who may write no more are taken although nothing keeps them.
    TakeBarred = 13,
    /// Nobody adopts what those have written who may write no more.
    AdoptNothing = 14,
    /// An erased person stays where it lies.
    KeepErased = 15,
    /// Who reads a person no more keeps it.
    KeepUnshared = 16,
    /// The sending boundary does not ask who reads a person.
    SendPersons = 17,
    /// The beacon for the federation speaks of persons.
    BeaconOfPersons = 18,
    /// Of the scopes of a person the first one counts.
    FirstScopeCounts = 19,
    /// A process begins without the persons that its disk holds.
    LosePersonsAtStart = 20,
    /// Others' erasures are carried out at once, however many they are.
    NoQuota = 21,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::AcknowledgeEarly,
        Self::SkipRunCheck,
        Self::DropDependency,
        Self::ReuseActor,
        Self::KeepDescendants,
        Self::ForgetFrontierEntry,
        Self::OverwriteRoot,
        Self::SendToNonReader,
        Self::SkipWriterCheck,
        Self::KeepNoDroppedEdits,
        Self::NotNowIsVerdict,
        Self::SnapshotDropsNewer,
        Self::TakeBarred,
        Self::AdoptNothing,
        Self::KeepErased,
        Self::KeepUnshared,
        Self::SendPersons,
        Self::BeaconOfPersons,
        Self::FirstScopeCounts,
        Self::LosePersonsAtStart,
        Self::NoQuota,
    ];
}

#[cfg(feature = "planted-bugs")]
static ARMED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Arms one bug, or none.
#[cfg(feature = "planted-bugs")]
pub fn arm(bug: Option<Planted>) {
    ARMED.store(bug.map_or(0, |bug| bug as u8), std::sync::atomic::Ordering::Relaxed);
}

/// Whether this bug is armed.
#[cfg(feature = "planted-bugs")]
pub fn is_planted(bug: Planted) -> bool {
    ARMED.load(std::sync::atomic::Ordering::Relaxed) == bug as u8
}

/// Whether this bug is armed: never, in a product.
#[cfg(not(feature = "planted-bugs"))]
#[inline(always)]
pub const fn is_planted(_bug: Planted) -> bool {
    false
}
