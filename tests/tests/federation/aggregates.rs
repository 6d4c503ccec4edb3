//! Sammanställningar: how many referrals each party received in a quarter, counted at its own node.

use brygga_domain::aggregate::Quarter;
use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Party, PartyRole, Rule, SubjectArea,
};
use brygga_proto::local::v1::aggregate_scope::Agreements;
use brygga_proto::local::v1::{
    AggregateScope, AggregateTable, Aggregates, AskAggregatesRequest, ListReferralsRequest,
    ProposeAgreementRequest, ShowAggregatesRequest, ShowReferralRequest, TellerAggregate,
    TellerState, act_on_referral_request::Action as Decision,
};
use brygga_proto::referral::v1::{Accepted, Started};
use brygga_proto::relocation::v1::RelocationRoute;
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};
use tonic::{Code, Status};

use crate::network::{Exchange, NYNASHAMN, PLACES, terms_among};
use crate::officers::{Team, disclose, enquire, offered};
use crate::setting::{act, agree_all, delivered, record, request};

const KALMAR: &str = Place::KALMAR.organisation;
const NYBRO: &str = Place::NYBRO.organisation;
const COUNTY: Place = Place::LANSSTYRELSEN;
const TAG: &str = "national_strategy_2022";

/// A rule that lets `to` read the aggregates of every participant.
fn reads(to: &str) -> Rule {
    Rule {
        rule_id: "sammanstallning".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::AggregateRead.into(),
        to: vec![to.to_owned()],
        ..Rule::default()
    }
}

fn party(organisation: &str, role: PartyRole) -> Party {
    Party { organisation: organisation.to_owned(), role: role.into() }
}

/// The quarter in which a node's clock stands now.
fn this_quarter(region: &Region, name: &str) -> Quarter {
    let now = region.clock(name).now();
    let quarters = (2000..3000).flat_map(|year| (1..=4).map(move |number| (year, number)));
    let mut quarters =
        quarters.filter_map(|(year, number)| Quarter::parse(&format!("{year}-Q{number}")));
    quarters.find(|quarter| !quarter.is_over(now)).expect("an instant of our time")
}

/// The quarter before one.
fn before(quarter: Quarter) -> Quarter {
    let earlier = quarter.from().minus(Seconds(1));
    let quarters = (2000..3000).flat_map(|year| (1..=4).map(move |number| (year, number)));
    let mut quarters =
        quarters.filter_map(|(year, number)| Quarter::parse(&format!("{year}-Q{number}")));
    quarters.find(|quarter| !quarter.is_over(earlier)).expect("a quarter of our time")
}

/// Turns the clocks of some nodes to just after a quarter.
fn end_quarter(region: &Region, names: &[&str], quarter: Quarter) {
    names.iter().for_each(|name| turn_to(region, name, quarter, Seconds(60)));
}

/// Turns a node's clock to so long after the end of a quarter.
fn turn_to(region: &Region, name: &str, quarter: Quarter, after: Seconds) {
    let clock = region.clock(name);
    let left = quarter.until().plus(after).millis_since(clock.now());
    clock.turn(Seconds(left / 1000));
}

fn by_tag(quarter: Quarter) -> Option<AggregateScope> {
    tagged(TAG, quarter)
}

fn tagged(tag: &str, quarter: Quarter) -> Option<AggregateScope> {
    let agreements = Some(Agreements::Tag(tag.to_owned()));
    Some(AggregateScope { agreements, quarter: quarter.to_string() })
}

fn of_agreement(id: &[u8], quarter: Quarter) -> Option<AggregateScope> {
    let agreements = Some(Agreements::AgreementId(id.to_vec()));
    Some(AggregateScope { agreements, quarter: quarter.to_string() })
}

async fn ask(staff: &Staff, scope: Option<AggregateScope>) -> Result<Aggregates, Status> {
    let answer = staff.aggregates().ask_aggregates(AskAggregatesRequest { scope }).await?;
    Ok(answer.into_inner().aggregates.expect("aggregates"))
}

