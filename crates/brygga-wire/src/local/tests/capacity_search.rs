//! What is looked for is read field by field, and what is unset excludes nothing.

use brygga_domain::capacity::{Gender, Locality, NeedDraft, Period, Sobriety};
use brygga_proto::capacity::v1::Period as ProtoPeriod;

use super::*;
use crate::local::{capacity_need, unmet_days};

fn read(need: proto::CapacityNeed) -> Result<NeedDraft, Refusal> {
    let need = capacity_need(proto::SearchCapacityRequest { need: Some(need) })?;
    Ok((*need).clone())
}

fn bad_field(change: impl FnOnce(&mut proto::CapacityNeed)) -> &'static str {
    let mut need = proto::CapacityNeed::default();
    change(&mut need);
    read(need).unwrap_err().field
}

#[test]
fn what_is_looked_for_is_read_and_what_is_unset_excludes_nothing() {
    assert_eq!(read(proto::CapacityNeed::default()), Ok(NeedDraft::default()));
    let need = proto::CapacityNeed {
        service_type: "NIGHT_SHELTER".to_owned(),
        near: "0881".to_owned(),
        gender: proto::Gender::Woman.into(),
        sobriety: proto::Sobriety::NotSober.into(),
        age: 40,
        period: ProtoPeriod::Night.into(),
        from: "2026-11-22".to_owned(),
        nights: 3,
        ..proto::CapacityNeed::default()
    };
    let read = read(need).unwrap();
    assert_eq!(read.service_type.as_deref(), Some("NIGHT_SHELTER"));
    assert_eq!(read.near, Locality::parse("0881"));
    assert_eq!((read.gender, read.sobriety), (Some(Gender::Woman), Some(Sobriety::NotSober)));
    assert_eq!((read.age, read.nights), (Some(40), Some(3)));
    assert_eq!(read.period, Some(Period::Night));
    assert_eq!(read.from.map(|day| day.to_string()).as_deref(), Some("2026-11-22"));
}

#[test]
fn each_field_that_cannot_be_is_named() {
    assert_eq!(bad_field(|need| need.service_type = "NO_SUCH".to_owned()), "need.service_type");
    assert_eq!(bad_field(|need| need.near = "9980".to_owned()), "need.near");
    assert_eq!(bad_field(|need| need.gender = 9), "need.gender");
    assert_eq!(bad_field(|need| need.sobriety = 9), "need.sobriety");
    assert_eq!(bad_field(|need| need.period = 9), "need.period");
    assert_eq!(bad_field(|need| need.from = "22/11".to_owned()), "need.from");
    let nine = || vec!["sv".to_owned(); 9];
    assert_eq!(bad_field(|need| need.languages = nine()), "need.languages");
    assert_eq!(bad_field(|need| need.house_rules = nine()), "need.house_rules");
    let none = capacity_need(proto::SearchCapacityRequest::default());
    assert_eq!(none.unwrap_err().field, "need");
    let days = |from: &str, until: &str| {
        let (from, until) = (from.to_owned(), until.to_owned());
        unmet_days(&proto::ShowUnmetNeedRequest { from, until })
    };
    assert!(days("2026-01-01", "2026-12-31").is_ok());
    assert_eq!(days("", "2026-12-31").unwrap_err().field, "from");
    assert_eq!(days("2026-01-01", "2027-06-01").unwrap_err().field, "until");
}
