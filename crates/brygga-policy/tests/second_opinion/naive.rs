//! The second evaluator. It knows nothing of the domain's types: it raises every objection that it can find and
//! lets the gravest in the order of exchange guide 3.3 win, where the gate stops at the first.

use brygga_domain::Reason;

use crate::Verdict;
use crate::world::{Agreement, Citation, Consent, Eligibility, Rule, World};

/// The gate's order: an objection further up hides those below.
const ORDER: [Reason; 17] = [
    Reason::NotFound,
    Reason::AgreementTerminated,
    Reason::AgreementExpired,
    Reason::AgreementNotInForce,
    Reason::AgreementSuspended,
    Reason::AgreementScope,
    Reason::PolicyDenied,
    Reason::EligibilityMissing,
    Reason::TargetGroupMismatch,
    Reason::GroundMissing,
    Reason::GroundNotAllowed,
    Reason::GdprBasisNotAllowed,
    Reason::ConsentMissing,
    Reason::ConsentWithdrawn,
    Reason::ConsentExpired,
    Reason::ConsentScope,
    Reason::AgreementQuota,
];

pub(crate) fn decide(world: &World) -> Verdict {
    let invalid = refused(Reason::InvalidField);
    if world.sender == world.recipient || world.service == 6 {
        return invalid;
    }
    let held = |id: u8| world.agreements.iter().filter(move |agreement| agreement.id == id);
    match world.citation {
        Citation::Version(id, version) => {
            match held(id).find(|agreement| agreement.version == version) {
                Some(agreement) => under(world, agreement),
                None => refused(Reason::NotFound),
            }
        }
        Citation::Current(id) => {
            let begun =
                held(id).filter(|agreement| was_ever_in_force(agreement)).max_by_key(|a| a.version);
            match begun.or(held(id).max_by_key(|agreement| agreement.version)) {
                Some(agreement) => under(world, agreement),
                None => refused(Reason::NotFound),
            }
        }
        Citation::Unnamed => {
            let usable = |agreement: &&Agreement| {
                agreement.rules.iter().any(|rule| !rule.publishes && !rule.reads)
                    && objections_to_agreement(world, agreement)
                        .iter()
                        .all(|reason| *reason == Reason::AgreementScope)
            };
            let mut verdicts: Vec<Verdict> = world
                .agreements
                .iter()
                .filter(usable)
                .map(|agreement| under(world, agreement))
                .collect();
            let permits = verdicts.iter().filter(|verdict| depth(verdict) == ORDER.len()).count();
            if permits > 1 {
                return invalid;
            }
            // The one that came furthest; of several the first, hence a stable sort.
            verdicts.sort_by_key(|verdict| std::cmp::Reverse(stage(verdict)));
            verdicts.into_iter().next().unwrap_or(refused(Reason::NotFound))
        }
    }
}

/// A rule that permits and a mask of those who would see it, or the reason and the rule that refuses.
type Published = Result<(usize, u8), (Reason, Option<usize>)>;

