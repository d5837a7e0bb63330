//! A conversation in a file: whole, or not there.

use std::{collections::HashMap, fs};

use bulla_core::Export;
use bulla_model::{Barrier, ExportFormat, ExportProgress, ExportWords, Failure, Field, FieldTrouble};
use tokio::time::timeout;

use super::agent::{DEADLINE, two};

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
    for number in 0..110 {
        hers.timeline.send_text(&format!("message {number}")).await.unwrap();
    }
    hers.timeline.send_text("à 14 h <script>alert(1)</script>").await.unwrap();
    his.timeline.send_text("à supprimer").await.unwrap();
    let there = |wanted: &'static str| {
        move |event: &bulla_model::EventItem| {
            super::agent::text(&event.body) == Some(wanted) && event.send_state == bulla_model::SendState::Delivered
        }
    };
    let (item, _) = hers.event("hers", there("à 14 h <script>alert(1)</script>")).await;
    hers.timeline.edit(&item.id, "à 15 h <script>alert(1)</script>").await.unwrap();
    let (item, _) = his.event("his", there("à supprimer")).await;
    his.timeline.redact(&item.id, None).await.unwrap();
    hers.event("deleted", |event| matches!(event.body, bulla_model::MessageBody::Redacted)).await;
    his.text("à 15 h <script>alert(1)</script>").await;

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let export = his.room.export(&file("c.html"), ExportFormat::Html, words()).unwrap();
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

    let export = his.room.export(&file("c.json"), ExportFormat::Json, words()).unwrap();
    assert!(to_its_end(&export).await.finished && !to_its_end_again(&export).await);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(file("c.json")).unwrap()).unwrap();
    let said = |event: &serde_json::Value| event["content"]["body"] == "message 7" && event["type"] == "m.room.message";
    assert_eq!(json["room_id"], room.0.as_str());
    assert_eq!(json["events"].as_array().unwrap().iter().filter(|event| said(event)).count(), 1);
    assert_eq!(json["events"][0]["type"], "m.room.create");

    let given_up = his.room.export(&file("d.html"), ExportFormat::Html, words()).unwrap();
    assert!(given_up.next().await.unwrap().is_some());
    given_up.cancel();
    assert!(given_up.next().await.unwrap().is_none());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    for wrong in ["relative.html", "", "/", &file("no/such/folder.html"), folder.path().to_str().unwrap()] {
        let refused = his.room.export(wrong, ExportFormat::Html, words()).err();
        assert_eq!(refused, Some(Failure::Invalid { field: Field::Folder, why: FieldTrouble::Malformed }), "{wrong}");
    }
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
    let begun = hers.room.export(file.to_str().unwrap(), ExportFormat::Html, words()).unwrap();
    alice.accounts.set_managed(HashMap::from([("no_export".to_owned(), "true".to_owned())])).unwrap();
    let forbidden = Failure::Forbidden { why: Barrier::NoExport };
    assert_eq!(begun.next().await.err(), Some(forbidden.clone()));
    let refused = hers.room.export(file.to_str().unwrap(), ExportFormat::Html, words()).err();
    assert_eq!(refused, Some(forbidden));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
