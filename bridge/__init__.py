"""Statuspage Bridge: keeps a public Atlassian Statuspage true by itself."""

__version__ = "0.1.0"
