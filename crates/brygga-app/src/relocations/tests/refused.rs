//! What is made up, repeated, overtaken or another pair's changes nothing, and nobody is told.

use brygga_crypto::SealingPublicKey;
use brygga_domain::agreement::{Action, Effect, Rule};
use brygga_domain::relocation::{
    Act, EndKind, Enquiry, Letter, NamedOfficer, ProtectionLevel, Relocation, Route, Stage,
};
use brygga_domain::{EnquiryId, Reason, RelocationId, Seconds, Sensitive};
use brygga_wire::relocation::{
    Disclosure, OfferLetter, Said, SealedLetter, SignedLetter, Signer, Way,
};

use super::towns::{HANINGE, KALMAR, NETWORK, NYNASHAMN, Town, Towns, org, refused, sensitive};

/// A letter that `signer` has signed as `organisation`.
fn signed(signer: &Town, organisation: &str, said: &Said, way: &Way) -> Vec<u8> {
    let (parts, organisation) = (signer.app.parts(), org(organisation));
    let key = parts.keys.signing();
    let signer = Signer { organisation: &organisation, key, at: parts.clock.now() };
    SignedLetter::sign(said, way, &signer).to_vec()
}

/// With another signature, whose bytes stand last.
fn forged(signed: &[u8]) -> Vec<u8> {
    let mut forged = signed.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    forged
}

fn reply(enquiry: &Enquiry, signed: &[u8]) -> Vec<u8> {
    let key = brygga_crypto::SealingPrivateKey::from_bytes(enquiry.reply_key.expose()).public();
    SealedLetter::reply(&key, enquiry.id, signed).unwrap().to_bytes()
}

fn step(officers: &[NamedOfficer; 2], thread: [u8; 32], signed: &[u8]) -> Vec<u8> {
    let keys = [0, 1].map(|which: usize| SealingPublicKey::from_bytes(officers[which].key));
    SealedLetter::step(keys, &thread, signed).unwrap().to_bytes()
}

/// An offer as Kalmar could make it.
async fn offer(town: &Town, enquiry: EnquiryId, mailbox: [u8; 32]) -> OfferLetter {
    let offering = town.offering(enquiry);
    let [one, other] = &offering.officers;
    let mut officers = Vec::new();
    for card in [one, other] {
        let key = *town.app.officer_key(card.id).await.unwrap().unwrap().as_bytes();
        let (name, phone) = (card.name.clone(), card.phone.clone());
        officers.push(NamedOfficer { id: card.id, name, phone, key });
    }
    let officers = officers.try_into().unwrap();
    OfferLetter { enquiry, officers, content: offering.content, mailbox, until: offering.until }
}

/// What came of something made up: it is read, and this is the case.
async fn after(town: &Town, id: RelocationId, mailbox: [u8; 32], content: Vec<u8>) -> Relocation {
    town.get(mailbox, content).await;
    let case = town.show(id).await;
    assert!(town.unread(mailbox).await.is_empty());
    case
}

