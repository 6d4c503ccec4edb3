//! The words of a protected relocation.

use brygga_proto::relocation::v1::{
    AgeBand, Earliest, ProtectionLevel, RelocationEnd, RelocationHousing, RelocationRoute,
    RelocationSupport, SecrecyBasis,
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
