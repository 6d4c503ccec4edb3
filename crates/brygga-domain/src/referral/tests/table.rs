//! Every command in every status at both ends, against a table written from the exchange guide (1.2)
//! and not from the code.

use super::*;

/// What the target's log does after its time to answer is over. A status in capitals is where the
/// command leads, `stays` changes none, and the rest are refusals.
const AT_TARGET: [&str; 2] = [
    "
                       | take_on  | accept   | decline  | start       | complete  | confirm_cancellation | withdraw               | expire
REQUESTED              | stays    | ACCEPTED | REJECTED | invalid     | invalid   | invalid              | CANCELLED              | EXPIRED
ACCEPTED               | stays    | invalid  | REJECTED | IN_PROGRESS | COMPLETED | invalid              | CANCELLATION_REQUESTED | invalid
IN_PROGRESS            | stays    | invalid  | REJECTED | invalid     | COMPLETED | invalid              | CANCELLATION_REQUESTED | invalid
CANCELLATION_REQUESTED | stays    | invalid  | REJECTED | invalid     | COMPLETED | CANCELLED            | invalid                | invalid
ON_HOLD                | stays    | invalid  | REJECTED | invalid     | COMPLETED | invalid              | CANCELLATION_REQUESTED | invalid
REJECTED               | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
CANCELLED              | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
EXPIRED                | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
COMPLETED              | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
FAILED                 | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
ENTERED_IN_ERROR       | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
",
    "
                       | put_on_hold | resume      | fail     | set_business_status | review  | acknowledge | request_review | stop      | escalate
REQUESTED              | invalid     | invalid     | invalid  | stays               | invalid | invalid     | invalid        | CANCELLED | stays
ACCEPTED               | ON_HOLD     | invalid     | FAILED   | stays               | invalid | invalid     | invalid        | CANCELLED | invalid
IN_PROGRESS            | ON_HOLD     | invalid     | FAILED   | stays               | invalid | invalid     | invalid        | CANCELLED | invalid
CANCELLATION_REQUESTED | invalid     | invalid     | invalid  | stays               | invalid | invalid     | invalid        | CANCELLED | invalid
ON_HOLD                | invalid     | IN_PROGRESS | FAILED   | stays               | invalid | invalid     | invalid        | CANCELLED | invalid
REJECTED               | terminal    | terminal    | terminal | terminal            | invalid | stays       | stays          | terminal  | invalid
CANCELLED              | terminal    | terminal    | terminal | terminal            | invalid | stays       | invalid        | terminal  | invalid
EXPIRED                | terminal    | terminal    | terminal | terminal            | invalid | stays       | invalid        | terminal  | invalid
COMPLETED              | terminal    | terminal    | terminal | terminal            | invalid | stays       | invalid        | terminal  | invalid
FAILED                 | terminal    | terminal    | terminal | terminal            | invalid | stays       | invalid        | terminal  | invalid
ENTERED_IN_ERROR       | terminal    | terminal    | terminal | terminal            | invalid | invalid     | invalid        | terminal  | invalid
",
];

/// What the source may propose. An order to stop is no proposal: it takes effect whatever the status.
const AT_SOURCE: &str = "
                       | withdraw | acknowledge | request_review
REQUESTED              | proposed | invalid     | invalid
ACCEPTED               | proposed | invalid     | invalid
IN_PROGRESS            | proposed | invalid     | invalid
CANCELLATION_REQUESTED | proposed | invalid     | invalid
ON_HOLD                | proposed | invalid     | invalid
REJECTED               | terminal | proposed    | proposed
CANCELLED              | terminal | proposed    | invalid
EXPIRED                | terminal | proposed    | invalid
COMPLETED              | terminal | proposed    | invalid
FAILED                 | terminal | proposed    | invalid
ENTERED_IN_ERROR       | terminal | invalid     | invalid
";

/// One command of each name.
pub(super) fn commands() -> Vec<Command> {
    let reason = StatusReason::NoLongerNeeded;
    let step = Some(NextStep::TemporaryBed);
    vec![
        Command::TakeOn(TakenOn { unit: None, act_by: RESPOND_BY }),
        Command::Accept,
        Command::Decline(
            Decline::new(DeclineParty::Provider, StatusReason::NoCapacity, step).unwrap(),
        ),
        Command::Start,
        Command::Complete(Outcome { result: OutcomeResult::Housed, place_type: None }),
        Command::ConfirmCancellation { reason },
        Command::Withdraw { reason },
        Command::Expire,
        Command::PutOnHold { reason },
        Command::Resume,
        Command::Fail { reason },
        Command::SetBusinessStatus(BusinessStatus::Scheduled),
        Command::Review { result: ReviewResult::Upheld },
        Command::Acknowledge,
        Command::RequestReview { ground: ReviewGround::Danger },
        Command::Stop { reason: StopReason::ConsentWithdrawn },
        Command::Escalate(Escalation { level: 1, unit: None }),
    ]
}

