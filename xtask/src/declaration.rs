//! One declaration of Kotlin or Swift: what it opens, whether an app can see it, and its text as the surface dump shows it.

/// A language of the bindings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Kotlin,
    Swift,
}

/// A public declaration.
pub struct Declaration {
    /// How many types it lies in.
    pub depth: usize,
    /// Its signature on one line.
    pub text: String,
    /// Whether somebody said what it is for, and what each of its fields is.
    pub documented: bool,
}

/// What has been read of a declaration so far.
#[derive(Default)]
pub struct Statement {
    text: String,
    documentation: Option<String>,
    inner: usize,
}

const TYPES: [&str; 8] = ["class", "interface", "object", "enum", "struct", "protocol", "extension", "actor"];
const OTHERS: [&str; 13] = [
    "fun",
    "val",
    "var",
    "constructor",
    "init",
    "typealias",
    "func",
    "let",
    "case",
    "deinit",
    "subscript",
    "get",
    "set",
];
const GENERATOR: [&str; 11] = [
    "FfiConverter",
    "RustBuffer",
    "ForeignBytes",
    "Uniffi",
    "uniffi",
    "InternalException",
    "Disposable",
    "NoHandle",
    "RustCallStatus",
    "FailureExternalErrorHandler",
    "ExternalErrorHandler",
];

impl Statement {
    pub fn push(&mut self, character: char) {
        if !(character.is_whitespace() && self.text.is_empty()) && character != '`' {
            self.text.push(character);
        }
    }

    pub fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Attaches a documentation comment; `inner`: one of a field in brackets.
    pub fn document(&mut self, text: &str, inner: bool) {
        if inner {
            self.inner += 1;
        } else {
            self.documentation = Some(text.to_owned());
        }
    }

