use std::{
    env,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::task;

use crate::{
    control::{
        Binding, Browse, Callback, Ended, ExistingUser, MailLink, MailsTo, NewProxy, NewUser, ProxyAddress,
        RoomOnServer, ScannerAddress, Search, UsersEmail, UsersValidity,
    },
    deployment::{Deployment, Options},
    description::{Capabilities, Description, Server},
    error::{Error, Result},
    fault::Fault,
    homeserver::User,
    http,
    identity_server::IdentityPlace,
    mail::Mail,
    plaintext::Hit,
    proxy::Proxy,
    sovereign::{NewPerson, Person, SovereignPlace},
    stats::Stats,
};

/// The deployment of this test run: the one whose description the variable `BULLA_DEPLOYMENT` names, or else one that is started for this
/// process, once, and ends with it.
pub async fn attach_or_start() -> Result<&'static Handle, &'static Error> {
    static SHARED: OnceLock<Result<(Handle, Option<Deployment>)>> = OnceLock::new();

    let prepare = || match env::var_os("BULLA_DEPLOYMENT") {
        Some(file) => Ok((Handle::attach(Description::read(Path::new(&file))?), None)),
        None => {
            let deployment = Deployment::start(Options::default())?;
            Ok((deployment.handle(), Some(deployment)))
        }
    };
    let shared = task::spawn_blocking(move || SHARED.get_or_init(prepare)).await;
    shared.expect("starting a deployment does not panic").as_ref().map(|(handle, _)| handle)
}

/// A deployment as a test uses it, in whatever process it runs.
#[derive(Debug)]
pub struct Handle {
    description: Description,
    given_out: AtomicUsize,
}

impl Handle {
    pub fn attach(description: Description) -> Self {
        Self { description, given_out: AtomicUsize::new(0) }
    }

    pub fn description(&self) -> &Description {
        &self.description
    }

    pub fn servers(&self) -> &[Server] {
        &self.description.servers
    }

    pub fn capabilities(&self) -> Capabilities {
        self.description.capabilities()
    }

    /// A user whom no other test has. On somebody else's server, the next of those given to us.
    pub async fn new_user(&self, server: usize) -> Result<User> {
        if self.description.control.is_none() {
            return self.given_user(server);
        }
        self.control("POST", "/users", &NewUser { server, ..NewUser::default() }).await
    }

    /// A user with a name and password of the test's choice.
    pub async fn register(&self, server: usize, localpart: &str, password: &str, admin: bool) -> Result<User> {
        let user = NewUser { server, localpart: Some(localpart.into()), password: Some(password.into()), admin };
        self.control("POST", "/users", &user).await
    }

    /// A fault proxy before a server, for this test alone. It ends when it is dropped.
    pub async fn proxy(&self, server: usize) -> Result<ProxyHandle> {
        let Some(control) = &self.description.control else {
            return Ok(ProxyHandle(Place::Here(Proxy::before(&self.server(server)?.client_url)?)));
        };
        let ProxyAddress { id, url } = self.control("POST", "/proxies", &NewProxy { server, sovereign: false }).await?;
        Ok(ProxyHandle(Place::There { control: format!("{control}/proxies/{id}"), url }))
    }

    /// Ends every device of a user: a hard logout.
    pub async fn logout_everywhere(&self, user_id: &str) -> Result<()> {
        self.control("POST", "/users/logout", &ExistingUser { user_id: user_id.into() }).await.map(ignore)
    }

    /// Ends an account for good.
    pub async fn deactivate(&self, user_id: &str) -> Result<()> {
        self.control("POST", "/users/deactivate", &ExistingUser { user_id: user_id.into() }).await.map(ignore)
    }

    /// Whether an account has ended for good.
    pub async fn is_deactivated(&self, user_id: &str) -> Result<bool> {
        let Ended { ended } = self.control("POST", "/users/ended", &ExistingUser { user_id: user_id.into() }).await?;
        Ok(ended)
    }

    /// Gives an e-mail address to a user.
    pub async fn set_email(&self, user_id: &str, email: &str) -> Result<()> {
        let body = UsersEmail { user_id: user_id.into(), email: email.into() };
        self.control("POST", "/users/email", &body).await.map(ignore)
    }

    /// Has an account end in so many seconds from now; a negative number: it has ended.
    pub async fn set_validity(&self, user_id: &str, seconds: i64) -> Result<()> {
        self.control("POST", "/users/validity", &UsersValidity { user_id: user_id.into(), seconds }).await.map(ignore)
    }

    /// Marks a user's password as one that has to be changed.
    pub async fn set_temporary(&self, user_id: &str) -> Result<()> {
        self.control("POST", "/users/temporary", &ExistingUser { user_id: user_id.into() }).await.map(ignore)
    }

    /// The mails to an address so far, the oldest first.
    pub async fn mails(&self, to: &str) -> Result<Vec<Mail>> {
        self.control("POST", "/mails", &MailsTo { to: to.into() }).await
    }

    /// Does with a mail's link what a person would: opens it, and says yes where the page asks.
    pub async fn follow(&self, link: &str) -> Result<()> {
        self.control("POST", "/mails/follow", &MailLink { link: link.into() }).await.map(ignore)
    }

    /// Makes one server forget a room, so that an invitation to it leads nowhere.
    pub async fn delete_room(&self, server: usize, room_id: &str) -> Result<()> {
        self.control("POST", "/rooms/delete", &RoomOnServer { server, room_id: room_id.into() }).await.map(ignore)
    }

    /// Where the content scanner is, started now if nobody has asked for it before. It fetches through server 0.
    /// Refused where it cannot be installed.
    pub async fn scanner(&self) -> Result<String> {
        self.control("POST", "/scanner", &json!({})).await.map(|ScannerAddress { url }| url)
    }

    /// The server whose rooms Tchap's module guards, started now if nobody has asked for it before. People of server 1 are from outside there.
    pub async fn guarded(&self) -> Result<Server> {
        self.control("POST", "/guarded", &json!({})).await
    }

    /// A user of it, whom no other test has.
    pub async fn guarded_user(&self) -> Result<User> {
        self.control("POST", "/guarded/users", &json!({})).await
    }

    /// Where the identity server is, started now if nobody has asked for it before. Refused with 501 where it cannot be installed.
    pub async fn identity(&self) -> Result<IdentityPlace> {
        self.control("POST", "/identity", &json!({})).await
    }

    /// Has the identity server know an address as this user's, who has confirmed it.
    pub async fn bind_email(&self, user: &User, email: &str) -> Result<()> {
        let binding = Binding { user: user.clone(), email: email.into() };
        self.control("POST", "/identity/bind", &binding).await.map(ignore)
    }

    /// Where the sovereign part is, started now if nobody has asked for it before.
    /// Refused with 501 where a tool is missing that it needs.
    pub async fn sovereign(&self) -> Result<SovereignPlace> {
        self.control("POST", "/sovereign", &json!({})).await
    }

    /// Somebody whom the stand-in of ProConnect knows, and whom no other test has.
    pub async fn new_person(&self, wanted: &NewPerson) -> Result<Person> {
        self.control("POST", "/sovereign/people", wanted).await
    }

    /// Does in a browser what a person would to sign in. Returns where the app is called back.
    pub async fn browse(&self, url: &str, email: &str, allow: bool) -> Result<String> {
        let browse = Browse { url: url.into(), email: email.into(), allow };
        self.control("POST", "/sovereign/browse", &browse).await.map(|Callback { callback }| callback)
    }

    /// Looks for each text in everything that the servers keep.
    pub async fn search(&self, texts: &[impl AsRef<str>]) -> Result<Vec<Hit>> {
        let texts = texts.iter().map(|text| text.as_ref().to_owned()).collect();
        self.control("POST", "/search", &Search { texts }).await
    }

    fn server(&self, index: usize) -> Result<&Server> {
        self.servers().get(index).ok_or_else(|| Error::BadInput(format!("there is no server {index}")))
    }

    fn given_user(&self, server: usize) -> Result<User> {
        // There may be one server only.
        let homeserver = self.server(server % self.servers().len().max(1))?.client_url.clone();
        let user = self.description.users.get(self.given_out.fetch_add(1, Ordering::Relaxed));
        let user = user.ok_or(Error::Unavailable("more users than were given"))?.clone();
        let localpart = user.user_id.trim_start_matches('@').split(':').next().unwrap_or_default().to_owned();
        Ok(User { user_id: user.user_id, localpart, password: user.password, homeserver })
    }

    async fn control<T: DeserializeOwned>(&self, method: &'static str, path: &str, body: &impl Serialize) -> Result<T> {
        let control = self.description.control.as_ref();
        let control = control.ok_or(Error::Unavailable("this needs a deployment of our own"))?;
        ask(method, format!("{control}{path}"), Some(body)).await
    }
}

/// A fault proxy, wherever it runs.
#[derive(Debug)]
pub struct ProxyHandle(Place);

#[derive(Debug)]
enum Place {
    Here(Proxy),
    There { control: String, url: String },
}

impl ProxyHandle {
    /// What to give a client as its homeserver.
    pub fn url(&self) -> String {
        match &self.0 {
            Place::Here(proxy) => proxy.url(),
            Place::There { url, .. } => url.clone(),
        }
    }

    /// Begins a fault, in place of the one before. When this returns it is in effect.
    pub async fn set(&self, fault: Fault) -> Result<()> {
        match &self.0 {
            Place::Here(proxy) => proxy.set(fault).await,
            Place::There { control, .. } => ask("PUT", format!("{control}/fault"), Some(&fault)).await.map(ignore)?,
        }
        Ok(())
    }

    /// Everything passes again.
    pub async fn heal(&self) -> Result<()> {
        self.set(Fault::None).await
    }

    pub async fn stats(&self) -> Result<Stats> {
        match &self.0 {
            Place::Here(proxy) => Ok(proxy.stats()),
            Place::There { control, .. } => ask("GET", control.clone(), None::<&()>).await,
        }
    }
}

impl Drop for ProxyHandle {
    fn drop(&mut self) {
        if let Place::There { control, .. } = &self.0 {
            let control = control.clone();
            // The deployment may have ended before, and its proxies with it.
            thread::spawn(move || http::call("DELETE", &control, None, None));
        }
    }
}

async fn ask<T: DeserializeOwned>(method: &'static str, url: String, body: Option<&impl Serialize>) -> Result<T> {
    let body = body.map(serde_json::to_value).transpose().map_err(|error| Error::BadInput(error.to_string()))?;
    let answer = task::spawn_blocking(move || http::expect(method, &url, None, body.as_ref()));
    let answer = answer.await.expect("a request does not panic")?;
    serde_json::from_value(answer)
        .map_err(|error| Error::BadInput(format!("an answer that is not understood: {error}")))
}

fn ignore(_: Value) {}
