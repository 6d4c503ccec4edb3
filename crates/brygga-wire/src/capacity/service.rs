//! A service as it travels and is stored.

use brygga_domain::capacity::{OpeningWindow, Permit, Reception, Season, Service, ServiceDraft};
use brygga_domain::code::{HOUSE_RULE, SERVICE_TYPE};
use brygga_domain::{Reason, Refusal, UnitId};
use brygga_proto::capacity::v1 as proto;

use crate::code;
use crate::content::tells_a_place;
use crate::field::{counted, from_bytes, from_text_or_none, text_or_empty};

/// Most rules of the house.
const MAX_HOUSE_RULES: usize = 16;
/// Most languages.
const MAX_LANGUAGES: usize = 32;

pub(super) fn service_to_proto(service: &Service) -> proto::Service {
    proto::Service {
        service_id: service.id.as_bytes().to_vec(),
        name: service.name.clone(),
        unit: text_or_empty(service.unit.as_ref()),
        subject: code::number_or_unset(Some(service.subject)),
        service_type: Some(code::term_to_proto(&service.service_type)),
        place: code::number_or_unset(Some(service.place)),
        municipality: service.municipality.clone().unwrap_or_default(),
        county: service.county.clone().unwrap_or_default(),
        season: service.season.map(|it| proto::Season { from: it.from(), until: it.until() }),
        opening: service
            .opening
            .map(|it| proto::OpeningWindow { opens: it.opens(), closes: it.closes() }),
        reception: Some(reception_to_proto(&service.reception)),
        house_rules: service.house_rules.iter().map(code::term_to_proto).collect(),
        max_nights: service.max_nights.unwrap_or(0),
        needs_decision: service.needs_decision,
        termination_hours: service.termination_hours.unwrap_or(0),
        support_visits_per_week: service.support_visits_per_week,
        staffed: service.staffed,
        acquisition_route: code::number_or_unset(service.acquisition_route),
        visibility: code::number_or_unset(Some(service.visibility)),
        permit: service.permit.as_ref().map(|permit| proto::Permit {
            reference: permit.reference.clone(),
            max_persons: permit.max_persons,
        }),
    }
}

pub(super) fn service_from_proto(service: proto::Service) -> Result<Service, Refusal> {
    counted(&service.house_rules, 0..=MAX_HOUSE_RULES, "service.house_rules")?;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let number = |number: u32| Some(number).filter(|number| *number > 0);
    let rule = |rule| code::term_of(HOUSE_RULE, Some(rule), "service.house_rules");
    let season = |it: proto::Season| Season::parse(&it.from, &it.until);
    let opening = |it: proto::OpeningWindow| OpeningWindow::parse(&it.opens, &it.closes);
    let route = code::read_or_unset(service.acquisition_route, "service.acquisition_route")?;
    ServiceDraft {
        id: from_bytes(&service.service_id, "service.service_id")?,
        name: service.name,
        unit: from_text_or_none::<UnitId>(&service.unit, "service.unit")?,
        subject: code::read(service.subject, "service.subject")?,
        service_type: code::term_of(SERVICE_TYPE, service.service_type, "service.service_type")?,
        place: code::read(service.place, "service.place")?,
        municipality: some(service.municipality),
        county: some(service.county),
        season: service.season.map(season).transpose()?,
        opening: service.opening.map(opening).transpose()?,
        reception: reception_from_proto(service.reception.unwrap_or_default())?,
        house_rules: service.house_rules.into_iter().map(rule).collect::<Result<_, _>>()?,
        max_nights: number(service.max_nights),
        needs_decision: service.needs_decision,
        termination_hours: number(service.termination_hours),
        support_visits_per_week: service.support_visits_per_week,
        staffed: service.staffed,
        acquisition_route: route,
        visibility: code::read(service.visibility, "service.visibility")?,
        permit: service
            .permit
            .map(|permit| Permit { reference: permit.reference, max_persons: permit.max_persons }),
    }
    .check()
}

fn reception_to_proto(reception: &Reception) -> proto::Reception {
    proto::Reception {
        min_age: reception.min_age.unwrap_or(0),
        max_age: reception.max_age.unwrap_or(0),
        children: reception.children,
        couples: reception.couples,
        pets: reception.pets,
        wheelchair: reception.wheelchair,
        substance_support: reception.substance_support,
        income_support: reception.income_support,
        languages: reception.languages.clone(),
    }
}

fn reception_from_proto(reception: proto::Reception) -> Result<Reception, Refusal> {
    counted(&reception.languages, 0..=MAX_LANGUAGES, "service.reception")?;
    let age = |age: u32| Some(age).filter(|age| *age > 0);
    Ok(Reception {
        min_age: age(reception.min_age),
        max_age: age(reception.max_age),
        children: reception.children,
        couples: reception.couples,
        pets: reception.pets,
        wheelchair: reception.wheelchair,
        substance_support: reception.substance_support,
        income_support: reception.income_support,
        languages: reception.languages,
    })
}

/// Refuses a service whose texts tell where it is: nobody publishes an address, least of all of protected housing (R11).
/// It is asked of what somebody publishes here or another tells; what is stored was asked before.
///
/// # Errors
/// [`Reason::ContentForbidden`] at `service.name` or `service.permit.reference`.
pub fn check_place(service: &Service) -> Result<(), Refusal> {
    let reference = service.permit.as_ref().map_or("", |permit| &permit.reference);
    let texts = [(service.name.as_str(), "service.name"), (reference, "service.permit.reference")];
    match texts.into_iter().find(|(text, _)| tells_a_place(text)) {
        Some((_, field)) => Err(Refusal::at(Reason::ContentForbidden, field)),
        None => Ok(()),
    }
}
