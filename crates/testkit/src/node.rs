use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
};

use sha1::{Digest, Sha1};

use crate::{
    environment::{cache_folder, run},
    error::{Doing, Error, Result},
};

const PACKAGE: &str = include_str!("../node/package.json");
const LOCK: &str = include_str!("../node/package-lock.json");
const PROBE: &str = "process.exit(Number(process.versions.node.split('.')[0]) >= 20 ? 0 : 1)";

/// The folder with the Node packages of the stand-ins in it: made once, in the cache folder, and shared by every run.
///
/// Two runs may call this at once: the second waits for the first.
pub fn packages() -> Result<PathBuf> {
    installed("node", PACKAGE, LOCK)
}

/// A folder with the packages of `lock` in it.
pub(crate) fn installed(name: &str, package: &str, lock: &str) -> Result<PathBuf> {
    let missing = || Error::MissingTool {
        tool: "Node 20 or newer with npm",
        install: "on Debian or Ubuntu `apt-get install nodejs npm`, on macOS `brew install node`",
    };
    run(Command::new("node").args(["-e", PROBE])).map_err(|_| missing())?;
    let digest = Sha1::new().chain_update(package).chain_update(lock).finalize();
    let key: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let folder = cache_folder()?.join(format!("{name}-{key}"));
    fs::create_dir_all(&folder).doing(|| format!("create {}", folder.display()))?;

    let held = File::create(folder.with_extension("lock")).doing(|| format!("lock {}", folder.display()))?;
    held.lock().doing(|| format!("lock {}", folder.display()))?;
    let complete = folder.join("complete");
    if !complete.exists() {
        for (name, text) in [("package.json", package), ("package-lock.json", lock)] {
            fs::write(folder.join(name), text).doing(|| format!("write {name}"))?;
        }
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
        run(&mut install).map_err(|error| match error {
            Error::Io { .. } => missing(),
            other => other,
        })?;
        fs::write(&complete, "").doing(|| format!("write {}", complete.display()))?;
    }
    Ok(folder)
}
