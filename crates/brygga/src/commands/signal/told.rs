//! Who a signal is about, as staff and a program read it.

use brygga_proto::notice::v1::Children;
use brygga_proto::signal::v1::signal_content::Content;
use brygga_proto::signal::v1::{
    AgeBand, Arrears, Disturbance, DisturbanceKind, NeedCode, Release, RentNotice, VisitRound,
};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::signal::SignalText;
use crate::text::vocabulary::word;
use crate::wire_code;

type Lines = Vec<(SignalText, String)>;

/// An amount as people write it.
pub(super) fn kronor(ore: i64) -> String {
    format!("{}.{:02}", ore / 100, ore % 100)
}

/// The content, with a label for each value.
pub(super) fn content_lines(content: &Content, language: Language) -> Lines {
    match content {
        Content::Rent(rent) => rent_lines(rent, language),
        Content::Arrears(arrears) => arrears_lines(arrears, language),
        Content::Disturbance(disturbance) => disturbance_lines(disturbance, language),
        Content::Round(round) => round_lines(round),
        Content::Release(release) => release_lines(release, language),
        // They are told with a step, and shown there.
        Content::Undertaking(_) | Content::Occupant(_) => Vec::new(),
    }
}

fn rent_lines(rent: &RentNotice, language: Language) -> Lines {
    let rooms = if rent.rooms == 0 {
        SignalText::RoomsMissing.of(language).to_owned()
    } else {
        rent.rooms.to_string()
    };
    vec![
        (SignalText::Landlord, rent.landlord_name.clone()),
        (SignalText::LandlordAddress, rent.landlord_address.clone()),
        (SignalText::Contact, rent.landlord_phone.clone()),
        (SignalText::TenantName, rent.tenant_name.clone()),
        (SignalText::Address, rent.address.clone()),
        (SignalText::Rooms, rooms),
        (SignalText::Amount, kronor(rent.amount_ore)),
        (SignalText::Interest, kronor(rent.interest_ore)),
        (SignalText::DueOn, rent.due_on.clone()),
        (SignalText::Account, rent.payment_account.clone()),
        (SignalText::Children, word::<Children>(rent.children, language)),
        (SignalText::Age, age(rent.age, language)),
    ]
}

fn arrears_lines(arrears: &Arrears, language: Language) -> Lines {
    vec![
        (SignalText::TenantName, arrears.tenant_name.clone()),
        (SignalText::Address, arrears.address.clone()),
        (SignalText::Amount, kronor(arrears.amount_ore)),
        (SignalText::Children, word::<Children>(arrears.children, language)),
        (SignalText::Age, age(arrears.age, language)),
        (SignalText::Contact, arrears.contact.clone()),
    ]
}

fn disturbance_lines(disturbance: &Disturbance, language: Language) -> Lines {
    let said = |is: bool, text: SignalText| is.then(|| text.of(language).to_owned());
    let warned = said(disturbance.warned, SignalText::Yes);
    let serious = said(disturbance.especially_serious, SignalText::Yes);
    vec![
        (SignalText::TenantName, disturbance.tenant_name.clone()),
        (SignalText::Address, disturbance.address.clone()),
        (SignalText::Kind, word::<DisturbanceKind>(disturbance.kind, language)),
        (SignalText::Days, format!("{} – {}", disturbance.first_on, disturbance.last_on)),
        (SignalText::Warned, warned.unwrap_or_default()),
        (SignalText::EspeciallySerious, serious.unwrap_or_default()),
        (SignalText::TerminatedOn, disturbance.terminated_on.clone()),
        (SignalText::Children, word::<Children>(disturbance.children, language)),
        (SignalText::Contact, disturbance.contact.clone()),
    ]
}

fn round_lines(round: &VisitRound) -> Lines {
    let dwellings = round.dwellings.iter();
    let lines = dwellings
        .map(|one| (SignalText::Address, format!("{} ({})", one.address, one.rents_unpaid)));
    lines.chain([(SignalText::Contact, round.contact.clone())]).collect()
}

fn release_lines(release: &Release, language: Language) -> Lines {
    let needs = release.needs.iter().map(|need| word::<NeedCode>(*need, language));
    let supervised = release.supervision.then(|| SignalText::Yes.of(language).to_owned());
    vec![
        (SignalText::Person, release.person_name.clone()),
        (SignalText::PersonNumber, release.person_number.clone()),
        (SignalText::Pseudonym, release.pseudonym.clone()),
        (SignalText::Needs, needs.collect::<Vec<_>>().join(", ")),
        (SignalText::Supervision, supervised.unwrap_or_default()),
        (SignalText::Contact, release.contact.clone()),
    ]
}

fn age(age: i32, language: Language) -> String {
    if age == 0 { String::new() } else { word::<AgeBand>(age, language) }
}

/// The content for programs, as the contract has it.
pub(super) fn content_entry(content: &Content) -> Value {
    match content {
        Content::Rent(rent) => json!({
            "landlord_name": rent.landlord_name,
            "landlord_address": rent.landlord_address,
            "landlord_phone": rent.landlord_phone,
            "tenant_name": rent.tenant_name,
            "address": rent.address,
            "rooms": rent.rooms,
            "amount": kronor(rent.amount_ore),
            "interest": kronor(rent.interest_ore),
            "due_on": rent.due_on,
            "payment_account": rent.payment_account,
            "children": wire_code::show::<Children>(rent.children),
            "age": wire_code::show::<AgeBand>(rent.age),
        }),
        Content::Arrears(arrears) => json!({
            "tenant_name": arrears.tenant_name,
            "address": arrears.address,
            "amount": kronor(arrears.amount_ore),
            "children": wire_code::show::<Children>(arrears.children),
            "age": wire_code::show::<AgeBand>(arrears.age),
            "contact": arrears.contact,
        }),
        Content::Disturbance(disturbance) => json!({
            "tenant_name": disturbance.tenant_name,
            "address": disturbance.address,
            "kind": wire_code::show::<DisturbanceKind>(disturbance.kind),
            "first_on": disturbance.first_on,
            "last_on": disturbance.last_on,
            "warned": disturbance.warned,
            "especially_serious": disturbance.especially_serious,
            "terminated_on": disturbance.terminated_on,
            "children": wire_code::show::<Children>(disturbance.children),
            "contact": disturbance.contact,
        }),
        Content::Round(round) => json!({
            "dwellings": round.dwellings.iter().map(|one| {
                json!({"address": one.address, "rents_unpaid": one.rents_unpaid})
            }).collect::<Vec<_>>(),
            "contact": round.contact,
        }),
        Content::Release(release) => json!({
            "person_name": release.person_name,
            "person_number": release.person_number,
            "pseudonym": release.pseudonym,
            "needs": release.needs.iter().map(|need| wire_code::show::<NeedCode>(*need)).collect::<Vec<_>>(),
            "supervision": release.supervision,
            "contact": release.contact,
        }),
        Content::Undertaking(_) | Content::Occupant(_) => Value::Null,
    }
}
