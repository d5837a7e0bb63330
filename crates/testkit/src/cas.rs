//! A stand-in of a single sign-on of the time before OpenID Connect: CAS 3.0, as much of it as Synapse asks for. Whoever types an address is
//! let in under its name.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use url::{Url, form_urlencoded};

use crate::{
    error::{Doing, Result},
    random,
};

const IDLE: Duration = Duration::from_secs(60);
const FORM: u64 = 64 * 1024;

/// Who came in, by ticket.
type Tickets = Mutex<HashMap<String, String>>;

/// Serves on loopback until the process ends; returns where.
pub fn start() -> Result<Url> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| Ok((it.local_addr()?.port(), it)));
    let (port, listener) = bound.doing(|| "start the single sign-on's stand-in".into())?;
    let tickets = Arc::<Tickets>::default();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let tickets = tickets.clone();
            thread::spawn(move || serve(connection, &tickets));
        }
    });
    Ok(Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address of numbers parses"))
}

fn serve(mut connection: TcpStream, tickets: &Tickets) -> io::Result<()> {
    connection.set_read_timeout(Some(IDLE))?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    reader.read_line(&mut head)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = Vec::new();
    reader.take(length.min(FORM)).read_to_end(&mut body)?;
    connection.write_all(answer(&head, &body, tickets).as_bytes())
}

fn answer(head: &str, form: &[u8], tickets: &Tickets) -> String {
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let field =
        |of: &[u8], name: &str| form_urlencoded::parse(of).find(|(key, _)| key == name).map(|it| it.1.into_owned());
    let lock = || tickets.lock().unwrap_or_else(PoisonError::into_inner);
    match (method, path) {
        ("GET", "/login") => page("text/html", &format!("<form method=\"post\" action=\"/login?{query}\"></form>")),
        ("POST", "/login") => {
            let service = field(query.as_bytes(), "service").and_then(|service| Url::parse(&service).ok());
            let (Some(mut service), Some(email)) = (service, field(form, "email")) else { return refuse() };
            let ticket = format!("ST-{}", random::hex(16));
            service.query_pairs_mut().append_pair("ticket", &ticket);
            lock().insert(ticket, email.split('@').next().unwrap_or_default().to_owned());
            format!("HTTP/1.1 303 See Other\r\nLocation: {service}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        // A ticket serves once.
        ("GET", "/proxyValidate" | "/p3/proxyValidate") => {
            match field(query.as_bytes(), "ticket").and_then(|it| lock().remove(&it)) {
                Some(name) => {
                    said(&format!("<cas:authenticationSuccess><cas:user>{name}</cas:user></cas:authenticationSuccess>"))
                }
                None => said(
                    "<cas:authenticationFailure code=\"INVALID_TICKET\">no such ticket</cas:authenticationFailure>",
                ),
            }
        }
        _ => refuse(),
    }
}

fn said(what: &str) -> String {
    let text = format!("<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">{what}</cas:serviceResponse>");
    page("application/xml", &text)
}

fn page(kind: &str, text: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}

fn refuse() -> String {
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
}
