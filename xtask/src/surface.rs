//! Reads the public declarations out of Kotlin or Swift code: signatures without bodies, in the order of the file.
//!
//! Not a parser of the languages: it knows comments, texts, brackets and where a declaration ends, which is enough for
//! generated code and for the plain code beside it.

use crate::declaration::{Declaration, Language, Statement};

/// The public declarations of `source`, without the generator's own.
pub fn declarations(source: &str, language: Language) -> Vec<Declaration> {
    let mut reader = Reader {
        text: source.chars().collect(),
        at: 0,
        language,
        statement: Statement::default(),
        brackets: 0,
        scopes: Vec::new(),
        found: Vec::new(),
    };
    reader.file();
    without_empty_companions(reader.found)
}

/// Every generated class has a companion object, which matters only where something is in it.
fn without_empty_companions(found: Vec<Declaration>) -> Vec<Declaration> {
    let depths: Vec<usize> = found.iter().map(|it| it.depth).collect();
    let full = |at: usize| depths.get(at + 1).is_some_and(|next| *next > depths[at]);
    let indexed = found.into_iter().enumerate();
    indexed.filter(|(at, it)| !it.text.starts_with("companion object") || full(*at)).map(|(_, it)| it).collect()
}

/// What the braces around the current place belong to.
#[derive(Clone, Copy)]
enum Scope {
    /// A type whose members are of interest; `open`: members are public without saying so.
    Members { entries: bool, open: bool },
    /// Nothing in here is of interest.
    Hidden,
}

struct Reader {
    text: Vec<char>,
    at: usize,
    language: Language,
    statement: Statement,
    brackets: usize,
    scopes: Vec<Scope>,
    found: Vec<Declaration>,
}

impl Reader {
    fn file(&mut self) {
        while let Some(&character) = self.text.get(self.at) {
            if self.comment() || self.literal() {
                continue;
            }
            match character {
                '#' if self.statement.is_empty() => self.line(),
                '(' | '[' => self.open(character),
                ')' | ']' => self.close(character),
                '{' => self.enter(),
                '}' => self.leave(),
                '=' if self.brackets == 0 && !self.statement.is_empty() => self.expression(),
                ',' if self.brackets == 0 && self.among_entries() => self.end(),
                ';' if self.brackets == 0 => {
                    self.end();
                    if let Some(Scope::Members { entries, .. }) = self.scopes.last_mut() {
                        *entries = false;
                    }
                }
                '\n' if self.statement.is_preamble() => self.statement = Statement::default(),
                '\n' if self.brackets == 0 => {
                    if self.statement.is_complete(self.language) && !self.goes_on() {
                        self.end();
                    } else {
                        self.statement.push(' ');
                    }
                }
                _ => self.statement.push(character),
            }
            self.at += 1;
        }
        self.end();
    }

    /// Skips a comment at this place; a documentation comment belongs to the statement.
    fn comment(&mut self) -> bool {
        if self.looking_at("/**") {
            let text = self.until("*/");
            self.statement.document(&text, self.brackets > 0);
            true
        } else if self.looking_at("/*") {
            self.until("*/");
            true
        } else if self.looking_at("//") {
            let documentation = self.looking_at("///");
            let text = self.until("\n");
            // The end of the line may end a statement.
            self.at -= usize::from(text.ends_with('\n'));
            if documentation {
                self.statement.document(&text, self.brackets > 0);
            }
            true
        } else {
            false
        }
    }

    /// Takes over a text as it is: what looks like code in it is none.
    fn literal(&mut self) -> bool {
        let quote = if self.looking_at("\"\"\"") { "\"\"\"" } else { "\"" };
        if !self.looking_at(quote) {
            return false;
        }
        let begin = self.at;
        self.at += quote.len();
        while self.at < self.text.len() && !self.looking_at(quote) {
            self.at += if self.text[self.at] == '\\' { 2 } else { 1 };
        }
        self.at = (self.at + quote.len()).min(self.text.len());
        let text: String = self.text[begin..self.at].iter().collect();
        self.statement.push_text(&text);
        true
    }

    fn open(&mut self, character: char) {
        self.brackets += 1;
        self.statement.push(character);
    }

    fn close(&mut self, character: char) {
        self.brackets = self.brackets.saturating_sub(1);
        self.statement.push(character);
    }

    fn enter(&mut self) {
        if self.brackets > 0 {
            // A block as a default value.
            self.block();
            return;
        }
        let scope = match self.statement.opens(self.language) {
            Some((entries, open)) if !self.statement.is_hidden(self.language, self.public_by_default()) => {
                Scope::Members { entries, open }
            }
            _ => Scope::Hidden,
        };
        self.end();
        match scope {
            Scope::Hidden => self.block(),
            Scope::Members { .. } => self.scopes.push(scope),
        }
    }

    fn leave(&mut self) {
        self.end();
        self.scopes.pop();
    }

    /// Skips from `{` to its `}`, and stays on it.
    fn block(&mut self) {
        let mut depth = 0;
        let kept = std::mem::take(&mut self.statement);
        while let Some(&character) = self.text.get(self.at) {
            if self.comment() || self.literal() {
                continue;
            }
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            self.at += 1;
        }
        self.statement = kept;
    }

    /// Skips a value after `=`, which may go on over lines. A type alias and a raw value are part of the surface.
    fn expression(&mut self) {
        if self.statement.keeps_value() {
            self.statement.push('=');
            return;
        }
        let kept = std::mem::take(&mut self.statement);
        self.at += 1;
        let (mut depth, mut begun) = (0_usize, false);
        while let Some(&character) = self.text.get(self.at) {
            if self.comment() || self.literal() {
                begun = true;
                continue;
            }
            match character {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' if depth == 0 => break,
                '}' | ')' | ']' => depth -= 1,
                '\n' if depth == 0 && begun && !self.goes_on() => break,
                _ => {}
            }
            begun |= !character.is_whitespace();
            self.at += 1;
        }
        self.statement = kept;
        self.end();
        self.at -= 1;
    }

    /// Whether what follows this line break belongs to the same statement.
    fn goes_on(&self) -> bool {
        let rest: String = self.text[self.at..].iter().copied().skip_while(|it| it.is_whitespace()).take(7).collect();
        [":", "{", "=", "->", ".", "?:", "?.", "where ", "throws ", "async "].iter().any(|it| rest.starts_with(it))
    }

    fn among_entries(&self) -> bool {
        self.language == Language::Kotlin && matches!(self.scopes.last(), Some(Scope::Members { entries: true, .. }))
    }

    /// Whether what stands here is public unless it says otherwise.
    fn public_by_default(&self) -> bool {
        match self.scopes.last() {
            Some(Scope::Members { open, .. }) => *open,
            Some(Scope::Hidden) => false,
            None => self.language == Language::Kotlin,
        }
    }

    fn end(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        let (open, entry) = (self.public_by_default(), self.among_entries());
        self.found.extend(statement.declaration(self.language, self.scopes.len(), open, entry));
    }

    fn line(&mut self) {
        while self.text.get(self.at).is_some_and(|it| *it != '\n') {
            self.at += 1;
        }
    }

    fn looking_at(&self, what: &str) -> bool {
        what.chars().enumerate().all(|(offset, it)| self.text.get(self.at + offset) == Some(&it))
    }

    fn until(&mut self, end: &str) -> String {
        let begin = self.at;
        self.at += 1;
        while self.at < self.text.len() && !self.looking_at(end) {
            self.at += 1;
        }
        self.at = (self.at + end.len()).min(self.text.len());
        self.text[begin..self.at].iter().collect()
    }
}

#[cfg(test)]
mod tests;
