"""The command line, as a person and a pipeline meet it: exit codes, texts, and how soon it answers."""