    /// Whether this says only where the file belongs and what it uses.
    pub fn is_preamble(&self) -> bool {
        ["package ", "import "].iter().any(|word| self.text.trim_start().starts_with(word))
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether the line break after it may end it: annotations and modifiers alone are not a declaration.
    pub fn is_complete(&self, language: Language) -> bool {
        let text = self.text.trim_end();
        let open = text.ends_with([',', ':', '=']) || text.ends_with("->");
        !open && (self.keyword().is_some() || (language == Language::Kotlin && self.is_entry()))
    }

    /// For a type: whether entries come first in it, and whether its members are public without saying so.
    pub fn opens(&self, language: Language) -> Option<(bool, bool)> {
        let keyword = self.keyword().filter(|it| TYPES.contains(&it.as_str()))?;
        let open = language == Language::Kotlin || keyword == "protocol";
        Some((self.has_word("enum"), open))
    }

    /// Whether `=` begins something that an app relies on.
    pub fn keeps_value(&self) -> bool {
        self.has_word("typealias")
    }

    /// Whether an app cannot see it. `open`: it is public unless it says otherwise.
    pub fn is_hidden(&self, language: Language, open: bool) -> bool {
        let marked = self.documentation.as_deref().is_some_and(|it| it.contains("@suppress"))
            || self.text.contains("@_documentation(visibility: private)");
        let keyword = self.keyword();
        let name = self.name();
        let any = |words: &[&str]| words.iter().any(|it| self.has_word(it));
        let public = match language {
            // What is inherited says nothing new, save that the generator's classes carry the documentation again.
            Language::Kotlin => {
                let inherited = any(&["override"]) && self.documentation.is_none();
                !any(&["private", "internal", "protected"]) && !inherited
            }
            // The conformances of an extension are public with the type.
            Language::Swift => {
                let said = any(&["public", "open", "extension"]) || keyword.as_deref() == Some("case");
                !any(&["private", "fileprivate", "internal"]) && (open || said)
            }
        };
        // A companion object may carry the named constructors, and nobody documents it.
        let companion = self.has_word("companion") && !self.text.contains("Uniffi");
        // For each exported class there is an interface with the same members, for each port a class that nobody needs.
        let double = match keyword.as_deref() {
            Some("interface") => name.ends_with("Interface"),
            Some("protocol") => name.ends_with("Protocol"),
            Some("class") => name.ends_with("Impl"),
            _ => false,
        };
        (marked && !companion) || !public || double || GENERATOR.iter().any(|it| name.starts_with(it))
    }

    /// What the dump shows of it, if it shows it.
    pub fn declaration(self, language: Language, depth: usize, open: bool, entry: bool) -> Option<Declaration> {
        let keyword = self.keyword();
        let silent = matches!(keyword.as_deref(), Some("get" | "set" | "deinit"));
        if self.is_empty() || silent || (keyword.is_none() && !entry) {
            return None;
        }
        if (keyword.is_some() || !entry) && self.is_hidden(language, open) {
            return None;
        }
        let fields = if self.has_word("val") && self.has_word("class") { self.text.matches("val ").count() } else { 0 };
        let excused = matches!(keyword.as_deref(), Some("constructor" | "init" | "extension" | "typealias"))
            || self.has_word("companion")
            || self.text.contains("var errorDescription:")
            || self.text.contains("static func ==")
            || self.text.contains("func hash(into");
        let documented = excused || (self.documentation.is_some() && self.inner >= fields);
        Some(Declaration { depth, text: self.clean(), documented })
    }

    /// The word that says what it declares.
    fn keyword(&self) -> Option<String> {
        let words = self.words();
        let found = words.iter().find(|it| TYPES.contains(&it.as_str()) || OTHERS.contains(&it.as_str()));
        // `enum class`, `class func`
        let found = found?.clone();
        let function = words.iter().take(8).any(|it| it == "func" || it == "fun");
        Some(if TYPES.contains(&found.as_str()) && function { "func".to_owned() } else { found })
    }

    /// The word after the keyword.
    fn name(&self) -> String {
        let words = self.words();
        let last = words.iter().rposition(|it| TYPES.contains(&it.as_str()) || OTHERS.contains(&it.as_str()));
        last.and_then(|it| words.get(it + 1)).cloned().unwrap_or_default()
    }

    fn is_entry(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty() && text.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
    }

    fn has_word(&self, word: &str) -> bool {
        self.words().iter().any(|it| it == word)
    }

    /// The words before any bracket, annotations apart.
    fn words(&self) -> Vec<String> {
        let text = without_annotations(&self.text, false);
        let head = text.split(['(', '[', ':', '=']).next().unwrap_or_default();
        head.split(|it: char| !(it.is_alphanumeric() || it == '_'))
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn clean(&self) -> String {
        let text = without_annotations(&self.text, true);
        let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(at) = text.find(": this(") {
            // What a constructor hands on is its own affair.
            text.truncate(text[..at].trim_end().len());
        }
        for (from, to) in [
            ("( ", "("),
            (" )", ")"),
            (" ,", ","),
            (",)", ")"),
            (" (", "("),
            ("[ ", "["),
            (") :", "):"),
            (")throws", ") throws"),
            (")async", ") async"),
        ] {
            text = text.replace(from, to);
        }
        text = text.replace("kotlin.", "").replace("override ", "");
        text.strip_prefix("public ").unwrap_or(&text).replace(") public ", ") ")
    }
}

/// Drops `@Name(...)`; keeps, when asked to, the ones that an app has to know.
fn without_annotations(text: &str, keep: bool) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let name = after.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(after.len());
        let mut end = name;
        if after[name..].starts_with('(') {
            end = after.find(')').map_or(after.len(), |it| it + 1);
        }
        if keep
            && ["Throws", "Deprecated", "discardableResult", "unchecked", "available", "Sendable", "escaping"]
                .contains(&&after[..name])
        {
            result.push('@');
            result.push_str(&after[..end]);
            result.push(' ');
        }
        rest = &after[end..];
    }
    result.push_str(rest);
    result
}
