//! The pure core of a COM-IN node: what is valid, who may write and read, and what to say to whom.
//!
//! Nothing here does IO, reads a clock, draws randomness of its own or logs. The engine is a value: the
//! runtime passes inputs, time and a seed in and carries out what comes out ([`engine`] states the contract).

pub mod admission;
pub(crate) mod ancestry;
pub mod armor;
pub mod bars;
pub mod beacon;
pub mod check;
pub mod codec;
pub mod divergence;
pub mod engine;
pub mod identity;
pub mod ids;
pub mod join;
pub mod kit;
pub mod limits;
pub mod machine;
pub mod message;
pub mod persons;
pub mod planted;
pub mod record;
pub mod roster;
pub mod run;
pub mod scan;
pub mod schema;
pub mod statement;
pub mod statement_set;
pub mod ticket;
