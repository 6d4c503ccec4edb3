//! Closed vocabularies on the command line and in JSON: the code of the contract, without its prefix.
//!
//! `DISCLOSURE_GROUND_CONSENT_12_2` is written and printed as `CONSENT_12_2`; lower case and
//! hyphens are read as well. The lists come from the contract itself, so a new value needs no
//! change here.

use std::ffi::OsStr;

use brygga_proto::{
    aggregate, agreement, capacity, consent, local, notice, referral, registry, relocation, signal,
    transfer, types,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command, Error};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::cli::Language;
use crate::text::vocabulary::{BETWEEN_LANGUAGES, Word};

/// The contract has no list longer than this.
const LAST_NUMBER: i32 = 64;

/// A closed vocabulary of the contract.
pub(crate) trait WireCode: Word + Send + Sync + 'static {
    /// What every name of it begins with.
    const PREFIX: &'static str;

    /// The full name in the contract.
    fn name(self) -> &'static str;

    /// The name without its prefix; `UNSPECIFIED` for unset.
    fn code(self) -> &'static str {
        self.name().strip_prefix(Self::PREFIX).unwrap_or(self.name())
    }
}

macro_rules! wire_codes {
    ($($path:path = $prefix:literal,)*) => {
        $(impl WireCode for $path {
            const PREFIX: &'static str = $prefix;

            fn name(self) -> &'static str {
                self.as_str_name()
            }
        })*
    };
}

