//! The catalogue as Swift: a protocol with a member a key, and a struct a language.

use std::fmt::Write as _;

use super::catalogue::{Catalogue, Entry, Language, Text};
use super::code::{LANGUAGES, Quoting, literal, parameters, singular};

const QUOTING: Quoting = Quoting { value: ("\\(", ")"), escaped: &['"', '\\'] };

const SUPPORT: &str = r#"
/// A text of someone else inside a sentence of ours: whatever its direction, it does not turn what stands around it.
public func isolated(_ text: String) -> String {
    let controls: [ClosedRange<UInt32>] = [0x202A...0x202E, 0x2066...0x2069, 0x200E...0x200F]
    let rightToLeft: [ClosedRange<UInt32>] = [0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF]
    let kept = text.unicodeScalars.filter { scalar in !controls.contains { $0.contains(scalar.value) } }
    let plain = String(String.UnicodeScalarView(kept))
    let turns = kept.contains { scalar in rightToLeft.contains { $0.contains(scalar.value) } }
    return turns ? "\u{2068}\(plain)\u{2069}" : plain
}

private func number(_ value: Int, _ locale: Locale) -> String {
    value.formatted(.number.locale(locale))
}
"#;

pub fn words(catalogue: &Catalogue) -> String {
    let mut code = String::from(
        "// By `cargo xtask strings`, from android/strings/strings.toml.\nimport Foundation\n\n\
         /// Every word that a person meets, in one language.\npublic protocol Words: Sendable {\n    var locale: Locale { get }\n",
    );
    for entry in &catalogue.entries {
        let get = if entry.arguments().is_empty() { " { get }" } else { "" };
        let _ = writeln!(code, "    {}{get}", declaration(entry));
    }
    code.push_str("}\n");
    for (language, name, tag) in LANGUAGES {
        let _ = write!(
            code,
            "\npublic struct {name}: Words {{\n    public let locale = Locale(identifier: \"{tag}\")\n    public init() {{}}\n"
        );
        for entry in &catalogue.entries {
            let _ = writeln!(code, "    public {} {{ {} }}", declaration(entry), value(entry.text(language), language));
        }
        code.push_str("}\n");
    }
    code + SUPPORT
}

fn declaration(entry: &Entry) -> String {
    match parameters(entry).as_str() {
        "" => format!("var {}: String", entry.key),
        typed => format!("func {}({typed}) -> String", entry.key),
    }
}

fn value(text: &Text, language: Language) -> String {
    match text {
        Text::Plain(text) => literal(text, &QUOTING),
        Text::Plural { one, other } => {
            let single = singular(language);
            format!("{single} ? {} : {}", literal(one, &QUOTING), literal(other, &QUOTING))
        }
    }
}
