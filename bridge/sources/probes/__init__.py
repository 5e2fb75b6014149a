"""Probes: checks that the bridge itself repeats, and the schedule that repeats them."""
