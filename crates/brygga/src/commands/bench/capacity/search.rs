//! How long a search takes among few facilities and among many: the same needs, in turn, so that whatever else the
//! machine does meets both.

use std::hint::black_box;
use std::time::{Duration, Instant};

use brygga_domain::capacity::{Audience, Replica};
use serde_json::{Value, json};

use super::{at_most, country};
use crate::commands::bench::figures::Figure;

/// Searches that are made before any is counted.
const WARM_UP: usize = 5_000;
/// Searches that are counted, of each.
const COUNTED: usize = 100_000;
/// Of how many facilities few is one.
const FEWER: u32 = 10;

/// What was found, in microseconds.
pub(super) struct Search {
    searches: usize,
    in_vain: usize,
    few: [f64; 2],
    many: [f64; 2],
}

/// Searches among so many facilities and a tenth of them.
pub(super) fn measure(facilities: u32) -> Search {
    let (few, many) = (country::known(facilities / FEWER), country::known(facilities));
    let mut lot = country::Lot::new(1);
    let (mut of_few, mut of_many) = (Vec::with_capacity(COUNTED), Vec::with_capacity(COUNTED));
    let (mut searches, mut in_vain) = (0, 0);
    while searches < WARM_UP + COUNTED {
        let Some(need) = country::need(&mut lot) else { break };
        searches += 1;
        let (few_span, _) = timed(&few, &need);
        let (many_span, found) = timed(&many, &need);
        if searches > WARM_UP {
            of_few.push(few_span);
            of_many.push(many_span);
            in_vain += usize::from(found == 0);
        }
    }
    let searches = of_many.len();
    Search { searches, in_vain, few: percentiles(of_few), many: percentiles(of_many) }
}

fn timed(replica: &Replica, need: &brygga_domain::capacity::Need) -> (Duration, usize) {
    let began = Instant::now();
    let found = black_box(replica.search(black_box(need), Audience::Staff, country::NOW));
    let span = began.elapsed();
    (span, found.fits.len())
}

/// The median, and what one in a hundred exceeds.
fn percentiles(mut spans: Vec<Duration>) -> [f64; 2] {
    spans.sort_unstable();
    [50, 99].map(|percent| {
        let place = spans.len() * percent / 100;
        spans.get(place).map_or(0.0, |span| span.as_secs_f64() * 1e6)
    })
}

impl Search {
    pub(super) fn figure(&self) -> Figure {
        let label = "p99 of a search, 660 facilities / 66";
        let (measured, floor) = (Some(self.many[1]), Some(self.few[1]));
        Figure { measured, floor, ..at_most("search_p99", label, "µs", (1.5, 1.1)) }
    }

    pub(super) fn line(&self) -> String {
        format!("{} of each, of which {} found nothing", self.searches, self.in_vain)
    }

    pub(super) fn json(&self) -> Value {
        let of = |[p50, p99]: [f64; 2]| json!({"p50_us": p50, "p99_us": p99});
        json!({
            "searches": self.searches,
            "in_vain": self.in_vain,
            "few": of(self.few),
            "many": of(self.many),
        })
    }
}
