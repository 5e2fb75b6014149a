"""The command line: one small module for each command, which parses, calls and prints.

Exit codes, in every command: 0 good, 1 failed, 2 wrong use, 3 changes or warnings made fatal.
"""
