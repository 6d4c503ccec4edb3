//! The line to a node, which a test can cut, and tear in the middle of an answer.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use brygga_testkit::Region;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// So much of the answers comes before a torn line tears: the greeting and a short answer, and no cells.
const TORN_AFTER: u64 = 8_192;

/// How a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Carries everything.
    Whole,
    /// Carries all that is asked and only the beginning of what is answered.
    Torn,
    /// Carries nothing.
    Cut,
}

/// The line to one node, for all others.
pub(crate) struct Line {
    state: watch::Sender<State>,
    asked: Arc<Mutex<BTreeMap<SocketAddr, u64>>>,
}

impl Line {
    /// Puts itself between a node that does not run yet and all others.
    pub(crate) async fn to(region: &Region, name: &str) -> Self {
        let ip = region.address(name);
        let file = region.path(name).join("brygga.toml");
        let settings = std::fs::read_to_string(&file).expect("settings");
        let (old, new) =
            (format!("\naddress = \"{ip}:8443\""), format!("\naddress = \"{ip}:8444\""));
        assert!(settings.contains(&old), "the settings name the listener");
        std::fs::write(&file, settings.replace(&old, &new)).expect("settings can be changed");
        let listener = TcpListener::bind((ip, 8443)).await.expect("the address is free");
        let (state, seen) = watch::channel(State::Whole);
        let asked = Arc::default();
        tokio::spawn(carry_all(listener, ip, seen, Arc::clone(&asked)));
        Self { state, asked }
    }

    /// Breaks what is under way and is so from now on.
    pub(crate) fn turn(&self, state: State) {
        self.state.send_replace(state);
    }

    /// How many bytes each connection has carried to the node since it was asked last.
    pub(crate) fn asked(&self) -> BTreeMap<SocketAddr, u64> {
        std::mem::take(&mut *self.asked.lock().expect("nobody panicked"))
    }
}

type Asked = Arc<Mutex<BTreeMap<SocketAddr, u64>>>;

async fn carry_all(
    listener: TcpListener,
    ip: Ipv4Addr,
    state: watch::Receiver<State>,
    asked: Asked,
) {
    while let Ok((client, who)) = listener.accept().await {
        tokio::spawn(carry(client, who, ip, state.clone(), Arc::clone(&asked)));
    }
}

async fn carry(
    client: TcpStream,
    who: SocketAddr,
    ip: Ipv4Addr,
    mut state: watch::Receiver<State>,
    asked: Asked,
) {
    let now = *state.borrow_and_update();
    if now == State::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect((ip, 8444)).await else { return };
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let up = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            *asked.lock().expect("nobody panicked").entry(who).or_default() += count as u64;
            if to_server.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    let down = async {
        let carried = match now {
            State::Torn => copy(&mut from_server.take(TORN_AFTER), &mut to_client).await,
            State::Whole | State::Cut => copy(&mut from_server, &mut to_client).await,
        };
        // However it ends, both sides are dropped.
        let _ = carried;
    };
    tokio::select! {
        () = up => {}
        () = down => {}
        _ = state.changed() => {}
    }
}
