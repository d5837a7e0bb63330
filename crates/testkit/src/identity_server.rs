//! A real Sydent, the identity server: it knows people by their e-mail address, and writes to those who are invited by one. Started for the first
//! test that asks. In front of it stands TLS, since homeservers speak to it over nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    environment::Environment,
    error::{Doing, Error, Result},
    homeserver::User,
    http,
    keeper::Keeper,
    mail::MailSink,
    port, random, wait,
};

const REQUIREMENTS: &str = include_str!("../requirements-sydent.txt");
const SCRIPT: &str = include_str!("../python/identity_server.py");
/// The wheel of Sydent has no templates in it.
const TEMPLATES: [(&str, &str); 3] = [
    (
        "verification_template.eml.j2",
        "From: {{ from }}\nTo: {{ to }}\nSubject: Your address\nContent-Type: text/plain; charset=UTF-8\n\ntoken {{ token }}\n",
    ),
    (
        "invite_template.eml.j2",
        "From: {{ from }}\nTo: {{ to }}\nSubject: An invitation\nContent-Type: text/plain; charset=UTF-8\n\ninvited {{ token }}\n",
    ),
    ("verify_response_template.html", "<html><body>%(message)s</body></html>\n"),
];
const READY: Duration = Duration::from_secs(60);
const MAIL: Duration = Duration::from_secs(30);

/// Where the identity server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityPlace {
    /// Its base address, over TLS.
    pub url: String,
    /// The one authority that vouches for it: base64 of the certificate in DER, as a manifest has it.
    pub authority: String,
}

/// The identity server, running or not yet.
#[derive(Debug)]
pub struct Lazy {
    folder: PathBuf,
    port: u16,
    tls_port: u16,
    /// A failure stays: what is missing on this machine is missing for every test.
    started: OnceLock<Result<IdentityPlace>>,
}

impl Lazy {
    /// Chooses ports and makes the folder.
    pub fn plan(root: &Path) -> Result<Self> {
        let folder = root.join("identity-server");
        fs::create_dir(&folder).doing(|| "create the identity server's folder".into())?;
        Ok(Self { folder, port: port::free(), tls_port: port::free(), started: OnceLock::new() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its name, as homeservers are told it.
    pub fn name(&self) -> String {
        format!("localhost:{}", self.tls_port)
    }

    /// Where it is.
    pub fn get(&self, keeper: &Keeper, mail: u16) -> Result<IdentityPlace> {
        match self.started.get_or_init(|| self.start(keeper, mail)) {
            Ok(place) => Ok(place.clone()),
            Err(Error::MissingTool { tool, install }) => Err(Error::MissingTool { tool, install }),
            Err(other) => Err(Error::BadInput(format!("the identity server did not start: {other}"))),
        }
    }

    /// Has an address be known there as this user's, by what a person would do: ask for it, read the mail, confirm. Blocks.
    pub fn bind(&self, user: &User, email: &str, mail: &MailSink) -> Result<()> {
        let client = |method, path: &str, token: Option<&str>, body: Value| {
            http::expect(method, &format!("{}/_matrix/client/v3/{path}", user.homeserver), token, Some(&body))
        };
        let own = |path: &str, token: Option<&str>, body: Value| {
            let url = format!("http://127.0.0.1:{}/_matrix/identity/v2/{path}", self.port);
            http::expect("POST", &url, token, Some(&body))
        };
        let identifier = json!({"type": "m.id.user", "user": user.localpart});
        let login = json!({"type": "m.login.password", "password": user.password, "identifier": identifier});
        let login = client("POST", "login", None, login)?;
        let token = login["access_token"].as_str();
        let openid = client("POST", &format!("user/{}/openid/request_token", user.user_id), token, json!({}))?;
        let account = own("account/register", None, openid)?;
        let account = account["token"].as_str();

        let secret = random::hex(16);
        let before = mail.to(email).len();
        let asked = json!({"email": email, "client_secret": secret, "send_attempt": 1});
        let sid = own("validate/email/requestToken", account, asked)?["sid"].clone();
        let code = wait::until(MAIL, || {
            let mails = mail.to(email);
            let new = mails.get(before..).unwrap_or_default();
            Ok(new
                .iter()
                .find_map(|mail| mail.text.split("token ").nth(1)?.split_whitespace().next().map(str::to_owned)))
        })?
        .ok_or(Error::TimedOut { what: "a mail with a code" })?;
        own("validate/email/submitToken", account, json!({"sid": sid, "client_secret": secret, "token": code}))?;
        own("3pid/bind", account, json!({"sid": sid, "client_secret": secret, "mxid": user.user_id}))?;
        client("POST", "logout", token, json!({})).map(drop)
    }

    fn start(&self, keeper: &Keeper, mail: u16) -> Result<IdentityPlace> {
        let environment = Environment::of("sydent", REQUIREMENTS).map_err(|_| Error::MissingTool {
            tool: "matrix-sydent, which pip could not install",
            install: "see that pip can reach its index",
        })?;
        let place = |name: &str| self.folder.join(name);
        let write = |name: &str, text: &str| {
            fs::write(place(name), text).doing(|| format!("write the identity server's {name}"))
        };
        fs::create_dir_all(place("templates/bulla")).doing(|| "create the folder of its mails".into())?;
        for (name, text) in TEMPLATES {
            write(&format!("templates/bulla/{name}"), text)?;
        }
        write("identity_server.py", SCRIPT)?;
        write("sydent.conf", &self.configuration(mail))?;
        let mut command = environment.python();
        command.arg(place("identity_server.py")).arg(&self.folder);
        command.arg(self.tls_port.to_string()).arg(self.port.to_string());
        keeper.launch("identity-server", &command, "SIGTERM")?;
        let versions = format!("http://127.0.0.1:{}/_matrix/identity/versions", self.port);
        keeper.until_ready("identity-server", READY, || {
            matches!(http::call("GET", &versions, None, None), Ok((200, _)))
        })?;

        let pem = self.folder.with_file_name("authority.pem");
        let pem = fs::read_to_string(&pem).doing(|| format!("read {}", pem.display()))?;
        let authority = pem.lines().filter(|line| !line.starts_with('-')).collect();
        Ok(IdentityPlace { url: format!("https://{}", self.name()), authority })
    }

    fn configuration(&self, mail: u16) -> String {
        let place = |name: &str| self.folder.join(name).display().to_string();
        let name = self.name();
        format!(
            "[general]\nserver.name = {name}\nlog.level = INFO\npidfile.path = {pid}\ntemplates.path = {templates}\n\
             brand.default = bulla\nip.whitelist = 127.0.0.0/8, ::1/128\n\
             [db]\ndb.file = {db}\n\
             [http]\nclientapi.http.bind_address = 127.0.0.1\nclientapi.http.port = {port}\nclient_http_base = https://{name}\n\
             federation.verifycerts = true\n\
             [email]\nemail.from = identity@servers.test\nemail.smtphost = 127.0.0.1\nemail.smtpport = {mail}\n\
             email.hostname = localhost\nemail.default_web_client_location = https://messagerie.example\n\
             email.ratelimit_sender.burst = 1000000\nemail.ratelimit_sender.rate_hz = 1000000\n\
             [crypto]\ned25519.signingkey =\n",
            pid = place("sydent.pid"),
            templates = place("templates"),
            db = place("sydent.db"),
            port = self.port,
        )
    }
}
