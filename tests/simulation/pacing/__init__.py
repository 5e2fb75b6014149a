"""The rate limit under load, on virtual time: how much of it is used, what is never exceeded, who goes first. `python -m tests.simulation.pacing` prints the figures."""