/// What the version that counts of each agreement says of the sender's publication of the service.
pub(crate) fn publish(world: &World) -> Vec<(u8, u32, Published)> {
    let mut ids: Vec<u8> = world.agreements.iter().map(|agreement| agreement.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let counting = ids.into_iter().filter_map(|id| {
        let held = || world.agreements.iter().filter(move |agreement| agreement.id == id);
        let begun = held().filter(|agreement| was_ever_in_force(agreement));
        begun.max_by_key(|a| a.version).or(held().max_by_key(|a| a.version))
    });
    let of_sender = counting.filter(|agreement| agreement.roles[world.sender] == 1);
    of_sender.map(|one| (one.id, one.version, publish_under(world, one))).collect()
}

fn publish_under(world: &World, agreement: &Agreement) -> Published {
    // Who would receive a referral is no matter here.
    let alone = World { recipient: world.sender, ..world.clone() };
    let objections = objections_to_agreement(&alone, agreement);
    if let Some(reason) = ORDER.iter().find(|reason| objections.contains(reason)) {
        return Err((*reason, None));
    }
    let speaks = |rule: &Rule| {
        let unit = rule.from_units == 0
            || (world.sender_unit > 0 && rule.from_units & (1 << (world.sender_unit - 1)) != 0);
        rule.publishes
            && unit
            && (rule.from == 0 || rule.from & (1 << world.sender) != 0)
            && (rule.subjects == 0 || rule.subjects & (1 << world.subject) != 0)
            && names_service(world, rule)
            && rule.from_day.is_none_or(|day| day <= 0)
            && rule.until_day.is_none_or(|day| day > 0)
    };
    let of = |prohibits| {
        agreement.rules.iter().position(|one| one.prohibits == prohibits && speaks(one))
    };
    match (of(true), of(false)) {
        (Some(rule), _) => Err((Reason::PolicyDenied, Some(rule))),
        (None, _) if agreement.is_single != world.offer.single.is_some() => {
            Err((Reason::PolicyDenied, None))
        }
        (None, None) => Err((Reason::PolicyDenied, None)),
        (None, Some(rule)) => {
            let named = agreement.rules[rule].to;
            let others = (0..agreement.roles.len()).filter(|index| {
                *index != world.sender
                    && agreement.roles[*index] == 1
                    && (named == 0 || named & (1 << index) != 0)
            });
            Ok((rule, others.fold(0, |mask, index| mask | 1 << index)))
        }
    }
}

/// What each agreement lets others see of the service that the sender offers: agreement, version, rule and a mask of
/// those who see it; or the reason.
pub(crate) fn publish_service(world: &World) -> Result<Vec<(u8, u32, usize, u8)>, Reason> {
    let mut granted = Vec::new();
    let mut objections = Vec::new();
    for (id, version, said) in publish(world) {
        let held = |one: &&Agreement| (one.id, one.version) == (id, version);
        let agreement = world.agreements.iter().find(held);
        match said {
            Ok((rule, seen_by)) => {
                let quota = agreement.and_then(|agreement| agreement.rules[rule].quota);
                // Of a share nobody has declared the whole.
                let room = quota.map(|quota| match quota.of_base && quota.amount > 0 {
                    true => 0,
                    false => quota.amount,
                });
                match (world.offer.single, room) {
                    (Some(places), Some(room)) if places > room => {
                        objections.push(Reason::AgreementQuota);
                    }
                    _ => granted.push((id, version, rule, seen_by)),
                }
            }
            Err((reason, _)) => objections.push(reason),
        }
    }
    if granted.is_empty() {
        // The one furthest on; all that is about an agreement's state stands between the rules and the quota.
        let distance = |reason: &Reason| match reason {
            Reason::AgreementScope => 1,
            Reason::PolicyDenied => 2,
            Reason::AgreementQuota => 9,
            _ => 5,
        };
        objections.reverse();
        return Err(objections.into_iter().max_by_key(distance).unwrap_or(Reason::NotFound));
    }
    let is_hvb = matches!(world.service, 1 | 5);
    let is_met = match world.sender {
        0 | 1 | 4 => world.offer.permit.is_some(),
        _ => match (world.offer.permit, world.offer.attested) {
            (Some((named, persons)), Some((0, number, most))) => named == number && persons <= most,
            _ => false,
        },
    };
    if is_hvb && !is_met { Err(Reason::LicenceRequired) } else { Ok(granted) }
}

/// The version and the rule that let the recipient read the sender's numbers of the quarter that ended fourteen days
/// ago, under an agreement; or the reason and the rule that refuses.
pub(crate) fn read(world: &World, id: u8) -> Result<(u32, usize), (Reason, Option<usize>)> {
    let held = || world.agreements.iter().filter(move |agreement| agreement.id == id);
    let begun = held().filter(|agreement| was_ever_in_force(agreement)).max_by_key(|a| a.version);
    let absent = Err((Reason::NotFound, None));
    let Some(agreement) = begun.or(held().max_by_key(|a| a.version)) else { return absent };
    let (teller, reader) = (agreement.roles[world.sender], agreement.roles[world.recipient]);
    if teller != 1 || reader == 0 || world.sender == world.recipient {
        return absent;
    }
    let mut objections = objections_to_agreement(world, agreement);
    objections.retain(|one| !matches!(one, Reason::AgreementScope | Reason::NotFound));
    let ends = [Reason::AgreementTerminated, Reason::AgreementExpired];
    let has_ended = ends.iter().any(|end| objections.contains(end));
    if !(has_ended && was_ever_in_force(agreement))
        && let Some(reason) = ORDER.iter().find(|reason| objections.contains(reason))
    {
        return Err((*reason, None));
    }
    if !held().any(|agreement| was_ever_in_force(agreement) && agreement.from_day < -14) {
        return Err((Reason::InvalidField, None));
    }
    let names = |mask: u8, one: usize| mask == 0 || mask & (1 << one) != 0;
    let speaks = |rule: &Rule| {
        rule.reads
            && names(rule.from, world.sender)
            && names(rule.to, world.recipient)
            && rule.from_day.is_none_or(|day| day <= 0)
            && rule.until_day.is_none_or(|day| day > 0)
    };
    let of = |prohibits| {
        agreement.rules.iter().position(|one| one.prohibits == prohibits && speaks(one))
    };
    match (of(true), of(false)) {
        (Some(rule), _) => Err((Reason::PolicyDenied, Some(rule))),
        (None, Some(rule)) if reader != 2 => Ok((agreement.version, rule)),
        (None, _) => Err((Reason::PolicyDenied, None)),
    }
}

/// A note under the rule that granted its referral: of that rule only the kinds of data are asked for anew
/// and the subject not at all, but agreement, prohibitions, law and consent are.
pub(crate) fn note(world: &World, rule: usize) -> Verdict {
    let Citation::Version(id, version) = world.citation else { return refused(Reason::NotFound) };
    let cited = |agreement: &&Agreement| (agreement.id, agreement.version) == (id, version);
    let Some(agreement) = world.agreements.iter().find(cited) else {
        return refused(Reason::NotFound);
    };
    let mut objections = objections_to_agreement(world, agreement);
    objections.retain(|reason| *reason != Reason::AgreementScope);
    if let Some(newer) = taken_over_by(world, agreement)
        && !objections.contains(&Reason::NotFound)
    {
        match objection_of_newer(world, newer) {
            Some(verdict) => return verdict,
            None => objections.clear(),
        }
    }
    let is_free = |named: &Rule| named.categories == 0 || world.categories & !named.categories == 0;
    if !agreement.rules.get(rule).is_some_and(|named| !named.prohibits && is_free(named)) {
        objections.push(Reason::PolicyDenied);
    }
    let mut rules = agreement.rules.iter().enumerate();
    let prohibition = rules.find(|(_, rule)| rule.prohibits && matches(world, rule));
    if prohibition.is_some() {
        objections.push(Reason::PolicyDenied);
    }
    objections.extend(objections_to_law(world));
    objections.extend(objections_to_consent(world, agreement.consent_max_days));
    match ORDER.iter().find(|reason| objections.contains(reason)) {
        None => Verdict::Permitted { agreement: id, version, rule_id: format!("rule-{rule}") },
        Some(Reason::PolicyDenied) => {
            let rule_id = prohibition.map_or(String::new(), |(number, _)| format!("rule-{number}"));
            Verdict::Refused { reason: Reason::PolicyDenied, rule_id }
        }
        Some(reason) => refused(*reason),
    }
}

/// The version that has taken over from one that was in force and has not ended.
fn taken_over_by<'a>(world: &'a World, agreement: &Agreement) -> Option<&'a Agreement> {
    let has_ended = agreement.until_day <= 0 || agreement.ended_day.is_some_and(|ended| ended <= 0);
    if has_ended || !was_ever_in_force(agreement) {
        return None;
    }
    let later = world.agreements.iter().filter(|other| {
        other.id == agreement.id && other.version > agreement.version && was_ever_in_force(other)
    });
    later.max_by_key(|other| other.version)
}

