//! What each reason of the closed set means to the person who reads it, and what to do.

use brygga_domain::Reason;

use crate::cli::Language;

/// A reason in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// What is wrong.
    pub(crate) what: &'static str,
    /// What to do; empty where nothing can be done here.
    pub(crate) fix: &'static str,
}

macro_rules! explanations {
    ($($reason:ident {
        sv: $swedish:literal, $swedish_fix:literal;
        en: $english:literal, $english_fix:literal;
    })*) => {
        /// The reason in a language.
        pub(crate) const fn explain(reason: Reason, language: Language) -> Explanation {
            let (what, fix) = match (reason, language) {
                $(
                    (Reason::$reason, Language::Sv) => ($swedish, $swedish_fix),
                    (Reason::$reason, Language::En) => ($english, $english_fix),
                )*
            };
            Explanation { what, fix }
        }
    };
}

explanations! {
    Unauthenticated {
        sv: "Inloggningen godtas inte.", "Logga in igen och hämta en ny token.";
        en: "The token is not accepted.", "Log in again and fetch a new token.";
    }
    NotFound {
        sv: "Det finns inte, eller hör inte till dig.", "Kontrollera id och mottagare.";
        en: "It does not exist, or is not yours.", "Check the id and the recipient.";
    }
    RoleDenied {
        sv: "Din roll får inte göra detta.", "Be en kollega med rätt roll.";
        en: "Your role may not do this.", "Ask a colleague with the right role.";
    }
    PolicyDenied {
        sv: "Ingen regel i avtalet tillåter det.", "Läs avtalet: brygga agreement list";
        en: "No rule of the agreement permits it.", "Read the agreement: brygga agreement list";
    }
    InvalidField {
        sv: "En uppgift saknas eller är felaktig.", "Rätta uppgiften och försök igen.";
        en: "A field is missing or malformed.", "Correct the field and try again.";
    }
    ContentForbidden {
        sv: "Personuppgifter får inte stå här.", "Ta bort dem och försök igen.";
        en: "Personal data may not stand here.", "Remove them and try again.";
    }
    ContentWarning {
        sv: "Texten ser ut som resultatet av ett drog- eller alkoholtest. Sådana lämnas inte ut.", "Läs texten igen och ta bort det, eller skicka med --accept-content-warning om den inte är det.";
        en: "The text looks like the result of a drug or alcohol test. Such results are not passed on.", "Read the text again and take it out, or send it with --accept-content-warning if it is none.";
    }
    BadSignature {
        sv: "Underskriften stämmer inte.", "Kontakta driften.";
        en: "The signature does not verify.", "Tell the operator.";
    }
    WrongRecipient {
        sv: "Meddelandet är till någon annan.", "Kontakta driften.";
        en: "The message is for somebody else.", "Tell the operator.";
    }
    OutsideValidity {
        sv: "Meddelandets tid är ute, eller har inte börjat.", "Kontrollera klockan hos båda.";
        en: "The message is past its time, or from the future.", "Check both clocks.";
    }
    ChainBroken {
        sv: "Meddelandet följer inte på det förra i ärendet.", "Kontakta driften.";
        en: "The message does not follow the one before it.", "Tell the operator.";
    }
    InvalidTransition {
        sv: "Remissen kan inte ändras så i sitt nuvarande läge.", "Läs om den: brygga referral show";
        en: "The referral cannot change like that from where it stands.", "Read it again: brygga referral show";
    }
    WrongActor {
        sv: "Det är den andra parten som får göra detta.", "";
        en: "Only the other side may do that.", "";
    }
    Terminal {
        sv: "Remissen är avslutad.", "Skicka en ny remiss om behovet finns kvar.";
        en: "The referral is final.", "Send a new referral if the need remains.";
    }
    VersionConflict {
        sv: "Någon annan hann före.", "Läs om remissen och besluta igen.";
        en: "Somebody else was faster.", "Read the referral again and decide anew.";
    }
    IdempotencyMismatch {
        sv: "Samma nyckel har använts för något annat.", "Använd en ny nyckel.";
        en: "The same key was used for something else.", "Use a new key.";
    }
    TooManyRequests {
        sv: "För många anrop på kort tid.", "Vänta en stund.";
        en: "Too many calls in a short time.", "Wait a moment.";
    }
    GroundMissing {
        sv: "Sekretessbrytande grund saknas.", "Ange --ground.";
        en: "No disclosure ground is named.", "Name one with --ground.";
    }
    GroundNotAllowed {
        sv: "Grunden kan inte bära uppgifterna mellan dessa organisationer.", "Välj en annan grund.";
        en: "The ground cannot carry these data between these organisations.", "Choose another ground.";
    }
    GdprBasisNotAllowed {
        sv: "Den rättsliga grunden saknas eller är inte öppen för er.", "Ange --gdpr-basis.";
        en: "The GDPR basis is missing or not open to you.", "Name one with --gdpr-basis.";
    }
    ConsentMissing {
        sv: "Grunden kräver ett samtycke, och inget är angivet.", "Registrera ett: brygga consent record";
        en: "The ground needs a consent and none is named.", "Record one: brygga consent record";
    }
    ConsentExpired {
        sv: "Samtycket har gått ut eller har inte börjat gälla.", "Inhämta ett nytt samtycke.";
        en: "The consent is past its time or has not begun.", "Obtain a new consent.";
    }
    ConsentWithdrawn {
        sv: "Samtycket är återkallat.", "Inget får skickas. Tala med personen.";
        en: "The consent was withdrawn.", "Nothing may be sent. Talk to the person.";
    }
    ConsentScope {
        sv: "Samtycket omfattar inte mottagaren eller uppgifterna.", "Inhämta ett nytt samtycke, eller skicka mindre.";
        en: "The consent does not cover the recipient or the data.", "Obtain a new consent, or send less.";
    }
    AgreementNotInForce {
        sv: "Avtalet är inte undertecknat av alla, eller har inte börjat gälla.", "Se vem som saknas: brygga agreement show";
        en: "The agreement is not signed by all, or its time has not come.", "See who is missing: brygga agreement show";
    }
    AgreementExpired {
        sv: "Avtalet har upphört.", "Ett nytt avtal behövs.";
        en: "The agreement's time is over.", "A new agreement is needed.";
    }
    NegotiationDiverged {
        sv: "Två parter föreslog olika villkor under samma version, så ingen av dem gäller.", "Tala med varandra och föreslå en ny version.";
        en: "Two parties proposed different terms under the same version, so neither counts.", "Talk to each other and propose a new version.";
    }
    AgreementTerminated {
        sv: "Avtalet är uppsagt.", "Ett nytt avtal behövs.";
        en: "The agreement was terminated.", "A new agreement is needed.";
    }
    AgreementQuota {
        sv: "Kvoten i avtalet är slut för perioden.", "Se hur mycket som är använt: brygga agreement quota. Ett större utrymme kräver en ny version av avtalet.";
        en: "The agreement's quota for the period is used up.", "See what is used: brygga agreement quota. More room needs a new version of the agreement.";
    }
    AgreementSuspended {
        sv: "En part har pausat avtalet.", "Vänta, eller tala med den part som pausade det: brygga agreement show";
        en: "A party has suspended the agreement.", "Wait, or talk to the party that suspended it: brygga agreement show";
    }
    AgreementScope {
        sv: "Avtalet gäller ett annat ämne.", "Ange ett annat avtal eller ämne.";
        en: "The agreement is about another subject.", "Name another agreement or subject.";
    }
    AgreementTermsMismatch {
        sv: "De undertecknade villkoren är inte de som finns här.", "Jämför villkoren med motparten.";
        en: "The signed terms are not the terms held here.", "Compare the terms with the other party.";
    }
    PolicyUnknownTerm {
        sv: "Villkoren har ett ord som den här versionen inte känner.", "Rätta ordet, eller uppgradera noden.";
        en: "The terms hold a word that this version does not know.", "Correct the word, or upgrade the node.";
    }
    EligibilityMissing {
        sv: "Avtalet kräver något av personen som inte är intygat.", "Se villkoren med brygga agreement show, och intyga med --affirm.";
        en: "The agreement asks something of the person that is not affirmed.", "See the criteria with brygga agreement show, and affirm them with --affirm.";
    }
    TargetGroupMismatch {
        sv: "Personen är utanför avtalets målgrupp.", "Avstå, eller motivera i akten och ange --justify.";
        en: "The person is outside the agreement's target group.", "Stop, or justify it in the case file and give --justify.";
    }
    PolicyFindings {
        sv: "En regel i avtalet kan aldrig avgöra något.", "Se vilken med brygga agreement lint; rätta den, eller ange --accept-findings om den är avsedd.";
        en: "A rule of the agreement can never decide anything.", "See which with brygga agreement lint; correct it, or give --accept-findings if it is meant.";
    }
    NextStepMissing {
        sv: "Ett avslag behöver ett nästa steg för personen.", "Ange --next-step.";
        en: "A decline needs a next step for the person.", "Name one with --next-step.";
    }
    AdviceMissing {
        sv: "Den som inte har rätt till bostad enligt lag ska få veta var råd finns.", "Ange --advice-unit med --advice-phone eller --advice-link.";
        en: "Whoever has no right to a dwelling by law is to be told where to get advice.", "Name --advice-unit with --advice-phone or --advice-link.";
    }
    OutcomeMissing {
        sv: "Resultatet saknas.", "Ange --result.";
        en: "The outcome is missing.", "Name one with --result.";
    }
    ProtectedWay {
        sv: "Ärendet rör någon med skyddade personuppgifter och flyttas inte denna väg.", "Vänd dig till en särskilt utsedd handläggare: den skyddade vägen gäller.";
        en: "The case is about somebody who is protected, and does not move this way.", "Turn to a specially appointed officer: the protected way applies.";
    }
    ContactPointNotUnique {
        sv: "Det finns ingen väg in, eller mer än en.", "Be organisationen rätta sin kontaktpunkt i registret.";
        en: "There is no active contact point, or more than one.", "Ask the organisation to correct its contact points in the registry.";
    }
    WitnessStale {
        sv: "Vittnet har en annan storlek.", "";
        en: "The witness has another size.", "";
    }
    WitnessBadProof {
        sv: "Beviset håller inte.", "Kontakta driften.";
        en: "The proof does not hold.", "Tell the operator.";
    }
    CapacityInvariant {
        sv: "Antalen går inte ihop.", "Räkna om: belagda kan inte vara fler än platserna.";
        en: "The numbers cannot be right.", "Count again: no more can be occupied than there are places.";
    }
    CapacityBelowCommitted {
        sv: "Fler platser är hållna eller belagda än vad som skulle finnas.", "Avsluta eller ta tillbaka en hållning först: brygga hold list";
        en: "More places are held or taken than there would be.", "End a hold or take one back first: brygga hold list";
    }
    CapacitySequenceConflict {
        sv: "Någon annan har just publicerat tjänsten.", "Läs hur den står nu och publicera igen: brygga capacity list";
        en: "Somebody else has just published the service.", "Read how it stands now and publish again: brygga capacity list";
    }
    LicenceRequired {
        sv: "Det saknas ett tillstånd i registret, eller så räcker det inte till så många.", "Be federationens operatör registrera tillståndet, eller publicera färre platser.";
        en: "No permit is attested in the registry, or it does not allow so many.", "Ask the operators of the federation to register the permit, or publish fewer places.";
    }
    HoldExpired {
        sv: "Tiden för hållningen är ute.", "Håll en plats på nytt om det finns någon kvar.";
        en: "The time of the hold is past.", "Hold a place anew if there is one left.";
    }
    CallTaken {
        sv: "En annan svarade först. Platserna är lediga igen.", "";
        en: "Another answered first. The places are free again.", "";
    }
    ChildSafety {
        sv: "Ett barn kan inte bo där vistelsen kan avslutas inom ett dygn.", "Välj ett boende med längre uppsägningstid.";
        en: "A child cannot live where a stay can end within a day.", "Choose a place with longer notice.";
    }
    AnonymitySetTooSmall {
        sv: "För få kommuner kan tillfrågas: var och en skulle kunna gissa vem som frågar.", "Uteslut färre, eller ring en av dem direkt.";
        en: "Too few municipalities can be asked: each could guess who asks.", "Exclude fewer, or telephone one of them.";
    }
    ReleaseMissing {
        sv: "Uppgifterna kan inte lämnas än: motringning, sekretessgrund eller en andra handläggare saknas.", "Gör det som fältet nämner. Den som förberett kan inte själv släppa.";
        en: "Nothing can be disclosed yet: the call-back, the secrecy basis or a second officer is missing.", "Do what the field names. Whoever prepared it cannot release it.";
    }
    Stale {
        sv: "Uppgiften är för gammal för att lita på.", "Ring, eller be den som publicerar att uppdatera.";
        en: "The numbers are too old to rely on.", "Telephone, or ask the publisher to update.";
    }
    CapacityExhausted {
        sv: "Det finns inte så många platser kvar.", "Sök efter ett annat boende: brygga capacity search";
        en: "There are not so many places left.", "Look for another: brygga capacity search";
    }
    NotImplemented {
        sv: "Mottagarens nod är för gammal för detta.", "Ring mottagaren.";
        en: "The recipient's node is too old for this.", "Telephone the recipient.";
    }
    WithinGrace {
        sv: "Hyran är inte så sen att avtalet låter den underrättas om.", "Vänta tills avtalets dagar har gått.";
        en: "The rent is not so late that the agreement lets it be told.", "Wait until the agreement's days are over.";
    }
    RecipientUnavailable {
        sv: "Noden kan inte spara just nu.", "Försök igen om en stund.";
        en: "The node cannot store now.", "Try again in a moment.";
    }
    RecipientInternal {
        sv: "Ett fel i noden.", "Kontakta driften.";
        en: "A fault in the node.", "Tell the operator.";
    }
    Undeliverable {
        sv: "Meddelandet kunde inte levereras i tid.", "Ring mottagaren.";
        en: "The message could not be delivered in time.", "Telephone the recipient.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_explained_in_both_languages() {
        for reason in Reason::ALL {
            let (swedish, english) =
                (explain(*reason, Language::Sv), explain(*reason, Language::En));
            assert!(swedish.what.ends_with('.') && english.what.ends_with('.'), "{reason:?}");
            assert_ne!(swedish.what, english.what);
            assert_eq!(swedish.fix.is_empty(), english.fix.is_empty(), "{reason:?}");
        }
    }
}
