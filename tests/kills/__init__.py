"""`bridge run` as a real process, killed with SIGKILL again and again under load while the page misbehaves, and judged by the simulator's ledger. `make kills` runs it."""
