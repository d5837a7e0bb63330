//! One signed-in account: answers from the store at once, attaches to the server behind.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bulla_model::{
    AccountSummary, Failure, IdentityStatus, Missing, NetworkChange, Password, RoomFilter, RoomId, SessionState,
};
use bulla_policy as policy;
use matrix_sdk::Client;
use ruma::{OwnedRoomId, OwnedUserId};
use tokio::sync::{mpsc, oneshot};

use crate::{
    book::RoomBook,
    cancel::Cancel,
    engine::Order,
    failure::CoreError,
    room::Room,
    room_list::RoomList,
    shared::{Attached, Link, Shared},
    state_stream::StateStream,
    timeline::TimelineInner,
};

/// One signed-in account. Cheap to clone; the last clone, with its rooms and timelines, closes it when dropped.
#[derive(Clone)]
pub struct Session {
    pub(crate) inner: Arc<SessionInner>,
}

pub(crate) struct SessionInner {
    pub shared: Arc<Shared>,
    pub orders: mpsc::UnboundedSender<Order>,
    /// Timelines that are open, one a room, shared by all who show it.
    pub timelines: Mutex<HashMap<RoomId, Weak<TimelineInner>>>,
}

impl Session {
    /// Who this is.
    pub fn account(&self) -> AccountSummary {
        self.inner.shared.account.clone()
    }

    /// How the session stands with its server, as a stream.
    pub fn states(&self) -> StateStream {
        StateStream::new(self.inner.shared.state.subscribe(), self.inner.cancel())
    }

    /// How it stands now.
    pub fn state(&self) -> SessionState {
        self.inner.shared.state.borrow().clone()
    }

    /// The rooms that `filter` admits, newest first, `page` at a time.
    pub fn rooms(&self, filter: RoomFilter, page: u32) -> Result<RoomList, Failure> {
        self.inner.open()?;
        Ok(RoomList::new(self.inner.shared.book.clone(), filter, page, self.inner.cancel())?)
    }

    /// One room that this account knows.
    pub async fn room(&self, id: &RoomId) -> Result<Room, Failure> {
        self.inner.open()?;
        policy::room_id(id.as_str())?;
        let known = self.inner.shared.book.row(id).await?.is_some();
        if known || (!self.inner.book().is_forgotten(id) && self.inner.sdk_room_now(id).is_some()) {
            return Ok(Room::new(self.inner.clone(), id.clone()));
        }
        Err(Failure::NotFound { what: Missing::Room })
    }

    /// What other people's devices can know of this one.
    pub async fn identity(&self) -> Result<IdentityStatus, Failure> {
        let client = self.inner.client().await?;
        let status = client.encryption().cross_signing_status().await;
        let device = client.encryption().get_own_device().await.map_err(|_| CoreError::Defect("crypto store"))?;
        Ok(IdentityStatus {
            cross_signing: status.is_some_and(|status| status.has_master),
            device_signed: device.is_some_and(|device| device.is_cross_signed_by_owner()),
        })
    }

    /// Stops everything that uses the network, closes every file. Streams stay and are silent.
    pub async fn pause(&self) -> Result<(), Failure> {
        self.inner.urgent(Order::Pause).await
    }

    /// Goes on after a pause; without one, looks at the network at once.
    pub async fn resume(&self) -> Result<(), Failure> {
        self.inner.order(Order::Resume).await
    }

    /// What the platform says of the network.
    pub fn network_changed(&self, change: NetworkChange) {
        let _ = self.inner.orders.send(Order::Network(change));
    }

    /// Signs in again on the same device after a soft logout. Nothing local is lost.
    pub async fn sign_in_again(&self, password: Password) -> Result<(), Failure> {
        if password.expose().is_empty() {
            return Err(Failure::Invalid {
                field: bulla_model::Field::Password,
                why: bulla_model::FieldTrouble::Empty,
            });
        }
        self.inner.order(|done| Order::SignInAgain(password, done)).await
    }

    /// Ends the session on the server and erases everything of it on this device. Where the server cannot be reached,
    /// nothing is erased and it fails with `Offline`, unless `even_offline`.
    pub async fn sign_out(&self, even_offline: bool) -> Result<(), Failure> {
        self.inner.order(|done| Order::SignOut(even_offline, done)).await
    }

