"""Tests of the fake Statuspage; they share the furnished page of `desk`."""
