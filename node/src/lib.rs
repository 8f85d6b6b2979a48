//! The COM-IN node: carries, stores and shows what `comin-protocol` decides.

pub mod runtime;
pub mod store;
