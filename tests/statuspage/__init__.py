"""Tests of the one door to Statuspage; a package, because they share servers and peers."""
