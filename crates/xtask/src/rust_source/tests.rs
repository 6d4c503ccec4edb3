use super::{Function, RustSource};

fn names(text: &str) -> Vec<(String, usize)> {
    let functions = RustSource::new(text).functions();
    functions.iter().map(|function| (function.name.clone(), function.lines())).collect()
}

#[test]
fn a_function_spans_from_its_signature_to_its_brace() {
    let text = "\n/// Doc.\npub fn one(\n    a: u8,\n) -> u8 {\n    a\n}\n";
    let expected = Function { name: "one".to_owned(), first_line: 3, last_line: 7 };
    assert_eq!(RustSource::new(text).functions(), [expected]);
}

#[test]
fn braces_in_literals_and_comments_are_not_counted() {
    let text = concat!(
        "fn a() {\n    let _ = \"}\\\"}\"; // }\n",
        "    let _ = ('}', '\\'', b'}', r#\"}\"}\"#, '\u{e5}');\n    /* } /* } */ } */\n}\n",
        "fn b() {}\n",
    );
    assert_eq!(names(text), [("a".to_owned(), 5), ("b".to_owned(), 1)]);
}

#[test]
fn a_lifetime_does_not_open_a_character() {
    let text = "fn a<'a>(x: &'a str) -> &'a str {\n    x\n}\n";
    assert_eq!(names(text), [("a".to_owned(), 3)]);
}

#[test]
fn a_declaration_without_body_is_not_a_function() {
    let text = "trait T {\n    fn a(&self) -> [u8; 4];\n    fn b(&self) {\n    }\n}\n";
    assert_eq!(names(text), [("b".to_owned(), 2)]);
}

#[test]
fn a_function_pointer_is_not_a_function() {
    assert_eq!(names("type F = fn(u8) -> u8;\nfn a(f: fn (u8)) {}\n"), [("a".to_owned(), 1)]);
}

#[test]
fn raw_identifiers_are_not_raw_strings() {
    assert_eq!(names("fn a() { let r#type = 1; }\nfn b() {}\n").len(), 2);
}

#[test]
fn test_spans_cover_modules_and_single_statements() {
    let text =
        "#[cfg(test)]\nmod tests;\n\nfn a() {}\n\n#[cfg(test)]\nmod more {\n    fn b() {}\n}\n";
    assert_eq!(RustSource::new(text).test_spans(), [(1, 2), (6, 9)]);
}
