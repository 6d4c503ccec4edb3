//! Every closed vocabulary, value by value.

use brygga_domain::access::{BreakGlassReason, ReviewFinding, Sampled};
use brygga_domain::aggregate::AggregateOutcome;
use brygga_domain::agreement::{
    Action, AgreementKind, Effect, PartyRole, Population, Priority, QuotaPeriod, SubjectArea,
    SuspensionReason,
};
use brygga_domain::capacity::{
    AbsentReason, AcquisitionRoute, CallEnd, CapacityStatus, Gender, HoldAct, HoldEnd, Nearness,
    Period, PlaceFor, PlaceKind, Sobriety, Visibility, Warning, WhyNot,
};
use brygga_domain::consent::{ConsentEventType, ConsentForm, ConsentingParty, SubjectAge};
use brygga_domain::offer::OfferEnd;
use brygga_domain::referral::{
    AdviceMeans, BusinessStatus, ContactPolicy, DeclineParty, NextStep, OutcomeResult,
    ReviewGround, ReviewResult, StatusReason,
};
use brygga_domain::relocation::{
    AgeBand, Earliest, EndKind, HousingKind, ProtectionLevel, Route, SecrecyBasis, SupportLevel,
};
use brygga_domain::stop::StopReason;
use brygga_domain::{DataCategory, DisclosureGround, GdprBasis, ThirdPersonRelation};

use crate::content::{CauseLevel, ChildAgeBand};

use super::{Coded, UnknownNumber};

macro_rules! coded {
    ($domain:ident, $proto:path { $($inside:ident = $outside:ident,)* }) => {
        impl Coded for $domain {
            fn number(self) -> i32 {
                use $proto as Proto;
                let value = match self { $(Self::$inside => Proto::$outside,)* };
                value.into()
            }

            fn from_number(number: i32) -> Result<Option<Self>, UnknownNumber> {
                use $proto as Proto;
                Ok(match Proto::try_from(number).map_err(|_| UnknownNumber)? {
                    Proto::Unspecified => None,
                    $(Proto::$outside => Some(Self::$inside),)*
                })
            }
        }
    };
}

mod notice;
mod relocation;
mod signal;
mod transfer;

coded!(DisclosureGround, brygga_proto::types::v1::DisclosureGround {
    Consent12_2 = Consent122,
    NoHarmClear26_1 = NoHarmClear261,
    NecessaryOwnTask10_2 = NecessaryOwnTask102,
    Care26_9 = Care269,
    StatutoryDuty10_28 = StatutoryDuty1028,
    ProtectedAddress26_14d = ProtectedAddress2614d,
    TechnicalProcessing10_2a = TechnicalProcessing102a,
    OwnRequest12_1 = OwnRequest121,
    Private17_11Consent = Private1711Consent,
    Private15_9ToBoard = Private159ToBoard,
    ChildReport19_1 = ChildReport191,
    Kvv35_15 = Kvv3515,
    Kfm34_1 = Kfm341,
    LandlordDuty = LandlordDuty,
});

coded!(GdprBasis, brygga_proto::types::v1::GdprBasis {
    PublicTask = PublicTask61E,
    LegalObligation = LegalObligation61C,
    ExplicitConsent = ExplicitConsent92A,
});

coded!(DataCategory, brygga_proto::types::v1::DataCategory {
    Identity = Identity,
    Contact = Contact,
    Household = Household,
    HousingSituation = HousingSituation,
    HousingNeed = HousingNeed,
    SupportNeed = SupportNeed,
    FreeText = FreeText,
    ThirdPerson = ThirdPerson,
});

coded!(ThirdPersonRelation, brygga_proto::types::v1::ThirdPersonRelation {
    Partner = Partner,
    Child = Child,
    Guardian = Guardian,
    Other = Other,
});

coded!(AgreementKind, brygga_proto::agreement::v1::AgreementKind {
    RegionalCooperation = RegionalCooperation,
    Iop = Iop,
    LandlordQuota = LandlordQuota,
    OwnerDirective = OwnerDirective,
    LandDevelopment = LandDevelopment,
    HousingFirstPartnership = HousingFirstPartnership,
    TripartitePlan = TripartitePlan,
    ExchangeNetwork = ExchangeNetwork,
    FrameworkOfAssociation = FrameworkOfAssociation,
    KfmCooperation = KfmCooperation,
    RegionAgreement = RegionAgreement,
    OneOff = OneOff,
});

