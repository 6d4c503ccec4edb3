//! The domain's values for a world of numbers.

use std::sync::Arc;

use brygga_domain::aggregate::Quarter;
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Criterion, Effect,
    Party, PartyRole, Population, Priority, Quota, QuotaAmount, QuotaPeriod, ResponseTimes, Rule,
    SubjectArea, Suspension, SuspensionReason,
};
use brygga_domain::capacity::{
    AcquisitionRoute, AttestedPermit, LicensedActivity, Permit, PlaceKind, Reception, Service,
    ServiceDraft, Visibility,
};
use brygga_domain::code::CodedTerm;
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentRecipient, ConsentingParty, SubjectAge,
};
use brygga_domain::eligibility::{Affirmation, Eligibility, Standing};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, MemberKind, OrgId, Seconds,
    ServiceId, SocialServicesStatus, ThirdPersonRelation, Timestamp, UnitId,
};
use brygga_policy::{
    AggregateQuestion, AgreementBook, Citation, ConsentEvidence, EligibilityEvidence, Principal,
    PublicationQuestion, QuotaUse, ReferralQuestion, ServiceQuestion, Used,
};

use jiff::civil::Date;

use crate::world::{self, World};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const DAY: Date = Date::constant(2026, 11, 20);

const MEMBERS: [(&str, MemberKind, SocialServicesStatus); world::ORGANISATIONS] = [
    ("kommun:0880", MemberKind::Municipality, SocialServicesStatus::Authority),
    ("kommun:0881", MemberKind::Municipality, SocialServicesStatus::Authority),
    ("demo:contracted", MemberKind::CivilSociety, SocialServicesStatus::Contracted),
    ("demo:outside", MemberKind::CivilSociety, SocialServicesStatus::None),
    ("demo:region", MemberKind::Region, SocialServicesStatus::None),
    ("demo:landlord", MemberKind::PrivateLandlord, SocialServicesStatus::None),
    ("demo:coordinator", MemberKind::Coordinator, SocialServicesStatus::None),
];
const SUBJECTS: [SubjectArea; world::SUBJECTS as usize] =
    [SubjectArea::Homelessness, SubjectArea::Occupation, SubjectArea::BudgetAdvice];
const GROUNDS: [DisclosureGround; world::GROUNDS as usize] = [
    DisclosureGround::Consent12_2,
    DisclosureGround::Private17_11Consent,
    DisclosureGround::Care26_9,
    DisclosureGround::NecessaryOwnTask10_2,
    DisclosureGround::NoHarmClear26_1,
    DisclosureGround::ChildReport19_1,
];
const BASES: [GdprBasis; world::BASES as usize] =
    [GdprBasis::PublicTask, GdprBasis::LegalObligation, GdprBasis::ExplicitConsent];
const CATEGORIES: [DataCategory; world::CATEGORIES as usize] =
    [DataCategory::Identity, DataCategory::Contact, DataCategory::FreeText];
/// Code and declared parents of each service; the last is of a wrong list.
const SERVICES: [(&str, &[&str]); world::SERVICES as usize] = [
    ("NIGHT_SHELTER", &["EMERGENCY_ACCOMMODATION"]),
    ("HVB", &["REGULATED_CARE"]),
    ("BUDGET_ADVICE", &["SUPPORT_SERVICE", "SUPPORT"]),
    ("NIGHT_SHELTER_WOMEN", &["NEW_BRANCH", "NIGHT_SHELTER", "EMERGENCY_ACCOMMODATION"]),
    ("FLOATING_HOTEL", &[]),
    ("HVB", &["NIGHT_SHELTER"]),
    ("SUBLET", &[]),
];

pub(crate) struct Built {
    book: AgreementBook,
    sender: Principal,
    recipient: Principal,
    unit: Option<UnitId>,
    service: CodedTerm,
    categories: Vec<DataCategory>,
    third_persons: Vec<ThirdPersonRelation>,
    consent: Option<Consent>,
    sender_unit: Option<UnitId>,
    affirmations: Vec<Affirmation>,
    stated: Option<Eligibility>,
    quota_use: QuotaUse,
}

