//! How near a service is: the municipality, the county, a neighbouring county, or elsewhere. Nobody's address is needed
//! for it, and a service whose place is not told is still found.

use super::Service;
use crate::legal::coded_enum;

/// Counties with those that they border on, by land or by a bridge or regular ferry: Gotland's go to Stockholm and
/// Kalmar. Codes as Statistics Sweden numbers them. Each pair stands twice.
const NEIGHBOURS: &[(u8, &[u8])] = &[
    (1, &[3, 4, 9]),
    (3, &[1, 4, 19, 21]),
    (4, &[1, 3, 5, 18, 19]),
    (5, &[4, 6, 8, 14, 18]),
    (6, &[5, 7, 8, 13, 14]),
    (7, &[6, 8, 10, 12, 13]),
    (8, &[5, 6, 7, 9, 10]),
    (9, &[1, 8]),
    (10, &[7, 8, 12]),
    (12, &[7, 10, 13]),
    (13, &[6, 7, 12, 14]),
    (14, &[5, 6, 13, 17, 18]),
    (17, &[14, 18, 20]),
    (18, &[4, 5, 14, 17, 19, 20]),
    (19, &[3, 4, 18, 20, 21]),
    (20, &[17, 18, 19, 21, 23]),
    (21, &[3, 19, 20, 22, 23]),
    (22, &[21, 23, 24]),
    (23, &[20, 21, 22, 24]),
    (24, &[22, 23, 25]),
    (25, &[24]),
];

/// One of the 21 counties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct County(u8);

impl County {
    /// Reads its two digits; none where no county has them.
    pub fn parse(code: &str) -> Option<Self> {
        let number = digits(code, 2)?;
        NEIGHBOURS.iter().find(|(one, _)| u16::from(*one) == number).map(|(one, _)| Self(*one))
    }

    /// Its two digits.
    pub fn code(self) -> String {
        format!("{:02}", self.0)
    }

    /// Every county, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        NEIGHBOURS.iter().map(|(one, _)| Self(*one))
    }

    /// The counties next to it.
    pub fn neighbours(self) -> impl Iterator<Item = Self> {
        let found = NEIGHBOURS.iter().find(|(one, _)| *one == self.0);
        found.into_iter().flat_map(|(_, next)| next.iter().map(|one| Self(*one)))
    }
}

/// A county, or a municipality in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locality {
    county: County,
    municipality: Option<u16>,
}

impl Locality {
    /// Reads the two digits of a county or the four of a municipality, which begin with its county's.
    pub fn parse(code: &str) -> Option<Self> {
        let county = County::parse(code.get(..2)?)?;
        match code.len() {
            2 => Some(Self { county, municipality: None }),
            _ => digits(code, 4).map(|number| Self { county, municipality: Some(number) }),
        }
    }

    /// Where a service is, as precisely as it is told; none where it is not.
    pub fn of(service: &Service) -> Option<Self> {
        let told = service.municipality.as_deref().or(service.county.as_deref());
        told.and_then(Self::parse)
    }

    /// Its county.
    pub const fn county(self) -> County {
        self.county
    }

    /// The number of its municipality; none for a county as a whole.
    pub const fn municipality(self) -> Option<u16> {
        self.municipality
    }
}

/// The number that so many digits write.
fn digits(code: &str, count: usize) -> Option<u16> {
    let is_number = code.len() == count && code.bytes().all(|byte| byte.is_ascii_digit());
    code.parse().ok().filter(|_| is_number)
}

coded_enum!(
    /// How near something is to where it is wanted, the nearest first.
    Nearness {
        /// In the municipality.
        Municipality = "MUNICIPALITY",
        /// In its county, or the county that was asked for.
        County = "COUNTY",
        /// In a county next to it.
        NeighbouringCounty = "NEIGHBOURING_COUNTY",
        /// Further away, or nobody tells where.
        Elsewhere = "ELSEWHERE",
    }
);

impl Nearness {
    /// How near a place is to where it is wanted.
    pub fn between(wanted: Locality, there: Option<Locality>) -> Self {
        let Some(there) = there else { return Self::Elsewhere };
        if wanted.municipality.is_some() && wanted.municipality == there.municipality {
            Self::Municipality
        } else if wanted.county == there.county {
            Self::County
        } else if wanted.county.neighbours().any(|next| next == there.county) {
            Self::NeighbouringCounty
        } else {
            Self::Elsewhere
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(wanted: &str, there: &str) -> Nearness {
        Nearness::between(Locality::parse(wanted).unwrap(), Locality::parse(there))
    }

    #[test]
    fn whoever_is_a_neighbour_has_one() {
        assert_eq!(County::all().count(), 21);
        for county in County::all() {
            assert!(county.neighbours().next().is_some(), "{county:?}");
            for next in county.neighbours() {
                assert_ne!(next, county);
                assert!(County::parse(&next.code()).is_some(), "{next:?}");
                assert!(next.neighbours().any(|back| back == county), "{county:?} and {next:?}");
            }
        }
    }

    #[test]
    fn every_county_is_reached_from_every_other() {
        let mut reached = vec![County(25)];
        let mut at = 0;
        while let Some(county) = reached.get(at).copied() {
            let new: Vec<_> = county.neighbours().filter(|one| !reached.contains(one)).collect();
            reached.extend(new);
            at += 1;
        }
        assert_eq!(reached.len(), 21);
    }

    #[test]
    fn nearness_goes_from_the_municipality_outwards() {
        assert_eq!(between("0881", "0881"), Nearness::Municipality);
        assert_eq!(between("0881", "0880"), Nearness::County);
        assert_eq!(between("0881", "08"), Nearness::County);
        assert_eq!(between("08", "0880"), Nearness::County);
        assert_eq!(between("0881", "1080"), Nearness::NeighbouringCounty);
        assert_eq!(between("0881", "0980"), Nearness::NeighbouringCounty, "by ferry");
        assert_eq!(between("0881", "1280"), Nearness::Elsewhere);
        assert_eq!(between("0881", ""), Nearness::Elsewhere, "not told");
        assert!(Nearness::Municipality < Nearness::Elsewhere);
    }

    #[test]
    fn what_names_no_county_is_no_place() {
        for code in ["", "8", "02", "+8", "088", "08800", "0x80", "9980", "08ö"] {
            assert_eq!(Locality::parse(code), None, "{code}");
        }
    }
}
