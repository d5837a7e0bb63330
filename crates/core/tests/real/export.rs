//! A conversation in a file: whole, or not there.

use std::{collections::HashMap, fs, io::Read};

use bulla_core::Export;
use bulla_model::{Barrier, ExportFormat, ExportProgress, ExportWords, Failure, Field, FieldTrouble, MediaKind};
use tokio::time::timeout;
use zip::ZipArchive;

use super::{
    agent::{DEADLINE, two},
    media::{all, arrives, draft, file, nothing_leaves},
};

fn words() -> ExportWords {
    ExportWords {
        title: "Cellule <crise>".into(),
        deleted: "Message supprimé".into(),
        unreadable: "Illisible".into(),
        edited: "(modifié)".into(),
        file: "Fichier".into(),
        utc_offset: 0,
    }
}

async fn to_its_end(export: &Export) -> ExportProgress {
    let mut last = None;
    let all = async {
        while let Some(told) = export.next().await.unwrap() {
            last = Some(told);
        }
    };
    timeout(DEADLINE, all).await.expect("in time");
    last.expect("it tells how far it is")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_written_out_whole_or_not_at_all() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let there = |wanted: &str| {
        let wanted = wanted.to_owned();
        move |event: &bulla_model::EventItem| {
            super::agent::text(&event.body) == Some(&*wanted) && event.send_state == bulla_model::SendState::Delivered
        }
    };
    for number in 0..110 {
        let text = format!("message {number}");
        hers.timeline.send_text(&text).await.unwrap();
        // They leave one by one: each part has the deadline for itself.
        if number % 20 == 0 {
            hers.event("on its way", there(&text)).await;
        }
    }
    hers.timeline.send_text("à 14 h <script>alert(1)</script>").await.unwrap();
    his.timeline.send_text("à supprimer").await.unwrap();
    let (item, _) = hers.event("hers", there("à 14 h <script>alert(1)</script>")).await;
    hers.timeline.edit(&item.id, "à 15 h <script>alert(1)</script>").await.unwrap();
    let (item, _) = his.event("his", there("à supprimer")).await;
    his.timeline.redact(&item.id, None).await.unwrap();
    hers.event("deleted", |event| matches!(event.body, bulla_model::MessageBody::Redacted)).await;
    his.text("à 15 h <script>alert(1)</script>").await;

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let export = his.room.export(&file("c.html"), ExportFormat::Html, words(), false).unwrap();
    let first = timeout(DEADLINE, export.next()).await.unwrap().unwrap().unwrap();
    assert!(!first.finished && first.events == 100, "the first page");
    assert!(!fs::exists(file("c.html")).unwrap(), "nothing is there before it is whole");
    assert!(to_its_end(&export).await.finished);
    let page = fs::read_to_string(file("c.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n") && !page.contains("<script"));
    assert!(
        page.contains("Cellule &lt;crise&gt;") && page.contains("Message supprimé") && !page.contains("à supprimer")
    );
    assert!(page.contains("à 15 h &lt;script&gt;alert(1)&lt;/script&gt; <small>(modifié)</small>"));
    assert!(!page.contains("à 14 h"), "an edited message is shown as it is now");
    let at = |text: &str| page.find(&format!("<p>{text}</p>")).unwrap();
    assert!(at("message 0") < at("message 1") && at("message 9") < at("message 109"), "oldest first");
    assert_eq!(page.matches("<article>").count(), 112);

    let export = his.room.export(&file("c.json"), ExportFormat::Json, words(), false).unwrap();
    assert!(to_its_end(&export).await.finished && !to_its_end_again(&export).await);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(file("c.json")).unwrap()).unwrap();
    let said = |event: &serde_json::Value| event["content"]["body"] == "message 7" && event["type"] == "m.room.message";
    assert_eq!(json["room_id"], room.0.as_str());
    assert_eq!(json["events"].as_array().unwrap().iter().filter(|event| said(event)).count(), 1);
    assert_eq!(json["events"][0]["type"], "m.room.create");

    let given_up = his.room.export(&file("d.html"), ExportFormat::Html, words(), false).unwrap();
    assert!(given_up.next().await.unwrap().is_some());
    given_up.cancel();
    assert!(given_up.next().await.unwrap().is_none());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    for wrong in ["relative.html", "", "/", &file("no/such/folder.html"), folder.path().to_str().unwrap()] {
        let refused = his.room.export(wrong, ExportFormat::Html, words(), false).err();
        assert_eq!(refused, Some(Failure::Invalid { field: Field::Folder, why: FieldTrouble::Malformed }), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_written_out_with_its_files() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("plan.PDF", 700_000), ("../../note & co.txt", 1_000)] {
        let mut sent = draft(&file(folder.path(), "source", bytes), MediaKind::File);
        sent.name = Some(name.into());
        hers.timeline.send_media(sent).await.unwrap();
        nothing_leaves(&alice.session).await;
    }
    let whole = fs::read(folder.path().join("source")).unwrap();
    let (row, _) = arrives(&mut his, "plan.PDF").await;
    let plan = all(&his.timeline.media(&row).await.unwrap()).await;
    arrives(&mut his, "note & co.txt").await;
    hers.timeline.send_text("voilà").await.unwrap();
    his.text("voilà").await;

    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let zip = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let export = his.room.export(&zip("c.zip"), ExportFormat::Html, words(), true).unwrap();
    let first = timeout(DEADLINE, export.next()).await.unwrap().unwrap().unwrap();
    assert!(first.files == 1 && !first.finished, "it tells of each file");
    assert!(!fs::exists(zip("c.zip")).unwrap(), "nothing is there before it is whole");
    let last = to_its_end(&export).await;
    assert!(last.finished && !last.shortened && last.files == 2, "{last:?}");
    let mut archive = ZipArchive::new(fs::File::open(zip("c.zip")).unwrap()).unwrap();
    let page = String::from_utf8(entry(&mut archive, "conversation.html")).unwrap();
    assert!(page.contains("<a href=\"files/00002.pdf\">plan.PDF</a>") && page.contains("<p>voilà</p>"));
    assert!(page.contains("<a href=\"files/00001.txt\">note &amp; co.txt</a>"), "the newest was read first");
    assert!(entry(&mut archive, "files/00002.pdf") == plan && entry(&mut archive, "files/00001.txt") == whole);
    assert_eq!(archive.len(), 3);

    let export = his.room.export(&zip("d.zip"), ExportFormat::Json, words(), true).unwrap();
    assert!(to_its_end(&export).await.finished);
    let mut archive = ZipArchive::new(fs::File::open(zip("d.zip")).unwrap()).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&entry(&mut archive, "conversation.json")).unwrap();
    let plan = json["events"].as_array().unwrap().iter().find(|event| event["content"]["body"] == "plan.PDF").unwrap();
    assert_eq!(json["files"][plan["event_id"].as_str().unwrap()], "files/00002.pdf");

    // Given up: nothing of it stays.
    let given_up = his.room.export(&zip("e.zip"), ExportFormat::Html, words(), true).unwrap();
    assert_eq!(given_up.next().await.unwrap().map(|told| told.files), Some(1));
    given_up.cancel();
    drop(given_up);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 2);
}

fn entry(archive: &mut ZipArchive<fs::File>, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

async fn to_its_end_again(export: &Export) -> bool {
    export.next().await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_exports_are_forbidden_none_begins_and_none_goes_on() {
    let (alice, _bob, room) = two().await;
    let hers = alice.open(&room).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.html");
    let begun = hers.room.export(file.to_str().unwrap(), ExportFormat::Html, words(), false).unwrap();
    alice.accounts.set_managed(HashMap::from([("no_export".to_owned(), "true".to_owned())])).unwrap();
    let forbidden = Failure::Forbidden { why: Barrier::NoExport };
    assert_eq!(begun.next().await.err(), Some(forbidden.clone()));
    let refused = hers.room.export(file.to_str().unwrap(), ExportFormat::Html, words(), false).err();
    assert_eq!(refused, Some(forbidden));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
