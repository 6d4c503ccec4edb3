//! Command lines, as the node is asked.

use clap::Parser;

use super::*;

const CASE: &str = "04040404-0404-0404-0404-040404040404";

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    action: ActAction,
}

fn parsed(words: &[&str]) -> Result<ActAction, clap::Error> {
    let line = [&["test"], &words[..1], &[CASE], &words[1..]].concat();
    Line::try_parse_from(line).map(|line| line.action)
}

fn act(words: &[&str]) -> Act {
    let request = parsed(words).unwrap().request(None, false).unwrap();
    assert_eq!(request.relocation_id, vec![4; 16]);
    request.act.unwrap()
}

#[test]
fn each_command_asks_for_its_act() {
    let take = |position, refusal| Act::TakePosition(proto::TakePosition { position, refusal });
    let until = when::parse("2026-12-31").ok().map(when::to_proto);
    let cases: &[(&[&str], Act)] = &[
        (&["raise", "--level", "protected-registration"], Act::Raise(3)),
        (&["examine", "--secrecy-basis", "OSL_21_3_A"], Act::Examine(2)),
        (&["enquire", "--until", "2026-12-31"], Act::Enquire(proto::SendEnquiry { until })),
        (&["select", "--offer", "1"], Act::Select(0)),
        (&["release"], Act::Release(proto::ReleaseDisclosure {})),
        (&["open-disclosure"], Act::Open(proto::OpenDisclosure {})),
        (&["position", "--position", "accepted"], take(1, 0)),
        (&["position", "--position", "refused", "--refusal", "no-right"], take(2, 3)),
        (&["hand-over", "--item", "meeting"], Act::HandOver(1)),
        (&["receive", "--item", "warm-handoff"], Act::Receive(6)),
        (&["moved"], Act::Move(proto::RecordMove {})),
        (&["follow-up"], Act::FollowUp(proto::RecordFollowUp {})),
        (&["close"], Act::Close(proto::CloseRelocation {})),
        (&["escalate"], Act::Escalate(proto::EscalateRelocation {})),
        (
            &["decision-came", "--at", "2026-12-31"],
            Act::ReceiveDecision(proto::ReceiveIvoDecision { at: until }),
        ),
        (&["decision", "--outcome", "moves"], Act::NoteDecision(1)),
        (
            &["review-withheld", "--number", "2", "--outcome", "lifted"],
            Act::ReviewWithheld(proto::ReviewWithheld { place: 1, review: 2 }),
        ),
        (&["end", "--how", "withdrawn"], Act::End(1)),
    ];
    for (words, asked) in cases {
        assert_eq!(act(words), *asked, "{words:?}");
    }
}

#[test]
fn texts_come_from_a_file_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    std::fs::write(&path, "Tolvan Tolvansson\noch barn\n").unwrap();
    let file = path.to_str().unwrap();
    let content = "Tolvan Tolvansson\noch barn\n".to_owned();
    let prepared = Act::Prepare(proto::PrepareDisclosure { content: content.clone() });
    assert_eq!(act(&["prepare", "--content-file", file]), prepared);
    let note = Act::Assist(proto::SendAssistance { text: content });
    assert_eq!(act(&["assist", "--text-file", file]), note);
    std::fs::write(&path, "Elvan Elvansson\n").unwrap();
    let spoke_with = "Elvan Elvansson".to_owned();
    let called = Act::CallBack(proto::RecordCallBack { spoke_with });
    assert_eq!(act(&["call-back", "--spoke-with-file", file]), called);
}

#[test]
fn no_text_can_be_written_on_the_command_line() {
    for words in [
        &["prepare", "Tolvan"][..],
        &["prepare", "--content", "Tolvan"],
        &["assist", "--text", "Tolvan"],
        &["call-back", "--spoke-with", "Elvan"],
    ] {
        assert!(parsed(words).is_err(), "{words:?}");
    }
}

#[test]
fn standard_input_is_not_both_the_passphrase_and_a_text() {
    let action = parsed(&["prepare", "--content-file", "-"]).unwrap();
    let failure = action.request(None, true).unwrap_err();
    assert_eq!(failure.code(), "STANDARD_INPUT_TWICE");
}

#[test]
fn lists_are_counted_from_one() {
    for number in ["0", "-1", "ett", "4294967296"] {
        assert!(parsed(&["select", "--offer", number]).is_err(), "{number}");
        let words = ["review-withheld", "--number", number, "--outcome", "LIFTED"];
        assert!(parsed(&words).is_err(), "{number}");
    }
}
