//! Searches in vain: counted together whoever counts at once, and added up by type and county.

use std::collections::BTreeMap;

use brygga_domain::capacity::{Days, Locality, NeedDraft, UnmetNeed, UnmetSum};
use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{Seconds, Timestamp};
use brygga_exchange::WriteSet;
use brygga_storage::Store;
use futures_util::future::join_all;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(every_search_in_vain_is_counted_once_and_added_up_by_type_and_county);

fn unmet(service_type: Option<&str>, near: Option<&str>, when: Timestamp) -> WriteSet {
    let need = NeedDraft {
        service_type: service_type.map(str::to_owned),
        near: near.and_then(Locality::parse),
        ..NeedDraft::default()
    };
    let mut writes = WriteSet::default();
    let need = UnmetNeed::of(&need.check().unwrap(), when);
    writes.capacity.unmet = BTreeMap::from([(need, 1)]);
    writes
}

async fn sums(store: &Store, from: Timestamp, until: Timestamp) -> Vec<(String, String, u64)> {
    let days = Days::new(swedish_day(from), swedish_day(until)).unwrap();
    let sums = store.read(|reader| Box::pin(async move { reader.unmet_needs(days).await }));
    let told = |sum: UnmetSum| {
        let county = sum.county.map(|county| county.code());
        (sum.service_type.unwrap_or_default(), county.unwrap_or_default(), sum.searches)
    };
    sums.await.unwrap().into_iter().map(told).collect()
}

async fn every_search_in_vain_is_counted_once_and_added_up_by_type_and_county(database: &Database) {
    let stores = [database.open().await, database.open().await];
    let tomorrow = NOW.plus(Seconds::days(1));
    let shelter = Some("NIGHT_SHELTER");
    let at_once = (0..20).map(|turn| {
        let (from, near) = (&stores[turn % 2], if turn < 15 { "0881" } else { "0880" });
        store(from, unmet(shelter, Some(near), NOW))
    });
    for counted in join_all(at_once).await {
        counted.unwrap();
    }
    store(&stores[0], unmet(shelter, Some("0881"), tomorrow)).await.unwrap();
    store(&stores[0], unmet(None, None, tomorrow)).await.unwrap();
    let found = |service_type: &str, county: &str, searches| {
        (service_type.to_owned(), county.to_owned(), searches)
    };
    let first = [found("NIGHT_SHELTER", "08", 20)];
    assert_eq!(sums(&stores[1], NOW, NOW).await, first);
    let both = [found("", "", 1), found("NIGHT_SHELTER", "08", 21)];
    assert_eq!(sums(&stores[1], NOW, tomorrow).await, both);
    assert_eq!(sums(&stores[1], NOW.minus(Seconds::days(1)), NOW).await, first);
}
