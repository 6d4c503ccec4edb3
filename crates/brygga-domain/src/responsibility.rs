//! Which municipality is responsible for a person (SoL 2025:400, 29:1-4): the router of responsibility.
//!
//! A question holds municipalities and codes and nothing that points out a person. Whoever has skyddad folkbokföring has
//! no registered municipality here: there is no place to write it, since it would mislead and must not be used (OSL
//! 21:3 a). Where the answer is not clear the municipality where the person is acts (29:4).

use crate::OrgId;
use crate::legal::coded_enum;

/// A municipality, by its code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality(OrgId);

impl Municipality {
    /// The municipality that an organisation is; none for other bodies.
    pub fn of(organisation: OrgId) -> Option<Self> {
        organisation.kommunkod().is_some().then_some(Self(organisation))
    }

    /// The organisation.
    pub const fn organisation(&self) -> &OrgId {
        &self.0
    }
}

/// What folkbokföringen says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// The person is registered in a municipality.
    In(Municipality),
    /// The person has skyddad folkbokföring (FOL 16 §): where is neither asked nor known here.
    Protected,
    /// The person is registered nowhere, or nobody knows where.
    Unknown,
}

coded_enum!(
    /// Where somebody stays who is in care or confined.
    Confinement {
        /// A prison.
        Prison = "PRISON",
        /// A hospital or another care institution, on no municipality's initiative.
        Hospital = "HOSPITAL",
        /// A hospital or another care institution, on a municipality's initiative.
        HospitalByMunicipality = "HOSPITAL_BY_MUNICIPALITY",
    }
);

coded_enum!(
    /// When the need was raised.
    Raised {
        /// Before the stay ended.
        BeforeTheEnd = "BEFORE_THE_END",
        /// After the stay had ended.
        AfterTheEnd = "AFTER_THE_END",
    }
);

coded_enum!(
    /// The form of a placement by a municipality's decision.
    PlacementForm {
        /// Familjehem.
        FamilyHome = "FAMILY_HOME",
        /// Stödboende.
        SupportiveHousing = "SUPPORTIVE_HOUSING",
        /// Skyddat boende.
        ProtectedHousing = "PROTECTED_HOUSING",
        /// Hem för vård eller boende.
        Hvb = "HVB",
        /// Särskilt boende.
        SpecialHousing = "SPECIAL_HOUSING",
        /// Bostad med särskild service enligt LSS.
        LssHome = "LSS_HOME",
        /// Another dwelling, while it is unclear which municipality is the home.
        WhileUnclear = "WHILE_UNCLEAR",
        /// Another dwelling, which 29:2 does not speak of.
        Other = "OTHER",
    }
);

impl PlacementForm {
    /// Whether the municipality that placed somebody there keeps its responsibility (29:2).
    pub const fn keeps_responsibility(self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// Where somebody belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ties {
    /// The person lives there permanently.
    LivesIn(Municipality),
    /// The person lives nowhere permanently, and has the strongest ties there.
    StrongestIn(Municipality),
    /// The person does not live in Sweden.
    NotInSweden,
    /// It is not clear.
    Unclear,
}

/// What is known of somebody's situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Where the person is now.
    pub host: Municipality,
    /// A stay in prison or hospital, and when the need was raised.
    pub confined: Option<(Confinement, Raised)>,
    /// A placement by a municipality's decision.
    pub placed: Option<(Municipality, PlacementForm)>,
    /// What folkbokföringen says.
    pub registration: Registration,
    /// Where the person belongs.
    pub ties: Ties,
}

coded_enum!(
    /// The section that makes a municipality responsible.
    Basis {
        /// The home municipality: lives there, or strongest ties.
        Sol29_1 = "SOL_29_1",
        /// The municipality that decided on the placement.
        Sol29_2 = "SOL_29_2",
        /// The municipality where somebody in prison or hospital is registered.
        Sol29_3 = "SOL_29_3",
        /// The municipality where the person is.
        Sol29_4 = "SOL_29_4",
    }
);

coded_enum!(
    /// Whether the answer is sure.
    Certainty {
        /// It is.
        Clear = "CLEAR",
        /// It is not: the municipality where the person is acts.
        Unclear = "UNCLEAR",
    }
);

coded_enum!(
    /// For what the municipality is responsible.
    Extent {
        /// For all that the person needs.
        All = "ALL",
        /// For what cannot wait.
        Acute = "ACUTE",
    }
);

/// Who is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    /// The municipality that is responsible.
    pub responsible: Municipality,
    /// For what.
    pub extent: Extent,
    /// The municipality that answers for acute needs, which is where the person is (29:4).
    pub host_acute: Municipality,
    /// Why.
    pub basis: Basis,
    /// Whether it is sure.
    pub certainty: Certainty,
}

/// Asks who is responsible, in the order of the law: a stay in prison or hospital, a placement, the home, and else the
/// municipality where the person is.
pub fn responsible(situation: &Situation) -> Responsibility {
    let clear = |who: &Municipality, basis| answer(situation, who, basis, Certainty::Clear);
    if is_of_29_3(situation) {
        return match &situation.registration {
            Registration::In(registered) => clear(registered, Basis::Sol29_3),
            // The law points at a register that says nothing, or nothing that may be used.
            Registration::Protected | Registration::Unknown => host(situation, Extent::All),
        };
    }
    if let Some((placing, form)) = &situation.placed
        && form.keeps_responsibility()
        && *placing != situation.host
    {
        return clear(placing, Basis::Sol29_2);
    }
    match &situation.ties {
        Ties::LivesIn(home) | Ties::StrongestIn(home) => clear(home, Basis::Sol29_1),
        Ties::NotInSweden => {
            Responsibility { certainty: Certainty::Clear, ..host(situation, Extent::Acute) }
        }
        Ties::Unclear => host(situation, Extent::All),
    }
}

/// Whether somebody is in prison, or in hospital on no municipality's initiative, and the need was raised meanwhile.
/// Who does not live in Sweden is registered nowhere.
fn is_of_29_3(situation: &Situation) -> bool {
    let stays = matches!(
        situation.confined,
        Some((Confinement::Prison | Confinement::Hospital, Raised::BeforeTheEnd))
    );
    stays && situation.ties != Ties::NotInSweden
}

fn host(situation: &Situation, extent: Extent) -> Responsibility {
    let host = answer(situation, &situation.host, Basis::Sol29_4, Certainty::Unclear);
    Responsibility { extent, ..host }
}

fn answer(
    situation: &Situation,
    responsible: &Municipality,
    basis: Basis,
    certainty: Certainty,
) -> Responsibility {
    Responsibility {
        responsible: responsible.clone(),
        extent: Extent::All,
        host_acute: situation.host.clone(),
        basis,
        certainty,
    }
}

#[cfg(test)]
mod tests;
