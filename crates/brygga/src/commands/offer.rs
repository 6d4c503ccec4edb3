//! `brygga offer`: open referrals, which whoever is first of an agreement's parties gets.

mod make;
mod shown;

use brygga_domain::UnitId;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::offer_service_client::OfferServiceClient;
use brygga_proto::local::v1::{
    ClaimOfferRequest, ListOffersRequest, ShowOfferRequest, WithdrawOfferRequest,
};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};
use crate::output::Answer;
use crate::text::Text;

/// The node's offers, asked in the caller's name.
type Service = OfferServiceClient<LocalChannel>;

/// Offer a referral to whoever is first, and claim what others offer
#[derive(Args)]
pub(crate) struct OfferArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Make(Box<make::MakeArgs>),
    /// List what is open, own and others', and claims that were too late
    #[command(after_help = "Example:\n  brygga offer list")]
    List,
    /// Show an offer, open or not
    #[command(after_help = "Example:\n  brygga offer show 0f8e2c61")]
    Show {
        /// The offer, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// Promise to take the person on; the first promise gets the referral, already accepted
    #[command(after_help = "Example:\n  brygga offer claim 0f8e2c61 --unit nattharbarget")]
    Claim {
        /// The offer, or the last 8 digits of its id
        id: IdentifierOrEnding,
        /// Function that takes the person on; the intake when left out
        #[arg(long, value_name = "UNIT")]
        unit: Option<UnitId>,
    },
    /// Take an own offer back that nobody has claimed
    #[command(after_help = "Example:\n  brygga offer withdraw 0f8e2c61")]
    Withdraw {
        /// The offer, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
}

impl OfferArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::CaseWorker).await?;
        let mut service = OfferServiceClient::new(channel);
        match &self.action {
            Action::Make(args) => args.run(&mut service, at).await,
            Action::List => {
                let response = service.list_offers(ListOffersRequest {}).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::list(&found.offers, at.language))
            }
            Action::Show { id } => {
                let offer_id = find(&mut service, id).await?;
                let response = service.show_offer(ShowOfferRequest { offer_id }).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::one(&found.offer.unwrap_or_default(), at.language))
            }
            Action::Claim { id, unit } => {
                let unit = unit.as_ref().map(UnitId::to_string).unwrap_or_default();
                let offer_id = find(&mut service, id).await?;
                let response = service.claim_offer(ClaimOfferRequest { offer_id, unit }).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                let answer = shown::one(&found.offer.unwrap_or_default(), at.language);
                Ok(answer.line(Text::OfferClaimed.of(at.language)))
            }
            Action::Withdraw { id } => {
                let offer_id = find(&mut service, id).await?;
                let response = service.withdraw_offer(WithdrawOfferRequest { offer_id }).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                let answer = shown::one(&found.offer.unwrap_or_default(), at.language);
                Ok(answer.line(Text::OfferWithdrawn.of(at.language)))
            }
        }
    }
}

/// The id of the offer that is meant; an ending is looked for among those that are open.
async fn find(service: &mut Service, id: &IdentifierOrEnding) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    let response = service.list_offers(ListOffersRequest {}).await;
    let found = response.map_err(|status| refused(&status))?.into_inner();
    let candidates: Vec<_> = found.offers.into_iter().map(|offer| offer.offer_id).collect();
    only_match(ending, &candidates)
}
