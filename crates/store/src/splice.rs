//! The fewest writes, nearly, that turn one ordered list into another.
//!
//! Items keep the positions they have; new ones get positions between their neighbours, so that an item more at the end, or
//! one that changed in the middle, is one write and not a hundred.

use std::collections::{HashMap, VecDeque};

/// A stored item.
pub(crate) struct Stored {
    pub(crate) position: u32,
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

/// An item to store.
pub(crate) struct Wanted<'a> {
    pub(crate) id: &'a str,
    pub(crate) bytes: Vec<u8>,
}

/// What to do, removals first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Splice {
    /// Positions that become free.
    pub(crate) remove: Vec<u32>,
    /// Positions to write, each with the index of the wanted item.
    pub(crate) write: Vec<(u32, usize)>,
}

/// The first item goes here: half of all positions on each side.
const MIDDLE: u64 = 1 << 31;
const END: u64 = 1 << 32;
/// What is left free between neighbours.
const GAP: u64 = 1 << 10;

impl Splice {
    /// Turns `stored`, ordered by position, into `wanted`.
    pub(crate) fn between(stored: &[Stored], wanted: &[Wanted<'_>]) -> Self {
        let kept = keep(stored, wanted);
        let Some(positions) = place(stored, &kept) else {
            return Self::anew(stored, wanted.len());
        };
        let mut stays = vec![false; stored.len()];
        for index in kept.iter().flatten() {
            stays[*index] = true;
        }
        let gone = stored.iter().zip(stays).filter(|(_, stays)| !stays);
        let remove = gone.map(|(item, _)| item.position).collect();
        let write = wanted
            .iter()
            .zip(&kept)
            .zip(positions)
            .enumerate()
            .filter(|(_, ((item, kept), _))| kept.is_none_or(|index| stored[index].bytes != item.bytes))
            .map(|(index, (_, position))| (position, index))
            .collect();
        Self { remove, write }
    }

    /// Everything at new positions: no room was left between two neighbours.
    fn anew(stored: &[Stored], count: usize) -> Self {
        let remove = stored.iter().map(|item| item.position).collect();
        let nothing = vec![None; count];
        let positions = place(&[], &nothing).unwrap_or_default();
        Self { remove, write: positions.into_iter().zip(0..).collect() }
    }
}

/// For each wanted item the stored one of that id, as long as the order is the same.
fn keep(stored: &[Stored], wanted: &[Wanted<'_>]) -> Vec<Option<usize>> {
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (index, item) in stored.iter().enumerate() {
        places.entry(&item.id).or_default().push_back(index);
    }
    let mut from = 0;
    let mut kept = Vec::with_capacity(wanted.len());
    for item in wanted {
        let found = places.get_mut(item.id).and_then(|places| {
            while places.front().is_some_and(|index| *index < from) {
                places.pop_front();
            }
            places.pop_front()
        });
        if let Some(index) = found {
            from = index + 1;
        }
        kept.push(found);
    }
    kept
}

/// A position for each item: its own if it is kept, else one between its neighbours. None if there is no room.
fn place(stored: &[Stored], kept: &[Option<usize>]) -> Option<Vec<u32>> {
    let mut positions = Vec::with_capacity(kept.len());
    let mut rest = kept;
    while !rest.is_empty() {
        let new = rest.iter().take_while(|kept| kept.is_none()).count();
        let next = rest.get(new).copied().flatten().map(|index| u64::from(stored[index].position));
        let before = positions.last().copied().map(u64::from);
        let count = new as u64;
        let (start, step) = match (before, next) {
            (None, None) => {
                let step = GAP.min(MIDDLE / count.max(1));
                (MIDDLE, step)
            }
            (Some(before), None) => (before + GAP, GAP),
            (None, Some(next)) => (next.checked_sub(GAP * count)?, GAP),
            (Some(before), Some(next)) => {
                let step = (next - before) / (count + 1);
                (before + step, step)
            }
        };
        if step == 0 && count > 0 || start + step * count.saturating_sub(1) >= END {
            return None;
        }
        for index in 0..count {
            positions.push(u32::try_from(start + step * index).ok()?);
        }
        if let Some(next) = next {
            positions.push(u32::try_from(next).ok()?);
        }
        rest = rest.get(new + 1..).unwrap_or_default();
    }
    Some(positions)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = (u32, u8, u8);

    fn stored(rows: &[Row]) -> Vec<Stored> {
        let row = |&(position, id, byte): &Row| Stored { position, id: id.to_string(), bytes: vec![byte] };
        rows.iter().map(row).collect()
    }

    /// Does what the splice says, and gives how many rows it touched.
    fn apply(rows: &mut Vec<Row>, wanted: &[(u8, u8)]) -> usize {
        let ids: Vec<_> = wanted.iter().map(|(id, _)| id.to_string()).collect();
        let items = wanted.iter().zip(&ids);
        let items: Vec<_> = items.map(|((_, byte), id)| Wanted { id, bytes: vec![*byte] }).collect();
        let splice = Splice::between(&stored(rows), &items);
        let touched = splice.remove.len() + splice.write.len();
        rows.retain(|(position, ..)| !splice.remove.contains(position));
        for (position, index) in splice.write {
            rows.retain(|(other, id, _)| {
                assert!(*other != position || *id == wanted[index].0, "another item's place");
                *other != position
            });
            rows.push((position, wanted[index].0, wanted[index].1));
        }
        rows.sort_unstable();
        touched
    }

    fn list(rows: &[Row]) -> Vec<(u8, u8)> {
        rows.iter().map(|(_, id, byte)| (*id, *byte)).collect()
    }

    #[test]
    fn a_usual_change_is_one_or_two_writes() {
        let mut rows = Vec::new();
        let mut wanted: Vec<_> = (0..30).map(|id| (id, 0)).collect();
        assert_eq!(apply(&mut rows, &wanted), 30);
        assert_eq!(apply(&mut rows, &wanted), 0);
        wanted[7].1 = 1;
        assert_eq!(apply(&mut rows, &wanted), 1, "an edit");
        wanted.remove(0);
        wanted.push((30, 0));
        assert_eq!(apply(&mut rows, &wanted), 2, "a new message, the oldest falls out");
        wanted.insert(0, (99, 0));
        assert_eq!(apply(&mut rows, &wanted), 1, "an older one");
        wanted.insert(10, (98, 0));
        assert_eq!(apply(&mut rows, &wanted), 1, "one in the middle");
        wanted.remove(5);
        assert_eq!(apply(&mut rows, &wanted), 1, "one less");
        assert_eq!(list(&rows), wanted);
    }

    #[test]
    fn a_gap_that_is_full_is_made_anew() {
        let mut rows = Vec::new();
        let mut wanted: Vec<(u8, u8)> = vec![(0, 0), (1, 0)];
        for id in 2..=255 {
            wanted.insert(1, (id, 0));
            apply(&mut rows, &wanted);
            assert_eq!(list(&rows), wanted);
        }
    }

    #[test]
    fn the_ends_of_the_positions_are_not_passed() {
        for edge in [0, 5, u32::MAX - 5, u32::MAX] {
            let mut rows = vec![(edge, 1, 0)];
            let wanted = [(3, 0), (1, 0), (2, 0)];
            apply(&mut rows, &wanted);
            assert_eq!(list(&rows), wanted);
        }
    }

    proptest! {
        #[test]
        fn any_list_becomes_any_other(lists in proptest::collection::vec(proptest::collection::vec((0_u8..12, 0_u8..2), 0..20), 1..8)) {
            let mut rows = Vec::new();
            for wanted in lists {
                apply(&mut rows, &wanted);
                prop_assert_eq!(list(&rows), wanted.clone());
                prop_assert_eq!(apply(&mut rows, &wanted), 0);
            }
        }
    }
}
