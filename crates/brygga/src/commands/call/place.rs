//! `brygga call place`.

use brygga_domain::code::CodedTerm;
use brygga_proto::capacity::v1::WantedPlaces;
use brygga_proto::local::v1::PlaceCallRequest;
use clap::Args;

use super::{Service, shown};
use crate::capacity_file::LineName;
use crate::cli::Invocation;
use crate::client::refused;
use crate::commands::referral::service;
use crate::content_file::term_to_proto;
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::span::Span;

/// Ask every party of an agreement that may publish such places; the first answer wins
///
/// Nothing is told of whoever the places are for. Whoever answers holds its places at once, so the first answer is
/// already a hold: confirm it when somebody comes, or give it back. The others' places are free again by themselves.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga call place --agreement AGREEMENT-ID --service NIGHT_SHELTER \
    --line WOMEN/NIGHT --places 2"
)]
pub(super) struct PlaceArgs {
    /// Agreement whose parties are asked
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Identifier,
    /// What is looked for: a code of the list in "brygga referral request --help"; a narrower one fits
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: CodedTerm,
    /// Whom for and when; places for anybody and around the clock fit too
    #[arg(long, value_name = "WHOM/WHEN")]
    line: LineName,
    /// How many
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    places: u32,
    /// A child comes along
    #[arg(long)]
    with_child: bool,
    /// For how long they are held; what the agreement says when left out
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<u32>,
    /// For how long answers are waited for, 1m to 24h
    #[arg(long, value_name = "TIME", default_value = "30m")]
    answer_within: Span,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

impl PlaceArgs {
    pub(super) async fn run(
        &self,
        calls: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let response = calls.place_call(self.request()).await;
        let call = response.map_err(|status| refused(&status))?.into_inner().call;
        let call = call.unwrap_or_default();
        Ok(shown::one(&call, at.language).lines(shown::next(&call, at.language)))
    }

    fn request(&self) -> PlaceCallRequest {
        let wanted = WantedPlaces {
            service_type: Some(term_to_proto(&self.service)),
            place_for: self.line.place_for.into(),
            period: self.line.period.into(),
            places: self.places,
            with_child: self.with_child,
            ttl_seconds: self.minutes.map_or(0, |minutes| minutes.saturating_mul(60)),
            answer_by: None,
        };
        PlaceCallRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            agreement_id: self.agreement.to_bytes(),
            wanted: Some(wanted),
            // The node refuses too long a time.
            answer_within_seconds: u32::try_from(self.answer_within.0.0).unwrap_or(u32::MAX),
        }
    }
}
