//! Files through the antivirus: a real matrix-content-scanner, and one that is down, slow, lying or changes its key.

use std::fs;

use bulla_model::{Barrier, Failure, MediaKind, Missing, RoomId, ScanState};
use bulla_testkit::{Error, Fault, Office, Proxy};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    agent::{Agent, Conversation, DEADLINE, deployment, meet},
    media::{all, arrives, draft, file, nothing_leaves, photo},
    office::{agent_of, office},
    plain::Plain,
};

/// The test file of <https://www.eicar.org>, in two parts, so that no antivirus finds this source.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTI", "VIRUS-TEST-FILE!$H+H*"];

/// Alice without an antivirus, and Bob whose deployment has one, which can be made to fail.
struct Scene {
    alice: Agent,
    bob: Agent,
    room: RoomId,
    scanner: Proxy,
    office: Office,
}

impl Scene {
    async fn set(test: &str) -> Option<Self> {
        let office = office(test).await?;
        let url = match deployment().await.scanner().await {
            Ok(url) => url,
            Err(Error::Refused { status: 501, body, .. }) => {
                println!("SKIPPED {test}: {body}");
                return None;
            }
            Err(error) => panic!("{error}"),
        };
        let scanner = Proxy::before(&url).unwrap();
        let bob = agent_of(&office, &[("media_scanner", json!(scanner.url()))]).await;
        let alice = Agent::on(0).await;
        let room = meet(&alice, &bob).await;
        Some(Self { alice, bob, room, scanner, office })
    }

    /// Alice sends a file, and it arrives.
    async fn sends(&self, his: &mut Conversation, name: &str, bytes: &[u8]) -> bulla_core::Media {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        self.alice.open(&self.room).await.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
        let (id, _) = arrives(his, name).await;
        his.timeline.media(&id).await.unwrap()
    }

    async fn asked(&self, path: &str) -> u64 {
        let requests = self.scanner.stats().requests;
        requests.iter().filter(|(asked, _)| asked.contains(path)).map(|(_, count)| *count).sum()
    }
}

