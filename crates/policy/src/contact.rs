//! Who may invite an account, as its data says it: MSC4155 (`org.matrix.msc4155.invite_permission_config`), lists of people and
//! servers, and MSC4380 (`m.invite_permission_config`, Matrix specification 1.18), which blocks all and comes before it.

use bulla_model::{ContactRules, Failure, Field, FieldTrouble, UserId};
use serde_json::{Value, json};

use crate::{identifier::user_id, invalid};

/// The account data with the lists.
pub const INVITE_RULES: &str = "org.matrix.msc4155.invite_permission_config";
/// The account data that blocks all.
pub const INVITE_BLOCKING: &str = "m.invite_permission_config";

const SERVERS: usize = 200;
const PEOPLE: usize = 500;
const LONGEST: usize = 255;

/// Who may invite. Names are patterns, people come before servers, and the first list that fits decides.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct InviteRules {
    nobody: bool,
    people: Lists,
    servers: Lists,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Lists {
    allowed: Vec<String>,
    /// Ignored or blocked: for the person invited it is the same.
    refused: Vec<String>,
}

impl InviteRules {
    /// As the two account data say it. What does not have the form counts for nothing, as on servers.
    pub fn read(rules: Option<&Value>, blocking: Option<&Value>) -> Self {
        let list = |name: &str| strings(rules.and_then(|rules| rules.get(name)));
        let lists = |of: &str| Lists {
            allowed: list(&format!("allowed_{of}")),
            refused: [list(&format!("ignored_{of}")), list(&format!("blocked_{of}"))].concat(),
        };
        let action = blocking.and_then(|blocking| blocking.get("default_action")).and_then(Value::as_str);
        Self { nobody: action == Some("block"), people: lists("users"), servers: lists("servers") }
    }

    /// What a person asks for. Fails where an exception is none, or one too many.
    pub fn of(rules: &ContactRules) -> Result<Self, Failure> {
        if rules.servers.len() > SERVERS {
            return Err(invalid(Field::Homeserver, FieldTrouble::TooLong));
        }
        if rules.people.len() > PEOPLE {
            return Err(invalid(Field::User, FieldTrouble::TooLong));
        }
        let servers = rules.servers.iter().map(|name| pattern(name)).collect::<Result<Vec<_>, _>>()?;
        let people = rules.people.iter().map(|user| user_id(user.as_str()).map(str::to_owned));
        let people = people.collect::<Result<Vec<_>, _>>()?;
        Ok(match rules.everybody {
            true => Self {
                nobody: false,
                people: Lists { allowed: Vec::new(), refused: people },
                servers: Lists { allowed: Vec::new(), refused: servers },
            },
            false => Self {
                nobody: servers.is_empty() && people.is_empty(),
                people: Lists { allowed: people, refused: Vec::new() },
                servers: Lists { allowed: servers, refused: vec!["*".to_owned()] },
            },
        })
    }

    /// As a person is told.
    pub fn told(&self) -> ContactRules {
        let everybody = !self.nobody && !self.servers.refused.iter().any(|name| name == "*");
        let side = |lists: &Lists| if everybody { lists.refused.clone() } else { lists.allowed.clone() };
        match self.nobody {
            true => ContactRules { everybody, servers: Vec::new(), people: Vec::new() },
            false => ContactRules {
                everybody,
                servers: side(&self.servers),
                people: side(&self.people).into_iter().map(UserId).collect(),
            },
        }
    }

    /// The lists, to be kept as [`INVITE_RULES`].
    pub fn lists(&self) -> Value {
        json!({
            "allowed_users": self.people.allowed, "blocked_users": self.people.refused,
            "allowed_servers": self.servers.allowed, "blocked_servers": self.servers.refused,
        })
    }

    /// Whether all are blocked, to be kept as [`INVITE_BLOCKING`].
    pub fn blocks_all(&self) -> bool {
        self.nobody
    }

    /// [`INVITE_BLOCKING`] as it is to be kept.
    pub fn blocking(&self) -> Value {
        json!({"default_action": if self.nobody { "block" } else { "allow" }})
    }

    /// Whether an invitation of `user` is to be heard of.
    pub fn admits(&self, user: &UserId) -> bool {
        let fits = |names: &[String], text: &str| names.iter().any(|name| matches(name, text));
        let decided = |lists: &Lists, text: &str| match () {
            () if fits(&lists.allowed, text) => Some(true),
            () if fits(&lists.refused, text) => Some(false),
            () => None,
        };
        let server = user.as_str().split_once(':').map_or("", |(_, server)| server);
        let by_lists = || decided(&self.people, user.as_str()).or_else(|| decided(&self.servers, server));
        !self.nobody && by_lists().unwrap_or(true)
    }
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    list.filter(|text| !text.is_empty() && text.len() <= LONGEST).map(str::to_owned).collect()
}

/// The name of a server, with `*` and `?` for what may differ. Everything is no exception.
fn pattern(name: &str) -> Result<String, Failure> {
    let name = name.trim().to_lowercase();
    let of_a_name = |sign: char| sign.is_ascii_alphanumeric() || ".-:[]*?".contains(sign);
    if name.is_empty() {
        Err(invalid(Field::Homeserver, FieldTrouble::Empty))
    } else if name.len() > LONGEST {
        Err(invalid(Field::Homeserver, FieldTrouble::TooLong))
    } else if !name.chars().all(of_a_name) || !name.chars().any(|sign| sign.is_ascii_alphanumeric()) {
        Err(invalid(Field::Homeserver, FieldTrouble::Malformed))
    } else {
        Ok(name)
    }
}

