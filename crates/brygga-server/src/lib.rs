//! The node's two ports: sockets, limits and the services behind them.

pub mod federation;
pub mod layers;
pub mod limits;
pub mod listener;
pub mod local;
pub mod public_page;
pub mod roles;
