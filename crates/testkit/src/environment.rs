use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sha1::{Digest, Sha1};

use crate::error::{Doing, Error, Result};

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// What a Python must have: the version that the pinned packages need, and the means to make an environment.
const PROBE: &str =
    "import ensurepip, sys, venv; assert sys.version_info >= (3, 11); print(sys.version); print(sys.executable)";

/// A Python virtual environment, such as that with Synapse in it: made once, in a cache folder outside the project, and shared by every run.
#[derive(Clone, Debug)]
pub struct Environment {
    python: PathBuf,
}

impl Environment {
    /// The environment of these requirements and of this machine's Python, made now if it is not there.
    ///
    /// Two runs may call this at once: the second waits for the first.
    pub fn ready() -> Result<Self> {
        Self::of("synapse", REQUIREMENTS)
    }

    /// The same for other requirements.
    pub(crate) fn of(name: &str, requirements: &str) -> Result<Self> {
        let (system_python, version) = find_python()?;
        let cache = cache_folder()?;
        fs::create_dir_all(&cache).doing(|| format!("create {}", cache.display()))?;

        let folder = cache.join(format!("{name}-{}", key(requirements, &version)));
        let lock = File::create(folder.with_extension("lock")).doing(|| format!("lock {}", folder.display()))?;
        lock.lock().doing(|| format!("lock {}", folder.display()))?;
        let environment = Self { python: folder.join("bin/python") };
        let complete = folder.join("complete");
        if !complete.exists() {
            environment.make(system_python, &folder, requirements)?;
            fs::write(&complete, "").doing(|| format!("write {}", complete.display()))?;
        }
        Ok(environment)
    }

    /// A command that runs this environment's Python.
    pub fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        command
    }

    /// Runs one of our scripts with arguments, and returns what it printed.
    pub fn script(&self, source: &str, arguments: &[&str]) -> Result<Vec<u8>> {
        run(self.python().arg("-c").arg(source).args(arguments))
    }

    fn make(&self, system_python: &str, folder: &Path, wanted: &str) -> Result<()> {
        eprintln!("testkit: installing Python packages into {} (once, about half a minute)", folder.display());
        if folder.exists() {
            fs::remove_dir_all(folder).doing(|| format!("remove the unfinished {}", folder.display()))?;
        }
        run(Command::new(system_python).args(["-m", "venv"]).arg(folder))?;
        let requirements = folder.join("requirements.txt");
        fs::write(&requirements, wanted).doing(|| format!("write {}", requirements.display()))?;
        run(self
            .python()
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"])
            .arg(&requirements))?;
        Ok(())
    }
}

/// Runs a command to its end and returns what it printed; if it fails, the error says all that it printed.
pub(crate) fn run(command: &mut Command) -> Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let result = command.stdin(Stdio::null()).output().doing(|| format!("run {name}"))?;
    if result.status.success() {
        return Ok(result.stdout);
    }
    let mut output = result.stdout;
    output.write_all(&result.stderr).doing(|| format!("read {name}"))?;
    Err(Error::Command { command: name, output: String::from_utf8_lossy(&output).into_owned() })
}

fn find_python() -> Result<(&'static str, Vec<u8>)> {
    ["python3.11", "python3", "python3.12", "python3.13"]
        .into_iter()
        .find_map(|name| Some((name, run(Command::new(name).args(["-c", PROBE])).ok()?)))
        .ok_or(Error::MissingTool {
            tool: "Python 3.11 or newer with venv and pip",
            install: "on Debian or Ubuntu `apt-get install python3 python3-venv`, on macOS `brew install python@3.11`",
        })
}

pub(crate) fn cache_folder() -> Result<PathBuf> {
    let named = |variable| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("BULLA_CACHE")
        .or_else(|| Some(named("XDG_CACHE_HOME")?.join("bulla")))
        .or_else(|| Some(named("HOME")?.join(".cache/bulla")))
        .ok_or(Error::BadInput("no cache folder: set BULLA_CACHE, XDG_CACHE_HOME or HOME".into()))
}

/// The same for the same requirements on the same Python, and different otherwise.
fn key(requirements: &str, python: &[u8]) -> String {
    let digest = Sha1::new().chain_update(requirements).chain_update(python).finalize();
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
