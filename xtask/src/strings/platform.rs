//! The catalogue as the systems read it: Android's strings.xml and Apple's string catalogue.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::catalogue::{COUNT, Catalogue, Entry, Language, Piece, Text, pieces};

/// The keys that the Android system needs.
pub fn strings_xml(catalogue: &Catalogue, language: Language) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- By `cargo xtask strings`, from android/strings/strings.toml. -->\n<resources>\n",
    );
    for entry in catalogue.entries.iter().filter(|it| it.android) {
        let name = snake(&entry.key);
        match entry.text(language) {
            Text::Plain(text) => {
                let _ = writeln!(
                    xml,
                    "    <string name=\"{name}\">{}</string>",
                    escaped(&positional(entry, text, android))
                );
            }
            Text::Plural { one, other } => {
                let _ = writeln!(xml, "    <plurals name=\"{name}\">");
                for (quantity, text) in [("one", one), ("other", other)] {
                    let text = escaped(&positional(entry, text, android));
                    let _ = writeln!(xml, "        <item quantity=\"{quantity}\">{text}</item>");
                }
                xml.push_str("    </plurals>\n");
            }
        }
    }
    xml + "</resources>\n"
}

/// Every key, for the strings that views name themselves.
pub fn xcstrings(catalogue: &Catalogue) -> Result<String> {
    let mut strings = Map::new();
    for entry in &catalogue.entries {
        strings.insert(entry.key.clone(), translated(entry));
    }
    written(strings)
}

/// What iOS says when it asks the person on the app's behalf: names in Info.plist, and the keys of the reasons.
pub const REASONS: [(&str, &str); 4] = [
    ("NSCameraUsageDescription", "reasonCamera"),
    ("NSFaceIDUsageDescription", "reasonFace"),
    ("NSLocationWhenInUseUsageDescription", "reasonPlace"),
    ("NSMicrophoneUsageDescription", "reasonMicrophone"),
];

/// Those reasons in every language, for InfoPlist.xcstrings.
pub fn info_plist(catalogue: &Catalogue) -> Result<String> {
    let mut strings = Map::new();
    for (name, key) in REASONS {
        let entry = catalogue.entries.iter().find(|it| it.key == key).with_context(|| format!("no string {key}"))?;
        strings.insert(name.to_owned(), translated(entry));
    }
    written(strings)
}

fn translated(entry: &Entry) -> Value {
    let localizations = json!({ "en": unit(entry, Language::English), "fr": unit(entry, Language::French) });
    json!({ "extractionState": "manual", "localizations": localizations })
}

fn written(strings: Map<String, Value>) -> Result<String> {
    let all = json!({ "sourceLanguage": "en", "strings": strings, "version": "1.0" });
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

fn unit(entry: &Entry, language: Language) -> Value {
    let one = |text: &str| json!({ "stringUnit": { "state": "translated", "value": positional(entry, text, apple) } });
    match entry.text(language) {
        Text::Plain(text) => one(text),
        Text::Plural { one: single, other } => {
            json!({ "variations": { "plural": { "one": one(single), "other": one(other) } } })
        }
    }
}

fn positional(entry: &Entry, text: &str, write: fn(usize, bool) -> String) -> String {
    let arguments = entry.arguments();
    let escape = !arguments.is_empty();
    let place = |name: &str| arguments.iter().position(|it| *it == name).map_or(0, |at| at + 1);
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) if escape => words.replace('%', "%%"),
            Piece::Words(words) => words.to_owned(),
            Piece::Argument(name) => write(place(name), name == COUNT),
        })
        .collect()
}

fn android(place: usize, number: bool) -> String {
    format!("%{place}${}", if number { "d" } else { "s" })
}

fn apple(place: usize, number: bool) -> String {
    format!("%{place}${}", if number { "lld" } else { "@" })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\\', "\\\\").replace('"', "\\\"")
}

/// `appName` as Android writes it: `app_name`.
pub fn snake(key: &str) -> String {
    let mut name = String::new();
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
