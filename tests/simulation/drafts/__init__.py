"""Incidents that wait for a person."""
