use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::{
    cas, control,
    description::{Description, Server},
    environment::Environment,
    error::{Doing, Error, Result},
    guarded,
    handle::Handle,
    homeserver::{Homeserver, User},
    identity_server::{self, IdentityPlace},
    keeper::Keeper,
    mail::MailSink,
    plaintext::{self, Hit},
    postgres::Postgres,
    scanner,
    sovereign::{Lazy, Sovereign},
    synapse::{self, Synapse},
};

const IDENTITY: &str = include_str!("../python/identity.py");
/// Synapse finds it in the folder of the deployment, which is where the keeper starts it.
const VALIDITY: &str = include_str!("../python/bulla_validity.py");

/// How to start a deployment.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where all state goes: a folder that is new or empty.
    pub root: PathBuf,
    /// Leaves the folder as it is at the end, to be looked at.
    pub keep: bool,
    pub database: Database,
    /// How many homeservers.
    pub servers: usize,
    /// Off, the servers have Synapse's own rate limits: a few logins a minute and worse.
    pub lift_rate_limits: bool,
}

/// Where the homeservers keep their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    /// A PostgreSQL of the deployment's own, from the programs found on this machine. For load: SQLite writes one at a time.
    Postgres,
}

/// Homeservers that run on loopback until this is dropped, or this process ends in whatever way. Every method blocks.
#[derive(Debug)]
pub struct Deployment {
    description: Description,
    servers: Arc<Servers>,
    runtime: Option<Runtime>,
}

impl Deployment {
    /// Starts the servers and waits until they answer.
    pub fn start(options: Options) -> Result<Self> {
        let environment = Environment::ready()?;
        let root = prepare(&options.root)?;
        let keeper = Keeper::start(&environment, &root, options.keep)?;
        let servers = Arc::new(Servers::start(environment, keeper, root.clone(), &options)?);

        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("testkit").enable_all().build();
        let runtime = runtime.doing(|| "start a runtime".into())?;
        let control =
            runtime.block_on(control::serve(servers.clone())).doing(|| "start the control endpoint".into())?;
        let description = Description {
            servers: servers.homeservers.iter().map(describe).collect(),
            control: Some(control),
            root: Some(root.clone()),
            users: Vec::new(),
        };
        description.write(&root.join("deployment.json"))?;
        Ok(Self { description, servers, runtime: Some(runtime) })
    }

    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The file that another process is to find in `BULLA_DEPLOYMENT`.
    pub fn description_file(&self) -> PathBuf {
        self.servers.root.join("deployment.json")
    }

    /// What a test uses; it does the same here as in a process that only attaches.
    pub fn handle(&self) -> Handle {
        Handle::attach(self.description.clone())
    }

    pub fn servers(&self) -> &[Homeserver] {
        &self.servers.homeservers
    }

    /// Looks for texts in everything that the servers keep.
    pub fn search(&self, texts: &[String]) -> Result<Vec<Hit>> {
        self.servers.search(texts)
    }

    /// Ends the servers and removes their folder unless it is to be kept. Dropping does the same.
    pub fn stop(self) {}
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Not by dropping it: that is forbidden inside another runtime, where a test may well stand.
            runtime.shutdown_background();
        }
        // A task of the runtime may hold the servers a moment longer.
        self.servers.keeper.end();
    }
}

impl Default for Options {
    /// Two servers on SQLite without rate limits, in a folder of their own under `target/deployment`.
    fn default() -> Self {
        Self { root: fresh_root(), keep: false, database: Database::Sqlite, servers: 2, lift_rate_limits: true }
    }
}

/// The homeservers of a deployment, for its own process.
#[derive(Debug)]
pub(crate) struct Servers {
    pub homeservers: Vec<Homeserver>,
    root: PathBuf,
    configurations: Vec<PathBuf>,
    environment: Environment,
    keeper: Keeper,
    sovereign: Lazy,
    guarded: guarded::Lazy,
    identity: identity_server::Lazy,
    scanner: scanner::Lazy,
    pub mail: MailSink,
}

