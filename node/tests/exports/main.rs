//! Exports as programs that others wrote read them: openpyxl, Python's csv, icalendar, vobject, networkx and
//! geojson-pydantic give back the values that the node holds, one by one; and a workbook that openpyxl makes is imported.
//! (Automerge in JavaScript: `foreign.rs`.)

mod calendar;
mod foreign;
mod graph;
mod map;
mod persons;
mod public;
mod reimport;
mod scene;
mod tables;
mod workbook;