impl Built {
    pub(crate) fn new(world: &World) -> Self {
        let (code, broader) = SERVICES[world.service];
        let list = if code == "SUBLET" { "housing_need" } else { "service_type" };
        let broader = broader.iter().map(|parent| (*parent).to_owned()).collect();
        Self {
            book: AgreementBook::new(world.agreements.iter().map(|raw| Arc::new(record(raw)))),
            sender: principal(world.sender),
            recipient: principal(world.recipient),
            unit: unit(world.unit),
            service: CodedTerm::parse(list, 2, code, broader).unwrap(),
            categories: picked(&CATEGORIES, world.categories),
            third_persons: picked(ThirdPersonRelation::ALL, world.third_persons),
            consent: consent(&world.consent),
            sender_unit: unit(world.sender_unit),
            affirmations: match &world.eligibility {
                world::Eligibility::Affirmed(affirmed) => affirmations(affirmed),
                _ => Vec::new(),
            },
            stated: match world.eligibility {
                world::Eligibility::Stated(told) => told.map(stated),
                _ => None,
            },
            quota_use: quota_use(world),
        }
    }

    /// What kind of body a party is, as the registry would say.
    pub(crate) fn member(organisation: &OrgId) -> Option<Principal> {
        let index = MEMBERS.iter().position(|(id, ..)| *id == organisation.as_str())?;
        Some(principal(index))
    }

    /// May the sender publish the service?
    pub(crate) fn publication(&self, world: &World) -> PublicationQuestion<'_> {
        PublicationQuestion {
            publisher: &self.sender.organisation,
            unit: self.sender_unit.as_ref(),
            subject: SUBJECTS[usize::from(world.subject)],
            service_type: &self.service,
            route: world.offer.single.map(|_| AcquisitionRoute::WithoutAgreement),
            agreements: &self.book,
            now: NOW,
        }
    }

    /// The service that the sender publishes.
    pub(crate) fn service(&self, world: &World) -> Service {
        let draft = ServiceDraft {
            id: ServiceId::from_bytes([7; 16]),
            name: "Huset".to_owned(),
            unit: self.sender_unit.clone(),
            subject: SUBJECTS[usize::from(world.subject)],
            service_type: self.service.clone(),
            place: PlaceKind::Bed,
            municipality: None,
            county: None,
            season: None,
            opening: None,
            reception: Reception::default(),
            house_rules: Vec::new(),
            max_nights: None,
            needs_decision: false,
            termination_hours: None,
            support_visits_per_week: 0,
            staffed: true,
            acquisition_route: world.offer.single.map(|_| AcquisitionRoute::WithoutAgreement),
            visibility: Visibility::Agreement,
            permit: world.offer.permit.map(|(number, max_persons)| numbered(number, max_persons)),
        };
        draft.check().unwrap()
    }

    /// What the registry attests of the sender.
    pub(crate) fn attested(world: &World) -> Vec<AttestedPermit> {
        let attested = world.offer.attested.map(|(activity, number, max_persons)| {
            let activities = [LicensedActivity::Hvb, LicensedActivity::ProtectedHousing];
            let activity = activities[usize::from(activity)];
            AttestedPermit { activity, permit: numbered(number, max_persons) }
        });
        attested.into_iter().collect()
    }

    /// May the sender publish this service?
    pub(crate) fn offer<'a>(
        &'a self,
        world: &World,
        service: &'a Service,
        permits: &'a [AttestedPermit],
    ) -> ServiceQuestion<'a> {
        ServiceQuestion {
            publisher: &self.sender.organisation,
            kind: self.sender.kind,
            permits,
            service,
            places_without_agreement: world.offer.single.unwrap_or(0),
            agreements: &self.book,
            now: NOW,
        }
    }

    /// May the recipient read what the sender received under an agreement in a quarter?
    pub(crate) fn aggregate(&self, agreement: u8, quarter: Quarter) -> AggregateQuestion<'_> {
        AggregateQuestion {
            reader: &self.recipient.organisation,
            teller: &self.sender,
            agreement: agreement_id(agreement),
            quarter,
            agreements: &self.book,
            now: NOW,
        }
    }

    pub(crate) fn question(&self, world: &World) -> ReferralQuestion<'_> {
        let consent = match (&world.consent, &self.consent) {
            (world::Consent::Statement { until_day }, _) => {
                ConsentEvidence::Statement { valid_until: day(*until_day) }
            }
            (_, Some(record)) => ConsentEvidence::Record(record),
            (_, None) => ConsentEvidence::None,
        };
        ReferralQuestion {
            action: Action::ReferralSend,
            sender: &self.sender,
            recipient: &self.recipient,
            sender_unit: self.sender_unit.as_ref(),
            recipient_unit: self.unit.as_ref(),
            subject: SUBJECTS[usize::from(world.subject)],
            service_type: &self.service,
            categories: &self.categories,
            ground: world.ground.map(|index| GROUNDS[index]),
            gdpr: world.basis.map(|index| BASES[index]),
            child: world.child,
            third_persons: &self.third_persons,
            agreements: &self.book,
            citation: match world.citation {
                world::Citation::Version(id, version) => {
                    Citation::Version(agreement_id(id), version)
                }
                world::Citation::Current(id) => Citation::Current(agreement_id(id)),
                world::Citation::Unnamed => Citation::Unnamed,
            },
            consent,
            eligibility: match world.eligibility {
                world::Eligibility::NotAsked => EligibilityEvidence::NotAsked,
                world::Eligibility::Affirmed(_) => {
                    EligibilityEvidence::Affirmed(&self.affirmations)
                }
                world::Eligibility::Stated(_) => {
                    EligibilityEvidence::Statement(self.stated.as_ref())
                }
            },
            quota_use: Some(&self.quota_use),
            now: NOW,
        }
    }
}

