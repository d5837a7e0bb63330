//! `cargo xtask bench [row]`: runs benchmarks where they live and keeps what they say.
//!
//! A benchmark prints, among whatever else, lines of the form `BENCH {"row": 1, "case": "...", "unit": "ms", "ours_ms": 1.0, "peer_ms": 20.0,
//! "floor_ms": 0.5, "ours_p99_ms": 1.5, "n": 30}`: medians, and 99th percentiles where there are enough of them; `peer` and `floor` may be missing.
//! Here they get the ratios, the commit and the date.

mod screen;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

use crate::process::{answer, follow, run as run_command, say, succeed};
use crate::toolchain::{cargo, maven, need_kotlin};
use crate::workspace::Workspace;
use crate::{bindings, maven_output};

/// A benchmark of the project.
struct Row {
    number: u32,
    name: &'static str,
    place: Place,
}

/// Where it lives.
enum Place {
    /// `benches/<bench>.rs` of `core` or `store`.
    Rust { bench: &'static str },
    /// A program in the Kotlin project, beside the library: `bench.pom.xml`.
    Kotlin { class: &'static str },
    /// The program of `android/bench`, over the screens.
    Screen,
    /// The size of the library: `cargo xtask size`.
    Size,
}

/// What rows 8 and 12 compare with: the library of `bindings/peer`.
const PEER: &str = "bulla_peer";

const ROWS: [Row; 12] = [
    Row { number: 1, name: "cold start to the first 20 rooms", place: Place::Rust { bench: "start" } },
    Row { number: 3, name: "open a conversation", place: Place::Rust { bench: "conversation" } },
    Row { number: 4, name: "send to receive", place: Place::Rust { bench: "roundtrip" } },
    Row { number: 5, name: "catching up", place: Place::Rust { bench: "catch_up" } },
    Row { number: 6, name: "ingest of the room list", place: Place::Rust { bench: "ingest" } },
    Row {
        number: 8,
        name: "records over the boundary",
        place: Place::Kotlin { class: "org.bulla.bench.RecordsBenchKt" },
    },
    Row { number: 10, name: "files and pictures", place: Place::Rust { bench: "media" } },
    Row { number: 11, name: "size of the library", place: Place::Size },
    Row { number: 12, name: "the screens", place: Place::Screen },
    Row { number: 13, name: "the lock of the app", place: Place::Rust { bench: "lock" } },
    Row { number: 14, name: "bytes a message", place: Place::Rust { bench: "disk" } },
    Row { number: 15, name: "the members of a room", place: Place::Rust { bench: "members" } },
];

/// Runs all rows, or the one of that number.
pub fn run(workspace: &Workspace, row: Option<&str>) -> Result<()> {
    let wanted =
        row.map(|it| it.parse::<u32>().with_context(|| format!("`{it}` is not the number of a row"))).transpose()?;
    let rows: Vec<&Row> = ROWS.iter().filter(|it| wanted.is_none_or(|number| it.number == number)).collect();
    if rows.is_empty() {
        let known: Vec<String> = ROWS.iter().map(|it| format!("  {:>2}  {}", it.number, it.name)).collect();
        bail!("there is no such row; there are\n{}", known.join("\n"));
    }
    let mut results = Vec::new();
    for row in rows {
        say(format!("row {}: {}", row.number, row.name));
        let found: Vec<Value> = one(workspace, row)?.into_iter().map(complete).collect();
        keep(workspace, &found)?;
        results.extend(found);
    }
    table(&results);
    Ok(())
}

fn one(workspace: &Workspace, row: &Row) -> Result<Vec<Value>> {
    match row.place {
        Place::Rust { bench } => collect(&mut rust(workspace, bench)),
        Place::Kotlin { class } => collect(&mut kotlin(workspace, class)?),
        Place::Screen => collect(&mut screen::command(workspace)?),
        Place::Size => {
            let size = crate::size::recorded(workspace)?;
            let megabytes = size.bytes as f64 / 1e6;
            Ok(vec![
                json!({ "row": 11, "case": "stripped library", "unit": "MB", "ours_mb": megabytes, "peer_mb": 28.1, "n": 1 }),
            ])
        }
    }
}

/// The Kotlin program of a row, over the account with 1,000 rooms.
fn kotlin(workspace: &Workspace, class: &str) -> Result<Command> {
    let Prepared { folder, libraries } = prepare(workspace, "release")?;
    fill_start(workspace, "1000")?;
    let account = fixtures(workspace).join("start-1000/ours");
    let build = ["--quiet", "--file", "bench.pom.xml", "prepare-package"];
    let build_folder = format!("-Dbulla.build.folder={}", folder.display());
    run_command("mvn", maven(workspace, "release", &build)?.arg(build_folder))?;
    let classes = std::env::join_paths([folder.join("build/classes"), folder.join("build/lib/*")])?;
    let mut java = Command::new("java");
    java.arg(format!("-Djna.library.path={}", libraries.display())).arg("-cp").arg(classes).arg(class).arg(account);
    Ok(java)
}

/// Where the Kotlin benchmarks are built, and the libraries that they load.
struct Prepared {
    folder: PathBuf,
    libraries: PathBuf,
}

/// Builds the library, what it is compared with, and the generated code of both.
fn prepare(workspace: &Workspace, profile: &str) -> Result<Prepared> {
    need_kotlin()?;
    bindings::generate(workspace)?;
    let ours = if profile == "release" { bindings::release(workspace)? } else { workspace.library(profile) };
    // An object a room and a call a field, in a library apart from the one that is shipped.
    let arguments = ["build", "--package", "bulla-peer", "--ignore-rust-version"];
    run_command("cargo build", &mut cargo(workspace, &arguments))?;
    if profile == "release" {
        run_command("cargo build", &mut cargo(workspace, &[&arguments[..], &["--release"]].concat()))?;
    }
    let peer = format!("{}{PEER}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    // The generator reads what a release strips.
    let described = workspace.library_folder("debug").join(&peer);
    let peer = workspace.library_folder(profile).join(peer);
    let folder = workspace.target.join("bench/kotlin");
    let libraries = folder.join("libraries");
    fs::create_dir_all(&libraries).with_context(|| format!("making {}", libraries.display()))?;
    for library in [&ours, &peer] {
        let name = library.file_name().context("a library without a name")?;
        fs::copy(library, libraries.join(name)).with_context(|| format!("copying {}", library.display()))?;
    }
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path that is not UTF-8");
    generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: text(&described)?.into(),
        out_dir: text(&folder.join("generated"))?.into(),
        crate_filter: Some(PEER.into()),
        metadata_no_deps: true,
        ..GenerateOptions::default()
    })
    .context("generating the peer's Kotlin")?;
    Ok(Prepared { folder, libraries })
}

/// Where the filled accounts are.
fn fixtures(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bench/fixtures")
}

/// Fills accounts with so many rooms each (`100,1000`), where there are none yet.
fn fill_start(workspace: &Workspace, rooms: &str) -> Result<()> {
    if rooms.split(',').all(|it| fixtures(workspace).join(format!("start-{it}/complete")).exists()) {
        return Ok(());
    }
    say(format!("filling accounts with {rooms} rooms"));
    collect(rust(workspace, "start").env("BULLA_BENCH_ROOMS", rooms).env("BULLA_BENCH_N", "1")).map(drop)
}

fn rust(workspace: &Workspace, bench: &str) -> Command {
    // Both packages each time, so that cargo builds what they share once, with the features of both.
    let packages = ["--package", "bulla-core", "--package", "bulla-store"];
    let mut command = cargo(workspace, &["bench"]);
    command.args(packages).args(["--bench", bench, "--ignore-rust-version"]);
    command
}

fn collect(command: &mut Command) -> Result<Vec<Value>> {
    let mut results = Vec::new();
    let mut broken = None;
    let status = follow("bench", command, |line| match line.trim_start().strip_prefix("BENCH ") {
        Some(text) => match serde_json::from_str(text) {
            Ok(value) => results.push(value),
            Err(error) => broken = Some(format!("{error}: {text}")),
        },
        None => maven_output::show(line),
    })?;
    succeed("bench", status)?;
    match broken {
        Some(line) => bail!("a result that is not JSON: {line}"),
        None => Ok(results),
    }
}

fn complete(mut result: Value) -> Value {
    let ours = figure(&result, "ours", "");
    let over = |other: Option<f64>| ours.zip(other).map(|(ours, other)| other / ours);
    let (ratio_peer, ratio_floor) = (over(figure(&result, "peer", "")), over(figure(&result, "floor", "")));
    if let Some(fields) = result.as_object_mut() {
        fields.insert("ratio_peer".into(), json!(ratio_peer));
        fields.insert("ratio_floor".into(), json!(ratio_floor));
        fields.insert("commit".into(), json!(answer("git", &["rev-parse", "--short", "HEAD"])));
        fields.insert("date".into(), json!(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs())));
    }
    result
}

