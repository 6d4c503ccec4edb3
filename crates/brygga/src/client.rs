//! The way from a command to the node's local listener: a channel, a token and coded failures.

mod door;
mod issuer;

use std::path::PathBuf;

use brygga_domain::{Reason, Seconds, UnitId};
use brygga_identity::roles::Role;
use brygga_identity::tls::CertificateThumbprint;
use clap::Args;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::wire_code::domain_parser;
use door::DoorArgs;

pub(crate) use door::thumbprint;
pub(crate) use issuer::{StaffToken, development_token};

/// A token of the development issuer is for this one command.
const TOKEN_LIFETIME: Seconds = Seconds(60);
/// The domain of our `google.rpc.ErrorInfo`.
const ERROR_DOMAIN: &str = "brygga";

/// Who asks the node, and how.
#[derive(Args)]
pub(crate) struct ClientArgs {
    /// File with a token of the organisation's identity provider (or BRYGGA_TOKEN)
    #[arg(long, value_name = "FILE", global = true, display_order = 800)]
    token_file: Option<PathBuf>,
    /// With a development issuer: the role to ask in
    #[arg(long, value_name = "ROLE", global = true, display_order = 801)]
    #[arg(value_parser = domain_parser(Role::ALL, Role::as_str), hide_possible_values = true)]
    as_role: Option<Role>,
    /// With a development issuer: the unit to ask for; may be repeated
    #[arg(long = "as-unit", value_name = "UNIT", global = true, display_order = 802)]
    as_units: Vec<UnitId>,
    #[command(flatten)]
    door: DoorArgs,
}

/// A channel that sends the token with every call.
pub(crate) type LocalChannel = InterceptedService<Channel, BearerToken>;

/// The token, as a header that no log prints.
#[derive(Clone)]
pub(crate) struct BearerToken(MetadataValue<Ascii>);

impl Interceptor for BearerToken {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl ClientArgs {
    /// Connects to the local listener, as `role` where the command line names no other.
    pub(crate) async fn connect(
        &self,
        at: &Invocation,
        role: Role,
    ) -> Result<LocalChannel, Failure> {
        let door = self.door.find(at)?;
        let token = self.token(at, role, door.certificate())?;
        Ok(InterceptedService::new(door.open().await?, token))
    }

    fn token(
        &self,
        at: &Invocation,
        role: Role,
        bound_to: Option<CertificateThumbprint>,
    ) -> Result<BearerToken, Failure> {
        let token = match (&self.token_file, std::env::var("BRYGGA_TOKEN")) {
            (Some(file), _) => {
                std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?
            }
            (None, Ok(token)) if !token.is_empty() => token,
            (None, _) => {
                let roles = [self.as_role.unwrap_or(role)];
                let units = &self.as_units;
                let wanted =
                    StaffToken { roles: &roles, units, lifetime: TOKEN_LIFETIME, bound_to };
                development_token(&at.node.settings()?, &wanted, at.now)?
            }
        };
        let mut value: MetadataValue<Ascii> = format!("Bearer {}", token.trim())
            .parse()
            .map_err(|_| Failure::usage("NOT_A_TOKEN", "the token is not a token"))?;
        value.set_sensitive(true);
        Ok(BearerToken(value))
    }
}

/// A status of the node as a failure with its reason.
///
/// Texts of the node are shown only where it gave no reason: they name fields, never content.
pub(crate) fn refused(status: &Status) -> Failure {
    if let Some(info) = status.get_details_error_info()
        && info.domain == ERROR_DOMAIN
    {
        let place = info.metadata.get("field").or_else(|| info.metadata.get("rule"));
        let what = match Reason::parse(&info.reason) {
            Some(_) => String::new(),
            None => status.message().to_owned(),
        };
        let failure = match status.code() {
            Code::Unavailable => Failure::unavailable(info.reason, what),
            _ => Failure::refused(info.reason, what),
        };
        return failure.at(place.cloned().unwrap_or_default());
    }
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => {
            Failure::unavailable("NODE_UNAVAILABLE", status.message())
        }
        code => Failure::other(format!("GRPC_{code:?}").to_uppercase(), status.message()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;
    use crate::cli::Language;

    fn status(code: Code, reason: &str) -> Status {
        let field = HashMap::from([("field".to_owned(), "consent_id".to_owned())]);
        let details = ErrorDetails::with_error_info(reason, ERROR_DOMAIN, field);
        Status::with_error_details(code, "text of the node", details)
    }

    #[test]
    fn a_reason_of_the_node_is_explained_and_exits_with_3() {
        let failure = refused(&status(Code::FailedPrecondition, "SEND_CONSENT_EXPIRED"));
        let text = failure.text(Language::Sv);
        assert!(text.starts_with("SEND_CONSENT_EXPIRED: Samtycket har gått ut"), "{text}");
        assert!(text.contains("(consent_id)"));
        assert_eq!(failure.exit_code(), 3);
    }

    #[test]
    fn a_newer_reason_is_shown_as_the_node_says_it() {
        let failure = refused(&status(Code::FailedPrecondition, "SEND_FROM_THE_FUTURE"));
        assert_eq!(
            failure.text(Language::Sv),
            "SEND_FROM_THE_FUTURE: text of the node (consent_id)"
        );
    }

    #[test]
    fn a_node_that_is_down_exits_with_4() {
        assert_eq!(refused(&Status::unavailable("x")).exit_code(), 4);
        assert_eq!(refused(&status(Code::Unavailable, "REC_UNAVAILABLE")).exit_code(), 4);
        assert_eq!(refused(&Status::internal("x")).exit_code(), 1);
    }
}
