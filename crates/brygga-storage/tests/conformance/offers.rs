//! Open referrals, own and others': written whole, changed only where nobody was faster, erased.

use brygga_domain::agreement::{Priority, SubjectArea};
use brygga_domain::eligibility::{Affirmation, Standing};
use brygga_domain::offer::{
    Claim, Offer, OfferBasis, OfferEnd, OfferState, OpenRequest, OwnClaim, ReceivedOffer,
};
use brygga_domain::referral::ContactPolicy;
use brygga_domain::{
    AgreementId, DataCategory, DisclosureGround, GdprBasis, OfferId, OrgId, ThirdPersonRelation,
};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, ErasureCause, Subject};
use brygga_exchange::offer::{NewOffer, OfferWrites};
use brygga_exchange::records::{ContentAtRest, IdempotencyKey};
use brygga_storage::{StorageError, Store};

use crate::database::Database;
use crate::fixtures::{
    at, bytes, consent_id, digest, kalmar, key_slot, nybro, referral_id, store, term, unit,
};
use crate::on_both;

on_both!(
    an_offer_reads_back_in_every_state,
    an_offer_that_somebody_else_changed_is_a_conflict,
    an_offer_is_found_by_its_key_its_time_and_its_consent,
    an_ended_offer_is_listed_for_erasure_until_it_is_erased,
    a_received_offer_reads_back_with_claim_and_end,
    what_is_open_and_lost_lately_is_listed,
);

fn affirmed(criterion_id: &str, standing: Standing) -> Affirmation {
    Affirmation { criterion_id: criterion_id.to_owned(), standing }
}

fn offer_id(number: u32) -> OfferId {
    OfferId::from_bytes(bytes(b'o', number))
}

fn asked(bare: bool) -> OpenRequest {
    OpenRequest {
        priority: Priority::Urgent,
        subject: SubjectArea::Homelessness,
        service_type: term("NIGHT_SHELTER"),
        host_municipality: (!bare).then(kalmar),
        home_municipality: (!bare).then(nybro),
        acute_duty: !bare,
        source_unit: (!bare).then(|| unit("socialjouren")),
        about_child: !bare,
        claim_by: at(100),
    }
}

fn offer(number: u32, bare: bool) -> Offer {
    Offer {
        id: offer_id(number),
        asked: asked(bare),
        basis: OfferBasis {
            agreement_id: AgreementId::from_bytes([2; 16]),
            agreement_version: 3,
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
            data_categories: vec![DataCategory::Identity, DataCategory::FreeText],
            third_persons: if bare { Vec::new() } else { vec![ThirdPersonRelation::Partner] },
            consent_id: (!bare).then(|| consent_id(1)),
            contact_policy: ContactPolicy::ViaRequester,
            part_of: (!bare).then(|| referral_id(7)),
            affirmations: vec![
                affirmed("oppet-arende", Standing::Met { since: None }),
                affirmed(
                    "kartlaggning",
                    Standing::Met { since: Some("2026-11-20".parse().unwrap()) },
                ),
                affirmed("malgrupp", Standing::Justified),
            ],
        },
        made_by: "anna".to_owned(),
        made_at: at(0),
        parties: vec![nybro(), OrgId::parse("demo:stadsmissionen-kalmar").unwrap()],
        state: OfferState::Open,
        revision: 1,
    }
}

fn begun(number: u32, bare: bool) -> WriteSet {
    let idempotency = IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"asked") };
    let content = ContentAtRest { key_slot: key_slot(number), ciphertext: vec![3; 90] };
    let new = vec![NewOffer { offer: offer(number, bare), idempotency, content }];
    with(OfferWrites { new, ..OfferWrites::default() })
}

fn with(offers: OfferWrites) -> WriteSet {
    WriteSet { offers, ..WriteSet::default() }
}

fn changed(offer: &Offer, before: u32) -> WriteSet {
    with(OfferWrites { changed: vec![(offer.clone(), before)], ..OfferWrites::default() })
}

async fn held(store: &Store, number: u32) -> Option<Offer> {
    store.glance(move |reader| Box::pin(reader.offer_by_id(offer_id(number)))).await.unwrap()
}

fn claim(of: Option<&str>) -> Claim {
    Claim { by: nybro(), unit: of.map(unit), at: at(5) }
}

