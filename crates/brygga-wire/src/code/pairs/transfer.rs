//! The vocabularies of responsibility and of the transfer of cases.

use brygga_domain::responsibility::{Basis, Certainty, Confinement, Extent, PlacementForm, Raised};
use brygga_domain::transfer::{
    Due, NeedDuration, OpenInquiry, Outcome, Person, PersonsWish, Position, TransferDirection,
    TransferStatus, WishOf,
};

use super::{Coded, UnknownNumber};

coded!(TransferDirection, brygga_proto::transfer::v1::TransferDirection {
    HandOver = HandOver,
    TakeOver = TakeOver,
});

coded!(Position, brygga_proto::transfer::v1::TransferPosition {
    Agree = Agree,
    Disagree = Disagree,
});

coded!(Outcome, brygga_proto::transfer::v1::TransferOutcome {
    Moves = Moves,
    Stays = Stays,
});

coded!(Person, brygga_proto::transfer::v1::TransferPerson {
    Adult = Adult,
    ChildFrom15 = ChildFrom15,
    ChildUnder15 = ChildUnder15,
});

coded!(WishOf, brygga_proto::transfer::v1::WishOf {
    Person = Person,
    Guardian = Guardian,
    ChildHeard = ChildHeard,
});

coded!(PersonsWish, brygga_proto::transfer::v1::PersonsWish {
    Move = Move,
    Stay = Stay,
    NoWish = NoWish,
    NotAsked = NotAsked,
});

coded!(NeedDuration, brygga_proto::transfer::v1::NeedDuration {
    Lasting = Lasting,
    Limited = Limited,
    Unclear = Unclear,
});

coded!(OpenInquiry, brygga_proto::transfer::v1::OpenInquiry {
    None = None,
    Child = Child,
    Misuse = Misuse,
});

coded!(TransferStatus, brygga_proto::local::v1::TransferStatus {
    Requested = Requested,
    Agreed = Agreed,
    Disagreed = Disagreed,
    NoReply = NoReply,
    IvoApplied = IvoApplied,
    IvoDecided = IvoDecided,
    Appealed = Appealed,
    Final = Final,
    HandedOver = HandedOver,
    Withdrawn = Withdrawn,
    NotTaken = NotTaken,
});

coded!(Due, brygga_proto::local::v1::TransferDue {
    Position = Position,
    Reply = Reply,
    IvoDecision = IvoDecision,
    Appeal = Appeal,
    HandOver = HandOver,
});

coded!(Confinement, brygga_proto::local::v1::Confinement {
    Prison = Prison,
    Hospital = Hospital,
    HospitalByMunicipality = HospitalByMunicipality,
});

coded!(Raised, brygga_proto::local::v1::NeedRaised {
    BeforeTheEnd = BeforeTheEnd,
    AfterTheEnd = AfterTheEnd,
});

coded!(PlacementForm, brygga_proto::local::v1::PlacementForm {
    FamilyHome = FamilyHome,
    SupportiveHousing = SupportiveHousing,
    ProtectedHousing = ProtectedHousing,
    Hvb = Hvb,
    SpecialHousing = SpecialHousing,
    LssHome = LssHome,
    WhileUnclear = WhileUnclear,
    Other = Other,
});

coded!(Basis, brygga_proto::local::v1::ResponsibilityBasis {
    Sol29_1 = Sol291,
    Sol29_2 = Sol292,
    Sol29_3 = Sol293,
    Sol29_4 = Sol294,
});

coded!(Certainty, brygga_proto::local::v1::Certainty {
    Clear = Clear,
    Unclear = Unclear,
});

coded!(Extent, brygga_proto::local::v1::ResponsibilityExtent {
    All = All,
    Acute = Acute,
});
