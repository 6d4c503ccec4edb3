//! The outbound side: delivery of the outbox, the watch on others' capacity, exchange networks, and the registry kept as new as the peers'.

use std::sync::Arc;

use brygga_app::App;
use brygga_domain::OrgId;
use brygga_identity::tls::IdentitySlot;
use brygga_peer::limits::Limits;
use brygga_peer::{
    CapacityWatch, Deliverer, DeliveryObserver, PeerChannels, RegistrySync, RelayRounds,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The outbound side at work.
pub(crate) struct Outbound {
    /// To be told who is up.
    pub(crate) deliverer: Deliverer,
    pub(crate) tasks: Vec<JoinHandle<()>>,
}

/// Starts it all. Watches go on from the resume tokens that were recalled.
pub(crate) fn start(
    app: &App,
    own: IdentitySlot,
    observer: Arc<dyn DeliveryObserver>,
    recalled: Vec<(OrgId, Vec<u8>)>,
    stop: &watch::Receiver<bool>,
) -> Outbound {
    let parts = app.parts();
    let channels = PeerChannels::new(
        own,
        Arc::clone(&parts.trust),
        Arc::clone(&parts.clock),
        Limits::default(),
    );
    let sync = RegistrySync::new(app.clone(), channels.clone());
    let watch = CapacityWatch::new(app.clone(), channels.clone(), recalled);
    let rounds = RelayRounds::new(app.clone(), channels.clone());
    let deliverer = Deliverer::new(app.clone(), channels, sync.hints(), observer);
    let tasks = vec![
        tokio::spawn(deliverer.clone().run(wait(stop.clone()))),
        tokio::spawn(sync.run(wait(stop.clone()))),
        tokio::spawn(watch.run(wait(stop.clone()))),
        tokio::spawn(rounds.run(wait(stop.clone()))),
    ];
    Outbound { deliverer, tasks }
}

/// Resolves when the node is to stop.
pub(crate) async fn wait(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}
