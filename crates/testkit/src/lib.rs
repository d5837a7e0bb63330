//! A real Matrix deployment on loopback, for tests, the demo and benches: homeservers that federate, fault proxies before them, and a control
//! endpoint for tests in other languages.
//!
//! A test asks for the deployment of its run, makes its own users and its own proxy, and leaves the rest alone:
//!
//! ```no_run
//! use bulla_testkit::{Fault, attach_or_start};
//!
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! let deployment = attach_or_start().await?;
//! let user = deployment.new_user(0).await?;
//! let proxy = deployment.proxy(0).await?;
//! // A client signs in as `user` at `proxy.url()`. Then the network goes away, and comes back:
//! proxy.set(Fault::Refuse).await?;
//! proxy.heal().await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`attach_or_start`] starts the servers once a process, unless the variable `BULLA_DEPLOYMENT` names the `deployment.json` of a deployment that
//! runs already: that is how `cargo xtask test` lets Rust, Kotlin and Swift share one. The file may also describe somebody else's server
//! ([`Description::foreign`]); [`Handle::capabilities`] says what a test may count on there.
//!
//! [`Deployment::start`] is for whoever owns the servers, such as `cargo xtask deploy`. They end when the [`Deployment`] is dropped, and when its process
//! ends in whatever way: another small process holds them, and ends them when it hears no more from us.
//!
//! # The control endpoint
//!
//! JSON in, JSON out. What cannot be done is answered with a 4xx or 5xx and `{"error": "..."}`.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /users` | `{server, localpart?, password?, admin?}` | `{user_id, localpart, password, homeserver}` |
//! | `POST /users/logout`, `/users/deactivate` | `{user_id}` | `{}` |
//! | `POST /users/ended` | `{user_id}` | `{ended}`: whether the account has ended for good |
//! | `POST /users/email` | `{user_id, email}` | `{}`: the address is theirs |
//! | `POST /users/validity` | `{user_id, seconds}` | `{}`: their account ends in so many seconds, or has ended |
//! | `POST /users/temporary` | `{user_id}` | `{}`: their password has to be changed |
//! | `POST /mails` | `{to}` | [`Mail`]s, the oldest first |
//! | `POST /mails/follow` | `{link}` | `{}`: the link was opened, and what its page asks confirmed |
//! | `POST /rooms/delete` | `{server, room_id}` | `{}` |
//! | `POST /search` | `{texts}` | `[{text, place}]` |
//! | `POST /proxies` | `{server, sovereign?}` | `{id, url}` |
//! | `PUT /proxies/{id}/fault` | a [`Fault`]: `{"kind": "refuse"}` | `{}`, when it is in effect |
//! | `GET /proxies/{id}` | | [`Stats`]: `{open, connections, requests}` |
//! | `DELETE /proxies/{id}` | | `{}` |
//! | `POST /offices` | `{server, guests?}` | `{id, server, url, guests_url?, guests?, key, manifest}`: a directory and a proof before the server, and the manifest; people of server `guests` are from outside |
//! | `POST /offices/{id}/manifest` | `{version, fields}` | `{manifest}`: another, with these fields beside |
//! | `PUT /offices/{id}/directory` | `{address, answer}` | `{}`: what the directory answers for an address from now on |
//! | `PUT /offices/{id}/fault`, `GET /offices/{id}`, `DELETE /offices/{id}` | as a proxy's | as a proxy's |
//! | `POST /scanner` | `{}` | `{url}`: the content scanner, started now if nobody asked before; 501 where it cannot be installed |
//! | `POST /guarded` | `{}` | `{name, client_url, tls_url}`: a server whose rooms Tchap's module guards, started now if nobody asked before; server 1 is that of people from outside |
//! | `POST /guarded/users` | `{}` | as `POST /users` |
//! | `POST /identity` | `{}` | [`IdentityPlace`]: Sydent, started now if nobody asked before; 501 where it cannot be installed |
//! | `POST /identity/bind` | `{user_id, localpart, password, homeserver, email}` | `{}`: it knows the address as this user's |
//! | `POST /sovereign` | `{}` | [`SovereignPlace`]: started now if nobody asked before; 501 where Node is missing |
//! | `POST /sovereign/people` | [`NewPerson`] | [`Person`] |
//! | `POST /sovereign/browse` | `{url, email, allow}` | `{callback}`: where a browser is sent back to the app |

mod cas;
mod control;
mod deployment;
mod description;
mod environment;
mod error;
mod fault;
mod guarded;
mod handle;
mod head;
mod homeserver;
mod http;
mod identity_server;
mod keeper;
mod mail;
pub mod mock;
mod node;
mod office;
mod peer;
mod plaintext;
mod port;
mod postgres;
mod proxy;
mod random;
mod relay;
mod scanner;
mod sovereign;
mod stats;
mod synapse;
mod wait;

pub use self::{
    deployment::{Database, Deployment, Options},
    description::{Capabilities, Description, GivenUser, Server},
    error::{Error, Result},
    fault::Fault,
    handle::{Handle, ProxyHandle, attach_or_start},
    homeserver::{Homeserver, User},
    identity_server::IdentityPlace,
    mail::Mail,
    office::{GUESTS, Office, Place},
    peer::Peer,
    plaintext::Hit,
    proxy::Proxy,
    sovereign::{Called, NewPerson, Person, SovereignPlace},
    stats::Stats,
};
