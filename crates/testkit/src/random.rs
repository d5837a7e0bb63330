/// `bytes` random bytes in hexadecimal.
pub fn hex(bytes: usize) -> String {
    self::bytes(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).expect("the system has a source of random bytes");
    bytes
}
