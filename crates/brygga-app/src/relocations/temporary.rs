//! The officers' calls whose work is not built: they answer as if nothing were there.

use brygga_domain::relocation::{Act, Offering, OpenEnquiry, Relocation};
use brygga_domain::{Reason, Refusal, RelocationId};

use crate::{App, AppError};

use super::Proof;

impl App {
    /// Does what an officer does. Built are [`Act::Raise`] and [`Act::End`].
    ///
    /// # Errors
    /// [`Reason::NotFound`], also for every other act; [`Reason::VersionConflict`] where another officer was faster.
    pub async fn relocation_act(
        &self,
        proof: Proof,
        id: RelocationId,
        act: Act,
    ) -> Result<Relocation, AppError> {
        match act {
            Act::Raise(level) => self.relocation_raise(proof, id, level).await,
            Act::End(kind) => self.relocation_end(proof, id, kind).await,
            _ => Err(absent()),
        }
    }

    /// Enquiries that have come to this organisation and are not over.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an officer that is none.
    pub async fn relocation_enquiries(&self, proof: Proof) -> Result<Vec<OpenEnquiry>, AppError> {
        self.uniformly(self.officer_unlocked(&proof)).await?;
        Ok(Vec::new())
    }

    /// Answers an enquiry.
    ///
    /// # Errors
    /// [`Reason::NotFound`], always: no enquiry comes.
    pub async fn relocation_offer(
        &self,
        proof: Proof,
        offering: Offering,
    ) -> Result<RelocationId, AppError> {
        self.uniformly(self.officer_unlocked(&proof)).await?;
        drop(offering);
        Err(absent())
    }
}

fn absent() -> AppError {
    Refusal::new(Reason::NotFound).into()
}
