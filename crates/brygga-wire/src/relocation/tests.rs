use brygga_crypto::{SealingPrivateKey, SealingPublicKey, SigningKey, SystemRandom};
use brygga_domain::relocation::{
    ASSISTANCE_BYTES_MAX, AgeBand, BlindNeedDraft, CONTENT_BYTES_MAX, Earliest, EndKind,
    HandoverItem, HousingKind, Letter, NamedOfficer, OfferDraft, Position, ProtectionLevel,
    RefusalCode, Route, SupportLevel,
};
use brygga_domain::{EnquiryId, OfficerId, OrgId, Reason, Sensitive, Timestamp};
use brygga_proto::relocation::v1 as proto;
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::relay::MAX_PARCEL_CONTENT_BYTES;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_123);
const WHOLE: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const ENQUIRY: EnquiryId = EnquiryId::from_bytes([7; 16]);
const WAY: Way = Way { thread: [1; 32], to: [2; 32] };

fn named(number: u8, name: &str, phone: &str) -> NamedOfficer {
    NamedOfficer {
        id: OfficerId::from_bytes([number; 16]),
        name: Sensitive::new(name.to_owned()),
        phone: Sensitive::new(phone.to_owned()),
        key: [number; 32],
    }
}

/// Whose names and numbers are as long as they may be.
fn longest() -> [NamedOfficer; 2] {
    [named(1, &"😀".repeat(100), &"9".repeat(32)), named(2, &"😀".repeat(100), &"9".repeat(32))]
}

fn offer() -> OfferLetter {
    OfferLetter {
        enquiry: ENQUIRY,
        officers: [named(1, "Tolvan Tolvansson", "010-000 00 00"), named(2, "Tolvan", "112")],
        content: OfferDraft {
            housing: HousingKind::Dwelling,
            support: SupportLevel::None,
            earliest: Earliest::Now,
        },
        mailbox: WAY.thread,
        until: WHOLE,
    }
}

fn disclosure() -> Disclosure {
    Disclosure {
        officers: [named(1, "", ""), named(2, "", "")],
        mailbox: [3; 32],
        route: Route::Transfer,
        level: ProtectionLevel::ProtectedRegistration,
        person: Sensitive::new("Tolvan Tolvansson, två barn".as_bytes().to_vec()),
    }
}

fn step(number: u32, letter: Letter) -> Said {
    Said::Step { number, letter }
}

fn every() -> Vec<Said> {
    let (at, item) = (NOW, HandoverItem::SafetyPlan);
    vec![
        Said::Offer(offer()),
        Said::Disclosure(disclosure()),
        step(1, Letter::Opened { at }),
        step(2, Letter::Position { position: Position::Accepted, at }),
        step(3, Letter::Position { position: Position::Refused(RefusalCode::NoRight), at }),
        step(4, Letter::Assistance { text: Sensitive::new("frågar\n".to_owned()) }),
        step(5, Letter::HandedOver { item, at }),
        step(6, Letter::Received { item, at }),
        step(7, Letter::Moved { at }),
        step(8, Letter::FollowedUp { at }),
        step(9, Letter::Closed { at }),
        step(u32::MAX, Letter::Ended { kind: EndKind::Withdrawn, at }),
    ]
}

fn field(said: &Said) -> &'static str {
    Said::from_bytes(&said.to_bytes()).unwrap_err().field
}

