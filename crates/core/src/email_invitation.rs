//! Inviting by e-mail address: whoever has it is found without telling it to the identity server, everybody else gets a mail from there.

use std::collections::{HashMap, HashSet};

use bulla_model::{EmailInvitation, EmailInvited, Failure, Field, FieldTrouble, UserId};
use bulla_policy as policy;
use futures_util::{StreamExt as _, stream};
use matrix_sdk::Client;
use ruma::{
    api::client::{
        account::request_openid_token,
        membership::{Invite3pidInit, invite_user::v3 as invite},
        state::get_state_events,
    },
    thirdparty::Medium,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{access, discovery, failure::CoreError, http, room::Room, session::Session};

/// How many invitations are on their way at once.
const INVITATIONS: usize = 4;
const EVENT: &str = "m.room.third_party_invite";
/// As long as the key of a state event may be.
const ID: usize = 255;
const NAME_CHARS: usize = 255;

/// The address in what a person typed; none where it is none.
pub fn email_address(text: &str) -> Option<String> {
    policy::email(text).ok()
}

impl Session {
    /// Whether people may be invited by their e-mail address. Nothing is asked of a server.
    pub fn may_invite_by_email(&self) -> Result<(), Failure> {
        let manifest = self.inner.shared.deployment.manifest();
        policy::identity_server(manifest.as_ref()).map(|_| ())
    }
}

impl Room {
    /// Invites people by their e-mail addresses. Each has a result of their own, in the order given; one that fails stops no other.
    pub async fn invite_emails(&self, emails: Vec<String>) -> Result<Vec<EmailInvited>, Failure> {
        policy::check_page(u32::try_from(emails.len()).unwrap_or(u32::MAX))?;
        let client = self.session.client().await?;
        let read: Vec<Result<String, Failure>> = emails.iter().map(|typed| policy::email(typed)).collect();
        let known: Vec<&str> = read.iter().filter_map(|email| email.as_deref().ok()).collect();
        let identity = IdentityServer::enter(self, &client).await?;
        let looked_up = match known.is_empty() {
            true => Ok(HashMap::new()),
            false => identity.look_up(&known).await,
        };
        let invited = match looked_up {
            Ok(people) => {
                let one = |(typed, email): (String, Result<String, Failure>)| {
                    let (identity, people, client) = (&identity, &people, &client);
                    async move {
                        let email = match email {
                            Ok(email) => email,
                            Err(failure) => return EmailInvited { email: typed, user: None, failure: Some(failure) },
                        };
                        let user = people.get(&email).cloned();
                        let done = match &user {
                            Some(user) => self.invite(user).await,
                            None => self.mail(client, identity, &email).await.map_err(Failure::from),
                        };
                        EmailInvited { email, user, failure: done.err() }
                    }
                };
                Ok(stream::iter(emails.into_iter().zip(read)).map(one).buffered(INVITATIONS).collect().await)
            }
            Err(error) => Err(error.into()),
        };
        identity.leave().await;
        invited
    }

    /// Who was sent a mail and has not come yet, as the server has it now.
    pub async fn email_invitations(&self) -> Result<Vec<EmailInvitation>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        // The sync brings them no more than other state of its kind, so that the server is asked.
        let request = get_state_events::v3::Request::new(room.room_id().to_owned());
        let state = room.client().send(request).await.map_err(CoreError::from)?.room_state;
        let events: Vec<Value> = state.iter().filter_map(|event| event.deserialize_as_unchecked().ok()).collect();
        Ok(waiting(&events))
    }

    /// Takes back an invitation that was sent by mail.
    pub async fn revoke_email_invitation(&self, id: &str) -> Result<(), Failure> {
        if id.is_empty() || id.len() > ID {
            return Err(Failure::Invalid { field: Field::Event, why: FieldTrouble::Malformed });
        }
        let room = self.session.sdk_room(&self.id()).await?;
        room.send_state_event_raw(EVENT, id, json!({})).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Has a mail sent to somebody whom the identity server does not know.
    async fn mail(&self, client: &Client, identity: &IdentityServer, email: &str) -> Result<(), CoreError> {
        let room = self.session.sdk_room(&self.id()).await?;
        let deployment = &self.session.shared.deployment;
        if let Some(manifest) = deployment.manifest()
            && !manifest.discovery.is_empty()
            && policy::email_is_guest(&discovery::whose(deployment, &manifest, email).await?, &manifest)?
        {
            access::admits_guests(&room).await?;
        }
        let recipient = Invite3pidInit {
            id_server: identity.name.clone(),
            id_access_token: identity.token.to_string(),
            medium: Medium::Email,
            address: email.to_owned(),
        };
        let request = invite::Request::new(
            room.room_id().to_owned(),
            invite::InvitationRecipient::ThirdPartyId(recipient.into()),
        );
        client.send(request).await?;
        Ok(())
    }
}

/// The identity server, entered for a moment in the name of this account.
struct IdentityServer {
    client: Client,
    base: String,
    name: String,
    token: Zeroizing<String>,
}

impl IdentityServer {
    async fn enter(room: &Room, client: &Client) -> Result<Self, CoreError> {
        let manifest = room.session.shared.deployment.manifest();
        let (base, name) = policy::identity_server(manifest.as_ref())?;
        let user = client.user_id().ok_or(CoreError::Defect("a session without a user"))?.to_owned();
        let vouched = client.send(request_openid_token::v3::Request::new(user)).await?;
        let body = json!({
            "access_token": vouched.access_token,
            "token_type": vouched.token_type,
            "matrix_server_name": vouched.matrix_server_name,
            "expires_in": vouched.expires_in.as_secs(),
        });
        let url = policy::under(base, policy::IDENTITY_REGISTER_PATH)?;
        let (status, answer) = http::post_json(client.http_client(), url, None, &body, policy::IDENTITY_LIMIT).await?;
        let token = Zeroizing::new(policy::identity_token(status, &answer)?);
        Ok(Self { client: client.clone(), base: base.to_owned(), name, token })
    }

    /// Who has which of these addresses. They are asked for by hashes.
    async fn look_up(&self, emails: &[&str]) -> Result<HashMap<String, UserId>, CoreError> {
        let http = self.client.http_client();
        let url = policy::under(&self.base, policy::HASH_DETAILS_PATH)?;
        let (status, answer) = http::get_as(http, url, &self.token, policy::IDENTITY_LIMIT, http::CONNECT).await?;
        let pepper = policy::lookup_pepper(status, &answer)?;
        let hashes: Vec<String> = emails.iter().map(|email| policy::lookup_hash(email, &pepper)).collect();
        let body = json!({"algorithm": policy::LOOKUP_ALGORITHM, "pepper": pepper, "addresses": hashes});
        let url = policy::under(&self.base, policy::LOOKUP_PATH)?;
        let (status, answer) = http::post_json(http, url, Some(&self.token), &body, policy::IDENTITY_LIMIT).await?;
        let mut people = policy::looked_up(status, &answer)?;
        let found =
            emails.iter().zip(&hashes).filter_map(|(email, hash)| Some(((*email).to_owned(), people.remove(hash)?)));
        Ok(found.collect())
    }

    /// Gives the token back: nobody needs it any more. That it was not heard matters to nobody here.
    async fn leave(self) {
        if let Ok(url) = policy::under(&self.base, policy::IDENTITY_LOGOUT_PATH) {
            let _ = http::post(self.client.http_client(), url, &self.token, policy::IDENTITY_LIMIT).await;
        }
    }
}

/// The invitations among a room's state that nobody has followed yet.
fn waiting(state: &[Value]) -> Vec<EmailInvitation> {
    // Whoever follows one is invited in its name, and comes in from there.
    let token = |content: &Value| content["third_party_invite"]["signed"]["token"].as_str().map(str::to_owned);
    let members = state.iter().filter(|event| event["type"] == "m.room.member");
    let followed: HashSet<String> = members
        .flat_map(|event| [token(&event["content"]), token(&event["unsigned"]["prev_content"])])
        .flatten()
        .collect();
    let sent = state.iter().filter(|event| event["type"] == EVENT);
    let open = sent.filter_map(|event| {
        let (id, by) = (event["state_key"].as_str()?, event["sender"].as_str()?);
        // One that was taken back says nothing any more.
        let name = event["content"]["display_name"].as_str()?;
        (!followed.contains(id)).then(|| EmailInvitation {
            id: id.to_owned(),
            name: crate::body::cut(name, NAME_CHARS),
            by: UserId(by.to_owned()),
        })
    });
    open.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_followed_or_taken_back_waits_no_more() {
        let sent =
            |id: &str, content: Value| json!({"type": EVENT, "state_key": id, "sender": "@a:x", "content": content});
        let name = json!({"display_name": "jea...@ext..."});
        let followed = |id: &str| json!({"third_party_invite": {"signed": {"token": id}}});
        let state = [
            sent("waits", name.clone()),
            sent("revoked", json!({})),
            sent("odd", json!({"display_name": 7})),
            sent("invited", name.clone()),
            sent("in", name),
            json!({"type": "m.room.member", "state_key": "@b:x", "content": followed("invited")}),
            json!({"type": "m.room.member", "state_key": "@c:x", "content": {}, "unsigned": {"prev_content": followed("in")}}),
            json!({"type": "m.room.name", "content": []}),
        ];
        let ids: Vec<String> = waiting(&state).into_iter().map(|one| one.id).collect();
        assert_eq!(ids, ["waits"]);
    }
}
