//! Rules, as pure functions over plain values: no I/O, no clock, no randomness. Time and chance come in as arguments.
#![forbid(unsafe_code)]

mod ability;
mod agent_card;
mod app_lock;
mod backoff;
mod blurhash;
mod callback;
mod command;
mod composer;
mod contact;
mod devices;
mod discovery;
mod disguise;
mod draft;
mod email;
mod email_invitation;
mod ending;
mod export;
mod gate;
mod homeserver;
mod identifier;
mod jws;
mod managed;
mod manifest;
mod media;
mod media_type;
mod password;
mod pin;
mod place;
mod poll;
mod proof;
mod qr_picture;
mod remote_wipe;
mod room_kind;
mod room_link;
mod scan;
mod search;
mod suggestion;
mod validity;

pub use ability::{Levels, Standing, abilities, is_last_admin, role, role_level};
pub use agent_card::agent_card;
pub use app_lock::{attempts_left, check_pin, locks_after, pin_wait};
pub use backoff::pause_before;
pub use blurhash::{blurhash, blurhash_pixels};
pub use callback::{Answer, Asked, Source, callback, to_register};
pub use command::{command_hints, typed_line};
pub use composer::{Written, mentions_in, written};
pub use contact::{INVITE_BLOCKING, INVITE_RULES, InviteRules};
pub use devices::judge_devices;
pub use discovery::{DIRECTORY_LIMIT, DIRECTORY_PATH, DirectoryAnswer, allowed, directory_answer, placed, shuffled};
pub use disguise::{disguised_links, name_doubt};
pub use draft::{check_group, check_name, check_page, check_reaction, check_reason, check_text, check_topic};
pub use email::email;
pub use email_invitation::{
    HASH_DETAILS_PATH, IDENTITY_LIMIT, IDENTITY_LOGOUT_PATH, IDENTITY_REGISTER_PATH, LOOKUP_ALGORITHM, LOOKUP_PATH,
    email_is_guest, identity_server, identity_token, looked_up, lookup_hash, lookup_pepper,
};
pub use ending::{
    ENDING, Left, OPENED, RETENTION, SteadyClock, UNREAD, check_default, check_lifetime, check_retention,
    default_lifetime, effective_retention, ending_content, ending_limits, left, lifetime, retention, retention_content,
};
pub use export::{ExportRow, Said, export_foot, export_head, export_row};
pub use gate::gate;
pub use homeserver::{homeserver, under};
pub use identifier::{alias_name, event_id, is_address, room_id, sign_in_user, user_id};
pub use jws::TrustedKey;
pub use managed::{MANAGED_MANIFEST, managed};
pub use manifest::{MANIFEST_TYPE, adoptable, certificate, instance_at, instance_of, is_guest, manifest};
pub use media::{
    Kept, USUAL_RETENTION, WAVEFORM, amplitude, check_media, check_media_size, expendable, file_name, loudness,
    media_type, plain_ending, type_of_name,
};
pub use media_type::true_type;
pub use password::{
    PASSWORD_POLICY_LIMIT, PASSWORD_POLICY_PATH, check_password, password_refusal, password_strength,
    server_password_policy, stricter,
};
pub use pin::pinned;
pub use place::{check_live_place, check_place, geo_uri, may_send_place, place, typed_place};
pub use poll::{POLL_ANSWERS, POLL_CHARS, check_poll, check_vote};
pub use proof::{PROOF_LIMIT, PROOF_PATH, PROOF_TYPE, proof};
pub use qr_picture::{draw_qr, read_qr};
pub use remote_wipe::{WHO_AM_I_LIMIT, WHO_AM_I_PATH, is_gone};
pub use room_kind::{
    ACCESS_RULES, Access, AccessRule, RoomFacts, RoomPlan, may_browse, may_come_in, may_create, may_invite_guest,
    room_kind, room_plan,
};
pub use room_link::link_name;
pub use scan::{ScanAnswer, Verdict, may_hear_token, scan_answer, verdict_counts};
pub use search::RoomSearch;
pub use suggestion::{emoji_groups, suggest_emoji, suggest_people};
pub use validity::{
    EXPIRED_ACCOUNT, RENEWAL_MAIL_LIMIT, RENEWAL_MAIL_PATH, RENEWAL_PAUSE, error_code, may_send_renewal,
};

use bulla_model::{Failure, Field, FieldTrouble};

fn invalid(field: Field, why: FieldTrouble) -> Failure {
    Failure::Invalid { field, why }
}
