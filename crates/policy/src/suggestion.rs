//! What is suggested while somebody types: people after an `@`, emoji after a `:`.

use bulla_model::{Emoji, EmojiGroup, EmojiKind, Failure, Member, Membership, UserId};

use crate::{draft::check_page, search::folded};

/// The longest beginning that is looked at, in characters.
const BEGUN: usize = 64;
/// The shortest beginning of an emoji's name: one letter finds too much.
const EMOJI_BEGUN: usize = 2;

/// Who may be meant by what was typed after an `@`, the likeliest first, `limit` at most, 1 to 1,000. Capitals and accents make no
/// difference. Nobody suggests themselves.
pub fn suggest_people(begun: &str, members: Vec<Member>, me: &UserId, limit: u32) -> Result<Vec<Member>, Failure> {
    check_page(limit)?;
    let begun = folded(&begun.chars().take(BEGUN).collect::<String>());
    let there = members.into_iter().filter(|member| member.membership == Membership::Joined && member.user != *me);
    let mut found: Vec<(u8, String, Member)> = there
        .filter_map(|member| {
            let name = folded(member.name.as_deref().unwrap_or_default());
            rank(&begun, &name, member.user.as_str()).map(|rank| (rank, name, member))
        })
        .collect();
    found.sort_by(|a, b| (a.0, &a.1, a.2.user.as_str()).cmp(&(b.0, &b.1, b.2.user.as_str())));
    Ok(found.into_iter().take(limit as usize).map(|(_, _, member)| member).collect())
}

/// Emoji whose names begin with what was typed after a `:`, or hold it, `limit` at most.
pub fn suggest_emoji(begun: &str, limit: u32) -> Vec<Emoji> {
    let begun = begun.trim_start_matches(':').to_lowercase();
    if begun.chars().count() < EMOJI_BEGUN || begun.chars().count() > BEGUN {
        return Vec::new();
    }
    let spoken = begun.replace(['_', '-'], " ");
    let mut found: Vec<(u8, usize, Emoji)> = emojis::iter()
        .enumerate()
        .filter_map(|(at, emoji)| {
            let code = emoji.shortcodes().filter(|code| code.starts_with(&begun)).min_by_key(|code| code.len());
            let rank = match code {
                Some(code) if code == begun => 0,
                Some(_) => 1,
                None if emoji.name().starts_with(&spoken) => 2,
                None if emoji.name().contains(&spoken) => 3,
                None => return None,
            };
            Some((rank, at, named(emoji)))
        })
        .collect();
    found.sort_by_key(|(rank, at, _)| (*rank, *at));
    found.into_iter().take(limit as usize).map(|(_, _, emoji)| emoji).collect()
}

/// Every emoji, by group, in Unicode's order.
pub fn emoji_groups() -> Vec<EmojiGroup> {
    let groups = [
        (EmojiKind::Faces, emojis::Group::SmileysAndEmotion),
        (EmojiKind::People, emojis::Group::PeopleAndBody),
        (EmojiKind::Nature, emojis::Group::AnimalsAndNature),
        (EmojiKind::Food, emojis::Group::FoodAndDrink),
        (EmojiKind::Places, emojis::Group::TravelAndPlaces),
        (EmojiKind::Activities, emojis::Group::Activities),
        (EmojiKind::Things, emojis::Group::Objects),
        (EmojiKind::Symbols, emojis::Group::Symbols),
        (EmojiKind::Flags, emojis::Group::Flags),
    ];
    groups.into_iter().map(|(kind, group)| EmojiGroup { kind, emoji: group.emojis().map(named).collect() }).collect()
}

fn named(emoji: &emojis::Emoji) -> Emoji {
    Emoji { text: emoji.as_str().to_owned(), name: emoji.name().to_owned(), code: emoji.shortcode().map(str::to_owned) }
}

/// How likely `begun` means somebody, the least the likeliest.
fn rank(begun: &str, name: &str, user: &str) -> Option<u8> {
    let id = user.get(1..).unwrap_or_default();
    if name.starts_with(begun) {
        Some(0)
    } else if name.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.starts_with(begun)) {
        Some(1)
    } else if id.starts_with(begun) {
        Some(2)
    } else if name.contains(begun) {
        Some(3)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bulla_model::MemberRole;

    fn member(user: &str, name: Option<&str>, membership: Membership) -> Member {
        Member {
            user: user.into(),
            name: name.map(str::to_owned),
            name_is_ambiguous: false,
            avatar: None,
            membership,
            role: MemberRole::Participant,
            guest: false,
            below: false,
        }
    }

    fn suggested(begun: &str, limit: u32) -> Vec<String> {
        let members = vec![
            member("@jean:a.example", Some("Jean Moulin"), Membership::Joined),
            member("@me:a.example", Some("Moi"), Membership::Joined),
            member("@x:a.example", Some("Élodie Jeanneret"), Membership::Joined),
            member("@jeanne:a.example", None, Membership::Joined),
            member("@gone:a.example", Some("Jean Parti"), Membership::Left),
            member("@y:a.example", Some("Marie-Jean"), Membership::Joined),
        ];
        let found = suggest_people(begun, members, &"@me:a.example".into(), limit).unwrap();
        found.iter().map(|member| member.user.as_str().to_owned()).collect()
    }

    #[test]
    fn the_likeliest_comes_first() {
        assert_eq!(suggested("JEAN", 10), ["@jean:a.example", "@x:a.example", "@y:a.example", "@jeanne:a.example"]);
        assert_eq!(suggested("jean", 2), ["@jean:a.example", "@x:a.example"]);
        assert_eq!(suggested("elo", 10), ["@x:a.example"]);
        assert_eq!(suggested("moulin", 10), ["@jean:a.example"]);
        assert_eq!(suggested("", 10).len(), 4);
        assert!(suggested("parti", 10).is_empty() && suggested("moi", 10).is_empty());
        assert!(suggest_people("", Vec::new(), &"@me:a.example".into(), 0).is_err());
    }

    #[test]
    fn emoji_are_found_by_their_names() {
        let first = |begun| suggest_emoji(begun, 5).first().map(|emoji| emoji.text.clone());
        assert_eq!(first(":thumbsup").as_deref(), Some("👍"));
        assert_eq!(first("tada").as_deref(), Some("🎉"));
        assert_eq!(first("red heart").as_deref(), Some("❤️"));
        assert_eq!(suggest_emoji("smile", 3).len(), 3);
        assert!(suggest_emoji(":s", 5).is_empty() && suggest_emoji("nothing of that name", 5).is_empty());
    }

    #[test]
    fn every_group_has_its_own() {
        let groups = emoji_groups();
        assert!(groups.len() == 9 && groups.iter().all(|group| group.emoji.len() > 50));
        let all = groups.iter().flat_map(|group| &group.emoji);
        assert!(all.clone().count() > 1_500 && all.into_iter().all(|emoji| !emoji.name.is_empty()));
    }
}
