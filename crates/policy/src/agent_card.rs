//! Who somebody is, read from what servers keep: the display name `Jean Martin [Organisation]`, or else the user id, whose local
//! part is an e-mail address with `-` for `@`.

use bulla_model::{AgentCard, Manifest};

use crate::manifest::instance_of;

/// The card of `user` with this display name, without their picture. Without a manifest nothing is known of servers.
pub fn agent_card(
    user: &str,
    display_name: Option<&str>,
    email: Option<String>,
    name_locked: bool,
    manifest: Option<&Manifest>,
) -> AgentCard {
    let (local, server) = user.trim_start_matches('@').split_once(':').unwrap_or((user, ""));
    let instance = manifest.and_then(|manifest| instance_of(manifest, server));
    let guest = instance.is_some_and(|instance| instance.external_guests);
    let (name, organisation) = display_name.map(divided).unwrap_or_default();
    let name = if name.is_empty() { of_local_part(local, guest) } else { name };
    AgentCard {
        name,
        organisation,
        instance: instance.map(|instance| instance.label.clone()),
        guest,
        email,
        name_locked,
        avatar: None,
        avatar_locked: false,
    }
}

/// The name before `[`, and what stands between the brackets.
fn divided(display_name: &str) -> (String, Option<String>) {
    let Some((name, rest)) = display_name.split_once('[') else { return (display_name.trim().to_owned(), None) };
    let organisation = rest.split(']').next().unwrap_or_default().trim();
    (name.trim().to_owned(), (!organisation.is_empty()).then(|| organisation.to_owned()))
}

/// A guest is shown by their e-mail address, an agent by what stands before its `@`, as a name.
fn of_local_part(local: &str, guest: bool) -> String {
    if guest && local.matches('-').count() == 1 {
        return local.replacen('-', "@", 1);
    }
    let name = local.rsplit_once('-').map_or(local, |(name, _)| name);
    let words = name.split(['.', '_']).filter(|word| !word.is_empty());
    words.map(capitalised).collect::<Vec<_>>().join(" ")
}

/// Each part between hyphens begins with a capital.
fn capitalised(word: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    word.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let instance = |server: &str, label: &str, external_guests| {
            serde_json::json!({
                "server": server, "base_url": "https://x.example", "label": label, "external_guests": external_guests,
                "sign_in": ["password"],
            })
        };
        let instances =
            [instance("agent.dinum.example", "Dinum", false), instance("agent.externe.example", "Externes", true)];
        let text = serde_json::json!({
            "schema": 1, "version": 1, "exp": 1, "name": "Messagerie", "instances": instances, "discovery": [],
        });
        serde_json::from_value(text).expect("a manifest")
    }

    #[test]
    fn names_organisations_and_guests() {
        let manifest = manifest();
        for (user, display, name, organisation, instance, guest) in [
            (
                "@jean.martin-dinum.fr:agent.dinum.example",
                Some("Jean Martin [Dinum]"),
                "Jean Martin",
                Some("Dinum"),
                Some("Dinum"),
                false,
            ),
            (
                "@jean.martin-dinum.fr:agent.dinum.example",
                Some("Jean Martin"),
                "Jean Martin",
                None,
                Some("Dinum"),
                false,
            ),
            (
                "@jean.martin-dinum.fr:agent.dinum.example",
                Some("Jean [Dinum"),
                "Jean",
                Some("Dinum"),
                Some("Dinum"),
                false,
            ),
            ("@jean.martin-dinum.fr:agent.dinum.example", Some(" [] "), "Jean Martin", None, Some("Dinum"), false),
            (
                "@anne-marie.le_goff-dinum.fr:agent.dinum.example",
                None,
                "Anne-Marie Le Goff",
                None,
                Some("Dinum"),
                false,
            ),
            (
                "@jean.martin-societe.fr:agent.externe.example",
                None,
                "jean.martin@societe.fr",
                None,
                Some("Externes"),
                true,
            ),
            ("@anne-marie-societe.fr:agent.externe.example", None, "Anne-Marie", None, Some("Externes"), true),
            ("@camille:elsewhere.example", None, "Camille", None, None, false),
            ("odd", None, "Odd", None, None, false),
        ] {
            let card = agent_card(user, display, None, true, Some(&manifest));
            let expected = AgentCard {
                name: name.into(),
                organisation: organisation.map(Into::into),
                instance: instance.map(Into::into),
                guest,
                email: None,
                name_locked: true,
                avatar: None,
                avatar_locked: false,
            };
            assert!(card == expected, "{user} {display:?}: {:?} {:?}", card.name, card.organisation);
        }
        assert!(!agent_card("@a:agent.externe.example", None, None, false, None).guest);
    }
}
