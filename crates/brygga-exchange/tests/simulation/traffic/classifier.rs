//! Tells pairs with a flow from pairs without, by what an observer notes.

use std::fmt;

use super::flows::{Flow, Pair};
use super::{FLOW_HOURS, HOURS, Seen, Traffic};

/// How well two ways of looking tell them apart: 1 is always, 0.5 is by chance.
pub(super) struct Sight {
    /// Whether what one sends and what the other gets rise and fall together, hour by hour.
    pub(super) correlation: f64,
    /// How much both send.
    pub(super) volume: f64,
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "correlation {:.3}, volume {:.3}", self.correlation, self.volume)
    }
}

pub(super) fn look(traffic: &Traffic, flows: &[Flow], others: &[Pair]) -> Sight {
    let pair = |flow: &Flow| Pair { ends: flow.ends, first_hour: flow.first_hour };
    let flows: Vec<_> = flows.iter().map(pair).collect();
    let scores = |score: fn(&Traffic, &Pair) -> f64, pairs: &[Pair]| -> Vec<f64> {
        pairs.iter().map(|pair| score(traffic, pair)).collect()
    };
    Sight {
        correlation: auc(&scores(correlation, &flows), &scores(correlation, others)),
        volume: auc(&scores(volume, &flows), &scores(volume, others)),
    }
}

/// The probability that a pair with a flow scores higher than one without, a draw counting half.
fn auc(with: &[f64], without: &[f64]) -> f64 {
    let all: Vec<f64> = with.iter().chain(without).copied().collect();
    let above: f64 = ranks(&all)[..with.len()].iter().sum();
    let (with, without) = (size(with.len()), size(without.len()));
    (above - with * (with + 1.0) / 2.0) / (with * without)
}

/// Both directions, counts and bytes, in the same hour or the next.
fn correlation(traffic: &Traffic, pair: &Pair) -> f64 {
    let [one, other] = pair.ends;
    let at = |lag: usize| -> f64 {
        let both = [(one, other), (other, one)].into_iter().map(|(from, to)| {
            let sent = &traffic.sent[from];
            let received = &traffic.received[to];
            let by = |value: fn(&Seen) -> u32| {
                let sent = window(sent, pair.first_hour, value);
                spearman(&sent, &window(received, pair.first_hour + lag, value))
            };
            by(|seen| seen.count) + by(|seen| seen.bytes)
        });
        both.sum()
    };
    at(0).max(at(1))
}

fn volume(traffic: &Traffic, pair: &Pair) -> f64 {
    let sent = |end: usize| -> f64 {
        window(&traffic.sent[end], pair.first_hour, |seen| seen.bytes).iter().sum()
    };
    pair.ends.into_iter().map(sent).sum()
}

fn window(hours: &[Seen; HOURS], first: usize, value: fn(&Seen) -> u32) -> Vec<f64> {
    hours[first..first + FLOW_HOURS].iter().map(|seen| f64::from(value(seen))).collect()
}

/// Pearson's correlation of the ranks; none where one of both never changes.
fn spearman(one: &[f64], other: &[f64]) -> f64 {
    let (one, other) = (ranks(one), ranks(other));
    let mean = (size(one.len()) + 1.0) / 2.0;
    let (mut product, mut squares, mut other_squares) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(&other) {
        product += (x - mean) * (y - mean);
        squares += (x - mean) * (x - mean);
        other_squares += (y - mean) * (y - mean);
    }
    let scale: f64 = squares * other_squares;
    if scale > 0.0 { product / scale.sqrt() } else { 0.0 }
}

/// From 1; equal values share the middle of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|one, other| values[*one].total_cmp(&values[*other]).is_eq()) {
        let middle = size(first) + (size(equal.len()) + 1.0) / 2.0;
        for place in equal {
            ranks[*place] = middle;
        }
        first += equal.len();
    }
    ranks
}

fn size(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("few enough"))
}

#[test]
fn the_measure_itself_is_right() {
    assert!((auc(&[3.0, 4.0], &[1.0, 2.0]) - 1.0).abs() < 1e-9);
    assert!((auc(&[1.0, 1.0], &[1.0, 1.0]) - 0.5).abs() < 1e-9);
    assert!((auc(&[1.0, 4.0], &[2.0, 3.0]) - 0.5).abs() < 1e-9);
    assert!((spearman(&[1.0, 2.0, 9.0], &[5.0, 6.0, 7.0]) - 1.0).abs() < 1e-9);
    assert!((spearman(&[1.0, 2.0, 9.0], &[7.0, 6.0, 5.0]) + 1.0).abs() < 1e-9);
    assert!(spearman(&[1.0, 2.0], &[5.0, 5.0]).abs() < 1e-9);
    assert_eq!(ranks(&[5.0, 1.0, 5.0]), [2.5, 1.0, 2.5]);
}
