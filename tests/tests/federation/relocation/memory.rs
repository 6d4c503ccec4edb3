//! What a node has in its memory goes nowhere else.

use brygga_proto::local::v1::ShowNodeRequest;
use brygga_testkit::{Place, Region, Running, eventually};

/// Verified: the kernel writes no image of a node that crashes, and the node cannot allow it again.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_crashes_leaves_no_image_of_its_memory() {
    let region = Region::found(&[Place::KALMAR]);
    let running = Running::start(region.program(), &region.path("kalmar"));
    let operator = region.staff("kalmar", "OPERATOR", None);
    eventually("it answers", || async { operator.node().show_node(ShowNodeRequest {}).await.ok() })
        .await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.id()));
    let limits = limits.expect("a process");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    let both: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(both, ["0", "0"], "{core}");
    running.stop();
}
