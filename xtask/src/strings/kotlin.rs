//! The catalogue as Kotlin: an interface with a member a key, and an object a language.

use std::fmt::Write as _;

use super::catalogue::{COUNT, Catalogue, Entry, Language, Piece, Text, pieces};

pub fn words(catalogue: &Catalogue) -> String {
    let mut code = String::from(
        "// By `cargo xtask strings`, from android/strings/strings.toml.\npackage org.bulla.ui.words\n\nimport java.util.Locale\n\n\
         /** Every word that a person meets, in one language. */\ninterface Words {\n    val locale: Locale\n",
    );
    for entry in &catalogue.entries {
        let _ = writeln!(code, "    {}", declaration(entry));
    }
    code.push_str("}\n");
    for (language, name, tag) in [(Language::English, "EnglishWords", "en"), (Language::French, "FrenchWords", "fr")] {
        let _ = write!(
            code,
            "\nobject {name} : Words {{\n    override val locale: Locale = Locale.forLanguageTag(\"{tag}\")\n"
        );
        for entry in &catalogue.entries {
            let _ = writeln!(code, "    override {} = {}", declaration(entry), value(entry.text(language), language));
        }
        code.push_str("}\n");
    }
    code
}

fn declaration(entry: &Entry) -> String {
    let arguments = entry.arguments();
    if arguments.is_empty() {
        return format!("val {}: String", entry.key);
    }
    let typed: Vec<String> =
        arguments.iter().map(|it| format!("{it}: {}", if *it == COUNT { "Int" } else { "String" })).collect();
    format!("fun {}({}): String", entry.key, typed.join(", "))
}

fn value(text: &Text, language: Language) -> String {
    match text {
        Text::Plain(text) => literal(text),
        Text::Plural { one, other } => {
            let single = if language == Language::French { "count < 2" } else { "count == 1" };
            format!("if ({single}) {} else {}", literal(one), literal(other))
        }
    }
}

fn literal(text: &str) -> String {
    let mut code = String::from("\"");
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => {
                for letter in words.chars() {
                    match letter {
                        '"' | '\\' | '$' => code.extend(['\\', letter]),
                        '\n' => code.push_str("\\n"),
                        _ => code.push(letter),
                    }
                }
            }
            Piece::Argument(COUNT) => code.push_str("${number(count, locale)}"),
            Piece::Argument(name) => {
                let _ = write!(code, "${{isolated({name})}}");
            }
        }
    }
    code + "\""
}
