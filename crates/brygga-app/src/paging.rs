//! Lists in the order in which somebody deals with them, a page at a time.

use brygga_domain::Timestamp;

/// Entries that a list of notices or signals is made of at most: more than a municipality has open, and a list that nobody
/// reads.
pub const SORTED_MAX: u32 = 50_000;

/// A place in a list: what the last entry of a page is sorted by. No secret: whoever makes one up sees nothing but what a
/// page of their own would show.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListPlace(Vec<u8>);

impl ListPlace {
    /// Reads a token.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes of a token.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A place in a class, which comes before those of a higher one.
    pub(crate) fn in_class(class: u8) -> Self {
        Self(vec![class])
    }

    /// Then by a number.
    pub(crate) fn then_number(mut self, number: u32) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    /// Then what is earlier.
    pub(crate) fn then_earlier(mut self, at: Timestamp) -> Self {
        self.0.extend((at.as_millis() ^ i64::MIN).to_be_bytes());
        self
    }

    /// Then what is later.
    pub(crate) fn then_later(mut self, at: Timestamp) -> Self {
        self.0.extend((!(at.as_millis() ^ i64::MIN)).to_be_bytes());
        self
    }

    /// Then by some bytes.
    pub(crate) fn then(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage<T> {
    /// The entries, in order.
    pub entries: Vec<T>,
    /// Behind which the next page begins; none after the last.
    pub next: Option<ListPlace>,
}

/// Sorts entries and takes at most `limit` of those behind a place.
pub(crate) fn page<T>(
    mut entries: Vec<(ListPlace, T)>,
    after: Option<&ListPlace>,
    limit: u32,
) -> ListPage<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    entries.retain(|(place, _)| after.is_none_or(|after| place > after));
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    let is_last = entries.len() <= limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| !is_last).map(|(place, _)| place.clone());
    ListPage { entries: entries.into_iter().map(|(_, entry)| entry).collect(), next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn places_sort_by_class_then_number_then_time() {
        let earlier = |millis| ListPlace::in_class(0).then_number(3).then_earlier(at(millis));
        let later = |millis| ListPlace::in_class(1).then_later(at(millis)).then(&[7]);
        let sorted = [
            ListPlace::in_class(0).then_number(2).then_earlier(at(9_999)),
            earlier(-1),
            earlier(0),
            earlier(300),
            later(300),
            later(0),
            later(-1),
        ];
        assert!(sorted.is_sorted(), "{sorted:?}");
    }

    #[test]
    fn pages_follow_one_another_without_gap_or_repeat() {
        let all = || (0..7).rev().map(|n| (ListPlace::in_class(n), n)).collect::<Vec<_>>();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(all(), after.as_ref(), 3);
            seen.push(page.entries);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(page(all(), None, 7).next, None, "a full last page is the last");
    }
}