coded!(PartyRole, brygga_proto::agreement::v1::PartyRole {
    Participant = Participant,
    Coordinator = Coordinator,
    Observer = Observer,
});

coded!(SubjectArea, brygga_proto::agreement::v1::SubjectArea {
    Homelessness = Homelessness,
    Occupation = Occupation,
    HousingSupply = HousingSupply,
    EvictionPrevention = EvictionPrevention,
    Relocation = Relocation,
    BudgetAdvice = BudgetAdvice,
});

coded!(Population, brygga_proto::agreement::v1::Population {
    Adult = Adult,
    Child = Child,
});

coded!(AggregateOutcome, brygga_proto::aggregate::v1::AggregateOutcome {
    Unanswered = Unanswered,
    Accepted = Accepted,
    Declined = Declined,
    Completed = Completed,
    Failed = Failed,
    Withdrawn = Withdrawn,
    Expired = Expired,
});

coded!(SuspensionReason, brygga_proto::agreement::v1::SuspensionReason {
    UnderReview = UnderReview,
    Incident = Incident,
    Capacity = Capacity,
    Legal = Legal,
});

coded!(QuotaPeriod, brygga_proto::agreement::v1::QuotaPeriod {
    Agreement = Agreement,
    Year = Year,
    Month = Month,
});

coded!(Effect, brygga_proto::agreement::v1::Effect {
    Permit = Permit,
    Prohibit = Prohibit,
});

coded!(Action, brygga_proto::agreement::v1::Action {
    ReferralSend = ReferralSend,
    CapacityPublish = CapacityPublish,
    AggregateRead = AggregateRead,
    CaseTransfer = CaseTransfer,
    NoticeSend = NoticeSend,
    SignalSend = SignalSend,
});

coded!(Priority, brygga_proto::agreement::v1::Priority {
    Routine = Routine,
    Urgent = Urgent,
});

coded!(ContactPolicy, brygga_proto::referral::v1::ContactPolicy {
    ContactOk = ContactOk,
    ContactingSubjectProhibited = ContactingSubjectProhibited,
    ViaRequester = ViaRequester,
});

coded!(DeclineParty, brygga_proto::referral::v1::DeclineParty {
    Provider = Provider,
    Client = Client,
    System = System,
});

coded!(StatusReason, brygga_proto::referral::v1::StatusReason {
    NoCapacity = NoCapacity,
    WaitlistOnly = WaitlistOnly,
    NotEligible = NotEligible,
    OutOfArea = OutOfArea,
    LocationUnsafeForClient = LocationUnsafeForClient,
    ClientDeclined = ClientDeclined,
    CouldNotContact = CouldNotContact,
    NoLongerNeeded = NoLongerNeeded,
    NoShow = NoShow,
    ServiceClosed = ServiceClosed,
    MissingInformation = MissingInformation,
    UnmetSupportNeed = UnmetSupportNeed,
    ConsentWithdrawn = ConsentWithdrawn,
    AgreementTerminated = AgreementTerminated,
    ResponseTimeExceeded = ResponseTimeExceeded,
    Duplicate = Duplicate,
    EnteredInError = EnteredInError,
    Other = Other,
    NoRightToHousing = NoRightToHousing,
});

coded!(AdviceMeans, brygga_proto::referral::v1::AdviceMeans {
    Telephone = Telephone,
    Web = Web,
});

coded!(CauseLevel, brygga_proto::referral::v1::CauseLevel {
    Individual = Individual,
    Structural = Structural,
    Both = Both,
});

coded!(NextStep, brygga_proto::referral::v1::NextStep {
    TemporaryBed = TemporaryBed,
    OtherRecipient = OtherRecipient,
    AdviceMeeting = AdviceMeeting,
    Resubmit = Resubmit,
    Waitlisted = Waitlisted,
    JointReview = JointReview,
});

