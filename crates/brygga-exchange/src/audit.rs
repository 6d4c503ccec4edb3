//! Decisions as the audit log keeps them: who, what, about what, and on which clause or for which reason.
//!
//! The log holds a salted commitment of the entry; the entry itself holds identifiers and codes,
//! never content, and can be erased without breaking the log.

use brygga_audit::{Commitment, Salt};
use brygga_domain::{OrgId, Refusal, Timestamp, UnitId};
use brygga_policy::Permit;

use crate::records::AuditLeaf;
use crate::{Decided, Local, WriteSet};

/// Who decided or asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A user or system of the own organisation, by the opaque subject of its token.
    User(String),
    /// The same, of a unit that acts for a board which remains responsible.
    OnBehalf {
        /// By the opaque subject of its token.
        user: String,
        /// The board.
        board: UnitId,
    },
    /// Another organisation's node.
    Peer(OrgId),
    /// The node's own clock.
    Clock,
    /// A protected officer; who, only the sealed access log says.
    Officer,
}

impl Actor {
    /// A user or system of the own organisation, that acts for a board or for its own unit.
    pub fn of(user: &str, board: Option<&UnitId>) -> Self {
        let user = user.to_owned();
        match board {
            Some(board) => Self::OnBehalf { user, board: board.clone() },
            None => Self::User(user),
        }
    }
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Permitted by an agreement's rule.
    Permitted {
        /// Agreement, its version and the rule, for example `1b4e…/2/remiss-1`.
        clause: String,
    },
    /// Done; no agreement is needed for it.
    Done,
    /// Refused.
    Refused(Refusal),
}

impl Verdict {
    /// The clause that a permit names.
    pub fn permitted(permit: &Permit) -> Self {
        Self::Permitted {
            clause: format!("{}/{}/{}", permit.agreement_id(), permit.version(), permit.rule_id()),
        }
    }
}

/// Makes the leaf of one decision about `subject`, an identifier in its text form.
pub fn leaf(
    local: &mut Local<'_>,
    actor: &Actor,
    action: &str,
    subject: &str,
    verdict: &Verdict,
) -> AuditLeaf {
    let entry = canonical(local.now, actor, action, subject, verdict);
    let mut salt = [0_u8; 32];
    local.rng.fill_bytes(&mut salt);
    AuditLeaf { commitment: Commitment::of(&Salt::from_bytes(salt), &entry).digest(), salt, entry }
}

/// A decision that is refused: it changes nothing and leaves its leaf.
pub(crate) fn refused<T>(
    local: &mut Local<'_>,
    actor: &Actor,
    action: &str,
    subject: &str,
    refusal: Refusal,
) -> Decided<T> {
    let audit = leaf(local, actor, action, subject, &Verdict::Refused(refusal.clone()));
    Decided { writes: WriteSet { audit: vec![audit], ..WriteSet::default() }, answer: Err(refusal) }
}

/// The canonical form: six fields in fixed order, and a seventh where somebody acted for a board; tab-separated, one line,
/// UTF-8.
fn canonical(
    at: Timestamp,
    actor: &Actor,
    action: &str,
    subject: &str,
    verdict: &Verdict,
) -> Vec<u8> {
    let behalf = match actor {
        Actor::OnBehalf { board, .. } => format!("\ton-behalf-of:{board}"),
        Actor::User(_) | Actor::Peer(_) | Actor::Clock | Actor::Officer => String::new(),
    };
    let actor = match actor {
        Actor::User(user) | Actor::OnBehalf { user, .. } => format!("user:{}", one_field(user)),
        Actor::Peer(peer) => format!("peer:{peer}"),
        Actor::Clock => "clock".to_owned(),
        Actor::Officer => "officer".to_owned(),
    };
    let verdict = match verdict {
        Verdict::Permitted { clause } => format!("permitted\t{}", one_field(clause)),
        Verdict::Done => "done\t".to_owned(),
        Verdict::Refused(refusal) => {
            format!("refused\t{} {}", refusal.reason.as_str(), refusal.field)
        }
    };
    format!("{}\t{actor}\t{action}\t{subject}\t{verdict}{behalf}", at.as_millis()).into_bytes()
}

/// Keeps a foreign text inside its field.
fn one_field(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
