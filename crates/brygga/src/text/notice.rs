//! What staff read of notices of evictions.

use crate::cli::Language;

texts! {
    NoticeText;
    Address = "bostadens adress", "address of the dwelling";
    Alarm = "försenat", "late";
    ArrivedAt = "framme hos kommunen", "reached the municipality";
    CaseNumber = "målnummer", "case number";
    CaseWorker = "ansvarig handläggare", "responsible case worker";
    Children = "barn bor där", "children live there";
    ChildrenCount = "antal barn", "number of children";
    ConfirmBy = "ska bekräftas före", "to be confirmed before";
    ConfirmedAt = "bekräftat", "confirmed";
    Contact = "Kronofogdens telefon", "Kronofogden's telephone";
    Copy = "Kopia till personen, med personuppgifter; noden sparar den inte:", "The person's copy, with personal data; the node keeps none:";
    FeedFailed = "inte skickade:", "not told:";
    FeedTold = "Skickade:", "Told:";
    FollowUpBy = "uppföljning senast", "to be followed up by";
    Ground = "grund", "ground";
    Kind = "gäller", "tells";
    Landlord = "hyresvärd", "landlord";
    LapsesAfter = "förfaller efter", "lapses after";
    LivingForm = "barnens boende", "how the children live there";
    Notice = "besked", "notice";
    NoContent = "Innehållet kan inte öppnas här, eller är gallrat.", "The content cannot be opened here, or is erased.";
    Occupants = "andra bor där", "others live there";
    OutreachBy = "någon ska ha varit där", "somebody has been there by";
    Phone = "handläggarens telefon", "the case worker's telephone";
    PlannedAt = "planerad tid", "planned time";
    Protected = "SKYDDADE PERSONUPPGIFTER", "PROTECTED PERSON";
    Recipient = "kommun", "municipality";
    Row = "rad", "row";
    Sender = "avsändare", "sender";
    SentAt = "skickat", "sent";
    Task = "att göra", "to do";
    TenantName = "hyresgäst", "tenant";
    TenantNumber = "personnummer", "identity number";
    Unit = "funktion", "function";
    Until = "anstånd till och med", "respite until";
}
