//! The part of the demo with files: one passes the antivirus, and one does not.

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;

use super::agent::Agent;
use super::offices::Offices;
use super::story::Cast;
use super::transcript::Transcript;
use crate::process::say;

pub const REPORT: &str = "Compte rendu confidentiel de la réunion de crise";
/// The test file of <https://www.eicar.org>, in two parts, so that no antivirus finds this source.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTI", "VIRUS-TEST-FILE!$H+H*"];

/// Each sends the other a file in their conversation, which both have open.
pub fn tell(offices: &Offices, cast: &Cast<'_>, t: &mut Transcript, a: &mut Agent, b: &mut Agent) -> Result<()> {
    if offices.scanner.is_none() {
        say("files are left out: there is no antivirus here");
        return Ok(());
    }
    let folder = cast.folder.join("files");
    fs::create_dir_all(&folder).context("a folder for files")?;
    let write = |name: &str, content: String| {
        let path = folder.join(name);
        fs::write(&path, content).with_context(|| format!("writing {name}"))?;
        Ok::<_, anyhow::Error>(json!({"text": path}))
    };
    let (report, virus, answer, other) = ("rapport.txt", "facture.txt", "annexe.txt", "photo.txt");
    let (report_file, virus_file) = (write(report, REPORT.into())?, write(virus, EICAR.concat())?);
    let (answer_file, other_file) =
        (write(answer, format!("{REPORT}, annexe"))?, write(other, format!("{} ", EICAR.concat()))?);
    t.step("sends a file, encrypted", a, "send_file", report_file)?;
    t.step("opens it: the antivirus found nothing", b, "open_file", json!({"text": report}))?;
    t.step("sends a file with a virus", a, "send_file", virus_file)?;
    t.step("cannot open it: the antivirus refused it", b, "refuse_file", json!({"text": virus}))?;
    t.step("sends a file, encrypted", b, "send_file", answer_file)?;
    t.step("opens it: the antivirus found nothing", a, "open_file", json!({"text": answer}))?;
    t.step("sends a file with a virus", b, "send_file", other_file)?;
    t.step("cannot open it: the antivirus refused it", a, "refuse_file", json!({"text": other}))?;
    fs::remove_dir_all(&folder).context("clearing the files")
}
