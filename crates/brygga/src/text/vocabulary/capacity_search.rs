//! The words of a search: how near something is, why it does not fit, and what to think of where it does.

use brygga_proto::local::v1::{CapacityMismatch, CapacityWarning, Gender, Nearness, Sobriety};

use super::{Word, differ};
use crate::cli::Language;

words!(Gender {
    Man = "män", "men";
    Woman = "kvinnor", "women";
});

words!(Sobriety {
    NotSober = "någon som inte är nykter", "somebody who is not sober";
    Sober = "nyktert boende", "a house that demands sobriety";
});

words!(Nearness {
    Municipality = "i kommunen", "in the municipality";
    County = "i länet", "in the county";
    NeighbouringCounty = "i grannlän", "in a neighbouring county";
    Elsewhere = "längre bort", "further away";
});

words!(CapacityMismatch {
    ChildSafetyRule = "barn kan inte bo där uppsägningstiden är högst ett dygn", "no child where notice is a day or less";
    PlaceFor = "platserna är för andra", "places are for others";
    Period = "annan tid på dygnet", "another time of day";
    Age = "annan ålder", "another age";
    Children = "tar inte emot barn", "receives no children";
    Couple = "tar inte emot par", "receives no couples";
    Pets = "tar inte emot husdjur", "receives no pets";
    Wheelchair = "inte framkomligt med rullstol", "not accessible by wheelchair";
    SubstanceSupport = "inget stöd vid missbruk", "no support for people in substance use";
    Sobriety = "annat krav på nykterhet", "another demand for sobriety";
    HouseRule = "saknar en husregel", "lacks a rule of the house";
    IncomeSupport = "godtar inte ekonomiskt bistånd", "does not accept income support";
    Language = "talar inte språket", "does not speak the language";
    OutOfSeason = "stängt den tiden på året", "closed at that part of the year";
    Full = "för få platser kvar", "too few places left";
    Waitlist = "kö", "waiting list";
    Stale = "för gamla uppgifter", "numbers too old";
    Unknown = "okänt läge", "not known";
});

words!(CapacityWarning {
    SupportTooLow = "mindre stöd än som behövs", "less support than is needed";
    StayTooShort = "kortare vistelse än som behövs", "a shorter stay than is needed";
    GenderNotSaid = "platser för ett kön", "places for one gender";
    SobrietyNotTold = "oklart krav på nykterhet", "demand for sobriety not told";
    NumbersNotTold = "antal visas inte", "no numbers told";
    NumbersOfNow = "talen gäller nu", "numbers are those of now";
    AssessmentRequired = "bedöms först", "assessed first";
    NeedsDecision = "kräver beslut av socialnämnden", "needs a decision of the social services";
    WithoutAgreement = "utan stående avtal", "without a standing agreement";
});
