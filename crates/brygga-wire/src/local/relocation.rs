//! Protected relocations, as their officers write and read them.

mod act;
mod offering;
mod shown;

use std::collections::BTreeSet;

use brygga_domain::relocation::{Opening, Withheld};
use brygga_domain::{OfficerId, Refusal, RelocationId, Seconds, Sensitive};
use brygga_proto::local::v1 as proto;
use zeroize::Zeroizing;

use crate::code::{read, read_or_unset};
use crate::field::{counted, from_bytes, from_text, required, within};
use crate::relocation::need_from_proto;
use crate::time;

pub use act::relocation_act_from_proto;
pub use offering::{network_id, offering_from_proto, open_enquiry_to_proto, reciprocity_to_proto};
pub use shown::relocation_to_proto;

/// Longest passphrase.
const PASSPHRASE_BYTES_MAX: usize = 1_024;
/// Most exclusions and other officers, before they are looked at.
const LISTED_MAX: usize = 64;
/// Insight that is withheld is reviewed so long after it was decided (lag 2024:79 5:4).
const REVIEW_AFTER: Seconds = Seconds::days(182);

/// A case as an officer opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelocationWish {
    /// The other officers.
    pub others: Vec<OfficerId>,
    /// Everything else; its officers are still to be filled in.
    pub opening: Opening,
}

/// Who an officer says to be, and the passphrase, which clears itself.
///
/// # Errors
/// The field at fault.
pub fn officer_proof(
    proof: Option<proto::OfficerProof>,
) -> Result<(OfficerId, Zeroizing<Vec<u8>>), Refusal> {
    let proof = required(proof, "proof")?;
    let passphrase = Zeroizing::new(proof.passphrase);
    within(&passphrase, PASSPHRASE_BYTES_MAX, "proof.passphrase")?;
    Ok((from_bytes(&proof.officer_id, "proof.officer_id")?, passphrase))
}

/// Reads a case's name.
///
/// # Errors
/// The field at fault.
pub fn relocation_id(bytes: &[u8]) -> Result<RelocationId, Refusal> {
    from_bytes(bytes, "relocation_id")
}

/// Reads what an officer writes to open a case.
///
/// # Errors
/// The field at fault.
pub fn relocation_wish(request: proto::OpenRelocationRequest) -> Result<RelocationWish, Refusal> {
    counted(&request.other_officers, 0..=LISTED_MAX, "other_officers")?;
    let others = request.other_officers.iter().map(|officer| from_bytes(officer, "other_officers"));
    counted(&request.exclusions, 0..=LISTED_MAX, "exclusions")?;
    let mut exclusions = BTreeSet::new();
    for excluded in &request.exclusions {
        exclusions.insert(from_text(excluded, "exclusions")?);
    }
    counted(&request.withheld, 0..=LISTED_MAX, "withheld")?;
    let withheld = request.withheld.iter().map(|one| {
        let decided_at = time::from_proto(one.decided_at, "withheld.decided_at")?;
        let relation = read(one.relation, "withheld.relation")?;
        Ok(Withheld { relation, decided_at, review_due: decided_at.plus(REVIEW_AFTER) })
    });
    Ok(RelocationWish {
        others: others.collect::<Result<_, Refusal>>()?,
        opening: Opening {
            agreement_id: from_bytes(&request.agreement_id, "agreement_id")?,
            officers: Vec::new(),
            route: read(request.route, "route")?,
            level: read(request.level, "level")?,
            secrecy_basis: read_or_unset(request.secrecy_basis, "secrecy_basis")?,
            exclusions: Sensitive::new(exclusions),
            withheld: withheld.collect::<Result<_, Refusal>>()?,
            need: need_from_proto(request.need)?,
        },
    })
}
