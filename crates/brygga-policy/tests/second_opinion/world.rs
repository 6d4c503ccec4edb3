//! Random questions as plain numbers: organisations are indices, sets are masks, time is days from now.
//!
//! Most values are drawn so that a permit is within reach; the rest are drawn blindly, so that every
//! refusal occurs and edges (a day before, the very instant, a day after) are hit often.

use rand_chacha::ChaCha8Rng;
use rand_core::Rng;

/// Two municipalities, a contracted and an outside Stadsmission, a region, a landlord and a coordinator.
pub(crate) const ORGANISATIONS: usize = 7;
pub(crate) const SUBJECTS: u64 = 3;
pub(crate) const SERVICES: u64 = 7;
pub(crate) const GROUNDS: u64 = 6;
pub(crate) const BASES: u64 = 3;
pub(crate) const CATEGORIES: u32 = 3;
pub(crate) const RELATIONS: u32 = 4;
pub(crate) const CRITERIA: usize = 4;
pub(crate) const RULE_SERVICES: [&str; 6] =
    ["NIGHT_SHELTER", "EMERGENCY_ACCOMMODATION", "REGULATED_CARE", "SUPPORT", "HVB", "OTHER"];

/// 0 is no party, 1 a participant, 2 an observer, 3 a coordinator.
pub(crate) type Role = u8;

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// About publishing capacity, and nothing of a person.
    pub(crate) publishes: bool,
    /// About reading aggregates, and nothing but who and when; if neither, about sending a referral.
    pub(crate) reads: bool,
    pub(crate) prohibits: bool,
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) subjects: u8,
    pub(crate) services: Vec<&'static str>,
    pub(crate) grounds: u8,
    pub(crate) categories: u8,
    /// 1 adults, 2 children.
    pub(crate) populations: u8,
    /// Masks of functions, the first bit for unit 1.
    pub(crate) from_units: u8,
    pub(crate) to_units: u8,
    pub(crate) from_day: Option<i64>,
    pub(crate) until_day: Option<i64>,
    /// 0 plain, 1 dated, 2 justifiable, 3 both; in the order of the rule.
    pub(crate) criteria: Vec<usize>,
    pub(crate) quota: Option<Quota>,
}

/// A quota, and how much of it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quota {
    /// A number, or where `of_base` a tenth of the base for each.
    pub(crate) amount: u32,
    pub(crate) of_base: bool,
    pub(crate) per_sender: bool,
    pub(crate) used: QuotaUse,
}

/// What is used of the quota of a rule name, the same in all versions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuotaUse {
    pub(crate) by_sender: u32,
    pub(crate) by_others: u32,
    pub(crate) base: Option<u32>,
    /// Whether nobody has counted.
    pub(crate) is_unknown: bool,
}

/// What is known of the person's eligibility.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Eligibility {
    NotAsked,
    /// For each criterion: 0 nothing, 1 met, 2 met since a day, 3 justified.
    Affirmed([u8; CRITERIA]),
    /// The sender's word, with a mask of the criteria that have a day.
    Stated(Option<(bool, u8)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Agreement {
    pub(crate) id: u8,
    pub(crate) version: u32,
    /// About a single case.
    pub(crate) is_single: bool,
    pub(crate) roles: [Role; ORGANISATIONS],
    pub(crate) subjects: u8,
    pub(crate) rules: Vec<Rule>,
    pub(crate) unsigned_by: Option<usize>,
    pub(crate) from_day: i64,
    pub(crate) until_day: i64,
    pub(crate) ended_day: Option<i64>,
    /// A participant that has suspended it.
    pub(crate) suspended_by: Option<usize>,
    pub(crate) consent_max_days: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Citation {
    Version(u8, u32),
    Current(u8),
    Unnamed,
}

#[derive(Clone, Debug)]
pub(crate) enum Consent {
    None,
    Statement {
        until_day: i64,
    },
    /// Recipients as organisation and unit; unit 0 is none.
    Record {
        recipients: Vec<(usize, u8)>,
        categories: u8,
        from_day: i64,
        until_day: i64,
        withdrawn: bool,
        /// Relations of others whose data it covers.
        covered: u8,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) agreements: Vec<Agreement>,
    pub(crate) citation: Citation,
    pub(crate) sender: usize,
    pub(crate) recipient: usize,
    pub(crate) unit: u8,
    pub(crate) subject: u8,
    pub(crate) service: usize,
    pub(crate) categories: u8,
    pub(crate) ground: Option<usize>,
    pub(crate) basis: Option<usize>,
    pub(crate) child: bool,
    /// Relations of others whom the content tells of.
    pub(crate) third_persons: u8,
    pub(crate) consent: Consent,
    pub(crate) sender_unit: u8,
    pub(crate) eligibility: Eligibility,
    pub(crate) offer: Offer,
}

/// How a service is offered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// Places without a standing agreement; none where there is one.
    pub(crate) single: Option<u32>,
    /// The permit that it names, as number and persons.
    pub(crate) permit: Option<(u8, u32)>,
    /// What the registry attests: 0 for an HVB, 1 for protected housing; number and persons.
    pub(crate) attested: Option<(u8, u8, u32)>,
}

struct Dice<'a>(&'a mut ChaCha8Rng);

