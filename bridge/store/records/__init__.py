"""Rows ↔ the frozen values of core, both ways, for each table; nothing else. A value that the store could not give back as it was is refused here."""