async fn show(staff: &Staff, scope: Option<AggregateScope>) -> Aggregates {
    let answer = staff.aggregates().show_aggregates(ShowAggregatesRequest { scope }).await;
    answer.expect("it may be shown").into_inner().aggregates.expect("aggregates")
}

/// Waits until everybody who was asked has told.
async fn told(staff: &Staff, scope: Option<AggregateScope>) -> Aggregates {
    eventually("all have told", || async {
        let shown = show(staff, scope.clone()).await;
        let all = shown.sums.as_ref().is_some_and(|sums| sums.tables == sums.told);
        all.then_some(shown)
    })
    .await
}

fn teller<'a>(shown: &'a Aggregates, organisation: &str) -> &'a TellerAggregate {
    let mut tellers = shown.agreements.iter().flat_map(|one| &one.tellers);
    tellers.find(|one| one.organisation == organisation).expect("a teller")
}

/// Sends referrals that arrive, and returns them.
async fn send(
    region: &Region,
    from: &str,
    staff: &Staff,
    to: &str,
    services: &[(&str, usize)],
) -> Vec<Vec<u8>> {
    let consent = record(staff, consent_for(&[to], 30, region.clock(from).now())).await;
    let mut sent = Vec::new();
    for (service, count) in services {
        for _ in 0..*count {
            let mut wish = referral_to(to, consent.clone());
            wish.service_type.as_mut().expect("a service").code = (*service).to_owned();
            let id = request(staff, wish).await.expect("permitted").referral_id;
            delivered(staff, &id).await;
            sent.push(id);
        }
    }
    sent
}

/// Kalmar, Nybro and the county, and a regional cooperation with the tag that the county coordinates, not agreed on yet.
async fn county(rule: Rule) -> (Region, AgreementTerms) {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO, COUNTY]).await;
    let now = region.clock("kalmar").now();
    let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
    let mut terms = agreement_terms(&[KALMAR, NYBRO], kind, subject, now);
    terms.parties.push(party(COUNTY.organisation, PartyRole::Coordinator));
    terms.tags = vec![TAG.to_owned()];
    terms.rules.push(rule);
    (region, terms)
}

/// The same, in force, with a rule that lets the county read.
async fn strategy() -> (Region, Vec<u8>) {
    let (region, terms) = county(reads(COUNTY.organisation)).await;
    let id = agree_all(&region, &["kalmar", "nybro", COUNTY.name], terms).await;
    (region, id)
}

