//! The words of the law: what lifts secrecy, what carries the processing, and whose consent it is.

use brygga_proto::consent::v1::{ConsentEventType, ConsentingParty, StopReason, SubjectAge};
use brygga_proto::types::v1::{DisclosureGround, GdprBasis, ThirdPersonRelation};

use super::{Word, differ};
use crate::cli::Language;

words!(DisclosureGround {
    Consent122 = "den enskilde häver sekretessen (12 kap. 2 § och 10 kap. 1 § OSL)", "the individual lifts the secrecy (OSL 12:2, 10:1)";
    NoHarmClear261 = "det står klart att ingen lider men (26 kap. 1 § OSL)", "it is clear that no harm follows (OSL 26:1)";
    NecessaryOwnTask102 = "nödvändigt för den egna uppgiften (10 kap. 2 § OSL)", "necessary for the sender's own task (OSL 10:2)";
    Care269 = "mellan socialtjänst och vård i fyra angivna lägen (26 kap. 9 § OSL)", "between social services and health care in four named situations (OSL 26:9)";
    StatutoryDuty1028 = "uppgiftsskyldighet i lag eller förordning (10 kap. 28 § OSL)", "a statutory duty to inform (OSL 10:28)";
    ProtectedAddress2614d = "adress till skyddat boende (26 kap. 14 d § OSL)", "the address of protected housing (OSL 26:14 d)";
    TechnicalProcessing102a = "teknisk bearbetning eller lagring (10 kap. 2 a § OSL)", "technical processing or storage (OSL 10:2 a)";
    OwnRequest121 = "till den enskilde själv (12 kap. 1 § OSL)", "to the individual (OSL 12:1)";
    Private1711Consent = "samtycke, från en enskild verksamhet (17 kap. 11 § SoL)", "consent, from a private performer (SoL 17:11)";
    Private159ToBoard = "från en utförare till ansvarig socialnämnd (15 kap. 9 § SoL)", "from a performer to the responsible board (SoL 15:9)";
    ChildReport191 = "orosanmälan för ett barn (19 kap. 1 § SoL)", "report of concern for a child (SoL 19:1)";
    Kvv3515 = "från Kriminalvården till en kommun (35 kap. 15 § OSL)", "from Kriminalvården to a municipality (OSL 35:15)";
    Kfm341 = "underrättelse från Kronofogden till en kommun (34 kap. 1 § OSL)", "notice from Kronofogden to a municipality (OSL 34:1)";
    LandlordDuty = "underrättelse från en hyresvärd till socialnämnden (12 kap. JB, 7 kap. BRL)", "notice from a landlord to the social welfare board (JB 12, BRL 7)";
});

words!(GdprBasis {
    PublicTask61E = "uppgift av allmänt intresse (art. 6.1 e och 9.2 h)", "public task (art. 6.1 e and 9.2 h)";
    LegalObligation61C = "rättslig förpliktelse (art. 6.1 c och 9.2 h)", "legal obligation (art. 6.1 c and 9.2 h)";
    ExplicitConsent92A = "uttryckligt samtycke (art. 6.1 a och 9.2 a)", "explicit consent (art. 6.1 a and 9.2 a)";
});

words!(ConsentingParty {
    Self_ = "personen själv", "the person";
    Guardians = "vårdnadshavarna", "the guardians";
    ChildAndGuardians = "barnet och vårdnadshavarna", "the child and the guardians";
});

words!(SubjectAge {
    Adult = "18 år eller äldre", "18 or older";
    SubjectAge1517 = "15 till 17 år", "15 to 17 years";
    SubjectAge1214 = "12 till 14 år", "12 to 14 years";
    Under12 = "under 12 år", "under 12 years";
});

words!(ConsentEventType {
    Given = "lämnat", "given";
    Narrowed = "inskränkt", "narrowed";
    Withdrawn = "återkallat", "withdrawn";
});

words!(StopReason {
    ConsentWithdrawn = "samtycket är återkallat", "the consent was withdrawn";
    ConsentNarrowed = "samtycket är inskränkt", "the consent was narrowed";
    EnteredInError = "remissen gjordes av misstag", "the referral was made by mistake";
});

words!(ThirdPersonRelation {
    Partner = "make, maka eller sambo", "spouse or partner";
    Child = "barn i hushållet", "child of the household";
    Guardian = "förälder eller annan vårdnadshavare", "parent or another guardian";
    Other = "någon annan", "somebody else";
});
