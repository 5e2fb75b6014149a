"""`bridge statuspage RESOURCE VERB`: the whole API of Statuspage for people and scripts (docs/statuspage-cli.md).

A module for each resource declares its verbs; none is imported before its resource is named (`resources`). What they share: where the API is (`target`), how a verb is run and how it
ends (`verbs`), names (`naming`), questions (`dialog`), output (`output`) and pace (`pace`). Knows nothing of the daemon and its rules.
"""
