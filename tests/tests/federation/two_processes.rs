//! Two processes of one organisation on one database: what one has stored binds the other at once.

use brygga_crypto::SystemRandom;
use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, SubjectArea};
use brygga_proto::local::v1::TerminateAgreementRequest;
use brygga_storage::scratch::ScratchDatabase;
use brygga_testkit::{
    Place, Region, agreement_terms, consent_for, eventually, reason_of, referral_to,
};
use rand_core::Rng;

use crate::setting::{agree, record, request};

/// Verified: an agreement that one process has ended authorises nothing in the other, however
/// soon it is asked and although its memory still shows the agreement in force.
#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_ended_in_one_process_authorises_nothing_in_the_other() {
    let Ok(server) = std::env::var("BRYGGA_TEST_POSTGRES_URL") else {
        eprintln!("skipped: BRYGGA_TEST_POSTGRES_URL is not set");
        return;
    };
    let database = ScratchDatabase::create(&server, SystemRandom.next_u64()).await;
    let database = database.expect("the server lends databases");
    let places = [Place::KALMAR, Place::NYBRO];
    let mut region = Region::found_on(&places, &[("kalmar", database.url())]);
    region.twin("kalmar", "kalmar-2");
    for name in ["kalmar", "nybro", "kalmar-2"] {
        region.start_node(name).await;
    }
    let now = region.clock("kalmar").now();
    let parties = ["kommun:0880", "kommun:0881"];
    let kind = AgreementKind::RegionalCooperation;
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let worker = region.staff("kalmar-2", "CASE_WORKER", None);
    let consent = record(&worker, consent_for(&["kommun:0881"], 30, now)).await;
    for _ in 0..5 {
        let terms = agreement_terms(&parties, kind, SubjectArea::Homelessness, now);
        let id = agree(&region, "kalmar", "nybro", terms).await;
        let wish = || {
            let mut wish = referral_to("kommun:0881", consent.clone());
            wish.agreement_id.clone_from(&id);
            wish
        };
        eventually("the other process uses it", || {
            let asking = request(&worker, wish());
            async { asking.await.ok() }
        })
        .await;
        let end =
            TerminateAgreementRequest { agreement_id: id.clone(), version: 1, effective_at: None };
        manager.agreements().terminate_agreement(end).await.expect("a party may");
        let refused = request(&worker, wish()).await.expect_err("ended");
        assert_eq!(reason_of(&refused), Reason::AgreementTerminated);
    }
    for name in ["kalmar", "kalmar-2", "nybro"] {
        region.stop_node(name).await;
    }
    database.remove().await.expect("the server takes it back");
}
