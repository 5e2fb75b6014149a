"""The daemon on virtual time: a seeded loop, its world, and the rehearsals that `bridge test` runs on them."""
