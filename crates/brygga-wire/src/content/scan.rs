//! Reads a note as a careful colleague would: whose number is that, and of whom else does it tell?
//!
//! Another person's identity number in a text is refused, since a text has no ground of its own for
//! it. Words for a partner, a child or a parent are only pointed out, because nobody can tell a
//! disclosure from a turn of speech; the fields for others are what is really checked (CON-03). What looks like the
//! result of a drug or alcohol test waits until its sender has read it again (ORE-22).

use brygga_domain::sensitive::Sensitive;
use brygga_domain::{Reason, Refusal};

use super::place_scan::tells_a_place;
use super::test_result::tells_of_a_test;
use super::{PersonalIdentityNumber, ReferralContent};

/// What somebody should look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentWarning {
    /// The note seems to tell of somebody whom no field names.
    ThirdPersonInNote,
}

/// Words for people close to somebody, in their dictionary form and the usual inflections.
const RELATIVES: &[&str] = &[
    "sambo",
    "sambon",
    "make",
    "maken",
    "maka",
    "makan",
    "hustru",
    "hustrun",
    "fru",
    "frun",
    "partner",
    "partnern",
    "pojkvän",
    "pojkvännen",
    "flickvän",
    "flickvännen",
    "ex-man",
    "exman",
    "exfru",
    "son",
    "sonen",
    "söner",
    "dotter",
    "dottern",
    "döttrar",
    "barn",
    "barnet",
    "barnen",
    "mamma",
    "mamman",
    "mor",
    "modern",
    "pappa",
    "pappan",
    "far",
    "fadern",
    "förälder",
    "föräldern",
    "föräldrar",
    "syster",
    "systern",
    "bror",
    "brodern",
    "syskon",
    "vårdnadshavare",
    "spouse",
    "husband",
    "wife",
    "boyfriend",
    "girlfriend",
    "daughter",
    "children",
    "child",
    "mother",
    "father",
    "sister",
    "brother",
];

impl ReferralContent {
    /// Refuses a text that holds the identity number of somebody else than the person.
    ///
    /// # Errors
    /// [`Reason::ContentForbidden`] at `content.note`.
    pub fn check_texts(&self) -> Result<(), Refusal> {
        let own = self.personal_identity_number.as_ref().map(Sensitive::expose);
        let note = self.note.as_ref().map_or("", |note| note.expose().as_str());
        match names_another(note, own) {
            true => Err(Refusal::at(Reason::ContentForbidden, "content.note")),
            false => Ok(()),
        }
    }

    /// Refuses a text that tells where something is, for whoever writes to, from or about protected housing (PRO-07).
    /// The refusal repeats nothing of it.
    ///
    /// # Errors
    /// [`Reason::ContentForbidden`] at `content.note`, `content.contact`, `content.name` or `content.third_persons.name`.
    pub fn check_places(&self) -> Result<(), Refusal> {
        let found = self.texts().into_iter().find(|(text, _)| tells_a_place(text.expose()));
        found.map_or(Ok(()), |(_, field)| Err(Refusal::at(Reason::ContentForbidden, field)))
    }

    /// Holds back a text that looks as if it told the result of a drug or alcohol test, until somebody says to have
    /// read it again. The refusal repeats nothing of it.
    ///
    /// # Errors
    /// [`Reason::ContentWarning`] at `content.note`, `content.contact`, `content.name` or `content.third_persons.name`.
    pub fn check_test_results(&self, is_accepted: bool) -> Result<(), Refusal> {
        let found = self.texts().into_iter().find(|(text, _)| tells_of_a_test(text.expose()));
        match found {
            Some((_, field)) if !is_accepted => Err(Refusal::at(Reason::ContentWarning, field)),
            _ => Ok(()),
        }
    }

    /// Everything that somebody wrote freely, with its field.
    fn texts(&self) -> Vec<(&Sensitive<String>, &'static str)> {
        let own = [
            (&self.note, "content.note"),
            (&self.contact, "content.contact"),
            (&self.name, "content.name"),
        ];
        let own = own.into_iter().filter_map(|(text, field)| Some((text.as_ref()?, field)));
        let others = self.third_persons.iter().map(|other| &other.expose().name);
        own.chain(others.map(|name| (name, "content.third_persons.name"))).collect()
    }

    /// What somebody should look at again before it is sent, or after.
    pub fn warnings(&self) -> Vec<ContentWarning> {
        let note = self.note.as_ref().map_or("", |note| note.expose().as_str());
        let tells = words(note).any(|word| RELATIVES.contains(&word.as_str()));
        let warns = tells && self.third_persons.is_empty();
        warns.then_some(ContentWarning::ThirdPersonInNote).into_iter().collect()
    }
}

/// Whether a text holds the identity number of anybody.
pub(crate) fn names_somebody(text: &str) -> bool {
    !numbers_in(text).is_empty()
}

