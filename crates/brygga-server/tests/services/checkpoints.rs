//! The signed checkpoints of a node's audit log.

use brygga_audit::Checkpoint;
use brygga_domain::Seconds;

use crate::federation::{Federation, NOON};
use crate::requests::{record_consent, sign_agreement};

/// A verifier refuses a log whose checkpoints go back in time, and a clock may be set back.
#[tokio::test]
async fn checkpoints_never_go_back_in_time_although_the_clock_does() {
    let federation = Federation::start().await;
    let app = &federation.kalmar.app;
    sign_agreement(&federation).await;
    let first = app.audit_checkpoint().await.unwrap();
    federation.clock.advance(Seconds::hours(-1));
    record_consent(&federation).await;
    let second = app.audit_checkpoint().await.unwrap();
    assert!(second.size > first.size);
    let read = app.parts().store.read(|reader| Box::pin(reader.audit_checkpoints(0, 10)));
    let times = read.await.unwrap().into_iter().map(|checkpoint| {
        let checkpoint = Checkpoint::parse_own(&checkpoint.note).unwrap();
        (checkpoint.size, checkpoint.time)
    });
    assert_eq!(times.collect::<Vec<_>>(), [(first.size, NOON), (second.size, NOON)]);
}