fn record(raw: &world::Agreement) -> AgreementRecord {
    let mut parties = Vec::new();
    for (index, role) in raw.roles.iter().enumerate().filter(|(_, role)| **role > 0) {
        let role = match *role {
            1 => PartyRole::Participant,
            2 => PartyRole::Observer,
            _ => PartyRole::Coordinator,
        };
        parties.push(Party { organisation: organisation(index), role });
    }
    let draft = AgreementDraft {
        agreement_id: agreement_id(raw.id),
        version: raw.version,
        kind: if raw.is_single { AgreementKind::OneOff } else { AgreementKind::Iop },
        title: "Slumpat avtal".to_owned(),
        parties,
        subjects: picked(&SUBJECTS, raw.subjects),
        rules: raw.rules.iter().zip(0..).map(rule).collect(),
        response_times: ResponseTimes::parse(&[(Priority::Routine, 60), (Priority::Urgent, 60)])
            .unwrap(),
        consent_max_days: raw.consent_max_days,
        valid_from: day(raw.from_day),
        valid_until: day(raw.until_day),
        document_sha256: None,
        legal_references: vec![],
        criteria: criteria(raw),
        evaluation_due: None,
        notice_days: 0,
        tags: Vec::new(),
        open_to_accession: false,
        required_signatures: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        holds: None,
        position_days: None,
        network: None,
        signals: None,
    };
    let mut record = AgreementRecord::proposed(draft.check().unwrap(), vec![], [0; 32]);
    for (index, _) in raw.roles.iter().enumerate().filter(|(_, role)| **role > 0) {
        if raw.unsigned_by != Some(index) {
            let organisation = organisation(index);
            let key_id = "k".to_owned();
            let signature =
                AgreementSignature { organisation, key_id, signed_at: NOW, signature: [0; 64] };
            record.add_signature(signature).unwrap();
        }
    }
    if let Some(index) = raw.suspended_by {
        let (organisation, reason) = (organisation(index), SuspensionReason::Incident);
        record.suspend(Suspension { organisation, reason, since: NOW }).unwrap();
    }
    if let Some(ended) = raw.ended_day {
        record.terminate(day(ended));
    }
    record
}

fn rule((raw, number): (&world::Rule, usize)) -> Rule {
    let effect = if raw.prohibits { Effect::Prohibit } else { Effect::Permit };
    let organisations =
        |mask: u8| (0..7).filter(|index| mask & (1 << index) != 0).map(organisation).collect();
    Rule {
        rule_id: format!("rule-{number}"),
        effect,
        action: match (raw.publishes, raw.reads) {
            (true, _) => Action::CapacityPublish,
            (_, true) => Action::AggregateRead,
            _ => Action::ReferralSend,
        },
        from: organisations(raw.from),
        to: organisations(raw.to),
        subjects: picked(&SUBJECTS, raw.subjects),
        service_types: raw.services.iter().map(|code| (*code).to_owned()).collect(),
        grounds: picked(&GROUNDS, raw.grounds),
        data_categories: picked(&CATEGORIES, raw.categories),
        criteria: raw.criteria.iter().map(|number| criterion_id(*number)).collect(),
        populations: picked(&[Population::Adult, Population::Child], raw.populations),
        from_units: units(raw.from_units),
        to_units: units(raw.to_units),
        valid_from: raw.from_day.map(day),
        valid_until: raw.until_day.map(day),
        quota: raw.quota.map(quota),
    }
}

fn numbered(number: u8, max_persons: u32) -> Permit {
    Permit { reference: format!("2024-{number}"), max_persons }
}

fn quota(raw: world::Quota) -> Quota {
    let amount = match raw.of_base && raw.amount > 0 {
        true => QuotaAmount::Percent(raw.amount * 10),
        false => QuotaAmount::Count(raw.amount),
    };
    Quota { amount, period: QuotaPeriod::Year, per_sender: raw.per_sender }
}

