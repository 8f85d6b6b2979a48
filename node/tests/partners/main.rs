//! Several partners on this machine, each with real processes.

mod backup;
mod carry_over;
mod check;
mod join;
mod machines;
mod mixed;
mod namespaces;
mod office;
mod persons;
mod proposals;
mod quiet;
mod rekey;
mod repair;
mod revoke;
mod scenarios;
mod survey;
mod translations;
mod waiting;
mod words;