/// What the newer version has against it; the law and the consent are asked afterwards.
fn objection_of_newer(world: &World, newer: &Agreement) -> Option<Verdict> {
    if newer.roles[world.sender] != 1 || newer.roles[world.recipient] != 1 {
        return Some(refused(Reason::AgreementNotInForce));
    }
    let objections = objections_to_agreement(world, newer);
    if let Some(reason) = ORDER.iter().find(|reason| objections.contains(reason)) {
        return Some(refused(*reason));
    }
    let rules = || newer.rules.iter().enumerate().filter(|(_, rule)| matches(world, rule));
    if let Some((number, _)) = rules().find(|(_, rule)| rule.prohibits) {
        let rule_id = format!("rule-{number}");
        return Some(Verdict::Refused { reason: Reason::PolicyDenied, rule_id });
    }
    // Whatever narrowed the referral by itself is not asked of a note about it.
    let back = World { sender: world.recipient, recipient: world.sender, ..world.clone() };
    let is_still_permitted = newer.rules.iter().any(|rule| {
        let bare = Rule {
            grounds: 0,
            populations: 0,
            from_units: 0,
            to_units: 0,
            from_day: None,
            until_day: None,
            ..rule.clone()
        };
        !rule.prohibits && (matches(world, &bare) || matches(&back, &bare))
    });
    (!is_still_permitted).then(|| refused(Reason::PolicyDenied))
}

