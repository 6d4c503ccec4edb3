//! Cases that move between municipalities, over real nodes: Kalmar asks, Nybro is asked, Borgholm is a third.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{Action, AgreementKind, Effect, Rule, SubjectArea};
use brygga_proto::local::v1::act_on_transfer_request::Act;
use brygga_proto::local::v1::{
    ActOnTransferRequest, AnswerTransfer, AppealIvoDecision, ApplyToIvo, Certainty, Confinement,
    FindResponsibleRequest, FindResponsibleResponse, HandOverCase, ListTransfersRequest,
    NeedRaised, PlacementForm, Protection, RecordFinality, RecordIvoDecision,
    RequestTransferRequest, ResponsibilityBasis, ShowTransferRequest, ShowTransferResponse, Ties,
    Transfer, TransferDue, TransferStatus, WithdrawTransfer,
};
use brygga_proto::transfer::v1::{
    NeedDuration, OpenInquiry, PersonsWish, RecordedWish, TransferContent, TransferDirection,
    TransferOutcome, TransferPerson, TransferPosition, WishOf,
};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually, reason_of};
use brygga_wire::Verdict;
use tonic::Status;

use crate::setting::agree_all;
use crate::uninvited::meddle_in_transfer;

const KALMAR: &str = Place::KALMAR.organisation;
const NYBRO: &str = Place::NYBRO.organisation;

/// Three municipalities that have agreed that cases may move, Borgholm with neither.
pub(crate) struct County {
    pub(crate) region: Region,
    pub(crate) kalmar: Staff,
    pub(crate) nybro: Staff,
}

impl County {
    pub(crate) async fn agreed() -> Self {
        let region = Region::start(&[Place::KALMAR, Place::NYBRO, Place::BORGHOLM]).await;
        let now = region.clock("kalmar").now();
        let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
        let mut terms = agreement_terms(&[KALMAR, NYBRO], kind, subject, now);
        terms.rules.push(Rule {
            rule_id: "flytt".to_owned(),
            effect: Effect::Permit.into(),
            action: Action::CaseTransfer.into(),
            ..Rule::default()
        });
        agree_all(&region, &["kalmar", "nybro"], terms).await;
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        let nybro = region.staff("nybro", "CASE_WORKER", None);
        Self { region, kalmar, nybro }
    }

    pub(crate) fn turn(&self, days: i64) {
        for name in ["kalmar", "nybro", "borgholm"] {
            self.region.clock(name).turn(Seconds::days(days));
        }
    }

    /// The day in Sweden.
    fn today(&self) -> String {
        swedish_day(self.region.clock("kalmar").now()).to_string()
    }

    /// Kalmar asks, and Nybro knows of it and Kalmar that it does.
    async fn asked(&self) -> Transfer {
        let asked = request(&self.kalmar, wish()).await.expect("permitted");
        stands(&self.nybro, &asked, TransferStatus::Requested).await;
        eventually("the receipt tells when it arrived", || async {
            shown(&self.kalmar, &asked).await.filter(|one| one.arrived_at.is_some())
        })
        .await
    }
}

pub(crate) fn wish() -> RequestTransferRequest {
    let own = RecordedWish {
        of: WishOf::Person.into(),
        wish: PersonsWish::Move.into(),
        words: "Vill bo nära sin syster.".to_owned(),
    };
    let content = TransferContent {
        name: "Eva Testsson".to_owned(),
        person: TransferPerson::Adult.into(),
        wishes: vec![own],
        strongest_tie: "Nybro: syster och arbete.".to_owned(),
        duration: NeedDuration::Lasting.into(),
        inquiry: OpenInquiry::Misuse.into(),
        ..TransferContent::default()
    };
    RequestTransferRequest {
        idempotency_key: crate::evening::random_bytes(),
        target: NYBRO.to_owned(),
        direction: TransferDirection::HandOver.into(),
        protection: Protection::None.into(),
        content: Some(content),
        ..RequestTransferRequest::default()
    }
}

pub(crate) async fn request(
    staff: &Staff,
    wish: RequestTransferRequest,
) -> Result<Transfer, Status> {
    let answer = staff.transfers().request_transfer(wish).await?;
    Ok(answer.into_inner().transfer.expect("a transfer"))
}

pub(crate) async fn act(staff: &Staff, transfer: &Transfer, act: Act) -> Result<Transfer, Status> {
    let transfer_id = transfer.transfer_id.clone();
    let request = ActOnTransferRequest { transfer_id, act: Some(act) };
    let answer = staff.transfers().act_on_transfer(request).await?;
    Ok(answer.into_inner().transfer.expect("a transfer"))
}

