//! Protected relocations at their origin: officers, sealed cases, and what everybody else can see of them.

mod memory;
mod purge;

use std::time::{Duration, Instant};

use brygga_domain::Reason;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    ActOnRelocationRequest, EnrolOfficerRequest, ListRelocationsRequest, OfficerProof,
    OpenRelocationRequest, PurgeRelocationRequest, Relocation, ReviewRelocationsRequest,
    ShowNodeRequest, ShowRelocationRequest,
};
use brygga_proto::relocation::v1::{
    AgeBand, BlindNeed, Earliest, ProtectionLevel, RelocationEnd, RelocationHousing,
    RelocationRoute, RelocationSupport, SecrecyBasis,
};
use brygga_testkit::{Place, Region, Running, Staff, eventually, reason_of};
use tonic::Status;

use crate::observability::canary::found;
use crate::observability::{exported, files};

/// Where the threat comes from: nobody may learn of it. No organisation of the test's registry.
const EXCLUDED: &str = "kommun:2262";
/// What must stand nowhere: passphrases, officers, and what only the record knows.
const CANARIES: [&str; 5] =
    ["kanariefåglarna sover", "anna.kanarie", "berit.kanarie", EXCLUDED, "cilla.kanarie"];

/// Somebody who has enrolled.
#[derive(Clone)]
struct Officer {
    staff: Staff,
    id: Vec<u8>,
}

impl Officer {
    fn proof(&self) -> Option<OfficerProof> {
        let passphrase = CANARIES[0].as_bytes().to_vec();
        Some(OfficerProof { officer_id: self.id.clone(), passphrase })
    }

    async fn open(&self, other: &Self) -> Result<Vec<u8>, Status> {
        let request = OpenRelocationRequest {
            proof: self.proof(),
            other_officers: vec![other.id.clone()],
            agreement_id: vec![7; 16],
            route: RelocationRoute::Application297.into(),
            level: ProtectionLevel::Threatened.into(),
            secrecy_basis: SecrecyBasis::Osl213.into(),
            exclusions: vec![EXCLUDED.to_owned()],
            withheld: Vec::new(),
            need: Some(need()),
        };
        let opened = self.staff.relocations().open_relocation(request).await;
        opened.map(|opened| opened.into_inner().relocation_id)
    }

    async fn show(&self, id: &[u8]) -> Result<Relocation, Status> {
        let request = ShowRelocationRequest { proof: self.proof(), relocation_id: id.to_vec() };
        let shown = self.staff.relocations().show_relocation(request).await?.into_inner();
        Ok(shown.relocation.expect("a case"))
    }

    async fn list(&self) -> Vec<Vec<u8>> {
        let request = ListRelocationsRequest { proof: self.proof() };
        let listed = self.staff.relocations().list_relocations(request).await.expect("a list");
        listed.into_inner().relocation_ids
    }

    async fn act(&self, id: &[u8], act: Act) -> Result<Relocation, Status> {
        let request = ActOnRelocationRequest {
            proof: self.proof(),
            relocation_id: id.to_vec(),
            act: Some(act),
        };
        let done = self.staff.relocations().act_on_relocation(request).await?.into_inner();
        Ok(done.relocation.expect("a case"))
    }

    async fn end(&self, id: &[u8]) -> Result<Relocation, Status> {
        self.act(id, Act::End(RelocationEnd::Aborted.into())).await
    }

    async fn purge(&self, id: &[u8]) -> Result<(), Status> {
        let request = PurgeRelocationRequest { proof: self.proof(), relocation_id: id.to_vec() };
        self.staff.relocations().purge_relocation(request).await.map(drop)
    }
}

fn need() -> BlindNeed {
    BlindNeed {
        adults: 1,
        children: vec![AgeBand::AgeBand05.into()],
        wheelchair: false,
        animals: false,
        languages: vec!["ar".to_owned()],
        housing: RelocationHousing::Dwelling.into(),
        support: RelocationSupport::Weekly.into(),
        earliest: Earliest::Now.into(),
    }
}

/// Somebody of the women's peace team, or who reviews in the legal unit.
async fn enrolled(region: &Region, name: &str, reviewer: bool) -> Officer {
    enrolled_in(region, name, reviewer, if reviewer { "juridiska-enheten" } else { "kvinnofrid" })
        .await
}

