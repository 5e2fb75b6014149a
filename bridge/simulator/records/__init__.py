"""What the fake service remembers, and how each record is written in API answers.

Must not know requests. Records are mutable inside the model and read-only for everyone else. Each keeps its JSON until
it changes, so that one changed component never costs the writing of a hundred incidents.
"""
