//! What a case worker reads, in Swedish and in English.
//!
//! Every label stands here with both languages beside each other, so that neither is forgotten
//! and a Swedish reader can correct the words without reading code.

pub(crate) mod complaint;
pub(crate) mod reason;
pub(crate) mod service;
pub(crate) mod subject;
pub(crate) mod swedish;
pub(crate) mod vocabulary;

use crate::cli::Language;

macro_rules! texts {
    ($name:ident; $($variant:ident = $swedish:literal, $english:literal;)*) => {
        /// A label or a sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($variant,)*
        }

        impl $name {
            /// Every text.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

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

pub(crate) mod notice;
pub(crate) mod relocation;
pub(crate) mod signal;

texts! {
    Text;
    AccessGround = "på vilken grund", "on what ground";
    ActBy = "agerar senast", "acts by";
    AcuteDuty = "akutansvar", "acute duty";
    AggregateHidden = "färre än fem, eller dolt för att ett sådant tal inte ska kunna räknas ut", "fewer than five, or hidden so that no such number can be computed";
    AggregateOf = "Mottagna remisser under", "Referrals received in";
    AggregateRest = "övriga", "others";
    AggregatesAsked = "Parterna är tillfrågade; deras noder svarar själva. Se svaren med \"brygga aggregate show\".", "The parties are asked; their nodes answer by themselves. See the answers with \"brygga aggregate show\".";
    Agreement = "avtal", "agreement";
    Advice = "råd", "advice";
    AgreementLintClean = "Inga anmärkningar: varje regel kan avgöra något.", "No findings: every rule can decide something.";
    AgreementProposed = "Avtalet är föreslaget och undertecknat för den egna organisationen. De andra parterna har fått det för underskrift.", "The agreement is proposed and signed for this organisation. The other parties have been asked to sign.";
    AgreementSigned = "Avtalet är undertecknat för den egna organisationen.", "The agreement is signed for this organisation.";
    AgreementResumed = "Avtalet är återupptaget av er.", "You have resumed the agreement.";
    AgreementSuspended = "Avtalet är pausat: inget nytt skickas under det.", "The agreement is suspended: nothing new is sent under it.";
    AgreementTerminated = "Avtalet är uppsagt.", "The agreement is terminated.";
    AtMost = "högst", "at most";
    Attempts = "försök", "attempts";
    AuditLog = "logg", "audit log";
    Basis = "rättslig grund (GDPR)", "GDPR basis";
    Because = "därför", "because";
    Call = "förfrågan", "call";
    CallAnswerBy = "svar senast", "answer by";
    CallAnswered = "Platserna hålls för den som frågar. Se strax om ni var först:", "The places are held for whoever calls. See in a moment whether you were first:";
    CallAsked = "har fått frågan", "were asked";
    CallAwaits = "Första svaret vinner. Se om det har kommit:", "The first answer wins. See whether it has come:";
    CallDutyPhone = "RING NU: mottagarens nod svarar inte och uppdraget måste tas samma dag. Telefon:", "CALL NOW: the recipient's node does not answer and the duty is due the same day. Telephone:";
    CallHeld = "Platserna hålls. Bekräfta när någon kommer, eller lämna tillbaka dem:", "The places are held. Confirm when somebody comes, or give them back:";
    CallMayAnswer = "Håll egna platser och svara; den som är först vinner:", "Hold own places and answer; whoever is first wins:";
    CallMayAnswerAnew = "Platserna är lediga igen. Det går att svara på nytt:", "The places are free again. It can be answered anew:";
    CallOffDone = "Klart. De som fick frågan får veta det, och platser som väntade blir lediga.", "Done. Whoever was asked is told, and places that waited are free again.";
    CallTakenBy = "först var", "first was";
    CallWithChild = "barn följer med", "with a child";
    Caller = "frågar", "caller";
    Categories = "uppgifter", "data";
    CapacityAllPublished = "Allt är publicerat.", "Everything is published.";
    CapacityAvailable = "lediga", "left";
    CapacityBaseline = "platser", "places";
    CapacityFresh = "gäller till", "relied on until";
    CapacityFaster = "Någon hann före. Så står tjänsten nu; kör kommandot igen om din uppgift är nyare:", "Somebody was faster. This is how the service stands now; run the command again if your numbers are newer:";
    CapacityHeld = "hållna", "held";
    CapacityCountNow = "för gammalt, räkna om nu", "too old, count again now";
    CapacityCountSoon = "räkna om före dess", "count again before";
    CapacityLine = "rad", "line";
    CapacityNextTime = "Nästa gång räcker:", "Next time this is enough:";
    CapacityNotAll = "Allt gick inte att publicera; rätta raderna och kör igen.", "Not everything could be published; correct the rows and run it again.";
    CapacityOccupied = "belagda", "occupied";
    CapacityPublished = "Publicerad.", "Published.";
    CapacityPublisher = "hos", "at";
    CapacityRow = "rad", "row";
    OfficerHandle = "Ditt handläggar-id", "Your handle";
    OfficerKeep = "Spara det tillsammans med lösenfrasen. Ingen kan återställa den.", "Keep it with the passphrase. Nobody can reset it.";
    SearchAlmost = "Passar nästan:", "Almost fits:";
    SearchAlternatives = "Annat som passar, närmare:", "Of another kind, nearer:";
    CapacitySeenBy = "ses av", "seen by";
    CapacitySequence = "publicering nr", "publication no.";
    CapacityStale = "för gammalt, ring", "too old, telephone";
    CapacityToCount = "Räkna om och skriv brygga capacity publish. Tjänster det gäller:", "Count again and write brygga capacity publish. Services concerned:";
    CapacityWithdrawn = "Tjänsten är tillbakadragen; dess nummer används aldrig mer.", "The service is withdrawn; its number is never used again.";
    CauseLevel = "orsak", "cause";
    ClaimBy = "anmäl er senast", "claim by";
    ClaimedByWhom = "tagen av", "claimed by";
    ClosedOn = "avslutad", "closed";
    Concerns = "ärende", "concerns";
    Consent = "samtycke", "consent";
    ConsentNarrowed = "Samtycket är inskränkt. Stoppade meddelanden:", "The consent is narrowed. Messages stopped:";
    ConsentRecorded = "Samtycket är registrerat. Ange dess id när du skickar en remiss.", "The consent is recorded. Name its id when you send a referral.";
    ConsentWithdrawn = "Samtycket är återkallat. Stoppade meddelanden:", "The consent is withdrawn. Messages stopped:";
    Contact = "kontakt", "contact";
    ContentClosed = "Behandlingen är stoppad; innehållet är stängt för det dagliga arbetet.", "Processing was stopped; the content is closed to everyday work.";
    ContentNotReadable = "Innehållet kan inte öppnas här: nyckeln finns hos en annan funktion.", "The content cannot be opened here: another function has the key.";
    Conversation = "tråd", "thread";
    Counterparty = "motpart", "counterparty";
    Created = "skapad", "created";
    Date = "datum", "date";
    Delivery = "leverans", "delivery";
    DidApproveGlass = "godkände nödåtkomst", "approved a broken glass";
    DidAskForGlass = "bad om nödåtkomst", "asked for a broken glass";
    DidAssign = "tilldelade en kollega", "assigned a colleague";
    DidDisclose = "lämnade ut till en annan enhet", "disclosed to another unit";
    DidExtract = "skrev ut loggen för personen", "printed the log for the person";
    DidRecordConsent = "registrerade samtycke", "recorded a consent";
    DidRequest = "skickade remiss", "sent a referral";
    DidRevoke = "tog tillbaka ett utlämnande", "took a disclosure back";
    DidShow = "läste remissen", "read the referral";
    DidShowConsent = "läste samtycket", "read the consent";
    DidTakeOn = "tog hand om remissen", "took the referral on";
    DidWithdrawConsent = "återkallade samtycke", "withdrew a consent";
    Direction = "riktning", "direction";
    DisclosedInside = "Utlämnat till enheten. Utlämnandets id, för att ta tillbaka det:", "Disclosed to the unit. The disclosure's id, to take it back:";
    DisclosureRevoked = "Utlämnandet är taget tillbaka.", "The disclosure is taken back.";
    Documents = "handlingar", "documents";
    DutyPhoneUnknown = "(inget nummer angivet)", "(no number given)";
    Erased = "gallrade", "erased";
    EscalatedTo = "lagd framför", "laid before";
    Event = "händelse", "event";
    ExportFirst = "Diariet måste exporteras innan något gallras: brygga register export", "The register has to be exported before anything is purged: brygga register export";
    ExtractLaw = "Åtkomst dokumenteras och kontrolleras systematiskt (lag 2001:454 10 §). Den som undrar över en rad kan vända sig till organisationen.", "Access is documented and systematically checked (lag 2001:454 10 §). Whoever wonders about a line may turn to the organisation.";
    ExtractTitle = "Utdrag ur åtkomstloggen: vem som har haft åtkomst till uppgifterna om dig", "Extract from the access log: who had access to the data about you";
    Federation = "federation", "federation";
    ExplainNoAgreement = "Inget avtal som båda är parter i finns här.", "There is no agreement here to which both are parties.";
    ExplainOutside = "omfattar inte", "does not cover";
    ExplainPermitted = "Får skickas enligt avtal", "May be sent under agreement";
    ExplainRefused = "Får inte skickas.", "May not be sent.";
    FlagsInHistory = "OBS! Personuppgifter på kommandoraden sparas i skalets historik. Använd hellre --content-file eller --content-file - (standard in).", "NOTE: personal data on the command line stay in the shell's history. Prefer --content-file, or --content-file - for standard input.";
    FollowUp = "Att följa upp: det är avslutat och ingen här har tagit del av utfallet (brygga referral acknowledge).", "To follow up: it has ended and nobody here has acknowledged how (brygga referral acknowledge).";
    Form = "form", "form";
    Giver = "lämnas av", "given by";
    GlassAsked = "Nödåtkomst är begärd. Någon annan med rätt roll godkänner senast", "The glass is asked for. Somebody else with the right role approves by";
    GlassOpen = "Åtkomsten gäller till", "Access until";
    Ground = "sekretessbrytande grund", "disclosure ground";
    Groups = "grupper", "groups";
    HaveTold = "har svarat", "have told";
    HeldUp = "hindrade", "held up";
    Hold = "hållning", "hold";
    HoldConfirmBy = "Bekräfta när någon kommer, före", "Confirm when somebody comes, before";
    HoldConfirmed = "Platsen är belagd. När den som kom har lämnat skriver boendet: brygga hold departed", "The place is taken. When whoever came has left, the shelter writes: brygga hold departed";
    HoldEndedHere = "Klart. Den som höll platsen får veta det.", "Done. Whoever held the place is told.";
    HoldInQueue = "på plats", "at place";
    HoldNotAnswered = "Svaret har inte kommit än. Se det om en stund, och ring om det är bråttom:", "The answer has not come yet. Look again in a while, and telephone if it is urgent:";
    HoldNotConfirmed = "Ändringen nekades: hållningen står som den stod. Förlängningarna kan vara slut.", "The change was refused: the hold stands as it stood. There may be no more extensions.";
    HoldPending = "väntar på svar om", "awaits the answer on";
    HoldReturned = "Platsen är återlämnad.", "The place is given back.";
    HoldTerms = "platser", "places";
    HoldTermsExtensions = "förlängs högst", "extended at most";
    HoldTermsFresh = "siffror gäller i", "numbers are relied on for";
    HoldTermsHeld = "hålls i", "held for";
    HoldTermsReentry = "återinflyttning kan begäras i", "re-entry can be asked for within";
    HoldUntil = "hållen till", "held until";
    HoldWaits = "Den som tur är får platsen av sig själv. Svara i tid, annars går turen vidare:", "Whose turn it is gets the place by itself. Answer in time, or the turn goes on:";
    Holder = "hålls av", "held by";
    HomeMunicipality = "bosättningskommun", "home municipality";
    HostMunicipality = "vistelsekommun", "host municipality";
    HouseRules = "husregler", "house rules";
    Household = "hushåll", "household";
    HousingNeeds = "bostadsbehov", "housing needs";
    Identity = "personnummer", "personal identity number";
    Intake = "mottagningen", "the intake";
    Kind = "slag", "kind";
    LastEvent = "senaste händelse", "last event";
    LastFailure = "senaste fel", "last failure";
    LastRound = "Senaste gallring", "Last round";
    LoopClosed = "avsändaren har läst hur det gick", "the sender has read how it ended";
    MarkedBy = "sekretessmarkerad av", "marked by";
    MarkedInError = "Remissen är markerad som felregistrerad; mottagaren ska sluta och radera.", "The referral is marked as made by mistake; the recipient is told to stop and to erase.";
    MarkedOn = "sekretessmarkerad", "marked on";
    MayAmend = "får föreslå ändringar", "may propose changes";
    MeetingsPerYear = "möten per år", "meetings a year";
    Message = "meddelande", "message";
    MessageRetried = "Meddelandet står i kö igen.", "The message is queued again.";
    Minutes = "protokoll", "minutes";
    Name = "namn", "name";
    Negotiation = "förhandling", "negotiation";
    NetworkTerms = "reläet", "relay";
    SignalTerms = "underrättelser", "signals";
    SignalTermsGrace = "anståndsdagar", "days of grace";
    SignalTermsContact = "kontakt inom dagar", "contact within days";
    SignalTermsOnSite = "på plats inom timmar", "on site within hours";
    SignalTermsTakeOn = "handläggs inom dagar", "taken on within days";
    NetworkTermsAsked = "tillfrågade", "asked";
    NetworkTermsAtLeast = "minst", "at least";
    NetworkTermsCells = "celler var", "cells every";
    NextAttempt = "nästa försök", "next attempt";
    NextStep = "nästa steg", "next step";
    None = "Inget att visa.", "Nothing to show.";
    NotExported = "ej exporterat", "not exported";
    Note = "anteckning", "note";
    NoteSent = "Anteckningen är sparad och skickas.", "The note is stored and on its way.";
    Number = "nummer", "number";
    OnBehalfOf = "på uppdrag av", "on behalf of";
    OtherSide = "den andra parten", "the other side";
    OutOf = "av", "of";
    Outbox = "utkorg", "outbox";
    Outcome = "utfall", "outcome";
    Outlook = "gallring", "outlook";
    OwnNote = "härifrån", "from here";
    OwnOnly = ", egna platser", ", your own places";
    PartOf = "fortsätter", "continues";
    Offer = "öppen remiss", "open referral";
    OfferClaimLost = "Ni har lovat att ta emot, men någon annan var först eller erbjudandet är stängt: ert löfte behövs inte längre.", "You promised to take the person on, but somebody else was first or the offer is closed: your promise is not needed any more.";
    OfferClaimed = "Ni har lovat att ta emot personen. Avsändarens nod avgör vem som var först; remissen kommer i så fall redan accepterad.", "You have promised to take the person on. The sender's node decides who was first; if you were, the referral comes already accepted.";
    OfferMade = "Remissen är erbjuden utan personuppgifter. Den som anmäler sig först får innehållet.", "The referral is offered without personal data. Whoever claims first gets the content.";
    OfferWithdrawn = "Erbjudandet är återtaget och innehållet raderat.", "The offer is taken back and its content erased.";
    OfferedBy = "erbjuds av", "offered by";
    Parties = "parter", "parties";
    PeriodSince = "period från", "period from";
    Party = "part", "party";
    PersonReference = "personreferens", "person reference";
    PlacesTaken = "använt", "used";
    PresumedExpired = "Svarstiden har gått ut; mottagaren har inte hört av sig.", "The response time is over; the recipient has not answered.";
    Priority = "prioritet", "priority";
    ProcessingStopped = "Behandlingen är stoppad.", "Processing was stopped.";
    Program = "program", "version";
    PromiseOverdue = "Den som tog hand om den har inte agerat i tid.", "Whoever took it on has not acted in time.";
    Purpose = "ändamål", "purpose";
    QuotaPerSender = "för var och en som skickar", "for each sender";
    QuotaShared = "för alla tillsammans", "for all together";
    Reason = "skäl", "reason";
    ReceivedFrom = "från", "from";
    Recipient = "mottagare", "recipient";
    Recipients = "mottagare", "recipients";
    Referral = "remiss", "referral";
    ReferralRequested = "Remissen är sparad och skickas. Mottagaren behöver inte vara nåbar nu.", "The referral is stored and on its way. The recipient need not be reachable now.";
    ReferralUpdated = "Remissen är uppdaterad.", "The referral is updated.";
    Referrals = "remisser", "referrals";
    RegisterExported = "Diariet är exporterat och noterat som bevarat:", "The register is exported and noted as kept:";
    RegisterExtracted = "Utdraget ur diariet är skrivet:", "The extract of the register is written:";
    Registry = "register", "registry";
    RespondBy = "svar senast", "answer by";
    Responsible = "ansvarig kommun", "responsible municipality";
    Result = "resultat", "result";
    Resumed = "återupptagen", "resumed";
    Review = "omprövning", "review";
    ReviewBy = "En loggranskare ska ha skrivit under senast", "A log reviewer must have signed by";
    ReviewLate = "FÖRSENAD, skulle granskas", "LATE, due";
    ReviewRequested = "omprövning begärd", "a review was asked for";
    ReviewSigned = "Granskningen är undertecknad av noden:", "The review is signed by the node:";
    ReviewWaits = "granskas senast", "review by";
    Reviewed = "omprövad", "reviewed";
    Role = "roll", "role";
    PublicationPermitted = "får publiceras för", "may be published to";
    Rule = "regel", "rule";
    Rules = "regler", "rules";
    Criteria = "villkor", "criteria";
    Eligibility = "intygat", "affirmed";
    EligibleMet = "avtalets villkor är uppfyllda", "the criteria of the agreement are met";
    EligibleJustified = "utanför målgruppen, motiverat i avsändarens akt", "outside the target group, justified in the sender's file";
    CriterionDated = "dagen anges", "the day is told";
    CriterionJustifiable = "får motiveras", "may be justified";
    EvaluationDue = "utvärderas", "evaluated by";
    EvaluationIsDue = "ska utvärderas nu", "to be evaluated now";
    NoticeDays = "uppsägningstid", "notice";
    Days = "dagar", "days";
    Sum = "summa", "sum";
    Tags = "märkning", "tags";
    SampleDigest = "stickprovets kontrollsumma (--digest)", "digest of the sample (--digest)";
    Secrecy = "sekretess", "secrecy";
    Section = "lagrum", "section";
    SentTo = "till", "to";
    Service = "insats", "service";
    SuspendedBy = "pausat av", "suspended by";
    SignedBy = "undertecknat av", "signed by";
    Situation = "hemlöshetssituation", "homelessness situation";
    State = "läge", "state";
    Status = "status", "status";
    StopErased = "har raderat allt", "has erased everything";
    StopNothingHeld = "har aldrig fått något", "never received anything";
    StopOverdue = "har inte svarat i tid: RING", "has not answered in time: CALL";
    StopRetained = "behåller enligt lag:", "keeps it by law:";
    StopWaiting = "har inte svarat än", "has not answered yet";
    SubjectAge = "personens ålder", "age of the person";
    SupportNeeds = "stödbehov", "support needs";
    TakenOnBy = "tas om hand av", "taken on by";
    Terminated = "uppsagt från", "terminated from";
    ThirdPersons = "andra personer", "other persons";
    Title = "titel", "title";
    ToHandOver = "att lämna över", "to hand over";
    UnhandledDays = "Ingen har tagit hand om den; dagar:", "Nobody has taken it on; days:";
    Certainty = "säkerhet", "certainty";
    HostActs = "Det är oklart vem som ansvarar: vistelsekommunen agerar (SoL 29:4).", "It is unclear who is responsible: the municipality where the person is acts (SoL 29:4).";
    HostAcute = "akuta behov", "acute needs";
    ResponsibleFor = "ansvarar för", "responsible for";
    Transfer = "överflyttning", "transfer";
    TransferAppealed = "överklagat", "appealed";
    TransferApplied = "ansökt hos IVO", "applied to IVO";
    TransferArrivedAt = "begäran mottagen", "request received";
    TransferAsked = "tillfrågad kommun", "asked";
    TransferBreached = "svaret kom inte inom en månad", "the answer did not come within a month";
    TransferDecided = "IVO:s beslut", "IVO's decision";
    TransferDirection = "riktning", "direction";
    TransferDue = "väntar på", "waits for";
    TransferFinal = "laga kraft", "final";
    TransferHandedOver = "överlämnat", "handed over";
    TransferLate = "försening", "delay";
    TransferOverdue = "försenat", "overdue";
    TransferPackage = "Underlag till IVO, med personuppgifter:", "Documents for IVO, with personal data:";
    TransferPosition = "svar", "answer";
    TransferReplyBy = "svar senast", "answer by";
    TransferRequestedAt = "begärd", "requested";
    TransferRequester = "begärande kommun", "requester";
    TransferUntil = "till", "until";
    Unit = "enhet", "unit";
    Units = "enheter", "units";
    Valid = "gäller", "valid";
    ValidUntil = "gäller till", "expires";
    What = "vad", "what";
    When = "när", "when";
    Who = "vem", "who";
    Withdrawn = "återkallat", "withdrawn";
    WorksOnIt = "Handlägger remissen", "Works on the referral";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that both languages have.
    const SAME: &[Text] = &[Text::Federation, Text::Form, Text::Status];

    #[test]
    fn every_text_is_there_in_both_languages() {
        for text in Text::ALL {
            let (swedish, english) = (text.of(Language::Sv), text.of(Language::En));
            assert!(!swedish.is_empty() && !english.is_empty(), "{text:?}");
            assert_eq!(swedish == english, SAME.contains(text), "{text:?}");
        }
        for text in signal::SignalText::ALL {
            assert_ne!(text.of(Language::Sv), text.of(Language::En), "{text:?}");
        }
        for text in notice::NoticeText::ALL {
            assert_ne!(text.of(Language::Sv), text.of(Language::En), "{text:?}");
        }
        for text in relocation::RelocationText::ALL {
            assert_ne!(text.of(Language::Sv), text.of(Language::En), "{text:?}");
        }
        for complaint in complaint::Complaint::ALL {
            assert_ne!(complaint.of(Language::Sv), complaint.of(Language::En), "{complaint:?}");
        }
    }
}
