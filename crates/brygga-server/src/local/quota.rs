//! Quotas as they travel to the organisation's own people.

use brygga_app::QuotaStanding;
use brygga_domain::agreement::QuotaAmount;
use brygga_proto::local::v1 as proto;
use brygga_wire::time;

/// How a quota stands.
pub(super) fn standing_to_proto(standing: &QuotaStanding) -> proto::QuotaStanding {
    let QuotaStanding { span, quota, used, provided, is_complete } = standing;
    let taken = used
        .by_sender
        .iter()
        .map(|(sender, places)| proto::QuotaPlaces { sender: sender.to_string(), places: *places });
    proto::QuotaStanding {
        rule_id: span.rule_id.clone(),
        giver: span.giver.to_string(),
        period_began: Some(time::to_proto(span.began)),
        limit: quota.limit(used.base),
        per_sender: quota.per_sender,
        base: used.base.filter(|_| matches!(quota.amount, QuotaAmount::Percent(_))),
        taken: taken.collect(),
        is_complete: *is_complete,
        provided: *provided,
    }
}
