mod pairs;
mod purge;
mod refused;
mod towns;
