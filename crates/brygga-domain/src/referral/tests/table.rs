//! Every command in every status at both ends, against a table written from the exchange guide (1.2)
//! and not from the code.

use super::*;

/// What the target's log does after its time to answer is over. A status in capitals is where the
/// command leads, `stays` changes none, and the rest are refusals.
const AT_TARGET: &str = "
                       | take_on  | accept   | decline  | start       | complete  | confirm_cancellation | withdraw               | expire
REQUESTED              | stays    | ACCEPTED | REJECTED | invalid     | invalid   | invalid              | CANCELLED              | EXPIRED
ACCEPTED               | stays    | invalid  | REJECTED | IN_PROGRESS | COMPLETED | invalid              | CANCELLATION_REQUESTED | invalid
IN_PROGRESS            | stays    | invalid  | REJECTED | invalid     | COMPLETED | invalid              | CANCELLATION_REQUESTED | invalid
CANCELLATION_REQUESTED | stays    | invalid  | REJECTED | invalid     | COMPLETED | CANCELLED            | invalid                | invalid
REJECTED               | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
CANCELLED              | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
EXPIRED                | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
COMPLETED              | terminal | terminal | terminal | terminal    | terminal  | terminal             | terminal               | terminal
";

/// What the source may propose: the only thing that its people can do.
const AT_SOURCE: &str = "
                       | withdraw
REQUESTED              | proposed
ACCEPTED               | proposed
IN_PROGRESS            | proposed
CANCELLATION_REQUESTED | proposed
REJECTED               | terminal
CANCELLED              | terminal
EXPIRED                | terminal
COMPLETED              | terminal
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
    ]
}

fn statuses() -> Vec<Status> {
    let reason = StatusReason::NoLongerNeeded;
    vec![
        Status::Requested,
        Status::Accepted,
        Status::InProgress,
        Status::CancellationRequested { reason },
        Status::Rejected(Decline::by_system()),
        Status::Cancelled { reason },
        Status::Expired,
        Status::Completed(Outcome { result: OutcomeResult::Housed, place_type: None }),
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
    let cells = cells(AT_TARGET);
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
fn the_source_proposes_a_withdrawal_as_the_table_says_and_the_target_never() {
    let cells = cells(AT_SOURCE);
    assert_eq!(cells.len(), statuses().len(), "the table is whole");
    for (status, _, expected) in cells {
        let proposed = in_status(Side::Source, status).propose_withdrawal();
        assert_eq!(proposed.map_or_else(|r| shown(&r), |()| "proposed"), expected, "{status}");
        let wrong = in_status(Side::Target, status).propose_withdrawal();
        assert_eq!(wrong, Err(refused(Reason::WrongActor)), "{status}");
    }
}

#[test]
fn each_command_belongs_to_the_side_whose_people_give_it() {
    let of_the_source: Vec<&str> = commands()
        .iter()
        .filter(|command| command.side() == Side::Source)
        .map(Command::name)
        .collect();
    assert_eq!(of_the_source, ["withdraw"]);
}
