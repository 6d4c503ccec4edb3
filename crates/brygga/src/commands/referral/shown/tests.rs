use brygga_proto::referral::v1 as proto;
use brygga_proto::referral::v1::referral_progressed::Event;

use super::*;

fn referral() -> Referral {
    Referral {
        referral_id: b"0123456789abcdef".to_vec(),
        side: Side::Source.into(),
        source: "kommun:0880".to_owned(),
        target: "kommun:0881".to_owned(),
        target_unit: "mobila-teamet".to_owned(),
        version: 2,
        status: ReferralStatus::Rejected.into(),
        delivery_status: DeliveryStatus::Delivered.into(),
        effective_service_type: "ACUTE_PLACE".to_owned(),
        acute_duty_holder: "kommun:0880".to_owned(),
        ..Referral::default()
    }
}

fn declined() -> proto::ReferralProgressed {
    let declined = proto::Declined {
        party: proto::DeclineParty::Provider.into(),
        reason: proto::StatusReason::NoCapacity.into(),
        next_step: proto::NextStep::TemporaryBed.into(),
        rerouted_to: String::new(),
        advice: None,
    };
    let event = Some(Event::Declined(declined));
    proto::ReferralProgressed { version: 2, event, ..proto::ReferralProgressed::default() }
}

#[test]
fn a_case_worker_reads_who_what_and_how_far_in_swedish() {
    let text = changed(&referral(), Language::Sv, Text::ReferralUpdated).text();
    for part in ["till kommun:0881/mobila-teamet", "akutplats", "avböjd", "levererad", "akutansvar"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_decline_says_why_and_what_happens_next() {
    let shown = ShowReferralResponse {
        referral: Some(referral()),
        content: None,
        events: vec![declined()],
        notes: Vec::new(),
    };
    let answer = in_full(&shown, Language::Sv);
    let text = answer.text();
    assert!(
        text.contains("avböjd (mottagaren), skäl: ingen plats, nästa steg: tillfällig"),
        "{text}"
    );
    assert!(text.contains("Innehållet kan inte öppnas här"));
    assert_eq!(answer.json()["events"][0]["reason"], "NO_CAPACITY");
    assert_eq!(answer.json()["referral"]["status"], "REJECTED");
}

#[test]
fn a_due_duty_is_shown_with_the_number_to_call() {
    let due =
        Referral { call_duty_phone: true, duty_phone: "0481-450 00".to_owned(), ..referral() };
    let text = changed(&due, Language::Sv, Text::ReferralUpdated).text();
    assert!(text.contains("RING NU") && text.contains("0481-450 00"), "{text}");
}

#[test]
fn a_list_has_one_row_for_each_referral_and_no_content() {
    let page = ListReferralsResponse {
        referrals: vec![referral(), referral()],
        next_page_token: String::new(),
    };
    let answer = list(&page, Language::Sv);
    assert_eq!(answer.text().lines().count(), 3);
    assert!(answer.json()["referrals"][0].get("content").is_none());
}

#[test]
fn control_characters_of_a_peer_do_not_reach_the_terminal() {
    let content =
        ReferralContent { note: "a\u{1b}[2Jb\nc".to_owned(), ..ReferralContent::default() };
    let lines = content_lines(&content, Language::En);
    assert_eq!(lines, [format!("{:<26}a [2Jb c", "note")]);
}

#[test]
fn a_newer_code_is_shown_by_its_known_parent() {
    let code = Code {
        list: "housing_need".to_owned(),
        list_version: 9,
        code: "TOWER".to_owned(),
        broader: vec!["OWN_DWELLING".to_owned()],
    };
    assert_eq!(term(&code, Language::Sv), "egen bostad");
    assert_eq!(term(&code, Language::En), "TOWER");
}

#[test]
fn a_case_worker_reads_where_the_reasons_lie() {
    let cause_level = proto::CauseLevel::Structural.into();
    let content = ReferralContent { cause_level, ..ReferralContent::default() };
    let lines = content_lines(&content, Language::Sv);
    assert_eq!(lines, [format!("{:<26}på bostadsmarknaden", "orsak")]);
    assert_eq!(entry::content(&content)["cause_level"], "STRUCTURAL");
}
