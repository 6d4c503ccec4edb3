use proptest::prelude::*;

use super::*;

/// Each case in words, with the answer: responsible, for what, section, certainty. The person is in Kalmar (0880) in all
/// of them. A lawyer can read the file.
const TABLE: &str = include_str!("../../tests/golden/responsibility.txt");

fn municipality(code: &str) -> Municipality {
    Municipality::of(OrgId::parse(&format!("kommun:{code}")).unwrap()).unwrap()
}

fn in_kalmar() -> Situation {
    Situation {
        host: municipality("0880"),
        confined: None,
        placed: None,
        registration: Registration::Unknown,
        ties: Ties::Unclear,
    }
}

fn confined(place: Confinement, raised: Raised, registration: Registration) -> Situation {
    let ties = Ties::LivesIn(municipality("0881"));
    Situation { confined: Some((place, raised)), registration, ties, ..in_kalmar() }
}

fn placed(by: &str, form: PlacementForm, ties: Ties) -> Situation {
    Situation { placed: Some((municipality(by), form)), ties, ..in_kalmar() }
}

/// The cases of the table, in its order.
fn cases() -> Vec<(&'static str, Situation)> {
    use Confinement::{Hospital, HospitalByMunicipality, Prison};
    use Raised::{AfterTheEnd, BeforeTheEnd};
    let orebro = || Registration::In(municipality("1880"));
    let nybro = || Ties::LivesIn(municipality("0881"));
    let mut cases = vec![
        (
            "in prison in Kalmar, registered in Örebro, lives in Nybro",
            confined(Prison, BeforeTheEnd, orebro()),
        ),
        (
            "in hospital in Kalmar on nobody's initiative, registered in Örebro, lives in Nybro",
            confined(Hospital, BeforeTheEnd, orebro()),
        ),
        (
            "in hospital on a municipality's initiative, registered in Örebro, lives in Nybro",
            confined(HospitalByMunicipality, BeforeTheEnd, orebro()),
        ),
        (
            "out of prison when the need is raised, registered in Örebro, lives in Nybro",
            confined(Prison, AfterTheEnd, orebro()),
        ),
        (
            "in prison, registered nowhere that is known, lives in Nybro",
            confined(Prison, BeforeTheEnd, Registration::Unknown),
        ),
        (
            "in prison with skyddad folkbokföring, lives in Nybro",
            confined(Prison, BeforeTheEnd, Registration::Protected),
        ),
        (
            "in prison and placed by Nybro before, registered in Örebro",
            Situation {
                placed: Some((municipality("0881"), PlacementForm::Hvb)),
                ..confined(Prison, BeforeTheEnd, orebro())
            },
        ),
        (
            "in prison, does not live in Sweden",
            Situation {
                ties: Ties::NotInSweden,
                ..confined(Prison, BeforeTheEnd, Registration::Unknown)
            },
        ),
    ];
    for (name, form) in [
        ("family home", PlacementForm::FamilyHome),
        ("stödboende", PlacementForm::SupportiveHousing),
        ("skyddat boende", PlacementForm::ProtectedHousing),
        ("HVB", PlacementForm::Hvb),
        ("särskilt boende", PlacementForm::SpecialHousing),
        ("LSS home", PlacementForm::LssHome),
        ("another dwelling while the home is unclear", PlacementForm::WhileUnclear),
        ("another dwelling otherwise", PlacementForm::Other),
    ] {
        let name: &str = Box::leak(
            format!("placed in Kalmar by Örebro: {name}; lives in Nybro").into_boxed_str(),
        );
        cases.push((name, placed("1880", form, nybro())));
    }
    cases.extend([
        ("placed in Kalmar by Kalmar, lives in Nybro", placed("0880", PlacementForm::Hvb, nybro())),
        ("on a visit in Kalmar, lives in Nybro", Situation { ties: nybro(), ..in_kalmar() }),
        ("lives in Kalmar", Situation { ties: Ties::LivesIn(municipality("0880")), ..in_kalmar() }),
        (
            "lives nowhere, strongest ties to Nybro",
            Situation { ties: Ties::StrongestIn(municipality("0881")), ..in_kalmar() },
        ),
        (
            "lives nowhere, registered in Örebro, ties unclear",
            Situation { registration: orebro(), ..in_kalmar() },
        ),
        (
            "skyddad folkbokföring, lives in Nybro",
            Situation { registration: Registration::Protected, ties: nybro(), ..in_kalmar() },
        ),
        (
            "skyddad folkbokföring, ties unclear",
            Situation { registration: Registration::Protected, ..in_kalmar() },
        ),
        ("does not live in Sweden", Situation { ties: Ties::NotInSweden, ..in_kalmar() }),
    ]);
    cases
}

