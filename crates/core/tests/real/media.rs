//! Files in messages, between two servers: taken in, sent as a stream, fetched as one, and kept encrypted.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    path::Path,
    time::Duration,
};

use bulla_core::{Media, Session, UploadStream};
use bulla_model::{
    Barrier, EventItem, Failure, Field, FieldTrouble, GroupDraft, ItemId, MediaDraft, MediaKind, MessageBody, Missing,
    RoomKind, ScanState, SendState, Upload,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use tokio::time::timeout;

use crate::agent::{Agent, Conversation, DEADLINE, two};

/// What a test's file says, so that it can be looked for.
pub const CANARY: &[u8] = b"le rapport de la salle Bercy";

pub fn draft(path: &Path, kind: MediaKind) -> MediaDraft {
    MediaDraft {
        path: path.display().to_string(),
        kind,
        name: None,
        mime: None,
        caption: None,
        width: None,
        height: None,
        duration: None,
        waveform: None,
        poster: None,
        reply_to: None,
        lifetime: None,
    }
}

/// A file of so many bytes that are not all the same.
pub fn file(folder: &Path, name: &str, bytes: usize) -> std::path::PathBuf {
    let path = folder.join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(&CANARY[..CANARY.len().min(bytes)]).unwrap();
    let rest: Vec<u8> = (CANARY.len()..bytes).map(|at| (at * 31 % 253) as u8).collect();
    file.write_all(&rest).unwrap();
    path
}

pub fn photo(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("IMG_0001.jpg");
    let picture = DynamicImage::from(RgbImage::from_pixel(1600, 1200, Rgb([200, 30, 30])));
    picture.save_with_format(&path, ImageFormat::Jpeg).unwrap();
    path
}

/// Waits until the files on their way out are as wanted.
pub async fn uploads<T>(stream: &UploadStream, found: impl Fn(&[Upload]) -> Option<T>) -> T {
    let search = async {
        loop {
            let rows = stream.next().await.expect("rows").expect("the stream goes on");
            if let Some(found) = found(&rows) {
                return found;
            }
        }
    };
    timeout(DEADLINE, search).await.expect("uploads in time")
}

pub async fn nothing_leaves(session: &Session) {
    uploads(&session.uploads().unwrap(), |rows| rows.is_empty().then_some(())).await;
}

/// Waits for a file in a conversation.
pub async fn arrives(conversation: &mut Conversation, wanted: &str) -> (ItemId, EventItem) {
    let named = |event: &EventItem| matches!(&event.body, MessageBody::Media { name, .. } if name == wanted);
    let (row, event) = conversation.event(wanted, named).await;
    (row.id, event)
}

pub async fn all(media: &Media) -> Vec<u8> {
    let file = media.open().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let part = file.read(bytes.len() as u64, 1 << 20).await.unwrap();
        if part.is_empty() {
            return bytes;
        }
        bytes.extend(part);
    }
}

