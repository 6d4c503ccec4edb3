//! The vocabularies of notices of evictions.

use brygga_domain::notice::{
    Children, ChildrenCount, EvictionGround, LandlordKind, LivingForm, NoticeAlarm, NoticeKind,
    NoticeTask, Occupants,
};

use super::{Coded, UnknownNumber};

coded!(NoticeKind, brygga_proto::notice::v1::NoticeKind {
    Application = Application,
    Scheduled = Scheduled,
    Withdrawn = Withdrawn,
    Respite = Respite,
    Lapsed = Lapsed,
    Executed = Executed,
    Removal = Removal,
});

coded!(NoticeTask, brygga_proto::local::v1::NoticeTask {
    FindOutAboutChildren = FindOutAboutChildren,
    ConsiderChildReport = ConsiderChildReport,
    SeekOutOthers = SeekOutOthers,
});

coded!(EvictionGround, brygga_proto::notice::v1::EvictionGround {
    Rent = Rent,
    Disturbance = Disturbance,
    Other = Other,
});

coded!(LandlordKind, brygga_proto::notice::v1::LandlordKind {
    Municipal = Municipal,
    Private = Private,
    Cooperative = Cooperative,
    SocialServices = SocialServices,
    Other = Other,
});

coded!(Children, brygga_proto::notice::v1::Children {
    Yes = Yes,
    No = No,
    Unknown = Unknown,
});

coded!(ChildrenCount, brygga_proto::notice::v1::ChildrenCount {
    One = One,
    Two = Two,
    ThreeOrMore = ThreeOrMore,
});

coded!(LivingForm, brygga_proto::notice::v1::LivingForm {
    Permanent = Permanent,
    Alternating = Alternating,
    Visiting = Visiting,
});

coded!(Occupants, brygga_proto::notice::v1::Occupants {
    Yes = Yes,
    No = No,
    Unknown = Unknown,
});

coded!(NoticeAlarm, brygga_proto::local::v1::NoticeAlarm {
    Warning = Warning,
    Escalated = Escalated,
    Breached = Breached,
    RespiteOver = RespiteOver,
    LapseDue = LapseDue,
});
