//! What happened in the demo, step by step: printed as it happens, and kept in `target/demo/transcript.json`.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use super::agent::Agent;

/// One step.
#[derive(Serialize)]
struct Step {
    step: String,
    who: String,
    language: String,
    server: String,
    ok: bool,
    ms: u64,
    detail: String,
}

/// All steps so far.
#[derive(Default)]
pub struct Transcript {
    steps: Vec<Step>,
    saw_plaintext: Option<bool>,
}

impl Transcript {
    /// Has `agent` do something, times it, and tells what came of it. The first step that fails ends the demo.
    pub fn step(&mut self, step: &str, agent: &mut Agent, what: &str, order: Value) -> Result<Value> {
        let begun = Instant::now();
        let outcome = agent.ask(what, order);
        let detail = match &outcome {
            Ok(answer) => detail(answer),
            Err(error) => format!("{error:#}"),
        };
        let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mark = if outcome.is_ok() { "✓" } else { "✗" };
        println!("{mark} {:5} {:6} {step:46} {ms:>6} ms  {detail}", agent.name, agent.language);
        self.steps.push(Step {
            step: step.to_owned(),
            who: agent.name.to_owned(),
            language: agent.language.to_owned(),
            server: agent.server.clone(),
            ok: outcome.is_ok(),
            ms,
            detail,
        });
        outcome
    }

    /// What the demo itself looked at, on an agent's device.
    pub fn fact(&mut self, step: &str, agent: &Agent, ok: bool, detail: String) -> Result<()> {
        let mark = if ok { "✓" } else { "✗" };
        println!("{mark} {:5} {:6} {step:46}            {detail}", agent.name, agent.language);
        let (who, language, server) = (agent.name.to_owned(), agent.language.to_owned(), agent.server.clone());
        self.steps.push(Step { step: step.to_owned(), who, language, server, ok, ms: 0, detail });
        if ok { Ok(()) } else { bail!("it is not so: {step}") }
    }

    /// Keeps whether the servers held a message or a password in clear, at any time that they were searched.
    pub fn plaintext(&mut self, saw: bool) {
        self.saw_plaintext = Some(saw || self.saw_plaintext == Some(true));
    }

    /// Prints the table of steps.
    pub fn table(&self) {
        println!("\n  step                                            who    in      at                   ms");
        for step in &self.steps {
            let Step { step, who, language, server, ok, ms, .. } = step;
            println!("{} {step:46}  {who:5}  {language:6}  {server:16}  {ms:>6}", if *ok { "✓" } else { "✗" });
        }
    }

    /// Writes it all down.
    pub fn write(&self, file: &Path) -> Result<()> {
        let mut list: Vec<Value> = self.steps.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
        list.push(json!({"servers_saw_plaintext": self.saw_plaintext}));
        let text = serde_json::to_string_pretty(&list)?;
        std::fs::write(file, text + "\n").with_context(|| format!("writing {}", file.display()))
    }

    /// An error unless every step succeeded and no server saw a message in clear.
    pub fn verdict(&self) -> Result<()> {
        if let Some(step) = self.steps.iter().find(|step| !step.ok) {
            bail!("the demo failed at: {}", step.step);
        }
        match self.saw_plaintext {
            Some(false) => Ok(()),
            Some(true) => bail!("a server holds a message in clear"),
            None => bail!("the servers were not searched"),
        }
    }
}

/// What an answer says beside that it is one.
fn detail(answer: &Value) -> String {
    let Some(fields) = answer.as_object() else { return String::new() };
    let shown =
        fields.iter().filter(|(name, _)| !["id", "ok", "lines", "item", "url", "base_url"].contains(&name.as_str()));
    let said = shown.map(|(name, value)| match value {
        Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    said.collect::<Vec<_>>().join(", ")
}