#[tokio::test]
async fn offers_that_are_made_up_or_of_whom_nobody_asked_are_dropped_silently() {
    let mut towns = Towns::begin().await;
    let excluded = Sensitive::new([org(KALMAR)].into());
    let id = towns.origin.open(|opening| opening.exclusions = excluded).await;
    let asking = towns.origin.enquire(id).await.unwrap();
    let enquiry = asking.enquiry.clone().unwrap();
    towns.carry().await;
    let (kalmar, haninge) = (&towns.kalmar, &towns.haninge);
    let thread = [77; 32];
    let to = enquiry.mailbox;
    let way = Way { thread, to };
    let good = Said::Offer(offer(haninge, enquiry.id, thread).await);
    let other_enquiry = Said::Offer(offer(haninge, EnquiryId::from_bytes([1; 16]), thread).await);
    let own_mailbox = Said::Offer(offer(haninge, enquiry.id, to).await);
    let honest = signed(haninge, HANINGE, &good, &way);
    let made_up = [
        forged(&honest),
        // Kalmar is excluded.
        signed(kalmar, KALMAR, &good, &way),
        // The relay's organisation, the own one and somebody outside take no part.
        signed(haninge, "demo:lansstyrelsen-kalmar", &good, &way),
        signed(&towns.origin, NYNASHAMN, &good, &way),
        signed(haninge, "kommun:2262", &good, &way),
        // Another enquiry, another mailbox, another thread.
        signed(haninge, HANINGE, &other_enquiry, &way),
        signed(haninge, HANINGE, &good, &Way { to: [1; 32], ..way }),
        signed(haninge, HANINGE, &good, &Way { thread: [1; 32], ..way }),
        signed(haninge, HANINGE, &own_mailbox, &Way { thread: to, to }),
        b"nothing".to_vec(),
    ];
    for made_up in made_up {
        let case = after(&towns.origin, id, to, reply(&enquiry, &made_up)).await;
        assert_eq!((case.stage, case.offers.len()), (Stage::Enquired, 0));
    }
    for content in [b"nothing".to_vec(), step(&offers_officers(&good), thread, &honest)] {
        assert!(after(&towns.origin, id, to, content).await.offers.is_empty());
    }
    let other_key = Enquiry { reply_key: Sensitive::new([9; 32]), ..enquiry.clone() };
    assert!(after(&towns.origin, id, to, reply(&other_key, &honest)).await.offers.is_empty());
    let case = after(&towns.origin, id, to, reply(&enquiry, &honest)).await;
    assert_eq!(case.offers.len(), 1, "and the same offer without a fault is kept");
    // A key that nobody knows may come with the next registry.
    let unknown = signed(kalmar, HANINGE, &other_enquiry, &way);
    towns.origin.get(to, reply(&enquiry, &unknown)).await;
    assert_eq!(towns.origin.show(id).await, case);
    assert_eq!(towns.origin.unread(to).await.len(), 1);
}

fn offers_officers(said: &Said) -> [NamedOfficer; 2] {
    match said {
        Said::Offer(offer) => offer.officers.clone(),
        Said::Disclosure(_) | Said::Step { .. } => panic!("an offer"),
    }
}

#[tokio::test]
async fn steps_that_come_again_too_early_or_from_somebody_else_change_nothing() {
    let mut towns = Towns::begin().await;
    let [id, haninge, _] = towns.opened().await;
    let there = towns.haninge.show(haninge).await;
    let origin = there.origin.unwrap();
    let (thread, to) = (there.own_offer.unwrap().mailbox, origin.mailbox);
    let way = Way { thread, to };
    towns.haninge.act(0, haninge, Act::Assist(sensitive("frågar"))).await.unwrap();
    towns.carry().await;
    let came = towns.origin.unread(to).await;
    assert!(!came.is_empty());
    assert_eq!(towns.origin.show(id).await.assistance.len(), 1);
    for again in came {
        let case = after(&towns.origin, id, to, again).await;
        assert_eq!((case.assistance.len(), case.received), (1, 2));
    }
    let note = |number| Said::Step { number, letter: Letter::Assistance { text: sensitive("x") } };
    let kalmar_s = towns.origin.show(id).await.offers[1].mailbox;
    let made_up = [
        forged(&signed(&towns.haninge, HANINGE, &note(3), &way)),
        // Kalmar speaks for itself, in the other pair's thread and in its own: it was told nothing.
        signed(&towns.kalmar, KALMAR, &note(3), &way),
        signed(&towns.kalmar, KALMAR, &note(3), &Way { thread: kalmar_s, to }),
        signed(&towns.haninge, HANINGE, &note(3), &Way { thread: kalmar_s, to }),
        signed(&towns.haninge, HANINGE, &note(3), &Way { to: thread, thread }),
        // What the origin has said itself, sent back.
        signed(&towns.origin, NYNASHAMN, &note(3), &way),
    ];
    for made_up in &made_up[..5] {
        let case = after(&towns.origin, id, to, step(&origin.officers, thread, made_up)).await;
        assert_eq!((case.assistance.len(), case.received), (1, 2));
    }
    let other_thread = signed(&towns.haninge, HANINGE, &note(3), &way);
    let case = after(&towns.origin, id, to, step(&origin.officers, [1; 32], &other_thread)).await;
    assert_eq!(case.received, 2);

    // One that overtook another waits for it.
    let fourth = signed(&towns.haninge, HANINGE, &note(4), &way);
    towns.origin.get(to, step(&origin.officers, thread, &fourth)).await;
    assert_eq!(towns.origin.show(id).await.received, 2);
    assert_eq!(towns.origin.unread(to).await.len(), 1);
    let third = signed(&towns.haninge, HANINGE, &note(3), &way);
    let case = after(&towns.origin, id, to, step(&origin.officers, thread, &third)).await;
    assert_eq!((case.received, case.assistance.len()), (4, 3));
    let (kind, at) = (EndKind::Aborted, towns.origin.app.now());
    let end = Said::Step { number: 50, letter: Letter::Ended { kind, at } };
    let end = signed(&towns.haninge, HANINGE, &end, &way);
    let case = after(&towns.origin, id, to, step(&origin.officers, thread, &end)).await;
    assert_eq!(case.stage, Stage::Aborted, "an end waits for nothing");
}

