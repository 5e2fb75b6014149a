"""What operations cost: ratios to a floor in the same run, and growth, each with a bound that a regression breaks. `python -m benchmarks`."""
