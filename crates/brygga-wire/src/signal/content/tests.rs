use super::*;

/// What must not be printed.
const CANARY: &str = "Kanarina Fågelsson";

fn rent() -> proto::RentNotice {
    proto::RentNotice {
        landlord_name: "Hyresvärden AB".to_owned(),
        landlord_address: "Torget 1".to_owned(),
        landlord_phone: "0480-000 00".to_owned(),
        tenant_name: CANARY.to_owned(),
        address: "Kanariegatan 17".to_owned(),
        rooms: 0,
        amount_ore: 843_100,
        interest_ore: 3_100,
        due_on: "2026-08-31".to_owned(),
        payment_account: "5050-1055".to_owned(),
        children: 1,
        age: 0,
    }
}

fn of(content: Content) -> Result<SignalContent, Refusal> {
    signal_content(proto::SignalContent { salt: Vec::new(), content: Some(content) })
}

fn field(content: Content) -> &'static str {
    of(content).map(|_| "").unwrap_or_else(|refusal| refusal.field)
}

type Spoil = fn(&mut proto::RentNotice);

#[test]
fn a_rent_notice_has_its_five_fields_and_no_printed_form() {
    let content = of(Content::Rent(rent())).unwrap();
    assert!(!format!("{content:?}").contains("Kanari"));
    let opened = decode_signal_content(&content.encode([7; SALT_BYTES])).unwrap();
    assert_eq!(opened, content);
    assert_eq!(content.priority(), [PriorityMark::Children].into());
    let cases: [(Spoil, &str); 8] = [
        (|rent| rent.landlord_name.clear(), "content.rent.landlord_name"),
        (|rent| rent.landlord_phone.clear(), "content.rent.landlord_phone"),
        (|rent| rent.tenant_name.clear(), "content.rent.tenant_name"),
        (|rent| rent.address.clear(), "content.rent.address"),
        (|rent| rent.amount_ore = 0, "content.rent.amount_ore"),
        (|rent| rent.interest_ore = rent.amount_ore, "content.rent.interest_ore"),
        (|rent| rent.due_on = "2026-8-31".to_owned(), "content.rent.due_on"),
        (|rent| rent.payment_account.clear(), "content.rent.payment_account"),
    ];
    for (spoil, wrong) in cases {
        let mut spoiled = rent();
        spoil(&mut spoiled);
        assert_eq!(field(Content::Rent(spoiled)), wrong);
    }
}

#[test]
fn somebody_who_is_released_has_a_name_or_a_pseudonym_and_a_need() {
    let named = proto::Release {
        person_name: CANARY.to_owned(),
        person_number: "199001012385".to_owned(),
        needs: vec![1, 3],
        supervision: true,
        contact: "010-000 00 00".to_owned(),
        ..proto::Release::default()
    };
    let content = of(Content::Release(named.clone())).unwrap();
    assert!(content.suits_subject(SignalSubject::Release));
    assert!(!content.suits_subject(SignalSubject::Discharge), "nobody supervises there");
    let pseudonym = "Blå dörr".to_owned();
    let both = proto::Release { pseudonym: pseudonym.clone(), ..named.clone() };
    assert_eq!(field(Content::Release(both)), "content.release.pseudonym");
    let hidden = proto::Release { person_name: String::new(), pseudonym, ..named.clone() };
    assert_eq!(field(Content::Release(hidden)), "content.release.person_number");
    for needs in [Vec::new(), vec![1, 1], vec![9]] {
        let release = proto::Release { needs, ..named.clone() };
        assert_eq!(field(Content::Release(release)), "content.release.needs");
    }
}

#[test]
fn an_undertaking_names_months_and_an_amount_and_nobody() {
    let months = |months: &[&str]| {
        let months = months.iter().map(|month| (*month).to_owned()).collect();
        Content::Undertaking(proto::PaymentUndertaking { months, amount_ore: 843_100 })
    };
    let content = of(months(&["2026-09", "2026-10"])).unwrap();
    assert_eq!(content.categories(), [DataCategory::HousingSituation]);
    for wrong in [&[][..], &["2026-10", "2026-09"], &["2026-13"], &["2026-09", "2026-09"]] {
        assert_eq!(field(months(wrong)), "content.undertaking.months");
    }
}

#[test]
fn a_round_has_dwellings_and_no_names() {
    let dwelling = || proto::VisitRoundDwelling {
        address: "Kanariegatan 17, lgh 1102".to_owned(),
        rents_unpaid: 1,
    };
    let round = |dwellings| {
        Content::Round(proto::VisitRound { dwellings, contact: "0480-000 00".to_owned() })
    };
    assert!(of(round(vec![dwelling(); 100])).is_ok());
    assert_eq!(field(round(vec![dwelling(); 101])), "content.round.dwellings");
    assert_eq!(field(round(Vec::new())), "content.round.dwellings");
    let unpaid = proto::VisitRoundDwelling { rents_unpaid: 13, ..dwelling() };
    assert_eq!(field(round(vec![unpaid])), "content.round.dwellings.rents_unpaid");
}

#[test]
fn an_occupant_without_consent_is_an_empty_field() {
    let occupant = |name: &str| of(Content::Occupant(proto::Occupant { name: name.to_owned() }));
    assert!(!occupant("").unwrap().names_occupant());
    assert!(occupant(CANARY).unwrap().names_occupant());
    assert_eq!(occupant("").unwrap().into_proto().encoded_len(), 2, "nothing stands in its place");
}
