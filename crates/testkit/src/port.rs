use std::{
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

use crate::random;

/// Below what systems give to outgoing connections, so that none of those takes a port between our choice and its use.
const RANGE: Range<u16> = 20_000..32_000;

/// A loopback port that nobody listens on.
pub fn free() -> u16 {
    loop {
        let random = random::bytes(2);
        let port = RANGE.start + u16::from_le_bytes([random[0], random[1]]) % (RANGE.end - RANGE.start);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
