//! The access log, and who may see what.

use brygga_crypto::{KeyId, sha256};
use brygga_domain::access::{
    AccessGround, AccessObject, Approval, BreakGlass, BreakGlassReason, ConsentKeeper, Handler,
    InsideDisclosure, ReviewFinding, Revocation,
};
use brygga_domain::referral::Side;
use brygga_domain::{
    AccessReviewId, BreakGlassId, ConsentId, DataCategory, DisclosureGround, GdprBasis,
    InsideDisclosureId, OfferId, ReferralId, UnitId,
};
use brygga_exchange::WriteSet;
use brygga_exchange::access::{Access, AccessEntry, AccessReview, AccessWrites, Accessor};
use brygga_exchange::erase::{Erasure, Subject};
use brygga_storage::AccessFilter;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    an_access_comes_back_as_it_was_logged,
    a_period_is_read_in_pages_and_purged_by_its_end,
    a_handler_is_held_once,
    a_consent_keeps_where_it_was_recorded,
    a_disclosure_is_taken_back_once_and_for_good,
    a_glass_keeps_its_first_approval_and_review,
    reviews_come_newest_first,
    words_about_a_case_go_with_it,
);

const CASE: ReferralId = ReferralId::from_bytes([7; 16]);

fn writes(access: AccessWrites) -> WriteSet {
    WriteSet { access, ..WriteSet::default() }
}

fn entry(number: i64, object: AccessObject, ground: AccessGround) -> AccessEntry {
    let by = Accessor {
        subject: format!("person-{number}"),
        roles: "CASE_WORKER".to_owned(),
        unit: (number % 2 == 0).then(|| UnitId::parse("mottagningen").unwrap()),
        on_behalf_of: (number % 4 == 0).then(|| UnitId::parse("socialnamnden").unwrap()),
    };
    let data_categories = vec![DataCategory::Identity, DataCategory::Contact];
    let action = "referral.show".to_owned();
    let access = Access { by, action, object, data_categories, ground };
    AccessEntry { at: at(number), access, leaf: sha256(&[&number.to_be_bytes()]) }
}

fn logged(entries: Vec<AccessEntry>) -> WriteSet {
    writes(AccessWrites { entries, ..AccessWrites::default() })
}

async fn an_access_comes_back_as_it_was_logged(database: &Database) {
    let held = database.open().await;
    let (referral, consent) =
        (AccessObject::Referral(CASE), AccessObject::Consent(ConsentId::from_bytes([8; 16])));
    let offer = AccessObject::Offer(OfferId::from_bytes([7; 16]));
    let disclosed = AccessGround::DisclosedInside(DisclosureGround::Consent12_2);
    let glass = AccessGround::BreakGlass(BreakGlassId::from_bytes([9; 16]));
    let entries = vec![
        entry(1, referral, AccessGround::OwnUnit),
        entry(2, consent, AccessGround::Handler),
        entry(3, AccessObject::List, AccessGround::OwnUnit),
        entry(4, referral, disclosed),
        entry(5, AccessObject::Log, AccessGround::LogReview),
        entry(6, referral, glass),
        entry(7, offer, AccessGround::OwnUnit),
    ];
    store(&held, logged(entries.clone())).await.unwrap();
    let of = |objects: Vec<AccessObject>| {
        let held = held.clone();
        async move {
            let read = held
                .read(move |reader| Box::pin(async move { reader.access_about(&objects).await }));
            let found = read.await.unwrap();
            found.into_iter().map(|listed| listed.entry).collect::<Vec<_>>()
        }
    };
    let wanted = |places: &[usize]| -> Vec<AccessEntry> {
        places.iter().map(|place| entries[*place].clone()).collect()
    };
    assert_eq!(of(vec![referral]).await, wanted(&[0, 3, 5]));
    assert_eq!(of(vec![consent, referral]).await, wanted(&[0, 1, 3, 5]));
    assert_eq!(of(vec![offer]).await, wanted(&[6]));
    assert_eq!(of(vec![AccessObject::Log]).await, []);
    // The same bytes as another kind of thing are not it.
    let confused = AccessObject::Consent(ConsentId::from_bytes([7; 16]));
    assert_eq!(of(vec![confused]).await, []);
}

