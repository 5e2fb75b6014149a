"""`bridge test`: timelines, files of tests, and what is said of a test that fails."""
