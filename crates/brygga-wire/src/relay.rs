//! Cells of an exchange network as they travel to and from its relay, and the parcels inside of them.

mod parcel;
mod post;
#[cfg(test)]
mod tests;

use brygga_crypto::Cell;
use brygga_domain::{AgreementId, Refusal};
use brygga_proto::relocation::v1 as proto;

use crate::field::{counted, from_bytes, invalid};

pub use parcel::{
    MAX_ACKNOWLEDGED, MAX_PARCEL_CONTENT_BYTES, Parcel, ParcelContent, decode_parcel, encode_parcel,
};
pub use post::{IncomingPost, OutgoingPost};

/// The most cells of one member in one slot.
pub const MAX_CELLS_PER_SLOT: usize = 8;
/// The most cells of all members in one slot.
pub const MAX_CELLS_TAKEN: usize = 64 * MAX_CELLS_PER_SLOT;

/// What one member hands over for one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellsPut {
    /// The network's agreement.
    pub agreement: AgreementId,
    /// Unix seconds divided by the seconds of a slot.
    pub slot: u64,
    /// 1 to [`MAX_CELLS_PER_SLOT`].
    pub cells: Vec<Cell>,
}

/// Of which slot somebody wants the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellsWanted {
    /// The network's agreement.
    pub agreement: AgreementId,
    /// A slot that is over.
    pub slot: u64,
}

impl CellsPut {
    /// As it travels.
    pub fn into_proto(self) -> proto::PutCellsRequest {
        proto::PutCellsRequest {
            agreement_id: self.agreement.as_bytes().to_vec(),
            slot: self.slot,
            cells: self.cells.into_iter().map(Cell::into_bytes).collect(),
        }
    }

    /// Reads what a member hands over.
    ///
    /// # Errors
    /// The field at fault.
    pub fn from_proto(request: &proto::PutCellsRequest) -> Result<Self, Refusal> {
        counted(&request.cells, 1..=MAX_CELLS_PER_SLOT, "cells")?;
        Ok(Self {
            agreement: from_bytes(&request.agreement_id, "agreement_id")?,
            slot: request.slot,
            cells: cells(&request.cells)?,
        })
    }
}

impl CellsWanted {
    /// As it travels.
    pub fn to_proto(self) -> proto::TakeCellsRequest {
        proto::TakeCellsRequest {
            agreement_id: self.agreement.as_bytes().to_vec(),
            slot: self.slot,
        }
    }

    /// Reads what is wanted.
    ///
    /// # Errors
    /// The field at fault.
    pub fn from_proto(request: &proto::TakeCellsRequest) -> Result<Self, Refusal> {
        let agreement = from_bytes(&request.agreement_id, "agreement_id")?;
        Ok(Self { agreement, slot: request.slot })
    }
}

/// All cells of a slot, put in the order of their bytes, which tells of nobody's turn.
pub fn cells_to_proto<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> proto::TakeCellsResponse {
    let mut cells: Vec<_> = cells.into_iter().map(|cell| cell.as_bytes().to_vec()).collect();
    cells.sort_unstable();
    proto::TakeCellsResponse { cells }
}

/// Reads all cells of a slot, in whatever order.
///
/// # Errors
/// The field at fault.
pub fn cells_from_proto(response: &proto::TakeCellsResponse) -> Result<Vec<Cell>, Refusal> {
    counted(&response.cells, 0..=MAX_CELLS_TAKEN, "cells")?;
    cells(&response.cells)
}

fn cells(all: &[Vec<u8>]) -> Result<Vec<Cell>, Refusal> {
    all.iter().map(|bytes| Cell::from_bytes(bytes).map_err(|_| invalid("cells"))).collect()
}
