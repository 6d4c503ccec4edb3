//! What the node's metrics are told of a call, and what they are not.

use std::sync::{Mutex, PoisonError};

use brygga_identity::roles::Role;
use brygga_proto::local::v1::ShowNodeRequest;
use brygga_server::layers::{FinishedRpc, RpcObserver, UNKNOWN_METHOD};
use tonic::Code;

use crate::federation::{Federation, NYBRO};
use crate::raw::call;

/// Writes down every call.
#[derive(Default)]
pub(crate) struct Notebook(Mutex<Vec<Note>>);

/// One call: its name, the node that called, and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) method: String,
    pub(crate) peer: Option<String>,
    pub(crate) code: Code,
}

impl Notebook {
    pub(crate) fn take(&self) -> Vec<Note> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl RpcObserver for Notebook {
    fn finished(&self, call: &FinishedRpc<'_>) {
        let note = Note {
            method: call.method.to_owned(),
            peer: call.peer.map(ToString::to_string),
            code: call.code,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }
}

fn note(method: &str, peer: Option<&str>, code: Code) -> Note {
    Note { method: method.to_owned(), peer: peer.map(str::to_owned), code }
}

#[tokio::test]
async fn each_call_is_reported_once_with_its_answer() {
    let federation = Federation::start().await;
    let (kalmar, nybro) = (&federation.kalmar, &federation.nybro);
    let shown = kalmar.local.person(&[Role::Operator]).node().show_node(ShowNodeRequest {}).await;
    assert!(shown.is_ok());
    call(&kalmar.local.channel, "/brygga.local.v1.NodeService/RetryMessage", &[]).await;
    nybro.deliver(kalmar, Vec::new()).await.unwrap_err();
    assert_eq!(
        kalmar.notebook.take(),
        [
            note("/brygga.local.v1.NodeService/ShowNode", None, Code::Ok),
            note("/brygga.local.v1.NodeService/RetryMessage", None, Code::Unauthenticated),
            note(
                "/brygga.federation.v1.DeliveryService/Deliver",
                Some(NYBRO),
                Code::InvalidArgument
            ),
        ]
    );
}

#[tokio::test]
async fn a_path_that_somebody_made_up_is_reported_without_it() {
    let federation = Federation::start().await;
    let channel = federation.nybro.call(&federation.kalmar).await;
    let status = call(&channel, "/brygga.federation.v1.DeliveryService/Alma", &[]).await;
    assert_eq!(status.code(), Code::Unimplemented);
    let status = call(&channel, "/anything.at.All/Whatever", &[]).await;
    assert_eq!(status.code(), Code::Unimplemented);
    let other = note(UNKNOWN_METHOD, Some(NYBRO), Code::Unimplemented);
    assert_eq!(federation.kalmar.notebook.take(), [other.clone(), other]);
}
