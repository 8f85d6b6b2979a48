//! Several partners on this machine, each with real processes.

mod join;
mod office;
mod words;
