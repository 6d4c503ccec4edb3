//! Rules of a house: agreed on as codes, and what a test shows stays where it was taken.

use brygga_domain::Reason;
use brygga_domain::code::{CodedTerm, HOUSE_RULE};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, Condition, SubjectArea};
use brygga_proto::local::v1::{
    OfferReferralRequest, ProposeAgreementRequest, RequestReferralRequest, SendNoteRequest,
    ShowAgreementRequest, ShowReferralRequest,
};
use brygga_proto::types::v1::Code;
use brygga_testkit::{Place, Region, agreement_terms, reason_of, referral_to};
use tonic::Status;
use tonic_types::StatusExt;

use crate::setting::{Neighbours, agree, delivered, id_of, request};

fn rule(code: &str, text: &str) -> Condition {
    let term = CodedTerm::known(HOUSE_RULE, code).expect("a rule of a house");
    let code = Code {
        list: HOUSE_RULE.to_owned(),
        list_version: term.list_version(),
        code: code.to_owned(),
        broader: term.broader().to_vec(),
    };
    Condition { code: Some(code), text: text.to_owned() }
}

/// NAT-02: an association lets its own flats, with total sobriety and unannounced tests.
///
/// Verified: both parties sign and read the same rules, as codes and in Swedish; rules that exclude each other and
/// one of a newer list are refused before anybody signs.
#[tokio::test(flavor = "multi_thread")]
async fn nat_02_house_rules_are_agreed_on_as_codes() {
    let region = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
    let parties = [Place::KALMAR.organisation, Place::STADSMISSIONEN.organisation];
    let (kind, subject) = (AgreementKind::Iop, SubjectArea::Homelessness);
    let now = region.clock("kalmar").now();
    let terms =
        |conditions| AgreementTerms { conditions, ..agreement_terms(&parties, kind, subject, now) };
    let sober = rule("SOBRIETY_TOTAL", "");
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let mut newer = sober.clone();
    newer.code.as_mut().expect("a code").code = "SOBRIETY_AT_WEEKENDS".to_owned();
    for (other, reason) in
        [(rule("ALCOHOL_ALLOWED", ""), Reason::InvalidField), (newer, Reason::PolicyUnknownTerm)]
    {
        let terms = Some(terms(vec![sober.clone(), other]));
        let wanted = ProposeAgreementRequest { terms, ..Default::default() };
        let refused = manager.agreements().propose_agreement(wanted).await.expect_err("refused");
        assert_eq!(reason_of(&refused), reason);
    }
    let rules = vec![sober, rule("UNANNOUNCED_TESTS", "Resultatet stannar i huset")];
    let id = agree(&region, "kalmar", "stadsmissionen", terms(rules.clone())).await;
    let manager = region.staff("stadsmissionen", "AGREEMENT_MANAGER", None);
    let wanted = ShowAgreementRequest { agreement_id: id.clone(), version: 1 };
    let held = manager.agreements().show_agreement(wanted).await.expect("held").into_inner();
    assert_eq!(held.agreement.and_then(|held| held.terms).expect("terms").conditions, rules);
    let said = region.run("stadsmissionen", &["agreement", "show", &id_of(&id).to_string()]);
    assert!(said.contains("husregler       helt nykter, även utanför boendet"), "{said}");
    assert!(
        said.contains("oanmälda drog- och alkoholtester: Resultatet stannar i huset"),
        "{said}"
    );
}

/// The field that a refusal names, when it says nothing of the text.
fn held_back(refused: &Status) -> String {
    assert_eq!(reason_of(refused), Reason::ContentWarning);
    let said = format!("{refused:?}{}", String::from_utf8_lossy(refused.details()));
    for word in ["urin", "positiv", "promille"] {
        assert!(!said.to_lowercase().contains(word), "{said}");
    }
    refused.get_details_error_info().expect("coded").metadata["field"].clone()
}

/// ORE-22: a case worker is about to attach the result of a drug test.
///
/// Verified: a referral, an offer and a note whose text looks like one are held back with the field and nothing of the
/// text, and nothing is stored; with the text read again they pass, and an ordinary text passes at once.
#[tokio::test(flavor = "multi_thread")]
async fn ore_22_a_test_result_is_held_back_until_its_sender_has_read_it_again() {
    let neighbours = Neighbours::agreed().await;
    let (kalmar, consent) = (&neighbours.kalmar, neighbours.consent(30).await);
    let telling = |text: &str, accept_content_warning| {
        let mut wish = referral_to("kommun:0881", consent.clone());
        wish.content.as_mut().expect("content").note = text.to_owned();
        RequestReferralRequest { accept_content_warning, idempotency_key: vec![7; 16], ..wish }
    };
    let refused = request(kalmar, telling("Urinprov i maj: positivt", false)).await;
    assert_eq!(held_back(&refused.expect_err("it looks like one")), "content.note");
    let offered = OfferReferralRequest {
        idempotency_key: vec![8; 16],
        content: telling("Blaste 0,8 promille", false).content,
        ..OfferReferralRequest::default()
    };
    let refused = kalmar.offers().offer_referral(offered).await.expect_err("it looks like one");
    assert_eq!(held_back(&refused), "content.note");

    let text = "Huset tar urinprov, säg till innan";
    let sent = request(kalmar, telling(text, true)).await.expect("read again").referral_id;
    let again = request(kalmar, telling(text, true)).await.expect("a repeat").referral_id;
    assert_eq!(sent, again);
    delivered(kalmar, &sent).await;
    let wanted = ShowReferralRequest { referral_id: sent.clone() };
    let shown = neighbours.nybro.referrals().show_referral(wanted).await.expect("shown");
    assert_eq!(shown.into_inner().content.expect("content").note, text);

    let note = |text: &str, accept_content_warning| SendNoteRequest {
        note_id: vec![9; 16],
        referral_id: sent.clone(),
        text: text.to_owned(),
        accept_content_warning,
        ..SendNoteRequest::default()
    };
    let refused = kalmar.referrals().send_note(note("Drogtest: positivt", false)).await;
    assert_eq!(held_back(&refused.expect_err("it looks like one")), "text");
    let passed = kalmar.referrals().send_note(note("Provade ringa, inget svar", false)).await;
    passed.expect("an ordinary text");
}
