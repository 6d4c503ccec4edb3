use super::{Source, check_page};

fn sources() -> Vec<Source> {
    vec![
        Source::read("crates/brygga-server/src/limits.rs", "pub const MAX_CALLS: usize = 512;\n"),
        Source::read(
            "crates/brygga-server/src/listener/bucket.rs",
            "const SPAN: u8 = 1;\nmod tests {\n    fn a_burst_passes() {}\n}\n",
        ),
        Source::read("crates/brygga-server/tests/hostile/calls.rs", "fn one_too_many() {}\n"),
    ]
}

fn findings(row: &str) -> Vec<String> {
    let page = format!("# Limits\n\n| a | b | c | d | e |\n{row}\n");
    check_page(&page, &sources()).iter().map(ToString::to_string).collect()
}

#[test]
fn a_row_with_a_constant_and_tests_that_exist_is_good() {
    let row = "| Calls | `MAX_CALLS`, `SPAN` in `brygga-server` | 512 | `NODE_OVERLOADED` | \
               `calls::one_too_many`, `bucket::tests::a_burst_passes`, `bucket::tests::*` |";
    assert_eq!(findings(row), Vec::<String>::new());
}

#[test]
fn a_constant_or_a_test_that_is_gone_is_found_with_its_line() {
    let row = "| Calls | `MAX_CALLS`, `MAX_GONE` | 1 | x | `calls::gone`, `bucket::one_too_many` |";
    assert_eq!(
        findings(row),
        [
            "docs/LIMITS.md:4: no constant MAX_GONE",
            "docs/LIMITS.md:4: no test calls::gone",
            "docs/LIMITS.md:4: no test bucket::one_too_many",
        ]
    );
}

#[test]
fn a_limit_of_a_port_that_is_not_on_the_page_is_found() {
    assert_eq!(findings("| Calls | – | 1 | x | – |"), ["docs/LIMITS.md: MAX_CALLS is missing"]);
}