wire_codes! {
    aggregate::v1::AggregateOutcome = "AGGREGATE_OUTCOME_",
    agreement::v1::Action = "ACTION_",
    agreement::v1::AgreementKind = "AGREEMENT_KIND_",
    agreement::v1::Effect = "EFFECT_",
    agreement::v1::PartyRole = "PARTY_ROLE_",
    agreement::v1::Population = "POPULATION_",
    agreement::v1::QuotaPeriod = "QUOTA_PERIOD_",
    agreement::v1::Priority = "PRIORITY_",
    agreement::v1::SubjectArea = "SUBJECT_AREA_",
    agreement::v1::SuspensionReason = "SUSPENSION_REASON_",
    capacity::v1::AbsentReason = "ABSENT_REASON_",
    capacity::v1::AcquisitionRoute = "ACQUISITION_ROUTE_",
    capacity::v1::CapacityStatus = "CAPACITY_STATUS_",
    capacity::v1::HoldAct = "HOLD_ACT_",
    capacity::v1::HoldEnd = "HOLD_END_",
    capacity::v1::Period = "PERIOD_",
    capacity::v1::PlaceFor = "PLACE_FOR_",
    capacity::v1::PlaceKind = "PLACE_KIND_",
    capacity::v1::Visibility = "VISIBILITY_",
    consent::v1::ConsentEventType = "CONSENT_EVENT_TYPE_",
    consent::v1::ConsentForm = "CONSENT_FORM_",
    consent::v1::ConsentingParty = "CONSENTING_PARTY_",
    consent::v1::StopReason = "STOP_REASON_",
    consent::v1::SubjectAge = "SUBJECT_AGE_",
    local::v1::AccessGround = "ACCESS_GROUND_",
    local::v1::TellerState = "TELLER_STATE_",
    local::v1::AgreementState = "AGREEMENT_STATE_",
    local::v1::NegotiationState = "NEGOTIATION_STATE_",
    local::v1::BreakGlassReason = "BREAK_GLASS_REASON_",
    local::v1::CallState = "CALL_STATE_",
    local::v1::CapacityMismatch = "CAPACITY_MISMATCH_",
    local::v1::CapacityWarning = "CAPACITY_WARNING_",
    local::v1::Gender = "GENDER_",
    local::v1::HoldState = "HOLD_STATE_",
    local::v1::Nearness = "NEARNESS_",
    local::v1::PolicyOperand = "POLICY_OPERAND_",
    local::v1::RuleFlaw = "RULE_FLAW_",
    local::v1::ContentWarning = "CONTENT_WARNING_",
    local::v1::DeliveryStatus = "DELIVERY_STATUS_",
    local::v1::ReviewFinding = "REVIEW_FINDING_",
    local::v1::NoticeAlarm = "NOTICE_ALARM_",
    local::v1::NoticeTask = "NOTICE_TASK_",
    agreement::v1::PriorityMark = "PRIORITY_MARK_",
    local::v1::SignalAct = "SIGNAL_ACT_",
    local::v1::SignalAlarm = "SIGNAL_ALARM_",
    local::v1::SignalOutcome = "SIGNAL_OUTCOME_",
    local::v1::StepReason = "STEP_REASON_",
    signal::v1::AgeBand = "AGE_BAND_",
    signal::v1::DisturbanceKind = "DISTURBANCE_KIND_",
    signal::v1::NeedCode = "NEED_CODE_",
    signal::v1::SignalSubject = "SIGNAL_SUBJECT_",
    local::v1::OfferState = "OFFER_STATE_",
    local::v1::ReviewState = "REVIEW_STATE_",
    local::v1::SampledBecause = "SAMPLED_BECAUSE_",
    local::v1::Side = "SIDE_",
    local::v1::Sobriety = "SOBRIETY_",
    notice::v1::Children = "CHILDREN_",
    notice::v1::ChildrenCount = "CHILDREN_COUNT_",
    notice::v1::EvictionGround = "EVICTION_GROUND_",
    notice::v1::LandlordKind = "LANDLORD_KIND_",
    notice::v1::LivingForm = "LIVING_FORM_",
    notice::v1::NoticeKind = "NOTICE_KIND_",
    notice::v1::Occupants = "OCCUPANTS_",
    referral::v1::AdviceMeans = "ADVICE_MEANS_",
    referral::v1::BusinessStatus = "BUSINESS_STATUS_",
    referral::v1::CauseLevel = "CAUSE_LEVEL_",
    referral::v1::ChildAgeBand = "CHILD_AGE_BAND_",
    referral::v1::ContactPolicy = "CONTACT_POLICY_",
    referral::v1::DeclineParty = "DECLINE_PARTY_",
    referral::v1::NextStep = "NEXT_STEP_",
    referral::v1::OfferEnd = "OFFER_END_",
    referral::v1::OutcomeResult = "OUTCOME_RESULT_",
    referral::v1::ReferralStatus = "REFERRAL_STATUS_",
    referral::v1::ReviewGround = "REVIEW_GROUND_",
    referral::v1::ReviewResult = "REVIEW_RESULT_",
    referral::v1::StatusReason = "STATUS_REASON_",
    registry::v1::Audience = "AUDIENCE_",
    relocation::v1::AgeBand = "AGE_BAND_",
    relocation::v1::Earliest = "EARLIEST_",
    relocation::v1::HandoverItem = "HANDOVER_ITEM_",
    relocation::v1::ProtectionLevel = "PROTECTION_LEVEL_",
    relocation::v1::RefusalCode = "REFUSAL_CODE_",
    relocation::v1::RelocationEnd = "RELOCATION_END_",
    relocation::v1::RelocationHousing = "RELOCATION_HOUSING_",
    relocation::v1::RelocationPosition = "RELOCATION_POSITION_",
    relocation::v1::RelocationRoute = "RELOCATION_ROUTE_",
    relocation::v1::RelocationSupport = "RELOCATION_SUPPORT_",
    relocation::v1::SecrecyBasis = "SECRECY_BASIS_",
    local::v1::Certainty = "CERTAINTY_",
    local::v1::Confinement = "CONFINEMENT_",
    local::v1::NeedRaised = "NEED_RAISED_",
    local::v1::PlacementForm = "PLACEMENT_FORM_",
    local::v1::Protection = "PROTECTION_",
    local::v1::ResponsibilityBasis = "RESPONSIBILITY_BASIS_",
    local::v1::ResponsibilityExtent = "RESPONSIBILITY_EXTENT_",
    local::v1::Ties = "TIES_",
    local::v1::TransferDue = "TRANSFER_DUE_",
    local::v1::TransferStatus = "TRANSFER_STATUS_",
    local::v1::RelocationDueKind = "RELOCATION_DUE_KIND_",
    local::v1::WithheldReview = "WITHHELD_REVIEW_",
    transfer::v1::NeedDuration = "NEED_DURATION_",
    transfer::v1::OpenInquiry = "OPEN_INQUIRY_",
    transfer::v1::PersonsWish = "PERSONS_WISH_",
    transfer::v1::TransferDirection = "TRANSFER_DIRECTION_",
    transfer::v1::TransferOutcome = "TRANSFER_OUTCOME_",
    transfer::v1::TransferPerson = "TRANSFER_PERSON_",
    transfer::v1::TransferPosition = "TRANSFER_POSITION_",
    transfer::v1::WishOf = "WISH_OF_",
    types::v1::DataCategory = "DATA_CATEGORY_",
    types::v1::DisclosureGround = "DISCLOSURE_GROUND_",
    types::v1::GdprBasis = "GDPR_BASIS_",
    types::v1::ThirdPersonRelation = "THIRD_PERSON_RELATION_",
}

