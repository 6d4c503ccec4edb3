//! The words of an agreement's parties and rules.

use brygga_proto::agreement::v1::{
    Action, Effect, PartyRole, Population, QuotaPeriod, SubjectArea, SuspensionReason,
};
use brygga_proto::local::v1::{PolicyOperand, RuleFlaw};
use brygga_proto::registry::v1::Audience;

use super::{Word, differ};
use crate::cli::Language;

words!(Action {
    ReferralSend = "skicka remiss", "send a referral";
    CapacityPublish = "publicera platser", "publish capacity";
    AggregateRead = "läsa sammanställningar", "read aggregates";
    CaseTransfer = "flytta ärende", "move a case";
    NoticeSend = "avisera vräkning", "send a notice of an eviction";
    SignalSend = "underrätta om ett hem", "send a signal about a home";
});

words!(Effect {
    Permit = "tillåter", "permits";
    Prohibit = "förbjuder", "prohibits";
});

words!(Population {
    Adult = "vuxna", "adults";
    Child = "barn", "children";
});

words!(QuotaPeriod {
    Agreement = "så länge avtalet gäller", "as long as the agreement lasts";
    Year = "per år", "a year";
    Month = "per månad", "a month";
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

words!(SuspensionReason {
    UnderReview = "avtalet ses över", "it is under review";
    Incident = "uppgifter kan ha kommit i orätta händer", "data may have come into the wrong hands";
    Capacity = "parten kan inte ta emot mer just nu", "the party cannot take more for now";
    Legal = "ett tillstånd eller beslut saknas", "a permit or a decision is missing";
});

words!(PolicyOperand {
    Sender = "avsändaren", "the sender";
    Recipient = "mottagaren", "the recipient";
    Subject = "ämnet", "the subject";
    ServiceType = "det som begärs", "what is asked for";
    DisclosureGround = "sekretessgrunden", "the disclosure ground";
    DataCategory = "uppgifterna", "the kinds of data";
    Population = "vem det gäller", "whom it is about";
    SenderUnit = "avsändarens funktion", "the function that sends";
    RecipientUnit = "mottagarens funktion", "the function that is to receive";
    Time = "tiden", "the time";
});

words!(RuleFlaw {
    Nobody = "gäller ingen: samma part skulle både skicka och ta emot", "is about nobody: the same party would both send and receive";
    NoLawfulGround = "ingen lag låter avsändaren lämna ut till mottagaren på någon av grunderna", "no law lets the sender disclose to the recipient on any of the grounds";
    Contradicted = "tillåter bara det som förbjuds av", "permits only what is prohibited by";
    Shadowed = "säger inget som inte redan sägs av", "says nothing that is not said already by";
    Unreachable = "förbjuder bara det som ingen regel tillåter", "prohibits only what no rule permits";
    ZeroQuota = "har en kvot som inte rymmer något", "has a quota that carries nothing";
});

words!(Audience {
    Citizens = "allmänheten", "the public";
    Landlords = "hyresvärdar", "landlords";
    Organisations = "andra organisationer", "other organisations";
    Protected = "skyddad post", "protected post";
});