impl Dice<'_> {
    fn below(&mut self, sides: u64) -> u64 {
        self.0.next_u64() % sides
    }

    fn index(&mut self, sides: usize) -> usize {
        usize::try_from(self.below(sides as u64)).unwrap()
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// A mask of `bits` bits, empty in more than half of all cases.
    fn narrowing(&mut self, bits: u32) -> u8 {
        if self.percent(60) { 0 } else { self.mask(bits) }
    }

    fn mask(&mut self, bits: u32) -> u8 {
        u8::try_from(self.below(1 << bits)).unwrap()
    }
}

impl World {
    pub(crate) fn random(random: &mut ChaCha8Rng) -> Self {
        let mut dice = Dice(random);
        let (sender, recipient) = ends(&mut dice);
        let agreements = agreements(&mut dice, sender, recipient);
        let cited = dice.one_of(&[0, 0, 1]).min(agreements.len() - 1);
        let citation = match dice.below(10) {
            0..=5 => Citation::Version(agreements[cited].id, agreements[cited].version),
            6..=7 => Citation::Current(agreements[cited].id),
            8 => Citation::Unnamed,
            _ => Citation::Version(dice.one_of(&[1, 2, 9]), dice.one_of(&[1, 2, 3])),
        };
        let (categories, unit) = (dice.mask(CATEGORIES), dice.one_of(&[0, 0, 1, 2]));
        let third_persons = if dice.percent(80) { 0 } else { dice.mask(RELATIONS) };
        Self {
            agreements,
            citation,
            sender,
            recipient,
            unit,
            subject: if dice.percent(80) { 0 } else { u8::try_from(dice.below(SUBJECTS)).unwrap() },
            service: if dice.percent(60) { 0 } else { dice.index(SERVICES as usize) },
            categories,
            ground: ground(&mut dice, sender),
            basis: basis(&mut dice, sender),
            child: dice.percent(30),
            third_persons,
            consent: consent(&mut dice, recipient, unit, categories),
            sender_unit: dice.one_of(&[0, 0, 1, 2]),
            eligibility: eligibility(&mut dice),
            offer: offer(&mut dice),
        }
    }
}

fn offer(dice: &mut Dice<'_>) -> Offer {
    let permit = (dice.one_of(&[1, 1, 2]), dice.one_of(&[5, 5, 6]));
    let attested = (dice.one_of(&[0, 0, 1]), dice.one_of(&[1, 1, 2]), dice.one_of(&[5, 5, 6]));
    Offer {
        single: dice.percent(50).then_some(dice.one_of(&[1, 2, 5])),
        permit: dice.percent(70).then_some(permit),
        attested: dice.percent(70).then_some(attested),
    }
}

