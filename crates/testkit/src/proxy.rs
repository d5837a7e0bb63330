use std::{
    collections::HashMap,
    fmt, io,
    net::{Ipv4Addr, SocketAddr, ToSocketAddrs},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
    task::JoinHandle,
};

use crate::{
    error::{Doing, Error, Result},
    fault::Fault,
    relay,
    stats::Stats,
};

/// A proxy of ours before a server: it passes everything on until it is given a [`Fault`]. It ends when it is dropped.
///
/// Each connection carries one request, so that a fault strikes requests and not whatever happens to share a connection.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// The number of the last fault that the listener has taken note of.
    applied: watch::Receiver<u64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free loopback port, in the current tokio runtime.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        // Never listens: it only keeps the port ours while nobody is to listen there.
        let anchor = socket()?;
        anchor.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = anchor.local_addr()?;
        let listener = listen(address)?;

        let shared = Arc::new(Shared {
            target,
            plan: watch::Sender::new(Plan::default()),
            stats: Mutex::default(),
            own: Mutex::default(),
            open: watch::Sender::new(0),
        });
        let (applying, applied) = watch::channel(0);
        let task = tokio::spawn(accept(anchor, listener, shared.clone(), applying));
        Ok(Self { address, shared, applied, task })
    }

    /// Before a homeserver that speaks plain HTTP.
    pub fn before(homeserver: &str) -> Result<Self> {
        let authority = homeserver.strip_prefix("http://").ok_or(Error::Unavailable("a fault proxy before TLS"))?;
        let authority = authority.trim_end_matches('/');
        let addresses = authority.to_socket_addrs().or_else(|_| (authority, 80).to_socket_addrs());
        let target = addresses.doing(|| format!("resolve {homeserver}"))?.next();
        let target = target.ok_or_else(|| Error::BadInput(format!("{homeserver} has no address")))?;
        Self::start(target).doing(|| "start a proxy".into())
    }

    /// What to give a client as its homeserver.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers requests to this path itself, with a status and a text that `answer` makes of the query. A fault comes first.
    pub fn serve(&self, path: &str, answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) {
        self.shared.own().0.insert(path.to_owned(), Arc::new(answer));
    }

    /// Begins a fault, in place of the one before. When this returns it is in effect, and what it ends has ended.
    pub async fn set(&self, fault: Fault) {
        let ends = fault.ends_connections();
        let (_, times) = fault.path_and_times();
        let mut number = 0;
        self.shared.plan.send_modify(|plan| {
            number = plan.number + 1;
            *plan = Plan { number, fault, times_left: times };
        });
        // Both fail only if the listener's task has ended, and then nothing is open.
        let _ = self.applied.clone().wait_for(|applied| *applied >= number).await;
        if ends {
            let _ = self.shared.open.subscribe().wait_for(|open| *open == 0).await;
        }
    }

    /// Everything passes again.
    pub async fn heal(&self) {
        self.set(Fault::None).await;
    }

    pub fn stats(&self) -> Stats {
        Stats { open: *self.shared.open.borrow(), ..self.shared.stats().clone() }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.shared
            .plan
            .send_modify(|plan| *plan = Plan { number: plan.number + 1, fault: Fault::Cut, times_left: None });
    }
}

/// What the connections of a proxy share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub target: SocketAddr,
    pub plan: watch::Sender<Plan>,
    stats: Mutex<Stats>,
    own: Mutex<Own>,
    open: watch::Sender<usize>,
}

type Answer = Arc<dyn Fn(&str) -> (u16, String) + Send + Sync>;

/// What a proxy answers itself, by path.
#[derive(Default)]
struct Own(HashMap<String, Answer>);

impl fmt::Debug for Own {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Which fault this is, counted from the start: a connection ends by a fault that is newer than itself.
    pub number: u64,
    pub fault: Fault,
    times_left: Option<u32>,
}

impl Shared {
    pub fn count_request(&self, path: &str) {
        *self.stats().requests.entry(path.into()).or_default() += 1;
    }

    pub fn count_bytes(&self, bytes: usize) {
        self.stats().bytes += bytes as u64;
    }

    /// The fault that strikes this request, which counts as one of its times.
    pub fn strike(&self, target: &str) -> Fault {
        let mut fault = Fault::None;
        self.plan.send_if_modified(|plan| {
            let concerned = plan.fault.path_and_times().0.is_none_or(|path| target.contains(path));
            if concerned && plan.times_left != Some(0) {
                fault = plan.fault.clone();
                plan.times_left = plan.times_left.map(|left| left - 1);
            }
            false
        });
        fault
    }

    /// The proxy's own answer to this request, where it has one.
    pub fn own_answer(&self, target: &str) -> Option<(u16, String)> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let answer = self.own().0.get(path).cloned();
        answer.map(|answer| answer(query))
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stats(&self) -> MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection more, for as long as this lives.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: Arc<Shared>) -> Self {
        shared.stats().connections += 1;
        shared.open.send_modify(|open| *open += 1);
        Self(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

async fn accept(anchor: TcpSocket, first: TcpListener, shared: Arc<Shared>, applying: watch::Sender<u64>) {
    let mut plans = shared.plan.subscribe();
    let mut listener = Some(first);
    loop {
        let (number, refuses) = {
            let plan = plans.borrow_and_update();
            (plan.number, plan.fault == Fault::Refuse)
        };
        if refuses {
            listener = None;
        } else if listener.is_none() {
            listener = anchor.local_addr().and_then(listen).ok();
        }
        applying.send_replace(number);
        match &listener {
            Some(listener) => tokio::select! {
                changed = plans.changed() => if changed.is_err() { return },
                accepted = listener.accept() => if let Ok((client, _)) = accepted {
                    let open = Open::new(shared.clone());
                    tokio::spawn(async move {
                        relay::serve(client, &open.0).await;
                    });
                },
            },
            None => {
                if plans.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}

fn socket() -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket()?;
    socket.bind(address)?;
    socket.listen(1024)
}