fn refused(reason: Reason) -> Verdict {
    Verdict::Refused { reason, rule_id: String::new() }
}

/// How far a question came: the place of its refusal in the order.
fn depth(verdict: &Verdict) -> usize {
    match verdict {
        Verdict::Permitted { .. } => ORDER.len(),
        Verdict::Refused { reason, .. } => ORDER.iter().position(|known| known == reason).unwrap(),
    }
}

/// The step of the gate; the objections of one step are equals.
fn stage(verdict: &Verdict) -> usize {
    match depth(verdict) {
        0..=5 => 0,
        6 => 1,
        7 | 8 => 2,
        9 | 10 => 3,
        11 => 4,
        12..=15 => 5,
        16 => 6,
        _ => 7,
    }
}

fn under(world: &World, agreement: &Agreement) -> Verdict {
    let mut objections = objections_to_agreement(world, agreement);
    let rules = || agreement.rules.iter().enumerate().filter(|(_, rule)| matches(world, rule));
    let prohibition = rules().find(|(_, rule)| rule.prohibits);
    let permissions = rules().filter(|(_, rule)| !rule.prohibits);
    let first = permissions.clone().next();
    let mut satisfied = permissions.filter(|(_, rule)| missed(world, rule).is_none());
    let used_up = satisfied.clone().next();
    let with_room = satisfied.find(|(_, rule)| has_room(rule));
    let permission = with_room.or(used_up);
    if prohibition.is_some() || first.is_none() {
        objections.push(Reason::PolicyDenied);
    }
    let unmet = first.filter(|_| permission.is_none()).and_then(|(_, rule)| missed(world, rule));
    objections.extend(unmet.map(reason_of));
    objections.extend(objections_to_law(world));
    objections.extend(objections_to_consent(world, agreement.consent_max_days));
    if used_up.is_some() && with_room.is_none() {
        objections.push(Reason::AgreementQuota);
    }
    let name = |rule: Option<(usize, &Rule)>| {
        rule.map_or(String::new(), |(number, _)| format!("rule-{number}"))
    };
    match ORDER.iter().find(|reason| objections.contains(reason)) {
        None => Verdict::Permitted {
            agreement: agreement.id,
            version: agreement.version,
            rule_id: name(permission),
        },
        Some(Reason::PolicyDenied) => {
            Verdict::Refused { reason: Reason::PolicyDenied, rule_id: name(prohibition) }
        }
        Some(reason @ Reason::AgreementQuota) => {
            Verdict::Refused { reason: *reason, rule_id: name(used_up) }
        }
        Some(reason @ (Reason::EligibilityMissing | Reason::TargetGroupMismatch)) => {
            let rule_id = unmet.map_or(String::new(), |criterion| format!("criterion-{criterion}"));
            Verdict::Refused { reason: *reason, rule_id }
        }
        Some(reason) => refused(*reason),
    }
}

