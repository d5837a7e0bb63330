//! Lines that begin with a slash: what they ask for.

use bulla_model::{
    Command, CommandArgument, CommandHint, CommandName, FieldTrouble, Link, RoomAction, RoomId, TypedLine, UserId,
};

use crate::{
    draft::{check_name, check_topic},
    identifier::{room_id, user_id},
};

/// Longer than any name of a command: what is longer is a text.
const LONGEST: usize = 32;

/// Every command, in the order in which help shows them.
const ALL: [(CommandName, &str, &[CommandArgument], Option<RoomAction>); 12] = [
    (CommandName::Me, "/me", &[CommandArgument::Text], None),
    (CommandName::Plain, "/plain", &[CommandArgument::Text], None),
    (CommandName::Shrug, "/shrug", &[], None),
    (CommandName::Topic, "/topic", &[CommandArgument::Text], Some(RoomAction::ChangeTopic)),
    (CommandName::Nick, "/nick", &[CommandArgument::Name], None),
    (CommandName::Invite, "/invite", &[CommandArgument::User], Some(RoomAction::Invite)),
    (CommandName::Join, "/join", &[CommandArgument::Room], None),
    (CommandName::Leave, "/leave", &[], None),
    (CommandName::Kick, "/kick", &[CommandArgument::User, CommandArgument::Reason], Some(RoomAction::Remove)),
    (CommandName::Ban, "/ban", &[CommandArgument::User, CommandArgument::Reason], Some(RoomAction::Ban)),
    (CommandName::Unban, "/unban", &[CommandArgument::User], Some(RoomAction::Ban)),
    (CommandName::Help, "/help", &[], None),
];

/// Other names that people know some of them by.
const ALSO: [(&str, CommandName); 4] = [
    ("/part", CommandName::Leave),
    ("/remove", CommandName::Kick),
    ("/j", CommandName::Join),
    ("/goto", CommandName::Join),
];

/// The commands that begin with `begun`, all of them for a slash alone.
pub fn command_hints(begun: &str) -> Vec<CommandHint> {
    let begun = begun.to_lowercase();
    let found = ALL.iter().filter(|(_, typed, ..)| begun.starts_with('/') && typed.starts_with(&begun));
    found
        .map(|(name, typed, arguments, needs)| CommandHint {
            name: *name,
            typed: (*typed).to_owned(),
            arguments: arguments.to_vec(),
            needs: *needs,
        })
        .collect()
}

/// What a line asks for; `link` reads a link.
pub fn typed_line(text: &str, link: impl Fn(&str) -> Option<Link>) -> TypedLine {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    // A path, a date, a fraction: no name of a command looks like it.
    let named = word
        .strip_prefix('/')
        .filter(|name| (1..=LONGEST).contains(&name.len()) && name.bytes().all(|letter| letter.is_ascii_alphabetic()));
    let Some(named) = named else { return TypedLine::Message };
    let word = word.to_lowercase();
    let known = ALL.iter().find(|(_, typed, ..)| *typed == word).map(|(name, ..)| *name);
    let known = known.or_else(|| ALSO.iter().find(|(also, _)| *also == word).map(|(_, name)| *name));
    let Some(name) = known else { return TypedLine::Unknown { name: named.to_owned() } };
    match command(name, rest, link) {
        Ok(None) => TypedLine::Message,
        Ok(Some(command)) => TypedLine::Command { command, needs: needs(name) },
        Err((argument, why)) => TypedLine::Wrong { name, argument, why },
    }
}

type Wrong = (CommandArgument, FieldTrouble);

