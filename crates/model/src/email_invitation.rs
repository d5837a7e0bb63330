//! Invitations to people of whom only the e-mail address is known.

use crate::{Failure, UserId, opaque::opaque};

/// How one of several invitations by e-mail address went.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct EmailInvited {
    /// The address as it was understood: trimmed, in lower case; as it was given where it is none.
    pub email: String,
    /// Who has that address, and was to be invited as themselves; none: a mail is sent there, and whoever confirms the address is
    /// invited then.
    pub user: Option<UserId>,
    /// Why they were not invited; none: they were.
    pub failure: Option<Failure>,
}

/// An invitation that was sent by mail to somebody who is not known yet.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct EmailInvitation {
    /// Names it for `Room.revoke_email_invitation`.
    pub id: String,
    /// The address, shortened by the identity server, as everybody in the room sees it. Untrusted text.
    pub name: String,
    /// Who sent it.
    pub by: UserId,
}

opaque!(EmailInvited, EmailInvitation);