pub(crate) async fn details(
    staff: &Staff,
    transfer: &Transfer,
) -> Result<ShowTransferResponse, Status> {
    let request = ShowTransferRequest { transfer_id: transfer.transfer_id.clone() };
    Ok(staff.transfers().show_transfer(request).await?.into_inner())
}

async fn shown(staff: &Staff, transfer: &Transfer) -> Option<Transfer> {
    details(staff, transfer).await.ok()?.transfer
}

/// Waits until a transfer stands so.
pub(crate) async fn stands(staff: &Staff, transfer: &Transfer, status: TransferStatus) -> Transfer {
    eventually("the transfer stands so", || async {
        shown(staff, transfer).await.filter(|one| one.status() == status)
    })
    .await
}

fn answered(position: TransferPosition) -> Act {
    Act::Answer(AnswerTransfer { position: position.into(), words: "Därför.".to_owned() })
}

fn hand_over() -> Act {
    Act::HandOver(HandOverCase { words: "Akten, tre beslut.".to_owned() })
}

/// R21: nobody answers for a month.
///
/// Kalmar ──request──▶ Nybro, who is silent. Verified: the position is due in three working days and then overdue; before
/// the month is over Kalmar cannot go to IVO; after it both ends show that no reply came, also when both nodes have been
/// started anew; Kalmar records application, decision and finality, in that order and not too early, and until finality
/// Kalmar is responsible at both ends; then the case is handed over and Nybro is.
#[tokio::test(flavor = "multi_thread")]
async fn r21_no_answer_in_a_month_goes_to_ivo_and_the_old_municipality_stays_responsible() {
    let mut county = County::agreed().await;
    let asked = county.asked().await;
    assert_eq!(asked.due(), TransferDue::Position);
    let early = act(&county.kalmar, &asked, Act::Apply(ApplyToIvo { on: county.today() })).await;
    assert_eq!(reason_of(&early.unwrap_err()), Reason::InvalidTransition);
    county.turn(8);
    let late = shown(&county.kalmar, &asked).await.expect("shown");
    assert!(late.overdue && !late.breached, "three working days are over, a month is not");

    county.turn(33);
    for name in ["kalmar", "nybro"] {
        county.region.stop_node(name).await;
        county.region.start_node(name).await;
    }
    let kalmar = county.region.staff("kalmar", "CASE_WORKER", None);
    let nybro = county.region.staff("nybro", "CASE_WORKER", None);
    for staff in [&kalmar, &nybro] {
        let silent = shown(staff, &asked).await.expect("kept");
        assert_eq!(silent.status(), TransferStatus::NoReply);
        assert!(silent.breached && silent.responsible == KALMAR);
    }
    let today = county.today();
    act(&kalmar, &asked, Act::Apply(ApplyToIvo { on: today.clone() })).await.expect("it is time");
    stands(&nybro, &asked, TransferStatus::IvoApplied).await;
    let outcome = TransferOutcome::Moves.into();
    act(&kalmar, &asked, Act::Decide(RecordIvoDecision { on: today.clone(), outcome }))
        .await
        .expect("decided");
    let decided = stands(&nybro, &asked, TransferStatus::IvoDecided).await;
    assert_eq!((decided.due(), decided.responsible.as_str()), (TransferDue::Appeal, KALMAR));
    let soon = act(&kalmar, &asked, Act::Finalise(RecordFinality { on: today, outcome })).await;
    assert_eq!(
        reason_of(&soon.unwrap_err()),
        Reason::InvalidField,
        "it can be appealed for three weeks"
    );
    let over = act(&kalmar, &asked, hand_over()).await;
    assert_eq!(reason_of(&over.unwrap_err()), Reason::InvalidTransition);

    county.turn(30);
    let on = county.today();
    act(&kalmar, &asked, Act::Finalise(RecordFinality { on, outcome })).await.expect("final");
    let last = stands(&nybro, &asked, TransferStatus::Final).await;
    assert_eq!(last.responsible, NYBRO);
    act(&kalmar, &asked, hand_over()).await.expect("handed over");
    stands(&nybro, &asked, TransferStatus::HandedOver).await;
    let read = details(&nybro, &asked).await.expect("shown");
    assert_eq!(read.hand_over_words, "Akten, tre beslut.");
}