fn command(name: CommandName, rest: &str, link: impl Fn(&str) -> Option<Link>) -> Result<Option<Command>, Wrong> {
    let somebody = |text: &str| person(text, &link);
    Ok(Some(match name {
        CommandName::Shrug => return Ok(None),
        CommandName::Me | CommandName::Plain => {
            return some(rest, CommandArgument::Text).map(|_| None);
        }
        CommandName::Topic => {
            let topic = some(rest, CommandArgument::Text)?;
            check_topic(topic).map_err(|_| (CommandArgument::Text, FieldTrouble::TooLong))?;
            Command::Topic { topic: topic.to_owned() }
        }
        CommandName::Nick => {
            let name = some(rest, CommandArgument::Name)?;
            check_name(name).map_err(|_| (CommandArgument::Name, FieldTrouble::TooLong))?;
            Command::Nick { name: name.to_owned() }
        }
        CommandName::Invite => Command::Invite { user: alone(rest, CommandArgument::User).and_then(somebody)? },
        CommandName::Unban => Command::Unban { user: alone(rest, CommandArgument::User).and_then(somebody)? },
        CommandName::Join => {
            Command::Join { room: alone(rest, CommandArgument::Room).and_then(|text| room(text, &link))? }
        }
        CommandName::Leave => nothing(rest, Command::Leave)?,
        CommandName::Help => nothing(rest, Command::Help)?,
        CommandName::Kick => {
            let (user, reason) = with_reason(rest);
            Command::Kick { user: some(user, CommandArgument::User).and_then(somebody)?, reason }
        }
        CommandName::Ban => {
            let (user, reason) = with_reason(rest);
            Command::Ban { user: some(user, CommandArgument::User).and_then(somebody)?, reason }
        }
    }))
}

fn needs(name: CommandName) -> Option<RoomAction> {
    ALL.iter().find(|(known, ..)| *known == name).and_then(|(.., needs)| *needs)
}

fn some(text: &str, argument: CommandArgument) -> Result<&str, Wrong> {
    if text.is_empty() { Err((argument, FieldTrouble::Empty)) } else { Ok(text) }
}

/// One word, and nothing after it.
fn alone(text: &str, argument: CommandArgument) -> Result<&str, Wrong> {
    let text = some(text, argument)?;
    if text.contains(char::is_whitespace) { Err((argument, FieldTrouble::Malformed)) } else { Ok(text) }
}

/// A command that takes nothing: whoever wrote more meant something else, and would be surprised.
fn nothing(rest: &str, command: Command) -> Result<Command, Wrong> {
    if rest.is_empty() { Ok(command) } else { Err((CommandArgument::Text, FieldTrouble::NotAllowed)) }
}

