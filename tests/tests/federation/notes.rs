//! Notes whose content is taken back while they wait: the thread goes on without them.

use brygga_domain::{Reason, ReferralId, Seconds};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::ErasureCause;
use brygga_identity::clock::Clock;
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{SendNoteRequest, ShowReferralRequest, WithdrawConsentRequest};
use brygga_proto::referral::v1::{Accepted, ReferralStatus, Started};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use brygga_testkit::{consent_for, reason_of, referral_to};

use crate::setting::{Neighbours, act, delivered, has_status, record, request};

/// Nybro has accepted and Kalmar's node is away; Nybro writes, on a consent of its own that holds for
/// `days`, and begins the work. Returns the referral and the consent.
async fn note_waits(neighbours: &mut Neighbours, days: i64) -> (Vec<u8>, Vec<u8>) {
    let consent = neighbours.consent(30).await;
    let asked = request(&neighbours.kalmar, referral_to("kommun:0881", consent)).await;
    let id = asked.expect("it is permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;
    act(&neighbours.nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    has_status(&neighbours.kalmar, &id, ReferralStatus::Accepted).await;
    neighbours.region.stop_node("kalmar").await;

    let own = ConsentRecord {
        data_categories: vec![DataCategory::FreeText.into()],
        ..consent_for(&["kommun:0880"], days, neighbours.region.clock("nybro").now())
    };
    let own = record(&neighbours.nybro, own).await;
    let note = SendNoteRequest {
        note_id: vec![7; 16],
        referral_id: id.clone(),
        text: "Kim kan komma på torsdag klockan tio.".to_owned(),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        consent_id: own.clone(),
        accept_content_warning: false,
    };
    neighbours.nybro.referrals().send_note(note).await.expect("it waits");
    act(&neighbours.nybro, &id, Action::Start(Started {})).await.expect("begun");
    (id, own)
}

/// Nybro erases the case.
async fn erase(neighbours: &Neighbours, id: &[u8]) {
    let case = ReferralId::try_from(id).expect("an identifier");
    let actor = Actor::User("gallrare-1".to_owned());
    let app = neighbours.region.node("nybro").app();
    app.case_erase(&actor, case, ErasureCause::Requested).await.expect("erased");
}

/// Kalmar's node comes back: it learns what followed the note in its thread, and has no note.
async fn thread_goes_on_without_the_note(neighbours: &mut Neighbours, id: &[u8]) {
    neighbours.region.start_node("kalmar").await;
    neighbours.kalmar = neighbours.region.staff("kalmar", "CASE_WORKER", None);
    has_status(&neighbours.kalmar, id, ReferralStatus::InProgress).await;
    let wanted = ShowReferralRequest { referral_id: id.to_vec() };
    let shown = neighbours.kalmar.referrals().show_referral(wanted).await.expect("shown");
    assert_eq!(shown.into_inner().notes, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_consent_takes_a_note_back_and_the_thread_goes_on() {
    let mut neighbours = Neighbours::agreed().await;
    let (id, consent_id) = note_waits(&mut neighbours, 30).await;
    let withdraw = WithdrawConsentRequest { consent_id };
    let stopped = neighbours.nybro.consents().withdraw_consent(withdraw).await;
    assert_eq!(stopped.expect("never refused").into_inner().stopped_messages, 1);
    thread_goes_on_without_the_note(&mut neighbours, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_takes_a_note_back_and_the_thread_goes_on() {
    let mut neighbours = Neighbours::agreed().await;
    let (id, _) = note_waits(&mut neighbours, 30).await;
    erase(&neighbours, &id).await;
    thread_goes_on_without_the_note(&mut neighbours, &id).await;
}

/// The cover that waits after a withdrawal holds nothing, so an erasure has nothing to take from it.
#[tokio::test(flavor = "multi_thread")]
async fn a_cover_outlives_the_erasure_of_its_case() {
    let mut neighbours = Neighbours::agreed().await;
    let (id, consent_id) = note_waits(&mut neighbours, 30).await;
    let withdraw = WithdrawConsentRequest { consent_id };
    neighbours.nybro.consents().withdraw_consent(withdraw).await.expect("never refused");
    erase(&neighbours, &id).await;
    thread_goes_on_without_the_note(&mut neighbours, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_whose_consent_runs_out_while_it_waits_does_not_arrive() {
    let mut neighbours = Neighbours::agreed().await;
    let (id, _) = note_waits(&mut neighbours, 2).await;
    for name in ["kalmar", "nybro"] {
        neighbours.region.clock(name).turn(Seconds::days(3));
    }
    thread_goes_on_without_the_note(&mut neighbours, &id).await;
}

/// A source writes on its referral's consent and no other: one withdrawal ends both.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_writes_on_no_other_consent_than_its_referral() {
    let neighbours = Neighbours::agreed().await;
    let (consent, other) = (neighbours.consent(30).await, neighbours.consent(30).await);
    let asked = request(&neighbours.kalmar, referral_to("kommun:0881", consent.clone())).await;
    let note = SendNoteRequest {
        note_id: vec![7; 16],
        referral_id: asked.expect("it is permitted").referral_id,
        text: "Kim kan komma på torsdag klockan tio.".to_owned(),
        consent_id: other,
        ..SendNoteRequest::default()
    };
    let refused = neighbours.kalmar.referrals().send_note(note.clone()).await;
    assert_eq!(reason_of(&refused.expect_err("another consent")), Reason::ConsentScope);
    let note = SendNoteRequest { consent_id: consent, ..note };
    neighbours.kalmar.referrals().send_note(note).await.expect("the referral's own");
}