/// KAL-11: the coordinator asks for an aggregate by the tag of the national strategy, and gets counts only.
///
/// ```text
/// Kalmar ── 12 referrals ──▶ Nybro       Länsstyrelsen ── by tag ──▶ both
/// Nybro  ──  3 referrals ──▶ Kalmar
/// ```
///
/// Verified: nothing can be asked of a quarter that is not over; afterwards Nybro tells its 12, and of them one service
/// and one outcome, since the others would follow from them; Kalmar's 3 are told by nobody; the sums say of how many
/// tables they are; asking again gives the same although a case has moved on. Kalmar's clock is two minutes behind.
#[tokio::test(flavor = "multi_thread")]
async fn kal_11_a_coordinator_asks_by_tag_and_gets_counts_only() {
    let (region, _) = strategy().await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    let county = region.staff(COUNTY.name, "REGIONAL_COORDINATOR", None);
    let quarter = this_quarter(&region, "kalmar");
    let services = [("LONG_TERM_HELP", 7), ("NIGHT_SHELTER", 5)];
    let sent = send(&region, "kalmar", &kalmar, NYBRO, &services).await;
    for id in &sent[..7] {
        act(&nybro, id, Decision::Accept(Accepted {})).await.expect("accepted");
    }
    send(&region, "nybro", &nybro, KALMAR, &[("LONG_TERM_HELP", 3)]).await;

    let early = ask(&county, by_tag(quarter)).await.expect_err("it is not over");
    assert_eq!(reason_of(&early), Reason::InvalidField);
    end_quarter(&region, &["nybro", COUNTY.name], quarter);
    turn_to(&region, "kalmar", quarter, Seconds(-120));
    ask(&county, by_tag(quarter)).await.expect("everybody is asked");
    let waiting = eventually("Nybro has told", || async {
        let shown = show(&county, by_tag(quarter)).await;
        teller(&shown, NYBRO).table.is_some().then_some(shown)
    })
    .await;
    assert_eq!(teller(&waiting, KALMAR).state(), TellerState::Waiting, "its clock is behind");
    end_quarter(&region, &["kalmar"], quarter);
    let shown = told(&county, by_tag(quarter)).await;

    let table = teller(&shown, NYBRO).table.as_ref().expect("told");
    let services: Vec<u32> = table.services.iter().map(|one| one.referrals).collect();
    let outcomes: Vec<u32> = table.outcomes.iter().map(|one| one.referrals).collect();
    assert_eq!(table.total, 12);
    // Both would say that all else is zero; which one is hidden is drawn by lot.
    for told in [&services, &outcomes] {
        assert!(matches!(told[..], [5] | [7]), "{table:?}");
    }
    let table = teller(&shown, KALMAR).table.clone().expect("told");
    assert_eq!(table, AggregateTable::default(), "three are told as nothing");
    let sums = shown.sums.clone().expect("sums");
    let total = sums.total.expect("a total");
    assert_eq!((sums.tables, sums.told, total.referrals, total.told), (2, 2, 12, 1));

    act(&nybro, &sent[0], Decision::Start(Started {})).await.expect("a case moves on");
    let again = ask(&county, by_tag(quarter)).await.expect("asked again");
    assert_eq!(again, shown);
}

/// COO-01: of 17 referrals three ask for one service; neither they nor what would betray them is told.
///
/// Verified: 9 or 5 are told, and not both, since 17 - 9 - 5 would be those 3; a neighbour and the county who
/// ask at the same time are told the same; the neighbour, who sent them, is asked for nothing about itself.
#[tokio::test(flavor = "multi_thread")]
async fn coo_01_three_are_hidden_and_so_is_what_would_betray_them() {
    let (region, terms) = county(Rule { to: Vec::new(), ..reads("") }).await;
    let names = ["kalmar", "nybro", COUNTY.name];
    agree_all(&region, &names, terms).await;
    let quarter = this_quarter(&region, "kalmar");
    let services = [("NIGHT_SHELTER", 9), ("LONG_TERM_HELP", 5), ("SUPPORT_SERVICE", 3)];
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    send(&region, "nybro", &nybro, KALMAR, &services).await;
    end_quarter(&region, &names, quarter);
    let readers = [
        region.staff("nybro", "AGREEMENT_MANAGER", None),
        region.staff(COUNTY.name, "REGIONAL_COORDINATOR", None),
    ];
    let (one, other) =
        tokio::join!(ask(&readers[0], by_tag(quarter)), ask(&readers[1], by_tag(quarter)));
    one.and(other).expect("both may ask");
    let one = told(&readers[0], by_tag(quarter)).await;
    let other = told(&readers[1], by_tag(quarter)).await;
    let table = teller(&one, KALMAR).table.clone().expect("told");
    assert_eq!(Some(&table), teller(&other, KALMAR).table.as_ref());
    let services: Vec<u32> = table.services.iter().map(|one| one.referrals).collect();
    assert_eq!(table.total, 17);
    assert!(matches!(services[..], [5] | [9]), "{table:?}");
    assert_eq!((one.agreements[0].tellers.len(), other.agreements[0].tellers.len()), (1, 2));
}

