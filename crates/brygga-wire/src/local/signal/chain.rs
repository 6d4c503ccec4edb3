//! What stands on the way to an eviction, or to none, as it is shown.

use brygga_domain::Timestamp;
use brygga_domain::notice::EvictionNotice;
use brygga_domain::signal::Signal;
use brygga_proto::local::v1 as proto;

use crate::{code, time};

/// A signal, or a notice of Kronofogden that is linked to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainLink {
    /// A signal.
    Signal(Box<Signal>),
    /// A notice.
    Notice(Box<EvictionNotice>),
}

impl ChainLink {
    /// A signal.
    pub fn signal(signal: Signal) -> Self {
        Self::Signal(Box::new(signal))
    }

    /// A notice.
    pub fn notice(notice: EvictionNotice) -> Self {
        Self::Notice(Box::new(notice))
    }

    /// When it was told, last if it is a notice.
    pub fn sent_at(&self) -> Timestamp {
        match self {
            Self::Signal(signal) => signal.sent_at,
            Self::Notice(notice) => notice.sent_at,
        }
    }
}

pub(super) fn chain_to_proto(link: &ChainLink) -> proto::ChainLink {
    let sent_at = Some(time::to_proto(link.sent_at()));
    match link {
        ChainLink::Signal(signal) => proto::ChainLink {
            signal_id: signal.id.as_bytes().to_vec(),
            subject: code::number_or_unset(Some(signal.subject)),
            outcome: code::number_or_unset(signal.outcome),
            sent_at,
            ..proto::ChainLink::default()
        },
        ChainLink::Notice(notice) => proto::ChainLink {
            notice_id: notice.id.as_bytes().to_vec(),
            case_number: notice.case_number.as_str().to_owned(),
            kind: code::number_or_unset(Some(notice.kind)),
            sent_at,
            ..proto::ChainLink::default()
        },
    }
}
