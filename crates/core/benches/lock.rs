//! Row 13: the lock of the app, with a session open over that many rooms: locking, unlocking by the PIN, and from the PIN to the first 20
//! rooms. The server cannot be reached. It takes the accounts that row 1 has filled, and is to be flat over their sizes.
#![recursion_limit = "256"]

use std::{path::Path, sync::Arc, time::Instant};

use bulla_core::Session;
use bulla_model::{Password, RoomFilter, RoomListChange, SessionState};
use serde_json::json;

use crate::{
    child::{Child, copy, fixtures, runtime, side},
    measure::{Figure, Samples, times},
};

#[path = "harness/child.rs"]
mod child;
#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const PAGE: u32 = 20;
const STEPS: [&str; 3] = ["lock", "unlock", "unlock to the first 20 rooms"];

fn main() {
    match side() {
        Some(arguments) => play(Path::new(&arguments[0])),
        None => measure(),
    }
}

fn measure() {
    let sizes = std::env::var("BULLA_BENCH_ROOMS").unwrap_or_else(|_| "100,10000".into());
    let sizes: Vec<usize> = sizes.split(',').map(|it| it.parse().expect("a number of rooms")).collect();
    let mut all: Vec<[Samples; 3]> = sizes.iter().map(|_| Default::default()).collect();
    for _ in 0..times(20) {
        // Sizes in turns: the ratio between them is the goal.
        for (rooms, samples) in sizes.iter().zip(&mut all) {
            let kept = fixtures().join(format!("start-{rooms}"));
            assert!(kept.join("complete").exists(), "`cargo xtask bench 1` fills the accounts of {rooms} rooms");
            let place = tempfile::tempdir_in(fixtures()).expect("a folder");
            copy(&kept.join("ours"), place.path());
            let mut child = Child::side(&[&place.path().to_string_lossy()]);
            let answer = child.answer();
            child.end();
            assert_eq!(answer["rows"], (*rooms).min(PAGE as usize), "{answer}");
            for (step, samples) in STEPS.iter().zip(samples) {
                samples.push_ms(answer[*step].as_f64().expect("a time"));
            }
        }
    }
    for (rooms, samples) in sizes.iter().zip(&all) {
        for (step, samples) in STEPS.iter().zip(samples) {
            Figure::new(13, format!("{rooms} rooms, {step}")).side("ours", samples).print();
        }
    }
}

fn play(folder: &Path) {
    let runtime = runtime();
    let answer = runtime.block_on(async {
        let (account, accounts) = (sides::account(folder), Arc::new(sides::accounts(folder)));
        let pin = || Password::new("193728".into());
        let session = accounts.open(&account).await.expect("opened");
        first_page(&session).await;
        // The SDK is there, and found no server.
        let states = session.states();
        while !matches!(states.next().await.expect("a state"), Some(SessionState::Offline { .. })) {}
        accounts.set_pin(pin()).await.expect("set");

        let begun = Instant::now();
        accounts.lock().await.expect("locked");
        let locked = begun.elapsed();
        drop(session);
        accounts.open(&account).await.err().expect("it is locked");

        let begun = Instant::now();
        accounts.unlock(pin()).await.expect("unlocked");
        let unlocked = begun.elapsed();
        let session = accounts.open(&account).await.expect("opened again");
        let rows = first_page(&session).await;
        let ms = |took: std::time::Duration| took.as_secs_f64() * 1e3;
        json!({ "rows": rows, STEPS[0]: ms(locked), STEPS[1]: ms(unlocked), STEPS[2]: ms(begun.elapsed()) })
    });
    println!("{answer}");
    std::process::exit(0);
}

async fn first_page(session: &Session) -> usize {
    let rooms = session.rooms(RoomFilter::All, PAGE).expect("rooms");
    let batch = rooms.next().await.expect("a batch").expect("a batch");
    let Some(RoomListChange::Reset { items, .. }) = batch.into_iter().next() else { panic!("a reset") };
    items.len()
}
