use std::io::{self, ErrorKind};

use tokio::io::{AsyncRead, AsyncReadExt};

const LIMIT: usize = 64 * 1024;

/// An HTTP/1 request of which the head, and perhaps a part of the body, has come.
pub struct Head {
    /// The path and query, as asked.
    pub target: String,
    /// The head, and what has been read of the body.
    pub bytes: Vec<u8>,
    end: usize,
}

impl Head {
    /// Reads a head. `None` when the client goes away first.
    pub async fn read(client: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let line = String::from_utf8_lossy(&bytes[..end]);
                let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
                return Ok(Some(Self { target, bytes, end: end + 4 }));
            }
            if bytes.len() > LIMIT {
                return Err(ErrorKind::InvalidData.into());
            }
            if client.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The path, without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The bytes to send on: the same request, and the wish that the connection ends after its answer.
    pub fn forwarded(&self) -> Vec<u8> {
        let head = &self.bytes[..self.end - 2];
        let mut forwarded = Vec::with_capacity(self.bytes.len() + 32);
        for line in head.split_inclusive(|byte| *byte == b'\n') {
            if !line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case(b"connection:")) {
                forwarded.extend_from_slice(line);
            }
        }
        forwarded.extend_from_slice(b"Connection: close\r\n\r\n");
        forwarded.extend_from_slice(&self.bytes[self.end..]);
        forwarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn forwards_one_request_a_connection_and_what_came_of_its_body() {
        let request = b"POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nconnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc";
        let head = Head::read(&mut &request[..]).await.unwrap().unwrap();
        assert_eq!((head.target.as_str(), head.path()), ("/a/b?c=d", "/a/b"));
        let expected = "POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";
        assert_eq!(String::from_utf8(head.forwarded()).unwrap(), expected);
        assert!(Head::read(&mut &b"GET / HTTP/1.1\r\n"[..]).await.unwrap().is_none());
    }
}
