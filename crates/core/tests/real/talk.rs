//! Two people on two servers talk.

use bulla_model::{EventItem, Membership, MessageBody, RoomKind, SendState};

use crate::agent::{deployment, text, two};

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_conversation() {
    let (alice, bob, room) = two().await;
    let row = bob
        .room(|row| {
            row.id == room && row.membership == Membership::Joined && row.encrypted && row.kind == RoomKind::Direct
        })
        .await;
    assert_eq!(row.direct_with.as_ref(), Some(&alice.id()));

    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("Réunion **urgente** à 15h, salle Bercy").await.unwrap();
    let (row, event) = his.event("her message", |event| !event.mine && text(&event.body).is_some()).await;
    let MessageBody::Text { plain, html, .. } = &event.body else { panic!("text") };
    assert_eq!(plain, "Réunion **urgente** à 15h, salle Bercy");
    assert!(html.as_ref().is_some_and(|html| html.contains("<strong>urgente</strong>")));
    assert_eq!(event.shield, None, "signed by its owner, encrypted");

    his.timeline.reply(&row.id, "J'arrive").await.unwrap();
    let (_, reply) = hers.text("J'arrive").await;
    assert_eq!(reply.reply_to.as_ref().map(|quote| &quote.event_id), event.event_id.as_ref());

    let (mine, _) = hers.event("her own", |event| event.mine && text(&event.body).is_some()).await;
    hers.timeline.edit(&mine.id, "Réunion à 16h").await.unwrap();
    let (_, edited) = his.text("Réunion à 16h").await;
    assert!(edited.edited);

    assert!(his.timeline.react(&row.id, "👍").await.unwrap());
    hers.event("the reaction", |event| event.reactions.iter().any(|reaction| reaction.key == "👍" && !reaction.mine))
        .await;

    let delivered =
        |event: &EventItem| text(&event.body) == Some("J'arrive") && event.send_state == SendState::Delivered;
    let (his_reply, _) = his.event("his reply", delivered).await;
    his.timeline.redact(&his_reply.id, None).await.unwrap();
    hers.event("the redaction", |event| !event.mine && event.body == MessageBody::Redacted).await;

    his.timeline.mark_read().await.unwrap();
    hers.event("his receipt", |event| event.read_by.iter().any(|receipt| receipt.user == bob.id())).await;

    let deployment = deployment().await;
    if deployment.capabilities().search {
        let hits = deployment.search(&["Réunion", "J'arrive"]).await.unwrap();
        assert!(hits.is_empty(), "{hits:?}");
    }
}
