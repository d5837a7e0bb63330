//! Row 10, and files: memory and rate while 500 MB are sent and received in an encrypted room of a real server, memory while pictures are scrolled,
//! and how many thumbnails are made in a second.
//!
//! The peer is matrix-sdk, which sends and receives a file as one piece of memory. The floor is AES-256-CTR and plain HTTP, for thumbnails the `image` crate alone
//! on the same bytes. Growth is the highest that was resident while it went on, above what was before.
#![recursion_limit = "256"]

use std::{
    fs::{self, File},
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use aes::Aes256;
use bulla_core::{Session, Timeline, TimelineStream};
use bulla_model::{
    ItemContent, ItemId, MediaDraft, MediaKind, Membership, MessageBody, RoomFilter, RoomId, RoomSummary, TimelineItem,
    UserId,
};
use bulla_testkit::{Handle, User};
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher},
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};
use matrix_sdk::{
    Client,
    attachment::AttachmentConfig,
    media::{MediaFormat, MediaRequestParameters},
    reqwest,
};
use matrix_sdk_ui::timeline::RoomExt;
use ruma::events::room::message::MessageType;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    child::{Child, lines, runtime, side},
    measure::{Figure, Samples, times},
};

#[path = "harness/child.rs"]
mod child;
#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const MEGABYTES: usize = 500;
const PICTURES: usize = 30;
const SIDE: u32 = 400;
const DEADLINE: Duration = Duration::from_secs(600);
const PART: usize = 64 * 1024;

fn main() {
    match side() {
        Some(arguments) => match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ours", folder, users] => runtime().block_on(ours(Path::new(folder), &people(users))),
            ["pictures", folder, users] => runtime().block_on(pictures(Path::new(folder), &people(users))),
            ["peer", folder, users] => runtime().block_on(peer(Path::new(folder), &people(users))),
            ["floor", folder, users] => floor(Path::new(folder), &people(users)),
            _ => panic!("no such side"),
        },
        None => {
            let runtime = runtime();
            runtime.block_on(async {
                let deployment = bulla_testkit::attach_or_start().await.expect("a deployment");
                measure(deployment).await;
            });
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

async fn measure(deployment: &Handle) {
    let place = tempfile::tempdir().expect("a folder");
    fill(&place.path().join("film.bin"), MEGABYTES);
    let mut sides = Vec::new();
    for name in ["ours", "peer", "floor"] {
        let users = [deployment.new_user(0).await.expect("a user"), deployment.new_user(0).await.expect("a user")];
        let mut child = Child::side(&[name, &place.path().to_string_lossy(), &told(&users)]);
        child.answer();
        sides.push(child);
    }
    let mut samples: [[Samples; 4]; 3] = Default::default();
    for turn in 0..times(5) {
        for step in 0..3 {
            let which = (turn + step) % 3;
            let answer = sides[which].ask();
            for (samples, name) in samples[which].iter_mut().zip(["send_ms", "receive_ms", "send_mb", "receive_mb"]) {
                samples.push_ms(answer[name].as_f64().expect("a figure"));
            }
        }
    }
    sides.into_iter().for_each(Child::end);
    let [ours, peer, floor] = samples;
    for (at, case) in [(0, "send"), (1, "receive")] {
        Figure::new(10, format!("{case} {MEGABYTES} MB"))
            .side("ours", &ours[at])
            .side("peer", &peer[at])
            .side("floor", &floor[at])
            .note("ours_growth_mb", ours[at + 2].p99())
            .note("peer_growth_mb", peer[at + 2].p99())
            .note("floor_growth_mb", floor[at + 2].p99())
            .print();
    }
    let users = [deployment.new_user(0).await.expect("a user"), deployment.new_user(0).await.expect("a user")];
    let mut child = Child::side(&["pictures", &place.path().to_string_lossy(), &told(&users)]);
    child.answer();
    let mut thumbnails: [Samples; 2] = Default::default();
    let mut growth = Samples::default();
    for _ in 0..times(10) {
        let answer = child.ask();
        thumbnails[0].push_ms(answer["ms"].as_f64().expect("a time"));
        thumbnails[1].push_ms(answer["floor_ms"].as_f64().expect("a time"));
        growth.push_ms(answer["mb"].as_f64().expect("a size"));
    }
    child.end();
    Figure::new(10, format!("a thumbnail of {SIDE} pixels, of {PICTURES} that are scrolled"))
        .side("ours", &thumbnails[0])
        .side("floor", &thumbnails[1])
        .note("ours_growth_mb", growth.p99())
        .print();
}

fn told(users: &[User; 2]) -> String {
    json!([users[0].homeserver, users[0].user_id, users[0].password, users[1].user_id, users[1].password]).to_string()
}

fn people(told: &str) -> [User; 2] {
    let told: Vec<String> = serde_json::from_str(told).expect("people");
    let user = |id: &str, password: &str| User {
        user_id: id.into(),
        localpart: String::new(),
        password: password.into(),
        homeserver: told[0].clone(),
    };
    [user(&told[1], &told[2]), user(&told[3], &told[4])]
}

/// Bytes that cannot be made smaller.
fn fill(path: &Path, megabytes: usize) {
    let mut file = File::create(path).expect("a file");
    let mut cipher = Ctr128BE::<Aes256>::new(&[7; 32].into(), &[0; 16].into());
    for _ in 0..megabytes {
        let mut part = vec![0; 1_000_000];
        cipher.apply_keystream(&mut part);
        file.write_all(&part).expect("written");
    }
}

async fn in_time<T>(what: &str, wait: impl Future<Output = T>) -> T {
    timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("{what}: not in time"))
}

/// How much is resident, now or at most since [`from_here`], in MB.
fn resident(line: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find_map(|it| it.strip_prefix(line)).expect("its line");
    line.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).expect("a number") * 1024.0 / 1e6
}