/// R21: the two do not agree, IVO decides, the other appeals, and a court has the last word.
///
/// Verified: Nybro's reasons reach Kalmar; Nybro cannot go to IVO; its appeal reaches Kalmar, and then what is final is the
/// court's decision, by which the case stays and Kalmar is responsible.
#[tokio::test(flavor = "multi_thread")]
async fn r21_a_refusal_goes_to_ivo_and_an_appeal_to_a_court() {
    let county = County::agreed().await;
    let asked = county.asked().await;
    act(&county.nybro, &asked, answered(TransferPosition::Disagree)).await.expect("answered");
    stands(&county.kalmar, &asked, TransferStatus::Disagreed).await;
    assert_eq!(details(&county.kalmar, &asked).await.expect("shown").answer_words, "Därför.");
    let on = county.today();
    let theirs = act(&county.nybro, &asked, Act::Apply(ApplyToIvo { on: on.clone() })).await;
    assert_eq!(reason_of(&theirs.unwrap_err()), Reason::WrongActor);
    act(&county.kalmar, &asked, Act::Apply(ApplyToIvo { on: on.clone() })).await.expect("at once");
    let outcome = TransferOutcome::Moves.into();
    act(&county.kalmar, &asked, Act::Decide(RecordIvoDecision { on: on.clone(), outcome }))
        .await
        .expect("IVO");
    stands(&county.nybro, &asked, TransferStatus::IvoDecided).await;
    act(&county.nybro, &asked, Act::Appeal(AppealIvoDecision { on: on.clone() }))
        .await
        .expect("in time");
    let appealed = stands(&county.kalmar, &asked, TransferStatus::Appealed).await;
    assert_eq!((appealed.appealed_by.as_str(), appealed.responsible.as_str()), (NYBRO, KALMAR));
    let outcome = TransferOutcome::Stays.into();
    act(&county.kalmar, &asked, Act::Finalise(RecordFinality { on, outcome }))
        .await
        .expect("the court");
    let last = stands(&county.nybro, &asked, TransferStatus::Final).await;
    assert_eq!((last.responsible.as_str(), last.due()), (KALMAR, TransferDue::Unspecified));
    let over = act(&county.kalmar, &asked, hand_over()).await;
    assert_eq!(reason_of(&over.unwrap_err()), Reason::Terminal);
}

/// R22: a case moves on the ground of the law, with the person's wishes and without a consent.
///
/// Verified: without the wish of who has to be asked it is refused by that field, for an adult and for a child under 15;
/// Nybro reads who the person is and what is wished, and that Kalmar finishes the inquiry; a colleague of another unit
/// reads nothing; a repeat gives the same transfer, and answering twice says nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn r22_a_case_moves_without_consent_when_the_persons_wishes_are_recorded() {
    let county = County::agreed().await;
    let refused = |change: fn(&mut TransferContent)| {
        let mut wish = wish();
        change(wish.content.as_mut().expect("a content"));
        async { reason_of(&request(&county.kalmar, wish).await.expect_err("unheard")) }
    };
    assert_eq!(refused(|content| content.wishes.clear()).await, Reason::InvalidField);
    let under_15 = refused(|content| content.person = TransferPerson::ChildUnder15.into());
    assert_eq!(under_15.await, Reason::InvalidField);

    let wanted = wish();
    let asked = request(&county.kalmar, wanted.clone()).await.expect("no consent is asked");
    let again = request(&county.kalmar, wanted.clone()).await.expect("a repeat");
    assert_eq!(again.transfer_id, asked.transfer_id);
    let other = RequestTransferRequest {
        content: wish().content,
        target_unit: "socialjouren".to_owned(),
        ..wanted
    };
    let other = request(&county.kalmar, other).await.unwrap_err();
    assert_eq!(reason_of(&other), Reason::IdempotencyMismatch);

    stands(&county.nybro, &asked, TransferStatus::Requested).await;
    let read = details(&county.nybro, &asked).await.expect("shown").content.expect("opened");
    assert_eq!(read.name, "Eva Testsson");
    assert_eq!(read.wishes[0].words, "Vill bo nära sin syster.");
    assert!(read.inquiry() == OpenInquiry::Misuse && !read.inquiry_moves, "29:9");
    let colleague = county.region.staff("nybro", "CASE_WORKER", Some("mobila-teamet"));
    let hidden = details(&colleague, &asked).await.unwrap_err();
    assert_eq!(reason_of(&hidden), Reason::NotFound);
    let listed = colleague.transfers().list_transfers(ListTransfersRequest {}).await;
    assert!(listed.expect("a list").into_inner().transfers.is_empty());

    for _ in 0..2 {
        act(&county.nybro, &asked, answered(TransferPosition::Agree)).await.expect("again nothing");
    }
    let agreed = stands(&county.kalmar, &asked, TransferStatus::Agreed).await;
    assert_eq!(agreed.responsible, KALMAR, "until it is handed over");
    act(&county.kalmar, &asked, hand_over()).await.expect("handed over");
    assert_eq!(stands(&county.nybro, &asked, TransferStatus::HandedOver).await.responsible, NYBRO);
}

