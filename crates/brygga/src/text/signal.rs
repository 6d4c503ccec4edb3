//! What staff read of signals about somebody's home.

use crate::cli::Language;

texts! {
    SignalText;
    Account = "betalas till", "to be paid to";
    Address = "bostadens adress", "address of the dwelling";
    Age = "ålder", "age";
    Alarm = "försenat", "late";
    Amount = "belopp, kr", "amount, SEK";
    ArrivedAt = "framme hos kommunen", "reached the municipality";
    Chain = "Vägen hit", "The way here";
    Children = "barn bor där", "children live there";
    Contact = "telefon", "telephone";
    Days = "dagar", "days";
    DaysUnhandled = "dagar utan handläggning", "days unhandled";
    DueAt = "nästa tidsgräns", "next due";
    DueOn = "hyran förföll", "rent was due";
    EarliestDecision = "avhysning tidigast", "eviction decided at the earliest";
    EspeciallySerious = "särskilt allvarlig", "especially serious";
    Interest = "varav ränta, kr", "interest in it, SEK";
    Kind = "slag", "kind";
    Landlord = "hyresvärd", "landlord";
    LandlordAddress = "hyresvärdens adress", "the landlord's address";
    Late = "försenade", "late";
    Needs = "behov", "needs";
    NoContent = "Innehållet kan inte öppnas här, eller är gallrat.", "The content cannot be opened here, or is erased.";
    NoticesLate = "avhysningar, sent bekräftade", "evictions confirmed late";
    NoticesWaiting = "avhysningar att bekräfta", "evictions to confirm";
    Occupant = "bor där", "lives there";
    On = "dag", "day";
    Open = "öppna", "open";
    Outcome = "utfall", "outcome";
    Person = "personen", "the person";
    PersonNumber = "personnummer", "identity number";
    Priority = "går före", "comes first";
    Pseudonym = "kallad", "called";
    Recipient = "kommun", "municipality";
    RedeemBy = "betalas senast", "to be paid by";
    Rooms = "antal rum", "rooms";
    RoomsMissing = "saknas i underrättelsen", "missing in the notice";
    Sender = "avsändare", "sender";
    SentAt = "skickad", "sent";
    Signal = "underrättelse", "signal";
    Step = "åtgärd", "step";
    Subject = "gäller", "about";
    Supervision = "övervakning", "supervision";
    TenantName = "hyresgäst", "tenant";
    TerminatedOn = "uppsagd den", "terminated on";
    TooLate = "för sent", "too late";
    Undertaking = "kommunen betalar", "the municipality pays";
    Unhandled = "utan handläggning", "unhandled";
    Unit = "funktion", "function";
    Warned = "tillsagd att sluta", "told to stop";
    Yes = "ja", "yes";
}
