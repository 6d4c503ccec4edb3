//! Binding of sealed content to its message: a ciphertext cut out of one message opens in no other.

use brygga_domain::{MessageId, OrgId, UnitId};

/// HPKE info string of sealed content (RFC 9180 section 5).
pub const INFO: &[u8] = b"brygga/v1/content";

/// Associated data of sealed content: message, sender, recipient and function, length-prefixed.
pub fn associated_data(
    message: MessageId,
    sender: &OrgId,
    recipient: &OrgId,
    unit: Option<&UnitId>,
) -> Vec<u8> {
    let unit = unit.map_or("", UnitId::as_str);
    let parts = [
        message.as_bytes().as_slice(),
        sender.as_str().as_bytes(),
        recipient.as_str().as_bytes(),
        unit.as_bytes(),
    ];
    let mut bytes = Vec::new();
    for part in parts {
        bytes.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(part);
    }
    bytes
}
