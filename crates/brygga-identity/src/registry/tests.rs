//! The contract of the registry: signatures, limits, text forms and files.

mod contract;
mod files;
mod signatures;
