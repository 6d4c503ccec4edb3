//! `brygga capacity publish`.

use std::path::PathBuf;

use brygga_domain::Timestamp;
use clap::Args;

use super::{Service, own, shown};
use crate::capacity_file::{Description, LineArgs, LineName, Wanted};
use crate::cli::Invocation;
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::span::Span;
use crate::text::Text;
use crate::when;

/// What stands in a file.
const FILE_HELP: &str = "\
File (every key may be left out; flags replace what it says):
  service = \"natt\"                # own service: id, its last 8 digits, or part of the name
  valid_for = \"60m\"
  area = \"Kvarnholmen\"            # checked against the excluded areas, never stored or sent
  [description]
  name = \"Natthärbärget\"
  service_type = \"NIGHT_SHELTER\"
  place = \"BED\"
  municipality = \"0880\"
  season = \"10-01..03-31\"
  opening = \"19:00..08:00\"
  couples = true
  house_rules = [\"SOBRIETY_NONE\", \"PETS_ALLOWED\"]
  [[lines]]
  for = \"ANYBODY\"
  when = \"NIGHT\"
  baseline = 20
  occupied = 3
  overflow = 2";

/// Say how a service stands: only what is named is changed
///
/// A service that is not there yet is made, and its id printed; it needs --name, --type, --place and a line. Of one that
/// is there the rest stays as it stands, and the numbers are fresh again. Where somebody else was faster nothing is
/// published, and how it stands now is shown.
#[derive(Args)]
#[command(after_help = format!("Example:\n  brygga capacity publish --file natt.toml\n  \
    brygga capacity publish --service natt --occupied 12\n\n{FILE_HELP}"))]
pub(super) struct PublishArgs {
    /// Own service: a part of its name, its id, or the last 8 digits of that; not needed where there is one only
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// TOML file with the service; - for standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    lines: LineArgs,
    /// Line that there is no more; may be repeated
    #[arg(long, value_name = "WHOM/WHEN")]
    without: Vec<LineName>,
    /// For how long the numbers are relied on, such as 60m or 12h; as long as last time when left out
    #[arg(long, value_name = "TIME", conflicts_with = "valid_until")]
    valid_for: Option<Span>,
    /// Until when the numbers are relied on
    #[arg(long, value_name = "TIME", value_parser = when::parse)]
    valid_until: Option<Timestamp>,
    /// Number of the publication; the next when left out
    #[arg(long, value_name = "NUMBER")]
    sequence: Option<u64>,
    /// Area that it lies in, checked against the excluded areas and never stored or sent
    #[arg(long, value_name = "TEXT")]
    area: Option<String>,
    #[command(flatten)]
    description: Description,
}

impl PublishArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let published = own::publish(service, self.wanted()?, (at.now, at.language)).await?;
        let name = shown::name(published.statement.as_ref());
        let next = format!("brygga capacity publish --service \"{name}\" --occupied N");
        let answer = shown::one(&published, at.language);
        let answer = answer.line(Text::CapacityPublished.of(at.language));
        match self.file.is_some()
            || published.statement.as_ref().is_some_and(|one| one.sequence < 2)
        {
            true => Ok(answer.line(format!("{} {next}", Text::CapacityNextTime.of(at.language)))),
            false => Ok(answer),
        }
    }

    fn wanted(&self) -> Result<Wanted, Failure> {
        let mut wanted = match &self.file {
            Some(file) => Wanted::from_toml(&read_text(file)?)?,
            None => Wanted::default(),
        };
        wanted.service = self.service.clone().or(wanted.service);
        wanted.description = wanted.description.replaced_by(&self.description);
        wanted.lines.extend(self.lines.entries());
        wanted.without.clone_from(&self.without);
        wanted.valid_for = self.valid_for.or(wanted.valid_for);
        wanted.area = self.area.clone().or(wanted.area);
        (wanted.valid_until, wanted.sequence) = (self.valid_until, self.sequence);
        Ok(wanted)
    }
}
