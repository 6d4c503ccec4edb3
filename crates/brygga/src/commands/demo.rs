//! `brygga demo`: a small Kalmar region on this machine, the story of one referral, an evening at a shelter,
//! a protected relocation and a morning of Kronofogden's notices.
//!
//! Everything goes through the commands that a real organisation uses, each organisation with its
//! own process, directory, keys, certificate and database. A step that does not turn out as it
//! should ends the demo with exit code 1.

mod evening;
mod morning;
mod places;
mod protected;
mod stage;
mod story;
mod withdrawal;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::{Invocation, Language};
use crate::failure::Failure;
use crate::output::Answer;

use stage::Stage;

/// Play a referral between four organisations on this machine
///
/// Kalmar kommun, Nybro kommun, Stadsmissionen and a coordinator join a federation, sign
/// agreements and exchange a consented referral. An evening at a shelter, a protected relocation and
/// a morning of Kronofogden's notices follow. The nodes of the four are left running afterwards, with
/// the commands to try next.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga demo\n  brygga demo --check\n  brygga demo --stop")]
pub(crate) struct DemoArgs {
    /// Play without a terminal: one line per step, nodes stopped at the end, exit code 1 if a step fails
    #[arg(long)]
    check: bool,
    /// Stop the nodes of an earlier demo and remove their directories
    #[arg(long, conflicts_with = "check")]
    stop: bool,
    /// Where the directories are made; anything that an earlier demo left there is removed
    #[arg(long, value_name = "DIR")]
    place: Option<PathBuf>,
}

impl DemoArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let name = if self.check {
            format!("brygga-demo-{}", std::process::id())
        } else {
            "brygga-demo".to_owned()
        };
        let place = self.place.clone().unwrap_or_else(|| std::env::temp_dir().join(name));
        let mut stage = Stage::new(place, at.language, self.check)?;
        stage.clear()?;
        if self.stop {
            return Ok(Answer::new(json!({ "stopped": true })).line(match at.language {
                Language::Sv => "Demons noder är stoppade och borttagna.",
                Language::En => "The nodes of the demo are stopped and removed.",
            }));
        }
        let played = story::play(&mut stage).await;
        if self.check || played.is_err() {
            stage.clear()?;
        }
        played?;
        let steps = stage.steps();
        let answer = Answer::new(json!({ "steps": steps, "failed": 0 }));
        Ok(if self.check {
            answer.line(format!("{steps} passed, 0 failed"))
        } else {
            answer.lines(stage.try_next())
        })
    }
}
