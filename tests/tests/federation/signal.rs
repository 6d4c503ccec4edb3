//! Signals about somebody's home, over real nodes: landlords, Kriminalvården and a region tell Kalmar.

mod erasure;
mod incident;
mod pages;
mod rent;
mod returning;
mod routing;

use brygga_domain::{OrgId, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, PartyRole, Rule, SignalTerms, SubjectArea,
};
use brygga_proto::local::v1::{
    ListSignalsRequest, SendSignalRequest, ShowSignalRequest, ShowSignalResponse, Signal,
    SignalAct, TakeSignalStepRequest,
};
use brygga_proto::notice::v1::Children;
use brygga_proto::signal::v1::signal_content::Content;
use brygga_proto::signal::v1::{Arrears, RentNotice, SignalContent, SignalSubject};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually};
use tonic::Status;

use crate::setting::agree_all;

/// Who it is about, and where.
const CANARIES: [&str; 2] = ["Kanarina Fågelsson", "Kanariegatan 17"];

pub(crate) const LANDLORD: Place = Place {
    name: "hyresvard",
    organisation: "demo:hyresvard",
    title: "Hyresvärden",
    kind: "private-landlord",
    units: &[],
    marks: &[],
};
const KALMAR: Place = Place { units: &["bosocialt", "socialjouren"], ..Place::KALMAR };

/// A landlord and Kalmar, who have agreed on signals.
struct Estate {
    region: Region,
    landlord: Staff,
    kalmar: Staff,
}

impl Estate {
    async fn agreed() -> Self {
        Self::agreed_on(SignalTerms::default()).await
    }

    async fn agreed_on(signals: SignalTerms) -> Self {
        let region = Region::start(&[KALMAR, LANDLORD]).await;
        agree_on(&region, &["kalmar", "hyresvard"], signals).await;
        let landlord = region.staff("hyresvard", "LANDLORD_ADMIN", None);
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        Self { region, landlord, kalmar }
    }

    fn turn(&self, by: Seconds) {
        for name in ["kalmar", "hyresvard"] {
            self.region.clock(name).turn(by);
        }
    }

    /// A signal, sent and arrived, as Kalmar has it.
    async fn given(&self, wish: SendSignalRequest) -> Signal {
        let sent = send(&self.landlord, wish).await.expect("permitted");
        eventually("the signal arrives", || listed(&self.kalmar, &sent)).await
    }

    /// Waits until the landlord has heard of a step.
    async fn hears(&self, signal: &Signal, act: SignalAct) -> Signal {
        hears(&self.landlord, signal, act).await
    }
}

/// An agreement that lets signals pass between these places.
pub(crate) async fn agree_on(region: &Region, names: &[&str], signals: SignalTerms) {
    let now = region.clock(names[0]).now();
    let parties: Vec<OrgId> = names.iter().map(|name| region.organisation(name)).collect();
    let parties: Vec<&str> = parties.iter().map(OrgId::as_str).collect();
    let is_among = |one: &str| names.contains(&one);
    let kind = match (is_among("hyresvard"), is_among("regionen")) {
        (true, _) => AgreementKind::LandlordQuota,
        (false, true) => AgreementKind::RegionAgreement,
        (false, false) => AgreementKind::OneOff,
    };
    let mut terms = agreement_terms(&parties, kind, SubjectArea::EvictionPrevention, now);
    let observers = terms.parties.iter_mut().filter(|party| party.organisation.contains("boplats"));
    observers.for_each(|party| party.role = PartyRole::Observer.into());
    let rule = Rule {
        rule_id: "signal-1".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::SignalSend.into(),
        ..Rule::default()
    };
    let terms = AgreementTerms { rules: vec![rule], signals: Some(signals), ..terms };
    agree_all(region, names, terms).await;
}

fn sealed(content: Content) -> Option<SignalContent> {
    Some(SignalContent { salt: Vec::new(), content: Some(content) })
}

/// A signal about a subject, to Kalmar.
fn wish(subject: SignalSubject, content: Content) -> SendSignalRequest {
    SendSignalRequest {
        idempotency_key: crate::evening::random_bytes(),
        subject: subject.into(),
        municipality: "0880".to_owned(),
        content: sealed(content),
        ..SendSignalRequest::default()
    }
}

/// Rent of 8 431 kronor that was not paid; the tenant was served on a day.
pub(crate) fn rent_notice(amount_ore: i64, served_on: &str) -> SendSignalRequest {
    let rent = RentNotice {
        landlord_name: "Hyresvärden AB".to_owned(),
        landlord_address: "Torget 1".to_owned(),
        landlord_phone: "0480-000 00".to_owned(),
        tenant_name: CANARIES[0].to_owned(),
        address: CANARIES[1].to_owned(),
        amount_ore,
        due_on: "2026-10-30".to_owned(),
        payment_account: "5050-1055".to_owned(),
        children: Children::Unknown.into(),
        ..RentNotice::default()
    };
    let wish = wish(SignalSubject::RentNotice, Content::Rent(rent));
    SendSignalRequest { on: served_on.to_owned(), ..wish }
}

pub(crate) fn arrears(days_late: u32, children: Children) -> SendSignalRequest {
    let arrears = Arrears {
        tenant_name: CANARIES[0].to_owned(),
        address: CANARIES[1].to_owned(),
        amount_ore: 843_100,
        children: children.into(),
        contact: "0480-000 00".to_owned(),
        ..Arrears::default()
    };
    let wish = wish(SignalSubject::Arrears, Content::Arrears(arrears));
    SendSignalRequest { days_late, ..wish }
}

pub(crate) async fn send(staff: &Staff, wish: SendSignalRequest) -> Result<Signal, Status> {
    Ok(staff.signals().send_signal(wish).await?.into_inner().signal.expect("a signal"))
}

/// A step with nothing besides.
pub(crate) fn step(signal: &Signal, act: SignalAct) -> TakeSignalStepRequest {
    let signal_id = signal.signal_id.clone();
    TakeSignalStepRequest { signal_id, act: act.into(), ..TakeSignalStepRequest::default() }
}

pub(crate) async fn take(staff: &Staff, request: TakeSignalStepRequest) -> Result<Signal, Status> {
    Ok(staff.signals().take_signal_step(request).await?.into_inner().signal.expect("a signal"))
}

async fn list(staff: &Staff) -> Vec<Signal> {
    let listed = staff.signals().list_signals(ListSignalsRequest::default()).await;
    listed.expect("a list").into_inner().signals
}

/// How a signal stands in somebody's list; none where it is not there.
pub(crate) async fn listed(staff: &Staff, signal: &Signal) -> Option<Signal> {
    list(staff).await.into_iter().find(|one| one.signal_id == signal.signal_id)
}

pub(crate) async fn show(staff: &Staff, signal: &Signal) -> Result<ShowSignalResponse, Status> {
    let request = ShowSignalRequest { signal_id: signal.signal_id.clone() };
    Ok(staff.signals().show_signal(request).await?.into_inner())
}

/// Waits until somebody's node has heard of a step.
async fn hears(staff: &Staff, signal: &Signal, act: SignalAct) -> Signal {
    eventually("the step is heard of", || async {
        listed(staff, signal).await.filter(|one| acts(one).contains(&act))
    })
    .await
}

/// What was done, in its order.
fn acts(signal: &Signal) -> Vec<SignalAct> {
    signal.steps.iter().map(|taken| taken.act()).collect()
}