/// What is resident now; the highest is counted anew.
fn from_here() -> f64 {
    fs::write("/proc/self/clear_refs", "5").expect("counted anew");
    resident("VmRSS:")
}

fn growth(before: f64) -> f64 {
    (resident("VmHWM:") - before).max(0.0)
}

/// Two people in a room with `bulla-core`.
struct Ours {
    alice: Session,
    _bob: Session,
    sender: Timeline,
    receiver: Timeline,
    received: TimelineStream,
    rows: Vec<TimelineItem>,
}

impl Ours {
    async fn meet(folder: &Path, [one, other]: &[User; 2]) -> Self {
        let folder = |name: &str| folder.join(format!("{name}-{}", one.user_id.trim_start_matches('@')));
        let alice = sides::sign_in(&folder("alice"), &one.homeserver, &one.user_id, &one.password).await;
        let bob = sides::sign_in(&folder("bob"), &other.homeserver, &other.user_id, &other.password).await;
        for session in [&alice, &bob] {
            in_time("live", sides::live(session)).await;
        }
        let id = alice.create_direct(&UserId(other.user_id.clone())).await.expect("created");
        listed(&bob, |row| row.id == id && row.membership == Membership::Invited).await;
        bob.join(&id).await.expect("joined");
        listed(&alice, |row| row.id == id && row.members == 2).await;
        listed(&bob, |row| row.id == id && row.membership == Membership::Joined && row.encrypted).await;
        let (sender, receiver) = (timeline(&alice, &id).await, timeline(&bob, &id).await);
        let received = receiver.items();
        Self { alice, _bob: bob, sender, receiver, received, rows: Vec::new() }
    }

    async fn send(&self, path: &Path, kind: MediaKind, name: &str) {
        let draft = MediaDraft {
            path: path.to_string_lossy().into_owned(),
            kind,
            name: Some(name.to_owned()),
            lifetime: None,
            mime: None,
            caption: None,
            width: None,
            height: None,
            duration: None,
            waveform: None,
            poster: None,
            reply_to: None,
        };
        self.sender.send_media(draft).await.expect("taken in");
        let uploads = self.alice.uploads().expect("uploads");
        in_time("everything left", async {
            while !uploads.next().await.expect("rows").expect("the stream goes on").is_empty() {}
        })
        .await;
    }

    async fn arrives(&mut self, name: &str) -> ItemId {
        in_time("it arrives", async {
            loop {
                let named = |row: &&TimelineItem| match &row.content {
                    ItemContent::Event { event } => {
                        matches!(&event.body, MessageBody::Media { name: it, .. } if it == name)
                    }
                    _ => false,
                };
                if let Some(row) = self.rows.iter().find(named) {
                    return row.id.clone();
                }
                let batch = self.received.next().await.expect("a batch").expect("a batch");
                bulla_model::apply_timeline_changes(&mut self.rows, batch);
            }
        })
        .await
    }
}

async fn timeline(session: &Session, id: &RoomId) -> Timeline {
    session.room(id).await.expect("a room").timeline().await.expect("a timeline")
}

