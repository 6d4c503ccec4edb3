//! The words of signals about somebody's home.

use brygga_proto::agreement::v1::PriorityMark;
use brygga_proto::local::v1::{SignalAct, SignalAlarm, SignalOutcome, StepReason};
use brygga_proto::signal::v1::{AgeBand, DisturbanceKind, NeedCode, SignalSubject};

use super::{Word, differ};
use crate::cli::Language;

words!(SignalSubject {
    RentNotice = "obetald hyra, uppsägning (JB 12:44)", "unpaid rent, termination (JB 12:44)";
    Arrears = "försenad hyra", "late rent";
    Disturbance = "störningar", "disturbances";
    VisitRound = "gemensam besöksrunda", "joint round of visits";
    Release = "frigivning", "release from prison";
    Discharge = "utskrivning från vård", "discharge from care";
});

words!(SignalAct {
    TenantServed = "hyresgästen är delgiven", "the tenant is served";
    Paid = "hyran är betald", "the rent is paid";
    Withdrawn = "återkallad", "taken back";
    Evicted = "hyresgästen är avhyst", "the tenant is evicted";
    TakenOn = "handläggs", "somebody works with it";
    Undertaking = "åtagande att betala", "undertaking to pay";
    RentSecured = "hyran är säkrad", "the rent is secured";
    OnSite = "någon har varit på plats", "somebody has been there";
    ActionPlan = "det finns en åtgärdsplan", "there is a plan of action";
    Occupant = "svar om vem som bor där", "answer about who lives there";
    LandlordDone = "hyresvärden är klar", "the landlord is done";
    CaseWorkerDone = "handläggaren är klar", "the case worker is done";
    SupportDone = "boendestödet är klart", "the support team is done";
    PlaceArranged = "ett boende är ordnat", "a place is arranged";
    NoPlace = "inget boende i tid", "no place in time";
    Letter = "brev", "letter";
    Call = "telefonsamtal", "telephone call";
    Visit = "besök", "visit";
    Plan = "avbetalningsplan", "plan of instalments";
    SubtenantsChecked = "andrahandshyresgäster eftersökta", "subtenants looked for";
    EvictionNotice = "besked från Kronofogden", "notice from Kronofogden";
    MarkIllHealth = "misstänkt psykisk ohälsa", "suspected mental ill-health";
    Superseded = "ersatt av en ny underrättelse", "replaced by a later notice";
});

words!(SignalAlarm {
    NoContact = "ingen har sökt kontakt", "nobody has tried to reach the tenant";
    NotOnSite = "ingen har varit på plats", "nobody has been there";
    NotTakenOn = "ingen handlägger", "nobody has taken it on";
    NoOutcome = "inget besked om boende", "nothing is said of a place";
    TimeToPayOver = "tiden att betala är ute", "the time to pay is over";
});

words!(SignalOutcome {
    Averted = "vräkning avvärjd", "eviction averted";
    Executed = "avhyst", "evicted";
    Superseded = "ersatt", "replaced";
    Resolved = "utredd av alla tre", "dealt with by all three";
    Expired = "rundan är över", "the round is over";
    Placed = "boende ordnat", "a place arranged";
    NotPlaced = "inget boende", "no place";
    Withdrawn = "återkallad", "taken back";
});

words!(StepReason {
    Children = "barn bor där", "children live there";
    NoTime = "ingen tid för brev", "no time for a letter";
    NotReachedByLetter = "nås inte med brev", "not reached by letter";
});

words!(PriorityMark {
    Children = "barn", "children";
    Under25 = "under 25 år", "under 25";
    Over65 = "över 65 år", "over 65";
    IllHealth = "misstänkt psykisk ohälsa", "suspected mental ill-health";
});

words!(AgeBand {
    Under25 = "under 25 år", "under 25";
    From25To65 = "25–65 år", "25 to 65";
    Over65 = "över 65 år", "over 65";
});

words!(DisturbanceKind {
    Noise = "oljud", "noise";
    ViolenceOrThreats = "våld eller hot", "violence or threats";
    Damage = "skadegörelse", "damage";
    Neglect = "vanvård", "neglect";
    Other = "annat", "something else";
});

words!(NeedCode {
    Dwelling = "bostad", "a dwelling";
    EmergencyShelter = "tillfällig natt", "a place for the first nights";
    HousingSupport = "boendestöd", "support at home";
    RentDuringStay = "hyran under vistelsen", "the rent while away";
});
