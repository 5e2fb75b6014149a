"""Tests of the pure core: no socket, no sleep, no simulation."""
