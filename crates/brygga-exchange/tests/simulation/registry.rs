//! Who is a member of the federation, and with which keys. It never changes in a run.

use brygga_crypto::{SigningKey, VerifyingKey};
use brygga_domain::{MemberKind, OrgId, SocialServicesStatus};
use brygga_policy::Principal;

use crate::plan::End;

/// The two nodes, and a member that has nothing to do with them.
#[derive(Clone)]
pub(crate) struct Registry {
    members: [(Principal, VerifyingKey); 3],
}

impl Registry {
    pub(crate) fn new() -> Self {
        let member = |index: usize| (principal(index), signing_key(index).public());
        Self { members: [member(0), member(1), member(2)] }
    }

    pub(crate) fn principal(&self, organisation: &OrgId) -> Option<Principal> {
        self.member(organisation).map(|(principal, _)| principal.clone())
    }

    pub(crate) fn key(&self, organisation: &OrgId, key_id: &str) -> Option<VerifyingKey> {
        let (_, key) = self.member(organisation)?;
        (key.key_id().to_string() == key_id).then_some(*key)
    }

    pub(crate) fn organisation(&self, end: End) -> &OrgId {
        &self.members[end as usize].0.organisation
    }

    /// The member that meddles.
    pub(crate) fn intruder(&self) -> (&OrgId, SigningKey) {
        (&self.members[2].0.organisation, signing_key(2))
    }

    fn member(&self, organisation: &OrgId) -> Option<&(Principal, VerifyingKey)> {
        self.members.iter().find(|(principal, _)| principal.organisation == *organisation)
    }
}

pub(crate) fn principal(index: usize) -> Principal {
    let code = ["kommun:0880", "kommun:0881", "kommun:0882"][index];
    Principal {
        organisation: OrgId::parse(code).expect("a municipality"),
        kind: MemberKind::Municipality,
        status: SocialServicesStatus::Authority,
    }
}

pub(crate) fn signing_key(index: usize) -> SigningKey {
    SigningKey::from_seed(&[[1; 32], [2; 32], [3; 32]][index])
}