#[tokio::test]
async fn what_two_officers_open_and_nobody_has_signed_is_as_if_it_had_never_come() {
    let mut towns = Towns::begin().await;
    let [id, haninge, _] = towns.offered().await;
    let own = towns.haninge.show(haninge).await.own_offer.unwrap();
    let offer = towns.origin.show(id).await.offers[0].clone();
    let told = Said::Disclosure(Disclosure {
        officers: offer.officers.clone(),
        mailbox: own.reply_to,
        route: Route::Transfer,
        level: ProtectionLevel::ProtectedRegistration,
        person: Sensitive::new(b"nobody".to_vec()),
    });
    let way = Way { thread: own.mailbox, to: own.mailbox };
    let [one, other] =
        [0, 1].map(|which: usize| SealingPublicKey::from_bytes(offer.officers[which].key));
    let shared = |to: [&SealingPublicKey; 2], signed: &[u8]| {
        SealedLetter::disclosure(to, &own.mailbox, signed).unwrap().to_bytes()
    };
    let unsigned = forged(&signed(&towns.origin, NYNASHAMN, &told, &way));
    let elsewhere = Way { thread: [1; 32], ..way };
    let of_another = signed(&towns.kalmar, KALMAR, &told, &elsewhere);
    for made_up in [unsigned, of_another, b"nothing".to_vec()] {
        towns.haninge.get(own.mailbox, shared([&one, &other], &made_up)).await;
        let case = towns.haninge.open_both(haninge).await;
        assert_eq!((case.stage, case.content, case.sent), (Stage::Offered, None, 0));
    }
    // One share for another: the officer who has none finds out.
    towns.haninge.get(own.mailbox, shared([&one, &one], b"nothing")).await;
    let case = towns.haninge.act(1, haninge, Act::Open).await.unwrap();
    assert_eq!((case.stage, case.arrived), (Stage::Offered, None));
    towns.origin.disclose(id, 0).await;
    towns.carry().await;
    assert_eq!(towns.haninge.open_both(haninge).await.stage, Stage::Opened);
}

