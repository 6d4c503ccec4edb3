//! Whether a member of a network takes as many as it sends, for its own officers.

use brygga_domain::Reason;
use brygga_domain::relocation::HalfYear;
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    CloseRelocation, OfficerProof, PurgeRelocationRequest, RecordMove, ShowReciprocityRequest,
    TakePosition,
};
use brygga_proto::relocation::v1::{RefusalCode, RelocationPosition, RelocationRoute};
use brygga_testkit::{Place, reason_of};
use tonic::Status;

use crate::network::{Exchange, NYNASHAMN};
use crate::officers::{Officer, PASSPHRASE, Team, disclose, enquire, offered};

async fn balance(
    officer: &Officer,
    proof: Option<OfficerProof>,
    agreement: &[u8],
) -> Result<Vec<(String, i32)>, Status> {
    let request = ShowReciprocityRequest { proof, agreement_id: agreement.to_vec() };
    let shown = officer.staff.relocations().show_reciprocity(request).await?.into_inner();
    Ok(shown.half_years.into_iter().map(|one| (one.half_year, one.balance)).collect())
}

/// Somebody moves from Nynäshamn to Kalmar, and both ends purge the case.
///
/// Verified: before the purge there is no number at either end; afterwards the half-year has one less at the origin and
/// one more at the destination, in the program's words too, and nothing finer; of another network there is nothing; who
/// is no officer learns nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_counted_for_its_half_year_at_both_ends_and_shown_to_officers() {
    let exchange = Exchange::begin().await;
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let kalmar = Team::of(&exchange.region, Place::KALMAR.name).await;
    let id = origin.open(&exchange, RelocationRoute::AgreementExchange, &[]).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    let there = kalmar.offer(&exchange, &kalmar.asked().await).await;
    let place = offered(&origin, &id, Place::KALMAR.organisation).await;
    disclose(&origin, &id, place).await;
    kalmar.open_arrived(&there).await;
    let position = RelocationPosition::Accepted.into();
    let accept = TakePosition { position, refusal: RefusalCode::Unspecified.into() };
    kalmar.one.act(&there, Act::TakePosition(accept)).await.expect("accepted");
    kalmar.one.act(&there, Act::Move(RecordMove {})).await.expect("moved");
    kalmar.one.act(&there, Act::Close(CloseRelocation {})).await.expect("closed");
    origin.reaches(&id, "CLOSED").await;

    let half_year = HalfYear::of(exchange.region.clock(NYNASHAMN.name).now()).to_string();
    for (team, id, counted) in [(&origin, &id, -1), (&kalmar, &there, 1)] {
        let one = &team.one;
        let before = balance(one, one.proof(), &exchange.agreement).await;
        assert_eq!(before.expect("an officer"), [], "nothing before the purge");
        let purge = PurgeRelocationRequest { proof: one.proof(), relocation_id: id.clone() };
        one.staff.relocations().purge_relocation(purge).await.expect("purged");
        for officer in [one, &team.other, &team.reviewer] {
            let after = balance(officer, officer.proof(), &exchange.agreement).await;
            assert_eq!(after.expect("an officer"), [(half_year.clone(), counted)]);
        }
        assert_eq!(balance(one, one.proof(), &[7; 16]).await.expect("an officer"), []);
        let none = Some(OfficerProof { officer_id: vec![5; 16], passphrase: PASSPHRASE.into() });
        for proof in [None, none] {
            assert!(balance(one, proof, &exchange.agreement).await.is_err());
        }
        let wrong = Some(OfficerProof { officer_id: one.id.clone(), passphrase: "fel ord".into() });
        let refused = balance(one, wrong, &exchange.agreement).await.expect_err("no officer");
        assert_eq!(reason_of(&refused), Reason::NotFound);
    }

    let file = exchange.region.path(Place::KALMAR.name).join("losenord.txt");
    std::fs::write(&file, format!("{PASSPHRASE}\n")).expect("a file");
    let (file, agreement) = (file.to_str().expect("a name"), hex::encode(&exchange.agreement));
    let run = |more: &[&str]| {
        let enrol = ["officer", "enrol", "--passphrase-file", file, "--output", "json"];
        let enrolled = exchange.region.run(Place::KALMAR.name, &enrol);
        let enrolled: serde_json::Value = serde_json::from_str(&enrolled).expect("JSON");
        let id = enrolled["officer_id"].as_str().expect("a handle");
        let who = [
            "relocation",
            "--officer",
            id,
            "--passphrase-file",
            file,
            "reciprocity",
            "--agreement",
        ];
        exchange.region.run(Place::KALMAR.name, &[&who[..], &[&agreement], more].concat())
    };
    let printed = run(&["--language", "sv"]);
    assert!(printed.contains(&format!("{half_year}  +1")), "{printed}");
    let json: serde_json::Value = serde_json::from_str(&run(&["--output", "json"])).expect("JSON");
    let one = serde_json::json!({"half_year": half_year, "balance": 1});
    assert_eq!(json["half_years"], serde_json::json!([one]));
}
