//! The form of a telephone number and of a link, wherever somebody writes how a function is reached.

/// 6 to 15 digits with spaces or hyphens between, `+` or `0` first.
pub fn is_telephone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (6..=15).contains(&digits)
        && text.starts_with(['+', '0'])
        && rest.bytes().all(|b| b.is_ascii_digit() || b == b' ' || b == b'-')
}

/// A link of one line over TLS that names no user.
pub fn is_link(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        !rest.is_empty()
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    })
}