/// Whether a pattern fits the whole text, without regard to case. Time grows with the product of the lengths, both of 255 at most.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.to_lowercase().chars().collect(), text.to_lowercase().chars().collect());
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(sign) if *sign == '?' || *sign == text[seen] => (at, seen) = (at + 1, seen + 1),
            _ => match star {
                Some((place, from)) => {
                    star = Some((place, from + 1));
                    (at, seen) = (place + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|sign| *sign == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules(everybody: bool, servers: &[&str], people: &[&str]) -> ContactRules {
        ContactRules {
            everybody,
            servers: servers.iter().map(ToString::to_string).collect(),
            people: people.iter().map(|user| UserId(user.to_string())).collect(),
        }
    }

    fn admits(rules: &InviteRules, user: &str) -> bool {
        rules.admits(&UserId(user.to_owned()))
    }

    #[test]
    fn everybody_and_nobody_with_exceptions() {
        let closed =
            InviteRules::of(&rules(false, &[" *.GOUV.fr ", "localhost:8448"], &["@chef:ailleurs.fr"])).unwrap();
        for (user, expected) in [
            ("@a:agent.gouv.fr", true),
            ("@a:Agent.Gouv.FR", true),
            ("@a:gouv.fr", false),
            ("@a:gouv.fr.evil.example", false),
            ("@a:localhost:8448", true),
            ("@a:localhost", false),
            ("@chef:ailleurs.fr", true),
            ("@autre:ailleurs.fr", false),
        ] {
            assert_eq!(admits(&closed, user), expected, "{user}");
        }
        let open = InviteRules::of(&rules(true, &["spam.example"], &["@importun:agent.fr"])).unwrap();
        for (user, expected) in [("@a:agent.fr", true), ("@importun:agent.fr", false), ("@a:spam.example", false)] {
            assert_eq!(admits(&open, user), expected, "{user}");
        }
        let shut = InviteRules::of(&rules(false, &[], &[])).unwrap();
        assert!(shut.blocks_all() && !closed.blocks_all() && !admits(&shut, "@a:agent.fr"));
    }

    #[test]
    fn what_is_kept_is_told_again() {
        for asked in [
            rules(true, &[], &[]),
            rules(false, &[], &[]),
            rules(true, &["spam.example"], &["@a:b.fr"]),
            rules(false, &["*.gouv.fr"], &["@a:b.fr"]),
        ] {
            let made = InviteRules::of(&asked).unwrap();
            let read = InviteRules::read(Some(&made.lists()), Some(&made.blocking()));
            assert!(read == made && read.told() == asked);
        }
    }

    #[test]
    fn what_others_wrote_counts_as_their_server_counts_it() {
        let theirs = json!({
            "allowed_users": ["@ami:spam.example", 7, ""], "ignored_users": ["@bruit:*"],
            "blocked_servers": ["spam.example"], "allowed_servers": "all",
        });
        let read = InviteRules::read(Some(&theirs), Some(&json!({"default_action": "allow"})));
        for (user, expected) in
            [("@ami:spam.example", true), ("@x:spam.example", false), ("@bruit:agent.fr", false), ("@x:agent.fr", true)]
        {
            assert_eq!(admits(&read, user), expected, "{user}");
        }
        assert!(!admits(
            &InviteRules::read(Some(&theirs), Some(&json!({"default_action": "block"}))),
            "@ami:spam.example"
        ));
        for odd in [json!([]), json!("x"), json!({"blocked_servers": {"a": 1}, "default_action": 3})] {
            assert!(admits(&InviteRules::read(Some(&odd), Some(&odd)), "@x:agent.fr"));
        }
    }

    #[test]
    fn exceptions_that_are_none() {
        let refused = |rules: ContactRules| InviteRules::of(&rules).err();
        let server = |why| Some(invalid(Field::Homeserver, why));
        assert_eq!(refused(rules(false, &[" "], &[])), server(FieldTrouble::Empty));
        assert_eq!(refused(rules(true, &["*"], &[])), server(FieldTrouble::Malformed));
        assert_eq!(refused(rules(false, &["https://a.fr/"], &[])), server(FieldTrouble::Malformed));
        assert_eq!(refused(rules(false, &[&"a".repeat(256)], &[])), server(FieldTrouble::TooLong));
        assert_eq!(refused(rules(false, &["a.fr"; 201], &[])), server(FieldTrouble::TooLong));
        assert_eq!(refused(rules(false, &[], &["jean"])), Some(invalid(Field::User, FieldTrouble::Malformed)));
        assert_eq!(refused(rules(false, &[], &["@a:b.fr"; 501])), Some(invalid(Field::User, FieldTrouble::TooLong)));
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_it_was_made_from(head in "[a-z.]{0,8}", middle in "[a-z.:]{0,8}", tail in "[a-z.]{0,8}") {
            let text = format!("{head}{middle}{tail}");
            let pattern = format!("{head}*{tail}");
            prop_assert!(matches(&text, &text) && matches(&pattern, &text) && matches("*", &text));
            let grown = format!("{}x", text);
            prop_assert!(!matches(&text, &grown));
        }
    }
}
