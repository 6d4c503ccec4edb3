//! The words of what surrounds a referral: its ends, its content, its review.

use brygga_proto::local::v1::{ContentWarning, ReviewState, Side};
use brygga_proto::referral::v1::{
    AdviceMeans, BusinessStatus, CauseLevel, ChildAgeBand, ContactPolicy, ReviewGround,
    ReviewResult,
};

use super::{Word, differ};
use crate::cli::Language;

words!(Side {
    Source = "skickad härifrån", "sent from here";
    Target = "mottagen här", "received here";
});

words!(BusinessStatus {
    Scheduled = "tid är bokad", "a time is set";
    NoShow = "personen kom inte", "the person did not come";
    Waitlisted = "står i kö", "stands in a queue";
    AwaitingClient = "väntar på personen", "awaits the person";
    AwaitingSource = "väntar på avsändaren", "awaits the sender";
});

words!(AdviceMeans {
    Telephone = "telefon", "telephone";
    Web = "webbsida", "page";
});

words!(CauseLevel {
    Individual = "hos personen", "with the person";
    Structural = "på bostadsmarknaden", "with the market for dwellings";
    Both = "både hos personen och på bostadsmarknaden", "both with the person and with the market";
});

words!(ChildAgeBand {
    ChildAgeBand05 = "0–5 år", "0–5 years";
    ChildAgeBand612 = "6–12 år", "6–12 years";
    ChildAgeBand1317 = "13–17 år", "13–17 years";
});

words!(ContactPolicy {
    ContactOk = "får kontaktas direkt", "may be contacted directly";
    ContactingSubjectProhibited = "får inte kontaktas", "may not be contacted";
    ViaRequester = "kontaktas genom avsändaren", "contacted through the sender";
});

words!(ReviewGround {
    Misunderstood = "begäran missförstods", "the request was misunderstood";
    ChangedCircumstances = "något har ändrats sedan dess", "something has changed since";
    Agreement = "avtalet säger något annat", "the agreement says otherwise";
    Danger = "personen är i fara", "the person is in danger";
});

words!(ReviewResult {
    Upheld = "avböjandet står fast", "the decline stands";
    Overturned = "avböjandet var fel; en ny begäran tas emot", "the decline was wrong; a new request will be accepted";
});

words!(ReviewState {
    Requested = "omprövning begärd", "a review was asked for";
    Upheld = "avböjandet står fast", "the decline stands";
    Overturned = "avböjandet var fel", "the decline was wrong";
});

words!(ContentWarning {
    ThirdPersonInNote = "anteckningen verkar handla om någon annan, som samtycket inte omfattar", "the note seems to tell of somebody else, whom the consent does not cover";
});
