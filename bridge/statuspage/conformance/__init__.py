"""Asks a throw-away page what nobody has recorded of Statuspage, and puts the page back as it was.

`visit` carries out what is to be seen, in as few calls as that needs, and enters it in a record; `questions` reads the answers off the record, and does nothing else. Only `bridge.cli` imports this:
it makes, changes and deletes what the daemon never may. An import contract holds it.
"""
