//! A thousand random changes to a bundle, every one of which must be noticed.
//!
//! The seed is fixed, so a failure repeats; `BRYGGA_TEST_SEED` tries another.

use brygga_crypto::SigningKey;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

use super::{
    tests::{Log, SIGNED_AT, log},
    verify,
};

const MUTATIONS: usize = 1_000;
/// Two more than the newest checkpoint vouches for.
const LEAVES: u64 = SIGNED_AT[SIGNED_AT.len() - 1] + 2;
const DEFAULT_SEED: u64 = 20_260_101;

fn below(rng: &mut ChaCha20Rng, limit: usize) -> usize {
    (rng.next_u64() % limit as u64) as usize
}

/// Replaces one character by another printable one.
fn edit(rng: &mut ChaCha20Rng, lines: &mut [String]) {
    let line = below(rng, lines.len());
    let mut chars: Vec<char> = lines[line].chars().collect();
    let position = below(rng, chars.len());
    chars[position] = char::from(b' ' + below(rng, 95) as u8);
    lines[line] = chars.into_iter().collect();
}

fn delete(rng: &mut ChaCha20Rng, lines: &mut Vec<String>) {
    lines.remove(below(rng, lines.len()));
}

/// Puts a line of this bundle or of another one anywhere.
fn insert(rng: &mut ChaCha20Rng, lines: &mut Vec<String>, other: &[String]) {
    let source = if rng.next_u32() & 1 == 0 { lines.clone() } else { other.to_vec() };
    let line = source[below(rng, source.len())].clone();
    lines.insert(below(rng, lines.len() + 1), line);
}

fn reorder(rng: &mut ChaCha20Rng, lines: &mut [String]) {
    let (first, second) = (below(rng, lines.len()), below(rng, lines.len()));
    lines.swap(first, second);
}

/// Cuts at a line or in the middle of one.
fn truncate(rng: &mut ChaCha20Rng, lines: &mut Vec<String>) {
    lines.truncate(1 + below(rng, lines.len()));
    if let Some(last) = lines.last_mut()
        && rng.next_u32() & 1 == 0
    {
        let chars = last.chars().count();
        *last = last.chars().take(below(rng, chars)).collect();
    }
}

/// Puts in a checkpoint of a rebuilt log under the same key, or the same one by a forger.
fn replace_checkpoint(rng: &mut ChaCha20Rng, lines: &mut [String], rebuilt: &Log, forger: &Log) {
    let source = if rng.next_u32() & 1 == 0 { rebuilt } else { forger };
    let line = 1 + below(rng, SIGNED_AT.len());
    lines[line] = source.lines()[1 + below(rng, SIGNED_AT.len())].clone();
}

#[test]
fn every_one_of_a_thousand_mutations_is_noticed() {
    let seed = std::env::var("BRYGGA_TEST_SEED")
        .map_or(DEFAULT_SEED, |seed| seed.parse().expect("a number"));
    eprintln!("BRYGGA_TEST_SEED={seed}");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let honest = log(1, LEAVES, &SIGNED_AT);
    let rebuilt = log(2, LEAVES, &SIGNED_AT);
    let forger = Log { key: SigningKey::from_seed(&[2; 32]), ..log(1, LEAVES, &SIGNED_AT) };
    let (key, remembered) = (honest.key.public(), honest.last());
    let (lines, other) = (honest.lines(), rebuilt.lines());
    assert!(verify(lines.concat().as_bytes(), &key, Some(remembered)).is_ok());

    let mut done = 0;
    while done < MUTATIONS {
        let mut mutated = lines.clone();
        let kind = below(&mut rng, 6);
        match kind {
            0 => edit(&mut rng, &mut mutated),
            1 => delete(&mut rng, &mut mutated),
            2 => insert(&mut rng, &mut mutated, &other),
            3 => reorder(&mut rng, &mut mutated),
            4 => truncate(&mut rng, &mut mutated),
            _ => replace_checkpoint(&mut rng, &mut mutated, &rebuilt, &forger),
        }
        let text = mutated.concat();
        if text == lines.concat() {
            continue;
        }
        let verdict = verify(text.as_bytes(), &key, Some(remembered));
        assert!(verdict.is_err(), "seed {seed}, mutation {done} of kind {kind}:\n{text}");
        done += 1;
    }
}
