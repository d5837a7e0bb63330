//! What was said to somebody before they came in.

use std::time::Duration;

use bulla_model::Membership;
use tokio::time::timeout;

use crate::agent::Agent;

/// Shorter than the server lets a request wait that has nothing to tell.
const AT_ONCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_one_came_in_is_read_at_once() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    tokio::join!(alice.live(), bob.live());
    let room = alice.session.create_direct(&bob.id()).await.unwrap();
    let mut hers = alice.open(&room).await;
    hers.timeline.send_text("Bonjour").await.unwrap();
    hers.text("Bonjour").await;
    bob.room(|row| row.id == room && row.membership == Membership::Invited).await;
    // Its key has come by then, and nothing more comes that would have the SDK ask who she is.
    tokio::time::sleep(Duration::from_secs(3)).await;
    bob.accept(&room).await;
    let read = async {
        let mut his = bob.open(&room).await;
        his.timeline.paginate_back(20).await.unwrap();
        his.text("Bonjour").await;
    };
    timeout(AT_ONCE, read).await.expect("before the server answers for want of anything to tell");
}