/// COO-02: no call leads a coordinator from a number to a case.
///
/// Verified: list, one case by its id, and anything else that is about persons is refused by role; other tags and
/// agreements that it is no party to are not found; case workers get no numbers.
#[tokio::test(flavor = "multi_thread")]
async fn coo_02_no_call_leads_from_a_number_to_a_case() {
    let (region, _) = strategy().await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let county = region.staff(COUNTY.name, "REGIONAL_COORDINATOR", None);
    let sent = send(&region, "kalmar", &kalmar, NYBRO, &[("LONG_TERM_HELP", 1)]).await;
    let list = county.referrals().list_referrals(ListReferralsRequest::default()).await;
    assert_eq!(reason_of(&list.expect_err("no list")), Reason::RoleDenied);
    let wanted = ShowReferralRequest { referral_id: sent[0].clone() };
    let case = county.referrals().show_referral(wanted).await.expect_err("no case");
    assert_eq!((case.code(), reason_of(&case)), (Code::PermissionDenied, Reason::RoleDenied));
    let quarter = Quarter::parse("2020-Q1").expect("a quarter");
    let refused = ask(&kalmar, by_tag(quarter)).await.expect_err("no numbers for case workers");
    assert_eq!(reason_of(&refused), Reason::RoleDenied);
    for scope in [of_agreement(&[7; 16], quarter), tagged("another_strategy", quarter)] {
        let unknown = ask(&county, scope).await.expect_err("nothing is known of it");
        assert_eq!(reason_of(&unknown), Reason::NotFound);
    }
    let before = ask(&county, by_tag(quarter)).await.expect_err("it was not in force");
    assert_eq!(reason_of(&before), Reason::InvalidField);
}

/// Verified: the command asks and shows, in Swedish and for programs; what is hidden is never shown as none.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_who_has_told_and_what_is_hidden() {
    let (region, mut terms) = county(reads(COUNTY.organisation)).await;
    let now = region.clock("kalmar").now();
    // Agreed on afterwards, for a time that has begun: the last quarter lies in it.
    terms.valid_from = Some(brygga_wire::time::to_proto(now.minus(Seconds::days(200))));
    agree_all(&region, &["kalmar", "nybro", COUNTY.name], terms).await;
    let quarter = before(this_quarter(&region, "kalmar")).to_string();
    let scope = ["--tag", TAG, "--quarter", &quarter];
    let asked = region.run(COUNTY.name, &[&["aggregate", "ask"][..], &scope].concat());
    assert!(asked.contains("Parterna är tillfrågade"), "{asked}");
    let county = region.staff(COUNTY.name, "REGIONAL_COORDINATOR", None);
    told(&county, by_tag(quarter.parse().expect("a quarter"))).await;
    let shown = region.run(COUNTY.name, &[&["aggregate", "show"][..], &scope].concat());
    let rows: Vec<&str> = shown.lines().filter(|line| line.ends_with("<5*")).collect();
    assert_eq!(rows.len(), 2, "{shown}");
    assert!(shown.contains("<5* färre än fem, eller dolt"), "{shown}");
    let json =
        region.run(COUNTY.name, &[&["aggregate", "show", "--output", "json"][..], &scope].concat());
    for part in ["\"total\": null", "\"state\": \"TOLD\"", "\"told\": 2"] {
        assert!(json.contains(part), "{part}: {json}");
    }
}

/// Nätverket för sociala frågor in Örebro, as a civil-society member.
const NETWORK: Place = Place {
    name: "natverket",
    organisation: "demo:natverket-sociala-fragor",
    title: "Nätverket för sociala frågor",
    kind: "civil-society",
    units: &[],
    marks: &[],
};

