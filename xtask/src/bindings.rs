//! Builds the library and generates the Kotlin and Swift code from it. The generator is linked in, at the version that
//! the library was built with, so that the two cannot drift apart.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate as generate_language};

use crate::files::files;
use crate::process::{run, say};
use crate::toolchain::cargo;
use crate::workspace::Workspace;

/// Builds the library for development and generates what is out of date. Returns the library's path.
pub fn generate(workspace: &Workspace) -> Result<PathBuf> {
    say("building the library (4 minutes when cold)");
    // The whole workspace, as the tests build it: one set of features, so that the SDK is built once.
    run("cargo build", &mut cargo(workspace, &["build", "--workspace", "--lib", "--ignore-rust-version"]))?;
    let library = workspace.library("debug");
    let stamp = workspace.target.join("bindings/stamp");
    let state = state(workspace, &library)?;
    let complete = kotlin_folder(workspace).exists() && swift_folder(workspace).exists();
    if complete && fs::read_to_string(&stamp).is_ok_and(|it| it == state) {
        say("the Kotlin and Swift code is up to date");
        return Ok(library);
    }
    say("generating the Kotlin and Swift code");
    from_library(workspace, &library)?;
    fs::write(&stamp, state).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(library)
}

/// Builds the library as an app ships it. Returns its path.
pub fn release(workspace: &Workspace) -> Result<PathBuf> {
    say("building the library for release (a quarter of an hour when cold)");
    let arguments = ["build", "--package", "bulla-ffi", "--lib", "--release", "--ignore-rust-version"];
    run("cargo build --release", &mut cargo(workspace, &arguments))?;
    Ok(workspace.library("release"))
}

/// The folder of the generated Kotlin code.
pub fn kotlin_folder(workspace: &Workspace) -> PathBuf {
    workspace.kotlin().join("src/generated/kotlin")
}

/// The folder of the generated Swift code.
pub fn swift_folder(workspace: &Workspace) -> PathBuf {
    workspace.swift().join("Sources/Bulla/Generated")
}

fn from_library(workspace: &Workspace, library: &Path) -> Result<()> {
    let folder = workspace.target.join("bindings/generated");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clearing {}", folder.display()))?;
    }
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path that is not UTF-8");
    for (language, name) in [(TargetLanguage::Kotlin, "kotlin"), (TargetLanguage::Swift, "swift")] {
        generate_language(GenerateOptions {
            languages: vec![language],
            source: text(library)?.into(),
            out_dir: text(&folder.join(name))?.into(),
            metadata_no_deps: true,
            ..GenerateOptions::default()
        })
        .with_context(|| format!("generating {name}"))?;
    }
    let mut wanted = Vec::new();
    for made in files(&folder)? {
        if let Some(place) = place(workspace, &folder, &made) {
            replace(&made, &place)?;
            wanted.push(place);
        }
    }
    for old in files(&kotlin_folder(workspace))?.into_iter().chain(files(&swift_folder(workspace))?) {
        if !wanted.contains(&old) {
            fs::remove_file(&old).with_context(|| format!("removing {}", old.display()))?;
        }
    }
    Ok(())
}

/// Where a generated file belongs: Kotlin by package, all Swift in one module, each header beside its module map.
fn place(workspace: &Workspace, folder: &Path, made: &Path) -> Option<PathBuf> {
    let name = made.file_name()?;
    match made.extension()?.to_str()? {
        "kt" => Some(kotlin_folder(workspace).join(made.strip_prefix(folder.join("kotlin")).ok()?)),
        "swift" => Some(swift_folder(workspace).join(name)),
        "h" => Some(workspace.swift().join("Sources").join(made.file_stem()?).join(name)),
        _ => None,
    }
}

/// Copies only what differs: Maven and SwiftPM rebuild what has a new date.
fn replace(made: &Path, wanted: &Path) -> Result<()> {
    let text = fs::read_to_string(made).with_context(|| format!("reading {}", made.display()))?;
    let tidy: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    let tidy = mended(tidy).with_context(|| format!("mending {}", made.display()))?;
    if fs::read_to_string(wanted).is_ok_and(|it| it == tidy) {
        return Ok(());
    }
    let folder = wanted.parent().context("a file without a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(wanted, tidy).with_context(|| format!("writing {}", wanted.display()))
}

/// What ends a call in Kotlin, as uniffi 0.32 generates it.
const END: &str = "    } finally {\n        freeFunc(rustFuture)\n    }\n";

/// The same, with what was ready when its caller went away: freeing the future forgets such a thing, which then lives for ever. Where
/// nothing is ready yet, completing says so and changes nothing.
const MENDED: &str = "    } catch (cancelled: kotlinx.coroutines.CancellationException) {
        runCatching {
            Disposable.destroy(liftFunc(uniffiRustCallWithError(errorHandler, { status -> completeFunc(rustFuture, status) })))
        }
        throw cancelled
    } finally {
        freeFunc(rustFuture)
    }
";

/// The generated code without uniffi's leak of what a cancelled call had ready.
fn mended(text: String) -> Result<String> {
    if !text.contains("uniffiRustCallAsync(\n    rustFuture: Long,") {
        return Ok(text);
    }
    if text.matches(END).count() != 1 {
        bail!("calls end otherwise than uniffi 0.32's: see whether a cancelled one still leaks what it had ready");
    }
    Ok(text.replace(END, MENDED))
}

/// What the generated code depends on: the library as cargo left it, the two configurations, this program.
fn state(workspace: &Workspace, library: &Path) -> Result<String> {
    let mut state = String::new();
    let program = std::env::current_exe().context("finding this program")?;
    let configurations = ["crates/model/uniffi.toml", "bindings/ffi/uniffi.toml"].map(|it| workspace.root.join(it));
    for path in [library, program.as_path()].into_iter().chain(configurations.iter().map(PathBuf::as_path)) {
        let Ok(data) = fs::metadata(path) else {
            bail!("{} is not there after the build", path.display());
        };
        let changed = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        state.push_str(&format!("{} {} {}\n", path.display(), data.len(), changed.as_nanos()));
    }
    Ok(state)
}
