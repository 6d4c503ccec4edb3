//! Who is responsible: a question of municipalities and codes, and the answer.

use brygga_domain::responsibility::{
    Confinement, Municipality, PlacementForm, Raised, Registration, Responsibility, Situation, Ties,
};
use brygga_domain::{OrgId, Refusal};
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::field::{from_text, invalid};

/// Reads what is known of somebody's situation.
///
/// # Errors
/// The field at fault: of what goes together one alone; a registered municipality with skyddad folkbokföring.
pub fn situation(asked: &proto::FindResponsibleRequest) -> Result<Situation, Refusal> {
    Ok(Situation {
        host: municipality(&asked.host, "host")?.ok_or(invalid("host"))?,
        confined: confined(asked)?,
        placed: placed(asked)?,
        registration: registration(asked)?,
        ties: ties(asked)?,
    })
}

fn confined(
    asked: &proto::FindResponsibleRequest,
) -> Result<Option<(Confinement, Raised)>, Refusal> {
    let confinement = code::read_or_unset(asked.confinement, "confinement")?;
    let raised = code::read_or_unset(asked.raised, "raised")?;
    together(confinement, raised, "raised")
}

fn placed(
    asked: &proto::FindResponsibleRequest,
) -> Result<Option<(Municipality, PlacementForm)>, Refusal> {
    let by = municipality(&asked.placed_by, "placed_by")?;
    let form = code::read_or_unset(asked.placement, "placement")?;
    together(by, form, "placement")
}

fn registration(asked: &proto::FindResponsibleRequest) -> Result<Registration, Refusal> {
    match (asked.protected_registration, asked.registered_in.is_empty()) {
        (true, true) => Ok(Registration::Protected),
        (true, false) => Err(invalid("registered_in")),
        (false, _) => {
            let registered = municipality(&asked.registered_in, "registered_in")?;
            Ok(registered.map_or(Registration::Unknown, Registration::In))
        }
    }
}

fn ties(asked: &proto::FindResponsibleRequest) -> Result<Ties, Refusal> {
    use proto::Ties as Proto;
    let to = municipality(&asked.ties_to, "ties_to")?;
    match (Proto::try_from(asked.ties).unwrap_or(Proto::Unspecified), to) {
        (Proto::LivesIn, Some(to)) => Ok(Ties::LivesIn(to)),
        (Proto::StrongestIn, Some(to)) => Ok(Ties::StrongestIn(to)),
        (Proto::NotInSweden, None) => Ok(Ties::NotInSweden),
        (Proto::Unclear, None) => Ok(Ties::Unclear),
        (Proto::Unspecified, _) => Err(invalid("ties")),
        _ => Err(invalid("ties_to")),
    }
}

/// Two things that go together.
fn together<A, B>(
    one: Option<A>,
    other: Option<B>,
    field: &'static str,
) -> Result<Option<(A, B)>, Refusal> {
    match (one, other) {
        (None, None) => Ok(None),
        (Some(one), Some(other)) => Ok(Some((one, other))),
        _ => Err(invalid(field)),
    }
}

/// A municipality by its code; none where the text is empty.
fn municipality(text: &str, field: &'static str) -> Result<Option<Municipality>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let organisation: OrgId = from_text(text, field)?;
    Municipality::of(organisation).map(Some).ok_or(invalid(field))
}

/// The answer as it is shown.
pub fn responsibility_to_proto(answer: &Responsibility) -> proto::FindResponsibleResponse {
    proto::FindResponsibleResponse {
        responsible: answer.responsible.organisation().to_string(),
        extent: code::number_or_unset(Some(answer.extent)),
        host_acute: answer.host_acute.organisation().to_string(),
        basis: code::number_or_unset(Some(answer.basis)),
        certainty: code::number_or_unset(Some(answer.certainty)),
    }
}

#[cfg(test)]
mod tests {
    use brygga_domain::responsibility::responsible;

    use super::*;

    fn asked() -> proto::FindResponsibleRequest {
        proto::FindResponsibleRequest {
            host: "kommun:0880".to_owned(),
            confinement: proto::Confinement::Prison.into(),
            raised: proto::NeedRaised::BeforeTheEnd.into(),
            registered_in: "kommun:1880".to_owned(),
            ties: proto::Ties::LivesIn.into(),
            ties_to: "kommun:0881".to_owned(),
            ..proto::FindResponsibleRequest::default()
        }
    }

    #[test]
    fn a_situation_is_read_and_answered() {
        let answer = responsibility_to_proto(&responsible(&situation(&asked()).unwrap()));
        assert_eq!(answer.responsible, "kommun:1880");
        assert_eq!(answer.basis(), proto::ResponsibilityBasis::Sol293);
        assert_eq!(answer.certainty(), proto::Certainty::Clear);
        assert_eq!(answer.host_acute, "kommun:0880");
    }

    #[test]
    fn what_does_not_go_together_is_refused_and_protection_leaves_no_place_for_a_municipality() {
        let refused = |change: fn(&mut proto::FindResponsibleRequest)| {
            let mut asked = asked();
            change(&mut asked);
            situation(&asked).unwrap_err().field
        };
        assert_eq!(refused(|one| one.protected_registration = true), "registered_in");
        assert_eq!(refused(|one| one.host.clear()), "host");
        assert_eq!(refused(|one| one.host = "demo:stadsmissionen".to_owned()), "host");
        assert_eq!(refused(|one| one.raised = 0), "raised");
        assert_eq!(refused(|one| one.placement = 1), "placement");
        assert_eq!(refused(|one| one.ties = 0), "ties");
        assert_eq!(refused(|one| one.ties = 4), "ties_to");
        assert_eq!(refused(|one| one.ties_to.clear()), "ties_to");
        assert_eq!(refused(|one| one.confinement = 99), "confinement");
    }
}
