//! No blanket consent, and no use beyond what the person agreed to.

use super::*;

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const MAX_DAYS: u32 = 90;

fn stadsmissionen() -> OrgId {
    OrgId::parse("demo:stadsmissionen-kalmar").unwrap()
}

fn shelter() -> UnitId {
    UnitId::parse("sovsalen").unwrap()
}

fn after_days(days: i64) -> Timestamp {
    START.plus(Seconds::days(days))
}

fn draft() -> ConsentDraft {
    ConsentDraft {
        consent_id: ConsentId::from_bytes([7; 16]),
        person_reference: Sensitive::new("dnr 2026-17".to_owned()),
        consenting_party: ConsentingParty::Myself,
        recipients: vec![ConsentRecipient { organisation: stadsmissionen(), unit: None }],
        data_categories: vec![DataCategory::Identity, DataCategory::HousingNeed],
        purpose: "plats på natthärbärge".to_owned(),
        valid_from: START,
        valid_until: after_days(30),
        form: ConsentForm::Written,
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: Sensitive::new("arkiv 4".to_owned()),
        withdrawn_at: None,
        subject_age: SubjectAge::Adult,
        third_parties_covered: Vec::new(),
        events: Vec::new(),
    }
}

fn consent(change: impl FnOnce(&mut ConsentDraft)) -> Consent {
    let mut draft = draft();
    change(&mut draft);
    draft.check().unwrap()
}

fn bad_field(change: impl FnOnce(&mut ConsentDraft)) -> &'static str {
    let mut draft = draft();
    change(&mut draft);
    let refusal = draft.check().unwrap_err();
    assert_eq!(refusal.reason, Reason::InvalidField);
    refusal.field
}

fn reason(
    consent: &Consent,
    unit: Option<&UnitId>,
    categories: &[DataCategory],
    now: Timestamp,
) -> Option<Reason> {
    let recipient = &stadsmissionen();
    let wanted = Use { recipient, unit, categories, third_persons: &[] };
    let used = consent.check_use(wanted, MAX_DAYS, now);
    used.err().map(|refusal| refusal.reason)
}

#[test]
fn r4_a_blanket_consent_is_refused() {
    assert_eq!(bad_field(|draft| draft.recipients.clear()), "consent.recipients");
    assert_eq!(bad_field(|draft| draft.data_categories.clear()), "consent.data_categories");
    assert_eq!(bad_field(|draft| draft.purpose.clear()), "consent.purpose");
    assert_eq!(bad_field(|draft| draft.purpose = "   ".to_owned()), "consent.purpose");
}

#[test]
fn a_consent_without_information_to_the_person_is_refused() {
    assert_eq!(bad_field(|draft| draft.information_given = false), "consent.information_given");
}

#[test]
fn each_limit_names_its_field() {
    assert_eq!(
        bad_field(|draft| draft.person_reference = Sensitive::new(String::new())),
        "consent.person_reference"
    );
    assert_eq!(
        bad_field(|draft| draft.person_reference = Sensitive::new("å".repeat(65))),
        "consent.person_reference"
    );
    assert_eq!(
        bad_field(|draft| draft.recipients = vec![draft.recipients[0].clone(); 17]),
        "consent.recipients"
    );
    assert_eq!(
        bad_field(|draft| draft.data_categories = vec![DataCategory::Contact; 17]),
        "consent.data_categories"
    );
    assert_eq!(bad_field(|draft| draft.purpose = "å".repeat(201)), "consent.purpose");
    assert_eq!(bad_field(|draft| draft.valid_until = START), "consent.valid_until");
    assert_eq!(
        bad_field(|draft| draft.valid_until = after_days(365).plus(Seconds(1))),
        "consent.valid_until"
    );
    assert_eq!(bad_field(|draft| draft.language.clear()), "consent.language");
    assert_eq!(
        bad_field(|draft| draft.language = "svenska språket".to_owned()),
        "consent.language"
    );
    assert_eq!(
        bad_field(|draft| draft.evidence_reference = Sensitive::new("å".repeat(201))),
        "consent.evidence_reference"
    );
    consent(|draft| {
        draft.person_reference = Sensitive::new("å".repeat(64));
        draft.evidence_reference = Sensitive::new(String::new());
        draft.valid_until = after_days(365);
    });
}

