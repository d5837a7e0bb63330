//! Pictures of people and rooms, between two servers.

use bulla_model::{
    Barrier, Failure, Field, FieldTrouble, GroupDraft, MediaUri, Membership, Missing, Password, RoomAction,
};
use bulla_testkit::Fault;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;

use crate::{
    agent::{Agent, deployment},
    office::{accounts, office, trust},
    start::behind_proxy,
};

fn photo(colour: [u8; 3]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = DynamicImage::from(RgbImage::from_pixel(800, 600, Rgb(colour)));
    picture.write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

/// Of one colour, give or take what JPEG does to it.
fn is_of(png: &[u8], size: u32, colour: [u8; 3]) {
    assert_eq!(image::guess_format(png).unwrap(), ImageFormat::Png);
    let picture = image::load_from_memory(png).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (size, size));
    for (_, _, Rgb(pixel)) in picture.enumerate_pixels() {
        assert!(pixel.iter().zip(colour).all(|(there, wanted)| there.abs_diff(wanted) < 12), "{pixel:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_seen_by_others_and_kept_for_when_there_is_no_network() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let me = bob.session.who_am_i().await.unwrap();
    assert_eq!((me.avatar, me.avatar_locked), (None, false));
    bob.session.set_avatar(Some(photo([200, 30, 30]))).await.unwrap();
    assert!(bob.session.who_am_i().await.unwrap().avatar.is_some());

    let row = alice.room(|row| row.id == room && row.avatar.is_some()).await;
    let uri = row.avatar.unwrap();
    assert_eq!(bob.session.profile().await.unwrap().avatar, Some(uri.clone()));
    is_of(&alice.session.avatar(&uri, 96).await.unwrap(), 96, [200, 30, 30]);
    proxy.set(Fault::Refuse).await.unwrap();
    is_of(&alice.session.avatar(&uri, 48).await.unwrap(), 48, [200, 30, 30]);
    // One that was not fetched before.
    assert_eq!(alice.session.avatar(&uri, 320).await, Err(Failure::Offline));
    proxy.heal().await.unwrap();
    is_of(&alice.session.avatar(&uri, 320).await.unwrap(), 320, [200, 30, 30]);

    bob.session.set_avatar(None).await.unwrap();
    alice.room(|row| row.id == room && row.avatar.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_a_picture_that_strangers_do_not_show() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    tokio::join!(alice.live(), bob.live());
    let draft = GroupDraft { name: "Portrait".into(), topic: None, invite: vec![], kind: None, own_server_only: false };
    let room = alice.session.create_group(draft).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    hers.set_avatar(Some(photo([20, 90, 200]))).await.unwrap();
    let row = alice.room(|row| row.id == room && row.avatar.is_some()).await;
    is_of(&alice.session.avatar(&row.avatar.unwrap(), 64).await.unwrap(), 64, [20, 90, 200]);

    hers.invite(&bob.id()).await.unwrap();
    let invited = bob.room(|row| row.id == room && row.membership == Membership::Invited).await;
    assert_eq!(invited.avatar, None);
    bob.session.join(&room).await.unwrap();
    bob.room(|row| row.id == room && row.membership == Membership::Joined && row.avatar.is_some()).await;
    // Who may not is told so, before and after.
    let his = bob.session.room(&room).await.unwrap();
    let abilities = his.abilities().unwrap().next().await.unwrap().unwrap();
    let ability = abilities.iter().find(|it| it.action == RoomAction::ChangeAvatar).unwrap();
    assert!(ability.refused.is_some());
    let refused = his.set_avatar(Some(photo([0, 0, 0]))).await;
    assert_eq!(refused, Err(Failure::Rejected { code: "M_FORBIDDEN".into() }));
    hers.set_avatar(None).await.unwrap();
    bob.room(|row| row.id == room && row.avatar.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused() {
    let alice = Agent::on(0).await;
    let why = |why| Err(Failure::Invalid { field: Field::Picture, why });
    assert_eq!(alice.session.set_avatar(Some(b"<svg/>".to_vec())).await, why(FieldTrouble::Malformed));
    assert_eq!(alice.session.set_avatar(Some(Vec::new())).await, why(FieldTrouble::Empty));
    assert_eq!(alice.session.who_am_i().await.unwrap().avatar, None);
    for uri in ["", "https://elsewhere.example/a.png", "mxc://", "mxc://a b/c", "mxc://localhost/../x"] {
        let failure = alice.session.avatar(&MediaUri(uri.into()), 96).await.unwrap_err();
        assert_eq!(failure, Failure::Invalid { field: Field::Picture, why: FieldTrouble::Malformed }, "{uri}");
    }
    let server = alice.user.user_id.split_once(':').unwrap().1;
    let gone = alice.session.avatar(&MediaUri(format!("mxc://{server}/gone")), 96).await;
    assert!(matches!(gone, Err(Failure::NotFound { what: Missing::Picture })), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_that_the_deployment_wants_looked_at_first() {
    let name = "nothing_is_shown_that_the_deployment_wants_looked_at_first";
    let Some(office) = office(name).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder, trust(&office));
    let user = deployment().await.new_user(0).await.unwrap();
    let server = user.user_id.split_once(':').unwrap().1;
    let password = Password::new(user.password.clone());
    let front = office.front(server).unwrap().url();
    let session = accounts.sign_in(&front, &user.user_id, &password).await.unwrap();
    session.set_avatar(Some(photo([1, 120, 1]))).await.unwrap();
    let uri = session.profile().await.unwrap().avatar.unwrap();
    is_of(&session.avatar(&uri, 96).await.unwrap(), 96, [1, 120, 1]);
    let manifest = office.manifest_saying(2, &[("media_scanner", json!("https://scanner.example"))]);
    accounts.adopt_manifest(&manifest).unwrap();
    // Not what is kept here, either.
    assert_eq!(session.avatar(&uri, 96).await, Err(Failure::Forbidden { why: Barrier::NotScanned }));
}
