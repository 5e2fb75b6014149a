"""The decisions of the bridge, as pure functions of their arguments.

Nothing here awaits, reads a clock, draws a random number, logs or touches a file or a socket: time is an argument (`now`, Unix seconds), and what is to be remembered is
returned. The import contracts in `.importlinter` hold this package to an allow-list of external modules.
"""
