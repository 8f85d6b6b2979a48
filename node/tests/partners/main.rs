//! Several partners on this machine, each with real processes.

mod check;
mod join;
mod namespaces;
mod office;
mod repair;
mod words;
