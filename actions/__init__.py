"""Custom actions, one module per topic: read slots, call `clinic`, say something. No SQL, no business rule."""