#[test]
fn con_01_a_consent_of_30_days_carries_nothing_on_day_31() {
    let consent = consent(|_| ());
    let last_moment = Timestamp::from_millis(after_days(30).as_millis() - 1);
    assert_eq!(reason(&consent, None, &[DataCategory::Identity], START), None);
    assert_eq!(reason(&consent, None, &[DataCategory::Identity], last_moment), None);
    assert_eq!(
        reason(&consent, None, &[DataCategory::Identity], after_days(30)),
        Some(Reason::ConsentExpired)
    );
}

#[test]
fn a_consent_does_not_carry_anything_before_it_begins() {
    let before = Timestamp::from_millis(START.as_millis() - 1);
    assert_eq!(reason(&consent(|_| ()), None, &[], before), Some(Reason::ConsentExpired));
}

#[test]
fn a_consent_for_longer_than_the_agreement_allows_holds_only_so_long() {
    let consent = consent(|draft| draft.valid_until = after_days(200));
    assert_eq!(consent.usable_until(MAX_DAYS), after_days(90));
    assert_eq!(reason(&consent, None, &[], after_days(89)), None);
    assert_eq!(reason(&consent, None, &[], after_days(90)), Some(Reason::ConsentExpired));
}

#[test]
fn con_02_a_withdrawn_consent_carries_nothing_whatever_the_clock_says() {
    let mut consent = consent(|_| ());
    assert!(consent.withdraw(after_days(3)));
    assert!(!consent.withdraw(after_days(2)), "the first withdrawal counts");
    assert_eq!(consent.withdrawn_at, Some(after_days(3)));
    for now in [START, after_days(3), after_days(400)] {
        assert_eq!(reason(&consent, None, &[], now), Some(Reason::ConsentWithdrawn));
    }
}

#[test]
fn a_consent_that_names_an_organisation_covers_all_its_units_and_no_other_organisation() {
    let consent = consent(|_| ());
    assert_eq!(reason(&consent, Some(&shelter()), &[], START), None);
    assert_eq!(reason(&consent, None, &[], START), None);
    let other = OrgId::parse("kommun:0881").unwrap();
    let wanted = Use { recipient: &other, unit: None, categories: &[], third_persons: &[] };
    let refusal = consent.check_use(wanted, MAX_DAYS, START).unwrap_err();
    assert_eq!(refusal, Refusal::at(Reason::ConsentScope, "consent.recipients"));
}

#[test]
fn a_consent_that_names_a_unit_covers_that_unit_only_and_not_the_intake() {
    let consent = consent(|draft| draft.recipients[0].unit = Some(shelter()));
    let other = UnitId::parse("mobila-teamet").unwrap();
    assert_eq!(reason(&consent, Some(&shelter()), &[], START), None);
    assert_eq!(reason(&consent, Some(&other), &[], START), Some(Reason::ConsentScope));
    assert_eq!(reason(&consent, None, &[], START), Some(Reason::ConsentScope));
}

#[test]
fn every_category_in_the_message_must_be_consented_to() {
    let consent = consent(|_| ());
    let both = [DataCategory::Identity, DataCategory::HousingNeed];
    assert_eq!(reason(&consent, None, &both, START), None);
    let more = [DataCategory::Identity, DataCategory::FreeText];
    assert_eq!(reason(&consent, None, &more, START), Some(Reason::ConsentScope));
}

#[test]
fn debug_output_shows_neither_person_nor_evidence() {
    let text = format!("{:?}", consent(|_| ()));
    assert!(!text.contains("dnr 2026-17") && !text.contains("arkiv 4"), "{text}");
}