async fn enrolled_in(region: &Region, name: &str, reviewer: bool, unit: &str) -> Officer {
    let staff = region.staff("kalmar", "PROTECTED_OFFICER", Some(unit)).named(name);
    let passphrase = CANARIES[0].as_bytes().to_vec();
    let request = EnrolOfficerRequest { passphrase, reviewer };
    let id = staff.relocations().enrol_officer(request).await.expect("enrolled");
    Officer { staff, id: id.into_inner().officer_id }
}

/// Kalmar's two officers and a reviewer of another unit.
async fn three(region: &Region) -> [Officer; 3] {
    [
        enrolled(region, CANARIES[1], false).await,
        enrolled(region, CANARIES[2], false).await,
        enrolled(region, CANARIES[4], true).await,
    ]
}

#[tokio::test]
async fn a_case_is_for_its_named_officers_and_every_look_is_reviewed() {
    let region = Region::start(&[Place::KALMAR]).await;
    let [anna, berit, reviewer] = three(&region).await;
    let id = anna.open(&berit).await.expect("opened");
    let seen = berit.show(&id).await.expect("the other officer sees it");
    assert_eq!((seen.stage.as_str(), seen.exclusions), ("ASSESSED", vec![EXCLUDED.to_owned()]));
    assert_eq!(berit.list().await, vec![id.clone()]);
    let third = enrolled(&region, "somebody-else", false).await;
    assert!(third.list().await.is_empty());

    for level in [ProtectionLevel::ProtectedRegistration, ProtectionLevel::Threatened] {
        let raised = anna.act(&id, Act::Raise(level.into())).await.expect("raised").level();
        assert_eq!(raised, ProtectionLevel::ProtectedRegistration, "it never sinks");
    }

    let asked = ReviewRelocationsRequest { proof: reviewer.proof() };
    let log = reviewer.staff.relocations().review_relocations(asked).await.expect("a log");
    let mut acts: Vec<_> = log.into_inner().accesses.into_iter().map(|one| one.act).collect();
    acts.sort();
    assert_eq!(acts, ["open", "raise", "raise", "show"]);
    let by_officer = ReviewRelocationsRequest { proof: anna.proof() };
    let refused = anna.staff.relocations().review_relocations(by_officer).await;
    assert_eq!(reason_of(&refused.expect_err("no reviewer")), Reason::NotFound);
}

#[tokio::test]
async fn nobody_opens_a_case_that_nobody_reviews() {
    let region = Region::start(&[Place::KALMAR]).await;
    let anna = enrolled(&region, CANARIES[1], false).await;
    let berit = enrolled(&region, CANARIES[2], false).await;
    let refused = anna.open(&berit).await.expect_err("there is no reviewer");
    assert_eq!(reason_of(&refused), Reason::ReleaseMissing);
    enrolled_in(&region, CANARIES[4], true, "kvinnofrid").await;
    let refused = anna.open(&berit).await.expect_err("only one of the same unit");
    assert_eq!(reason_of(&refused), Reason::ReleaseMissing);
    enrolled(&region, CANARIES[4], true).await;
    anna.open(&berit).await.expect("somebody of another unit reviews");
}

