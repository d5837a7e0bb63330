//! The catalogue as it is written, and what can be wrong with it.

use anyhow::{Context, Result, bail};

/// All entries, in the order of their keys.
pub struct Catalogue {
    pub entries: Vec<Entry>,
}

/// One key in both languages.
pub struct Entry {
    pub key: String,
    /// Whether the Android system needs it as a resource.
    pub android: bool,
    pub english: Text,
    pub french: Text,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    French,
}

/// What a key says in one language.
pub enum Text {
    Plain(String),
    /// By number; in French "one" holds for 0 and 1.
    Plural {
        one: String,
        other: String,
    },
}

/// A piece of a text.
#[derive(PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    Words(&'a str),
    Argument(&'a str),
}

/// The argument that is a number.
pub const COUNT: &str = "count";

impl Catalogue {
    pub fn read(text: &str) -> Result<Self> {
        let table: toml::Table = toml::from_str(text)?;
        let entries = table.iter().map(|(key, value)| entry(key, value).with_context(|| format!("[{key}]")));
        Ok(Self { entries: entries.collect::<Result<_>>()? })
    }

    /// What breaks the rules of the catalogue, a line each.
    pub fn troubles(&self) -> Vec<String> {
        self.entries.iter().flat_map(Entry::troubles).collect()
    }
}

impl Entry {
    pub fn text(&self, language: Language) -> &Text {
        match language {
            Language::English => &self.english,
            Language::French => &self.french,
        }
    }

    /// The arguments in the order of the English text; a plural always has its number.
    pub fn arguments(&self) -> Vec<&str> {
        let mut found = arguments(&self.english);
        if matches!(self.english, Text::Plural { .. }) && !found.contains(&COUNT) {
            found.push(COUNT);
        }
        found
    }

    fn troubles(&self) -> Vec<String> {
        let key = &self.key;
        let mut found = Vec::new();
        let well_named =
            key.starts_with(|it: char| it.is_ascii_lowercase()) && key.chars().all(|it| it.is_ascii_alphanumeric());
        if !well_named {
            found.push(format!("{key}: a key is written likeThis"));
        }
        let sorted = |text| {
            let mut names = arguments(text);
            names.sort_unstable();
            names
        };
        if sorted(&self.english) != sorted(&self.french) {
            found.push(format!("{key}: the languages have different arguments"));
        }
        if matches!(self.english, Text::Plural { .. }) != matches!(self.french, Text::Plural { .. }) {
            found.push(format!("{key}: a plural in one language only"));
        }
        for form in self.english.forms().into_iter().chain(self.french.forms()) {
            if form.trim().is_empty() {
                found.push(format!("{key}: an empty text"));
            }
            if form.contains('\'') {
                found.push(format!("{key}: a straight apostrophe"));
            }
        }
        found.extend(
            self.french
                .forms()
                .into_iter()
                .filter(|it| !well_spaced(it))
                .map(|it| format!("{key}: French wants a non-breaking space before : ; ? ! » % and after «: {it}")),
        );
        found
    }
}

impl Text {
    pub fn forms(&self) -> Vec<&str> {
        match self {
            Self::Plain(text) => vec![text],
            Self::Plural { one, other } => vec![one, other],
        }
    }
}

/// `text` cut at its arguments.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, from)| from.split_once('}').map(|cut| (before, cut)))
    {
        if !before.is_empty() {
            found.push(Piece::Words(before));
        }
        found.push(Piece::Argument(name));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

fn arguments(text: &Text) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in text.forms().into_iter().flat_map(pieces) {
        if let Piece::Argument(name) = piece
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

fn entry(key: &str, value: &toml::Value) -> Result<Entry> {
    let table = value.as_table().context("a table was expected")?;
    if let Some(extra) = table.keys().find(|it| !["android", "en", "fr"].contains(&it.as_str())) {
        bail!("`{extra}` is not known: android, en, fr");
    }
    Ok(Entry {
        key: key.to_owned(),
        android: table.get("android").and_then(toml::Value::as_bool).unwrap_or(false),
        english: text(table.get("en")).context("en")?,
        french: text(table.get("fr")).context("fr")?,
    })
}

fn text(value: Option<&toml::Value>) -> Result<Text> {
    match value {
        Some(toml::Value::String(text)) => Ok(Text::Plain(text.clone())),
        Some(toml::Value::Table(forms)) => {
            let form = |name| forms.get(name).and_then(toml::Value::as_str).map(str::to_owned).context(name);
            Ok(Text::Plural { one: form("one")?, other: form("other")? })
        }
        Some(_) => bail!("neither a text nor plural forms"),
        None => bail!("the language is missing"),
    }
}

fn well_spaced(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let fixed = |at: Option<&char>| at.is_some_and(|it| matches!(it, '\u{a0}' | '\u{202f}'));
    letters.iter().enumerate().all(|(at, letter)| match letter {
        // Not in https://, nor in @name:server.
        ':' => {
            letters.get(at + 1).is_some_and(|it| *it != ' ') || fixed(at.checked_sub(1).and_then(|it| letters.get(it)))
        }
        ';' | '?' | '!' | '»' | '%' => fixed(at.checked_sub(1).and_then(|it| letters.get(it))),
        '«' => fixed(letters.get(at + 1)),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn troubles(text: &str) -> Vec<String> {
        Catalogue::read(text).unwrap().troubles()
    }

    #[test]
    fn a_text_is_cut_at_its_arguments() {
        assert_eq!(pieces("a {b} c"), [Piece::Words("a "), Piece::Argument("b"), Piece::Words(" c")]);
    }

    #[test]
    fn a_missing_language_is_an_error() {
        assert!(Catalogue::read("[a]\nen = \"A\"").is_err());
    }

    #[test]
    fn an_argument_of_one_language_is_an_error() {
        assert_eq!(troubles("[a]\nen = \"{x}\"\nfr = \"{y}\"").len(), 1);
        assert!(troubles("[a]\nen = \"{x} b\"\nfr = \"c {x}\"").is_empty());
    }

    #[test]
    fn french_is_set_by_the_book() {
        assert_eq!(troubles("[a]\nen = \"a?\"\nfr = \"a ?\"").len(), 1);
        assert_eq!(troubles("[a]\nen = \"a?\"\nfr = \"l'a\u{a0}?\"").len(), 1);
        assert!(troubles("[a]\nen = \"a?\"\nfr = \"«\u{a0}l’a\u{a0}»\u{a0}: https://a\"").is_empty());
    }
}