async fn listed(session: &Session, wanted: impl Fn(&RoomSummary) -> bool) {
    let list = session.rooms(RoomFilter::All, 50).expect("rooms");
    let mut rows = Vec::new();
    in_time("the list", async {
        while !rows.iter().any(&wanted) {
            let batch = list.next().await.expect("a batch").expect("a batch");
            bulla_model::apply_room_changes(&mut rows, batch);
        }
    })
    .await;
}

async fn ours(folder: &Path, users: &[User; 2]) {
    let mut pair = Ours::meet(folder, users).await;
    println!("{}", json!({ "ready": true }));
    for (n, _) in lines().enumerate() {
        let name = format!("film-{n}.bin");
        let before = from_here();
        let start = Instant::now();
        pair.send(&folder.join("film.bin"), MediaKind::File, &name).await;
        let (sent, send_mb) = (start.elapsed(), growth(before));
        let item = pair.arrives(&name).await;
        let before = from_here();
        let start = Instant::now();
        let media = pair.receiver.media(&item).await.expect("a file");
        media.check().await.expect("looked at");
        let file = media.open().await.expect("opened");
        let mut read = 0;
        while read < file.size() {
            read += file.read(read, 1 << 20).await.expect("a part").len() as u64;
        }
        said(sent, start.elapsed(), send_mb, growth(before));
        assert_eq!(read, MEGABYTES as u64 * 1_000_000);
        file.release();
        pair._bob.clear_media().await.expect("cleared");
    }
    std::process::exit(0);
}

fn said(sent: Duration, received: Duration, send_mb: f64, receive_mb: f64) {
    let ms = |it: Duration| it.as_secs_f64() * 1e3;
    println!(
        "{}",
        json!({ "send_ms": ms(sent), "receive_ms": ms(received), "send_mb": send_mb, "receive_mb": receive_mb })
    );
}

/// Pictures that were received, looked at one after another, and the same work by the `image` crate alone.
async fn pictures(folder: &Path, users: &[User; 2]) {
    let mut pair = Ours::meet(folder, users).await;
    let mut items = Vec::new();
    let mut small = Vec::new();
    for n in 0..PICTURES {
        let picture = drawn(n as u32);
        let path = folder.join("picture.jpg");
        picture.save_with_format(&path, ImageFormat::Jpeg).expect("written");
        let name = format!("photo-{n}.jpg");
        pair.send(&path, MediaKind::Image, &name).await;
        items.push(pair.arrives(&name).await);
        // What the receiver has of it: a thumbnail of 800 pixels.
        small.push(jpeg(&picture.resize(800, 800, FilterType::Triangle), 80));
    }
    let mut media = Vec::new();
    for item in &items {
        let one = pair.receiver.media(item).await.expect("a picture");
        one.thumbnail(SIDE).await.expect("a thumbnail");
        media.push(one);
    }
    println!("{}", json!({ "ready": true }));
    for _ in lines() {
        let before = from_here();
        let start = Instant::now();
        for one in &media {
            one.thumbnail(SIDE).await.expect("a thumbnail");
        }
        let (took, mb) = (start.elapsed(), growth(before));
        let start = Instant::now();
        for bytes in &small {
            let picture = image::load_from_memory(bytes).expect("a picture");
            jpeg(&picture.resize(SIDE, SIDE, FilterType::Triangle), 90);
        }
        let each = |it: Duration| it.as_secs_f64() * 1e3 / PICTURES as f64;
        println!("{}", json!({ "ms": each(took), "floor_ms": each(start.elapsed()), "mb": mb }));
    }
    std::process::exit(0);
}

/// A picture of 12 megapixels that is not all the same.
fn drawn(n: u32) -> DynamicImage {
    RgbImage::from_fn(4000, 3000, |x, y| {
        Rgb([(x * y / 997 + n) as u8, (x / 7 + y / 5 + n * 31) as u8, (x ^ y) as u8 / 3])
    })
    .into()
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut file, quality);
    picture.to_rgb8().write_with_encoder(encoder).expect("a picture");
    file.into_inner()
}