/// Whether a text holds the identity number of anybody else.
pub(crate) fn names_another(text: &str, own: Option<&PersonalIdentityNumber>) -> bool {
    let own = own.map(PersonalIdentityNumber::as_str);
    numbers_in(text).iter().any(|number| Some(number.as_str()) != own)
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic() && c != '-').map(str::to_lowercase)
}

/// Everything in a text that is a personnummer or samordningsnummer of twelve or ten digits, written
/// with or without its separator.
fn numbers_in(text: &str) -> Vec<String> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+');
    // No character outside ASCII has such a byte in it, and bytes are quicker to go through.
    let runs = text.as_bytes().chunk_by(|one, next| is_part(one) == is_part(next));
    let runs = runs.filter(|run| run.first().is_some_and(is_part));
    let digits = runs.map(|run| {
        run.iter().filter(|byte| byte.is_ascii_digit()).copied().map(char::from).collect::<String>()
    });
    let numbers = digits.filter_map(|digits| match digits.len() {
        12 => PersonalIdentityNumber::parse(digits),
        // The century is not told; either makes it a number of somebody.
        10 => ["19", "20"]
            .iter()
            .find_map(|century| PersonalIdentityNumber::parse(format!("{century}{digits}"))),
        _ => None,
    });
    numbers.map(|number| number.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use brygga_domain::ThirdPersonRelation;
    use brygga_domain::sensitive::Sensitive;

    use super::super::ThirdPerson;
    use super::*;

    fn content(note: &str) -> ReferralContent {
        let own = PersonalIdentityNumber::parse("199001012385".to_owned()).unwrap();
        ReferralContent {
            personal_identity_number: Some(Sensitive::new(own)),
            ..ReferralContent::note(note.to_owned())
        }
    }

    #[test]
    fn another_persons_number_in_a_text_is_refused_however_it_is_written() {
        for note in ["20170101-2393", "se 201701012393.", "nr 170101-2393", "(1701012393)"] {
            let refused = content(note).check_texts().unwrap_err();
            assert_eq!((refused.reason, refused.field), (Reason::ContentForbidden, "content.note"));
        }
    }

    #[test]
    fn the_persons_own_number_and_what_is_no_number_pass() {
        for note in ["19900101-2385", "ring 0480-450000", "dnr 2026-1234567890", "199001012386"] {
            assert_eq!(content(note).check_texts(), Ok(()), "{note}");
        }
    }

    #[test]
    fn the_result_of_a_test_is_held_back_in_every_text_until_it_is_accepted() {
        let told = || Some(Sensitive::new("Tolvan, drogtest positivt".to_owned()));
        let other = ThirdPerson { relation: ThirdPersonRelation::Partner, name: told().unwrap() };
        let empty = || ReferralContent { note: None, ..content("") };
        for (field, content) in [
            ("content.note", ReferralContent { note: told(), ..empty() }),
            ("content.contact", ReferralContent { contact: told(), ..empty() }),
            ("content.name", ReferralContent { name: told(), ..empty() }),
            (
                "content.third_persons.name",
                ReferralContent { third_persons: vec![Sensitive::new(other)], ..empty() },
            ),
        ] {
            let held_back = Err(Refusal::at(Reason::ContentWarning, field));
            assert_eq!(content.check_test_results(false), held_back);
            assert_eq!(content.check_test_results(true), Ok(()));
        }
        assert_eq!(empty().check_test_results(false), Ok(()));
    }

    #[test]
    fn con_03_a_note_that_tells_of_a_partner_is_pointed_out() {
        let warned = vec![ContentWarning::ThirdPersonInNote];
        assert_eq!(content("Sambon dricker.").warnings(), warned);
        assert_eq!(content("Två barn, bor hos sin mamma").warnings(), warned);
        for note in ["Har hund.", "Barnläkare 1998.", "Makalös utsikt", ""] {
            assert_eq!(content(note).warnings(), [], "{note}");
        }
    }

    #[test]
    fn a_text_that_tells_a_place_is_refused_at_its_field_and_not_repeated() {
        let told = || Some(Sensitive::new("Bor på Storgatan 12".to_owned()));
        let empty = || ReferralContent { note: None, ..content("") };
        for (field, content) in [
            ("content.note", ReferralContent { note: told(), ..empty() }),
            ("content.contact", ReferralContent { contact: told(), ..empty() }),
            ("content.name", ReferralContent { name: told(), ..empty() }),
        ] {
            let refused = content.check_places().unwrap_err();
            assert_eq!((refused.reason, refused.field), (Reason::ContentForbidden, field));
            assert!(!format!("{refused:?}").contains("Storgatan"));
        }
        assert_eq!(content("Bor på Storgatan").check_places(), Ok(()));
    }
}