/// Whether these bytes stand in any file of a folder.
pub fn lies_in(folder: &Path, wanted: &[u8]) -> bool {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if fs::read(&path).unwrap_or_default().windows(wanted.len()).any(|part| part == wanted) => {
                    return true;
                }
                false => {}
            }
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_kind_arrive_as_they_were_sent() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let folder = tempfile::tempdir().unwrap();

    let mut picture = draft(&photo(folder.path()), MediaKind::Image);
    picture.caption = Some("La salle".into());
    hers.timeline.send_media(picture).await.unwrap();
    let mut voice = draft(&file(folder.path(), "mémo.ogg", 3000), MediaKind::Voice);
    (voice.duration, voice.waveform) = (Some(Duration::from_millis(2500)), Some(vec![0, 50, 100]));
    hers.timeline.send_media(voice).await.unwrap();
    let mut film = draft(&file(folder.path(), "film.mp4", 200_000), MediaKind::Video);
    (film.width, film.height, film.duration) = (Some(640), Some(480), Some(Duration::from_secs(9)));
    film.poster = Some(fs::read(photo(folder.path())).unwrap());
    hers.timeline.send_media(film).await.unwrap();
    let paper = file(folder.path(), "rapport.odt", 70_000);
    hers.timeline.send_media(draft(&paper, MediaKind::File)).await.unwrap();
    // What was taken in is no longer needed.
    let whole = fs::read(&paper).unwrap();
    fs::remove_file(&paper).unwrap();

    let (id, event) = arrives(&mut his, "IMG_0001.jpg").await;
    let MessageBody::Media { kind, caption, size, details, .. } = event.body else { unreachable!() };
    assert_eq!(
        (kind, caption.as_deref(), details.mime.as_deref()),
        (MediaKind::Image, Some("La salle"), Some("image/jpeg"))
    );
    assert_eq!((details.width, details.height, details.has_thumbnail), (Some(1600), Some(1200), true));
    bulla_core::blurhash_picture(&details.blurhash.unwrap(), 8, 6).unwrap();
    let seen = his.timeline.media(&id).await.unwrap();
    assert_eq!(Some(seen.id()), details.id);
    assert_eq!(seen.check().await.unwrap(), ScanState::Clean);
    let small = image::load_from_memory(&seen.thumbnail(200).await.unwrap()).unwrap().to_rgb8();
    assert_eq!(small.dimensions(), (200, 150));
    assert!(small.get_pixel(9, 9).0.iter().zip([200, 30, 30]).all(|(there, sent)| there.abs_diff(sent) < 12));
    assert_eq!(all(&seen).await.len() as u64, size.unwrap());

    let (id, event) = arrives(&mut his, "mémo.ogg").await;
    let MessageBody::Media { kind, details, .. } = event.body else { unreachable!() };
    assert_eq!(
        (kind, details.duration, details.has_thumbnail),
        (MediaKind::Voice, Some(Duration::from_millis(2500)), false)
    );
    assert_eq!((details.waveform[0], details.waveform[2]), (0, 100));
    let heard = his.timeline.media(&id).await.unwrap();
    assert_eq!(heard.thumbnail(96).await, Err(Failure::NotFound { what: Missing::Picture }));
    // It was sent as sound, and is none that is known.
    assert_eq!(heard.open().await.unwrap().mime(), "application/octet-stream");

    let (id, event) = arrives(&mut his, "film.mp4").await;
    let MessageBody::Media { kind, details, .. } = event.body else { unreachable!() };
    assert_eq!((kind, details.width, details.duration), (MediaKind::Video, Some(640), Some(Duration::from_secs(9))));
    his.timeline.media(&id).await.unwrap().thumbnail(96).await.unwrap();

    let (id, _) = arrives(&mut his, "rapport.odt").await;
    let read = his.timeline.media(&id).await.unwrap();
    assert!(all(&read).await == whole);
    // It is here now, and nothing of it is in clear.
    let states = read.states();
    assert!(states.next().await.unwrap().unwrap().here);
    let (storage, account) = (bob.session.media_storage().await.unwrap(), bob.folder.path());
    assert!(storage.files >= 5 && storage.bytes > 70_000, "{storage:?}");
    assert!(!lies_in(account, CANARY) && !lies_in(alice.folder.path(), CANARY));

    // A part of it, and a copy that the person asked for.
    let open = read.open().await.unwrap();
    assert_eq!((open.name(), open.size()), ("rapport.odt".to_owned(), 70_000));
    assert_eq!(open.read(3, 7).await.unwrap(), &whole[3..10]);
    let copy = folder.path().join("copie.odt");
    open.save(&copy.display().to_string()).await.unwrap();
    assert!(fs::read(&copy).unwrap() == whole);
    // What is open stays; what is released goes.
    drop(states);
    bob.session.clear_media().await.unwrap();
    assert_eq!(open.read(0, 4).await.unwrap(), &whole[..4]);
    open.release();
    assert_eq!(open.read(0, 4).await, Err(Failure::Closed));
    drop((open, read, seen, heard));
    bob.session.clear_media().await.unwrap();
    assert_eq!(bob.session.media_storage().await.unwrap().files, 0);

    // What she sent is with her already.
    let (id, _) = arrives(&mut hers, "rapport.odt").await;
    let own = hers.timeline.media(&id).await.unwrap();
    assert!(own.states().next().await.unwrap().unwrap().here);
    assert!(all(&own).await == whole);
    // After a sign-out nothing is.
    let account = alice.folder.path().join(alice.session.account().id.0);
    assert!(account.join("media").exists());
    let open = own.open().await.unwrap();
    alice.session.sign_out(false).await.unwrap();
    assert!(!account.exists());
    assert_eq!(open.read(0, 4).await, Err(Failure::Closed));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_encrypted_lies_encrypted_here() {
    let alice = Agent::on(0).await;
    alice.live().await;
    let draft_room = GroupDraft {
        name: "Forum".into(),
        topic: None,
        invite: vec![],
        kind: Some(RoomKind::Forum),
        own_server_only: true,
    };
    let room = alice.session.create_group(draft_room).await.unwrap();
    let mut hers = alice.open(&room).await;
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "public.txt", 5000);
    hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    hers.timeline.send_media(draft(&photo(folder.path()), MediaKind::Image)).await.unwrap();
    let (id, _) = arrives(&mut hers, "public.txt").await;
    let media = hers.timeline.media(&id).await.unwrap();
    assert!(all(&media).await == fs::read(&path).unwrap());
    assert_eq!(media.open().await.unwrap().mime(), "text/plain");
    let (id, _) = arrives(&mut hers, "IMG_0001.jpg").await;
    let picture = hers.timeline.media(&id).await.unwrap();
    assert_eq!(image::load_from_memory(&picture.thumbnail(400).await.unwrap()).unwrap().width(), 400);
    assert!(!lies_in(alice.folder.path(), CANARY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_kept_for_a_month_goes_while_nothing_else_comes() {
    let (alice, bob, room) = two().await;
    let (hers, mut his, folder) = (alice.open(&room).await, bob.open(&room).await, tempfile::tempdir().unwrap());
    let path = file(folder.path(), "ancien.txt", 3_000);
    hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    let (id, _) = arrives(&mut his, "ancien.txt").await;
    let media = his.timeline.media(&id).await.unwrap();
    assert_eq!(all(&media).await, fs::read(&path).unwrap());
    assert_eq!(bob.session.media_storage().await.unwrap().files, 1);
    drop(media);
    bob.accounts.clock().set(31 * 24 * 3600 * 1000);
    let gone = async {
        while bob.session.media_storage().await.unwrap().files > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(DEADLINE, gone).await.expect("it is too old");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_exports_are_forbidden_a_file_is_shown_and_not_saved() {
    let (alice, _bob, room) = two().await;
    let (mut hers, folder) = (alice.open(&room).await, tempfile::tempdir().unwrap());
    let path = file(folder.path(), "interne.txt", 3_000);
    hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    let (id, _) = arrives(&mut hers, "interne.txt").await;
    let open = hers.timeline.media(&id).await.unwrap().open().await.unwrap();
    let copy = folder.path().join("copie.txt");
    // Whatever stood there stays.
    fs::write(&copy, "avant").unwrap();
    alice.accounts.set_managed(HashMap::from([("no_export".to_owned(), "true".to_owned())])).unwrap();
    let saved = open.save(&copy.display().to_string()).await;
    assert_eq!(saved, Err(Failure::Forbidden { why: Barrier::NoExport }));
    assert_eq!(fs::read(&copy).unwrap(), b"avant");
    assert_eq!(open.read(0, 4).await.unwrap(), &CANARY[..4]);
    alice.accounts.set_managed(HashMap::new()).unwrap();
    open.save(&copy.display().to_string()).await.unwrap();
    assert!(fs::read(&copy).unwrap() == fs::read(&path).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_said_before() {
    let (alice, bob, room) = two().await;
    let (hers, folder) = (alice.open(&room).await, tempfile::tempdir().unwrap());
    let limit = alice.session.media_limit().await.unwrap().expect("a limit");
    let why = |sent: Result<bulla_model::UploadId, Failure>| match sent {
        Err(Failure::Invalid { field, why }) => (field, why),
        other => panic!("{other:?}"),
    };
    let send = |path: &Path, kind| hers.timeline.send_media(draft(path, kind));

    // A gigabyte that takes no room.
    let huge = folder.path().join("huge.bin");
    File::create(&huge).unwrap().set_len(1 << 30).unwrap();
    assert!(limit < 1 << 30);
    assert_eq!(why(send(&huge, MediaKind::File).await), (Field::Media, FieldTrouble::TooLong));
    let empty = file(folder.path(), "empty", 0);
    assert_eq!(why(send(&empty, MediaKind::File).await), (Field::Media, FieldTrouble::Empty));
    assert_eq!(why(send(&folder.path().join("none"), MediaKind::File).await), (Field::Media, FieldTrouble::Wrong));
    assert_eq!(why(send(folder.path(), MediaKind::File).await), (Field::Media, FieldTrouble::NotAllowed));
    let text = file(folder.path(), "lie.png", 400);
    assert_eq!(why(send(&text, MediaKind::Image).await), (Field::Picture, FieldTrouble::Malformed));
    // A header that promises 60,000 times 60,000 pixels.
    let bomb = folder.path().join("bomb.gif");
    fs::write(&bomb, b"GIF89a\x60\xea\x60\xea\0\0\0,\0\0\0\0\x60\xea\x60\xea\0\x02").unwrap();
    assert_eq!(why(send(&bomb, MediaKind::Image).await), (Field::Picture, FieldTrouble::TooLong));
    assert!(alice.session.uploads().unwrap().next().await.unwrap().unwrap().is_empty());
    let out = alice.folder.path().join(alice.session.account().id.0).join("media/out");
    assert_eq!(fs::read_dir(out).unwrap().count(), 0);

    // A name that leads elsewhere arrives as one that does not.
    let mut named = draft(&file(folder.path(), "a", 10), MediaKind::File);
    named.name = Some("../../etc/\u{202e}gpj.exe".into());
    hers.timeline.send_media(named).await.unwrap();
    let mut his = bob.open(&room).await;
    let (id, _) = arrives(&mut his, "gpj.exe").await;
    assert_eq!(his.timeline.media(&id).await.unwrap().open().await.unwrap().name(), "gpj.exe");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_a_room_just_made_leaves_encrypted() {
    let alice = Agent::on(0).await;
    alice.live().await;
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "compte rendu.txt", 3_000);
    let group =
        GroupDraft { name: "Cellule".into(), topic: None, invite: Vec::new(), kind: None, own_server_only: false };
    let room = alice.session.create_group(group).await.unwrap();
    let mut hers = alice.open(&room).await;
    hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    nothing_leaves(&alice.session).await;
    let delivered =
        |event: &EventItem| matches!(event.body, MessageBody::Media { .. }) && event.send_state == SendState::Delivered;
    let (row, _) = hers.event("the file, from the server", delivered).await;
    let source = hers.timeline.source(&row.id).await.unwrap();
    assert!(source.contains("\"file\"") && source.contains("\"hashes\""), "it left in clear");
}
