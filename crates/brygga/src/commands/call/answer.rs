//! `brygga call answer`.

use brygga_proto::local::v1::call_service_client::CallServiceClient;
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::{AnswerCallRequest, ListServicesRequest};
use clap::Args;

use super::{by_id, shown};
use crate::capacity_file::LineName;
use crate::cli::Invocation;
use crate::client::{LocalChannel, refused};
use crate::commands::hold::Wanted;
use crate::failure::Failure;
use crate::identifier::IdentifierOrEnding;
use crate::output::Answer;

/// Hold own places for whoever calls; the first answer wins
///
/// The places are held at once. Where another was first they are free again, without anybody doing anything.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga call answer 0f8e2c61 natt\n  \
    brygga call answer 0f8e2c61 natt --line WOMEN/NIGHT --places 1 --also jour:ANYBODY/NIGHT=1")]
pub(super) struct AnswerArgs {
    /// The call, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// Own service: a part of its name, its id, or the last 8 digits of that
    #[arg(value_name = "SERVICE")]
    service: String,
    /// Whom for and when; not needed where the service has one line
    #[arg(long, value_name = "WHOM/WHEN")]
    line: Option<LineName>,
    /// How many of it; as many as are looked for when left out
    #[arg(long, value_name = "NUMBER")]
    places: Option<u32>,
    /// Places of another line or service; may be repeated
    #[arg(long, value_name = "SERVICE[:WHOM/WHEN][=NUMBER]")]
    also: Vec<Wanted>,
}

impl AnswerArgs {
    pub(super) async fn run(
        &self,
        channel: LocalChannel,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let mut capacity = CapacityServiceClient::new(channel.clone());
        let response = capacity.list_services(ListServicesRequest {}).await;
        let own = response.map_err(|status| refused(&status))?.into_inner().services;
        let told: Vec<_> = own.into_iter().filter_map(|service| service.statement).collect();
        let mut calls = CallServiceClient::new(channel);
        let call = by_id(&mut calls, &self.id).await?;
        let wanted = call.wanted.as_ref().map_or(0, |wanted| wanted.places);
        let places = self.places.unwrap_or(wanted);
        let first = Wanted { service: self.service.clone(), line: self.line, places };
        let all = std::iter::once(&first).chain(&self.also);
        let items = all.map(|wanted| wanted.item(&told)).collect::<Result<_, _>>()?;
        let request = AnswerCallRequest { call_id: call.call_id, items };
        let response = calls.answer_call(request).await;
        let call = response.map_err(|status| refused(&status))?.into_inner().call;
        let call = call.unwrap_or_default();
        Ok(shown::one(&call, at.language).lines(shown::next(&call, at.language)))
    }
}
