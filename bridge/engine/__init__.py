"""What acts: takes signals in, keeps each page's evaluation current, sends what the plan says, and records what became of it. Decisions are made in `bridge.core`."""
