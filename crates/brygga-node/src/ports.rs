//! The two ports, opened before anything is served, so that a node that starts is a node that listens.

use std::net::SocketAddr;
use std::sync::Arc;

use brygga_app::App;
use brygga_config::Settings;
use brygga_identity::tls::{
    IdentitySlot, LocalAcceptor, NodeIdentity, PeerAcceptor, PeerDirectory,
};
use brygga_server::limits::Limits;
use brygga_server::listener::{FederationListener, LocalListener};
use brygga_server::public_page::{PageSource, PublicPage};
use tokio::net::TcpListener;

use crate::StartError;

/// The ports, listening.
pub(crate) struct Ports {
    pub(crate) federation: FederationListener,
    pub(crate) federation_address: SocketAddr,
    pub(crate) local: LocalListener,
    pub(crate) local_address: SocketAddr,
    /// The node's certificate, which the outbound side presents too.
    pub(crate) own: IdentitySlot,
}

/// Opens both ports. `jitter_seed` spreads the ages of connections.
pub(crate) async fn open(
    settings: &Settings,
    app: &App,
    jitter_seed: u64,
) -> Result<Ports, StartError> {
    let tls = &settings.federation_listener.tls;
    let own = IdentitySlot::new(NodeIdentity::load(&tls.certificate_file, &tls.key_file)?);
    let parts = app.parts();
    let directory: Arc<dyn PeerDirectory> = Arc::clone(&parts.trust) as _;
    let acceptor = PeerAcceptor::new(&own, directory, Arc::clone(&parts.clock))?;
    let (listener, federation_address) = bind(settings.federation_listener.address).await?;
    let revision = parts.trust.subscribe();
    let federation =
        FederationListener::new(listener, acceptor, Limits::default(), revision, jitter_seed);
    let (listener, local_address) = bind(settings.local_listener.address).await?;
    let limits = Limits::local();
    let local = match &settings.local_listener.tls {
        None => LocalListener::plaintext(listener, limits, jitter_seed)?,
        Some(tls) => {
            let shown =
                IdentitySlot::new(NodeIdentity::load(&tls.certificate_file, &tls.key_file)?);
            let acceptor = LocalAcceptor::new(&shown, Arc::clone(&parts.clock))?;
            LocalListener::tls(listener, acceptor, limits, jitter_seed)
        }
    };
    Ok(Ports { federation, federation_address, local, local_address, own })
}

/// Opens the public page where the settings ask for one.
pub(crate) async fn open_page(
    settings: &Settings,
    app: &App,
) -> Result<Option<(PublicPage, SocketAddr)>, StartError> {
    let Some(address) = settings.public_page.listen else { return Ok(None) };
    let (listener, bound) = bind(address).await?;
    let app = app.clone();
    let source: PageSource = Arc::new(move || {
        let app = app.clone();
        Box::pin(async move {
            let told = app.capacity_public().await;
            told.inspect_err(|error| tracing::warn!(storage.error = error.code(), "no public page"))
                .ok()
        })
    });
    Ok(Some((PublicPage::new(listener, source), bound)))
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
