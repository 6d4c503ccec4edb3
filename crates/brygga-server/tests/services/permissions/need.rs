//! Where somebody stands to a case, asked of need-to-know.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use brygga_crypto::SystemRandom;
use brygga_domain::access::{
    Approval, Asker, BreakGlass, BreakGlassReason, Handler, InsideDisclosure, Revocation, Sight,
    Standing, Width,
};
use brygga_domain::{
    BreakGlassId, DisclosureGround, GdprBasis, InsideDisclosureId, OrgId, Reason, ReferralId,
    Refusal, Seconds, UnitId,
};
use brygga_identity::roles::Role;
use brygga_identity::token::{
    DevelopmentIssuer, TokenAlgorithm, TokenPolicy, TokenRequest, TokenVerifier,
};

use crate::federation::{KALMAR, NOON, NYBRO, org, unit};

/// Where somebody stands to a referral of the unit `social`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    OwnUnitFree,
    OwnUnitMine,
    OwnUnitColleague,
    DeputyUnit,
    OtherUnit,
    OtherUnitAssigned,
    OtherUnitDisclosed,
    OtherUnitRevoked,
    OtherUnitGlassAsked,
    OtherUnitGlassApproved,
    OtherUnitGlassOver,
    NoUnit,
}

impl Relation {
    pub(super) const ALL: &'static [Self] = &[
        Self::OwnUnitFree,
        Self::OwnUnitMine,
        Self::OwnUnitColleague,
        Self::DeputyUnit,
        Self::OtherUnit,
        Self::OtherUnitAssigned,
        Self::OtherUnitDisclosed,
        Self::OtherUnitRevoked,
        Self::OtherUnitGlassAsked,
        Self::OtherUnitGlassApproved,
        Self::OtherUnitGlassOver,
        Self::NoUnit,
    ];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::OwnUnitFree => "own unit, nobody works on it yet",
            Self::OwnUnitMine => "own unit, works on it",
            Self::OwnUnitColleague => "own unit, a colleague works on it",
            Self::DeputyUnit => "unit before which it was laid (deputy)",
            Self::OtherUnit => "other unit or board",
            Self::OtherUnitAssigned => "other unit, was assigned",
            Self::OtherUnitDisclosed => "other unit, disclosed with a ground",
            Self::OtherUnitRevoked => "other unit, disclosure taken back",
            Self::OtherUnitGlassAsked => "other unit, glass asked for",
            Self::OtherUnitGlassApproved => "other unit, glass approved by a second",
            Self::OtherUnitGlassOver => "other unit, glass 60 minutes later",
            Self::NoUnit => "token without a unit (intake)",
        }
    }

    pub(super) const fn is_own_unit(self) -> bool {
        matches!(self, Self::OwnUnitFree | Self::OwnUnitMine | Self::OwnUnitColleague)
    }

    /// What somebody with this width sees.
    pub(super) fn sight(self, width: Width) -> Sight {
        let units: BTreeSet<UnitId> = match self {
            Self::OwnUnitFree | Self::OwnUnitMine | Self::OwnUnitColleague => [unit("social")],
            Self::NoUnit => return self.asked(width, &BTreeSet::new()),
            _ => [unit("fastighet")],
        }
        .into();
        self.asked(width, &units)
    }

    fn asked(self, width: Width, units: &BTreeSet<UnitId>) -> Sight {
        let (social, other) = (unit("social"), unit("fastighet"));
        let works =
            |subject: &str| Handler { subject: subject.to_owned(), assigned_by: None, since: NOON };
        let handlers = match self {
            Self::OwnUnitMine | Self::OtherUnitAssigned => vec![works("me")],
            Self::OwnUnitFree | Self::DeputyUnit => vec![],
            _ => vec![works("colleague")],
        };
        let disclosures: Vec<InsideDisclosure> = match self {
            Self::OtherUnitDisclosed | Self::OtherUnitRevoked => vec![self.disclosure(&other)],
            _ => vec![],
        };
        let glasses: Vec<BreakGlass> = match self {
            Self::OtherUnitGlassAsked | Self::OtherUnitGlassApproved | Self::OtherUnitGlassOver => {
                vec![self.glass()]
            }
            _ => vec![],
        };
        let deputy = if self == Self::DeputyUnit { &other } else { &social };
        let held = Standing {
            unit: Some(&social),
            deputy: Some(deputy),
            shared: None,
            handlers: &handlers,
            disclosures: &disclosures,
            glasses: &glasses,
        };
        let behalves = BTreeSet::new();
        Asker { subject: "me", width, units, behalves: &behalves }.sight(held, NOON)
    }

    fn disclosure(self, to: &UnitId) -> InsideDisclosure {
        let taken_back = Revocation { by: "colleague".to_owned(), at: NOON };
        InsideDisclosure {
            id: InsideDisclosureId::from_bytes([1; 16]),
            referral_id: ReferralId::from_bytes([2; 16]),
            unit: to.clone(),
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
            justification: "-".to_owned(),
            disclosed_by: "colleague".to_owned(),
            disclosed_at: NOON,
            revocation: (self == Self::OtherUnitRevoked).then_some(taken_back),
        }
    }

    fn glass(self) -> BreakGlass {
        let asked_at = match self {
            Self::OtherUnitGlassOver => NOON.minus(Seconds(3600)),
            _ => NOON,
        };
        let glass = BreakGlass {
            id: BreakGlassId::from_bytes([3; 16]),
            referral_id: ReferralId::from_bytes([2; 16]),
            opened_by: "me".to_owned(),
            opened_at: asked_at,
            reason: BreakGlassReason::LifeOrHealth,
            justification: "-".to_owned(),
            approval: None,
            review: None,
        };
        let approval = Some(Approval { by: "colleague".to_owned(), at: asked_at });
        let approval = if self == Self::OtherUnitGlassAsked { None } else { approval };
        BreakGlass { approval, ..glass }
    }
}

/// What the token check of Kalmar says of a token of its own provider for Kalmar, or for Nybro.
pub(super) fn token_of(own_organisation: bool) -> Result<(), Refusal> {
    static CHECKED: OnceLock<[bool; 2]> = OnceLock::new();
    let checked = CHECKED.get_or_init(|| [is_good(NYBRO), is_good(KALMAR)]);
    let good = checked[usize::from(own_organisation)];
    if good { Ok(()) } else { Err(Refusal::new(Reason::Unauthenticated)) }
}

fn is_good(of: &str) -> bool {
    let (issuer, audience) = ("https://id.kalmar.example", "brygga-local");
    let provider = DevelopmentIssuer::generate(issuer, audience, &mut SystemRandom);
    let policy = TokenPolicy {
        issuer: issuer.to_owned(),
        audience: audience.to_owned(),
        organisation: org(KALMAR),
        algorithm: TokenAlgorithm::EdDsa,
        require_bound: false,
    };
    let verifier = TokenVerifier::new(&provider.jwks(), policy).unwrap();
    let organisation: &OrgId = &org(of);
    let request = TokenRequest {
        organisation,
        subject: "me",
        roles: &[Role::CaseWorker],
        units: &[],
        lifetime: Seconds(300),
        bound_to: None,
    };
    let token = provider.mint(&request, NOON, &mut SystemRandom);
    verifier.verify(&token, None, NOON).is_ok()
}
