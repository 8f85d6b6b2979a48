//! The schema: one table of kinds and fields from which validation, forms, columns and labels come.
