"""The fake Statuspage: a model without input or output, a web front for it, and a public page.

It imports nothing of the bridge, so that it can be judge over the bridge: whatever the two agree on, they
agree on because both read the vendor's description, not because they share code.
"""
