//! The terms of an agreement: as somebody wrote them, and as checked and fit to be signed.

use std::collections::HashSet;
use std::hash::Hash;
use std::ops::Deref;

use super::condition::Condition;
use super::criterion::{CRITERIA_MAX, Criterion};
use super::group::WorkingGroup;
use super::hold_terms::HoldTerms;
use super::network_terms::NetworkTerms;
use super::signal_terms::SignalTerms;
use super::{Action, AgreementKind, Effect, PartyRole, Priority, Rule, SubjectArea};
use crate::transfer::POSITION_DAYS;
use crate::{AgreementId, OrgId, Reason, Refusal, Seconds, Timestamp};

/// Longest title and longest legal reference, in characters.
const TEXT_MAX: usize = 200;
/// Longest notice: two years.
const NOTICE_DAYS_MAX: u32 = 730;
const TAGS_MAX: usize = 8;
/// Most working days for a position: a month of them, which the law gives (SoL 29:11).
const POSITION_DAYS_MAX: u32 = 22;
/// Longest tag, in characters.
const TAG_MAX: usize = 64;

/// One organisation under an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub organisation: OrgId,
    /// What part it plays.
    pub role: PartyRole,
}

/// How soon the target must have taken a referral on, and have answered it, for every priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTimes {
    routine: ResponseTime,
    urgent: ResponseTime,
}

/// How soon the target must act on a referral of one priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTime {
    /// From the request until the target must have accepted or declined. 60 to 31,536,000 seconds.
    pub respond_within: Seconds,
    /// From the request until a function must have taken it on; at most `respond_within`.
    /// None means half of it.
    pub take_on_within: Option<Seconds>,
}

impl ResponseTime {
    /// Reads both spans as they travel; the second is 0 where there is none.
    pub fn new(respond_within: u32, take_on_within: u32) -> Self {
        let seconds = |span: u32| Seconds(i64::from(span));
        let take_on_within = Some(take_on_within).filter(|span| *span > 0).map(seconds);
        Self { respond_within: seconds(respond_within), take_on_within }
    }

    /// From the request until a function must have taken it on.
    pub fn take_on(&self) -> Seconds {
        self.take_on_within.unwrap_or(Seconds(self.respond_within.0 / 2))
    }

    fn is_sound(&self) -> bool {
        let spans = 60..=31_536_000;
        let take_on = self.take_on_within.unwrap_or(self.respond_within);
        spans.contains(&self.respond_within.0)
            && spans.contains(&take_on.0)
            && take_on <= self.respond_within
    }
}

impl ResponseTimes {
    /// Reads a list, as it travels.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] when a priority is missing or doubled, or a span is outside its bounds.
    pub fn parse<T: Copy + Into<ResponseTime>>(list: &[(Priority, T)]) -> Result<Self, Refusal> {
        let sound = list.iter().all(|(_, time)| (*time).into().is_sound());
        let only = |wanted| {
            let mut of_it = list.iter().filter(|(priority, _)| *priority == wanted);
            of_it.next().filter(|_| of_it.next().is_none()).map(|(_, time)| (*time).into())
        };
        match (only(Priority::Routine), only(Priority::Urgent)) {
            (Some(routine), Some(urgent)) if sound => Ok(Self { routine, urgent }),
            _ => Err(Refusal::at(Reason::InvalidField, "terms.response_times")),
        }
    }

    /// How soon the target must act on a referral of this priority.
    pub const fn of(&self, priority: Priority) -> ResponseTime {
        match priority {
            Priority::Routine => self.routine,
            Priority::Urgent => self.urgent,
        }
    }
}

impl From<u32> for ResponseTime {
    fn from(respond_within: u32) -> Self {
        Self::new(respond_within, 0)
    }
}

