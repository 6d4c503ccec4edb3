//! Consents that bind nobody.

use brygga_domain::{Seconds, Timestamp};
use brygga_proto::consent::v1::{ConsentRecipient, ConsentRecord};
use brygga_proto::local::v1::{RecordConsentRequest, ShowConsentRequest, WithdrawConsentRequest};
use brygga_testkit::consent_for;

use super::{Bad, CANARY, Call, absent, invalid};

const SHORT: [u8; 15] = [7; 15];

pub(super) fn rows(now: Timestamp) -> Vec<Bad> {
    let record = |change: &dyn Fn(&mut ConsentRecord)| {
        let mut consent = consent_for(&["kommun:0881"], 30, now);
        consent.person_reference = format!("{CANARY}-17");
        change(&mut consent);
        Call::Record(RecordConsentRequest { consent: Some(consent) })
    };
    let mut rows = who_and_what(&record);
    rows.extend(when_and_how(&record, now));
    let show = |id: &[u8]| Call::ShowConsent(ShowConsentRequest { consent_id: id.to_vec() });
    let withdraw = |id: &[u8]| Call::Withdraw(WithdrawConsentRequest { consent_id: id.to_vec() });
    rows.extend([
        invalid("a short id", "consent_id", show(&SHORT)),
        absent("unknown", show(&[9; 16])),
        invalid("a short id", "consent_id", withdraw(&SHORT)),
    ]);
    rows
}

type Record<'a> = &'a dyn Fn(&dyn Fn(&mut ConsentRecord)) -> Call;

fn who_and_what(record: Record<'_>) -> Vec<Bad> {
    let recipient = |organisation: &str, unit: &str| ConsentRecipient {
        organisation: organisation.to_owned(),
        unit: unit.to_owned(),
    };
    let (recipients, categories) = ("consent.recipients", "consent.data_categories");
    vec![
        invalid("none", "consent", Call::Record(RecordConsentRequest { consent: None })),
        invalid("a short id", "consent.consent_id", record(&|it| it.consent_id = SHORT.into())),
        invalid(
            "for nobody",
            "consent.person_reference",
            record(&|it| it.person_reference.clear()),
        ),
        invalid("unset", "consent.consenting_party", record(&|it| it.consenting_party = 0)),
        invalid("blanket", recipients, record(&|it| it.recipients.clear())),
        invalid(
            "17 of 16",
            recipients,
            record(&|it| {
                it.recipients = vec![recipient("kommun:0881", ""); 17];
            }),
        ),
        invalid(
            "malformed",
            "consent.recipients.organisation",
            record(&|it| {
                it.recipients = vec![recipient(CANARY, "")];
            }),
        ),
        invalid(
            "malformed",
            "consent.recipients.unit",
            record(&|it| {
                it.recipients = vec![recipient("kommun:0881", CANARY)];
            }),
        ),
        invalid("none", categories, record(&|it| it.data_categories.clear())),
        invalid("unknown", categories, record(&|it| it.data_categories = vec![99])),
        invalid("empty", "consent.purpose", record(&|it| it.purpose.clear())),
        invalid("201 characters", "consent.purpose", record(&|it| it.purpose = "å".repeat(201))),
    ]
}

fn when_and_how(record: Record<'_>, now: Timestamp) -> Vec<Bad> {
    let at = |instant| Some(brygga_wire::time::to_proto(instant));
    let (late, early) = (at(now.plus(Seconds::days(366))), at(now.minus(Seconds::days(1))));
    let evidence = "consent.evidence_reference";
    vec![
        invalid("no start", "consent.valid_from", record(&|it| it.valid_from = None)),
        invalid("no end", "consent.valid_until", record(&|it| it.valid_until = None)),
        invalid("over a year", "consent.valid_until", record(&|it| it.valid_until = late)),
        invalid("before it starts", "consent.valid_until", record(&|it| it.valid_until = early)),
        invalid("unset", "consent.form", record(&|it| it.form = 0)),
        invalid("no language", "consent.language", record(&|it| it.language = "s".into())),
        invalid(
            "not told",
            "consent.information_given",
            record(&|it| it.information_given = false),
        ),
        invalid("201 characters", evidence, record(&|it| it.evidence_reference = "å".repeat(201))),
        invalid(
            "ended before it began",
            "consent.withdrawn_at",
            record(&|it| it.withdrawn_at = at(now)),
        ),
    ]
}
