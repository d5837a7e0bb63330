//! Finding a room by what a person types.

use bulla_model::{RoomSummary, RoomTitle};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest search that is looked at, in characters.
const LONGEST: usize = 256;

/// What a person typed into a search field, ready to be compared: capitals and accents make no difference, and every word must be found.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RoomSearch {
    words: Vec<String>,
}

impl RoomSearch {
    /// From what was typed. Nothing but spaces finds everything.
    pub fn new(typed: &str) -> Self {
        let typed: String = typed.chars().take(LONGEST).collect();
        Self { words: folded(&typed).split_whitespace().map(str::to_owned).collect() }
    }

    /// Whether it finds everything.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether `room` is found: by its name, the people in it, its topic, or the other person's id.
    pub fn finds(&self, room: &RoomSummary) -> bool {
        if self.is_empty() {
            return true;
        }
        let mut text = match &room.title {
            RoomTitle::Named { text } => text.clone(),
            RoomTitle::People { names, .. } | RoomTitle::Empty { former: names } => names.join(" "),
        };
        let person = room.direct_with.as_ref().or(room.invited_by.as_ref());
        for more in [room.topic.as_deref(), person.map(|user| user.as_str())].into_iter().flatten() {
            text.push('\n');
            text.push_str(more);
        }
        let text = folded(&text);
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

/// Without capitals and accents, which make no difference.
pub(crate) fn folded(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use bulla_model::{Membership, RoomKind};

    use super::*;

    fn room(title: RoomTitle, topic: Option<&str>) -> RoomSummary {
        RoomSummary {
            id: "!a:server".into(),
            title,
            topic: topic.map(str::to_owned),
            avatar: None,
            kind: RoomKind::Private,
            open_to_guests: false,
            link: None,
            direct_with: Some("@aicha.benali:agents.example".into()),
            members: 2,
            unread: 0,
            mentions: 0,
            marked_unread: false,
            last: None,
            encrypted: true,
            membership: Membership::Joined,
            invited_by: None,
            favourite: false,
            muted: false,
            notifications: Default::default(),
            low_priority: false,
            history: Default::default(),
            alias: None,
            successor: None,
            predecessor: None,
            superseded: false,
            active_at: None,
            ending: None,
            retention: None,
        }
    }

    #[test]
    fn capitals_accents_and_order_make_no_difference() {
        let crisis = room(RoomTitle::Named { text: "Cellule de Crise – Œuvre d’Été".into() }, Some("Réunion à 16 h"));
        for (typed, found) in [
            ("", true),
            ("  ", true),
            ("crise", true),
            ("ete CELLULE", true),
            ("e\u{301}te", true),
            ("reunion", true),
            ("benali", true),
            ("crise budget", false),
            ("criise", false),
        ] {
            assert_eq!(RoomSearch::new(typed).finds(&crisis), found, "{typed}");
        }
        let people = room(RoomTitle::People { names: vec!["Zoé".into(), "Łukasz".into()], others: 3 }, None);
        assert!(RoomSearch::new("zoe").finds(&people));
    }
}
