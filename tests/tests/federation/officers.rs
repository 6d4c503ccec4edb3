//! Protected officers of the tests' municipalities, and what they do in a case.

use brygga_domain::Seconds;
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    ActOnRelocationRequest, EnrolOfficerRequest, ListEnquiriesRequest, OfferRelocationRequest,
    OfficerCard, OfficerProof, OpenDisclosure, OpenEnquiry, OpenRelocationRequest,
    PrepareDisclosure, RecordCallBack, ReleaseDisclosure, Relocation, SendEnquiry,
    ShowRelocationRequest,
};
use brygga_proto::relocation::v1::{
    AgeBand, BlindNeed, Earliest, ProtectionLevel, RelocationHousing, RelocationRoute,
    RelocationSupport, SecrecyBasis,
};
use brygga_testkit::{Region, Staff, eventually};
use prost_types::Timestamp;
use tonic::Status;

use crate::network::{Exchange, NYNASHAMN};

/// What every officer of the tests types.
pub(crate) const PASSPHRASE: &str = "kanariefåglarna sover";
/// Who the person is, as officers write it; the number is a test number of the tax agency.
pub(crate) const PERSON: &str = "Kanarina Fågelsson, 199001012385, hotas av en närstående.";

/// Somebody who has enrolled.
#[derive(Clone)]
pub(crate) struct Officer {
    pub(crate) staff: Staff,
    pub(crate) id: Vec<u8>,
    pub(crate) name: String,
    pub(crate) phone: String,
}

/// The two officers of a municipality, whose log somebody of another unit reviews.
#[derive(Clone)]
pub(crate) struct Team {
    pub(crate) one: Officer,
    pub(crate) other: Officer,
    pub(crate) reviewer: Officer,
}

impl Team {
    pub(crate) async fn of(region: &Region, place: &'static str) -> Self {
        let one = Officer::enrol(region, place, "anna", "kvinnofrid").await;
        let other = Officer::enrol(region, place, "berit", "kvinnofrid").await;
        let reviewer = Officer::enrol(region, place, "cilla", "juridiska-enheten").await;
        Self { one, other, reviewer }
    }

    /// A case of Nynäshamn's, whose network is that of `exchange`.
    pub(crate) async fn open(
        &self,
        exchange: &Exchange,
        route: RelocationRoute,
        exclusions: &[&str],
    ) -> Vec<u8> {
        let request = OpenRelocationRequest {
            proof: self.one.proof(),
            other_officers: vec![self.other.id.clone()],
            agreement_id: exchange.agreement.clone(),
            route: route.into(),
            level: ProtectionLevel::ProtectedRegistration.into(),
            secrecy_basis: SecrecyBasis::Osl213A.into(),
            exclusions: exclusions.iter().map(ToString::to_string).collect(),
            withheld: Vec::new(),
            need: Some(need()),
        };
        let opened = self.one.staff.relocations().open_relocation(request).await.expect("opened");
        opened.into_inner().relocation_id
    }

    /// The enquiry that has come, once it has.
    pub(crate) async fn asked(&self) -> OpenEnquiry {
        eventually("an enquiry comes", || async { self.one.enquiries().await.pop() }).await
    }

    /// Offers what is asked for, for a week.
    pub(crate) async fn offer(&self, exchange: &Exchange, enquiry: &OpenEnquiry) -> Vec<u8> {
        let request = OfferRelocationRequest {
            proof: self.one.proof(),
            enquiry_id: enquiry.enquiry_id.clone(),
            officers: vec![self.one.card(), self.other.card()],
            housing: RelocationHousing::Dwelling.into(),
            support: RelocationSupport::Weekly.into(),
            earliest: Earliest::Now.into(),
            until: Some(in_days(exchange, 7)),
        };
        let offered = self.one.staff.relocations().offer_relocation(request).await;
        offered.expect("offered").into_inner().relocation_id
    }

    /// Both officers open what has arrived.
    pub(crate) async fn open_arrived(&self, id: &[u8]) -> Relocation {
        self.reaches(id, "ARRIVED").await;
        self.one.act(id, Act::Open(OpenDisclosure {})).await.expect("one gives a share");
        self.other.act(id, Act::Open(OpenDisclosure {})).await.expect("the other opens it")
    }

