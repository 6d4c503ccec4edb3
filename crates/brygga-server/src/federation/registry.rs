//! The registry that this node holds, for peers that hold an older one.

use brygga_app::App;
use brygga_proto::registry::v1 as proto;
use brygga_proto::registry::v1::registry_service_server::RegistryService;
use tonic::{Request, Response, Status};

/// Hands out the registry.
pub(super) struct Registries {
    app: App,
}

impl Registries {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }
}

#[tonic::async_trait]
impl RegistryService for Registries {
    async fn fetch_registry(
        &self,
        request: Request<proto::FetchRegistryRequest>,
    ) -> Result<Response<proto::FetchRegistryResponse>, Status> {
        super::peer(&request)?;
        let asked = request.into_inner().held_sequence;
        // An expired one too: the document proves itself, and whoever takes it judges its age.
        let held = self.app.parts().trust.verified();
        let newer = held.filter(|held| held.registry().sequence > asked);
        let registry = newer.map(|newer| newer.signed().to_proto());
        Ok(Response::new(proto::FetchRegistryResponse { registry }))
    }
}

/// The sequence that this node holds; 0 for none.
pub(super) fn held_sequence(app: &App) -> u64 {
    app.parts().trust.verified().map_or(0, |held| held.registry().sequence)
}
