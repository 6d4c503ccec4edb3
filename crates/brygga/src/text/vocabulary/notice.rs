//! The words of notices of evictions.

use brygga_proto::local::v1::{NoticeAlarm, NoticeTask};
use brygga_proto::notice::v1::{
    Children, ChildrenCount, EvictionGround, LandlordKind, LivingForm, NoticeKind, Occupants,
};

use super::{Word, differ};
use crate::cli::Language;

words!(NoticeKind {
    Application = "ansökan om avhysning", "somebody has applied for an eviction";
    Scheduled = "avhysningen har en tid", "the eviction has a time";
    Withdrawn = "ansökan är återkallad", "the application is taken back";
    Respite = "anstånd", "the eviction is deferred";
    Lapsed = "förfallet efter sex månader", "lapsed after six months";
    Executed = "avhysningen är genomförd", "the eviction has been carried out";
    Removal = "avlägsnande", "removal of somebody without a title";
});

words!(NoticeAlarm {
    Warning = "inte bekräftat kl. 14", "not confirmed at 14:00";
    Escalated = "inte bekräftat kl. 16", "not confirmed at 16:00";
    Breached = "inte bekräftat samma dag", "not confirmed on the same day";
    RespiteOver = "anståndet är slut, inget nytt besked", "the respite is over, nothing more is told";
    LapseDue = "sex månader utan besked: ansökan har förfallit", "six months without a word: the application has lapsed";
});

words!(NoticeTask {
    FindOutAboutChildren = "ta reda på om barn bor där; fråga aldrig Kronofogden vad de heter", "find out whether children live there; never ask Kronofogden for their names";
    ConsiderChildReport = "överväg om det ska tas upp som en orosanmälan (SoL 19:1)", "consider whether it is to be taken up as a report of concern (SoL 19:1)";
    SeekOutOthers = "sök upp andra som bor där (UB 16:8)", "seek out others who live there (UB 16:8)";
});

words!(EvictionGround {
    Rent = "obetald hyra", "unpaid rent";
    Disturbance = "störningar", "disturbances";
    Other = "annat", "something else";
});

words!(LandlordKind {
    Municipal = "kommunalt bostadsbolag", "a company of the municipality";
    Private = "privat hyresvärd", "a private landlord";
    Cooperative = "bostadsrättsförening", "a tenant-owners' association";
    SocialServices = "kommunen, till exempel socialt kontrakt", "the municipality, as with a social contract";
    Other = "annan", "somebody else";
});

words!(Children {
    Yes = "ja", "yes";
    No = "nej", "no";
    Unknown = "okänt: ta reda på det", "not known: find out";
});

words!(ChildrenCount {
    One = "ett", "one";
    Two = "två", "two";
    ThreeOrMore = "tre eller fler", "three or more";
});

words!(LivingForm {
    Permanent = "stadigvarande", "always";
    Alternating = "växelvis", "alternating";
    Visiting = "umgänge", "visits";
});

words!(Occupants {
    Yes = "ja", "yes";
    No = "nej", "no";
    Unknown = "okänt", "not known";
});
