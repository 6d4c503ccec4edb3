//! The form of a telephone number and of a link, wherever somebody writes how a function is reached.

/// 6 to 15 digits with spaces or hyphens between, `+` or `0` first.
pub fn is_telephone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (6..=15).contains(&digits)
        && text.starts_with(['+', '0'])
        && rest.bytes().all(|b| b.is_ascii_digit() || b == b' ' || b == b'-')
}

/// A link over TLS to a page of a dotted host, in plain letters and digits with `/`, `-`, `.`, `_` and `~`.
///
/// No user, query or fragment has room for a name in it, and nothing is written from right to left or only looks like
/// another letter.
pub fn is_link(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_plain);
    host.contains('.')
        && host.split('.').all(is_label)
        && path.bytes().all(|b| is_plain(b) || matches!(b, b'/' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_host_is_a_link() {
        for link in [
            "https://nybro.example",
            "https://nybro.example/",
            "https://www.nybro.example/bostad/rad.4.1a2b_c~d.html",
            "https://xn--malm-8qa.example/bostad-och-miljo",
        ] {
            assert!(is_link(link), "{link}");
        }
    }

    #[test]
    fn a_link_has_no_room_for_a_name_and_looks_like_nothing_else() {
        for text in [
            "",
            "https://",
            "https:///bostad",
            "http://nybro.example",
            "https://nybro",
            "https://.example",
            "https://nybro..example",
            "https://tolvan@nybro.example",
            "https://?namn=Tolvan",
            "https://nybro.example?namn=Tolvan",
            "https://nybro.example/bostad?namn=Tolvan",
            "https://nybro.example/bostad#Tolvan",
            "https://nybro.example/%54olvan",
            "https://nybro.example/\"Tolvan\"",
            "https://nybro.example/<b>",
            "https://nybro.example/bo stad",
            "https://nybro.example/bostad\n",
            "https://nybro.example/\u{202e}datsob",
            "https://nybr\u{43e}.example/bostad",
        ] {
            assert!(!is_link(text), "{text:?}");
        }
    }
}
