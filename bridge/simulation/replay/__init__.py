"""Replays: what rules would have published of a history of signals, decided by the core at the instants at which anything changed (`bridge replay`)."""