/// Terms as somebody wrote them; nothing about them is certain until [`Self::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementDraft {
    /// The same in all versions.
    pub agreement_id: AgreementId,
    /// 1 for the first version.
    pub version: u32,
    /// Kind of agreement.
    pub kind: AgreementKind,
    /// Title as the parties know it. 1 to 200 characters.
    pub title: String,
    /// All parties, each organisation once. 2 to 64.
    pub parties: Vec<Party>,
    /// What it is about, each subject once. 1 to 16.
    pub subjects: Vec<SubjectArea>,
    /// What is permitted and prohibited, each name once. 1 to 64.
    pub rules: Vec<Rule>,
    /// How soon the target must answer a referral.
    pub response_times: ResponseTimes,
    /// Longest validity of a consent used under it, in days. 1 to 365.
    pub consent_max_days: u32,
    /// From when it is in force once all have signed.
    pub valid_from: Timestamp,
    /// Until when it is in force; at this instant it is not.
    pub valid_until: Timestamp,
    /// SHA-256 of the signed paper or PDF; none where there is none.
    pub document_sha256: Option<[u8; 32]>,
    /// Sections of law it rests on, for example `KL 9:37`. At most 16.
    pub legal_references: Vec<String>,
    /// What a sender affirms of a person before a rule permits, each name once. At most 16.
    pub criteria: Vec<Criterion>,
    /// When the parties have agreed to evaluate it. They are reminded, and nothing ends by it.
    pub evaluation_due: Option<Timestamp>,
    /// Days from the notice to the end when a party ends it. 0 to 730.
    pub notice_days: u32,
    /// Words under which agreements are counted together, for example `national_strategy_2022`. At most 8.
    pub tags: Vec<String>,
    /// Whether others may join by a version that only they and one participant sign.
    pub open_to_accession: bool,
    /// Whose signatures bring this version into force; empty for all parties.
    pub required_signatures: Vec<OrgId>,
    /// Groups that meet under it, each name once. At most 16.
    pub groups: Vec<WorkingGroup>,
    /// Rules of the house, no two that exclude each other. At most 16.
    pub conditions: Vec<Condition>,
    /// How capacity is kept under it; none for the usual.
    pub holds: Option<HoldTerms>,
    /// Working days in which whoever is asked to take over or give up a case takes a position. 1 to 22; none for three.
    pub position_days: Option<u32>,
    /// How an exchange network speaks; none in any other agreement.
    pub network: Option<NetworkTerms>,
    /// What is agreed about signals; none for the usual.
    pub signals: Option<SignalTerms>,
}

impl AgreementDraft {
    /// Checks every limit of the contract and refuses rules that could never match.
    /// Whether the parties suit the kind is [`AgreementTerms::check_parties`].
    ///
    /// # Errors
    /// [`Reason::InvalidField`] or [`Reason::PolicyUnknownTerm`], naming the first bad field.
    pub fn check(self) -> Result<AgreementTerms, Refusal> {
        let senders =
            self.parties.iter().filter(|party| party.role == PartyRole::Participant).count();
        let permits = self.rules.iter().any(|rule| rule.effect == Effect::Permit);
        let framework = self.kind == AgreementKind::FrameworkOfAssociation;
        let sound = [
            (self.version >= 1, "terms.version"),
            (is_text(&self.title), "terms.title"),
            ((2..=64).contains(&self.parties.len()), "terms.parties"),
            (
                all_different(&self.parties, |party| &party.organisation),
                "terms.parties.organisation",
            ),
            (senders >= 2 || !permits, "terms.parties.role"),
            ((1..=16).contains(&self.subjects.len()), "terms.subjects"),
            (all_different(&self.subjects, |subject| subject), "terms.subjects"),
            ((1..=64).contains(&self.rules.len()), "terms.rules"),
            (all_different(&self.rules, |rule| &rule.rule_id), "terms.rules.rule_id"),
            (!(framework && self.permits_referrals()), "terms.rules.effect"),
            ((1..=365).contains(&self.consent_max_days), "terms.consent_max_days"),
            (self.valid_from < self.valid_until, "terms.valid_until"),
            (self.legal_references.len() <= 16, "terms.legal_references"),
            (self.legal_references.iter().all(|text| is_text(text)), "terms.legal_references"),
            (self.criteria.len() <= CRITERIA_MAX, "terms.criteria"),
            (all_different(&self.criteria, |one| &one.criterion_id), "terms.criteria.criterion_id"),
            (self.evaluation_is_within(), "terms.evaluation_due"),
            (self.notice_days <= NOTICE_DAYS_MAX, "terms.notice_days"),
            (self.tags.len() <= TAGS_MAX && self.tags.iter().all(|tag| is_tag(tag)), "terms.tags"),
            (all_different(&self.tags, |tag| tag), "terms.tags"),
            (self.signatures_are_sound(), "terms.required_signatures"),
            (
                self.position_days.is_none_or(|days| (1..=POSITION_DAYS_MAX).contains(&days)),
                "terms.position_days",
            ),
        ];
        if let Some((_, field)) = sound.iter().find(|(holds, _)| !holds) {
            return Err(Refusal::at(Reason::InvalidField, field));
        }
        self.rules.iter().try_for_each(|rule| rule.check(&self))?;
        self.criteria.iter().try_for_each(|criterion| criterion.check(&self))?;
        self.check_groups()?;
        self.check_conditions()?;
        self.hold_terms().check()?;
        self.check_network()?;
        self.check_signals()?;
        Ok(AgreementTerms(self))
    }

