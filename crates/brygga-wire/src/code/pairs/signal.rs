//! The vocabularies of signals.

use brygga_domain::signal::{
    AgeBand, DisturbanceKind, NeedCode, PriorityMark, SignalAlarm, SignalOutcome, SignalStep,
    SignalSubject, StepReason,
};

use super::{Coded, UnknownNumber};

coded!(SignalSubject, brygga_proto::signal::v1::SignalSubject {
    RentNotice = RentNotice,
    Arrears = Arrears,
    Disturbance = Disturbance,
    VisitRound = VisitRound,
    Release = Release,
    Discharge = Discharge,
});

coded!(SignalStep, brygga_proto::local::v1::SignalAct {
    TenantServed = TenantServed,
    Paid = Paid,
    Withdrawn = Withdrawn,
    Evicted = Evicted,
    TakenOn = TakenOn,
    Undertaking = Undertaking,
    RentSecured = RentSecured,
    OnSite = OnSite,
    ActionPlan = ActionPlan,
    Occupant = Occupant,
    LandlordDone = LandlordDone,
    CaseWorkerDone = CaseWorkerDone,
    SupportDone = SupportDone,
    PlaceArranged = PlaceArranged,
    NoPlace = NoPlace,
    Letter = Letter,
    Call = Call,
    Visit = Visit,
    Plan = Plan,
    SubtenantsChecked = SubtenantsChecked,
    EvictionNotice = EvictionNotice,
    MarkIllHealth = MarkIllHealth,
    Superseded = Superseded,
});

coded!(StepReason, brygga_proto::local::v1::StepReason {
    Children = Children,
    NoTime = NoTime,
    NotReachedByLetter = NotReachedByLetter,
});

coded!(PriorityMark, brygga_proto::agreement::v1::PriorityMark {
    Children = Children,
    Under25 = Under25,
    Over65 = Over65,
    IllHealth = IllHealth,
});

coded!(SignalOutcome, brygga_proto::local::v1::SignalOutcome {
    Averted = Averted,
    Executed = Executed,
    Superseded = Superseded,
    Resolved = Resolved,
    Expired = Expired,
    Placed = Placed,
    NotPlaced = NotPlaced,
    Withdrawn = Withdrawn,
});

coded!(SignalAlarm, brygga_proto::local::v1::SignalAlarm {
    NoContact = NoContact,
    NotOnSite = NotOnSite,
    NotTakenOn = NotTakenOn,
    NoOutcome = NoOutcome,
    TimeToPayOver = TimeToPayOver,
});

coded!(AgeBand, brygga_proto::signal::v1::AgeBand {
    Under25 = Under25,
    From25To65 = From25To65,
    Over65 = Over65,
});

coded!(DisturbanceKind, brygga_proto::signal::v1::DisturbanceKind {
    Noise = Noise,
    ViolenceOrThreats = ViolenceOrThreats,
    Damage = Damage,
    Neglect = Neglect,
    Other = Other,
});

coded!(NeedCode, brygga_proto::signal::v1::NeedCode {
    Dwelling = Dwelling,
    EmergencyShelter = EmergencyShelter,
    HousingSupport = HousingSupport,
    RentDuringStay = RentDuringStay,
});