coded!(OutcomeResult, brygga_proto::referral::v1::OutcomeResult {
    Housed = Housed,
    TemporaryPlace = TemporaryPlace,
    SupportGiven = SupportGiven,
    MovedOn = MovedOn,
    Returned = Returned,
    Unknown = Unknown,
});

coded!(BusinessStatus, brygga_proto::referral::v1::BusinessStatus {
    Scheduled = Scheduled,
    NoShow = NoShow,
    Waitlisted = Waitlisted,
    AwaitingClient = AwaitingClient,
    AwaitingSource = AwaitingSource,
});

coded!(ReviewGround, brygga_proto::referral::v1::ReviewGround {
    Misunderstood = Misunderstood,
    ChangedCircumstances = ChangedCircumstances,
    Agreement = Agreement,
    Danger = Danger,
});

coded!(ReviewResult, brygga_proto::referral::v1::ReviewResult {
    Upheld = Upheld,
    Overturned = Overturned,
});

coded!(StopReason, brygga_proto::consent::v1::StopReason {
    ConsentWithdrawn = ConsentWithdrawn,
    ConsentNarrowed = ConsentNarrowed,
    EnteredInError = EnteredInError,
});

coded!(SubjectAge, brygga_proto::consent::v1::SubjectAge {
    Adult = Adult,
    From15To17 = SubjectAge1517,
    From12To14 = SubjectAge1214,
    Under12 = Under12,
});

coded!(ConsentEventType, brygga_proto::consent::v1::ConsentEventType {
    Given = Given,
    Narrowed = Narrowed,
    Withdrawn = Withdrawn,
});

coded!(ConsentingParty, brygga_proto::consent::v1::ConsentingParty {
    Myself = Self_,
    Guardians = Guardians,
    ChildAndGuardians = ChildAndGuardians,
});

coded!(ConsentForm, brygga_proto::consent::v1::ConsentForm {
    Written = Written,
    OralNoted = OralNoted,
    Interpreter = Interpreter,
});

coded!(ChildAgeBand, brygga_proto::referral::v1::ChildAgeBand {
    From0To5 = ChildAgeBand05,
    From6To12 = ChildAgeBand612,
    From13To17 = ChildAgeBand1317,
});

coded!(BreakGlassReason, brygga_proto::local::v1::BreakGlassReason {
    ChildAtRisk = ChildAtRisk,
    HandlerAbsent = HandlerAbsent,
    LifeOrHealth = LifeOrHealth,
});

coded!(ReviewFinding, brygga_proto::local::v1::ReviewFinding {
    AccessUnjustified = AccessUnjustified,
    GroundUnclear = GroundUnclear,
    NoRemark = NoRemark,
    RightsTooWide = RightsTooWide,
});

coded!(Sampled, brygga_proto::local::v1::SampledBecause {
    BreakGlass = BreakGlass,
    ManyPersons = ManyPersons,
    OutsideHours = OutsideHours,
    Random = Random,
});

coded!(OfferEnd, brygga_proto::referral::v1::OfferEnd {
    ClaimedByAnother = ClaimedByAnother,
    ClaimedByYou = ClaimedByYou,
    NotPermitted = NotPermitted,
    Withdrawn = Withdrawn,
    Expired = Expired,
});

coded!(PlaceKind, brygga_proto::capacity::v1::PlaceKind {
    Bed = Bed,
    Room = Room,
    Dwelling = Dwelling,
    Place = Place,
    Time = Time,
});

coded!(PlaceFor, brygga_proto::capacity::v1::PlaceFor {
    Anybody = Anybody,
    Men = Men,
    Women = Women,
    Couples = Couples,
    Families = Families,
    Young = Young,
});

coded!(Period, brygga_proto::capacity::v1::Period {
    RoundTheClock = RoundTheClock,
    Day = Day,
    Night = Night,
});

coded!(CapacityStatus, brygga_proto::capacity::v1::CapacityStatus {
    Capacity = Capacity,
    NoCapacity = NoCapacity,
    Waitlist = Waitlist,
    AssessmentRequired = AssessmentRequired,
    Unknown = Unknown,
});

coded!(AbsentReason, brygga_proto::capacity::v1::AbsentReason {
    NotCounted = NotCounted,
    Masked = Masked,
    Outdated = Outdated,
    NotApplicable = NotApplicable,
});