async fn peer(folder: &Path, [one, other]: &[User; 2]) {
    let alice = sides::peer_sign_in(&folder.join("peer-alice"), &one.homeserver, &one.user_id, &one.password).await;
    let bob = sides::peer_sign_in(&folder.join("peer-bob"), &other.homeserver, &other.user_id, &other.password).await;
    for client in [&alice, &bob] {
        let sync = in_time("running", sides::peer_running(client)).await;
        std::mem::forget(sync);
    }
    let id = alice.create_dm(&ruma::UserId::parse(&other.user_id).expect("a user")).await.expect("created");
    let id = id.room_id().to_owned();
    in_time("joined", async {
        while bob.join_room_by_id(&id).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let ready = |client: &Client| {
        client
            .get_room(&id)
            .is_some_and(|room| room.joined_members_count() == 2 && room.encryption_state().is_encrypted())
    };
    in_time("both in", async {
        while !(ready(&alice) && ready(&bob)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let room = alice.get_room(&id).expect("a room");
    let timeline = bob.get_room(&id).expect("a room").timeline().await.expect("a timeline");
    println!("{}", json!({ "ready": true }));
    for (n, _) in lines().enumerate() {
        let name = format!("film-{n}.bin");
        let before = from_here();
        let start = Instant::now();
        let data = fs::read(folder.join("film.bin")).expect("the file");
        room.send_attachment(name.clone(), &mime::APPLICATION_OCTET_STREAM, data, AttachmentConfig::new())
            .await
            .expect("sent");
        let (sent, send_mb) = (start.elapsed(), growth(before));
        let source = in_time("it arrives", async {
            loop {
                let items = timeline.items().await;
                let found = items.iter().find_map(|item| match item.as_event()?.content().as_message()?.msgtype() {
                    MessageType::File(file) if file.body == name => Some(file.source.clone()),
                    _ => None,
                });
                match found {
                    Some(source) => return source,
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        })
        .await;
        let before = from_here();
        let start = Instant::now();
        let request = MediaRequestParameters { source, format: MediaFormat::File };
        let bytes = bob.media().get_media_content(&request, false).await.expect("the file");
        assert_eq!(bytes.len(), MEGABYTES * 1_000_000);
        said(sent, start.elapsed(), send_mb, growth(before));
    }
    std::process::exit(0);
}

/// A file that is enciphered as it is read.
struct Enciphered {
    file: File,
    cipher: Ctr128BE<Aes256>,
}

impl Read for Enciphered {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.cipher.apply_keystream(&mut into[..read]);
        Ok(read)
    }
}

fn cipher() -> Ctr128BE<Aes256> {
    Ctr128BE::<Aes256>::new(&[9; 32].into(), &[0; 16].into())
}

fn floor(folder: &Path, [one, _]: &[User; 2]) {
    let token = runtime().block_on(sides::raw_sign_in(&reqwest::Client::new(), one));
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let authorization = format!("Bearer {token}");
    println!("{}", json!({ "ready": true }));
    for _ in lines() {
        let before = from_here();
        let start = Instant::now();
        let mut body = Enciphered { file: File::open(folder.join("film.bin")).expect("the file"), cipher: cipher() };
        let answer = agent
            .post(format!("{}/_matrix/media/v3/upload", one.homeserver))
            .header("Authorization", &authorization)
            .header("Content-Type", "application/octet-stream")
            .header("Content-Length", (MEGABYTES * 1_000_000).to_string())
            .send(ureq::SendBody::from_reader(&mut body));
        let answer: Value =
            serde_json::from_str(&answer.expect("sent").body_mut().read_to_string().expect("an answer")).expect("JSON");
        let media =
            answer["content_uri"].as_str().and_then(|it| it.strip_prefix("mxc://")).expect("an address").to_owned();
        let (sent, send_mb) = (start.elapsed(), growth(before));
        let before = from_here();
        let start = Instant::now();
        let url = format!("{}/_matrix/client/v1/media/download/{media}", one.homeserver);
        let answer = agent.get(url).header("Authorization", &authorization).call().expect("the file");
        let mut reader = answer.into_body().into_with_config().limit(u64::MAX).reader();
        let mut file = File::create(received(folder)).expect("a file");
        let (mut cipher, mut part, mut all) = (cipher(), vec![0; PART], 0);
        loop {
            let read = reader.read(&mut part).expect("a part");
            if read == 0 {
                break;
            }
            cipher.apply_keystream(&mut part[..read]);
            file.write_all(&part[..read]).expect("written");
            all += read;
        }
        assert_eq!(all, MEGABYTES * 1_000_000);
        said(sent, start.elapsed(), send_mb, growth(before));
        fs::remove_file(received(folder)).expect("removed");
    }
}

fn received(folder: &Path) -> PathBuf {
    folder.join("received.bin")
}
