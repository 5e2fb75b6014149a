"""What people configure, read strictly: every mistake at once, each with its place and what would be accepted.

Rule files go from bytes (`files`) to nodes with places (`document`), to the raw values of one document (`rulefile`), to one compiled `RuleSet` per page (`compile`). Nothing here
opens a socket or reads a clock, and nothing below knows that YAML exists.
"""
