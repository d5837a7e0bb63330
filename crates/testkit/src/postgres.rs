use std::{
    env, fs,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    environment::{Environment, run},
    error::{Doing, Error, Result},
    keeper::Keeper,
    port,
};

const SCRIPT: &str = include_str!("../python/postgres.py");

/// The user and group that a system has for what must own nothing. PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// A PostgreSQL of our own, on a free loopback port.
pub struct Postgres {
    port: u16,
}

impl Postgres {
    /// Starts it with its data under `root` (as root: in a temporary folder that goes with it), and makes the databases.
    pub fn start(environment: &Environment, keeper: &Keeper, root: &Path, databases: &[&str]) -> Result<Self> {
        let programs = find_programs()?;
        let port = port::free();
        let as_root = fs::metadata(root).doing(|| "read the owner of a folder".into())?.uid() == 0;
        // Nobody may not enter a folder of root's, which `root` often lies in.
        let data = if as_root { env::temp_dir().join(format!("bulla-postgres-{port}")) } else { root.join("postgres") };
        fs::create_dir(&data).doing(|| format!("create {}", data.display()))?;
        keeper.also_remove(&data)?;
        if as_root {
            if !on_path("setpriv") {
                return Err(Error::MissingTool {
                    tool: "setpriv, to start PostgreSQL, which does not run as root,",
                    install: "on Debian or Ubuntu `apt-get install util-linux`, or run as another user",
                });
            }
            chown(&data, Some(NOBODY), Some(NOBODY)).doing(|| "give the PostgreSQL folder to nobody".into())?;
        }

        let mut initialise = program(&programs.join("initdb"), as_root);
        initialise.args(["--auth=trust", "--username=bulla", "--locale=C", "--encoding=UTF8", "--no-sync", "-D"]);
        run(initialise.arg(&data).current_dir("/"))?;

        let mut serve = program(&programs.join("postgres"), as_root);
        serve.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k", "", "-F"]);
        keeper.launch("postgres", &serve, "SIGINT")?;
        environment.script(SCRIPT, &[&[port.to_string().as_str()], databases].concat())?;
        Ok(Self { port })
    }

    /// What Synapse's configuration says of one of the databases.
    pub fn database(&self, name: &str) -> Value {
        json!({
            "name": "psycopg2",
            "args": {"host": "127.0.0.1", "port": self.port, "user": "bulla", "dbname": name, "cp_min": 2, "cp_max": 10},
        })
    }
}

fn program(path: &Path, as_root: bool) -> Command {
    if !as_root {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".into()]).arg(path);
    command
}

fn on_path(program: &str) -> bool {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).exists())
}

/// The folder of the newest installed PostgreSQL. Debian keeps its programs off the search path.
fn find_programs() -> Result<PathBuf> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = debian.collect();
    folders.sort();
    folders
        .into_iter()
        .rev()
        .chain(env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .ok_or(Error::MissingTool {
            tool: "PostgreSQL 14 or newer",
            install: "on Debian or Ubuntu `apt-get install postgresql`, on macOS `brew install postgresql@15`",
        })
}
