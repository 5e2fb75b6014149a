"""What peers get wrong, one scenario each: rules as people write them, the daemon on virtual time, and the page as the simulator's ledger has it."""
