//! What is wrong with the rules of an agreement although each of them is well formed: rules that can
//! never decide anything. Looked for before anybody signs.
//!
//! A finding is certain: without such a rule the same is permitted and the same refused. The reverse does not
//! hold; where two rules differ only by what senders may declare of a service, nothing is said.

use brygga_domain::agreement::{
    Action, AgreementTerms, Effect, PartyRole, Population, QuotaAmount, Rule,
};
use brygga_domain::code::{CodeLists, SERVICE_TYPE};
use brygga_domain::disclosure::{Disclosure, MessageClass};
use brygga_domain::{DisclosureGround, OrgId};

use crate::Principal;

/// Something wrong with one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Place of the rule in the terms, from 0.
    pub rule: usize,
    /// Its name.
    pub rule_id: String,
    /// What is wrong.
    pub flaw: Flaw,
}

/// Why a rule can never decide anything. Another rule is named by its place in the terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is about nobody: whoever may send under it is the only one who may receive.
    Nobody,
    /// No law lets any of its senders disclose to any of its recipients on any of its grounds.
    NoLawfulGround,
    /// Permits only what a prohibition prohibits.
    Contradicted {
        /// The prohibition.
        by: usize,
    },
    /// An earlier rule of the same effect says it all.
    Shadowed {
        /// The earlier rule.
        by: usize,
    },
    /// Prohibits only what nothing permits.
    Unreachable,
    /// Its quota carries nothing.
    ZeroQuota,
}

impl Flaw {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "NOBODY",
            Self::NoLawfulGround => "NO_LAWFUL_GROUND",
            Self::Contradicted { .. } => "CONTRADICTED",
            Self::Shadowed { .. } => "SHADOWED",
            Self::Unreachable => "UNREACHABLE",
            Self::ZeroQuota => "ZERO_QUOTA",
        }
    }

    /// The other rule that makes it so.
    pub const fn by(self) -> Option<usize> {
        match self {
            Self::Contradicted { by } | Self::Shadowed { by } => Some(by),
            Self::Nobody | Self::NoLawfulGround | Self::Unreachable | Self::ZeroQuota => None,
        }
    }
}

/// Looks at all rules, in their order; at most one finding for each. `members` finds what kind of body
/// a party is; where it does not know, the law is not asked.
pub fn lint(terms: &AgreementTerms, members: impl Fn(&OrgId) -> Option<Principal>) -> Vec<Finding> {
    let reader = Reader { terms, members: &members };
    let flaws = terms.rules.iter().enumerate().filter_map(|(place, rule)| {
        let flaw = reader.flaw(place, rule)?;
        Some(Finding { rule: place, rule_id: rule.rule_id.clone(), flaw })
    });
    flaws.collect()
}

struct Reader<'a> {
    terms: &'a AgreementTerms,
    members: &'a dyn Fn(&OrgId) -> Option<Principal>,
}

