//! A node as it is found at other times, and with other contents, than those of today.

use std::fs;
use std::net::TcpListener;

use brygga_app::RetentionReport;
use brygga_domain::{Seconds, Timestamp};
use brygga_storage::OutboxCounts;
use clap::Parser;

use super::*;
use crate::cli::{Cli, Language};
use crate::node_dir::NodeDir;
use crate::when;

/// A node of a demonstration, whose local port is open.
struct Node {
    directory: tempfile::TempDir,
    _local: TcpListener,
}

impl Node {
    async fn found() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let local = TcpListener::bind("127.0.0.1:0").unwrap();
        let (dir, address) = (directory.path(), local.local_addr().unwrap());
        let init = format!(
            "brygga init --org demo:kalmar --name Kalmar --federation demo.example --development \
             --local-address {address} --dir {}",
            dir.display()
        );
        for line in [init, format!("brygga migrate --dir {}", dir.display())] {
            let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
            assert!(crate::commands::run(cli).await.is_ok(), "{line}");
        }
        let file = dir.join("brygga.toml");
        let text = fs::read_to_string(&file).unwrap();
        let phones = "duty_phone_list = [\n";
        let phone = "{ name_of_function = \"Socialjouren\", phone = \"08-465 004 00\" },\n";
        fs::write(&file, text.replace(phones, &format!("{phones}{phone}"))).unwrap();
        Self { directory, _local: local }
    }

    fn at(&self, now: Timestamp) -> Invocation {
        let node = NodeDir::new(self.directory.path());
        Invocation { node, language: Language::En, now }
    }

    /// The codes that are found so many days from now.
    async fn in_days(&self, days: i64) -> Vec<String> {
        let at = self.at(when::now().plus(Seconds::days(days)));
        let found = examine(&at, false).await.unwrap();
        found.findings.into_iter().map(|finding| finding.code).collect()
    }
}

fn codes(found: &Examination) -> Vec<&str> {
    found.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test]
async fn time_makes_a_healthy_node_ill_step_by_step() {
    let node = Node::found().await;
    assert_eq!(node.in_days(0).await, [""; 0]);
    // The registry of a new federation holds for 90 days, and for a week of grace.
    assert_eq!(node.in_days(77).await, ["REGISTRY_EXPIRES_SOON"]);
    assert_eq!(node.in_days(92).await, ["REGISTRY_EXPIRED"]);
    assert!(node.in_days(98).await.contains(&"REGISTRY_LAPSED".to_owned()));
}

#[tokio::test]
async fn a_clock_that_is_behind_is_found() {
    let node = Node::found().await;
    assert!(node.in_days(-1).await.contains(&"CLOCK_BEHIND".to_owned()));
}

#[tokio::test]
async fn figures_stand_behind_the_findings() {
    let node = Node::found().await;
    let found = examine(&node.at(when::now()), false).await.unwrap();
    assert!(found.figures.database_bytes.is_some_and(|bytes| bytes > 0));
    assert!(found.figures.free_bytes.is_some());
    assert_eq!((found.figures.outbox_queued, found.figures.outbox_dead), (Some(0), Some(0)));
}

#[tokio::test]
async fn messages_that_wait_long_or_were_given_up_are_found() {
    let node = Node::found().await;
    let at = node.at(when::now());
    let settings = at.node.settings().unwrap();
    let view = View { settings: &settings, at: &at };
    let look = |dead, seconds_ago: i64| {
        let made = at.now.minus(Seconds(seconds_ago));
        let counts = OutboxCounts { queued: 1, dead, delivered: 0, oldest_queued_at: Some(made) };
        let mut found = Examination::default();
        waiting::look(&view, &counts, &mut found);
        found
    };
    assert_eq!(codes(&look(0, 3599)), [""; 0]);
    assert_eq!(codes(&look(0, 3600)), ["OUTBOX_WAITS"]);
    assert_eq!(codes(&look(2, 0)), ["OUTBOX_DEAD"]);
    assert!(look(2, 0).findings[0].problem.starts_with("2 messages"));
}

#[tokio::test]
async fn cases_that_may_not_go_yet_are_found() {
    let node = Node::found().await;
    let at = node.at(when::now());
    let settings = at.node.settings().unwrap();
    let view = View { settings: &settings, at: &at };
    let look = |blocked, to_hand_over| {
        let last = RetentionReport { blocked, to_hand_over, ..RetentionReport::default() };
        let mut found = Examination::default();
        waiting::look_at_retention(&view, Some(&last.to_bytes()), &mut found);
        found
    };
    assert_eq!(codes(&look(0, 0)), [""; 0]);
    assert_eq!(codes(&look(3, 0)), ["RETENTION_BLOCKED"]);
    assert_eq!(codes(&look(0, 1)), ["RETENTION_HAND_OVER"]);
    assert!(look(3, 0).findings[0].problem.starts_with("3 cases"));
}

#[tokio::test]
async fn agreements_to_evaluate_are_found() {
    let node = Node::found().await;
    let at = node.at(when::now());
    let settings = at.node.settings().unwrap();
    let view = View { settings: &settings, at: &at };
    let look = |due| {
        let mut found = Examination::default();
        waiting::look_at_evaluations(&view, due, &mut found);
        found
    };
    assert_eq!(codes(&look(0)), [""; 0]);
    assert_eq!(codes(&look(2)), ["EVALUATIONS_DUE"]);
    assert!(look(2).findings[0].problem.starts_with("2 agreements"));
}

#[tokio::test]
async fn services_that_nobody_has_counted_are_found() {
    let node = Node::found().await;
    let at = node.at(when::now());
    let settings = at.node.settings().unwrap();
    let view = View { settings: &settings, at: &at };
    let look = |stale| {
        let mut found = Examination::default();
        waiting::look_at_services(&view, stale, &mut found);
        found
    };
    assert_eq!(codes(&look(0)), [""; 0]);
    assert_eq!(codes(&look(2)), ["SERVICES_STALE"]);
    assert!(look(2).findings[0].problem.starts_with("2 services"));
}

#[tokio::test]
async fn a_database_that_no_copy_has_room_for_is_found() {
    let node = Node::found().await;
    let at = node.at(when::now());
    let settings = at.node.settings().unwrap();
    let view = View { settings: &settings, at: &at };
    assert_eq!(store::outgrown(&view, 2, Some(2)), None);
    assert_eq!(store::outgrown(&view, 3, Some(2)).unwrap().code, "DATABASE_OUTGROWS_DISK");
}
