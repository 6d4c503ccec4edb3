//! The words for the codes of the contract.

use brygga_proto::agreement::v1::{AgreementKind, Priority};
use brygga_proto::consent::v1::ConsentForm;
use brygga_proto::local::v1::{
    AgreementState, DeliveryStatus, NegotiationState, RegisterDirection, RetentionOutlook,
};
use brygga_proto::referral::v1::{
    DeclineParty, NextStep, OutcomeResult, ReferralStatus, StatusReason,
};
use brygga_proto::types::v1::DataCategory;

use crate::cli::Language;

/// A code that has words in both languages.
pub(crate) trait Word: TryFrom<i32> + Copy {
    /// The word in a language.
    fn word(self, language: Language) -> &'static str;
}

/// Stands between the Swedish and the English words where a text must hold both.
pub(crate) const BETWEEN_LANGUAGES: &str = " / ";

/// The word for a number in a message; the number where this version does not know it.
pub(crate) fn word<T: Word>(number: i32, language: Language) -> String {
    T::try_from(number).map_or_else(|_| number.to_string(), |v| v.word(language).to_owned())
}

macro_rules! words {
    ($name:ident { $($variant:ident = $swedish:literal, $english:literal;)* }) => {
        // A word that is forgotten, or left in the other language, does not compile.
        $(const _: () = assert!(differ($swedish, $english));)*

        impl Word for $name {
            fn word(self, language: Language) -> &'static str {
                match (self, language) {
                    (Self::Unspecified, _) => "–",
                    $(
                        (Self::$variant, Language::Sv) => $swedish,
                        (Self::$variant, Language::En) => $english,
                    )*
                }
            }
        }
    };
}

/// Whether two texts differ and neither is empty, asked while compiling.
const fn differ(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.is_empty() || other.is_empty() || one.len() != other.len() {
        return !one.is_empty() && !other.is_empty();
    }
    let mut index = 0;
    while index < one.len() && one[index] == other[index] {
        index += 1;
    }
    index < one.len()
}

mod access;
mod aggregate;
mod agreement;
mod capacity;
mod capacity_search;
mod law;
mod notice;
mod offer;
mod referral;
pub(crate) mod relocation;
mod signal;
mod transfer;

words!(ReferralStatus {
    Requested = "begärd", "requested";
    Accepted = "accepterad", "accepted";
    InProgress = "pågår", "in progress";
    CancellationRequested = "återkallelse begärd", "cancellation requested";
    Rejected = "avböjd", "declined";
    Cancelled = "återkallad", "cancelled";
    Expired = "utgången", "expired";
    Completed = "avslutad", "completed";
    OnHold = "vilande", "on hold";
    Failed = "gick inte att genomföra", "failed";
    EnteredInError = "felregistrerad", "entered in error";
});

words!(DeliveryStatus {
    Queued = "i kö", "queued";
    Delivered = "levererad", "delivered";
    Refused = "nekad av mottagarens nod", "refused by the recipient's node";
    Undeliverable = "kunde inte levereras", "undeliverable";
});

words!(RetentionOutlook {
    Purge = "gallras vid nästa körning", "goes in the next round";
    PurgeUnlessBirth = "gallras eller bevaras efter födelsedag", "goes or stays by the day of birth";
    KeepUntil = "gallras tidigast", "stays until";
    KeepForever = "bevaras", "stays for ever";
    HandOver = "lämnas över till nämnden", "to be handed over to the board";
    OwnDecision = "eget beslut krävs", "own decision needed";
});

words!(RegisterDirection {
    In = "inkommen", "received";
    Out = "upprättad", "sent";
});

words!(Priority {
    Routine = "normal", "routine";
    Urgent = "akut", "urgent";
});

words!(DeclineParty {
    Provider = "mottagaren", "the provider";
    Client = "personen", "the person";
    System = "en regel i noden", "a rule in the node";
});