/// Whether one more fits: below a number, or below that many tenths of what was declared.
fn has_room(rule: &Rule) -> bool {
    let Some(quota) = rule.quota else { return true };
    let used = quota.used;
    if used.is_unknown {
        return false;
    }
    let taken = if quota.per_sender { used.by_sender } else { used.by_sender + used.by_others };
    match quota.of_base {
        false => taken < quota.amount,
        true => (taken + 1) * 10 <= quota.amount * used.base.unwrap_or(0),
    }
}

/// Criteria 2 and 3 may be justified.
const fn reason_of(criterion: usize) -> Reason {
    if criterion >= 2 { Reason::TargetGroupMismatch } else { Reason::EligibilityMissing }
}

/// The criterion for which a permission fails.
fn missed(world: &World, rule: &Rule) -> Option<usize> {
    let mut criteria = rule.criteria.iter().copied();
    match world.eligibility {
        Eligibility::NotAsked => None,
        Eligibility::Affirmed(affirmed) => criteria.find(|criterion| {
            // What satisfies each: met, with a day for 1 and 3, justified for 2 and 3.
            let enough: &[u8] = [&[1, 2][..], &[2], &[1, 2, 3], &[2, 3]][*criterion];
            !enough.contains(&affirmed[*criterion])
        }),
        Eligibility::Stated(None) => criteria.next(),
        Eligibility::Stated(Some((justified, dates))) => {
            let has_day = |criterion: usize| dates & (1 << criterion) != 0;
            let without_day = criteria.clone().find(|criterion| match criterion {
                1 => !has_day(1),
                3 => !has_day(3) && !justified,
                _ => false,
            });
            let excess = || {
                let none_justifiable = rule.criteria.iter().all(|criterion| *criterion < 2);
                rule.criteria.last().copied().filter(|_| justified && none_justifiable)
            };
            without_day.or_else(excess)
        }
    }
}

fn objections_to_agreement(world: &World, agreement: &Agreement) -> Vec<Reason> {
    let mut objections = vec![];
    if agreement.roles[world.sender] != 1 || agreement.roles[world.recipient] != 1 {
        objections.push(Reason::NotFound);
    }
    let ended = agreement.ended_day.unwrap_or(i64::MAX);
    if ended <= 0 && ended < agreement.until_day {
        objections.push(Reason::AgreementTerminated);
    }
    if agreement.until_day <= 0 {
        objections.push(Reason::AgreementExpired);
    }
    let replaced = world.agreements.iter().any(|other| {
        other.id == agreement.id && other.version > agreement.version && was_ever_in_force(other)
    });
    if agreement.unsigned_by.is_some() || agreement.from_day > 0 || replaced {
        objections.push(Reason::AgreementNotInForce);
    }
    // A suspension lasts through later versions, as long as its party takes part.
    let rests = world.agreements.iter().any(|other| {
        other.id == agreement.id
            && other.version <= agreement.version
            && other.suspended_by.is_some_and(|party| agreement.roles[party] == 1)
    });
    if rests {
        objections.push(Reason::AgreementSuspended);
    }
    if agreement.subjects & (1 << world.subject) == 0 {
        objections.push(Reason::AgreementScope);
    }
    objections
}

fn was_ever_in_force(agreement: &Agreement) -> bool {
    let ended = agreement.ended_day.unwrap_or(i64::MAX);
    agreement.unsigned_by.is_none() && agreement.from_day <= 0 && ended > agreement.from_day
}

fn names_service(world: &World, rule: &Rule) -> bool {
    // Terms that a permission may name to cover the service, then those that only a prohibition may.
    let (understood, declared): (&[&str], &[&str]) = match world.service {
        0 | 3 => (&["NIGHT_SHELTER", "EMERGENCY_ACCOMMODATION"], &[]),
        1 => (&["HVB", "REGULATED_CARE"], &[]),
        2 => (&["SUPPORT"], &[]),
        4 => (&["OTHER"], &[]),
        _ => (&["HVB", "REGULATED_CARE"], &["NIGHT_SHELTER"]),
    };
    let named = |codes: &[&str]| rule.services.iter().any(|service| codes.contains(service));
    rule.services.is_empty() || named(understood) || (rule.prohibits && named(declared))
}

