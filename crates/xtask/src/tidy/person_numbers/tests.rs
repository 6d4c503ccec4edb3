use super::{TEST_NUMBERS, digits, is_plausible, is_test_number, person_numbers};

/// Put together here, so that the file itself holds no such number.
fn off_list() -> [String; 4] {
    let (date, rest) = ("640823", "3234");
    [
        format!("{date}-{rest}"),
        format!("{date}+{rest}"),
        format!("19{date}-{rest}"),
        format!("19{date}{rest}"),
    ]
}

#[test]
fn a_number_off_the_list_is_found_in_every_form() {
    for number in off_list() {
        for line in [number.clone(), format!("pnr=\"{number}\","), format!("/{number}-a")] {
            let found: Vec<String> = person_numbers(&line).collect();
            assert_eq!(found.len(), 1, "{line}");
            assert!(!is_test_number(&found[0]), "{line}");
        }
    }
}

#[test]
fn every_published_test_number_is_recognised_and_allowed() {
    for line in TEST_NUMBERS.lines() {
        let found: Vec<String> = person_numbers(line).collect();
        assert_eq!(found, [digits(line)], "{line}");
        assert!(is_test_number(&found[0]), "{line}");
        assert!(is_test_number(&found[0][2..]), "short form of {line}");
    }
}

#[test]
fn a_coordination_number_off_the_list_is_found() {
    assert!(is_plausible(&["64088", "33231"].concat()));
}

#[test]
fn other_numbers_are_left_alone() {
    let date = "640823";
    let others = [
        // A wrong check digit, an impossible month, an organisation, digits of a digest.
        format!("{date}-3235"),
        "641323-3234".to_owned(),
        "212000-0746".to_owned(),
        format!("a{date}3234"),
        format!("{date}3234b"),
        format!("1{date}3234"),
        "1756684800000".to_owned(),
    ];
    for other in others {
        assert_eq!(person_numbers(&other).count(), 0, "{other}");
    }
}
