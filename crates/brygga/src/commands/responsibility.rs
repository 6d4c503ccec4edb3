//! `brygga responsibility`: which municipality is responsible, by municipalities and codes only.

use brygga_domain::OrgId;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::transfer_service_client::TransferServiceClient;
use brygga_proto::local::v1::{
    Certainty, Confinement, FindResponsibleRequest, FindResponsibleResponse, NeedRaised,
    PlacementForm, ResponsibilityBasis, ResponsibilityExtent, Ties,
};
use clap::Args;
use serde_json::json;

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::output::Answer;
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::wire_code;

const LABEL_WIDTH: usize = 22;

/// Find the municipality that is responsible for somebody (SoL 29:1-4); nothing is stored or sent
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga responsibility --host kommun:0880 --ties LIVES_IN --ties-to kommun:0881"
)]
pub(crate) struct ResponsibilityArgs {
    #[command(flatten)]
    client: ClientArgs,
    /// Municipality where the person is now
    #[arg(long, value_name = "MUNICIPALITY")]
    host: OrgId,
    /// Where the person belongs
    #[arg(long, value_name = "TIES", value_parser = wire_code::parser::<Ties>())]
    ties: Ties,
    /// Municipality of the ties
    #[arg(long, value_name = "MUNICIPALITY")]
    ties_to: Option<OrgId>,
    /// In prison or hospital
    #[arg(long, value_name = "PLACE", value_parser = wire_code::parser::<Confinement>(), requires = "raised")]
    confinement: Option<Confinement>,
    /// When the need was raised
    #[arg(long, value_name = "WHEN", value_parser = wire_code::parser::<NeedRaised>(), requires = "confinement")]
    raised: Option<NeedRaised>,
    /// Municipality that decided on a placement
    #[arg(long, value_name = "MUNICIPALITY", requires = "placement")]
    placed_by: Option<OrgId>,
    /// Form of the placement
    #[arg(long, value_name = "FORM", value_parser = wire_code::parser::<PlacementForm>(), requires = "placed_by")]
    placement: Option<PlacementForm>,
    /// Municipality in folkbokföringen; cannot be given for somebody with skyddad folkbokföring
    #[arg(long, value_name = "MUNICIPALITY", conflicts_with = "protected_registration")]
    registered_in: Option<OrgId>,
    /// The person has skyddad folkbokföring: where must not be used
    #[arg(long)]
    protected_registration: bool,
}

impl ResponsibilityArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::CaseWorker).await?;
        let mut service = TransferServiceClient::new(channel);
        let response = service.find_responsible(self.request()).await;
        let found = response.map_err(|status| refused(&status))?.into_inner();
        Ok(shown(&found, at.language))
    }

    fn request(&self) -> FindResponsibleRequest {
        let text = |one: &Option<OrgId>| one.as_ref().map(OrgId::to_string).unwrap_or_default();
        FindResponsibleRequest {
            host: self.host.to_string(),
            confinement: self.confinement.unwrap_or_default().into(),
            raised: self.raised.unwrap_or_default().into(),
            placed_by: text(&self.placed_by),
            placement: self.placement.unwrap_or_default().into(),
            registered_in: text(&self.registered_in),
            protected_registration: self.protected_registration,
            ties: self.ties.into(),
            ties_to: text(&self.ties_to),
        }
    }
}

fn shown(found: &FindResponsibleResponse, language: Language) -> Answer {
    let all = [
        (Text::Responsible, found.responsible.clone()),
        (Text::ResponsibleFor, word::<ResponsibilityExtent>(found.extent, language)),
        (Text::HostAcute, found.host_acute.clone()),
        (Text::Section, word::<ResponsibilityBasis>(found.basis, language)),
        (Text::Certainty, word::<Certainty>(found.certainty, language)),
    ];
    let lines = all.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language)));
    let unclear = found.certainty() == Certainty::Unclear;
    let json = json!({
        "responsible": found.responsible,
        "extent": wire_code::show::<ResponsibilityExtent>(found.extent),
        "host_acute": found.host_acute,
        "basis": wire_code::show::<ResponsibilityBasis>(found.basis),
        "certainty": wire_code::show::<Certainty>(found.certainty),
    });
    let advice = unclear.then(|| Text::HostActs.of(language).to_owned());
    Answer::new(json).lines(lines).lines(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unclear_answer_says_that_the_host_acts() {
        let found = FindResponsibleResponse {
            responsible: "kommun:0880".to_owned(),
            extent: ResponsibilityExtent::All.into(),
            host_acute: "kommun:0880".to_owned(),
            basis: ResponsibilityBasis::Sol294.into(),
            certainty: Certainty::Unclear.into(),
        };
        let text = shown(&found, Language::Sv).text();
        assert!(text.contains("SoL 29:4") && text.contains("oklart"), "{text}");
        assert!(text.contains(Text::HostActs.of(Language::Sv)), "{text}");
        assert_eq!(shown(&found, Language::Sv).json()["certainty"], "UNCLEAR");
    }
}
