//! The words of a protected relocation.

use brygga_domain::relocation::{Side, Stage};
use brygga_proto::local::v1::{RelocationDueKind, WithheldReview};
use brygga_proto::relocation::v1::{
    AgeBand, Earliest, HandoverItem, ProtectionLevel, RefusalCode, RelocationEnd,
    RelocationHousing, RelocationPosition, RelocationRoute, RelocationSupport, SecrecyBasis,
};

use super::{Word, differ};
use crate::cli::Language;

words!(RelocationRoute {
    Application297 = "ansökan i den nya kommunen (SoL 29:7)", "application in the other municipality (SoL 29:7)";
    Transfer2910 = "överflyttning av ärendet (SoL 29:10)", "transfer of the case (SoL 29:10)";
    Placement292 = "placering, med kvar ansvar (SoL 29:2)", "placement, responsibility stays (SoL 29:2)";
    AgreementExchange = "utbyte enligt avtal", "exchange under the agreement";
});

words!(ProtectionLevel {
    Threatened = "hotad, inget beslut av Skatteverket", "threatened, no decision of Skatteverket";
    ConfidentialityMarking = "sekretessmarkering", "confidentiality marking";
    ProtectedRegistration = "skyddad folkbokföring", "protected registration";
});

words!(SecrecyBasis {
    Osl213 = "OSL 21:3, hotad person", "OSL 21:3, threatened person";
    Osl213A = "OSL 21:3 a, skyddad folkbokföring", "OSL 21:3 a, protected registration";
    Osl261 = "OSL 26:1, socialtjänst", "OSL 26:1, social services";
});

words!(AgeBand {
    AgeBand05 = "0–5 år", "0 to 5 years";
    AgeBand612 = "6–12 år", "6 to 12 years";
    AgeBand1317 = "13–17 år", "13 to 17 years";
});

words!(RelocationHousing {
    ProtectedHousing = "skyddat boende", "protected housing";
    Dwelling = "en bostad att stanna i", "a dwelling to stay in";
    Either = "vilket som", "either";
});

words!(RelocationSupport {
    None = "inget stöd", "no support";
    Weekly = "några besök i veckan", "some visits in a week";
    Daily = "varje dag", "every day";
    RoundTheClock = "dygnet runt", "around the clock";
});

words!(Earliest {
    Now = "nu", "now";
    WithinAMonth = "inom en månad", "within a month";
    Later = "senare", "later";
});

words!(RelocationEnd {
    Withdrawn = "personen vill inte längre", "the person does not want it any more";
    Aborted = "det är inte säkert", "it is not safe";
});

words!(RelocationPosition {
    Accepted = "personen är välkommen", "the person is welcome";
    Refused = "avslag", "refused";
});

words!(RefusalCode {
    NotSafeHere = "personen vore inte säker här", "the person would not be safe here";
    NoPlace = "ingen plats i tid", "no place in time";
    NoRight = "behovet ger ingen rätt till det", "the need does not give a right to it";
});

words!(HandoverItem {
    Meeting = "överlämningsmöte", "meeting of both";
    NeedsInventory = "behovsinventering", "inventory of needs";
    SafetyPlan = "säkerhetsplan", "safety plan";
    OngoingMeasures = "pågående insatser och beslut", "ongoing measures and decisions";
    Children = "barnens planer", "the children's plans";
    WarmHandoff = "muntlig överlämning mellan namngivna", "warm handoff by voice";
});

words!(RelocationDueKind {
    Position = "ställningstagande (SoL 29:10)", "position (SoL 29:10)";
    Statutory = "svar inom en månad (SoL 29:11)", "answer within a month (SoL 29:11)";
    Ivo = "IVO:s beslut (SoL 29:11)", "IVO's decision (SoL 29:11)";
    Appeal = "överklagande (FL 44 §)", "appeal (FL 44 §)";
    Review = "omprövning av undanhållen insyn", "review of withheld insight";
    OfferEnds = "ert erbjudande slutar gälla", "your offer ends";
    Purge = "gallras", "purged";
});

words!(WithheldReview {
    GoesOn = "insyn undanhålls sex månader till", "insight is withheld for six more months";
    Lifted = "insyn undanhålls inte längre", "insight is withheld no more";
});

/// The word for a code of where a case stands; the code where this version does not know it.
pub(crate) fn stage(code: &str, language: Language) -> String {
    Stage::parse(code).map_or_else(|| code.to_owned(), |stage| stage_word(stage, language).into())
}

const fn stage_word(stage: Stage, language: Language) -> &'static str {
    let (swedish, english) = match stage {
        Stage::Assessed => ("öppnat, ingen är tillfrågad", "opened, nobody is asked"),
        Stage::Enquired => ("nätverket är tillfrågat", "the network is asked"),
        Stage::Selected => ("personen har valt", "the person has chosen"),
        Stage::Disclosed => ("utlämnat till den valda kommunen", "disclosed to the chosen one"),
        Stage::Offered => ("ni har erbjudit", "you have offered"),
        Stage::Arrived => ("ett utlämnande har kommit", "a disclosure has come"),
        Stage::Opened => ("utlämnandet är öppnat", "the disclosure is opened"),
        Stage::Accepted => ("personen är välkommen", "the person is welcome"),
        Stage::Refused => ("avslag", "refused"),
        Stage::Escalated => ("hos IVO", "before IVO"),
        Stage::HandingOver => ("överlämning pågår", "being handed over"),
        Stage::Moved => ("personen har flyttat", "the person has moved"),
        Stage::FollowedUp => ("uppföljt", "followed up"),
        Stage::Closed => ("avslutat", "closed"),
        Stage::Withdrawn => {
            ("slut: personen ville inte längre", "over: the person did not want it")
        }
        Stage::Aborted => ("slut: det var inte säkert", "over: it was not safe"),
    };
    match language {
        Language::Sv => swedish,
        Language::En => english,
    }
}

/// The word for which end of a relocation this is.
pub(crate) fn side(code: &str, language: Language) -> String {
    let word = match (Side::parse(code), language) {
        (Some(Side::Origin), Language::Sv) => "härifrån flyttar personen",
        (Some(Side::Origin), Language::En) => "the person moves from here",
        (Some(Side::Destination), Language::Sv) => "hit flyttar personen",
        (Some(Side::Destination), Language::En) => "the person moves here",
        (None, _) => code,
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_stage_has_words_of_its_own_in_both_languages() {
        let words = |language| {
            let words = Stage::ALL.iter().map(|code| stage(code.as_str(), language));
            words.collect::<BTreeSet<_>>()
        };
        let (swedish, english) = (words(Language::Sv), words(Language::En));
        assert_eq!((swedish.len(), english.len()), (Stage::ALL.len(), Stage::ALL.len()));
        assert!(swedish.is_disjoint(&english));
        for code in Stage::ALL {
            assert!(!swedish.contains(code.as_str()) && !english.contains(code.as_str()));
        }
    }

    #[test]
    fn what_this_version_does_not_know_is_shown_as_it_came() {
        assert_eq!(stage("TELEPORTED", Language::Sv), "TELEPORTED");
        assert_eq!(side("BOTH", Language::Sv), "BOTH");
    }
}
