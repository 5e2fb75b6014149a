"""Two other ways to deal with lost answers, written as one who follows them would, and judged beside the daemon (docs/lost-answers.md)."""