fn signed(said: &Said, key: &SigningKey) -> Vec<u8> {
    let organisation = OrgId::parse("kommun:0880").unwrap();
    let signer = Signer { organisation: &organisation, key, at: NOW };
    SignedLetter::sign(said, &WAY, &signer).to_vec()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

#[test]
fn each_letter_comes_back_signed_or_not() {
    for said in every() {
        assert_eq!(Said::from_bytes(&said.to_bytes()), Ok(said.clone()));
        let letter = SignedLetter::from_bytes(&signed(&said, &key(1))).unwrap();
        assert_eq!(letter.organisation().to_string(), "kommun:0880");
        assert_eq!(
            (letter.key_id(), letter.signed_at()),
            (&*key(1).public().key_id().to_string(), NOW)
        );
        assert_eq!(letter.offered_mailbox().is_some(), matches!(said, Said::Offer(_)));
        assert_eq!(letter.verify(&key(1).public(), &WAY), Ok(said));
    }
}

#[test]
fn a_signature_is_good_for_one_key_one_thread_one_mailbox_one_organisation_and_one_instant() {
    let bytes = signed(&every()[2], &key(1));
    let verify = |bytes: &[u8], key: &SigningKey, way: &Way| {
        SignedLetter::from_bytes(bytes).unwrap().verify(&key.public(), way).map(drop)
    };
    assert_eq!(verify(&bytes, &key(1), &WAY), Ok(()));
    let wrong = |verified: Result<(), brygga_domain::Refusal>| {
        assert_eq!(verified.unwrap_err().reason, Reason::BadSignature);
    };
    wrong(verify(&bytes, &key(2), &WAY));
    wrong(verify(&bytes, &key(1), &Way { thread: [9; 32], ..WAY }));
    wrong(verify(&bytes, &key(1), &Way { to: [9; 32], ..WAY }));
    let changed = |change: fn(&mut proto::SignedLetter)| {
        let mut signed = proto::SignedLetter::decode(&*bytes).unwrap();
        change(&mut signed);
        signed.encode_to_vec()
    };
    let other = changed(|signed| signed.letter = every()[8].to_bytes().to_vec());
    wrong(verify(&other, &key(1), &WAY));
    wrong(verify(&changed(|signed| signed.signature[0] ^= 1), &key(1), &WAY));
    let elsewhere = changed(|signed| signed.organisation = "kommun:0881".to_owned());
    wrong(verify(&elsewhere, &key(1), &WAY));
    let later = changed(|signed| signed.signed_at.as_mut().unwrap().nanos = 0);
    wrong(verify(&later, &key(1), &WAY));
}

#[test]
fn an_enquiry_comes_back_and_is_as_long_whoever_asks() {
    let need = BlindNeedDraft {
        adults: 2,
        children: vec![AgeBand::School; 10],
        wheelchair: true,
        animals: true,
        languages: vec!["prs".to_owned(), "rom".to_owned(), "swl".to_owned()],
        housing: HousingKind::Either,
        support: SupportLevel::RoundTheClock,
        earliest: Earliest::Later,
    };
    let enquiry = BlindEnquiry {
        id: ENQUIRY,
        need: need.check().unwrap(),
        reply_key: SealingPublicKey::from_bytes([1; 32]),
        mailbox: SealingPublicKey::from_bytes([2; 32]),
        until: WHOLE,
    };
    let bytes = enquiry.to_bytes();
    assert_eq!(BlindEnquiry::from_bytes(&bytes), Ok(enquiry.clone()));
    assert!(bytes.len() <= MAX_PARCEL_CONTENT_BYTES);
    let uneven = BlindEnquiry { until: NOW, ..enquiry };
    assert_eq!(BlindEnquiry::from_bytes(&uneven.to_bytes()).unwrap_err().field, "enquiry.until");
}

#[test]
fn letters_beyond_their_limits_are_refused_by_their_field() {
    let offered = |change: fn(&mut OfferLetter)| {
        let mut offer = offer();
        change(&mut offer);
        field(&Said::Offer(offer))
    };
    assert_eq!(offered(|offer| offer.officers[1] = offer.officers[0].clone()), "offer.officers");
    assert_eq!(offered(|offer| offer.officers[1].key = offer.officers[0].key), "offer.officers");
    let name = |name: &str| Sensitive::new(name.to_owned());
    assert_eq!(
        field(&Said::Offer(OfferLetter {
            officers: [named(1, "", "112"), named(2, "a", "112")],
            ..offer()
        })),
        "officers.name"
    );
    assert_eq!(
        offered(|offer| offer.officers[0].phone = Sensitive::new("11".to_owned())),
        "officers.phone"
    );
    let long = NamedOfficer { name: name(&"a".repeat(101)), ..named(1, "", "") };
    let told = Disclosure { officers: [long, named(2, "", "")], ..disclosure() };
    assert_eq!(field(&Said::Disclosure(told)), "disclosure.officers");
    for person in [Vec::new(), vec![b'a'; CONTENT_BYTES_MAX + 1]] {
        let told = Disclosure { person: Sensitive::new(person), ..disclosure() };
        assert_eq!(field(&Said::Disclosure(told)), "disclosure.person");
    }
    for text in [String::new(), "a".repeat(ASSISTANCE_BYTES_MAX + 1)] {
        let note = Letter::Assistance { text: Sensitive::new(text) };
        assert_eq!(field(&step(1, note)), "step.assistance");
    }
    assert_eq!(field(&step(0, Letter::Moved { at: NOW })), "step.number");
}

#[test]
fn the_longest_letters_fit_into_a_parcel() {
    let officers = [(); 2].map(|()| SealingPrivateKey::generate(&mut SystemRandom).public());
    let told = Disclosure {
        officers: longest(),
        person: Sensitive::new(vec![b'a'; CONTENT_BYTES_MAX]),
        ..disclosure()
    };
    let told = signed(&Said::Disclosure(told), &key(1));
    let [one, other] = &officers;
    let note = Letter::Assistance { text: Sensitive::new("a".repeat(ASSISTANCE_BYTES_MAX)) };
    let offered = signed(&Said::Offer(OfferLetter { officers: longest(), ..offer() }), &key(1));
    let all = [
        SealedLetter::disclosure([one, other], &WAY.thread, &told).unwrap(),
        SealedLetter::reply(one, ENQUIRY, &offered).unwrap(),
        SealedLetter::step(officers, &WAY.thread, &signed(&step(u32::MAX, note), &key(1))).unwrap(),
    ];
    for sealed in all {
        let bytes = sealed.to_bytes();
        assert!(bytes.len() <= MAX_PARCEL_CONTENT_BYTES, "{}", bytes.len());
        assert_eq!(SealedLetter::from_bytes(&bytes), Ok(sealed));
    }
}

#[test]
fn letters_open_for_whom_they_are_and_in_their_thread_alone() {
    let [anna, berit, other] = [(); 3].map(|()| SealingPrivateKey::generate(&mut SystemRandom));
    let both = [anna.public(), berit.public()];
    let SealedLetter::Step(sealed) = SealedLetter::step(both, &WAY.thread, b"step").unwrap() else {
        panic!("a step");
    };
    for officer in [&anna, &berit] {
        assert_eq!(open_step(officer, &WAY.thread, &sealed).unwrap().as_slice(), b"step");
        assert!(open_step(officer, &[9; 32], &sealed).is_err());
    }
    assert!(open_step(&other, &WAY.thread, &sealed).is_err());
    let SealedLetter::Reply(sealed) =
        SealedLetter::reply(&anna.public(), ENQUIRY, b"offer").unwrap()
    else {
        panic!("an offer");
    };
    assert_eq!(open_reply(&anna, ENQUIRY, &sealed).unwrap().as_slice(), b"offer");
    assert!(open_reply(&anna, EnquiryId::from_bytes([8; 16]), &sealed).is_err());
    assert!(open_reply(&berit, ENQUIRY, &sealed).is_err());
}

#[test]
fn nothing_of_a_letter_is_printed() {
    for said in every() {
        let letter = SignedLetter::from_bytes(&signed(&said, &key(1))).unwrap();
        let printed = format!("{said:?} {letter:?}");
        for secret in ["Tolvan", "010-000", "frågar", "0880"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

proptest! {
    /// Whatever comes, nothing panics, and what is read is what was written.
    #[test]
    fn hostile_letters_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..400), place in 0..400_usize, which in 0..12_usize) {
        let _ = (SealedLetter::from_bytes(&bytes), SignedLetter::from_bytes(&bytes));
        let _ = (BlindEnquiry::from_bytes(&bytes), shared_from_bytes(&bytes));
        let mut letter = every()[which].to_bytes().to_vec();
        let place = place % letter.len();
        letter[place] ^= bytes.first().copied().unwrap_or(1);
        if let Ok(said) = Said::from_bytes(&letter) {
            prop_assert_eq!(Said::from_bytes(&said.to_bytes()), Ok(said));
        }
        let _ = Said::from_bytes(&letter[..place]);
    }
}
