"""People win: each rule has a scenario of its own, judged by the page. Most are those that mutants are tried with, in `tests/mutants/scenarios/`."""
