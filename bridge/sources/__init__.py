"""Sources: what is observed becomes signals and samples.

They know no rules, no store and no page. A source is given where to deliver (`Deliver`), the clock (`Now`) and its door to the network, so that simulated time and a scripted
network do as well as real ones.
"""
