"""Statuspage Bridge: keeps a public Atlassian Statuspage true by itself."""
