//! The catalogue as Kotlin: an interface with a member a key, and an object a language.

use std::fmt::Write as _;

use super::catalogue::{Catalogue, Entry, Language, Text};
use super::code::{LANGUAGES, Quoting, literal, parameters, singular};

const QUOTING: Quoting = Quoting { value: ("${", "}"), escaped: &['"', '\\', '$'] };

pub fn words(catalogue: &Catalogue) -> String {
    let mut code = String::from(
        "// By `cargo xtask strings`, from android/strings/strings.toml.\npackage org.bulla.ui.words\n\nimport java.util.Locale\n\n\
         /** Every word that a person meets, in one language. */\ninterface Words {\n    val locale: Locale\n",
    );
    for entry in &catalogue.entries {
        let _ = writeln!(code, "    {}", declaration(entry));
    }
    code.push_str("}\n");
    for (language, name, tag) in LANGUAGES {
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
    match parameters(entry).as_str() {
        "" => format!("val {}: String", entry.key),
        typed => format!("fun {}({typed}): String", entry.key),
    }
}

fn value(text: &Text, language: Language) -> String {
    match text {
        Text::Plain(text) => literal(text, &QUOTING),
        Text::Plural { one, other } => {
            let single = singular(language);
            format!("if ({single}) {} else {}", literal(one, &QUOTING), literal(other, &QUOTING))
        }
    }
}
