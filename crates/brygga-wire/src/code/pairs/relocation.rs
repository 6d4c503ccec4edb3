//! The vocabularies of what follows once two municipalities know of a relocation.

use brygga_domain::relocation::{DueKind, HandoverItem, RefusalCode};

use super::{Coded, UnknownNumber};

coded!(RefusalCode, brygga_proto::relocation::v1::RefusalCode {
    NotSafeHere = NotSafeHere,
    NoPlace = NoPlace,
    NoRight = NoRight,
});

coded!(HandoverItem, brygga_proto::relocation::v1::HandoverItem {
    Meeting = Meeting,
    NeedsInventory = NeedsInventory,
    SafetyPlan = SafetyPlan,
    OngoingMeasures = OngoingMeasures,
    Children = Children,
    WarmHandoff = WarmHandoff,
});

coded!(DueKind, brygga_proto::local::v1::RelocationDueKind {
    Position = Position,
    Statutory = Statutory,
    Ivo = Ivo,
    Appeal = Appeal,
    Review = Review,
    OfferEnds = OfferEnds,
    Purge = Purge,
});
