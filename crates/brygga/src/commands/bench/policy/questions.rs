//! What case workers of all members ask, in a fixed order.

use brygga_domain::agreement::{Action, SubjectArea};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{AgreementId, DisclosureGround, GdprBasis, Seconds, Timestamp};
use brygga_identity::clock::{Clock, SystemClock};
use brygga_identity::registry::Registry;
use brygga_policy::{
    AgreementBook, Citation, ConsentEvidence, EligibilityEvidence, Principal, ReferralQuestion,
};

use crate::failure::Failure;

use super::federation::{AGREEMENTS, CATEGORIES, organisation, parties};

/// Who asks whom under which agreement.
struct Pair {
    sender: Principal,
    recipient: Principal,
    agreement: AgreementId,
}

/// Everything that a question borrows from.
pub(super) struct Questions<'a> {
    pairs: Vec<Pair>,
    services: Vec<CodedTerm>,
    book: &'a AgreementBook,
    now: Timestamp,
}

impl<'a> Questions<'a> {
    pub(super) fn of(registry: &Registry, book: &'a AgreementBook) -> Result<Self, Failure> {
        let missing = || Failure::other("BENCH", "a member is not in the registry");
        let mut pairs = Vec::with_capacity(AGREEMENTS);
        for (number, record) in book.records().enumerate() {
            let mut ends = parties(number).map(|party| {
                let member = organisation(party)?;
                let member = registry.members.get(&member).ok_or_else(missing)?;
                Ok::<_, Failure>(Principal {
                    organisation: member.organisation.clone(),
                    kind: member.kind,
                    status: member.social_services_status,
                })
            });
            let (sender, recipient) = (ends.next(), ends.next());
            let (Some(sender), Some(recipient)) = (sender, recipient) else { continue };
            let agreement = record.terms().agreement_id;
            pairs.push(Pair { sender: sender?, recipient: recipient?, agreement });
        }
        let unknown = || Failure::other("BENCH", "a service is not in the list");
        let services = ["LONG_TERM_HELP", "NIGHT_SHELTER", "HVB"]
            .map(|code| CodedTerm::known(SERVICE_TYPE, code).ok_or_else(unknown));
        let services = services.into_iter().collect::<Result<_, _>>()?;
        Ok(Self { pairs, services, book, now: SystemClock.now() })
    }

    /// The question with a number; `named` cites the agreement, otherwise it is looked for.
    pub(super) fn question(&self, number: usize, named: bool) -> ReferralQuestion<'_> {
        let pair = &self.pairs[number * 31 % self.pairs.len()];
        ReferralQuestion {
            action: Action::ReferralSend,
            sender: &pair.sender,
            recipient: &pair.recipient,
            sender_unit: None,
            recipient_unit: None,
            subject: SubjectArea::Homelessness,
            service_type: &self.services[number % self.services.len()],
            categories: &CATEGORIES,
            third_persons: &[],
            ground: Some(DisclosureGround::Consent12_2),
            gdpr: Some(GdprBasis::PublicTask),
            child: false,
            agreements: self.book,
            citation: if named { Citation::Current(pair.agreement) } else { Citation::Unnamed },
            consent: ConsentEvidence::Statement { valid_until: self.now.plus(Seconds::days(30)) },
            eligibility: EligibilityEvidence::NotAsked,
            quota_use: None,
            now: self.now,
        }
    }
}
