//! A set of small numbers as bits: the lines that have something in common. Sets of the whole country are intersected in
//! well under a microsecond, which is why a search costs nearly the same whatever is known.

/// A set of slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn insert(&mut self, slot: u32) {
        let (word, bit) = place(slot);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) fn remove(&mut self, slot: u32) {
        let (word, bit) = place(slot);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Adds what the other has.
    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Keeps what the other has too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        for (word, kept) in self.0.iter_mut().zip(&other.0) {
            *word &= kept;
        }
    }

    /// Takes away what the other has.
    pub(super) fn drop(&mut self, other: &Self) {
        for (word, gone) in self.0.iter_mut().zip(&other.0) {
            *word &= !gone;
        }
    }

    /// The slots that are in all groups too, and those that are in all but one.
    pub(super) fn narrow<'g>(&self, groups: impl Iterator<Item = &'g Self>) -> (Self, Self) {
        let (mut in_all, mut in_all_but_one) = (self.0.clone(), vec![0; self.0.len()]);
        for Self(group) in groups {
            let mut words = in_all.iter_mut().zip(&mut in_all_but_one);
            for (group, (all, but_one)) in group.iter().zip(words.by_ref()) {
                *but_one = *but_one & group | *all & !group;
                *all &= group;
            }
            for (all, but_one) in words {
                *but_one = std::mem::take(all);
            }
        }
        (Self(in_all), Self(in_all_but_one))
    }

    /// Whether a slot is there.
    pub(super) fn has(&self, slot: u32) -> bool {
        let (word, bit) = place(slot);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The slots, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        slots(self.0.iter().copied())
    }

    /// The slots that the other has too, in order.
    pub(super) fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        slots(self.0.iter().zip(&other.0).map(|(word, other)| word & other))
    }
}

fn slots(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u32> {
    words.zip(0_u32..).flat_map(|(word, index)| {
        let next = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|rest| *rest != 0);
        let rests = std::iter::successors(Some(word).filter(|word| *word != 0), next);
        rests.map(move |rest| index * u64::BITS + rest.trailing_zeros())
    })
}

const fn place(slot: u32) -> (usize, u64) {
    ((slot / u64::BITS) as usize, 1 << (slot % u64::BITS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn bits(slots: &BTreeSet<u32>) -> Bits {
        let mut bits = Bits::default();
        slots.iter().for_each(|slot| bits.insert(*slot));
        bits
    }

    fn any_slots() -> impl Strategy<Value = BTreeSet<u32>> {
        prop::collection::btree_set(0..300_u32, 0..40)
    }

    proptest! {
        #[test]
        fn bits_answer_like_a_set(one in any_slots(), other in any_slots(), gone in 0..300_u32) {
            let listed = |bits: &Bits| bits.iter().collect::<BTreeSet<_>>();
            let changed = |change: fn(&mut Bits, &Bits)| {
                let mut changed = bits(&one);
                change(&mut changed, &bits(&other));
                listed(&changed)
            };
            prop_assert_eq!(changed(Bits::join), &one | &other);
            prop_assert_eq!(changed(Bits::keep), &one & &other);
            prop_assert_eq!(changed(Bits::drop), &one - &other);
            prop_assert_eq!(bits(&one).is_empty(), one.is_empty());
            prop_assert!((0..320).all(|slot| bits(&one).has(slot) == one.contains(&slot)));
            prop_assert!(bits(&one).shared(&bits(&other)).eq(&one & &other));
            let mut less = bits(&one);
            less.remove(gone);
            prop_assert_eq!(listed(&less), &one - &BTreeSet::from([gone]));
        }
    }
}
