//! The public surface of the bindings as text, committed and checked: a change to it is a reviewed change.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::bindings;
use crate::declaration::{Declaration, Language};
use crate::difference::difference;
use crate::errors;
use crate::files::files;
use crate::process::say;
use crate::surface::declarations;
use crate::workspace::Workspace;

const WIDTH: usize = 110;

/// Writes the dump, or with `check` says how the committed one differs from what the code says.
pub fn run(workspace: &Workspace, check: bool) -> Result<()> {
    let library = bindings::generate(workspace)?;
    say(if check { "checking bindings/api" } else { "writing bindings/api" });
    let folder = workspace.root.join("bindings/api");
    let kotlin = [bindings::kotlin_folder(workspace), workspace.kotlin().join("src/main/kotlin")];
    let swift = [workspace.swift().join("Sources/Bulla")];
    let mut silent = Vec::new();
    let dumps = [
        ("kotlin.txt", dump(&kotlin, "kt", Language::Kotlin, &mut silent)?),
        ("swift.txt", dump(&swift, "swift", Language::Swift, &mut silent)?),
        ("errors.md", errors::table(&library)?),
    ];
    let mut differing = Vec::new();
    for (name, text) in dumps {
        let path = folder.join(name);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if committed == text {
            continue;
        }
        if check {
            eprintln!("{}:\n{}", workspace.short(&path), difference(&committed, &text));
            differing.push(name);
        } else {
            fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
            fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    if !silent.is_empty() {
        bail!("public, and nobody says what it is for:\n  {}", silent.join("\n  "));
    }
    if !differing.is_empty() {
        bail!("{} not what the code says: run `cargo xtask api` and look at the change", differing.join(", "));
    }
    Ok(())
}

fn dump(folders: &[PathBuf], extension: &str, language: Language, silent: &mut Vec<String>) -> Result<String> {
    let mut text = String::from("// The public surface, by `cargo xtask api`. Not compiled.\n");
    for folder in folders {
        for file in files(folder)? {
            if file.extension().is_none_or(|it| it != extension) {
                continue;
            }
            let source = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            let found = declarations(&source, language);
            if found.is_empty() {
                continue;
            }
            let name = title(&file, &source);
            text.push_str(&format!("\n// {name}\n"));
            for declaration in &found {
                text.push_str(&lines(declaration));
                if !declaration.documented {
                    silent.push(format!("{name}: {}", declaration.text));
                }
            }
        }
    }
    Ok(text)
}

/// The package in Kotlin, the file in Swift.
fn title(file: &Path, source: &str) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let package = source.lines().find_map(|line| line.strip_prefix("package "));
    package.map_or(name.clone(), |it| format!("{it}, {name}"))
}

/// One line, or one a parameter where it is long. A blank line goes before what is not in a type.
fn lines(declaration: &Declaration) -> String {
    let indent = "    ".repeat(declaration.depth);
    let blank = if declaration.depth == 0 { "\n" } else { "" };
    let text = &declaration.text;
    if indent.len() + text.len() <= WIDTH {
        return format!("{blank}{indent}{text}\n");
    }
    let begin = text.find("@Throws").and_then(|_| text.find(") ")).map_or(0, |it| it + 1);
    let Some(open) = text[begin..].find('(').map(|it| it + begin) else {
        return format!("{blank}{indent}{text}\n");
    };
    let (mut depth, mut result) = (0, format!("{blank}{indent}{}(\n{indent}    ", &text[..open]));
    for (at, character) in text[open + 1..].char_indices() {
        match character {
            '(' | '[' | '<' => depth += 1,
            ')' if depth == 0 => {
                result.push_str(&format!(",\n{indent}{}\n", &text[open + 1 + at..]));
                break;
            }
            ')' | ']' => depth -= 1,
            '>' if !text[..open + 1 + at].ends_with('-') => depth -= 1,
            _ => {}
        }
        if character == ',' && depth == 0 {
            result.push_str(&format!(",\n{indent}   "));
        } else {
            result.push(character);
        }
    }
    result
}