#[test]
fn con_03_a_consent_covers_nobody_else_than_who_gave_it() {
    let about = |consent: &Consent, third_persons: &[ThirdPersonRelation]| {
        let recipient = &stadsmissionen();
        let wanted = Use { recipient, unit: None, categories: &[], third_persons };
        consent.check_use(wanted, MAX_DAYS, START).map_err(|refusal| refusal.field)
    };
    let alone = consent(|_| ());
    assert_eq!(about(&alone, &[]), Ok(()));
    let beyond = Err("consent.third_parties_covered");
    assert_eq!(about(&alone, &[ThirdPersonRelation::Partner]), beyond);
    let both = consent(|draft| draft.third_parties_covered = vec![ThirdPersonRelation::Partner]);
    assert_eq!(about(&both, &[ThirdPersonRelation::Partner]), Ok(()));
    assert_eq!(about(&both, &[ThirdPersonRelation::Partner, ThirdPersonRelation::Child]), beyond);
}

#[test]
fn con_04_a_child_that_speaks_for_itself_can_consent_and_a_younger_one_cannot_alone() {
    let by = |subject_age, consenting_party| {
        let draft = ConsentDraft { subject_age, consenting_party, ..draft() };
        draft.check().map(|_| ()).map_err(|refusal| refusal.field)
    };
    assert_eq!(by(SubjectAge::From15To17, ConsentingParty::Myself), Ok(()));
    let refused = Err("consent.consenting_party");
    assert_eq!(by(SubjectAge::From15To17, ConsentingParty::Guardians), refused);
    assert_eq!(by(SubjectAge::From12To14, ConsentingParty::Myself), refused);
    assert_eq!(by(SubjectAge::Under12, ConsentingParty::Guardians), Ok(()));
    assert_eq!(by(SubjectAge::Adult, ConsentingParty::Guardians), refused);
}

fn left(recipients: Vec<ConsentRecipient>, data_categories: Vec<DataCategory>) -> Narrowing {
    Narrowing { recipients, data_categories, valid_until: None }
}

#[test]
fn a_consent_can_be_narrowed_and_never_widened() {
    let mut consent = consent(|_| ());
    let whole = consent.recipients.clone();
    let one = vec![DataCategory::HousingNeed];
    let wider = vec![DataCategory::Contact];
    let field = |result: Result<bool, Refusal>| result.map_err(|refusal| refusal.field);
    let nobody = consent.narrow(left(Vec::new(), one.clone()), START);
    assert_eq!(field(nobody), Err("recipients"));
    let more = consent.narrow(left(whole.clone(), wider), START);
    assert_eq!(field(more), Err("data_categories"));
    let longer =
        Narrowing { valid_until: Some(after_days(31)), ..left(whole.clone(), one.clone()) };
    assert_eq!(field(consent.narrow(longer, START)), Err("valid_until"));
    assert_eq!(consent.events, [], "a refusal changes nothing");
    let shelter_only = vec![ConsentRecipient { unit: Some(shelter()), ..whole[0].clone() }];
    assert_eq!(consent.narrow(left(shelter_only.clone(), one.clone()), after_days(1)), Ok(true));
    assert_eq!(consent.narrow(left(shelter_only, one.clone()), after_days(2)), Ok(false));
    let narrowed = ConsentEvent { kind: ConsentEventType::Narrowed, at: after_days(1) };
    assert_eq!(consent.events, [narrowed]);
    let back = consent.narrow(left(whole, one), START);
    assert_eq!(field(back), Err("recipients"), "a function does not become its organisation");
}

#[test]
fn a_withdrawn_consent_cannot_be_narrowed() {
    let mut consent = consent(|_| ());
    consent.withdraw(START);
    let refused =
        consent.narrow(left(consent.recipients.clone(), consent.data_categories.clone()), START);
    assert_eq!(refused.unwrap_err().reason, Reason::ConsentWithdrawn);
}
