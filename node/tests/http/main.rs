//! The router around real nodes: engine, store, helper and, where two meet, the network on loopback.

mod calendars;
mod conflicts;
mod decisions;
mod desk;
mod federation;
mod history;
mod house;
mod import;
mod live;
mod many;
mod nodes;
mod office;
mod pages;
mod people;
mod reach;
mod records;
mod report;
mod search;
mod sheet;
mod survey;
mod whole;
mod work;
mod written;
