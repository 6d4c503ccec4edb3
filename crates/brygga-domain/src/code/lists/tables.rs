//! The terms themselves: service types of domain guide 3.4, housing needs and support needs.

use super::{CodeList, Term};

/// List of what can be asked for and offered.
pub const SERVICE_TYPE: &str = "service_type";
/// List of what is needed of a dwelling or bed.
pub const HOUSING_NEED: &str = "housing_need";
/// List of what support is needed.
pub const SUPPORT_NEED: &str = "support_need";
/// List of the rules of a house. Two terms under one parent exclude each other.
pub const HOUSE_RULE: &str = "house_rule";

/// The lists of this version.
pub(super) const CURRENT: &[CodeList] = &[
    CodeList { name: SERVICE_TYPE, version: 1, terms: SERVICE_TYPES },
    CodeList { name: HOUSING_NEED, version: 1, terms: HOUSING_NEEDS },
    CodeList { name: SUPPORT_NEED, version: 1, terms: SUPPORT_NEEDS },
    CodeList { name: HOUSE_RULE, version: 1, terms: HOUSE_RULES },
];

const fn top(code: &'static str, swedish: &'static str) -> Term {
    Term { code, parent: None, swedish }
}

const fn under(parent: &'static str, code: &'static str, swedish: &'static str) -> Term {
    Term { code, parent: Some(parent), swedish }
}

const EMERGENCY: &str = "EMERGENCY_ACCOMMODATION";
const HOUSING: &str = "HOUSING_SOLUTION";
const CARE: &str = "REGULATED_CARE";
const SUPPORT: &str = "SUPPORT";
const SERVICE: &str = "SUPPORT_SERVICE";
const STORAGE: &str = "STORAGE";

const SERVICE_TYPES: &[Term] = &[
    top(EMERGENCY, "akut boende"),
    under(EMERGENCY, "NIGHT_SHELTER", "natthärbärge"),
    under(EMERGENCY, "ACUTE_PLACE", "akutplats"),
    under(EMERGENCY, "ROOF_GUARANTEE", "tak över huvudet"),
    under(EMERGENCY, "RELIEF_PLACE", "avlastningsplats"),
    top(HOUSING, "boendelösning"),
    under(HOUSING, "TRANSITION_DWELLING", "övergångsbostad"),
    under(HOUSING, "MOTIVATION_HOUSING", "motivationsboende"),
    under(HOUSING, "SOBER_HOUSING", "nyktert boende"),
    under(HOUSING, "SERVICE_HOUSE_ADDICTION", "servicehus för missbrukare"),
    under(HOUSING, "TRAINING_FLAT", "träningslägenhet"),
    under(HOUSING, "HOUSING_FIRST_FLAT", "Bostad först-lägenhet"),
    under(HOUSING, "CATEGORY_FLAT", "kategoribostad"),
    under(HOUSING, "GUARANTEE_FLAT", "garantilägenhet"),
    under(HOUSING, "MUNICIPAL_OWNED_CONDO", "bostadsrätt i kommunens ägo"),
    under(HOUSING, "ORGANISATION_SUBLET", "andrahandsbostad hos en organisation"),
    under(HOUSING, "PRIORITY_FLAT", "förtur eller kvotlägenhet"),
    top(CARE, "boende som kräver tillstånd eller beslut"),
    under(CARE, "PROTECTED_HOUSING", "skyddat boende"),
    under(CARE, "SUPPORT_HOUSING_16_20", "stödboende 16–20 år"),
    under(CARE, "HVB", "hem för vård eller boende"),
    under(CARE, "FAMILY_HOME", "familjehem"),
    under(CARE, "CARE_HOME_ADDICTION", "omvårdnadsboende"),
    top(SUPPORT, "stöd"),
    under(SUPPORT, SERVICE, "stödinsats"),
    under(SERVICE, "BUDGET_ADVICE", "budget- och skuldrådgivning"),
    under(SERVICE, "HOUSING_SUPPORT", "boendestöd"),
    under(SERVICE, "CASE_MANAGER", "case manager eller ACT-team"),
    under(SUPPORT, STORAGE, "förvaring"),
    under(STORAGE, "STORAGE_SAFE", "värdeskåp"),
    under(STORAGE, "STORAGE_BELONGINGS", "magasinering av tillhörigheter"),
    top("LONG_TERM_HELP", "långsiktig hjälp"),
    top("FACILITY_ABO", "anläggningsboende"),
    top("OTHER", "annat"),
];

