//! The mail sink: it takes every mail that the servers send, and delivers none.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    error::{Doing, Error, Result},
    http,
};

const IDLE: Duration = Duration::from_secs(60);

/// A mail that a server sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub to: String,
    /// Its text for people without HTML.
    pub text: String,
}

/// Listens for mail on loopback until the process ends (RFC 5321, as much of it as servers use).
#[derive(Debug)]
pub struct MailSink {
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl MailSink {
    pub fn start() -> Result<Self> {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| Ok((it.local_addr()?.port(), it)));
        let (port, listener) = bound.doing(|| "start the mail sink".into())?;
        let mails = Arc::<Mutex<Vec<Mail>>>::default();
        let taken = mails.clone();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let taken = taken.clone();
                thread::spawn(move || talk(connection, &taken));
            }
        });
        Ok(Self { port, mails })
    }

    /// The mails to this address so far, the oldest first.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        lock(&self.mails).iter().filter(|mail| mail.to.eq_ignore_ascii_case(address)).cloned().collect()
    }
}

/// Does with a mail's link what a person would: opens it, and says yes where the page asks. Blocks.
pub fn follow(link: &str) -> Result<()> {
    let page = http::expect("GET", link, None, None)?;
    let page = page.as_str().unwrap_or_default();
    if !page.contains("<form") {
        return Ok(());
    }
    let hidden = page.split("<input").skip(1).filter_map(|input| {
        let value = |name: &str| input.split(&format!("{name}=\"")).nth(1)?.split('"').next();
        Some((value("name")?, value("value")?))
    });
    let hidden: Vec<_> = hidden.collect();
    let mut to = Url::parse(link).map_err(|error| Error::BadInput(error.to_string()))?;
    to.set_query(None);
    http::form(to.as_str(), None, &hidden).map(drop)
}

fn talk(connection: TcpStream, mails: &Mutex<Vec<Mail>>) -> io::Result<()> {
    connection.set_read_timeout(Some(IDLE))?;
    let mut answer = connection.try_clone()?;
    let mut lines = BufReader::new(connection).lines();
    let mut to = Vec::new();
    answer.write_all(b"220 mail sink\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let told: &[u8] = match verb.as_str() {
            "RCPT" => {
                to.extend(line.split(['<', '>']).nth(1).map(str::to_owned));
                b"250 OK\r\n"
            }
            "DATA" => {
                answer.write_all(b"354 go on\r\n")?;
                let mut source = Vec::new();
                for line in lines.by_ref() {
                    match line? {
                        end if end == "." => break,
                        // A dot at the beginning is doubled on the way (section 4.5.2).
                        line => source.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned)),
                    }
                }
                let text = text(&source);
                lock(mails).extend(to.drain(..).map(|to| Mail { to, text: text.clone() }));
                b"250 taken\r\n"
            }
            "QUIT" => return answer.write_all(b"221 bye\r\n"),
            "EHLO" | "HELO" | "MAIL" | "RSET" | "NOOP" => b"250 OK\r\n",
            _ => b"502 not here\r\n",
        };
        answer.write_all(told)?;
    }
    Ok(())
}

/// The plain text in a mail of several parts (RFC 2046), as Python writes them: UTF-8, in base64 where it has to be.
fn text(source: &[String]) -> String {
    let plain = source.iter().position(|line| line.starts_with("Content-Type: text/plain"));
    let part = &source[plain.unwrap_or_default()..];
    let (head, body) = part.split_at(part.iter().position(String::is_empty).map_or(part.len(), |blank| blank + 1));
    let body: Vec<&str> = body.iter().map(String::as_str).take_while(|line| !line.starts_with("--=")).collect();
    let in_base64 = head.iter().any(|line| line.eq_ignore_ascii_case("Content-Transfer-Encoding: base64"));
    match in_base64.then(|| BASE64_STANDARD.decode(body.concat())) {
        Some(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => body.join("\n"),
    }
}

fn lock(mails: &Mutex<Vec<Mail>>) -> MutexGuard<'_, Vec<Mail>> {
    mails.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_taken_and_read() {
        let sink = MailSink::start().unwrap();
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, sink.port)).unwrap();
        let mail = "Content-Type: multipart/alternative; boundary=\"===1==\"\r\n\r\n--===1==\r\n\
                    Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                    Qm9uam91\r\nciDDqQ==\r\n\r\n--===1==\r\nContent-Type: text/html\r\n\r\n<p>\r\n--===1==--\r\n.\r\n";
        let said = format!("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<jean@agent.test>\r\nDATA\r\n{mail}QUIT\r\n");
        connection.write_all(said.as_bytes()).unwrap();
        let answers: Vec<String> = BufReader::new(connection).lines().map(Result::unwrap).collect();
        assert_eq!(answers.last().unwrap(), "221 bye");
        let expected = Mail { to: "jean@agent.test".into(), text: "Bonjour é".into() };
        assert_eq!(sink.to("Jean@agent.test"), [expected]);
        assert_eq!(sink.to("other@agent.test"), []);
    }
}