async fn an_offer_reads_back_in_every_state(database: &Database) {
    let database = database.open().await;
    let states = [
        OfferState::Open,
        OfferState::Claiming(claim(Some("mobila-teamet"))),
        OfferState::Claimed { claim: claim(None), referral_id: referral_id(1) },
        OfferState::Withdrawn,
        OfferState::Expired,
    ];
    for (number, state) in (1..).zip(states) {
        for (number, bare) in [(number, false), (number + 100, true)] {
            store(&database, begun(number, bare)).await.unwrap();
            assert_eq!(held(&database, number).await, Some(offer(number, bare)));
            let mut moved = Offer { state: state.clone(), revision: 2, ..offer(number, bare) };
            moved.parties.pop();
            store(&database, changed(&moved, 1)).await.unwrap();
            assert_eq!(held(&database, number).await, Some(moved));
        }
    }
    assert_eq!(held(&database, 99).await, None);
}

async fn an_offer_that_somebody_else_changed_is_a_conflict(database: &Database) {
    let database = database.open().await;
    store(&database, begun(1, false)).await.unwrap();
    let first = Offer { state: OfferState::Claiming(claim(None)), revision: 2, ..offer(1, false) };
    store(&database, changed(&first, 1)).await.unwrap();
    let late = Offer { state: OfferState::Withdrawn, revision: 2, ..offer(1, false) };
    let refused = store(&database, changed(&late, 1)).await;
    assert!(matches!(refused, Err(StorageError::Conflict)), "{refused:?}");
    assert_eq!(held(&database, 1).await, Some(first));
    let twice = store(&database, begun(1, false)).await;
    assert!(matches!(twice, Err(StorageError::Conflict)), "{twice:?}");
}

async fn an_offer_is_found_by_its_key_its_time_and_its_consent(database: &Database) {
    let database = database.open().await;
    for number in [1, 2, 3] {
        store(&database, begun(number, number == 3)).await.unwrap();
    }
    let claiming =
        Offer { state: OfferState::Claiming(claim(None)), revision: 2, ..offer(2, false) };
    store(&database, changed(&claiming, 1)).await.unwrap();
    let key = bytes(b'i', 1);
    let found = database.glance(move |reader| Box::pin(reader.offer_by_idempotency_key(key))).await;
    assert_eq!(found.unwrap(), Some((offer(1, false), digest(b"asked"))));
    let due = |seconds| {
        let database = database.clone();
        async move {
            let due = database.glance(move |reader| Box::pin(reader.offers_due(at(seconds), 9)));
            let mut due: Vec<_> = due.await.unwrap().iter().map(|offer| offer.id).collect();
            due.sort();
            due
        }
    };
    assert_eq!(due(99).await, [offer_id(2)], "a claim waits whatever the time");
    let mut all = vec![offer_id(1), offer_id(2), offer_id(3)];
    all.sort();
    assert_eq!(due(100).await, all);
    let live = database.glance(|reader| Box::pin(reader.offers_live(2))).await.unwrap();
    assert_eq!(live.len(), 2, "no more than asked for");
    let resting = database.glance(|reader| Box::pin(reader.offers_by_consent(consent_id(1)))).await;
    assert_eq!(resting.unwrap().len(), 2);
}

async fn an_ended_offer_is_listed_for_erasure_until_it_is_erased(database: &Database) {
    let database = database.open().await;
    for number in [1, 2] {
        store(&database, begun(number, false)).await.unwrap();
    }
    let ended = Offer { state: OfferState::Expired, revision: 2, ..offer(1, false) };
    store(&database, changed(&ended, 1)).await.unwrap();
    let over = || database.glance(|reader| Box::pin(reader.offers_to_erase(9)));
    assert_eq!(over().await.unwrap(), [offer_id(1)]);
    let content = || database.glance(|reader| Box::pin(reader.offer_content(offer_id(1))));
    assert_eq!(content().await.unwrap().unwrap().key_slot, key_slot(1));
    let asked = [key_slot(1), key_slot(2)];
    let used = || {
        database.glance(move |reader| Box::pin(async move { reader.slots_in_use(&asked).await }))
    };
    assert_eq!(used().await.unwrap().len(), 2);
    let subject = Subject::Offer(offer_id(1));
    let erasure = Erasure { subject, erased_at: at(200), messages: Vec::new() };
    let writes = WriteSet { erasures: vec![erasure], ..WriteSet::default() };
    store(&database, writes).await.unwrap();
    assert_eq!(over().await.unwrap(), []);
    assert_eq!(content().await.unwrap(), None);
    assert_eq!(used().await.unwrap(), [key_slot(2)]);
    let slots = database.glance(move |reader| Box::pin(reader.erasable_slots(subject))).await;
    let slots = slots.unwrap().unwrap();
    assert_eq!((slots.slots, slots.erased_at), (Vec::new(), Some(at(200))));
    let key = bytes(b'i', 1);
    let found = database.glance(move |reader| Box::pin(reader.offer_by_idempotency_key(key))).await;
    let (erased, digest) = found.unwrap().unwrap();
    assert_eq!(digest.as_bytes(), &[0; 32], "that digest was of the person");
    assert_eq!(erased.basis.affirmations, [], "what was affirmed was of the person");
    assert_eq!(ErasureCause::parse("OFFER_ENDED"), Some(ErasureCause::OfferEnded));
}

