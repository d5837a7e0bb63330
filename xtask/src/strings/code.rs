//! What the catalogue's Kotlin and Swift have in common.

use super::catalogue::{COUNT, Entry, Language, Piece, pieces};

/// Each language, what its words are called in code, and its tag.
pub const LANGUAGES: [(Language, &str, &str); 2] =
    [(Language::English, "EnglishWords", "en"), (Language::French, "FrenchWords", "fr")];

/// How a language of code writes a text with values in it.
pub struct Quoting {
    /// What stands before and after a value.
    pub value: (&'static str, &'static str),
    /// Letters that need a backslash.
    pub escaped: &'static [char],
}

/// The arguments of a key, as both languages declare them.
pub fn parameters(entry: &Entry) -> String {
    let typed = entry.arguments().into_iter().map(|it| format!("{it}: {}", if it == COUNT { "Int" } else { "String" }));
    typed.collect::<Vec<_>>().join(", ")
}

/// When a count takes the singular.
pub fn singular(language: Language) -> &'static str {
    match language {
        Language::English => "count == 1",
        Language::French => "count < 2",
    }
}

/// A text as a literal.
pub fn literal(text: &str, quoting: &Quoting) -> String {
    let (open, close) = quoting.value;
    let mut code = String::from("\"");
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => {
                for letter in words.chars() {
                    match letter {
                        '\n' => code.push_str("\\n"),
                        _ if quoting.escaped.contains(&letter) => code.extend(['\\', letter]),
                        _ => code.push(letter),
                    }
                }
            }
            Piece::Argument(COUNT) => code.extend([open, "number(count, locale)", close]),
            Piece::Argument(name) => code.extend([open, "isolated(", name, ")", close]),
        }
    }
    code + "\""
}