coded!(AcquisitionRoute, brygga_proto::capacity::v1::AcquisitionRoute {
    Agreement = Agreement,
    LandDevelopment = LandDevelopment,
    OwnCompany = OwnCompany,
    WithoutAgreement = WithoutAgreement,
});

coded!(Visibility, brygga_proto::capacity::v1::Visibility {
    Public = Public,
    Agreement = Agreement,
    NamedRole = NamedRole,
});

coded!(CallEnd, brygga_proto::capacity::v1::CallEnd {
    Taken = Taken,
    CalledOff = CalledOff,
    Lapsed = Lapsed,
});

coded!(HoldAct, brygga_proto::capacity::v1::HoldAct {
    Extend = Extend,
    Confirm = Confirm,
    Cancel = Cancel,
});

coded!(HoldEnd, brygga_proto::capacity::v1::HoldEnd {
    Departed = Departed,
    TakenBack = TakenBack,
});

coded!(Gender, brygga_proto::local::v1::Gender {
    Man = Man,
    Woman = Woman,
});

coded!(Sobriety, brygga_proto::local::v1::Sobriety {
    NotSober = NotSober,
    Sober = Sober,
});

coded!(Nearness, brygga_proto::local::v1::Nearness {
    Municipality = Municipality,
    County = County,
    NeighbouringCounty = NeighbouringCounty,
    Elsewhere = Elsewhere,
});

coded!(WhyNot, brygga_proto::local::v1::CapacityMismatch {
    ChildSafety = ChildSafetyRule,
    PlaceFor = PlaceFor,
    Period = Period,
    Age = Age,
    Children = Children,
    Couple = Couple,
    Pets = Pets,
    Wheelchair = Wheelchair,
    SubstanceSupport = SubstanceSupport,
    Sobriety = Sobriety,
    HouseRule = HouseRule,
    IncomeSupport = IncomeSupport,
    Language = Language,
    OutOfSeason = OutOfSeason,
    Full = Full,
    Waitlist = Waitlist,
    Stale = Stale,
    Unknown = Unknown,
});

coded!(Warning, brygga_proto::local::v1::CapacityWarning {
    SupportTooLow = SupportTooLow,
    StayTooShort = StayTooShort,
    GenderNotSaid = GenderNotSaid,
    SobrietyNotTold = SobrietyNotTold,
    NumbersNotTold = NumbersNotTold,
    NumbersOfNow = NumbersOfNow,
    AssessmentRequired = AssessmentRequired,
    NeedsDecision = NeedsDecision,
    WithoutAgreement = WithoutAgreement,
});

coded!(Route, brygga_proto::relocation::v1::RelocationRoute {
    Application = Application297,
    Transfer = Transfer2910,
    Placement = Placement292,
    AgreementExchange = AgreementExchange,
});

coded!(ProtectionLevel, brygga_proto::relocation::v1::ProtectionLevel {
    Threatened = Threatened,
    ConfidentialityMarking = ConfidentialityMarking,
    ProtectedRegistration = ProtectedRegistration,
});

coded!(SecrecyBasis, brygga_proto::relocation::v1::SecrecyBasis {
    Osl21_3 = Osl213,
    Osl21_3a = Osl213A,
    Osl26_1 = Osl261,
});

coded!(AgeBand, brygga_proto::relocation::v1::AgeBand {
    Preschool = AgeBand05,
    School = AgeBand612,
    Teenager = AgeBand1317,
});

coded!(HousingKind, brygga_proto::relocation::v1::RelocationHousing {
    ProtectedHousing = ProtectedHousing,
    Dwelling = Dwelling,
    Either = Either,
});

coded!(SupportLevel, brygga_proto::relocation::v1::RelocationSupport {
    None = None,
    Weekly = Weekly,
    Daily = Daily,
    RoundTheClock = RoundTheClock,
});

coded!(Earliest, brygga_proto::relocation::v1::Earliest {
    Now = Now,
    WithinAMonth = WithinAMonth,
    Later = Later,
});

coded!(EndKind, brygga_proto::relocation::v1::RelocationEnd {
    Withdrawn = Withdrawn,
    Aborted = Aborted,
});
