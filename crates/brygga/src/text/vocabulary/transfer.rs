//! The words of responsibility and of the transfer of cases.

use brygga_proto::local::v1::{
    Certainty, Confinement, NeedRaised, PlacementForm, Protection, ResponsibilityBasis,
    ResponsibilityExtent, Ties, TransferDue, TransferStatus,
};
use brygga_proto::transfer::v1::{
    NeedDuration, OpenInquiry, PersonsWish, TransferDirection, TransferOutcome, TransferPerson,
    TransferPosition, WishOf,
};

use super::{Word, differ};
use crate::cli::Language;

words!(TransferStatus {
    Requested = "begärd, inte besvarad", "requested, not answered";
    Agreed = "överens", "agreed";
    Disagreed = "inte överens", "not agreed";
    NoReply = "inget svar inom en månad", "no reply within a month";
    IvoApplied = "ansökt hos IVO", "applied to IVO";
    IvoDecided = "IVO har beslutat", "IVO has decided";
    Appealed = "överklagat", "appealed";
    Final = "laga kraft", "final";
    HandedOver = "överlämnat", "handed over";
    Withdrawn = "återkallad", "withdrawn";
    NotTaken = "togs inte emot", "not taken";
});

words!(TransferDue {
    Position = "ställningstagande", "position";
    Reply = "svar (försenat)", "reply (late)";
    IvoDecision = "IVO:s beslut", "IVO's decision";
    Appeal = "tid för överklagande, sedan laga kraft", "time for appeals, then finality";
    HandOver = "överlämning", "hand-over";
});

words!(TransferDirection {
    HandOver = "lämna över", "hand over";
    TakeOver = "ta över", "take over";
});

words!(TransferPosition {
    Agree = "samtycker till överflyttning", "agrees";
    Disagree = "motsätter sig överflyttning", "disagrees";
});

words!(TransferOutcome {
    Moves = "ärendet flyttas", "the case moves";
    Stays = "ärendet ligger kvar", "the case stays";
});

words!(TransferPerson {
    Adult = "vuxen", "adult";
    ChildFrom15 = "barn som har fyllt 15 år", "child from 15";
    ChildUnder15 = "barn under 15 år", "child under 15";
});

words!(WishOf {
    Person = "den enskilde", "the person";
    Guardian = "vårdnadshavare", "guardian";
    ChildHeard = "barnet, hört", "the child, heard";
});

words!(PersonsWish {
    Move = "vill att ärendet flyttas", "wants it to move";
    Stay = "vill att ärendet ligger kvar", "wants it to stay";
    NoWish = "har ingen önskan", "has no wish";
    NotAsked = "har inte kunnat tillfrågas", "could not be asked";
});

words!(NeedDuration {
    Lasting = "varaktigt", "lasting";
    Limited = "tidsbegränsat", "for a time";
    Unclear = "går inte att bedöma", "cannot be told";
});

words!(OpenInquiry {
    None = "ingen", "none";
    Child = "barnavårdsutredning", "inquiry about a child";
    Misuse = "missbruksutredning", "inquiry about misuse";
});

words!(Protection {
    None = "inga skyddade personuppgifter", "not protected";
    Protected = "skyddade personuppgifter", "protected";
});

words!(Confinement {
    Prison = "kriminalvårdsanstalt", "prison";
    Hospital = "sjukhus, inte på en kommuns initiativ", "hospital, on no municipality's initiative";
    HospitalByMunicipality = "sjukhus på en kommuns initiativ", "hospital on a municipality's initiative";
});

words!(NeedRaised {
    BeforeTheEnd = "innan vistelsen upphörde", "before the stay ended";
    AfterTheEnd = "efter att vistelsen upphörde", "after the stay ended";
});

words!(PlacementForm {
    FamilyHome = "familjehem", "family home";
    SupportiveHousing = "stödboende", "supportive housing";
    ProtectedHousing = "skyddat boende", "protected housing";
    Hvb = "hem för vård eller boende", "HVB";
    SpecialHousing = "särskilt boende", "special housing";
    LssHome = "bostad enligt LSS", "LSS home";
    WhileUnclear = "annat boende medan bosättningen är oklar", "another dwelling while the home is unclear";
    Other = "annat boende", "another dwelling";
});

words!(Ties {
    LivesIn = "stadigvarande bosatt", "lives there";
    StrongestIn = "starkast anknytning", "strongest ties";
    NotInSweden = "inte bosatt i Sverige", "does not live in Sweden";
    Unclear = "oklart", "unclear";
});

words!(ResponsibilityBasis {
    Sol291 = "SoL 29:1, bosättningskommun", "SoL 29:1, home municipality";
    Sol292 = "SoL 29:2, placerande kommun", "SoL 29:2, placing municipality";
    Sol293 = "SoL 29:3, folkbokföringskommun", "SoL 29:3, registered municipality";
    Sol294 = "SoL 29:4, vistelsekommun", "SoL 29:4, municipality of the stay";
});

words!(Certainty {
    Clear = "klart", "clear";
    Unclear = "oklart", "unclear";
});

words!(ResponsibilityExtent {
    All = "allt stöd", "all support";
    Acute = "akuta behov", "acute needs";
});
