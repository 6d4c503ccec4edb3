//! The extract for the person: who had access, when, to what and on what ground.

use brygga_proto::local::v1 as local;
use brygga_proto::types::v1::{DataCategory, DisclosureGround};
use clap::Args;
use serde_json::{Value, json};

use super::Service;
use crate::cli::{Invocation, Language};
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::when;
use crate::wire_code;

/// Print for the person who had access to what is held about them
///
/// It names roles and units and no employee, and can be handed out as it is.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga access extract --referral REFERRAL-ID --consent CONSENT-ID"
)]
pub(super) struct ExtractArgs {
    /// Referral about the person; may be repeated
    #[arg(long = "referral", value_name = "ID", required_unless_present = "consents")]
    referrals: Vec<Identifier>,
    /// Consent of the person; may be repeated
    #[arg(long = "consent", value_name = "ID")]
    consents: Vec<Identifier>,
}

impl ExtractArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let bytes = |ids: &[Identifier]| ids.iter().map(|id| id.to_bytes()).collect();
        let request = local::ExtractForPersonRequest {
            referral_ids: bytes(&self.referrals),
            consent_ids: bytes(&self.consents),
        };
        let response = service.extract_for_person(request).await;
        let entries = response.map_err(|status| refused(&status))?.into_inner().entries;
        let value = json!({"entries": entries.iter().map(entry).collect::<Vec<_>>()});
        let language = at.language;
        let answer = Answer::new(value)
            .line(Text::ExtractTitle.of(language))
            .line(format!("{} {}", Text::Date.of(language), when::swedish(at.now)))
            .line("");
        if entries.is_empty() {
            return Ok(answer.line(Text::None.of(language)));
        }
        let rows = entries.iter().map(|one| row(one, language, false));
        let rows: Vec<_> = std::iter::once(heading(language, false)).chain(rows).collect();
        Ok(answer.lines(table(&rows)).line("").line(Text::ExtractLaw.of(language)))
    }
}

/// The heading of a table of entries; `who` says whether colleagues see names.
pub(super) fn heading(language: Language, who: bool) -> Vec<String> {
    let name = who.then_some(Text::Who);
    let rest = [Text::Role, Text::Unit, Text::What, Text::Categories, Text::AccessGround];
    let texts = [Text::When].into_iter().chain(name).chain(rest);
    texts.map(|text| text.of(language).to_owned()).collect()
}

/// A line of that table.
pub(super) fn row(entry: &local::AccessEntry, language: Language, who: bool) -> Vec<String> {
    let at = when::from_proto(entry.at).map_or_else(|| "–".to_owned(), when::swedish);
    let unit = match entry.unit.as_str() {
        "" => Text::Intake.of(language),
        unit => unit,
    };
    let unit = match entry.on_behalf_of.as_str() {
        "" => unit.to_owned(),
        board => format!("{unit}, {} {board}", Text::OnBehalfOf.of(language)),
    };
    let categories = entry.data_categories.iter().copied();
    let categories: Vec<String> =
        categories.map(|number| word::<DataCategory>(number, language)).collect();
    let ground = word::<local::AccessGround>(entry.ground, language);
    let ground = match wire_code::show::<DisclosureGround>(entry.disclosure_ground) {
        rule if entry.disclosure_ground != 0 => format!("{ground} ({rule})"),
        _ => ground,
    };
    let name = who.then(|| entry.subject.clone());
    let rest = [
        entry.roles.join(", "),
        unit,
        action(&entry.action, language),
        categories.join(", "),
        ground,
    ];
    [at].into_iter().chain(name).chain(rest).collect()
}

/// What was done, in words; the code where there are none.
fn action(code: &str, language: Language) -> String {
    let text = match code {
        "access.extract" => Text::DidExtract,
        "break_glass.approve" => Text::DidApproveGlass,
        "break_glass.open" => Text::DidAskForGlass,
        "consent.record" => Text::DidRecordConsent,
        "consent.show" => Text::DidShowConsent,
        "consent.withdraw" => Text::DidWithdrawConsent,
        "referral.assign" => Text::DidAssign,
        "referral.disclose_inside" => Text::DidDisclose,
        "referral.request" => Text::DidRequest,
        "referral.revoke_inside" => Text::DidRevoke,
        "referral.show" => Text::DidShow,
        "referral.take_on" => Text::DidTakeOn,
        other => return other.to_owned(),
    };
    text.of(language).to_owned()
}

/// An entry as a program reads it.
pub(super) fn entry(entry: &local::AccessEntry) -> Value {
    let categories = entry.data_categories.iter().copied();
    let ground = match entry.disclosure_ground {
        0 => None,
        number => Some(wire_code::show::<DisclosureGround>(number)),
    };
    json!({
        "place": entry.place,
        "at": when::from_proto(entry.at).map(when::rfc3339),
        "subject": entry.subject,
        "roles": entry.roles,
        "unit": entry.unit,
        "on_behalf_of": entry.on_behalf_of,
        "action": entry.action,
        "referral_id": show(&entry.referral_id),
        "consent_id": show(&entry.consent_id),
        "data_categories": categories.map(wire_code::show::<DataCategory>).collect::<Vec<_>>(),
        "ground": wire_code::show::<local::AccessGround>(entry.ground),
        "disclosure_ground": ground,
        "break_glass_id": show(&entry.break_glass_id),
        "leaf": hex::encode(&entry.leaf),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_the_person_names_role_and_unit_and_nobody() {
        let entry = local::AccessEntry {
            subject: "anna".to_owned(),
            roles: vec!["CASE_WORKER".to_owned()],
            unit: "mobila-teamet".to_owned(),
            action: "referral.show".to_owned(),
            ground: local::AccessGround::DisclosedInside.into(),
            disclosure_ground: DisclosureGround::Consent122.into(),
            ..local::AccessEntry::default()
        };
        let line = row(&entry, Language::Sv, false);
        assert_eq!(line.len(), heading(Language::Sv, false).len());
        let line = line.join("|");
        assert!(line.contains("CASE_WORKER|mobila-teamet|läste"), "{line}");
        assert!(line.contains("(CONSENT_12_2)") && !line.contains("anna"), "{line}");
        assert!(row(&entry, Language::Sv, true).contains(&"anna".to_owned()));
    }
}
