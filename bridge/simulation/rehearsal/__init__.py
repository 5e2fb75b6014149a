"""Rehearsals: what rules would make of a timeline of signals, played by the real daemon on virtual time against the simulated page (`bridge test`)."""
