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

/// The reason in a language.
pub(crate) const fn explain(reason: Reason, language: Language) -> Explanation {
    let (what, fix) = match language {
        Language::Sv => swedish(reason),
        Language::En => english(reason),
    };
    Explanation { what, fix }
}

const fn swedish(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Unauthenticated => {
            ("Inloggningen godtas inte.", "Logga in igen och hämta en ny token.")
        }
        Reason::NotFound => {
            ("Det finns inte, eller hör inte till dig.", "Kontrollera id och mottagare.")
        }
        Reason::RoleDenied => ("Din roll får inte göra detta.", "Be en kollega med rätt roll."),
        Reason::PolicyDenied => {
            ("Ingen regel i avtalet tillåter det.", "Läs avtalet: brygga agreement list")
        }
        Reason::InvalidField => {
            ("En uppgift saknas eller är felaktig.", "Rätta uppgiften och försök igen.")
        }
        Reason::ContentForbidden => {
            ("Personuppgifter får inte stå här.", "Ta bort dem och försök igen.")
        }
        Reason::BadSignature => ("Underskriften stämmer inte.", "Kontakta driften."),
        Reason::WrongRecipient => ("Meddelandet är till någon annan.", "Kontakta driften."),
        Reason::OutsideValidity => {
            ("Meddelandets tid är ute, eller har inte börjat.", "Kontrollera klockan hos båda.")
        }
        Reason::ChainBroken => {
            ("Meddelandet följer inte på det förra i ärendet.", "Kontakta driften.")
        }
        Reason::InvalidTransition => (
            "Remissen kan inte ändras så i sitt nuvarande läge.",
            "Läs om den: brygga referral show",
        ),
        Reason::WrongActor => ("Det är den andra parten som får göra detta.", ""),
        Reason::Terminal => ("Remissen är avslutad.", "Skicka en ny remiss om behovet finns kvar."),
        Reason::VersionConflict => ("Någon annan hann före.", "Läs om remissen och besluta igen."),
        Reason::IdempotencyMismatch => {
            ("Samma nyckel har använts för något annat.", "Använd en ny nyckel.")
        }
        Reason::TooManyRequests => ("För många anrop på kort tid.", "Vänta en stund."),
        Reason::GroundMissing => ("Sekretessbrytande grund saknas.", "Ange --ground."),
        Reason::GroundNotAllowed => (
            "Grunden kan inte bära uppgifterna mellan dessa organisationer.",
            "Välj en annan grund.",
        ),
        Reason::GdprBasisNotAllowed => {
            ("Den rättsliga grunden saknas eller är inte öppen för er.", "Ange --gdpr-basis.")
        }
        Reason::ConsentMissing => (
            "Grunden kräver ett samtycke, och inget är angivet.",
            "Registrera ett: brygga consent record",
        ),
        Reason::ConsentExpired => {
            ("Samtycket har gått ut eller har inte börjat gälla.", "Inhämta ett nytt samtycke.")
        }
        Reason::ConsentWithdrawn => {
            ("Samtycket är återkallat.", "Inget får skickas. Tala med personen.")
        }
        Reason::ConsentScope => (
            "Samtycket omfattar inte mottagaren eller uppgifterna.",
            "Inhämta ett nytt samtycke, eller skicka mindre.",
        ),
        Reason::AgreementNotInForce => (
            "Avtalet är inte undertecknat av alla, eller har inte börjat gälla.",
            "Se vem som saknas: brygga agreement show",
        ),
        Reason::AgreementExpired => ("Avtalet har upphört.", "Ett nytt avtal behövs."),
        Reason::AgreementTerminated => ("Avtalet är uppsagt.", "Ett nytt avtal behövs."),
        Reason::AgreementScope => {
            ("Avtalet gäller ett annat ämne.", "Ange ett annat avtal eller ämne.")
        }
        Reason::AgreementTermsMismatch => (
            "De undertecknade villkoren är inte de som finns här.",
            "Jämför villkoren med motparten.",
        ),
        Reason::PolicyUnknownTerm => (
            "Villkoren har ett ord som den här versionen inte känner.",
            "Rätta ordet, eller uppgradera noden.",
        ),
        Reason::NextStepMissing => {
            ("Ett avslag behöver ett nästa steg för personen.", "Ange --next-step.")
        }
        Reason::OutcomeMissing => ("Resultatet saknas.", "Ange --result."),
        Reason::ContactPointNotUnique => (
            "Det finns ingen väg in, eller mer än en.",
            "Be organisationen rätta sin kontaktpunkt i registret.",
        ),
        Reason::WitnessStale => ("Vittnet har en annan storlek.", ""),
        Reason::WitnessBadProof => ("Beviset håller inte.", "Kontakta driften."),
        Reason::NotImplemented => ("Mottagarens nod är för gammal för detta.", "Ring mottagaren."),
        Reason::RecipientUnavailable => {
            ("Noden kan inte spara just nu.", "Försök igen om en stund.")
        }
        Reason::RecipientInternal => ("Ett fel i noden.", "Kontakta driften."),
        Reason::Undeliverable => ("Meddelandet kunde inte levereras i tid.", "Ring mottagaren."),
    }
}

