//! A municipality and civil society, and whoever is no party to what they agreed.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    AgreementKind, AgreementSignature, AgreementSigned, SubjectArea,
};
use brygga_proto::federation::v1::deliver_result::Result as Delivered;
use brygga_proto::local::v1::{ShowAgreementRequest, SignAgreementRequest};
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use brygga_testkit::{
    Place, Region, Visitor, agreement_terms, consent_for, reason_of, referral_to,
};
use brygga_wire::{Header, MessageType, SignedEnvelope};
use prost::Message;

use crate::setting::{Neighbours, agree, delivered, listed, look, record, request};

/// Kalmar and Stadsmissionen, which stands outside lag 2001:454, with an IOP in force (R3).
///
/// Verified: a referral from civil society to the municipality passes on SoL 17:11 with the
/// person's explicit consent; OSL 26:9, which is for authorities only, carries nothing towards
/// Stadsmissionen; nor may a municipality call its own task a consent (R6).
#[tokio::test(flavor = "multi_thread")]
async fn partnership_carries_consented_referrals_and_no_care_between_authorities() {
    let region = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
    let (kalmar, mission) = (Place::KALMAR.organisation, Place::STADSMISSIONEN.organisation);
    let now = region.clock("kalmar").now();
    let terms =
        agreement_terms(&[kalmar, mission], AgreementKind::Iop, SubjectArea::Homelessness, now);
    agree(&region, "kalmar", "stadsmissionen", terms).await;
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let caseworker = region.staff("kalmar", "CASE_WORKER", None);

    let mut wish = referral_to(kalmar, record(&shelter, consent_for(&[kalmar], 30, now)).await);
    wish.disclosure_ground = DisclosureGround::Private1711Consent.into();
    wish.gdpr_basis = GdprBasis::ExplicitConsent92A.into();
    let id = request(&shelter, wish.clone()).await.expect("permitted").referral_id;
    delivered(&shelter, &id).await;
    look(&caseworker, &id).await.expect("it arrived");
    wish.idempotency_key = vec![5; 16];
    wish.gdpr_basis = GdprBasis::PublicTask61E.into();
    let not_public = request(&shelter, wish).await.expect_err("it has no public task");
    assert_eq!(reason_of(&not_public), Reason::GdprBasisNotAllowed);

    let consent = record(&caseworker, consent_for(&[mission], 30, now)).await;
    for (ground, basis, reason) in [
        (DisclosureGround::Care269, GdprBasis::PublicTask61E, Reason::GroundNotAllowed),
        (DisclosureGround::Consent122, GdprBasis::ExplicitConsent92A, Reason::GdprBasisNotAllowed),
    ] {
        let mut wish = referral_to(mission, consent.clone());
        (wish.disclosure_ground, wish.gdpr_basis) = (ground.into(), basis.into());
        let refused = request(&caseworker, wish).await.expect_err("not open");
        assert_eq!(reason_of(&refused), reason);
    }
    request(&caseworker, referral_to(mission, consent))
        .await
        .expect("the person lifts the secrecy");
}

/// Stadsmissionen is no party to what Kalmar and Nybro propose to each other.
///
/// Verified: at its own node it is told that there is no such agreement; a signature that it
/// sends to Kalmar all the same is not taken, and it is told no more than for an agreement that
/// does not exist.
#[tokio::test(flavor = "multi_thread")]
async fn signature_of_somebody_who_is_no_party_is_refused() {
    let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
    let neighbours = Neighbours::agreed_in(Region::start(&places).await).await;
    let region = &neighbours.region;
    let app = region.node("kalmar").app();
    let record = app.parts().agreements.book().records().next().cloned().expect("an agreement");
    let agreement_id = record.terms().agreement_id.as_bytes().to_vec();
    let own = region.staff("stadsmissionen", "AGREEMENT_MANAGER", None);
    let wanted = SignAgreementRequest {
        agreement_id: agreement_id.clone(),
        version: 1,
        accept_findings: false,
    };
    let refused = own.agreements().sign_agreement(wanted).await.expect_err("not theirs");
    assert_eq!(reason_of(&refused), Reason::NotFound);

    let visitor = region.visitor("stadsmissionen", "stadsmissionen");
    let kalmar = region.organisation("kalmar");
    let mut answers = Vec::new();
    for id in [agreement_id.clone(), vec![9; 16]] {
        let envelope = signature(region, &visitor, &id, record.terms_digest());
        let answer = visitor.deliver(&kalmar, &[envelope]).await.results.remove(0);
        let Some(Delivered::Failure(failure)) = answer.result else {
            panic!("nothing was to be stored: {answer:?}");
        };
        answers.push(failure);
    }
    assert_eq!(answers[0].reason, Reason::NotFound.as_str());
    assert_eq!(answers[0], answers[1], "who is no party cannot tell the two apart");
    let wanted = ShowAgreementRequest { agreement_id, version: 1 };
    let shown = neighbours.kalmar.agreements().show_agreement(wanted).await.expect("shown");
    let signatures = shown.into_inner().agreement.expect("an agreement").signatures;
    assert_eq!(signatures.len(), 2, "its parties' signatures and no other");
    assert!(listed(&neighbours.kalmar).await.is_empty());
}

/// The message with which a party tells that it signed, from somebody who is none.
fn signature(
    region: &Region,
    visitor: &Visitor,
    agreement_id: &[u8],
    terms_digest: &[u8; 32],
) -> SignedEnvelope {
    let now = region.clock("stadsmissionen").now();
    let input = brygga_wire::agreement::signing_input(terms_digest, now);
    let key = visitor.signing_key();
    let payload = AgreementSigned {
        agreement_id: agreement_id.to_vec(),
        version: 1,
        terms_sha256: terms_digest.to_vec(),
        signatures: vec![AgreementSignature {
            organisation: visitor.organisation().to_string(),
            key_id: key.public().key_id().to_string(),
            signed_at: Some(brygga_wire::time::to_proto(now)),
            signature: key.sign("agreement", &input).as_bytes().to_vec(),
        }],
    };
    let thread: [u8; 16] = agreement_id.try_into().expect("16 bytes");
    let header = Header {
        message_id: brygga_domain::MessageId::from_bytes(thread),
        message_type: MessageType::AgreementSigned,
        schema_version: 1,
        sender: visitor.organisation().clone(),
        recipient: region.organisation("kalmar"),
        recipient_unit: None,
        conversation: brygga_domain::ConversationId::from_bytes(thread),
        created_at: now,
        expires_at: now.plus(Seconds::days(1)),
        agreement: Some((brygga_domain::AgreementId::from_bytes(thread), 1)),
        previous_hash: None,
        payload_digest: brygga_crypto::sha256(&[]),
        sealed: None,
        critical: Vec::new(),
    };
    SignedEnvelope::sign(header, payload.encode_to_vec(), Vec::new(), key)
}
