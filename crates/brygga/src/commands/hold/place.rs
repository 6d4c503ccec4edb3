//! `brygga hold place`.

use std::str::FromStr;

use brygga_domain::OrgId;
use brygga_proto::capacity::v1::{CapacityStatement, HoldItem};
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::hold_service_client::HoldServiceClient;
use brygga_proto::local::v1::{HoldState, ListCapacityRequest, PlaceHoldRequest};
use clap::Args;

use super::{seconds, shown};
use crate::capacity_file::{LineName, incomplete};
use crate::cli::Invocation;
use crate::client::{LocalChannel, refused};
use crate::commands::capacity::only;
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::span::Span;
use crate::text::complaint::Complaint;

/// Hold places at another organisation, all of them or none
///
/// The publisher's node decides and answers at once where it can be reached. A place is held until the time that is
/// shown; confirm it when somebody comes, or give it back.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga hold place org:8020001234 natt --places 1\n  \
    brygga hold place org:8020001234 natt --line WOMEN/NIGHT --also förvaring:ANYBODY/DAY=1")]
pub(super) struct PlaceArgs {
    /// Who gives the places
    #[arg(value_name = "PUBLISHER")]
    publisher: OrgId,
    /// Service: a part of its name, its id, or the last 8 digits of that
    #[arg(value_name = "SERVICE")]
    service: String,
    /// Whom for and when; not needed where the service has one line
    #[arg(long, value_name = "WHOM/WHEN")]
    line: Option<LineName>,
    /// How many
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    places: u32,
    /// Something more at the same publisher; may be repeated
    #[arg(long, value_name = "SERVICE[:WHOM/WHEN][=NUMBER]")]
    also: Vec<Wanted>,
    /// For how long; what the agreement says when left out
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<u32>,
    /// A child comes along
    #[arg(long)]
    with_child: bool,
    /// For how long to wait for the answer, at most 20s
    #[arg(long, value_name = "TIME", default_value = "10s")]
    wait: Span,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

/// Places of a line, as a person names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) service: String,
    pub(crate) line: Option<LineName>,
    pub(crate) places: u32,
}

impl FromStr for Wanted {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let (what, places) = match text.rsplit_once('=') {
            Some((what, places)) => (what, places.parse().map_err(|_| Complaint::NotALine)?),
            None => (text, 1),
        };
        let (service, line) = match what.rsplit_once(':') {
            Some((service, line)) => (service, Some(line.parse()?)),
            None => (what, None),
        };
        Ok(Self { service: service.to_owned(), line, places })
    }
}

impl PlaceArgs {
    pub(super) async fn run(
        &self,
        channel: LocalChannel,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let mut capacity = CapacityServiceClient::new(channel.clone());
        let response = capacity.list_capacity(ListCapacityRequest::default()).await;
        let known = response.map_err(|status| refused(&status))?.into_inner().services;
        let told = known.into_iter().filter_map(|known| known.statement);
        let told: Vec<_> = told.filter(|told| told.publisher == self.publisher.as_str()).collect();
        let request = self.request(&told)?;
        let response = HoldServiceClient::new(channel).place_hold(request).await;
        let hold = response.map_err(|status| refused(&status))?.into_inner().hold;
        let hold = hold.unwrap_or_default();
        match hold.state() {
            HoldState::Refused => Err(Failure::refused(hold.reason, "")),
            _ => Ok(shown::one(&hold, at.language).lines(shown::next(&hold, at.language))),
        }
    }

    fn request(&self, told: &[CapacityStatement]) -> Result<PlaceHoldRequest, Failure> {
        let (service, line, places) = (self.service.clone(), self.line, self.places);
        let first = Wanted { service, line, places };
        let all = std::iter::once(&first).chain(&self.also);
        Ok(PlaceHoldRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            publisher: self.publisher.to_string(),
            items: all.map(|wanted| wanted.item(told)).collect::<Result<_, _>>()?,
            ttl_seconds: self.minutes.map_or(0, |minutes| minutes.saturating_mul(60)),
            with_child: self.with_child,
            wait_seconds: seconds(self.wait),
            reentry_of: Vec::new(),
        })
    }
}

impl Wanted {
    /// The line that is meant among what a publisher tells.
    pub(crate) fn item(&self, told: &[CapacityStatement]) -> Result<HoldItem, Failure> {
        let meant = &told[only(told.iter().map(Some), &self.service)?];
        let service_id = meant.service.clone().unwrap_or_default().service_id;
        let (place_for, period) = match (self.line, meant.lines.as_slice()) {
            (Some(name), _) => (name.place_for.into(), name.period.into()),
            (None, [line]) => (line.place_for, line.period),
            (None, lines) => return Err(incomplete("say which line is meant", lines)),
        };
        Ok(HoldItem { service_id, place_for, period, places: self.places })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_along_is_named_with_its_line_and_number() {
        let also: Wanted = "förvaring:ANYBODY/DAY=2".parse().unwrap();
        assert_eq!((also.service.as_str(), also.places), ("förvaring", 2));
        assert_eq!(also.line, Some("anybody/day".parse().unwrap()));
        let also: Wanted = "natt".parse().unwrap();
        assert_eq!((also.service.as_str(), also.line, also.places), ("natt", None, 1));
        assert!("natt:KATTER/NIGHT".parse::<Wanted>().is_err());
    }
}
