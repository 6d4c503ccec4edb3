//! A household in codes.

use brygga_domain::Refusal;
use brygga_domain::relocation::{BlindNeed, BlindNeedDraft};
use brygga_proto::relocation::v1 as proto;

use crate::code::{Coded, numbers, read, read_all};
use crate::field::{counted, required};

/// Most of each list, before it is looked at.
const LISTED_MAX: usize = 16;

pub(crate) fn need_from_proto(need: Option<proto::BlindNeed>) -> Result<BlindNeed, Refusal> {
    let need = required(need, "need")?;
    counted(&need.children, 0..=LISTED_MAX, "need.children")?;
    counted(&need.languages, 0..=LISTED_MAX, "need.languages")?;
    let draft = BlindNeedDraft {
        adults: need.adults,
        children: read_all(&need.children, "need.children")?,
        wheelchair: need.wheelchair,
        animals: need.animals,
        languages: need.languages,
        housing: read(need.housing, "need.housing")?,
        support: read(need.support, "need.support")?,
        earliest: read(need.earliest, "need.earliest")?,
    };
    draft.check()
}

pub(crate) fn need_to_proto(need: &BlindNeed) -> proto::BlindNeed {
    proto::BlindNeed {
        adults: need.adults,
        children: numbers(&need.children),
        wheelchair: need.wheelchair,
        animals: need.animals,
        languages: need.languages.clone(),
        housing: need.housing.number(),
        support: need.support.number(),
        earliest: need.earliest.number(),
    }
}
