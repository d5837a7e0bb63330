//! Rust code with everything that is not code blanked out, and its tests told apart.

/// `text` with comments and texts replaced by blanks; lines and columns stay.
pub fn code(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = end_of_silence(&text, at);
        if end > at {
            result.extend(text[at..end].iter().map(|it| if *it == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            result.push(text[at]);
            at += 1;
        }
    }
    result
}

/// Where the comment or text that begins here ends; `at` itself when none begins.
fn end_of_silence(text: &[char], at: usize) -> usize {
    let here = |what: &str| looking_at(text, at, what);
    if here("//") {
        return find(text, at, "\n");
    }
    if here("/*") {
        return nested_comment(text, at);
    }
    if here("r\"") || here("r#") {
        let hashes = text[at + 1..].iter().take_while(|it| **it == '#').count();
        let named = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
        if !named && text.get(at + 1 + hashes) == Some(&'"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let found = find(text, at + 2 + hashes, &end);
            return (found + end.len()).min(text.len());
        }
        return at;
    }
    if here("\"") {
        return quoted(text, at, '"');
    }
    // A character, not a lifetime.
    let escaped = here("'\\");
    if escaped || (here("'") && text.get(at + 2) == Some(&'\'')) {
        return quoted(text, at, '\'');
    }
    at
}

fn nested_comment(text: &[char], begin: usize) -> usize {
    let (mut at, mut depth) = (begin, 0_usize);
    while at < text.len() {
        if looking_at(text, at, "/*") {
            depth += 1;
            at += 2;
        } else if looking_at(text, at, "*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn quoted(text: &[char], begin: usize, quote: char) -> usize {
    let mut at = begin + 1;
    while at < text.len() && text[at] != quote {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

fn looking_at(text: &[char], at: usize, what: &str) -> bool {
    what.chars().enumerate().all(|(offset, it)| text.get(at + offset) == Some(&it))
}

fn find(text: &[char], begin: usize, what: &str) -> usize {
    (begin..text.len()).find(|at| looking_at(text, *at, what)).unwrap_or(text.len())
}

/// For each line of [`code`], whether it is in an item under `#[cfg(test)]`.
pub fn test_lines(code: &str) -> Vec<bool> {
    let mut result = Vec::new();
    // Since `#[cfg(test)]`: no brace yet, or how deep.
    let mut depth: Option<usize> = None;
    for line in code.lines() {
        if depth.is_none() && line.trim_start().starts_with("#[cfg(test)]") {
            depth = Some(0);
        }
        result.push(depth.is_some());
        let Some(mut inside) = depth else {
            continue;
        };
        let mut ended = false;
        for character in line.chars() {
            match character {
                '{' => inside += 1,
                '}' => {
                    inside = inside.saturating_sub(1);
                    ended = inside == 0;
                }
                ';' if inside == 0 => ended = true,
                _ => {}
            }
        }
        depth = if ended && inside == 0 { None } else { Some(inside) };
    }
    result
}

/// Whether `word` stands in `line` as a word of its own.
pub fn has_word(line: &str, word: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || it == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(part) && !line[at + word.len()..].chars().next().is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_stays() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* /* b */ */ c"), "a               c");
        assert_eq!(code(r##"f("x\"y", r#"z"z"#, '"', 'a, b"c")"##), r##"f(      ,         ,    , 'a, b   )"##);
    }

    #[test]
    fn tests_are_told_apart() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod more;\nfn d() {}\n";
        let expected = [false, true, true, true, true, false, true, true, false];
        assert_eq!(test_lines(text), expected);
    }

    #[test]
    fn words() {
        assert!(has_word("use tokio::sync;", "tokio"));
        assert!(!has_word("use mytokio::sync;", "tokio"));
        assert!(!has_word("tokio_util", "tokio"));
    }
}
