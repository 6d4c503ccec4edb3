//! Why somebody has no home: told to whoever reads, and never a ground to refuse by itself.

use std::fs;
use std::path::Path;

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::ShowReferralRequest;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::referral_progressed::Event;
use brygga_proto::referral::v1::{
    AdviceChannel, AdviceMeans, CauseLevel, DeclineParty, Declined, Failed, NextStep,
    ReferralStatus, StatusReason,
};
use brygga_proto::types::v1::DataCategory;
use brygga_testkit::{Staff, consent_for, reason_of, referral_to};
use tonic_types::StatusExt;

use crate::schema::Contract;
use crate::setting::{Neighbours, act, delivered, has_status, id_of, record, request};

/// The advice that Nybro's housing advisers give.
fn advice(address: &str) -> AdviceChannel {
    AdviceChannel {
        unit: "bostadsradgivningen".to_owned(),
        means: AdviceMeans::Telephone.into(),
        address: address.to_owned(),
    }
}

/// A decline for want of a right to a dwelling.
fn no_right(party: DeclineParty, advice: Option<AdviceChannel>) -> Action {
    Action::Decline(Declined {
        party: party.into(),
        reason: StatusReason::NoRightToHousing.into(),
        next_step: NextStep::AdviceMeeting.into(),
        rerouted_to: String::new(),
        advice,
    })
}

/// Sends a referral with a cause, and returns it as Nybro opens it, with its rule.
async fn sent(neighbours: &Neighbours, cause: CauseLevel) -> (Vec<u8>, CauseLevel, String) {
    let mut consent = consent_for(&["kommun:0881"], 30, neighbours.region.clock("kalmar").now());
    consent.data_categories.push(DataCategory::HousingSituation.into());
    let mut wish = referral_to("kommun:0881", record(&neighbours.kalmar, consent).await);
    wish.content.as_mut().expect("content").cause_level = cause.into();
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;
    let wanted = ShowReferralRequest { referral_id: id.clone() };
    let shown = neighbours.nybro.referrals().show_referral(wanted).await.expect("shown");
    let shown = shown.into_inner();
    let rule = shown.referral.expect("a referral").rule_id;
    (id, shown.content.expect("content").cause_level(), rule)
}

/// What a decision is refused for, and at which field.
async fn refused(staff: &Staff, id: &[u8], action: Action) -> (Reason, String) {
    let status = act(staff, id, action).await.expect_err("refused");
    let field = status.get_details_error_info().expect("coded").metadata["field"].clone();
    (reason_of(&status), field)
}

/// ORE-02: somebody has no home for no other reason than that there are no dwellings that can be paid.
///
/// Kalmar ──referral, cause structural──▶ Nybro. Verified: it is delivered by the same rule as any other cause and as
/// none, and no message but the sealed content holds the cause; Nybro declines for want of a right to a dwelling, which
/// is refused at its field without an advice channel, with one that is no function's address, from anybody but the
/// provider and as anything else than a decline; Kalmar's case worker reads where the person can get advice.
#[tokio::test(flavor = "multi_thread")]
async fn ore_02_no_right_to_housing_is_declined_by_people_with_advice() {
    let neighbours = Neighbours::agreed().await;
    let (kalmar, nybro) = (&neighbours.kalmar, &neighbours.nybro);
    let (id, cause, rule) = sent(&neighbours, CauseLevel::Structural).await;
    assert_eq!(cause, CauseLevel::Structural);
    for other in [CauseLevel::Individual, CauseLevel::Both, CauseLevel::Unspecified] {
        let (_, cause, by) = sent(&neighbours, other).await;
        assert_eq!((cause, &by), (other, &rule), "the same rule, whatever the cause");
    }

    let field = |field: &str| field.to_owned();
    let without = no_right(DeclineParty::Provider, None);
    let expected = (Reason::AdviceMissing, field("decline.advice"));
    assert_eq!(refused(nybro, &id, without).await, expected);
    for (bad, reason) in [
        ("", Reason::InvalidField),
        ("ring Tolvan", Reason::InvalidField),
        ("+19900101-2385", Reason::ContentForbidden),
        ("https://nybro.example/19900101-2385", Reason::ContentForbidden),
    ] {
        let declined = no_right(DeclineParty::Provider, Some(advice(bad)));
        assert_eq!(refused(nybro, &id, declined).await, (reason, field("decline.advice")), "{bad}");
    }
    let by_system = no_right(DeclineParty::System, Some(advice("0481-450 00")));
    let expected = (Reason::InvalidField, field("decline.party"));
    assert_eq!(refused(nybro, &id, by_system).await, expected);
    let failed = Action::Fail(Failed { reason: StatusReason::NoRightToHousing.into() });
    assert_eq!(refused(nybro, &id, failed).await, (Reason::InvalidField, field("fail.reason")));

    let declined = no_right(DeclineParty::Provider, Some(advice("0481-450 00")));
    act(nybro, &id, declined).await.expect("with advice");
    let seen = has_status(kalmar, &id, ReferralStatus::Rejected).await;
    let Some(Event::Declined(told)) = seen.last_event.and_then(|happened| happened.event) else {
        panic!("a decline")
    };
    assert_eq!(told.reason(), StatusReason::NoRightToHousing);
    assert_eq!(told.advice, Some(advice("0481-450 00")));
    let said = neighbours.region.run("kalmar", &["referral", "show", &id_of(&id).to_string()]);
    let advised = "ingen rätt till bostad enligt lag, nästa steg: rådgivande möte, \
                   råd: bostadsradgivningen, telefon 0481-450 00";
    assert!(said.contains(advised), "{said}");
}

/// ORE-02: the cause stands in the sealed content and nowhere that a rule, a receipt or a list could read it.
///
/// Verified: no other message of the contract has a field for it, and neither the policy nor the domain that it rests on
/// knows the word, so that no rule can be written, or decided, by it.
#[test]
fn ore_02_no_rule_can_name_a_cause() {
    let contract = Contract::read();
    let is_cause = |name: &&str| name.to_lowercase().replace("because", "").contains("cause");
    let named: Vec<_> = contract.names_with(&["cause"]).into_iter().filter(is_cause).collect();
    let (words, fields): (Vec<_>, Vec<_>) =
        named.into_iter().partition(|name| name.starts_with("CauseLevel"));
    assert_eq!(fields, ["ReferralContent.cause_level"]);
    assert_eq!(words.len(), 5, "the enum and its values: {words:?}");
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let (mut files, mut folders) = (0, vec![]);
    folders.extend(["brygga-policy/src", "brygga-domain/src"].map(|name| crates.join(name)));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = fs::read_to_string(entry.path()).expect("a source file");
            assert!(!text.contains("CauseLevel") && !text.contains("cause_level"), "{entry:?}");
            files += 1;
        }
    }
    assert!(files > 50, "{files} files were read");
}
