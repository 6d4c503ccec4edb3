//! Places that are to be held with a referral.

use brygga_domain::OrgId;
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::{ListCapacityRequest, PlacesWanted};
use clap::Args;

use crate::client::{LocalChannel, refused};
use crate::commands::hold::Wanted;
use crate::failure::Failure;

/// What is to be held at the recipient.
#[derive(Args)]
pub(super) struct PlacesArgs {
    /// Places of the recipient to hold with it, all or it is refused; may be repeated
    #[arg(long, value_name = "SERVICE[:WHOM/WHEN][=NUMBER]")]
    hold: Vec<Wanted>,
    /// For how long; what the agreement says when left out
    #[arg(long, value_name = "MINUTES", requires = "hold")]
    hold_minutes: Option<u32>,
    /// A child comes along to the places
    #[arg(long, requires = "hold")]
    with_child: bool,
}

impl PlacesArgs {
    /// The places by their names, as this node knows them of the recipient; none where none are to be held.
    pub(super) async fn at(
        &self,
        recipient: &OrgId,
        capacity: &mut CapacityServiceClient<LocalChannel>,
    ) -> Result<Option<PlacesWanted>, Failure> {
        if self.hold.is_empty() {
            return Ok(None);
        }
        let response = capacity.list_capacity(ListCapacityRequest::default()).await;
        let known = response.map_err(|status| refused(&status))?.into_inner().services;
        let told = known.into_iter().filter_map(|known| known.statement);
        let told: Vec<_> = told.filter(|told| told.publisher == recipient.as_str()).collect();
        let items = self.hold.iter().map(|wanted| wanted.item(&told));
        Ok(Some(PlacesWanted {
            items: items.collect::<Result<_, _>>()?,
            ttl_seconds: self.hold_minutes.map_or(0, |minutes| minutes.saturating_mul(60)),
            with_child: self.with_child,
        }))
    }
}
