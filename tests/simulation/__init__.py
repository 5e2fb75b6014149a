"""The daemon on virtual time: scenarios, random campaigns, crashes, and the loop beneath them."""
