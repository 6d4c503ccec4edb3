//! The node's two ports: sockets, limits and the services behind them.

pub mod limits;
pub mod listener;