/// R23: somebody who is protected does not move by the ordinary way.
///
/// Verified: the request is refused by its own reason before anything is stored or sent, and it has to be said whether the
/// person is protected.
#[tokio::test(flavor = "multi_thread")]
async fn r23_a_protected_person_does_not_move_by_the_ordinary_way() {
    let county = County::agreed().await;
    for (protection, reason) in [
        (Protection::Protected, Reason::ProtectedWay),
        (Protection::Unspecified, Reason::InvalidField),
    ] {
        let wish = RequestTransferRequest { protection: protection.into(), ..wish() };
        let refused = request(&county.kalmar, wish).await.unwrap_err();
        assert_eq!(reason_of(&refused), reason);
    }
    let listed = county.kalmar.transfers().list_transfers(ListTransfersRequest {}).await;
    assert!(listed.expect("a list").into_inner().transfers.is_empty());
}

/// R14, R21: who is no party, is not asked, or is out of order changes nothing.
///
/// Verified: Borgholm, under no such agreement, can neither be asked nor answer in Kalmar's thread; a letter that Nybro's
/// keys sign about no transfer, or out of order, is refused and changes nothing; a request that is answered is not taken
/// back, and one that is not is.
#[tokio::test(flavor = "multi_thread")]
async fn r21_a_third_municipality_and_letters_out_of_order_change_nothing() {
    let county = County::agreed().await;
    let third = RequestTransferRequest { target: "kommun:0885".to_owned(), ..wish() };
    let third = request(&county.kalmar, third).await.unwrap_err();
    assert_eq!(reason_of(&third), Reason::NotFound);
    let asked = county.asked().await;
    let id = &asked.transfer_id;
    let refused = |verdict: Verdict, reason: Reason| {
        assert_eq!(verdict.reason(), Some(reason), "{verdict:?}");
    };
    let by_third = meddle_in_transfer(&county.region, "borgholm", "kalmar", id).await;
    refused(by_third, Reason::NotFound);
    let of_nothing = meddle_in_transfer(&county.region, "nybro", "kalmar", &[9; 16]).await;
    refused(of_nothing, Reason::NotFound);
    let theirs = meddle_in_transfer(&county.region, "nybro", "kalmar", id).await;
    refused(theirs, Reason::WrongActor);
    let same = shown(&county.kalmar, &asked).await.expect("kept");
    assert_eq!(same.status(), TransferStatus::Requested);
    act(&county.kalmar, &asked, Act::Withdraw(WithdrawTransfer {})).await.expect("taken back");
    stands(&county.nybro, &asked, TransferStatus::Withdrawn).await;
    let late = act(&county.nybro, &asked, answered(TransferPosition::Agree)).await;
    assert_eq!(reason_of(&late.unwrap_err()), Reason::Terminal);
}

async fn find(
    staff: &Staff,
    request: FindResponsibleRequest,
) -> Result<FindResponsibleResponse, Reason> {
    let found = staff.transfers().find_responsible(request).await;
    found.map(tonic::Response::into_inner).map_err(|status| reason_of(&status))
}

