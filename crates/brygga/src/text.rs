//! What a case worker reads, in Swedish and in English.
//!
//! Every label stands here with both languages beside each other, so that neither is forgotten
//! and a Swedish reader can correct the words without reading code.

pub(crate) mod reason;
pub(crate) mod vocabulary;

use crate::cli::Language;

macro_rules! texts {
    ($($variant:ident = $swedish:literal, $english:literal;)*) => {
        /// A label or a sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Text {
            $($variant,)*
        }

        impl Text {
            /// The text in a language.
            pub(crate) const fn of(self, language: Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$variant, Language::Sv) => $swedish,
                        (Self::$variant, Language::En) => $english,
                    )*
                }
            }
        }
    };
}

texts! {
    ActBy = "agerar senast", "acts by";
    AcuteDuty = "akutansvar", "acute duty";
    Agreement = "avtal", "agreement";
    AgreementProposed = "Avtalet är föreslaget och undertecknat för den egna organisationen. De andra parterna har fått det för underskrift.", "The agreement is proposed and signed for this organisation. The other parties have been asked to sign.";
    AgreementSigned = "Avtalet är undertecknat för den egna organisationen.", "The agreement is signed for this organisation.";
    AgreementTerminated = "Avtalet är uppsagt.", "The agreement is terminated.";
    Attempts = "försök", "attempts";
    CallDutyPhone = "RING NU: mottagarens nod svarar inte och uppdraget måste tas samma dag. Telefon:", "CALL NOW: the recipient's node does not answer and the duty is due the same day. Telephone:";
    Categories = "uppgifter", "data";
    Consent = "samtycke", "consent";
    ConsentRecorded = "Samtycket är registrerat. Ange dess id när du skickar en remiss.", "The consent is recorded. Name its id when you send a referral.";
    ConsentWithdrawn = "Samtycket är återkallat. Stoppade meddelanden:", "The consent is withdrawn. Messages stopped:";
    Contact = "kontakt", "contact";
    ContentNotReadable = "Innehållet kan inte öppnas här: nyckeln finns hos en annan funktion.", "The content cannot be opened here: another function has the key.";
    Created = "skapad", "created";
    Delivery = "leverans", "delivery";
    Direction = "riktning", "direction";
    DutyPhoneUnknown = "(inget nummer angivet)", "(no number given)";
    Event = "händelse", "event";
    FlagsInHistory = "OBS! Personuppgifter på kommandoraden sparas i skalets historik. Använd hellre --content-file eller --content-file - (standard in).", "NOTE: personal data on the command line stay in the shell's history. Prefer --content-file, or --content-file - for standard input.";
    Form = "form", "form";
    Ground = "sekretessbrytande grund", "disclosure ground";
    Basis = "rättslig grund (GDPR)", "GDPR basis";
    HomeMunicipality = "bosättningskommun", "home municipality";
    HostMunicipality = "vistelsekommun", "host municipality";
    Household = "hushåll", "household";
    HousingNeeds = "bostadsbehov", "housing needs";
    Identity = "personnummer", "personal identity number";
    Kind = "slag", "kind";
    LastEvent = "senaste händelse", "last event";
    LastFailure = "senaste fel", "last failure";
    Message = "meddelande", "message";
    MessageRetried = "Meddelandet står i kö igen.", "The message is queued again.";
    Name = "namn", "name";
    NextAttempt = "nästa försök", "next attempt";
    NextStep = "nästa steg", "next step";
    None = "Inget att visa.", "Nothing to show.";
    Note = "anteckning", "note";
    Parties = "parter", "parties";
    PersonReference = "personreferens", "person reference";
    PresumedExpired = "Svarstiden har gått ut; mottagaren har inte hört av sig.", "The response time is over; the recipient has not answered.";
    Priority = "prioritet", "priority";
    Purpose = "ändamål", "purpose";
    Reason = "skäl", "reason";
    ReceivedFrom = "från", "from";
    Recipient = "mottagare", "recipient";
    Recipients = "mottagare", "recipients";
    Referral = "remiss", "referral";
    ReferralRequested = "Remissen är sparad och skickas. Mottagaren behöver inte vara nåbar nu.", "The referral is stored and on its way. The recipient need not be reachable now.";
    ReferralUpdated = "Remissen är uppdaterad.", "The referral is updated.";
    RespondBy = "svar senast", "answer by";
    Result = "resultat", "result";
    Rules = "regler", "rules";
    SentTo = "till", "to";
    Service = "insats", "service";
    SignedBy = "undertecknat av", "signed by";
    Situation = "hemlöshetssituation", "homelessness situation";
    State = "läge", "state";
    Status = "status", "status";
    SupportNeeds = "stödbehov", "support needs";
    TakenOnBy = "tas om hand av", "taken on by";
    Terminated = "uppsagt från", "terminated from";
    Title = "titel", "title";
    Valid = "gäller", "valid";
    Withdrawn = "återkallat", "withdrawn";
}