/// What the recipient has counted; the others' places are all of one organisation that is neither end.
fn quota_use(world: &World) -> QuotaUse {
    let mut quota_use = QuotaUse::default();
    for agreement in &world.agreements {
        for (number, rule) in agreement.rules.iter().enumerate() {
            let Some(used) = rule.quota.map(|quota| quota.used) else { continue };
            if used.is_unknown {
                continue;
            }
            let other = organisation((world.sender + 1) % world::ORGANISATIONS);
            let by_sender = [(organisation(world.sender), used.by_sender), (other, used.by_others)];
            let used = Used { by_sender: by_sender.into(), base: used.base };
            quota_use.enter(agreement_id(agreement.id), &format!("rule-{number}"), used);
        }
    }
    quota_use
}

/// Only those that some rule asks for can stand in the terms.
fn criteria(raw: &world::Agreement) -> Vec<Criterion> {
    let is_used = |number: &usize| raw.rules.iter().any(|rule| rule.criteria.contains(number));
    let criterion = |number: usize| Criterion {
        criterion_id: criterion_id(number),
        text: "Slumpat villkor".to_owned(),
        is_dated: number % 2 == 1,
        is_justifiable: number >= 2,
    };
    (0..world::CRITERIA).filter(is_used).map(criterion).collect()
}

fn criterion_id(number: usize) -> String {
    format!("criterion-{number}")
}

fn units(mask: u8) -> Vec<UnitId> {
    (1..=2).filter(|number| mask & (1 << (number - 1)) != 0).filter_map(unit).collect()
}

fn affirmations(affirmed: &[u8; world::CRITERIA]) -> Vec<Affirmation> {
    let standing = |how: u8| match how {
        1 => Some(Standing::Met { since: None }),
        2 => Some(Standing::Met { since: Some(DAY) }),
        3 => Some(Standing::Justified),
        _ => None,
    };
    let known = affirmed.iter().enumerate().filter_map(|(number, how)| {
        Some(Affirmation { criterion_id: criterion_id(number), standing: standing(*how)? })
    });
    known.collect()
}

fn stated((is_justified, dates): (bool, u8)) -> Eligibility {
    let dated = (0..world::CRITERIA).filter(|number| dates & (1 << number) != 0);
    let dates = dated.map(|number| (criterion_id(number), DAY)).collect();
    Eligibility { is_justified, dates }
}

fn consent(raw: &world::Consent) -> Option<Consent> {
    let world::Consent::Record { recipients, categories, from_day, until_day, withdrawn, covered } =
        raw
    else {
        return None;
    };
    let recipient = |(index, number): &(usize, u8)| ConsentRecipient {
        organisation: organisation(*index),
        unit: unit(*number),
    };
    let draft = ConsentDraft {
        consent_id: ConsentId::from_bytes([3; 16]),
        person_reference: Sensitive::new("ärende 1".to_owned()),
        consenting_party: ConsentingParty::Myself,
        recipients: recipients.iter().map(recipient).collect(),
        data_categories: picked(&CATEGORIES, *categories),
        purpose: "slumpat".to_owned(),
        valid_from: day(*from_day),
        valid_until: day(*until_day),
        form: ConsentForm::Written,
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: Sensitive::new(String::new()),
        withdrawn_at: None,
        subject_age: SubjectAge::Adult,
        third_parties_covered: picked(ThirdPersonRelation::ALL, *covered),
        events: Vec::new(),
    };
    let mut consent = draft.check().unwrap();
    if *withdrawn {
        consent.withdraw(NOW);
    }
    Some(consent)
}

fn principal(index: usize) -> Principal {
    let (_, kind, status) = MEMBERS[index];
    Principal { organisation: organisation(index), kind, status }
}

/// The organisations as a mask.
pub(crate) fn mask(organisations: &[OrgId]) -> u8 {
    let index = |id: &OrgId| MEMBERS.iter().position(|(known, ..)| *known == id.as_str());
    organisations.iter().filter_map(index).fold(0, |mask, index| mask | 1 << index)
}

fn organisation(index: usize) -> OrgId {
    OrgId::parse(MEMBERS[index].0).unwrap()
}

fn unit(number: u8) -> Option<UnitId> {
    (number > 0).then(|| UnitId::parse(&format!("unit-{number}")).unwrap())
}

fn agreement_id(id: u8) -> AgreementId {
    AgreementId::from_bytes([id; 16])
}

fn day(day: i64) -> Timestamp {
    NOW.plus(Seconds::days(day))
}

fn picked<T: Copy>(items: &[T], mask: u8) -> Vec<T> {
    items
        .iter()
        .enumerate()
        .filter(|(index, _)| mask & (1 << index) != 0)
        .map(|(_, item)| *item)
        .collect()
}
