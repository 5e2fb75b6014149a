"""What puts the daemon together: supervision, the rules in force, and the demo."""