fn received(number: u32) -> ReceivedOffer {
    ReceivedOffer {
        id: offer_id(number),
        source: kalmar(),
        asked: asked(number.is_multiple_of(2)),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 3,
        units: if number.is_multiple_of(2) { Vec::new() } else { vec![unit("mobila-teamet")] },
        received_at: at(1),
        claim: None,
        end: None,
        referral_id: None,
        revision: 1,
    }
}

fn arrived(number: u32) -> WriteSet {
    with(OfferWrites { received: vec![received(number)], ..OfferWrites::default() })
}

fn moved(offer: &ReceivedOffer, before: u32) -> WriteSet {
    let received_changed = vec![(offer.clone(), before)];
    with(OfferWrites { received_changed, ..OfferWrites::default() })
}

fn promise(of: Option<&str>) -> OwnClaim {
    OwnClaim { unit: of.map(unit), by: "bo".to_owned(), at: at(3) }
}

async fn a_received_offer_reads_back_with_claim_and_end(database: &Database) {
    let database = database.open().await;
    let held = |number| {
        let database = database.clone();
        async move {
            let id = offer_id(number);
            let found = database.glance(move |reader| Box::pin(reader.received_offer_by_id(id)));
            found.await.unwrap()
        }
    };
    for (number, end) in (1..).zip(OfferEnd::ALL) {
        store(&database, arrived(number)).await.unwrap();
        assert_eq!(held(number).await, Some(received(number)));
        let mut offer = received(number);
        offer.claim = Some(promise((number % 2 == 1).then_some("mobila-teamet")));
        offer.end = Some((*end, at(9)));
        offer.referral_id = (*end == OfferEnd::ClaimedByYou).then(|| referral_id(1));
        offer.revision = 2;
        store(&database, moved(&offer, 1)).await.unwrap();
        assert_eq!(held(number).await, Some(offer.clone()));
        let again = store(&database, moved(&offer, 1)).await;
        assert!(matches!(again, Err(StorageError::Conflict)), "{again:?}");
    }
    assert_eq!(held(99).await, None);
}

async fn what_is_open_and_lost_lately_is_listed(database: &Database) {
    let database = database.open().await;
    // Open; claimed; lost; won; closed without a claim.
    let rows = [
        (None, None),
        (Some(promise(None)), None),
        (Some(promise(None)), Some(OfferEnd::ClaimedByAnother)),
        (Some(promise(None)), Some(OfferEnd::ClaimedByYou)),
        (None, Some(OfferEnd::Withdrawn)),
    ];
    for (number, (claim, end)) in (1..).zip(rows) {
        store(&database, arrived(number)).await.unwrap();
        let end = end.map(|end| (end, at(50)));
        let offer = ReceivedOffer { claim, end, revision: 2, ..received(number) };
        store(&database, moved(&offer, 1)).await.unwrap();
    }
    let listed = |now, lost_since| {
        let database = database.clone();
        async move {
            let live = database.read(move |reader| {
                Box::pin(
                    async move { reader.received_offers_live(at(now), at(lost_since), 9).await },
                )
            });
            let mut ids: Vec<_> = live.await.unwrap().iter().map(|offer| offer.id).collect();
            ids.sort();
            ids
        }
    };
    let sorted = |numbers: &[u32]| {
        let mut ids: Vec<_> = numbers.iter().map(|number| offer_id(*number)).collect();
        ids.sort();
        ids
    };
    assert_eq!(listed(60, 40).await, sorted(&[1, 2, 3]));
    assert_eq!(listed(60, 50).await, sorted(&[1, 2]), "a lost claim is shown for a while");
    assert_eq!(listed(100, 50).await, sorted(&[2]), "what is past its time cannot be claimed");
}
