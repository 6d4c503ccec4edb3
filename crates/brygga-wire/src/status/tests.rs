use super::*;

const GOLDEN: &str = include_str!("../../tests/golden/status.txt");

fn at(reason: Reason) -> Refusal {
    Refusal { rule_id: "remiss-1".to_owned(), ..Refusal::at(reason, "payload.priority") }
}

#[test]
fn every_reason_has_the_code_of_the_golden_list() {
    let made: Vec<String> = Reason::ALL
        .iter()
        .map(|reason| format!("{} {}", reason.as_str(), grpc_name(to_status(&at(*reason)).code())))
        .collect();
    let golden: Vec<&str> = GOLDEN.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(made, golden);
}

/// The name as gRPC writes it: `NOT_FOUND`.
fn grpc_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[test]
fn a_client_reads_every_reason_back() {
    for reason in Reason::ALL {
        assert_eq!(from_status(&to_status(&at(*reason))), Some(*reason));
    }
}

#[test]
fn a_status_of_something_else_has_no_reason() {
    assert_eq!(from_status(&Status::not_found("SEND_NOT_FOUND")), None);
    let of = |reason: &str, domain: &str| {
        let details = ErrorDetails::with_error_info(reason, domain, HashMap::new());
        from_status(&Status::with_error_details(Code::Internal, "", details))
    };
    assert_eq!(of("SEND_TERMINAL", "brygga"), Some(Reason::Terminal));
    assert_eq!(of("SEND_TERMINAL", "another"), None);
    assert_eq!(of("SEND_FROM_THE_FUTURE", "brygga"), None);
}

#[test]
fn absent_and_hidden_answer_with_the_same_bytes() {
    let absent = to_status(&Refusal::new(Reason::NotFound));
    for hidden in [Refusal::at(Reason::NotFound, "referral_id"), at(Reason::NotFound)] {
        let hidden = to_status(&hidden);
        assert_eq!(hidden.code(), absent.code());
        assert_eq!(hidden.message(), absent.message());
        assert_eq!(hidden.details(), absent.details());
    }
}

#[test]
fn a_status_names_field_and_rule_and_nothing_else() {
    let info = to_status(&at(Reason::PolicyDenied)).get_details_error_info().unwrap();
    let mut metadata: Vec<_> = info.metadata.into_iter().collect();
    metadata.sort();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(metadata, [pair("field", "payload.priority"), pair("rule", "remiss-1")]);
    let bare = to_status(&Refusal::new(Reason::PolicyDenied));
    assert!(bare.get_details_error_info().unwrap().metadata.is_empty());
    assert_eq!(bare.message(), "SEND_POLICY_DENIED");
}

#[test]
fn only_what_can_succeed_later_says_when_to_come_back() {
    for reason in Reason::ALL {
        let later = matches!(reason.fault(), Fault::Exhausted | Fault::Unavailable);
        let retry = to_status(&at(*reason)).get_details_retry_info();
        assert_eq!(retry.is_some(), later, "{}", reason.as_str());
    }
}
