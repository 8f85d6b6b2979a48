//! Several partners on this machine, each with real processes.

mod backup;
mod check;
mod join;
mod namespaces;
mod office;
mod persons;
mod rekey;
mod repair;
mod words;
