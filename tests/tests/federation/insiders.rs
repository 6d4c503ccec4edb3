//! People with rights who are not the officers of a case: what an administrator can open, and what anybody can ask.

use std::time::{Duration, Instant};

use brygga_crypto::AssociatedData;
use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::officer::open_record;
use brygga_domain::{RelocationId, Seconds};
use brygga_identity::keys::NodeKeys;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    ActOnRelocationRequest, ListEnquiriesRequest, OfferRelocationRequest, OfficerProof,
    PurgeRelocationRequest, ShowRelocationRequest,
};
use brygga_proto::relocation::v1::{
    Earliest, RelocationEnd, RelocationHousing, RelocationRoute, RelocationSupport,
};
use brygga_proto::rpc::LocalRpc;
use brygga_storage::{SlotState, Store, StoreSettings, Vault};
use brygga_testkit::{Place, Staff, eventually};
use prost::Message;
use tonic::{Code, Status};

use crate::keyboard::Keyboard;
use crate::network::{Exchange, HANINGE, NYNASHAMN};
use crate::observability::canary::found;
use crate::officers::{Officer, PASSPHRASE, PERSON, Team, disclose, enquire, in_days, offered};

/// Leak L5: support and administrators, with the database, the vault and every key that lies on the node's disk.
///
/// Verified: what the vault's key opens is sealed to the officers, and none of the node's own keys opens it; what waits to
/// be sent and what has come opens with the node's key and holds neither the person nor an officer, since letters are
/// sealed to officers too.
#[tokio::test(flavor = "multi_thread")]
async fn leak_05_whoever_has_the_whole_node_opens_no_case() {
    let mut exchange = Exchange::begin().await;
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let kalmar = Team::of(&exchange.region, Place::KALMAR.name).await;
    let id = origin.open(&exchange, RelocationRoute::Placement292, &[HANINGE.organisation]).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    let there = kalmar.offer(&exchange, &kalmar.asked().await).await;
    let place = offered(&origin, &id, Place::KALMAR.organisation).await;
    disclose(&origin, &id, place).await;
    assert_eq!(kalmar.open_arrived(&there).await.content, PERSON);

    let words = ["Kanarina", "199001012385", "Dagny", &origin.one.name, &kalmar.one.name];
    for (name, organisation) in
        [(NYNASHAMN.name, Place::KALMAR.organisation), (Place::KALMAR.name, NYNASHAMN.organisation)]
    {
        exchange.region.stop_node(name).await;
        let dir = exchange.region.path(name);
        let keys = NodeKeys::load(&dir.join("keys")).expect("keys");
        let url = |file: &str| format!("sqlite:{}", dir.join(file).display());
        let vault = Vault::open(&url("keys/vault.db")).await.expect("a vault");
        let settings = StoreSettings { url: url("data/brygga.db"), max_readers: 1 };
        let store = Store::open(&settings).await.expect("a store");
        let read = store.read(|reader| {
            Box::pin(async {
                let post = [reader.parcels_out().await?, reader.parcels_in().await?].concat();
                Ok((reader.relocations().await?, post))
            })
        });
        let (cases, post) = read.await.expect("rows");
        assert!(!cases.is_empty() && !post.is_empty(), "there is something to look at");
        for case in cases {
            let slot: KeySlot = case.record.key_slot;
            let SlotState::Held(wrapped) = vault.slot_state(slot).await.expect("a slot") else {
                panic!("the case has a key");
            };
            let key = slot.open(keys.key_ring(), &wrapped).expect("the administrator has it");
            let place = place_of(&case.id);
            let record = key.decrypt(&place, &case.record.ciphertext).expect("it opens so far");
            assert_eq!(found(&words, &record), None, "in a record of {name}");
            assert_eq!(found(&[organisation], &record), None, "in a record of {name}");
            for own in keys.intake() {
                assert!(open_record(own, &place, &record).is_err(), "a node is no officer");
            }
        }
        for parcel in post {
            let mut own = keys.intake();
            let content = own.find_map(|key| parcel.sealed.open_as_mailbox(key)).expect("its own");
            assert_eq!(found(&words, &content), None, "in the post of {name}");
        }
    }
}