/// Leak L3, L10: who is not named, who has no such role, and who knows no passphrase.
///
/// Verified: a case that is absent, somebody else's or purged, an officer that is unknown or somebody else, and a wrong
/// passphrase are told apart by no byte and not by the time; other roles are refused before anything is looked at.
#[tokio::test]
async fn leak_10_nothing_tells_whether_a_case_is_there() {
    let region = Region::start(&[Place::KALMAR]).await;
    let [anna, berit, _] = three(&region).await;
    let third = enrolled(&region, "somebody-else", false).await;
    let (id, purged) = (anna.open(&berit).await.expect("opened"), anna.open(&berit).await.unwrap());
    anna.end(&purged).await.expect("ended");
    anna.purge(&purged).await.expect("purged");
    let with = |change: fn(&mut OfficerProof)| {
        let mut proof = anna.proof().expect("a proof");
        change(&mut proof);
        Some(proof)
    };
    let asked = [
        (third.staff.clone(), third.proof(), id.clone()),
        (third.staff.clone(), third.proof(), vec![9; 16]),
        (anna.staff.clone(), anna.proof(), vec![9; 16]),
        (anna.staff.clone(), anna.proof(), purged),
        (anna.staff.clone(), with(|proof| proof.passphrase = b"another one".to_vec()), id.clone()),
        (anna.staff.clone(), with(|proof| proof.officer_id = vec![8; 16]), id.clone()),
        (third.staff.clone(), anna.proof(), id.clone()),
    ];
    let mut answers = Vec::new();
    for (staff, proof, relocation_id) in asked {
        let begun = Instant::now();
        let (shown, acted) = (proof.clone(), relocation_id.clone());
        let request = ShowRelocationRequest { proof: shown, relocation_id };
        let refused = staff.relocations().show_relocation(request).await.expect_err("not shown");
        answers.push((begun.elapsed(), format!("{refused:?}"), refused.details().to_vec()));
        let begun = Instant::now();
        let act = Some(Act::Raise(ProtectionLevel::ProtectedRegistration.into()));
        let request = ActOnRelocationRequest { proof, relocation_id: acted, act };
        let refused = staff.relocations().act_on_relocation(request).await.expect_err("not done");
        answers.push((begun.elapsed(), format!("{refused:?}"), refused.details().to_vec()));
    }
    assert_eq!(anna.show(&id).await.expect("hers").level(), ProtectionLevel::Threatened);
    let (quickest, slowest) = (
        answers.iter().map(|one| one.0).min().unwrap(),
        answers.iter().map(|one| one.0).max().unwrap(),
    );
    eprintln!("refusals took {quickest:?} to {slowest:?}");
    assert!(quickest >= Duration::from_millis(600), "{quickest:?}");
    assert!(answers.iter().all(|one| one.2 == answers[0].2), "{answers:?}");
    for role in ["CASE_WORKER", "OPERATOR", "LOG_REVIEWER", "REGISTRAR", "AGREEMENT_MANAGER"] {
        let staff = region.staff("kalmar", role, None);
        let request = ShowRelocationRequest { proof: anna.proof(), relocation_id: id.clone() };
        let refused = staff.relocations().show_relocation(request).await.expect_err("no officer");
        assert_eq!(reason_of(&refused), Reason::RoleDenied, "{role}");
    }
}

/// Leak L11 at the origin: a case is opened, seen, raised, ended and purged on a real process that logs all it can.
///
/// Verified: passphrases, officers and exclusions stand in no log, no database file or its write-ahead log and no exported
/// audit, in UTF-8, UTF-16, base64 or hexadecimal digits; and the audit says of all this one word.
#[tokio::test(flavor = "multi_thread")]
async fn leak_11_the_origin_writes_nothing_of_a_case_that_others_can_read() {
    let region = Region::found(&[Place::KALMAR]);
    region.set("kalmar", "log_level", "\"debug\"");
    region.set("kalmar", "checkpoint_seconds", "1");
    let running = Running::start(region.program(), &region.path("kalmar"));
    let operator = region.staff("kalmar", "OPERATOR", None);
    eventually("it answers", || async { operator.node().show_node(ShowNodeRequest {}).await.ok() })
        .await;
    let [anna, berit, _] = three(&region).await;
    let (id, purged) = (anna.open(&berit).await.expect("opened"), anna.open(&berit).await.unwrap());
    berit.show(&id).await.expect("shown");
    assert_eq!(reason_of(&anna.purge(&id).await.unwrap_err()), Reason::InvalidTransition);
    assert_eq!(anna.end(&purged).await.expect("ended").stage, "ABORTED");
    anna.purge(&purged).await.expect("purged");
    assert_eq!(anna.list().await, vec![id]);
    let live = files(&region.path("kalmar").join("data"));
    let bundle = exported(&region, "kalmar").await;
    running.stop();
    let log = std::fs::read(region.path("kalmar").join("serve.log")).expect("a log");
    assert_eq!(found(&CANARIES, &log), None, "in the log");
    assert_eq!(found(&CANARIES, &bundle), None, "in the audit");
    for (file, bytes) in live.iter().chain(&files(&region.path("kalmar").join("data"))) {
        assert_eq!(found(&CANARIES, bytes), None, "in {file}");
    }
    let has =
        |word: &[u8]| live.iter().any(|(_, bytes)| bytes.windows(word.len()).any(|at| at == word));
    assert!(has(b"officer\trelocation\t\tdone"), "the search had the rows to search in");
}

