//! Who this account is, and finding others.

use bulla_model::{Failure, MediaUri, Person, UserId};
use bulla_policy as policy;
use matrix_sdk::Client;
use ruma::{
    OwnedMxcUri,
    api::client::profile::{AvatarUrl, DisplayName},
};

use crate::{
    access,
    failure::CoreError,
    session::{Session, user_id},
};

impl Session {
    /// How this account presents itself, as the server has it now.
    pub async fn profile(&self) -> Result<Person, Failure> {
        let client = self.inner.client().await?;
        Ok(profile_of(&client, &user_id(&self.account().user)?).await?)
    }

    /// Changes the name that others see.
    pub async fn set_display_name(&self, name: &str) -> Result<(), Failure> {
        policy::check_name(name)?;
        let client = self.inner.client().await?;
        Ok(client.account().set_display_name(Some(name.trim())).await.map_err(CoreError::from)?)
    }

    /// Whether somebody is a guest from outside the deployment, by their server.
    pub fn is_guest(&self, user: &UserId) -> Result<bool, Failure> {
        Ok(access::is_guest(&self.inner.shared.deployment, &user_id(user)?))
    }

    /// People whom the server's directory knows by `text`: a name, or a part of an id. Whoever has exactly that id comes first, also
    /// from another server, whose directory this one does not have.
    pub async fn find_people(&self, text: &str, limit: u32) -> Result<Vec<Person>, Failure> {
        policy::check_page(limit)?;
        let text = text.trim();
        policy::check_name(text)?;
        let client = self.inner.client().await?;
        let mut people = Vec::new();
        if let Ok(id) = user_id(&UserId(text.to_owned())) {
            match profile_of(&client, &id).await {
                Ok(person) => people.push(person),
                Err(error) => match Failure::from(error) {
                    // Nobody of that id, or a server that keeps its people to itself.
                    Failure::NotFound { .. } | Failure::Rejected { .. } => {}
                    failure => return Err(failure),
                },
            }
        }
        let found = client.search_users(text, u64::from(limit)).await.map_err(CoreError::from)?;
        for user in found.results {
            let user_id = UserId(user.user_id.to_string());
            if people.iter().all(|there| there.user != user_id) {
                people.push(person(user_id, user.display_name, user.avatar_url));
            }
        }
        people.truncate(limit as usize);
        Ok(people)
    }
}

/// What the server says of somebody.
async fn profile_of(client: &Client, id: &ruma::UserId) -> Result<Person, CoreError> {
    let profile = client.account().fetch_user_profile_of(id).await?;
    let name = profile.get_static::<DisplayName>().ok().flatten();
    let avatar = profile.get_static::<AvatarUrl>().ok().flatten();
    Ok(person(UserId(id.to_string()), name, avatar))
}

fn person(user: UserId, name: Option<String>, avatar: Option<OwnedMxcUri>) -> Person {
    Person {
        user,
        name: name.filter(|name| !name.trim().is_empty()),
        avatar: avatar.map(|uri| MediaUri(uri.to_string())),
    }
}
