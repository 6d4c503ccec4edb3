//! `brygga capacity push`: for organisations without a case system, whose file is what they have.
//!
//! Each time the file is written, all of it is published: whoever writes it says how everything stands then. Nothing
//! is kept but what the file said last.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use clap::ValueEnum;

use super::connect;
use super::csv::{TABLE_HELP, Told, publish};
use crate::capacity_file::Wanted;
use crate::capacity_file::table::{Batch, read};
use crate::cli::Invocation;
use crate::client::ClientArgs;
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::span::Span;
use crate::when;

/// First pause after the node could not be reached; each is twice the one before.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(60);
/// Exit code of what is worth another attempt.
const UNAVAILABLE: u8 = 4;
/// Somebody was faster: what stands now is read and the file said once more on top of it.
const CONFLICT: &str = "SEND_CAPACITY_SEQUENCE_CONFLICT";

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A table, as for "brygga capacity csv"
    Csv,
    /// An object in each line, with the keys of "brygga capacity publish --help"
    Jsonl,
}

/// Watch a file and publish it each time it is written, until stopped
///
/// All of the file is published then, so that also what is unchanged is fresh again. While the node cannot be reached it
/// is tried again, ever more seldom up to once a minute. From standard input each line of JSON is published as it comes.
#[derive(Args)]
#[command(after_help = format!("Example:\n  brygga capacity push platser.csv\n\n{TABLE_HELP}"))]
pub(super) struct PushArgs {
    /// The file; - for lines of JSON on standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How it is written; by the ending of its name when left out
    #[arg(long, value_enum)]
    form: Option<Form>,
    /// How often the file is looked at
    #[arg(long, value_name = "TIME", default_value = "2s")]
    every: Span,
}

impl PushArgs {
    pub(super) async fn run(
        &self,
        client: &ClientArgs,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        if self.file == Path::new("-") {
            return self.read_input(client, at).await;
        }
        let every = Duration::from_secs(self.every.0.0.unsigned_abs());
        let mut said = None;
        loop {
            match self.written(said.as_ref()) {
                Ok(Some((written, text))) => {
                    match self.batches(&text) {
                        Ok(batches) => push_all(client, batches, at).await,
                        Err(failure) => say(&failure.text(at.language)),
                    }
                    said = Some((written, text));
                }
                Ok(None) => {}
                Err(failure) => say(&failure.text(at.language)),
            }
            tokio::time::sleep(every).await;
        }
    }

    /// The file where it was written since.
    fn written(
        &self,
        said: Option<&(SystemTime, String)>,
    ) -> Result<Option<(SystemTime, String)>, Failure> {
        let failed = |error| Failure::file(&self.file, &error);
        let written = std::fs::metadata(&self.file).and_then(|of| of.modified()).map_err(failed)?;
        if said.is_some_and(|(before, _)| *before == written) {
            return Ok(None);
        }
        Ok(Some((written, read_text(&self.file)?)))
    }

    async fn read_input(&self, client: &ClientArgs, at: &Invocation) -> Result<Answer, Failure> {
        let mut has_failed = false;
        for (row, line) in (1..).zip(std::io::stdin().lock().lines()) {
            let line = line.map_err(|error| Failure::file(&self.file, &error))?;
            if !line.trim().is_empty() {
                has_failed |= !push(client, json_batch(row, &line), at).await;
            }
        }
        let json = serde_json::json!({"published": !has_failed});
        Ok(Answer::new(json).failed_if(has_failed))
    }

    fn batches(&self, text: &str) -> Result<Vec<Batch>, Failure> {
        let by_name = || match self.file.extension().is_some_and(|ending| ending == "csv") {
            true => Form::Csv,
            false => Form::Jsonl,
        };
        match self.form.unwrap_or_else(by_name) {
            Form::Csv => read(text),
            Form::Jsonl => {
                let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
                Ok(lines.map(|(row, line)| json_batch(row, line)).collect())
            }
        }
    }
}

fn json_batch(row: u64, line: &str) -> Batch {
    let wanted = Wanted::from_json(line);
    let service = wanted
        .as_ref()
        .ok()
        .and_then(|wanted| wanted.service.clone().or_else(|| wanted.description.name.clone()));
    Batch { rows: vec![row], service: service.unwrap_or_default(), wanted }
}

async fn push_all(client: &ClientArgs, batches: Vec<Batch>, at: &Invocation) {
    for batch in batches {
        push(client, batch, at).await;
    }
}

/// Publishes until the node has answered, and says how in one line. Whether it is published.
async fn push(client: &ClientArgs, batch: Batch, at: &Invocation) -> bool {
    let mut pause = BACKOFF_FIRST;
    let mut conflicts = 0;
    loop {
        // Each attempt has a token and a clock of its own: this runs for days.
        let attempt = Invocation { node: at.node.clone(), language: at.language, now: when::now() };
        let role = brygga_identity::roles::Role::ShelterStaff;
        let told = match connect(client, &attempt, role).await {
            Ok(mut service) => publish(&mut service, batch.clone(), &attempt).await,
            Err(failure) => Told::failed(batch.clone(), failure),
        };
        let at_clock = when::swedish(attempt.now);
        let lines = told.lines(at.language).join("; ").replace("\n ", "");
        say(&format!("{at_clock}  {lines}"));
        match &told.result {
            Ok(_) => return true,
            Err(failure) if failure.code() == CONFLICT && conflicts < 3 => conflicts += 1,
            Err(failure) if failure.exit_code() == UNAVAILABLE => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(BACKOFF_MAX);
            }
            Err(_) => return false,
        }
    }
}

fn say(line: &str) {
    // Whoever reads no more has stopped us, or soon will.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
