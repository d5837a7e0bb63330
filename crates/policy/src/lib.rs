//! Rules, as pure functions over plain values: no I/O, no clock, no randomness. Time and chance come in as arguments.
#![forbid(unsafe_code)]

mod backoff;
mod draft;
mod homeserver;
mod identifier;
mod search;

pub use backoff::pause_before;
pub use draft::{check_group, check_name, check_page, check_reaction, check_text, check_topic};
pub use homeserver::homeserver;
pub use identifier::{event_id, room_id, sign_in_user, user_id};
pub use search::RoomSearch;

use bulla_model::{Failure, Field, FieldTrouble};

fn invalid(field: Field, why: FieldTrouble) -> Failure {
    Failure::Invalid { field, why }
}
