//! The words of an agreement's parties and rules.

use brygga_proto::agreement::v1::{Action, Effect, PartyRole, SubjectArea};
use brygga_proto::registry::v1::Audience;

use super::{Word, differ};
use crate::cli::Language;

words!(Action {
    ReferralSend = "skicka remiss", "send a referral";
});

words!(Effect {
    Permit = "tillåter", "permits";
    Prohibit = "förbjuder", "prohibits";
});

words!(PartyRole {
    Participant = "part", "participant";
    Coordinator = "samordnare", "coordinator";
    Observer = "observatör", "observer";
});

words!(SubjectArea {
    Homelessness = "hemlöshet", "homelessness";
    Occupation = "sysselsättning", "occupation";
    HousingSupply = "bostadsförsörjning", "housing supply";
    EvictionPrevention = "vräkningsförebyggande arbete", "prevention of evictions";
    Relocation = "skyddad flytt", "protected relocation";
    BudgetAdvice = "budget- och skuldrådgivning", "budget and debt advice";
});

words!(Audience {
    Citizens = "allmänheten", "the public";
    Landlords = "hyresvärdar", "landlords";
    Organisations = "andra organisationer", "other organisations";
});
