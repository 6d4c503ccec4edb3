//! The relay of an exchange network, where this node is one.

use brygga_app::App;
use brygga_proto::relocation::v1 as proto;
use brygga_proto::relocation::v1::relay_service_server::RelayService;
use brygga_wire::relay::{CellsPut, CellsWanted, cells_to_proto};
use brygga_wire::to_status;
use tonic::{Request, Response, Status};

/// Takes and gives cells, of which it knows nothing.
pub(super) struct Relay {
    app: App,
}

impl Relay {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }
}

#[tonic::async_trait]
impl RelayService for Relay {
    async fn put_cells(
        &self,
        request: Request<proto::PutCellsRequest>,
    ) -> Result<Response<proto::PutCellsResponse>, Status> {
        let member = super::peer(&request)?;
        let put = CellsPut::from_proto(request.get_ref());
        let done = put.and_then(|put| self.app.relay_put(&member, put));
        done.map_err(|refusal| to_status(&refusal))?;
        Ok(Response::new(proto::PutCellsResponse {}))
    }

    async fn take_cells(
        &self,
        request: Request<proto::TakeCellsRequest>,
    ) -> Result<Response<proto::TakeCellsResponse>, Status> {
        let member = super::peer(&request)?;
        let wanted = CellsWanted::from_proto(request.get_ref());
        let taken = wanted.and_then(|wanted| self.app.relay_take(&member, wanted));
        let cells = taken.map_err(|refusal| to_status(&refusal))?;
        Ok(Response::new(cells_to_proto(&cells)))
    }
}
