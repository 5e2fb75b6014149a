"""Explanations: why a component or an incident is as it is, as the daemon tells it."""