    /// Closes the session: streams end, files are closed. The account stays signed in.
    pub async fn shutdown(&self) -> Result<(), Failure> {
        match self.inner.urgent(Order::Shutdown).await {
            Err(Failure::Closed) => Ok(()),
            other => other,
        }
    }
}

impl SessionInner {
    /// For a stream of this session.
    pub fn cancel(&self) -> Cancel {
        Cancel::new(self.shared.closed.subscribe())
    }

    /// Fails when the session was closed, or has to be put in order first.
    pub fn open(&self) -> Result<(), Failure> {
        if *self.shared.closed.borrow() { Err(Failure::Closed) } else { self.shared.upkeep.open() }
    }

    /// The SDK's client, once it is attached. Waits for the stores to open, never for the network.
    pub async fn attached(&self) -> Result<Attached, CoreError> {
        self.shared.upkeep.open()?;
        self.attached_in_any_order().await
    }

    /// The same, for what puts the account in order.
    pub async fn attached_in_any_order(&self) -> Result<Attached, CoreError> {
        let mut link = self.shared.link.subscribe();
        let link = link.wait_for(|link| !matches!(link, Link::Pending)).await.map_err(|_| Failure::Closed)?;
        match &*link {
            Link::Ready(attached) => Ok(attached.clone()),
            Link::Broken(failure) => Err(failure.clone().into()),
            Link::Closed | Link::Pending => Err(Failure::Closed.into()),
        }
    }

    pub async fn client(&self) -> Result<Client, CoreError> {
        Ok(self.attached().await?.client)
    }

    /// The SDK's room, once attached.
    pub async fn sdk_room(&self, id: &RoomId) -> Result<matrix_sdk::Room, CoreError> {
        let client = self.client().await?;
        Ok(client.get_room(&room_id(id)?).ok_or(Failure::NotFound { what: Missing::Room })?)
    }

    fn sdk_room_now(&self, id: &RoomId) -> Option<matrix_sdk::Room> {
        match &*self.shared.link.borrow() {
            Link::Ready(attached) => attached.client.get_room(&room_id(id).ok()?),
            _ => None,
        }
    }

    pub fn book(&self) -> &RoomBook {
        &self.shared.book
    }

    /// Brings a room's row up to date at once, before the next sync says so.
    pub async fn refresh(&self, room: &matrix_sdk::Room) {
        self.shared.refresh(std::slice::from_ref(room)).await;
    }

    /// An order that does not wait for the network: whatever waits for it ends.
    async fn urgent(&self, order: impl FnOnce(oneshot::Sender<Result<(), Failure>>) -> Order) -> Result<(), Failure> {
        let (done, wait) = oneshot::channel();
        self.orders.send(order(done)).map_err(|_| Failure::Closed)?;
        self.shared.urgent.send_modify(|count| *count += 1);
        wait.await.map_err(|_| Failure::Closed)?
    }

    pub async fn order(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<(), Failure>>) -> Order,
    ) -> Result<(), Failure> {
        let (done, wait) = oneshot::channel();
        self.orders.send(order(done)).map_err(|_| Failure::Closed)?;
        wait.await.map_err(|_| Failure::Closed)?
    }

    pub fn timelines(&self) -> std::sync::MutexGuard<'_, HashMap<RoomId, Weak<TimelineInner>>> {
        self.timelines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parses what policy has let through.
pub(crate) fn room_id(id: &RoomId) -> Result<OwnedRoomId, CoreError> {
    let malformed = || Failure::Invalid { field: bulla_model::Field::Room, why: bulla_model::FieldTrouble::Malformed };
    Ok(ruma::RoomId::parse(policy::room_id(id.as_str())?).map_err(|_| malformed())?)
}

/// Parses what policy has let through.
pub(crate) fn user_id(id: &bulla_model::UserId) -> Result<OwnedUserId, CoreError> {
    let malformed = || Failure::Invalid { field: bulla_model::Field::User, why: bulla_model::FieldTrouble::Malformed };
    Ok(ruma::UserId::parse(policy::user_id(id.as_str())?).map_err(|_| malformed())?)
}
