//! A process that runs out of file descriptors, for real.
//!
//! The attacked listener runs in a process of its own, because the limit is the
//! process's and the attacker's sockets must not count.

use std::time::Duration;

use brygga_server::limits::Limits;
use brygga_server::listener::LocalListener;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::service::TestService;
use crate::wire::{honest, whoami};

const PORT: &str = "listening on port ";

#[tokio::test]
#[ignore = "run by its sibling in a process with few descriptors"]
async fn few_descriptors() {
    let limits =
        Limits { max_unidentified: 1000, max_unidentified_per_address: 1000, ..Limits::default() };
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    eprintln!("{PORT}{}", socket.local_addr().unwrap().port());
    let listener = LocalListener::plaintext(socket, limits, 1).unwrap();
    let orphaned = tokio::time::sleep(Duration::from_secs(30));
    listener.serve(TestService::default(), orphaned).await;
}

#[tokio::test]
async fn no_descriptor_left_costs_little_cpu_and_the_port_recovers() {
    let (child, port) = start().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    while descriptors(&child) < 40 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let before = cpu_ticks(&child);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let burnt = cpu_ticks(&child) - before;
    eprintln!("{burnt} of 200 ticks burnt while no descriptor was left");
    assert!(burnt < 20, "{burnt} of 200 ticks: the accept loop spins");
    drop(silent);
    whoami(&mut honest(TcpStream::connect(("127.0.0.1", port)).await.unwrap()).await).await;
}

async fn start() -> (Child, u16) {
    let limited = "ulimit -n 48 && exec \"$0\" --ignored --exact --nocapture \"$1\"";
    let mut child = Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().unwrap())
        .arg("descriptors::few_descriptors")
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(port) = line.strip_prefix(PORT) {
            return (child, port.parse().unwrap());
        }
    }
    panic!("the listener did not start");
}

fn descriptors(child: &Child) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", child.id().unwrap())).unwrap().count()
}

/// User and system time in hundredths of a second.
fn cpu_ticks(child: &Child) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id().unwrap())).unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}