#[tokio::test]
async fn too_few_candidates_are_refused_before_anything_is_made() {
    let towns = Towns::begin().await;
    let excluded = Sensitive::new([org(KALMAR), org(HANINGE)].into());
    let id = towns.origin.open(|opening| opening.exclusions = excluded).await;
    assert_eq!(refused(towns.origin.enquire(id).await).0, Reason::AnonymitySetTooSmall);
    assert_eq!(towns.origin.show(id).await.stage, Stage::Assessed);
    let read = towns.origin.app.parts().store.read(|reader| {
        Box::pin(async { Ok((reader.mailboxes().await?.len(), reader.parcels_out().await?.len())) })
    });
    assert_eq!(read.await.unwrap(), (0, 0));
    let id = towns.origin.open(|_| {}).await;
    let now = towns.origin.app.now();
    for until in [now, now.plus(Seconds::days(31))] {
        let asked = towns.origin.act(0, id, Act::Enquire { until }).await;
        assert_eq!(refused(asked), (Reason::InvalidField, "until"));
    }
}

#[tokio::test]
async fn leak_15_whoever_is_excluded_or_prohibits_it_is_not_asked() {
    let mut nobody_to_kalmar = Rule::new("nej-1", Effect::Prohibit, Action::CaseTransfer);
    nobody_to_kalmar.to = vec![org(KALMAR)];
    let mut prohibited = Towns::begin_with(vec![nobody_to_kalmar]).await;
    let id = prohibited.origin.open(|_| {}).await;
    prohibited.origin.enquire(id).await.unwrap();
    let mut excluded = Towns::begin().await;
    let id = excluded.origin.open(|opening| {
        opening.exclusions = Sensitive::new([org(KALMAR)].into());
    });
    let id = id.await;
    excluded.origin.enquire(id).await.unwrap();
    for towns in [&mut prohibited, &mut excluded] {
        towns.carry().await;
        let (kalmar, haninge) = (&towns.kalmar, &towns.haninge);
        let seen = kalmar.app.relocation_enquiries(kalmar.officers[0].clone()).await.unwrap();
        assert!(seen.is_empty());
        let seen = haninge.app.relocation_enquiries(haninge.officers[0].clone()).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].agreement_id, NETWORK);
    }
}

#[tokio::test]
async fn an_enquiry_is_answered_once_and_not_after_its_end() {
    let mut towns = Towns::begin().await;
    let id = towns.origin.open(|_| {}).await;
    let enquiry = towns.origin.enquire(id).await.unwrap().enquiry.unwrap().id;
    towns.carry().await;
    let town = &towns.haninge;
    let [anna, berit] = town.officers.clone();
    // Both have found it before either answers.
    let mut found = Vec::new();
    for proof in [&anna, &berit] {
        let officer = town.app.officer_unlocked(proof).await.unwrap();
        found.push((officer, town.app.enquiry_open(enquiry).await.unwrap()));
    }
    let mut answers = Vec::new();
    for (officer, open) in found {
        let (offering, both) =
            (town.offering(enquiry), offer(town, enquiry, [1; 32]).await.officers);
        answers.push(town.app.offer(&officer, &offering, open, both).await);
    }
    assert!(answers[0].is_ok());
    assert_eq!(refused(answers.remove(1)).0, Reason::NotFound);
    let again = town.app.relocation_offer(berit, town.offering(enquiry)).await;
    assert_eq!(refused(again), (Reason::NotFound, ""));
    assert_eq!(town.app.relocation_list(anna.clone()).await.unwrap().len(), 1);
    assert!(town.app.relocation_enquiries(anna.clone()).await.unwrap().is_empty());
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.offers.len(), 1);

    let kalmar = &towns.kalmar;
    let mut offering = kalmar.offering(enquiry);
    offering.officers[1].id = brygga_domain::OfficerId::from_bytes([1; 16]);
    let offered = kalmar.app.relocation_offer(kalmar.officers[0].clone(), offering).await;
    assert_eq!(refused(offered), (Reason::NotFound, "officers"));
    towns.turn(Seconds::days(8));
    let late = towns
        .kalmar
        .app
        .relocation_offer(towns.kalmar.officers[0].clone(), towns.kalmar.offering(enquiry));
    assert_eq!(refused(late.await), (Reason::NotFound, ""));
    let officer = towns.kalmar.officers[0].clone();
    assert!(towns.kalmar.app.relocation_enquiries(officer).await.unwrap().is_empty());
}
