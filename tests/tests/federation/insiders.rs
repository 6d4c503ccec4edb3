//! People with rights who are not the officers of a case: what an administrator can open, and what anybody can ask.

use brygga_crypto::AssociatedData;
use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::officer::open_record;
use brygga_domain::RelocationId;
use brygga_identity::keys::NodeKeys;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    ActOnRelocationRequest, OfferRelocationRequest, OfficerProof, PurgeRelocationRequest,
    ShowRelocationRequest,
};
use brygga_proto::relocation::v1::{RelocationEnd, RelocationRoute};
use brygga_proto::rpc::LocalRpc;
use brygga_storage::{SlotState, Store, StoreSettings, Vault};
use brygga_testkit::{Place, eventually};
use prost::Message;

use crate::keyboard::Keyboard;
use crate::network::{Exchange, HANINGE, NYNASHAMN};
use crate::observability::canary::found;
use crate::officers::{Officer, PASSPHRASE, PERSON, Team, disclose, enquire, offered};

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
                    let told = |status: &tonic::Status| {
                        (status.code(), status.message().to_owned(), status.details().to_vec())
                    };
                    assert_eq!(told(&refused), told(&same), "{rpc:?} as {role:?} at {place}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "{asked}");
    assert_eq!(origin.one.show(&id).await.expect("a case").stage, "ASSESSED");
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