fn matches(world: &World, rule: &Rule) -> bool {
    let free_or = |mask: u8, bit: usize| mask == 0 || mask & (1 << bit) != 0;
    let ground = match world.ground {
        Some(ground) => free_or(rule.grounds, ground),
        None => !rule.prohibits || rule.grounds == 0,
    };
    let common = rule.categories & world.categories;
    let data = rule.categories == 0
        || if rule.prohibits { common != 0 } else { common == world.categories };
    let about = |mask: u8, unit: u8| mask == 0 || (unit > 0 && mask & (1 << (unit - 1)) != 0);
    let counts =
        rule.from_day.is_none_or(|day| day <= 0) && rule.until_day.is_none_or(|day| day > 0);
    !rule.publishes
        && !rule.reads
        && free_or(rule.populations, usize::from(world.child))
        && about(rule.from_units, world.sender_unit)
        && about(rule.to_units, world.unit)
        && counts
        && free_or(rule.from, world.sender)
        && free_or(rule.to, world.recipient)
        && free_or(rule.subjects, usize::from(world.subject))
        && names_service(world, rule)
        && ground
        && data
}

/// Grounds: 0 consent, 1 private consent, 2 care, 3 own task, 4 no harm (never without assessment), 5 child report.
/// Organisations: 0 and 1 municipalities, 2 contracted, 3 outside, 4 region, 5 landlord, 6 coordinator.
fn objections_to_law(world: &World) -> Vec<Reason> {
    let carried: &[usize] = match (world.sender, world.recipient, world.child) {
        (0 | 1, 0 | 1 | 4, _) => &[0, 2],
        (0 | 1, 2, false) => &[0, 3],
        (0 | 1, 2, true) | (0 | 1, 3, _) | (4, 0 | 1, _) => &[0],
        (2, 0 | 1, true) => &[1, 5],
        (2, 0 | 1, false) | (3, 0 | 1, _) => &[1],
        _ => &[],
    };
    let bases: &[usize] = match world.sender {
        0 | 1 | 2 | 4 => &[0, 1],
        3 => &[2],
        5 => &[1],
        _ => &[],
    };
    let mut objections = vec![];
    match world.ground {
        None => objections.push(Reason::GroundMissing),
        Some(ground) if !carried.contains(&ground) => objections.push(Reason::GroundNotAllowed),
        Some(_) => {}
    }
    if world.basis.is_none_or(|basis| !bases.contains(&basis)) {
        objections.push(Reason::GdprBasisNotAllowed);
    }
    objections
}

fn objections_to_consent(world: &World, max_days: u32) -> Vec<Reason> {
    let needed = matches!(world.ground, Some(0 | 1)) || world.basis == Some(2);
    let mut objections = vec![];
    match &world.consent {
        _ if !needed => {}
        Consent::None => objections.push(Reason::ConsentMissing),
        Consent::Statement { until_day } if *until_day <= 0 => {
            objections.push(Reason::ConsentExpired)
        }
        Consent::Statement { until_day } if *until_day > i64::from(max_days) => {
            objections.push(Reason::ConsentScope);
        }
        Consent::Statement { .. } => {}
        Consent::Record { recipients, categories, from_day, until_day, withdrawn, covered } => {
            if *withdrawn {
                objections.push(Reason::ConsentWithdrawn);
            }
            let begun_and_standing =
                *from_day <= 0 && 0 < *until_day && 0 < *from_day + i64::from(max_days);
            if !begun_and_standing {
                objections.push(Reason::ConsentExpired);
            }
            let wanted = [(world.recipient, 0), (world.recipient, world.unit)];
            let named = wanted.iter().any(|end| recipients.contains(end));
            let strangers = world.third_persons & !covered;
            if !named || world.categories & !categories != 0 || strangers != 0 {
                objections.push(Reason::ConsentScope);
            }
        }
    }
    objections
}
