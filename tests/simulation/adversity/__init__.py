"""What can go wrong around a write, a page, a person or a clock, one scenario each: every test is a promise that was broken once."""
