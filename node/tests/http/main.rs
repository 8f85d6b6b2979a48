//! The router around real nodes: engine, store, helper and, where two meet, the network on loopback.

mod calendars;
mod conflicts;
mod desk;
mod federation;
mod history;
mod house;
mod import;
mod many;
mod nodes;
mod office;
mod pages;
mod reach;
mod records;
mod report;
mod search;
mod whole;
mod work;
