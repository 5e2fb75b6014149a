"""Mutants: the product with one mistake put in on purpose, and the proof that an invariant notices it.

A check that has never failed proves nothing (reliability.md, "How it is proven"). Each `NAME.patch` here is a patch on the product's source; `make mutants` applies it to a copy
and looks for the violation that the patch promises. The checkout itself is never changed.
"""
