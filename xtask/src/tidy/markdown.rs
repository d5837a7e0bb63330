//! Rules for pages: links into the repository lead somewhere, and snippets are the code that the tests compile.
//!
//! A page says `<!-- snippet: path#name -->` before a fenced block; in the file at `path` (from the root) the same lines
//! stand between `// snippet:name` and `// end`, indented or not.

use std::collections::BTreeSet;

use super::{File, Findings};

pub fn check(files: &[File], findings: &mut Findings) {
    let mut places: BTreeSet<String> = BTreeSet::new();
    for file in files {
        let mut path = file.path.as_str();
        places.insert(path.to_owned());
        while let Some((folder, _)) = path.rsplit_once('/') {
            places.insert(folder.to_owned());
            path = folder;
        }
    }
    for page in files.iter().filter(|it| it.path.ends_with(".md")) {
        links(page, &places, findings);
        snippets(page, files, findings);
    }
}

fn links(page: &File, places: &BTreeSet<String>, findings: &mut Findings) {
    let mut fenced = false;
    for (number, line) in page.text.lines().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        for target in targets(line) {
            let outside = target.contains("://") || target.starts_with("mailto:") || target.starts_with('#');
            let path = target.split('#').next().unwrap_or_default();
            if !outside && !resolve(&page.path, path).is_some_and(|it| it.is_empty() || places.contains(&it)) {
                findings.error(
                    &format!("{}:{}", page.path, number + 1),
                    format_args!("the link to {target} leads nowhere"),
                );
            }
        }
    }
}

/// The targets of `[text](target)` in a line, outside of code.
fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (index, part) in line.split('`').enumerate() {
        // Within `[`code`](target)` the target is in an even part as well.
        if index % 2 == 1 {
            continue;
        }
        let mut rest = part;
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let end = rest.find(')').unwrap_or(rest.len());
            found.push(rest[..end].split_whitespace().next().unwrap_or_default());
            rest = &rest[end..];
        }
    }
    found
}

/// `target` as seen from `page`, from the root; nothing where it leaves the repository.
fn resolve(page: &str, target: &str) -> Option<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut parts, target): (Vec<&str>, &str) = match target.strip_prefix('/') {
        Some(rest) => (Vec::new(), rest),
        None => (folder.split('/').filter(|it| !it.is_empty()).collect(), target),
    };
    for part in target.split('/').filter(|it| !it.is_empty() && *it != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

fn snippets(page: &File, files: &[File], findings: &mut Findings) {
    let lines: Vec<&str> = page.text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let Some(marker) = line.trim().strip_prefix("<!-- snippet:").and_then(|it| it.strip_suffix("-->")) else {
            continue;
        };
        let place = format!("{}:{}", page.path, number + 1);
        let Some((path, name)) = marker.trim().split_once('#') else {
            findings.error(&place, "a snippet is named `path#name`");
            continue;
        };
        let after = lines[number + 1..].iter().skip_while(|it| it.trim().is_empty());
        let mut block = after.skip_while(|it| !it.starts_with("```"));
        let begun = lines[number + 1..].iter().find(|it| !it.trim().is_empty()).is_some_and(|it| it.starts_with("```"));
        block.next();
        let shown: Vec<&str> = block.take_while(|it| !it.starts_with("```")).copied().collect();
        let Some(file) = files.iter().find(|it| it.path == path) else {
            findings.error(&place, format_args!("there is no {path}"));
            continue;
        };
        match region(&file.text, name) {
            _ if !begun => findings.error(&place, "no fenced block follows"),
            None => findings.error(&place, format_args!("{path} has no `// snippet:{name}` … `// end`")),
            Some(region) if region != without_indent(&shown) => {
                findings.error(
                    &place,
                    format_args!(
                        "is not what {path} says between `// snippet:{name}` and `// end`:\n{}",
                        region.join("\n")
                    ),
                );
            }
            Some(_) => {}
        }
    }
}

/// The lines between `// snippet:name` and the next `// end`, without their common indent.
fn region(text: &str, name: &str) -> Option<Vec<String>> {
    let mut lines = text.lines();
    let begin = format!("// snippet:{name}");
    lines.find(|it| it.trim() == begin)?;
    let mut inside = Vec::new();
    for line in lines {
        if line.trim() == "// end" {
            return Some(without_indent(&inside));
        }
        inside.push(line);
    }
    None
}

fn without_indent(lines: &[&str]) -> Vec<String> {
    let indents = lines.iter().filter(|it| !it.trim().is_empty()).map(|it| it.len() - it.trim_start().len());
    let indent = indents.min().unwrap_or_default();
    lines.iter().map(|it| it.get(indent..).unwrap_or_default().trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{errors, file};

    #[test]
    fn links_lead_somewhere() {
        let files = [
            file(
                "README.md",
                "[a](crates/README.md#x) [b](https://example.org) [c](crates) [d](#e) [f](gone.md) `[g](h)`",
            ),
            file("crates/README.md", "[root](../README.md) [out](../../x)"),
        ];
        assert_eq!(
            errors(check, &files),
            ["README.md:1: the link to gone.md leads nowhere", "crates/README.md:1: the link to ../../x leads nowhere",]
        );
    }

    #[test]
    fn snippets_are_code_of_the_tests() {
        let code = file("a/T.kt", "fun t() {\n    // snippet:open\n    val a = 1\n\n      use(a)\n    // end\n}\n");
        let good = file("README.md", "<!-- snippet: a/T.kt#open -->\n```kotlin\nval a = 1\n\n  use(a)\n```\n");
        let other = file("README.md", "<!-- snippet: a/T.kt#open -->\n```kotlin\nval a = 2\n```\n");
        let unknown = file("README.md", "<!-- snippet: a/T.kt#close -->\n```kotlin\n```\n");
        let bare = file("README.md", "<!-- snippet: a/T.kt#open -->\nval a = 1\n");
        for (page, expected) in [(good, 0), (other, 1), (unknown, 1), (bare, 1)] {
            let again = file(&code.path, &code.text);
            assert_eq!(errors(check, &[again, page]).len(), expected);
        }
    }
}
