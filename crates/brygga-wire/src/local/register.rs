//! The register of official documents as the registrar and the public see it.

use brygga_domain::access::Behalf;
use brygga_domain::register::{RegisterDirection, SecrecyProvision};
use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{ConversationId, MessageId, OrgId, Timestamp};
use brygga_proto::local::v1 as proto;

use crate::field::text_or_empty;
use crate::time;

/// A document of the register.
#[derive(Clone, Debug)]
pub struct RegisterRow<'a> {
    /// The node's own number.
    pub number: u64,
    /// When it was registered, and marked.
    pub registered_at: Timestamp,
    /// Received or sent.
    pub direction: RegisterDirection,
    /// The other organisation.
    pub counterparty: &'a OrgId,
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub conversation: ConversationId,
    /// Its type.
    pub subject: &'a str,
    /// The marking.
    pub secrecy: Option<SecrecyProvision>,
    /// The shared unit that made it and the board for which.
    pub behalf: Option<&'a Behalf>,
}

/// A document as it is shown. `public` leaves out who and what where it is marked (OSL 5:2).
pub fn register_entry(row: &RegisterRow<'_>, own: &OrgId, public: bool) -> proto::RegisterEntry {
    let marking = |provision: SecrecyProvision| proto::SecrecyMarking {
        provision: provision.section().to_owned(),
        marked_at: Some(time::to_proto(row.registered_at)),
        authority: own.to_string(),
    };
    let direction = match row.direction {
        RegisterDirection::In => proto::RegisterDirection::In,
        RegisterDirection::Out => proto::RegisterDirection::Out,
    };
    let bare = proto::RegisterEntry {
        number: row.number,
        label: register_label(row.number, row.registered_at),
        registered_at: Some(time::to_proto(row.registered_at)),
        direction: direction.into(),
        secrecy: row.secrecy.map(marking),
        ..proto::RegisterEntry::default()
    };
    if public && row.secrecy.is_some() {
        return bare;
    }
    proto::RegisterEntry {
        counterparty: row.counterparty.to_string(),
        subject: row.subject.to_owned(),
        message_id: row.message_id.as_bytes().to_vec(),
        conversation_id: row.conversation.as_bytes().to_vec(),
        handled_by: text_or_empty(row.behalf.map(|behalf| &behalf.unit)),
        on_behalf_of: text_or_empty(row.behalf.map(|behalf| &behalf.board)),
        ..bare
    }
}

/// A number as it is quoted: the Swedish year and six digits or more, `2026-000123`.
fn register_label(number: u64, registered_at: Timestamp) -> String {
    format!("{}-{number:06}", swedish_day(registered_at).year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(secrecy: Option<SecrecyProvision>, counterparty: &OrgId) -> RegisterRow<'_> {
        RegisterRow {
            number: 123,
            // 2025-12-31T23:30:00Z, which is 2026 in Sweden.
            registered_at: Timestamp::from_millis(1_767_223_800_000),
            direction: RegisterDirection::In,
            counterparty,
            message_id: MessageId::from_bytes([1; 16]),
            conversation: ConversationId::from_bytes([2; 16]),
            subject: "referral.requested",
            secrecy,
            behalf: None,
        }
    }

    fn organisation(text: &str) -> OrgId {
        OrgId::parse(text).unwrap()
    }

    #[test]
    fn a_number_is_quoted_with_the_swedish_year() {
        let (own, other) = (organisation("kommun:0880"), organisation("kommun:0881"));
        assert_eq!(register_entry(&row(None, &other), &own, false).label, "2026-000123");
    }

    #[test]
    fn a_marking_names_provision_date_and_the_own_organisation() {
        let (own, other) = (organisation("kommun:0880"), organisation("kommun:0881"));
        let shown = register_entry(&row(Some(SecrecyProvision::Osl26_1), &other), &own, false);
        let marking = shown.secrecy.unwrap();
        assert_eq!(
            (marking.provision.as_str(), marking.authority.as_str()),
            ("OSL 26:1", "kommun:0880")
        );
        assert_eq!(marking.marked_at, shown.registered_at);
        assert_eq!(shown.counterparty, "kommun:0881");
    }

    #[test]
    fn the_public_part_leaves_out_who_and_what_of_a_marked_document_only() {
        let (own, other) = (organisation("kommun:0880"), organisation("kommun:0881"));
        let shown = register_entry(&row(Some(SecrecyProvision::Osl26_1), &other), &own, true);
        assert_eq!((shown.counterparty.as_str(), shown.subject.as_str()), ("", ""));
        assert!(shown.message_id.is_empty() && shown.conversation_id.is_empty());
        assert!(shown.secrecy.is_some() && shown.label == "2026-000123");
        let open = register_entry(&row(None, &other), &own, true);
        assert_eq!(open, register_entry(&row(None, &other), &own, false));
    }
}
