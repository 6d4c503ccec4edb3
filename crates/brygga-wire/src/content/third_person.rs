//! Somebody else than the person: a consent covers only who gave it (rule R5).

use brygga_domain::sensitive::Sensitive;
use brygga_domain::{Refusal, ThirdPersonRelation};
use brygga_proto::referral::v1 as proto;

use super::MAX_NAME_CHARS;
use crate::code;
use crate::field::{counted, text};

/// Most others that a request can tell of.
pub const MAX_THIRD_PERSONS: usize = 16;

/// Somebody else than the person whom the referral is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThirdPerson {
    /// How they are related.
    pub relation: ThirdPersonRelation,
    /// Name as it was given; empty for none.
    pub name: Sensitive<String>,
}

pub(super) fn to_proto(others: &[Sensitive<ThirdPerson>]) -> Vec<proto::ThirdPerson> {
    let one = |other: &Sensitive<ThirdPerson>| proto::ThirdPerson {
        relation: code::number_or_unset(Some(other.expose().relation)),
        name: other.expose().name.expose().clone(),
    };
    others.iter().map(one).collect()
}

pub(super) fn from_proto(
    others: Vec<proto::ThirdPerson>,
) -> Result<Vec<Sensitive<ThirdPerson>>, Refusal> {
    counted(&others, 0..=MAX_THIRD_PERSONS, "content.third_persons")?;
    let one = |other: proto::ThirdPerson| {
        let relation = code::read(other.relation, "content.third_persons.relation")?;
        let name = text(other.name, MAX_NAME_CHARS, "content.third_persons.name")?;
        Ok(Sensitive::new(ThirdPerson { relation, name: Sensitive::new(name) }))
    };
    others.into_iter().map(one).collect()
}
