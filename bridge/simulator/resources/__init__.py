"""The operations of the API, one module for each resource, each with its `ROUTES`.

A handler takes a `Call`, changes records, and returns an `Answer` or raises `RefusedError`. It refuses before it changes
anything: a request that is answered with an error has no effect.
"""
