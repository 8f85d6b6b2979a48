//! The COM-IN node: carries, stores and shows what `comin-protocol` decides.

pub mod api;
pub mod backup;
pub mod calendars;
pub mod cells;
pub mod config;
pub mod datadir;
pub mod export;
pub mod gazetteer;
pub mod helper;
pub mod i18n;
pub mod import;
pub mod limits;
pub mod net;
pub mod office;
pub mod pages;
pub mod persons;
pub mod qr;
pub mod render;
pub mod report;
pub mod runtime;
pub mod search;
pub mod store;
pub mod text;
pub mod users;
pub mod views;
pub mod work;
