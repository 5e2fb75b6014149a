"""`bridge statuspage` against a simulator that is served on this machine: what is on its page afterwards, and who was told."""
