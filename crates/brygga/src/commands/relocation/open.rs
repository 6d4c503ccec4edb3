//! `brygga relocation open`.

use brygga_proto::local::v1::{OfficerProof, OpenRelocationRequest, WithheldInsight};
use brygga_proto::relocation::v1::{
    AgeBand, BlindNeed, Earliest, ProtectionLevel, RelocationHousing, RelocationRoute,
    RelocationSupport, SecrecyBasis,
};
use brygga_proto::types::v1::ThirdPersonRelation;
use clap::Args;
use serde_json::json;

use super::Service;
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::complaint::Complaint;
use crate::text::relocation::RelocationText;
use crate::wire_code::parser;
use crate::{when, wire_code};

/// Open a case; nothing leaves the node by it
///
/// Everything is a code. No name, number, place or text about the person is asked for, and the members that are
/// excluded leave the sealed record nowhere.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt open \
    --with OFFICER-ID --agreement AGREEMENT-ID --route APPLICATION_29_7 --level THREATENED --exclude kommun:0192 \
    --adults 1 --child 0_5 --housing DWELLING --support WEEKLY --earliest NOW"
)]
pub(super) struct OpenArgs {
    /// Handle of another officer of the case; 1 to 3 times
    #[arg(long, value_name = "OFFICER-ID", required = true)]
    with: Vec<Identifier>,
    /// The exchange network's agreement
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Identifier,
    /// By which way the person moves
    #[arg(long, value_parser = parser::<RelocationRoute>())]
    route: RelocationRoute,
    /// How the person is protected; it never sinks
    #[arg(long, value_parser = parser::<ProtectionLevel>())]
    level: ProtectionLevel,
    /// Rule of secrecy that was examined; may wait until something is disclosed
    #[arg(long, value_parser = parser::<SecrecyBasis>())]
    secrecy_basis: Option<SecrecyBasis>,
    /// A member that is never asked; may be repeated
    #[arg(long, value_name = "ORGANISATION")]
    exclude: Vec<String>,
    /// Somebody from whom insight is withheld, and since which decision; may be repeated
    #[arg(long, value_name = "RELATION=DATE", value_parser = withheld)]
    withheld: Vec<WithheldInsight>,
    /// How many are 18 or older, 1 to 6
    #[arg(long, value_name = "NUMBER")]
    adults: u32,
    /// A child's age; once for each child
    #[arg(long, value_parser = parser::<AgeBand>())]
    child: Vec<AgeBand>,
    /// Somebody uses a wheelchair
    #[arg(long)]
    wheelchair: bool,
    /// An animal comes along
    #[arg(long)]
    animals: bool,
    /// A language that has to be spoken (ISO 639); at most 3
    #[arg(long, value_name = "LANGUAGE")]
    speaks: Vec<String>,
    /// What is needed
    #[arg(long, value_parser = parser::<RelocationHousing>())]
    housing: RelocationHousing,
    /// How much support
    #[arg(long, value_parser = parser::<RelocationSupport>())]
    support: RelocationSupport,
    /// When
    #[arg(long, value_parser = parser::<Earliest>())]
    earliest: Earliest,
}

impl OpenArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        proof: Option<OfficerProof>,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let response = service.open_relocation(self.request(proof)).await;
        let opened = response.map_err(|status| refused(&status))?.into_inner().relocation_id;
        let answer = Answer::new(json!({"relocation_id": show(&opened)}));
        Ok(answer.line(format!("{}: {}", RelocationText::Case.of(at.language), show(&opened))))
    }

    fn request(&self, proof: Option<OfficerProof>) -> OpenRelocationRequest {
        OpenRelocationRequest {
            proof,
            other_officers: self.with.iter().map(|officer| officer.to_bytes()).collect(),
            agreement_id: self.agreement.to_bytes(),
            route: self.route.into(),
            level: self.level.into(),
            secrecy_basis: self.secrecy_basis.unwrap_or_default().into(),
            exclusions: self.exclude.clone(),
            withheld: self.withheld.clone(),
            need: Some(BlindNeed {
                adults: self.adults,
                children: self.child.iter().map(|child| (*child).into()).collect(),
                wheelchair: self.wheelchair,
                animals: self.animals,
                languages: self.speaks.clone(),
                housing: self.housing.into(),
                support: self.support.into(),
                earliest: self.earliest.into(),
            }),
        }
    }
}

/// `GUARDIAN=2026-01-15`: how somebody is related, never who it is. The node sets when it is reviewed.
fn withheld(text: &str) -> Result<WithheldInsight, Complaint> {
    let (relation, decided) = text.split_once('=').ok_or(Complaint::ValueForm)?;
    let relation = wire_code::parse::<ThirdPersonRelation>(relation).ok_or(Complaint::ValueForm)?;
    let decided_at = Some(when::to_proto(when::parse(decided)?));
    Ok(WithheldInsight { relation: relation.into(), decided_at, review_due: None })
}
