//! Staff of the two organisations: what is agreed before the measurement, and the referral that is
//! measured.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brygga_config::Settings;
use brygga_domain::{Seconds, Timestamp};
use brygga_identity::roles::Role;
use brygga_identity::token::MAX_LIFETIME;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Party, PartyRole, Priority, ResponseTime, Rule,
    SubjectArea,
};
use brygga_proto::consent::v1::{
    ConsentForm, ConsentRecipient, ConsentRecord, ConsentingParty, SubjectAge,
};
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::consent_service_client::ConsentServiceClient;
use brygga_proto::local::v1::hold_service_client::HoldServiceClient;
use brygga_proto::local::v1::node_service_client::NodeServiceClient;
use brygga_proto::local::v1::notice_service_client::NoticeServiceClient;
use brygga_proto::local::v1::referral_service_client::ReferralServiceClient;
use brygga_proto::local::v1::{
    AgreementState, DeliveryStatus, ProposeAgreementRequest, RecordConsentRequest,
    RequestReferralRequest, ShowAgreementRequest, ShowNodeRequest, SignAgreementRequest,
};
use brygga_proto::referral::v1::{ContactPolicy, ReferralContent};
use brygga_proto::types::v1::{Code, DataCategory, DisclosureGround, GdprBasis};
use prost::Message;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::client::{StaffToken, development_token, refused};
use crate::failure::{Failure, chain};
use crate::identifier::Identifier;
use crate::node_dir::NodeDir;
use crate::when;

use super::region::{PAYLOAD_BYTES, Region};

/// How often something is looked at that happens at the other node.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Longest wait for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait for a receipt before a referral counts as not delivered.
const LONGEST_WAIT_SECONDS: u32 = 20;
/// What is left of a token when a new one is made.
const TOKEN_RESERVE: Seconds = Seconds(60);

pub(super) type Authorised = InterceptedService<Channel, Badge>;

/// Somebody with every role at one node, calling its local port as a case system does.
#[derive(Clone)]
pub(super) struct Staff {
    channel: Channel,
    badge: Badge,
}

impl Staff {
    /// Staff of the node in `dir`; nothing is connected yet.
    pub(super) fn of(dir: &NodeDir) -> Result<Self, Failure> {
        let settings = dir.settings()?;
        let endpoint = Endpoint::from_shared(format!("http://{}", settings.local_listener.address));
        let endpoint = endpoint.map_err(|error| Failure::other("BENCH", chain(&error)))?;
        let channel = endpoint.tcp_nodelay(true).connect_lazy();
        Ok(Self { channel, badge: Badge(Arc::new(Mint { settings, token: Mutex::default() })) })
    }

    /// Waits until the node answers.
    pub(super) async fn until_ready(&self) -> Result<(), Failure> {
        let mut node = self.node();
        until("the node answers", async || node.show_node(ShowNodeRequest {}).await.ok().map(drop))
            .await
    }