fn eligibility(dice: &mut Dice<'_>) -> Eligibility {
    match dice.below(10) {
        0 => Eligibility::NotAsked,
        1..=6 => {
            let mut affirmed = [0; CRITERIA];
            for (criterion, one) in affirmed.iter_mut().enumerate() {
                let best = if criterion % 2 == 1 { 2 } else { 1 };
                *one = if dice.percent(75) { best } else { dice.one_of(&[0, 1, 2, 3]) };
            }
            Eligibility::Affirmed(affirmed)
        }
        7 => Eligibility::Stated(None),
        _ => {
            let dates = if dice.percent(60) { 0b1111 } else { dice.mask(4) };
            Eligibility::Stated(Some((dice.percent(30), dates)))
        }
    }
}

fn ends(dice: &mut Dice<'_>) -> (usize, usize) {
    if dice.percent(60) {
        return dice.one_of(&[(0, 1), (0, 2), (2, 0), (3, 1), (0, 3), (0, 4), (4, 0)]);
    }
    (dice.index(ORGANISATIONS), dice.index(ORGANISATIONS))
}

fn ground(dice: &mut Dice<'_>, sender: usize) -> Option<usize> {
    match dice.below(10) {
        0..=6 => Some(if matches!(sender, 2 | 3) { 1 } else { 0 }),
        7..=8 => Some(dice.index(GROUNDS as usize)),
        _ => None,
    }
}

fn basis(dice: &mut Dice<'_>, sender: usize) -> Option<usize> {
    match dice.below(10) {
        0..=7 => Some(if sender == 3 { 2 } else { 0 }),
        8 => Some(dice.index(BASES as usize)),
        _ => None,
    }
}

fn consent(dice: &mut Dice<'_>, recipient: usize, unit: u8, categories: u8) -> Consent {
    match dice.below(10) {
        0 => Consent::None,
        1..=3 => Consent::Statement { until_day: dice.one_of(&[-1, 0, 1, 9, 10, 11, 60]) },
        _ => {
            let named =
                if dice.percent(85) { (recipient, dice.one_of(&[0, 0, unit])) } else { (1, 1) };
            let other = (dice.index(ORGANISATIONS), dice.one_of(&[0, 1, 2]));
            let from_day = dice.one_of(&[-12, -10, -9, -1, 0, 1]);
            Consent::Record {
                recipients: if dice.percent(50) { vec![named] } else { vec![other, named] },
                categories: 1 | if dice.percent(85) { categories } else { dice.mask(CATEGORIES) },
                from_day,
                until_day: if dice.percent(85) {
                    30
                } else {
                    from_day + dice.one_of(&[1, 9, 10, 11])
                },
                withdrawn: dice.percent(10),
                covered: dice.narrowing(RELATIONS),
            }
        }
    }
}

fn agreements(dice: &mut Dice<'_>, sender: usize, recipient: usize) -> Vec<Agreement> {
    let mut list = vec![agreement(dice, 1, 1, sender, recipient)];
    if dice.percent(25) {
        list.push(agreement(dice, 1, 2, sender, recipient));
    }
    if dice.percent(30) {
        list.push(agreement(dice, 2, 1, sender, recipient));
    }
    // Of one rule name there is one count.
    let first: Vec<_> = list[0].rules.iter().map(|rule| rule.quota).collect();
    for later in list.iter_mut().filter(|later| (later.id, later.version) == (1, 2)) {
        for (rule, first) in later.rules.iter_mut().zip(&first) {
            if let (Some(quota), Some(first)) = (&mut rule.quota, first) {
                quota.used = first.used;
            }
        }
    }
    list
}

fn agreement(
    dice: &mut Dice<'_>,
    id: u8,
    version: u32,
    sender: usize,
    recipient: usize,
) -> Agreement {
    let mut roles = [0; ORGANISATIONS];
    for role in &mut roles {
        *role = dice.one_of(&[0, 1, 1, 1, 2, 3]);
    }
    for end in [sender, recipient] {
        if dice.percent(93) {
            roles[end] = 1;
        }
    }
    // Terms with a permission need two participants.
    while roles.iter().filter(|role| **role == 1).count() < 2 {
        roles[dice.index(ORGANISATIONS)] = 1;
    }
    let subjects = if dice.percent(90) { 1 | dice.mask(3) } else { 2 | dice.mask(3) };
    let parties: Vec<usize> = (0..ORGANISATIONS).filter(|index| roles[*index] > 0).collect();
    let usual = dice.percent(85);
    Agreement {
        id,
        version,
        is_single: dice.percent(50),
        roles,
        subjects,
        rules: (0..=dice.below(3)).map(|_| rule(dice, &roles, subjects)).collect(),
        unsigned_by: if dice.percent(5) { Some(dice.one_of(&parties)) } else { None },
        from_day: if usual { -20 } else { dice.one_of(&[-20, -1, 0, 1]) },
        until_day: if usual { 300 } else { dice.one_of(&[2, 1, 0, -1]).max(-19) },
        ended_day: if dice.percent(90) {
            None
        } else {
            Some(dice.one_of(&[-25, -20, -2, -1, 0, 1]))
        },
        suspended_by: (0..ORGANISATIONS)
            .find(|index| roles[*index] == 1)
            .filter(|_| dice.percent(3)),
        consent_max_days: dice.one_of(&[10, 10, 90]),
    }
    .ordered()
}