fn with_reason(text: &str) -> (&str, Option<String>) {
    match text.split_once(char::is_whitespace) {
        Some((user, reason)) => (user, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        None => (text, None),
    }
}

fn person(text: &str, link: impl Fn(&str) -> Option<Link>) -> Result<UserId, Wrong> {
    if let Ok(user) = user_id(text) {
        return Ok(UserId(user.to_owned()));
    }
    match link(text) {
        Some(Link::Person { user }) => Ok(user),
        _ => Err((CommandArgument::User, FieldTrouble::Malformed)),
    }
}

fn room(text: &str, link: impl Fn(&str) -> Option<Link>) -> Result<Link, Wrong> {
    let wrong = Err((CommandArgument::Room, FieldTrouble::Malformed));
    if let Ok(room) = room_id(text) {
        return Ok(Link::Room { room: RoomId(room.to_owned()), event: None, via: Vec::new() });
    }
    if let Some((name, server)) = text.strip_prefix('#').and_then(|address| address.split_once(':')) {
        let whole = !name.is_empty() && !server.is_empty() && text.len() <= 255;
        return if whole { Ok(Link::Alias { alias: text.to_owned(), event: None }) } else { wrong };
    }
    match link(text) {
        Some(link @ (Link::Room { .. } | Link::Alias { .. })) => Ok(link),
        _ => wrong,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> TypedLine {
        typed_line(text, |text| match text {
            "https://matrix.to/#/@a:b.c" => Some(Link::Person { user: "@a:b.c".into() }),
            "https://matrix.to/#/!r:b.c?via=b.c" => {
                Some(Link::Room { room: "!r:b.c".into(), event: None, via: vec!["b.c".into()] })
            }
            _ => None,
        })
    }

    fn asks(command: Command, needs: Option<RoomAction>) -> TypedLine {
        TypedLine::Command { command, needs }
    }

    #[test]
    fn what_is_said_is_no_command() {
        for text in [
            "",
            "bonjour",
            "/",
            "//topic x",
            "/etc/passwd",
            "/2 heures",
            "/me boit",
            "/plain *x*",
            "/shrug",
            "/é",
            "il dit /help",
        ] {
            assert!(read(text) == TypedLine::Message, "{text}");
        }
    }

    #[test]
    fn commands_are_understood() {
        let user = || UserId("@a:b.c".into());
        for (text, command, needs) in [
            ("/topic  La réunion ", Command::Topic { topic: "La réunion".into() }, Some(RoomAction::ChangeTopic)),
            ("/NICK Anne B", Command::Nick { name: "Anne B".into() }, None),
            ("/invite @a:b.c", Command::Invite { user: user() }, Some(RoomAction::Invite)),
            ("/invite https://matrix.to/#/@a:b.c", Command::Invite { user: user() }, Some(RoomAction::Invite)),
            ("/kick @a:b.c", Command::Kick { user: user(), reason: None }, Some(RoomAction::Remove)),
            (
                "/remove @a:b.c  hors  sujet",
                Command::Kick { user: user(), reason: Some("hors  sujet".into()) },
                Some(RoomAction::Remove),
            ),
            ("/ban @a:b.c\nspam", Command::Ban { user: user(), reason: Some("spam".into()) }, Some(RoomAction::Ban)),
            ("/unban @a:b.c", Command::Unban { user: user() }, Some(RoomAction::Ban)),
            ("/join #x:b.c", Command::Join { room: Link::Alias { alias: "#x:b.c".into(), event: None } }, None),
            (
                "/j https://matrix.to/#/!r:b.c?via=b.c",
                Command::Join { room: Link::Room { room: "!r:b.c".into(), event: None, via: vec!["b.c".into()] } },
                None,
            ),
            (
                "/goto !r:b.c",
                Command::Join { room: Link::Room { room: "!r:b.c".into(), event: None, via: vec![] } },
                None,
            ),
            ("/leave", Command::Leave, None),
            ("/part ", Command::Leave, None),
            ("/help", Command::Help, None),
        ] {
            assert!(read(text) == asks(command, needs), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        use {CommandArgument as A, CommandName as N, FieldTrouble as T};
        let long = format!("/topic {}", "x".repeat(100_000));
        for (text, name, argument, why) in [
            ("/me", N::Me, A::Text, T::Empty),
            ("/topic", N::Topic, A::Text, T::Empty),
            (long.as_str(), N::Topic, A::Text, T::TooLong),
            ("/nick ", N::Nick, A::Name, T::Empty),
            ("/invite", N::Invite, A::User, T::Empty),
            ("/invite anne", N::Invite, A::User, T::Malformed),
            ("/invite @a:b.c @d:e.f", N::Invite, A::User, T::Malformed),
            ("/ban anne spam", N::Ban, A::User, T::Malformed),
            ("/join", N::Join, A::Room, T::Empty),
            ("/join cantine", N::Join, A::Room, T::Malformed),
            ("/join #:b.c", N::Join, A::Room, T::Malformed),
            ("/join https://matrix.to/#/@a:b.c", N::Join, A::Room, T::Malformed),
            ("/leave maintenant", N::Leave, A::Text, T::NotAllowed),
        ] {
            assert!(read(text) == TypedLine::Wrong { name, argument, why }, "{}", &text[..text.len().min(40)]);
        }
    }

    #[test]
    fn what_is_unknown_is_asked_about() {
        for (text, name) in [("/topik x", "topik"), ("/mes amis", "mes"), ("/Bonjour", "Bonjour")] {
            assert!(read(text) == TypedLine::Unknown { name: name.into() }, "{text}");
        }
    }

    #[test]
    fn commands_are_suggested_by_their_beginning() {
        let typed = |begun| command_hints(begun).into_iter().map(|hint| hint.typed).collect::<Vec<_>>();
        assert_eq!(typed("/").len(), ALL.len());
        assert_eq!(typed("/UN"), ["/unban"]);
        assert_eq!(typed("/k"), ["/kick"]);
        assert!(typed("").is_empty() && typed("x").is_empty() && typed("/kick ").is_empty());
        for hint in command_hints("/") {
            assert!(!matches!(read(&hint.typed), TypedLine::Unknown { .. }), "{}", hint.typed);
        }
    }

    proptest! {
        #[test]
        fn any_line_is_understood_somehow(text in "/?\\PC{0,80}") {
            let line = read(&text);
            prop_assert!(text.trim().starts_with('/') || line == TypedLine::Message);
        }
    }
}
