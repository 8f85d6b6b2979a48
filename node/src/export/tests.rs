//! What each form makes of a record, and what is never in it. Programs that others wrote read the same files in
//! `node/tests/foreign`.