impl Servers {
    fn start(environment: Environment, keeper: Keeper, root: PathBuf, options: &Options) -> Result<Self> {
        let (mail, single_sign_on) = (MailSink::start()?, cas::start()?);
        fs::write(root.join("bulla_validity.py"), VALIDITY).doing(|| "write the module of validity".into())?;
        let plans = (0..options.servers).map(|index| Synapse::plan(&root, format!("server-{index}")));
        let plans = plans.collect::<Result<Vec<_>>>()?;
        // Planned with the others, so that one authority vouches for all.
        let delegated = Synapse::plan(&root, "delegated".into())?;
        let guarded = Synapse::plan(&root, "guarded".into())?;
        let identity = identity_server::Lazy::plan(&root)?;
        let all = plans.iter().chain([&delegated, &guarded]).map(Synapse::folder).chain([identity.folder()]);
        let folders = std::iter::once(root.as_path()).chain(all);
        let folders: Vec<_> = folders.map(Path::to_string_lossy).collect();
        environment.script(IDENTITY, &folders.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;

        let labels: Vec<_> = plans.iter().map(|plan| plan.label.as_str()).collect();
        let postgres = match options.database {
            Database::Sqlite => None,
            Database::Postgres => Some(Postgres::start(&environment, &keeper, &root, &labels)?),
        };
        for (index, plan) in plans.iter().enumerate() {
            let database = match &postgres {
                Some(postgres) => postgres.database(&plan.label),
                None => synapse::sqlite(plan.folder()),
            };
            let rules = house_rules(index, mail.port, &single_sign_on);
            plan.launch(&environment, &keeper, database, options.lift_rate_limits, rules)?;
        }
        let waiting_for = &keeper;
        let homeservers = thread::scope(|scope| {
            let waiting: Vec<_> = plans.iter().map(|plan| scope.spawn(move || plan.ready(waiting_for))).collect();
            waiting
                .into_iter()
                .map(|one| one.join().expect("waiting for a server does not panic"))
                .collect::<Result<_>>()
        })?;
        let configurations = plans.iter().map(Synapse::configuration_file).collect();
        Ok(Self {
            homeservers,
            root,
            configurations,
            environment,
            keeper,
            sovereign: Lazy::new(delegated),
            guarded: guarded::Lazy::new(guarded),
            identity,
            scanner: scanner::Lazy::default(),
            mail,
        })
    }

    /// The sovereign part, started now if nobody has asked for it before. Called in a runtime, and blocks.
    pub fn sovereign(&self) -> Result<&Sovereign> {
        self.sovereign.get(&self.environment, &self.keeper, &self.root)
    }

    /// Where the content scanner is, started now if nobody has asked for it before. Blocks.
    pub fn scanner(&self) -> Result<String> {
        self.scanner.get(self.at(0)?, &self.keeper, &self.root)
    }

    /// The server whose rooms are guarded, started now if nobody has asked for it before: server 1 is that of people from outside. Blocks.
    pub fn guarded(&self) -> Result<&Homeserver> {
        self.guarded.get(&self.environment, &self.keeper, &self.at(1)?.name, &self.identity.name())
    }

    /// Where the identity server is, started now if nobody has asked for it before. Blocks.
    pub fn identity(&self) -> Result<IdentityPlace> {
        self.identity.get(&self.keeper, self.mail.port)
    }

    /// Has the identity server know an address as this user's. Blocks.
    pub fn bind(&self, user: &User, email: &str) -> Result<()> {
        self.identity()?;
        self.identity.bind(user, email, &self.mail)
    }

    pub fn at(&self, index: usize) -> Result<&Homeserver> {
        self.homeservers.get(index).ok_or_else(|| Error::BadInput(format!("there is no server {index}")))
    }

    /// The server that an id belongs to.
    pub fn of(&self, id: &str) -> Result<&Homeserver> {
        let name = id.split_once(':').map(|(_, name)| name);
        let server = self.homeservers.iter().find(|server| Some(server.name.as_str()) == name);
        server.ok_or_else(|| Error::BadInput(format!("{id} is not of this deployment")))
    }

    pub fn search(&self, texts: &[String]) -> Result<Vec<Hit>> {
        let configurations: Vec<_> = self
            .configurations
            .iter()
            .cloned()
            .chain(self.sovereign.configuration())
            .chain(self.guarded.configuration())
            .collect();
        plaintext::search(&self.environment, &self.root, &configurations, texts)
    }
}

/// What the servers of people have beside the rest: mail, and accounts that can end. The second asks more of a new password;
/// administrators may still give any.
fn house_rules(index: usize, mail: u16, single_sign_on: &Url) -> Value {
    let policy = json!({"enabled": index == 1, "minimum_length": 12, "require_digit": true});
    json!({
        "email": {"smtp_host": "127.0.0.1", "smtp_port": mail, "enable_tls": false, "notif_from": "Bulla <bulla@servers.test>"},
        "request_token_inhibit_3pid_errors": true,
        "password_config": {"policy": policy},
        "cas_config": {"enabled": index == 1, "server_url": single_sign_on.as_str().trim_end_matches('/')},
        // The second lets invitations be blocked all together or not at all. MSC4306: threads that one follows.
        "experimental_features": {"msc4155_enabled": index == 0, "msc4306_enabled": true},
        // Otherwise Synapse has the person look at where they are sent back to.
        "sso": {"client_whitelist": ["org.example.bulla:/"]},
        "modules": [{"module": "bulla_validity.Validity", "config": {"period": "30d", "renew_at": "7d"}}],
    })
}

pub(crate) fn describe(server: &Homeserver) -> Server {
    Server { name: server.name.clone(), client_url: server.client_url.clone(), tls_url: Some(server.tls_url.clone()) }
}

/// The keeper removes this folder at the end, so nothing of anybody else's may be in it.
fn prepare(root: &Path) -> Result<PathBuf> {
    fs::create_dir_all(root).doing(|| format!("create {}", root.display()))?;
    let mut entries = fs::read_dir(root).doing(|| format!("list {}", root.display()))?;
    if entries.next().is_some() {
        return Err(Error::FolderInUse(root.into()));
    }
    fs::canonicalize(root).doing(|| format!("resolve {}", root.display()))
}

fn fresh_root() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);

    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"));
    // A killed run whose process number comes back may have left its folder.
    loop {
        let root = target.join(format!("deployment/{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        if !root.exists() {
            return root;
        }
    }
}
