//! Where an account is signed in.

use bulla_core::{DeviceList, Session};
use bulla_model::{AccountAction, DeviceId, DeviceInfo, Failure, Field, FieldTrouble, Missing, Password, SessionState};
use bulla_testkit::Fault;
use tokio::time::timeout;

use crate::agent::{Agent, DEADLINE, deployment};

async fn wait<T>(list: &DeviceList, what: &str, found: impl Fn(&[DeviceInfo]) -> Option<T>) -> T {
    let search = async {
        loop {
            let devices = list.next().await.expect("devices").expect("the list goes on");
            if let Some(found) = found(&devices) {
                return found;
            }
        }
    };
    timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("{what}: not in time"))
}

fn find<'a>(devices: &'a [DeviceInfo], session: &Session) -> Option<&'a DeviceInfo> {
    let id = session.account().device;
    devices.iter().find(|device| device.id == id)
}

/// Its baseline is written down once it is live.
async fn settled(agent: &Agent) {
    agent.live().await;
    let list = agent.session.devices().unwrap();
    wait(&list, "alone and known", |all| (all.len() == 1 && all[0].current && all[0].verified).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_elsewhere_is_new_until_acknowledged_or_denied() {
    let here = Agent::on(0).await;
    settled(&here).await;
    let list = here.session.devices().unwrap();
    let there = Agent::at(here.user.clone(), &here.user.homeserver).await;
    let new = wait(&list, "the new one", |all| find(all, &there.session).filter(|it| it.new).cloned()).await;
    assert!(!new.current && new.last_seen.is_some() && new.last_address.is_some());
    assert_eq!(new.name.as_deref(), Some("Bulla test"));
    // To whom it is new: the one that was there.
    let theirs = there.session.devices().unwrap();
    assert!(!wait(&theirs, "the first", |all| find(all, &here.session).cloned()).await.new);

    here.session.acknowledge_device(&new.id).await.unwrap();
    wait(&list, "acknowledged", |all| find(all, &there.session).filter(|it| !it.new).map(drop)).await;
    here.session.rename_device(&new.id, " Le téléphone ").await.unwrap();
    let renamed = |all: &[DeviceInfo]| find(all, &there.session)?.name.clone().filter(|name| name == "Le téléphone");
    wait(&list, "renamed", renamed).await;

    // Denied: signed out, with the password.
    let password = Password::new(here.user.password.clone());
    let ids = [new.id.clone()];
    let wrong = |why| Err(Failure::Invalid { field: Field::Password, why });
    assert_eq!(here.session.sign_out_devices(&ids, None).await, wrong(FieldTrouble::Empty));
    let other = Password::new("wrong".into());
    assert_eq!(here.session.sign_out_devices(&ids, Some(&other)).await, wrong(FieldTrouble::Wrong));
    here.session.sign_out_devices(&ids, Some(&password)).await.unwrap();
    wait(&list, "gone", |all| find(all, &there.session).is_none().then_some(())).await;
    there.state(|state| *state == SessionState::Erased).await;
    here.session.sign_out_devices(&ids, Some(&password)).await.unwrap();

    let device = |why| Err(Failure::Invalid { field: Field::Device, why });
    let me = here.session.account().device;
    assert_eq!(here.session.sign_out_devices(&[], None).await, device(FieldTrouble::Empty));
    assert_eq!(here.session.sign_out_devices(&[me], None).await, device(FieldTrouble::NotAllowed));
    let gone = here.session.rename_device(&DeviceId("NOWHERE".into()), "a").await;
    assert_eq!(gone, Err(Failure::NotFound { what: Missing::Device }));
    assert_eq!(here.session.account_management_url(&AccountAction::Devices).await, Ok(None));
    here.session.shutdown().await.unwrap();
    assert_eq!(list.next().await, Ok(None), "it ends with its session");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_finds_the_new_device_later() {
    let deployment = deployment().await;
    let proxy = deployment.proxy(0).await.unwrap();
    let mut here = Agent::at(deployment.new_user(0).await.unwrap(), &proxy.url()).await;
    settled(&here).await;
    here.session.shutdown().await.unwrap();
    let there = Agent::at(here.user.clone(), &here.user.homeserver).await;
    proxy.set(Fault::Refuse).await.unwrap();
    let account = here.session.account().id;
    here.session = here.accounts.open(&account).await.unwrap();
    assert_eq!(here.session.devices().unwrap().next().await, Err(Failure::Offline));
    proxy.heal().await.unwrap();
    here.session.network_changed(bulla_model::NetworkChange::Available);
    here.live().await;
    let list = here.session.devices().unwrap();
    wait(&list, "the new one", |all| find(all, &there.session).filter(|it| it.new).map(drop)).await;
    there.session.sign_out(false).await.unwrap();
}
