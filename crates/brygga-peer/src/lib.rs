//! What a node owes others: connections to their nodes, delivery of the outbox, and the newest
//! registry from wherever it can be had.

pub mod channels;
pub mod limits;
