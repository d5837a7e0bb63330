//! What every benchmark does with its figures: sides measured in turns, medians and 99th percentiles, one line for `cargo xtask bench`.
#![allow(dead_code)]

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// What was measured of one side, in milliseconds.
#[derive(Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn push(&mut self, took: Duration) {
        self.0.push(took.as_secs_f64() * 1e3);
    }

    pub fn push_ms(&mut self, ms: f64) {
        self.0.push(ms);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn p50(&self) -> f64 {
        self.at(0.50)
    }

    /// With fewer than 100 samples, the worst.
    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }

    /// By nearest rank.
    fn at(&self, quantile: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (quantile * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
    }
}

/// One line of the table: the three sides on the same work.
pub struct Figure {
    row: u32,
    case: String,
    fields: Map<String, Value>,
    n: usize,
}

impl Figure {
    pub fn new(row: u32, case: impl Into<String>) -> Self {
        Self { row, case: case.into(), fields: Map::new(), n: 0 }
    }

    /// `name` is `ours`, `peer` or `floor`; others are kept beside them.
    pub fn side(mut self, name: &str, samples: &Samples) -> Self {
        self.n = if self.n == 0 { samples.len() } else { self.n.min(samples.len()) };
        self.fields.insert(format!("{name}_ms"), json!(rounded(samples.p50())));
        self.fields.insert(format!("{name}_p99_ms"), json!(rounded(samples.p99())));
        self
    }

    /// A fact beside the figures.
    pub fn note(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Prints it, for `cargo xtask bench` and for a person.
    pub fn print(self) {
        let mut line = Map::new();
        line.insert("row".into(), json!(self.row));
        line.insert("case".into(), json!(self.case));
        line.insert("unit".into(), json!("ms"));
        line.extend(self.fields);
        line.insert("n".into(), json!(self.n));
        println!("BENCH {}", Value::Object(line));
    }
}

/// Measures the sides in turns, `times` each, so that what disturbs the machine disturbs all of them. Who begins changes.
pub fn in_turns<const SIDES: usize>(times: usize, sides: [&mut dyn FnMut() -> Duration; SIDES]) -> [Samples; SIDES] {
    let mut samples: [Samples; SIDES] = std::array::from_fn(|_| Samples::default());
    for turn in 0..times {
        for step in 0..SIDES {
            let side = (turn + step) % SIDES;
            samples[side].push(sides[side]());
        }
    }
    samples
}

/// How long `work` takes.
pub fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// How often to measure: `BULLA_BENCH_N`, or as said.
pub fn times(usual: usize) -> usize {
    std::env::var("BULLA_BENCH_N").ok().and_then(|it| it.parse().ok()).unwrap_or(usual)
}

fn rounded(ms: f64) -> f64 {
    (ms * 1e4).round() / 1e4
}
