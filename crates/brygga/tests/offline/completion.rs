//! Completion in a shell: every command is there, explained in the reader's language.

use std::process::{Command, Stdio};

use crate::region::Region;

fn script(shell: &str, language: &str) -> String {
    let done = Region::new().run(&["completion", shell, "--language", language]);
    assert_eq!(done.exit, 0, "{}", done.err);
    done.out
}

#[test]
fn each_shell_completes_commands_options_and_codes() {
    for shell in ["bash", "zsh", "fish"] {
        let script = script(shell, "sv");
        for word in ["referral", "confirm-cancellation", "no-such-command", "no-such-word"] {
            let is_there = script.contains(word);
            assert_eq!(
                is_there,
                word == "referral" || word == "confirm-cancellation",
                "{shell}: {word}"
            );
        }
        assert!(script.contains("content-file") && script.contains("CONSENT_12_2"), "{shell}");
    }
}

#[test]
fn descriptions_are_in_the_readers_language() {
    for shell in ["zsh", "fish"] {
        assert!(script(shell, "sv").contains("Avböj en remiss"), "{shell}");
        assert!(script(shell, "en").contains("Decline a referral"), "{shell}");
    }
}

#[test]
fn bash_reads_its_script() {
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    let script = script("bash", "sv");
    std::io::Write::write_all(bash.stdin.as_mut().unwrap(), script.as_bytes()).unwrap();
    drop(bash.stdin.take());
    assert!(bash.wait().unwrap().success());
}