impl Agreement {
    /// Terms and rules that end before they begin cannot exist, nor rules outside their terms.
    fn ordered(mut self) -> Self {
        self.until_day = self.until_day.max(self.from_day + 1);
        for rule in &mut self.rules {
            rule.from_day = rule.from_day.map(|day| day.clamp(self.from_day, self.until_day - 1));
            let first = rule.from_day.unwrap_or(self.from_day) + 1;
            rule.until_day = rule.until_day.map(|day| day.clamp(first, self.until_day));
        }
        self
    }
}

fn rule(dice: &mut Dice<'_>, roles: &[Role; ORGANISATIONS], subjects: u8) -> Rule {
    let mask_of = |wanted: &[Role]| {
        let parties = (0..ORGANISATIONS).filter(|index| wanted.contains(&roles[*index]));
        parties.fold(0, |mask, index| mask | 1 << index)
    };
    let services = if dice.percent(50) { 0 } else { 1 + dice.index(3) };
    let prohibits = dice.percent(20);
    let publishes = dice.percent(15);
    let reads = !publishes && dice.percent(15);
    let of_nobody = publishes || reads;
    let criteria = if prohibits || of_nobody || dice.percent(60) { 0 } else { 1 + dice.index(2) };
    let of_person = |mask: u8| if of_nobody { 0 } else { mask };
    let of_service = |mask: u8| if reads { 0 } else { mask };
    Rule {
        publishes,
        reads,
        prohibits,
        from: dice.narrowing(7) & mask_of(&[1]),
        to: dice.narrowing(7) & mask_of(if reads { &[1, 3] } else { &[1] }),
        subjects: of_service(dice.narrowing(3) & subjects),
        services: (0..if reads { 0 } else { services })
            .map(|_| dice.one_of(&RULE_SERVICES))
            .collect(),
        grounds: of_person(if dice.percent(80) { 0 } else { 1 | dice.mask(6) }),
        categories: of_person(if dice.percent(70) { 0 } else { dice.mask(CATEGORIES) }),
        populations: of_person(if dice.percent(80) { 0 } else { dice.mask(2) }),
        from_units: of_service(if dice.percent(80) { 0 } else { dice.mask(2) }),
        to_units: of_person(if dice.percent(80) { 0 } else { dice.mask(2) }),
        from_day: if dice.percent(85) { None } else { Some(dice.one_of(&[-1, 0, 1])) },
        until_day: if dice.percent(85) { None } else { Some(dice.one_of(&[-1, 0, 1])) },
        criteria: (0..criteria).map(|_| dice.index(CRITERIA)).collect(),
        quota: if prohibits || reads || dice.percent(75) { None } else { Some(quota(dice)) },
    }
}

fn quota(dice: &mut Dice<'_>) -> Quota {
    let number = |dice: &mut Dice<'_>| dice.one_of(&[0, 1, 2, 5]);
    Quota {
        amount: dice.one_of(&[0, 1, 2, 3, 5, 6]),
        of_base: dice.percent(30),
        per_sender: dice.percent(40),
        used: QuotaUse {
            by_sender: number(dice),
            by_others: number(dice),
            base: dice.one_of(&[None, Some(0), Some(9), Some(19), Some(20), Some(60)]),
            is_unknown: dice.percent(5),
        },
    }
}
