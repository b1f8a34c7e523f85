"""Rule tables: one row per primitive, one table per transform."""