/// R19: who is responsible follows SoL 29:1-4, and never from where somebody with skyddad folkbokföring is registered.
///
/// The person is in Kalmar. Verified: somebody in prison belongs to where folkbokföringen says, whoever is placed to who
/// placed, others to their home; where it is not clear Kalmar acts; with skyddad folkbokföring a registered municipality
/// is refused, and without it the answer is unclear.
#[tokio::test(flavor = "multi_thread")]
async fn r19_the_router_uses_the_sections_and_never_a_protected_registration() {
    let region = Region::start(&[Place::KALMAR]).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let visit = FindResponsibleRequest {
        host: KALMAR.to_owned(),
        ties: Ties::LivesIn.into(),
        ties_to: NYBRO.to_owned(),
        ..FindResponsibleRequest::default()
    };
    let prison = FindResponsibleRequest {
        confinement: Confinement::Prison.into(),
        raised: NeedRaised::BeforeTheEnd.into(),
        registered_in: "kommun:1880".to_owned(),
        ..visit.clone()
    };
    let placed = FindResponsibleRequest {
        placed_by: "kommun:0885".to_owned(),
        placement: PlacementForm::ProtectedHousing.into(),
        ..visit.clone()
    };
    let unclear = FindResponsibleRequest {
        ties: Ties::Unclear.into(),
        ties_to: String::new(),
        ..visit.clone()
    };
    let hidden = FindResponsibleRequest {
        registered_in: String::new(),
        protected_registration: true,
        ..prison.clone()
    };
    use ResponsibilityBasis::{Sol291, Sol292, Sol293, Sol294};
    for (asked, who, basis, certainty) in [
        (visit, NYBRO, Sol291, Certainty::Clear),
        (placed, "kommun:0885", Sol292, Certainty::Clear),
        (prison.clone(), "kommun:1880", Sol293, Certainty::Clear),
        (unclear, KALMAR, Sol294, Certainty::Unclear),
        (hidden, KALMAR, Sol294, Certainty::Unclear),
    ] {
        let found = find(&kalmar, asked).await.expect("an answer");
        assert_eq!(
            (found.responsible.as_str(), found.basis(), found.certainty()),
            (who, basis, certainty)
        );
        assert_eq!(found.host_acute, KALMAR);
    }
    let given = FindResponsibleRequest { protected_registration: true, ..prison };
    assert_eq!(find(&kalmar, given).await, Err(Reason::InvalidField));
}

const BEGARAN: &str = "\
name = \"Eva Testsson\"
person = \"ADULT\"
strongest_tie = \"Nybro: syster och arbete.\"
duration = \"LASTING\"
measure = \"Boendestöd\"
legal_basis = \"SoL 11:1, beslut den 12 januari\"
[[wishes]]
of = \"PERSON\"
wish = \"MOVE\"
words = \"Vill bo nära sin syster.\"
";

/// R21 at the keyboard: a case worker asks, reads a refusal and writes what IVO needs.
///
/// Verified: the request is read from a file, the answer is read, and the package
/// holds request, criteria, wishes and answer and names the attachments that are missing; `brygga responsibility` answers.
#[tokio::test(flavor = "multi_thread")]
async fn r21_the_package_for_ivo_is_written_at_the_keyboard() {
    let county = County::agreed().await;
    let file = |name: &str| {
        let path = county.region.path("kalmar").join(name);
        path.to_str().expect("a path").to_owned()
    };
    std::fs::write(file("begaran.toml"), BEGARAN).expect("written");
    let (from, out) = (file("begaran.toml"), file("ansokan-ivo.md"));
    let ask = ["transfer", "request", "--to", NYBRO, "--direction", "HAND_OVER"];
    let ask = [&ask[..], &["--content-file", &from, "--protection"]].concat();
    let asked = county.region.run("kalmar", &[&ask[..], &["none", "--output", "json"]].concat());
    let asked: serde_json::Value = serde_json::from_str(&asked).expect("one object");
    let id = asked["transfer"]["transfer_id"].as_str().expect("an id");
    let id = &id.replace('-', "")[24..];
    let listed = county.kalmar.transfers().list_transfers(ListTransfersRequest {}).await;
    let transfer = listed.expect("a list").into_inner().transfers.remove(0);
    stands(&county.nybro, &transfer, TransferStatus::Requested).await;
    act(&county.nybro, &transfer, answered(TransferPosition::Disagree)).await.expect("answered");
    stands(&county.kalmar, &transfer, TransferStatus::Disagreed).await;
    let read = county.region.run("kalmar", &["transfer", "show", id, "--language", "sv"]);
    assert!(read.contains("inte överens") && read.contains("Vill bo nära sin syster."), "{read}");
    let told = county
        .region
        .run("kalmar", &["transfer", "package", id, "--out", &out, "--language", "sv"]);
    assert!(told.contains("nämndens protokoll"), "{told}");
    let package = std::fs::read_to_string(&out).expect("written");
    for part in
        ["Eva Testsson", "Boendestöd (grund: SoL 11:1", "motsätter sig", "Därför.", "SAKNAS"]
    {
        assert!(package.contains(part), "{part} in {package}");
    }
    let who = ["responsibility", "--host", KALMAR, "--ties", "LIVES_IN", "--ties-to", NYBRO];
    let who = county.region.run("kalmar", &[&who[..], &["--language", "sv"]].concat());
    assert!(who.contains(NYBRO) && who.contains("SoL 29:1"), "{who}");
}