    fn evaluation_is_within(&self) -> bool {
        self.evaluation_due.is_none_or(|due| self.valid_from <= due && due <= self.valid_until)
    }

    /// Whether personal data pass under it.
    fn permits_referrals(&self) -> bool {
        let mut permits = self.rules.iter().filter(|rule| rule.effect == Effect::Permit);
        let of_persons = |rule: &Rule| {
            let action = rule.action;
            !matches!(action, Action::CapacityPublish | Action::AggregateRead)
        };
        permits.any(of_persons)
    }

    /// A first version is signed by all, unless its owners give it alone.
    fn signatures_are_sound(&self) -> bool {
        let named = &self.required_signatures;
        named.is_empty()
            || ((self.version > 1 || self.is_unilateral())
                && named.len() <= 64
                && all_different(named, |one| one))
    }

    /// Whose signatures bring it into force, in the order of the terms.
    pub fn signatories(&self) -> impl Iterator<Item = &OrgId> {
        let parties = self.parties.iter().map(|party| &party.organisation);
        let named = &self.required_signatures;
        parties.filter(|_| named.is_empty()).chain(named)
    }

    /// Everybody who is told of it: the parties, and who signs without being one any more.
    pub fn addressees(&self) -> impl Iterator<Item = &OrgId> {
        let parties = self.parties.iter().map(|party| &party.organisation);
        let leaving = self.required_signatures.iter().filter(|one| self.role(one).is_none());
        parties.chain(leaving)
    }

    /// Whether an organisation is a party, or signs without being one any more.
    pub fn concerns(&self, organisation: &OrgId) -> bool {
        self.addressees().any(|one| one == organisation)
    }

    /// The time from the notice to the end.
    pub const fn notice(&self) -> Seconds {
        Seconds::days(self.notice_days as i64)
    }

    /// How capacity is kept under it.
    pub fn hold_terms(&self) -> HoldTerms {
        self.holds.unwrap_or_default()
    }

    /// Working days in which a position on the transfer of a case is expected.
    pub fn position_days(&self) -> u32 {
        self.position_days.unwrap_or(POSITION_DAYS)
    }

    /// A criterion by its name.
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.criterion_id == id)
    }

    /// The part that an organisation plays; none where it is no party.
    pub fn role(&self, organisation: &OrgId) -> Option<PartyRole> {
        self.parties
            .iter()
            .find(|party| party.organisation == *organisation)
            .map(|party| party.role)
    }
}

/// Checked terms, fit to be signed. They read like the draft and cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementTerms(AgreementDraft);

impl Deref for AgreementTerms {
    type Target = AgreementDraft;

    fn deref(&self) -> &AgreementDraft {
        &self.0
    }
}

pub(super) fn is_text(text: &str) -> bool {
    (1..=TEXT_MAX).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(char::is_control)
}

fn all_different<'a, T, K: Eq + Hash>(items: &'a [T], key: impl Fn(&'a T) -> K) -> bool {
    let mut seen = HashSet::new();
    items.iter().all(|item| seen.insert(key(item)))
}

fn is_tag(text: &str) -> bool {
    (1..=TAG_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