    /// The case, once it stands there.
    pub(crate) async fn reaches(&self, id: &[u8], stage: &str) -> Relocation {
        eventually(stage, || async {
            Some(self.one.show(id).await.expect("a case")).filter(|case| case.stage == stage)
        })
        .await
    }
}

impl Officer {
    pub(crate) async fn enrol(region: &Region, place: &str, name: &str, unit: &str) -> Self {
        let name = format!("{name}.{place}");
        let staff = region.staff(place, "PROTECTED_OFFICER", Some(unit)).named(&name);
        let reviewer = unit == "juridiska-enheten";
        let request = EnrolOfficerRequest { passphrase: PASSPHRASE.into(), reviewer };
        let enrolled = staff.relocations().enrol_officer(request).await.expect("enrolled");
        let phone = format!("0480-{:05}", enrolled.get_ref().officer_id[0]);
        Self { staff, id: enrolled.into_inner().officer_id, name, phone }
    }

    pub(crate) fn proof(&self) -> Option<OfficerProof> {
        Some(OfficerProof { officer_id: self.id.clone(), passphrase: PASSPHRASE.into() })
    }

    pub(crate) fn card(&self) -> OfficerCard {
        OfficerCard {
            officer_id: self.id.clone(),
            name: self.name.clone(),
            phone: self.phone.clone(),
        }
    }

    pub(crate) async fn act(&self, id: &[u8], act: Act) -> Result<Relocation, Status> {
        let request = ActOnRelocationRequest {
            proof: self.proof(),
            relocation_id: id.to_vec(),
            act: Some(act),
        };
        let done = self.staff.relocations().act_on_relocation(request).await?.into_inner();
        Ok(done.relocation.expect("a case"))
    }

    pub(crate) async fn show(&self, id: &[u8]) -> Result<Relocation, Status> {
        let request = ShowRelocationRequest { proof: self.proof(), relocation_id: id.to_vec() };
        let shown = self.staff.relocations().show_relocation(request).await?.into_inner();
        Ok(shown.relocation.expect("a case"))
    }

    pub(crate) async fn enquiries(&self) -> Vec<OpenEnquiry> {
        let request = ListEnquiriesRequest { proof: self.proof() };
        let listed = self.staff.relocations().list_enquiries(request).await.expect("a list");
        listed.into_inner().enquiries
    }
}

/// Asks the network for a week.
pub(crate) fn enquire(exchange: &Exchange) -> Act {
    Act::Enquire(SendEnquiry { until: Some(in_days(exchange, 7)) })
}

/// Everything from a choice to the disclosure, at the origin.
pub(crate) async fn disclose(origin: &Team, id: &[u8], place: u32) -> Relocation {
    origin.one.act(id, Act::Select(place)).await.expect("chosen");
    let call = RecordCallBack { spoke_with: "Dagny Provsson".to_owned() };
    origin.one.act(id, Act::CallBack(call)).await.expect("called back");
    let content = PERSON.to_owned();
    let prepared = Act::Prepare(PrepareDisclosure { content });
    origin.one.act(id, prepared).await.expect("prepared");
    origin.other.act(id, Act::Release(ReleaseDisclosure {})).await.expect("released")
}

/// The place of an organisation's offer, once it has come.
pub(crate) async fn offered(origin: &Team, id: &[u8], organisation: &str) -> u32 {
    let place = eventually("an offer comes", || async {
        let case = origin.one.show(id).await.expect("a case");
        case.offers.iter().position(|offer| offer.organisation == organisation)
    });
    u32::try_from(place.await).expect("few offers")
}

pub(crate) fn in_days(exchange: &Exchange, days: i64) -> Timestamp {
    let now = exchange.region.clock(NYNASHAMN.name).now();
    let at = now.plus(Seconds::days(days)).as_millis() / 1000;
    Timestamp { seconds: at, nanos: 0 }
}

fn need() -> BlindNeed {
    BlindNeed {
        adults: 1,
        children: vec![AgeBand::AgeBand05.into(), AgeBand::AgeBand612.into()],
        wheelchair: false,
        animals: false,
        languages: vec!["ar".to_owned()],
        housing: RelocationHousing::Dwelling.into(),
        support: RelocationSupport::Weekly.into(),
        earliest: Earliest::Now.into(),
    }
}
