mod pairs;
mod refused;
mod towns;