const fn place_of(id: &RelocationId) -> AssociatedData<'_> {
    AssociatedData { table: "relocation_case", row: id.as_bytes(), column: "record" }
}

/// Every call about a case, with a proof and an id.
fn calls(proof: Option<&OfficerProof>, id: &[u8]) -> Vec<(LocalRpc, Vec<u8>)> {
    let proof = proof.cloned();
    let show = ShowRelocationRequest { proof: proof.clone(), relocation_id: id.to_vec() };
    let purge = PurgeRelocationRequest { proof: proof.clone(), relocation_id: id.to_vec() };
    let offer = OfferRelocationRequest {
        proof: proof.clone(),
        enquiry_id: id.to_vec(),
        ..OfferRelocationRequest::default()
    };
    let end = ActOnRelocationRequest {
        proof,
        relocation_id: id.to_vec(),
        act: Some(Act::End(RelocationEnd::Aborted.into())),
    };
    vec![
        (LocalRpc::ShowRelocation, show.encode_to_vec()),
        (LocalRpc::PurgeRelocation, purge.encode_to_vec()),
        (LocalRpc::OfferRelocation, offer.encode_to_vec()),
        (LocalRpc::ActOnRelocation, end.encode_to_vec()),
    ]
}

/// Everybody who is not an officer of the case, at the origin and at the relay, asks for it and for one that never was.
///
/// Verified: for every role and every call the two answers are the same, byte for byte; and afterwards the case is as it
/// was.
#[tokio::test(flavor = "multi_thread")]
async fn an_insider_gets_the_same_answer_for_a_case_and_for_none() {
    let exchange = Exchange::begin().await;
    let region = &exchange.region;
    let origin = Team::of(region, NYNASHAMN.name).await;
    let id = origin.open(&exchange, RelocationRoute::Application297, &[]).await;
    let other = Officer::enrol(region, NYNASHAMN.name, "doris", "kvinnofrid").await;
    let invented = Some(OfficerProof { officer_id: vec![5; 16], passphrase: PASSPHRASE.into() });
    let proofs = [None, invented, origin.one.proof(), other.proof(), origin.reviewer.proof()];
    let mut asked = 0;
    for place in [NYNASHAMN.name, Place::LANSSTYRELSEN.name] {
        for role in Role::ALL {
            let staff = if *role == Role::ProtectedOfficer {
                other.staff.clone()
            } else {
                region.staff(place, role.as_str(), None)
            };
            // Each refusal of an officer takes its 600 ms: only the roles that get that far try every proof.
            let tried = if *role == Role::ProtectedOfficer { &proofs[..] } else { &proofs[2..3] };
            for proof in tried {
                let there = calls(proof.as_ref(), &id);
                for ((rpc, about), (_, about_none)) in
                    there.iter().zip(calls(proof.as_ref(), &[9; 16]))
                {
                    let refused = staff.call(*rpc, about).await.expect_err("not theirs");
                    let same = staff.call(*rpc, &about_none).await.expect_err("there is none");
                    assert_eq!(told(&refused), told(&same), "{rpc:?} as {role:?} at {place}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "{asked}");
    assert_eq!(origin.one.show(&id).await.expect("a case").stage, "ASSESSED");
}

/// All that a refusal says.
fn told(status: &Status) -> (Code, String, Vec<u8>) {
    (status.code(), status.message().to_owned(), status.details().to_vec())
}

/// How often each question is asked.
const ASKED: usize = 10;
/// A difference below this is that of one machine on one day.
const NOISE: Duration = Duration::from_millis(20);

/// Asks every question as often, in turn, so that whatever else the machine does falls on all alike. Every answer is the
/// same; and of each and the first, neither is nearly always the slower one by more than [`NOISE`]. By chance alone that
/// happens once in a thousand runs (Mann-Whitney, ten and ten).
async fn are_told_the_same(questions: &[(&str, &Staff, LocalRpc, Vec<u8>)]) {
    let mut times = vec![Vec::new(); questions.len()];
    let mut first = None;
    for _ in 0..ASKED {
        for ((what, staff, rpc, question), times) in questions.iter().zip(&mut times) {
            let begun = Instant::now();
            let refused = staff.call(*rpc, question).await.expect_err(what);
            times.push(begun.elapsed());
            let told = told(&refused);
            assert_eq!(first.get_or_insert_with(|| told.clone()), &told, "{what}");
        }
    }
    for times in &mut times {
        times.sort_unstable();
    }
    for ((what, ..), other) in questions.iter().zip(&times).skip(1) {
        let pairs = times[0].iter().flat_map(|one| other.iter().map(move |other| other > one));
        let slower = pairs.filter(|is_slower| *is_slower).count();
        let is_told_apart = !(5..=95).contains(&(slower * 100 / (ASKED * ASKED)));
        let difference = times[0][ASKED / 2].abs_diff(other[ASKED / 2]);
        assert!(!is_told_apart || difference < NOISE, "{what} takes {difference:?} more or less");
    }
}

/// An offer, good in itself, that answers `enquiry`.
fn offer_of(exchange: &Exchange, team: &Team, proof: Option<OfficerProof>, id: &[u8]) -> Vec<u8> {
    let offer = OfferRelocationRequest {
        proof,
        enquiry_id: id.to_vec(),
        officers: vec![team.one.card(), team.other.card()],
        housing: RelocationHousing::Dwelling.into(),
        support: RelocationSupport::Weekly.into(),
        earliest: Earliest::Now.into(),
        until: Some(in_days(exchange, 7)),
    };
    offer.encode_to_vec()
}

/// Leak L5: what an enquiry is can be asked by whoever may answer it, and by nobody else.
///
/// Verified: an offer to an enquiry that never was, is answered, is over, has gone to others but not to an excluded
/// member, or is asked for by a reviewer, an officer that is none or with a wrong passphrase, is refused with the same
/// bytes after the same time.
#[tokio::test(flavor = "multi_thread")]
async fn an_enquiry_that_cannot_be_answered_is_as_if_it_never_was() {
    let exchange = Exchange::begin().await;
    let region = &exchange.region;
    let origin = Team::of(region, NYNASHAMN.name).await;
    let kalmar = Team::of(region, Place::KALMAR.name).await;
    let haninge = Team::of(region, HANINGE.name).await;
    let route = RelocationRoute::Application297;
    let mut real = Vec::new();
    for _ in 0..2 {
        let id = origin.open(&exchange, route, &[HANINGE.organisation]).await;
        origin.one.act(&id, enquire(&exchange)).await.expect("asked");
        let enquiry = eventually("one more comes", || async {
            let open = kalmar.one.enquiries().await;
            open.into_iter().map(|enquiry| enquiry.enquiry_id).find(|id| !real.contains(id))
        });
        real.push(enquiry.await);
    }
    let open = kalmar.one.enquiries().await;
    let answered = open.iter().find(|enquiry| enquiry.enquiry_id == real[0]).expect("open");
    kalmar.offer(&exchange, answered).await;
    let wrong = Some(OfficerProof {
        passphrase: "tuppen sover".into(),
        ..kalmar.one.proof().expect("one")
    });
    let none = Some(OfficerProof { officer_id: vec![5; 16], ..kalmar.one.proof().expect("one") });
    let (own, theirs) = (kalmar.one.proof(), haninge.one.proof());
    let reviewer = kalmar.reviewer.proof();
    let (one, reviews, other) = (&kalmar.one.staff, &kalmar.reviewer.staff, &haninge.one.staff);
    let rpc = LocalRpc::OfferRelocation;
    let offer = |team, proof, id: &[u8]| offer_of(&exchange, team, proof, id);
    are_told_the_same(&[
        ("one that never was", one, rpc, offer(&kalmar, own.clone(), &[9; 16])),
        ("an answered one", one, rpc, offer(&kalmar, own.clone(), &real[0])),
        ("another's", other, rpc, offer(&haninge, theirs, &real[1])),
        ("as a reviewer", reviews, rpc, offer(&kalmar, reviewer, &real[1])),
        ("a wrong passphrase", one, rpc, offer(&kalmar, wrong, &real[1])),
        ("an officer that is none", one, rpc, offer(&kalmar, none, &real[1])),
    ])
    .await;

    region.clock(Place::KALMAR.name).turn(Seconds::days(8));
    region.clock(NYNASHAMN.name).turn(Seconds::days(8));
    are_told_the_same(&[
        ("one that never was", one, rpc, offer(&kalmar, own.clone(), &[9; 16])),
        ("one that is over", one, rpc, offer(&kalmar, own, &real[1])),
    ])
    .await;
}

/// Leak L5: whether anybody asks.
///
/// Verified: to everybody but officers who answer, the list of enquiries says the same where one is open and where none
/// has come, for every role; to reviewers and to those who claim to be an officer, in time as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_enquiries_says_nothing_to_whoever_answers_none() {
    let exchange = Exchange::begin().await;
    let region = &exchange.region;
    let origin = Team::of(region, NYNASHAMN.name).await;
    let kalmar = Team::of(region, Place::KALMAR.name).await;
    let haninge = Team::of(region, HANINGE.name).await;
    let route = RelocationRoute::Application297;
    let id = origin.open(&exchange, route, &[HANINGE.organisation]).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    kalmar.asked().await;
    assert!(haninge.one.enquiries().await.is_empty(), "none has come");

    let list = |proof| ListEnquiriesRequest { proof }.encode_to_vec();
    let rpc = LocalRpc::ListEnquiries;
    let is_other = |role: &&Role| **role != Role::ProtectedOfficer;
    for role in Role::ALL.iter().filter(is_other) {
        let mut refused = Vec::new();
        for (place, team) in [(Place::KALMAR.name, &kalmar), (HANINGE.name, &haninge)] {
            let staff = region.staff(place, role.as_str(), None);
            let refusal = staff.call(rpc, &list(team.one.proof())).await.expect_err("not theirs");
            refused.push(told(&refusal));
        }
        assert_eq!(refused[0], refused[1], "{role:?}");
    }
    let wrong = |officer: &Officer| {
        Some(OfficerProof { passphrase: "tuppen sover".into(), ..officer.proof().expect("one") })
    };
    let (asked, quiet) = (&kalmar.one.staff, &haninge.one.staff);
    are_told_the_same(&[
        ("a reviewer, none", &haninge.reviewer.staff, rpc, list(haninge.reviewer.proof())),
        ("a reviewer, one", &kalmar.reviewer.staff, rpc, list(kalmar.reviewer.proof())),
        ("a passphrase, none", quiet, rpc, list(wrong(&haninge.one))),
        ("a passphrase, one", asked, rpc, list(wrong(&kalmar.one))),
        ("another's officer", asked, rpc, list(haninge.one.proof())),
    ])
    .await;
}

/// Leak L6: whoever is told that there is something new is told that and no more.
///
/// Verified: what the program prints of an officer's cases after an offer has come is the case's random name and a
/// number; neither who offers, nor what has happened, nor anything of the need.
#[tokio::test(flavor = "multi_thread")]
async fn leak_06_a_list_tells_that_there_is_something_and_not_what() {
    let exchange = Exchange::begin().await;
    let region = &exchange.region;
    let kalmar = Team::of(region, Place::KALMAR.name).await;
    let origin = Keyboard::of(region, NYNASHAMN.name);
    let id = origin.open(&exchange.agreement, &[]);
    origin.anna(&["enquire", &id, "--until", &origin.in_days(7)]);
    kalmar.offer(&exchange, &kalmar.asked().await).await;
    eventually("the offer has come", || async {
        origin.anna(&["show", &id]).contains(Place::KALMAR.organisation).then_some(())
    })
    .await;
    let printed = origin.anna(&["list"]);
    assert!(printed.contains(&id), "{printed}");
    let words = ["Kalmar", "0880", &kalmar.one.name, "ENQUIRED", "rbjud", "verflyttning"];
    assert_eq!(found(&words, printed.as_bytes()), None, "{printed}");
}
