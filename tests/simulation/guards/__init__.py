"""Guards, one scenario for each rule: what they hold, for how long, and what lets it through. Judged by the page."""