/// ORE-11: a network that signed an umbrella agreement reads aggregates and gets no person's data.
///
/// ```text
/// umbrella (no data):  Kalmar, Stadsmissionen, Nätverket       Nätverket ── what is under it? ──▶ both
/// partnership (data):  Kalmar ── 6 and 4 referrals ──▶ Stadsmissionen
/// ```
///
/// Verified: the network cannot ask for a person, since nobody can send it one under the umbrella; what the partnership
/// below the umbrella carried is counted, k >= 5 only; of the partnership itself, to which it is no party, it learns
/// nothing; what one party received under nothing is told as nothing.
#[tokio::test(flavor = "multi_thread")]
async fn ore_11_a_network_reads_aggregates_of_the_umbrella_and_no_person() {
    let mission = Place::STADSMISSIONEN;
    let names = ["kalmar", mission.name, NETWORK.name];
    let region = Region::start(&[Place::KALMAR, mission, NETWORK]).await;
    let now = region.clock("kalmar").now();
    let subject = SubjectArea::Homelessness;
    let pair = [KALMAR, mission.organisation];
    let partnership = agreement_terms(&pair, AgreementKind::Iop, subject, now);
    let partnership = agree_all(&region, &names[..2], partnership).await;
    let all = [KALMAR, mission.organisation, NETWORK.organisation];
    let framework = AgreementKind::FrameworkOfAssociation;
    let mut umbrella = agreement_terms(&all, framework, subject, now);
    umbrella.rules = vec![reads(NETWORK.organisation)];
    let umbrella = agree_all(&region, &names, umbrella).await;

    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let network = region.staff(NETWORK.name, "CASE_WORKER", None);
    let consent = consent_for(&[NETWORK.organisation], 30, now);
    let consent = record(&kalmar, consent).await;
    let mut wish = referral_to(NETWORK.organisation, consent);
    wish.agreement_id.clone_from(&umbrella);
    let refused = request(&kalmar, wish).await.expect_err("no data");
    assert_eq!(
        (refused.code(), reason_of(&refused)),
        (Code::PermissionDenied, Reason::PolicyDenied)
    );
    assert_eq!(crate::setting::listed(&network).await, [], "it has nobody's guests");

    let quarter = this_quarter(&region, "kalmar");
    let services = [("NIGHT_SHELTER", 6), ("SUPPORT_SERVICE", 4)];
    send(&region, "kalmar", &kalmar, mission.organisation, &services).await;
    end_quarter(&region, &names, quarter);
    let manager = region.staff(NETWORK.name, "AGREEMENT_MANAGER", None);
    let refused = ask(&manager, of_agreement(&partnership, quarter)).await.expect_err("no party");
    assert_eq!(reason_of(&refused), Reason::NotFound);
    ask(&manager, of_agreement(&umbrella, quarter)).await.expect("it may ask");
    let shown = told(&manager, of_agreement(&umbrella, quarter)).await;
    assert_eq!(teller(&shown, mission.organisation).table.as_ref().expect("told").total, 10);
    assert_eq!(teller(&shown, KALMAR).table, Some(AggregateTable::default()));
}

/// Lunds universitet, which follows a partnership up.
const UNIVERSITY: Place = Place {
    name: "universitetet",
    organisation: "demo:lunds-universitet",
    title: "Lunds universitet",
    kind: "research",
    units: &[],
    marks: &[],
};

