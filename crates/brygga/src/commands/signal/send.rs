//! `brygga signal send`.

use std::path::PathBuf;

use brygga_domain::UnitId;
use brygga_proto::local::v1::SendSignalRequest;
use brygga_proto::signal::v1::SignalSubject;
use brygga_proto::types::v1::DisclosureGround;
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

/// Tell the municipality where a dwelling is, or where somebody is registered, what it has to know
///
/// Who receives it follows from the municipality's code; which function, from the registry unless one is named.
/// A rent notice never changes: a correction is a new one with --replaces, and its three weeks begin anew.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga signal send --subject RENT_NOTICE --municipality 0880 --on 2026-11-02 \
    --content-file underrattelse.toml\n\n\
Content file of RENT_NOTICE (form 3):\n  landlord_name = \"Hyresvärden AB\"\n  landlord_address = \"Torget 1\"\n  \
landlord_phone = \"0480-000 00\"\n  tenant_name = \"Förnamn Testsson\"\n  address = \"where the dwelling is\"\n  \
rooms = 2                                  # may be left out\n  \
amount = \"8431.00\"                         # kronor, interest included\n  interest = \"31.00\"\n  \
due_on = \"2026-10-30\"\n  payment_account = \"5050-1055\"\n  children = \"YES\"                           \
# NO, UNKNOWN\n  age = \"UNDER_25\"                         # FROM_25_TO_65, OVER_65; may be left out\n\
ARREARS: tenant_name, address, amount, children, age, contact\n\
DISTURBANCE: tenant_name, address, kind (NOISE, VIOLENCE_OR_THREATS, DAMAGE, NEGLECT, OTHER), first_on, last_on, \
warned, especially_serious, terminated_on, children, contact\n\
VISIT_ROUND: contact and [[dwellings]] with address and rents_unpaid\n\
RELEASE and DISCHARGE: person_name, person_number or pseudonym, needs = [\"DWELLING\", \"EMERGENCY_SHELTER\", \
\"HOUSING_SUPPORT\", \"RENT_DURING_STAY\"], supervision, contact"
)]
pub(super) struct SendArgs {
    /// What it is about
    #[arg(long, value_name = "SUBJECT", value_parser = wire_code::parser::<SignalSubject>())]
    subject: SignalSubject,
    /// Municipality where the dwelling is, or where the person is registered, as its code of four digits
    #[arg(long, value_name = "CODE")]
    municipality: String,
    /// When the tenant was served, the last day of a round, or the Monday of the planned week
    #[arg(long, value_name = "DAY", default_value = "", hide_default_value = true)]
    on: String,
    /// Of arrears: how many days late the rent is
    #[arg(long, value_name = "DAYS", default_value_t = 0, hide_default_value = true)]
    days_late: u32,
    /// Of a release or a discharge: CONSENT_12_2, or KVV_35_15
    #[arg(long, value_name = "GROUND", value_parser = wire_code::parser::<DisclosureGround>())]
    ground: Option<DisclosureGround>,
    /// An earlier signal that this one goes on from, or the last 8 digits of its id
    #[arg(long, value_name = "SIGNAL")]
    replaces: Option<IdentifierOrEnding>,
    /// TOML file with who it is about; - for standard input. Sealed to the municipality
    #[arg(long, value_name = "FILE")]
    content_file: PathBuf,
    /// Function there; the one that the registry names when left out
    #[arg(long, value_name = "UNIT")]
    to_unit: Option<UnitId>,
    /// Own function that sends; the intake when left out
    #[arg(long, value_name = "UNIT")]
    unit: Option<UnitId>,
    /// Agreement; the only one that permits it when left out
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

impl SendArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let text = Zeroizing::new(read_text(&self.content_file)?);
        let replaces = match &self.replaces {
            Some(id) => find(to, id).await?,
            None => Vec::new(),
        };
        let request = SendSignalRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            subject: self.subject.into(),
            municipality: self.municipality.clone(),
            target_unit: self.to_unit.as_ref().map(UnitId::to_string).unwrap_or_default(),
            source_unit: self.unit.as_ref().map(UnitId::to_string).unwrap_or_default(),
            agreement_id: self.agreement.map(Identifier::to_bytes).unwrap_or_default(),
            replaces,
            on: self.on.clone(),
            days_late: self.days_late,
            ground: self.ground.unwrap_or_default().into(),
            content: Some(content::of_subject(self.subject, &text)?),
        };
        let response = to.send_signal(request).await;
        let signal = response.map_err(|status| refused(&status))?.into_inner().signal;
        Ok(shown::bare(&signal.unwrap_or_default(), at.language))
    }
}