    pub(super) fn capacity(&self) -> CapacityServiceClient<Authorised> {
        CapacityServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(super) fn holds(&self) -> HoldServiceClient<Authorised> {
        HoldServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(super) fn node(&self) -> NodeServiceClient<Authorised> {
        NodeServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(super) fn notices(&self) -> NoticeServiceClient<Authorised> {
        NoticeServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    fn agreements(&self) -> AgreementServiceClient<Authorised> {
        AgreementServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    fn referrals(&self) -> ReferralServiceClient<Authorised> {
        ReferralServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }
}

/// Persons who have consented; referrals take turns with them, so that two that are under way at
/// the same time are about two persons, as they are in life.
const PERSONS: usize = 128;

/// The two sides with an agreement in force, and persons who consent.
#[derive(Clone)]
pub(super) struct Exchange {
    source: Staff,
    wishes: Arc<[RequestReferralRequest]>,
    next: Arc<AtomicUsize>,
}

impl Exchange {
    /// Agrees and records the consents.
    pub(super) async fn prepare(region: &Region) -> Result<Self, Failure> {
        let (source, target) = (Staff::of(&region.source)?, Staff::of(&region.target)?);
        let now = when::now();
        agree(&source, &target, terms(now)).await?;
        let mut consents =
            ConsentServiceClient::with_interceptor(source.channel.clone(), source.badge.clone());
        let mut wishes = Vec::with_capacity(PERSONS);
        for _ in 0..PERSONS {
            let request = RecordConsentRequest { consent: Some(consent(now)) };
            let recorded = consents.record_consent(request).await;
            let recorded = recorded.map_err(|status| refused(&status))?.into_inner();
            wishes.push(wish(recorded.consent.unwrap_or_default().consent_id));
        }
        Ok(Self { source, wishes: Arc::from(wishes), next: Arc::default() })
    }

    /// The same exchange after the nodes were started again.
    pub(super) fn reconnected(&self, region: &Region) -> Result<Self, Failure> {
        Ok(Self { source: Staff::of(&region.source)?, ..self.clone() })
    }

    /// One referral from end to end: accepted and durable at the source, delivered and durable at
    /// the target, the target's receipt durable at the source. Returns its identifier.
    pub(super) async fn refer(&self) -> Result<Vec<u8>, Failure> {
        let mut referrals = self.source.referrals();
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let mut wish = self.wishes[turn % self.wishes.len()].clone();
        wish.idempotency_key = Identifier::fresh().to_bytes();
        let requested =
            referrals.request_referral(wish).await.map_err(|status| refused(&status))?;
        let referral = requested.into_inner().referral.unwrap_or_default();
        match referral.delivery_status() {
            DeliveryStatus::Delivered => Ok(referral.referral_id),
            status => {
                Err(Failure::other("NOT_DELIVERED", status.as_str_name())
                    .at(referral.refusal_reason))
            }
        }
    }
}

/// One proposes, the other signs, and both see it in force.
pub(super) async fn agree(
    source: &Staff,
    target: &Staff,
    terms: AgreementTerms,
) -> Result<(), Failure> {
    let proposal = ProposeAgreementRequest {
        terms: Some(terms),
        accept_findings: false,
        ..Default::default()
    };
    let proposed = source.agreements().propose_agreement(proposal).await;
    let proposed = proposed.map_err(|status| refused(&status))?.into_inner().agreement;
    let agreement_id = proposed.and_then(|held| held.terms).unwrap_or_default().agreement_id;
    until("the other party can sign", async || {
        let wanted = SignAgreementRequest {
            agreement_id: agreement_id.clone(),
            version: 1,
            accept_findings: false,
        };
        target.agreements().sign_agreement(wanted).await.ok().map(drop)
    })
    .await?;
    for side in [source, target] {
        until("the agreement is in force", async || {
            let wanted = ShowAgreementRequest { agreement_id: agreement_id.clone(), version: 1 };
            let shown =
                side.agreements().show_agreement(wanted).await.ok()?.into_inner().agreement?;
            (shown.state() == AgreementState::Active).then_some(())
        })
        .await?;
    }
    Ok(())
}

/// Looks until something is so.
pub(super) async fn until(
    what: &str,
    mut look: impl AsyncFnMut() -> Option<()>,
) -> Result<(), Failure> {
    let end = tokio::time::Instant::now() + PATIENCE;
    while look().await.is_none() {
        if tokio::time::Instant::now() > end {
            return Err(Failure::other("BENCH", format!("not in time: {what}")));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Referrals, both ways.
pub(super) fn terms(now: Timestamp) -> AgreementTerms {
    let party = |organisation: &str| Party {
        organisation: organisation.to_owned(),
        role: PartyRole::Participant.into(),
    };
    let rule = Rule {
        rule_id: "remiss-1".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::ReferralSend.into(),
        ..Rule::default()
    };
    let within = |priority: Priority, hours: u32| ResponseTime {
        priority: priority.into(),
        respond_within_seconds: hours * 3600,
        take_on_within_seconds: 0,
    };
    AgreementTerms {
        kind: AgreementKind::RegionalCooperation.into(),
        title: "Samverkan mot hemlöshet".to_owned(),
        parties: Region::parties().map(party).to_vec(),
        subjects: vec![SubjectArea::Homelessness.into()],
        rules: vec![rule],
        response_times: vec![within(Priority::Urgent, 4), within(Priority::Routine, 120)],
        consent_max_days: 90,
        valid_from: Some(at(now, -60)),
        valid_until: Some(at(now, 30 * 24 * 3600)),
        legal_references: vec!["KL 9:37".to_owned()],
        ..AgreementTerms::default()
    }
}

fn consent(now: Timestamp) -> ConsentRecord {
    let [_, target] = Region::parties();
    ConsentRecord {
        person_reference: "AKT-1".to_owned(),
        consenting_party: ConsentingParty::Self_.into(),
        subject_age: SubjectAge::Adult.into(),
        recipients: vec![ConsentRecipient { organisation: target.to_owned(), unit: String::new() }],
        data_categories: [DataCategory::Identity, DataCategory::FreeText].map(Into::into).to_vec(),
        purpose: "Mätning".to_owned(),
        valid_from: Some(at(now, -60)),
        valid_until: Some(at(now, 7 * 24 * 3600)),
        form: ConsentForm::Written.into(),
        language: "sv".to_owned(),
        information_given: true,
        ..ConsentRecord::default()
    }
}

fn wish(consent_id: Vec<u8>) -> RequestReferralRequest {
    let [_, target] = Region::parties();
    RequestReferralRequest {
        target: target.to_owned(),
        priority: Priority::Routine.into(),
        subject: SubjectArea::Homelessness.into(),
        service_type: Some(Code {
            list: "service_type".to_owned(),
            list_version: 1,
            code: "LONG_TERM_HELP".to_owned(),
            broader: Vec::new(),
        }),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        consent_id,
        contact_policy: ContactPolicy::ContactOk.into(),
        content: Some(content()),
        wait_seconds: LONGEST_WAIT_SECONDS,
        ..RequestReferralRequest::default()
    }
}

/// Personal data of nobody, [`PAYLOAD_BYTES`] long as it is encoded.
fn content() -> ReferralContent {
    let mut content = ReferralContent { name: "Kim Testsson".to_owned(), ..Default::default() };
    content.note = "x".repeat(PAYLOAD_BYTES - content.encoded_len());
    let beyond = content.encoded_len() - PAYLOAD_BYTES;
    content.note.truncate(content.note.len() - beyond);
    content
}

/// So many seconds from now.
pub(super) fn at(now: Timestamp, seconds: i64) -> prost_types::Timestamp {
    let millis = now.as_millis() + seconds * 1000;
    prost_types::Timestamp { seconds: millis.div_euclid(1000), nanos: 0 }
}

/// Shows a token of the node's development issuer, which many calls share as a system's do.
#[derive(Clone)]
pub(super) struct Badge(Arc<Mint>);

struct Mint {
    settings: Settings,
    /// The token in use and until when it is.
    token: Mutex<Option<(MetadataValue<Ascii>, Timestamp)>>,
}

impl Interceptor for Badge {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.token(when::now())?);
        Ok(request)
    }
}

impl Mint {
    fn token(&self, now: Timestamp) -> Result<MetadataValue<Ascii>, Status> {
        let mut held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, _)) = held.as_ref().filter(|(_, until)| now < *until) {
            return Ok(token.clone());
        }
        let roles =
            [Role::CaseWorker, Role::AgreementManager, Role::ShelterStaff, Role::KfmOfficer];
        let wanted =
            StaffToken { roles: &roles, units: &[], lifetime: MAX_LIFETIME, bound_to: None };
        let token = development_token(&self.settings, &wanted, now)
            .map_err(|failure| Status::internal(format!("{failure:?}")))?;
        let value = format!("Bearer {token}").parse();
        let value: MetadataValue<Ascii> = value.map_err(|_| Status::internal("not a token"))?;
        *held = Some((value.clone(), now.plus(Seconds(MAX_LIFETIME.0 - TOKEN_RESERVE.0))));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_as_long_as_the_floors_payload() {
        assert_eq!(content().encoded_len(), PAYLOAD_BYTES);
    }
}
