"""`bridge replay`: histories, the player beside the daemon, and what is told of it."""