/// Every value with its code, unset left out.
pub(crate) fn all<T: WireCode>() -> Vec<(&'static str, T)> {
    let values = (1..=LAST_NUMBER).filter_map(|number| T::try_from(number).ok());
    values.map(|value| (value.code(), value)).collect()
}

/// Reads a code in any spelling.
pub(crate) fn parse<T: WireCode>(text: &str) -> Option<T> {
    let code = normal(text);
    all().into_iter().find(|(name, _)| *name == code).map(|(_, value)| value)
}

/// Reads a code of a file that may be left out.
///
/// # Errors
/// The list, where there is no such code in it.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: WireCode>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let known = || all::<T>().iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ");
    let text = Option::<String>::deserialize(from)?;
    let wrong = || D::Error::custom(format!("expected one of {}", known()));
    text.map(|text| parse(&text).ok_or_else(wrong)).transpose()
}

/// The code of a number in a message; the number itself where this version does not know it.
pub(crate) fn show<T: WireCode>(number: i32) -> String {
    T::try_from(number).map_or_else(|_| number.to_string(), |value| value.code().to_owned())
}

fn normal(text: &str) -> String {
    text.trim().to_ascii_uppercase().replace('-', "_")
}

/// Reads one code of a list on the command line, and shows the list in the help.
#[derive(Clone)]
pub(crate) struct CodeParser<T> {
    values: Vec<(&'static str, T)>,
    /// What a code means, in both languages; none where the code says it.
    words: fn(T) -> Option<String>,
}

/// A parser for a vocabulary of the contract.
pub(crate) fn parser<T: WireCode>() -> CodeParser<T> {
    let both = |value: T| {
        let words = [Language::Sv, Language::En].map(|language| value.word(language));
        Some(words.join(BETWEEN_LANGUAGES))
    };
    CodeParser { values: all(), words: both }
}

/// A parser for a vocabulary of the domain.
pub(crate) fn domain_parser<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> CodeParser<T> {
    let values = all.iter().map(|value| (code(*value), *value)).collect();
    CodeParser { values, words: |_| None }
}

impl<T: Copy + Send + Sync + 'static> TypedValueParser for CodeParser<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let code = value.to_str().map(normal);
        let found = self.values.iter().find(|(name, _)| code.as_deref() == Some(*name));
        match found {
            Some((_, found)) => Ok(*found),
            // The list's own parser writes the error, since it knows which value is meant.
            None => {
                let names = PossibleValuesParser::new(self.values.iter().map(|(name, _)| *name));
                names.parse_ref(command, arg, value).and_then(|_| {
                    Err(Error::new(clap::error::ErrorKind::InvalidValue).with_cmd(command))
                })
            }
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |(name, value): &(&'static str, T)| {
            let shown = PossibleValue::new(*name);
            match (self.words)(*value) {
                Some(words) => shown.help(words),
                None => shown,
            }
        };
        Some(Box::new(self.values.iter().map(value)))
    }
}

#[cfg(test)]
mod tests {
    use brygga_domain::DisclosureGround as DomainGround;

    use super::*;

    #[test]
    fn codes_are_read_in_any_spelling() {
        use types::v1::DisclosureGround::Consent122;
        for text in ["CONSENT_12_2", "consent-12-2", "Consent_12-2"] {
            assert_eq!(parse(text), Some(Consent122), "{text}");
        }
        assert_eq!(parse::<types::v1::DisclosureGround>("UNSPECIFIED"), None);
        assert_eq!(parse::<types::v1::DisclosureGround>("GENERAL_CLAUSE"), None);
    }

    #[test]
    fn the_contract_and_the_domain_have_the_same_codes() {
        let ours: Vec<_> = all::<types::v1::DisclosureGround>();
        let codes: Vec<_> = DomainGround::ALL.iter().map(|ground| ground.as_str()).collect();
        assert_eq!(ours.iter().map(|(code, _)| *code).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn an_unknown_number_is_shown_as_a_number() {
        assert_eq!(show::<agreement::v1::Priority>(2), "URGENT");
        assert_eq!(show::<agreement::v1::Priority>(99), "99");
    }
}
