//! `brygga signal step`.

use std::path::PathBuf;

use brygga_proto::local::v1::{SignalAct, StepReason, TakeSignalStepRequest};
use clap::Args;
use zeroize::Zeroizing;

use super::{Service, content, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, IdentifierOrEnding};
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::wire_code;

/// Take the next step about a signal, and tell the other end unless it stays here
///
/// LETTER, CALL, VISIT, PLAN, SUBTENANTS_CHECKED, EVICTION_NOTICE and MARK_ILL_HEALTH stay at the municipality.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga signal step 0f8e2c61 --act TAKEN_ON\n  \
    brygga signal step 0f8e2c61 --act VISIT --reason CHILDREN\n  \
    brygga signal step 0f8e2c61 --act UNDERTAKING --month 2026-11 --amount 8431.00")]
pub(super) struct StepArgs {
    /// The signal, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// What is done
    #[arg(long, value_name = "ACT", value_parser = wire_code::parser::<SignalAct>())]
    act: SignalAct,
    /// With TENANT_SERVED: when the tenant was served
    #[arg(long, value_name = "DAY", default_value = "", hide_default_value = true)]
    on: String,
    /// Why a visit comes before any letter
    #[arg(long, value_name = "REASON", value_parser = wire_code::parser::<StepReason>())]
    reason: Option<StepReason>,
    /// With UNDERTAKING: a month whose rent is paid, as 2026-11; may be given several times
    #[arg(long = "month", value_name = "MONTH", requires = "amount")]
    months: Vec<String>,
    /// With UNDERTAKING: what is paid, in kronor
    #[arg(long, value_name = "KRONOR", requires = "months")]
    amount: Option<String>,
    /// With OCCUPANT: TOML file with the name of who lives there; - for standard input. Sealed to the landlord
    #[arg(long, value_name = "FILE", conflicts_with = "amount")]
    occupant_file: Option<PathBuf>,
    /// With EVICTION_NOTICE: Kronofogden's notice of the same dwelling, by its whole id
    #[arg(long, value_name = "NOTICE-ID")]
    notice: Option<Identifier>,
    /// The person's consent, with RENT_SECURED, and with OCCUPANT where a name is told
    #[arg(long, value_name = "CONSENT-ID")]
    consent: Option<Identifier>,
}

impl StepArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let content = match (&self.amount, &self.occupant_file) {
            (Some(amount), _) => Some(content::undertaking(&self.months, amount)?),
            (None, Some(file)) => Some(content::occupant(&Zeroizing::new(read_text(file)?))?),
            (None, None) => None,
        };
        let request = TakeSignalStepRequest {
            signal_id: find(to, &self.id).await?,
            act: self.act.into(),
            on: self.on.clone(),
            reason: self.reason.unwrap_or_default().into(),
            content,
            consent_id: self.consent.map(Identifier::to_bytes).unwrap_or_default(),
            notice_id: self.notice.map(Identifier::to_bytes).unwrap_or_default(),
        };
        let response = to.take_signal_step(request).await;
        let signal = response.map_err(|status| refused(&status))?.into_inner().signal;
        Ok(shown::bare(&signal.unwrap_or_default(), at.language))
    }
}