const fn english(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Unauthenticated => {
            ("The token is not accepted.", "Log in again and fetch a new token.")
        }
        Reason::NotFound => {
            ("It does not exist, or is not yours.", "Check the id and the recipient.")
        }
        Reason::RoleDenied => {
            ("Your role may not do this.", "Ask a colleague with the right role.")
        }
        Reason::PolicyDenied => {
            ("No rule of the agreement permits it.", "Read the agreement: brygga agreement list")
        }
        Reason::InvalidField => {
            ("A field is missing or malformed.", "Correct the field and try again.")
        }
        Reason::ContentForbidden => {
            ("Personal data may not stand here.", "Remove them and try again.")
        }
        Reason::BadSignature => ("The signature does not verify.", "Tell the operator."),
        Reason::WrongRecipient => ("The message is for somebody else.", "Tell the operator."),
        Reason::OutsideValidity => {
            ("The message is past its time, or from the future.", "Check both clocks.")
        }
        Reason::ChainBroken => {
            ("The message does not follow the one before it.", "Tell the operator.")
        }
        Reason::InvalidTransition => (
            "The referral cannot change like that from where it stands.",
            "Read it again: brygga referral show",
        ),
        Reason::WrongActor => ("Only the other side may do that.", ""),
        Reason::Terminal => ("The referral is final.", "Send a new referral if the need remains."),
        Reason::VersionConflict => {
            ("Somebody else was faster.", "Read the referral again and decide anew.")
        }
        Reason::IdempotencyMismatch => {
            ("The same key was used for something else.", "Use a new key.")
        }
        Reason::TooManyRequests => ("Too many calls in a short time.", "Wait a moment."),
        Reason::GroundMissing => ("No disclosure ground is named.", "Name one with --ground."),
        Reason::GroundNotAllowed => (
            "The ground cannot carry these data between these organisations.",
            "Choose another ground.",
        ),
        Reason::GdprBasisNotAllowed => {
            ("The GDPR basis is missing or not open to you.", "Name one with --gdpr-basis.")
        }
        Reason::ConsentMissing => {
            ("The ground needs a consent and none is named.", "Record one: brygga consent record")
        }
        Reason::ConsentExpired => {
            ("The consent is past its time or has not begun.", "Obtain a new consent.")
        }
        Reason::ConsentWithdrawn => {
            ("The consent was withdrawn.", "Nothing may be sent. Talk to the person.")
        }
        Reason::ConsentScope => (
            "The consent does not cover the recipient or the data.",
            "Obtain a new consent, or send less.",
        ),
        Reason::AgreementNotInForce => (
            "The agreement is not signed by all, or its time has not come.",
            "See who is missing: brygga agreement show",
        ),
        Reason::AgreementExpired => ("The agreement's time is over.", "A new agreement is needed."),
        Reason::AgreementTerminated => {
            ("The agreement was terminated.", "A new agreement is needed.")
        }
        Reason::AgreementScope => {
            ("The agreement is about another subject.", "Name another agreement or subject.")
        }
        Reason::AgreementTermsMismatch => (
            "The signed terms are not the terms held here.",
            "Compare the terms with the other party.",
        ),
        Reason::PolicyUnknownTerm => (
            "The terms hold a word that this version does not know.",
            "Correct the word, or upgrade the node.",
        ),
        Reason::NextStepMissing => {
            ("A decline needs a next step for the person.", "Name one with --next-step.")
        }
        Reason::OutcomeMissing => ("The outcome is missing.", "Name one with --result."),
        Reason::ContactPointNotUnique => (
            "There is no active contact point, or more than one.",
            "Ask the organisation to correct its contact points in the registry.",
        ),
        Reason::WitnessStale => ("The witness has another size.", ""),
        Reason::WitnessBadProof => ("The proof does not hold.", "Tell the operator."),
        Reason::NotImplemented => {
            ("The recipient's node is too old for this.", "Telephone the recipient.")
        }
        Reason::RecipientUnavailable => ("The node cannot store now.", "Try again in a moment."),
        Reason::RecipientInternal => ("A fault in the node.", "Tell the operator."),
        Reason::Undeliverable => {
            ("The message could not be delivered in time.", "Telephone the recipient.")
        }
    }
}
