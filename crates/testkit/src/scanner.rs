//! A real matrix-content-scanner, with a script that knows the EICAR test file (<https://www.eicar.org>). Started for the first test that asks.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::OnceLock, time::Duration};

use serde_json::json;

use crate::{
    environment::Environment,
    error::{Doing, Error, Result},
    homeserver::Homeserver,
    http,
    keeper::Keeper,
    port, random,
};

const REQUIREMENTS: &str = include_str!("../requirements-scanner.txt");
const ADAPTER: &str = include_str!("../python/media_adapter.py");
/// What an antivirus is to a scanner: a program that ends with 0 where it finds nothing.
const ANTIVIRUS: &str = "#!/bin/sh\nif grep -q 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE' \"$1\"; then exit 1; fi\n";
/// What may pass. Programs are not in it.
const TYPES: [&str; 9] = [
    "application/octet-stream",
    "application/pdf",
    "audio/ogg",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
];
const READY: Duration = Duration::from_secs(60);

/// The scanner, running or not yet.
#[derive(Debug, Default)]
pub struct Lazy {
    /// A failure stays: what is missing on this machine is missing for every test.
    started: OnceLock<Result<String>>,
}

impl Lazy {
    /// Where it is.
    pub fn get(&self, homeserver: &Homeserver, keeper: &Keeper, root: &Path) -> Result<String> {
        match self.started.get_or_init(|| start(homeserver, keeper, root)) {
            Ok(url) => Ok(url.clone()),
            Err(Error::MissingTool { tool, install }) => Err(Error::MissingTool { tool, install }),
            Err(other) => Err(Error::BadInput(format!("the scanner did not start: {other}"))),
        }
    }
}

fn start(homeserver: &Homeserver, keeper: &Keeper, root: &Path) -> Result<String> {
    let environment = Environment::of("scanner", REQUIREMENTS).map_err(|_| Error::MissingTool {
        tool: "matrix-content-scanner, which pip could not install",
        install: "on Debian or Ubuntu `apt-get install cmake g++ libmagic1`, for python-olm and python-magic",
    })?;
    let folder = root.join("scanner");
    let place = |name: &str| folder.join(name);
    let write = |name: &str, text: &str| fs::write(place(name), text).doing(|| format!("write the scanner's {name}"));
    fs::create_dir_all(place("files")).doing(|| "create the scanner's folder".into())?;
    write("antivirus.sh", ANTIVIRUS)?;
    let runs = fs::Permissions::from_mode(0o755);
    fs::set_permissions(place("antivirus.sh"), runs).doing(|| "make the antivirus a program".into())?;
    write("token", &token(homeserver)?)?;
    write("media_adapter.py", ADAPTER)?;

    let (adapter, port) = (port::free(), port::free());
    let mut command = environment.python();
    command.arg(place("media_adapter.py")).arg(adapter.to_string()).arg(&homeserver.client_url).arg(place("token"));
    keeper.launch("media-adapter", &command, "SIGTERM")?;
    let configuration = json!({
        "web": {"host": "127.0.0.1", "port": port},
        "scan": {"script": place("antivirus.sh"), "temp_directory": place("files"), "allowed_mimetypes": TYPES},
        "download": {"base_homeserver_url": format!("http://127.0.0.1:{adapter}")},
        "crypto": {"pickle_path": place("pickle"), "pickle_key": random::hex(16)},
    });
    write("scanner.json", &configuration.to_string())?;
    let mut command = environment.python();
    command.args(["-m", "matrix_content_scanner.mcs", "-c"]).arg(place("scanner.json"));
    keeper.launch("scanner", &command, "SIGTERM")?;
    let url = format!("http://127.0.0.1:{port}");
    let key = format!("{url}/_matrix/media_proxy/unstable/public_key");
    keeper.until_ready("scanner", READY, || matches!(http::call("GET", &key, None, None), Ok((200, _))))?;
    Ok(url)
}

/// The token of an account that fetches for the scanner.
fn token(homeserver: &Homeserver) -> Result<String> {
    let user = homeserver.new_user("scanner")?;
    let body = json!({
        "type": "m.login.password", "password": user.password,
        "identifier": {"type": "m.id.user", "user": user.localpart},
    });
    let answer =
        http::expect("POST", &format!("{}/_matrix/client/v3/login", homeserver.client_url), None, Some(&body))?;
    let token = answer["access_token"].as_str().map(str::to_owned);
    token.ok_or_else(|| Error::BadInput("a login without a token".into()))
}