const HOUSING_NEEDS: &[Term] = &[
    top("ROOF_TONIGHT", "tak över huvudet i natt"),
    top("OWN_ROOM", "eget rum"),
    top("OWN_DWELLING", "egen bostad"),
    under("OWN_DWELLING", "FIRSTHAND_LEASE", "förstahandskontrakt"),
    under("OWN_DWELLING", "SUBLET", "andrahandskontrakt"),
    top("ACCESSIBLE", "tillgänglighetsanpassat"),
    under("ACCESSIBLE", "WHEELCHAIR", "rullstolsanpassat"),
    under("ACCESSIBLE", "GROUND_FLOOR_OR_LIFT", "bottenvåning eller hiss"),
    top("ROOM_FOR_CHILDREN", "plats för barn"),
    top("ROOM_FOR_COUPLE", "plats för par"),
    top("PETS_ALLOWED", "husdjur tillåtna"),
    top("WOMEN_ONLY", "endast kvinnor"),
    top("SOBER_ENVIRONMENT", "drogfri miljö"),
    top("LOW_THRESHOLD", "lågtröskelboende"),
    top("STAFFED_24_H", "personal dygnet runt"),
    top("NEAR_SCHOOL", "nära barnens skola"),
    top("OTHER", "annat"),
];

const SUPPORT_NEEDS: &[Term] = &[
    top("DAILY_LIVING", "stöd i vardagen"),
    under("DAILY_LIVING", "HOUSING_SUPPORT", "boendestöd"),
    under("DAILY_LIVING", "HOUSEHOLD_SKILLS", "stöd med hushållet"),
    top("ECONOMY", "ekonomi"),
    under("ECONOMY", "BUDGET_ADVICE", "budget- och skuldrådgivning"),
    under("ECONOMY", "INCOME_APPLICATION", "hjälp att söka ersättning"),
    top("HOUSING_SEARCH", "hjälp att söka bostad"),
    top("CONTACT_WITH_AUTHORITIES", "myndighetskontakter"),
    under("CONTACT_WITH_AUTHORITIES", "REPRESENTATIVE", "god man eller förvaltare"),
    under("CONTACT_WITH_AUTHORITIES", "INTERPRETER", "tolk"),
    top("OCCUPATION", "sysselsättning"),
    top("CHILDREN_AND_FAMILY", "barn och familj"),
    top("HEALTH_CONTACT", "kontakt med vården"),
    top("STORAGE", "förvaring"),
    top("OTHER", "annat"),
];

/// Rules of a house, never whether somebody keeps them. Where one may drink nobody has to be sober.
const HOUSE_RULES: &[Term] = &[
    top("SOBRIETY", "nykterhet"),
    under("SOBRIETY", "SOBRIETY_TOTAL", "helt nykter, även utanför boendet"),
    under("SOBRIETY", "SOBRIETY_ON_SITE", "nykter i boendet"),
    under("SOBRIETY", "SOBRIETY_NONE", "inget krav på nykterhet"),
    under("SOBRIETY_NONE", "ALCOHOL_ALLOWED", "alkohol tillåten i boendet"),
    top("UNANNOUNCED_TESTS", "oanmälda drog- och alkoholtester"),
    top("PETS", "husdjur"),
    under("PETS", "PETS_ALLOWED", "husdjur tillåtna"),
    under("PETS", "PETS_NOT_ALLOWED", "inga husdjur"),
    top("VISITORS", "besök"),
    under("VISITORS", "VISITORS_DAYTIME", "besök på dagen"),
    under("VISITORS", "VISITORS_NOT_ALLOWED", "inga besök"),
    top("SMOKING_OUTDOORS", "rökning endast utomhus"),
    top("HOME_BY_NIGHT", "hemma senast en viss tid på kvällen"),
    top("HOME_VISITS", "hembesök av personal"),
    top("DAYTIME_OCCUPATION", "sysselsättning på dagen"),
    top("OTHER", "annat"),
];
