"""Tests of what acts, where virtual time is not the point."""
