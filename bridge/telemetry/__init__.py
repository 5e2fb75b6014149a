"""How the daemon is watched: its Prometheus metrics and its log. Decides nothing and knows no component of the engine."""
