//! `cargo xtask strings`: from the one catalogue of words to what each platform reads, and the check of the catalogue.

mod catalogue;
mod code;
mod kotlin;
mod platform;
mod swift;
mod usage;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::catalogue::Catalogue;
use crate::process::say;
use crate::workspace::Workspace;

const SOURCE: &str = "android/strings/strings.toml";

/// Writes the generated files; with `check`, finds also what a generator cannot: keys that nobody uses.
pub fn run(workspace: &Workspace, check: bool) -> Result<()> {
    let source = workspace.root.join(SOURCE);
    let text = fs::read_to_string(&source).with_context(|| format!("reading {SOURCE}"))?;
    let catalogue = Catalogue::read(&text).context(SOURCE)?;
    let mut troubles = catalogue.troubles();
    if check {
        troubles.extend(usage::unused(workspace, &catalogue)?);
    }
    if !troubles.is_empty() {
        bail!("{SOURCE}:\n  {}", troubles.join("\n  "));
    }
    let android = workspace.root.join("android");
    let ios = workspace.root.join("ios");
    write(&android.join("ui/src/generated/kotlin/org/bulla/ui/words/Words.kt"), &kotlin::words(&catalogue))?;
    write(&ios.join("Sources/BullaModels/Generated/Words.swift"), &swift::words(&catalogue))?;
    write(&ios.join("App/Generated/Localizable.xcstrings"), &platform::xcstrings(&catalogue)?)?;
    write(&ios.join("App/Generated/InfoPlist.xcstrings"), &platform::info_plist(&catalogue)?)?;
    let resources = android.join("app/src/main/res");
    write(&resources.join("values/strings.xml"), &platform::strings_xml(&catalogue, catalogue::Language::English))?;
    write(&resources.join("values-fr/strings.xml"), &platform::strings_xml(&catalogue, catalogue::Language::French))?;
    say(format!("{} strings in two languages", catalogue.entries.len()));
    Ok(())
}

/// Leaves a file alone that is already so: builds look at dates.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|it| it == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a file without a folder")?)?;
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