fn statuses() -> Vec<Status> {
    let reason = StatusReason::NoLongerNeeded;
    vec![
        Status::Requested,
        Status::Accepted,
        Status::InProgress,
        Status::CancellationRequested { reason },
        Status::OnHold { reason },
        Status::Rejected(Decline::by_system()),
        Status::Cancelled { reason },
        Status::Expired,
        Status::Completed(Outcome { result: OutcomeResult::Housed, place_type: None }),
        Status::Failed { reason },
        Status::EnteredInError,
    ]
}

/// The cells of a table: status, command, what is expected.
fn cells(table: &str) -> Vec<(&str, &str, &str)> {
    let columns = |line| str::split(line, '|').map(str::trim);
    let mut lines = table.trim_matches('\n').lines();
    let names: Vec<&str> = columns(lines.next().unwrap()).skip(1).collect();
    let row = |line| {
        let mut row = columns(line);
        let status = row.next().unwrap();
        let expected: Vec<&str> = row.collect();
        assert_eq!(expected.len(), names.len(), "a row of {status} with a hole");
        names.clone().into_iter().zip(expected).map(move |(name, cell)| (status, name, cell))
    };
    lines.flat_map(row).collect()
}

fn in_status(side: Side, status: &str) -> Referral {
    let found = statuses().into_iter().find(|known| known.as_str() == status);
    Referral { status: found.expect(status), ..referral(side) }
}

fn command(name: &str) -> Command {
    commands().into_iter().find(|command| command.name() == name).expect(name)
}

fn shown(refusal: &Refusal) -> &'static str {
    match refusal.reason {
        Reason::InvalidTransition => "invalid",
        Reason::Terminal => "terminal",
        Reason::WrongActor => "wrong actor",
        _ => "another refusal",
    }
}

#[test]
fn the_target_decides_every_command_in_every_status_as_the_table_says() {
    let cells: Vec<_> = AT_TARGET.into_iter().flat_map(cells).collect();
    assert_eq!(cells.len(), statuses().len() * commands().len(), "the table is whole");
    for (status, name, expected) in cells {
        let mut referral = in_status(Side::Target, status);
        let before = referral.status.clone();
        let decided = match referral.decide(command(name), RESPOND_BY) {
            Ok(event) => {
                referral.apply(&event, RESPOND_BY);
                let stays = referral.status == before;
                if stays { "stays" } else { referral.status.as_str() }
            }
            Err(refusal) => shown(&refusal),
        };
        assert_eq!(decided, expected, "{name} in {status}");
    }
}

#[test]
fn the_source_decides_nothing_in_any_status() {
    for status in statuses() {
        for command in commands() {
            let (name, status) = (command.name(), status.clone());
            let decided = Referral { status, ..referral(Side::Source) }.decide(command, RESPOND_BY);
            assert_eq!(decided, Err(refused(Reason::WrongActor)), "{name}");
        }
    }
}

#[test]
fn the_source_proposes_what_the_table_says_and_the_target_never_proposes() {
    let cells = cells(AT_SOURCE);
    assert_eq!(cells.len(), 3 * statuses().len(), "the table is whole");
    for (status, name, expected) in cells {
        let proposed = in_status(Side::Source, status).propose(&command(name));
        let shown = proposed.map_or_else(|refusal| shown(&refusal), |()| "proposed");
        assert_eq!(shown, expected, "{name} in {status}");
        let wrong = in_status(Side::Target, status).propose(&command(name));
        assert_eq!(wrong, Err(refused(Reason::WrongActor)), "{name} in {status}");
    }
}

#[test]
fn what_is_no_proposal_is_never_proposed() {
    for command in commands().iter().filter(|command| command.side() == Side::Target) {
        let proposed = referral(Side::Source).propose(command);
        assert_eq!(proposed, Err(refused(Reason::WrongActor)), "{}", command.name());
    }
}

#[test]
fn a_mistake_can_be_marked_in_every_status_and_once() {
    let stop = Command::Stop { reason: StopReason::EnteredInError };
    for status in statuses() {
        let marked = Referral { status: status.clone(), ..referral(Side::Target) };
        let decided = marked.decide(stop.clone(), START);
        let twice = Err(refused(Reason::InvalidTransition));
        let expected =
            if status == Status::EnteredInError { twice } else { Ok(Event::EnteredInError) };
        assert_eq!(decided, expected, "{}", status.as_str());
    }
}

#[test]
fn each_command_belongs_to_the_side_whose_people_give_it() {
    let of_the_source: Vec<&str> = commands()
        .iter()
        .filter(|command| command.side() == Side::Source)
        .map(Command::name)
        .collect();
    assert_eq!(of_the_source, ["withdraw", "acknowledge", "request_review", "stop"]);
}
