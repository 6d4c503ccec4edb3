//! An exchange network: municipalities that speak over the county's node.

use brygga_domain::AgreementId;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    AgreementKind, AgreementTerms, NetworkTerms, Party, PartyRole, SubjectArea,
};
use brygga_testkit::{Place, Region, agreement_terms};

use crate::setting::{agree_all, id_of};

/// How many cells each member hands over in each slot.
pub(crate) const CELLS: usize = 2;

/// A small town from which somebody has to move.
pub(crate) const NYNASHAMN: Place = Place {
    name: "nynashamn",
    organisation: "kommun:0192",
    title: "Nynäshamns kommun",
    kind: "municipality",
    units: &[],
    marks: &[],
};
/// Its neighbour.
pub(crate) const HANINGE: Place = Place {
    name: "haninge",
    organisation: "kommun:0136",
    title: "Haninge kommun",
    kind: "municipality",
    units: &[],
    marks: &[],
};

/// Whoever takes part in the tests' networks, the relay last.
pub(crate) const PLACES: [Place; 6] =
    [NYNASHAMN, HANINGE, Place::KALMAR, Place::NYBRO, Place::BORGHOLM, Place::LANSSTYRELSEN];

/// A region with a network of slots of one second in force.
pub(crate) struct Exchange {
    pub(crate) region: Region,
    pub(crate) agreement: Vec<u8>,
}

impl Exchange {
    /// All of [`PLACES`], whose nodes run.
    pub(crate) async fn begin() -> Self {
        Self::begin_with(&[]).await
    }

    /// The same with others in the federation, who take no part.
    pub(crate) async fn begin_with(others: &[Place]) -> Self {
        let region = Region::start(&[&PLACES, others].concat()).await;
        let agreement = agree(&region).await;
        Self { region, agreement }
    }

    pub(crate) fn agreement_id(&self) -> AgreementId {
        id_of(&self.agreement)
    }
}

/// Brings a network of [`PLACES`] in force, with slots of one second.
pub(crate) async fn agree(region: &Region) -> Vec<u8> {
    agree_among(region, &PLACES, 1).await
}

/// Brings a network in force whose relay is the last of `places`.
pub(crate) async fn agree_among(region: &Region, places: &[Place], slot_seconds: u32) -> Vec<u8> {
    let names: Vec<_> = places.iter().map(|place| place.name).collect();
    agree_all(region, &names, terms_among(region, places, slot_seconds)).await
}

/// What such a network agrees on.
pub(crate) fn terms_among(region: &Region, places: &[Place], slot_seconds: u32) -> AgreementTerms {
    let (relay, members) = places.split_last().expect("places");
    let members: Vec<_> = members.iter().map(|place| place.organisation).collect();
    let now = region.clock(places[0].name).now();
    let kind = AgreementKind::ExchangeNetwork;
    let terms = agreement_terms(&members, kind, SubjectArea::Relocation, now);
    let coordinator = PartyRole::Coordinator.into();
    let mut parties = terms.parties.clone();
    parties.push(Party { organisation: relay.organisation.to_owned(), role: coordinator });
    let cells_per_slot = u32::try_from(CELLS).expect("few");
    let network = NetworkTerms { slot_seconds, cells_per_slot, least_candidates: 3 };
    AgreementTerms { parties, network: Some(network), ..terms }
}
