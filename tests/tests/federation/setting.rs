//! What most stories begin with: Kalmar and Nybro, an agreement in force, a person who consents.

use brygga_domain::{AgreementId, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, SubjectArea};
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::{
    ActOnReferralRequest, AgreementState, DeliveryStatus, ListReferralsRequest,
    ProposeAgreementRequest, RecordConsentRequest, Referral, RequestReferralRequest,
    ShowAgreementRequest, ShowReferralRequest, SignAgreementRequest,
    act_on_referral_request::Action,
};
use brygga_proto::referral::v1::ReferralStatus;
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, eventually};
use tonic::Status;

/// Kalmar, who asks, and Nybro, who is asked, with a regional cooperation in force between them.
pub(crate) struct Neighbours {
    pub(crate) region: Region,
    pub(crate) kalmar: Staff,
    pub(crate) nybro: Staff,
}

impl Neighbours {
    pub(crate) async fn agreed() -> Self {
        Self::agreed_in(Region::start(&[Place::KALMAR, Place::NYBRO]).await).await
    }

    /// The same in a region that runs already and may hold others.
    pub(crate) async fn agreed_in(region: Region) -> Self {
        let terms = agreement_terms(
            &["kommun:0880", "kommun:0881"],
            AgreementKind::RegionalCooperation,
            SubjectArea::Homelessness,
            region.clock("kalmar").now(),
        );
        agree(&region, "kalmar", "nybro", terms).await;
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        let nybro = region.staff("nybro", "CASE_WORKER", None);
        Self { region, kalmar, nybro }
    }

    /// Records a consent of the person at Kalmar that covers Nybro for `days`.
    pub(crate) async fn consent(&self, days: i64) -> Vec<u8> {
        let consent = consent_for(&["kommun:0881"], days, self.region.clock("kalmar").now());
        record(&self.kalmar, consent).await
    }
}

/// One proposes, the other signs, and both see it signed.
pub(crate) async fn agree(
    region: &Region,
    proposer: &str,
    signer: &str,
    terms: AgreementTerms,
) -> Vec<u8> {
    agree_all(region, &[proposer, signer], terms).await
}

/// The first proposes, the others sign, and all see it signed by all: in force, unless its time has not come.
pub(crate) async fn agree_all(region: &Region, names: &[&str], terms: AgreementTerms) -> Vec<u8> {
    let manager = |name: &&str| region.staff(name, "AGREEMENT_MANAGER", None);
    let managers: Vec<Staff> = names.iter().map(manager).collect();
    let version = terms.version.max(1);
    let wanted = ProposeAgreementRequest {
        terms: Some(terms),
        accept_findings: false,
        ..Default::default()
    };
    let proposed = managers[0].agreements().propose_agreement(wanted).await;
    let agreement =
        proposed.expect("good terms are proposed").into_inner().agreement.expect("an agreement");
    let agreement_id = agreement.terms.expect("terms").agreement_id;
    for other in &managers[1..] {
        eventually("the proposal arrives", || async {
            let wanted = SignAgreementRequest {
                agreement_id: agreement_id.clone(),
                version,
                accept_findings: false,
            };
            other.agreements().sign_agreement(wanted).await.ok()
        })
        .await;
    }
    for side in &managers {
        eventually("everybody's signature is everywhere", || async {
            let wanted = ShowAgreementRequest { agreement_id: agreement_id.clone(), version };
            let shown =
                side.agreements().show_agreement(wanted).await.ok()?.into_inner().agreement?;
            matches!(shown.state(), AgreementState::Active | AgreementState::Signed).then_some(())
        })
        .await;
    }
    agreement_id
}

/// The agreement that a local call has named.
pub(crate) fn id_of(agreement_id: &[u8]) -> AgreementId {
    AgreementId::try_from(agreement_id).expect("16 bytes")
}

/// Kalmar and Stadsmissionen with an idéburet offentligt partnerskap about one subject, and who works at each.
pub(crate) struct Partners {
    pub(crate) region: Region,
    pub(crate) kalmar: Staff,
    pub(crate) shelter: Staff,
    pub(crate) agreement_id: Vec<u8>,
}

impl Partners {
    pub(crate) async fn agreed(subject: SubjectArea) -> Self {
        let region = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
        let parties = [Place::KALMAR.organisation, Place::STADSMISSIONEN.organisation];
        let now = region.clock("kalmar").now();
        let terms = agreement_terms(&parties, AgreementKind::Iop, subject, now);
        let agreement_id = agree(&region, "kalmar", "stadsmissionen", terms).await;
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
        Self { region, kalmar, shelter, agreement_id }
    }

    /// Turns the clocks of both.
    pub(crate) fn turn(&self, days: i64) {
        for name in ["kalmar", "stadsmissionen"] {
            self.region.clock(name).turn(Seconds::days(days));
        }
    }
}

/// Records a consent and returns its id.
pub(crate) async fn record(staff: &Staff, consent: ConsentRecord) -> Vec<u8> {
    let recorded =
        staff.consents().record_consent(RecordConsentRequest { consent: Some(consent) }).await;
    recorded.expect("a good consent is kept").into_inner().consent.expect("a consent").consent_id
}

/// Asks for a referral.
pub(crate) async fn request(
    staff: &Staff,
    wish: RequestReferralRequest,
) -> Result<Referral, Status> {
    let answer = staff.referrals().request_referral(wish).await?;
    Ok(answer.into_inner().referral.expect("a referral"))
}

/// Decides on a referral, whatever its version.
pub(crate) async fn act(
    staff: &Staff,
    referral_id: &[u8],
    action: Action,
) -> Result<Referral, Status> {
    let decision = ActOnReferralRequest {
        referral_id: referral_id.to_vec(),
        expected_version: 0,
        action: Some(action),
    };
    let answer = staff.referrals().act_on_referral(decision).await?;
    Ok(answer.into_inner().referral.expect("a referral"))
}

/// The referral as one side sees it now; none where it sees nothing.
pub(crate) async fn look(staff: &Staff, referral_id: &[u8]) -> Option<Referral> {
    let wanted = ShowReferralRequest { referral_id: referral_id.to_vec() };
    staff.referrals().show_referral(wanted).await.ok()?.into_inner().referral
}

/// Waits until the source has the target's receipt.
pub(crate) async fn delivered(staff: &Staff, referral_id: &[u8]) -> Referral {
    eventually("the receipt arrives", || async {
        look(staff, referral_id)
            .await
            .filter(|referral| referral.delivery_status() == DeliveryStatus::Delivered)
    })
    .await
}

/// Waits until one side sees a status.
pub(crate) async fn has_status(
    staff: &Staff,
    referral_id: &[u8],
    status: ReferralStatus,
) -> Referral {
    eventually(status.as_str_name(), || async {
        look(staff, referral_id).await.filter(|referral| referral.status() == status)
    })
    .await
}

/// What one side has in its list.
pub(crate) async fn listed(staff: &Staff) -> Vec<Referral> {
    let all = ListReferralsRequest::default();
    staff.referrals().list_referrals(all).await.expect("the list is shown").into_inner().referrals
}
