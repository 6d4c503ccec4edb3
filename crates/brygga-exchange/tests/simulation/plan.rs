//! What happens in a run, as plain data: it can be drawn from a seed, printed, cut shorter and
//! pasted into a regression.

/// One of the two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Kalmar, `kommun:0880`.
    A,
    /// Nybro, `kommun:0881`.
    B,
}

impl End {
    pub(crate) const BOTH: [Self; 2] = [Self::A, Self::B];

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// A whole run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Seeds identifiers, salts and jitter.
    pub(crate) seed: u64,
    /// How long the first agreement lasts.
    pub(crate) valid_days: i64,
    /// What happens, in order.
    pub(crate) ops: Vec<Op>,
}

/// One thing that happens. A `pick` chooses among what there is then, by its remainder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// A client asks for a referral.
    Request { at: End, want: Want, crash: Option<Crash> },
    /// A client asks again under the same key, because it lost the answer or to be sure.
    Repeat { at: End, pick: u32, crash: Option<Crash> },
    /// Somebody moves a referral on.
    Act { at: End, pick: u32, deed: Deed, expected: Expected, whose: Whose, crash: Option<Crash> },
    /// Somebody at a target tries everything that the guide does not permit there.
    Nonsense { at: End, pick: u32 },
    /// The clock lays what nobody took on before others, and ends what nobody answered.
    Tick { at: End, crash: Option<Crash> },
    /// Somebody writes to the other side of a referral.
    Note { at: End, pick: u32, crash: Option<Crash> },
    /// A person withdraws a consent.
    WithdrawConsent { at: End, pick: u32, crash: Option<Crash> },
    /// A person narrows a consent.
    NarrowConsent { at: End, pick: u32, how: Narrow },
    /// Somebody finds that a referral was made by mistake; the process may die before its content is erased.
    MarkInError { at: End, pick: u32, crash: Option<Crash> },
    /// The node erases what orders to stop want erased, and answers them; it may die in between.
    AnswerStops { at: End, crash: Option<Crash> },
    /// An agreement is ended after so many seconds.
    Terminate { at: End, pick: u32, in_seconds: i64 },
    /// A new version of the agreement is proposed, in force after so many seconds.
    Propose { at: End, version: u32, in_seconds: i64 },
    /// A version of the agreement is signed.
    Sign { at: End, version: u32 },
    /// Somebody puts a dead letter back in the queue.
    Revive { at: End, pick: u32 },
    /// A batch of due messages leaves.
    Send { from: End, limit: usize },
    /// The oldest batch under way reaches the other node, or does not.
    Arrive { from: End, fate: Fate },
    /// The oldest answer under way comes back, or does not.
    Answer { from: End, way: Way, crash: Option<Crash> },
    /// A message from long ago comes again.
    Replay { from: End, pick: u32 },
    /// A message comes with one bit flipped.
    Corrupt { from: End, pick: u32, bit: u32 },
    /// Another member meddles with what is not its own.
    Intrude { at: End, pick: u32, how: Intrusion },
    /// The process ends and starts again.
    Crash { at: End },
    /// Time passes.
    Advance { millis: i64 },
    /// A node's clock goes so much wrong, from now on.
    Skew { at: End, millis: i64 },
}

/// When the process dies in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    BeforeCommit,
    AfterCommit,
}

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// On OSL 26:9, without a consent.
    Care,
    /// On a consent for as long as the agreement allows.
    Consented,
    /// On a consent for six hours.
    ShortConsent,
    /// On a consent that an earlier request used, and that may be over.
    UsedConsent,
    /// Urgent, with an acute duty.
    Acute,
    /// On a consent that nobody recorded.
    NoConsent,
    ForbiddenService,
    NoGround,
    WrongGround,
    OutOfScope,
}

impl Want {
    pub(crate) const fn rests_on_consent(self) -> bool {
        matches!(self, Self::Consented | Self::ShortConsent | Self::UsedConsent | Self::NoConsent)
    }
}

/// What somebody does with a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    TakeOn,
    Accept,
    Decline,
    DeclineWithNothing,
    DeclineByPerson,
    Start,
    Complete,
    ConfirmCancellation,
    Withdraw,
    Expire,
    /// With the proposal to ask somebody else.
    DeclineElsewhere,
    Hold,
    Resume,
    Fail,
    Label,
    Review,
    Acknowledge,
    RequestReview,
    Escalate,
}

impl Deed {
    pub(crate) const ALL: &[Self] = &[
        Self::TakeOn,
        Self::Accept,
        Self::Decline,
        Self::DeclineWithNothing,
        Self::DeclineByPerson,
        Self::Start,
        Self::Complete,
        Self::ConfirmCancellation,
        Self::Withdraw,
        Self::Expire,
        Self::DeclineElsewhere,
        Self::Hold,
        Self::Resume,
        Self::Fail,
        Self::Label,
        Self::Review,
        Self::Acknowledge,
        Self::RequestReview,
        Self::Escalate,
    ];

    /// Whether the source's people do it.
    pub(crate) const fn is_of_source(self) -> bool {
        matches!(self, Self::Withdraw | Self::Acknowledge | Self::RequestReview)
    }

    /// Whether it is done when the work is over.
    pub(crate) const fn is_afterwards(self) -> bool {
        matches!(self, Self::Review | Self::Acknowledge | Self::RequestReview)
    }
}

/// How a consent is narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Narrow {
    /// To one function of the recipient.
    Recipient,
    /// To fewer kinds of data.
    Data,
    /// To less time.
    Time,
    /// Not at all.
    Nothing,
    /// To more kinds of data, which cannot be.
    More,
}

/// Which version somebody believes to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Any,
    Right,
    Stale,
}

/// Among which referrals somebody picks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// On the side that the deed belongs to: those that are open, or over where the deed comes after.
    Open,
    /// Any on that side.
    Any,
    /// Any on the wrong side.
    Wrong,
}

/// What becomes of a batch under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Lost,
    Whole,
    /// Every message comes twice.
    Twice,
    /// The receiver dies after so many.
    Interrupted {
        after: usize,
    },
    /// The last message comes first.
    Reversed,
    /// The messages come in another order.
    Shuffled {
        by: u32,
    },
}

/// What becomes of the answers to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Lost,
    Whole,
    /// Each message gets the answer to its neighbour.
    MixedUp,
}

/// How another member meddles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intrusion {
    /// Takes another's referral back.
    Withdraw,
    /// Reports an event of another's log.
    Progress,
    /// Ends an agreement that it is no party to.
    Terminate,
    /// Signs in another's name with its own key.
    Forge,
    /// Hands in another's message as if it were the sender.
    Present,
    /// Orders to stop another's referral.
    Stop,
    /// Answers another's order to stop.
    AnswerStop,
    /// Writes a note in another's referral.
    Note,
}
