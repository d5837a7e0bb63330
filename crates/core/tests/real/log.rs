//! The log holds nothing of a person. A process of its own would be cleaner; the sink is one for all tests, which only makes
//! it hear more.

use std::sync::{Arc, Mutex};

use bulla_model::{Failure, LogLevel, LogRecord, LogSink};
use bulla_testkit::Fault;

use crate::{agent::DEADLINE, start::behind_proxy};

#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl LogSink for Lines {
    fn log(&self, record: LogRecord) -> Result<(), Failure> {
        self.0.lock().unwrap().push(format!("{} {}", record.target, record.text));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_says_who_or_what() {
    let lines = Arc::new(Lines::default());
    bulla_core::set_log_sink(lines.clone(), LogLevel::Debug);
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("canari jaune").await.unwrap();
    let (item, _) = his.text("canari jaune").await;
    his.timeline.react(&item.id, "canari-clé").await.unwrap();
    hers.room.set_name("canari-nom").await.unwrap();
    proxy.set(Fault::Garbage).await.unwrap();
    alice.state(|state| matches!(state, bulla_model::SessionState::Offline { .. })).await;
    hers.timeline.send_text("canari bleu").await.unwrap();
    hers.room.set_topic("canari-sujet").await.unwrap_err();
    alice.session.sign_in_again(bulla_model::Password::new("canari-secret".into())).await.unwrap_err();
    proxy.heal().await.unwrap();
    let password = bulla_model::Password::new("canari-secret".into());
    alice.accounts.sign_in(&proxy.url(), &alice.user.user_id, &password).await.err().unwrap();
    alice.session.shutdown().await.unwrap();
    bob.session.shutdown().await.unwrap();

    let heard = async {
        while lines.0.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, heard).await.expect("something is logged");
    let server = room.0.split_once(':').map_or("", |(_, server)| server).to_owned();
    let mut words: Vec<String> = ["canari", "syt_", "syr_", "127.0.0.1"].map(str::to_owned).into();
    words.extend([room.0.clone(), server]);
    for agent in [&alice, &bob] {
        words.extend([agent.user.user_id.clone(), agent.user.localpart.clone(), agent.user.password.clone()]);
        words.push(agent.session.account().device.0);
    }
    words.retain(|word| !word.is_empty());
    for line in lines.0.lock().unwrap().iter() {
        for word in &words {
            assert!(!line.contains(word.as_str()), "{word:?} in {line:?}");
        }
    }
}