/// A figure of `side` in the result's own unit: `ours_ms`, `ours_p99_ms`.
fn figure(result: &Value, side: &str, of: &str) -> Option<f64> {
    let unit = result.get("unit").and_then(Value::as_str)?.to_lowercase();
    result.get(format!("{side}_{of}{unit}")).and_then(Value::as_f64).filter(|it| *it > 0.0)
}

fn keep(workspace: &Workspace, results: &[Value]) -> Result<()> {
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join("results.jsonl");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    for result in results {
        writeln!(file, "{result}").with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn table(results: &[Value]) {
    println!(
        "\n| row | case | ours, p50 (p99) | peer | floor | peer / ours | floor / ours | n |\n|---|---|---|---|---|---|---|---|"
    );
    for result in results {
        let number = |value: Option<f64>| match value {
            Some(it) if it.abs() >= 100.0 => format!("{it:.0}"),
            Some(it) => format!("{it:.2}"),
            None => "-".to_owned(),
        };
        let text = |name: &str| match result.get(name) {
            Some(Value::String(it)) => it.clone(),
            Some(it) if !it.is_null() => it.to_string(),
            _ => "-".to_owned(),
        };
        let side = |name: &str| match (figure(result, name, ""), figure(result, name, "p99_")) {
            (Some(half), Some(worst)) => format!("{} ({})", number(Some(half)), number(Some(worst))),
            (half, _) => number(half),
        };
        let ratio = |name: &str| number(result.get(name).and_then(Value::as_f64));
        println!(
            "| {} | {} ({}) | {} | {} | {} | {} | {} | {} |",
            text("row"),
            text("case"),
            text("unit"),
            side("ours"),
            side("peer"),
            side("floor"),
            ratio("ratio_peer"),
            ratio("ratio_floor"),
            text("n"),
        );
    }
}
