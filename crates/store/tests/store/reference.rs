//! The store against a plain model in memory, over random histories.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use bulla_model::{Membership, RoomFilter, RoomId, RoomKind, RoomSummary, TimelineItem};
use bulla_store::Store;
use proptest::prelude::*;

use crate::sample::{at, item, key, room, room_id};

#[derive(Debug, Clone)]
enum Step {
    PutRooms(Vec<RoomSummary>),
    RemoveRooms(Vec<RoomId>),
    PutTail(RoomId, Vec<TimelineItem>),
    Look(u32),
    Reopen,
}

#[derive(Default)]
struct Reference {
    rooms: BTreeMap<RoomId, RoomSummary>,
    tails: BTreeMap<RoomId, Vec<TimelineItem>>,
}

const FILTERS: [RoomFilter; 7] = [
    RoomFilter::All,
    RoomFilter::Unread,
    RoomFilter::People,
    RoomFilter::Rooms,
    RoomFilter::Invitations,
    RoomFilter::Favourites,
    RoomFilter::Spaces,
];

impl Reference {
    fn check(&self, store: &Store, limit: u32) {
        let mut all: Vec<_> = self.rooms.values().cloned().collect();
        // None sorts before Some: last when reversed.
        all.sort_by_key(|room| (Reverse(room.active_at), room.id.clone()));
        assert_eq!(store.all_rooms().unwrap(), all);
        for filter in FILTERS {
            let page = store.rooms(filter, limit).unwrap();
            let admitted: Vec<_> = all.iter().filter(|room| filter.admits(room)).collect();
            assert_eq!(page.total as usize, admitted.len());
            assert!(page.rooms.iter().eq(admitted.into_iter().take(limit as usize)));
        }
        for n in 0..6 {
            let id = room_id(n);
            assert_eq!(store.room(&id).unwrap().as_ref(), self.rooms.get(&id));
            let tail = self.tails.get(&id).map_or(&[][..], Vec::as_slice);
            let from = tail.len().saturating_sub(limit as usize);
            assert_eq!(store.tail(&id, limit).unwrap(), tail[from..]);
        }
    }
}

fn any_room() -> impl Strategy<Value = RoomSummary> {
    let membership = prop_oneof![
        4 => Just(Membership::Joined),
        1 => Just(Membership::Invited),
        1 => Just(Membership::Knocked),
        1 => Just(Membership::Left),
        1 => Just(Membership::Banned),
    ];
    let kind = prop_oneof![Just(RoomKind::Direct), Just(RoomKind::Private), Just(RoomKind::Space)];
    let numbers = (0_u32..6, 0_u32..2, 0_u32..2, proptest::option::of(0_u64..4));
    let flags = (any::<bool>(), any::<bool>());
    (numbers, flags, membership, kind).prop_map(
        |((n, unread, mentions, active_at), (marked_unread, favourite), membership, kind)| {
            let active_at = active_at.map(at);
            RoomSummary { unread, mentions, marked_unread, favourite, membership, kind, active_at, ..room(n) }
        },
    )
}

fn any_tail() -> impl Strategy<Value = Vec<TimelineItem>> {
    // Ids from a small set, in and out of order, doubled now and then.
    let run = (0_u32..20, 0_u32..12).prop_map(|(from, count)| (from..from + count).collect());
    let mixed = proptest::collection::vec(0_u32..20, 0..12);
    (prop_oneof![3 => run, 1 => mixed], 0..3_u32, 0..12_usize).prop_map(
        |(ids, text, changed): (Vec<u32>, u32, usize)| {
            let text = |place| if place == changed { text } else { 0 };
            let items = ids.iter().enumerate();
            items.map(|(place, id)| item(&id.to_string(), &text(place).to_string())).collect()
        },
    )
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::collection::vec(any_room(), 0..5).prop_map(Step::PutRooms),
        1 => proptest::collection::vec((0_u32..6).prop_map(room_id), 0..3).prop_map(Step::RemoveRooms),
        6 => ((0_u32..3).prop_map(room_id), any_tail()).prop_map(|(id, items)| Step::PutTail(id, items)),
        3 => (0_u32..8).prop_map(Step::Look),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_history_gives_what_the_reference_gives(steps in proptest::collection::vec(any_step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut store = Store::open(&path, &key()).unwrap();
        let mut reference = Reference::default();
        let mut writes = Vec::new();
        for step in steps.into_iter().chain([Step::Look(100)]) {
            match step {
                Step::PutRooms(rooms) => {
                    writes.push(store.put_rooms(rooms.clone()));
                    reference.rooms.extend(rooms.into_iter().map(|room| (room.id.clone(), room)));
                }
                Step::RemoveRooms(ids) => {
                    writes.push(store.remove_rooms(ids.clone()));
                    let ids: BTreeSet<_> = ids.into_iter().collect();
                    reference.rooms.retain(|id, _| !ids.contains(id));
                    reference.tails.retain(|id, _| !ids.contains(id));
                }
                Step::PutTail(id, items) => {
                    writes.push(store.put_tail(id.clone(), items.clone()));
                    reference.tails.insert(id, items);
                }
                Step::Look(limit) => {
                    for write in writes.drain(..) {
                        prop_assert!(write.wait().is_ok());
                    }
                    reference.check(&store, limit);
                }
                Step::Reopen => {
                    store.close();
                    store = Store::open(&path, &key()).unwrap();
                }
            }
        }
    }
}