/// STO-01: a research node takes part in a partnership with aggregates only.
///
/// Verified: the university cannot be made a participant; personal data cannot be sent to it, and its people have no
/// role in which they could ask for them; it is told numbers, also those of a party whose node was down when it asked.
#[tokio::test(flavor = "multi_thread")]
async fn sto_01_a_university_gets_aggregates_and_never_a_person() {
    let mission = Place::STADSMISSIONEN;
    let mut region = Region::start(&[Place::KALMAR, mission, UNIVERSITY]).await;
    let now = region.clock("kalmar").now();
    let (kind, subject) = (AgreementKind::HousingFirstPartnership, SubjectArea::Homelessness);
    let mut terms = agreement_terms(&[KALMAR, mission.organisation], kind, subject, now);
    terms.rules.push(reads(UNIVERSITY.organisation));
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let mut closer = terms.clone();
    closer.parties.push(party(UNIVERSITY.organisation, PartyRole::Participant));
    let proposal = ProposeAgreementRequest { terms: Some(closer), ..Default::default() };
    let refused = manager.agreements().propose_agreement(proposal).await.expect_err("no data");
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    terms.parties.push(party(UNIVERSITY.organisation, PartyRole::Coordinator));
    let names = ["kalmar", mission.name, UNIVERSITY.name];
    let id = agree_all(&region, &names, terms).await;

    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let consent = record(&kalmar, consent_for(&[UNIVERSITY.organisation], 30, now)).await;
    let wish = referral_to(UNIVERSITY.organisation, consent);
    let refused = request(&kalmar, wish).await.expect_err("it takes no part");
    assert_eq!(reason_of(&refused), Reason::NotFound);
    for role in ["CASE_WORKER", "REGIONAL_COORDINATOR"] {
        let researcher = region.staff(UNIVERSITY.name, role, None);
        let list = researcher.referrals().list_referrals(ListReferralsRequest::default()).await;
        let refused = list.expect_err("no person");
        assert_eq!(
            (refused.code(), reason_of(&refused)),
            (Code::PermissionDenied, Reason::RoleDenied)
        );
    }

    let quarter = this_quarter(&region, "kalmar");
    let services = [("HOUSING_SOLUTION", 5)];
    send(&region, "kalmar", &kalmar, mission.organisation, &services).await;
    end_quarter(&region, &names, quarter);
    region.stop_node(mission.name).await;
    let researcher = region.staff(UNIVERSITY.name, "REGIONAL_COORDINATOR", None);
    ask(&researcher, of_agreement(&id, quarter)).await.expect("both are asked");
    let waiting = show(&researcher, of_agreement(&id, quarter)).await;
    assert_eq!(teller(&waiting, mission.organisation).state(), TellerState::Waiting);
    region.start_node(mission.name).await;
    let shown = told(&researcher, of_agreement(&id, quarter)).await;
    assert_eq!(teller(&shown, mission.organisation).table.as_ref().expect("told").total, 5);
}

/// Leak L8: statistics of an exchange network.
///
/// Verified: the coordinator, who may read aggregates of the very network, gets the same sums and the same table of every
/// member after a relocation as a network without one: nothing is counted.
#[tokio::test(flavor = "multi_thread")]
async fn leak_08_no_statistics_count_a_relocation() {
    let region = Region::start(&PLACES).await;
    let relay = Place::LANSSTYRELSEN;
    let mut terms = terms_among(&region, &PLACES, 1);
    terms.rules.push(reads(relay.organisation));
    let names = PLACES.map(|place| place.name);
    let agreement = agree_all(&region, &names, terms).await;
    let exchange = Exchange { region, agreement };
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let kalmar = Team::of(&exchange.region, Place::KALMAR.name).await;
    let id = origin.open(&exchange, RelocationRoute::Transfer2910, &[]).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    let there = kalmar.offer(&exchange, &kalmar.asked().await).await;
    let place = offered(&origin, &id, Place::KALMAR.organisation).await;
    disclose(&origin, &id, place).await;
    kalmar.open_arrived(&there).await;

    let region = &exchange.region;
    let quarter = this_quarter(region, relay.name);
    end_quarter(region, &names, quarter);
    let county = region.staff(relay.name, "REGIONAL_COORDINATOR", None);
    let scope = || of_agreement(&exchange.agreement, quarter);
    ask(&county, scope()).await.expect("it may ask");
    let shown = told(&county, scope()).await;
    let tables: Vec<_> = PLACES[..PLACES.len() - 1]
        .iter()
        .map(|place| teller(&shown, place.organisation).table.clone().expect("a table"))
        .collect();
    assert!(tables.iter().all(|table| *table == tables[0]), "{tables:?}");
    assert_eq!(tables[0].total, 0);
    assert!(tables[0].services.is_empty() && tables[0].outcomes.is_empty(), "{:?}", tables[0]);
}
