//! Exports as programs that others wrote read them: openpyxl, Python's csv and json, icalendar, vobject, networkx,
//! geojson-pydantic and Automerge for JavaScript give back the values that the node holds, one by one; and a workbook that
//! openpyxl makes is imported.

mod automerge;
mod calendar;
mod foreign;
mod graph;
mod json;
mod map;
mod persons;
mod public;
mod reimport;
mod scene;
mod tables;
mod workbook;
