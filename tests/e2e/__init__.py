"""Real processes on loopback: the daemon and the servers and browser that it meets in production. `make e2e` runs them."""