fn portrait() -> Vec<u8> {
    let portrait = image::DynamicImage::from(image::RgbImage::from_pixel(64, 64, image::Rgb([9, 90, 9])));
    let mut png = std::io::Cursor::new(Vec::new());
    portrait.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_antivirus_finds_clean_is_opened() {
    let name = "only_what_the_antivirus_finds_clean_is_opened";
    let Some(scene) = Scene::set(name).await else { return };
    let mut his = scene.bob.open(&scene.room).await;

    let clean = scene.sends(&mut his, "propre.txt", b"rien de mal").await;
    assert_eq!(clean.states().next().await.unwrap().unwrap().scan, ScanState::Waiting);
    assert_eq!(clean.check().await, Ok(ScanState::Clean));
    assert_eq!(all(&clean).await, b"rien de mal");
    // Known from now on, also to the next run of the app.
    let asked = scene.asked("scan_encrypted").await;
    assert_eq!(clean.check().await, Ok(ScanState::Clean));
    assert_eq!((asked, scene.asked("scan_encrypted").await), (1, 1));
    assert_eq!(scene.asked("download_encrypted").await, 1);

    let infected = scene.sends(&mut his, "virus.txt", EICAR.concat().as_bytes()).await;
    assert_eq!(infected.check().await, Ok(ScanState::Infected));
    let refused = |why| Some(Failure::Forbidden { why });
    assert_eq!(infected.open().await.err(), refused(Barrier::Infected));
    assert_eq!(infected.states().next().await.unwrap().unwrap().scan, ScanState::Infected);
    // What the antivirus refused was not even fetched.
    assert_eq!(scene.asked("download_encrypted").await, 1);

    let program = [&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0"[..], &[0; 200]].concat();
    let program = scene.sends(&mut his, "programme", &program).await;
    assert_eq!(program.check().await, Ok(ScanState::TypeNotAllowed));
    assert_eq!(program.open().await.err(), refused(Barrier::MediaType));

    // Pictures of people come through it too.
    scene.alice.session.set_avatar(Some(portrait())).await.unwrap();
    let uri = scene.alice.session.profile().await.unwrap().avatar.unwrap();
    scene.bob.session.avatar(&uri, 96).await.unwrap();
    assert_eq!((scene.asked("/scan/").await, scene.asked("/thumbnail/").await), (1, 1));
    // Offline it is still there, and no longer where it was not looked at.
    scene.scanner.set(Fault::Refuse).await;
    scene.bob.session.avatar(&uri, 48).await.unwrap();
    assert_eq!(scene.bob.session.avatar(&uri, 320).await, Err(Failure::Forbidden { why: Barrier::NotScanned }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_fails_shows_nothing_and_stops_no_text() {
    let name = "a_scanner_that_fails_shows_nothing_and_stops_no_text";
    let Some(scene) = Scene::set(name).await else { return };
    let mut his = scene.bob.open(&scene.room).await;
    let paper = scene.sends(&mut his, "rapport.txt", b"le rapport").await;

    let html = |status| Fault::Respond {
        status,
        headers: [("Content-Type".to_owned(), "text/html".to_owned())].into(),
        body: "<html>Welcome".into(),
        path: None,
        times: None,
    };
    for fault in [
        Fault::Refuse,
        Fault::Cut,
        Fault::Garbage,
        html(200),
        html(503),
        Fault::respond(200, Some("/scan"), &json!({"clean": "yes"})),
    ] {
        scene.scanner.set(fault.clone()).await;
        assert_eq!(paper.check().await, Ok(ScanState::Unavailable), "{fault:?}");
        assert_eq!(paper.open().await.err(), Some(Failure::Forbidden { why: Barrier::NotScanned }), "{fault:?}");
    }
    // Slow: it waits, and text does not.
    scene.scanner.set(Fault::Stall).await;
    let waiting = tokio::spawn({
        let paper = paper.clone();
        async move { paper.check().await }
    });
    timeout(DEADLINE, async {
        let states = paper.states();
        while states.next().await.unwrap().unwrap().scan != ScanState::Waiting {}
    })
    .await
    .unwrap();
    scene.alice.open(&scene.room).await.timeline.send_text("le texte passe").await.unwrap();
    his.text("le texte passe").await;
    assert!(!waiting.is_finished());
    scene.scanner.heal().await;
    assert_eq!(timeout(DEADLINE, waiting).await.unwrap().unwrap(), Ok(ScanState::Clean));

    // It gives something else than what was sent.
    scene
        .scanner
        .set(Fault::Respond {
            status: 200,
            headers: Default::default(),
            body: "autre chose".into(),
            path: Some("download_encrypted".into()),
            times: None,
        })
        .await;
    assert_eq!(paper.open().await.err(), Some(Failure::Rejected { code: "MEDIA_CHANGED".into() }));
    assert_eq!(scene.bob.session.media_storage().await.unwrap().files, 0);
    // It changes its mind: what was clean is so no longer.
    scene.scanner.set(Fault::respond(403, Some("download_encrypted"), &json!({"reason": "MCS_MEDIA_NOT_CLEAN"}))).await;
    assert_eq!(paper.open().await.err(), Some(Failure::Forbidden { why: Barrier::Infected }));
    scene.scanner.heal().await;
    assert_eq!(paper.check().await, Ok(ScanState::Infected));

    // It says that it has another key: asked for again, once.
    let next = scene.sends(&mut his, "suite.txt", b"la suite").await;
    let keys = scene.asked("public_key").await;
    scene
        .scanner
        .set(Fault::respond(403, Some("/scan_encrypted"), &json!({"reason": "MCS_BAD_DECRYPTION"})).for_next(1))
        .await;
    assert_eq!(next.check().await, Ok(ScanState::Clean));
    assert_eq!(scene.asked("public_key").await, keys + 1);
    let last = scene.sends(&mut his, "fin.txt", b"la fin").await;
    scene.scanner.set(Fault::respond(403, Some("/scan_encrypted"), &json!({"reason": "MCS_BAD_DECRYPTION"}))).await;
    assert_eq!(last.check().await, Ok(ScanState::Unavailable));
    assert_eq!(scene.asked("public_key").await, keys + 2);
    // Gone from the server, as the scanner says.
    scene.scanner.set(Fault::respond(404, Some("/scan_encrypted"), &json!({"reason": "M_NOT_FOUND"}))).await;
    assert_eq!(last.check().await, Ok(ScanState::Gone));
    assert_eq!(last.open().await.err(), Some(Failure::NotFound { what: Missing::Media }));
}

/// Where the antivirus lets nothing through, nothing comes: not of any kind, not small, not from a room without encryption.
#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_any_kind_goes_by_the_antivirus() {
    let Some(scene) = Scene::set("no_file_of_any_kind_goes_by_the_antivirus").await else { return };
    scene.scanner.set(Fault::respond(403, Some("/scan"), &json!({"reason": "MCS_MEDIA_NOT_CLEAN"}))).await;
    let (mut hers, mut his) = (scene.alice.open(&scene.room).await, scene.bob.open(&scene.room).await);
    let folder = tempfile::tempdir().unwrap();
    let picture = draft(&photo(folder.path()), MediaKind::Image);
    let mut film = draft(&file(folder.path(), "film.mp4", 20_000), MediaKind::Video);
    film.poster = Some(fs::read(photo(folder.path())).unwrap());
    let voice = draft(&file(folder.path(), "mémo.ogg", 3_000), MediaKind::Voice);
    let sound = draft(&file(folder.path(), "son.mp3", 3_000), MediaKind::Audio);
    let mut paper = draft(&file(folder.path(), "note.txt", 3_000), MediaKind::File);
    hers.timeline.send_text("regarde").await.unwrap();
    paper.reply_to = Some(hers.text("regarde").await.0.id);
    for sent in [picture, film, voice, sound, paper] {
        hers.timeline.send_media(sent).await.unwrap();
    }
    let infected = Some(Failure::Forbidden { why: Barrier::Infected });
    for (name, small) in
        [("IMG_0001.jpg", true), ("film.mp4", true), ("mémo.ogg", false), ("son.mp3", false), ("note.txt", false)]
    {
        let (id, _) = arrives(&mut his, name).await;
        let media = his.timeline.media(&id).await.unwrap();
        if small {
            assert_eq!(media.thumbnail(96).await.err(), infected, "{name}, small");
        }
        assert_eq!(media.open().await.err(), infected, "{name}");
    }

    // From a room without encryption, by another client.
    scene.alice.session.set_avatar(Some(portrait())).await.unwrap();
    let uri = scene.alice.session.profile().await.unwrap().avatar.unwrap();
    let carol = Plain::of(&scene.alice.user).await;
    let open = RoomId(carol.room(&[&scene.bob.user.user_id]).await);
    scene.bob.accept(&open).await;
    let mut shown = scene.bob.open(&open).await;
    let info = json!({"mimetype": "image/png", "w": 64, "h": 64});
    let sticker = json!({"body": "Bravo", "url": uri.0, "info": info});
    let image = json!({"msgtype": "m.image", "body": "salle.png", "url": uri.0, "info": info});
    for (kind, content, name) in [("m.sticker", sticker, "Bravo"), ("m.room.message", image, "salle.png")] {
        assert_eq!(carol.send(open.as_str(), kind, content).await.0, 200);
        let (id, _) = arrives(&mut shown, name).await;
        let media = shown.timeline.media(&id).await.unwrap();
        assert_eq!(media.open().await.err(), infected, "{name}");
        assert_eq!(media.thumbnail(32).await.err(), infected, "{name}, small");
    }
    assert_eq!(scene.bob.session.avatar(&uri, 96).await.err(), infected, "a portrait");
    assert_eq!(scene.bob.session.media_storage().await.unwrap().files, 0);
    nothing_leaves(&scene.alice.session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_has_another_key_now_is_asked_for_it() {
    let name = "a_scanner_that_has_another_key_now_is_asked_for_it";
    let Some(scene) = Scene::set(name).await else { return };
    let mut his = scene.bob.open(&scene.room).await;
    let paper = scene.sends(&mut his, "rapport.txt", b"le rapport").await;
    // The key that it had: nobody reads any more what is written for it (RFC 7748's base point, as good as any).
    let before = format!("CQ{}", "A".repeat(41));
    scene.scanner.set(Fault::respond(200, Some("public_key"), &json!({"public_key": before})).for_next(1)).await;
    assert_eq!(paper.check().await, Ok(ScanState::Clean));
    assert_eq!((scene.asked("public_key").await, scene.asked("scan_encrypted").await), (2, 2));
    // The one that it has now is kept.
    let next = scene.sends(&mut his, "suite.txt", b"la suite").await;
    assert_eq!(all(&next).await, b"la suite");
    assert_eq!((scene.asked("public_key").await, scene.asked("scan_encrypted").await), (2, 3));
    // A key that is never the right one makes nothing clean, and nobody asks without end.
    scene.sends(&mut his, "fin.txt", b"la fin").await;
    scene.scanner.set(Fault::respond(200, Some("public_key"), &json!({"public_key": before}))).await;
    scene.bob.session.shutdown().await.unwrap();
    let session = scene.bob.accounts.open(&scene.bob.session.account().id).await.unwrap();
    let mut his = Conversation::of(session.room(&scene.room).await.unwrap()).await;
    let (id, _) = arrives(&mut his, "fin.txt").await;
    let last = his.timeline.media(&id).await.unwrap();
    assert_eq!(last.check().await, Ok(ScanState::Unavailable));
    assert_eq!((scene.asked("public_key").await, scene.asked("scan_encrypted").await), (4, 5));
    scene.scanner.heal().await;
    assert_eq!(last.check().await, Ok(ScanState::Clean));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_before_there_was_an_antivirus_is_looked_at_too() {
    let name = "what_was_kept_before_there_was_an_antivirus_is_looked_at_too";
    let Some(scene) = Scene::set(name).await else { return };
    // Another scanner than the one whose verdicts are kept.
    let mut his = scene.bob.open(&scene.room).await;
    let paper = scene.sends(&mut his, "rapport.txt", b"le rapport").await;
    assert_eq!(all(&paper).await, b"le rapport");
    let elsewhere = Proxy::before(&scene.scanner.url()).unwrap();
    let manifest = scene.office.manifest_saying(3, &[("media_scanner", json!(elsewhere.url()))]);
    scene.bob.accounts.adopt_manifest(&manifest).unwrap();
    elsewhere.set(Fault::Refuse).await;
    assert!(paper.states().next().await.unwrap().unwrap().here);
    assert_eq!(paper.open().await.err(), Some(Failure::Forbidden { why: Barrier::NotScanned }));
    elsewhere.heal().await;
    assert_eq!(all(&paper).await, b"le rapport");
    nothing_leaves(&scene.alice.session).await;
}