impl Reader<'_> {
    fn flaw(&self, place: usize, rule: &Rule) -> Option<Flaw> {
        if self.pairs(rule).next().is_none() {
            return Some(Flaw::Nobody);
        }
        if rule.quota.is_some_and(|quota| quota.amount == QuotaAmount::Count(0)) {
            return Some(Flaw::ZeroQuota);
        }
        let is_permission = rule.effect == Effect::Permit;
        let discloses = rule.action == Action::ReferralSend;
        if is_permission && discloses && !self.has_lawful_ground(rule) {
            return Some(Flaw::NoLawfulGround);
        }
        let rules = || self.terms.rules.iter().enumerate();
        let contradicted = rules().find(|(_, other)| {
            is_permission && other.effect == Effect::Prohibit && self.says_all(other, rule)
        });
        if let Some((by, _)) = contradicted {
            return Some(Flaw::Contradicted { by });
        }
        let shadowed = rules()
            .take(place)
            .find(|(_, other)| other.effect == rule.effect && self.says_all(other, rule));
        if let Some((by, _)) = shadowed {
            return Some(Flaw::Shadowed { by });
        }
        // Where nothing is permitted a prohibition says so in words.
        let permissions = rules()
            .filter(|(_, other)| other.effect == Effect::Permit && other.action == rule.action);
        let mut permissions = permissions.peekable();
        let is_reached = is_permission
            || permissions.peek().is_none()
            || permissions.any(|(_, other)| self.meet(rule, other));
        (!is_reached).then_some(Flaw::Unreachable)
    }

    /// Who may send to whom under a rule, as far as the rule's lists go.
    fn pairs<'r>(&'r self, rule: &'r Rule) -> impl Iterator<Item = (&'r OrgId, &'r OrgId)> {
        let senders = self.senders(rule);
        senders.into_iter().flat_map(move |from| {
            let recipients = self.recipients(rule);
            recipients.into_iter().filter(move |to| *to != from).map(move |to| (from, to))
        })
    }

    fn senders<'r>(&'r self, rule: &'r Rule) -> Vec<&'r OrgId> {
        self.named(&rule.from, |role| role == PartyRole::Participant)
    }

    fn recipients<'r>(&'r self, rule: &'r Rule) -> Vec<&'r OrgId> {
        self.named(&rule.to, |role| rule.reaches(role))
    }

    /// The organisations that a list of a rule stands for: those it names, or all who can play the part.
    fn named<'r>(&'r self, list: &'r [OrgId], can: impl Fn(PartyRole) -> bool) -> Vec<&'r OrgId> {
        if !list.is_empty() {
            return list.iter().collect();
        }
        let parties = self.terms.parties.iter().filter(|party| can(party.role));
        parties.map(|party| &party.organisation).collect()
    }

    fn overlap(&self, one: &Rule, other: &Rule) -> bool {
        let (from, until) = one.period(self.terms);
        let (its_from, its_until) = other.period(self.terms);
        from < its_until && its_from < until
    }

    fn has_lawful_ground(&self, rule: &Rule) -> bool {
        let grounds =
            if rule.grounds.is_empty() { DisclosureGround::ALL } else { &rule.grounds[..] };
        self.pairs(rule).any(|(from, to)| {
            let (Some(from), Some(to)) = ((self.members)(from), (self.members)(to)) else {
                return true;
            };
            let lawful = |class| {
                grounds.iter().any(|ground| {
                    Disclosure {
                        class,
                        sender: from.standing(),
                        receiver: to.standing(),
                        ground: Some(*ground),
                        no_harm_assessed: false,
                    }
                    .check()
                    .is_ok()
                })
            };
            let about =
                |population| rule.populations.is_empty() || rule.populations.contains(&population);
            (about(Population::Adult) && lawful(MessageClass::ReferralAdult))
                || (about(Population::Child) && lawful(MessageClass::ReferralChild))
        })
    }

    /// Whether everything that `narrow` speaks of, `wide` speaks of too.
    fn says_all(&self, wide: &Rule, narrow: &Rule) -> bool {
        let within = |wide: Vec<&OrgId>, narrow: Vec<&OrgId>| {
            narrow.iter().all(|organisation| wide.contains(organisation))
        };
        wide.action == narrow.action
            && within(self.senders(wide), self.senders(narrow))
            && within(self.recipients(wide), self.recipients(narrow))
            && is_within(&narrow.subjects, &wide.subjects, &self.terms.subjects)
            && services_within(narrow, wide)
            && is_within(&narrow.grounds, &wide.grounds, &[])
            && is_within(&narrow.data_categories, &wide.data_categories, &[])
            && is_within(&narrow.populations, &wide.populations, Population::ALL)
            && is_within(&narrow.from_units, &wide.from_units, &[])
            && is_within(&narrow.to_units, &wide.to_units, &[])
            && self.lasts_as_long(wide, narrow)
            && asks_no_more(wide, narrow)
            && wide.quota.is_none()
    }

    fn lasts_as_long(&self, wide: &Rule, narrow: &Rule) -> bool {
        let (from, until) = wide.period(self.terms);
        let (its_from, its_until) = narrow.period(self.terms);
        from <= its_from && its_until <= until
    }

    /// Whether something may be within both rules. The services are not looked at, since a prohibition
    /// also goes by what a sender declares of them.
    fn meet(&self, one: &Rule, other: &Rule) -> bool {
        let mut pairs = self.pairs(one);
        one.action == other.action
            && pairs.any(|pair| self.pairs(other).any(|its| its == pair))
            && have_common(&one.subjects, &other.subjects)
            && have_common(&one.grounds, &other.grounds)
            && have_common(&one.data_categories, &other.data_categories)
            && have_common(&one.populations, &other.populations)
            && have_common(&one.from_units, &other.from_units)
            && have_common(&one.to_units, &other.to_units)
            && self.overlap(one, other)
    }
}

/// Of criteria only none at all, or the same, are certain to be satisfied wherever the other's are.
fn asks_no_more(wide: &Rule, narrow: &Rule) -> bool {
    let within =
        |one: &Rule, other: &Rule| one.criteria.iter().all(|id| other.criteria.contains(id));
    wide.criteria.is_empty() || (within(wide, narrow) && within(narrow, wide))
}

/// Whether all that `narrow` names is in `wide`; an empty list stands for `all`, or for anything where
/// that is not known.
fn is_within<T: PartialEq>(narrow: &[T], wide: &[T], all: &[T]) -> bool {
    let narrow = if narrow.is_empty() { all } else { narrow };
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|item| wide.contains(item)))
}

fn have_common<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|item| other.contains(item))
}

/// A term covers those below it. Of two prohibitions only the same term says all, since each also meets
/// the services whose sender declares just that term.
fn services_within(narrow: &Rule, wide: &Rule) -> bool {
    let lists = CodeLists::current();
    let is_covered = |code: &String| {
        wide.service_types.iter().any(|term| match narrow.effect {
            Effect::Permit => lists.covers(SERVICE_TYPE, term, code),
            Effect::Prohibit => term == code,
        })
    };
    wide.service_types.is_empty()
        || (!narrow.service_types.is_empty() && narrow.service_types.iter().all(is_covered))
}
