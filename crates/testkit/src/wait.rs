use std::{
    thread,
    time::{Duration, Instant},
};

use crate::error::Result;

const PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer. `None` when the deadline has passed.
pub fn until<T>(deadline: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(Some(answer));
        }
        if start.elapsed() > deadline {
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}
