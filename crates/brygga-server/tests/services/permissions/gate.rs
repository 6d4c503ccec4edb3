//! Agreement and consent in each state, asked of the gate.

use std::sync::Arc;

use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect, Party,
    PartyRole, Priority, ResponseTimes, Rule, SubjectArea, Suspension, SuspensionReason,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentRecipient, ConsentingParty, SubjectAge,
};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, MemberKind, Refusal,
    Seconds, SocialServicesStatus,
};
use brygga_policy::{
    AgreementBook, Citation, ConsentEvidence, EligibilityEvidence, Principal, ReferralQuestion,
    decide_referral,
};

use crate::federation::{KALMAR, NOON, NYBRO, org};

/// How the agreement between Kalmar and Nybro stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    None,
    Draft,
    Signed,
    Active,
    Suspended,
    Superseded,
    Expired,
    Terminated,
}

/// How the person's consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConsentState {
    None,
    Valid,
    Expired,
    Withdrawn,
    OtherRecipient,
}

impl Agreement {
    pub(super) const ALL: &'static [Self] = &[
        Self::None,
        Self::Draft,
        Self::Signed,
        Self::Active,
        Self::Suspended,
        Self::Superseded,
        Self::Expired,
        Self::Terminated,
    ];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Draft => "draft",
            Self::Signed => "not begun",
            Self::Suspended => "suspended",
            Self::Superseded => "superseded",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Terminated => "terminated",
        }
    }

    fn book(self) -> AgreementBook {
        let records = match self {
            Self::None => vec![],
            Self::Draft => vec![proposed(30)],
            Self::Signed => vec![sign(draft(1, 10, 30))],
            Self::Active => vec![signed(30)],
            Self::Suspended => {
                let mut record = signed(30);
                let (organisation, reason) = (org(NYBRO), SuspensionReason::Incident);
                record.suspend(Suspension { organisation, reason, since: NOON }).unwrap();
                vec![record]
            }
            Self::Superseded => vec![signed(30), sign(draft(2, -30, 30))],
            Self::Expired => vec![signed(-1)],
            Self::Terminated => {
                let mut record = signed(30);
                record.terminate(NOON);
                vec![record]
            }
        };
        AgreementBook::new(records.into_iter().map(Arc::new))
    }
}

impl ConsentState {
    pub(super) const ALL: &'static [Self] =
        &[Self::None, Self::Valid, Self::Expired, Self::Withdrawn, Self::OtherRecipient];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::OtherRecipient => "other recipient",
        }
    }

    fn record(self) -> Option<Consent> {
        let (recipient, days) = match self {
            Self::None => return None,
            Self::Valid | Self::Withdrawn => (NYBRO, 20),
            Self::Expired => (NYBRO, -1),
            Self::OtherRecipient => ("kommun:0882", 20),
        };
        let draft = ConsentDraft {
            consent_id: ConsentId::from_bytes([3; 16]),
            person_reference: Sensitive::new("2026-114".to_owned()),
            consenting_party: ConsentingParty::Myself,
            recipients: vec![ConsentRecipient { organisation: org(recipient), unit: None }],
            data_categories: vec![DataCategory::Identity],
            purpose: "Remiss till Nybro kommun".to_owned(),
            valid_from: NOON.minus(Seconds::days(10)),
            valid_until: NOON.plus(Seconds::days(days)),
            form: ConsentForm::Written,
            language: "sv".to_owned(),
            information_given: true,
            evidence_reference: Sensitive::new(String::new()),
            withdrawn_at: (self == Self::Withdrawn).then_some(NOON.minus(Seconds(1))),
            subject_age: SubjectAge::Adult,
            third_parties_covered: Vec::new(),
            events: Vec::new(),
        };
        Some(draft.check().unwrap())
    }
}

/// What the gate says of Kalmar's referral to Nybro on the ground of the person's consent.
pub(super) fn decide(agreement: Agreement, consent: ConsentState) -> Result<(), Refusal> {
    let (book, record) = (agreement.book(), consent.record());
    let municipality = |organisation| Principal {
        organisation: org(organisation),
        kind: MemberKind::Municipality,
        status: SocialServicesStatus::Authority,
    };
    decide_referral(&ReferralQuestion {
        action: Action::ReferralSend,
        sender: &municipality(KALMAR),
        recipient: &municipality(NYBRO),
        sender_unit: None,
        recipient_unit: None,
        subject: SubjectArea::Homelessness,
        service_type: &CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
        categories: &[DataCategory::Identity],
        third_persons: &[],
        ground: Some(DisclosureGround::Consent12_2),
        gdpr: Some(GdprBasis::PublicTask),
        child: false,
        agreements: &book,
        // As a message cites it; who asks for the agreement by its name gets the version that counts.
        citation: Citation::Version(AgreementId::from_bytes([1; 16]), 1),
        consent: record.as_ref().map_or(ConsentEvidence::None, ConsentEvidence::Record),
        eligibility: EligibilityEvidence::NotAsked,
        quota_use: None,
        now: NOON,
    })
    .map(drop)
}

fn proposed(days: i64) -> AgreementRecord {
    draft(1, -30, days)
}

/// A version that begins and ends so many days from now.
fn draft(version: u32, from_days: i64, days: i64) -> AgreementRecord {
    let party = |who| Party { organisation: org(who), role: PartyRole::Participant };
    let draft = AgreementDraft {
        agreement_id: AgreementId::from_bytes([1; 16]),
        version,
        kind: AgreementKind::RegionalCooperation,
        title: "Samarbete om akut boende".to_owned(),
        parties: vec![party(KALMAR), party(NYBRO)],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("remiss-1", Effect::Permit, Action::ReferralSend)],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 86_400),
            (Priority::Urgent, 3_600),
        ])
        .unwrap(),
        consent_max_days: 90,
        valid_from: NOON.plus(Seconds::days(from_days)),
        valid_until: NOON.plus(Seconds::days(days)),
        document_sha256: None,
        legal_references: vec![],
        criteria: Vec::new(),
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
    AgreementRecord::proposed(draft.check().unwrap(), vec![], [0; 32])
}

fn signed(days: i64) -> AgreementRecord {
    sign(proposed(days))
}

fn sign(mut record: AgreementRecord) -> AgreementRecord {
    for organisation in [org(KALMAR), org(NYBRO)] {
        let signature = AgreementSignature {
            organisation,
            key_id: "k1".to_owned(),
            signed_at: NOON.minus(Seconds::days(20)),
            signature: [0; 64],
        };
        record.add_signature(signature).unwrap();
    }
    record
}
