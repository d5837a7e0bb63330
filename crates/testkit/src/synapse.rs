use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    environment::Environment,
    error::{Doing, Result},
    homeserver::Homeserver,
    http,
    keeper::Keeper,
    port, random,
};

const READY: Duration = Duration::from_secs(90);

/// The plan of one Synapse process: its names, ports and folder. It becomes a [`Homeserver`] when it answers.
#[derive(Debug)]
pub struct Synapse {
    /// The name of its process, of its folder and of its log.
    pub label: String,
    folder: PathBuf,
    port: u16,
    tls_port: u16,
    secret: String,
}

impl Synapse {
    /// Chooses ports and makes the folder.
    pub fn plan(root: &Path, label: String) -> Result<Self> {
        let folder = root.join(&label);
        fs::create_dir(&folder).doing(|| format!("create {}", folder.display()))?;
        Ok(Self { label, folder, port: port::free(), tls_port: port::free(), secret: random::hex(16) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes the configuration, with `more` in it, and starts the process. The identity of the server must be in its folder by now.
    pub fn launch(
        &self,
        environment: &Environment,
        keeper: &Keeper,
        database: Value,
        lift_limits: bool,
        more: Value,
    ) -> Result<()> {
        let configuration = self.configuration_file();
        let mut settings = self.configuration(database, lift_limits);
        merge(&mut settings, more);
        fs::write(&configuration, settings.to_string()).doing(|| format!("write {}", configuration.display()))?;
        let logging = self.folder.join("logging.json");
        fs::write(&logging, logging_configuration().to_string()).doing(|| format!("write {}", logging.display()))?;

        let mut command = environment.python();
        command.args(["-m", "synapse.app.homeserver", "-c"]).arg(&configuration);
        keeper.launch(&self.label, &command, "SIGTERM")
    }

    /// Waits until the server answers, then makes its administrator.
    pub fn ready(&self, keeper: &Keeper) -> Result<Homeserver> {
        self.answers(keeper)?;
        Homeserver::open(self.name(), self.client_url(), self.tls_url(), self.secret.clone())
    }

    /// Waits until the server answers.
    pub fn answers(&self, keeper: &Keeper) -> Result<()> {
        let versions = format!("{}/_matrix/client/versions", self.client_url());
        keeper.until_ready(&self.label, READY, || matches!(http::call("GET", &versions, None, None), Ok((200, _))))
    }

    pub fn client_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}", self.tls_port)
    }

    pub fn configuration_file(&self) -> PathBuf {
        self.folder.join("homeserver.json")
    }

    /// The explicit port means that other servers ask no `.well-known` and no DNS for it.
    pub fn name(&self) -> String {
        format!("localhost:{}", self.tls_port)
    }

    fn configuration(&self, database: Value, lift_limits: bool) -> Value {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let listener = |port: u16, tls: bool, resources: &[&str]| {
            json!({
                "port": port, "tls": tls, "type": "http", "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": resources}],
            })
        };
        let mut configuration = json!({
            "server_name": self.name(),
            "public_baseurl": format!("http://127.0.0.1:{}/", self.port),
            "listeners": [
                listener(self.port, false, &["client"]),
                listener(self.tls_port, true, &["client", "federation"]),
            ],
            "database": database,
            "log_config": path("logging.json"),
            "pid_file": path("homeserver.pid"),
            "media_store_path": path("media"),
            "max_upload_size": "600M",
            "signing_key_path": path("signing.key"),
            "tls_certificate_path": path("tls.pem"),
            "tls_private_key_path": path("tls.key"),
            "federation_custom_ca_list": [self.folder.with_file_name("authority.pem")],
            "federation": {
                "client_timeout": "10s",
                "max_short_retry_delay": "1s",
                "destination_min_retry_interval": "1s",
                "destination_max_retry_interval": "2s",
            },
            "ip_range_blacklist": [],
            "trusted_key_servers": [],
            "suppress_key_server_warning": true,
            "registration_shared_secret": self.secret,
            "macaroon_secret_key": random::hex(16),
            "form_secret": random::hex(16),
            "bcrypt_rounds": 4,
            // Figures open copies of the same account, whose token can be renewed once; what renews tokens has tests of its own.
            "refreshable_access_token_lifetime": "4h",
            "presence": {"enabled": false},
            "report_stats": false,
            // Each administration lists its forums for the others.
            "allow_public_rooms_over_federation": true,
            "room_list_publication_rules": [{"action": "allow"}],
            "user_directory": {"search_all_users": true},
            // Messages that leave later (MSC4140).
            "max_event_delay_duration": "7d",
            // Rooms that say how long they keep what is said (MSC1763); the others keep it.
            "retention": {"enabled": true},
        });
        if lift_limits {
            merge(&mut configuration, lifted_limits());
        }
        configuration
    }
}

/// Where a server that uses SQLite keeps its rows.
pub fn sqlite(folder: &Path) -> Value {
    json!({"name": "sqlite3", "args": {"database": folder.join("homeserver.db")}})
}

fn logging_configuration() -> Value {
    json!({
        "version": 1,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(request)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "INFO", "handlers": ["console"]},
        "disable_existing_loggers": false,
    })
}

/// Every rate limit of Synapse, out of the way.
fn lifted_limits() -> Value {
    let off = json!({"per_second": 1_000_000, "burst_count": 1_000_000});
    json!({
        "rc_message": off, "rc_registration": off, "rc_registration_token_validity": off,
        "rc_login": {"address": off, "account": off, "failed_attempts": off},
        "rc_joins": {"local": off, "remote": off}, "rc_joins_per_room": off,
        "rc_key_requests": off,
        "rc_invites": {"per_room": off, "per_user": off, "per_issuer": off},
        "rc_third_party_invite": off, "rc_media_create": off, "rc_presence": {"per_user": off},
        "rc_delayed_event_mgmt": off, "rc_room_creation": off, "rc_reports": off,
        "rc_user_directory": off, "rc_profile": off, "rc_3pid_validation": off, "rc_admin_redaction": off,
        "rc_federation": {
            "window_size": 1, "sleep_limit": 1_000_000, "sleep_delay": 0, "reject_limit": 1_000_000, "concurrent": 1_000,
        },
        "remote_media_download_per_second": "10G", "remote_media_download_burst_count": "10G",
        "federation_rr_transactions_per_room_per_second": 1_000_000,
    })
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