#[test]
fn the_table_of_cases_has_the_answers_that_a_lawyer_has_read() {
    let names = [("kommun:0880", "Kalmar"), ("kommun:0881", "Nybro"), ("kommun:1880", "Örebro")];
    let name = |who: &Municipality| {
        names.iter().find(|(id, _)| *id == who.organisation().as_str()).unwrap().1
    };
    let mut table = String::new();
    for (case, situation) in cases() {
        let answer = responsible(&situation);
        table.push_str(&format!(
            "{case}\n    {}, {}, {}, {}\n",
            name(&answer.responsible),
            answer.extent.as_str(),
            answer.basis.as_str(),
            answer.certainty.as_str(),
        ));
    }
    if std::env::var_os("BRYGGA_BLESS").is_some() {
        std::fs::write("tests/golden/responsibility.txt", &table).unwrap();
    }
    assert_eq!(table, TABLE);
}

fn any_municipality() -> impl Strategy<Value = Municipality> {
    prop::sample::select(vec!["0880", "0881", "1880", "1780"]).prop_map(municipality)
}

fn any_registration() -> impl Strategy<Value = Registration> {
    prop_oneof![
        any_municipality().prop_map(Registration::In),
        Just(Registration::Protected),
        Just(Registration::Unknown),
    ]
}

fn any_situation() -> impl Strategy<Value = Situation> {
    let confined = (prop::sample::select(Confinement::ALL), prop::sample::select(Raised::ALL));
    let placed = (any_municipality(), prop::sample::select(PlacementForm::ALL));
    let ties = prop_oneof![
        any_municipality().prop_map(Ties::LivesIn),
        any_municipality().prop_map(Ties::StrongestIn),
        Just(Ties::NotInSweden),
        Just(Ties::Unclear),
    ];
    let parts = (
        any_municipality(),
        prop::option::of(confined),
        prop::option::of(placed),
        any_registration(),
        ties,
    );
    parts.prop_map(|(host, confined, placed, registration, ties)| Situation {
        host,
        confined,
        placed,
        registration,
        ties,
    })
}

proptest! {
    #[test]
    fn where_it_is_unclear_or_acute_only_the_host_acts(situation in any_situation()) {
        let answer = responsible(&situation);
        prop_assert_eq!(&answer.host_acute, &situation.host);
        if answer.certainty == Certainty::Unclear || answer.extent == Extent::Acute {
            prop_assert_eq!(&answer.responsible, &situation.host);
            prop_assert_eq!(answer.basis, Basis::Sol29_4);
        }
    }

    #[test]
    fn the_register_decides_only_by_29_3(situation in any_situation(), other in any_registration()) {
        let answer = responsible(&situation);
        let moved = responsible(&Situation { registration: other, ..situation.clone() });
        if answer != moved {
            prop_assert!(is_of_29_3(&situation));
        }
        if answer.basis == Basis::Sol29_3 {
            prop_assert_eq!(Registration::In(answer.responsible), situation.registration);
        }
    }

    #[test]
    fn with_protected_registration_nobody_is_responsible_who_was_not_named_otherwise(situation in any_situation()) {
        let situation = Situation { registration: Registration::Protected, ..situation };
        let answer = responsible(&situation);
        let placing = situation.placed.map(|(by, _)| by);
        let home = match situation.ties {
            Ties::LivesIn(home) | Ties::StrongestIn(home) => Some(home),
            Ties::NotInSweden | Ties::Unclear => None,
        };
        let named = [Some(situation.host), placing, home];
        prop_assert!(named.into_iter().flatten().any(|one| one == answer.responsible));
        prop_assert_ne!(answer.basis, Basis::Sol29_3);
    }
}
