//! From one state of a list to the next, as the fewest changes.

use std::{collections::HashSet, hash::Hash, sync::Arc};

/// One change of a list of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowChange<T> {
    Reset(Vec<Arc<T>>),
    Insert(u32, Arc<T>),
    Set(u32, Arc<T>),
    Remove(u32),
}

/// More changes than this, and more than the new list is long, are told as a whole new list.
const MOST_CHANGES: usize = 200;

/// The changes that make `new` of `old`, when applied in order. Rows are the same when their keys are.
pub(crate) fn changes<T: PartialEq, K: Eq + Hash>(
    old: &[Arc<T>],
    new: &[Arc<T>],
    key: impl Fn(&T) -> &K,
) -> Vec<RowChange<T>> {
    let same = |a: &Arc<T>, b: &Arc<T>| Arc::ptr_eq(a, b) || key(a) == key(b);
    let start = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| same(a, b)).count();

    let mut out = Vec::new();
    let set = |out: &mut Vec<_>, at: usize, a: &Arc<T>, b: &Arc<T>| {
        if !Arc::ptr_eq(a, b) && a != b {
            out.push(RowChange::Set(at as u32, b.clone()));
        }
    };
    for at in 0..start {
        set(&mut out, at, &old[at], &new[at]);
    }
    let (old_middle, new_middle) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    middle(&mut out, start, old_middle, new_middle, &key, &set);
    for back in 1..=end {
        set(&mut out, new.len() - back, &old[old.len() - back], &new[new.len() - back]);
    }
    if out.len() > MOST_CHANGES && out.len() > new.len() { vec![RowChange::Reset(new.to_vec())] } else { out }
}

fn middle<T, K: Eq + Hash>(
    out: &mut Vec<RowChange<T>>,
    start: usize,
    old: &[Arc<T>],
    new: &[Arc<T>],
    key: &impl Fn(&T) -> &K,
    set: &impl Fn(&mut Vec<RowChange<T>>, usize, &Arc<T>, &Arc<T>),
) {
    let staying: HashSet<&K> = new.iter().map(|row| key(row)).collect();
    let mut rows: Vec<&Arc<T>> = Vec::with_capacity(new.len());
    for row in old {
        if staying.contains(key(row)) {
            rows.push(row);
        } else {
            out.push(RowChange::Remove((start + rows.len()) as u32));
        }
    }
    for (at, row) in new.iter().enumerate() {
        if rows.get(at).is_some_and(|there| key(there) == key(row)) {
            set(out, start + at, rows[at], row);
            rows[at] = row;
            continue;
        }
        if let Some(from) = rows.iter().skip(at).position(|there| key(there) == key(row)) {
            out.push(RowChange::Remove((start + at + from) as u32));
            rows.remove(at + from);
        }
        out.push(RowChange::Insert((start + at) as u32, row.clone()));
        rows.insert(at, row);
    }
    // A key that stood there twice.
    for extra in (new.len()..rows.len()).rev() {
        out.push(RowChange::Remove((start + extra) as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, u32);

    fn apply(rows: &mut Vec<Arc<Row>>, changes: Vec<RowChange<Row>>) {
        for change in changes {
            match change {
                RowChange::Reset(all) => *rows = all,
                RowChange::Insert(at, row) => rows.insert(at as usize, row),
                RowChange::Set(at, row) => rows[at as usize] = row,
                RowChange::Remove(at) => {
                    rows.remove(at as usize);
                }
            }
        }
    }

    fn list(rows: &[Row]) -> Vec<Arc<Row>> {
        rows.iter().copied().map(Arc::new).collect()
    }

    fn step(old: &[Row], new: &[Row]) -> Vec<RowChange<Row>> {
        let (mut shown, new) = (list(old), list(new));
        let steps = changes(&shown, &new, |row| &row.0);
        apply(&mut shown, steps.clone());
        assert_eq!(shown, new);
        steps
    }

    #[test]
    fn says_no_more_than_what_changed() {
        assert_eq!(step(&[(1, 0), (2, 0)], &[(1, 0), (2, 0)]), []);
        assert_eq!(step(&[(1, 0), (2, 0)], &[(1, 0), (2, 5)]), [RowChange::Set(1, Arc::new((2, 5)))]);
        assert_eq!(step(&[(1, 0)], &[(1, 0), (2, 0)]), [RowChange::Insert(1, Arc::new((2, 0)))]);
        assert_eq!(step(&[(1, 0), (2, 0)], &[(2, 0)]), [RowChange::Remove(0)]);
        assert_eq!(
            step(&[(1, 0), (2, 0), (3, 0)], &[(3, 1), (1, 0), (2, 0)]),
            [RowChange::Remove(2), RowChange::Insert(0, Arc::new((3, 1)))]
        );
    }

    #[test]
    fn a_whole_new_list_is_a_reset() {
        let old: Vec<Row> = (0..300).map(|key| (key, 0)).collect();
        let new: Vec<Row> = (1_000..1_300).map(|key| (key, 0)).collect();
        assert!(matches!(step(&old, &new)[..], [RowChange::Reset(_)]));
    }

    /// Few keys, so that most lists share some, and many hold one twice.
    fn lists() -> impl proptest::strategy::Strategy<Value = Vec<Row>> {
        proptest::collection::vec((0..12u32, 0..3u32), 0..16)
    }

    proptest::proptest! {
        #[test]
        fn always_arrives(old in lists(), new in lists()) {
            step(&old, &new);
        }
    }
}
