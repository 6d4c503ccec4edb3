//! The words of capacity: what is counted, for whom and when, how it stands, and how a hold and a call stand.

use brygga_proto::capacity::v1::{
    AbsentReason, AcquisitionRoute, CapacityStatus, HoldAct, HoldEnd, Period, PlaceFor, PlaceKind,
    Visibility,
};
use brygga_proto::local::v1::{CallState, HoldState};

use super::{Word, differ};
use crate::cli::Language;

words!(PlaceKind {
    Bed = "säng", "bed";
    Room = "rum", "room";
    Dwelling = "bostad", "dwelling";
    Place = "plats", "place";
    Time = "tid", "time";
});

words!(PlaceFor {
    Anybody = "alla", "anybody";
    Men = "män", "men";
    Women = "kvinnor", "women";
    Couples = "par", "couples";
    Families = "vuxna med barn", "adults with children";
    Young = "unga utan vuxen", "young people without an adult";
});

words!(Period {
    RoundTheClock = "dygnet runt", "around the clock";
    Day = "dag", "by day";
    Night = "natt", "by night";
});

words!(CapacityStatus {
    Capacity = "lediga platser", "places left";
    NoCapacity = "fullt", "full";
    Waitlist = "kö", "waiting list";
    AssessmentRequired = "bedöms först", "assessed first";
    Unknown = "okänt", "unknown";
});

words!(AbsentReason {
    NotCounted = "ej räknat", "not counted";
    Masked = "visas inte", "not told";
    Outdated = "för gammalt", "too old";
    NotApplicable = "räknar inte platser", "does not count places";
});

words!(AcquisitionRoute {
    Agreement = "stående avtal med ägaren", "standing agreement with the owner";
    LandDevelopment = "markanvisning eller exploateringsavtal", "agreement about land";
    OwnCompany = "eget bolag eller ägardirektiv", "own company or its owner's directive";
    WithoutAgreement = "utan stående avtal", "without a standing agreement";
});

words!(Visibility {
    Public = "alla", "everybody";
    Agreement = "dem som avtalet anger", "whom the agreement names";
    NamedRole = "dem hos avtalsparterna som beslutar om placeringar", "at whom the agreement names, those who decide about placements";
});

words!(CallState {
    Open = "öppen", "open";
    Answered = "besvarad, väntar på besked", "answered, awaits the result";
    Refused = "svaret nekades", "the answer was refused";
    Won = "ni var först", "you were first";
    Taken = "någon var först", "somebody was first";
    CalledOff = "avbruten av den som frågade", "called off";
    Lapsed = "ingen svarade i tid", "nobody answered in time";
});

words!(HoldState {
    Requested = "begärd, inte besvarad", "asked for, not answered";
    Held = "hållen", "held";
    Confirmed = "belagd", "confirmed";
    Refused = "nekad", "refused";
    Cancelled = "återlämnad", "given back";
    Expired = "för sent, tiden är ute", "too late, its time is past";
    Departed = "lämnad, platsen är ledig igen", "left, the place is free again";
    TakenBack = "återtagen av den som har platsen", "taken back by whoever has the place";
    Waiting = "i kö för återinflyttning", "in the queue to come back";
});

words!(HoldAct {
    Extend = "förlängning", "extension";
    Confirm = "bekräftelse", "confirmation";
    Cancel = "återlämning", "giving back";
});

words!(HoldEnd {
    Departed = "har lämnat", "has left";
    TakenBack = "återtagen", "taken back";
});