/// Verified: an officer enrols, opens a case, reads it in Swedish, ends and purges it with the program; a wrong passphrase
/// is told in words that tell nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_read_and_purged_at_the_keyboard() {
    let region = Region::start(&[Place::KALMAR]).await;
    let file = region.path("kalmar").join("losenord.txt");
    std::fs::write(&file, format!("{}\n", CANARIES[0])).expect("a file");
    let file = file.to_str().expect("a plain name").to_owned();
    let enrol = |more: &[&str]| {
        let line =
            [&["officer", "enrol", "--passphrase-file", &file, "--output", "json"], more].concat();
        let answer: serde_json::Value =
            serde_json::from_str(&region.run("kalmar", &line)).expect("JSON");
        answer["officer_id"].as_str().expect("a handle").to_owned()
    };
    let (anna, berit) = (enrol(&[]), enrol(&[]));
    enrol(&["--reviewer", "--as-unit", "juridiska-enheten"]);
    let run = |words: &[&str]| {
        let who = ["relocation", "--officer", &anna, "--passphrase-file", &file];
        region.run("kalmar", &[&who[..], words, &["--language", "sv"]].concat())
    };
    let open =
        ["open", "--with", &berit, "--agreement", &"07".repeat(16), "--route", "transfer-29-10"];
    let need =
        ["--level", "threatened", "--adults", "1", "--child", "0_5", "--housing", "dwelling"];
    let rest = ["--support", "weekly", "--earliest", "now", "--exclude", EXCLUDED];
    let withheld = ["--withheld", "GUARDIAN=2020-01-15"];
    let opened = run(&[&open[..], &need, &rest, &withheld].concat());
    let id = opened.trim().rsplit(' ').next().expect("an id").to_owned();
    let read = run(&["show", &id]);
    assert!(read.starts_with("Skyddade personuppgifter: "), "{read}");
    assert!(read.contains("överflyttning av ärendet") && read.contains(EXCLUDED), "{read}");
    assert!(read.contains(&format!("brygga relocation … enquire {id}")), "{read}");
    assert_eq!(run(&["enquiries"]).trim(), "Inget att visa.");
    assert!(
        read.contains("omprövning av undanhållen insyn") && read.contains("FÖRSENAT"),
        "{read}"
    );
    let listed = run(&["list"]);
    assert!(listed.contains(&id) && listed.contains("senast i dag: 1"), "{listed}");
    let ended = run(&["end", &id, "--how", "withdrawn"]);
    assert!(
        ended.contains("slut: personen ville inte längre") && ended.contains("purge"),
        "{ended}"
    );
    assert!(run(&["purge", &id]).contains("Nyckeln är förstörd"));
    assert!(!run(&["list"]).contains(&id));
}

/// PRO-06 at a real node: a level of protection that the contract does not know.
#[tokio::test]
async fn pro_06_a_third_level_is_refused() {
    let region = Region::start(&[Place::KALMAR]).await;
    let [anna, berit, _] = three(&region).await;
    let id = anna.open(&berit).await.expect("opened");
    for level in [0, 4, 63] {
        let refused = anna.act(&id, Act::Raise(level)).await.expect_err("no such level");
        assert_eq!(reason_of(&refused), Reason::InvalidField, "{level}");
    }
    assert_eq!(anna.show(&id).await.expect("shown").level(), ProtectionLevel::Threatened);
}

/// Leak L3: staff who do not know what the protection means cannot do wrong with it.
///
/// Verified: a node with a case shows whoever else works there nothing of it: no list, search, register, access log or
/// count of any role holds the case, an officer or what the record says.
#[tokio::test(flavor = "multi_thread")]
async fn leak_03_a_case_stands_in_no_list_of_anybody_else() {
    let region = Region::start(&[Place::KALMAR]).await;
    let [anna, berit, _] = three(&region).await;
    let id = anna.open(&berit).await.expect("opened");
    let mut hidden: Vec<String> = CANARIES.iter().map(ToString::to_string).collect();
    hidden.extend([&id, &anna.id, &berit.id].map(hex::encode));
    let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
    for line in [
        &["referral", "list"][..],
        &["outbox", "list"],
        &["register", "list"],
        &["retention", "list"],
        &["node", "show"],
        &["agreement", "list"],
        &["capacity", "list"],
        &["call", "list"],
        &["hold", "list"],
        &["offer", "list"],
        &["transfer", "list"],
    ] {
        let printed = region.run("kalmar", &[line, &["--output", "json"]].concat());
        let plain = printed.replace('-', "");
        assert_eq!(
            found(&hidden, printed.as_bytes()).or(found(&hidden, plain.as_bytes())),
            None,
            "{line:?}"
        );
        assert!(!printed.contains("relocation"), "{line:?}: {printed}");
    }
}