async fn a_period_is_read_in_pages_and_purged_by_its_end(database: &Database) {
    let held = database.open().await;
    let entries: Vec<AccessEntry> =
        (0..50).map(|n| entry(n, AccessObject::List, AccessGround::OwnUnit)).collect();
    store(&held, logged(entries)).await.unwrap();
    let page = |after, limit| {
        let filter = AccessFilter { from: at(10), until: at(40), after, limit };
        held.read(move |reader| Box::pin(reader.access_page(filter)))
    };
    let first = page(0, 20).await.unwrap();
    let second = page(first.last().unwrap().place, 20).await.unwrap();
    assert_eq!((first.len(), second.len()), (20, 10));
    assert_eq!((first[0].entry.at, second[9].entry.at), (at(10), at(39)));
    let places = [second[9].place, first[0].place];
    let picked = held.read(move |reader| Box::pin(async move { reader.access_at(&places).await }));
    assert_eq!(picked.await.unwrap(), [first[0].clone(), second[9].clone()]);
    assert_eq!(held.access_purge(at(30), 15).await, Ok(15));
    assert_eq!(held.access_purge(at(30), 100).await, Ok(15));
    let left = page(0, 100).await.unwrap();
    assert_eq!((left.len(), left[0].entry.at), (10, at(30)));
}

async fn a_handler_is_held_once(database: &Database) {
    let held = database.open().await;
    let handler = |since, assigned_by: Option<&str>| Handler {
        subject: "anna".to_owned(),
        assigned_by: assigned_by.map(str::to_owned),
        since: at(since),
    };
    for handler in [handler(1, None), handler(2, Some("bertil"))] {
        let handlers = vec![(CASE, handler)];
        store(&held, writes(AccessWrites { handlers, ..AccessWrites::default() })).await.unwrap();
    }
    let found = held.read(|reader| Box::pin(reader.referral_handlers(CASE))).await;
    assert_eq!(found, Ok(vec![handler(1, None)]));
    let other = ReferralId::from_bytes([1; 16]);
    assert_eq!(held.read(|reader| Box::pin(reader.referral_handlers(other))).await, Ok(vec![]));
}

async fn a_consent_keeps_where_it_was_recorded(database: &Database) {
    let held = database.open().await;
    let kept = |unit: Option<&str>| ConsentKeeper {
        recorded_by: "anna".to_owned(),
        unit: unit.map(|unit| UnitId::parse(unit).unwrap()),
    };
    let id = |number| ConsentId::from_bytes([number; 16]);
    let consent_keepers = vec![(id(1), kept(Some("social"))), (id(2), kept(None))];
    store(&held, writes(AccessWrites { consent_keepers, ..AccessWrites::default() }))
        .await
        .unwrap();
    for (number, wanted) in [(1, Some(kept(Some("social")))), (2, Some(kept(None))), (3, None)] {
        let found = held.read(move |reader| Box::pin(reader.consent_keeper(id(number)))).await;
        assert_eq!(found, Ok(wanted));
    }
}

async fn a_disclosure_is_taken_back_once_and_for_good(database: &Database) {
    let held = database.open().await;
    let standing = InsideDisclosure {
        id: InsideDisclosureId::from_bytes([4; 16]),
        referral_id: CASE,
        unit: UnitId::parse("fastighet").unwrap(),
        ground: DisclosureGround::NecessaryOwnTask10_2,
        gdpr_basis: GdprBasis::PublicTask,
        justification: "lägenheten ska anpassas".to_owned(),
        disclosed_by: "anna".to_owned(),
        disclosed_at: at(1),
        revocation: None,
    };
    let by = |by: &str, time| {
        let revocation = Some(Revocation { by: by.to_owned(), at: at(time) });
        InsideDisclosure { revocation, ..standing.clone() }
    };
    for disclosure in [standing.clone(), by("anna", 2), by("bertil", 3), standing.clone()] {
        let access = AccessWrites { disclosures: vec![disclosure], ..AccessWrites::default() };
        store(&held, writes(access)).await.unwrap();
    }
    let found = held.read(|reader| Box::pin(reader.inside_disclosures(CASE))).await;
    assert_eq!(found, Ok(vec![by("anna", 2)]));
    let id = standing.id;
    let one = held.read(move |reader| Box::pin(reader.inside_disclosure(id))).await;
    assert_eq!(one, Ok(Some(by("anna", 2))));
}

