//! Draws a plan from a seed. Weights are chosen so that each path is taken in some of the seeds.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::plan::{
    Crash, Deed, End, Expected, Fate, Intrusion, Narrow, Op, Plan, Want, Way, Whose,
};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The plan of a seed, always the same.
pub(crate) fn plan(seed: u64) -> Plan {
    let mut draw = Draw { rng: ChaCha8Rng::seed_from_u64(seed), is_outage: false };
    draw.is_outage = draw.one_in(8);
    let count = 200 + draw.below(200);
    let mut ops = Vec::new();
    if draw.one_in(2) {
        draw.alone(&mut ops);
    }
    while (ops.len() as u64) < count {
        draw.push(&mut ops);
    }
    if draw.one_in(4) {
        draw.amendment(&mut ops);
    }
    if draw.one_in(5) {
        let at = ops.len() / 2 + draw.index(ops.len() / 2);
        let op =
            Op::Terminate { at: draw.end(), pick: draw.pick(), in_seconds: draw.seconds(7_200) };
        ops.insert(at, op);
    }
    let valid_days = if draw.one_in(8) { 4 } else { 365 };
    Plan { seed, valid_days, ops }
}

/// The dice.
struct Draw {
    rng: ChaCha8Rng,
    /// Whether most deliveries fail and time passes in days, so that messages die of old age.
    is_outage: bool,
}

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound
    }

    fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).expect("below a usize")
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn pick(&mut self) -> u32 {
        self.rng.next_u32()
    }

    fn seconds(&mut self, most: u64) -> i64 {
        self.below(most).cast_signed()
    }

    fn end(&mut self) -> End {
        End::BOTH[self.index(2)]
    }

    /// One of a list in which what is likelier stands more often.
    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.index(list.len())]
    }

    fn crash(&mut self) -> Option<Crash> {
        if !self.one_in(14) {
            return None;
        }
        Some(self.of(&[Crash::BeforeCommit, Crash::AfterCommit]))
    }

    fn push(&mut self, ops: &mut Vec<Op>) {
        match self.below(100) {
            0..36 => self.delivery(ops),
            die => ops.push(self.single(die)),
        }
    }

    /// A batch on its way there and back, with other things in between.
    fn delivery(&mut self, ops: &mut Vec<Op>) {
        let from = self.end();
        let limit = 1 + self.index(12);
        ops.push(Op::Send { from, limit });
        self.meanwhile(ops);
        ops.push(Op::Arrive { from, fate: self.fate() });
        self.meanwhile(ops);
        ops.push(Op::Answer { from, way: self.way(), crash: self.crash() });
    }

    /// A single referral, of which everybody tries everything, so that no status is rare.
    fn alone(&mut self, ops: &mut Vec<Op>) {
        let want = self.of(&[Want::Care, Want::Consented]);
        ops.push(Op::Request { at: End::A, want, crash: None });
        Self::exchange(ops, End::A, Fate::Whole);
        for _ in 0..24 {
            let from = self.end();
            match self.below(12) {
                0 if self.one_in(2) => self.overtaken(ops),
                0 => ops.push(self.taking_back()),
                1..6 => Self::exchange(ops, from, Fate::Whole),
                6 => Self::exchange(ops, from, Fate::Reversed),
                7 => ops.push(Op::Nonsense { at: End::B, pick: 0 }),
                _ => ops.push(self.act()),
            }
        }
    }

    /// What the source proposed is overtaken by an order to stop, and comes after it all the same.
    fn overtaken(&mut self, ops: &mut Vec<Op>) {
        let deed = self.of(&[Deed::Withdraw, Deed::Acknowledge, Deed::RequestReview]);
        let (at, pick, crash) = (End::A, self.pick(), None);
        let (expected, whose) = (Expected::Any, Whose::Any);
        ops.push(Op::Act { at, pick, deed, expected, whose, crash });
        Self::exchange(ops, at, Fate::Lost);
        ops.push(match self.below(3) {
            0 => Op::WithdrawConsent { at, pick, crash },
            _ => Op::MarkInError { at, pick, crash },
        });
        Self::exchange(ops, at, Fate::Whole);
        for _ in 0..4 {
            ops.push(Op::Replay { from: at, pick: self.pick() });
        }
    }

    fn exchange(ops: &mut Vec<Op>, from: End, fate: Fate) {
        ops.push(Op::Send { from, limit: 12 });
        ops.push(Op::Arrive { from, fate });
        ops.push(Op::Answer { from, way: Way::Whole, crash: None });
    }

    fn meanwhile(&mut self, ops: &mut Vec<Op>) {
        if self.one_in(4) {
            let die = 36 + self.below(64);
            ops.push(self.single(die));
        }
    }

    fn fate(&mut self) -> Fate {
        if self.is_outage && !self.one_in(5) {
            return Fate::Lost;
        }
        match self.below(10) {
            0 => Fate::Lost,
            1 => Fate::Twice,
            2 => Fate::Interrupted { after: self.index(6) },
            3 if self.one_in(3) => Fate::Reversed,
            3 => Fate::Shuffled { by: self.pick() },
            _ => Fate::Whole,
        }
    }

    fn way(&mut self) -> Way {
        match self.below(18) {
            0..3 => Way::Lost,
            3 => Way::MixedUp,
            _ => Way::Whole,
        }
    }

    fn single(&mut self, die: u64) -> Op {
        match die {
            36..38 => Op::AnswerStops { at: self.end(), crash: self.crash() },
            38..50 => Op::Request { at: self.end(), want: self.want(), crash: self.crash() },
            50..52 => Op::Repeat { at: self.end(), pick: self.pick(), crash: self.crash() },
            52..54 => Op::Note { at: self.end(), pick: self.pick(), crash: self.crash() },
            54..77 => self.act(),
            77..79 => Op::Tick { at: self.end(), crash: self.crash() },
            79 => Op::Nonsense { at: self.end(), pick: self.pick() },
            80..82 => self.taking_back(),
            82..85 => Op::Replay { from: self.end(), pick: self.pick() },
            85..87 => Op::Corrupt { from: self.end(), pick: self.pick(), bit: self.pick() },
            87..89 => Op::Intrude { at: self.end(), pick: self.pick(), how: self.intrusion() },
            89 => match self.below(3) {
                0 => Op::Crash { at: self.end() },
                1 => Op::AnswerStops { at: self.end(), crash: self.crash() },
                _ => Op::Revive { at: self.end(), pick: self.pick() },
            },
            90..92 => Op::Skew { at: self.end(), millis: self.skew() },
            _ => Op::Advance { millis: self.time() },
        }
    }

    fn taking_back(&mut self) -> Op {
        let (at, pick, crash) = (self.end(), self.pick(), self.crash());
        match self.below(5) {
            0 | 1 => Op::WithdrawConsent { at, pick, crash },
            2 => Op::NarrowConsent { at, pick, how: self.narrow() },
            _ => Op::MarkInError { at, pick, crash },
        }
    }

    fn narrow(&mut self) -> Narrow {
        use Narrow::*;
        self.of(&[Recipient, Data, Time, Nothing, More])
    }

    fn want(&mut self) -> Want {
        use Want::*;
        self.of(&[
            Care,
            Care,
            Care,
            Consented,
            Consented,
            Consented,
            ShortConsent,
            UsedConsent,
            UsedConsent,
            Acute,
            Acute,
            NoConsent,
            ForbiddenService,
            NoGround,
            WrongGround,
            OutOfScope,
        ])
    }

    fn act(&mut self) -> Op {
        use Deed::*;
        // Whatever it is, it is tried now and then; what leads far is tried more often.
        let often = [
            TakeOn,
            Accept,
            Accept,
            Accept,
            Accept,
            Start,
            Start,
            Complete,
            ConfirmCancellation,
            Withdraw,
            Withdraw,
            Decline,
            Hold,
            Resume,
            Acknowledge,
            RequestReview,
            Fail,
            Fail,
            Review,
        ];
        let is_whatever = self.one_in(3);
        let deed = if is_whatever { self.of(Deed::ALL) } else { self.of(&often) };
        let expected = self.of(&[
            Expected::Any,
            Expected::Any,
            Expected::Any,
            Expected::Right,
            Expected::Right,
            Expected::Stale,
        ]);
        let whose = match self.below(12) {
            0 => Whose::Wrong,
            1 => Whose::Any,
            _ if is_whatever => Whose::Any,
            _ => Whose::Open,
        };
        Op::Act { at: self.end(), pick: self.pick(), deed, expected, whose, crash: self.crash() }
    }

    fn intrusion(&mut self) -> Intrusion {
        use Intrusion::*;
        self.of(&[Withdraw, Progress, Terminate, Forge, Present, Stop, AnswerStop, Note])
    }

    /// Mostly within the tolerance; sometimes hours.
    fn skew(&mut self) -> i64 {
        let most = if self.one_in(5) { 2 * HOUR } else { 4 * MINUTE };
        self.below(2 * most + 1).cast_signed() - most.cast_signed()
    }

    fn time(&mut self) -> i64 {
        let (least, most) = match self.below(10) {
            _ if self.is_outage && self.one_in(2) => (DAY, 3 * DAY),
            0 if self.is_outage && self.one_in(4) => (13 * DAY, 16 * DAY),
            0 => (DAY, 3 * DAY),
            1 | 2 => (HOUR, 12 * HOUR),
            3 | 4 => (MINUTE, 10 * MINUTE),
            _ => (SECOND, MINUTE),
        };
        (least + self.below(most - least)).cast_signed()
    }

    /// A new version, proposed by one and signed by the other somewhat later.
    fn amendment(&mut self, ops: &mut Vec<Op>) {
        let at = self.end();
        let first = self.index(ops.len() / 2);
        let in_seconds = self.seconds(86_400);
        ops.insert(first, Op::Propose { at, version: 2, in_seconds });
        if self.one_in(2) {
            let then = first + 1 + self.index(ops.len() - first);
            let op = Op::Propose { at: self.end(), version: 2, in_seconds: self.seconds(86_400) };
            ops.insert(then, op);
        }
        for _ in 0..3 {
            let then = first + 1 + self.index(ops.len() - first);
            ops.insert(then, Op::Sign { at: at.other(), version: 2 });
        }
    }
}
