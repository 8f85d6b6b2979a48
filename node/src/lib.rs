//! The COM-IN node: carries, stores and shows what `comin-protocol` decides.

pub mod config;
pub mod datadir;
pub mod helper;
pub mod kit;
pub mod limits;
pub mod net;
pub mod runtime;
pub mod store;
pub mod text;
