//! The COM-IN node: carries, stores and shows what `comin-protocol` decides.

pub mod helper;
pub mod limits;
pub mod net;
pub mod runtime;
pub mod store;