async fn a_glass_keeps_its_first_approval_and_review(database: &Database) {
    let held = database.open().await;
    let open = BreakGlass {
        id: BreakGlassId::from_bytes([5; 16]),
        referral_id: CASE,
        opened_by: "anna".to_owned(),
        opened_at: at(1),
        reason: BreakGlassReason::HandlerAbsent,
        justification: "larm".to_owned(),
        approval: None,
        review: None,
    };
    let approval = Some(Approval { by: "bertil".to_owned(), at: at(2) });
    let approved = BreakGlass { approval, ..open.clone() };
    let again = Some(Approval { by: "cilla".to_owned(), at: at(3) });
    let reviewed =
        BreakGlass { review: Some(AccessReviewId::from_bytes([6; 16])), ..approved.clone() };
    let put = async |glass: BreakGlass| {
        let access = AccessWrites { glasses: vec![glass], ..AccessWrites::default() };
        store(&held, writes(access)).await.unwrap();
    };
    let unreviewed = || held.read(|reader| Box::pin(reader.break_glasses_unreviewed(10)));
    put(open.clone()).await;
    put(approved.clone()).await;
    put(BreakGlass { approval: again, ..open.clone() }).await;
    assert_eq!(unreviewed().await, Ok(vec![approved]));
    let late = |by| held.read(move |reader| Box::pin(reader.break_glasses_unreviewed_before(by)));
    assert_eq!((late(at(0)).await, late(at(1)).await), (Ok(0), Ok(1)));
    put(reviewed.clone()).await;
    assert_eq!((unreviewed().await, late(at(1)).await), (Ok(vec![]), Ok(0)));
    let of_case = held.read(|reader| Box::pin(reader.break_glasses(CASE))).await;
    assert_eq!(of_case, Ok(vec![reviewed.clone()]));
    let id = reviewed.id;
    assert_eq!(held.read(move |reader| Box::pin(reader.break_glass(id))).await, Ok(Some(reviewed)));
}

async fn reviews_come_newest_first(database: &Database) {
    let held = database.open().await;
    let review = |number: u8| AccessReview {
        id: AccessReviewId::from_bytes([number; 16]),
        reviewer: "lova".to_owned(),
        signed_at: at(i64::from(number)),
        findings: vec![ReviewFinding::GroundUnclear, ReviewFinding::RightsTooWide],
        statement: format!("brygga/access-review/v1\nnumber {number}\n"),
        key_id: KeyId::from_bytes([number; 8]),
        signature: [number; 64],
    };
    let reviews = vec![review(1), review(2)];
    store(&held, writes(AccessWrites { reviews, ..AccessWrites::default() })).await.unwrap();
    let found = held.read(|reader| Box::pin(reader.access_reviews(5))).await;
    assert_eq!(found, Ok(vec![review(2), review(1)]));
}

async fn words_about_a_case_go_with_it(database: &Database) {
    let held = database.open().await;
    let id = referral_id(1);
    let glass = BreakGlass {
        id: BreakGlassId::from_bytes([5; 16]),
        referral_id: id,
        opened_by: "anna".to_owned(),
        opened_at: at(1),
        reason: BreakGlassReason::HandlerAbsent,
        justification: "larm".to_owned(),
        approval: None,
        review: None,
    };
    let disclosure = InsideDisclosure {
        id: InsideDisclosureId::from_bytes([4; 16]),
        referral_id: id,
        unit: UnitId::parse("fastighet").unwrap(),
        ground: DisclosureGround::NecessaryOwnTask10_2,
        gdpr_basis: GdprBasis::PublicTask,
        justification: "lägenheten ska anpassas".to_owned(),
        disclosed_by: "anna".to_owned(),
        disclosed_at: at(1),
        revocation: None,
    };
    let access = AccessWrites {
        glasses: vec![glass.clone()],
        disclosures: vec![disclosure.clone()],
        ..AccessWrites::default()
    };
    let new_referrals = vec![new_referral(1, Side::Target)];
    store(&held, WriteSet { new_referrals, ..writes(access) }).await.unwrap();
    let erasure =
        Erasure { subject: Subject::Referral(id), erased_at: at(9), messages: Vec::new() };
    store(&held, WriteSet { erasures: vec![erasure], ..WriteSet::default() }).await.unwrap();
    let glasses = held.read(move |reader| Box::pin(reader.break_glasses(id))).await;
    assert_eq!(glasses, Ok(vec![BreakGlass { justification: String::new(), ..glass }]));
    let disclosures = held.read(move |reader| Box::pin(reader.inside_disclosures(id))).await;
    let wordless = InsideDisclosure { justification: String::new(), ..disclosure };
    assert_eq!(disclosures, Ok(vec![wordless]));
}