words!(StatusReason {
    NoCapacity = "ingen plats", "no capacity";
    WaitlistOnly = "endast kö", "waiting list only";
    NotEligible = "utanför målgruppen", "not in the target group";
    OutOfArea = "fel område", "out of area";
    LocationUnsafeForClient = "platsen är inte trygg för personen", "the place is not safe for the person";
    ClientDeclined = "personen tackade nej", "the person declined";
    CouldNotContact = "personen kunde inte nås", "the person could not be reached";
    NoLongerNeeded = "behövs inte längre", "no longer needed";
    NoShow = "personen kom inte", "the person did not come";
    ServiceClosed = "verksamheten är stängd", "the service is closed";
    MissingInformation = "uppgifter saknas", "information is missing";
    UnmetSupportNeed = "stödet som behövs finns inte", "the support needed is not there";
    ConsentWithdrawn = "samtycket återkallat", "consent withdrawn";
    AgreementTerminated = "avtalet uppsagt", "agreement terminated";
    ResponseTimeExceeded = "svarstiden gick ut", "response time exceeded";
    Duplicate = "finns redan", "duplicate";
    EnteredInError = "felregistrerad", "entered in error";
    Other = "annat", "other";
    NoRightToHousing = "ingen rätt till bostad enligt lag", "no right to a dwelling by law";
});

words!(NextStep {
    TemporaryBed = "tillfällig sängplats", "temporary bed";
    OtherRecipient = "förmedlad till annan, med samtycke", "passed on to another, with consent";
    AdviceMeeting = "rådgivande möte", "meeting with advice";
    Resubmit = "komplettera och skicka på nytt", "complete and send anew";
    Waitlisted = "står i kö", "stands in a queue";
    JointReview = "gemensam genomgång", "joint review";
});

words!(OutcomeResult {
    Housed = "fick det som begärdes", "housed";
    TemporaryPlace = "tillfällig plats", "temporary place";
    SupportGiven = "fick stöd", "support given";
    MovedOn = "gick vidare på egen hand", "moved on";
    Returned = "återvände", "returned";
    Unknown = "okänt", "unknown";
});

words!(NegotiationState {
    Requested = "motförslag", "counter-proposal";
    Offered = "föreslaget", "proposed";
    Accepted = "några har undertecknat", "some have signed";
    Agreed = "alla har undertecknat", "all have signed";
    Verified = "alla har undertecknat, bekräftat av er", "all have signed, confirmed by you";
    Finalized = "alla har bekräftat allas underskrifter", "all have confirmed everybody's signatures";
    Terminated = "avböjt", "declined";
});

words!(AgreementState {
    Proposed = "väntar på underskrifter", "waiting for signatures";
    Signed = "undertecknat, ännu inte i kraft", "signed, not yet in force";
    Active = "i kraft", "in force";
    Expired = "upphört", "expired";
    Terminated = "uppsagt", "terminated";
    Suspended = "pausat", "suspended";
    Superseded = "ersatt av en nyare version", "superseded by a newer version";
});

words!(AgreementKind {
    RegionalCooperation = "samarbetsavtal mellan kommuner", "cooperation between municipalities";
    Iop = "idéburet offentligt partnerskap", "public–civil society partnership";
    LandlordQuota = "samarbetsavtal med fastighetsägare", "agreement with landlords";
    OwnerDirective = "ägardirektiv", "owner directive";
    LandDevelopment = "exploateringsavtal", "land development agreement";
    HousingFirstPartnership = "Bostad först-partnerskap", "Housing First partnership";
    TripartitePlan = "boplan, trepartsavtal", "tripartite plan";
    ExchangeNetwork = "nätverk för bostadsbyte", "relocation network";
    FrameworkOfAssociation = "överenskommelse, ramverk", "framework of an association";
    KfmCooperation = "samverkan med Kronofogden", "cooperation with Kronofogden";
    RegionAgreement = "överenskommelse kommun–region", "agreement with the region";
    OneOff = "enskilt ärende utan avtal", "single case";
});

words!(ConsentForm {
    Written = "skriftligt", "written";
    OralNoted = "muntligt, antecknat", "oral, noted";
    Interpreter = "genom tolk", "through an interpreter";
});

words!(DataCategory {
    Identity = "identitet", "identity";
    Contact = "kontaktuppgifter", "contact";
    Household = "hushåll", "household";
    HousingSituation = "boendesituation", "housing situation";
    HousingNeed = "bostadsbehov", "housing need";
    SupportNeed = "stödbehov", "support need";
    FreeText = "fritext", "free text";
    ThirdPerson = "uppgifter om någon annan", "data about somebody else";
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_number_is_shown_and_not_hidden() {
        assert_eq!(word::<ReferralStatus>(2, Language::Sv), "accepterad");
        assert_eq!(word::<ReferralStatus>(77, Language::Sv), "77");
    }
}
